/* target: the chip, wishes about it, and the machine that differs from the standard one. Takes the mapping, yields
 * net_target. Which limits and costs a chip has is checked when the chip is known (quantise): here forms, numbers and
 * ranges only. */
#include "compiler/check.h"

#include "core/cost/cost.h"

#include <math.h>
#include <string.h>

static void check_mesh(checker *c, const doc_entry *e)
{
    double v[2];
    if (!e || !check_type(c, e->value, DOC_LIST, "mesh"))
        return;
    if (e->value->count != 2) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, e->value->at, "mesh has %u numbers", e->value->count);
        diag_cure(c->diag, "write [width, height]");
        return;
    }
    for (int i = 0; i < 2; i++)
        if (!check_number(c, e->value->item[i], "mesh", NET_INTEGER, &v[i]) ||
            !check_range(c, e->value->item[i]->at, "mesh", NET_INTEGER, v[i], 1, 65536, false))
            return;
    c->net->target.mesh_width = (net_num){v[0], true, e->value->item[0]->at};
    c->net->target.mesh_height = (net_num){v[1], true, e->value->item[1]->at};
}

typedef struct {
    net_change *change;
    size_t count, cap;
} changes;

static void add(checker *c, changes *list, const char *key, double value, hmn_span at)
{
    list->change = arena_grow(c->arena, list->change, sizeof *list->change, list->count, list->count + 1, &list->cap);
    list->change[list->count++] = (net_change){key, (uint64_t)value, at};
}

/* machine: {NAME: whole number} */
static void check_machine(checker *c, const doc_entry *e, changes *list)
{
    if (!e || doc_is_null(e->value) || !check_type(c, e->value, DOC_MAP, "machine"))
        return;
    for (uint32_t i = 0; i < e->value->count; i++) {
        const doc_entry *n = &e->value->entry[i];
        double v;
        if (check_number(c, n->value, n->key, NET_INTEGER, &v) &&
            check_range(c, n->value->at, n->key, NET_INTEGER, v, 1, UINT32_MAX, false))
            add(c, list, n->key, v, n->value->at);
    }
}

/* Units of a cost, the part that they set, and what one of them is in ps, fJ or fJ / s. */
static const struct {
    const char *unit, *part;
    double scale, most;
    cost_kind kind;
} units[] = {{"ns", "ps", 1e3, 1e12, COST_OPERATION},
             {"pJ", "fj", 1e3, 1e12, COST_OPERATION},
             {"mW", "fj", 1e12, 1e6, COST_POWER}};

enum { UNITS = sizeof units / sizeof *units };

/* NAME: {ns: number, pJ: number}, or {mW: number}. Whether the chip has such a cost is checked later. */
static void check_cost(checker *c, const doc_entry *e, changes *list)
{
    cost_id id = cost_find(e->key);
    bool power = id != COST_COUNT && cost_kind_of(id) == COST_POWER;
    if (!check_type(c, e->value, DOC_MAP, e->key))
        return;
    for (uint32_t i = 0; i < e->value->count; i++) {
        const doc_entry *n = &e->value->entry[i];
        uint32_t k = 0;
        double v;
        while (k < UNITS &&
               (strcmp(n->key, units[k].unit) != 0 || (id != COST_COUNT && (units[k].kind == COST_POWER) != power)))
            k++;
        if (k == UNITS) {
            diag_report(c->diag, DIAG_KEY_UNKNOWN, n->key_at, "unknown key '%.60s' in target.costs.%.60s", n->key,
                        e->key);
            diag_cure(c->diag, power ? "it is a power: write %s: {mW: ..}" : "write %s: {ns: .., pJ: ..}", e->key);
        } else if (check_number(c, n->value, n->key, NET_PLAIN, &v) &&
                   check_range(c, n->value->at, n->key, NET_PLAIN, v, 0, units[k].most, false))
            add(c, list, arena_printf(c->arena, "%s.%s", e->key, units[k].part), round(units[k].scale * v),
                n->value->at);
    }
}

