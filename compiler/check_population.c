/* Populations: sizes and shapes, models and their parameters, initial state, structure, listed spike times. Takes the
 * entries of the section, fills net_population. Parameters come from core/ir/neuron.def: those of the model may be
 * written, the others are refused with the nearest of the model's own. */
#include "compiler/check.h"

#include <math.h>
#include <string.h>

enum { MAX_SIZE = 1 << 27, MAX_SPIKES = 1 << 24 };

static void set_size(checker *c, const doc_node *n, net_population *p)
{
    const doc_node *const *item;
    uint32_t count;
    p->shape[0] = p->shape[1] = p->shape[2] = 1;
    if (!check_items(c, n, "size", &item, &count))
        return;
    if (count < 1 || count > 3) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->at, "size has %u numbers", count);
        diag_cure(c->diag, "write n, [height, width] or [height, width, channels]");
        return;
    }
    double total = 1, v;
    for (uint32_t i = 0; i < count; i++) {
        if (!check_number(c, item[i], "size", NET_INTEGER, &v) ||
            !check_range(c, item[i]->at, "size", NET_INTEGER, v, 1, MAX_SIZE, false))
            return;
        p->shape[i] = (uint32_t)v;
        total *= v;
    }
    if (total > MAX_SIZE) {
        diag_report(c->diag, DIAG_NET_SIZE, n->at, "this population has %.0f neurons, the limit is %d", total,
                    MAX_SIZE);
        return;
    }
    p->ndim = count;
    p->size = (uint32_t)total;
}

/* ---- parameters of the model ---- */

static const char *model_params(checker *c, neuron_model model)
{
    const char *text = "";
    for (int i = 0; i < NP_COUNT; i++)
        if (keys_params[i].models & 1u << model)
            text = arena_printf(c->arena, "%s%s%s", text, *text ? ", " : "", keys_params[i].key);
    return *text ? text : "none";
}

static neuron_param find_param(const char *key, neuron_model model)
{
    for (neuron_param i = 0; i < NP_COUNT; i++)
        if ((keys_params[i].models & 1u << model) && strcmp(keys_params[i].key, key) == 0)
            return i;
    return NP_COUNT;
}

static void unknown_param(checker *c, const doc_entry *e, const net_population *p)
{
    suggestion s = suggest_start(e->key);
    bool elsewhere = false;
    for (int i = 0; i < NP_COUNT; i++) {
        if (keys_params[i].models & 1u << p->model)
            suggest_offer(&s, keys_params[i].key, keys_params[i].key);
        elsewhere = elsewhere || strcmp(keys_params[i].key, e->key) == 0;
    }
    for (int i = 0; i < NP_COUNT && s.distance > 0; i++)
        if (keys_params[i].models & 1u << p->model)
            suggest_offer_list(&s, keys_params[i].aliases, keys_params[i].key);
    diag_report(c->diag, DIAG_KEY_UNKNOWN, e->key_at,
                elsewhere ? "the parameter '%.60s' does not belong to the model %s"
                          : "unknown parameter '%.60s' of the model %s",
                e->key, keys_models[p->model].word);
    if (check_quiet(c))
        return;
    if (strchr(e->key, ':'))
        diag_cure(c->diag, "write a space after ':'");
    else if (s.best)
        diag_cure(c->diag, "did you mean '%s'? allowed here: %s", s.best, model_params(c, p->model));
    else
        diag_cure(c->diag, "allowed here: %s", model_params(c, p->model));
}

static void check_length(checker *c, const char *what, const net_value *v, uint32_t size)
{
    if (v->dist != DIST_LIST || size == 0 || v->nlist == size || v->nlist == 0)
        return;
    diag_report(c->diag, DIAG_VALUE_LENGTH, v->at, "%s has %u values for %u neurons", what, v->nlist, size);
    diag_cure(c->diag, "give one value, or one for each neuron");
}

static void set_params(checker *c, const doc_node *map, net_population *p)
{
    if (map && doc_is_null(map))
        return;
    if (!map || !check_type(c, map, DOC_MAP, "params"))
        return;
    for (uint32_t i = 0; i < map->count; i++) {
        const doc_entry *e = &map->entry[i];
        if (strncmp(e->key, "x-", 2) == 0)
            continue;
        neuron_param which = find_param(e->key, p->model);
        if (which == NP_COUNT) {
            unknown_param(c, e, p);
            continue;
        }
        const key_param *k = &keys_params[which];
        check_value(c, e->value, k->key, k->dim, k->low, k->high, false, &p->param[which]);
        check_length(c, k->key, &p->param[which], p->size);
    }
}

