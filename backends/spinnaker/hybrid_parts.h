/* Inside the HMN program: what rows ask of histories, broadcasts and attention. */
#ifndef HMN_BACKENDS_SPINNAKER_HYBRID_PARTS_H
#define HMN_BACKENDS_SPINNAKER_HYBRID_PARTS_H

#include "backends/spinnaker/hybrid.h"

/* x exp(-t / tau), rounded down. */
uint32_t hybrid_decayed(const uint32_t *region, hybrid_decay d, uint32_t x, uint32_t t);

/* y of a neuron in step t, its spike of t included. */
uint32_t hybrid_post_trace(const hybrid_core *c, uint32_t history, uint32_t neuron, uint32_t t);
/* The first step from t on, before `stop`, in which a neuron fired; else stop. */
uint32_t hybrid_next_spike(const hybrid_core *c, uint32_t history, uint32_t neuron, uint32_t t, uint32_t stop);

/* A trace times the factor of pairings of step t. */
uint32_t hybrid_paired(const hybrid_core *c, const hybrid_rule *r, uint32_t trace, uint32_t t);
/* What a spike counts that is served now, u17.15. */
uint32_t hybrid_counts(const hybrid_core *c, const hybrid_rule *r);
/* x counts / 2^15. */
static inline uint32_t hybrid_counted(uint32_t x, uint32_t counts) { return (uint32_t)((uint64_t)x * counts >> 15); }
/* Words of state that the factor of pairings takes. */
static inline uint32_t hybrid_factor_words(uint32_t window) { return window * 16; }

/* The broadcast of an epoch; false when weights stay, or when it is gone, which is counted. */
bool hybrid_heard(const hybrid_core *c, const hybrid_rule *r, uint32_t epoch, uint32_t bin, int32_t *m);
/* Whether the broadcast of an epoch can move a weight: learning is on, and some bin hears other than 0. */
bool hybrid_moves(const hybrid_core *c, const hybrid_rule *r, uint32_t epoch);

/* ---- attention: equations 10 and 11 in octaves (eq. S67) ---- */

/* As the region has it: h and c decay; gain h c 2^-15 2^-loses are 1/65536 octaves. */
typedef struct {
    hybrid_decay decay;
    uint32_t gain, loses;
} hybrid_scale;

/* Gain of timescale k in 1/65536 octaves for products of traces in u17.15, and as 16 bits of it and a shift; the decay
 * is left empty. */
double hybrid_gain_of(const hybrid_settings *s, uint32_t k);
hybrid_scale hybrid_scale_of(const hybrid_settings *s, uint32_t k);

/* Sum of 2^logit: `sum` 2^-24 2^(top / 65536). */
typedef struct {
    int32_t top;
    uint64_t sum;
} hybrid_sum;

int32_t hybrid_logit(const hybrid_scale *s, uint32_t h, uint32_t c);
/* A neuron of n synapses, all silent. */
hybrid_sum hybrid_sum_of(uint32_t n);
/* One of them is not. */
void hybrid_sum_add(hybrid_sum *s, int32_t logit);
/* 65536 log2 of the sum, less log2 n where alpha is n at most. */
int32_t hybrid_norm(const hybrid_sum *s, uint32_t n, bool mean);
/* 65536 alpha, below 2^31. */
uint32_t hybrid_share(int32_t logit, int32_t norm);

/* Words of state that the attention of a rule takes. */
uint32_t hybrid_share_words(uint32_t timescales, uint32_t depth, uint32_t nneurons);
/* The neuron fires in step t. */
void hybrid_attention_fired(const hybrid_core *c, const hybrid_rule *r, uint32_t neuron, uint32_t t);
/* The source of a row, of trace h, has a spike that arrives in step t and counts so much. */
void hybrid_attention_arrives(const hybrid_core *c, const hybrid_rule *r, uint32_t *plastic, uint32_t t,
                              uint32_t counts);
/* 65536 alpha of a neuron's synapse at the end of an epoch that moves weights; head: of its row. */
uint32_t hybrid_alpha(const hybrid_core *c, const hybrid_rule *r, const uint32_t *head, uint32_t neuron,
                      uint32_t epoch);

#endif
