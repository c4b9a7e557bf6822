/* From tables to memory. Takes an image, yields a machine ready for step 0. Every index in the host tables is
 * checked here and every core's tables are checked by the chip, so that stepping can trust them. */
#include "core/machine/boot.h"
#include "core/machine/managers.h"

#include "core/base/bug.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool bad(hmn_diag *d, const char *what)
{
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's %s", what);
    diag_cure(d, "compile the network again with hmn compile");
    return false;
}

static const uint32_t *column_u32(hmn_arena *a, image_rows r, uint32_t column)
{
    uint32_t *v = ARENA_NEW(a, uint32_t, r.rows);
    for (uint64_t i = 0; i < r.rows; i++)
        v[i] = (uint32_t)image_get(r, i, column);
    return v;
}

static bool boot_populations(hmn_machine *m, hmn_diag *d)
{
    image_rows network = image_host(m->image, HOST_NETWORK), r = image_host(m->image, HOST_POPULATIONS);
    image_rows neurons = image_host(m->image, HOST_NEURONS);
    if (network.rows != 1)
        return bad(d, "network table has not one row");
    m->nneurons = (uint32_t)image_get(network, 0, 1);
    m->npopulations = (uint32_t)r.rows;
    if (neurons.rows != m->nneurons)
        return bad(d, "neuron table has another length than the network");
    m->population_first = column_u32(m->arena, r, 1);
    m->population_size = column_u32(m->arena, r, 2);
    uint8_t *is_source = ARENA_NEW(m->arena, uint8_t, m->nneurons);
    m->is_source = is_source;
    uint64_t next = 0;
    for (uint32_t p = 0; p < m->npopulations; p++) {
        if (m->population_first[p] != next || m->population_size[p] > m->nneurons - next)
            return bad(d, "populations do not cover the neurons in order");
        if (image_get(r, p, 4))
            memset(is_source + next, 1, m->population_size[p]);
        next += m->population_size[p];
    }
    if (next != m->nneurons)
        return bad(d, "populations do not cover the neurons");
    m->neuron_core = column_u32(m->arena, neurons, 0);
    m->neuron_compartment = column_u32(m->arena, neurons, 1);
    m->mark = ARENA_NEW(m->arena, uint64_t, m->nneurons / 64 + 1);
    m->list = ARENA_NEW(m->arena, uint32_t, m->nneurons);
    return true;
}

static void *zeroed(size_t bytes)
{
    void *block = NULL;
    size_t size = (bytes + 63) / 64 * 64;
    if (posix_memalign(&block, 64, size ? size : 64) != 0)
        HMN_BUG("out of memory: %zu bytes for a core", size);
    return memset(block, 0, size ? size : 64);
}

static bool boot_core(hmn_machine *m, uint32_t i, hmn_diag *d)
{
    hmn_core_view view = {m->image, m->chip, i, m->seed};
    machine_core *c = &m->core[i];
    if (!m->chip->check(&view, d))
        return false;
    c->size = m->chip->size(&view);
    c->rom = zeroed(c->size.rom);
    c->state = zeroed(c->size.state);
    m->chip->boot(&view, c->rom, c->state);
    c->inbox_words = (c->size.axons + 63) / 64;
    c->inbox = ARENA_NEW(m->arena, uint64_t, c->inbox_words);
    c->payload = ARENA_NEW(m->arena, int32_t, c->size.axons);
    c->event = ARENA_NEW(m->arena, hmn_event, c->size.axons);
    c->heard = ARENA_NEW(m->arena, int32_t, c->size.registers);
    c->port.fired = ARENA_NEW(m->arena, uint32_t, c->size.compartments);
    c->port.payload = ARENA_NEW(m->arena, int32_t, c->size.compartments);
    c->port.out = ARENA_NEW(m->arena, hmn_packet, c->size.max_packets);
    c->port.count = &c->counters;
    m->learns |= c->size.learns;
    return true;
}

