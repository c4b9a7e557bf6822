/* hmn task: the bandit with all terms is learned in a closed loop, on the reference and on the chips alike, and is not
 * where a term is missing that it needs. */
#include "tests/suite.h"
#include "tests/tools/network.h"

/* Share of optimal choices in the last 100 of 600 trials, mean of two seeds. */
static double score(const char *options)
{
    char line[512];
    snprintf(line, sizeof line, "$HMN task bandit --quiet --json --seed 501 --seeds 2 %s", options);
    const char *text = network_ok(line)->out, *at = strstr(text, "\"mean\": ");
    ck_assert_ptr_nonnull(at);
    return strtod(at + 8, NULL);
}

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

SUITE("cmd_task", the_bandit_is_learned_on_every_target, novelty_without_a_cause_misleads_without_attention)
