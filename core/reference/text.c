/* Rules as text (type: loihi) in double precision: sums of products over spikes, traces and synaptic variables, as
 * docs/learning.md words them and docs/chips/loihi.md (L11 to L16, L26) times them, without their bits:
 *
 *   trace <- trace exp(-1/tau), + impulse at a spike        each step; tau in steps, 0: it lives in its own step (L11,
 * L12) z     <- z + sum_i D_i m_i 2^(e_i) prod_j (V_ij + C_ij)   z in {w, t}, where an epoch ends (L13, L14) u_k   =  1
 * where the number of the epoch, from 1, is a multiple of 2^k                                        (L15) r1    =
 * eta_local + eta_global sum_k w_k E_k;  r0 = 1 when in the epoch a modulator was not silent            (L26)
 *
 * D is x0 or y0 (1 when that neuron fired in the epoch; traces are read as they stand after its last spike of the
 * epoch) or u_k (traces at the epoch's end). All products read w and t as the epoch found them; w counts steps of the
 * chip's weight, d is the delay less one. Then w is kept within bounds, and its sign unless sign: free. What the chip
 * rounds, saturates or keeps once an epoch only is its error. */
#include "core/reference/state.h"

#include "core/isa/ulearn.h"

#include <math.h>
#include <string.h>

static bool pre_side(uint32_t trace) { return trace < RT_Y1; }

static bool reads(const hmn_rule *r, rule_var v)
{
    for (uint32_t k = 0; k < r->nproducts; k++)
        for (uint32_t f = 0; f < r->product[k].nfactors; f++)
            if (r->product[k].factor[f].var == v)
                return true;
    return false;
}

static bool refuse(hmn_diag *d, const net_rule *rule, const char *what, const char *cure)
{
    diag_report(d, DIAG_RULE_TARGET, rule->name.at, "rule %s: the reference does not compute %s", rule->name.s, what);
    diag_cure(d, "%s", cure);
    return false;
}

static bool supported(const hmn_reference *r, const reference_projection *p, hmn_diag *d)
{
    const net_rule *rule = p->rule;
    bool moves_delays = false;
    if (!rule->products || rule->products->nproducts == 0)
        return refuse(d, rule, "a rule without products", "write dw, for example 2^-2*x1*y0");
    for (uint32_t k = 0; k < rule->products->nproducts; k++)
        moves_delays |= rule->products->product[k].target == RULE_D;
    if (moves_delays)
        return refuse(d, rule, "delays that a rule moves (dd)",
                      "leave dd out; hmn verify --frozen compares without learning");
    if (rule->third_factor != THIRD_NONE)
        return refuse(d, rule, "third factors that neurons or the host write",
                      "use neuromodulators and r1; hmn verify --frozen compares without learning");
    if (rule->graded_pre != PRE_PLAIN)
        return refuse(d, rule, "payloads that enter x1 (graded_pre)", "leave graded_pre out");
    return net_raw(r->graph->population[p->g->post].model) ||
           (r->options.w_lsb && r->options.w_lsb[p - r->projection] > 0) ||
           refuse(d, rule, "w in steps of a chip that is not known",
                  "use hmn verify --target, or neurons of model loihi_lif, whose weights are such steps");
}

