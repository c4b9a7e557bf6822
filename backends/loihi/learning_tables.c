/* Collects the learning part of a core. Takes the rules of its plastic projections, yields learning profiles with
 * microcode, and settings of pre- and postsynaptic traces, each distinct one once.
 *
 * An axon has one x1 and one x2, a compartment one y1, y2 and y3, a core one epoch: rules that share them must
 * agree about those traces which they read. */
#include "backends/loihi/learning_tables.h"

#include "backends/loihi/extended.h"
#include "backends/loihi/form.h"

#include "core/base/bug.h"

#include <math.h>
#include <string.h>

static bool refuse(hmn_diag *d, hmn_span at, const char *cure, const char *what, uint32_t a, uint32_t b)
{
    diag_report(d, DIAG_FIT_LEARNING, at, what, a, b);
    diag_cure(d, "%s", cure);
    return false;
}

/* Two things that only some dialects do. */
static bool supported(const learning_tables *t, const hmn_rule *r, hmn_span at, hmn_diag *d)
{
    const loihi_dialect *dialect = &loihi_dialects[t->dialect];
    if ((r->rounds || r->attend.on || r->draw.on || r->second || r->y3_channel || r->counts_channel) &&
        t->dialect != DIALECT_CHIP) {
        diag_report(d, DIAG_FIT_LEARNING, at, "rule '%s' needs %s, which dialect %s of %s does not know",
                    r->name ? r->name : "",
                    r->second           ? "a second tag"
                    : r->y3_channel     ? "y3 written by the management processor"
                    : r->counts_channel ? "a register that its spikes count"
                                        : "extended ops of the learning engine",
                    dialect->name, t->q->chip->name);
        diag_cure(d, "use target.dialect chip");
        return false;
    }
    if (r->graded && !dialect->graded) {
        diag_report(d, DIAG_FIT_LEARNING, at, "rule '%s' wants graded spikes, which dialect %s of loihi does not know",
                    r->name ? r->name : "", dialect->name);
        diag_cure(d, "use target.dialect lava, or leave graded_pre out");
        return false;
    }
    for (uint32_t k = RT_Y1; k < RT_COUNT; k++)
        if (r->held && r->trace[k].impulse_q8 && loihi_own_traces(t->dialect)) {
            diag_report(d, DIAG_FIT_LEARNING, at,
                        "rule '%s' takes third factors beside traces of spikes; in dialect %s all of y1, y2, y3 are "
                        "third factors",
                        r->name ? r->name : "", dialect->name);
            diag_cure(d, "let the neurons write y%u, too, without an impulse, or use target.dialect chip",
                      k - RT_Y1 + 1);
            return false;
        }
    for (uint32_t k = 0; k < r->nproducts; k++)
        if (t->dialect == DIALECT_BRIAN2 && r->product[k].target != RULE_W) {
            diag_report(d, DIAG_FIT_LEARNING, at,
                        "rule '%s' changes more than weights; dialect brian2loihi has dw only", r->name ? r->name : "");
            diag_cure(d, "use target.dialect chip, nengo or lava, or drop dd and dt");
            return false;
        }
    return true;
}

/* Sums of attention that the rules of the core keep. */
static bool room_for_group(const learning_tables *t, const hmn_rule *r, hmn_span at, hmn_diag *d)
{
    uint32_t groups = 0;
    for (uint32_t i = 0; r->attend.on && i < t->nprofiles; i++) {
        const rule_attend *a = &t->q->rule[t->profile[i]].attend;
        bool first = a->on && a->group != r->attend.group;
        for (uint32_t k = 0; k < i; k++)
            first &= !t->q->rule[t->profile[k]].attend.on || t->q->rule[t->profile[k]].attend.group != a->group;
        groups += first;
    }
    return groups < EXTENDED_GROUPS ||
           refuse(d, at, "use local_attention in fewer projections, or fewer neurons a core",
                  "a core needs %u sums of attention; it keeps %u", groups + 1, EXTENDED_GROUPS);
}

