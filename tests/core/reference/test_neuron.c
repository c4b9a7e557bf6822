/* Equation 1 against closed forms. */
#include "core/base/rng.h"
#include "tests/core/reference/bench.h"
#include "tests/statistics.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b, double tolerance)
{
    ck_assert_msg(fabs(a - b) <= tolerance, "%.12g is not %.12g", a, b);
}

START_TEST(the_membrane_decays_to_rest_with_tau_m)
{
    bench *b = bench_new(0.5);
    graph_population *p = bench_population(b, MODEL_CURR_EXP, 1);
    p->init_v = bench_value(b, -55);
    hmn_reference *r = bench_start(b);
    for (int t = 1; t <= 200; t++) {
        bench_step(r, NET_NONE, 0);
        near(reference_v(r, 0), -65 + 10 * exp(-t * 0.5 / 20), 1e-9);
    }
    bench_free(b);
}
END_TEST

START_TEST(a_constant_current_charges_the_membrane_by_R_I)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_EXP, 1);
    bench_set(b, p, NP_CM, 0.25);
    bench_set(b, p, NP_I_OFFSET, 0.1);
    bench_current(b, p, 0.05, 0, 100);
    hmn_reference *r = bench_start(b);
    double rest = -65, resistance = 20 / 0.25;
    for (int t = 1; t <= 100; t++) {
        bench_step(r, NET_NONE, 0);
        near(reference_v(r, 0), rest + resistance * 0.15 * (1 - exp(-t / 20.0)), 1e-9);
    }
    double v = reference_v(r, 0) - rest; /* the current has stopped, the offset stays */
    bench_step(r, NET_NONE, 0);
    near(reference_v(r, 0) - rest, v * exp(-1 / 20.0) + resistance * 0.1 * (1 - exp(-1 / 20.0)), 1e-9);
    bench_free(b);
}
END_TEST

START_TEST(intervals_are_charging_time_plus_refractory_time)
{
    bench *b = bench_new(0.1);
    graph_population *p = bench_population(b, MODEL_CURR_EXP, 1);
    bench_set(b, p, NP_I_OFFSET, 1.2);
    bench_set(b, p, NP_TAU_REFRAC, 3);
    hmn_reference *r = bench_start(b);
    /* v > theta after n steps of charging from reset = rest: 24 (1 - exp(-n dt/tau)) > 15; then 30 held steps. */
    int charging = (int)floor(-20 * log(1 - 15 / 24.0) / 0.1) + 1, last = -1, intervals = 0;
    for (int t = 0; t < 3000; t++) {
        if (!bench_step(r, NET_NONE, 0))
            continue;
        if (last < 0)
            ck_assert_int_eq(t, charging - 1);
        else {
            ck_assert_int_eq(t - last, charging + 30);
            intervals++;
        }
        last = t;
    }
    ck_assert_int_ge(intervals, 10);
    bench_free(b);
}
END_TEST

START_TEST(v_is_held_at_reset_while_refractory)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_DELTA, 1);
    bench_set(b, p, NP_I_OFFSET, 1000);
    bench_set(b, p, NP_TAU_REFRAC, 4);
    bench_set(b, p, NP_V_RESET, -70);
    hmn_reference *r = bench_start(b);
    for (int t = 0; t < 50; t++) {
        ck_assert_int_eq(bench_step(r, NET_NONE, 0), t % 5 == 0);
        near(reference_v(r, 0), -70, 0);
    }
    bench_free(b);
}
END_TEST

