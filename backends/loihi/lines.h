/* Numbers of input lines: what the emulator calls an axon is an input axon or, where sources share one, an atom of it.
 */
#ifndef HMN_BACKENDS_LOIHI_LINES_H
#define HMN_BACKENDS_LOIHI_LINES_H

#include "backends/loihi/decode.h"

/* First line of each input axon of a table, and how many lines there are: out [axons + 1]. */
void lines_count(image_rows axons, uint32_t *out);

/* Lines of the cores that a core sends to; each core's table is counted when it is first asked for. */
typedef struct {
    const hmn_image *image;
    uint32_t **first; /* [cores] */
    hmn_arena *arena;
} line_finder;

line_finder lines_open(const hmn_image *m, hmn_arena *a);
/* The line of an atom of an axon of a core; UINT32_MAX when there is none. */
uint32_t lines_find(line_finder *f, uint32_t core, uint32_t axon, uint32_t atom);

#endif
