/* One run of hmn verify. Takes a sim, plays the network's task with it, keeps every spike. */
#include "tools/verify_runner.h"

#include "tools/weights.h"

bool runner_new(verify_side *r, source *s, hmn_sim *sim, bool frozen, compare_log *log)
{
    *r = (verify_side){.sim = sim, .frozen = frozen, .log = log};
    const hmn_graph *g = s->unit.graph;
    return tasking_of_network(&r->loop, s, layout_of_graph(g, s->arena), s->unit.path, g->seed);
}

bool runner_step(verify_side *r, hmn_arena *a)
{
    hmn_sim *s = r->sim;
    if (r->loop.task && !task_before(&r->loop, s))
        return false;
    uint32_t now = s->ops->step(s), count;
    s->ops->begin(s);
    const uint32_t *spike = s->ops->spikes(s, &count);
    compare_log_step(r->log, a, now, spike, count);
    if (r->loop.task)
        task_after(&r->loop, s);
    if (r->frozen)
        s->ops->learn(s, false);
    s->ops->end(s);
    return true;
}

hmn_machine *runner_boot(source *s)
{
    return machine_boot(s->image, s->chip, s->unit.threads, s->unit.reseed, s->diag);
}

reference_options runner_options(const source *s, bool grid)
{
    return (reference_options){grid, s->unit.mapping->neuron_core, s->unit.mapping->neuron_local,
                               weights_lsb(s->unit.qnet, s->arena)};
}

/* Its spikes count what an astrocyte says, learning or not. */
static bool counts_spikes(const hmn_graph *g, uint32_t projection)
{
    const net_rule *r =
        g->projection[projection].rule == NET_NONE ? NULL : &g->net->rule[g->projection[projection].rule];
    return r && r->enabled && r->type == RULE_HMN && r->astrocyte.i != NET_NONE &&
           g->net->astrocyte[r->astrocyte.i].effect == ASTRO_PRESYNAPTIC;
}

hmn_graph *runner_static_graph(const hmn_graph *g, hmn_arena *a)
{
    hmn_graph *copy = ARENA_NEW(a, hmn_graph, 1);
    *copy = *g;
    copy->projection = ARENA_NEW(a, graph_projection, g->nprojections);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        copy->projection[k] = g->projection[k];
        if (!counts_spikes(g, k))
            copy->projection[k].rule = NET_NONE;
    }
    return copy;
}