/* Which neuron each compartment is, from the neuron table. */
static bool boot_placement(hmn_machine *m, hmn_diag *d)
{
    uint32_t **neuron = ARENA_NEW(m->arena, uint32_t *, m->ncores);
    for (uint32_t i = 0; i < m->ncores; i++) {
        neuron[i] = ARENA_NEW(m->arena, uint32_t, m->core[i].size.compartments);
        memset(neuron[i], 0xFF, sizeof(uint32_t) * m->core[i].size.compartments);
        m->core[i].neuron = neuron[i];
    }
    for (uint32_t n = 0; n < m->nneurons; n++) {
        uint32_t core = m->neuron_core[n], at = m->neuron_compartment[n];
        if (m->is_source[n] && core == UINT32_MAX)
            continue;
        if (core >= m->ncores || at >= m->core[core].size.compartments || neuron[core][at] != UINT32_MAX)
            return bad(d, "neuron table places a neuron nowhere or two in one place");
        neuron[core][at] = n;
    }
    for (uint32_t i = 0; i < m->ncores; i++)
        for (uint32_t k = 0; k < m->core[i].size.compartments; k++)
            if (neuron[i][k] == UINT32_MAX && !m->core[i].size.relay && !m->core[i].size.manager)
                return bad(d, "neuron table leaves a compartment without a neuron");
    return true;
}

static bool boot_axons(hmn_machine *m, hmn_diag *d)
{
    image_rows r = image_host(m->image, HOST_AXONS);
    uint64_t at = 0;
    for (uint32_t i = 0; i < m->ncores; i++) {
        uint32_t *source = ARENA_NEW(m->arena, uint32_t, m->core[i].size.axons);
        for (uint32_t k = 0; k < m->core[i].size.axons; k++, at++) {
            if (at >= r.rows || image_get(r, at, 0) != i || image_get(r, at, 1) >= m->nneurons)
                return bad(d, "axon table does not match the cores' axons");
            source[k] = (uint32_t)image_get(r, at, 1);
        }
        m->core[i].axon_source = source;
    }
    return at == r.rows || bad(d, "axon table is longer than the cores' axons");
}

static uint32_t line_of(const hmn_machine *m, uint32_t core, uint32_t axon, uint32_t atom)
{
    if (m->chip->line)
        return m->chip->line(m->core[core].rom, axon, atom);
    return atom ? UINT32_MAX : axon;
}

/* Routes of source neurons as CSR; those of neurons are in the cores' own tables. */
static bool boot_routes(hmn_machine *m, hmn_diag *d)
{
    image_rows r = image_host(m->image, HOST_ROUTES);
    uint32_t *row = ARENA_NEW(m->arena, uint32_t, (size_t)m->nneurons + 1);
    if (r.rows > UINT32_MAX)
        return bad(d, "route table is too long");
    uint32_t *line = ARENA_NEW(m->arena, uint32_t, r.rows);
    int64_t before = 0;
    for (uint64_t i = 0; i < r.rows; i++) {
        int64_t source = image_get(r, i, 0), core = image_get(r, i, 1);
        if (source < before || source >= m->nneurons || core >= m->ncores)
            return bad(d, "route table is not in order or leads nowhere");
        line[i] = line_of(m, (uint32_t)core, (uint32_t)image_get(r, i, 2), (uint32_t)image_get(r, i, 3));
        if (line[i] >= m->core[core].size.axons)
            return bad(d, "route table is not in order or leads nowhere");
        before = source;
        row[source + 1]++;
    }
    for (uint32_t n = 0; n < m->nneurons; n++)
        row[n + 1] += row[n];
    m->route_row = row;
    m->route_core = column_u32(m->arena, r, 1);
    m->route_axon = line;
    return true;
}

/* Who receives the packets of whom. Every arrival is checked, so that exchange can trust it. */
static bool boot_wires(hmn_machine *m, hmn_diag *d)
{
    if (!m->chip->wire)
        return true;
    const hmn_wires *w = &m->wires;
    if (!m->chip->wire(m->image, m->chip, m->arena, &m->wires, d))
        return false;
    m->wired = true;
    for (uint32_t i = 0; i < m->ncores; i++)
        if (w->first[i + 1] - w->first[i] != m->core[i].size.compartments)
            return bad(d, "routing tables know another number of neurons than the cores have");
    for (uint32_t k = 0; k < w->row[w->first[m->ncores]]; k++)
        if (w->core[k] >= m->ncores ||
            w->axon[k] >= m->core[w->core[k]].size.axons + m->core[w->core[k]].size.registers)
            return bad(d, "routing tables lead to an axon that is not there");
    return true;
}

