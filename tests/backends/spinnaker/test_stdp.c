/* Deferred plasticity against the rule itself: pairs in double precision, each applied when it happens. The recorded
 * cases (tests/tools/test_conformance.c) hold the bits; here the meaning is checked, and what rows may not say. */
#include "backends/spinnaker/synapse.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(15, RNG_TASK, i, k, 0, n); }

enum { STEPS = 400, DELAY = 3 };

static uint32_t region[1024];
static const uint32_t shift[] = {2, 2};

static stdp_rule rule_of(const char *name, const stdp_settings *s)
{
    stdp_kind kind;
    stdp_rule rule;
    ck_assert(stdp_find(name, &kind));
    ck_assert_uint_le(stdp_write(NULL, kind, 2, s), 1024);
    ck_assert(stdp_read(region, stdp_write(region, kind, 2, s), kind, 2, &rule));
    return rule;
}

/* All-to-all pairs of one synapse; a postsynaptic spike counts DELAY steps late. w after the last presynaptic spike. */
static double by_definition(const uint8_t *pre, const uint8_t *post, const stdp_settings *s, double w)
{
    double x = 0, y = 0, stored = w;
    for (uint32_t t = 0; t < STEPS; t++) {
        x *= exp(-1 / s->tau[STDP_PLUS]);
        y *= exp(-1 / s->tau[STDP_MINUS]);
        bool fired = t >= DELAY && post[t - DELAY];
        if (fired)
            w = fmin(w + s->plus * x, s->max), y += 1;
        if (pre[t])
            stored = w = fmax(w - s->minus * y, s->min), x += 1;
    }
    return stored;
}

START_TEST(deferred_pairs_end_at_the_weight_of_immediate_ones)
{
    const stdp_settings s = {
        .backprop_delay = true, .dt = 1, .tau = {20, 30}, .max = 5, .plus = 0.05, .minus = 0.04, .scale = 1};
    const stdp_rule rule = rule_of("pair_additive", &s);
    const stdp_core stdp = {&rule, region, shift, {2, 1, 4}};
    double moved = 0;
    for (uint32_t i = 0; i < 100; i++) {
        uint8_t pre[STEPS], post[STEPS];
        for (uint32_t t = 0; t < STEPS; t++) {
            pre[t] = draw(i, 2 * t, 12) == 0;
            post[t] = t > 0 && draw(i, 2 * t + 1, 20) == 0;
        }
        uint32_t start = 6000 + draw(i, 2 * STEPS, 6000), control = row_control(&stdp.format, 1, 0, DELAY), row[16];
        uint32_t plastic[] = {0, 0, start};
        const row_parts parts = {plastic, NULL, &control, 3, 0, 1, false};
        uint32_t words = (uint32_t)(row_write(row, &parts) - row);
        stdp_history history[4] = {0};
        uint16_t ring[1 << 7] = {0};
        ring_counters count = {0};
        const synapse_core core = {stdp.format, &stdp, history, ring, &count};
        ck_assert(synapse_row_fits(&core, row, words, 4));
        for (uint32_t t = 0; t < STEPS; t++) {
            memset(ring + ring_slot(&core.format, t), 0, 8 * sizeof *ring);
            if (post[t])
                synapse_fired(&core, 1, t);
            if (!pre[t])
                continue;
            ck_assert(synapse_serve(&core, row, words, t, 0, 0));
            ck_assert_uint_eq(ring[ring_slot(&core.format, t + DELAY) + 1], row[3] & 0xffff);
        }
        double unit = 4.0 / 32768, want = by_definition(pre, post, &s, start * unit), got = (row[3] & 0xffff) * unit;
        ck_assert_double_eq_tol(got, want, 0.03);
        moved += fabs(want - start * unit);
    }
    ck_assert_double_gt(moved / 100, 0.3);
}
END_TEST

