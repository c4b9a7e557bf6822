/* Tasks in a row on the emulated chip, small: experts keep what they learned without being told the task, one readout
 * for all forgets, bytes do not depend on threads, and networks that do not fit the task are refused. Runs the program.
 */
#include "tests/models/bench.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define MODELS HMN_SOURCE_DIR "/models/continual/"
#define SMALL " --set n_hidden=200 --set tasks=2 --set experts=2 --set n_train=500 --set n_test=150"

/* A network of its own: the small digits, with other settings of the task. */
static const char *variant(bench *b, const char *settings)
{
    const char *path = arena_printf(b->arena, "%s/net.yaml", b->dir);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fprintf(f,
            "hmn: 1\ninclude: [%spermuted.yaml]\nnetwork: {name: variant}\n"
            "task: {data: " HMN_SOURCE_DIR "/models/data/digits8x8.csv.gz, %s}\n",
            MODELS, settings);
    fclose(f);
    return path;
}

/* The only run of summary.json. */
static json_t *run_of(bench *b, const char *net, const char *more)
{
    const char *out = arena_printf(b->arena, "%s/out", b->dir);
    int status = shell(b, arena_printf(b->arena, "%s task continual --net %s --quiet --out %s" SMALL " %s", HMN_PROGRAM,
                                       net, out, more));
    ck_assert_int_eq(status, 0);
    json_t *j = json_load_file(arena_printf(b->arena, "%s/summary.json", out), 0, NULL);
    ck_assert_ptr_nonnull(j);
    json_t *run = json_incref(json_array_get(json_object_get(j, "runs"), 0));
    json_decref(j);
    return run;
}

static double number(const json_t *j, const char *key)
{
    const json_t *v = json_object_get(j, key);
    ck_assert_msg(json_is_number(v), "no number %s", key);
    return json_number_value(v);
}

START_TEST(experts_learn_two_tasks_and_keep_both_without_being_told_which)
{
    bench b = set_up();
    json_t *run = run_of(&b, MODELS "permuted.yaml", "");
    ck_assert_double_gt(number(run, "final_average"), 0.55); /* chance is 0.1 */
    ck_assert_double_lt(number(run, "forgetting"), 0.03);
    ck_assert_double_eq(number(run, "routed_rightly"), 1);
    ck_assert_double_eq(number(run, "experts_used"), 2);
    json_decref(run);
    tear_down(&b);
}
END_TEST

START_TEST(one_readout_for_all_tasks_forgets)
{
    bench b = set_up();
    json_t *run = run_of(&b, variant(&b, "routing: single"),
                         "--set experts=1 --set n_hidden=100 --set tasks=3 --set n_train=1000");
    ck_assert_double_gt(number(run, "current"), 0.4);
    ck_assert_double_gt(number(run, "forgetting"), 0.1);
    json_decref(run);
    tear_down(&b);
}
END_TEST

START_TEST(right_and_wrong_are_enough_to_learn)
{
    bench b = set_up();
    json_t *run =
        run_of(&b, variant(&b, "feedback: reward, fast: 40, routing: cue"), "--set tasks=1 --set n_train=1400");
    ck_assert_double_gt(number(run, "final_average"), 0.3);
    json_decref(run);
    tear_down(&b);
}
END_TEST

START_TEST(a_rhythm_that_opens_one_expert_at_a_time_gates_them_too)
{
    bench b = set_up();
    json_t *run = run_of(&b, MODELS "phase.yaml", "--set experts=5 --set n_train=200 --set n_test=60");
    ck_assert_double_gt(number(run, "final_average"), 0.3);
    ck_assert_double_lt(number(run, "forgetting"), 0.1);
    ck_assert_double_eq(number(run, "routed_rightly"), 1);
    json_decref(run);
    tear_down(&b);
}
END_TEST

START_TEST(bright_pixels_fire_again_a_step_later)
{
    bench b = set_up();
    json_t *once = run_of(&b, MODELS "permuted.yaml", "--set n_train=60 --set n_test=20");
    json_t *none = run_of(&b, MODELS "permuted.yaml", "--set n_train=60 --set n_test=20 --set bright=254 --set tau=4");
    json_t *some = run_of(&b, MODELS "permuted.yaml", "--set n_train=60 --set n_test=20 --set bright=150 --set tau=4");
    ck_assert_double_gt(number(some, "synaptic_events"), 1.2 * number(once, "synaptic_events"));
    ck_assert_double_lt(number(none, "synaptic_events"), number(some, "synaptic_events"));
    json_decref(once);
    json_decref(none);
    json_decref(some);
    tear_down(&b);
}
END_TEST

START_TEST(an_expert_that_has_learned_much_is_told_less_loudly)
{
    bench b = set_up();
    json_t *loud = run_of(&b, MODELS "permuted.yaml", "--set n_train=400 --set n_test=20");
    json_t *faint = run_of(&b, MODELS "permuted.yaml", "--set n_train=400 --set n_test=20 --set halve=40");
    ck_assert_double_gt(number(faint, "weight_updates"), 0);
    ck_assert_double_lt(number(faint, "weight_updates"), 0.6 * number(loud, "weight_updates"));
    json_decref(loud);
    json_decref(faint);
    tear_down(&b);
}
END_TEST

START_TEST(bytes_do_not_depend_on_threads)
{
    bench b = set_up();
    char first[64] = "";
    for (int threads = 1; threads <= 2; threads++) {
        json_t *run = run_of(&b, MODELS "permuted.yaml",
                             arena_printf(b.arena, "--threads %d --set n_train=60 --set n_test=20", threads));
        const char *digest = json_string_value(json_object_get(run, "state_digest"));
        if (threads == 1)
            snprintf(first, sizeof first, "%s", digest);
        ck_assert_str_eq(first, digest);
        json_decref(run);
    }
    tear_down(&b);
}
END_TEST

static void refused(const char *settings, const char *message)
{
    bench b = set_up();
    const char *net = variant(&b, settings);
    ck_assert_int_ne(
        system(arena_printf(b.arena, "%s task continual --net %s" SMALL " 2>%s/told", HMN_PROGRAM, net, b.dir)), 0);
    ck_assert_msg(shell(&b, arena_printf(b.arena, "grep -q '%s' %s/told", message, b.dir)) == 0, "no '%s'", message);
    tear_down(&b);
}

START_TEST(what_does_not_fit_together_is_refused)
{
    refused("experts: 3", "give it 64 for each of the 3 experts");
    refused("routing: cue, tasks: 3", "experts for the cue");
    refused("lag: 1", "steps of lag");
    refused("lag: 1, feedback: hebbian, bright: 200", "for an image that takes so long");
    refused("feedback: none", "feedback is .none");
    refused("cycle: 64", "give it 64 for each of the 1 experts");
}
END_TEST

SUITE("continual", experts_learn_two_tasks_and_keep_both_without_being_told_which, one_readout_for_all_tasks_forgets,
      right_and_wrong_are_enough_to_learn, a_rhythm_that_opens_one_expert_at_a_time_gates_them_too,
      bright_pixels_fire_again_a_step_later, an_expert_that_has_learned_much_is_told_less_loudly,
      bytes_do_not_depend_on_threads, what_does_not_fit_together_is_refused)
