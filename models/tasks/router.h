/* Which expert an image belongs to, found without being told which task it is from: prototypes with recruitment of
 * new ones by novelty. All integers, so that every machine routes alike. */
#ifndef HMN_MODELS_TASKS_ROUTER_H
#define HMN_MODELS_TASKS_ROUTER_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t pixels, experts; /* experts at most */
    uint32_t used;            /* experts recruited */
    int32_t *prototype;       /* [experts][pixels]: mean of ink [2^-16] */
    int32_t *contrast;        /* [experts][pixels]: the prototype less its mean, in 8 bits with sign */
    uint32_t *seen;           /* [experts] images learned */
    int32_t fast, slow;       /* means of the likeness of what comes [2^-8] */
    uint32_t since;           /* images since the last recruit */
} router;

router *router_new(uint32_t pixels, uint32_t experts, hmn_arena *a);

/* The expert most like a picture of ink (1) and none (0). */
uint32_t router_find(const router *r, const uint8_t *ink);

/* The same while learning: may recruit a new expert, and moves the prototype of the chosen one. */
uint32_t router_learn(router *r, const uint8_t *ink);

#endif
