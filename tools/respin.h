/* A network of target spinnaker restated in integers, from the quantised network, the spikes of its sources and what
 * its modulators are told: neurons (respin_neuron.h), ring buffers, the HMN rule (respin_rule.h), the management core
 * (relearn.h), as docs/chips/spinnaker*.md write them. It shares no arithmetic with the emulator but the normal
 * quantile of noise (S15), and knows nothing of cores but what keys draws; so that two programs agree bit for bit or
 * one of them is wrong. */
#ifndef HMN_TOOLS_RESPIN_H
#define HMN_TOOLS_RESPIN_H

#include "core/machine/machine.h"
#include "tools/relearn.h"
#include "tools/respin_lif.h"
#include "tools/respin_neuron.h"
#include "tools/respin_rule.h"
#include "tools/respin_stdp.h"
#include "tools/source.h"

typedef struct {
    const hmn_qnet *q;
    uint64_t seed;
    uint32_t step;
    const uint32_t *neuron_core, *neuron_local; /* keys of noise; generators of cores */
    respin_neuron *neuron;                      /* [nneurons], of sources empty; of loihi_lif receptors alone */
    respin_lif *lif;                            /* [nneurons], of loihi_lif */
    int32_t *noise;                             /* [nneurons] deviation, s16.15 */
    respin_kiss *kiss;                          /* [cores] */
    respin_rule **rule;                         /* [nprojections] of the HMN program; NULL: none */
    respin_stdp **stdp;                         /* [nprojections] of sPyNNaker's programs; NULL: none */
    struct relearn_manager *manager;
    uint32_t *ring; /* [slots][3][nneurons] sums */
    uint32_t slots;
    uint8_t *fired, *arrived; /* [nneurons] in this step, in the step before */
    uint32_t *spike, nspikes; /* neurons that fired by themselves in this step, ascending */
    bool plastic;             /* something learns */
} respin;

respin *respin_new(const source *s);

/* The first half of a step, in which these neurons (sources among them) fire on the chip: only sources are taken. */
void respin_begin(respin *r, const uint32_t *spike, uint32_t count);
/* In its place: exactly these neurons fire, whatever the restated ones would do. */
void respin_hear(respin *r, const uint32_t *spike, uint32_t count);
void respin_end(respin *r, bool learning);

/* The first word of a neuron's state that differs after a step; true: none. */
typedef struct {
    uint32_t neuron;
    char what[24];
    int32_t chip, restated;
} respin_word;
bool respin_compare_neurons(const respin *r, const hmn_machine *m, respin_word *out);
/* Weights, eligibilities and registers. */
void respin_compare_learning(const respin *r, const hmn_machine *m, hmn_arena *scratch, relearn_difference *out);

#endif
