/* Keys and routing tables. Takes placed slices and the cores that each must reach, yields a key for every slice (by
 * zones, eq. SK1), a tree of links for each (eq. SR1), and tables short enough for the routers (eq. SC1). Memory that
 * the cores of a chip share is added up here, because only now is it known who shares. */
#include "backends/spinnaker/plan.h"

#include "backends/spinnaker/manage.h"
#include "backends/spinnaker/usage.h"
#include "core/base/bug.h"

static hmn_span somewhere(const hmn_mapping *m)
{
    return m->nslices ? m->qnet->graph->population[m->slice[0].population].at : (hmn_span){0};
}

static uint32_t first_manager(const hmn_mapping *m) { return m->ncores - m->nmanagers; }

/* The slice of a core, or the one that its relay repeats. */
static const hmn_slice *slice_of(const hmn_mapping *m, uint32_t core)
{
    uint32_t s = core < m->nslices ? core : m->relay[core - m->nslices].slice;
    HMN_ASSERT((core < m->nslices ? m->slice[s].core : m->relay[core - m->nslices].core) == core);
    return &m->slice[s];
}

/* Who sends: a population, after all of these its relays, and last managers. */
static uint32_t sender(const hmn_mapping *m, uint32_t core)
{
    if (core >= first_manager(m))
        return 2 * m->qnet->graph->npopulations;
    return slice_of(m, core)->population + (core < m->nslices ? 0 : m->qnet->graph->npopulations);
}

static uint32_t keys_of(const hmn_mapping *m, uint32_t core)
{
    if (core >= first_manager(m))
        return m->qnet->nchannels ? m->qnet->nchannels : 1;
    return slice_of(m, core)->count * (core < m->nslices ? 1 : m->relay[core - m->nslices].stages);
}

static bool allocate_keys(const hmn_mapping *m, spin_plan *p, spin_senders *senders, hmn_arena *a, hmn_diag *d)
{
    uint32_t n = 2 * m->qnet->graph->npopulations + 1;
    spin_key_need *need = ARENA_NEW(a, spin_key_need, n);
    spin_key_zone *zone = ARENA_NEW(a, spin_key_zone, n);
    uint32_t *parts = ARENA_NEW(a, uint32_t, n), *part = ARENA_NEW(a, uint32_t, m->ncores);
    uint32_t *key = ARENA_NEW(a, uint32_t, m->ncores), *mask = ARENA_NEW(a, uint32_t, m->ncores);
    for (uint32_t c = 0; c < m->ncores; c++) {
        uint32_t k = sender(m, c), keys = keys_of(m, c) << SPIN_COLOUR_BITS;
        HMN_ASSERT(c == 0 || sender(m, c - 1) <= k);
        part[c] = parts[k]++;
        need[k].keys = keys > need[k].keys ? keys : need[k].keys;
    }
    for (uint32_t k = 0; k < n; k++)
        need[k].parts = parts[k];
    if (!spin_keys_allocate(need, n, zone, somewhere(m), d))
        return false;
    for (uint32_t c = 0; c < m->ncores; c++) {
        key[c] = spin_part_key(zone[sender(m, c)], part[c]);
        mask[c] = spin_part_mask(zone[sender(m, c)]);
    }
    p->key = key;
    p->mask = mask;
    *senders = (spin_senders){zone, parts, part};
    return true;
}

