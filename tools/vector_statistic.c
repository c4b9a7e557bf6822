/* Statistics of stochastic rounding. Takes mean and variance over many trials of one trace or one synapse, yields a
 * network of many of them side by side, whose own mean and variance must agree within what chance allows.
 *
 * The random bits are the emulator's own, with a fixed seed. The one exception is a recording whose every decision
 * was drawn anew (oracle_stat_lava): the lava dialect shares draws within an epoch, as Lava does, so these are given
 * here, keyed by decision.
 *
 *   |mean - mean'| < z sqrt(var / trials + var' / n) + 10^-3
 *   |var - var'|   < 0.2 var + z s,  s the standard error of a variance, where var > 0.05
 *
 * A recording may ask for a narrower z of the last mean (z_last): one comparison, where z has to hold for many. */
#include "tools/vector_learn.h"

#include "core/base/rng.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { COPIES = 2000, PAIRS = 1000 };

typedef struct {
    uint32_t n;     /* copies */
    uint32_t epoch; /* values are compared after each; 1: after each step */
    bool weight;    /* else x1 */
    double offset;  /* of the stored weights from those of the recording */
    double z, z_last, trials;
    uint32_t last; /* steps of the recording */
    int32_t third; /* y2; of PES the error, in y1 where it is negative */
    bool pes;
    bool holds, pairs; /* pairs: a presynaptic and a postsynaptic neuron for each synapse */
    const json_t *expected, *expected_tag;
    int32_t *value;
} statistic;

static const char *compare(const statistic *s, const vector_view *v, const json_t *expected, const char *what,
                           size_t at, double offset)
{
    double mean = 0, var = 0, fourth = 0, n = s->n;
    double want = json_number_value(json_array_get(json_object_get(expected, "mean"), at)) + offset;
    double spread = json_number_value(json_array_get(json_object_get(expected, "var"), at));
    for (uint32_t i = 0; i < s->n; i++)
        mean += s->value[i] / n;
    for (uint32_t i = 0; i < s->n; i++) {
        double d = s->value[i] - mean;
        var += d * d / n;
        fourth += d * d * d * d / n;
    }
    double z = v->step + 1 + s->epoch > s->last && s->z_last > 0 ? s->z_last : s->z;
    double error = sqrt(fmax(0, fourth - var * var) * (1 / n + 1 / s->trials));
    if (!(fabs(mean - want) < z * sqrt(spread / s->trials + var / n) + 1e-3))
        return arena_printf(v->arena, "mean of %s at %zu: got %.4f, want %.4f (variances %.4f, %.4f)", what, at, mean,
                            want, var, spread);
    if (spread > 0.05 && !(fabs(var - spread) < 0.2 * spread + s->z * error))
        return arena_printf(v->arena, "variance of %s at %zu: got %.4f, want %.4f", what, at, var, spread);
    return NULL;
}

static bool read_values(const statistic *s, const vector_view *v, bool tag)
{
    if (!s->weight) {
        for (uint32_t i = 0; i < s->n; i++)
            s->value[i] = machine_trace(v->machine, v->first_source + i, v->projection[0], VAR_X1);
        return true;
    }
    uint64_t n;
    hmn_arena *a = arena_new(0);
    const machine_synapse *w = machine_weights(v->machine, v->projection[0], a, &n);
    for (uint32_t i = 0; i < s->n && i < n; i++)
        s->value[i] = tag ? w[i].tag : w[i].weight;
    arena_free(a);
    return n == s->n;
}

static const char *ended(void *context, const vector_view *v)
{
    const statistic *s = context;
    size_t at = (v->step + 1) / s->epoch - 1;
    if ((v->step + 1) % s->epoch)
        return NULL;
    if (!read_values(s, v, false))
        return "the image lacks learning synapses";
    const char *why = compare(s, v, s->expected, s->weight ? "w" : "x1", at, s->offset);
    if (!why && s->expected_tag && read_values(s, v, true))
        why = compare(s, v, s->expected_tag, "t", at, 0);
    return why;
}

