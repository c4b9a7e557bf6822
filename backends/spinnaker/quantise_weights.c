/* Weights and delays. Takes weights in the language's units, yields magnitudes of 16 bits on the scale of the ring
 * buffer that they enter, with a sign that stands for the receptor (inhibitory below 0), and delays in steps; tells
 * what rounding cost (eq. SQ1, SQ2). Weights onto loihi_lif are integers in units of 2^6: with an exponent e the chip
 * adds w 2^(6 + e), so w 2^e is stored. */
#include "backends/spinnaker/quantise.h"

#include "backends/spinnaker/loihi_lif.h"
#include "backends/spinnaker/scale.h"
#include "core/base/fx.h"

#include <math.h>

enum { WEIGHT_MAX = 65535, LEARNING_MAX = 32767 /* rows of the HMN program hold signed weights */ };

double spin_weight_gain(const hmn_graph *g, uint32_t population, uint32_t neuron)
{
    const graph_population *p = &g->population[population];
    if (p->model == MODEL_COND_EXP || p->model == MODEL_IZHIKEVICH_COND)
        return 1.0 / 1024; /* the input type shifts conductances right by 10 */
    if (p->model != MODEL_CURR_DELTA)
        return 1;
    double tau = graph_at(p->param[NP_TAU_M], neuron), cm = graph_at(p->param[NP_CM], neuron);
    return tau / (cm * g->dt) * -expm1(-g->dt / tau);
}

typedef struct {
    double max, square;
    uint64_t saturated, lost;
} loss;

static void count(loss *l, double wanted, double got, bool saturated)
{
    double e = fabs(wanted - got);
    l->max = fmax(l->max, e);
    l->square += e * e;
    l->saturated += saturated;
    l->lost += wanted != 0 && got == 0;
}

static bool tell(spin_quantiser *z, const graph_projection *j, const qnet_projection *q, const loss *l,
                 const char *unit, const char *note)
{
    quantise_report_add(z->out, z->arena,
                        (qnet_report_row){.subject = arena_printf(z->arena, "projection %s", j->name),
                                          .quantity = "weight",
                                          .unit = unit,
                                          .verdict = l->max == 0 ? VERDICT_EXACT : VERDICT_QUANTISED,
                                          .bits = 16,
                                          .scale = q->w_lsb,
                                          .max_error = l->max,
                                          .rms_error = sqrt(l->square / (j->nsynapses ? (double)j->nsynapses : 1)),
                                          .count = j->nsynapses,
                                          .saturated = l->saturated,
                                          .note = note});
    if (j->nsynapses == 0 || l->lost < j->nsynapses)
        return true;
    diag_report(
        z->diag, DIAG_LOST_TO_ZERO, j->at,
        "all %llu weights of projection '%s' become zero: one step is %.4g %s, because the population's inputs of "
        "the same receptor need room for much heavier sums",
        (unsigned long long)j->nsynapses, j->name, q->w_lsb, unit);
    diag_cure(z->diag, "bring the weights onto the population closer together");
    return false;
}

/* What does not go by relays widens the ring buffers: so many steps at most. */
enum { RING_DELAY = 256 };

static bool delays(spin_quantiser *z, const graph_projection *j, qnet_projection *q)
{
    uint16_t *d = ARENA_NEW(z->arena, uint16_t, j->nsynapses);
    bool held = j->rule != NET_NONE || net_rewards(j->receptor);
    uint32_t longest = held ? RING_DELAY : z->out->chip->limits->max_delay;
    q->delay = d;
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        if (j->delay[e] > longest) {
            diag_report(z->diag, DIAG_FIT_DELAY, j->at, "projection '%s' has a delay of %u steps; %s holds 1 to %u%s",
                        j->name, j->delay[e], z->out->chip->name, longest,
                        held ? " for synapses that learn and rewards, which wait in ring buffers" : "");
            diag_cure(z->diag, held ? "shorten the delay, use a longer dt, or let the spikes pass a population before"
                                    : "shorten the delay or use a longer dt");
            return false;
        }
        d[e] = (uint16_t)(j->delay[e] - 1);
    }
    return true;
}

static double most_of(const graph_projection *j) { return j->rule == NET_NONE ? WEIGHT_MAX : LEARNING_MAX; }

