/* Views as DOT text (Graphviz lays them out). Takes an elaborated network, or the host tables of an image, yields text.
 * The placement view is a table a chip, because places on a mesh are not Graphviz's to choose. */
#include "tools/draw.h"

#include "core/base/arena.h"
#include "core/base/bug.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const model_names[] = {
#define NEURON_MODEL(id, name, bit, source, weight, meaning) name,
#include "core/ir/neuron.def"
};

/* Text inside a quoted DOT string. */
static void quoted(FILE *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fputc('\\', out);
        fputc((unsigned char)*c < ' ' ? ' ' : *c, out);
    }
}

static void begin(FILE *out, const char *name, const char *direction)
{
    fputs("digraph \"", out);
    quoted(out, name);
    fprintf(out, "\" {\n  rankdir=%s;\n  node [fontname=\"sans-serif\", fontsize=11, style=filled];\n", direction);
    fputs("  edge [fontname=\"sans-serif\", fontsize=9, color=\"#555555\"];\n", out);
}

/* ---- pipeline ---- */

void draw_pipeline(FILE *out, const pipeline_pass *passes)
{
    begin(out, "pipeline", "TB");
    fputs("  node [shape=box, fillcolor=\"#e8eef7\"];\n", out);
    for (const pipeline_pass *p = passes; p->name; p++) {
        fprintf(out, "  \"%s\" [label=\"%s\\n", p->name, p->name);
        quoted(out, p->meaning);
        fputs("\"];\n", out);
        for (const pipeline_pass *before = passes; before != p; before++)
            if (before->makes & p->needs)
                fprintf(out, "  \"%s\" -> \"%s\";\n", before->name, p->name);
    }
    fputs("}\n", out);
}

/* ---- network ---- */

static void population(FILE *out, uint32_t k, const char *name, uint64_t size, int64_t model, bool source)
{
    const char *kind = model >= 0 && model < MODEL_COUNT ? model_names[model] : "unknown model";
    fprintf(out, "  p%u [shape=%s, fillcolor=\"%s\", label=\"", k, source ? "cds" : "ellipse",
            source ? "#fdf1d8" : "#dcecdc");
    quoted(out, name);
    fprintf(out, "\\n%" PRIu64 " x %s\"];\n", size, kind);
}

static void projection(FILE *out, const char *name, uint32_t pre, uint32_t post, uint64_t synapses, const char *sign,
                       bool plastic)
{
    fprintf(out, "  p%u -> p%u [label=\"", pre, post);
    quoted(out, name);
    fprintf(out, "\\n%" PRIu64 " synapses\"%s%s];\n", synapses, sign, plastic ? ", color=\"#b03060\", penwidth=2" : "");
}

static void modulator(FILE *out, uint32_t k, const char *name, const char *signal)
{
    fprintf(out, "  m%u [shape=diamond, fillcolor=\"#f3dcea\", label=\"", k);
    quoted(out, name);
    if (*signal)
        fputs("\\n", out);
    quoted(out, signal);
    fputs("\"];\n", out);
}

static const char *const join_words[JOIN_COUNT] = {
    "none",
#define JOIN(id, word, meaning) word,
#include "core/ir/join.def"
};

/* Dendrites point at what they join. */
static void dendrites(FILE *out, const hmn_graph *g, uint32_t k)
{
    const graph_population *p = &g->population[k];
    for (uint32_t d = 0; d < p->ndendrites; d++)
        fprintf(out, "  p%u -> p%u [arrowhead=dot, penwidth=2, label=\"%s\"];\n", p->dendrite[d], k,
                join_words[p->join]);
}

/* Modulators act on the targets of projections whose rule names them. */
static void modulation(FILE *out, const hmn_graph *g, uint32_t k)
{
    for (uint32_t p = 0; p < g->nprojections; p++) {
        if (g->projection[p].rule == NET_NONE)
            continue;
        const net_rule *r = &g->net->rule[g->projection[p].rule];
        for (uint32_t i = 0; i < r->nmodulators; i++)
            if (r->modulator[i].i == k)
                fprintf(out, "  m%u -> p%u [style=dashed];\n", k, g->projection[p].post);
    }
}

void draw_network(FILE *out, const hmn_graph *g)
{
    begin(out, g->net->name.s ? g->net->name.s : "network", "LR");
    for (uint32_t k = 0; k < g->npopulations; k++) {
        const graph_population *p = &g->population[k];
        population(out, k, p->name, p->size, p->model, p->source);
    }
    for (uint32_t k = 0; k < g->npopulations; k++)
        dendrites(out, g, k);
    for (uint32_t k = 0; k < g->nprojections; k++) {
        const graph_projection *p = &g->projection[k];
        projection(out, p->name, p->pre, p->post, p->nsynapses,
                   p->receptor == RECEPTOR_INHIBITORY ? ", arrowhead=tee" : "", p->rule != NET_NONE);
    }
    for (uint32_t k = 0; k < g->net->nmodulators; k++) {
        const net_modulator *m = &g->net->modulator[k];
        modulator(out, k, m->name.s, m->signal.s ? m->signal.s : "");
        if (m->source == MODSRC_POPULATION)
            fprintf(out, "  p%u -> m%u [style=dashed];\n", m->population.i, k);
        modulation(out, g, k);
    }
    fputs("}\n", out);
}