START_TEST(a_postsynaptic_potential_peaks_when_and_as_high_as_theory_says)
{
    double dt = 0.05, tau_m = 20, tau_s = 5, w = 0.1, cm = 0.5;
    bench *b = bench_new(dt);
    graph_population *in = bench_population(b, MODEL_SOURCE, 1), *out = bench_population(b, MODEL_CURR_EXP, 1);
    bench_set(b, out, NP_CM, cm);
    bench_project(b, in, out, (bench_synapse[]){{0, 0, w, 1}}, 1);
    hmn_reference *r = bench_start(b);
    double a = exp(-dt / tau_m), s = exp(-dt / tau_s), gain = tau_m / cm * (1 - a), best = 0;
    int peak = 0;
    bench_step(r, 0, 1);
    for (int n = 0; n < 1000; n++) { /* n = 0: the step in which the spike arrives */
        bench_step(r, NET_NONE, 1);
        double v = reference_v(r, 1) + 65;
        near(v, gain * w * (pow(a, n + 1) - pow(s, n + 1)) / (a - s), 1e-9); /* exact for this grid */
        if (v > best) {
            best = v;
            peak = n;
        }
    }
    /* Continuous time: t* = ln(tau_m/tau_s) / (1/tau_s - 1/tau_m), v* = w tau_m/cm (tau_s/tau_m)^(tau_m/(tau_m-tau_s))
     */
    double when = log(tau_m / tau_s) / (1 / tau_s - 1 / tau_m);
    near(peak * dt, when, 2 * dt);
    double height = w * tau_m / cm * pow(tau_s / tau_m, tau_m / (tau_m - tau_s));
    near(best, height, 0.01 * height);
    bench_free(b);
}
END_TEST

START_TEST(inhibitory_currents_have_their_own_time_constant)
{
    bench *b = bench_new(1);
    graph_population *in = bench_population(b, MODEL_SOURCE, 2), *out = bench_population(b, MODEL_CURR_EXP, 1);
    bench_set(b, out, NP_TAU_SYN_I, 10);
    bench_project(b, in, out, (bench_synapse[]){{0, 0, 0.4, 1}, {1, 0, -0.3, 1}}, 2);
    hmn_reference *r = bench_start(b);
    reference_sim(r)->ops->inject(reference_sim(r), 1);
    bench_step(r, 0, 2);
    for (int n = 0; n < 60; n++) {
        bench_step(r, NET_NONE, 2);
        near(reference_u(r, 2), 0.4 * exp(-n / 5.0) - 0.3 * exp(-n / 10.0), 1e-12);
    }
    bench_free(b);
}
END_TEST

START_TEST(a_current_without_time_constant_lives_one_step)
{
    bench *b = bench_new(1);
    graph_population *in = bench_population(b, MODEL_SOURCE, 1), *out = bench_population(b, MODEL_CURR_EXP, 1);
    bench_set(b, out, NP_TAU_SYN_E, 0);
    bench_project(b, in, out, (bench_synapse[]){{0, 0, 0.4, 1}}, 1);
    hmn_reference *r = bench_start(b);
    bench_step(r, 0, 1);
    bench_step(r, NET_NONE, 1);
    near(reference_u(r, 1), 0.4, 0);
    bench_step(r, NET_NONE, 1);
    near(reference_u(r, 1), 0, 0);
    bench_free(b);
}
END_TEST

START_TEST(a_delta_spike_steps_the_voltage_by_its_weight)
{
    bench *b = bench_new(1);
    graph_population *in = bench_population(b, MODEL_SOURCE, 1), *out = bench_population(b, MODEL_CURR_DELTA, 2);
    bench_project(b, in, out, (bench_synapse[]){{0, 0, 3, 1}, {0, 1, -4, 1}}, 2);
    bench_set(b, out, NP_V_MIN, -68);
    hmn_reference *r = bench_start(b);
    bench_step(r, 0, 1);
    bench_step(r, NET_NONE, 1);
    near(reference_v(r, 1), -62, 1e-12);
    near(reference_v(r, 2), -68, 0); /* floor */
    bench_step(r, NET_NONE, 1);
    near(reference_v(r, 1), -65 + 3 * exp(-1 / 20.0), 1e-12);
    bench_free(b);
}
END_TEST

