/* Deployment folders (docs/export-loihi.md). Takes an image, yields what chip->deploy writes and, for any chip alike,
 * views of the same tables: JSON of host and cores, the neurons' parameters and the weights as arrays, where every
 * neuron is and how spikes travel. Only core_NNN.bin and host.bin are read back (deployed.c). */
#include "tools/export_chip.h"

#include "core/machine/machine.h"
#include "tools/record.h"
#include "tools/tables.h"

#include <inttypes.h>
#include <string.h>

static const char status[] =
    "The files follow published descriptions of the chip; the encodings of tables, synapse words and microcode are "
    "hmn's own, and a loader for a board has to translate them. They have been run on hmn's emulator only and were "
    "never loaded onto real hardware.";

typedef struct {
    export_folder *f;
    const hmn_image *m;
    const hmn_chip *chip;
    const layout *net;
    uint32_t core;
} view;

/* ---- JSON of the tables ---- */

static bool fill_host(void *context, json_out *j)
{
    const view *v = context;
    tables_host_json(v->m, j);
    return true;
}

static bool fill_core(void *context, json_out *j)
{
    const view *v = context;
    return tables_core_json(v->m, v->chip, v->core, true, j, v->f->diag);
}

static bool write_tables(view *v)
{
    bool ok = export_json_file(v->f, "host.json", fill_host, v);
    for (v->core = 0; ok && v->core < image_cores(v->m); v->core++)
        ok = export_json_file(v->f, arena_printf(v->f->arena, "core_%03" PRIu32 ".json", v->core), fill_core, v);
    return ok;
}

/* ---- neurons ---- */

static uint64_t neuron_core(const view *v, uint32_t neuron)
{
    return (uint64_t)image_get(image_host(v->m, HOST_NEURONS), neuron, 0);
}

static uint64_t neuron_compartment(const view *v, uint32_t neuron)
{
    return (uint64_t)image_get(image_host(v->m, HOST_NEURONS), neuron, 1);
}

/* A row a neuron, the columns of the chip's neuron table, as float64, which holds every column of up to 53 bits. */
static bool write_neurons(view *v, const layout_population *p)
{
    const hmn_table *t = &v->chip->tables[v->chip->neuron_table];
    if (t->ncolumns == 0)
        return true; /* words of their own form */
    const char *name = arena_printf(v->f->arena, "neurons/%s.npy", p->name);
    npy_writer *w = export_npy(v->f, name, NPY_F64, t->ncolumns);
    if (!w)
        return false;
    for (uint32_t i = 0; i < p->size; i++) {
        double row[SCHEMA_MAX_COLUMNS];
        image_rows r =
            image_section(v->m, v->chip->tables, v->chip->neuron_table, (uint32_t)neuron_core(v, p->first + i));
        for (uint32_t c = 0; c < t->ncolumns; c++)
            row[c] = (double)image_get(r, neuron_compartment(v, p->first + i), c);
        npy_rows(w, row, 1);
    }
    return export_npy_end(v->f, name, w);
}

static bool write_populations(view *v)
{
    bool ok = true;
    for (uint32_t k = 0; ok && k < v->net->npopulations; k++)
        ok = v->net->population[k].source || write_neurons(v, &v->net->population[k]);
    return ok;
}

static bool write_weights(view *v, hmn_machine *machine)
{
    record_subject s = {.net = v->net, .sim = machine_sim(machine), .machine = machine};
    bool ok = record_weights(&s, v->f->dir, "weights", v->f->arena, v->f->diag);
    for (uint32_t k = 0; ok && k < v->net->nprojections; k++)
        ok = export_enter(v->f, arena_printf(v->f->arena, "weights/%s.npy", v->net->projection[k].name));
    return ok;
}

/* ---- placement ---- */

static void put_place(const view *v, uint32_t core, json_out *j)
{
    image_rows sites = image_host(v->m, HOST_SITES);
    uint32_t site = core < sites.rows ? (uint32_t)image_get(sites, core, 0) : core;
    hmn_place at = v->chip->place ? v->chip->place(v->m, site) : limits_place(v->chip->limits, site);
    json_put_natural(j, "core", core);
    json_put_natural(j, "site", site);
    json_put_natural(j, "chip", at.chip);
    json_put_natural(j, "x", at.x);
    json_put_natural(j, "y", at.y);
}

/* Neurons of the population from `first` on that stand side by side on one core. */
static uint32_t run_length(const view *v, const layout_population *p, uint32_t first)
{
    uint32_t n = 1, at = p->first + first;
    while (first + n < p->size && neuron_core(v, at + n) == neuron_core(v, at) &&
           neuron_compartment(v, at + n) == neuron_compartment(v, at) + n)
        n++;
    return n;
}

static void put_slices(const view *v, uint32_t core, json_out *j)
{
    json_put_array(j, "slices");
    for (uint32_t k = 0; k < v->net->npopulations; k++) {
        const layout_population *p = &v->net->population[k];
        for (uint32_t i = 0, n; !p->source && i < p->size; i += n) {
            n = run_length(v, p, i);
            if (neuron_core(v, p->first + i) != core)
                continue;
            json_put_object(j, NULL);
            json_put_text(j, "population", p->name);
            json_put_natural(j, "first", i);
            json_put_natural(j, "count", n);
            json_put_natural(j, "compartment", neuron_compartment(v, p->first + i));
            json_put_close(j);
        }
    }
    json_put_close(j);
}

