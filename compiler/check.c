/* The check pass: the tree of the YAML text -> the network as written. Takes u->doc, yields u->net, or reports
 * everything that is wrong at once. Order: parameters and the time step first, because every value needs them; then
 * the names of all sections, so that references may point forward; then the sections, each by the table of keys
 * (check_bind.c) with code of its own for what a table cannot say. */
#include "compiler/check.h"

#include "compiler/ablate.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NEURONS = 1 << 27, MAX_ENTRIES = 1 << 16 };

static bool good_name(const char *s)
{
    if (!isalpha((unsigned char)*s))
        return false;
    while (*s && (isalnum((unsigned char)*s) || *s == '_' || *s == '-'))
        s++;
    return !*s;
}

static void bad_name(checker *c, const doc_entry *e, const char *kind)
{
    diag_report(c->diag, DIAG_NAME_BAD, e->key_at, "'%.60s' cannot be the name of a %s", e->key, kind);
    diag_cure(c->diag, "use letters, digits, _ and -, starting with a letter, at most 64");
}

uint32_t check_section(checker *c, const char *key, key_ref kind, const doc_entry ***out)
{
    const doc_node *map = doc_get(c->root, key);
    check_names *n = &c->name[kind];
    *out = NULL;
    if (!map || doc_is_null(map))
        return 0;
    if (!check_type(c, map, DOC_MAP, key)) {
        diag_cure(c->diag, "write NAME: {..} for each entry, without '-'");
        return 0;
    }
    const char *word = kind == REF_NONE ? key : check_ref_kind(kind);
    if (map->count > MAX_ENTRIES) {
        diag_report(c->diag, DIAG_NET_SIZE, map->at, "%s has %u entries, the limit is %d", key, map->count,
                    MAX_ENTRIES);
        return 0;
    }
    const doc_entry **list = ARENA_NEW(c->arena, const doc_entry *, map->count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < map->count; i++) {
        const doc_entry *e = &map->entry[i];
        if (strncmp(e->key, "x-", 2) == 0)
            continue;
        if (!good_name(e->key) || strlen(e->key) > 64)
            bad_name(c, e, word);
        list[count++] = e;
    }
    *out = list;
    if (kind == REF_NONE)
        return count;
    n->count = count;
    n->list = ARENA_NEW(c->arena, const char *, count);
    n->used = ARENA_NEW(c->arena, bool, count);
    for (uint32_t i = 0; i < count; i++) {
        n->list[i] = list[i]->key;
        names_set(&n->index, list[i]->key, i);
    }
    return count;
}

const char *check_file_path(checker *c, const doc_node *n, const char *what)
{
    const char *text = check_text(c, n, what);
    if (!text)
        return NULL;
    if (!*text) {
        diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s is the path of a file, not an empty text", what);
        return NULL;
    }
    return doc_path(c->arena, diag_file_name(c->diag, n->at.file), text);
}

bool check_step(checker *c, hmn_span at, double ms, uint32_t *step)
{
    double s = round(ms / c->unit.dt);
    if (s < 0 || s >= 4294967295.0) {
        diag_report(c->diag, DIAG_VALUE_RANGE, at, "%.10g ms is no time of this run", ms);
        diag_cure(c->diag, "times are at least 0 and less than 2^32 steps");
        return false;
    }
    *step = (uint32_t)s;
    return true;
}

typedef struct {
    uint32_t step, neuron;
} spike;