START_TEST(membrane_noise_has_the_stationary_deviation_of_its_process)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_EXP, 200);
    bench_set(b, p, NP_NOISE, 0.5);
    hmn_reference *r = bench_start(b);
    double sum = 0, square = 0, n = 0;
    for (int t = 0; t < 400; t++) {
        bench_step(r, NET_NONE, 0);
        for (uint32_t i = 0; t >= 200 && i < 200; i++, n++) {
            double v = reference_v(r, i) + 65;
            sum += v;
            square += v * v;
        }
    }
    double a = exp(-1 / 20.0), deviation = 20 * (1 - a) * 0.5 / sqrt(1 - a * a);
    near(sum / n, 0, 0.1);
    near(sqrt(square / n), deviation, 0.03 * deviation);
    bench_free(b);
}
END_TEST

/* Of a neuron that forgets at once: v is the noise of the step alone. */
START_TEST(membrane_noise_is_normal)
{
    enum { CELLS = 100, STEPS = 100 };
    static double x[CELLS * STEPS];
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_DELTA, CELLS);
    bench_set(b, p, NP_TAU_M, 0.02); /* exp(-50) is left after a step */
    bench_set(b, p, NP_CM, 0.02);
    bench_set(b, p, NP_NOISE, 0.5);
    bench_set(b, p, NP_V_THRESH, 1000);
    hmn_reference *r = bench_start(b);
    for (uint32_t t = 0; t < STEPS; t++) {
        bench_step(r, NET_NONE, 0);
        for (uint32_t i = 0; i < CELLS; i++)
            x[t * CELLS + i] = reference_v(r, i) + 65;
    }
    ck_assert_ks(x, CELLS * STEPS, normal_cdf, (double[]){0, 0.5}, "noise");
    bench_free(b);
}
END_TEST

START_TEST(a_noisy_current_is_normal_about_its_amplitude)
{
    enum { CELLS = 100, STEPS = 100 };
    static double x[CELLS * STEPS];
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_DELTA, CELLS);
    bench_set(b, p, NP_TAU_M, 0.02);
    bench_set(b, p, NP_CM, 0.02);
    bench_set(b, p, NP_V_THRESH, 1000);
    bench_current(b, p, 2, 0, STEPS);
    b->current[0].deviation = 0.25;
    hmn_reference *r = bench_start(b);
    for (uint32_t t = 0; t < STEPS; t++) {
        bench_step(r, NET_NONE, 0);
        for (uint32_t i = 0; i < CELLS; i++)
            x[t * CELLS + i] = reference_v(r, i) + 65;
    }
    ck_assert_ks(x, CELLS * STEPS, normal_cdf, (double[]){2, 0.25}, "current");
    bench_free(b);
}
END_TEST

START_TEST(escape_noise_fires_with_the_logistic_probability)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_EXP, 500);
    p->activation = ACT_SIGMOID;
    bench_set(b, p, NP_V_THRESH, -63);
    bench_set(b, p, NP_ESCAPE_T, 2);
    hmn_reference *r = bench_start(b);
    for (int t = 0; t < 200; t++)
        bench_step(r, NET_NONE, 0);
    double chance = 1 / (1 + exp(1)), n = 500 * 200; /* v = rest, also after a reset */
    near((double)reference_counters(r).spikes / n, chance, 4 * sqrt(chance * (1 - chance) / n));
    bench_free(b);
}
END_TEST

/* dec of the Loihi compartment in 64-bit integers: toward zero. */
static int64_t decay(int64_t x, int64_t d) { return x < 0 ? -((-x * (4096 - d)) >> 12) : (x * (4096 - d)) >> 12; }

/* 24 bits of two's complement. */
static int64_t wrap(int64_t x) { return ((x + (1 << 23)) & ((1 << 24) - 1)) - (1 << 23); }