static spin_traffic traffic(const hmn_mapping *m, hmn_arena *a)
{
    spin_source *source = ARENA_NEW(a, spin_source, m->ncores);
    uint32_t *row = ARENA_NEW(a, uint32_t, m->ncores + 1), *target = NULL;
    size_t cap = 0;
    for (uint32_t c = 0; c < first_manager(m); c++) {
        bool relay = c >= m->nslices;
        uint32_t first = m->qnet->graph->population[slice_of(m, c)->population].first + slice_of(m, c)->first;
        const uint32_t *ends = relay ? m->relay_row + (c - m->nslices) : m->out_row + first;
        uint32_t low = ends[0], n = ends[1] - low;
        source[c] = (spin_source){spin_site_chip(m->site[c]), sender(m, c), keys_of(m, c)};
        target = arena_grow(a, target, sizeof *target, row[c], row[c] + n, &cap);
        for (uint32_t k = 0; k < n; k++)
            target[row[c] + k] = m->site[relay ? m->relay_core[low + k] : m->out_core[low + k]];
        row[c + 1] = row[c] + n;
    }
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        uint32_t c = first_manager(m) + k, low = m->manager_row[k], n = m->manager_row[k + 1] - low;
        source[c] = (spin_source){spin_site_chip(m->site[c]), sender(m, c), keys_of(m, c)};
        target = arena_grow(a, target, sizeof *target, row[c], row[c] + n, &cap);
        for (uint32_t i = 0; i < n; i++)
            target[row[c] + i] = m->site[m->manager_core[low + i]];
        row[c + 1] = row[c] + n;
    }
    return (spin_traffic){m->ncores, source, row, target};
}

/* The memory of a chip is shared by its cores. */
static bool check_memory(const hmn_mapping *m, const spin_machine *machine, hmn_diag *d)
{
    hmn_arena *scratch = arena_new(0);
    uint64_t *bytes = ARENA_NEW(scratch, uint64_t, machine->nchips), limit = m->qnet->chip->limits->shared_bytes;
    uint64_t *most = ARENA_NEW(scratch, uint64_t, machine->nchips);
    uint32_t *worst = ARENA_NEW(scratch, uint32_t, machine->nchips);
    for (uint32_t s = 0; s < m->nslices; s++) {
        hmn_usage u;
        int32_t chip = spin_site_chip(m->site[m->slice[s].core]);
        spin_usage(m->qnet, &m->slice[s], 1, &u);
        bytes[chip] += u.shared_bytes;
        if (u.shared_bytes > most[chip]) {
            most[chip] = u.shared_bytes;
            worst[chip] = m->slice[s].population;
        }
    }
    for (uint32_t k = 0; k < m->nmanagers; k++)
        bytes[spin_site_chip(m->site[first_manager(m) + k])] += spin_manage_bytes(m, k).shared;
    bool ok = true;
    for (uint32_t c = 0; c < machine->nchips; c++) {
        if (bytes[c] <= limit)
            continue;
        const graph_population *p = &m->qnet->graph->population[worst[c]];
        diag_report(
            d, DIAG_FIT_SYNAPSES, p->at,
            "the cores of chip (%d, %d) need %llu bytes of SDRAM, most of it a core of population '%s' with %llu; "
            "a chip has %llu",
            machine->x[c], machine->y[c], (unsigned long long)bytes[c], p->name, (unsigned long long)most[c],
            (unsigned long long)limit);
        diag_cure(d, "raise target.chips, or lower the fan-in");
        ok = false;
    }
    arena_free(scratch);
    return ok;
}

const void *spin_plan_make(const hmn_mapping *m, hmn_arena *a, hmn_diag *d)
{
    spin_plan *p = ARENA_NEW(a, spin_plan, 1);
    p->shape = spin_shape_for(m->qnet->graph->net, a);
    p->machine = spin_machine_new(&p->shape, somewhere(m), a, d);
    spin_senders senders;
    spin_routes routes;
    spin_tables full;
    if (!p->machine || !check_memory(m, p->machine, d) || !spin_manage_fits(m, d) ||
        !allocate_keys(m, p, &senders, a, d))
        return NULL;
    spin_traffic t = traffic(m, a);
    if (!spin_route(p->machine, &t, a, &routes, somewhere(m), d))
        return NULL;
    spin_tables_build(p->machine, &t, &routes, &senders, true, a, &full);
    p->entries = full.row[p->machine->nchips];
    p->links = routes.links;
    return spin_tables_compress(p->machine, &full, a, &p->routers, somewhere(m), d) ? p : NULL;
}
