/* A toy chip: what the smallest back-end looks like. Takes a network of IF_curr_delta neurons without leak or delay,
 * yields four tables a core and steps them: v += whole millivolts, a spike where v exceeds the threshold, then 0.
 * To make it a target of hmn: its own folder in backends/ and one X(toy) in backends/registry.c. */
#include "core/base/bug.h"
#include "core/chip.h"

#include <math.h>
#include <string.h>

enum { TOY_NEURONS, TOY_SYNAPSES, TOY_ROUTES, TOY_CORE, TOY_TABLES };
static const hmn_column toy_neuron[] = {{"threshold", 16, false, "[mV] above rest"}};
static const hmn_column toy_synapse[] = {
    {"axon", 8, false, ""}, {"neuron", 8, false, ""}, {"weight", 16, true, "[mV]"}, {"projection", 8, false, ""}};
static const hmn_column toy_route[] = {{"neuron", 8, false, ""}, {"core", 8, false, ""}, {"axon", 8, false, ""}};
static const hmn_column toy_core[] = {{"axons", 8, false, "input axons"}};
static const hmn_table toy_tables[TOY_TABLES] = {{"neurons", "", toy_neuron, 1, true},
                                                 {"synapses", "", toy_synapse, 4, true},
                                                 {"routes", "", toy_route, 3, true},
                                                 {"core", "", toy_core, 1, true}};
static const hmn_limits toy_limits = {.compartments = 16,
                                      .in_axons = 200,
                                      .cores_per_chip = 16,
                                      .chips = 1,
                                      .mesh_width = 4,
                                      .mesh_height = 4,
                                      .cores_per_tile = 1,
                                      .max_delay = 1};

static bool toy_quantise(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d)
{
    out->graph = g;
    out->population = ARENA_NEW(a, qnet_population, g->npopulations);
    out->projection = ARENA_NEW(a, qnet_projection, g->nprojections);
    for (uint32_t p = 0; p < g->npopulations; p++) {
        const graph_population *from = &g->population[p];
        int32_t *threshold = ARENA_NEW(a, int32_t, 1);
        if (!from->source && from->model != MODEL_CURR_DELTA)
            diag_report(d, DIAG_FIT_MODEL, from->at, "population '%s': toy runs IF_curr_delta only", from->name);
        threshold[0] = (int32_t)(graph_at(from->param[NP_V_THRESH], 0) - graph_at(from->param[NP_V_REST], 0));
        out->population[p].column[0] = (qnet_column){threshold, 0};
        out->population[p].v_lsb = out->population[p].u_lsb = 1;
    }
    for (uint32_t j = 0; j < g->nprojections; j++) {
        int32_t *w = ARENA_NEW(a, int32_t, g->projection[j].nsynapses);
        for (uint64_t e = 0; e < g->projection[j].nsynapses; e++)
            w[e] = (int32_t)lround(g->projection[j].weight[e]);
        out->projection[j] = (qnet_projection){.weight = w, .rule = NET_NONE, .w_lsb = 1, .sign = SIGN_MIXED};
        out->projection[j].delay = ARENA_NEW(a, uint16_t, g->projection[j].nsynapses);
    }
    return diag_errors(d) == 0;
}

static void toy_usage(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_usage *out)
{
    (void)q;
    *out = (hmn_usage){.max_delay = 1};
    for (uint32_t s = 0; s < nslices; s++)
        out->compartments += slice[s].count;
}

static void toy_axon(const hmn_mapping *m, const hmn_slice *s, uint32_t axon, uint32_t source, image_writer *out)
{
    const hmn_graph *g = m->qnet->graph;
    uint32_t p = graph_population_of(g, source), i = source - g->population[p].first;
    for (uint32_t j = 0; j < g->nprojections; j++) {
        const graph_projection *r = &g->projection[j];
        for (uint32_t e = r->row[i]; r->pre == p && r->post == s->population && e < r->row[i + 1]; e++)
            if (r->target[e] >= s->first && r->target[e] < s->first + s->count)
                image_add(out, toy_tables, TOY_SYNAPSES, s->core,
                          (int64_t[]){axon, s->base + r->target[e] - s->first, m->qnet->projection[j].weight[e], j});
    }
}

static bool toy_lower(const hmn_mapping *m, uint32_t core, image_writer *out, hmn_arena *scratch, hmn_diag *d)
{
    (void)scratch;
    for (uint32_t k = m->core_first_slice[core]; k < m->core_first_slice[core + 1]; k++) {
        const hmn_slice *s = &m->slice[k];
        for (uint32_t i = 0; i < s->count; i++) {
            uint32_t neuron = m->qnet->graph->population[s->population].first + s->first + i;
            image_add(out, toy_tables, TOY_NEURONS, core,
                      (int64_t[]){qnet_at(m->qnet->population[s->population].column[0], i)});
            for (uint32_t o = m->out_row[neuron]; o < m->out_row[neuron + 1]; o++)
                image_add(out, toy_tables, TOY_ROUTES, core, (int64_t[]){s->base + i, m->out_core[o], m->out_axon[o]});
        }
        for (uint32_t a = m->axon_row[core]; a < m->axon_row[core + 1]; a++)
            toy_axon(m, s, a - m->axon_row[core], m->axon_source[a], out);
    }
    image_add(out, toy_tables, TOY_CORE, core, (int64_t[]){m->axon_row[core + 1] - m->axon_row[core]});
    return diag_errors(d) == 0;
}

