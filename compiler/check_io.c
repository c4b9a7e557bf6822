/* What enters and leaves a network: stimuli, probes, the task, and at the end what nothing uses. Takes the entries of
 * the sections, fills net_stimulus, net_probe and the task's settings (kept as text: the task checks them). A probe of
 * several variables becomes one probe for each, named NAME.VARIABLE. */
#include "compiler/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- stimuli ---- */

static bool is_source(const net_population *p)
{
    return p->model == MODEL_SOURCE || p->model == MODEL_SOURCE_ARRAY || p->model == MODEL_SOURCE_POISSON;
}

static void keep_spikes(checker *c, hmn_span at, uint32_t *step, uint32_t *neuron, uint32_t count, net_stimulus *s)
{
    if (s->target.i == NET_NONE || c->net->population[s->target.i].size == 0 ||
        !check_spikes(c, at, step, neuron, count, c->net->population[s->target.i].size))
        return;
    s->step = step;
    s->neuron = neuron;
    s->nspikes = count;
}

static void listed_spikes(checker *c, const doc_node *n, net_stimulus *s)
{
    if (!check_type(c, n, DOC_LIST, "times"))
        return;
    uint32_t *step = ARENA_NEW(c->arena, uint32_t, n->count), *neuron = ARENA_NEW(c->arena, uint32_t, n->count);
    uint32_t size = s->target.i == NET_NONE ? 0 : c->net->population[s->target.i].size;
    double last = size ? size - 1 : 4294967294.0;
    bool ok = true;
    for (uint32_t i = 0; i < n->count; i++) {
        const doc_node *row = n->item[i];
        double time, index;
        if (row->kind != DOC_LIST || row->count != 2) {
            diag_report(c->diag, DIAG_VALUE_LENGTH, row->at, "a spike is [time, neuron]");
            ok = false;
        } else if (!check_number(c, row->item[0], "time", NET_MS, &time) ||
                   !check_number(c, row->item[1], "neuron", NET_INTEGER, &index) ||
                   !check_range(c, row->item[1]->at, "neuron", NET_INTEGER, index, 0, last, false) ||
                   !check_step(c, row->item[0]->at, time, &step[i]))
            ok = false;
        else
            neuron[i] = (uint32_t)index;
    }
    if (ok)
        keep_spikes(c, n->at, step, neuron, n->count, s);
}

static void spikes_of_file(checker *c, const doc_node *n, net_stimulus *s)
{
    const double *v;
    uint32_t count, columns;
    const char *path = check_file_path(c, n, "file");
    s->path = (net_str){path, n->at};
    if (!path || !check_table(c, n, "file", 2, 2, &v, &count, &columns))
        return;
    uint32_t *step = ARENA_NEW(c->arena, uint32_t, count), *neuron = ARENA_NEW(c->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        double t = v[2 * (size_t)i], j = v[2 * (size_t)i + 1];
        if (!(t >= 0 && t < 4294967295.0 && t == floor(t) && j >= 0 && j < 4294967295.0 && j == floor(j))) {
            diag_report(c->diag, DIAG_FILE_FORMAT, n->at, "row %u of '%s' is (%g, %g), not a step and a neuron", i + 1,
                        path, t, j);
            return;
        }
        step[i] = (uint32_t)t;
        neuron[i] = (uint32_t)j;
    }
    keep_spikes(c, n->at, step, neuron, count, s);
}

/* A row a sample; its first columns are the neurons of the target, at most one more (a label) is passed over. */
static void samples_of_file(checker *c, const doc_node *n, net_stimulus *s)
{
    uint32_t size = s->target.i == NET_NONE ? 0 : c->net->population[s->target.i].size;
    s->path = (net_str){check_file_path(c, n, "file"), n->at};
    if (!s->path.s || !size || !check_table(c, n, "file", size, size + 1, &s->sample, &s->nsamples, &s->ncolumns))
        return;
    for (size_t i = 0; i < (size_t)s->nsamples * s->ncolumns; i++)
        if (i % s->ncolumns < size && !(s->sample[i] >= 0 && isfinite(s->sample[i]))) {
            diag_report(c->diag, DIAG_FILE_FORMAT, n->at, "sample %zu of '%s' has the value %g for neuron %zu",
                        i / s->ncolumns, s->path.s, s->sample[i], i % s->ncolumns);
            diag_cure(c->diag, "values are intensities of 0 or more");
            s->nsamples = 0;
            return;
        }
}

