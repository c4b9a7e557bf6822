/* Histories: spans of time against a plain list, the event that gives way, and upstream's shifted marks. */
#include "backends/spinnaker/stdp.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <string.h>

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(14, RNG_TASK, i, k, 0, n); }

static uint32_t region[256], shift[1];
static stdp_rule rule;
static stdp_core core;

static void prepare(const char *name)
{
    const stdp_settings s = {
        .dt = 1, .tau = {10, 10, 10, 10}, .max = 1, .scale = 1, .tau_c = 100, .tau_d = 20, .w_max = 1};
    stdp_kind kind;
    ck_assert(stdp_find(name, &kind));
    uint32_t n = stdp_write(NULL, kind, 1, &s);
    ck_assert_uint_le(n, 256);
    stdp_write(region, kind, 1, &s);
    ck_assert(stdp_read(region, n, kind, 1, &rule));
    core = (stdp_core){&rule, region, shift, {4, 0, 4}};
}

START_TEST(a_window_holds_the_last_fifteen_events_of_its_span)
{
    prepare("pair_additive");
    uint32_t nonempty = 0, lost = 0;
    for (uint32_t i = 0; i < 200; i++) {
        stdp_history h = {0};
        uint32_t time[40], n = draw(i, 0, 40), t = 0;
        for (uint32_t k = 0; k < n; k++) {
            t += draw(i, 1 + k, 4);
            time[k] = t;
            stdp_fired(&core, &h, t);
        }
        ck_assert_uint_eq(h.lost, n > 15 ? n - 15 : 0);
        lost += h.lost;
        for (uint32_t begin = 0; begin < t + 3; begin += 3)
            for (uint32_t end = begin; end < t + 3; end += 2) {
                uint32_t want[40], count = 0, before = 0;
                bool any = false;
                for (uint32_t k = n > 15 ? n - 15 : 0; k < n; k++) {
                    if (time[k] > begin && time[k] <= end)
                        want[count++] = time[k];
                    if (time[k] <= begin) {
                        before = time[k];
                        any = true;
                    }
                }
                stdp_window w = stdp_window_of(&h, begin, end);
                ck_assert_uint_eq(w.count, count);
                ck_assert_uint_eq(w.any, any);
                ck_assert_uint_eq(h.time[w.previous], before);
                for (uint32_t k = 0; k < count; k++)
                    ck_assert_uint_eq(h.time[w.next + k], want[k]);
                nonempty += count > 0;
            }
    }
    ck_assert(nonempty > 1000 && lost > 500);
}
END_TEST

static void reward(stdp_history *h, bool positive, uint32_t concentration, uint32_t step)
{
    uint32_t word[] = {stdp_reward_flags(positive, 0), stdp_reward_control(concentration, 0)};
    const row_view row = {.plastic = word, .nplastic = 1, .control = word + 1, .ncontrols = 1};
    stdp_reward(&core, h, &row, step);
}

START_TEST(rewards_add_to_a_level_that_decays)
{
    prepare("nm_pair_additive");
    stdp_history h = {0};
    reward(&h, true, 2048, 5);
    ck_assert(h.newest == 1 && h.level[1] == 2048 && h.rewards == 2 && h.trace[1].o1 == 0);
    stdp_fired(&core, &h, 25);
    ck_assert(h.newest == 2 && h.rewards == 2 && h.trace[2].o1 == 2048);
    ck_assert_int_eq(h.level[2], 753); /* 2048 / e, rounded down */
    reward(&h, false, 1000, 25);
    ck_assert(h.level[3] == 753 - 1000 && h.rewards == 10 && h.trace[3].o1 == 2048);
    reward(&h, false, 65535, 26);
    ck_assert_int_eq(h.level[4], -246); /* -247 (four steps share a line of the table) - 65535 + 65536 */
}
END_TEST

START_TEST(marks_are_right_unless_a_window_ends_early)
{
    prepare("nm_pair_additive");
    stdp_history h = {0};
    for (uint32_t t = 1; t <= 6; t++) {
        if (t % 3 == 0)
            reward(&h, true, 1, t);
        else
            stdp_fired(&core, &h, t);
    }
    stdp_window w = stdp_window_of(&h, 2, 6);
    ck_assert(w.count == 4 && (w.rewards & 15) == 9); /* steps 3 and 6 */
    w = stdp_window_of(&h, 2, 4);
    ck_assert(w.count == 2 && (w.rewards & 3) == 2); /* upstream: the marks of steps 5 and 6 */
}
END_TEST

START_TEST(a_full_history_moves_its_marks_along)
{
    prepare("nm_pair_additive");
    stdp_history h = {0};
    reward(&h, true, 5, 1);
    for (uint32_t t = 2; t <= 15; t++)
        stdp_fired(&core, &h, t);
    ck_assert(h.newest == 15 && h.rewards == 2 && h.lost == 0);
    reward(&h, true, 5, 16);
    ck_assert(h.newest == 15 && h.lost == 1 && h.time[0] == 0 && h.time[1] == 2 && h.time[15] == 16);
    /* the mark of the event that went stands on entry 0, where nothing reads it */
    ck_assert_uint_eq(h.rewards, 1u | 1u << 15);
}
END_TEST

START_TEST(bytes_are_those_of_the_core)
{
    stdp_kind k;
    ck_assert(stdp_find("pair_additive", &k));
    ck_assert_uint_eq(stdp_history_bytes(k), 4 + 16 * 6);
    ck_assert(stdp_find("nearest_pair_additive", &k));
    ck_assert_uint_eq(stdp_history_bytes(k), 4 + 16 * 4);
    ck_assert(stdp_find("nm_pair_additive", &k));
    ck_assert_uint_eq(stdp_history_bytes(k), 8 + 16 * 8);
}
END_TEST

SUITE("stdp_history", a_window_holds_the_last_fifteen_events_of_its_span, rewards_add_to_a_level_that_decays,
      marks_are_right_unless_a_window_ends_early, a_full_history_moves_its_marks_along, bytes_are_those_of_the_core)