static bool toy_check(const hmn_core_view *v, hmn_diag *d)
{
    bool ok = image_section(v->image, toy_tables, TOY_CORE, v->core).rows == 1;
    if (!ok)
        diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "core %u has no row of its own", v->core);
    return ok;
}

/* rom: the tables as they are; state: v and input of 16 neurons. */
typedef struct {
    image_rows rows[TOY_TABLES];
} toy_rom;

typedef struct {
    int32_t v[16], input[16];
} toy_state;

static hmn_core_size toy_size(const hmn_core_view *v)
{
    image_rows r[TOY_TABLES];
    for (uint32_t t = 0; t < TOY_TABLES; t++)
        r[t] = image_section(v->image, toy_tables, t, v->core);
    return (hmn_core_size){.rom = sizeof(toy_rom),
                           .state = sizeof(toy_state),
                           .compartments = (uint32_t)r[TOY_NEURONS].rows,
                           .axons = (uint32_t)image_get(r[TOY_CORE], 0, 0),
                           .max_packets = (uint32_t)r[TOY_ROUTES].rows};
}

static void toy_boot(const hmn_core_view *v, void *rom, void *state)
{
    for (uint32_t t = 0; t < TOY_TABLES; t++)
        ((toy_rom *)rom)->rows[t] = image_section(v->image, toy_tables, t, v->core);
    memset(state, 0, sizeof(toy_state));
}

static void toy_deliver(const toy_rom *r, toy_state *s, hmn_port *port)
{
    for (uint32_t i = 0; i < port->nin; i++)
        for (uint64_t e = 0; e < r->rows[TOY_SYNAPSES].rows; e++)
            if (image_get(r->rows[TOY_SYNAPSES], e, 0) == port->in[i].axon)
                s->input[image_get(r->rows[TOY_SYNAPSES], e, 1)] += (int32_t)image_get(r->rows[TOY_SYNAPSES], e, 2);
}

static void toy_update(const toy_rom *r, toy_state *s, hmn_port *port)
{
    port->nfired = 0;
    for (uint32_t i = 0; i < r->rows[TOY_NEURONS].rows; i++) {
        s->v[i] += s->input[i];
        s->input[i] = 0;
        if (s->v[i] > image_get(r->rows[TOY_NEURONS], i, 0)) {
            s->v[i] = 0;
            port->payload[port->nfired] = 1;
            port->fired[port->nfired++] = i;
        }
    }
}

static void toy_send(const toy_rom *r, hmn_port *port)
{
    port->nout = 0;
    for (uint32_t i = 0; i < port->nfired; i++)
        for (uint64_t o = 0; o < r->rows[TOY_ROUTES].rows; o++)
            if (image_get(r->rows[TOY_ROUTES], o, 0) == port->fired[i])
                port->out[port->nout++] = (hmn_packet){(uint32_t)image_get(r->rows[TOY_ROUTES], o, 1),
                                                       (uint32_t)image_get(r->rows[TOY_ROUTES], o, 2), 1, port->fired[i]};
}

static void toy_step(const void *rom, void *state, hmn_phase phase, hmn_port *port)
{
    switch (phase) {
    case PHASE_DELIVER: toy_deliver(rom, state, port); break;
    case PHASE_UPDATE: toy_update(rom, state, port); break;
    case PHASE_SEND: toy_send(rom, port); break;
    case PHASE_LEARN: break;
    }
}

static int32_t toy_read(const void *rom, const void *state, hmn_variable var, uint32_t index)
{
    (void)rom;
    return var == VAR_V ? ((const toy_state *)state)->v[index] : 0;
}

static uint64_t toy_synapses(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room)
{
    image_rows r = ((const toy_rom *)rom)->rows[TOY_SYNAPSES];
    uint64_t n = 0;
    (void)state;
    for (uint64_t e = first; e < r.rows && n < room; e++)
        out[n++] = (hmn_synapse){.axon = (uint32_t)image_get(r, e, 0),
                                 .compartment = (uint32_t)image_get(r, e, 1),
                                 .projection = (uint32_t)image_get(r, e, 3),
                                 .weight = (int32_t)image_get(r, e, 2)};
    return n;
}

static const hmn_chip hmn_chip_toy = {.name = "toy",
                                      .summary = "sixteen counting neurons a core",
                                      .limits = &toy_limits,
                                      .tables = toy_tables,
                                      .ntables = TOY_TABLES,
                                      .neuron_table = TOY_NEURONS,
                                      .quantise = toy_quantise,
                                      .usage = toy_usage,
                                      .lower = toy_lower,
                                      .check = toy_check,
                                      .size = toy_size,
                                      .boot = toy_boot,
                                      .step = toy_step,
                                      .read = toy_read,
                                      .synapses = toy_synapses};
