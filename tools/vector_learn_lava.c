/* Learning recorded from Lava. Takes a bench of sources and forced neurons (learn_lava) or a network (netlearn), with
 * logged or constant draws, yields hooks that hold every trace after each step, every weight, delay and tag after each
 * epoch, and what the synapses sent, against the recording.
 *
 * What the synapses send is read from u: the bench's neurons forget u at once, so that u is what arrived, the force
 * that made them fire included. */
#include "tools/vector_learn.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ROOM: what synapses may bring beside the force without making a neuron fire, keep it from firing, or pass 2^23. */
enum { MAX_MATRIX = 1 << 20, ROOM = 1 << 21, CURRENT_TOP = 1 << 23 };

/* One plastic group. npre, npost and first neurons as in the case. */
typedef struct {
    uint32_t group;
    bool recurrent, third;
    uint32_t pre_first, npre, post_first, npost, epoch;
    const json_t *y_in;     /* [3][step][post] */
    const json_t *expected; /* w t d x1 ... y3, epochs, sums */
} plastic;

typedef struct {
    plastic *p;
    uint32_t n;
    bool bench; /* traces [neuron][step], matrices after every epoch; else as netlearn lists them */
    const json_t *forced, *draws;
    const json_t *activation; /* [post][step] */
    int32_t exponent;
    const uint8_t *fires; /* bench: [step][post] */
} lesson;

static const struct {
    const char *name;
    hmn_variable var;
} traces[] = {{"x1", VAR_X1}, {"x2", VAR_X2}, {"y1", VAR_Y1}, {"y2", VAR_Y2}, {"y3", VAR_Y3}};

static int64_t at2(const json_t *j, size_t a, size_t b)
{
    return json_integer_value(json_array_get(json_array_get(j, a), b));
}

static int64_t at3(const json_t *j, size_t a, size_t b, size_t c) { return at2(json_array_get(j, a), b, c); }

/* ---- draws ---- */

static double logged(const lesson *l, const vector_view *v, const hmn_draw_site *site)
{
    const char *name = NULL;
    bool post = site->compartment != UINT32_MAX;
    size_t index = (v->step + 1) / l->p[0].epoch - 1;
    switch (site->use) {
    case DRAW_DECAY: name = post ? "y_decay" : "x_decay"; break;
    case DRAW_IMPULSE: name = post ? "y_impulse" : "x_impulse"; break;
    case DRAW_SYNAPSE: name = "syn"; break;
    case DRAW_EARLIER:
        name = "post_impulse";
        index = v->step;
        break;
    case DRAW_NOISE: break;
    }
    return json_number_value(json_array_get(json_object_get(l->draws, name ? name : ""), index));
}

static double forced(const lesson *l, const hmn_draw_site *site)
{
    const char *name = site->use == DRAW_DECAY ? "trace_decay" : site->use == DRAW_SYNAPSE ? "syn" : "impulse";
    return json_number_value(json_object_get(l->forced, name));
}

/* Impulse draws are integers of 0..127 that are held against a fraction of 256. */
static int64_t draw(const void *context, const vector_view *v, const hmn_draw_site *site)
{
    const lesson *l = context;
    double x = l->forced ? forced(l, site) : logged(l, v, site);
    return vector_draw_of(site->use == DRAW_IMPULSE || site->use == DRAW_EARLIER ? x / 256 : x);
}

/* ---- what is compared ---- */

static const char *trace_differs(const vector_view *v, const char *name, uint32_t neuron, int64_t got, int64_t want)
{
    return arena_printf(v->arena, "%s of neuron %" PRIu32 " after step %" PRIu32 ": got %" PRId64 ", want %" PRId64,
                        name, neuron, v->step, got, want);
}

static uint32_t global_of(const vector_view *v, const plastic *p, uint32_t i, bool pre)
{
    if (!pre)
        return v->first + p->post_first + i;
    return (p->recurrent ? v->first : v->first_source) + p->pre_first + i;
}

static const char *compare_traces(const lesson *l, const plastic *p, const vector_view *v)
{
    for (size_t k = 0; k < sizeof traces / sizeof *traces; k++) {
        const json_t *want = json_object_get(p->expected, traces[k].name);
        bool pre = traces[k].name[0] == 'x';
        for (uint32_t i = 0; want && i < (pre ? p->npre : p->npost); i++) {
            int64_t x = l->bench ? at2(want, i, v->step) : at2(want, (v->step + 1) / p->epoch - 1, i);
            int64_t got = machine_trace(v->machine, global_of(v, p, i, pre), v->projection[p->group], traces[k].var);
            if (got != x)
                return trace_differs(v, traces[k].name, i, got, x);
        }
    }
    return NULL;
}

static int64_t field_of(const machine_synapse *s, char name)
{
    return name == 'w' ? s->weight : name == 't' ? s->tag : s->delay - 1;
}

