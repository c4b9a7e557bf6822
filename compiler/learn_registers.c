/* Broadcast registers for a chip that lowers rules itself (chip->learn). Takes the rule of each plastic projection,
 * yields one register for each phase bin that occurs, with equations 3, 4, 6 and 7 in it but for the eligibility, and
 * the real value of one of its steps: the smallest for which the largest plausible |eta_local + eta_global G| fits 16
 * bits. A rule without modulators hears a constant. What an astrocyte does to pairings or spikes is a register of its
 * own, each step, in which 1 is a power of two. */
#include "compiler/learn.h"

#include "core/base/bug.h"

#include <math.h>

static bool inert(lowering *l, const learn_pair *p)
{
    const net_traces *t = &l->rule->traces;
    bool pairs = p->reach > 0 && (t->a_plus.v != 0 || p->a_minus != 0);
    if (pairs || l->rule->decay.v != 0)
        return false;
    diag_report(l->diag, DIAG_RULE_INERT, l->rule->name.at, "rule %s: its rates or amplitudes are all zero",
                l->rule->name.s);
    return true;
}

/* One register for each bin that occurs; one in all without a gate. */
static bool bins(lowering *l, const graph_projection *j, uint32_t *of)
{
    uint32_t n = j->bin ? l->rule->phase_gate.bins : 1;
    uint8_t index;
    for (uint32_t b = 0; b < n; b++)
        of[b] = NET_NONE;
    for (uint64_t e = 0; e < (j->bin ? j->nsynapses : 1); e++) {
        uint32_t b = j->bin ? j->bin[e] : 0;
        if (of[b] != NET_NONE)
            continue;
        l->channel.phase = j->bin ? learn_phase(b, n) : 0;
        if (!learn_add_channel(l, &l->channel, &index))
            return false;
        of[b] = index;
    }
    return true;
}

static bool astrocyte(lowering *l, qnet_projection *p)
{
    double most = learn_most_apart(l);
    uint8_t index;
    if (most == 0)
        return true;
    if (!learn_factor_apart(l, ldexp(1, (int)floor(log2(INT16_MAX / most))), 1, &index))
        return false;
    p->own_channel = index + 1u;
    return true;
}

static bool projection(hmn_qnet *q, uint32_t index, const hmn_chip *chip, hmn_arena *a, hmn_diag *d)
{
    const graph_projection *j = &q->graph->projection[index];
    const net_rule *rule = &q->graph->net->rule[j->rule];
    lowering l = {.net = q->graph->net, .rule = rule, .limits = chip->limits, .dt = q->graph->dt};
    l.subject = arena_printf(a, "projection %s", j->name);
    l.w_lsb = q->projection[index].w_lsb;
    l.qnet = q;
    l.arena = a;
    l.diag = d;
    if (!learn_check_epoch(&l) || !learn_check_modulators(&l))
        return false;
    l.epoch = l.out.epoch;
    l.apart = true;
    l.channel.wide = 1;
    learn_pair p = learn_read_pair(&l);
    if (rule->type != RULE_TEXT && inert(&l, &p))
        return learn_may_be_static(&l);
    uint32_t *of = ARENA_NEW(a, uint32_t, rule->phase_gate.on ? rule->phase_gate.bins : 1);
    double unit = p.reach > 0 ? p.reach / INT16_MAX : 1;
    q->projection[index].bin_channel = of;
    q->projection[index].channel_unit = unit;
    return learn_fill_channel(&l, &p, unit) && bins(&l, j, of) && astrocyte(&l, &q->projection[index]);
}

bool learn_registers(hmn_qnet *q, const hmn_chip *chip, hmn_arena *a, hmn_diag *d)
{
    const hmn_graph *g = q->graph;
    bool ok = true;
    q->channel = ARENA_NEW(a, qnet_channel, chip->limits->channels);
    q->attention = ARENA_NEW(a, qnet_attention, g->net->nrules);
    q->rates = ARENA_NEW(a, qnet_rates, g->net->nrules);
    q->astrocyte = ARENA_NEW(a, qnet_astrocyte, g->net->nrules);
    for (uint32_t i = 0; i < g->nprojections; i++) {
        const net_rule *rule = g->projection[i].rule == NET_NONE ? NULL : &g->net->rule[g->projection[i].rule];
        if (rule && rule->type != RULE_STATIC && rule->type != RULE_PROGRAM && rule->enabled)
            ok &= projection(q, i, chip, a, d);
    }
    return ok;
}
