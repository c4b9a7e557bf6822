/* Bounds of registers. Takes the quantised network with its rules, yields the greatest and least value that q, u,
 * u + bias and v of every neuron can reach, and from that a proof or a warning for each population.
 *
 * Inputs: a neuron of refractory register r fires at most every r steps, a listed source at most as often as its
 * closest two spikes, any other source once a step. Nothing is assumed about which spikes coincide. A plastic weight
 * is anything between its bounds; a plastic delay can bring several spikes of one synapse together.
 *
 * u: with the same input Q in every step, u' = trunc(u (4096 - d) / 4096) + Q rises to its least fixed point, the least
 * u with ceil(u d / 4096) >= Q, which is floor((Q - 1) 4096 / d) + 1 (eq. L21). Inputs of period r > 1 are summed as
 * Q / (1 - ((4096 - d) / 4096)^r) instead, rounded up; truncation only makes u smaller. The lesser of both holds.
 *
 * A graded spike counts with the payload of the greatest v. Two currents are bounded as one that decays as the slower
 * does, which is more than their sum. */
#include "backends/loihi/bounds.h"

#include "backends/loihi/bounds_join.h"
#include "backends/loihi/form.h"
#include "backends/loihi/tables.h"
#include "backends/loihi/weights.h"

#include "core/base/fx.h"

#include <math.h>
#include <string.h>

enum { RATES = 64, NEVER = 0, GAIN_BITS = 20, KEEP_BITS = 30 };

/* Beyond every register: sums saturate here. */
static const int64_t FAR = (int64_t)1 << 60;

static int64_t add_far(int64_t a, int64_t b) { return a > FAR - b ? FAR : a + b; }
static int64_t multiply_far(int64_t a, int64_t b) { return b && a > FAR / b ? FAR : a * b; }

/* Input of one sign: in a step at most `step`, and summed with decay at most `sum` (Q20). Both >= 0. */
typedef struct {
    int64_t step, sum, once; /* once: currents that come a single time */
} intake;

typedef struct {
    intake side[2]; /* 0: what raises, 1: what lowers, as magnitudes */
} inputs;

typedef struct {
    const hmn_qnet *q;
    const hmn_graph *g;
    const loihi_dialect *dialect;
    uint32_t population;
    hmn_arena *arena;
    inputs *in;
    int64_t (*batch)[2];
    const loihi_bounds *dendrite[NET_MAX_DENDRITES]; /* of the neurons of each, by local index */
} bounding;

static int32_t register_of(const bounding *b, uint32_t column, uint32_t neuron)
{
    return qnet_at(b->q->population[b->population].column[column], neuron);
}

/* 4096 times the part of u that a step takes away, of the slower of two currents. */
static int64_t decay_of(const bounding *b, uint32_t neuron)
{
    int64_t d = register_of(b, LOIHI_COMPARTMENTS_decay_u, neuron);
    int64_t second = register_of(b, LOIHI_PROGRAM(two), neuron) ? register_of(b, LOIHI_PROGRAM(decay_u2), neuron) : d;
    return (d < second ? d : second) + b->dialect->ds_offset;
}

/* The greatest payload of a neuron's spikes (eq. M4). */
static int64_t payload_of(const bounding *b, uint32_t population, uint32_t neuron)
{
    const qnet_column *c = b->q->population[population].column;
    if (b->g->population[population].source || !qnet_at(c[LOIHI_PROGRAM(graded)], neuron))
        return 1;
    unsigned bits = b->dialect->v_mode == V_KEPT ? 31 : 23;
    if (b->dialect->v_mode == V_CLIPPED)
        bits = 9 + 2 * (unsigned)qnet_at(c[LOIHI_COMPARTMENTS_vmax_exp], neuron);
    return fx_shr_rd(fx_shl(1, bits) - 1, (unsigned)qnet_at(c[LOIHI_PROGRAM(payload_exp)], neuron));
}

/* ---- rates ---- */

