/* Reads SANA-FE's YAML of networks. Takes the text, yields groups, edges and places. Only what this project can do
 * exactly is taken: somas of the model leaky_integrate_fire with whole thresholds, biases and weights, hard reset to 0,
 * no current that outlives its step. Everything else is reported at its place.
 *
 * Convolutions are expanded as SANA-FE does: neurons are numbered channel by channel, row by row; filters stand as
 * [row][column][input channel][output channel]; no padding. */
#include "tools/sanafe_read.h"

#include "tools/sanafe_parts.h"

#include "compiler/parse.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 256 << 20, MAX_NEURONS = 1 << 24 };

typedef sanafe_reader reader;

bool sanafe_fail(const reader *r, hmn_span at, const char *text, const char *cure)
{
    diag_report(r->diag, DIAG_FILE_FORMAT, at, "%s", text);
    if (cure)
        diag_cure(r->diag, "%s", cure);
    return false;
}

const doc_node *sanafe_load(const reader *r, const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0;
    char *text = NULL;
    if (f && fseek(f, 0, SEEK_END) == 0 && ftell(f) >= 0 && ftell(f) <= MAX_BYTES) {
        n = (size_t)ftell(f);
        rewind(f);
        text = arena_alloc(r->arena, n + 1, 1);
        n = fread(text, 1, n, f);
    }
    if (f)
        fclose(f);
    if (!text) {
        diag_report(r->diag, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", path,
                    f ? "it is no file, or larger than 256 MiB" : strerror(errno));
        return NULL;
    }
    uint32_t nodes = 0;
    diag_add_file(r->diag, path, text, n);
    return parse_text(r->arena, r->diag, path, text, n, &nodes);
}

bool sanafe_number(const reader *r, const doc_node *n, const char *what, double *out)
{
    char *end = NULL;
    if (n && n->kind == DOC_SCALAR) {
        *out = strcmp(n->text, "true") == 0 ? 1 : strcmp(n->text, "false") == 0 ? 0 : strtod(n->text, &end);
        if (!end || (end != n->text && *end == 0 && isfinite(*out)))
            return true;
    }
    return sanafe_fail(r, n ? n->at : (hmn_span){0}, arena_printf(r->arena, "%s is not a number", what), NULL);
}

bool sanafe_whole(const reader *r, const doc_node *n, const char *what, double low, double high, double *out)
{
    if (!sanafe_number(r, n, what, out))
        return false;
    if (*out == floor(*out) && *out >= low && *out <= high)
        return true;
    return sanafe_fail(r, n->at,
                       arena_printf(r->arena, "%s is %.12g; whole numbers from %.0f to %.0f are exact on the chip",
                                    what, *out, low, high),
                       NULL);
}

/* "7" or "3..9" */
static bool range(const char *text, uint32_t *first, uint32_t *last)
{
    unsigned long a, b;
    int used = 0;
    if (sscanf(text, "%lu..%lu%n", &a, &b, &used) != 2 || text[used]) {
        if (sscanf(text, "%lu%n", &a, &used) != 1 || text[used])
            return false;
        b = a;
    }
    *first = (uint32_t)a;
    *last = (uint32_t)b;
    return a <= b && b < MAX_NEURONS;
}

/* ---- groups ---- */

typedef enum {
    ATTRIBUTE_IGNORED,
    ATTRIBUTE_THRESHOLD,
    ATTRIBUTE_BIAS,
    ATTRIBUTE_LEAK,
    ATTRIBUTE_REFRACTORY,
    ATTRIBUTE_ZERO
} attribute_kind;

