/* The network in Loihi's integers. Takes the graph, yields registers of every population, weights, exponents and
 * delay fields of every projection, and the report of what that cost.
 *
 * Formats of projections (sign, bits) come first because the scale of a physical population depends on how large
 * a mantissa its heaviest input has; then populations; then weights on the scale found (eq. L6-L9). */
#include "backends/loihi/quantise.h"

#include "backends/loihi/quantise_program.h"
#include "backends/loihi/tables.h"
#include "backends/loihi/tally.h"
#include "backends/loihi/weights.h"

#include <math.h>
#include <string.h>

static const char *subject(quantiser *z, const graph_projection *j)
{
    return arena_printf(z->arena, "projection %s", j->name);
}

static const net_projection *written(const hmn_graph *g, uint32_t projection)
{
    return projection < g->net->nprojections ? &g->net->projection[projection] : NULL;
}

/* ---- format: sign and bits ---- */

static qnet_sign sign_of(const graph_projection *j, const net_projection *w, bool sign_free)
{
    const char *mode = w ? w->sign_mode.s : NULL;
    if (mode)
        return strcmp(mode, "excitatory") == 0   ? SIGN_EXCITATORY
               : strcmp(mode, "inhibitory") == 0 ? SIGN_INHIBITORY
                                                 : SIGN_MIXED;
    if (sign_free)
        return SIGN_MIXED;
    switch (j->receptor) {
    case RECEPTOR_REWARD:
    case RECEPTOR_PUNISHMENT:
    case RECEPTOR_EXCITATORY2:
    case RECEPTOR_EXCITATORY: return SIGN_EXCITATORY;
    case RECEPTOR_INHIBITORY: return SIGN_INHIBITORY;
    case RECEPTOR_MIXED: return SIGN_MIXED;
    }
    return SIGN_MIXED;
}

static bool check_signs(quantiser *z, const graph_projection *j, qnet_sign sign)
{
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        double w = j->weight[e];
        if ((sign == SIGN_EXCITATORY && w < 0) || (sign == SIGN_INHIBITORY && w > 0)) {
            diag_report(z->diag, DIAG_NET_SIGN, j->at, "projection '%s' has a weight of %.6g and sign_mode %s", j->name,
                        w, sign == SIGN_EXCITATORY ? "excitatory" : "inhibitory");
            diag_cure(z->diag, "use sign_mode: mixed, or weights of one sign");
            return false;
        }
    }
    return true;
}

static bool choose_format(quantiser *z, uint32_t projection)
{
    const graph_projection *j = &z->graph->projection[projection];
    const net_projection *w = written(z->graph, projection);
    qnet_projection *q = &z->out->projection[projection];
    const net_num *of_target = &z->graph->net->target.weight_bits;
    double bits = w && w->weight_bits.given ? w->weight_bits.v : of_target->given ? of_target->v : 8;
    uint32_t most = z->out->chip->limits->weight_bits;
    bool fits = bits >= 1 && bits <= most && bits == nearbyint(bits) && bits != 7;
    if (fits && bits > 8 && j->rule != NET_NONE) {
        diag_report(z->diag, DIAG_FIT_MODEL, w->weight_bits.at,
                    "projection '%s' learns; learning computes with weights of at most 8 bits", j->name);
        return false;
    }
    if (!fits) {
        diag_report(z->diag, DIAG_FIT_VALUE, w && w->weight_bits.given ? w->weight_bits.at : j->at,
                    "projection '%s' asks for weights of %.4g bits; %s stores 1, 2, 3, 4, 5, 6 or 8%s", j->name, bits,
                    z->out->chip->name, most > 8 ? " and, as described, more" : "");
        return false;
    }
    bool sign_free = j->rule != NET_NONE && z->graph->net->rule[j->rule].sign_free;
    q->event_cost = w ? (uint32_t)w->event_cost : EVENT_BY_FORMAT;
    q->rule = NET_NONE; /* microcode: the learn pass */
    q->weight_bits = (int32_t)bits;
    q->sign = sign_of(j, w, sign_free);
    return check_signs(z, j, q->sign);
}

/* ---- weights ---- */

static double mantissa_room(const qnet_projection *q)
{
    return q->sign == SIGN_INHIBITORY ? -loihi_weight_low(q->weight_bits, q->sign)
                                      : loihi_weight_high(q->weight_bits, q->sign);
}

/* The exponent that keeps most bits of weights up to `reach` registers. Below 0 only learning gains from it,
 * because what one spike adds is a multiple of 2^6 at least (eq. L7). */
