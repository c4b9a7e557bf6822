/* Tests of the main job: a small network learns real digits on the emulated chip well above chance, the same bytes
 * come out for any number of threads, and what it writes is what the synapse tables hold. Runs the program itself. */
#include "tests/models/bench.h"

#include "core/base/diag.h"
#include "tools/npy.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define SMALL "--set n_hidden=300 --set k=40 --set passes=1 --set n_train=700 --set n_test=200"

/* Runs `hmn ARGUMENTS --out DIR/NAME` and yields its summary.json. */
static json_t *summary_of(bench *b, const char *arguments, const char *name)
{
    const char *out = arena_printf(b->arena, "%s/%s", b->dir, name);
    int status = shell(b, arena_printf(b->arena, "%s %s --quiet --out %s", HMN_PROGRAM, arguments, out));
    ck_assert_msg(status == 0, "hmn %s ended with status %d", arguments, status);
    json_t *j = json_load_file(arena_printf(b->arena, "%s/summary.json", out), 0, NULL);
    ck_assert_ptr_nonnull(j);
    return j;
}

static double number(const json_t *j, const char *key)
{
    const json_t *v = json_object_get(j, key);
    ck_assert_msg(json_is_number(v), "no number %s", key);
    return json_number_value(v);
}

static const char *text(const json_t *j, const char *key)
{
    const char *v = json_string_value(json_object_get(j, key));
    ck_assert_msg(v != NULL, "no text %s", key);
    return v;
}

START_TEST(a_small_network_learns_well_above_chance)
{
    bench b = set_up();
    json_t *j = summary_of(&b, "task digits " SMALL, "run");
    ck_assert_double_gt(number(json_object_get(j, "accuracy"), "mean"), 0.7); /* chance is 0.1 */
    const json_t *run = json_array_get(json_object_get(j, "runs"), 0);
    ck_assert_double_gt(number(run, "weight_updates"), 500);
    ck_assert_double_eq(number(run, "steps"), 900 * 32);
    ck_assert_double_eq(number(run, "plastic_synapses"), 3000);
    json_decref(j);
    tear_down(&b);
}
END_TEST

START_TEST(what_was_not_taught_is_not_known)
{
    bench b = set_up();
    json_t *j = summary_of(&b, "task digits " SMALL " --set eta=0 --set n_train=20", "run");
    ck_assert_double_lt(number(json_object_get(j, "accuracy"), "mean"), 0.3);
    ck_assert_double_eq(number(json_object_get(j, "totals"), "weight_updates"), 0);
    json_decref(j);
    tear_down(&b);
}
END_TEST

START_TEST(threads_and_the_road_taken_do_not_matter)
{
    bench b = set_up();
    const char *net = arena_printf(b.arena, "run %s/models/digits.yaml --seed 1 " SMALL, HMN_SOURCE_DIR);
    json_t *task = summary_of(&b, "task digits --threads 1 " SMALL, "task");
    json_t *run = summary_of(&b, arena_printf(b.arena, "%s --threads 2", net), "run");
    const json_t *first = json_array_get(json_object_get(task, "runs"), 0);
    ck_assert_str_eq(text(first, "state_digest"), text(run, "state_digest"));
    ck_assert_double_eq(number(first, "accuracy"), number(run, "accuracy"));
    json_decref(task);
    json_decref(run);
    tear_down(&b);
}
END_TEST

START_TEST(weights_are_integers_of_the_chip)
{
    bench b = set_up();
    json_decref(summary_of(&b, "task digits " SMALL, "run"));
    hmn_diag *d = diag_new();
    const npy_array *w = npy_read(arena_printf(b.arena, "%s/run/weights/hidden_output.npy", b.dir), b.arena, d);
    ck_assert_ptr_nonnull(w);
    ck_assert_uint_eq(w->rows, 3000);
    ck_assert_uint_eq(w->columns, 4);
    ck_assert(w->integers);
    int64_t changed = 0;
    for (uint64_t i = 0; i < w->rows; i++) {
        int64_t v = w->whole[4 * i + 2];
        ck_assert(v >= -256 && v <= 254 && v % 2 == 0);
        changed += v != 0;
    }
    ck_assert_int_gt(changed, 500);
    diag_free(d);
    tear_down(&b);
}
END_TEST

START_TEST(misuse_is_refused)
{
    bench b = set_up();
    ck_assert_int_eq(shell(&b, HMN_PROGRAM " task no_such_task"), 2);
    ck_assert_int_eq(shell(&b, HMN_PROGRAM " task digits --seeds 0"), 2);
    ck_assert_int_eq(shell(&b, HMN_PROGRAM " task digits --set n_test=5000"), 1);
    ck_assert_int_eq(shell(&b, HMN_PROGRAM " task digits --net /nonexistent.yaml"), 4);
    tear_down(&b);
}
END_TEST

SUITE("digits", a_small_network_learns_well_above_chance, what_was_not_taught_is_not_known,
      threads_and_the_road_taken_do_not_matter, weights_are_integers_of_the_chip, misuse_is_refused)