static bool boot_spikes(hmn_machine *m, hmn_diag *d)
{
    machine_sources *s = &m->source;
    image_rows r = image_host(m->image, HOST_SPIKES), p = image_host(m->image, HOST_POISSON);
    s->spike_step = column_u32(m->arena, r, 0);
    s->spike_neuron = column_u32(m->arena, r, 1);
    s->nspikes = r.rows;
    for (uint64_t i = 0; i < r.rows; i++)
        if (s->spike_neuron[i] >= m->nneurons || !m->is_source[s->spike_neuron[i]] ||
            (i && s->spike_step[i] < s->spike_step[i - 1]))
            return bad(d, "spike table is not in order or names no source");
    machine_poisson *poisson = ARENA_NEW(m->arena, machine_poisson, p.rows);
    for (uint64_t i = 0; i < p.rows; i++) {
        poisson[i] =
            (machine_poisson){(uint32_t)image_get(p, i, 0), (uint32_t)image_get(p, i, 1), (uint32_t)image_get(p, i, 2),
                              (uint32_t)image_get(p, i, 3), (uint32_t)image_get(p, i, 4), (uint32_t)image_get(p, i, 5)};
        if (poisson[i].neuron >= m->nneurons || !m->is_source[poisson[i].neuron])
            return bad(d, "Poisson table names no source");
    }
    s->poisson = poisson;
    s->npoisson = (uint32_t)p.rows;
    s->active = ARENA_NEW(m->arena, uint32_t, p.rows);
    s->mark = ARENA_NEW(m->arena, uint64_t, m->nneurons / 64 + 1);
    s->fired = ARENA_NEW(m->arena, uint32_t, m->nneurons);
    s->injected = ARENA_NEW(m->arena, uint32_t, m->nneurons);
    return true;
}

static bool boot_currents(hmn_machine *m, hmn_diag *d)
{
    image_rows r = image_host(m->image, HOST_CURRENTS);
    machine_current *current = ARENA_NEW(m->arena, machine_current, r.rows);
    uint32_t *room = ARENA_NEW(m->arena, uint32_t, m->ncores);
    for (uint64_t i = 0; i < r.rows; i++) {
        int64_t n = image_get(r, i, 0);
        if (n >= m->nneurons || m->is_source[n])
            return bad(d, "current table names no neuron");
        current[i] = (machine_current){m->neuron_core[n], m->neuron_compartment[n], (uint32_t)image_get(r, i, 2),
                                       (uint32_t)image_get(r, i, 3), (int32_t)image_get(r, i, 1)};
        room[current[i].core]++;
    }
    for (uint32_t i = 0; i < m->ncores; i++)
        m->core[i].drive = ARENA_NEW(m->arena, hmn_drive, room[i]);
    m->source.current = current;
    m->source.ncurrents = (uint32_t)r.rows;
    return true;
}

bool boot_all(hmn_machine *m, hmn_diag *d)
{
    if (strcmp(image_chip(m->image), m->chip->name) != 0) {
        diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image is for chip '%s', not '%s'", image_chip(m->image),
                    m->chip->name);
        return false;
    }
    if (!image_check_tables(m->image, m->chip->tables, m->chip->ntables, d) || !boot_populations(m, d))
        return false;
    uint32_t ncores = image_cores(m->image);
    m->core = ARENA_NEW(m->arena, machine_core, ncores);
    for (; m->ncores < ncores; m->ncores++)
        if (!boot_core(m, m->ncores, d)) {
            m->ncores++; /* its blocks, if any, are freed with the rest */
            return false;
        }
    return boot_placement(m, d) && boot_axons(m, d) && boot_routes(m, d) && boot_wires(m, d) && boot_spikes(m, d) &&
           boot_currents(m, d) && managers_boot(m, d) && biases_boot(m, d);
}