static int32_t choose_exponent(double reach, const qnet_projection *q, bool plastic)
{
    int32_t e = plastic ? -7 : 0;
    while (e < 7 && reach > ldexp(mantissa_room(q), 6 + e))
        e++;
    return e;
}

static bool given_exponent(quantiser *z, const graph_projection *j, const net_projection *w, int32_t *e)
{
    if (!w || !w->weight_exp.given)
        return false;
    double x = w->weight_exp.v;
    if (x >= -8 && x <= 7 && x == nearbyint(x)) {
        *e = (int32_t)x;
    } else {
        diag_report(z->diag, DIAG_FIT_VALUE, w->weight_exp.at, "weight_exp of projection '%s' is %.4g; %s holds -8..7",
                    j->name, x, z->out->chip->name);
        *e = 0;
    }
    return true;
}

/* Errors of a projection's weights, in its own unit. */
typedef struct {
    double max, square, greatest;
    uint64_t saturated, lost;
} weight_loss;

static void tell_weights(quantiser *z, uint32_t projection, const weight_loss *loss, const char *unit)
{
    const graph_projection *j = &z->graph->projection[projection];
    const qnet_projection *q = &z->out->projection[projection];
    double n = j->nsynapses ? (double)j->nsynapses : 1;
    quantise_report_add(z->out, z->arena,
                        (qnet_report_row){.subject = subject(z, j),
                                          .quantity = "weight",
                                          .unit = unit,
                                          .verdict = loss->max == 0 ? VERDICT_EXACT : VERDICT_QUANTISED,
                                          .bits = (uint32_t)q->weight_bits,
                                          .scale = ldexp(q->w_lsb, (int)loihi_weight_shift(q->weight_bits, q->sign)),
                                          .max_error = loss->max,
                                          .rms_error = sqrt(loss->square / n),
                                          .count = j->nsynapses,
                                          .saturated = loss->saturated});
    if (j->nsynapses && loss->lost == j->nsynapses) {
        diag_report(
            z->diag, DIAG_LOST_TO_ZERO, j->at,
            "all %llu weights of projection '%s' become zero: the greatest is %.4g, less than %.4g %s rounds to "
            "zero",
            (unsigned long long)j->nsynapses, j->name, loss->greatest, q->w_lsb / 2, unit);
        diag_cure(z->diag, "raise the weights, or set a greater target.v_scale");
    } else if (loss->saturated) {
        diag_report(z->diag, DIAG_LOST_WEIGHT, j->at,
                    "%llu of %llu weights of projection '%s' are clipped, by up to %.4g %s",
                    (unsigned long long)loss->saturated, (unsigned long long)j->nsynapses, j->name, loss->max, unit);
    }
}

/* Written integers that the chip cannot hold are rounded in its default dialect, which must be told; the other
 * dialects are asked for to obtain their emulator's rounding. */
static void tell_grid(quantiser *z, const graph_projection *j, const qnet_projection *q, uint64_t changed)
{
    int32_t grid = 1 << loihi_weight_shift(q->weight_bits, q->sign);
    if (z->id != DIALECT_CHIP || changed == 0)
        return;
    diag_report(z->diag, DIAG_LOST_WEIGHT, j->at,
                "%llu of %llu weights of projection '%s' are rounded to multiples of %d", (unsigned long long)changed,
                (unsigned long long)j->nsynapses, j->name, grid);
    diag_cure(z->diag, "write multiples of %d, use more weight_bits, or one sign only (sign_mode)", grid);
}

static void count_loss(weight_loss *loss, double wanted, double got, bool clipped)
{
    double error = fabs(got - wanted);
    loss->max = fmax(loss->max, error);
    loss->square += error * error;
    loss->greatest = fmax(loss->greatest, fabs(wanted));
    loss->saturated += clipped;
    loss->lost += wanted != 0 && got == 0;
}

/* Rounds to the grid; for static weights also to what survives a right shift, so that nothing is lost twice. */
static int32_t store_physical(const quantiser *z, const qnet_projection *q, double registers, bool plastic)
{
    int32_t lost = !plastic && q->weight_exp < 0 ? -q->weight_exp : 0;
    int32_t shift = (int32_t)loihi_weight_shift(q->weight_bits, q->sign);
    double wanted = ldexp(registers, -6 - q->weight_exp);
    if (lost > shift)
        wanted = ldexp(nearbyint(ldexp(wanted, -lost)), lost);
    return loihi_weight_store(z->id, wanted, q->weight_exp, q->weight_bits, q->sign);
}

/* A bound other than 0 of weights that learn. */
static bool bound_lasts(quantiser *z, const graph_projection *j, double wanted, double step, int32_t got)
{
    return j->rule == NET_NONE || !isfinite(wanted) || wanted == 0 || got != 0 ||
           quantise_lost(z->diag, j->at, arena_printf(z->arena, "a bound of the weights of projection '%s'", j->name),
                         wanted, step / 2, "");
}

