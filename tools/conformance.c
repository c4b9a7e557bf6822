/* The conformance run. Takes vector files, yields how many cases passed and a line for each that did not. A case goes
 * the road of every network: YAML text, all passes, an image in memory, the emulated machine. Compared are the
 * spikes of all neurons, u and v of the watched ones after every step, sums over all where given, and the stored
 * weights against what the file says becomes of each. Tables of weights and the sum-of-products
 * unit alone call the functions of compiler and emulator directly. */
#include "tools/conformance.h"

#include "backends/loihi/weights.h"
#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/machine/machine.h"
#include "tools/layout.h"
#include "tools/vector_family.h"
#include "tools/vector_spin.h"
#include "tools/vectors.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 256 << 20 };

typedef struct {
    const vector_case *c;
    hmn_arena *arena;
    hmn_diag *diag;
    hmn_image *image;
    hmn_machine *machine;
    uint32_t first; /* global index of neuron 0 */
    vector_view view;
    hmn_draws draws;
    vector_spike *fired;
    size_t nfired, cap;
    const char *why; /* first difference */
} trial;

static bool differs(trial *t, const char *why)
{
    if (!t->why)
        t->why = why;
    return false;
}

/* ---- the machine ---- */

static bool compile(trial *t, const char *yaml)
{
    hmn_unit u = {.path = arena_printf(t->arena, "%s.yaml", t->c->id),
                  .text = yaml,
                  .text_length = strlen(yaml),
                  .chip = registry_find("loihi"),
                  .threads = 1,
                  .arena = t->arena,
                  .diag = t->diag};
    if (!pipeline_run(&u, NULL, NULL))
        return false;
    t->image = image_from_memory(u.image, u.image_size, u.path, t->diag);
    t->machine = t->image ? machine_boot(t->image, u.chip, 1, NULL, t->diag) : NULL;
    return t->machine != NULL;
}

static const char *first_error(const hmn_diag *d)
{
    for (uint32_t i = 0; i < diag_count(d); i++)
        if (diag_get(d, i)->severity == DIAG_ERROR)
            return diag_get(d, i)->text;
    return "it does not compile";
}

static void keep_spikes(trial *t, uint32_t step)
{
    hmn_sim *sim = machine_sim(t->machine);
    uint32_t n;
    const uint32_t *fired = sim->ops->spikes(sim, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (fired[i] < t->first || fired[i] >= t->first + t->c->neurons)
            continue;
        t->fired = arena_grow(t->arena, t->fired, sizeof *t->fired, t->nfired, t->nfired + 1, &t->cap);
        t->fired[t->nfired++] = (vector_spike){step, fired[i] - t->first};
    }
}

static bool same(trial *t, const char *what, uint32_t neuron, uint32_t step, int64_t got, int64_t want)
{
    return got == want ||
           differs(t, arena_printf(t->arena,
                                   "%s of neuron %" PRIu32 " after step %" PRIu32 ": got %" PRId64 ", want %" PRId64,
                                   what, neuron, step, got, want));
}

static void compare_registers(trial *t, uint32_t step)
{
    const vector_case *c = t->c;
    for (uint32_t k = 0; k < c->nwatched && !t->why; k++) {
        uint32_t neuron = t->first + c->watched[k];
        if (c->u)
            same(t, "u", c->watched[k], step, machine_read(t->machine, neuron, VAR_U), c->u[k][step]);
        if (c->v)
            same(t, "v", c->watched[k], step, machine_read(t->machine, neuron, VAR_V), c->v[k][step]);
    }
    int64_t sum[2] = {0, 0};
    for (uint32_t i = 0; c->sum_u && i < c->neurons; i++) {
        sum[0] += machine_read(t->machine, t->first + i, VAR_U);
        sum[1] += machine_read(t->machine, t->first + i, VAR_V);
    }
    if (c->sum_u && !t->why && (sum[0] != c->sum_u[step] || sum[1] != c->sum_v[step]))
        differs(t, arena_printf(t->arena,
                                "sums of u and v after step %" PRIu32 ": got %" PRId64 ", %" PRId64 ", want %" PRId64
                                ", %" PRId64,
                                step, sum[0], sum[1], c->sum_u[step], c->sum_v[step]));
}

