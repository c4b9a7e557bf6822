/* Neurons of the SpiNNaker-style machine restated: equations S1 to S31 of docs/chips/spinnaker.md in words of 32 bits,
 * from the words that a core loads. For tools/respin.h; shares no arithmetic with the emulator. */
#ifndef HMN_TOOLS_RESPIN_NEURON_H
#define HMN_TOOLS_RESPIN_NEURON_H

#include <stdbool.h>
#include <stdint.h>

/* Generator S17 of a core, drawn from by its neurons in order. */
typedef struct {
    uint32_t x, y, z, c;
} respin_kiss;
respin_kiss respin_kiss_start(void);

int32_t respin_mul(int32_t a, int32_t b); /* S1 */
uint64_t respin_exp(int32_t x);           /* S11: E */

/* Exponential and alpha synapses of one receptor; sEMD keeps its multiplier with the second. */
typedef struct {
    int32_t x;            /* S22 to S24: value; S26: l */
    uint32_t decay, gain; /* d, c */
    int32_t e, q;         /* S26 */
} respin_synapse;

typedef struct {
    bool izhikevich, conductance, maass, alpha, delta, semd, dual, calcium;
    uint32_t substeps, receptors;
    int32_t v, u, offset;
    int32_t rest, resistance, keep, reset, hold, still; /* S20: still r, hold T */
    int32_t a, b, c, d, h, step;                        /* S21 */
    int32_t reversal[2], scale, threshold;              /* S27, S24, S28 */
    int32_t steep, rate, tenth;                         /* S29: 1/du, 1/tau, ts/10 */
    int32_t latched, above, factor;                     /* S25: m, the second input before, scale */
    int32_t calcium_now, calcium_keep, calcium_step;    /* S30 */
    respin_synapse synapse[3];
} respin_neuron;

/* Looks up a word by the name of its part's slot ("NEURON" .. "EXTRA") and key. */
typedef struct {
    int32_t (*word)(const void *context, int slot, const char *key);
    const void *context;
    const char *model; /* "IF_cond_exp" */
    uint32_t substeps;
} respin_words;
void respin_load(respin_neuron *n, const respin_words *w);

/* The sum of a ring buffer, shifted (S4), for one receptor, not 0. */
void respin_input(respin_neuron *n, uint32_t receptor, int32_t input);
/* A step; spikes in it. */
uint32_t respin_tick(respin_neuron *n, int32_t current, respin_kiss *k);

#endif