/* barrier: [[tiles, ns], ...] */
static void check_barrier(checker *c, const doc_entry *e, changes *list)
{
    if (!check_type(c, e->value, DOC_LIST, e->key))
        return;
    for (uint32_t i = 0; i < e->value->count; i++) {
        const doc_node *row = e->value->item[i];
        double tiles, ns;
        if (!check_type(c, row, DOC_LIST, "a row of barrier"))
            continue;
        if (row->count != 2) {
            diag_report(c->diag, DIAG_VALUE_LENGTH, row->at, "a row of barrier has %u entries", row->count);
            diag_cure(c->diag, "write [tiles in use, ns]");
        } else if (check_number(c, row->item[0], "tiles", NET_INTEGER, &tiles) &&
                   check_range(c, row->item[0]->at, "tiles", NET_INTEGER, tiles, 1, UINT32_MAX, false) &&
                   check_number(c, row->item[1], "ns", NET_PLAIN, &ns) &&
                   check_range(c, row->item[1]->at, "ns", NET_PLAIN, ns, 0, 1e12, false))
            add(c, list, arena_printf(c->arena, "barrier.%.0f", tiles), round(1e3 * ns), row->at);
    }
}

static void check_setting(checker *c, const doc_entry *e, changes *list)
{
    double v;
    if (check_number(c, e->value, e->key, NET_INTEGER, &v) &&
        check_range(c, e->value->at, e->key, NET_INTEGER, v, 0, UINT32_MAX, false))
        add(c, list, arena_printf(c->arena, "setting.%s", e->key), v, e->value->at);
}

static void check_costs(checker *c, const doc_entry *e, changes *list)
{
    if (!e || doc_is_null(e->value) || !check_type(c, e->value, DOC_MAP, "costs"))
        return;
    for (uint32_t i = 0; i < e->value->count; i++) {
        const doc_entry *n = &e->value->entry[i];
        if (strcmp(n->key, "barrier") == 0)
            check_barrier(c, n, list);
        else if (setting_find(n->key) != SETTING_COUNT)
            check_setting(c, n, list);
        else if (strcmp(n->key, "profile") != 0)
            check_cost(c, n, list);
        else {
            const char *name = check_text(c, n->value, "profile");
            if (name)
                add(c, list, arena_printf(c->arena, "profile.%s", name), 1, n->value->at);
        }
    }
}

/* ---- place ---- */

/* [population, first, count, core] */
static bool place_row(checker *c, const doc_node *row, net_place *out)
{
    static const char *const what[] = {"population", "first neuron", "number of neurons", "core"};
    double v[4];
    if (!check_type(c, row, DOC_LIST, "a row of place"))
        return false;
    if (row->count != 4) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, row->at, "a row of place has %u entries", row->count);
        diag_cure(c->diag, "write [population, first neuron, number of neurons, core]");
        return false;
    }
    uint32_t p = check_ref(c, row->item[0], what[0], REF_POPULATION);
    for (int i = 1; i < 4; i++)
        if (!check_number(c, row->item[i], what[i], NET_INTEGER, &v[i]) ||
            !check_range(c, row->item[i]->at, what[i], NET_INTEGER, v[i], i == 2, UINT32_MAX, false))
            return false;
    if (p == NET_NONE)
        return false;
    *out = (net_place){p, (uint32_t)v[1], (uint32_t)v[2], (uint32_t)v[3], row->at};
    uint32_t size = c->net->population[p].size;
    if ((uint64_t)out->first + out->count <= size)
        return true;
    diag_report(c->diag, DIAG_VALUE_RANGE, row->at, "neurons %u to %llu are placed, population '%s' has %u", out->first,
                (unsigned long long)out->first + out->count - 1, c->net->population[p].name.s, size);
    return false;
}

static bool is_source(const net_population *p)
{
    static const bool source[MODEL_COUNT] = {
#define NEURON_MODEL(id, name, bit, source, ...) source,
#include "core/ir/neuron.def"
    };
    return source[p->model];
}

