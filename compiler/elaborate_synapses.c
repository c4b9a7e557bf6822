/* Projections. Takes a projection as written, yields its synapses with signed weights and delays in steps. A
 * receptor gives magnitudes their sign; without one the signs are as written and decide the receptor. Weights and
 * delays are drawn at (projection name, pre, post, repetition), so they do not depend on which other synapses
 * exist. Sizes are estimated before anything is allocated. */
#include "compiler/elaborate.h"

#include "compiler/connect.h"
#include "core/base/bug.h"

#include <math.h>
#include <unistd.h>

/* Bytes that a synapse costs while compiling: graph and scratch of the connector, then quantised weights, tables
 * and image. */
enum { BYTES_PER_SYNAPSE = 48 };

static connect_request request(const elaboration *e, uint32_t index)
{
    const net_projection *p = &e->net->projection[index];
    return (connect_request){
        p, &e->net->population[p->pre.i], &e->net->population[p->post.i], e->graph->seed, e->arena, e->diag};
}

double elaborate_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? 0.75 * (double)pages * (double)size : INFINITY;
}

bool elaborate_budget(const elaboration *e)
{
    double all = 0, memory = elaborate_memory();
    bool ok = true;
    for (uint32_t i = 0; i < e->net->nprojections; i++) {
        connect_request r = request(e, i);
        if (!connect_check(&r)) {
            ok = false;
            continue;
        }
        double n = connect_estimate(&r);
        bool fits = n <= (double)UINT32_MAX;
        all += n;
        if (fits && all * BYTES_PER_SYNAPSE <= memory)
            continue;
        if (fits)
            diag_report(e->diag, DIAG_NET_SIZE, r.projection->name.at,
                        "up to projection %s the network has about %.3g synapses; they need about %.3g GB, and %.3g GB "
                        "can be used",
                        r.projection->name.s, all, all * BYTES_PER_SYNAPSE * 1e-9, memory * 1e-9);
        else
            diag_report(e->diag, DIAG_NET_SIZE, r.projection->name.at,
                        "projection %s has about %.4g synapses; one projection holds at most 4294967295",
                        r.projection->name.s, n);
        diag_cure(e->diag, "connect fewer pairs, or split the projection");
        return false;
    }
    return ok;
}

/* ---- values of synapses ---- */

/* Calls for every synapse need its repetition number among equal (pre, post) pairs: neighbours in a row. */
typedef struct {
    const connect_pairs *pairs;
    uint32_t npre;
    draw_place at;
} synapse_draws;

static void draw_synapses(const synapse_draws *s, const net_value *v, double *out)
{
    draw_place at = s->at;
    for (uint32_t i = 0; i < s->npre; i++) {
        uint32_t again = 0;
        for (uint32_t k = s->pairs->row[i]; k < s->pairs->row[i + 1]; k++) {
            again = k > s->pairs->row[i] && s->pairs->target[k] == s->pairs->target[k - 1] ? again + 1 : 0;
            at.a = i;
            at.b = s->pairs->target[k];
            at.c = again * DRAW_ROOM;
            out[k] = distribution_draw(v, at);
        }
    }
}

static bool values_of_list(const elaboration *e, const net_value *v, const connect_pairs *pairs, const char *what,
                           double *out)
{
    if (v->nlist != pairs->count) {
        diag_report(e->diag, DIAG_VALUE_LENGTH, v->at, "%u %ss for %llu synapses", v->nlist, what,
                    (unsigned long long)pairs->count);
        diag_cure(e->diag, "give %llu values, one for all, or a distribution", (unsigned long long)pairs->count);
        return false;
    }
    for (uint64_t k = 0; k < pairs->count; k++)
        out[k] = v->list[pairs->origin ? pairs->origin[k] : k];
    return true;
}

static bool values(const elaboration *e, const net_value *v, const synapse_draws *s, const char *what, double *out)
{
    if (v->dist == DIST_LIST)
        return values_of_list(e, v, s->pairs, what, out);
    if (v->dist != DIST_CONSTANT)
        draw_synapses(s, v, out);
    for (uint64_t k = 0; v->dist == DIST_CONSTANT && k < s->pairs->count; k++)
        out[k] = v->p[0];
    return true;
}

/* One weight per kernel entry [out][in][kh][kw], shared by all positions. */
static const double *kernel(const elaboration *e, const net_projection *p, draw_place at, bool *ok)
{
    const net_connector *c = &p->connector;
    uint32_t n = c->out_channels * c->in_channels * c->kernel[0] * c->kernel[1];
    if (c->kernel_weight)
        return c->kernel_weight;
    if (p->weight.dist == DIST_LIST && p->weight.nlist != n) {
        diag_report(e->diag, DIAG_VALUE_LENGTH, p->weight.at, "%u weights for a kernel of %u x %u x %u x %u",
                    p->weight.nlist, c->out_channels, c->in_channels, c->kernel[0], c->kernel[1]);
        diag_cure(e->diag, "give %u values in the order [out][in][height][width]", n);
        *ok = false;
        return NULL;
    }
    at.b = UINT32_MAX; /* no postsynaptic neuron has this number */
    graph_param drawn = elaborate_values(e, &p->weight, n, at, "weight");
    double *weight = ARENA_NEW(e->arena, double, n);
    for (uint32_t k = 0; k < n; k++)
        weight[k] = graph_at(drawn, k);
    return weight;
}