static const char *begun(void *context, const vector_view *v)
{
    const statistic *s = context;
    if (s->pes) {
        int32_t e = s->third;
        return machine_set_trace(v->machine, v->first, v->projection[0], VAR_Y1, e < 0 ? -e : 0) &&
                       machine_set_trace(v->machine, v->first, v->projection[0], VAR_Y2, e > 0 ? e : 0)
                   ? NULL
                   : "a third factor cannot be set";
    }
    return !s->holds || machine_set_trace(v->machine, v->first, v->projection[0], VAR_Y2, s->third)
               ? NULL
               : "a third factor cannot be set";
}

/* A draw of its own for each decision. Impulses of Lava use draws of 0..127 / 256. */
static int64_t draw(const void *context, const vector_view *v, const hmn_draw_site *site)
{
    (void)context;
    (void)v;
    uint32_t word = rng_u32(2024, RNG_TASK, (uint32_t)site->use << 28 | (site->axon & 0xFFFF) << 8 | site->which,
                            site->compartment, site->step << 6 | site->at);
    bool impulse = site->use == DRAW_IMPULSE || site->use == DRAW_EARLIER;
    return impulse ? (int64_t)(word >> 25) << 24 : word;
}

/* ---- reading ---- */

static void add_one(vector_group *g, uint32_t i, uint32_t post, int32_t w)
{
    g->synapse[g->count++] = (vector_synapse){i, post, 1, w, w};
}

/* n synapses of one weight, onto one neuron or each onto its own. */
static vector_group *add_copies(vector_reader *r, const statistic *s, int32_t w)
{
    vector_group *g = vread_add_group(r, false);
    g->synapse = ARENA_NEW(r->arena, vector_synapse, s->n);
    for (uint32_t i = 0; i < s->n; i++)
        add_one(g, i, s->pairs ? i : 0, w);
    g->bits = 8;
    g->sign = "mixed";
    return g;
}

static statistic *open_statistic(vector_reader *r, const char *dialect, uint32_t copies)
{
    statistic *s = ARENA_NEW(r->arena, statistic, 1);
    vector_case *c = r->c;
    *s = (statistic){.n = copies, .epoch = 1, .z = 5};
    s->value = ARENA_NEW(r->arena, int32_t, copies);
    c->dialect = dialect;
    c->neurons = 1;
    c->sources = copies;
    c->no_spikes = true;
    c->group = ARENA_NEW(r->arena, vector_group, 2);
    c->hooks = (vector_hooks){begun, ended, NULL, s};
    return s;
}

static void check_expected(vector_reader *r, const json_t *e, size_t n)
{
    static const char *const names[] = {"mean", "var"};
    for (int k = 0; k < 2; k++) {
        const json_t *list = vread_array(r, json_object_get(e, names[k]), names[k], n);
        for (size_t i = 0; i < json_array_size(list); i++)
            if (!json_is_number(json_array_get(list, i)))
                vread_wrong(r, "mean and var must be numbers");
    }
}

/* All copies spike when the recorded one did; the source fires one step before. */
static void all_spike(vector_reader *r, const statistic *s, int64_t step)
{
    if (step < 0)
        vread_beyond(r, "a spike would have to be fired before the first step");
    for (uint32_t i = 0; i < s->n && step >= 0 && step < (int64_t)r->c->steps; i++)
        vector_add_input(r, (uint32_t)step, i, 1);
}

static void list_spikes(vector_reader *r, const statistic *s, const json_t *list, int64_t earlier)
{
    vread_array(r, list, "spikes", SIZE_MAX);
    for (size_t i = 0; i < json_array_size(list) && !r->why; i++)
        all_spike(r, s, vread_whole(r, json_array_get(list, i), "spikes", 0, VREAD_STEPS) - earlier);
}

static vector_rule *rule_with(vector_reader *r, const char *dw, double impulse, const json_t *tau, uint32_t epoch)
{
    vector_rule *rule = ARENA_NEW(r->arena, vector_rule, 1);
    if (tau && !(json_number_value(tau) > 0 && json_number_value(tau) < 1e6))
        vread_wrong(r, "'tau' must be a number above 0");
    rule->text[RULE_W] = dw;
    rule->epoch = epoch;
    rule->impulse[RT_X1] = impulse;
    rule->tau[RT_X1] = json_number_value(tau);
    return rule;
}

