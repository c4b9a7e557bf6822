/* The master population table: from the key of a spike to the rows that it makes a core fetch (eq. S43, S44).
 *
 *   word 0, 1    number of entries, number of addresses
 *   5 an entry   key | mask | |31 count 16|15 colour bits 13|12 start 0| | |31 shift 16|15 core mask 0|
 *                | |31 bits of a filter in words 16|15 neurons a source core 0|
 *   1 an address |31  offset of the block from the synaptic matrix, / 16   8|7  row length - 1  0|
 */
#ifndef HMN_BACKENDS_SPINNAKER_POPTABLE_H
#define HMN_BACKENDS_SPINNAKER_POPTABLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    POPTABLE_ENTRY_WORDS = 5,
    POPTABLE_HEAD_WORDS = 2,
    POPTABLE_MAX_START = 8191,
    POPTABLE_MAX_COLOUR_BITS = 7,
    POPTABLE_MAX_ROW = 256,
    POPTABLE_GRAIN = 16, /* bytes: unit of an address */
};

#define POPTABLE_NO_ADDRESS 0xffffffu /* a block that is not there; keeps the others at their places */

/* A source population: spikes of its cores match (spike & mask) == key. */
typedef struct {
    uint32_t key, mask;
    uint32_t start, count; /* its addresses */
    uint32_t colour_bits;
    uint32_t core_mask, core_shift; /* which of its cores, in the key */
    uint32_t neurons;               /* a core of it, but for the last */
} poptable_entry;

typedef struct {
    uint32_t address;    /* in units of 16 bytes from the synaptic matrix, or POPTABLE_NO_ADDRESS */
    uint32_t row_length; /* words without the counts, 1..256 */
} poptable_block;

uint32_t poptable_words(uint32_t nentries, uint32_t nblocks);

/* Writes the region. Entries sorted by key. */
void poptable_write(uint32_t *region, const poptable_entry *entry, uint32_t nentries, const poptable_block *block,
                    uint32_t nblocks);

/* False when the region does not hold what it says: sizes, runs of addresses. */
bool poptable_check(const uint32_t *region, uint32_t nwords);

poptable_entry poptable_get(const uint32_t *region, uint32_t i);

/* A search that goes on from row to row. */
typedef struct {
    uint32_t next, left; /* addresses */
    uint32_t neuron;     /* of the source population */
    uint32_t colour, colour_mask;
} poptable_search;

typedef struct {
    uint32_t address, bytes; /* address: base + offset of the block + place of the row */
} poptable_row;

/* Spikes without an entry; entries without a block. */
typedef struct {
    uint32_t missed, ghosts;
} poptable_counters;

/* The first row of a spike; false when there is none, which is counted. base: address of the synaptic matrix. */
bool poptable_first(const uint32_t *region, uint32_t base, uint32_t spike, poptable_search *search, poptable_row *row,
                    poptable_counters *count);
/* The next one. */
bool poptable_next(const uint32_t *region, uint32_t base, poptable_search *search, poptable_row *row);

#endif