/* Bounds of plastic weights on the stored scale. */
static void bounds(const graph_projection *j, qnet_projection *q)
{
    double most = most_of(j), low = isfinite(j->w_min) ? nearbyint(j->w_min / q->w_lsb) : -most;
    double high = isfinite(j->w_max) ? nearbyint(j->w_max / q->w_lsb) : most;
    q->w_min = (int32_t)fmax(low, -most);
    q->w_max = (int32_t)fmin(high, most);
}

static const char *unit_of(neuron_model model)
{
    return model == MODEL_CURR_DELTA ? "mV" : model == MODEL_COND_EXP || model == MODEL_IZHIKEVICH_COND ? "uS" : "nA";
}

static uint32_t types_of(const spin_quantiser *z, uint32_t population)
{
    return spin_program_receptors(spin_program_of(z->out->population[population].program));
}

static bool physical(spin_quantiser *z, uint32_t projection, const int32_t *shift)
{
    const graph_projection *j = &z->graph->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    uint32_t types = types_of(z, j->post);
    int32_t *w = ARENA_NEW(z->arena, int32_t, j->nsynapses);
    loss l = {0};
    q->weight = w;
    q->w_lsb = ldexp(spin_weight_gain(z->graph, j->post, 0), shift[spin_synapse_type(j->receptor, 0, types)] - 15);
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        double gain = spin_weight_gain(z->graph, j->post, j->target[e]), wanted = j->weight[e];
        uint32_t type = spin_synapse_type(j->receptor, wanted, types);
        double x = nearbyint(ldexp(fabs(wanted) / gain, 15 - shift[type]));
        int32_t stored = (int32_t)fmin(x, most_of(j));
        w[e] = type == types - 1 ? -stored : stored;
        count(&l, wanted, ldexp(w[e] * gain, shift[type] - 15), x > most_of(j));
    }
    bounds(j, q);
    return tell(z, j, q, &l, unit_of(z->graph->population[j->post].model), NULL);
}

/* Onto a model in words: the 16 bits as written. */
static bool words(spin_quantiser *z, uint32_t projection)
{
    const graph_projection *j = &z->graph->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    int32_t *w = ARENA_NEW(z->arena, int32_t, j->nsynapses);
    q->weight = w;
    q->w_lsb = 1;
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        double x = j->weight[e];
        if (fabs(x) > WEIGHT_MAX || x != nearbyint(x)) {
            diag_report(z->diag, DIAG_FIT_VALUE, j->at, "projection '%s' has a weight of %.10g; a word holds 0 to %d",
                        j->name, x, WEIGHT_MAX);
            return false;
        }
        w[e] = (int32_t)x;
    }
    bounds(j, q);
    return tell(z, j, q, &(loss){0}, "", NULL);
}

static const net_projection *written(const hmn_graph *g, uint32_t projection)
{
    return projection < g->net->nprojections ? &g->net->projection[projection] : NULL;
}

/* What will learn may begin anywhere: its first weight is the nearest that can be stored. */
static bool raw_weight(spin_quantiser *z, const graph_projection *j, double w, int32_t exponent, int32_t *out)
{
    if (j->rule != NET_NONE && w != nearbyint(w) && w >= -256 && w <= 255) {
        *out = (int32_t)nearbyint(ldexp(w, exponent));
        return true;
    }
    if (w == nearbyint(w) && w >= -256 && w <= 255) {
        *out = (int32_t)(exponent >= 0 ? fx_shl((int64_t)w, (unsigned)exponent)
                                       : fx_shr_rd((int64_t)w, (unsigned)-exponent));
        return true;
    }
    diag_report(z->diag, DIAG_FIT_VALUE, j->at,
                "projection '%s' has a weight of %.6g onto loihi_lif, whose weights are integers of -256 to 255",
                j->name, w);
    diag_cure(z->diag, "use weight_exp for their size");
    return false;
}

/* Of loihi_lif: exact but for first weights that learn, because every sum of 2^6 that the chip itself can hold fits a
 * ring buffer. */