bool text_prepare(const hmn_reference *r, reference_projection *p, hmn_arena *a, hmn_diag *d)
{
    const net_rule *n = p->rule;
    const net_num *impulse[] = {&n->x1_impulse, &n->x2_impulse, &n->y1_impulse, &n->y2_impulse, &n->y3_impulse};
    const net_num *tau[] = {&n->x1_tau, &n->x2_tau, &n->y1_tau, &n->y2_tau, &n->y3_tau};
    static const rule_var var[] = {RV_X1, RV_X2, RV_Y1, RV_Y2, RV_Y3};
    const uint32_t size[] = {r->graph->population[p->g->pre].size, r->graph->population[p->g->post].size};
    if (!supported(r, p, d))
        return false;
    reference_text *t = ARENA_NEW(a, reference_text, 1);
    p->epoch = n->epoch.v >= 1 ? (uint32_t)n->epoch.v : 1;
    for (uint32_t k = 0; k < RT_COUNT; k++) {
        t->keep[k] = tau[k]->v > 0 ? exp(-1 / tau[k]->v) : 0;
        t->impulse[k] = impulse[k]->v;
        if (reads(n->products, var[k]))
            t->trace[k] = ARENA_NEW(a, double, (size_t)(p->epoch + 1) * size[!pre_side(k)]);
    }
    t->last[0] = ARENA_NEW(a, uint8_t, size[0]);
    t->last[1] = ARENA_NEW(a, uint8_t, size[1]);
    t->tag = ARENA_NEW(a, double, p->g->nsynapses);
    t->lsb = net_raw(r->graph->population[p->g->post].model) ? 1 : r->options.w_lsb[p - r->projection];
    p->text = t;
    p->change = ARENA_NEW(a, double, p->g->nsynapses);
    p->weight = ARENA_NEW(a, double, p->g->nsynapses);
    memcpy(p->weight, p->g->weight, p->g->nsynapses * sizeof *p->weight);
    return true;
}

/* ---- L11, L12 ---- */

/* The row of a trace after a step of the epoch. */
static double *row(const reference_projection *p, uint32_t trace, uint32_t at, uint32_t size)
{
    return p->text->trace[trace] + (size_t)at * size;
}

static void follow(hmn_reference *r, reference_projection *p, uint32_t at)
{
    const graph_population *side[] = {&r->graph->population[p->g->pre], &r->graph->population[p->g->post]};
    const double *spike[] = {r->x + side[0]->first, r->z + side[1]->first};
    reference_text *t = p->text;
    for (uint32_t k = 0; k < RT_COUNT; k++) {
        uint32_t s = !pre_side(k), n = side[s]->size;
        for (uint32_t i = 0; t->trace[k] && i < n; i++) {
            double before = row(p, k, at - 1, n)[i];
            row(p, k, at, n)[i] = before * t->keep[k] + (spike[s][i] != 0 ? t->impulse[k] : 0);
        }
    }
    for (uint32_t s = 0; s < 2; s++)
        for (uint32_t i = 0; i < side[s]->size; i++)
            t->last[s][i] = spike[s][i] != 0 ? (uint8_t)at : t->last[s][i];
}

double text_trace(const reference_projection *p, uint32_t trace, uint32_t neuron)
{
    const reference_text *t = p->text; /* the last epoch's end has become the first row */
    return t->trace[trace] && t->impulse[trace] > 0 ? t->trace[trace][neuron] / t->impulse[trace] : 0;
}

/* ---- L26 ---- */

static bool silent(const hmn_reference *r, uint32_t modulator)
{
    const net_modulator *m = &r->graph->net->modulator[modulator];
    if (m->source != MODSRC_POPULATION)
        return r->modulator[modulator].input == 0;
    const graph_population *p = &r->graph->population[m->population.i];
    for (uint32_t i = 0; i < p->size; i++)
        if (r->fired[p->first + i])
            return false;
    return true;
}

static void hear(hmn_reference *r, reference_projection *p)
{
    for (uint32_t k = 0; k < p->rule->nmodulators; k++)
        p->text->heard |= !silent(r, p->rule->modulator[k].i);
}

static double register_of(const hmn_reference *r, const net_rule *rule)
{
    double sum = 0;
    for (uint32_t k = 0; k < rule->nmodulators; k++)
        sum += r->graph->net->modulator[rule->modulator[k].i].weight.v * modulator_level(r, rule->modulator[k].i);
    return (rule->eta_local.given ? rule->eta_local.v : 0) + (rule->eta_global.given ? rule->eta_global.v : 1) * sum;
}

/* ---- L13 to L15 ---- */

typedef struct {
    uint32_t pre, post, e;
} place;