/* Least distance between two spikes of each neuron of a population in steps, RATES - 1 at most; NEVER: no spike. */
static uint8_t *periods(const bounding *b, uint32_t population)
{
    const graph_population *p = &b->g->population[population];
    uint8_t *period = ARENA_NEW(b->arena, uint8_t, p->size);
    if (p->model == MODEL_SOURCE_ARRAY) {
        const graph_spikes *s = &b->g->spikes;
        uint32_t *last = ARENA_NEW(b->arena, uint32_t, p->size);
        for (uint64_t k = 0; k < s->count; k++) {
            uint32_t i = s->neuron[k] - p->first;
            if (s->neuron[k] < p->first || i >= p->size)
                continue;
            uint32_t gap = period[i] == NEVER ? RATES - 1 : s->step[k] - last[i];
            if (period[i] == NEVER || (gap > 0 && gap < period[i]))
                period[i] = (uint8_t)(gap < RATES ? gap : RATES - 1);
            last[i] = s->step[k];
        }
        return period;
    }
    for (uint32_t i = 0; i < p->size; i++) {
        int32_t r = p->source ? 1 : qnet_at(b->q->population[population].column[LOIHI_COMPARTMENTS_refractory], i);
        period[i] = (uint8_t)(r < 1 ? 1 : r >= RATES ? RATES - 1 : r);
    }
    return period;
}

/* ceil(2^20 / (1 - (1 - d / 4096)^period)); FAR when nothing decays. */
static int64_t gain_of(int64_t d, uint32_t period)
{
    if (d == 0)
        return FAR;
    int64_t keep = (int64_t)1 << KEEP_BITS;
    for (uint32_t k = 0; k < period; k++)
        keep = fx_shr_rd(keep * (4096 - d) + 4095, 12);
    int64_t lost = ((int64_t)1 << KEEP_BITS) - keep;
    return lost <= 0 ? FAR : (((int64_t)1 << (GAIN_BITS + KEEP_BITS)) + lost - 1) / lost;
}

/* ---- synapses ---- */

/* What a spike through synapse e may add, from amount[1] <= 0 to amount[0] >= 0. */
static void amounts(const bounding *b, uint32_t projection, uint64_t e, int64_t amount[2])
{
    const qnet_projection *p = &b->q->projection[projection];
    bool plastic = p->rule != NET_NONE;
    int32_t low = loihi_weight_effective((loihi_dialect_id)(b->dialect - loihi_dialects),
                                         plastic ? p->w_min : p->weight[e], p->weight_exp);
    int32_t high = loihi_weight_effective((loihi_dialect_id)(b->dialect - loihi_dialects),
                                          plastic ? p->w_max : p->weight[e], p->weight_exp);
    double counts = plastic && b->q->units ? fmax(1, b->q->units[p->rule].counts) : 1; /* what a spike counts at most */
    amount[0] = high > 0 ? (int64_t)ceil(high * counts) : 0;
    amount[1] = low < 0 ? (int64_t)ceil(-(double)low * counts) : 0;
}

static bool moves_delays(const bounding *b, uint32_t projection)
{
    uint32_t rule = b->q->projection[projection].rule;
    for (uint32_t i = 0; rule != NET_NONE && i < b->q->rule[rule].nproducts; i++)
        if (b->q->rule[rule].product[i].target == RULE_D)
            return true;
    return false;
}

/* Where a negative exponent shifts the sum of a step, the part of raising weights that single shifts lose counts. */
static bool shifts_sum(const bounding *b, uint32_t projection)
{
    const qnet_projection *p = &b->q->projection[projection];
    return b->dialect->sum_shift && p->weight_exp < 0 && p->rule == NET_NONE;
}

static int64_t raise(const bounding *b, uint32_t projection, uint64_t e, int64_t amount)
{
    const qnet_projection *p = &b->q->projection[projection];
    return shifts_sum(b, projection) ? (p->weight[e] > 0 ? p->weight[e] : 0) : amount;
}

/* The raising input of one step from sums of raise(). */
static int64_t raised(const bounding *b, uint32_t projection, int64_t sum)
{
    const qnet_projection *p = &b->q->projection[projection];
    return shifts_sum(b, projection) ? fx_shl(fx_shr_rd(sum, (unsigned)-p->weight_exp), 6) : sum;
}

