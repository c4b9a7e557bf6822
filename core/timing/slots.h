/* A queue by slots of time: work that arrives at a server which does one thing at a time, whatever the order. */
#ifndef HMN_TIMING_SLOTS_H
#define HMN_TIMING_SLOTS_H

#include <stdint.h>

enum { SLOTS = 64 };

typedef struct {
    uint64_t first[SLOTS], work[SLOTS]; /* of a slot: first arrival, all work */
} slots;

void slots_clear(slots *s);

/* width: of a slot; at / width is below SLOTS. */
void slots_add(slots *s, uint64_t width, uint64_t at, uint64_t work);

/* When all is done; before: work that was there at the beginning. */
uint64_t slots_done(const slots *s, uint64_t before);

/* When a low-priority job has done `ps` of its own, which goes on whenever nothing that arrived is left. */
uint64_t slots_behind(const slots *s, uint64_t width, uint64_t ps);

#endif
