/* A chip of a few numbers for tests of the passes that need one, and networks built by hand. Its cores hold
 * compartments, axons, synapses of one word each, neuron profiles (distinct values of the column "bias"), delay
 * cells, a synapse format for each projection, and a learning profile of ten words for each that learns. Whatever is
 * lowered can be read back. */
#ifndef HMN_TESTS_COMPILER_FAKE_CHIP_H
#define HMN_TESTS_COMPILER_FAKE_CHIP_H

#include "compiler/unit.h"
#include "core/base/bug.h"

#include <string.h>

enum { FAKE_NEURON, FAKE_SYNAPSE, FAKE_TABLES };

static const hmn_column fake_neuron[] = {{"bias", 16, true, ""}};
static const hmn_column fake_synapse[] = {{"axon", 16, false, ""},
                                          {"compartment", 16, false, ""},
                                          {"projection", 16, false, ""},
                                          {"weight", 16, true, ""},
                                          {"delay", 8, false, ""}};
static const hmn_table fake_tables[FAKE_TABLES] = {{"neuron", "", fake_neuron, 1, true},
                                                   {"synapse", "", fake_synapse, 5, true}};

static bool fake_inside(const hmn_slice *s, uint32_t n, uint32_t population, uint32_t neuron)
{
    for (uint32_t i = 0; i < n; i++)
        if (s[i].population == population && neuron >= s[i].first && neuron - s[i].first < s[i].count)
            return true;
    return false;
}

static uint32_t fake_profiles(const hmn_qnet *q, const hmn_slice *s, uint32_t n)
{
    int32_t seen[64];
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = s[i].first; k < s[i].first + s[i].count; k++) {
            qnet_column c = q->population[s[i].population].column[0];
            int32_t v = c.v ? c.v[(size_t)k * c.stride] : 0;
            uint32_t j = 0;
            while (j < count && seen[j] != v)
                j++;
            if (j == count && count < 64)
                seen[count++] = v;
        }
    return count;
}

/* Does the projection have a synapse onto the slices? */
static bool fake_touches(const hmn_qnet *q, const graph_projection *p, const hmn_slice *s, uint32_t n)
{
    for (uint32_t e = 0; e < p->row[q->graph->population[p->pre].size]; e++)
        if (fake_inside(s, n, p->post, p->target[e]))
            return true;
    return false;
}

static void fake_usage(const hmn_qnet *q, const hmn_slice *s, uint32_t n, hmn_usage *out)
{
    const hmn_graph *g = q->graph;
    for (uint32_t i = 0; i < n; i++)
        out->compartments += s[i].count;
    for (uint32_t pop = 0; pop < g->npopulations; pop++)
        for (uint32_t i = 0; i < g->population[pop].size; i++) {
            uint64_t before = out->synapse_words;
            for (uint32_t k = 0; k < g->nprojections; k++) {
                const graph_projection *p = &g->projection[k];
                for (uint32_t e = p->pre == pop ? p->row[i] : 1; p->pre == pop && e < p->row[i + 1]; e++)
                    if (fake_inside(s, n, p->post, p->target[e])) {
                        out->synapse_words++;
                        out->max_delay = p->delay[e] > out->max_delay ? p->delay[e] : out->max_delay;
                    }
            }
            out->in_axons += out->synapse_words > before;
        }
    out->delay_cells = out->max_delay * out->compartments;
    out->neuron_profiles = fake_profiles(q, s, n);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        bool here = fake_touches(q, &g->projection[k], s, n);
        out->synapse_formats += here;
        out->learning_profiles += here && g->projection[k].rule != NET_NONE;
    }
    out->learning_words = 10 * out->learning_profiles;
}

static bool fake_lower(const hmn_mapping *m, uint32_t core, image_writer *w, hmn_arena *scratch, hmn_diag *d)
{
    (void)scratch, (void)d;
    const hmn_graph *g = m->qnet->graph;
    for (uint32_t s = m->core_first_slice[core]; s < m->core_first_slice[core + 1]; s++)
        for (uint32_t i = 0; i < m->slice[s].count; i++) {
            qnet_column c = m->qnet->population[m->slice[s].population].column[0];
            image_add(w, fake_tables, FAKE_NEURON, core,
                      (int64_t[]){c.v ? c.v[(size_t)(m->slice[s].first + i) * c.stride] : 0});
        }
    for (uint32_t a = m->axon_row[core]; a < m->axon_row[core + 1]; a++) {
        uint32_t n = m->axon_source[a], pop = graph_population_of(g, n), i = n - g->population[pop].first;
        for (uint32_t k = 0; k < g->nprojections; k++) {
            const graph_projection *p = &g->projection[k];
            const qnet_projection *q = &m->qnet->projection[k];
            for (uint32_t e = p->pre == pop ? p->row[i] : 1; p->pre == pop && e < p->row[i + 1]; e++) {
                uint32_t post = g->population[p->post].first + p->target[e];
                int64_t row[] = {a - m->axon_row[core], m->neuron_local[post], k, q->weight[e], q->delay[e]};
                if (m->neuron_core[post] == core)
                    HMN_ASSERT(image_add(w, fake_tables, FAKE_SYNAPSE, core, row) == 5);
            }
        }
    }
    return true;
}

static bool fake_check(const hmn_core_view *v, hmn_diag *d)
{
    if (image_section(v->image, fake_tables, FAKE_NEURON, v->core).rows <= v->chip->limits->compartments)
        return true;
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0, 0, 0, 0}, "too many compartments");
    return false;
}

static hmn_core_size fake_size(const hmn_core_view *v)
{
    (void)v;
    return (hmn_core_size){.rom = sizeof(image_rows), .state = 1};
}