/* Does the kind of stimulus suit its target? */
static void check_stimulus_target(checker *c, hmn_span at, const net_stimulus *s)
{
    if (s->target.i == NET_NONE || c->net->population[s->target.i].model == MODEL_COUNT)
        return;
    const net_population *p = &c->net->population[s->target.i];
    bool source = is_source(p);
    if (s->type == STIM_CURRENT && source) {
        diag_report(c->diag, DIAG_NET_CONFLICT, s->target.at, "'%s' is a spike source: it takes no current", p->name.s);
        diag_cure(c->diag, "use type: poisson or spikes, or a population of neurons");
    } else if (s->type != STIM_CURRENT && source && s->weight.given) {
        diag_report(c->diag, DIAG_NET_CONFLICT, s->weight.at, "'%s' is a spike source: its spikes have no weight",
                    p->name.s);
        diag_cure(c->diag, "remove weight; the projections from '%s' have weights", p->name.s);
    } else if (s->type != STIM_CURRENT && !source && !s->weight.given) {
        diag_report(c->diag, DIAG_KEY_MISSING, at, "spikes onto the neurons of '%s' need a weight", p->name.s);
        diag_cure(c->diag, "add weight: the effect of one spike, in the unit of the model");
    }
    if (s->select.s && !c->net->task.s) {
        diag_report(c->diag, DIAG_NET_CONFLICT, s->select.at, "select asks the task, but the network has none");
        diag_cure(c->diag, "add a task or remove select");
    }
}

static void check_stimulus(checker *c, const doc_entry *e, check_path path, net_stimulus *s)
{
    const doc_node *n = e->value;
    const key_context *k = &keys_stimulus;
    const key_choice *type = n->kind == DOC_MAP ? check_variant(c, k, n) : NULL;
    const doc_entry *target = check_pick(k, n, "target");
    uint32_t to = target && target->value->kind == DOC_SCALAR
                      ? names_find(&c->name[REF_POPULATION].index, target->value->text)
                      : NAMES_NONE;
    s->name = (net_str){e->key, e->key_at};
    c->weight_dim = check_weight_dim(c, to);
    c->raw = to != NAMES_NONE && net_raw(c->net->population[to].model);
    check_bind(c, k, type ? 1u << type->value : 0, n, e->key_at, path, s);
    c->raw = false;
    if (!type)
        return;
    s->type = (net_stimulus_type)type->value;
    const doc_entry *times = check_pick(k, n, "times"), *file = check_pick(k, n, "file");
    if (s->type == STIM_SPIKES && times)
        listed_spikes(c, times->value, s);
    if (s->type == STIM_DATASET && file)
        samples_of_file(c, file->value, s);
    else if (s->type == STIM_FILE && file)
        spikes_of_file(c, file->value, s);
    check_stimulus_target(c, e->key_at, s);
    const net_value *v = s->type == STIM_POISSON ? &s->rate : &s->amplitude;
    uint32_t size = s->target.i == NET_NONE ? 0 : c->net->population[s->target.i].size;
    if ((s->type == STIM_POISSON || s->type == STIM_CURRENT) && v->dist == DIST_LIST && size && v->nlist != size) {
        diag_report(c->diag, DIAG_VALUE_LENGTH, v->at, "%u values for the %u neurons of the target", v->nlist, size);
        diag_cure(c->diag, "give one value, or one for each neuron");
    }
}

void check_stimuli(checker *c, const doc_entry **e, uint32_t count)
{
    check_path section = {NULL, "stimuli"};
    c->net->nstimuli = count;
    c->net->stimulus = ARENA_NEW(c->arena, net_stimulus, count);
    for (uint32_t i = 0; i < count; i++)
        check_stimulus(c, e[i], (check_path){&section, e[i]->key}, &c->net->stimulus[i]);
}