/* ZERO: any other value is something that no compartment here does. */
static const struct {
    const char *name;
    attribute_kind kind;
} attributes[] = {
    {"threshold", ATTRIBUTE_THRESHOLD},
    {"bias", ATTRIBUTE_BIAS},
    {"leak_decay", ATTRIBUTE_LEAK},
    {"refractory_delay", ATTRIBUTE_REFRACTORY},
    {"reset", ATTRIBUTE_ZERO},
    {"input_decay", ATTRIBUTE_ZERO},
    {"potential", ATTRIBUTE_ZERO},
    {"force_update", ATTRIBUTE_ZERO},
    {"force_update_every_timestep", ATTRIBUTE_ZERO},
    {"log_u", ATTRIBUTE_IGNORED},
    {"log_spikes", ATTRIBUTE_IGNORED},
    {"log_potential", ATTRIBUTE_IGNORED},
    {"log_v", ATTRIBUTE_IGNORED},
};

static bool set_attribute(const reader *r, const doc_entry *e, sanafe_neuron *n)
{
    size_t k = 0;
    double v;
    while (k < sizeof attributes / sizeof *attributes && strcmp(attributes[k].name, e->key) != 0)
        k++;
    if (k == sizeof attributes / sizeof *attributes)
        return sanafe_fail(
            r, e->key_at, arena_printf(r->arena, "the attribute '%.60s' of a neuron is not known here", e->key),
            "neurons of the model leaky_integrate_fire with threshold, bias, leak_decay and refractory_delay are");
    switch (attributes[k].kind) {
    case ATTRIBUTE_IGNORED: return true;
    case ATTRIBUTE_THRESHOLD: return sanafe_whole(r, e->value, "threshold", 0, 131071, &n->threshold);
    case ATTRIBUTE_BIAS: return sanafe_whole(r, e->value, "bias", -65535, 65535, &n->bias);
    case ATTRIBUTE_REFRACTORY: return sanafe_whole(r, e->value, "refractory_delay", 0, 63, &n->refractory);
    case ATTRIBUTE_LEAK: return sanafe_number(r, e->value, "leak_decay", &n->leak);
    case ATTRIBUTE_ZERO:
        return sanafe_number(r, e->value, e->key, &v) &&
               (v == 0 ||
                sanafe_fail(r, e->value->at, arena_printf(r->arena, "%s is %g, only 0 is done exactly here", e->key, v),
                            NULL));
    }
    return false;
}

static bool set_attributes(const reader *r, const doc_node *map, sanafe_group *g, sanafe_neuron *n)
{
    bool ok = true;
    if (!map || doc_is_null(map))
        return true;
    if (map->kind != DOC_MAP)
        return sanafe_fail(r, map->at, "attributes are a mapping", NULL);
    for (uint32_t i = 0; i < map->count; i++) {
        const doc_entry *e = &map->entry[i];
        const char **unit = strcmp(e->key, "soma_hw_name") == 0      ? &g->soma
                            : strcmp(e->key, "synapse_hw_name") == 0 ? &g->synapse
                                                                     : NULL;
        if (unit)
            *unit = e->value->kind == DOC_SCALAR ? e->value->text : *unit;
        else if (strcmp(e->key, "dendrite_hw_name") != 0)
            ok &= set_attribute(r, e, n);
    }
    return ok;
}

/* Calls for every entry KEY: VALUE of a list of mappings, or of one mapping. */
static bool each_entry(const reader *r, const doc_node *list,
                       bool (*visit)(const reader *r, const doc_entry *e, void *context), void *context)
{
    bool ok = true;
    if (!list || (list->kind != DOC_LIST && list->kind != DOC_MAP))
        return sanafe_fail(r, list ? list->at : (hmn_span){0}, "a list of mappings is expected", NULL);
    for (uint32_t i = 0; list->kind == DOC_MAP && i < list->count; i++)
        ok &= visit(r, &list->entry[i], context);
    for (uint32_t i = 0; list->kind == DOC_LIST && i < list->count; i++)
        ok &= each_entry(r, list->item[i], visit, context);
    return ok;
}

typedef struct {
    sanafe_group *g;
    sanafe_neuron standard;
    bool sizes; /* first round: how many there are */
} group_round;

