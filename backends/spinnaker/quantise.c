/* The network in SpiNNaker's words. Takes the graph, yields parameter words of every population, shifts of its ring
 * buffers, weights and delays of every projection, and the report of what that cost. */
#include "backends/spinnaker/quantise.h"

#include "backends/spinnaker/chip.h"

static bool refuse_wishes(spin_quantiser *z)
{
    const net_target *t = &z->graph->net->target;
    if (!t->dialect.s)
        return true;
    diag_report(z->diag, DIAG_FIT_MODEL, t->dialect.at, "target.dialect is of Loihi-style chips; %s has one arithmetic",
                z->out->chip->name);
    diag_cure(z->diag, "leave dialect out");
    return false;
}

bool spin_quantise(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d)
{
    spin_quantiser z = {g, out, a, d};
    out->graph = g;
    out->population = out->population ? out->population : ARENA_NEW(a, qnet_population, g->npopulations);
    out->projection = out->projection ? out->projection : ARENA_NEW(a, qnet_projection, g->nprojections);
    bool ok = refuse_wishes(&z);
    for (uint32_t j = 0; j < g->nprojections; j++)
        qnet_index_targets(out, j, a);
    for (uint32_t k = 0; k < g->npopulations; k++)
        ok &= spin_quantise_population(&z, k);
    for (uint32_t k = 0; ok && k < g->npopulations; k++)
        ok &= spin_quantise_weights(&z, k);
    return ok;
}
