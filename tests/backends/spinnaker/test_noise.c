/* Noise and homeostasis against a restatement of eqs S20, SN1 and SN2 in plain integers, bit for bit; the statistics of
 * the noise; rates that homeostasis keeps; what is refused. */
#include "backends/spinnaker/noise.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/core.h"
#include "core/base/rng.h"
#include "core/reference/reference.h"
#include "tests/statistics.h"
#include "tests/backends/spinnaker/fixture.h"

#include <math.h>

enum { N = 5, STEPS = 16000, SEED = 3 };

static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  s: {size: 1, model: spike_source}\n"
    "  cells: {size: 5, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, v_thresh: 4,\n"
    "          tau_refrac: 2 ms, i_offset: [0.1, 0, -0.1, 0.2, 0], noise: [0.2, 0.1, 0, 0.05, 0.3],\n"
    "          homeostasis_rate: [40 Hz, 10 Hz, 5 Hz, 20 Hz, 30 Hz], homeostasis_eta: [0.002, 0.004, 0.01, 0, "
    "0.005]}}\n"
    "target: {neurons_per_core: 3}\n"
    "run: {seed: 3}\n";

static int32_t word_of(const spin_net *n, uint32_t i, const char *key)
{
    int32_t k = spin_model_state_word(&spin_models[SPIN_MODEL_IF_CURR_DELTA], key);
    ck_assert_int_ge(k, 0);
    return machine_read(n->machine, 1 + i, (hmn_variable)(VAR_WORD + k));
}

/* Rounds down, as the shifts of the machine do. */
static int64_t times(int64_t a, int64_t b)
{
    int64_t p = a * b, q = p / 32768;
    return q - (q * 32768 > p);
}

typedef struct {
    int64_t v, keep, resistance, threshold, rest, bias, fine, rise, drop, most, spikes, deviation;
    uint32_t core, place;
} cell;

static const double eta[N] = {0.002, 0.004, 0.01, 0, 0.005}, rate[N] = {40, 10, 5, 20, 30};

static cell cell_of(const spin_net *n, uint32_t i)
{
    static const double noise[N] = {0.2, 0.1, 0, 0.05, 0.3}, start[N] = {0.1, 0, -0.1, 0.2, 0};
    cell c = {.keep = word_of(n, i, "exp_TC"),
              .resistance = word_of(n, i, "R_membrane"),
              .threshold = 4 * 32768,
              .bias = lround(32768 * start[i]),
              .rise = llround(eta[i] * rate[i] * 1e-3 * 8 * 32768 * 65536),
              .drop = llround(eta[i] * 32768 * 65536),
              .most = (int64_t)ceil(32768 * (4 * 4 / 20.0 + fabs(start[i]))),
              .deviation = lround(32768 * noise[i]),
              .core = n->unit.mapping->neuron_core[1 + i],
              .place = i % 3};
    c.fine = c.bias * 65536;
    return c;
}

static bool cell_step(cell *c, uint32_t t, bool adapts)
{
    bool fires = false;
    if (c->rest > 0)
        c->rest--;
    else {
        int64_t draw = spin_normal(rng_u32(SEED, RNG_NEURON_NOISE, c->core, c->place, t));
        int64_t target = times(times(c->deviation, draw) + c->bias, c->resistance);
        c->v = target - times(c->keep, target - c->v);
    }
    fires = c->v >= c->threshold;
    if (fires) {
        c->v = 0;
        c->rest = 2;
    }
    c->spikes += fires;
    if (t % 8 == 7 && adapts) {
        int64_t limit = c->most * 65536;
        c->fine += c->rise - c->drop * c->spikes;
        c->fine = c->fine > limit ? limit : c->fine < -limit ? -limit : c->fine;
        int64_t size = (llabs(c->fine) + 32768) / 65536;
        c->bias = c->fine < 0 ? -size : size;
        c->spikes = 0;
    }
    return fires;
}

START_TEST(potentials_and_biases_are_those_of_a_restatement)
{
    for (uint32_t threads = 1; threads <= 2; threads++) {
        spin_net n = spin_open(net, threads);
        cell own[N];
        uint32_t total[N] = {0};
        for (uint32_t i = 0; i < N; i++)
            own[i] = cell_of(&n, i);
        ck_assert_uint_ne(own[0].core, own[3].core);
        hmn_sim *s = machine_sim(n.machine);
        for (uint32_t t = 0; t < STEPS; t++) {
            uint32_t count, got[N] = {0};
            s->ops->begin(s);
            const uint32_t *spike = s->ops->spikes(s, &count);
            for (uint32_t k = 0; k < count; k++)
                got[spike[k] - 1]++;
            s->ops->end(s);
            for (uint32_t i = 0; i < N; i++) {
                bool fires = cell_step(&own[i], t, eta[i] > 0);
                ck_assert_uint_eq(got[i], fires);
                ck_assert_int_eq(machine_read(n.machine, 1 + i, VAR_V), own[i].v);
                ck_assert_int_eq(word_of(&n, i, "I_offset"), own[i].bias);
                total[i] += fires && t >= STEPS / 2;
            }
        }
        for (uint32_t i = 0; i < N; i++)
            if (eta[i] > 0) /* the rates that they shall have, once they had time */
                ck_assert_double_eq_tol(total[i] * 2000.0 / STEPS, rate[i], 2 + 0.15 * rate[i]);
        spin_close(&n);
    }
}
END_TEST