/* Adds what presynaptic neurons of one period bring each neuron together. */
static void add_batch(bounding *b, uint32_t projection, const uint8_t *period, uint32_t which)
{
    const graph_projection *j = &b->g->projection[projection];
    uint32_t npre = b->g->population[j->pre].size, npost = b->g->population[j->post].size;
    memset(b->batch, 0, npost * sizeof *b->batch);
    for (uint32_t i = 0; i < npre; i++) {
        int64_t payload = payload_of(b, j->pre, i);
        for (uint32_t e = j->row[i]; period[i] == which && e < j->row[i + 1]; e++) {
            int64_t amount[2], *to = b->batch[j->target[e]];
            amounts(b, projection, e, amount);
            to[0] = add_far(to[0], multiply_far(raise(b, projection, e, amount[0]), payload));
            to[1] = add_far(to[1], multiply_far(amount[1], payload));
        }
    }
    bool moved = moves_delays(b, projection);
    uint32_t times = moved ? (RATES - 1) / which + 1 : 1;
    int64_t gain = 0, of = -1;
    for (uint32_t i = 0; i < npost; i++) {
        if (decay_of(b, i) != of) {
            of = decay_of(b, i);
            gain = gain_of(of, moved ? 1 : which);
        }
        b->batch[i][0] = raised(b, projection, b->batch[i][0]);
        for (int side = 0; side < 2; side++) {
            int64_t step = multiply_far(b->batch[i][side], times);
            intake *in = &b->in[i].side[side];
            in->step = add_far(in->step, step);
            in->sum = add_far(in->sum, multiply_far(step, gain));
        }
    }
}

static void add_projection(bounding *b, uint32_t projection)
{
    const graph_projection *j = &b->g->projection[projection];
    uint32_t npre = b->g->population[j->pre].size;
    uint64_t present = 0;
    uint8_t *period = periods(b, j->pre);
    for (uint32_t i = 0; i < npre; i++) {
        if (period[i] != NEVER && shifts_sum(b, projection))
            period[i] = 1; /* one sum, shifted once */
        present |= (uint64_t)1 << period[i];
    }
    for (uint32_t which = 1; which < RATES; which++)
        if (present >> which & 1)
            add_batch(b, projection, period, which);
}

/* ---- currents of the host, noise ---- */

/* `amount` in every step. */
static void add_steady(bounding *b, uint32_t i, double amount)
{
    intake *in = &b->in[i].side[amount < 0];
    int64_t step = (int64_t)ceil(fmin(fabs(amount), 1e15));
    in->step = add_far(in->step, step);
    in->sum = add_far(in->sum, multiply_far(step, gain_of(decay_of(b, i), 1)));
}

static void add_once(bounding *b, uint32_t i, double amount)
{
    intake *in = &b->in[i].side[amount < 0];
    in->once = add_far(in->once, (int64_t)ceil(fmin(fabs(amount), 1e15)));
}

/* As the image will have them: raw integers every step; or a level A that stands while u decays, so A once, A (1 -
 * exp(-dt/tau)) in each further step and -A exp(-dt/tau) once at the end. */
static void add_current(bounding *b, const graph_current *c, uint32_t k)
{
    const graph_population *p = &b->g->population[b->population];
    double level = graph_at(c->amplitude, k), decay = 0;
    uint32_t i = c->first + k - p->first;
    if (c->first + k < p->first || i >= p->size || c->start >= c->stop)
        return;
    if (p->model != MODEL_LOIHI_LIF)
        level = nearbyint(level / b->q->population[b->population].u_lsb);
    if (p->model == MODEL_CURR_EXP) {
        double tau = graph_at(p->param[NP_TAU_SYN_E], i);
        decay = tau > 0 ? exp(-b->g->dt / tau) : 0;
    }
    if (decay == 0) {
        add_steady(b, i, level);
        return;
    }
    add_once(b, i, level);
    add_once(b, i, -level * decay);
    add_steady(b, i, level * (1 - decay));
}

