/* Inside the HMN program: what rows ask of histories and broadcasts. */
#ifndef HMN_BACKENDS_SPINNAKER_HYBRID_PARTS_H
#define HMN_BACKENDS_SPINNAKER_HYBRID_PARTS_H

#include "backends/spinnaker/hybrid.h"

/* x exp(-t / tau), rounded down. */
uint32_t hybrid_decayed(const uint32_t *region, hybrid_decay d, uint32_t x, uint32_t t);

/* y of a neuron in step t, its spike of t included. */
uint32_t hybrid_post_trace(const hybrid_core *c, uint32_t history, uint32_t neuron, uint32_t t);
/* The first step from t on, before `stop`, in which a neuron fired; else stop. */
uint32_t hybrid_next_spike(const hybrid_core *c, uint32_t history, uint32_t neuron, uint32_t t, uint32_t stop);

/* The broadcast of an epoch; false when weights stay, or when it is gone, which is counted. */
bool hybrid_heard(const hybrid_core *c, const hybrid_rule *r, uint32_t epoch, uint32_t bin, int32_t *m);

#endif
