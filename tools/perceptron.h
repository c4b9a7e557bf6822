/* A plain perceptron of two hidden layers, learned by back-propagation in double precision: the yardstick beside which
 * docs/results.md sets what is learned on the chip. No part of the product. */
#ifndef HMN_TOOLS_PERCEPTRON_H
#define HMN_TOOLS_PERCEPTRON_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { PERCEPTRON_LAYERS = 3 };

typedef struct {
    uint32_t size[PERCEPTRON_LAYERS + 1]; /* inputs, hidden, hidden, classes */
    uint32_t parameters;
    double *w[PERCEPTRON_LAYERS]; /* [from][to], then [to] biases; all in one array, w[0] */
    double *gradient;             /* [parameters], summed since perceptron_clear */
    double *z[PERCEPTRON_LAYERS + 1], *delta[PERCEPTRON_LAYERS + 1];
    uint32_t first[PERCEPTRON_LAYERS + 1], last[PERCEPTRON_LAYERS + 1]; /* units that take part: a mask */
} perceptron;

/* Weights by He's rule from draws keyed by seed, biases 0. */
perceptron *perceptron_new(const uint32_t size[PERCEPTRON_LAYERS + 1], uint64_t seed, hmn_arena *a);

/* Only hidden units of part k of n take part from now on; n = 1: all. */
void perceptron_mask(perceptron *p, uint32_t k, uint32_t n);

/* The class of the greatest output for x [0..1]. */
uint32_t perceptron_answer(perceptron *p, const double *x);

/* Adds the gradient of the cross entropy of (x, label) to p->gradient; returns the cross entropy. */
double perceptron_learn(perceptron *p, const double *x, uint32_t label);

void perceptron_clear(perceptron *p);

#endif
