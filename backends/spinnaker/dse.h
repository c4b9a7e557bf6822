/* A core's data in SDRAM, in the form that the host tools leave there: a header, a table of 32 regions, the regions.
 *
 *   word 0   magic                 words 2 + 3 r ..  of region r: address, sum of its words, words; 0: it is absent
 *   word 1   version               then the regions' words, one after the other
 *
 * Addresses are absolute, so a block is made for one address; it lists the words that hold addresses, so that it can be
 * moved (docs/export-spinnaker.md). */
#ifndef HMN_SPINNAKER_DSE_H
#define HMN_SPINNAKER_DSE_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { DSE_REGIONS = 32, DSE_HEAD_WORDS = 2 + 3 * DSE_REGIONS };
#define DSE_MAGIC UINT32_C(0xAD130AD6)
#define DSE_VERSION UINT32_C(0x00010000)

typedef struct {
    const uint32_t *word;
    uint32_t nwords;
} dse_region;

typedef struct {
    const uint32_t *word;
    uint32_t nwords;
    const uint32_t *address; /* words that hold addresses */
    uint32_t naddresses;
} dse_block;

/* The block of these regions (by number) at this address. */
dse_block dse_make(const dse_region region[DSE_REGIONS], uint32_t address, hmn_arena *a);

/* The regions of a block at that address; false: it is none, or a sum does not agree. */
bool dse_read(const uint32_t *word, uint32_t nwords, uint32_t address, dse_region out[DSE_REGIONS]);

#endif
