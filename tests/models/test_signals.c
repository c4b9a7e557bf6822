/* Signals reach the modulators that listen, and no others. */
#include "models/tasks/signals.h"

#include "tests/suite.h"

#include <math.h>

typedef struct {
    hmn_sim sim;
    uint32_t calls, modulator;
    double level;
} listener;

static void modulate(hmn_sim *s, uint32_t k, double value)
{
    listener *l = (listener *)(void *)s;
    l->calls++;
    l->modulator = k;
    l->level = value;
}

START_TEST(a_signal_goes_to_the_modulator_that_it_feeds)
{
    static const hmn_sim_ops ops = {.modulate = modulate};
    static const char *const fed[] = {"", "task.arousal", "task.reward"};
    task_setup setup = {.signal = fed, .nmodulators = 3};
    task_signals s = signals_find(&setup);
    listener l = {.sim = {&ops}};
    signals_send(&s, &l.sim, SIG_AROUSAL, 0.5);
    ck_assert_uint_eq(l.modulator, 1);
    ck_assert_double_eq(l.level, 0.5);
    signals_send(&s, &l.sim, SIG_REWARD, -1);
    ck_assert_uint_eq(l.modulator, 2);
    ck_assert_double_eq(l.level, -1);
    signals_send(&s, &l.sim, SIG_NOVELTY, 1);
    ck_assert_uint_eq(l.calls, 2);
}
END_TEST

START_TEST(novelty_fades_and_uncertainty_is_greatest_at_even_odds)
{
    ck_assert_double_eq(signals_novelty(0), 1);
    ck_assert_double_eq_tol(signals_novelty(15), exp(-1), 1e-12);
    ck_assert_double_eq(signals_uncertainty(0.5), 1);
    ck_assert_double_eq(signals_uncertainty(0), 0);
    ck_assert_double_eq(signals_uncertainty(1), 0);
    ck_assert_double_eq_tol(signals_uncertainty(0.9), 0.36, 1e-12);
}
END_TEST

SUITE("signals", a_signal_goes_to_the_modulator_that_it_feeds, novelty_fades_and_uncertainty_is_greatest_at_even_odds)
