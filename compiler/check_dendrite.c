/* Neurons of several compartments. Takes populations whose keys are read, holds `dendrite_of` and `join` of each
 * against the others: a tree of populations of equal size and of the one model that has compartments, with at most two
 * dendrites a neuron. Everything else is refused here, so that the passes behind see trees only. */
#include "compiler/check.h"

static bool is_compartment(checker *c, const net_population *p, const char *key, hmn_span at)
{
    if (p->model == MODEL_LOIHI_LIF || p->model == MODEL_COUNT)
        return true;
    diag_report(c->diag, DIAG_NET_CONFLICT, at, "population '%s' has %s, and its model %s has one compartment a neuron",
                p->name.s, key, keys_models[p->model].word);
    diag_cure(c->diag, "use the model loihi_lif, whose neurons may have dendrites, or remove %s", key);
    return false;
}

static bool check_parent(checker *c, const net_population *p, const net_population *parent)
{
    hmn_span at = p->dendrite_of.at;
    if (p == parent) {
        diag_report(c->diag, DIAG_NET_CONFLICT, at, "population '%s' is to be a dendrite of itself", p->name.s);
        diag_cure(c->diag, "name the population that its neurons are dendrites of");
        return false;
    }
    if (!is_compartment(c, p, "dendrite_of", at) || !is_compartment(c, parent, "dendrites", at))
        return false;
    if (p->size != parent->size && p->size && parent->size) {
        diag_report(c->diag, DIAG_NET_CONFLICT, at,
                    "population '%s' has %u neurons, '%s', whose dendrites they are, %u", p->name.s, p->size,
                    parent->name.s, parent->size);
        diag_cure(c->diag, "give both the same size: neuron i is a dendrite of neuron i");
        return false;
    }
    if (parent->join == JOIN_NONE) {
        diag_report(c->diag, DIAG_NET_CONFLICT, at, "population '%s' is a dendrite of '%s', which has no join",
                    p->name.s, parent->name.s);
        diag_cure(c->diag, "write into '%s' what it makes of its dendrites, for example join: add_u", parent->name.s);
        return false;
    }
    return true;
}

/* Holds the way from a population to its soma against circles and the greatest depth. */
static bool check_way(checker *c, uint32_t population)
{
    const net_population *p = &c->net->population[population];
    uint32_t at = p->dendrite_of.i, depth = 2;
    while (c->net->population[at].dendrite_of.i != NET_NONE && at != population && depth <= NET_MAX_DEPTH) {
        at = c->net->population[at].dendrite_of.i;
        depth++;
    }
    if (at == population) {
        diag_report(c->diag, DIAG_NET_CONFLICT, p->dendrite_of.at,
                    "population '%s' is, by way of others, a dendrite of itself", p->name.s);
        diag_cure(c->diag, "let one population of the circle be the soma: without dendrite_of");
    } else if (depth > NET_MAX_DEPTH) {
        diag_report(c->diag, DIAG_NET_CONFLICT, p->dendrite_of.at,
                    "there are more than %d compartments from population '%s' to the soma", NET_MAX_DEPTH, p->name.s);
        diag_cure(c->diag, "let it be a dendrite of a population nearer to the soma");
    } else
        return true;
    return false;
}

static void check_join(checker *c, const net_population *p, uint32_t dendrites)
{
    if (p->join == JOIN_NONE || !is_compartment(c, p, "join", p->join_at))
        return;
    if (dendrites == 0) {
        diag_report(c->diag, DIAG_NET_CONFLICT, p->join_at, "population '%s' has a join and no dendrites", p->name.s);
        diag_cure(c->diag, "write dendrite_of: %s into the populations that are its dendrites, or remove join",
                  p->name.s);
    } else if (p->join == JOIN_OR && p->activation == ACT_RELU) {
        diag_report(c->diag, DIAG_NET_CONFLICT, p->join_at,
                    "population '%s' fires with its dendrites (join: or), and its spikes carry how far v is",
                    p->name.s);
        diag_cure(c->diag, "use activation: threshold, or another join");
    }
}

void check_dendrites(checker *c)
{
    hmn_net *net = c->net;
    uint32_t *dendrites = ARENA_NEW(c->arena, uint32_t, net->npopulations);
    for (uint32_t k = 0; k < net->npopulations; k++) {
        const net_population *p = &net->population[k];
        c->name[REF_POPULATION].used[k] |= p->dendrite_of.i != NET_NONE;
        if (p->dendrite_of.i == NET_NONE || !check_parent(c, p, &net->population[p->dendrite_of.i]))
            continue;
        if (check_way(c, k) && dendrites[p->dendrite_of.i]++ == NET_MAX_DENDRITES) {
            diag_report(c->diag, DIAG_NET_CONFLICT, p->dendrite_of.at,
                        "population '%s' is a dendrite too many of '%s': a compartment joins %d at most", p->name.s,
                        net->population[p->dendrite_of.i].name.s, NET_MAX_DENDRITES);
            diag_cure(c->diag, "let it be a dendrite of one of the other dendrites");
        }
    }
    for (uint32_t k = 0; k < net->npopulations; k++)
        check_join(c, &net->population[k], dendrites[k]);
}
