/* Writes an imported SANA-FE network. Takes what sanafe_read.c read, yields network.yaml and a .npy of connections for
 * each bundle of edges. Potentials become registers of 1/64, as SANA-FE rounds them; the numbers of SANA-FE's tiles,
 * which run column by column, become ours, row by row. Limits of memory are lifted: SANA-FE has none. */
#include "tools/import_sanafe.h"

#include "tools/npy.h"
#include "tools/sanafe_read.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const sanafe_net *net;
    outdir *dir;
    hmn_arena *arena;
    hmn_diag *diag;
    FILE *out;
} writer;

/* Names of groups become names here: letters, digits and _ stay. */
static const char *plain(hmn_arena *a, const char *name)
{
    char *text = arena_printf(a, "g_%s", name);
    for (char *p = text; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9')))
            *p = '_';
    return text;
}

/* leak as 1 - d / 4096 or just below that. False when it is neither. */
static bool decay_of(double leak, uint32_t *d, bool *below)
{
    double steps = 4096 * (1 - leak), nearest = nearbyint(steps);
    *d = (uint32_t)nearest;
    *below = steps > nearest; /* more decay: the factor is smaller */
    return leak >= 0 && leak <= 1 && fabs(steps - nearest) < 1e-6;
}

static void number(FILE *f, double v) { fprintf(f, "%.0f", v); }

/* "KEY: value" or "KEY: [values]", with the value of neuron i from `get`. */
static void parameter(const writer *w, const sanafe_group *g, const char *key, double (*get)(const sanafe_neuron *n))
{
    uint32_t same = 1;
    while (same < g->size && get(&g->neuron[same]) == get(&g->neuron[0]))
        same++;
    fprintf(w->out, ", %s: ", key);
    if (same >= g->size) {
        number(w->out, get(&g->neuron[0]));
        return;
    }
    fputc('[', w->out);
    for (uint32_t i = 0; i < g->size; i++) {
        fputs(i ? (i % 40 ? ", " : ",\n      ") : "", w->out);
        number(w->out, get(&g->neuron[i]));
    }
    fputc(']', w->out);
}

static double threshold(const sanafe_neuron *n) { return n->threshold; }
static double bias(const sanafe_neuron *n) { return n->bias; }
static double refractory(const sanafe_neuron *n) { return n->refractory < 1 ? 1 : n->refractory; }

static double decay(const sanafe_neuron *n)
{
    uint32_t d;
    bool below;
    decay_of(n->leak, &d, &below);
    return d;
}

static double below(const sanafe_neuron *n)
{
    uint32_t d;
    bool b;
    decay_of(n->leak, &d, &b);
    return b;
}

static bool population(const writer *w, const sanafe_group *g)
{
    for (uint32_t i = 0; i < g->size; i++) {
        uint32_t d;
        bool b;
        if (decay_of(g->neuron[i].leak, &d, &b))
            continue;
        diag_report(w->diag, DIAG_FILE_FORMAT, g->at, "leak_decay of neuron %" PRIu32 " of group '%s' is %.12g", i,
                    g->name, g->neuron[i].leak);
        diag_cure(w->diag, "multiples of 1/4096 are exact here, or decimals that are one but for their last digits");
        return false;
    }
    fprintf(w->out, "  %s:\n    size: %" PRIu32 "\n    model: loihi_lif\n    params: {decay_u: 4096, bias_exp: 6",
            plain(w->arena, g->name), g->size);
    parameter(w, g, "decay_v", decay);
    parameter(w, g, "decay_v_below", below);
    parameter(w, g, "vth_mant", threshold);
    parameter(w, g, "bias_mant", bias);
    parameter(w, g, "refractory", refractory);
    fputs("}\n", w->out);
    return true;
}

/* The class of costs that stands for a synapse unit: the first unit in use is dense, the second sparse, the third
 * shared. */
static const char *const classes[] = {"dense", "sparse", "shared"};

static uint32_t class_of(const writer *w, const char **unit, uint32_t *units, const sanafe_bundle *b)
{
    const char *name = w->net->group[b->post].synapse;
    uint32_t k = 0;
    name = name ? name : "";
    while (k < *units && strcmp(unit[k], name) != 0)
        k++;
    if (k == *units && k < 3)
        unit[(*units)++] = name;
    return k;
}

static bool projection(const writer *w, size_t index, uint32_t cost)
{
    const sanafe_bundle *b = &w->net->bundle[index];
    const char *pre = plain(w->arena, w->net->group[b->pre].name), *post = plain(w->arena, w->net->group[b->post].name);
    const char *file = arena_printf(w->arena, "edges_%zu.npy", index);
    npy_writer *n = npy_create(outdir_file(w->dir, file, w->diag), NPY_I32, 3, w->arena, w->diag);
    if (!n)
        return false;
    for (size_t i = 0; i < b->count; i++) {
        int32_t row[3] = {(int32_t)b->edge[i].pre, (int32_t)b->edge[i].post, b->edge[i].weight};
        npy_rows(n, row, 1);
    }
    fprintf(w->out,
            "  p%zu_%s_%s:\n    pre: %s\n    post: %s\n    connector: {type: from_file, file: %s}\n    delay: 1 ms\n"
            "    weight_bits: 16\n    sign_mode: mixed\n    event_cost: %s\n",
            index, pre, post, pre, post, file, classes[cost]);
    return npy_close(n, w->diag);
}

static void cost_line(const writer *w, const char *name, double ns, double pj)
{
    fprintf(w->out, "    %s: {ns: %.12g, pJ: %.12g}\n", name, ns, pj);
}

static void costs(const writer *w, const char **unit, uint32_t units)
{
    const sanafe_net *n = w->net;
    fputs("  costs:\n    profile: sanafe\n", w->out);
    if (n->width == 0)
        return;
    cost_line(w, "axon_in", n->in_ns, n->in_pj);
    cost_line(w, "axon_out", n->out_ns, n->out_pj);
    cost_line(w, "update_idle", n->access_ns, n->access_pj);
    cost_line(w, "update_active", n->access_ns + n->update_ns, n->access_pj + n->update_pj);
    cost_line(w, "spike", n->spike_ns, n->spike_pj);
    cost_line(w, "hop_x", n->hop_x_ns, n->hop_x_pj);
    cost_line(w, "hop_y", n->hop_y_ns, n->hop_y_pj);
    for (uint32_t k = 0; k < units; k++)
        for (size_t i = 0; i < n->nsynapses; i++)
            if (strcmp(n->synapse[i].name, unit[k]) == 0 || (!*unit[k] && i == 0))
                cost_line(w, arena_printf(w->arena, "synapse_%s", classes[k]), n->synapse[i].ns, n->synapse[i].pj);
    if (n->buffer) /* of a link; two networks share it */
        fprintf(w->out, "    buffer: %" PRIu32 "\n", n->buffer / 2);
    for (uint32_t i = 0; i < n->nsync; i++)
        fprintf(w->out, "%s[%" PRIu32 ", %.12g]%s", i ? ", " : "    barrier: [", n->sync_tiles[i], n->sync_ns[i],
                i + 1 == n->nsync ? "]\n" : "");
}

static void target(const writer *w, const char **unit, uint32_t units)
{
    const sanafe_net *n = w->net;
    uint32_t width = n->width ? n->width : 8, height = n->height ? n->height : 4;
    uint32_t locals = n->cores_per_tile ? n->cores_per_tile : 4;
    fprintf(w->out,
            "target:\n  chip: loihi\n  dialect: sanafe\n  machine:\n    {compartments: %" PRIu32
            ", in_axons: 65536, out_axons: 1048576, "
            "synapse_words: 4194304, delay_cells: 65536, neuron_profiles: 4096, threshold_profiles: 4096, weight_bits: "
            "16,\n"
            "    mesh_width: %" PRIu32 ", mesh_height: %" PRIu32 ", cores_per_tile: %" PRIu32
            ", cores_per_chip: %" PRIu32 ", chips: 1}\n",
            n->neurons ? n->neurons : 1024, width, height, locals, width * height * locals);
    costs(w, unit, units);
    if (n->nplaces)
        fputs("  place:\n", w->out);
    for (size_t i = 0; i < n->nplaces; i++) {
        const sanafe_place *p = &n->place[i];
        uint32_t tile = p->tile % height * width + p->tile / height; /* x = tile / height, y = tile mod height */
        fprintf(w->out, "    - [%s, %" PRIu32 ", %" PRIu32 ", %" PRIu32 "]\n", plain(w->arena, n->group[p->group].name),
                p->first, p->count, tile * locals + p->core);
    }
}

static bool write_all(writer *w)
{
    const sanafe_net *n = w->net;
    const char *unit[3] = {0};
    uint32_t units = 0;
    bool ok = true;
    fprintf(w->out,
            "# Imported from SANA-FE's network '%s' by hmn import sana-fe. Neurons are its leaky_integrate_fire, bit "
            "for bit:\n"
            "# potentials in 1/64, currents that last one step, weights unscaled. Run it with --timing fast or cycle.\n"
            "hmn: 1\nnetwork: {name: imported, dt: 1 ms}\npopulations:\n",
            n->name);
    for (uint32_t i = 0; i < n->ngroups; i++)
        ok &= population(w, &n->group[i]);
    fputs(n->nbundles ? "projections:\n" : "", w->out);
    for (size_t i = 0; ok && i < n->nbundles; i++) {
        uint32_t k = class_of(w, unit, &units, &n->bundle[i]);
        if (k == 3) {
            diag_report(w->diag, DIAG_FILE_FORMAT, n->group[n->bundle[i].post].at,
                        "more than three kinds of synapses are in use");
            return false;
        }
        ok = projection(w, i, k);
    }
    target(w, unit, units);
    fputs("run: {duration: 1000 steps}\n", w->out);
    return ok;
}

bool import_sanafe(const char *network, const char *architecture, outdir *dir, hmn_arena *a, hmn_diag *d)
{
    sanafe_net *net = ARENA_NEW(a, sanafe_net, 1);
    if (!sanafe_read_network(network, net, a, d) ||
        (architecture && !sanafe_read_architecture(architecture, net, a, d)))
        return false;
    const char *path = outdir_file(dir, "network.yaml", d);
    writer w = {net, dir, a, d, fopen(path, "w")};
    bool ok = w.out != NULL;
    if (w.out) {
        bool written = write_all(&w);
        ok = !ferror(w.out);
        ok &= fclose(w.out) == 0;
        if (!written)
            return false;
    }
    if (!ok)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
    return ok;
}
