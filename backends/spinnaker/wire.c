/* Who receives the packets of whom. Takes the image's routing tables and the keys in the cores' parameters, follows the
 * packet of every neuron through the routers as the chip's hardware would, and looks its key up in the population table
 * of each core that it reaches. What is wrong in a table shows as spikes that are lost. */
#include "backends/spinnaker/wire.h"

#include "backends/spinnaker/core.h"
#include "backends/spinnaker/manage.h"
#include "backends/spinnaker/ways.h"

#include "core/base/bug.h"

typedef struct {
    const hmn_image *m;
    const hmn_chip *chip;
    hmn_arena *arena;
    const spin_machine *machine;
    spin_tables tables;
    spin_router *router;
    uint32_t ncores;
    uint32_t *core_at; /* [sites] logical core, UINT32_MAX: none */
    spin_rom *rom;     /* [ncores] */
    uint32_t *arrival_core, *arrival_axon;
    size_t core_cap, axon_cap;
    uint32_t narrivals;
    spin_ways *ways;     /* NULL: not wanted */
    uint32_t *to, *rank; /* of each site of a packet */
    size_t to_cap, rank_cap;
} wirer;

static bool bad(hmn_diag *d, const char *what)
{
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's %s", what);
    diag_cure(d, "compile the network again with hmn compile");
    return false;
}

const spin_machine *spin_read_machine(const hmn_image *m, hmn_arena *a, hmn_diag *d)
{
    image_rows r = image_section(m, spin_core_tables, SPIN_MACHINE, 0);
    if (r.rows != 1) {
        bad(d, "core 0 does not say which machine it is for");
        return NULL;
    }
    spin_shape shape = {.boards = (uint32_t)image_get(r, 0, SPIN_MACHINE_boards),
                        .width = (uint32_t)image_get(r, 0, SPIN_MACHINE_width),
                        .height = (uint32_t)image_get(r, 0, SPIN_MACHINE_height)};
    image_rows f = image_section(m, spin_core_tables, SPIN_FAULTS, 0);
    spin_fault *fault = ARENA_NEW(a, spin_fault, f.rows);
    for (uint64_t i = 0; i < f.rows; i++)
        fault[i] = (spin_fault){.x = (int32_t)image_get(f, i, SPIN_FAULTS_x),
                                .y = (int32_t)image_get(f, i, SPIN_FAULTS_y),
                                .link = (int32_t)image_get(f, i, SPIN_FAULTS_link),
                                .cores = (int32_t)image_get(f, i, SPIN_FAULTS_cores)};
    shape.fault = fault;
    shape.nfaults = (uint32_t)f.rows;
    return spin_machine_new(&shape, (hmn_span){0}, a, d);
}

bool spin_read_routers(const hmn_image *m, const spin_machine *machine, uint32_t most, hmn_arena *a, spin_tables *out,
                       hmn_diag *d)
{
    image_rows r = image_section(m, spin_core_tables, SPIN_ROUTERS, 0);
    uint32_t *row = ARENA_NEW(a, uint32_t, machine->nchips + 1);
    tcam_entry *entry = ARENA_NEW(a, tcam_entry, r.rows);
    uint32_t before = 0;
    for (uint32_t i = 0; i < r.rows; i++) {
        uint32_t chip = (uint32_t)image_get(r, i, SPIN_ROUTERS_chip);
        if (chip < before || chip >= machine->nchips)
            return bad(d, "routing tables are not in order of chips");
        before = chip;
        row[chip + 1]++;
        entry[i] =
            (tcam_entry){(uint32_t)image_get(r, i, SPIN_ROUTERS_key), (uint32_t)image_get(r, i, SPIN_ROUTERS_mask),
                         (uint32_t)image_get(r, i, SPIN_ROUTERS_route), false};
    }
    for (uint32_t c = 0; c < machine->nchips; c++) {
        if (row[c + 1] > most)
            return bad(d, "routing table of a chip has more entries than its router");
        row[c + 1] += row[c];
    }
    *out = (spin_tables){row, entry};
    return true;
}

static bool read_cores(wirer *w, hmn_diag *d)
{
    image_rows sites = image_host(w->m, HOST_SITES);
    uint32_t nsites = w->machine->nchips * SPIN_CORES;
    if (sites.rows != w->ncores)
        return bad(d, "table of sites has another length than there are cores");
    w->core_at = ARENA_NEW(w->arena, uint32_t, nsites);
    w->rom = ARENA_NEW(w->arena, spin_rom, w->ncores);
    for (uint32_t s = 0; s < nsites; s++)
        w->core_at[s] = UINT32_MAX;
    for (uint32_t c = 0; c < w->ncores; c++) {
        uint32_t site = (uint32_t)image_get(sites, c, 0);
        w->rom[c] = spin_decode(&(hmn_core_view){w->m, w->chip, c, 0});
        uint32_t first = w->rom[c].manager ? SPIN_MANAGER_CORE : SPIN_RESERVED;
        if (!spin_usable(w->machine, site, first) || w->core_at[site] != UINT32_MAX ||
            (w->rom[c].manager && spin_site_core(site) != SPIN_MANAGER_CORE))
            return bad(d, "table of sites puts a core where none may be, or two in one place");
        w->core_at[site] = c;
    }
    return true;
}