/* After epoch number `epoch` (from 1); at: where the file keeps it. */
static const char *compare_matrix(const plastic *p, const vector_view *v, const machine_synapse *s, const char *name,
                                  uint32_t epoch, size_t at)
{
    const json_t *want = json_array_get(json_object_get(p->expected, name), at);
    for (uint32_t i = 0; want && i < p->npre; i++)
        for (uint32_t j = 0; j < p->npost; j++) {
            int64_t got = field_of(&s[(size_t)i * p->npost + j], name[0]), x = at2(want, j, i);
            if (got != x)
                return arena_printf(v->arena,
                                    "%s of synapse %" PRIu32 " -> %" PRIu32 " after epoch %" PRIu32 ": got %" PRId64
                                    ", want %" PRId64,
                                    name, i, j, epoch, got, x);
        }
    return NULL;
}

static const char *compare_sum(const plastic *p, const vector_view *v, const machine_synapse *s, const char *name,
                               uint32_t epoch)
{
    const json_t *list = json_object_get(p->expected, name);
    int64_t sum = 0, want = json_integer_value(json_array_get(list, epoch - 1));
    for (size_t i = 0; i < (size_t)p->npre * p->npost; i++)
        sum += field_of(&s[i], name[4]);
    return !list || sum == want ? NULL
                                : arena_printf(v->arena, "%s after epoch %" PRIu32 ": got %" PRId64 ", want %" PRId64,
                                               name, epoch, sum, want);
}

static const char *compare_synapses(const lesson *l, const plastic *p, const vector_view *v)
{
    static const char *const names[] = {"w", "t", "d"};
    uint64_t n;
    uint32_t epoch = (v->step + 1) / p->epoch;
    hmn_arena *a = arena_new(0);
    const machine_synapse *s = machine_weights(v->machine, v->projection[p->group], a, &n);
    const json_t *epochs = json_object_get(p->expected, "epochs");
    const char *why = n == (uint64_t)p->npre * p->npost ? NULL : "the image lacks learning synapses";
    for (size_t k = 0; k < 3 && !why; k++) {
        if (l->bench)
            why = compare_matrix(p, v, s, names[k], epoch, epoch - 1);
        for (size_t e = 0; !l->bench && e < json_array_size(epochs) && !why; e++)
            if (json_integer_value(json_array_get(epochs, e)) == (json_int_t)epoch)
                why = compare_matrix(p, v, s, names[k], epoch, e);
    }
    if (!l->bench && !why)
        why = compare_sum(p, v, s, "sum_w", epoch);
    if (!l->bench && !why)
        why = compare_sum(p, v, s, "sum_t", epoch);
    arena_free(a);
    return why;
}

static const char *ended(void *context, const vector_view *v)
{
    const lesson *l = context;
    const char *why = NULL;
    for (uint32_t i = 0; i < l->n && !why; i++) {
        bool end = (v->step + 1) % l->p[i].epoch == 0;
        if (l->bench || end)
            why = compare_traces(l, &l->p[i], v);
        if (end && !why)
            why = compare_synapses(l, &l->p[i], v);
    }
    return why;
}

/* u of a bench neuron from what was sent, wrapped as the dialect wraps it. */
static int64_t current_of(const lesson *l, const vector_view *v, uint32_t neuron)
{
    int64_t sent = at2(l->activation, neuron, v->step), x = sent >> -l->exponent;
    x = x * 64 + (l->fires[(size_t)v->step * l->p[0].npost + neuron] ? VECTOR_FORCE : 0);
    x = x > CURRENT_TOP ? x - 2 * CURRENT_TOP : x;
    return x <= -CURRENT_TOP ? x + 2 * CURRENT_TOP : x;
}

static bool hold(const plastic *p, const vector_view *v)
{
    bool ok = true;
    for (uint32_t k = 0; k < 3; k++)
        for (uint32_t j = 0; j < p->npost; j++)
            ok &= machine_set_trace(v->machine, global_of(v, p, j, false), v->projection[p->group],
                                    (hmn_variable)(VAR_Y1 + k), (int32_t)at3(p->y_in, k, v->step, j));
    return ok;
}

static const char *begun(void *context, const vector_view *v)
{
    const lesson *l = context;
    for (uint32_t i = 0; i < l->n; i++)
        if (l->p[i].third && !hold(&l->p[i], v))
            return "a third factor cannot be set";
    for (uint32_t j = 0; l->activation && j < l->p[0].npost; j++) {
        int64_t got = machine_read(v->machine, v->first + j, VAR_U), want = current_of(l, v, j);
        if (got != want)
            return trace_differs(v, "activation", j, got, want);
    }
    return NULL;
}

/* ---- reading ---- */

