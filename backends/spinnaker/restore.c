/* From a deployment folder back to an image. Takes the host's part, which says which cores there are and which program
 * each runs, and the files that load a machine: the block of regions of each core and the table of each router. Yields
 * the image's tables of regions and routers, word for word what those files hold, so that what is run is what would be
 * loaded. Blocks may have been moved: the first region stands right behind the head. */
#include "backends/spinnaker/restore.h"

#include "backends/spinnaker/core_tables.h"
#include "backends/spinnaker/dse.h"
#include "backends/spinnaker/program.h"
#include "backends/spinnaker/rtr.h"
#include "backends/spinnaker/wire.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const hmn_image *host;
    hmn_folder *files;
    image_writer *w;
    hmn_arena *arena;
    hmn_diag *diag;
    const spin_machine *machine;
} restorer;

static bool bad(restorer *r, const char *name, const char *what)
{
    diag_report(r->diag, DIAG_IMAGE_CORRUPT, (hmn_span){0}, "'%s' %s", name, what);
    diag_cure(r->diag, "export the network again with hmn export");
    return false;
}

/* ---- the program of managers ---- */

static const host_table program_tables[] = {
    HOST_MODULATORS, HOST_OSCILLATIONS, HOST_ATTENTIONS, HOST_KEYS,       HOST_CONTEXTS, HOST_CHANNELS, HOST_FACTORS,
    HOST_TERMS,      HOST_SCHEDULE,     HOST_RATES,      HOST_ASTROCYTES, HOST_HILL,     HOST_BIASES,   HOST_FIRING};
enum { PROGRAM_TABLES = sizeof program_tables / sizeof *program_tables };

/* Rows of each table, then the rows of all of them as they are packed in the image. */
uint32_t *spin_manager_program(const hmn_image *m, uint32_t *nwords, hmn_arena *a)
{
    uint64_t n = PROGRAM_TABLES;
    for (uint32_t k = 0; k < PROGRAM_TABLES; k++)
        n += 2 * image_host(m, program_tables[k]).rows * schema_row_words(image_host_table(program_tables[k]));
    uint32_t *word = ARENA_NEW(a, uint32_t, n), at = PROGRAM_TABLES;
    for (uint32_t k = 0; k < PROGRAM_TABLES; k++) {
        image_rows r = image_host(m, program_tables[k]);
        uint32_t words = (uint32_t)(2 * r.rows * schema_row_words(image_host_table(program_tables[k])));
        word[k] = (uint32_t)r.rows;
        if (words)
            memcpy(word + at, r.words, words * sizeof *word);
        at += words;
    }
    *nwords = at;
    return word;
}

/* The host keeps a copy, with names: what the core would run must be that. */
static bool same_program(restorer *r, const char *name, dse_region found)
{
    uint32_t n, *word = spin_manager_program(r->host, &n, r->arena);
    return (found.nwords == n && memcmp(found.word, word, n * sizeof *word) == 0) ||
           bad(r, name, "holds another program of the management core than host.bin");
}

/* ---- regions ---- */

/* Is it a table of such a core? Numbers mean other regions to relays and managers than to neurons. */
static bool of_kind(spin_core_table table, spin_kind kind)
{
    if (kind == SPIN_KIND_DELAY)
        return table == SPIN_DELAY_PARAMS;
    if (kind == SPIN_KIND_MANAGER)
        return table == SPIN_MANAGER_PARAMS;
    return table != SPIN_DELAY_PARAMS && table != SPIN_MANAGER_PARAMS;
}

static uint32_t base_of(const uint32_t *word, uint32_t nwords)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t k = 0; nwords >= DSE_HEAD_WORDS && k < DSE_REGIONS; k++)
        least = word[2 + 3 * k] && word[2 + 3 * k] < least ? word[2 + 3 * k] : least;
    return least - 4 * DSE_HEAD_WORDS;
}

static bool restore_core(restorer *r, uint32_t core, uint32_t site)
{
    int32_t c = spin_site_chip(site);
    const char *name = arena_printf(r->arena, "core_%" PRId32 "_%" PRId32 "_%" PRIu32 ".dse", r->machine->x[c],
                                    r->machine->y[c], spin_site_core(site));
    size_t size;
    const uint32_t *word = r->files->read(r->files, name, &size);
    dse_region region[DSE_REGIONS];
    if (!word)
        return bad(r, name, "is not in the folder");
    if (size % 4 || size / 4 > UINT32_MAX ||
        !dse_read(word, (uint32_t)(size / 4), base_of(word, (uint32_t)(size / 4)), region))
        return bad(r, name, "is no block of regions, or a region does not have the sum that its head says");
    image_rows row = image_section(r->host, spin_core_tables, SPIN_CORE, core);
    spin_kind kind = row.rows ? (spin_kind)image_get(row, 0, SPIN_CORE_program) : SPIN_KINDS;
    if (kind == SPIN_KIND_MANAGER && !same_program(r, name, region[SPIN_MANAGER_PROGRAM]))
        return false;
    for (uint32_t t = 0; t < SPIN_TABLES; t++) {
        uint32_t number = spin_region_number((spin_core_table)t);
        if (number && of_kind((spin_core_table)t, kind))
            spin_region_write(r->w, (spin_core_table)t, core, region[number].word, region[number].nwords, r->arena);
    }
    return true;
}

static bool restore_cores(restorer *r)
{
    image_rows sites = image_host(r->host, HOST_SITES);
    if (sites.rows != image_cores(r->host))
        return bad(r, "host.bin", "places another number of cores than there are");
    for (uint32_t k = 0; k < sites.rows; k++) {
        uint32_t site = (uint32_t)image_get(sites, k, 0);
        if (site >= r->machine->nchips * SPIN_CORES)
            return bad(r, "host.bin", "places a core outside the machine");
        if (!restore_core(r, k, site))
            return false;
    }
    return true;
}

/* ---- routers ---- */

static bool restore_router(restorer *r, int32_t c)
{
    const char *name = arena_printf(r->arena, "rtr_%" PRId32 "_%" PRId32 ".bin", r->machine->x[c], r->machine->y[c]);
    size_t size;
    const void *bytes = r->files->read(r->files, name, &size);
    tcam_table t;
    const char *why = "";
    if (!bytes)
        return true; /* the router of such a chip is empty */
    if (!rtr_read(bytes, size, r->arena, &t, &why))
        return bad(r, name, arena_printf(r->arena, "is no routing table: %s", why));
    for (uint32_t i = 0; i < t.count; i++)
        image_add(r->w, spin_core_tables, SPIN_ROUTERS, 0,
                  (int64_t[]){c, t.entry[i].key, t.entry[i].mask, t.entry[i].route});
    return true;
}

bool spin_restore(const hmn_image *host, hmn_folder *files, image_writer *w, hmn_arena *scratch, hmn_diag *d)
{
    restorer r = {host, files, w, scratch, d, spin_read_machine(host, scratch, d)};
    if (!r.machine || !restore_cores(&r))
        return false;
    for (int32_t c = 0; c < (int32_t)r.machine->nchips; c++)
        if (!restore_router(&r, c))
            return false;
    return true;
}