static bool neurons(const reader *r, const doc_entry *e, void *context)
{
    group_round *x = context;
    uint32_t first, last;
    if (!range(e->key, &first, &last))
        return sanafe_fail(r, e->key_at, "neurons are numbered N or FIRST..LAST", NULL);
    if (x->sizes) {
        x->g->size = last + 1 > x->g->size ? last + 1 : x->g->size;
        return true;
    }
    sanafe_neuron n = x->standard;
    if (!set_attributes(r, e->value, x->g, &n))
        return false;
    for (uint32_t i = first; i <= last; i++)
        x->g->neuron[i] = n;
    return true;
}

static bool read_group(const reader *r, const doc_node *node, sanafe_group *g)
{
    const doc_node *name = doc_get(node, "name"), *list = doc_get(node, "neurons");
    if (!name || name->kind != DOC_SCALAR || !list)
        return sanafe_fail(r, node->at, "a group has a name and neurons", NULL);
    *g = (sanafe_group){.name = name->text, .at = node->at};
    group_round x = {g, {.leak = 1}, true};
    if (!set_attributes(r, doc_get(node, "attributes"), g, &x.standard) || !each_entry(r, list, neurons, &x))
        return false;
    g->neuron = ARENA_NEW(r->arena, sanafe_neuron, g->size);
    for (uint32_t i = 0; i < g->size; i++)
        g->neuron[i] = x.standard;
    x.sizes = false;
    return each_entry(r, list, neurons, &x);
}

static uint32_t find_group(const reader *r, const char *name, size_t length)
{
    uint32_t i = 0;
    while (i < r->net->ngroups &&
           (strlen(r->net->group[i].name) != length || strncmp(r->net->group[i].name, name, length) != 0))
        i++;
    return i;
}

/* ---- edges ---- */

static sanafe_bundle *bundle(const reader *r, uint32_t pre, uint32_t post, bool fresh)
{
    sanafe_net *n = r->net;
    for (size_t i = 0; !fresh && i < n->nbundles; i++)
        if (n->bundle[i].pre == pre && n->bundle[i].post == post)
            return &n->bundle[i];
    n->bundle = arena_grow(r->arena, n->bundle, sizeof *n->bundle, n->nbundles, n->nbundles + 1, &n->bundle_cap);
    n->bundle[n->nbundles] = (sanafe_bundle){.pre = pre, .post = post};
    return &n->bundle[n->nbundles++];
}

static void connect(const reader *r, sanafe_bundle *b, uint32_t pre, uint32_t post, double weight)
{
    b->edge = arena_grow(r->arena, b->edge, sizeof *b->edge, b->count, b->count + 1, &b->cap);
    b->edge[b->count++] = (sanafe_edge){pre, post, (int32_t)weight};
}

/* The list of weights: at least `need` whole numbers. */
static const doc_node *weights(const reader *r, const doc_entry *e, uint64_t need)
{
    const doc_node *w = doc_get(e->value, "weight");
    w = w ? w : doc_get(e->value, "w");
    if (w && w->kind == DOC_LIST && w->count >= need)
        return w;
    diag_report(r->diag, DIAG_FILE_FORMAT, e->key_at, "this entry needs a list of %llu weights, it has %u",
                (unsigned long long)need, w && w->kind == DOC_LIST ? w->count : 0);
    return NULL;
}

static bool weight_at(const reader *r, const doc_node *list, uint64_t i, double *w)
{
    return sanafe_whole(r, list->item[i], "weight", -32768, 32767, w);
}

typedef struct {
    uint32_t width, height, in, kernel_width, kernel_height, out, stride_x, stride_y;
} convolution;

static bool read_convolution(const reader *r, const doc_entry *e, convolution *c)
{
    static const char *const keys[] = {"input_width",   "input_height", "input_channels", "kernel_width",
                                       "kernel_height", "kernel_count", "stride_width",   "stride_height"};
    uint32_t *const field[] = {&c->width,         &c->height, &c->in,       &c->kernel_width,
                               &c->kernel_height, &c->out,    &c->stride_x, &c->stride_y};
    bool ok = true;
    for (size_t i = 0; i < 8; i++) {
        const doc_node *n = doc_get(e->value, keys[i]);
        double v = 1; /* strides may be left out */
        if (n || i < 6)
            ok &= sanafe_whole(r, n, keys[i], 1, 65536, &v);
        *field[i] = (uint32_t)v;
    }
    if (ok && (c->kernel_width > c->width || c->kernel_height > c->height))
        return sanafe_fail(r, e->key_at, "the kernel is larger than the input", NULL);
    return ok;
}

