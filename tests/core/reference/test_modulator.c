/* Modulators of equation 6: sources, moving average, prediction error. */
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

static void near(double a, double b) { ck_assert_msg(fabs(a - b) <= 1e-12, "%.15g is not %.15g", a, b); }

static bench *with(net_modulator m)
{
    bench *b = bench_new(1);
    bench_population(b, MODEL_SOURCE, 4);
    b->net.nmodulators = 1;
    b->modulator[0] = m;
    return b;
}

START_TEST(a_signal_holds_until_it_is_set_again)
{
    bench *b = with((net_modulator){.source = MODSRC_SIGNAL});
    hmn_reference *r = bench_start(b);
    hmn_sim *s = reference_sim(r);
    bench_step(r, NET_NONE, 0);
    near(reference_modulator(r, 0), 0);
    s->ops->modulate(s, 0, 0.75);
    for (int t = 0; t < 3; t++) {
        bench_step(r, NET_NONE, 0);
        near(reference_modulator(r, 0), 0.75);
    }
    bench_free(b);
}
END_TEST

START_TEST(the_moving_average_follows_with_tau)
{
    bench *b = with((net_modulator){.source = MODSRC_SIGNAL, .tau = {.v = 50}});
    hmn_reference *r = bench_start(b);
    hmn_sim *s = reference_sim(r);
    s->ops->modulate(s, 0, 2);
    for (int t = 1; t <= 100; t++) {
        bench_step(r, NET_NONE, 0);
        near(reference_modulator(r, 0), 2 * (1 - exp(-t / 50.0)));
    }
    bench_free(b);
}
END_TEST

START_TEST(a_baseline_makes_a_steady_reward_no_surprise)
{
    bench *b = with((net_modulator){.source = MODSRC_SIGNAL, .baseline_tau = {100, true, {0}}});
    hmn_reference *r = bench_start(b);
    hmn_sim *s = reference_sim(r);
    s->ops->modulate(s, 0, 1);
    for (int t = 1; t <= 300; t++) {
        bench_step(r, NET_NONE, 0);
        near(reference_modulator(r, 0), exp(-t / 100.0));
    }
    s->ops->modulate(s, 0, 0); /* an omitted reward */
    bench_step(r, NET_NONE, 0);
    near(reference_modulator(r, 0), -(1 - exp(-3)) * exp(-1 / 100.0));
    bench_free(b);
}
END_TEST

START_TEST(a_population_gives_its_rate_less_the_baseline)
{
    bench *b = with((net_modulator){.source = MODSRC_POPULATION, .population = {0, {0}}, .baseline = {.v = 5}});
    hmn_reference *r = bench_start(b);
    bench_step(r, 2, 0);
    near(reference_modulator(r, 0), 250 - 5);
    bench_step(r, NET_NONE, 0);
    near(reference_modulator(r, 0), -5);
    bench_free(b);
}
END_TEST

START_TEST(a_schedule_is_a_step_function)
{
    static const double time[] = {3, 5}, value[] = {0.5, -2};
    bench *b = with(
        (net_modulator){.source = MODSRC_SCHEDULE, .schedule_time = time, .schedule_value = value, .nschedule = 2});
    hmn_reference *r = bench_start(b);
    for (int t = 0; t < 8; t++) {
        bench_step(r, NET_NONE, 0);
        near(reference_modulator(r, 0), t < 3 ? 0 : t < 5 ? 0.5 : -2);
    }
    bench_free(b);
}
END_TEST

START_TEST(a_constant_starts_at_its_value)
{
    bench *b = with((net_modulator){.source = MODSRC_CONSTANT, .value = {.v = 0.3}, .tau = {.v = 100}});
    hmn_reference *r = bench_start(b);
    bench_step(r, NET_NONE, 0);
    near(reference_modulator(r, 0), 0.3);
    bench_free(b);
}
END_TEST

SUITE("modulator", a_signal_holds_until_it_is_set_again, the_moving_average_follows_with_tau,
      a_baseline_makes_a_steady_reward_no_surprise, a_population_gives_its_rate_less_the_baseline,
      a_schedule_is_a_step_function, a_constant_starts_at_its_value)