START_TEST(a_compartment_on_the_grid_equals_its_integer_definition)
{
    int64_t spikes = 0;
    for (uint32_t trial = 0; trial < 40; trial++) {
        bench *b = bench_new(1);
        bool brian = trial % 4 == 3;
        if (brian)
            b->net.target.dialect.s = "brian2loihi";
        graph_population *in = bench_population(b, MODEL_SOURCE, 3), *out = bench_population(b, MODEL_LOIHI_LIF, 1);
        int64_t du = rng_below(1, RNG_PARAM, trial, 0, 0, 4096), dv = rng_below(1, RNG_PARAM, trial, 1, 0, 4096);
        int64_t vth = 20 + rng_below(1, RNG_PARAM, trial, 2, 0, 2000),
                bias = rng_below(1, RNG_PARAM, trial, 3, 0, 4000) - 2000;
        int64_t refractory = rng_below(1, RNG_PARAM, trial, 4, 0, 5), weight[] = {200, -150, 37};
        bench_set(b, out, NP_DECAY_U, (double)du);
        bench_set(b, out, NP_DECAY_V, (double)dv);
        bench_set(b, out, NP_VTH_MANT, (double)vth);
        bench_set(b, out, NP_BIAS_MANT, (double)bias);
        bench_set(b, out, NP_BIAS_EXP, 1);
        bench_set(b, out, NP_REFRACTORY, (double)refractory);
        bench_set(b, out, NP_VMIN_EXP, 14);
        bench_project(b, in, out, (bench_synapse[]){{0, 0, 200, 1}, {1, 0, -150, 1}, {2, 0, 37, 1}}, 3);
        b->written[0].weight_exp = (net_num){-2, true, {0}};
        hmn_reference *r = bench_start(b);
        int64_t u = 0, v = 0, held = 0;
        uint32_t before = NET_NONE;
        for (uint32_t t = 0; t < 500; t++) {
            uint32_t fire = rng_below(1, RNG_TASK, trial, t, 0, 4);
            /* -150 * 2^4 = -2400 lies between multiples of 64: the chip takes the lower one */
            int64_t w = before == NET_NONE ? 0 : (weight[before] * 16 >= 0 ? weight[before] * 16 / 64 : -38) * 64;
            u = decay(u, du + !brian) + w;
            u = brian ? u : wrap(u);
            v = decay(v, dv) + (brian ? u + 2 * bias : wrap(u + 2 * bias));
            v = brian ? v : v < 1 - (1 << 14) ? 1 - (1 << 14) : v > (1 << 23) - 1 ? (1 << 23) - 1 : v;
            bool fired = held == 0 && v > vth * 64;
            if (held > 0 || fired)
                v = 0;
            held = fired ? (refractory > 1 ? refractory - 1 : 0) : held > 0 ? held - 1 : 0;
            spikes += fired;
            before = fire < 3 ? fire : NET_NONE;
            ck_assert_int_eq(bench_step(r, before, 3), fired);
            ck_assert_int_eq((int64_t)reference_u(r, 3), u);
            ck_assert_int_eq((int64_t)reference_v(r, 3), v);
        }
        bench_free(b);
    }
    ck_assert_int_gt(spikes, 100);
}
END_TEST

START_TEST(the_threshold_must_be_passed_and_v_has_a_ceiling)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_LOIHI_LIF, 1);
    bench_set(b, p, NP_VTH_MANT, 3);
    p->init_v = bench_value(b, 192);
    bench_current(b, p, 1, 1, 2);
    hmn_reference *r = bench_start(b);
    ck_assert(!bench_step(r, NET_NONE, 0)); /* v = threshold */
    ck_assert(bench_step(r, NET_NONE, 0));
    bench_free(b);
    b = bench_new(1);
    p = bench_population(b, MODEL_LOIHI_LIF, 1);
    bench_set(b, p, NP_VMAX_EXP, 1);
    bench_current(b, p, 9999, 0, 9);
    r = bench_start(b);
    bench_step(r, NET_NONE, 0);
    near(reference_v(r, 0), 2047, 0);
    bench_free(b);
}
END_TEST

START_TEST(registers_overflow_on_the_grid_and_are_counted)
{
    static const double input[] = {2097151, 2097152, -2097152, -2097153, 4194304}, /* 2^21 - 1 ... */
        register_u[] = {2097151, -2097152, -2097152, 2097151, 0};
    for (int k = 0; k < 5; k++) {
        bench *b = bench_new(1);
        graph_population *p = bench_population(b, MODEL_LOIHI_LIF, 1);
        bench_set(b, p, NP_VTH_MANT, 131071);
        bench_current(b, p, input[k], 0, 1);
        hmn_reference *r = bench_start(b);
        bench_step(r, NET_NONE, 0);
        near(reference_u(r, 0), register_u[k], 0);
        ck_assert_uint_eq(reference_counters(r).wraps, input[k] != register_u[k]);
        r = reference_new(&b->g, (reference_options){.grid = false}, b->a, b->d);
        bench_step(r, NET_NONE, 0);
        near(reference_u(r, 0), input[k], 0);
        bench_free(b);
    }
}
END_TEST

