/* Draws and learning recorded from nengo-loihi. Takes noise with its draws, or a network with PES learning, yields the
 * noise registers, or the rule as the chip would run it, and hooks that replay draws and compare.
 *
 * PES: weights change by rate * x1 * error, where the first half of the neurons gets -e and the second +e. The error's
 * magnitude is a third factor, in y1 where it is positive, in y2 where it is negative. In a network the first group of
 * synapses learns, its presynaptic side may be the neurons, and draws may be constants (force_draws). */
#include "tools/vector_learn.h"

#include "backends/loihi/weights.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- noise ---- */

static int64_t noise(const void *context, const vector_view *v, const hmn_draw_site *site)
{
    uint32_t neuron = machine_neuron_at(v->machine, site->core, site->compartment) - v->first;
    return json_integer_value(json_array_get(json_array_get(context, v->step), neuron));
}

void vector_read_noise(vector_reader *r, const json_t *j)
{
    const json_t *n = json_object_get(json_object_get(j, "neurons"), "noise"),
                 *draws = json_object_get(j, "noise_draws");
    vread_set_all(r, "noise_exp", vread_member(r, n, "exp", 1, 23));
    vread_set_all(r, "noise_mant", vread_member(r, n, "mant_offset", -128, 127));
    vread_set_all(r, "noise_at_v", vread_member(r, n, "at_membrane", 0, 1));
    vread_array(r, draws, "noise_draws", r->c->steps);
    for (size_t t = 0; t < json_array_size(draws) && !r->why; t++)
        vread_series(r, json_array_get(draws, t), "noise_draws", r->c->neurons);
    r->c->hooks = (vector_hooks){.draw = noise, .context = (void *)(uintptr_t)draws};
}

/* ---- PES ---- */

typedef struct {
    uint32_t train, learn, npre, neurons;
    int32_t exponent;
    bool recurrent;
    const json_t *error, *draws, *forced, *expected;
} pes;

static int64_t at2(const json_t *j, size_t a, size_t b)
{
    return json_integer_value(json_array_get(json_array_get(j, a), b));
}

static int64_t draw(const void *context, const vector_view *v, const hmn_draw_site *site)
{
    const pes *p = context;
    if (p->forced)
        return vector_draw_of(
            json_number_value(json_object_get(p->forced, site->use == DRAW_SYNAPSE ? "weight" : "trace")));
    uint32_t pre = machine_source_at(v->machine, site->core, site->axon) - v->first_source;
    uint32_t post = machine_neuron_at(v->machine, site->core, site->compartment) - v->first;
    const json_t *row;
    if (site->use != DRAW_SYNAPSE) {
        row = json_array_get(json_object_get(p->draws, "trace"), (v->step + 1) / p->train - 1);
        return vector_draw_of(json_number_value(json_array_get(row, pre)));
    }
    row = json_array_get(json_object_get(p->draws, "weight"), (v->step + 1) / p->learn - 1);
    return vector_draw_of(json_number_value(json_array_get(json_array_get(row, pre), post)));
}

static const char *differs(const vector_view *v, const char *what, uint32_t i, int64_t got, int64_t want)
{
    return arena_printf(v->arena, "%s %" PRIu32 " after step %" PRIu32 ": got %" PRId64 ", want %" PRId64, what, i,
                        v->step, got, want);
}

static int64_t clipped(int64_t x) { return x < -127 ? -127 : x > 127 ? 127 : x; }

static const char *begun(void *context, const vector_view *v)
{
    const pes *p = context;
    uint32_t half = p->neurons / 2;
    for (uint32_t i = 0; i < p->neurons; i++) {
        int64_t e = clipped(at2(p->error, v->step, i % half)), x = i < half ? -e : e;
        int64_t want = at2(json_object_get(p->expected, "pes_error_clipped"), v->step, i % half);
        if (e != want)
            return differs(v, "error", i % half, e, want);
        if (!machine_set_trace(v->machine, v->first + i, v->projection[0], VAR_Y1, (int32_t)(x > 0 ? x : 0)) ||
            !machine_set_trace(v->machine, v->first + i, v->projection[0], VAR_Y2, (int32_t)(x < 0 ? -x : 0)))
            return "a third factor cannot be set";
    }
    return NULL;
}