static bool add_profile(learning_tables *t, uint32_t rule, hmn_span at, hmn_diag *d)
{
    uint32_t epoch = t->q->rule[rule].epoch;
    if (learning_profile_row(t, rule) < t->nprofiles)
        return true;
    if (t->nprofiles == LEARNING_PROFILES)
        return refuse(d, at, "use fewer rules", "a core needs more than %u learning profiles (%u)", LEARNING_PROFILES,
                      LEARNING_PROFILES + 1);
    uint32_t most = (uint32_t)loihi_dialects[t->dialect].epoch_high;
    if (epoch < 1 || epoch > most)
        return refuse(d, at,
                      most == 1 ? "leave epoch out: it is one step in dialect brian2loihi"
                                : "choose an epoch of 1..63 steps",
                      "a learning epoch of %u steps; loihi has 1..%u", epoch, most);
    if (!supported(t, &t->q->rule[rule], at, d) || !room_for_group(t, &t->q->rule[rule], at, d))
        return false;
    if (t->epoch && t->epoch != epoch && !loihi_own_traces(t->dialect))
        return refuse(d, at, "give the rules of neighbouring populations one epoch",
                      "rules with epochs of %u and %u steps meet on one core, which has one", t->epoch, epoch);
    t->epoch = t->epoch ? t->epoch : epoch;
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

uint32_t trace_wish_add(trace_wish *wish, const hmn_rule *r)
{
    uint32_t used = form_traces(r) & wish->of;
    wish->any = true;
    for (uint32_t k = 0; k < RT_COUNT; k++) {
        int64_t impulse = r->trace[k].impulse_q8, decay = r->trace[k].decay_q12;
        if (!(used >> k & 1))
            continue;
        bool other = k == RT_Y3 && wish->y3_register != r->y3_channel;
        if (wish->set >> k & 1 && (wish->impulse[k] != impulse || wish->decay[k] != decay || other))
            return k;
        if (k < RT_Y1 && wish->set & TRACES_PRE && wish->counts != r->counts_channel)
            return k;
        wish->y3_register = k == RT_Y3 ? r->y3_channel : wish->y3_register;
        wish->counts = k < RT_Y1 ? r->counts_channel : wish->counts;
        wish->counts_one = k < RT_Y1 ? r->counts_one : wish->counts_one;
        wish->set |= 1u << k;
        wish->impulse[k] = impulse;
        wish->decay[k] = decay;
    }
    return RT_COUNT;
}

bool learning_wish(learning_tables *t, trace_wish *wish, uint32_t rule, hmn_span at, hmn_diag *d)
{
    if (!add_profile(t, rule, at, d))
        return false;
    wish->any = true;
    if (loihi_own_traces(t->dialect))
        return true;
    uint32_t clash = trace_wish_add(wish, &t->q->rule[rule]);
    return clash == RT_COUNT || disagree(d, at, clash);
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
    if (loihi_own_traces(t->dialect)) {
        *row = 1;
        return true;
    }
    const int64_t value[LOIHI_PRE_TRACES_COLUMNS] = {w->impulse[RT_X1], w->decay[RT_X1], w->impulse[RT_X2],
                                                     w->decay[RT_X2],   w->counts,       w->counts_one};
    *row = intern(t->pre[0], &t->npre, LEARNING_PRE, value, LOIHI_PRE_TRACES_COLUMNS) + 1;
    return *row <= LEARNING_PRE ||
           refuse(d, at, "let rules share time constants and impulses",
                  "a core needs %u presynaptic trace settings; loihi has %u", LEARNING_PRE + 1, LEARNING_PRE);
}

bool learning_post(learning_tables *t, const trace_wish *w, int64_t *row, hmn_span at, hmn_diag *d)
{
    if (loihi_own_traces(t->dialect)) {
        *row = 1;
        return true;
    }
    const int64_t value[LOIHI_POST_TRACES_COLUMNS] = {w->impulse[RT_Y1], w->decay[RT_Y1],   w->impulse[RT_Y2],
                                                      w->decay[RT_Y2],   w->impulse[RT_Y3], w->decay[RT_Y3],
                                                      w->y3_register};
    *row = intern(t->post[0], &t->npost, LEARNING_POST, value, LOIHI_POST_TRACES_COLUMNS) + 1;
    return *row <= LEARNING_POST ||
           refuse(d, at, "let rules share time constants and impulses",
                  "a core needs %u postsynaptic trace settings; loihi has %u", LEARNING_POST + 1, LEARNING_POST);
}

/* ---- other dialects ---- */

/* What is left of a trace after one step: of an epoch in nengo, which decays once an epoch (eq. D1). */
static double keep_of(const learning_tables *t, const hmn_rule *r, uint32_t trace)
{
    enum { LAVA_THIRD_FACTOR = 65535 };
    double tau = r->trace[trace].tau;
    if (r->held && trace >= RT_Y1)
        return t->dialect == DIALECT_LAVA ? exp(-1.0 / LAVA_THIRD_FACTOR) : 1;
    if (tau <= 0)
        return 0;
    switch (t->dialect) {
    case DIALECT_NENGO: return exp(-r->epoch / tau);
    case DIALECT_BRIAN2: return tau > 1 ? 1 - 1 / tau : 0;
    case DIALECT_CHIP:
    case DIALECT_SANAFE:
    case DIALECT_LAVA:
    case DIALECT_COUNT: break;
    }
    return exp(-1 / tau);
}

/* 0: nothing is left; n: curve n - 1. */
static int64_t curve_of(learning_tables *t, double keep)
{
    uint32_t i = 0;
    if (keep <= 0)
        return 0;
    while (i < t->ncurves && t->factor[i] != keep)
        i++;
    HMN_ASSERT(i < LEARNING_CURVES);
    t->factor[i] = keep;
    t->ncurves += i == t->ncurves;
    return i + 1;
}

void learning_own_traces(learning_tables *t)
{
    t->npre = t->npost = t->nprofiles;
    for (uint32_t i = 0; i < t->nprofiles; i++) {
        const hmn_rule *r = &t->q->rule[t->profile[i]];
        for (uint32_t k = 0; k < RT_COUNT; k++) {
            int64_t *row = k < RT_Y1 ? &t->pre[i][2 * k] : &t->post[i][2 * (k - RT_Y1)];
            row[0] = r->held && k >= RT_Y1 ? 0 : r->trace[k].impulse_q8;
            row[1] = curve_of(t, keep_of(t, r, k));
        }
    }
}

/* A product within 10^-9 of a whole number is one: 0.9 * 90 has no fraction, whatever its double says. */
void learning_curve_row(const learning_tables *t, uint32_t curve, uint32_t x, int64_t *row)
{
    double f = t->factor[curve] * x, whole = floor(f), fraction = f - whole;
    if (fraction > 1 - 1e-9 && t->dialect == DIALECT_BRIAN2) {
        whole += 1;
        fraction = 0;
    }
    double scaled = round(ldexp(fraction, 32));
    if (scaled < 1 && fraction > (t->dialect == DIALECT_BRIAN2 ? 1e-9 : 0))
        scaled = 1;
    row[LOIHI_DECAYS_whole] = (int64_t)whole;
    row[LOIHI_DECAYS_fraction] = (int64_t)fmin(scaled, UINT32_MAX);
}

uint32_t learning_profile_row(const learning_tables *t, uint32_t rule)
{
    uint32_t i = 0;
    while (i < t->nprofiles && t->profile[i] != rule)
        i++;
    return i;
}

/* The table of the rule's probability gate, made when it is the first of its kind. */
static uint8_t draw_table(learning_tables *t, const rule_draw *d)
{
    uint32_t i = 0;
    while (i < t->ndraws && !(t->draw[i].beta == d->beta && t->draw[i].theta == d->theta))
        i++;
    if (i == t->ndraws) {
        t->draw[t->ndraws] = *d;
        t->draw[t->ndraws++].table = (uint8_t)i;
    }
    return (uint8_t)i;
}

bool learning_program(learning_tables *t, uint32_t profile, uint32_t *word, uint32_t *count, hmn_span at, hmn_diag *d)
{
    const hmn_rule *r = &t->q->rule[t->profile[profile]];
    const char *why = NULL;
    const ulearn_legal legal = limits_legal(t->q->chip->limits);
    uint32_t bad = ulearn_check(r, &legal, &why);
    if (bad < r->nproducts) {
        diag_report(d, DIAG_FIT_LEARNING, at, "product %u of rule '%s' does not run on %s: %s", bad + 1,
                    r->name ? r->name : "", t->q->chip->name, why);
        return false;
    }
    hmn_rule program = *r;
    if (r->draw.on)
        program.draw.table = draw_table(t, &r->draw);
    *count = ulearn_length(&program);
    HMN_ASSERT(ulearn_encode(&program, word));
    return true;
}
