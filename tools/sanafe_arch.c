/* Reads SANA-FE's YAML of architectures. Takes the text, yields the grid, the barrier and what operations cost. One
 * kind of tile with one kind of core is taken; of units that stand several times the first counts. */
#include "tools/sanafe_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The attributes of the first entry of a list whose name begins with `begin`, "" for any. */
static const doc_node *unit_of(const doc_node *list)
{
    const doc_node *first = list && list->kind == DOC_LIST && list->count ? list->item[0] : NULL;
    return first ? doc_get(first, "attributes") : NULL;
}

static void cost(const sanafe_reader *r, const doc_node *map, const char *key, double scale, double *out)
{
    const doc_node *n = map ? doc_get(map, key) : NULL;
    double v;
    if (n && sanafe_number(r, n, key, &v))
        *out = v * scale;
}

/* "loihi_core[0..3]" -> 4 */
static uint32_t copies(const doc_node *node)
{
    const doc_node *name = node ? doc_get(node, "name") : NULL;
    const char *open = name && name->kind == DOC_SCALAR ? strchr(name->text, '[') : NULL;
    unsigned a, b;
    return open && sscanf(open, "[%u..%u]", &a, &b) == 2 && b >= a && b < 65536 ? b - a + 1 : 1;
}

static void read_units(const sanafe_reader *r, const doc_node *core)
{
    sanafe_net *n = r->net;
    const doc_node *list = doc_get(core, "synapse");
    for (uint32_t i = 0; list && list->kind == DOC_LIST && i < list->count; i++) {
        const doc_node *name = doc_get(list->item[i], "name"), *values = doc_get(list->item[i], "attributes");
        sanafe_unit u = {name && name->kind == DOC_SCALAR ? name->text : "", 0, 0};
        cost(r, values, "latency_process_spike", 1e9, &u.ns);
        cost(r, values, "energy_process_spike", 1e12, &u.pj);
        n->synapse =
            arena_grow(r->arena, n->synapse, sizeof *n->synapse, n->nsynapses, n->nsynapses + 1, &n->synapse_cap);
        n->synapse[n->nsynapses++] = u;
    }
    const doc_node *in = unit_of(doc_get(core, "axon_in")), *out = unit_of(doc_get(core, "axon_out")),
                   *soma = unit_of(doc_get(core, "soma"));
    cost(r, in, "latency_message_in", 1e9, &n->in_ns);
    cost(r, in, "energy_message_in", 1e12, &n->in_pj);
    cost(r, out, "latency_message_out", 1e9, &n->out_ns);
    cost(r, out, "energy_message_out", 1e12, &n->out_pj);
    cost(r, soma, "latency_access_neuron", 1e9, &n->access_ns);
    cost(r, soma, "energy_access_neuron", 1e12, &n->access_pj);
    cost(r, soma, "latency_update_neuron", 1e9, &n->update_ns);
    cost(r, soma, "energy_update_neuron", 1e12, &n->update_pj);
    cost(r, soma, "latency_spike_out", 1e9, &n->spike_ns);
    cost(r, soma, "energy_spike_out", 1e12, &n->spike_pj);
}

static bool add_sync(const sanafe_reader *r, uint32_t tiles, const doc_node *value)
{
    sanafe_net *n = r->net;
    double seconds;
    if (n->nsync == SANAFE_SYNC)
        return sanafe_fail(r, value->at, "latency_sync has more than 32 rows", NULL);
    if (!sanafe_number(r, value, "latency_sync", &seconds))
        return false;
    n->sync_tiles[n->nsync] = tiles;
    n->sync_ns[n->nsync++] = 1e9 * seconds;
    return true;
}

/* Tables go by the number of mapped tiles: the row of the greatest number that is not beyond. */
static bool read_sync(const sanafe_reader *r, const doc_node *chip)
{
    const doc_node *model = doc_get(chip, "sync_model"), *latency = doc_get(chip, "latency_sync");
    bool table = model && model->kind == DOC_SCALAR && strcmp(model->text, "table") == 0;
    if (!latency)
        return true;
    if (!table)
        return add_sync(r, 1, latency);
    if (latency->kind != DOC_MAP)
        return sanafe_fail(r, latency->at, "latency_sync of a table maps numbers of tiles to times", NULL);
    for (uint32_t i = 0; i < latency->count; i++) {
        char *end;
        unsigned long tiles = strtoul(latency->entry[i].key, &end, 10);
        if (*end || tiles == 0 || tiles > UINT32_MAX)
            return sanafe_fail(r, latency->entry[i].key_at, "a row of latency_sync begins with a number of tiles",
                               NULL);
        if (!add_sync(r, (uint32_t)tiles, latency->entry[i].value))
            return false;
    }
    return true;
}

bool sanafe_read_architecture(const char *path, sanafe_net *out, hmn_arena *a, hmn_diag *d)
{
    const sanafe_reader reads = {out, a, d}, *r = &reads;
    const doc_node *root = sanafe_load(r, path), *arch = root ? doc_get(root, "architecture") : NULL;
    const doc_node *tiles = arch ? doc_get(arch, "tile") : NULL,
                   *whole_chip = arch ? doc_get(arch, "attributes") : NULL;
    const doc_node *tile = tiles && tiles->kind == DOC_LIST && tiles->count == 1 ? tiles->item[0] : NULL;
    const doc_node *cores = tile ? doc_get(tile, "core") : NULL;
    const doc_node *core = cores && cores->kind == DOC_LIST && cores->count == 1 ? cores->item[0] : NULL;
    double width, height, most = 1024;
    if (!root)
        return false;
    if (!core || !whole_chip)
        return sanafe_fail(r, root->at, "an architecture with one kind of tile and one kind of core is expected", NULL);
    if (!sanafe_whole(r, doc_get(whole_chip, "width"), "width", 1, 1024, &width) ||
        !sanafe_whole(r, doc_get(whole_chip, "height"), "height", 1, 1024, &height))
        return false;
    const doc_node *limit =
        doc_get(core, "attributes") ? doc_get(doc_get(core, "attributes"), "max_neurons_supported") : NULL;
    if (limit && !sanafe_whole(r, limit, "max_neurons_supported", 1, 4096, &most))
        return false;
    out->width = (uint32_t)width;
    out->height = (uint32_t)height;
    out->neurons = (uint32_t)most;
    out->cores_per_tile = copies(core);
    double buffer = 0;
    const doc_node *room = doc_get(whole_chip, "link_buffer_size");
    if (!read_sync(r, whole_chip) || (room && !sanafe_whole(r, room, "link_buffer_size", 2, 65536, &buffer)))
        return false;
    out->buffer = (uint32_t)buffer;
    const doc_node *hops = doc_get(tile, "attributes");
    cost(r, hops, "latency_east_hop", 1e9, &out->hop_x_ns);
    cost(r, hops, "energy_east_hop", 1e12, &out->hop_x_pj);
    cost(r, hops, "latency_north_hop", 1e9, &out->hop_y_ns);
    cost(r, hops, "energy_north_hop", 1e12, &out->hop_y_pj);
    read_units(r, core);
    return diag_errors(d) == 0;
}