static bool convolve(const reader *r, const doc_entry *e, uint32_t pre, uint32_t post)
{
    convolution c;
    if (!read_convolution(r, e, &c))
        return false;
    uint32_t width = (c.width - c.kernel_width) / c.stride_x + 1,
             height = (c.height - c.kernel_height) / c.stride_y + 1;
    if ((uint64_t)c.in * c.width * c.height != r->net->group[pre].size ||
        (uint64_t)c.out * width * height != r->net->group[post].size)
        return sanafe_fail(r, e->key_at, "the sizes of the groups are not those of the convolution", NULL);
    const doc_node *w = weights(r, e, (uint64_t)c.kernel_width * c.kernel_height * c.in * c.out);
    double *filter = ARENA_NEW(r->arena, double, w ? w->count : 0);
    for (uint32_t i = 0; w && i < w->count; i++)
        if (!weight_at(r, w, i, &filter[i]))
            return false;
    if (!w)
        return false;
    sanafe_bundle *b = bundle(r, pre, post, true);
    for (uint32_t out = 0; out < c.out; out++)
        for (uint32_t y = 0; y < height; y++)
            for (uint32_t x = 0; x < width; x++)
                for (uint32_t in = 0; in < c.in; in++)
                    for (uint32_t k = 0; k < c.kernel_width * c.kernel_height; k++) {
                        uint32_t ky = k / c.kernel_width, kx = k % c.kernel_width;
                        uint32_t from = (in * c.height + y * c.stride_y + ky) * c.width + x * c.stride_x + kx;
                        connect(r, b, from, (out * height + y) * width + x, filter[(k * c.in + in) * c.out + out]);
                    }
    return true;
}

static bool dense(const reader *r, const doc_entry *e, uint32_t pre, uint32_t post)
{
    uint32_t m = r->net->group[pre].size, n = r->net->group[post].size;
    const doc_node *w = weights(r, e, (uint64_t)m * n);
    sanafe_bundle *b = w ? bundle(r, pre, post, true) : NULL;
    for (uint64_t i = 0; w && i < (uint64_t)m * n; i++) {
        double v;
        if (!weight_at(r, w, i, &v))
            return false;
        connect(r, b, (uint32_t)(i / n), (uint32_t)(i % n), v);
    }
    return w != NULL;
}

/* GROUP or GROUP.N */
static bool address(const reader *r, const char *text, size_t length, hmn_span at, uint32_t *group, uint32_t *neuron)
{
    size_t dot = length;
    *neuron = UINT32_MAX;
    *group = find_group(r, text, length);
    while (*group == r->net->ngroups && dot > 0)
        if (text[--dot] == '.') {
            char *end;
            *group = find_group(r, text, dot);
            *neuron = (uint32_t)strtoul(text + dot + 1, &end, 10);
            if (end != text + length)
                *group = r->net->ngroups;
            break;
        }
    if (*group < r->net->ngroups && (*neuron == UINT32_MAX || *neuron < r->net->group[*group].size))
        return true;
    return sanafe_fail(r, at, arena_printf(r->arena, "'%.*s' is no group or neuron", (int)length, text), NULL);
}

