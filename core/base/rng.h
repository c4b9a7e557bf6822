/* Random bits as a function of what they are for: Philox4x32-10 (Salmon et al., SC'11) with
 * key = seed and counter = (stream, a, b, c). No state, no order, the same on any number of threads.
 *
 * Random123 enters the project here and nowhere else. */
#ifndef HMN_BASE_RNG_H
#define HMN_BASE_RNG_H

#include <stdint.h>

/* What a draw is for. Values are part of the file format of reproducibility: append only. */
typedef enum {
    RNG_CONNECT = 1,  /* (pre, post or 0, k)           connector draws; seed mixed with the projection's name */
    RNG_WEIGHT,       /* (pre, post, k)                weight distribution; seed mixed with the name  */
    RNG_DELAY,        /* (pre, post, k)                delay distribution; seed mixed with the name   */
    RNG_PARAM,        /* (neuron, param, k)            neuron parameters; seed mixed with the name    */
    RNG_POISSON,      /* (stimulus, neuron, step)      Poisson sources      */
    RNG_NEURON_NOISE, /* (core, compartment, step)     membrane noise       */
    RNG_TRACE,        /* (core, trace index, step)     stochastic rounding of traces  */
    RNG_SYNAPSE,      /* (core, synapse, epoch)        stochastic rounding of weights */
    RNG_UPDATE,       /* (projection, synapse, epoch)  draw of eq. 5        */
    RNG_TASK,         /* (task-defined)                environments         */
    RNG_PLACE,        /* (pass, step, k)               annealing moves      */
    RNG_PHASE,        /* (projection, synapse, k)      phase bins phi_ij    */
    RNG_ESCAPE,       /* (population, neuron, step)    escape noise in the reference */
    RNG_META,         /* (rule, measurement, k)        meta-learning, docs/learning.md */
    RNG_TABLES,       /* (search, entry or try, k)     search for short routing tables */
    RNG_ROUND,        /* (core, synapse, epoch)        rounding of products; 2 products a block, its number above bit 24
                         of core */
    RNG_EVEN,         /* (core, trace or synapse, 0 or 1) where an even sequence of roundings begins */
    RNG_CURRENT       /* (stimulus, neuron, step)      noisy currents; (stimulus, core's first neuron, k) their seeds */
} rng_stream;

/* Four independent 32-bit words. */
void rng_block(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c, uint32_t out[4]);

/* The first word of the block. */
uint32_t rng_u32(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c);

/* Word n of an even sequence: the first word of the block plus n times the golden ratio of 2^32 (Weyl). Each word alone
 * is as random as the block; in a row they fill the range evenly, so that errors of roundings cancel instead of adding
 * up as a walk. */
uint32_t rng_even(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c, uint32_t n);

/* Uniform double in [0, 1), 53 bits, from the first two words. */
double rng_unit(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c);

/* Uniform integer in [0, n), n >= 1, exactly unbiased to 2^-32 (multiply-high of a 64-bit draw). */
uint32_t rng_below(uint64_t seed, rng_stream stream, uint32_t a, uint32_t b, uint32_t c, uint32_t n);

#endif
