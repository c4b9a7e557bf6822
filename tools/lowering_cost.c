/* What a term costs in an epoch of its rule, in cycles. Takes the quantised network and how often synapses are visited:
 * counted by a run, or all of them, which is the most. Yields cycles of
 *
 *   the learning engine     a word of microcode a cycle for each synapse that it visits (chosen)
 *   SpiNNaker's programs    counted instructions of the chip's table of costs, at the clock of its cores
 *   the management core     the pieces of core/cost/work.def; registers that differ in the phase alone share a sum
 */
#include "tools/lowering.h"

#include "core/chip.h"

#include <math.h>

/* ---- registers ---- */

static bool reads_register(const hmn_rule *r)
{
    for (uint32_t k = 0; k < r->nproducts; k++)
        for (uint32_t f = 0; f < r->product[k].nfactors; f++)
            if (r->product[k].factor[f].var == RV_R1)
                return true;
    return false;
}

/* Calls back for each register that the projection hears; the last one is returned. */
static const qnet_channel *channels(const hmn_qnet *q, uint32_t projection, uint32_t *count)
{
    const qnet_projection *p = &q->projection[projection];
    const graph_projection *j = &q->graph->projection[projection];
    const net_rule *rule = j->rule == NET_NONE ? NULL : &q->graph->net->rule[j->rule];
    const qnet_channel *found = NULL;
    *count = 0;
    if (p->rule == NET_NONE || !rule)
        return NULL;
    uint32_t bins = j->bin ? rule->phase_gate.bins : 1;
    for (uint32_t b = 0; b < bins; b++) {
        uint32_t k = NET_NONE, r = p->bin_rule ? p->bin_rule[b] : p->rule;
        if (p->bin_channel)
            k = p->bin_channel[b];
        else if (!q->chip->learn && r != NET_NONE && reads_register(&q->rule[r]))
            k = q->rule[r].r1_channel;
        if (k != NET_NONE && k < q->nchannels) {
            found = found ? found : &q->channel[k];
            ++*count;
        }
    }
    return found;
}

const qnet_channel *lowering_channel(const hmn_qnet *q, uint32_t projection)
{
    uint32_t n;
    return channels(q, projection, &n);
}

/* ---- the management core ---- */

static cost_table costs_of(const hmn_qnet *q)
{
    return cost_lay_out(q->chip->timing ? q->chip->timing->profile[0] : NULL);
}

static double modulators(const hmn_qnet *q, const qnet_channel *c)
{
    const cost_table t = costs_of(q);
    double sum = 0;
    for (uint32_t k = 0; k < c->nterms; k++) {
        const net_modulator *m = &q->graph->net->modulator[c->modulator[k]];
        sum += t.setting[SETTING_WORK_MODULATOR] + (m->baseline_tau.given ? t.setting[SETTING_WORK_BASELINE] : 0) +
               (m->source == MODSRC_POPULATION ? t.setting[SETTING_WORK_RATE] : 0);
    }
    return sum * (c->epoch ? c->epoch : 1);
}

static double attention(const qnet_attention *t, const cost_table *table)
{
    double n = t->nmodulators, all = n + t->null;
    double cost = table->setting[SETTING_WORK_DIVISION] +
                  all * (table->setting[SETTING_WORK_POWER] + table->setting[SETTING_WORK_SHARE]) +
                  n * (t->dimensions * table->setting[SETTING_WORK_KEY] + table->setting[SETTING_WORK_LOGIT]);
    if (t->similarity == SIM_SCALED_DOT)
        cost += n * table->setting[SETTING_WORK_LEVEL];
    return cost + (t->similarity == SIM_COSINE
                       ? table->setting[SETTING_WORK_LENGTH] + n * table->setting[SETTING_WORK_DIVISION]
                       : 0);
}

static double of_manager(const hmn_qnet *q, uint32_t projection, term_kind k)
{
    const cost_table t = costs_of(q);
    uint32_t n, epoch;
    const qnet_channel *c = channels(q, projection, &n);
    if (!c)
        return 0;
    epoch = c->epoch ? c->epoch : 1;
    if (k == TERM_LEVELS)
        return modulators(q, c);
    if (k == TERM_SHARES)
        return c->attention ? attention(&q->attention[c->attention - 1], &t) : 0;
    if (k == TERM_RATES)
        return c->rates ? t.setting[SETTING_WORK_SCALED] : 0;
    if (k == TERM_ASTROCYTE)
        return c->astrocyte ? (double)t.setting[SETTING_WORK_ASTROCYTE] * epoch + t.setting[SETTING_WORK_EFFECT] +
                                  t.setting[SETTING_WORK_LAMBDA]
                            : 0;
    if (k == TERM_GATE)
        return c->oscillation
                   ? (double)t.setting[SETTING_WORK_OSCILLATION] * epoch + n * (double)t.setting[SETTING_WORK_GATE]
                   : 0;
    double term = t.setting[SETTING_WORK_TERM] + (c->attention ? (double)t.setting[SETTING_WORK_WEIGHTED] : 0);
    return c->nterms * term +
           n * (t.setting[SETTING_WORK_CHANNEL] + (c->carry ? (double)t.setting[SETTING_WORK_CARRY] : 0));
}

/* What an astrocyte makes of pairings or spikes: A each step, M and the register as often as that is evaluated, written
 * to neurons each time at most. */
