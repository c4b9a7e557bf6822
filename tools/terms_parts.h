/* The parts of the measurement of terms. */
#ifndef HMN_TOOLS_TERMS_PARTS_H
#define HMN_TOOLS_TERMS_PARTS_H

#include "tools/terms.h"

typedef struct {
    double max, squares;
    uint64_t n;
    double *part; /* [nsynapses] what it has added to each weight; NULL: not told */
} term_sum;

typedef struct {
    const net_rule *rule; /* NULL: does not learn */
    uint32_t epoch, epochs;
    term_sum term[TERM_COUNT];
    double *weight; /* [nsynapses] of the reference, as the epoch began */
    uint64_t drawn, differ;
    double effect, oldest; /* M of the reference as the step before left it; before the steps that a register stands for */
} term_part;

struct term_errors {
    terms_of of;
    uint32_t step;   /* steps done */
    term_part *part; /* [nprojections] */
    term_sum *bias;  /* [npopulations] */
};

void terms_add(term_sum *s, double error);

/* A synapse at an epoch's end, on the chip, in real units. */
typedef struct {
    uint32_t projection, pre, edge;
    double x, y;            /* NAN: there is none */
    double fast, slow, now; /* now: pairings that act at once, beside the tags */
    double m, alpha;        /* NAN: there is none, the reference's counts */
    double scale;           /* all rates are times this in place of the draw */
    double p;               /* of the draw */
    bool draws, applied;
    double full, rest; /* the change that the draw decides about; what it does not */
    double before, after, low, high;
} term_view;
void terms_take(term_errors *t, const term_view *v);
void terms_take_text(term_errors *t, const term_view *v); /* of a rule as text: x, y, m, full and the weight count */

void terms_engine(term_errors *t);  /* terms_engine.c: synapses of the Loihi family */
void terms_spin(term_errors *t);    /* terms_spin.c: of the HMN program */
void terms_manager(term_errors *t); /* terms_manager.c: what happens once a chip */

#endif