static const char *text_at(const hmn_image *m, image_rows r, uint64_t row, uint32_t column)
{
    return image_string(m, (uint64_t)image_get(r, row, column));
}

void draw_network_of_image(FILE *out, const hmn_image *m)
{
    image_rows n = image_host(m, HOST_NETWORK), p = image_host(m, HOST_POPULATIONS);
    image_rows j = image_host(m, HOST_PROJECTIONS), mod = image_host(m, HOST_MODULATORS);
    const char *name = n.rows ? text_at(m, n, 0, 0) : "";
    begin(out, *name ? name : "network", "LR");
    for (uint32_t k = 0; k < p.rows; k++)
        population(out, k, text_at(m, p, k, 0), (uint64_t)image_get(p, k, 2), image_get(p, k, 3), image_get(p, k, 4));
    for (uint32_t k = 0; k < j.rows; k++)
        projection(out, text_at(m, j, k, 0), (uint32_t)image_get(j, k, 1), (uint32_t)image_get(j, k, 2),
                   (uint64_t)image_get(j, k, 3), "", image_get(j, k, 4));
    for (uint32_t k = 0; k < mod.rows; k++) {
        modulator(out, k, text_at(m, mod, k, 0), text_at(m, mod, k, 1));
        if (image_get(mod, k, 2) == MODSRC_POPULATION)
            fprintf(out, "  p%u -> m%u [style=dashed];\n", (uint32_t)image_get(mod, k, 3), k);
    }
    fputs("}\n", out);
}

/* ---- placement ---- */

/* Neurons of each core. */
static uint32_t *occupancy(const hmn_image *m, hmn_arena *a)
{
    uint32_t ncores = image_cores(m), *count = ARENA_NEW(a, uint32_t, ncores);
    image_rows r = image_host(m, HOST_NEURONS);
    for (uint64_t i = 0; i < r.rows; i++)
        if (image_get(r, i, 0) < ncores)
            count[image_get(r, i, 0)]++;
    return count;
}

/* Sites of the cores; a site that the table does not have is UINT32_MAX. */
static uint32_t *sites(const hmn_image *m, hmn_arena *a)
{
    uint32_t ncores = image_cores(m), *site = ARENA_NEW(a, uint32_t, ncores);
    image_rows r = image_host(m, HOST_SITES);
    for (uint32_t c = 0; c < ncores; c++)
        site[c] = c < r.rows ? (uint32_t)image_get(r, c, 0) : UINT32_MAX;
    return site;
}

static void cell(FILE *out, uint32_t core, uint32_t neurons, uint32_t room)
{
    double share = room ? (double)neurons / room : 1;
    int green = 245 - (int)(115 * (share > 1 ? 1 : share));
    fprintf(out, "<TD BGCOLOR=\"#%02x%02x%02x\">core %u<BR/>%u", green - 10, 245, green - 10, core, neurons);
    if (room)
        fprintf(out, " of %u", room);
    fputs("</TD>", out);
}

/* A tile: its cores side by side; free ones in grey. at[index]: logical core of each of the chip's cores. */
static void tile(FILE *out, const uint32_t *at, uint32_t first, uint32_t cores, const uint32_t *neurons, uint32_t room)
{
    fputs("<TD><TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"1\"><TR>", out);
    for (uint32_t i = 0; i < cores; i++) {
        uint32_t core = at[first + i];
        if (core == UINT32_MAX)
            fputs("<TD BGCOLOR=\"#eeeeee\">free</TD>", out);
        else
            cell(out, core, neurons[core], room);
    }
    fputs("</TR></TABLE></TD>", out);
}

static void chip_table(FILE *out, uint32_t chip, const uint32_t *at, uint32_t cores, const hmn_limits *l,
                       const uint32_t *neurons)
{
    uint32_t per_tile = l->cores_per_tile ? l->cores_per_tile : 1, width = l->mesh_width ? l->mesh_width : 1;
    fprintf(out, "  chip%u [label=<<TABLE BORDER=\"0\" CELLSPACING=\"4\"><TR><TD COLSPAN=\"%u\">chip %u</TD></TR>",
            chip, width, chip);
    for (uint32_t first = 0; first < cores; first += per_tile) {
        uint32_t x = first / per_tile % width;
        fputs(x == 0 ? "<TR>" : "", out);
        tile(out, at, first, cores - first < per_tile ? cores - first : per_tile, neurons, l->compartments);
        fputs(x == width - 1 || first + per_tile >= cores ? "</TR>\n" : "", out);
    }
    fputs("</TABLE>>];\n", out);
}