/* Greatest and least value of eq. L10. */
static void noise_of(const bounding *b, uint32_t i, int64_t noise[2])
{
    int32_t exponent = register_of(b, LOIHI_COMPARTMENTS_noise_exp, i);
    int64_t mean = 64 * (int64_t)register_of(b, LOIHI_COMPARTMENTS_noise_mant, i);
    for (int side = 0; side < 2; side++) {
        int64_t x = exponent ? mean + (side ? -127 : 127) : 0;
        noise[side] = exponent >= 7 ? fx_shl(x, (unsigned)exponent - 7) : fx_shr_rz(x, (unsigned)(7 - exponent));
    }
}

static void add_noise(bounding *b, uint32_t i)
{
    int64_t noise[2];
    noise_of(b, i, noise);
    if (register_of(b, LOIHI_COMPARTMENTS_noise_at_v, i))
        return;
    if (noise[0] > 0)
        add_steady(b, i, (double)noise[0]);
    if (noise[1] < 0)
        add_steady(b, i, (double)noise[1]);
}

/* ---- registers ---- */

/* Greatest |x| of x' = trunc(x (4096 - d) / 4096) + step from |start| on (eq. L21). */
static int64_t settled(int64_t start, int64_t step, int64_t d)
{
    if (step == 0)
        return start;
    int64_t x = d == 0 ? FAR : add_far(multiply_far(step - 1, 4096) / d, 1);
    return x > start ? x : start;
}

static int64_t current_bound(const intake *in, int64_t start, int64_t d)
{
    int64_t same = add_far(settled(start, in->step, d), in->once);
    int64_t apart = add_far(add_far(fx_shr_rd(in->sum, GAIN_BITS), start), in->once);
    return in->sum < FAR && apart < same ? apart : same;
}

static bound_range wrapping(bool wraps, unsigned bits)
{
    int64_t top = (int64_t)1 << (wraps ? bits : 31);
    return (bound_range){.least = -top, .most = top - 1};
}

static bool runs_program(const bounding *b, uint32_t i)
{
    return register_of(b, LOIHI_PROGRAM(subtract), i) || register_of(b, LOIHI_PROGRAM(reset_v), i) ||
           register_of(b, LOIHI_PROGRAM(adapt_step), i);
}

static void bound_neuron(const bounding *b, uint32_t i, loihi_bounds *out)
{
    const qnet_population *p = &b->q->population[b->population];
    const inputs *in = &b->in[i];
    const loihi_dialect *d = b->dialect;
    int64_t init_u = qnet_at(p->init_u, i), init_v = qnet_at(p->init_v, i), noise[2] = {0, 0};
    int64_t bias = fx_shl(register_of(b, LOIHI_COMPARTMENTS_bias_mant, i),
                          (unsigned)register_of(b, LOIHI_COMPARTMENTS_bias_exp, i));
    int64_t vth = 64 * (int64_t)register_of(b, LOIHI_COMPARTMENTS_vth_mant, i);
    int64_t decay_v = register_of(b, LOIHI_COMPARTMENTS_decay_v, i) + d->dm_offset;
    if (register_of(b, LOIHI_COMPARTMENTS_noise_at_v, i))
        noise_of(b, i, noise);
    bound_range *r = out->range;
    r[BOUND_Q] = wrapping(d->q_wraps, 21);
    r[BOUND_Q].high = add_far(in->side[0].step, in->side[0].once);
    r[BOUND_Q].low = -add_far(in->side[1].step, in->side[1].once);
    r[BOUND_U] = wrapping(d->u_mode != U_KEPT, 23);
    if (d->u_mode == U_WRAPS_ONCE) { /* 2^23 itself stays */
        r[BOUND_U].least++;
        r[BOUND_U].most++;
    }
    r[BOUND_U].high = current_bound(&in->side[0], init_u > 0 ? init_u : 0, decay_of(b, i));
    r[BOUND_U].low = -current_bound(&in->side[1], init_u < 0 ? -init_u : 0, decay_of(b, i));
    const loihi_bounds *const dendrite[] = {b->dendrite[0] ? &b->dendrite[0][i] : NULL,
                                            b->dendrite[1] ? &b->dendrite[1][i] : NULL};
    bound_span drive = bound_drive(b->q, b->population, out, dendrite);
    r[BOUND_Z] = wrapping(d->z_wraps, 23);
    int64_t most = p->bias ? p->bias[i].most : bias, least = p->bias ? -most : bias; /* homeostasis moves it */
    r[BOUND_Z].high = drive.high + most + (noise[0] > 0 ? noise[0] : 0);
    r[BOUND_Z].low = drive.low + least + (noise[1] < 0 ? noise[1] : 0);
    r[BOUND_V] = wrapping(false, 23);
    if (d->v_mode != V_KEPT)
        return;               /* limited before it is stored, in 32 bits */
    if (runs_program(b, i)) { /* v may start anywhere after a spike, and thresholds move */
        r[BOUND_V].high = FAR;
        r[BOUND_V].low = -FAR;
        return;
    }
    int64_t z_high = r[BOUND_Z].high > 0 ? r[BOUND_Z].high : 0, z_low = r[BOUND_Z].low < 0 ? -r[BOUND_Z].low : 0;
    r[BOUND_V].high = add_far(init_v > vth ? init_v : vth, z_high);
    r[BOUND_V].low = -settled(init_v < 0 ? -init_v : 0, z_low, decay_v);
}

