/* Names and extents of a network's parts. Takes an image's host tables or a graph, yields one structure that the
 * run, its recorder and its summary read; so outputs do not depend on where the network came from. An image is a
 * file from outside: its indices are checked here once, and names that could leave the result folder are refused. */
#include "tools/layout.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- from an image ---- */

static int64_t field(const hmn_image *m, host_table id, uint64_t row, const char *column)
{
    return image_get(image_host(m, id), row, schema_find(image_host_table(id), column));
}

static uint32_t field32(const hmn_image *m, host_table id, uint64_t row, const char *column)
{
    return (uint32_t)field(m, id, row, column);
}

static const char *field_text(const hmn_image *m, host_table id, uint64_t row, const char *column)
{
    return image_string(m, (uint64_t)field(m, id, row, column));
}

static bool bad(hmn_diag *d, const char *what)
{
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's tables contradict each other: %s", what);
    return false;
}

/* A name that is a file name and nothing more. */
static bool plain(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == strlen(name) &&
           *name != '.';
}

static bool image_populations(const hmn_image *m, layout *l, hmn_arena *a, hmn_diag *d)
{
    uint64_t next = 0;
    l->npopulations = (uint32_t)image_host(m, HOST_POPULATIONS).rows;
    l->population = ARENA_NEW(a, layout_population, l->npopulations);
    for (uint32_t i = 0; i < l->npopulations; i++) {
        l->population[i] =
            (layout_population){field_text(m, HOST_POPULATIONS, i, "name"), field32(m, HOST_POPULATIONS, i, "first"),
                                field32(m, HOST_POPULATIONS, i, "size"), field(m, HOST_POPULATIONS, i, "source") != 0};
        if (!plain(l->population[i].name))
            return bad(d, "a population has no proper name");
        if (l->population[i].first != next)
            return bad(d, "populations do not follow one another");
        next += l->population[i].size;
    }
    return next == l->neurons || bad(d, "the number of neurons is not the sum of the populations");
}

static bool image_projections(const hmn_image *m, layout *l, hmn_arena *a, hmn_diag *d)
{
    l->nprojections = (uint32_t)image_host(m, HOST_PROJECTIONS).rows;
    l->projection = ARENA_NEW(a, layout_projection, l->nprojections);
    for (uint32_t i = 0; i < l->nprojections; i++) {
        layout_projection *p = &l->projection[i];
        *p = (layout_projection){field_text(m, HOST_PROJECTIONS, i, "name"), field32(m, HOST_PROJECTIONS, i, "pre"),
                                 field32(m, HOST_PROJECTIONS, i, "post"),
                                 (uint64_t)field(m, HOST_PROJECTIONS, i, "synapses"),
                                 field(m, HOST_PROJECTIONS, i, "plastic") != 0};
        if (!plain(p->name))
            return bad(d, "a projection has no proper name");
        if (p->pre >= l->npopulations || p->post >= l->npopulations)
            return bad(d, "a projection joins populations that are not there");
    }
    return true;
}

static uint32_t targets_of(const layout *l, net_record record)
{
    switch (record) {
    case PROBE_WEIGHT:
    case PROBE_TRACE: return l->nprojections;
    case PROBE_MODULATOR: return l->nmodulators;
    case PROBE_SPIKES:
    case PROBE_V:
    case PROBE_U: return l->npopulations;
    }
    return 0;
}

static bool same_probe(const layout_probe *a, const layout_probe *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->variable, b->variable) == 0;
}

/* Rows of the same probe and variable follow one another and become one probe with several targets. */
static bool image_probes(const hmn_image *m, layout *l, hmn_arena *a, hmn_diag *d)
{
    uint32_t rows = (uint32_t)image_host(m, HOST_PROBES).rows;
    uint32_t *target = ARENA_NEW(a, uint32_t, rows);
    l->probe = ARENA_NEW(a, layout_probe, rows);
    for (uint32_t i = 0; i < rows; i++) {
        int64_t record = field(m, HOST_PROBES, i, "record");
        target[i] = field32(m, HOST_PROBES, i, "target");
        if (record > PROBE_MODULATOR || target[i] >= targets_of(l, (net_record)record))
            return bad(d, "a probe records something that is not there");
        layout_probe p = {field_text(m, HOST_PROBES, i, "name"),
                          field_text(m, HOST_PROBES, i, "variable"),
                          (net_record)record,
                          &target[i],
                          1,
                          field32(m, HOST_PROBES, i, "every"),
                          field32(m, HOST_PROBES, i, "sample"),
                          {0}};
        if (!plain(p.name) || p.every == 0)
            return bad(d, "a probe has no proper name or interval");
        layout_probe *last = l->nprobes ? &l->probe[l->nprobes - 1] : NULL;
        if (last && same_probe(last, &p))
            last->ntargets++;
        else
            l->probe[l->nprobes++] = p;
    }
    return true;
}