static bool weights(const elaboration *e, const net_projection *p, const synapse_draws *s, double *out)
{
    const net_connector *c = &p->connector;
    bool ok = true;
    const double *by_origin = c->type == CONN_CONV2D ? kernel(e, p, s->at, &ok) : c->weight;
    if (!by_origin)
        return ok && values(e, &p->weight, s, "weight", out);
    for (uint64_t k = 0; k < s->pairs->count; k++)
        out[k] = by_origin[s->pairs->origin[k]];
    return true;
}

static bool delays(const elaboration *e, const net_projection *p, const synapse_draws *s, uint16_t *out,
                   uint32_t *longest)
{
    const net_connector *c = &p->connector;
    uint64_t n = s->pairs->count;
    hmn_arena *scratch = arena_new(0);
    bool listed = c->delay != NULL, unset = !listed && !p->delay.given && p->delay.p[0] == 0, ok = true;
    double *ms = listed || unset ? NULL : ARENA_NEW(scratch, double, n);
    if (ms)
        ok = values(e, &p->delay, s, "delay", ms);
    for (uint64_t k = 0; ok && k < n; k++) {
        double steps = listed ? round(c->delay[s->pairs->origin[k]]) : ms ? round(ms[k] / e->graph->dt) : 1;
        ok = steps >= 1 && steps <= UINT16_MAX;
        if (!ok && steps <= UINT16_MAX) {
            diag_report(e->diag, DIAG_VALUE_RANGE, listed ? c->at : p->delay.at,
                        "a delay of %g ms is %g steps; delays are at least one step of dt, %g ms",
                        listed ? steps * e->graph->dt : ms[k], steps, e->graph->dt);
            diag_cure(e->diag, "use a delay of %g ms or more, or a smaller dt", e->graph->dt);
        } else if (!ok) {
            diag_report(e->diag, DIAG_VALUE_RANGE, listed ? c->at : p->delay.at, "a delay of %g steps; at most %u fit",
                        steps, UINT16_MAX);
        }
        out[k] = (uint16_t)(ok ? steps : 1);
        *longest = out[k] > *longest ? out[k] : *longest;
    }
    arena_free(scratch);
    return ok;
}

/* ---- signs and bounds ---- */

typedef struct {
    uint64_t negative, positive, first_negative, first_positive;
} sign_count;

static sign_count count_signs(const double *w, uint64_t n)
{
    sign_count s = {0, 0, 0, 0};
    for (uint64_t k = n; k-- > 0;) {
        if (w[k] < 0) {
            s.negative++;
            s.first_negative = k;
        } else if (w[k] > 0) {
            s.positive++;
            s.first_positive = k;
        }
    }
    return s;
}

static hmn_span weight_span(const net_projection *p)
{
    return p->connector.weight || p->connector.kernel_weight ? p->connector.at : p->weight.at;
}

/* Applies the receptor to magnitudes; with no receptor the weights, and the bounds of a rule, decide it. */
static bool resolve_signs(const elaboration *e, const net_projection *p, const net_rule *rule, graph_projection *g)
{
    double *w = (double *)g->weight;
    sign_count s = count_signs(w, g->nsynapses);
    hmn_span at = weight_span(p);
    for (uint64_t k = 0; k < g->nsynapses; k++)
        if (!isfinite(w[k])) {
            elaborate_not_finite(e, &p->weight, "weight");
            return false;
        }
    g->receptor = p->receptor;
    if (net_excites(p->receptor) && s.negative) {
        diag_report(e->diag, DIAG_NET_SIGN, at,
                    "%llu of %llu weights are negative (the first is %g) under an "
                    "excitatory receptor",
                    (unsigned long long)s.negative, (unsigned long long)g->nsynapses, w[s.first_negative]);
        diag_cure(e->diag, "use receptor_type: inhibitory, or leave receptor_type out to keep signs as written");
        return false;
    }
    if (p->receptor == RECEPTOR_INHIBITORY && s.negative && s.positive) {
        diag_report(e->diag, DIAG_NET_SIGN, at, "weights of both signs (%g and %g) under an inhibitory receptor",
                    w[s.first_positive], w[s.first_negative]);
        diag_cure(e->diag, "give magnitudes, or leave receptor_type out to keep signs as written");
        return false;
    }
    for (uint64_t k = 0; p->receptor == RECEPTOR_INHIBITORY && s.positive && k < g->nsynapses; k++)
        w[k] = w[k] > 0 ? -w[k] : w[k];
    if (p->receptor != RECEPTOR_MIXED)
        return true;
    bool low = rule && rule->w_min.given && rule->w_min.v < 0, high = rule && rule->w_max.given && rule->w_max.v > 0;
    bool mixed = (rule && rule->sign_free) || (p->sign_mode.s && p->sign_mode.s[0] == 'm') ||
                 ((s.negative || low) && (s.positive || high));
    bool meant = p->sign_mode.s && p->sign_mode.s[0] == 'i' && !s.positive; /* zeros that learn */
    g->receptor = mixed ? RECEPTOR_MIXED : s.negative || low || meant ? RECEPTOR_INHIBITORY : RECEPTOR_EXCITATORY;
    return true;
}

