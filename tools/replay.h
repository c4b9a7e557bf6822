/* The emulated chip fed with the spikes and modulators of the reference: what it learns from them, beside what the
 * reference learns. Whatever differs is the chip's learning, not its neurons. */
#ifndef HMN_TOOLS_REPLAY_H
#define HMN_TOOLS_REPLAY_H

#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tools/source.h"
#include "tools/terms.h"

/* A sim that is the reference to whoever drives it; the machine's neurons fire as those of the reference do, and it is
 * told what modulators are told. */
hmn_sim *replay_sim(hmn_reference *r, hmn_machine *m, hmn_arena *a);

/* Weights of one plastic projection over all samples, chip against reference, real units. */
typedef struct {
    uint32_t projection;
    const char *name;
    uint64_t synapses, unmatched;
    double lsb;
    double correlation;        /* of weights, all samples and synapses together */
    double change_correlation; /* of what learning changed */
    double slope;              /* of the chip's changes on the reference's */
    double final_correlation;  /* of weights at the end */
    double bias;               /* mean of chip less reference at the end */
    double max, rms;           /* of chip less reference, all samples */
    double change_rms;         /* what learning changed in the reference at the end */
    double move;               /* mean size of a change of a weight in one epoch in the reference, without zeros */
} replay_projection;

typedef struct {
    double n, x, y, xx, yy, xy;
} replay_moments;
typedef struct {
    replay_moments weight, change, last;
    double squares, most, last_squares;
} replay_sums;

/* Adds the weights as they are now; in the end the sums become figures. p: projection and lsb are given. */
void replay_sample(const source *s, const hmn_machine *m, const hmn_reference *r, replay_projection *p, replay_sums *t);
void replay_conclude(const hmn_reference *r, replay_projection *p, const replay_sums *t);

typedef struct {
    uint32_t steps, samples;
    replay_projection *projection;
    uint32_t nprojections;
    const term_measures *term;
    const char *unlearned;      /* why learning is not restated; NULL: it is */
    relearn_difference learned; /* chip and restated learning, bit for bit */
} replay_result;

/* False after a report. The source holds a network compiled through all passes. */
bool replay_run(source *s, uint32_t steps, uint32_t samples, replay_result *out);

#endif