void draw_placement(FILE *out, const hmn_image *m, const hmn_limits *limits)
{
    hmn_arena *a = arena_new(0);
    uint32_t ncores = image_cores(m), *neurons = occupancy(m, a), *site = sites(m, a), last = 0;
    for (uint32_t c = 0; c < ncores; c++)
        last = site[c] != UINT32_MAX && site[c] > last ? site[c] : last;
    uint32_t per_chip = limits->cores_per_chip ? limits->cores_per_chip : last + 1, chips = last / per_chip + 1;
    begin(out, "placement", "LR");
    fputs("  node [shape=plaintext, style=\"\"];\n", out);
    uint32_t *at = ARENA_NEW(a, uint32_t, per_chip);
    for (uint32_t chip = 0; chip < chips; chip++) {
        bool used = false;
        memset(at, 0xff, per_chip * sizeof *at);
        for (uint32_t c = 0; c < ncores; c++)
            if (site[c] != UINT32_MAX && site[c] / per_chip == chip) {
                at[site[c] % per_chip] = c;
                used = true;
            }
        if (used)
            chip_table(out, chip, at, per_chip, limits, neurons);
    }
    fputs("}\n", out);
    arena_free(a);
}

/* ---- routing ---- */

typedef struct {
    uint32_t from, to;
    uint64_t axons;
} link;

static int by_ends(const void *left, const void *right)
{
    const link *l = left, *r = right;
    if (l->from != r->from)
        return l->from < r->from ? -1 : 1;
    return l->to < r->to ? -1 : l->to > r->to;
}

static int by_weight(const void *left, const void *right)
{
    const link *l = left, *r = right;
    if (l->axons != r->axons)
        return l->axons > r->axons ? -1 : 1;
    return by_ends(left, right);
}

/* Node of each core: itself, or the first core of its tile when there are many. */
static uint32_t *nodes(const hmn_image *m, const hmn_limits *limits, bool *tiles, hmn_arena *a)
{
    uint32_t ncores = image_cores(m), *node = ARENA_NEW(a, uint32_t, ncores), *site = sites(m, a);
    *tiles = ncores > DRAW_MAX_NODES;
    for (uint32_t c = 0; c < ncores; c++) {
        node[c] = c;
        for (uint32_t k = 0; *tiles && k < c; k++)
            if (place_hops(limits_place(limits, site[c]), limits_place(limits, site[k])) == 0) {
                node[c] = node[k];
                break;
            }
    }
    return node;
}

/* Axons between nodes, merged; node ncores is the host. */
static size_t links(const hmn_image *m, const uint32_t *node, link **out, hmn_arena *a)
{
    uint32_t ncores = image_cores(m);
    image_rows axons = image_host(m, HOST_AXONS), neurons = image_host(m, HOST_NEURONS);
    link *list = ARENA_NEW(a, link, axons.rows);
    size_t n = 0, kept = 0;
    for (uint64_t i = 0; i < axons.rows; i++) {
        int64_t to = image_get(axons, i, 0), source = image_get(axons, i, 1);
        if (to >= ncores || (uint64_t)source >= neurons.rows)
            continue; /* the image reader does not relate tables; the machine refuses such an image */
        int64_t from = image_get(neurons, (uint64_t)source, 0);
        list[n++] = (link){from < ncores ? node[from] : ncores, node[to], 1};
    }
    if (n)
        qsort(list, n, sizeof *list, by_ends);
    for (size_t i = 0; i < n; i++) {
        if (kept && by_ends(&list[kept - 1], &list[i]) == 0)
            list[kept - 1].axons++;
        else
            list[kept++] = list[i];
    }
    if (kept)
        qsort(list, kept, sizeof *list, by_weight);
    *out = list;
    return kept;
}

void draw_routing(FILE *out, const hmn_image *m, const hmn_limits *limits)
{
    hmn_arena *a = arena_new(0);
    bool tiles;
    uint32_t ncores = image_cores(m), *node = nodes(m, limits, &tiles, a), *site = sites(m, a);
    uint32_t *neurons = occupancy(m, a), *total = ARENA_NEW(a, uint32_t, ncores);
    link *list;
    size_t n = links(m, node, &list, a);
    begin(out, "routing", "LR");
    for (uint32_t c = 0; c < ncores; c++)
        total[node[c]] += neurons[c];
    for (uint32_t c = 0; c < ncores; c++) {
        hmn_place p = limits_place(limits, site[c]);
        if (node[c] != c)
            continue;
        fprintf(out, "  c%u [shape=box, fillcolor=\"#dcecdc\", label=\"", c);
        if (tiles)
            fputs("tile", out);
        else
            fprintf(out, "core %u", c);
        fprintf(out, " at (%u, %u)\\n%u neurons\"];\n", p.x, p.y, total[c]);
    }
    for (size_t i = 0; i < n && i < DRAW_MAX_EDGES; i++) {
        if (list[i].from == ncores)
            fprintf(out, "  host [shape=cds, fillcolor=\"#fdf1d8\"];\n  host");
        else
            fprintf(out, "  c%u", list[i].from);
        fprintf(out, " -> c%u [label=\"%" PRIu64 "\", penwidth=%.2f];\n", list[i].to, list[i].axons,
                0.5 + 0.5 * log10((double)list[i].axons));
    }
    if (n > DRAW_MAX_EDGES)
        fprintf(out, "  label=\"%zu lighter connections are not drawn\";\n", n - DRAW_MAX_EDGES);
    fputs("}\n", out);
    arena_free(a);
}
