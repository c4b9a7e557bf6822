/* Bounds across joins. Takes bounds of the registers of a neuron and of what its dendrites hand it, yields bounds of
 * what drives its v, and of what it hands on itself (eq. J1, J2).
 *
 * v after a step is at most the threshold, because a neuron above it fires and is reset to 0; that does not hold where
 * the threshold or the reset value moves, or where the neuron may fail to fire (join: and): there v is bounded by its
 * limits alone. */
#include "backends/loihi/bounds_join.h"

#include "backends/loihi/tables.h"

#include "core/base/fx.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* A register that may wrap may hold anything that fits it. */
static bound_span held_by(const bound_range *r)
{
    bool wraps = r->low < r->least || r->high > r->most;
    return wraps ? (bound_span){least(r->low, r->least), most(r->high, r->most)} : (bound_span){r->low, r->high};
}

static bound_span plus(bound_span a, bound_span b) { return (bound_span){a.low + b.low, a.high + b.high}; }

bound_span bound_drive(const hmn_qnet *q, uint32_t population, const loihi_bounds *own,
                       const loihi_bounds *const dendrite[NET_MAX_DENDRITES])
{
    bound_span u = held_by(&own->range[BOUND_U]), drive = u;
    const bound_span none = {0, 0};
    bound_span b = dendrite[1] ? dendrite[1]->sent : none;
    switch (q->graph->population[population].join) {
    case JOIN_ADD_U:
        for (uint32_t k = 0; k < NET_MAX_DENDRITES; k++)
            drive = plus(drive, dendrite[k] ? dendrite[k]->sent : none);
        return drive;
    case JOIN_MAX_U:
        for (uint32_t k = 0; k < NET_MAX_DENDRITES && dendrite[k]; k++)
            drive = (bound_span){most(drive.low, dendrite[k]->sent.low), most(drive.high, dendrite[k]->sent.high)};
        return drive;
    case JOIN_MIN_U:
        for (uint32_t k = 0; k < NET_MAX_DENDRITES && dendrite[k]; k++)
            drive = (bound_span){least(drive.low, dendrite[k]->sent.low), least(drive.high, dendrite[k]->sent.high)};
        return drive;
    case JOIN_PASS_U:
    case JOIN_BLOCK_U: drive = plus(u, b); return (bound_span){least(drive.low, 0), most(drive.high, 0)};
    case JOIN_NONE:
    case JOIN_ADD_V:
    case JOIN_MAX_V:
    case JOIN_MIN_V:
    case JOIN_PASS_V:
    case JOIN_BLOCK_V:
    case JOIN_OR:
    case JOIN_AND:
    case JOIN_COUNT: break;
    }
    return (bound_span){own->range[BOUND_U].low, own->range[BOUND_U].high};
}

bound_span bound_sent(const hmn_qnet *q, uint32_t population, uint32_t neuron, const loihi_bounds *own,
                      const loihi_dialect *dialect)
{
    const qnet_column *c = q->population[population].column;
    const graph_population *p = &q->graph->population[population];
    if (p->sends == SENDS_U)
        return held_by(&own->range[BOUND_U]);
    int32_t k = qnet_at(c[LOIHI_COMPARTMENTS_vmin_exp], neuron);
    bound_span v = {1 - fx_shl(1, (unsigned)least(k, 23)),
                    fx_shl(1, 9 + 2 * (unsigned)qnet_at(c[LOIHI_COMPARTMENTS_vmax_exp], neuron)) - 1};
    int64_t reset = qnet_at(c[LOIHI_PROGRAM(reset_v)], neuron),
            start = qnet_at(q->population[population].init_v, neuron);
    if (qnet_at(c[LOIHI_PROGRAM(subtract)], neuron)) /* v - threshold + reset, the threshold at least 0 */
        return (bound_span){least(v.low, v.low - fx_shl(1, 24) + reset), most(v.high, v.high + reset)};
    v = (bound_span){least(v.low, reset), most(v.high, reset)};
    bool v_joins = p->join >= JOIN_ADD_V && p->join <= JOIN_BLOCK_V;
    if (p->join == JOIN_AND || reset || qnet_at(c[LOIHI_PROGRAM(adapt_step)], neuron))
        return v;
    int64_t threshold = fx_shl(qnet_at(c[LOIHI_COMPARTMENTS_vth_mant], neuron), 6);
    v.high = least(v.high, most(threshold, 0));
    const bound_range *z = &own->range[BOUND_Z];
    int64_t decay = qnet_at(c[LOIHI_COMPARTMENTS_decay_v], neuron) + dialect->dm_offset;
    bool wraps = z->low < z->least || z->high > z->most;
    if (!v_joins && !wraps && (z->low >= 0 || decay > 0)) { /* the least fixed point of eq. L3, as in eq. L21 */
        int64_t fall = z->low < 0 ? (-z->low - 1) * 4096 / decay + 1 : 0;
        v.low = most(v.low, -most(fall, start < 0 ? -start : 0));
    }
    return v;
}