/* Does j have the shape of an array of n rows of m whole numbers? */
static void check_matrix(vector_reader *r, const json_t *j, const char *name, size_t n, size_t m)
{
    for (size_t i = 0; vread_array(r, j, name, n) && i < n && !r->why; i++)
        vread_series(r, json_array_get(j, i), name, m);
}

static void check_expected(vector_reader *r, const lesson *l, const plastic *p)
{
    size_t epochs = r->c->steps / p->epoch, kept = l->bench ? epochs : SIZE_MAX;
    static const char *const names[] = {"w", "t", "d"};
    if (!json_object_get(p->expected, "w"))
        vread_wrong(r, "'expected' holds no w");
    for (size_t k = 0; k < 3; k++) {
        const json_t *j = json_object_get(p->expected, names[k]);
        for (size_t e = 0; j && vread_array(r, j, names[k], kept) && e < json_array_size(j) && !r->why; e++)
            check_matrix(r, json_array_get(j, e), names[k], p->npost, p->npre);
    }
    for (size_t k = 0; k < sizeof traces / sizeof *traces; k++) {
        const json_t *j = json_object_get(p->expected, traces[k].name);
        size_t n = traces[k].name[0] == 'x' ? p->npre : p->npost;
        if (j)
            check_matrix(r, j, traces[k].name, l->bench ? n : epochs, l->bench ? r->c->steps : n);
    }
    for (size_t k = 0; p->third && vread_array(r, p->y_in, "y_in", 3) && k < 3; k++)
        check_matrix(r, json_array_get(p->y_in, k), "y_in", r->c->steps, p->npost);
}

/* Sets rule, format and expectations of the group that was added last. */
static void read_plastic(vector_reader *r, lesson *l, plastic *p, const json_t *j, const char *graded)
{
    vector_group *g = &r->c->group[r->c->ngroups - 1];
    p->group = r->c->ngroups - 1;
    p->third = vread_member(r, j, "factors", 2, 3) == 3;
    p->y_in = json_object_get(j, "y_in");
    vector_rule *rule = (vector_rule *)(uintptr_t)vector_read_rule(r, json_object_get(j, "rule"),
                                                                   json_object_get(j, "products"), p->epoch);
    rule->held = p->third;
    rule->graded = graded;
    g->rule = rule;
    g->bits = (int32_t)vread_member(r, j, "num_weight_bits", 1, 8);
    g->sign = vread_sign_word(r, vread_word(r, j, "sign_mode"));
    if (!r->why)
        check_expected(r, l, p);
}

static lesson *open_lesson(vector_reader *r, uint32_t n)
{
    lesson *l = ARENA_NEW(r->arena, lesson, 1);
    l->p = ARENA_NEW(r->arena, plastic, n);
    l->n = n;
    r->c->hooks = (vector_hooks){begun, ended, draw, l};
    return l;
}

/* Exponent at which all that arrives stays within the force's margin. */
static int32_t exponent_for(vector_reader *r, uint32_t npre, int32_t payload)
{
    int32_t e = 0;
    while (e > -8 && ldexp((double)npre * payload * 256 * 64, e) > ROOM)
        e--;
    if (ldexp((double)npre * payload * 256 * 64, e) > ROOM)
        vread_beyond(r, "so many spikes with such payloads exceed the margin of the neurons that are made to fire");
    return e;
}

static void read_pre(vector_reader *r, const json_t *j, int32_t *most)
{
    const json_t *list = json_object_get(j, "pre"), *payload = json_object_get(j, "pre_payload");
    vread_array(r, list, "pre", SIZE_MAX);
    for (size_t i = 0; i < json_array_size(list) && !r->why; i++) {
        const json_t *row = vread_array(r, json_array_get(list, i), "pre", 2);
        int64_t t = vread_whole(r, json_array_get(row, 0), "pre", 1, VREAD_STEPS);
        int64_t neuron = vread_whole(r, json_array_get(row, 1), "pre", 0, vread_member(r, j, "n_pre", 1, 1000) - 1);
        int32_t p = payload ? (int32_t)vread_whole(r, json_array_get(payload, i), "pre_payload", 1, 65535) : 1;
        *most = p > *most ? p : *most;
        if (t <= (int64_t)r->c->steps)
            vector_add_input(r, (uint32_t)t - 1, (uint32_t)neuron, p);
    }
}

static void read_post(vector_reader *r, const json_t *j, lesson *l, uint32_t npre)
{
    uint32_t n, npost = r->c->neurons;
    vector_spike *s = vread_spikes(r, json_object_get(j, "post"), "post", 0, 1, npost, &n);
    uint8_t *fires = ARENA_NEW(r->arena, uint8_t, (size_t)npost * r->c->steps);
    l->fires = fires;
    for (uint32_t i = 0; i < n && !r->why; i++) {
        fires[(size_t)s[i].step * npost + s[i].neuron] = 1;
        vector_force_spike(r, npre, s[i].neuron, s[i].step);
    }
    r->c->spike = s;
    r->c->nspikes = n;
}