static int earlier(const void *a, const void *b)
{
    const spike *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

bool check_spikes(checker *c, hmn_span at, uint32_t *step, uint32_t *neuron, uint32_t count, uint32_t size)
{
    spike *s = ARENA_NEW(c->arena, spike, count);
    for (uint32_t i = 0; i < count; i++) {
        s[i] = (spike){step[i], neuron[i]};
        if (neuron[i] >= size) {
            diag_report(c->diag, DIAG_VALUE_RANGE, at, "a spike is for neuron %u, but the population has %u neurons",
                        neuron[i], size);
            diag_cure(c->diag, "neurons count from 0 to %u", size ? size - 1 : 0);
            return false;
        }
    }
    if (count)
        qsort(s, count, sizeof *s, earlier);
    for (uint32_t i = 0; i < count; i++) {
        if (i && earlier(&s[i - 1], &s[i]) == 0) {
            diag_report(c->diag, DIAG_VALUE_RANGE, at, "neuron %u spikes twice in step %u", s[i].neuron, s[i].step);
            diag_cure(c->diag, "a neuron fires once a step; remove one or use a smaller dt");
            return false;
        }
        step[i] = s[i].step;
        neuron[i] = s[i].neuron;
    }
    return true;
}

/* ---- the file as a whole ---- */

static void check_version(checker *c)
{
    const doc_entry *e = doc_find(c->root, "hmn");
    hmn_span start = c->root->at;
    if (!e) {
        diag_report(c->diag, DIAG_VERSION, start, "the file does not say which version of the format it has");
        diag_cure(c->diag, "write hmn: 1 as the first key");
    } else if (e->value->kind != DOC_SCALAR || strcmp(e->value->text, "1") != 0) {
        diag_report(c->diag, DIAG_VERSION, e->value->at, "this program reads format version 1");
        diag_cure(c->diag, "write hmn: 1");
    }
}

/* Knows every top-level key; their values are read elsewhere. */
static void check_top_keys(checker *c)
{
    hmn_net nowhere;
    const doc_node *root = c->root;
    doc_node copy = *root;
    doc_entry *entry = ARENA_NEW(c->arena, doc_entry, root->count + 1);
    memcpy(entry, root->entry, root->count * sizeof *entry);
    copy.entry = entry;
    if (!doc_find(root, "hmn")) /* reported by check_version */
        entry[copy.count++] = (doc_entry){.key = "hmn", .value = root};
    if (!doc_find(root, "populations")) { /* reported below */
        diag_report(c->diag, DIAG_NET_EMPTY, root->at, "the network has no populations");
        diag_cure(c->diag, "add populations: with at least one entry NAME: {size: .., model: ..}");
        doc_entry *more = ARENA_NEW(c->arena, doc_entry, copy.count + 1);
        memcpy(more, copy.entry, copy.count * sizeof *more);
        more[copy.count++] = (doc_entry){.key = "populations", .value = root};
        copy.entry = more;
    }
    check_bind(c, keys_root(), 0, &copy, root->at, (check_path){NULL, ""}, &nowhere);
}

static const char *file_stem(checker *c)
{
    const char *path = c->u->path && strcmp(c->u->path, "-") != 0 ? c->u->path : "network";
    const char *slash = strrchr(path, '/'), *stem = slash ? slash + 1 : path, *dot = strchr(stem, '.');
    return arena_copy_text(c->arena, stem, dot && dot > stem ? (size_t)(dot - stem) : strlen(stem));
}

static hmn_span place_of(checker *c, const char *key)
{
    const doc_entry *e = doc_find(c->root, key);
    return e ? e->key_at : c->root->at;
}

static void check_network(checker *c)
{
    c->unit = (unit_context){.dt = 1};
    check_bind(c, &keys_network, 0, doc_get(c->root, "network"), place_of(c, "network"), (check_path){NULL, "network"},
               c->net);
    c->unit.dt = c->net->dt;
    if (!c->net->name.s)
        c->net->name.s = file_stem(c);
}

static void check_seed(checker *c, const doc_node *n)
{
    const char *text = check_text(c, n, "seed");
    if (!text)
        return;
    char *end = NULL;
    errno = 0;
    uint64_t seed = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || strlen(text) > 20 || errno == ERANGE) {
        diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "seed is a whole number from 0 to 18446744073709551615");
        return;
    }
    c->net->seed = seed;
}

static void check_run(checker *c)
{
    const doc_node *run = doc_get(c->root, "run");
    check_bind(c, &keys_run, 0, run, place_of(c, "run"), (check_path){NULL, "run"}, c->net);
    const doc_entry *seed = run ? check_pick(&keys_run, run, "seed") : NULL;
    if (seed)
        check_seed(c, seed->value);
    if (c->u->reseed)
        c->net->seed = *c->u->reseed;
    check_target(c, doc_get(c->root, "target"), place_of(c, "target"));
}

static void check_size(checker *c)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < c->net->npopulations; i++)
        total += c->net->population[i].size;
    if (total <= MAX_NEURONS)
        return;
    diag_report(c->diag, DIAG_NET_SIZE, place_of(c, "populations"), "the network has %llu neurons, the limit is %d",
                (unsigned long long)total, MAX_NEURONS);
    diag_cure(c->diag, "split it into several networks");
}

bool pass_check(hmn_unit *u)
{
    checker check = {.u = u, .arena = u->arena, .diag = u->diag, .root = u->doc}, *c = &check;
    const doc_entry **pop, **proj, **rule, **mod, **osc, **astro, **stim, **probe;
    uint32_t before = diag_errors(u->diag);
    c->net = ARENA_NEW(u->arena, hmn_net, 1);
    c->net->path = u->path;
    for (key_ref k = REF_NONE; k < REF_COUNT; k++)
        c->name[k].index = names_new(u->arena);
    check_version(c);
    check_parameters(c);
    check_network(c);
    check_task(c);
    check_top_keys(c);
    c->net->npopulations = check_section(c, "populations", REF_POPULATION, &pop);
    c->net->nprojections = check_section(c, "projections", REF_PROJECTION, &proj);
    c->net->nrules = check_section(c, "plasticity_rules", REF_RULE, &rule);
    c->net->nmodulators = check_section(c, "neuromodulators", REF_MODULATOR, &mod);
    c->net->noscillations = check_section(c, "oscillations", REF_OSCILLATION, &osc);
    c->net->nastrocytes = check_section(c, "astrocytes", REF_ASTROCYTE, &astro);
    uint32_t nstimuli = check_section(c, "stimuli", REF_NONE, &stim),
             nprobes = check_section(c, "probes", REF_NONE, &probe);
    const doc_node *populations = doc_get(c->root, "populations");
    if (c->net->npopulations == 0 && populations && (populations->kind == DOC_MAP || doc_is_null(populations)) &&
        populations->count == 0) {
        diag_report(c->diag, DIAG_NET_EMPTY, place_of(c, "populations"), "the network has no populations");
        diag_cure(c->diag, "add at least one entry NAME: {size: .., model: ..}");
    }
    check_populations(c, pop, c->net->npopulations);
    check_dendrites(c);
    check_size(c);
    check_modulation(c, mod, osc);
    check_rules(c, rule, c->net->nrules, astro);
    check_projections(c, proj, c->net->nprojections);
    check_stimuli(c, stim, nstimuli);
    check_probes(c, probe, nprobes);
    check_run(c);
    if (diag_errors(u->diag) != before)
        return false;
    check_unused(c);
    if (u->ablate)
        ablate(c->net, u->ablate, c->diag);
    if (u->rates > 0)
        ablate_rates(c->net, u->rates);
    u->net = c->net;
    return diag_errors(u->diag) == before;
}
