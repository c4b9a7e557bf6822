/* A learning rule as the engine runs it: sums of products over spikes, traces and synaptic variables.
 *
 *   z := z + sum_i  D_i * m_i 2^(e_i) * prod_j (V_ij + C_ij)      z in {w, d, t}   (Davies 2018, eq. 4)
 *
 * Chip-neutral; which variables, widths and ops are legal is in the chip's limits. The 32-bit words that
 * encode it are in isa/ulearn.h. Trace decay and impulses belong to the rule because they are stored in
 * the same learning profile. */
#ifndef HMN_ISA_RULE_H
#define HMN_ISA_RULE_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum { RULE_W, RULE_D, RULE_T, RULE_TARGETS } rule_target;

/* Factors. X0 and Y0 are spike flags of the epoch, U the decimated clock, C a plain constant. */
typedef enum {
    RV_X0,
    RV_X1,
    RV_X2,
    RV_Y0,
    RV_Y1,
    RV_Y2,
    RV_Y3,
    RV_R0,
    RV_R1,
    RV_W,
    RV_D,
    RV_T,
    RV_C,
    RV_U,
    RV_COUNT
} rule_var;

enum { RULE_MAX_FACTORS = 8, RULE_MAX_PRODUCTS = 32 };

typedef struct {
    uint8_t var;      /* rule_var */
    bool sgn;         /* the sign of (variable + constant) */
    int16_t constant; /* added to the variable; the value itself for RV_C */
} rule_factor;

typedef struct {
    uint8_t target;     /* rule_target */
    uint8_t dependency; /* RV_X0, RV_Y0 or RV_U */
    uint8_t decimate;   /* k of u_k */
    int8_t mantissa;    /* -8..7 */
    int8_t exponent;    /* -7..8, with ROUND -16..8 */
    uint8_t nfactors;
    rule_factor factor[RULE_MAX_FACTORS];
} rule_product;

/* A trace x1 x2 y1 y2 y3 of 7 bits. */
typedef struct {
    uint16_t impulse_q8; /* 7 integer and 8 fraction bits */
    uint16_t decay_q12;  /* per-step multiplier 4096 exp(-1/tau), 0: lives only in its own step */
    double tau;          /* steps; for dialects that decay with the real exponential */
} rule_trace;

/* Extended ops, at the head of a program. Which engines have them is in the chip's limits. */

/* alpha = 2^(gain x2 y2) over its sum for all synapses onto the same neuron of the rules of one group; times their
 * number where `mean`. gain: octaves in 2^-20. */
typedef struct {
    bool on, mean;
    uint8_t group;
    uint16_t gain;
} rule_attend;

/* The sum D of drawn products, in 2^-7 steps, is applied with the probability that a table of 129 lines gives for |D|:
 * line n is that of |D| = first + n 2^shift. beta and theta [1 / step, steps] are what the table is made of (eq. 5). */
typedef struct {
    bool on;
    uint8_t table, shift;
    uint16_t first;
    double beta, theta;
} rule_draw;

/* Payload p, s = round(p / 2): nothing; x1 = s; x1 + s up to 127; x1 + s where what exceeds 127 stays in x1 and
 * counts as a spike for x2. */
typedef enum { GRADED_NOT, GRADED_OVERWRITE, GRADED_ADD, GRADED_CARRY } rule_graded;

enum { RT_X1, RT_X2, RT_Y1, RT_Y2, RT_Y3, RT_COUNT };

typedef struct {
    const char *name;
    uint8_t epoch; /* steps, 1..63 */
    rule_trace trace[RT_COUNT];
    uint8_t r1_channel; /* which broadcast modulator register r1 reads */
    uint8_t y3_channel; /* n: the management processor writes register n - 1 into y3; 0: nobody does */
    uint8_t counts_channel,
        counts_one; /* n: a presynaptic spike counts register n - 1, of which 2^one is 1; 0: it counts 1 */
    bool held;      /* y1 y2 y3 are third factors: what the host wrote last, not traces of spikes */
    uint8_t graded; /* rule_graded: what the payload of a presynaptic spike does to x1 */
    bool second;    /* d is a second tag, not a delay */
    bool rounds;    /* products round stochastically and reach down to 2^-16 (ROUND) */
    rule_attend attend;
    rule_draw draw;
    uint32_t attended; /* bit i: product i is times alpha of the synapse (ATTEND) */
    uint32_t drawn;    /* bit i: product i is one of those that DRAW applies or leaves out together */
    rule_product product[RULE_MAX_PRODUCTS];
    uint32_t nproducts;
} hmn_rule;

/* The products of one target as text in Lava's notation, e.g. "2^-2*y0*x1 - 2^-2*x0*y1"; "" when it has none. Parsing
 * it (compiler/rule.h) gives the same products again. */
const char *rule_text(const hmn_rule *rule, rule_target target, hmn_arena *a);

#endif