const layout *layout_of_image(const hmn_image *m, hmn_arena *a, hmn_diag *d)
{
    layout *l = ARENA_NEW(a, layout, 1);
    if (image_host(m, HOST_NETWORK).rows != 1) {
        bad(d, "there is no row about the network");
        return NULL;
    }
    l->name = field_text(m, HOST_NETWORK, 0, "name");
    l->dt = 1e-6 * (double)field(m, HOST_NETWORK, 0, "dt_ns");
    l->seed = image_seed(m);
    l->neurons = field32(m, HOST_NETWORK, 0, "neurons");
    l->duration = field32(m, HOST_NETWORK, 0, "duration");
    l->synapses = (uint64_t)field(m, HOST_NETWORK, 0, "synapses");
    l->nmodulators = (uint32_t)image_host(m, HOST_MODULATORS).rows;
    l->signal = ARENA_NEW(a, const char *, l->nmodulators);
    for (uint32_t i = 0; i < l->nmodulators; i++)
        l->signal[i] = field_text(m, HOST_MODULATORS, i, "signal");
    if (!image_populations(m, l, a, d) || !image_projections(m, l, a, d) || !image_probes(m, l, a, d))
        return NULL;
    return l;
}

/* ---- from a graph ---- */

static void graph_probes(const hmn_net *net, layout *l, hmn_arena *a)
{
    l->nprobes = net->nprobes;
    l->probe = ARENA_NEW(a, layout_probe, net->nprobes);
    for (uint32_t i = 0; i < net->nprobes; i++) {
        const net_probe *p = &net->probe[i];
        uint32_t *target = ARENA_NEW(a, uint32_t, p->ntargets);
        for (uint32_t k = 0; k < p->ntargets; k++)
            target[k] = p->target[k].i;
        l->probe[i] = (layout_probe){p->name.s,   p->variable.s,           p->record, target,
                                     p->ntargets, p->every ? p->every : 1, p->sample, p->variable.at};
    }
}

const layout *layout_of_graph(const hmn_graph *g, hmn_arena *a)
{
    layout *l = ARENA_NEW(a, layout, 1);
    *l = (layout){.name = g->net->name.s ? g->net->name.s : "",
                  .dt = g->dt,
                  .seed = g->seed,
                  .neurons = g->nneurons,
                  .duration = (uint32_t)llround(g->net->duration.v / g->dt),
                  .synapses = g->nsynapses,
                  .npopulations = g->npopulations,
                  .nprojections = g->nprojections,
                  .nmodulators = g->net->nmodulators};
    l->population = ARENA_NEW(a, layout_population, l->npopulations);
    for (uint32_t i = 0; i < l->npopulations; i++) {
        const graph_population *p = &g->population[i];
        l->population[i] = (layout_population){p->name, p->first, p->size, p->source};
    }
    l->projection = ARENA_NEW(a, layout_projection, l->nprojections);
    for (uint32_t i = 0; i < l->nprojections; i++) {
        const graph_projection *p = &g->projection[i];
        l->projection[i] = (layout_projection){p->name, p->pre, p->post, p->nsynapses, p->rule != NET_NONE};
    }
    l->signal = ARENA_NEW(a, const char *, l->nmodulators);
    for (uint32_t i = 0; i < l->nmodulators; i++)
        l->signal[i] = g->net->modulator[i].signal.s ? g->net->modulator[i].signal.s : "";
    graph_probes(g->net, l, a);
    return l;
}

uint32_t layout_population_of(const layout *l, uint32_t neuron)
{
    uint32_t low = 0, high = l->npopulations;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (l->population[middle].first <= neuron)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint32_t layout_find_population(const layout *l, const char *name)
{
    for (uint32_t i = 0; i < l->npopulations; i++)
        if (strcmp(l->population[i].name, name) == 0)
            return i;
    return NET_NONE;
}