const loihi_bounds *bounds_of(const hmn_qnet *q, uint32_t population, hmn_arena *a)
{
    const hmn_graph *g = q->graph;
    uint32_t n = g->population[population].size;
    bounding b = {q, g, &loihi_dialects[form_dialect(q)], population, a, NULL, NULL, {NULL, NULL}};
    for (uint32_t k = 0; k < g->population[population].ndendrites; k++)
        b.dendrite[k] = bounds_of(q, g->population[population].dendrite[k], a);
    b.in = ARENA_NEW(a, inputs, n);
    b.batch = arena_alloc(a, n * sizeof *b.batch, 16);
    for (uint32_t j = 0; j < g->nprojections; j++)
        if (g->projection[j].post == population && g->projection[j].nsynapses)
            add_projection(&b, j);
    for (uint32_t c = 0; c < g->ncurrents; c++)
        for (uint32_t k = 0; k < g->current[c].count; k++)
            add_current(&b, &g->current[c], k);
    loihi_bounds *out = ARENA_NEW(a, loihi_bounds, n);
    for (uint32_t i = 0; i < n; i++) {
        add_noise(&b, i);
        bound_neuron(&b, i, &out[i]);
        if (g->population[population].is_dendrite)
            out[i].sent = bound_sent(q, population, i, &out[i], b.dialect);
    }
    return out;
}

/* ---- the report ---- */

/* The register of a population that comes nearest to its limits or passes them farthest. */
typedef struct {
    uint32_t neuron;
    bound_register which;
    bool low;       /* at its lower limit */
    double use;     /* value / limit */
    uint64_t wraps; /* neurons that may wrap */
} worst_case;

static double use_of(const bound_range *r, bool low)
{
    return low ? (double)r->low / (double)r->least : (double)r->high / (double)r->most;
}

static bool passes(const bound_range *r, bool low) { return low ? r->low < r->least : r->high > r->most; }

static worst_case find_worst(const loihi_bounds *bounds, uint32_t n)
{
    worst_case w = {0, BOUND_Q, false, -1, 0};
    for (uint32_t i = 0; i < n; i++) {
        bool any = false;
        for (int k = 0; k < 2 * BOUND_REGISTERS; k++) {
            bound_register which = (bound_register)(k / 2);
            const bound_range *r = &bounds[i].range[which];
            any |= passes(r, k % 2);
            if (use_of(r, k % 2) > w.use)
                w = (worst_case){i, which, k % 2, use_of(r, k % 2), w.wraps};
        }
        w.wraps += any;
    }
    return w;
}