/* ---- probes ---- */

static key_ref recorded_from(net_record r)
{
    switch (r) {
    case PROBE_SPIKES:
    case PROBE_V:
    case PROBE_U: return REF_POPULATION;
    case PROBE_WEIGHT:
    case PROBE_TRACE: return REF_PROJECTION;
    case PROBE_MODULATOR: return REF_MODULATOR;
    }
    return REF_POPULATION;
}

static void set_targets(checker *c, const doc_node *n, net_probe *p)
{
    const doc_node *const *item;
    uint32_t count;
    if (!check_items(c, n, "target", &item, &count))
        return;
    net_ref *list = ARENA_NEW(c->arena, net_ref, count);
    key_ref kind = recorded_from(p->record);
    names seen = names_new(c->arena);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t t = check_ref(c, item[i], arena_printf(c->arena, "target of %s", p->variable.s), kind);
        if (t == NET_NONE)
            continue;
        if (!names_add(&seen, item[i]->text, i)) {
            diag_report(c->diag, DIAG_NAME_DUPLICATE, item[i]->at, "'%s' is listed twice", item[i]->text);
            continue;
        }
        list[p->ntargets++] = (net_ref){t, item[i]->at};
        bool potential = p->record == PROBE_V || p->record == PROBE_U;
        if (potential && is_source(&c->net->population[t])) {
            diag_report(c->diag, DIAG_NET_CONFLICT, item[i]->at, "'%s' is a spike source: it has no %s", item[i]->text,
                        p->variable.s);
            diag_cure(c->diag, "record spikes from it");
        }
    }
    p->target = list;
    if (count == 0)
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->at, "target is an empty list");
}

static void check_probe(checker *c, const doc_entry *e, check_path path, net_probe **out)
{
    const doc_node *n = e->value;
    const key_context *k = &keys_probe;
    net_probe common;
    const doc_node *const *word;
    uint32_t words;
    memset(&common, 0, sizeof common);
    check_bind(c, k, 0, n, e->key_at, path, &common);
    if (n->kind != DOC_MAP)
        return;
    const doc_entry *target = check_pick(k, n, "target"), *record = check_pick(k, n, "record");
    if (!target || !record || !check_items(c, record->value, "record", &word, &words))
        return;
    if (words == 0)
        diag_report(c->diag, DIAG_VALUE_LENGTH, record->value->at, "record is an empty list");
    names seen = names_new(c->arena);
    for (uint32_t i = 0; i < words; i++) {
        const key_choice *v = check_choice(c, word[i], "record", keys_find(k, "record", 0)->choice, false);
        if (!v)
            continue;
        if (!names_add(&seen, v->word, i)) {
            diag_report(c->diag, DIAG_NAME_DUPLICATE, word[i]->at, "'%s' is listed twice", v->word);
            continue;
        }
        net_probe *p = (*out)++;
        *p = common;
        p->name = (net_str){words == 1 ? e->key : arena_printf(c->arena, "%s.%s", e->key, v->word), e->key_at};
        p->record = (net_record)v->value;
        p->variable = (net_str){v->word, word[i]->at};
        set_targets(c, target->value, p);
    }
}

void check_probes(checker *c, const doc_entry **e, uint32_t count)
{
    check_path section = {NULL, "probes"};
    uint32_t room = 0;
    for (uint32_t i = 0; i < count; i++) {
        const doc_node *record = doc_get(e[i]->value, "record");
        room += record && record->kind == DOC_LIST ? record->count : 1;
    }
    net_probe *p = c->net->probe = ARENA_NEW(c->arena, net_probe, room);
    for (uint32_t i = 0; i < count; i++)
        check_probe(c, e[i], (check_path){&section, e[i]->key}, &p);
    c->net->nprobes = (uint32_t)(p - c->net->probe);
}

/* ---- the task ---- */

typedef struct {
    net_setting *v;
    size_t count, room;
} settings;