static bool set_bounds(quantiser *z, qnet_projection *q, const graph_projection *j)
{
    double step = q->w_lsb, low = loihi_weight_low(q->weight_bits, q->sign);
    double high = loihi_weight_high(q->weight_bits, q->sign);
    double grid = ldexp(1, (int)loihi_weight_shift(q->weight_bits, q->sign));
    double least = fmax(low, isfinite(j->w_min) ? grid * nearbyint(j->w_min / step / grid) : low);
    double most = fmin(high, isfinite(j->w_max) ? grid * nearbyint(j->w_max / step / grid) : high);
    q->w_min = (int32_t)fmin(least, high);
    q->w_max = (int32_t)fmax(most, low);
    return bound_lasts(z, j, j->w_min, grid * step, q->w_min) & bound_lasts(z, j, j->w_max, grid * step, q->w_max);
}

static int32_t within_bounds(const qnet_projection *q, int32_t w)
{
    return w < q->w_min ? q->w_min : w > q->w_max ? q->w_max : w;
}

static bool weights_physical(quantiser *z, uint32_t projection)
{
    const hmn_graph *g = z->graph;
    const graph_projection *j = &g->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    bool delta = g->population[j->post].model == MODEL_CURR_DELTA, plastic = j->rule != NET_NONE;
    double lsb = z->out->population[j->post].v_lsb;
    double first_gain = delta || g->population[j->post].size == 0 ? 1 : loihi_gain(g, j->post, 0);
    double reach = loihi_weight_reach(g, projection) * first_gain / lsb;
    if (!given_exponent(z, j, written(g, projection), &q->weight_exp))
        q->weight_exp = choose_exponent(reach, q, plastic);
    q->w_lsb = ldexp(lsb / first_gain, 6 + q->weight_exp);
    bool bounded = set_bounds(z, q, j);
    int32_t *w = ARENA_NEW(z->arena, int32_t, j->nsynapses);
    q->weight = w;
    weight_loss loss = {0};
    double room = mantissa_room(q) + ldexp(0.5, (int)loihi_weight_shift(q->weight_bits, q->sign));
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        double gain = delta ? 1 : loihi_gain(g, j->post, j->target[e]);
        double registers = j->weight[e] * gain / lsb;
        int32_t stored = store_physical(z, q, registers, plastic);
        w[e] = plastic ? within_bounds(q, stored) : stored;
        double effect = loihi_weight_effective(z->id, w[e], q->weight_exp);
        count_loss(&loss, j->weight[e], effect * lsb / gain, fabs(registers) > ldexp(room, 6 + q->weight_exp));
    }
    tell_weights(z, projection, &loss, delta ? "mV" : "nA");
    return bounded;
}

static bool weights_raw(quantiser *z, uint32_t projection)
{
    const graph_projection *j = &z->graph->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    given_exponent(z, j, written(z->graph, projection), &q->weight_exp);
    q->w_lsb = 1;
    if (!set_bounds(z, q, j))
        return false;
    int32_t *w = ARENA_NEW(z->arena, int32_t, j->nsynapses);
    q->weight = w;
    weight_loss loss = {0};
    uint64_t changed = 0;
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        double wanted = j->weight[e];
        int32_t stored = loihi_weight_store(z->id, wanted, q->weight_exp, q->weight_bits, q->sign);
        bool outside = q->weight_bits > 8 ? wanted < loihi_weight_low(q->weight_bits, q->sign) ||
                                                wanted > loihi_weight_high(q->weight_bits, q->sign)
                                          : !(wanted >= -256 && wanted <= 255);
        if (outside || stored < loihi_weight_low(q->weight_bits, q->sign)) {
            diag_report(z->diag, DIAG_FIT_VALUE, j->at,
                        "projection '%s' has a weight of %.6g; %d bits of this sign mode hold %d..%d", j->name, wanted,
                        q->weight_bits, loihi_weight_low(q->weight_bits, q->sign),
                        loihi_weight_high(q->weight_bits, q->sign));
            diag_cure(z->diag, "use weights on the 8-bit scale and weight_exp for their size");
            return false;
        }
        w[e] = j->rule == NET_NONE ? stored : within_bounds(q, stored);
        count_loss(&loss, wanted, w[e], w[e] != stored);
        changed += wanted != stored;
    }
    tell_grid(z, j, q, changed);
    loss.lost = 0; /* integers as written: a dialect that rounds one to zero is obeyed */
    tell_weights(z, projection, &loss, "weight steps");
    return true;
}