/* The projection that brings most of what drives the worst neuron that way; NET_NONE: none does. */
static uint32_t heaviest(const hmn_qnet *q, uint32_t population, const worst_case *w, int64_t *brings)
{
    const hmn_graph *g = q->graph;
    bounding b = {.q = q, .g = g, .dialect = &loihi_dialects[form_dialect(q)], .population = population};
    uint32_t found = NET_NONE;
    *brings = 0;
    for (uint32_t j = 0; j < g->nprojections; j++) {
        const graph_projection *r = &g->projection[j];
        int64_t sum = 0;
        for (uint32_t i = 0; r->post == population && i < g->population[r->pre].size; i++)
            for (uint32_t e = r->row[i]; e < r->row[i + 1]; e++)
                if (r->target[e] == w->neuron) {
                    int64_t amount[2];
                    amounts(&b, j, e, amount);
                    sum = add_far(sum, multiply_far(amount[w->low], payload_of(&b, r->pre, i)));
                }
        if (sum > *brings) {
            *brings = sum;
            found = j;
        }
    }
    return found;
}

static const char *const register_name[BOUND_REGISTERS] = {"the input of a step", "u", "u + bias", "v"};

static const char *number(int64_t x, hmn_arena *a)
{
    return x >= FAR || x <= -FAR ? x < 0 ? "without bound below" : "without bound"
                                 : arena_printf(a, "%lld", (long long)x);
}

static void warn(const hmn_qnet *q, uint32_t population, const bound_range *r, const worst_case *w, hmn_arena *a,
                 hmn_diag *d)
{
    const graph_population *p = &q->graph->population[population];
    int64_t brings;
    uint32_t j = heaviest(q, population, w, &brings);
    const char *by = "";
    if (j != NET_NONE)
        by = arena_printf(a, "; projection '%s' brings most, %s%lld a step", q->graph->projection[j].name,
                          w->low ? "-" : "", (long long)brings);
    diag_report(d, DIAG_MAY_WRAP, j == NET_NONE ? p->at : q->graph->projection[j].at,
                "%s of neuron %u of population '%s' may wrap: at worst %s, the register holds %lld..%lld%s",
                register_name[w->which], w->neuron, p->name, number(w->low ? r->low : r->high, a), (long long)r->least,
                (long long)r->most, by);
    if (p->ndendrites && w->which == BOUND_Z)
        diag_cure(d, "limit what its dendrites hand on (vth_mant, vmin_exp, vmax_exp, their inputs), or lower weights");
    else if (w->wraps > 1)
        diag_cure(d,
                  "%llu neurons of the population may wrap; lower weights or their bounds, weight_exp or fan-in, or "
                  "raise decay_u or the refractory period of what projects to it",
                  (unsigned long long)w->wraps);
    else
        diag_cure(d, "lower weights or their bounds, weight_exp or fan-in, or raise decay_u or the refractory period "
                     "of what projects to it");
}

static void bound_population(hmn_qnet *q, uint32_t population, hmn_arena *a, hmn_diag *d)
{
    const graph_population *p = &q->graph->population[population];
    hmn_arena *scratch = arena_new(0);
    const loihi_bounds *bounds = bounds_of(q, population, scratch);
    worst_case w = find_worst(bounds, p->size);
    const bound_range *r = &bounds[w.neuron].range[w.which];
    const char *value = number(w.low ? r->low : r->high, a);
    if (w.wraps)
        warn(q, population, r, &w, a, d);
    quantise_report_add(
        q, a,
        (qnet_report_row){.subject = arena_printf(a, "population %s", p->name),
                          .quantity = "overflow",
                          .unit = "",
                          .verdict = w.wraps ? VERDICT_APPROXIMATED : VERDICT_EXACT,
                          .bits = 24,
                          .count = p->size,
                          .saturated = w.wraps,
                          .note = arena_printf(a, "%s: %s of neuron %u is %s at worst of %lld",
                                               w.wraps ? "may wrap" : "cannot wrap", register_name[w.which], w.neuron,
                                               value, (long long)(w.low ? r->least : r->most))});
    arena_free(scratch);
}

void loihi_bound(hmn_qnet *q, hmn_arena *a, hmn_diag *d)
{
    for (uint32_t k = 0; k < q->graph->npopulations; k++)
        if (!q->graph->population[k].source && q->graph->population[k].size)
            bound_population(q, k, a, d);
}