static void compare_spikes(trial *t)
{
    const vector_case *c = t->c;
    for (size_t i = 0; i < t->nfired || i < c->nspikes; i++) {
        const vector_spike *got = i < t->nfired ? &t->fired[i] : NULL, *want = i < c->nspikes ? &c->spike[i] : NULL;
        if (got && want && got->step == want->step && got->neuron == want->neuron)
            continue;
        bool extra =
            got && (!want || got->step < want->step || (got->step == want->step && got->neuron < want->neuron));
        const vector_spike *odd = extra ? got : want;
        differs(t, arena_printf(t->arena, "neuron %" PRIu32 " %s in step %" PRIu32, odd->neuron,
                                extra ? "fired" : "did not fire", odd->step));
        return;
    }
}

static int64_t draw_of(const void *context, const hmn_draw_site *site)
{
    const trial *t = context;
    return t->c->hooks.draw(t->c->hooks.context, &t->view, site);
}

static void inject(trial *t, uint32_t step)
{
    const vector_case *c = t->c;
    for (uint32_t i = 0; c->payload && i < c->ninputs; i++)
        if (c->input[i].step == step)
            machine_inject(t->machine, t->view.first_source + c->input[i].neuron, c->payload[i]);
}

static void call(trial *t, const char *(*hook)(void *, const vector_view *))
{
    const char *why = hook && !t->why ? hook(t->c->hooks.context, &t->view) : NULL;
    if (why)
        differs(t, why);
}

static void step_all(trial *t)
{
    hmn_sim *sim = machine_sim(t->machine);
    t->draws = (hmn_draws){draw_of, t};
    machine_set_draws(t->machine, t->c->hooks.draw ? &t->draws : NULL);
    for (uint32_t step = 0; step < t->c->steps && !t->why; step++) {
        t->view.step = step;
        inject(t, step);
        sim->ops->begin(sim);
        keep_spikes(t, step);
        call(t, t->c->hooks.begun);
        sim->ops->end(sim);
        compare_registers(t, step);
        call(t, t->c->hooks.ended);
    }
    if (!t->why && !t->c->no_spikes)
        compare_spikes(t);
}

/* ---- stored weights ---- */

static int by_pair(const void *pa, const void *pb)
{
    const vector_synapse *a = pa, *b = pb;
    if (a->pre != b->pre)
        return a->pre < b->pre ? -1 : 1;
    if (a->post != b->post)
        return a->post < b->post ? -1 : 1;
    if (a->delay != b->delay)
        return a->delay < b->delay ? -1 : 1;
    return (a->effect > b->effect) - (a->effect < b->effect);
}

static void compare_group(trial *t, const vector_group *g, uint32_t projection)
{
    uint64_t n;
    const machine_synapse *stored = machine_weights(t->machine, projection, t->arena, &n);
    vector_synapse *want = ARENA_NEW(t->arena, vector_synapse, g->count);
    loihi_dialect_id id = loihi_dialect_find(t->c->dialect);
    memcpy(want, g->synapse, g->count * sizeof *want);
    qsort(want, g->count, sizeof *want, by_pair);
    if (n != g->count) {
        differs(t, arena_printf(t->arena, "the image holds %" PRIu64 " synapses, not %" PRIu32, n, g->count));
        return;
    }
    for (uint32_t i = 0; i < g->count && !t->why; i++) {
        int64_t got =
            g->effect == EFFECT_CURRENT ? loihi_weight_effective(id, stored[i].weight, g->exponent) : stored[i].weight;
        if (got != want[i].effect || stored[i].delay != (int32_t)want[i].delay)
            differs(t, arena_printf(t->arena,
                                    "synapse %" PRIu32 " -> %" PRIu32 ", weight %" PRId32 ": becomes %" PRId64
                                    " with delay %" PRId32 ", want %" PRId64 " with delay %" PRIu32,
                                    want[i].pre, want[i].post, want[i].weight, got, stored[i].delay, want[i].effect,
                                    want[i].delay));
    }
}

static uint32_t projection_named(const layout *l, const char *name)
{
    for (uint32_t i = 0; i < l->nprojections; i++)
        if (strcmp(l->projection[i].name, name) == 0)
            return i;
    return NET_NONE;
}