/* Bounds as the rule gives them, made signed: under an inhibitory receptor bounds >= 0 are magnitudes. False when
 * they reach across zero against the receptor. */
static bool signed_bounds(const net_rule *rule, net_receptor receptor, double *low, double *high)
{
    bool has_low = rule->w_min.given, has_high = rule->w_max.given;
    double a = has_low ? rule->w_min.v : -INFINITY, b = has_high ? rule->w_max.v : INFINITY;
    *low = a;
    *high = b;
    if (receptor == RECEPTOR_MIXED || rule->sign_free)
        return true;
    bool negative = (has_low && a < 0) || (has_high && b < 0), positive = (has_low && a > 0) || (has_high && b > 0);
    if (net_excites(receptor)) {
        *low = has_low ? a : 0;
        return !negative;
    }
    if (!negative) {
        *low = has_high ? -b : -INFINITY;
        *high = has_low ? -a : 0;
    } else {
        *high = has_high ? b : 0;
    }
    return !(negative && positive);
}

static bool bounds(const elaboration *e, const net_projection *p, const net_rule *rule, graph_projection *g)
{
    g->w_min = -INFINITY;
    g->w_max = INFINITY;
    if (!rule)
        return true;
    if (!signed_bounds(rule, g->receptor, &g->w_min, &g->w_max)) {
        diag_report(e->diag, DIAG_NET_CONFLICT, rule->w_min.given ? rule->w_min.at : rule->w_max.at,
                    "weight bounds of rule %s reach across zero, but projection %s is %s", rule->name.s, g->name,
                    g->receptor == RECEPTOR_INHIBITORY ? "inhibitory" : "excitatory");
        diag_cure(e->diag, "use bounds of one sign, or sign: free, or leave receptor_type out");
        return false;
    }
    for (uint64_t k = 0; k < g->nsynapses; k++)
        if (g->weight[k] < g->w_min || g->weight[k] > g->w_max) {
            diag_report(e->diag, DIAG_NET_CONFLICT, weight_span(p), "a weight of %g lies outside %g to %g of rule %s",
                        g->weight[k], g->w_min, g->w_max, rule->name.s);
            diag_cure(e->diag, "start inside the bounds, or widen weight_bounds");
            return false;
        }
    return true;
}

static const net_rule *rule_of(const elaboration *e, const net_projection *p)
{
    const net_rule *rule = p->rule.i == NET_NONE ? NULL : &e->net->rule[p->rule.i];
    return rule && rule->enabled && rule->type != RULE_STATIC ? rule : NULL;
}

bool elaborate_projection(const elaboration *e, uint32_t index)
{
    const net_projection *p = &e->net->projection[index];
    const net_rule *rule = rule_of(e, p);
    graph_projection *g = &e->graph->projection[index];
    connect_request r = request(e, index);
    connect_pairs pairs;
    *g = (graph_projection){.name = p->name.s, .at = p->name.at, .pre = p->pre.i, .post = p->post.i};
    g->rule = rule ? p->rule.i : NET_NONE;
    if (e->graph->population[g->post].source) {
        diag_report(e->diag, DIAG_NET_CONNECT, p->post.at, "%s is a spike source and takes no input", r.post->name.s);
        diag_cure(e->diag, "project onto a population of neurons");
        return false;
    }
    if (!connect_build(&r, &pairs))
        return false;
    double *w = ARENA_NEW(e->arena, double, pairs.count);
    uint16_t *delay = ARENA_NEW(e->arena, uint16_t, pairs.count);
    uint64_t seed = distribution_seed(e->graph->seed, "projection", p->name.s);
    synapse_draws s = {&pairs, r.pre->size, {seed, RNG_WEIGHT, 0, 0, 0}};
    g->nsynapses = pairs.count;
    g->row = pairs.row;
    g->target = pairs.target;
    g->weight = w;
    g->delay = delay;
    bool ok = weights(e, p, &s, w);
    s.at.stream = RNG_DELAY;
    ok &= delays(e, p, &s, delay, &e->graph->max_delay);
    e->graph->nsynapses += pairs.count;
    return ok && resolve_signs(e, p, rule, g) && bounds(e, p, rule, g) && (!rule || elaborate_phases(e, rule, g));
}