static void default_params(net_population *p)
{
    for (int i = 0; i < NP_COUNT; i++) {
        p->param[i] = (net_value){.dist = DIST_CONSTANT};
        p->param[i].p[0] = keys_params[i].def;
    }
}

/* The threshold above the reset, where both are plain numbers. */
static void compare_levels(checker *c, const net_population *p)
{
    const net_value *th = &p->param[NP_V_THRESH], *reset = &p->param[NP_V_RESET];
    if (!(keys_params[NP_V_RESET].models & 1u << p->model) || th->dist != DIST_CONSTANT ||
        reset->dist != DIST_CONSTANT || th->p[0] > reset->p[0])
        return;
    diag_report(c->diag, DIAG_VALUE_RANGE,
                th->given      ? th->at
                : reset->given ? reset->at
                               : p->model_at,
                "v_thresh (%g mV) is not above v_reset (%g mV): the neuron would fire for ever", th->p[0], reset->p[0]);
    diag_cure(c->diag, "raise v_thresh or lower v_reset");
}

/* ---- structure ---- */

/* A grid of a size that is one number: width / height = aspect ratio. */
static void fold_grid(checker *c, hmn_span at, double aspect, net_population *p)
{
    double width = round(sqrt((double)p->size * aspect));
    uint32_t w = width < 1 ? 1 : width > p->size ? p->size : (uint32_t)width;
    if (p->size == 0 || p->size % w == 0) {
        p->shape[1] = w;
        p->shape[0] = p->size / w;
        p->ndim = 2;
        return;
    }
    diag_report(c->diag, DIAG_VALUE_RANGE, at, "%u neurons do not fill a grid of aspect ratio %g", p->size, aspect);
    diag_cure(c->diag, "write the size as [height, width]");
}

static void set_structure(checker *c, const doc_entry *e, check_path path, net_population *p)
{
    double aspect = 1;
    p->spacing[0] = p->spacing[1] = p->spacing[2] = 1;
    if (!e || doc_is_null(e->value))
        return;
    check_bind(c, &keys_structure, 0, e->value, e->key_at, (check_path){&path, "structure"}, p);
    const doc_entry *a = check_pick(&keys_structure, e->value, "aspect_ratio");
    if (a && (!check_number(c, a->value, "aspect_ratio", NET_PLAIN, &aspect) ||
              !check_range(c, a->value->at, "aspect_ratio", NET_PLAIN, aspect, 0, 1e6, true)))
        return;
    if (a && (p->structure != STRUCT_GRID_2D || p->ndim != 1)) {
        diag_report(c->diag, DIAG_NET_CONFLICT, a->key_at, "aspect_ratio is for a grid_2d whose size is one number");
        diag_cure(c->diag, "remove it");
    } else if (p->structure == STRUCT_GRID_2D && p->ndim == 1)
        fold_grid(c, e->key_at, aspect, p);
    else if (p->structure == STRUCT_GRID_3D && p->ndim == 1 && p->size) {
        diag_report(c->diag, DIAG_NET_CONFLICT, e->key_at, "a grid_3d needs its three sizes");
        diag_cure(c->diag, "write size: [height, width, depth]");
    }
}

/* ---- spike times ---- */

typedef struct {
    uint32_t *step, *neuron;
    size_t count, room, room2;
} spike_list;

static void add_spike(checker *c, spike_list *l, uint32_t step, uint32_t neuron)
{
    l->step = arena_grow(c->arena, l->step, sizeof *l->step, l->count, l->count + 1, &l->room);
    l->neuron = arena_grow(c->arena, l->neuron, sizeof *l->neuron, l->count, l->count + 1, &l->room2);
    l->step[l->count] = step;
    l->neuron[l->count++] = neuron;
}

static void add_times(checker *c, const doc_node *n, uint32_t first, uint32_t last, spike_list *l)
{
    const doc_node *const *item;
    uint32_t count, step;
    double v;
    if (!check_items(c, n, "spike_times", &item, &count))
        return;
    for (uint32_t i = 0; i < count; i++) {
        if (!check_number(c, item[i], "spike_times", NET_MS, &v) || !check_step(c, item[i]->at, v, &step))
            continue;
        if (l->count + (last - first) > MAX_SPIKES) {
            diag_report(c->diag, DIAG_NET_SIZE, n->at, "more than %d spikes are listed", MAX_SPIKES);
            return;
        }
        for (uint32_t k = first; k < last; k++)
            add_spike(c, l, step, k);
    }
}