/* x1 after a spike. The weights stay as they are: the product is one of a trace that is always 0. */
static void read_trace(vector_reader *r, const json_t *j, const json_t *config, const char *dialect)
{
    bool nengo = strcmp(dialect, "nengo") == 0;
    statistic *s = open_statistic(r, dialect, COPIES);
    const json_t *impulse = json_object_get(config, "impulse");
    double amount = json_number_value(impulse);
    const char *epoch = nengo ? "train_epoch" : "t_epoch";
    uint32_t steps = json_object_get(config, epoch) ? (uint32_t)vread_member(r, config, epoch, 1, 63) : 1;
    if (nengo)
        amount = (double)vread_member(r, config, "mag_int", 0, 127) +
                 (double)vread_member(r, config, "mag_frac128", 0, 127) / 128;
    else if (!json_is_number(impulse) || amount < 0 || amount > 127)
        vread_wrong(r, "'impulse' must be a number from 0 to 127");
    r->c->steps = (uint32_t)vread_member(r, config, "steps", 1, 1000);
    s->trials = (double)vread_member(r, j, "trials", 2, 1000000);
    s->expected = json_object_get(j, "expected");
    check_expected(r, s->expected, r->c->steps);
    add_copies(r, s, 0)->rule = rule_with(r, "2^-7*x0*x1", amount, json_object_get(config, "tau"), steps);
    if (json_object_get(config, "pre_spike_step"))
        all_spike(r, s, vread_member(r, config, "pre_spike_step", 1, 1000) - 1);
    else if (nengo)
        list_spikes(r, s, json_object_get(config, "input_spikes"), 1);
    else
        list_spikes(r, s, json_object_get(config, "spikes"), 1);
    vector_sort_inputs(r, false);
}

/* w after each epoch of one step. The recorded one may start off the grid on which the chip stores it; then the
 * change of the mean is compared. */
static void read_weight(vector_reader *r, const json_t *j, const json_t *config)
{
    const char *text = json_string_value(json_object_get(config, "rule")),
               *dw = json_string_value(json_object_get(config, "dw"));
    bool lava = text != NULL;
    statistic *s = open_statistic(r, lava ? "lava" : "brian2loihi", COPIES);
    int32_t w0 = (int32_t)vread_member(r, config, "w0", -256, 255);
    json_t *texts = json_object();
    s->weight = true;
    s->expected = json_object_get(j, "expected");
    s->trials = (double)vread_member(r, j, "trials", 2, 1000000);
    r->c->steps = (uint32_t)json_array_size(json_object_get(s->expected, "mean"));
    check_expected(r, s->expected, r->c->steps ? r->c->steps : 1);
    vector_group *g = add_copies(r, s, w0);
    g->sign = vread_sign_word(r, vread_word(r, config, "sign_mode"));
    g->bits = lava ? 8 : (int32_t)vread_member(r, config, "num_weight_bits", 1, 8);
    int32_t grid = 1 << (8 - g->bits + (g->sign[0] == 'm'));
    s->offset = w0 / grid * grid - w0;
    if (lava && (w0 % grid || strncmp(text, "dw=", 3) != 0))
        vread_beyond(r, "a weight off the grid, or a rule that is no dw");
    json_object_set_new(texts, "dw", json_string(lava && strlen(text) > 3 ? text + 3 : dw ? dw : ""));
    vector_rule *rule = (vector_rule *)(uintptr_t)vector_read_rule(r, texts, NULL, 1);
    json_decref(texts);
    rule->held = s->holds = lava;
    s->third = lava ? (int32_t)vread_member(r, config, "y2", -128, 127) : 0;
    g->rule = rule;
}