/* V of L13. at: the step of the epoch after which traces are read. */
static double variable(const reference_projection *p, rule_var v, const place *s, uint32_t at, const uint32_t size[2])
{
    const reference_text *t = p->text;
    switch (v) {
    case RV_X0: return t->last[0][s->pre] > 0;
    case RV_Y0: return t->last[1][s->post] > 0;
    case RV_X1: return row(p, RT_X1, at, size[0])[s->pre];
    case RV_X2: return row(p, RT_X2, at, size[0])[s->pre];
    case RV_Y1: return row(p, RT_Y1, at, size[1])[s->post];
    case RV_Y2: return row(p, RT_Y2, at, size[1])[s->post];
    case RV_Y3: return row(p, RT_Y3, at, size[1])[s->post];
    case RV_R0: return t->rewarded;
    case RV_R1: return p->m;
    case RV_W: return p->weight[s->e] / t->lsb;
    case RV_D: return p->g->delay[s->e] - 1;
    case RV_T: return t->tag[s->e];
    case RV_C:
    case RV_U:
    case RV_COUNT: break;
    }
    return 0;
}

static int shift_of(const rule_product *p)
{
    uint32_t width = 4;
    for (uint32_t k = 0; k < p->nfactors; k++)
        width += ulearn_var_width((rule_var)p->factor[k].var);
    return width > 15 ? (int)width - 15 : 0;
}

static double product(const reference_projection *p, const rule_product *i, const place *s, const uint32_t size[2])
{
    const reference_text *t = p->text;
    uint32_t at = i->dependency == RV_X0 ? t->last[0][s->pre] : i->dependency == RV_Y0 ? t->last[1][s->post] : p->epoch;
    bool acts = i->dependency == RV_U ? t->number % (1u << i->decimate) == 0 : at > 0;
    double x = ldexp(i->mantissa, i->exponent - shift_of(i));
    if (!acts)
        return 0;
    for (uint32_t k = 0; k < i->nfactors; k++) {
        const rule_factor *f = &i->factor[k];
        double v = variable(p, (rule_var)f->var, s, at, size) + f->constant;
        x *= f->sgn ? (v > 0) - (v < 0) : v;
    }
    return x;
}

static void learn(hmn_reference *r, reference_projection *p, const place *s, const uint32_t size[2])
{
    const hmn_rule *rule = p->rule->products;
    double sum[RULE_TARGETS] = {0};
    for (uint32_t k = 0; k < rule->nproducts; k++)
        sum[rule->product[k].target] += product(p, &rule->product[k], s, size);
    double w = plasticity_clip(p, s->e, p->weight[s->e] + sum[RULE_W] * p->text->lsb);
    p->change[s->e] = sum[RULE_W] * p->text->lsb;
    r->counts.weight_updates += w != p->weight[s->e];
    p->moves += w != p->weight[s->e];
    p->moved += fabs(w - p->weight[s->e]);
    p->weight[s->e] = w;
    p->text->tag[s->e] += sum[RULE_T];
}

/* The end of an epoch begins the next. */
static void begin(reference_projection *p, const uint32_t size[2])
{
    reference_text *t = p->text;
    for (uint32_t k = 0; k < RT_COUNT; k++)
        if (t->trace[k])
            memcpy(t->trace[k], row(p, k, p->epoch, size[!pre_side(k)]), size[!pre_side(k)] * sizeof(double));
    memset(t->last[0], 0, size[0]);
    memset(t->last[1], 0, size[1]);
    t->heard = false;
}

void text_step(hmn_reference *r, reference_projection *p)
{
    const uint32_t size[] = {r->graph->population[p->g->pre].size, r->graph->population[p->g->post].size};
    uint32_t at = r->step % p->epoch + 1;
    follow(r, p, at);
    hear(r, p);
    if (at < p->epoch)
        return;
    p->text->number++;
    p->text->rewarded = p->text->heard;
    p->m = register_of(r, p->rule);
    for (uint32_t i = 0; r->learning && i < size[0]; i++)
        for (uint32_t e = p->g->row[i]; e < p->g->row[i + 1]; e++)
            learn(r, p, &(place){i, p->g->target[e], e}, size);
    begin(p, size);
}
