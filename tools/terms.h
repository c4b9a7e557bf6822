/* What each term of a plastic projection costs on the user's own network: the chip's terms, as tools/relearn.h and
 * tools/respin.h restate them, beside those of the reference in the same epoch, fed with the same spikes and
 * modulators.
 */
#ifndef HMN_TOOLS_TERMS_H
#define HMN_TOOLS_TERMS_H

#include "core/reference/reference.h"
#include "tools/relearn.h"
#include "tools/respin.h"

typedef enum {
#define TERM(id, quantity, unit, from, bounded) TERM_##id,
#include "tools/terms.def"
    TERM_COUNT
} term_kind;

/* Chip less reference. */
typedef struct {
    uint64_t count; /* 0: not measured */
    double max_error, rms_error;
    double share;  /* rms over synapses of what the term's errors have added to a weight by the end, in its steps */
    double differ; /* equation 5: share of the decisions that fell otherwise; else 0 */
} term_error;

/* What an epoch of the rule makes a projection do, on average. */
typedef struct {
    double visits, traces, attended, alphas, pairings;
} term_work;

typedef struct {
    term_error (*term)[TERM_COUNT]; /* [nprojections] */
    term_error *bias;               /* [npopulations] homeostasis, nA */
    term_work *work;                /* [nprojections] */
    const char *untold;             /* why terms within a synapse are not told apart; NULL: they are */
} term_measures;

typedef struct term_errors term_errors;

/* One of engine and spin, or none: then of a synapse only the whole is measured. */
typedef struct {
    const hmn_qnet *q;
    const hmn_machine *machine;
    const hmn_reference *reference;
    relearn *engine;
    respin *spin;
} terms_of;
term_errors *terms_new(const terms_of *of, hmn_arena *a);

/* After each step of all; learning: weights could move in it. */
void terms_step(term_errors *t, bool learning);

term_measures *terms_end(const term_errors *t, hmn_arena *a);

#endif