/* Every neuron of every population that needs cores must stand in exactly one row. */
static void check_cover(checker *c, hmn_span at)
{
    net_target *t = &c->net->target;
    for (uint32_t p = 0; p < c->net->npopulations; p++) {
        const net_population *pop = &c->net->population[p];
        uint8_t *seen = ARENA_NEW(c->arena, uint8_t, pop->size);
        for (uint32_t i = 0; i < t->nplaces; i++)
            for (uint32_t n = 0; t->place[i].population == p && n < t->place[i].count; n++)
                if (seen[t->place[i].first + n]++) {
                    diag_report(c->diag, DIAG_VALUE_RANGE, t->place[i].at,
                                "neuron %u of population '%s' is placed twice", t->place[i].first + n, pop->name.s);
                    break;
                }
        uint32_t n = 0;
        while (n < pop->size && seen[n])
            n++;
        if (n == pop->size || is_source(pop))
            continue;
        diag_report(c->diag, DIAG_VALUE_RANGE, at, "neuron %u of population '%s' is not placed", n, pop->name.s);
        diag_cure(c->diag, "place every neuron, or leave place out: the compiler places then");
    }
}

static void check_places(checker *c, const doc_entry *e)
{
    const doc_node *const *row;
    uint32_t n;
    if (!e || !check_items(c, e->value, "place", &row, &n))
        return;
    net_place *place = ARENA_NEW(c->arena, net_place, n);
    bool ok = true;
    for (uint32_t i = 0; i < n; i++)
        ok &= place_row(c, row[i], &place[i]);
    if (!ok)
        return;
    c->net->target.place = place;
    c->net->target.nplaces = n;
    check_cover(c, e->key_at);
}

/* ---- what is dead ---- */

typedef struct {
    net_fault *fault;
    size_t count, cap;
} faults;

static void check_faults(checker *c, const doc_entry *e, net_fault_kind kind, faults *out)
{
    static const char *const what[] = {"x", "y", "link or number of cores"};
    const doc_node *const *row;
    uint32_t n, columns = kind == FAULT_CHIP ? 2 : 3;
    if (!e || !check_items(c, e->value, e->key, &row, &n))
        return;
    for (uint32_t i = 0; i < n; i++) {
        double v[3] = {0, 0, 0}, high = 65535;
        bool ok = check_type(c, row[i], DOC_LIST, e->key);
        if (ok && row[i]->count != columns) {
            diag_report(c->diag, DIAG_VALUE_LENGTH, row[i]->at, "a row of %s has %u entries", e->key, row[i]->count);
            diag_cure(c->diag, kind == FAULT_CHIP   ? "write [x, y]"
                               : kind == FAULT_LINK ? "write [x, y, link]"
                                                    : "write [x, y, cores]");
            ok = false;
        }
        for (uint32_t k = 0; ok && k < columns; k++) {
            high = k < 2 ? 65535 : kind == FAULT_LINK ? 5 : 18;
            ok = check_number(c, row[i]->item[k], what[k], NET_INTEGER, &v[k]) &&
                 check_range(c, row[i]->item[k]->at, what[k], NET_INTEGER, v[k], k == 2 && kind == FAULT_CORES, high,
                             false);
        }
        if (!ok)
            continue;
        out->fault = arena_grow(c->arena, out->fault, sizeof *out->fault, out->count, out->count + 1, &out->cap);
        out->fault[out->count++] = (net_fault){kind, (uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2], row[i]->at};
    }
}

void check_target(checker *c, const doc_node *target, hmn_span at)
{
    changes list = {NULL, 0, 0};
    check_bind(c, &keys_target, 0, target, at, (check_path){NULL, "target"}, &c->net->target);
    if (!target)
        return;
    check_mesh(c, check_pick(&keys_target, target, "mesh"));
    check_machine(c, check_pick(&keys_target, target, "machine"), &list);
    check_costs(c, check_pick(&keys_target, target, "costs"), &list);
    c->net->target.change = list.change;
    c->net->target.nchanges = (uint32_t)list.count;
    check_places(c, check_pick(&keys_target, target, "place"));
    faults dead = {NULL, 0, 0};
    check_faults(c, check_pick(&keys_target, target, "dead_chips"), FAULT_CHIP, &dead);
    check_faults(c, check_pick(&keys_target, target, "dead_links"), FAULT_LINK, &dead);
    check_faults(c, check_pick(&keys_target, target, "dead_cores"), FAULT_CORES, &dead);
    c->net->target.fault = dead.fault;
    c->net->target.nfaults = (uint32_t)dead.count;
}
