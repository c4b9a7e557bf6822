/* Synapse memory: blocks of up to 64 synapses of one format, packed from bit 0 of a 64-bit word upward and padded
 * with zeros to a whole word. The encoding is this project's own; its cost is that of eq. L20.
 *
 *    bit 0       4         10
 *   +-----------+---------+--------------------+-----------------------------------------------+-----------+
 *   | format  4 | n - 1 6 | first 10           | entries, least significant bit first          | 0 padding |
 *   +-----------+---------+--------------------+-----------------------------------------------+-----------+
 *                           not in sparse blocks
 *
 *   entry:       | weight | delay | tag | second tag |                 widths from the format
 *   sparse:      ( entry | index )  n times
 *   dense:       ( entry )  n times, onto first, first + 1, ...
 *   run-length:  ( length - 1 | entry  length times ), then ( skip | length - 1 | entry  length times ) until n entries
 *                are there: a run begins at `first`, the others after `skip` compartments without a synapse
 *
 * weight: the mantissa w / 2^shift; two's complement when mixed, the magnitude otherwise. format: row + 1 of the
 * format table, never 0. Chips with more than 1024 compartments a core have a wider field first. Compression code 2 is
 * free. */
#ifndef HMN_BACKENDS_LOIHI_PACK_H
#define HMN_BACKENDS_LOIHI_PACK_H

#include "core/ir/qnet.h"

#include <stdbool.h>
#include <stdint.h>

enum { PACK_BLOCK = 64, PACK_BLOCK_WORDS = (23 + 64 * (49 + 6)) / 64 + 1, PACK_FORMATS = 8 };
enum { COMPRESSION_SPARSE = 0, COMPRESSION_RUNS = 1, COMPRESSION_DENSE = 3 };
enum { PACK_SKIP_MOST = 13, PACK_RUN_MOST = 6 }; /* bits of a skip and of a run's length */

typedef struct {
    int32_t weight_bits, index_bits, delay_bits, tag_bits; /* widths, not codes */
    int32_t skip_bits, run_bits;                           /* of run-length blocks */
    int32_t exponent;
    int32_t sign;        /* qnet_sign */
    int32_t compression; /* COMPRESSION_... */
    int32_t profile;     /* 0: static; n: row n - 1 of profiles */
    int32_t w_min, w_max;
    int32_t second_bits; /* of a second tag; it begins at 0 */
    int32_t port;       /* accumulator of the compartment */
    int32_t cost;       /* net_event_cost */
    int32_t first_more; /* not stored: bits beyond 10 that name the first compartment of a block */
    int32_t group;      /* not stored: formats of different groups are kept apart */
} loihi_format;

typedef struct {
    uint16_t compartment;
    uint8_t delay;
    int16_t weight, tag; /* weight on the 8-bit scale */
} loihi_synapse;

/* Bits of one entry with its index, without skips and lengths. */
static inline int32_t pack_entry(const loihi_format *f)
{
    return f->weight_bits + f->delay_bits + f->tag_bits + f->second_bits +
           (f->compression == COMPRESSION_SPARSE ? f->index_bits : 0);
}

/* How many of n >= 1 synapses onto these compartments, ascending, the next block of the format takes, 1..64; *words:
 * how long it is. */
uint32_t pack_take(const loihi_format *f, const uint32_t *compartment, uint32_t n, uint32_t *words);

/* Packs n synapses, as many as pack_take says or fewer. Returns the words written (at most PACK_BLOCK_WORDS). */
uint32_t pack_block(const loihi_format *f, uint32_t id, const loihi_synapse *s, uint32_t n, uint64_t *word);

typedef struct {
    uint32_t format; /* row of the format table */
    uint32_t count, words;
    loihi_synapse synapse[PACK_BLOCK];
} loihi_block;

/* Unpacks the block at `word`, of which `room` words follow. False when it is not a block of these formats. */
bool unpack_block(const loihi_format *formats, uint32_t nformats, const uint64_t *word, uint64_t room,
                  loihi_block *out);

#endif