static double factor(const hmn_qnet *q, uint32_t projection)
{
    const cost_table t = costs_of(q);
    uint32_t own = q->projection[projection].own_channel;
    const net_rule *r = &q->graph->net->rule[q->graph->projection[projection].rule];
    double epoch = r->epoch.v >= 1 ? r->epoch.v : 1;
    if (!own)
        return 0;
    const qnet_channel *c = &q->channel[own - 1];
    double once = (double)t.setting[SETTING_WORK_EFFECT] + t.setting[SETTING_WORK_LAMBDA] +
                  t.setting[SETTING_WORK_CHANNEL] + c->written * (double)t.setting[SETTING_WORK_HOLD];
    return epoch * t.setting[SETTING_WORK_ASTROCYTE] + epoch / c->epoch * once;
}

/* Gates are compared once a step; those that turn, twice a period, are written to their neurons. */
static double firing(const hmn_qnet *q, uint32_t projection)
{
    const cost_table c = costs_of(q);
    const graph_projection *j = &q->graph->projection[projection];
    const net_rule *r = &q->graph->net->rule[j->rule];
    double epoch = r->epoch.v >= 1 ? r->epoch.v : 1,
           hertz = q->graph->net->oscillation[r->phase_gate.oscillation.i].frequency.v;
    double turns = 2 * hertz * q->graph->dt * 1e-3 * q->graph->population[j->gated].size;
    return epoch * (q->ngates * (double)c.setting[SETTING_WORK_GATE] + turns * c.setting[SETTING_WORK_HOLD]);
}

double lowering_bias_cycles(const hmn_qnet *q, uint32_t population)
{
    const cost_table c = costs_of(q);
    double n = q->population[population].bias ? q->graph->population[population].size : 0;
    return n * (c.setting[SETTING_WORK_SPIKE] + (double)c.setting[SETTING_WORK_REWRITE] / QNET_BIAS_EPOCH);
}

/* ---- synapses ---- */

term_work lowering_most(const hmn_qnet *q, uint32_t projection)
{
    const graph_projection *j = &q->graph->projection[projection];
    const qnet_projection *p = &q->projection[projection];
    double n = (double)j->nsynapses, ticks = 1;
    if (p->rule == NET_NONE || j->rule == NET_NONE)
        return (term_work){0};
    double epoch = q->graph->net->rule[j->rule].epoch.v;
    if (!q->chip->learn && epoch >= 1)
        ticks = epoch / q->rule[p->rule].epoch;
    return (term_work){n * ticks, n, n, n, 2 * n * epoch}; /* a pairing a spike, two in a step at most */
}

/* Words of the program that belong to a term. */
static uint32_t words_of(const hmn_rule *r, term_kind k)
{
    uint32_t n[TERM_COUNT] = {[TERM_ATTENTION] = r->attend.on, [TERM_DRAW] = r->draw.on};
    for (uint32_t i = 0; i < r->nproducts; i++) {
        const rule_product *p = &r->product[i];
        term_kind of = p->target == RULE_W ? TERM_PRODUCTS : p->target == RULE_T && r->second ? TERM_SLOW : TERM_FAST;
        n[of] += 1u + p->nfactors;
    }
    return n[k];
}

static double of_program(const hmn_qnet *q, uint32_t projection, term_kind k, const term_work *w)
{
    const net_rule *r = &q->graph->net->rule[q->graph->projection[projection].rule];
    if (!q->chip->timing)
        return 0;
    const cost_table t = costs_of(q);
    double cycle = (double)t.ps[COST_MANAGER]; /* one clock for all cores */
    double traces = r->type == RULE_HMN && r->traces.tau_slow.given && r->traces.k_slow.v != 0 ? 2 : 1;
    double ps = 0;
    if (k == TERM_PRODUCTS)
        ps = w->visits * (double)t.ps[r->type == RULE_HMN ? COST_SETTLE : COST_LEARN];
    else if (k == TERM_FAST || (k == TERM_SLOW && traces > 1)) /* drawing the random words included */
        ps = (w->traces * (double)t.ps[COST_TRACE] + w->pairings * (double)t.ps[COST_PAIR]) / traces;
    else if (k == TERM_ATTENTION)
        ps = w->attended * (double)t.ps[COST_ATTEND] + w->alphas * (double)t.ps[COST_ALPHA];
    return cycle > 0 ? ps / cycle : 0;
}

double lowering_cycles(const hmn_qnet *q, uint32_t projection, term_kind k, const term_work *w)
{
    const qnet_projection *p = &q->projection[projection];
    if (p->rule == NET_NONE)
        return 0;
    switch (k) {
    case TERM_LEVELS:
    case TERM_SHARES:
    case TERM_RATES:
    case TERM_ASTROCYTE:
    case TERM_GATE:
    case TERM_REGISTER: return of_manager(q, projection, k);
    case TERM_FACTOR: return factor(q, projection);
    case TERM_FIRING: return firing(q, projection);
    case TERM_X:
    case TERM_Y:
    case TERM_ROUNDING:
    case TERM_WEIGHT: return 0; /* parts of a visit */
    case TERM_FAST:
    case TERM_SLOW:
    case TERM_ATTENTION:
    case TERM_DRAW:
    case TERM_PRODUCTS: break;
    case TERM_COUNT: return 0;
    }
    return q->chip->learn ? of_program(q, projection, k, w) : w->visits * words_of(&q->rule[p->rule], k);
}