static void compare_weights(trial *t, const layout *l)
{
    for (uint32_t i = 0; i < t->c->ngroups && !t->why; i++) {
        const vector_group *g = &t->c->group[i];
        uint32_t projection = projection_named(l, arena_printf(t->arena, "p%" PRIu32, i));
        if (g->count == 0 || g->effect == EFFECT_NONE)
            continue;
        if (projection == NET_NONE)
            differs(t, "the image lacks a projection");
        else
            compare_group(t, g, projection);
    }
}

static void look_around(trial *t, const layout *l)
{
    uint32_t *projection = ARENA_NEW(t->arena, uint32_t, t->c->ngroups), sources = layout_find_population(l, "inputs");
    for (uint32_t i = 0; i < t->c->ngroups; i++)
        projection[i] = projection_named(l, arena_printf(t->arena, "p%" PRIu32, i));
    t->first = l->population[layout_find_population(l, "neurons")].first;
    t->view = (vector_view){.machine = t->machine, .arena = t->arena, .first = t->first, .projection = projection};
    t->view.first_source = sources == NET_NONE ? 0 : l->population[sources].first;
}

/* NULL when all agrees; else what does not, in the arena. */
static const char *run_case(const vector_case *c, const char *yaml, hmn_arena *a)
{
    trial t = {.c = c, .arena = a, .diag = diag_new()};
    if (compile(&t, yaml)) {
        const layout *l = layout_of_image(t.image, a, t.diag);
        if (l) {
            look_around(&t, l);
            compare_weights(&t, l);
        }
        if (l && !t.why)
            step_all(&t);
    }
    if (diag_errors(t.diag))
        t.why = arena_printf(a, "cannot be run: %s", first_error(t.diag));
    machine_free(t.machine);
    if (t.image)
        image_close(t.image);
    diag_free(t.diag);
    return t.why;
}

/* A table calls the functions that quantise and the emulator call. */
static const char *run_table(const vector_case *c, hmn_arena *a)
{
    const vector_group *g = &c->group[0];
    qnet_sign sign = strcmp(g->sign, "mixed") == 0        ? SIGN_MIXED
                     : strcmp(g->sign, "excitatory") == 0 ? SIGN_EXCITATORY
                                                          : SIGN_INHIBITORY;
    for (uint32_t i = 0; i < g->count; i++) {
        const vector_synapse *s = &g->synapse[i];
        int32_t stored = loihi_weight_store(DIALECT_BRIAN2, s->weight, g->exponent, g->bits, sign),
                got = loihi_weight_effective(DIALECT_BRIAN2, stored, g->exponent);
        if (got != s->effect)
            return arena_printf(a, "weight %" PRId32 ": becomes %" PRId32 ", want %" PRId64, s->weight, got, s->effect);
    }
    return NULL;
}

/* ---- files ---- */

/* Letters that are safe in a file name. */
static const char *file_name(const char *id, hmn_arena *a)
{
    char *name = arena_copy_text(a, id, strlen(id));
    for (char *at = name; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+", *at))
            *at = '_';
    return name;
}

static bool emit(const conformance *c, const vector_case *v, const char *yaml, hmn_arena *a, hmn_diag *d)
{
    const char *path = arena_printf(a, "%s/%s.yaml", c->emit, file_name(v->id, a)),
               *temporary = arena_printf(a, "%s.tmp-%ld", path, (long)getpid());
    if (mkdir(c->emit, 0777) != 0 && errno != EEXIST) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot create '%s': %s", c->emit, strerror(errno));
        return false;
    }
    FILE *f = fopen(temporary, "w");
    bool ok = f && fputs(yaml, f) >= 0;
    if (f)
        ok &= fclose(f) == 0;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
        unlink(temporary);
    }
    return ok;
}

/* The line of the file on which the case with this id stands; 1 when it is not found. */
static uint32_t line_of(const char *text, const char *id, hmn_arena *a)
{
    const char *quoted = arena_printf(a, "\"%s\"", id), *at = strstr(text, quoted);
    uint32_t line = 1;
    for (const char *p = text; at && p < at; p++)
        line += *p == '\n';
    return line;
}