static bool edges(const reader *r, const doc_entry *e, void *context)
{
    (void)context;
    const char *arrow = strstr(e->key, " -> ");
    uint32_t pre, post, i, j;
    if (!arrow)
        return sanafe_fail(r, e->key_at, "an edge is written SOURCE -> TARGET", NULL);
    if (!address(r, e->key, (size_t)(arrow - e->key), e->key_at, &pre, &i) ||
        !address(r, arrow + 4, strlen(arrow + 4), e->key_at, &post, &j))
        return false;
    const doc_node *type = doc_get(e->value, "type"), *weight = doc_get(e->value, "weight");
    if (type && type->kind == DOC_SCALAR && i == UINT32_MAX && j == UINT32_MAX) {
        if (strcmp(type->text, "conv2d") == 0)
            return convolve(r, e, pre, post);
        if (strcmp(type->text, "dense") == 0)
            return dense(r, e, pre, post);
        return sanafe_fail(r, type->at, arena_printf(r->arena, "edges of type '%.40s' are not known here", type->text),
                           "conv2d, dense, and edges from neuron to neuron are");
    }
    double w;
    if (i == UINT32_MAX || j == UINT32_MAX)
        return sanafe_fail(r, e->key_at, "an edge between groups needs a type", "write type: conv2d or type: dense");
    if (!sanafe_whole(r, weight ? weight : doc_get(e->value, "w"), "weight", -32768, 32767, &w))
        return false;
    connect(r, bundle(r, pre, post, false), i, j, w);
    return true;
}

/* ---- mapping ---- */

static bool places(const reader *r, const doc_entry *e, void *context)
{
    (void)context;
    sanafe_net *n = r->net;
    const doc_node *core = doc_get(e->value, "core");
    const char *dot = strrchr(e->key, '.'), *dots = strstr(e->key, "..");
    uint32_t first, last, tile, index;
    if (dots) /* GROUP.FIRST..LAST */
        for (dot = dots; dot > e->key && *--dot != '.';)
            ;
    char rest;
    if (!dot || !core || core->kind != DOC_SCALAR || !range(dot + 1, &first, &last) ||
        sscanf(core->text, "%u.%u%c", &tile, &index, &rest) != 2)
        return sanafe_fail(r, e->key_at, "a mapping is written GROUP.NEURON: {core: TILE.CORE}", NULL);
    uint32_t g = find_group(r, e->key, (size_t)(dot - e->key));
    if (g == n->ngroups || last >= n->group[g].size)
        return sanafe_fail(r, e->key_at, "there is no such neuron", NULL);
    sanafe_place *before = n->nplaces ? &n->place[n->nplaces - 1] : NULL;
    if (before && before->group == g && before->tile == tile && before->core == index &&
        before->first + before->count == first) {
        before->count += last - first + 1;
        return true;
    }
    n->place = arena_grow(r->arena, n->place, sizeof *n->place, n->nplaces, n->nplaces + 1, &n->place_cap);
    n->place[n->nplaces++] = (sanafe_place){g, first, last - first + 1, tile, index};
    return true;
}

bool sanafe_read_network(const char *path, sanafe_net *out, hmn_arena *a, hmn_diag *d)
{
    reader reads = {out, a, d}, *r = &reads;
    const doc_node *root = sanafe_load(r, path);
    if (!root)
        return false;
    const doc_node *net = doc_get(root, "network"), *groups = net ? doc_get(net, "groups") : NULL;
    const doc_node *name = net ? doc_get(net, "name") : NULL, *list = net ? doc_get(net, "edges") : NULL;
    if (!groups || groups->kind != DOC_LIST)
        return sanafe_fail(r, root->at, "a network of SANA-FE is network: {groups: [...], edges: [...]}, and mappings",
                           NULL);
    out->name = name && name->kind == DOC_SCALAR ? name->text : "imported";
    out->group = ARENA_NEW(a, sanafe_group, groups->count);
    bool ok = true;
    for (; out->ngroups < groups->count; out->ngroups++)
        ok &= read_group(r, groups->item[out->ngroups], &out->group[out->ngroups]);
    if (ok && list && !doc_is_null(list))
        ok = each_entry(r, list, edges, NULL);
    const doc_node *map = doc_get(root, "mappings");
    return ok && (!map || each_entry(r, map, places, NULL));
}