/* ---- delays ---- */

static bool set_delays(quantiser *z, uint32_t projection)
{
    const graph_projection *j = &z->graph->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    uint16_t *field = ARENA_NEW(z->arena, uint16_t, j->nsynapses);
    q->delay = field;
    uint32_t longest = 0;
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        uint32_t f = j->delay[e] - 1u;
        longest = f > longest ? f : longest;
        field[e] = (uint16_t)f;
    }
    int32_t high = loihi_delay_high(z->out->chip->limits, z->dialect);
    if (longest > (uint32_t)high) {
        diag_report(z->diag, DIAG_FIT_DELAY, j->at,
                    "projection '%s' has a delay of %u steps; dialect '%s' of %s "
                    "holds at most %d",
                    j->name, longest + 1, z->dialect->name, z->out->chip->name, high + 1);
        diag_cure(z->diag, "shorten it to %.6g ms, use a longer network.dt, or relay through a neuron",
                  (high + 1) * z->graph->dt);
        return false;
    }
    while (longest >> q->delay_bits)
        q->delay_bits++;
    return true;
}

static bool is_raw(const hmn_graph *g, uint32_t population)
{
    return g->population[population].model == MODEL_LOIHI_LIF;
}

static bool quantise_population(quantiser *z, uint32_t p)
{
    z->out->population[p].v_lsb = z->out->population[p].u_lsb = 1;
    if (z->graph->population[p].source)
        return true;
    return is_raw(z->graph, p) ? loihi_quantise_raw(z, p) : loihi_quantise_physical(z, p);
}

static bool all_alike(const graph_projection *j, const qnet_projection *p)
{
    for (uint64_t e = 1; e < j->nsynapses; e++)
        if (p->weight[e] != p->weight[0] || p->delay[e] != p->delay[0])
            return false;
    return true;
}

static bool quantise_projection(quantiser *z, uint32_t j)
{
    const graph_projection *r = &z->graph->projection[j];
    qnet_index_targets(z->out, j, z->arena);
    bool ok = set_delays(z, j) & program_port(z, j);
    ok &= is_raw(z->graph, r->post) ? weights_raw(z, j) : weights_physical(z, j);
    z->out->projection[j].alike = ok && all_alike(r, &z->out->projection[j]);
    return ok;
}

/* Every population has a model that a compartment computes. */
static bool check_models(quantiser *z)
{
    bool ok = true;
    for (uint32_t k = 0; k < z->graph->npopulations; k++) {
        const graph_population *p = &z->graph->population[k];
        if (p->source || p->model == MODEL_CURR_EXP || p->model == MODEL_CURR_DELTA || p->model == MODEL_LOIHI_LIF)
            continue;
        ok = quantise_refuse(z, p, net_raw(p->model) ? "a model in the words of SpiNNaker" : "a model of SpiNNaker",
                             "use target spinnaker, or the model IF_curr_exp, IF_curr_delta or loihi_lif");
    }
    for (uint32_t k = 0; k < z->graph->nprojections; k++)
        if (net_rewards(z->graph->projection[k].receptor)) {
            diag_report(z->diag, DIAG_FIT_MODEL, z->graph->projection[k].at,
                        "projection '%s' delivers reward by spikes, which %s cannot", z->graph->projection[k].name,
                        z->out->chip->name);
            diag_cure(z->diag, "use neuromodulators and a rule of type hmn, or target spinnaker");
            ok = false;
        }
    return ok;
}

bool loihi_quantise(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d)
{
    const net_str *dialect = &g->net->target.dialect;
    uint32_t before = diag_errors(d);
    quantiser z = {g, out, a, d, loihi_dialect_find(dialect->s), NULL};
    if (z.id == DIALECT_COUNT) {
        diag_report(d, DIAG_VALUE_CHOICE, dialect->at, "%s has no dialect '%s'", out->chip->name, dialect->s);
        diag_cure(d, "use chip, nengo, lava, brian2loihi or sanafe");
        return false;
    }
    z.dialect = &loihi_dialects[z.id];
    out->graph = g;
    out->population = ARENA_NEW(a, qnet_population, g->npopulations);
    out->projection = ARENA_NEW(a, qnet_projection, g->nprojections);
    bool ok = check_models(&z);
    for (uint32_t j = 0; j < g->nprojections; j++)
        ok &= choose_format(&z, j);
    for (uint32_t p = 0; ok && p < g->npopulations; p++)
        ok &= quantise_population(&z, p);
    for (uint32_t j = 0; ok && j < g->nprojections; j++)
        ok &= quantise_projection(&z, j);
    return ok && diag_errors(d) == before;
}
