/* modulation.csv of hmn task --out: what it says of rates, attention and astrocytes, on the reference and on a chip. */
#include "tests/suite.h"
#include "tests/tools/program.h"

#include <math.h>
#include <string.h>

enum { TRIALS = 30, FROM = 5, UNTIL = 25, COLUMNS = 8 };
enum { TRIAL, LOCAL, GLOBAL, REWARD, NOVELTY, UNCERTAINTY, LEVEL, EFFECT };

static const char heading[] = "trial,eta_local,eta_global,gamma_reward,gamma_novelty,gamma_uncertainty,A_glia,M_glia\n";

/* 30 trials of the astrocyte probe, arousal in 5 to 24. */
static void play(const char *target, double row[TRIALS][COLUMNS])
{
    char line[512], *text = calloc(1, 1 << 16), *at;
    snprintf(line, sizeof line,
             "$HMN task bandit --quiet --net " HMN_SOURCE_DIR "/models/astrocyte.yaml --target %s --out %s "
             "--set trials=%d --set probe_from=%d --set probe_until=%d",
             target, target, TRIALS, FROM, UNTIL);
    const program_result *r = program_run(line);
    ck_assert_msg(r->status == 0, "%s", r->err);
    snprintf(line, sizeof line, "%s/modulation.csv", target);
    program_slurp(line, text, 1 << 16);
    ck_assert_msg(strncmp(text, heading, strlen(heading)) == 0, "%.200s", text);
    at = text + strlen(heading);
    for (int t = 0; t < TRIALS; t++)
        for (int c = 0; c < COLUMNS; c++, at++)
            row[t][c] = strtod(at, &at);
    ck_assert_int_eq(*at, 0);
    free(text);
}

static void holds(double row[TRIALS][COLUMNS])
{
    for (int t = 0; t < TRIALS; t++) {
        const double *v = row[t];
        ck_assert_double_eq(v[TRIAL], t);
        /* the first of two windows of 50 trials: rates a perturbation of a quarter octave from where they begin */
        ck_assert_double_eq_tol(fabs(log2(v[GLOBAL] / 0.0096)), 0.25, 1e-3);
        ck_assert_double_eq_tol(fabs(log2(v[LOCAL] / 0.000096)), 0.25, 1e-3);
        /* reward is attended to in 32 of 150 steps, e^8 against e^4 and what little the others have */
        double fed = exp(8) / (exp(8) + exp(1.2) + exp(2.4) + exp(4));
        ck_assert_double_eq_tol(v[REWARD], fed * 32 / 150, 0.02);
        ck_assert_double_gt(v[UNCERTAINTY], v[NOVELTY]);
        ck_assert_double_lt(v[REWARD] + v[NOVELTY] + v[UNCERTAINTY], 1);
        /* A relaxes to 1 while there is arousal, with 3 s; trials of 150 ms */
        double a = t < FROM    ? 0
                   : t < UNTIL ? 1 - exp(-(t - FROM + 1) * 0.05)
                               : (1 - exp(-(UNTIL - FROM) * 0.05)) * exp(-(t - UNTIL + 1) * 0.05);
        ck_assert_double_eq_tol(v[LEVEL], a, 0.002);
        ck_assert_double_eq_tol(v[EFFECT], pow(a, 4) / (pow(a, 4) + pow(0.3, 4)), 0.01);
    }
}

START_TEST(a_task_tells_rates_attention_and_astrocytes_of_each_trial)
{
    double reference[TRIALS][COLUMNS], chip[TRIALS][COLUMNS];
    program_enter();
    play("reference", reference);
    holds(reference);
    play("loihi2", chip);
    holds(chip);
    program_leave();
}
END_TEST

START_TEST(what_a_network_lacks_has_no_column)
{
    char text[4096];
    program_enter();
    program_run("$HMN task bandit --quiet --target reference --set trials=5 --ablate meta,astrocyte --out one");
    program_slurp("one/modulation.csv", text, sizeof text);
    ck_assert_int_eq(strncmp(text, "trial,gamma_reward,", 19), 0);
    program_leave();
}
END_TEST

SUITE("modulation", a_task_tells_rates_attention_and_astrocytes_of_each_trial, what_a_network_lacks_has_no_column)