static uint32_t first_pre(const pes *p, const vector_view *v) { return p->recurrent ? v->first : v->first_source; }

/* Where the file keeps the weights after epoch number `epoch` (from 1), NULL: it does not; all when it lists none. */
static const json_t *weights_of(const pes *p, uint32_t epoch)
{
    const json_t *epochs = json_object_get(p->expected, "epochs"), *w = json_object_get(p->expected, "w_eff");
    for (size_t e = 0; e < json_array_size(epochs); e++)
        if (json_integer_value(json_array_get(epochs, e)) == (json_int_t)epoch)
            return json_array_get(w, e);
    return epochs ? NULL : json_array_get(w, epoch - 1);
}

static const char *compare_weights(const pes *p, const vector_view *v)
{
    uint64_t n;
    uint32_t epoch = (v->step + 1) / p->learn;
    hmn_arena *a = arena_new(0);
    const machine_synapse *s = machine_weights(v->machine, v->projection[0], a, &n);
    const json_t *rows = weights_of(p, epoch), *sums = json_object_get(p->expected, "sum_w_eff");
    const char *why = NULL;
    int64_t sum = 0;
    for (uint64_t i = 0; i < n && !why; i++) {
        int64_t got = loihi_weight_effective(DIALECT_NENGO, s[i].weight, p->exponent);
        int64_t want = rows ? at2(rows, s[i].pre - first_pre(p, v), s[i].post - v->first) : got;
        sum += got;
        if (got != want)
            why = differs(v, "effective weight of synapse", (uint32_t)i, got, want);
    }
    arena_free(a);
    int64_t want = json_integer_value(json_array_get(sums, epoch - 1));
    return why || !sums || sum == want ? why : differs(v, "sum of effective weights, epoch", epoch, sum, want);
}

static const char *ended(void *context, const vector_view *v)
{
    const pes *p = context;
    for (uint32_t i = 0; i < p->npre; i++) {
        int64_t got = machine_trace(v->machine, first_pre(p, v) + i, v->projection[0], VAR_X1);
        int64_t want = at2(json_object_get(p->expected, "trace"), v->step, i);
        if (got != want)
            return differs(v, "trace of input", i, got, want);
    }
    return (v->step + 1) % p->learn == 0 ? compare_weights(p, v) : NULL;
}

static void check_rows(vector_reader *r, const json_t *j, const char *name, size_t n, size_t m)
{
    for (size_t i = 0; vread_array(r, j, name, n) && i < n && !r->why; i++)
        vread_array(r, json_array_get(j, i), name, m);
}

const vector_rule *vector_pes_rule(vector_reader *r, const json_t *l, uint32_t learn)
{
    vector_rule *rule = ARENA_NEW(r->arena, vector_rule, 1);
    int64_t mantissa = vread_member(r, l, "lr_int", 1, 7), exponent = vread_member(r, l, "lr_exp", -7, 8);
    int64_t fraction = vread_member(r, l, "tracing_mag_frac128", 0, 127);
    uint32_t k = 0;
    rule->epoch = (uint32_t)vread_member(r, l, "train_epoch", 1, 63);
    while (k < 9 && rule->epoch << k != learn)
        k++;
    if (rule->epoch << k != learn)
        vread_beyond(r, "a learning epoch other than 2^k times that of the traces");
    rule->text[RULE_W] = arena_printf(r->arena, "%d*2^%d*u%u*x1*y1 - %d*2^%d*u%u*x1*y2", (int)mantissa, (int)exponent,
                                      k, (int)mantissa, (int)exponent, k);
    rule->impulse[RT_X1] = (double)vread_member(r, l, "tracing_mag_int", 0, 127) + (double)fraction / 128;
    rule->tau[RT_X1] = json_number_value(json_object_get(l, "tracing_tau"));
    rule->held = true;
    return rule;
}