/* PES of nengo: 1,000 synapses, each from a source of its own, onto a neuron that gets minus the error. */
static void read_pes(vector_reader *r, const json_t *j, const json_t *config)
{
    statistic *s = open_statistic(r, "nengo", PAIRS);
    s->weight = s->pes = true;
    s->z = 4;
    s->third = (int32_t)vread_member(r, config, "error", -127, 127);
    s->epoch = (uint32_t)vread_member(r, config, "learn_epoch", 1, 63 * 512);
    s->trials = (double)vread_member(r, j, "trials", 2, 1000000);
    s->expected = json_object_get(j, "expected");
    r->c->steps = (uint32_t)vread_member(r, config, "steps", 1, 1000);
    check_expected(r, s->expected, r->c->steps / (s->epoch ? s->epoch : 1));
    vector_group *g = add_copies(r, s, (int32_t)vread_member(r, config, "w0", -256, 255));
    g->exponent = (int32_t)vread_member(r, config, "weight_exp", -8, 7);
    g->bits = (int32_t)vread_member(r, config, "num_weight_bits", 1, 8);
    for (uint32_t i = 0; i < g->count; i++)
        g->synapse[i].effect = g->synapse[i].weight;
    if (!r->why)
        g->rule = vector_pes_rule(r, config, s->epoch);
    list_spikes(r, s, json_object_get(config, "spikes"), 1);
    vector_sort_inputs(r, false);
}

/* Synapses with a rule of their own, each between a source and a neuron that is made to fire. */
static void read_pairs(vector_reader *r, const json_t *j, const json_t *config)
{
    statistic *s = open_statistic(r, "lava", PAIRS);
    vector_case *c = r->c;
    s->weight = s->pairs = true;
    s->z = 4;
    s->epoch = (uint32_t)vread_member(r, config, "t_epoch", 1, 63);
    s->trials = (double)vread_member(r, j, "trials", 2, 1000000);
    s->expected = json_object_get(j, "expected");
    s->expected_tag = json_object_get(j, "expected_t");
    c->steps = (uint32_t)vread_member(r, config, "steps", 1, 1000);
    c->neurons = PAIRS;
    c->sources = 4 * PAIRS;
    c->hooks.draw = draw;
    check_expected(r, s->expected, c->steps / s->epoch);
    if (s->expected_tag)
        check_expected(r, s->expected_tag, c->steps / s->epoch);
    vector_group *g = add_copies(r, s, (int32_t)vread_member(r, config, "w0", -256, 255));
    g->sign = vread_sign_word(r, vread_word(r, config, "sign_mode"));
    g->rule = vector_read_rule(r, json_object_get(config, "rule"), json_object_get(config, "products"), s->epoch);
    vector_force(r, PAIRS, false);
    list_spikes(r, s, json_object_get(config, "pre"), 1);
    const json_t *post = json_object_get(config, "post");
    for (size_t i = 0; i < json_array_size(post) && !r->why; i++) {
        int64_t t = vread_whole(r, json_array_get(post, i), "post", 1, VREAD_STEPS);
        for (uint32_t k = 0; k < PAIRS && t <= (int64_t)c->steps; k++)
            vector_force_spike(r, PAIRS, k, (uint32_t)t - 1);
    }
    vector_sort_inputs(r, false);
}

void vector_read_statistic(vector_reader *r, const json_t *j)
{
    const json_t *config = json_object_get(j, "config");
    if (json_is_object(json_object_get(config, "rule")))
        read_pairs(r, j, config);
    else if (json_object_get(config, "lr_int"))
        read_pes(r, j, config);
    else if (json_object_get(config, "rule") || json_object_get(config, "dw"))
        read_weight(r, j, config);
    else if (json_object_get(config, "mag_int"))
        read_trace(r, j, config, "nengo");
    else if (json_object_get(config, "pre_spike_step"))
        read_trace(r, j, config, "lava");
    else if (json_object_get(config, "spikes"))
        read_trace(r, j, config, "brian2loihi");
    else
        vread_beyond(r, "this kind of statistic is not known");
    statistic *s = r->c->hooks.context;
    if (r->why || !s || !json_object_get(j, "z_last"))
        return;
    s->z_last = (double)vread_member(r, j, "z_last", 1, 10);
    s->last = r->c->steps;
}