static void set_spike_times(checker *c, const doc_entry *e, net_population *p)
{
    spike_list l = {0};
    uint32_t before = diag_errors(c->diag);
    const doc_node *n = e->value;
    if (p->model != MODEL_SOURCE_ARRAY) {
        diag_report(c->diag, DIAG_NET_CONFLICT, e->key_at,
                    "spike_times belongs to the model spike_source_array, not %s", keys_models[p->model].word);
        return;
    }
    if (n->kind == DOC_LIST && n->count && n->item[0]->kind == DOC_LIST) {
        if (n->count != p->size && p->size) {
            diag_report(c->diag, DIAG_VALUE_LENGTH, n->at, "spike_times has %u lists for %u neurons", n->count,
                        p->size);
            diag_cure(c->diag, "give one list for each neuron (may be empty: []), or one flat list for all");
            return;
        }
        for (uint32_t i = 0; i < n->count; i++)
            add_times(c, n->item[i], i, i + 1, &l);
    } else
        add_times(c, n, 0, p->size, &l);
    if (diag_errors(c->diag) != before || !check_spikes(c, n->at, l.step, l.neuron, (uint32_t)l.count, p->size))
        return;
    p->spike_time = l.step;
    p->spike_neuron = l.neuron;
    p->nspikes = (uint32_t)l.count;
}

static void set_third_factors(checker *c, const doc_entry *e, check_path path, net_population *p)
{
    if (!e || doc_is_null(e->value))
        return;
    p->third_at = e->key_at;
    check_bind(c, &keys_third_factors, 0, e->value, e->key_at, (check_path){&path, "third_factors"}, p);
    if (p->model == MODEL_LOIHI_LIF)
        return;
    diag_report(c->diag, DIAG_NET_CONFLICT, e->key_at, "third_factors belongs to the model loihi_lif, not %s",
                keys_models[p->model].word);
    diag_cure(c->diag, "use the model loihi_lif, or let the host write them: third_factor: host");
}

/* ---- one population ---- */

/* The words of SpiNNaker's models hold their initial state. */
static void refuse_initial(checker *c, const doc_entry *initial, const net_population *p)
{
    if (!net_raw(p->model) || p->model == MODEL_LOIHI_LIF)
        return;
    diag_report(c->diag, DIAG_NET_CONFLICT, initial->key_at, "the parameters of %s hold its initial state",
                keys_models[p->model].word);
    diag_cure(c->diag, "use V_init and its like in params");
}

static void check_population(checker *c, const doc_entry *e, check_path path, net_population *p)
{
    const doc_node *n = e->value;
    const key_context *k = &keys_population;
    p->name = (net_str){e->key, e->key_at};
    p->model = MODEL_COUNT;
    c->raw = false;
    check_bind(c, k, 0, n, e->key_at, path, p);
    default_params(p);
    if (n->kind != DOC_MAP)
        return;
    const doc_entry *join = check_pick(k, n, "join"), *sends = check_pick(k, n, "sends");
    p->join_at = join ? join->key_at : e->key_at;
    if (sends && !check_pick(k, n, "dendrite_of")) {
        diag_report(c->diag, DIAG_NET_CONFLICT, sends->key_at, "population '%s' sends %s to nobody", e->key,
                    p->sends == SENDS_U ? "u" : "v");
        diag_cure(c->diag, "say whose dendrite it is: dendrite_of: NAME");
    }
    const doc_entry *size = check_pick(k, n, "size"), *model = check_pick(k, n, "model");
    const doc_entry *initial = check_pick(k, n, "initial"), *params = check_pick(k, n, "params");
    const doc_entry *times = check_pick(k, n, "spike_times");
    if (size)
        set_size(c, size->value, p);
    p->model_at = model ? model->value->at : e->key_at;
    set_structure(c, check_pick(k, n, "structure"), path, p);
    if (p->model == MODEL_COUNT)
        return;
    c->raw = net_raw(p->model);
    if (params)
        set_params(c, params->value, p);
    compare_levels(c, p);
    if (initial) {
        check_bind(c, &keys_initial, 0, initial->value, initial->key_at, (check_path){&path, "initial"}, p);
        check_length(c, "v", &p->init_v, p->size);
        check_length(c, "u", &p->init_u, p->size);
        refuse_initial(c, initial, p);
    }
    set_third_factors(c, check_pick(k, n, "third_factors"), path, p);
    if (times)
        set_spike_times(c, times, p);
    c->raw = false;
}

void check_populations(checker *c, const doc_entry **e, uint32_t count)
{
    check_path section = {NULL, "populations"};
    c->net->population = ARENA_NEW(c->arena, net_population, count);
    for (uint32_t i = 0; i < count; i++)
        check_population(c, e[i], (check_path){&section, e[i]->key}, &c->net->population[i]);
}