/* The rule that PES is on the chip; its constants must be those that the products imply. */
static void read_rule(vector_reader *r, const json_t *l, vector_group *g, pes *p)
{
    p->learn = (uint32_t)vread_member(r, l, "learn_epoch", 1, 63 * 512);
    g->rule = vector_pes_rule(r, l, p->learn);
    p->train = g->rule->epoch;
    if (vread_member(r, l, "overflow_bits", 0, 9) != 2 || vread_member(r, l, "learn_frac", 0, 9) != 7 ||
        vread_member(r, l, "real_weight_exp", -8, 15) != g->exponent + 6 ||
        vread_member(r, l, "shift_bits", 0, 8) != 8 - g->bits + (g->sign[0] == 'm'))
        vread_beyond(r, "learning constants other than those of weights of this format and products of two factors");
}

static void read_synapses(vector_reader *r, const json_t *j, vector_group *g)
{
    const json_t *conn = json_object_get(j, "conn");
    g->exponent = (int32_t)vread_member(r, j, "weight_exp", -8, 7);
    g->bits = (int32_t)vread_member(r, j, "num_weight_bits", 1, 8);
    g->sign = json_is_true(json_object_get(j, "mixed")) ? "mixed" : "excitatory";
    vread_rows(r, g, conn, NULL, 1);
}

/* Rule and expectations of group 0. */
static void read_learning(vector_reader *r, const json_t *j)
{
    vector_case *c = r->c;
    vector_group *g = &c->group[0];
    pes *p = ARENA_NEW(r->arena, pes, 1);
    const json_t *e = json_object_get(j, "expected"), *epochs = json_object_get(e, "epochs");
    if (c->neurons % 2) {
        vread_beyond(r, "PES onto an odd number of neurons");
        return;
    }
    read_rule(r, json_object_get(j, "learning"), g, p);
    *p = (pes){.train = p->train,
               .learn = p->learn,
               .npre = g->recurrent ? c->neurons : c->sources,
               .neurons = c->neurons,
               .exponent = g->exponent,
               .recurrent = g->recurrent,
               .error = json_object_get(j, "pes_error_in"),
               .draws = json_object_get(j, "draws"),
               .forced = json_object_get(j, "force_draws"),
               .expected = e};
    if (p->recurrent && !p->forced)
        vread_beyond(r, "draws of PES between neurons");
    check_rows(r, p->error, "pes_error_in", c->steps, c->neurons / 2);
    check_rows(r, json_object_get(e, "trace"), "trace", c->steps, p->npre);
    check_rows(r, json_object_get(e, "pes_error_clipped"), "pes_error_clipped", c->steps, c->neurons / 2);
    if (!r->why)
        check_rows(r, json_object_get(e, "w_eff"), "w_eff", epochs ? json_array_size(epochs) : c->steps / p->learn,
                   p->npre);
    c->hooks = (vector_hooks){begun, ended, draw, p};
}

void vector_read_pes(vector_reader *r, const json_t *j)
{
    vector_case *c = r->c;
    const json_t *n = json_object_get(j, "neurons"), *e = json_object_get(j, "expected"),
                 *synapses = json_object_get(j, "synapses");
    c->dialect = "nengo";
    c->steps = (uint32_t)vread_member(r, j, "steps", 1, 1 << 16);
    c->neurons = (uint32_t)vread_member(r, n, "n", 2, 1024);
    if (r->why || json_array_size(synapses) != 1) {
        vread_beyond(r, "PES over more than one group of synapses, and no list of expected.neurons");
        return;
    }
    vread_nengo_neurons(r, n, "refract");
    vector_read_inputs(r, json_object_get(j, "inputs"));
    c->group = ARENA_NEW(r->arena, vector_group, 1);
    read_synapses(r, json_array_get(synapses, 0), vread_add_group(r, false));
    if (r->why)
        return;
    read_learning(r, j);
    vread_watch(r, NULL, c->neurons);
    vread_traces(r, json_object_get(e, "u"), json_object_get(e, "v"), c->neurons);
    c->spike = vread_spikes(r, json_object_get(e, "spikes"), "expected.spikes", 0, 1, c->neurons, &c->nspikes);
}

void vector_read_netpes(vector_reader *r, const json_t *j)
{
    if (r->why)
        return;
    if (r->c->ngroups == 0)
        vread_wrong(r, "there are no synapses that could learn");
    else
        read_learning(r, j);
}