START_TEST(without_the_grid_registers_are_real)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_LOIHI_LIF, 1);
    bench_set(b, p, NP_DECAY_V, 1000);
    p->init_v = bench_value(b, 1001);
    hmn_reference *r = reference_new(&b->g, (reference_options){.grid = false}, b->a, b->d);
    bench_step(r, NET_NONE, 0);
    near(reference_v(r, 0), 1001 * 3096 / 4096.0, 1e-9);
    bench_free(b);
}
END_TEST

START_TEST(a_graded_spike_carries_the_potential_above_rest)
{
    bench *b = bench_new(1);
    graph_population *in = bench_population(b, MODEL_CURR_DELTA, 1), *out = bench_population(b, MODEL_CURR_DELTA, 1);
    in->activation = ACT_RELU;
    bench_set(b, in, NP_TAU_REFRAC, 0);
    bench_set(b, in, NP_V_THRESH, -64);
    bench_set(b, in, NP_PAYLOAD_UNIT, 0.5);
    in->init_v = bench_value(b, -61); /* 4 mV above rest */
    bench_project(b, in, out, (bench_synapse[]){{0, 0, 0.25, 1}}, 1);
    hmn_reference *r = bench_start(b);
    double above = 4 * exp(-1 / 20.0);
    ck_assert(bench_step(r, NET_NONE, 0));
    ck_assert(!bench_step(r, NET_NONE, 0)); /* reset to rest */
    near(reference_v(r, 1) + 65, 0.25 * above / 0.5, 1e-9);
    bench_free(b);
}
END_TEST

START_TEST(reset_by_subtraction_keeps_what_was_beyond_the_threshold)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_DELTA, 1);
    p->reset = RESET_SUBTRACT;
    bench_set(b, p, NP_TAU_REFRAC, 3);
    bench_set(b, p, NP_V_RESET, -60);
    p->init_v = bench_value(b, -30);
    hmn_reference *r = bench_start(b);
    double v = -65 + 35 * exp(-1 / 20.0), left = -60 + (v + 50);
    ck_assert(bench_step(r, NET_NONE, 0));
    for (int t = 0; t < 3; t++) { /* and holds it while refractory */
        near(reference_v(r, 0), left, 1e-9);
        ck_assert(!bench_step(r, NET_NONE, 0));
    }
    near(reference_v(r, 0), left, 1e-9);
    bench_step(r, NET_NONE, 0);
    ck_assert(fabs(reference_v(r, 0) - left) > 0.1);
    bench_free(b);
}
END_TEST

START_TEST(an_adapting_threshold_lengthens_intervals_to_a_limit)
{
    bench *b = bench_new(1);
    graph_population *p = bench_population(b, MODEL_CURR_DELTA, 1);
    bench_set(b, p, NP_TAU_M, 1e6);
    bench_set(b, p, NP_CM, 1);
    bench_set(b, p, NP_TAU_REFRAC, 0);
    bench_set(b, p, NP_I_OFFSET, 1); /* 1 mV a step */
    bench_set(b, p, NP_ADAPT, 5);
    bench_set(b, p, NP_TAU_ADAPT, 100);
    hmn_reference *r = bench_start(b);
    int at[40], n = 0;
    for (int t = 0; t < 1000 && n < 40; t++)
        if (bench_step(r, NET_NONE, 0))
            at[n++] = t;
    ck_assert_int_ge(n, 15);
    ck_assert_int_eq(at[0], 15);
    ck_assert_int_gt(at[1] - at[0], 16);
    /* in the limit T = 15 + a, a = 5 e / (1 - e) just before a spike, e = exp(-T/100) */
    double T = 20;
    for (int k = 0; k < 200; k++)
        T = 0.5 * T + 0.5 * (15 + 5 * exp(-T / 100) / (1 - exp(-T / 100)));
    near(at[n - 1] - at[n - 2], T, 1.5);
    bench_free(b);
}
END_TEST

