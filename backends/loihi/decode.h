/* The tables of a core read back from an image. */
#ifndef HMN_BACKENDS_LOIHI_DECODE_H
#define HMN_BACKENDS_LOIHI_DECODE_H

#include "backends/loihi/pack.h"
#include "backends/loihi/tables.h"
#include "core/chip.h"

typedef struct {
    image_rows table[LOIHI_TABLES];
    int64_t core[LOIHI_CORE_COLUMNS];
    loihi_format format[16];
    uint32_t nformats;
} core_tables;

/* Rows of every table; the core row and the formats decoded. False when the core row is absent or doubled, or there
 * are too many formats. Values are not judged: see check.c. */
bool decode_tables(const hmn_core_view *v, core_tables *out);

/* Walks the blocks of an axon. Returns false at its end or at a block that does not decode (then *bad is set). */
typedef struct {
    uint64_t at, end; /* words */
    uint32_t base;    /* of the axon: added to compartments */
    loihi_block block;
} block_cursor;

/* Blocks of one atom; atom 0 of a discrete axon. */
block_cursor decode_axon(const core_tables *t, uint64_t axon, uint32_t atom);
uint32_t decode_atoms(const core_tables *t, uint64_t axon); /* 1 or more */
/* Lines of a core: an axon, or where axons are shared an atom of one, in order. */
uint32_t decode_lines(const core_tables *t);
bool decode_block(const core_tables *t, block_cursor *c, bool *bad);

/* Where the block that starts at `word` comes from: projection NET_NONE when no row names it; synapse as in the table.
 */
typedef struct {
    uint32_t projection, synapse;
} block_origin;
block_origin decode_origin(const core_tables *t, uint64_t word);

#endif