static void fake_boot(const hmn_core_view *v, void *rom, void *state)
{
    (void)state;
    *(image_rows *)rom = image_section(v->image, fake_tables, FAKE_SYNAPSE, v->core);
}

static uint64_t fake_synapses(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room)
{
    (void)state;
    const image_rows *r = rom;
    uint64_t n = 0;
    for (; n < room && first + n < r->rows; n++)
        out[n] = (hmn_synapse){.axon = (uint32_t)image_get(*r, first + n, 0),
                               .compartment = (uint32_t)image_get(*r, first + n, 1),
                               .projection = (uint32_t)image_get(*r, first + n, 2),
                               .weight = (int32_t)image_get(*r, first + n, 3),
                               .delay = (int32_t)image_get(*r, first + n, 4)};
    return n;
}

static inline hmn_chip fake_chip(const hmn_limits *limits)
{
    return (hmn_chip){.name = "fake",
                      .summary = "for tests",
                      .limits = limits,
                      .tables = fake_tables,
                      .ntables = FAKE_TABLES,
                      .neuron_table = FAKE_NEURON,
                      .usage = fake_usage,
                      .lower = fake_lower,
                      .check = fake_check,
                      .size = fake_size,
                      .boot = fake_boot,
                      .synapses = fake_synapses};
}

/* ---- networks by hand ---- */

enum { FAKE_MAX = 32 };

typedef struct {
    hmn_arena *arena;
    hmn_net net;
    hmn_graph graph;
    hmn_qnet qnet;
    graph_population population[FAKE_MAX];
    graph_projection projection[FAKE_MAX];
    qnet_population qpopulation[FAKE_MAX];
    qnet_projection qprojection[FAKE_MAX];
    hmn_limits limits;
    hmn_chip chip;
    hmn_unit unit;
} fake_net;

static inline fake_net *fake_begin(hmn_limits limits)
{
    hmn_arena *a = arena_new(0);
    fake_net *f = ARENA_NEW(a, fake_net, 1);
    f->arena = a;
    f->limits = limits;
    f->chip = fake_chip(&f->limits);
    f->net.name.s = "fake";
    f->net.dt = 1;
    f->graph = (hmn_graph){
        .net = &f->net, .dt = 1, .seed = 1, .population = f->population, .projection = f->projection, .max_delay = 1};
    f->qnet = (hmn_qnet){.graph = &f->graph, .population = f->qpopulation, .projection = f->qprojection};
    f->unit = (hmn_unit){
        .chip = &f->chip, .arena = a, .diag = diag_new(), .graph = &f->graph, .qnet = &f->qnet, .net = &f->net};
    return f;
}

static inline uint32_t fake_population(fake_net *f, const char *name, uint32_t size, bool source)
{
    uint32_t k = f->graph.npopulations++;
    HMN_ASSERT(k < FAKE_MAX);
    f->population[k] = (graph_population){.name = name,
                                          .at = {0, k + 1, 1, 1},
                                          .first = f->graph.nneurons,
                                          .size = size,
                                          .model = source ? MODEL_SOURCE : MODEL_LOIHI_LIF,
                                          .source = source};
    f->qpopulation[k] = (qnet_population){.v_lsb = 1, .u_lsb = 1};
    f->graph.nneurons += size;
    return k;
}

/* Every `stride`-th pair (pre + post) % stride == 0 is joined; weight = a function of both ends. */
static inline uint32_t fake_projection(fake_net *f, const char *name, uint32_t pre, uint32_t post, uint32_t stride,
                                       uint16_t delay)
{
    uint32_t k = f->graph.nprojections++, npre = f->population[pre].size, npost = f->population[post].size, n = 0;
    HMN_ASSERT(k < FAKE_MAX);
    uint32_t *row = ARENA_NEW(f->arena, uint32_t, npre + 1), *target = ARENA_NEW(f->arena, uint32_t, npre * npost);
    double *weight = ARENA_NEW(f->arena, double, npre *npost);
    uint16_t *delays = ARENA_NEW(f->arena, uint16_t, npre * npost);
    int32_t *qweight = ARENA_NEW(f->arena, int32_t, npre * npost);
    uint16_t *qdelay = ARENA_NEW(f->arena, uint16_t, npre * npost);
    for (uint32_t i = 0; i < npre; i++) {
        for (uint32_t j = 0; j < npost; j++)
            if ((i + j) % stride == 0) {
                target[n] = j;
                qweight[n] = (int32_t)(1 + (i * 7 + j * 3) % 100);
                weight[n] = qweight[n];
                delays[n] = delay;
                qdelay[n++] = (uint16_t)(delay - 1);
            }
        row[i + 1] = n;
    }
    f->projection[k] = (graph_projection){.name = name,
                                          .at = {0, 100 + k, 1, 1},
                                          .pre = pre,
                                          .post = post,
                                          .receptor = RECEPTOR_EXCITATORY,
                                          .rule = NET_NONE,
                                          .nsynapses = n,
                                          .row = row,
                                          .target = target,
                                          .weight = weight,
                                          .delay = delays};
    f->qprojection[k] = (qnet_projection){.weight = qweight, .delay = qdelay, .rule = NET_NONE, .w_lsb = 1};
    f->graph.nsynapses += n;
    f->graph.max_delay = delay > f->graph.max_delay ? delay : f->graph.max_delay;
    return k;
}

/* Gives a projection rule 0, as written and as lowered. */
static inline void fake_learns(fake_net *f, uint32_t projection)
{
    f->projection[projection].rule = f->qprojection[projection].rule = 0;
}

static inline void fake_end(fake_net *f)
{
    hmn_arena *a = f->arena;
    diag_free(f->unit.diag);
    arena_free(a);
}

#endif
