/* Learning recorded from brian2_loihi: one synapse. Takes traces and the weight after each step, null where copies of
 * the recording did not agree, yields a network whose neuron is made to fire and hooks that compare.
 *
 * y1 was read before the spike of the step before enters it; the register is read after. So what it must hold is the
 * recorded number plus the impulse of that spike. */
#include "tools/vector_learn.h"

#include <inttypes.h>

typedef struct {
    const json_t *x1, *y1, *w;
    const uint8_t *fires; /* [step] */
    int64_t impulse;
} pair;

static const char *differs(const vector_view *v, const char *what, int64_t got, int64_t want)
{
    return arena_printf(v->arena, "%s after step %" PRIu32 ": got %" PRId64 ", want %" PRId64, what, v->step, got,
                        want);
}

static const char *check(const vector_view *v, const char *what, const json_t *list, int64_t added, int64_t got)
{
    const json_t *j = json_array_get(list, v->step);
    int64_t want = json_integer_value(j) + added;
    if (added && want > 127)
        want = 127;
    return !json_is_integer(j) || got == want ? NULL : differs(v, what, got, want);
}

static const char *ended(void *context, const vector_view *v)
{
    const pair *p = context;
    uint64_t n;
    hmn_arena *a = arena_new(0);
    const machine_synapse *s = machine_weights(v->machine, v->projection[0], a, &n);
    int64_t w = n ? s[0].weight : 0;
    arena_free(a);
    int64_t added = v->step > 0 && p->fires[v->step - 1] ? p->impulse : 0;
    const char *why = n == 1 ? NULL : "the image lacks the synapse";
    if (!why)
        why = check(v, "x1", p->x1, 0, machine_trace(v->machine, v->first_source, v->projection[0], VAR_X1));
    if (!why)
        why = check(v, "y1", p->y1, added, machine_trace(v->machine, v->first, v->projection[0], VAR_Y1));
    return why ? why : check(v, "w", p->w, 0, w);
}

static const json_t *series(vector_reader *r, const json_t *e, const char *name)
{
    const json_t *j = vread_array(r, json_object_get(e, name), name, r->c->steps);
    for (size_t i = 0; i < json_array_size(j); i++)
        if (!json_is_integer(json_array_get(j, i)) && !json_is_null(json_array_get(j, i)))
            vread_wrong(r, "x1, y1 and w must be whole numbers or null");
    return j;
}

static vector_rule *read_rule(vector_reader *r, const json_t *config)
{
    vector_rule *rule = (vector_rule *)(uintptr_t)vector_read_rule(r, config, NULL, 1);
    double tau = json_number_value(json_object_get(config, "tau"));
    if (!(tau >= 1 && tau < 1e6))
        vread_wrong(r, "'tau' must be a number from 1 on");
    rule->impulse[RT_X1] = rule->impulse[RT_Y1] = (double)vread_member(r, config, "impulse", 0, 127);
    rule->tau[RT_X1] = rule->tau[RT_Y1] = tau;
    return rule;
}

/* A source fires in the step before its spike counts. */
static void read_spikes(vector_reader *r, const json_t *j, pair *p)
{
    const json_t *pre = vread_array(r, json_object_get(j, "pre"), "pre", SIZE_MAX);
    const json_t *post = json_object_get(json_object_get(j, "expected"), "post_spikes");
    uint8_t *fires = ARENA_NEW(r->arena, uint8_t, r->c->steps);
    p->fires = fires;
    for (size_t i = 0; i < json_array_size(pre) && !r->why; i++)
        vector_add_input(r, (uint32_t)vread_whole(r, json_array_get(pre, i), "pre", 1, r->c->steps - 1) - 1, 0, 1);
    vread_array(r, post, "post_spikes", SIZE_MAX);
    r->c->spike = ARENA_NEW(r->arena, vector_spike, json_array_size(post));
    for (size_t i = 0; i < json_array_size(post) && !r->why; i++) {
        uint32_t t = (uint32_t)vread_whole(r, json_array_get(post, i), "post_spikes", 0, r->c->steps - 1);
        fires[t] = 1;
        r->c->spike[r->c->nspikes++] = (vector_spike){t, 0};
        vector_force_spike(r, 1, 0, t);
    }
    vector_sort_inputs(r, false);
}

void vector_read_learn_brian(vector_reader *r, const json_t *j)
{
    vector_case *c = r->c;
    const json_t *config = json_object_get(j, "config"), *e = json_object_get(j, "expected");
    pair *p = ARENA_NEW(r->arena, pair, 1);
    c->dialect = "brian2loihi";
    c->steps = (uint32_t)vread_member(r, j, "steps", 1, VREAD_STEPS);
    c->neurons = 1;
    c->sources = 4;
    c->group = ARENA_NEW(r->arena, vector_group, 2);
    c->hooks = (vector_hooks){.ended = ended, .context = p};
    *p = (pair){series(r, e, "x1"), series(r, e, "y1"), series(r, e, "w"), NULL,
                vread_member(r, config, "impulse", 0, 127)};
    if (r->why)
        return;
    vector_group *g = vread_add_group(r, false);
    g->synapse = ARENA_NEW(r->arena, vector_synapse, 1);
    g->synapse[g->count++] = (vector_synapse){0, 0, 1, (int32_t)vread_member(r, config, "w0", -256, 255), 0};
    g->exponent = (int32_t)vread_member(r, config, "weight_exp", -8, 0);
    g->bits = (int32_t)vread_member(r, config, "num_weight_bits", 1, 8);
    g->sign = vread_sign_word(r, vread_word(r, config, "sign_mode"));
    g->rule = read_rule(r, config);
    vector_force(r, 1, true);
    read_spikes(r, j, p);
}