/* The axon of a core that a key is for, or behind all of them the register; UINT32_MAX: its table does not know it. */
static uint32_t axon_of(const spin_rom *r, uint32_t key)
{
    uint32_t first = 0;
    if (r->relay)
        return stages_neuron(r->relay, key);
    if (r->manager)
        return manage_axon(r->manager, key);
    uint32_t heard = r->hears ? hears_register(r->hears, key) : UINT32_MAX;
    if (heard != UINT32_MAX)
        return r->axons + heard;
    for (uint32_t k = 0; k < r->nentries; k++) {
        poptable_entry e = poptable_get(r->table, k);
        uint32_t neuron = (key & ~e.mask) >> e.colour_bits;
        if ((key & e.mask) == e.key)
            return neuron < e.neurons ? first + neuron : UINT32_MAX;
        first += e.neurons;
    }
    return UINT32_MAX;
}

static void follow(wirer *w, int32_t chip, uint32_t key, uint32_t *links, uint32_t *lost)
{
    spin_delivery v = spin_router_follow(w->router, chip, key);
    *links = v.links;
    *lost = v.unknown + v.broken + v.looped;
    uint32_t first = w->narrivals;
    w->to = arena_grow(w->arena, w->to, sizeof *w->to, 0, v.nsites, &w->to_cap);
    w->rank = arena_grow(w->arena, w->rank, sizeof *w->rank, 0, v.nsites, &w->rank_cap);
    for (uint32_t k = 0; k < v.nsites; k++) {
        uint32_t core = w->core_at[v.site[k]], axon = core == UINT32_MAX ? core : axon_of(&w->rom[core], key);
        w->to[k] = core;
        w->rank[k] = axon == UINT32_MAX ? axon : w->narrivals - first;
        if (axon == UINT32_MAX) {
            ++*lost;
            continue;
        }
        w->arrival_core =
            arena_grow(w->arena, w->arrival_core, sizeof(uint32_t), w->narrivals, w->narrivals + 1, &w->core_cap);
        w->arrival_axon =
            arena_grow(w->arena, w->arrival_axon, sizeof(uint32_t), w->narrivals, w->narrivals + 1, &w->axon_cap);
        w->arrival_core[w->narrivals] = core;
        w->arrival_axon[w->narrivals++] = axon;
    }
    if (w->ways)
        spin_ways_add(w->ways, &v, w->to, w->rank);
}

/* The key of what compartment i of a core sends; false: it has none. */
static bool key_of(const wirer *w, uint32_t core, uint32_t i, uint32_t *key)
{
    const spin_rom *r = &w->rom[core];
    if (r->relay)
        *key = r->relay[STAGES_KEY] | i << r->relay[STAGES_COLOUR_BITS];
    else if (r->manager)
        *key = r->manager[MANAGE_KEY] | i << r->manager[MANAGE_COLOUR_BITS];
    if (r->relay || r->manager)
        return r->manager || r->relay[STAGES_HAS_KEY];
    uint32_t n;
    const uint32_t *params = spin_region(w->m, SPIN_CORE_PARAMS, core, &n);
    *key = params[5 + params[4] + i];
    return params[0];
}

static void follow_all(wirer *w, hmn_wires *out)
{
    image_rows sites = image_host(w->m, HOST_SITES);
    uint32_t *first = ARENA_NEW(w->arena, uint32_t, w->ncores + 1);
    for (uint32_t c = 0; c < w->ncores; c++)
        first[c + 1] = first[c] + w->rom[c].n;
    uint32_t *row = ARENA_NEW(w->arena, uint32_t, first[w->ncores] + 1);
    uint32_t *links = ARENA_NEW(w->arena, uint32_t, first[w->ncores]);
    uint32_t *lost = ARENA_NEW(w->arena, uint32_t, first[w->ncores]);
    for (uint32_t c = 0; c < w->ncores; c++)
        for (uint32_t i = 0; i < w->rom[c].n; i++) {
            uint32_t at = first[c] + i, key;
            if (key_of(w, c, i, &key))
                follow(w, spin_site_chip((uint32_t)image_get(sites, c, 0)), key, &links[at], &lost[at]);
            else if (w->ways)
                spin_ways_skip(w->ways);
            row[at + 1] = w->narrivals;
        }
    *out = (hmn_wires){first, row, w->arrival_core, w->arrival_axon, links, lost};
}

static bool ready(wirer *w, hmn_diag *d)
{
    w->machine = spin_read_machine(w->m, w->arena, d);
    if (!w->machine || !spin_read_routers(w->m, w->machine, w->chip->limits->table_entries, w->arena, &w->tables, d) ||
        !read_cores(w, d))
        return false;
    w->router = spin_router_new(w->machine, &w->tables, w->arena);
    return true;
}

bool spin_wire(const hmn_image *m, const hmn_chip *chip, hmn_arena *a, hmn_wires *out, hmn_diag *d)
{
    wirer w = {.m = m, .chip = chip, .arena = a, .ncores = image_cores(m)};
    if (!ready(&w, d))
        return false;
    follow_all(&w, out);
    return true;
}

bool spin_find_ways(const hmn_image *m, const hmn_chip *chip, hmn_arena *a, hmn_ways *out, hmn_diag *d)
{
    wirer w = {.m = m, .chip = chip, .arena = a, .ncores = image_cores(m)};
    hmn_wires wires;
    if (!ready(&w, d))
        return false;
    w.ways = spin_ways_new(w.machine, a);
    follow_all(&w, &wires);
    image_rows sites = image_host(m, HOST_SITES);
    uint32_t *site = ARENA_NEW(a, uint32_t, w.ncores);
    for (uint32_t c = 0; c < w.ncores; c++)
        site[c] = (uint32_t)image_get(sites, c, 0);
    *out = spin_ways_all(w.ways, site, w.ncores);
    return true;
}