static bool fill_placement(void *context, json_out *j)
{
    const view *v = context;
    json_put_text(j, "target", v->chip->name);
    json_put_array(j, "cores");
    for (uint32_t core = 0; core < image_cores(v->m); core++) {
        json_put_object(j, NULL);
        put_place(v, core, j);
        put_slices(v, core, j);
        json_put_close(j);
    }
    json_put_close(j);
    json_put_array(j, "host");
    for (uint32_t k = 0; k < v->net->npopulations; k++)
        if (v->net->population[k].source)
            json_put_text(j, NULL, v->net->population[k].name);
    json_put_close(j);
    return true;
}

/* ---- routes ---- */

/* From the sources of all input axons: neuron, its core and compartment (-1: the host), core, axon. */
static bool write_routes(view *v)
{
    image_rows axons = image_host(v->m, HOST_AXONS);
    npy_writer *w = export_npy(v->f, "routes.npy", NPY_I32, 5);
    if (!w)
        return false;
    for (uint64_t i = 0, first = 0; i < axons.rows; i++) {
        uint32_t core = (uint32_t)image_get(axons, i, 0), neuron = (uint32_t)image_get(axons, i, 1);
        first = i && image_get(axons, i - 1, 0) != core ? i : first;
        bool source = v->net->population[layout_population_of(v->net, neuron)].source;
        const int32_t row[] = {(int32_t)neuron, source ? -1 : (int32_t)neuron_core(v, neuron),
                               source ? -1 : (int32_t)neuron_compartment(v, neuron), (int32_t)core,
                               (int32_t)(i - first)};
        npy_rows(w, row, 1);
    }
    return export_npy_end(v->f, "routes.npy", w);
}

static hmn_place place_of(const view *v, uint32_t core)
{
    image_rows sites = image_host(v->m, HOST_SITES);
    return limits_place(v->chip->limits, core < sites.rows ? (uint32_t)image_get(sites, core, 0) : core);
}

static void put_pair(const view *v, int64_t from, uint32_t to, uint32_t neurons, json_out *j)
{
    json_put_row(j, NULL);
    json_put_integer(j, NULL, from);
    json_put_natural(j, NULL, to);
    json_put_natural(j, NULL, neurons);
    if (from < 0 || v->chip->place) /* distance is the chip's affair */
        json_put_text(j, NULL, NULL);
    else
        json_put_natural(j, NULL, place_hops(place_of(v, (uint32_t)from), place_of(v, to)));
    json_put_close(j);
}

/* How many neurons of one core, or of the host, send to another, and how far. */
static bool fill_routes(void *context, json_out *j)
{
    static const char *const column[] = {"from_core", "to_core", "neurons", "hops"};
    const view *v = context;
    image_rows axons = image_host(v->m, HOST_AXONS);
    uint32_t n = image_cores(v->m);
    uint32_t *count = ARENA_NEW(v->f->arena, uint32_t, (size_t)n + 1); /* by core + 1 of the sender, 0: host */
    json_put_row(j, "columns");
    for (uint32_t i = 0; i < 4; i++)
        json_put_text(j, NULL, column[i]);
    json_put_close(j);
    json_put_array(j, "rows");
    uint64_t i = 0;
    for (uint32_t to = 0; to < n; to++) {
        memset(count, 0, ((size_t)n + 1) * sizeof *count);
        for (; i < axons.rows && image_get(axons, i, 0) == to; i++) {
            uint32_t neuron = (uint32_t)image_get(axons, i, 1);
            bool source = v->net->population[layout_population_of(v->net, neuron)].source;
            count[source ? 0 : neuron_core(v, neuron) + 1]++;
        }
        for (uint32_t k = 0; k <= n; k++)
            if (count[k])
                put_pair(v, (int64_t)k - 1, to, count[k], j);
    }
    json_put_close(j);
    return true;
}

/* ---- all ---- */

static bool write_views(view *v, hmn_machine *machine)
{
    return write_tables(v) && write_populations(v) && write_weights(v, machine) &&
           export_json_file(v->f, "placement.json", fill_placement, v) && write_routes(v) &&
           export_json_file(v->f, "routes.json", fill_routes, v);
}

bool export_chip(export_folder *f, const hmn_image *m, const hmn_chip *chip)
{
    view v = {f, m, chip, layout_of_image(m, f->arena, f->diag), 0};
    if (!v.net)
        return false;
    hmn_machine *machine = machine_boot(m, chip, 1, NULL, f->diag); /* checks every table before anything is written */
    if (!machine)
        return false;
    bool ok = chip->deploy(m, chip, &f->port, f->arena, f->diag) && write_views(&v, machine) &&
              export_end(f, m, EXPORT_CHIP_FORMAT, chip->deploy_status ? chip->deploy_status : status);
    machine_free(machine);
    return ok;
}
