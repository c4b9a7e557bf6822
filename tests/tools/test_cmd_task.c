/* hmn task: the bandit, the maze and the cart are learned in a closed loop, on the reference and on the chips alike,
 * and are not where a term is missing that they need. */
#include "tests/suite.h"
#include "tests/tools/network.h"

/* Mean of a number over two seeds. */
static double number_of(const char *task, const char *number, const char *options)
{
    char line[512], name[64];
    snprintf(line, sizeof line, "$HMN task %s --quiet --json --seed 501 --seeds 2 %s", task, options);
    snprintf(name, sizeof name, "\"%s\": {", number);
    const char *at = strstr(network_ok(line)->out, name);
    at = at ? strstr(at, "\"mean\": ") : NULL;
    ck_assert_ptr_nonnull(at);
    return strtod(at + 8, NULL);
}

/* Mean score of two seeds. */
static double score_of(const char *task, const char *options)
{
    char line[512];
    snprintf(line, sizeof line, "$HMN task %s --quiet --json --seed 501 --seeds 2 %s", task, options);
    const char *text = network_ok(line)->out, *at = strstr(text, "\"mean\": ");
    ck_assert_ptr_nonnull(at);
    return strtod(at + 8, NULL);
}

/* Share of optimal choices in the last 100 of 600 trials. */
static double score(const char *options) { return score_of("bandit", options); }

START_TEST(the_bandit_is_learned_on_every_target)
{
    program_enter();
    ck_assert_double_ge(score("--target reference"), 0.93);
    ck_assert_double_ge(score("--target loihi2"), 0.93);
    ck_assert_double_ge(score("--target loihi --ablate local_attention"), 0.93);
    ck_assert_double_ge(score("--target spinnaker --ablate local_attention"), 0.93);
    program_leave();
}
END_TEST

START_TEST(novelty_without_a_cause_misleads_without_attention)
{
    program_enter();
    ck_assert_double_ge(score("--target loihi2 --set spurious=0.02"), 0.93);
    ck_assert_double_le(score("--target loihi2 --set spurious=0.02 --ablate global_attention"), 0.6);
    ck_assert_double_ge(score("--target spinnaker --set spurious=0.02 --ablate local_attention"), 0.93);
    ck_assert_double_le(score("--target spinnaker --set spurious=0.02 --ablate local_attention,global_attention"), 0.6);
    program_leave();
}
END_TEST

/* Share of optimal choices late in 300 trials of arousal and scrambled rewards. */
static double late(const char *effect, const char *options)
{
    char line[256];
    snprintf(line, sizeof line, "--net " HMN_SOURCE_DIR "/models/astrocyte%s.yaml %s", effect, options);
    return number_of("bandit", "optimal_late_in_probe", line);
}

START_TEST(an_astrocyte_that_damps_learning_keeps_what_scrambled_rewards_would_undo)
{
    program_enter();
    ck_assert_double_ge(late("", "--target reference"), 0.8);
    ck_assert_double_le(late("", "--target reference --ablate astrocyte"), 0.6);
    ck_assert_double_le(late("_additive", "--target reference"), 0.6);
    ck_assert_double_ge(late("", "--target spinnaker"), 0.8);
    ck_assert_double_le(late("_additive", "--target spinnaker"), 0.6);
    program_leave();
}
END_TEST

static const char *const targets[] = {"reference", "loihi2", "loihi", "spinnaker"};

START_TEST(a_reward_after_half_a_second_is_learned_from_by_the_slow_trace_alone)
{
    program_enter();
    for (int k = 0; k < 4; k++) {
        char line[128];
        snprintf(line, sizeof line, "--target %s --set trials=250 --set k_fast=0", targets[k]);
        ck_assert_double_ge(score_of("delayed", line), 0.9);
        snprintf(line, sizeof line, "--target %s --set trials=250 --set k_slow=0", targets[k]);
        ck_assert_double_le(score_of("delayed", line), 0.45);
    }
    program_leave();
}
END_TEST

/* Without learning a pole stands for about 25 pushes. */
START_TEST(the_pole_is_balanced_after_learning_and_not_before)
{
    program_enter();
    const char *few = "--set episodes=100 --set tests=10";
    char line[128];
    for (int k = 0; k < 2; k++) {
        snprintf(line, sizeof line, "--target %s %s", targets[k], few);
        ck_assert_double_ge(score_of("cartpole", line), 120);
        snprintf(line, sizeof line, "--target %s %s --set eta=0", targets[k], few);
        ck_assert_double_le(score_of("cartpole", line), 40);
    }
    program_leave();
}
END_TEST

SUITE("cmd_task", the_bandit_is_learned_on_every_target, novelty_without_a_cause_misleads_without_attention,
      an_astrocyte_that_damps_learning_keeps_what_scrambled_rewards_would_undo,
      a_reward_after_half_a_second_is_learned_from_by_the_slow_trace_alone,
      the_pole_is_balanced_after_learning_and_not_before)