static bool raw(spin_quantiser *z, uint32_t projection)
{
    const graph_projection *j = &z->graph->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    const net_projection *n = written(z->graph, projection);
    int32_t *w = ARENA_NEW(z->arena, int32_t, j->nsynapses);
    int32_t exponent = n && n->weight_exp.given ? (int32_t)n->weight_exp.v : 0;
    loss l = {0};
    q->weight = w;
    q->weight_exp = exponent;
    q->w_lsb = ldexp(1, -exponent);
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        if (!raw_weight(z, j, j->weight[e], exponent, &w[e]))
            return false;
        count(&l, j->weight[e], ldexp(w[e], -exponent), false);
    }
    bounds(j, q);
    return tell(z, j, q, &l, "", n && n->weight_bits.given ? "stored with 16 bits, whatever weight_bits says" : NULL);
}

/* Concentrations of the third factor, s4.11 (eq. S57). */
static bool rewards(spin_quantiser *z, uint32_t projection)
{
    const graph_projection *j = &z->graph->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    int32_t *w = ARENA_NEW(z->arena, int32_t, j->nsynapses);
    loss l = {0};
    q->weight = w;
    q->w_lsb = ldexp(1, -11);
    for (uint64_t e = 0; e < j->nsynapses; e++) {
        double x = nearbyint(ldexp(j->weight[e], 11));
        if (x > INT16_MAX || j->delay[e] != 1) {
            diag_report(
                z->diag, DIAG_FIT_VALUE, j->at,
                "projection '%s' delivers a reward of %.6g after %u steps; a reward is below 16 and acts in the "
                "step that it is fired in, which is written as a delay of 1 step",
                j->name, j->weight[e], j->delay[e]);
            return false;
        }
        w[e] = (int32_t)x;
        count(&l, j->weight[e], ldexp(w[e], -11), false);
    }
    return tell(z, j, q, &l, "", NULL);
}

/* A population has one shift for each type. */
static bool given_shifts(spin_quantiser *z, const graph_population *p, int32_t *shift, uint32_t types)
{
    const neuron_param param[] = {NP_RAW_SHIFT_EXC, types == 3 ? NP_RAW_SHIFT_EXC2 : NP_RAW_SHIFT_INH,
                                  NP_RAW_SHIFT_INH};
    for (uint32_t t = 0; t < types; t++) {
        graph_param x = p->param[param[t]];
        for (uint32_t i = 1; x.stride && i < p->size; i++)
            if (graph_at(x, i) != graph_at(x, 0)) {
                diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                            "the neurons of population '%s' differ in the shift of a "
                            "ring buffer, of which a core has one for each synapse type",
                            p->name);
                return false;
            }
        shift[t] = (int32_t)graph_at(x, 0);
    }
    return true;
}

static bool has_plastic_input(const hmn_graph *g, uint32_t population)
{
    for (uint32_t j = 0; j < g->nprojections; j++)
        if (g->projection[j].post == population && g->projection[j].rule != NET_NONE)
            return true;
    return false;
}

static bool choose_shifts(spin_quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    int32_t *shift = z->out->population[population].shift;
    uint32_t types = types_of(z, population);
    if (p->source)
        return true;
    if (net_raw(p->model) && p->model != MODEL_LOIHI_LIF)
        return given_shifts(z, p, shift, types);
    int32_t most = 0;
    for (uint32_t t = 0; t < types; t++) {
        shift[t] =
            p->model == MODEL_LOIHI_LIF ? LOIHI_LIF_SHIFT : (int32_t)spin_scale_shift(z->graph, population, t, types);
        most = shift[t] > most ? shift[t] : most;
    }
    for (uint32_t t = 0; t < types && has_plastic_input(z->graph, population); t++)
        shift[t] = most; /* a weight that learns may go from one type to another */
    return true;
}

bool spin_quantise_weights(spin_quantiser *z, uint32_t population)
{
    const hmn_graph *g = z->graph;
    neuron_model model = g->population[population].model;
    bool ok = choose_shifts(z, population);
    for (uint32_t j = 0; ok && j < g->nprojections; j++) {
        qnet_projection *q = &z->out->projection[j];
        if (g->projection[j].post != population)
            continue;
        if (net_rewards(g->projection[j].receptor)) {
            q->weight_bits = 16;
            ok = delays(z, &g->projection[j], q) && rewards(z, j);
            continue;
        }
        q->weight_bits = 16;
        q->delay_bits = 4;
        q->sign = SIGN_MIXED;
        ok = delays(z, &g->projection[j], q) &&
             (model == MODEL_LOIHI_LIF ? raw(z, j)
              : net_raw(model)         ? words(z, j)
                                       : physical(z, j, z->out->population[population].shift));
    }
    return ok;
}