static void tell(const conformance *c, const char *path, const char *id, const char *why)
{
    if (c->out)
        fprintf(c->out, "FAIL %s: %s: %s\n", path, id, why);
    if (!c->json)
        return;
    json_put_object(c->json, NULL);
    json_put_text(c->json, "file", path);
    json_put_text(c->json, "case", id);
    json_put_text(c->json, "why", why);
    json_put_close(c->json);
}

static bool one_case(conformance *c, const char *path, const json_t *root, const json_t *json, const char *text,
                     uint32_t file, hmn_diag *d)
{
    hmn_arena *a = arena_new(0);
    vector_case v = {.id = json_string_value(json_object_get(json, "id"))};
    const char *why = NULL;
    const vector_family *family = v.id ? vector_family_of(root, json) : NULL;
    vector_verdict verdict = family ? VECTOR_OK : vector_read(json, a, &v, &why);
    if (verdict == VECTOR_MALFORMED)
        diag_report(d, DIAG_FILE_FORMAT, (hmn_span){file, line_of(text, v.id, a), 1, 1}, "case %s: %s", v.id, why);
    if (family) {
        why = family->check(root, json, a);
    } else if (verdict == VECTOR_OK && v.table) {
        why = run_table(&v, a);
    } else if (verdict == VECTOR_OK) {
        const char *yaml = vector_yaml(&v, a);
        if (yaml && (!c->emit || emit(c, &v, yaml, a, d)))
            why = run_case(&v, yaml, a);
        else
            why = "its network cannot be written";
    }
    c->passed += why == NULL;
    c->failed += why != NULL;
    if (why)
        tell(c, path, v.id, why);
    arena_free(a);
    return verdict != VECTOR_UNSUPPORTED;
}

static char *slurp(const char *path, size_t *size, hmn_arena *a, hmn_diag *d)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    const char *why = NULL;
    char *text = NULL;
    if (!f || fstat(fileno(f), &st) != 0)
        why = strerror(errno);
    else if (!S_ISREG(st.st_mode) || st.st_size > MAX_FILE)
        why = "it is not a file, or larger than 256 MiB";
    else {
        *size = (size_t)st.st_size;
        text = arena_alloc(a, *size + 1, 1);
        if (fread(text, 1, *size, f) != *size)
            why = "it is cut short";
    }
    if (f)
        fclose(f);
    if (why)
        diag_report(d, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", path, why);
    return why ? NULL : text;
}

/* "net_nengo_pes" of "vectors/net_nengo_pes.json". */
static const char *family_of(const char *path, hmn_arena *a)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t n = strlen(base);
    return arena_copy_text(a, base, n > 5 && strcmp(base + n - 5, ".json") == 0 ? n - 5 : n);
}

static void all_cases(conformance *c, const char *path, const json_t *root, const json_t *cases, const char *text,
                      uint32_t file, hmn_arena *a, hmn_diag *d)
{
    size_t unsupported = 0;
    if (!json_is_array(cases) || json_array_size(cases) == 0) {
        diag_report(d, DIAG_FILE_FORMAT, (hmn_span){file, 1, 1, 1}, "a vector file is an object with an array 'cases'");
        return;
    }
    for (size_t i = 0; i < json_array_size(cases); i++)
        unsupported += !one_case(c, path, root, json_array_get(cases, i), text, file, d);
    if (unsupported == json_array_size(cases) && c->out)
        fprintf(c->out, "%s: family %s is not supported: none of its %zu cases can be run\n", path, family_of(path, a),
                unsupported);
}

void conformance_file(conformance *c, const char *path, hmn_diag *d)
{
    hmn_arena *a = arena_new(0);
    size_t size = 0;
    const char *text = slurp(path, &size, a, d);
    if (text) {
        json_error_t error;
        uint32_t file = diag_add_file(d, path, text, size);
        json_t *root = json_loadb(text, size, 0, &error);
        json_t *made = root && json_object_get(root, "ops") ? vector_operations(root) : NULL;
        if (root)
            all_cases(c, path, root, made ? made : json_object_get(root, "cases"), text, file, a, d);
        else
            diag_report(d, DIAG_FILE_FORMAT,
                        (hmn_span){file, error.line > 0 ? (uint32_t)error.line : 1,
                                   error.column > 0 ? (uint32_t)error.column : 1, 1},
                        "this is not JSON: %s", error.text);
        json_decref(made);
        json_decref(root);
    }
    arena_free(a);
}
