/* graph -> qnet. Takes the network in real units and a chip, yields the chip's integers: what those are is the
 * chip's business (chip->quantise), so that widths and scales are written down in one place. Here: the room for
 * them, one entry a population and projection of the graph. */
#include "compiler/unit.h"

#include "core/base/bug.h"
#include "core/describe.h"

#include <string.h>

/* What the network asks of any target that no chip here does: said before numbers are lost. */
static void refuse_wishes(hmn_unit *u)
{
    const hmn_net *net = u->graph->net;
    const net_target *t = &net->target;
    const hmn_limits *l = u->chip->limits;
    if (t->mesh_width.given && l->mesh_width &&
        (t->mesh_width.v != l->mesh_width || t->mesh_height.v != l->mesh_height)) { /* a wish, not a description */
        diag_report(u->diag, DIAG_FIT_MODEL, t->mesh_width.at, "%s has a mesh of %u x %u tiles, not %g x %g",
                    u->chip->name, l->mesh_width, l->mesh_height, t->mesh_width.v, t->mesh_height.v);
        diag_cure(u->diag, "write mesh: [%u, %u] or leave it out; target.cores limits the cores in use", l->mesh_width,
                  l->mesh_height);
    }
    if (t->nfaults && !l->multicast) {
        diag_report(u->diag, DIAG_FIT_MODEL, t->fault[0].at,
                    "%s routes around nothing: dead parts are known to spinnaker only", u->chip->name);
        diag_cure(u->diag, "leave dead_chips, dead_links and dead_cores out; target.cores limits the cores in use");
    }
    if (net_population_axons(t) && !u->chip->gather) {
        diag_report(u->diag, DIAG_FIT_MODEL, t->axons.at,
                    "%s has no population spikes: sources do not share input axons", u->chip->name);
        diag_cure(u->diag, "leave axons out; loihi and loihi2 have them");
    }
    if (t->rounding.s && strcmp(t->rounding.s, "stochastic") != 0 && !u->chip->learn) {
        diag_report(u->diag, DIAG_FIT_MODEL, t->rounding.at,
                    "the learning engine of %s rounds stochastically, not to %s", u->chip->name, t->rounding.s);
        diag_cure(u->diag, "write rounding: stochastic or leave it out");
    }
    for (uint32_t i = 0; i < net->nstimuli; i++)
        if (net->stimulus[i].select.s) {
            diag_report(u->diag, DIAG_FIT_MODEL, net->stimulus[i].select.at,
                        "stimulus %s: no task here selects the neurons of a stimulus", net->stimulus[i].name.s);
            diag_cure(u->diag, "remove select; tasks drive their input populations themselves");
        }
}

/* From here on the chip is the one that the network describes. */
static bool describe_machine(hmn_unit *u)
{
    const net_target *t = &u->graph->net->target;
    describe_change *change = ARENA_NEW(u->arena, describe_change, t->nchanges);
    uint32_t before = diag_errors(u->diag);
    for (uint32_t i = 0; i < t->nchanges; i++) {
        const net_change *n = &t->change[i];
        uint64_t most;
        change[i] = (describe_change){n->key, n->value};
        switch (describe_check(u->chip, &change[i], &most)) {
        case DESCRIBE_OK: break;
        case DESCRIBE_UNKNOWN:
            diag_report(u->diag, DIAG_FIT_MODEL, n->at, "%s has nothing called '%s' to describe", u->chip->name,
                        n->key);
            diag_cure(u->diag, "hmn targets %s lists limits and profiles, docs/costs.md costs", u->chip->name);
            break;
        case DESCRIBE_FIXED:
            diag_report(u->diag, DIAG_FIT_MODEL, n->at, "%s of %s cannot be described otherwise", n->key,
                        u->chip->name);
            diag_cure(u->diag,
                      "leave it out; it belongs to the form of the chip's tables, or the chip has no such limit");
            break;
        case DESCRIBE_TOO_MUCH:
        case DESCRIBE_TOO_LITTLE:
            diag_report(u->diag, DIAG_FIT_MODEL, n->at, "%s is %llu, the tables of %s hold 1 to %llu", n->key,
                        (unsigned long long)n->value, u->chip->name, (unsigned long long)most);
            diag_cure(u->diag, "use at most %llu", (unsigned long long)most);
            break;
        }
    }
    if (diag_errors(u->diag) != before)
        return false;
    u->chip = describe_chip(u->chip, change, t->nchanges, u->arena);
    return true;
}

bool pass_quantise(hmn_unit *u)
{
    hmn_qnet *q = ARENA_NEW(u->arena, hmn_qnet, 1);
    if (!describe_machine(u))
        return false;
    q->graph = u->graph;
    q->chip = u->chip;
    q->population = ARENA_NEW(u->arena, qnet_population, u->graph->npopulations);
    q->projection = ARENA_NEW(u->arena, qnet_projection, u->graph->nprojections);
    for (uint32_t i = 0; i < u->graph->nprojections; i++)
        q->projection[i].rule = NET_NONE;
    uint32_t before = diag_errors(u->diag);
    refuse_wishes(u);
    uint32_t refused = diag_errors(u->diag);
    bool ok = u->chip->quantise(u->graph, q, u->arena, u->diag);
    HMN_ASSERT(ok == (diag_errors(u->diag) == refused));
    u->qnet = q;
    return ok && refused == before;
}