/* Lists become "a,b,c", mappings dotted keys. */
static void add_setting(checker *c, settings *s, const char *key, const doc_node *n)
{
    const char *text = "";
    if (n->kind == DOC_MAP) {
        for (uint32_t i = 0; i < n->count; i++)
            add_setting(c, s, arena_printf(c->arena, "%s.%s", key, n->entry[i].key), n->entry[i].value);
        return;
    }
    if (n->kind == DOC_LIST) {
        char *joined = NULL;
        size_t used = 0, room = 0;
        for (uint32_t i = 0; i < n->count; i++) {
            const char *item = check_text(c, n->item[i], key);
            if (!item)
                return;
            size_t length = strlen(item) + (i > 0);
            joined = arena_grow(c->arena, joined, 1, used, used + length + 1, &room);
            snprintf(joined + used, length + 1, "%s%s", i ? "," : "", item);
            used += length;
        }
        text = joined ? joined : "";
    } else
        text = check_text(c, n, key);
    if (!text)
        return;
    s->v = arena_grow(c->arena, s->v, sizeof *s->v, s->count, s->count + 1, &s->room);
    s->v[s->count++] = (net_setting){key, text, n->at};
}

void check_task(checker *c)
{
    const doc_entry *task = doc_find(c->root, "task");
    settings s = {0};
    if (!task || doc_is_null(task->value) || !check_type(c, task->value, DOC_MAP, "task"))
        return;
    const doc_node *n = task->value;
    for (uint32_t i = 0; i < n->count; i++) {
        const doc_entry *e = &n->entry[i];
        if (strncmp(e->key, "x-", 2) == 0)
            continue;
        if (strcmp(e->key, "type") == 0) {
            c->net->task = (net_str){check_text(c, e->value, "type"), e->value->at};
            continue;
        }
        add_setting(c, &s, e->key, e->value);
        double trial;
        if (strcmp(e->key, "trial") == 0 && check_number(c, e->value, "trial", NET_MS, &trial) &&
            check_range(c, e->value->at, "trial", NET_MS, trial, 0, 1e12, true))
            c->unit.trial = trial;
    }
    c->net->task_setting = s.v;
    c->net->ntask_settings = (uint32_t)s.count;
    if (!doc_find(n, "type")) {
        diag_report(c->diag, DIAG_KEY_MISSING, task->key_at, "task lacks the key 'type'");
        diag_cure(c->diag, "add type: the name of a task");
    }
}

/* ---- what nothing uses ---- */

static void unused(checker *c, net_str name, key_ref kind, const char *cure)
{
    diag_report(c->diag, DIAG_NET_UNUSED, name.at, "the %s '%s' is not used", check_ref_kind(kind), name.s);
    diag_cure(c->diag, "%s", cure);
}

void check_unused(checker *c)
{
    const hmn_net *net = c->net;
    names told = names_new(c->arena); /* what the task's settings name */
    for (uint32_t i = 0; i < net->ntask_settings; i++)
        names_set(&told, net->task_setting[i].value, i);
    for (uint32_t i = 0; i < net->npopulations; i++)
        if (!c->name[REF_POPULATION].used[i] && net->npopulations > 1 &&
            names_find(&told, net->population[i].name.s) == NAMES_NONE)
            unused(c, net->population[i].name, REF_POPULATION, "connect it, probe it or delete it");
    for (uint32_t i = 0; i < c->name[REF_RULE].count; i++)
        if (!c->name[REF_RULE].used[i])
            unused(c, net->rule[i].name, REF_RULE, "name it as plasticity of a projection or delete it");
    for (uint32_t i = 0; i < c->name[REF_MODULATOR].count; i++)
        if (!c->name[REF_MODULATOR].used[i])
            unused(c, net->modulator[i].name, REF_MODULATOR, "list it in a rule or delete it");
    for (uint32_t i = 0; i < c->name[REF_OSCILLATION].count; i++)
        if (!c->name[REF_OSCILLATION].used[i])
            unused(c, net->oscillation[i].name, REF_OSCILLATION, "name it in a phase_gate or delete it");
    for (uint32_t i = 0; i < c->name[REF_ASTROCYTE].count; i++)
        if (!c->name[REF_ASTROCYTE].used[i])
            unused(c, net->astrocyte[i].name, REF_ASTROCYTE, "name it in a rule or delete it");
}
