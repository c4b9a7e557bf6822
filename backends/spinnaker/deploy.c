/* Deployment. Takes an image, yields through the port given: the host's part, a block of regions for every core, a
 * table for every router, what the host tools read as JSON, and a script for ybug. Nothing here
 * computes a value of the network: regions and tables are copied.
 *
 * Blocks of a chip are laid one behind the other from BASE on; each lists its words that hold addresses, so that a
 * loader that is given other memory can move it. */
#include "backends/spinnaker/deploy.h"

#include "backends/spinnaker/core.h"
#include "backends/spinnaker/dse.h"
#include "backends/spinnaker/restore.h"
#include "backends/spinnaker/rtr.h"
#include "backends/spinnaker/system.h"
#include "backends/spinnaker/wire.h"
#include "core/ir/part.h"

#include <inttypes.h>

#define BASE UINT32_C(0x60800000)         /* of the first block on a chip: chosen, behind what SCAMP keeps */
#define SYSTEM_CORES UINT32_C(0xe5007000) /* sv->vcpu */
enum { CORE_BYTES = 128, USER0 = 112, APP = 30, BLOCK_GRAIN = 64 };

const char spin_deploy_status[] =
    "Regions have the layout that the programs of sPyNNaker (commit f905ce88) read, routing tables the form that "
    "ybug's rtr_load takes; both were compared with those tools' own code. Programs (.aplx) are not part of this "
    "folder: cores that name one need sPyNNaker's; cores of loihi_lif, of the HMN rule, of noise and homeostasis, "
    "of management and of spike sources have none. Nothing here was ever loaded onto real hardware.";

typedef struct {
    const hmn_image *m;
    const hmn_chip *chip;
    hmn_files *out;
    hmn_arena *arena;
    hmn_diag *diag;
    const spin_machine *machine;
    spin_tables tables;
    uint32_t *next; /* [chips] where the next block goes */
    hmn_text cores, script;
} deployment;

static bool write_host_part(deployment *p)
{
    hmn_arena *scratch = arena_new(0);
    size_t size;
    const void *bytes = part_make(p->m, p->chip->tables, p->chip->ntables, IMAGE_HOST, scratch, &size);
    bool ok = p->out->write(p->out, "host.bin", bytes, size);
    arena_free(scratch);
    return ok;
}

static bool write_text(deployment *p, const char *name, const hmn_text *t)
{
    return p->out->write(p->out, name, t->s ? t->s : "", t->length);
}

/* ---- cores ---- */

static void put_core(deployment *p, uint32_t core, uint32_t site, const char *file, uint32_t address,
                     const dse_block *b, const char *binary)
{
    int32_t c = spin_site_chip(site);
    text_add(&p->cores,
             "%s\n{\"core\": %" PRIu32 ", \"x\": %" PRId32 ", \"y\": %" PRId32 ", \"p\": %" PRIu32 ", \"program\": ",
             p->cores.length > 1 ? "," : "", core, p->machine->x[c], p->machine->y[c], spin_site_core(site));
    text_add(&p->cores, binary ? "\"%s.aplx\"" : "null", binary);
    text_add(&p->cores, ", \"file\": \"%s\", \"address\": %" PRIu32 ", \"bytes\": %" PRIu32 ", \"relocations\": [",
             file, address, b->nwords * 4);
    for (uint32_t k = 0; k < b->naddresses; k++)
        text_add(&p->cores, "%s%" PRIu32, k ? ", " : "", 4 * b->address[k]);
    text_add(&p->cores, "]}");
}

static void script_core(deployment *p, uint32_t site, const char *file, uint32_t address, const char *binary)
{
    uint32_t core = spin_site_core(site);
    text_add(&p->script, "sload %s %08" PRIx32 "\n", file, address);
    text_add(&p->script, "sw %08" PRIx32 " %08" PRIx32 "\n", SYSTEM_CORES + CORE_BYTES * core + USER0, address);
    if (binary)
        text_add(&p->script, "app_load %s.aplx . %" PRIu32 " %d wait\n", binary, core, APP);
    else
        text_add(&p->script, "# core %" PRIu32 ": no program of sPyNNaker does what this core does\n", core);
}

static bool write_core(deployment *p, uint32_t core, uint32_t site)
{
    int32_t c = spin_site_chip(site);
    hmn_core_view view = {p->m, p->chip, core, image_seed(p->m)};
    spin_rom r = spin_decode(&view);
    dse_region region[DSE_REGIONS] = {{0}};
    for (uint32_t t = 0; t < SPIN_TABLES; t++)
        if (spin_region_number((spin_core_table)t)) {
            dse_region found = {0};
            found.word = spin_region(p->m, (spin_core_table)t, core, &found.nwords);
            if (found.nwords) /* a number may mean one region to one program and another to another */
                region[spin_region_number((spin_core_table)t)] = found;
        }
    hmn_arena *scratch = arena_new(0);
    uint32_t address = p->next[c];
    if (r.manager) {
        dse_region *program = &region[SPIN_MANAGER_PROGRAM];
        program->word = spin_manager_program(p->m, &program->nwords, scratch);
    }
    const char *binary = spin_binary(&r, p->arena);
    if (binary)
        spin_system_regions(p->m, core, &r, binary, region, scratch);
    dse_block b = dse_make(region, address, scratch);
    const char *file = arena_printf(p->arena, "core_%" PRId32 "_%" PRId32 "_%" PRIu32 ".dse", p->machine->x[c],
                                    p->machine->y[c], spin_site_core(site));
    put_core(p, core, site, file, address, &b, binary);
    script_core(p, site, file, address, binary);
    p->next[c] = (address + b.nwords * 4 + BLOCK_GRAIN - 1) / BLOCK_GRAIN * BLOCK_GRAIN;
    bool ok = p->out->write(p->out, file, b.word, (size_t)b.nwords * 4);
    arena_free(scratch);
    return ok;
}

