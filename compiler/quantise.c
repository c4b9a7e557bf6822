/* graph -> qnet. Takes the network in real units and a chip, yields the chip's integers: what those are is the
 * chip's business (chip->quantise), so that widths and scales are written down in one place. Here: the room for
 * them, one entry a population and projection of the graph. */
#include "compiler/unit.h"

#include "core/base/bug.h"

bool pass_quantise(hmn_unit *u)
{
    hmn_qnet *q = ARENA_NEW(u->arena, hmn_qnet, 1);
    q->graph = u->graph;
    q->population = ARENA_NEW(u->arena, qnet_population, u->graph->npopulations);
    q->projection = ARENA_NEW(u->arena, qnet_projection, u->graph->nprojections);
    for (uint32_t i = 0; i < u->graph->nprojections; i++)
        q->projection[i].rule = NET_NONE;
    uint32_t before = diag_errors(u->diag);
    bool ok = u->chip->quantise(u->graph, q, u->arena, u->diag);
    HMN_ASSERT(ok == (diag_errors(u->diag) == before));
    u->qnet = q;
    return ok;
}
