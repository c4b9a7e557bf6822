/* What each term of a plastic projection costs on the user's own network: the chip's terms, as tools/relearn.h restates
 * them, beside those of the reference in the same epoch, fed with the same spikes and modulators (hmn verify --replay).
 */
#ifndef HMN_TOOLS_TERMS_H
#define HMN_TOOLS_TERMS_H

#include "core/reference/reference.h"
#include "tools/json_out.h"
#include "tools/relearn.h"

/* TERM(id, name, quantity of the lowering report that says what became of it, unit) */
#define TERMS(TERM)                                                                                                    \
    TERM(X, "equation 2, x", "tau_plus", "spikes")                                                                     \
    TERM(Y, "equation 2, y", "tau_minus", "spikes")                                                                    \
    TERM(FAST, "equation 2, psi_fast", "tau_fast", "")                                                                 \
    TERM(SLOW, "equation 2, psi_slow", "tau_slow", "")                                                                 \
    TERM(REGISTER, "equations 3, 4, 6, 7: r1", "eta_local + eta_global G", "")                                         \
    TERM(ATTENTION, "equations 10, 11: alpha", "equations 10, 11", "")                                                 \
    TERM(DRAW, "equation 5: p", "equation 5", "")                                                                      \
    TERM(PRODUCTS, "equation 3, products", "equation 3", "weight")                                                     \
    TERM(ROUNDING, "weight, rounding and bounds", "weight", "weight")

typedef enum {
#define TERM(id, name, quantity, unit) TERM_##id,
    TERMS(TERM)
#undef TERM
        TERM_COUNT
} term_kind;

/* An error is chip less reference. */
typedef struct {
    const char *projection, *term, *unit, *verdict;
    uint32_t bits;
    uint64_t count;
    double max_error, rms_error;
    double share;  /* rms over synapses of what the term's errors have added to a weight by the end, in its steps */
    double cycles; /* an epoch of the rule */
    double differ; /* equation 5: share of the decisions that fell otherwise; else 0 */
} term_row;

typedef struct term_errors term_errors;

term_errors *terms_new(const relearn *l, const hmn_reference *r, hmn_arena *a);

/* After each step of both. */
void terms_step(term_errors *t);

/* The rows of all projections, in order; visits and manager cycles of the machine give the cost. */
term_row *terms_rows(const term_errors *t, const hmn_machine *m, hmn_arena *a, uint32_t *count);

/* terms_out.c */
void terms_text(const term_row *row, uint32_t n, FILE *out);
void terms_json(const term_row *row, uint32_t n, json_out *j);

#endif