START_TEST(a_reward_moves_a_weight_by_its_eligibility)
{
    /* pre, post, reward: dw = integral of c(t) d(t), c and d falling with tau_c and tau_d */
    const stdp_settings s = {.backprop_delay = true,
                             .dt = 1,
                             .tau = {20, 20},
                             .min = -5,
                             .max = 5,
                             .plus = 0.5,
                             .minus = 0.5,
                             .scale = 1,
                             .tau_c = 400,
                             .tau_d = 40,
                             .w_max = 5};
    const stdp_rule rule = rule_of("nm_pair_additive", &s);
    const stdp_core stdp = {&rule, region, shift, {2, 1, 4}};
    for (int sign = 1; sign >= -1; sign -= 2) {
        uint32_t plastic[] = {0, 0, 8000}, control = row_control(&stdp.format, 1, 0, 1), row[16], reward[16];
        const row_parts parts = {plastic, NULL, &control, 3, 0, 1, false};
        uint32_t flags = stdp_reward_flags(sign > 0, 0), target = stdp_reward_control(LUT_ONE / 16, 1);
        const row_parts reward_parts = {&flags, NULL, &target, 1, 0, 1, true};
        uint32_t words = (uint32_t)(row_write(row, &parts) - row);
        uint32_t reward_words = (uint32_t)(row_write(reward, &reward_parts) - reward);
        stdp_history history[4] = {0};
        uint16_t ring[1 << 7] = {0};
        ring_counters count = {0};
        const synapse_core core = {stdp.format, &stdp, history, ring, &count};
        ck_assert(synapse_row_fits(&core, reward, reward_words, 4) &&
                  !synapse_row_fits(&core, reward, reward_words, 1));
        synapse_serve(&core, row, words, 10, 0, 0);
        synapse_fired(&core, 1, 14);
        ck_assert(!synapse_serve(&core, reward, reward_words, 50, 0, 0));
        synapse_serve(&core, row, words, 300, 0, 0);
        double c = 0.5 * exp(-5 / 20.) * exp(-35 / 400.), rate = 1 / 400. + 1 / 40.;
        double want = 8000 + sign * c / 16 / rate * (1 - exp(-250 * rate)) * 32768 / 4;
        ck_assert_double_eq_tol(row[3] & 0xffff, want, fabs(want - 8000) * 0.02);
        ck_assert_double_gt(fabs(want - 8000), 1500);
    }
}
END_TEST

START_TEST(rows_that_name_what_there_is_not_are_refused)
{
    const stdp_settings s = {.dt = 1, .tau = {20, 20}, .max = 5, .scale = 1};
    const stdp_rule rule = rule_of("pair_additive", &s);
    const stdp_core stdp = {&rule, region, shift, {2, 2, 4}};
    const synapse_core core = {.format = stdp.format, .stdp = &stdp}, fixed = {.format = stdp.format};
    uint32_t plastic[4] = {0},
             control[] = {row_control(&stdp.format, 1, 0, 1), row_control(&stdp.format, 2, 1, 1),
                          row_control(&stdp.format, 3, 2, 1)},
             row[16];
    row_parts parts = {plastic, NULL, control, 3, 0, 2, false};
    uint32_t words = (uint32_t)(row_write(row, &parts) - row);
    ck_assert(synapse_row_fits(&core, row, words, 3));
    ck_assert(!synapse_row_fits(&core, row, words, 2));     /* neuron 2 of 2 */
    ck_assert(!synapse_row_fits(&core, row, words - 1, 3)); /* cut */
    ck_assert(!synapse_row_fits(&fixed, row, words, 3));    /* no rule */
    parts.nplastic = 4;
    parts.ncontrols = 3;
    ck_assert(!synapse_row_fits(&core, row, (uint32_t)(row_write(row, &parts) - row), 4)); /* type 2 of 2 */
    parts.nplastic = 2;
    parts.ncontrols = 1;
    ck_assert(!synapse_row_fits(&core, row, (uint32_t)(row_write(row, &parts) - row), 4)); /* no word for its weight */
}
END_TEST

SUITE("stdp", deferred_pairs_end_at_the_weight_of_immediate_ones, a_reward_moves_a_weight_by_its_eligibility,
      rows_that_name_what_there_is_not_are_refused)
