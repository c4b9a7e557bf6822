/* Collects the learning part of a core. Takes the rules of its plastic projections, yields learning profiles with
 * microcode, and settings of pre- and postsynaptic traces, each distinct one once.
 *
 * An axon has one x1 and one x2, a compartment one y1, y2 and y3, a core one epoch: rules that share them must
 * agree about those traces which they read. */
#include "backends/loihi/learning_tables.h"

#include "backends/loihi/form.h"

#include "core/base/bug.h"

#include <string.h>

const ulearn_legal loihi_legal = {.legal_vars = (1u << RV_X0 | 1u << RV_X1 | 1u << RV_X2 | 1u << RV_Y0 | 1u << RV_Y1 |
                                                 1u << RV_Y2 | 1u << RV_Y3 | 1u << RV_R1 | 1u << RV_W | 1u << RV_D |
                                                 1u << RV_T | 1u << RV_C | 1u << RV_U),
                                  .max_products = RULE_MAX_PRODUCTS,
                                  .max_factors = 6,
                                  .mantissa_low = -8,
                                  .mantissa_high = 7,
                                  .exponent_low = -7,
                                  .exponent_high = 8};

static bool refuse(hmn_diag *d, hmn_span at, const char *cure, const char *what, uint32_t a, uint32_t b)
{
    diag_report(d, DIAG_FIT_LEARNING, at, what, a, b);
    diag_cure(d, "%s", cure);
    return false;
}

static bool add_profile(learning_tables *t, uint32_t rule, hmn_span at, hmn_diag *d)
{
    uint32_t epoch = t->q->rule[rule].epoch;
    if (learning_profile_row(t, rule) < t->nprofiles)
        return true;
    if (t->nprofiles == LEARNING_PROFILES)
        return refuse(d, at, "use fewer rules", "a core needs more than %u learning profiles (%u)", LEARNING_PROFILES,
                      LEARNING_PROFILES + 1);
    if (epoch < 1 || epoch > 63)
        return refuse(d, at, "choose an epoch of 1..63 steps", "a learning epoch of %u steps; loihi has 1..%u", epoch,
                      63);
    if (t->epoch && t->epoch != epoch)
        return refuse(d, at, "give the rules of neighbouring populations one epoch",
                      "rules with epochs of %u and %u steps meet on one core, which has one", t->epoch, epoch);
    t->epoch = epoch;
    t->profile[t->nprofiles++] = rule;
    return true;
}

static bool disagree(hmn_diag *d, hmn_span at, uint32_t trace)
{
    static const char *const name[RT_COUNT] = {"x1", "x2", "y1", "y2", "y3"};
    diag_report(d, DIAG_FIT_LEARNING, at, "two rules want different settings of trace %s of one neuron", name[trace]);
    diag_cure(d, "give the rules the same time constant and impulse, or let one of them use another trace");
    return false;
}

bool learning_wish(learning_tables *t, trace_wish *wish, uint32_t rule, hmn_span at, hmn_diag *d)
{
    const hmn_rule *r = &t->q->rule[rule];
    uint32_t used = form_traces(r);
    if (!add_profile(t, rule, at, d))
        return false;
    wish->any = true;
    for (uint32_t k = 0; k < RT_COUNT; k++) {
        int64_t impulse = r->trace[k].impulse_q8, decay = r->trace[k].decay_q12;
        if (!(used >> k & 1))
            continue;
        if (wish->set >> k & 1 && (wish->impulse[k] != impulse || wish->decay[k] != decay))
            return disagree(d, at, k);
        wish->set |= 1u << k;
        wish->impulse[k] = impulse;
        wish->decay[k] = decay;
    }
    return true;
}

/* Row of `rows` equal to `row`, added when new; `most` when there is no room. */
static uint32_t intern(int64_t *rows, uint32_t *n, uint32_t most, const int64_t *row, uint32_t columns)
{
    uint32_t i = 0;
    while (i < *n && memcmp(rows + (size_t)i * columns, row, columns * sizeof *row) != 0)
        i++;
    if (i == *n && i < most) {
        memcpy(rows + (size_t)i * columns, row, columns * sizeof *row);
        ++*n;
    }
    return i;
}

bool learning_pre(learning_tables *t, const trace_wish *w, int64_t *row, hmn_span at, hmn_diag *d)
{
    const int64_t value[LOIHI_PRE_TRACES_COLUMNS] = {w->impulse[RT_X1], w->decay[RT_X1], w->impulse[RT_X2],
                                                     w->decay[RT_X2]};
    *row = intern(t->pre[0], &t->npre, LEARNING_PRE, value, LOIHI_PRE_TRACES_COLUMNS) + 1;
    return *row <= LEARNING_PRE ||
           refuse(d, at, "let rules share time constants and impulses",
                  "a core needs %u presynaptic trace settings; loihi has %u", LEARNING_PRE + 1, LEARNING_PRE);
}

bool learning_post(learning_tables *t, const trace_wish *w, int64_t *row, hmn_span at, hmn_diag *d)
{
    const int64_t value[LOIHI_POST_TRACES_COLUMNS] = {w->impulse[RT_Y1], w->decay[RT_Y1],   w->impulse[RT_Y2],
                                                      w->decay[RT_Y2],   w->impulse[RT_Y3], w->decay[RT_Y3]};
    *row = intern(t->post[0], &t->npost, LEARNING_POST, value, LOIHI_POST_TRACES_COLUMNS) + 1;
    return *row <= LEARNING_POST ||
           refuse(d, at, "let rules share time constants and impulses",
                  "a core needs %u postsynaptic trace settings; loihi has %u", LEARNING_POST + 1, LEARNING_POST);
}

uint32_t learning_profile_row(const learning_tables *t, uint32_t rule)
{
    uint32_t i = 0;
    while (i < t->nprofiles && t->profile[i] != rule)
        i++;
    return i;
}

bool learning_program(const learning_tables *t, uint32_t profile, uint32_t *word, uint32_t *count, hmn_span at,
                      hmn_diag *d)
{
    const hmn_rule *r = &t->q->rule[t->profile[profile]];
    const char *why = NULL;
    uint32_t bad = ulearn_check(r, &loihi_legal, &why);
    if (bad < r->nproducts) {
        diag_report(d, DIAG_FIT_LEARNING, at, "product %u of rule '%s' does not run on loihi: %s", bad + 1,
                    r->name ? r->name : "", why);
        return false;
    }
    *count = ulearn_length(r);
    HMN_ASSERT(ulearn_encode(r, word));
    return true;
}