/* ---- chips ---- */

static bool write_router(deployment *p, int32_t c)
{
    tcam_table t = spin_table(&p->tables, c);
    if (t.count == 0)
        return true;
    const char *file = arena_printf(p->arena, "rtr_%" PRId32 "_%" PRId32 ".bin", p->machine->x[c], p->machine->y[c]);
    rtr_bytes b = rtr_file(t, p->arena);
    text_add(&p->script, "rtr_load %s %d\n", file, APP);
    return p->out->write(p->out, file, b.bytes, b.size);
}

static bool write_chip(deployment *p, int32_t c)
{
    image_rows sites = image_host(p->m, HOST_SITES);
    bool used = p->tables.row[c + 1] > p->tables.row[c], ok = true;
    for (uint64_t k = 0; k < sites.rows; k++)
        used |= spin_site_chip((uint32_t)image_get(sites, k, 0)) == c;
    if (!used)
        return true;
    text_add(&p->script, "\nsp %" PRId32 " %" PRId32 " 0\n", p->machine->x[c], p->machine->y[c]);
    ok = write_router(p, c);
    for (uint32_t k = 0; ok && k < sites.rows; k++)
        if (spin_site_chip((uint32_t)image_get(sites, k, 0)) == c)
            ok = write_core(p, k, (uint32_t)image_get(sites, k, 0));
    return ok;
}

/* ---- for the host tools ---- */

static const char **labels(deployment *p, uint32_t **site)
{
    image_rows sites = image_host(p->m, HOST_SITES), neurons = image_host(p->m, HOST_NEURONS);
    image_rows populations = image_host(p->m, HOST_POPULATIONS);
    const char **label = ARENA_NEW(p->arena, const char *, sites.rows);
    *site = ARENA_NEW(p->arena, uint32_t, sites.rows);
    for (uint64_t k = 0; k < sites.rows; k++) {
        (*site)[k] = (uint32_t)image_get(sites, k, 0);
        hmn_core_view view = {p->m, p->chip, (uint32_t)k, 0};
        label[k] = spin_decode(&view).manager ? "management" : "delay stages"; /* what holds no neurons */
    }
    for (uint64_t k = 0; k < populations.rows; k++) {
        uint64_t first = (uint64_t)image_get(populations, k, 1), n = (uint64_t)image_get(populations, k, 2);
        for (uint64_t i = first; i < first + n; i++) {
            uint64_t core = (uint64_t)image_get(neurons, i, 0);
            if (core < sites.rows && image_get(neurons, i, 1) == 0)
                label[core] = arena_printf(p->arena, "%s:%" PRIu64,
                                           image_string(p->m, (uint64_t)image_get(populations, k, 0)), i - first);
        }
    }
    return label;
}

static bool write_host_files(deployment *p)
{
    uint32_t *site;
    const char **label = labels(p, &site);
    hmn_text tables = {.arena = p->arena}, places = {.arena = p->arena}, machine = {.arena = p->arena};
    rtr_tables_json(p->machine, &p->tables, &tables);
    rtr_placements_json(p->machine, site, label, image_cores(p->m), &places);
    rtr_machine_json(p->machine, &machine);
    return write_text(p, "routing_tables.json", &tables) && write_text(p, "placements.json", &places) &&
           write_text(p, "machine.json", &machine);
}

bool spin_deploy(const hmn_image *m, const hmn_chip *chip, hmn_files *out, hmn_arena *a, hmn_diag *d)
{
    deployment p = {
        .m = m, .chip = chip, .out = out, .arena = a, .diag = d, .cores = {.arena = a}, .script = {.arena = a}};
    p.machine = spin_read_machine(m, a, d);
    if (!p.machine || !spin_read_routers(m, p.machine, chip->limits->table_entries, a, &p.tables, d))
        return false;
    p.next = ARENA_NEW(a, uint32_t, p.machine->nchips);
    for (uint32_t c = 0; c < p.machine->nchips; c++)
        p.next[c] = BASE;
    text_add(&p.cores, "[");
    text_add(&p.script,
             "# hmn: loads the network with ybug; run it in this folder, with sPyNNaker's programs beside it.\n");
    bool ok = write_host_part(&p);
    for (int32_t c = 0; ok && c < (int32_t)p.machine->nchips; c++)
        ok = write_chip(&p, c);
    text_add(&p.cores, "\n]\n");
    text_add(&p.script, "\napp_sig all %d start\n", APP);
    return ok && write_text(&p, "cores.json", &p.cores) && write_text(&p, "load.ybug", &p.script) &&
           write_host_files(&p);
}

hmn_place spin_place(const hmn_image *m, uint32_t site)
{
    hmn_arena *scratch = arena_new(0);
    hmn_diag *d = diag_new();
    const spin_machine *machine = spin_read_machine(m, scratch, d);
    int32_t c = spin_site_chip(site);
    hmn_place at = {(uint32_t)c, 0, 0};
    if (machine && c < (int32_t)machine->nchips)
        at = (hmn_place){(uint32_t)c, (uint32_t)machine->x[c], (uint32_t)machine->y[c]};
    diag_free(d);
    arena_free(scratch);
    return at;
}
