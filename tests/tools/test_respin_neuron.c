/* Neurons restated against the emulator's: random words and inputs of every model, every spike and every word of the
 * state that moves. Two programs after the same equations. */
#include "tools/respin_neuron.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/neuron.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

START_TEST(exponentials_agree)
{
    for (int64_t x = -350000; x <= 0; x += 7)
        ck_assert_int_eq((int32_t)(respin_exp((int32_t)x) >> 17),
                         x < -340695 ? (int32_t)(respin_exp((int32_t)x) >> 17) : spin_exp((int32_t)x));
    for (int32_t x = 1; x < 363408; x += 11)
        ck_assert_int_eq((int32_t)(uint32_t)(respin_exp(x) >> 17), spin_exp(x));
}
END_TEST

typedef struct {
    const spin_model *model;
    int32_t word[SPIN_MAX_WORDS];
} loaded;

static int32_t word_of(const void *context, int slot, const char *key)
{
    const loaded *l = context;
    int32_t k = spin_model_word(l->model, (spin_slot)slot, key);
    ck_assert_msg(k >= 0, "%s: no word %s", l->model->name, key);
    return l->word[k];
}

static double unit(uint32_t i, uint32_t k) { return rng_unit(31, RNG_TASK, i, k, 0); }
static int32_t fixed(double x) { return (int32_t)nearbyint(x * 32768); }

/* A plausible value of a parameter by its name. */
static int32_t drawn(const char *key, uint32_t i, uint32_t k)
{
    double u = unit(i, k);
    static const struct {
        const char *key;
        double low, high;
    } range[] = {{"V_init", -70, -50},       {"V_rest", -70, -60},  {"c_m", 0.2, 2},        {"tau_m", 2, 40},
                 {"I_offset", 0, 1.5},       {"V_reset", -75, -60}, {"T_refract_ms", 0, 5}, {"time_step", 1, 1},
                 {"A", 0.01, 0.1},           {"B", 0.15, 0.3},      {"C", -70, -50},        {"D", 1, 9},
                 {"U_init", -16, -10},       {"next_h", 1, 1},      {"V_rev_E", -5, 5},     {"V_rev_I", -90, -70},
                 {"v_thresh", -55, -45},     {"du_th", 0.3, 3},     {"tau_th", 5, 40},      {"exc_tau", 1.2, 20},
                 {"inh_tau", 1.2, 20},       {"exc2_tau", 1.2, 20}, {"tau_ca2", 20, 200},   {"i_alpha", 0, 0.5},
                 {"scaling_factor", 0.5, 40}};
    if (strcmp(key, "refract_timer_init") == 0)
        return (int32_t)(4 * u);
    for (size_t r = 0; r < sizeof range / sizeof *range; r++)
        if (strcmp(key, range[r].key) == 0)
            return fixed(range[r].low + u * (range[r].high - range[r].low));
    return fixed(0.1 * u); /* initial values of synapses */
}

static void same(const spin_model *m, const int32_t *state, const char *key, int32_t want, uint32_t i, uint32_t t)
{
    int32_t k = spin_model_state_word(m, key);
    ck_assert_msg(k >= 0, "%s: no state %s", m->name, key);
    ck_assert_msg(state[k] == want, "%s, case %u, step %u: %s is %d, restated %d", m->name, i, t, key, state[k], want);
}

static void compare(const spin_model *m, const int32_t *state, const respin_neuron *n, uint32_t i, uint32_t t)
{
    static const char *const value[] = {"exc_value", "exc2_value", "inh_value"}, *const line[] = {"exc_lin", "",
                                                                                                  "inh_lin"};
    same(m, state, n->izhikevich ? "V" : "V_membrane", n->v, i, t);
    if (n->izhikevich)
        same(m, state, "U", n->u, i, t);
    for (uint32_t r = 0; r < n->receptors; r++)
        same(m, state, (n->alpha ? line : value)[n->dual ? r : 2 * r], n->synapse[r].x, i, t);
    if (n->calcium)
        same(m, state, "i_ca2", n->calcium_now, i, t);
    if (n->semd)
        same(m, state, "multiplicator", n->latched, i, t);
}

static uint64_t run(const spin_model *m, uint32_t i)
{
    loaded l = {.model = m};
    int32_t state[SPIN_MAX_STATE];
    uint32_t substeps = 1 + i % 3;
    uint64_t spikes = 0;
    spin_slot slot;
    for (uint32_t k = 0; k < spin_model_words(m); k++)
        l.word[k] = drawn(spin_model_key(m, k, &slot), i, k);
    spin_neuron_boot(m, l.word, substeps, state);
    respin_neuron n;
    respin_load(&n, &(respin_words){word_of, &l, m->name, substeps});
    spin_kiss one = spin_kiss_default;
    respin_kiss two = respin_kiss_start();
    ck_assert_uint_eq(n.receptors, spin_model_receptors(m));
    for (uint32_t t = 0; t < 400; t++) {
        for (uint32_t r = 0; r < n.receptors; r++)
            if (unit(1000 * i + t, 50 + r) < 0.3) {
                int32_t w =
                    fixed((r == n.receptors - 1 ? 0.5 : 2) * unit(1000 * i + t, 60 + r) * (n.conductance ? 20 : 1));
                w = w ? w : 1;
                spin_neuron_input(m, state, r, w);
                respin_input(&n, r, w);
            }
        spin_recorded before;
        int32_t current = fixed(0.5 * unit(1000 * i + t, 70) - 0.2);
        uint32_t fired = spin_neuron_tick(m, state, substeps, current, &one, &before);
        ck_assert_msg(fired == respin_tick(&n, current, &two), "%s, case %u, step %u: spikes %u", m->name, i, t, fired);
        compare(m, state, &n, i, t);
        spikes += fired;
    }
    return spikes;
}

START_TEST(every_model_agrees_bit_for_bit)
{
    for (uint32_t m = 0; m < SPIN_MODEL_COUNT; m++) {
        uint64_t spikes = 0;
        for (uint32_t i = 0; i < 60; i++)
            spikes += run(&spin_models[m], i);
        ck_assert_msg(spikes > 300, "%s fired %u times", spin_models[m].name, (unsigned)spikes);
    }
}
END_TEST

SUITE("respin_neuron", exponentials_agree, every_model_agrees_bit_for_bit)