START_TEST(homeostasis_moves_the_bias_by_spikes_and_time)
{
    bench *b = bench_new(0.5);
    graph_population *p = bench_population(b, MODEL_CURR_DELTA, 2);
    bench_set(b, p, NP_HOMEO_ETA, 0.02);
    bench_set(b, p, NP_HOMEO_RATE, 40);
    bench_set(b, p, NP_I_OFFSET, 0.1);
    bench_current(b, p, 4, 0, 100000);
    b->current[0].count = 1; /* the other neuron starts without drive */
    hmn_reference *r = bench_start(b);
    uint32_t spikes[2] = {0}, late[2] = {0};
    for (uint32_t t = 0; t < 40000; t++) {
        hmn_sim *s = reference_sim(r);
        uint32_t n;
        s->ops->begin(s);
        const uint32_t *spike = s->ops->spikes(s, &n);
        for (uint32_t k = 0; k < n; k++) {
            spikes[spike[k]]++;
            late[spike[k]] += t >= 20000;
        }
        s->ops->end(s);
        for (uint32_t i = 0; i < 2; i++) /* r* dt = 40 Hz 0.5 ms = 0.02 a step */
            near(reference_bias(r, i), 0.1 + 0.02 * (0.02 * (t + 1) - spikes[i]), 1e-9);
    }
    for (int i = 0; i < 2; i++) /* 10 s at 40 Hz */
        near(late[i], 400, 8);
    hmn_sim *s = reference_sim(r);
    double bias = reference_bias(r, 0);
    s->ops->learn(s, false);
    for (int t = 0; t < 200; t++)
        bench_step(r, NET_NONE, 0);
    near(reference_bias(r, 0), bias, 0);
    bench_free(b);
}
END_TEST

static void refused(bench *b, const char *word)
{
    ck_assert_ptr_null(reference_new(&b->g, (reference_options){.grid = true}, b->a, b->d));
    ck_assert_uint_eq(diag_errors(b->d), 1);
    const hmn_message *m = diag_get(b->d, 0);
    ck_assert_uint_eq(m->at.line, 1);
    ck_assert_msg(strstr(m->text, word) != NULL, "%s", m->text);
    ck_assert_ptr_nonnull(m->cure);
    bench_free(b);
}

START_TEST(what_is_not_computed_is_refused_at_its_place)
{
    bench *b = bench_new(1);
    bench_set(b, bench_population(b, MODEL_LOIHI_LIF, 2), NP_NOISE_EXP, 7);
    refused(b, "noise");
}
END_TEST

SUITE("neuron", the_membrane_decays_to_rest_with_tau_m, a_constant_current_charges_the_membrane_by_R_I,
      intervals_are_charging_time_plus_refractory_time, v_is_held_at_reset_while_refractory,
      a_postsynaptic_potential_peaks_when_and_as_high_as_theory_says, inhibitory_currents_have_their_own_time_constant,
      a_current_without_time_constant_lives_one_step, a_delta_spike_steps_the_voltage_by_its_weight,
      membrane_noise_has_the_stationary_deviation_of_its_process, membrane_noise_is_normal,
      a_noisy_current_is_normal_about_its_amplitude, escape_noise_fires_with_the_logistic_probability,
      a_compartment_on_the_grid_equals_its_integer_definition, the_threshold_must_be_passed_and_v_has_a_ceiling,
      registers_overflow_on_the_grid_and_are_counted, without_the_grid_registers_are_real,
      a_graded_spike_carries_the_potential_above_rest, reset_by_subtraction_keeps_what_was_beyond_the_threshold,
      an_adapting_threshold_lengthens_intervals_to_a_limit, homeostasis_moves_the_bias_by_spikes_and_time,
      what_is_not_computed_is_refused_at_its_place)