START_TEST(biases_stay_while_learning_is_off)
{
    spin_net n = spin_open(net, 1);
    hmn_sim *s = machine_sim(n.machine);
    s->ops->learn(s, false);
    spin_run(&n, 200);
    ck_assert_int_eq(word_of(&n, 1, "I_offset"), 0);
    s->ops->learn(s, true);
    spin_run(&n, 200);
    ck_assert_int_ne(word_of(&n, 1, "I_offset"), 0);
    spin_close(&n);
}
END_TEST

START_TEST(noise_is_normal_and_independent)
{
    enum { DRAWS = 200000 };
    double sum = 0, square = 0, lag = 0, last = 0, beyond = 0;
    static double all[DRAWS];
    for (uint32_t t = 0; t < DRAWS; t++) {
        double x = all[t] = spin_noise_draw(SEED, 1, 2, t, 16384) / 16384.0;
        sum += x;
        square += x * x;
        lag += x * last;
        beyond += fabs(x) > 2;
        last = x;
    }
    ck_assert_double_eq_tol(sum / DRAWS, 0, 0.01);
    ck_assert_double_eq_tol(square / DRAWS, 1, 0.015);
    ck_assert_double_eq_tol(lag / DRAWS, 0, 0.01);
    ck_assert_double_eq_tol(beyond / DRAWS, 0.0455, 0.003);
    ck_assert_ks(all, 20000, normal_cdf, (double[]){0, 1}, "noise"); /* its 65536 values show in longer runs */
    ck_assert_int_ne(spin_noise_draw(SEED, 1, 2, 7, 16384), spin_noise_draw(SEED, 2, 2, 7, 16384));
    ck_assert_int_ne(spin_noise_draw(SEED, 1, 2, 7, 16384), spin_noise_draw(SEED, 1, 3, 7, 16384));
}
END_TEST

/* Deviation of the potential of a cell that never fires. */
static double spread(hmn_sim *s, const spin_net *n, const hmn_reference *r)
{
    double sum = 0, square = 0;
    for (uint32_t t = 0; t < 20000; t++) {
        s->ops->begin(s);
        s->ops->end(s);
        double v = r ? reference_v(r, 0) : machine_read(n->machine, 0, VAR_V) / 32768.0;
        sum += v;
        square += v * v;
    }
    return sqrt(square / 20000 - sum * sum / 20000 / 20000);
}

START_TEST(the_potential_spreads_as_in_the_reference)
{
    spin_net n = spin_open("hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp, params: {tau_m: 5 ms, v_rest: 0, "
                           "v_thresh: 100, noise: 0.5}, initial: {v: 0 mV}}}\n",
                           1);
    hmn_reference *r = reference_new(n.unit.graph, (reference_options){.grid = false}, n.arena, n.diag);
    double chip = spread(machine_sim(n.machine), &n, NULL), reference = spread(reference_sim(r), &n, r);
    ck_assert_double_eq_tol(chip, reference, 0.06 * reference);
    spin_close(&n);
}
END_TEST

START_TEST(what_words_cannot_hold_is_refused)
{
    static const char *const bad[][2] = {
        {"noise: 9500 nA", "fits s16.15"},
        {"noise: 0.000001 nA", "rounds to zero"},
        {"homeostasis_rate: 0.000001 Hz, homeostasis_eta: 0.00001", "rounds to zero"},
        {"homeostasis_rate: 1 Hz, homeostasis_eta: 900", "for a spike"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[300];
        spin_net n;
        snprintf(text, sizeof text, "hmn: 1\npopulations: {a: {size: 1, model: IF_curr_exp, params: {%s}}}\n",
                 bad[i][0]);
        ck_assert_msg(!spin_compile(&n, text, "quantise"), "%s", text);
        ck_assert_msg(strstr(spin_message(&n), bad[i][1]) != NULL, "%s: %s", bad[i][1], spin_message(&n));
        spin_close(&n);
    }
}
END_TEST

START_TEST(a_damaged_region_is_refused)
{
    const uint32_t good[] = {1, 0, 500, NOISE_MOST}, flag[] = {2, 0, 0, 0}, deviation[] = {0, 0, NOISE_MOST + 1, 0};
    ck_assert(spin_noise_fits(NULL, 0, 3));
    ck_assert(spin_noise_fits(good, 4, 3));
    ck_assert(!spin_noise_fits(good, 4, 2));
    ck_assert(!spin_noise_fits(flag, 4, 3));
    ck_assert(!spin_noise_fits(deviation, 4, 3));
}
END_TEST

SUITE("spinnaker noise", potentials_and_biases_are_those_of_a_restatement, biases_stay_while_learning_is_off,
      noise_is_normal_and_independent, the_potential_spreads_as_in_the_reference, what_words_cannot_hold_is_refused,
      a_damaged_region_is_refused)