static const char *graded_mode(vector_reader *r, const json_t *j)
{
    static const char *const modes[] = {NULL, "overwrite", "add", "carry"};
    const json_t *mode = json_object_get(j, "graded_cfg");
    return mode ? modes[vread_whole(r, mode, "graded_cfg", 0, 3)] : NULL;
}

void vector_read_learn_lava(vector_reader *r, const json_t *j)
{
    vector_case *c = r->c;
    lesson *l = open_lesson(r, 1);
    plastic *p = l->p;
    int32_t payload = 1;
    c->dialect = "lava";
    c->steps = (uint32_t)vread_member(r, j, "steps", 1, 4096);
    c->neurons = p->npost = (uint32_t)vread_member(r, j, "n_post", 1, 64);
    p->npre = (uint32_t)vread_member(r, j, "n_pre", 1, 1000);
    p->epoch = (uint32_t)vread_member(r, j, "t_epoch", 1, 63);
    c->sources = p->npre + 3 * c->neurons;
    c->group = ARENA_NEW(r->arena, vector_group, 2);
    l->bench = true;
    p->expected = json_object_get(j, "expected");
    l->forced = json_object_get(j, "force_draws");
    l->draws = json_object_get(j, "draws");
    if (!json_is_object(l->forced) && !json_is_object(l->draws))
        vread_wrong(r, "there are neither 'draws' nor 'force_draws'");
    if (r->why)
        return;
    vector_add_matrix(r, false, 0, p->npre, 0, p->npost, json_object_get(j, "w0"));
    read_plastic(r, l, p, j, graded_mode(r, j));
    vector_force(r, p->npre, false);
    read_pre(r, j, &payload);
    read_post(r, j, l, p->npre);
    l->exponent = c->group[0].exponent = exponent_for(r, p->npre, payload);
    vector_sort_inputs(r, payload > 1 || json_object_get(j, "graded_cfg"));
    l->activation = json_object_get(p->expected, "activation");
    if (l->activation && !r->why)
        check_matrix(r, l->activation, "activation", p->npost, c->steps);
}

/* ---- networks ---- */

static void read_projection(vector_reader *r, lesson *l, plastic *p, const json_t *j)
{
    const char *from = vread_word(r, j, "from");
    p->recurrent = strcmp(from, "neuron") == 0;
    uint32_t sources = p->recurrent ? r->c->neurons : r->c->sources;
    p->pre_first = (uint32_t)vread_member(r, j, "pre_first", 0, sources);
    p->npre = (uint32_t)vread_member(r, j, "n_pre", 1, sources - p->pre_first);
    p->post_first = (uint32_t)vread_member(r, j, "post_first", 0, r->c->neurons);
    p->npost = (uint32_t)vread_member(r, j, "n_post", 1, r->c->neurons - p->post_first);
    p->epoch = (uint32_t)vread_member(r, j, "t_epoch", 1, 63);
    if (r->why || (uint64_t)p->npre * p->npost > MAX_MATRIX) {
        vread_wrong(r, "a learning projection is too large");
        return;
    }
    vector_group *g =
        vector_add_matrix(r, p->recurrent, p->pre_first, p->npre, p->post_first, p->npost, json_object_get(j, "w0"));
    g->exponent = (int32_t)vread_member(r, j, "weight_exp", -8, 7);
    const json_t *initial = json_object_get(p->expected, "w_initial");
    if (initial)
        check_matrix(r, initial, "w_initial", p->npost, p->npre);
    for (uint32_t i = 0; i < g->count && initial; i++)
        g->synapse[i].effect = at2(initial, i / p->npre, i % p->npre);
    g->effect = initial ? EFFECT_WEIGHT : EFFECT_NONE;
    if (!r->why)
        read_plastic(r, l, p, j, NULL);
}

void vector_read_netlearn(vector_reader *r, const json_t *j)
{
    const json_t *list = json_object_get(j, "learning"),
                 *expected = json_object_get(json_object_get(j, "expected"), "learning");
    size_t n = json_array_size(list);
    if (n == 0 || n > VECTOR_LEARN_GROUPS || json_array_size(expected) != n) {
        vread_beyond(r, "'learning' is not a list of 1 to 16 projections with as many expectations");
        return;
    }
    lesson *l = open_lesson(r, (uint32_t)n);
    l->forced = json_object_get(j, "force_draws");
    if (!json_is_object(l->forced))
        vread_wrong(r, "there are no 'force_draws'");
    for (size_t i = 0; i < n && !r->why; i++) {
        l->p[i].expected = json_array_get(expected, i);
        read_projection(r, l, &l->p[i], json_array_get(list, i));
    }
}
