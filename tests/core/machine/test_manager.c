/* The management processor: averages, baselines, channels, schedules in fixed point. */
#include "core/machine/manager.h"
#include "core/ir/net.h"
#include "tests/suite.h"

static uint32_t three_spikes(const void *context, uint32_t population)
{
    (void)context;
    return population == 0 ? 3 : 0;
}

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    hmn_image *image;
    hmn_manager manager;
} fixture;

typedef struct {
    int64_t source, keep, baseline_keep, value, base, gain;
    const int64_t (*schedule)[2];
    int nschedule;
    int64_t epoch; /* 0: of one step, without r0 */
} setup;

/* Settings with their usual values. */
static const uint32_t *costs(hmn_arena *a)
{
    cost_table *t = ARENA_NEW(a, cost_table, 1);
    *t = cost_lay_out(NULL);
    return t->setting;
}

static fixture boot(setup s)
{
    fixture f = {arena_new(0), diag_new(), NULL, {0}};
    image_writer *w = image_writer_new(f.arena, "toy", 0, 0);
    image_add_host(w, HOST_NETWORK, (int64_t[]){0, 10, 1000000, 0, 0, 0, 0});
    image_add_host(w, HOST_POPULATIONS, (int64_t[]){0, 0, 10, 0, 0, 0, 0, 0});
    image_add_host(w, HOST_MODULATORS, (int64_t[]){0, 0, s.source, 0, s.keep, s.baseline_keep, s.value});
    image_add_host(w, HOST_CHANNELS, (int64_t[]){s.base, s.epoch ? s.epoch : 1, 0, 0, 0, 0, 0, s.epoch > 0});
    image_add_host(w, HOST_TERMS, (int64_t[]){0, 0, s.gain});
    for (int i = 0; i < s.nschedule; i++)
        image_add_host(w, HOST_SCHEDULE, (int64_t[]){0, s.schedule[i][0], s.schedule[i][1]});
    size_t size;
    const void *bytes = image_finish(w, &size);
    f.image = image_from_memory(bytes, size, "test", f.diag);
    ck_assert_ptr_nonnull(f.image);
    ck_assert(manager_boot(&f.manager, f.image, costs(f.arena), f.arena, f.diag));
    return f;
}

static void end(fixture f)
{
    image_close(f.image);
    diag_free(f.diag);
    arena_free(f.arena);
}

START_TEST(a_signal_without_tau_reaches_the_channel_at_once)
{
    fixture f = boot((setup){MODSRC_SIGNAL, 0, 65536, 0, 2 << 16, 40 << 16, NULL, 0, 0});
    manager_set(&f.manager, 0, -0.5);
    manager_step(&f.manager, 0, three_spikes, NULL);
    ck_assert_int_eq(f.manager.channel[0], 2 - 20);
    manager_set(&f.manager, 0, 1e9);
    manager_step(&f.manager, 1, three_spikes, NULL);
    ck_assert_int_eq(f.manager.channel[0], 127);
    manager_set(&f.manager, 0, -1e9);
    manager_step(&f.manager, 2, three_spikes, NULL);
    ck_assert_int_eq(f.manager.channel[0], -128);
    end(f);
}
END_TEST

START_TEST(an_average_decays_as_its_keep_says)
{
    fixture f = boot((setup){MODSRC_SIGNAL, 32768, 65536, 0, 0, 64 << 16, NULL, 0, 0});
    manager_set(&f.manager, 0, 1.0);
    const int expected[] = {32, 48, 56, 60, 62, 63};
    for (uint32_t t = 0; t < 6; t++) {
        manager_step(&f.manager, t, three_spikes, NULL);
        ck_assert_int_eq(f.manager.channel[0], expected[t]);
    }
    end(f);
}
END_TEST

START_TEST(a_baseline_turns_a_constant_signal_into_no_error)
{
    fixture f = boot((setup){MODSRC_SIGNAL, 0, 60000, 0, 0, 100 << 16, NULL, 0, 0});
    manager_set(&f.manager, 0, 1.0);
    for (uint32_t t = 0; t < 200; t++)
        manager_step(&f.manager, t, three_spikes, NULL);
    ck_assert_int_eq(f.manager.channel[0], 0);
    manager_set(&f.manager, 0, 0.0);
    manager_step(&f.manager, 200, three_spikes, NULL);
    ck_assert_int_lt(f.manager.channel[0], -80);
    end(f);
}
END_TEST

START_TEST(a_population_source_gives_its_rate_less_a_constant)
{
    /* 3 spikes of 10 neurons in 1 ms: 300 Hz */
    fixture f = boot((setup){MODSRC_POPULATION, 0, 65536, 250 << 16, 0, 1 << 16, NULL, 0, 0});
    manager_step(&f.manager, 0, three_spikes, NULL);
    ck_assert_int_eq(f.manager.channel[0], 50);
    end(f);
}
END_TEST

START_TEST(a_schedule_changes_the_value_at_its_steps)
{
    const int64_t schedule[][2] = {{2, 5 << 16}, {4, -(7 << 16)}};
    fixture f = boot((setup){MODSRC_SCHEDULE, 0, 65536, 0, 0, 1 << 16, schedule, 2, 0});
    const int expected[] = {0, 0, 5, 5, -7, -7};
    for (uint32_t t = 0; t < 6; t++) {
        manager_step(&f.manager, t, three_spikes, NULL);
        ck_assert_int_eq(f.manager.channel[0], expected[t]);
    }
    end(f);
}
END_TEST

static uint32_t a_spike_in_step(const void *context, uint32_t population)
{
    const uint32_t *left = context;
    return population == 0 && *left == 0;
}

START_TEST(a_reward_spike_anywhere_in_an_epoch_sets_r0)
{
    fixture f = boot((setup){MODSRC_POPULATION, 0, 65536, 250 << 16, 0, 1 << 16, NULL, 0, .epoch = 4});
    for (uint32_t t = 0; t < 16; t++) { /* a spike in step 5: the second epoch */
        manager_step(&f.manager, t, a_spike_in_step, &(uint32_t){t > 5 ? t - 5 : 5 - t});
        ck_assert_int_eq(f.manager.reward[0] & 1, t >= 7 && t < 11);
    }
    end(f);
    const int64_t schedule[][2] = {{2, 5 << 16}, {3, 0}, {9, -(7 << 16)}, {12, 0}};
    f = boot((setup){MODSRC_SCHEDULE, 0, 65536, 0, 0, 1 << 16, schedule, 4, .epoch = 4});
    for (uint32_t t = 0; t < 16; t++) {
        manager_step(&f.manager, t, three_spikes, NULL);
        ck_assert_int_eq(f.manager.reward[0] & 1, (t >= 3 && t < 7) || (t >= 11 && t < 15));
    }
    end(f);
    f = boot((setup){MODSRC_SIGNAL, 0, 65536, 0, 0, 1 << 16, NULL, 0, .epoch = 2});
    for (uint32_t t = 0; t < 8; t++) {
        manager_set(&f.manager, 0, t == 2 ? -0.5 : 0);
        manager_step(&f.manager, t, three_spikes, NULL);
        ck_assert_int_eq(f.manager.reward[0] & 1, t == 3 || t == 4);
    }
    end(f);
    f = boot((setup){MODSRC_SIGNAL, 0, 65536, 0, 0, 1 << 16, NULL, 0, 0});
    ck_assert_ptr_null(f.manager.reward); /* nobody asks */
    end(f);
}
END_TEST

/* ---- attentions, oscillations, cost ---- */

typedef struct {
    int64_t similarity, dimensions, null, null_logit;
} attention;

/* Two constant modulators of level 1, gains 10 and 20, keys (1, 0) and (0, 1) in base 2, context: the modulators. */
static image_writer *mixed(hmn_arena *a, attention t, const int64_t *channel)
{
    image_writer *w = image_writer_new(a, "toy", 0, 0);
    image_add_host(w, HOST_NETWORK, (int64_t[]){0, 10, 1000000, 0, 0, 0, 0});
    image_add_host(w, HOST_POPULATIONS, (int64_t[]){0, 0, 10, 0, 0, 0, 0, 0});
    for (int k = 0; k < 2; k++) {
        image_add_host(w, HOST_MODULATORS, (int64_t[]){0, 0, MODSRC_CONSTANT, 0, 0, 65536, 65536});
        image_add_host(w, HOST_KEYS, (int64_t[]){0, k, k, 65536});
        image_add_host(w, HOST_CONTEXTS, (int64_t[]){0, k, k});
        image_add_host(w, HOST_TERMS, (int64_t[]){0, k, (10 + 10 * k) << 16});
    }
    image_add_host(w, HOST_OSCILLATIONS, (int64_t[]){0, 1 << 30, 0}); /* a quarter turn a step */
    image_add_host(w, HOST_ATTENTIONS, (int64_t[]){t.similarity, t.dimensions, t.null, t.null_logit});
    image_add_host(w, HOST_CHANNELS, channel);
    return w;
}

static bool boot_mixed(fixture *f, attention t, const int64_t *channel)
{
    size_t size;
    *f = (fixture){arena_new(0), diag_new(), NULL, {0}};
    const void *bytes = image_finish(mixed(f->arena, t, channel), &size);
    f->image = image_from_memory(bytes, size, "test", f->diag);
    ck_assert_ptr_nonnull(f->image);
    return manager_boot(&f->manager, f->image, costs(f->arena), f->arena, f->diag);
}

static int32_t after_step(attention t, const int64_t *channel, uint32_t step)
{
    fixture f;
    ck_assert(boot_mixed(&f, t, channel));
    manager_step(&f.manager, step, three_spikes, NULL);
    int32_t r1 = f.manager.channel[0];
    end(f);
    return r1;
}

START_TEST(shares_weigh_the_terms)
{
    ck_assert_int_eq(after_step((attention){SIM_KEY, 2, 0, 0}, (int64_t[]){0, 1, 0, 0, 0, 0, 0, 0}, 0), 30);
    for (int s = SIM_KEY; s <= SIM_COSINE; s++)
        ck_assert_int_eq(after_step((attention){s, 2, 0, 0}, (int64_t[]){0, 1, 1, 0, 0, 0, 0, 0}, 0), 15);
    ck_assert_int_eq(after_step((attention){SIM_KEY, 2, 1, 65536}, (int64_t[]){0, 1, 1, 0, 0, 0, 0, 0}, 0), 10);
    ck_assert_int_eq(after_step((attention){SIM_KEY, 2, 1, 32 << 16}, (int64_t[]){0, 1, 1, 0, 0, 0, 0, 0}, 0), 0);
}
END_TEST

START_TEST(a_phase_opens_and_closes_a_channel)
{
    static const int32_t expected[] = {30, 0, 0, 0, 30};
    for (uint32_t t = 0; t < 5; t++) {
        ck_assert_int_eq(after_step((attention){0, 2, 0, 0}, (int64_t[]){0, 1, 0, 1, 0, 0, 0, 0}, t), expected[t]);
        ck_assert_int_eq(after_step((attention){0, 2, 0, 0}, (int64_t[]){0, 1, 0, 1, 1 << 30, 0, 0, 0}, t + 1),
                         expected[t]);
    }
}
END_TEST

START_TEST(a_register_holds_between_epochs)
{
    fixture f;
    ck_assert(boot_mixed(&f, (attention){0, 2, 0, 0}, (int64_t[]){0, 4, 0, 0, 0, 0, 0, 0}));
    for (uint32_t t = 0; t < 8; t++) {
        manager_step(&f.manager, t, three_spikes, NULL);
        ck_assert_int_eq(f.manager.channel[0], t < 3 ? 0 : 30);
    }
    end(f);
}
END_TEST

/* 0.3 of a step an epoch, 100 epochs: with a carry 30 steps in all, without none; and a sum of nothing stays nothing.
 */
START_TEST(a_carry_keeps_what_rounding_leaves)
{
    for (int carry = 0; carry < 2; carry++) {
        fixture f;
        int32_t sum = 0, most = 0;
        f = boot((setup){MODSRC_SIGNAL, 0, 65536, 0, 0, 65536 * 3 / 10, NULL, 0, 0});
        f.manager.program[0].carries = carry;
        for (uint32_t t = 0; t < 100; t++) {
            manager_set(&f.manager, 0, t < 50 ? 1 : -0.5);
            manager_step(&f.manager, t, three_spikes, NULL);
            sum += f.manager.channel[0];
            most = f.manager.channel[0] > most ? f.manager.channel[0] : most;
        }
        ck_assert_int_eq(most, carry);
        ck_assert_int_ge(sum, carry ? 7 : 0); /* 50 * 0.3 - 50 * 0.15 = 7.5 */
        ck_assert_int_le(sum, carry ? 8 : 0);
        manager_set(&f.manager, 0, 0);
        for (uint32_t t = 100; t < 110; t++) {
            manager_step(&f.manager, t, three_spikes, NULL);
            ck_assert_int_eq(f.manager.channel[0], 0);
        }
        end(f);
    }
}
END_TEST

#define COST(piece) f.manager.cost[SETTING_WORK_##piece]
START_TEST(cycles_are_the_sum_of_the_operations)
{
    fixture f;
    ck_assert(boot_mixed(&f, (attention){SIM_KEY, 2, 1, 0}, (int64_t[]){0, 2, 1, 1, 0, 0, 0, 0}));
    ck_assert_uint_eq(COST(DIVISION), 40);
    const uint32_t modulators = 2 * COST(MODULATOR) + COST(OSCILLATION);
    manager_step(&f.manager, 0, three_spikes, NULL);
    ck_assert_uint_eq(f.manager.cycles, modulators);
    manager_step(&f.manager, 1, three_spikes, NULL);
    ck_assert_uint_eq(f.manager.cycles, 2 * modulators + COST(DIVISION) + 3 * (COST(POWER) + COST(SHARE)) +
                                            2 * (2 * COST(KEY) + COST(LOGIT)) + 2 * (COST(TERM) + COST(WEIGHTED)) +
                                            COST(GATE) + COST(CHANNEL));
    end(f);
}
END_TEST

START_TEST(tables_that_point_nowhere_are_refused)
{
    static const int64_t channel[][8] = {{0, 1, 2, 0, 0, 0, 0, 0}, {0, 1, 0, 2, 0, 0, 0, 0}};
    static const attention bad[] = {{7, 2, 0, 0}, {0, 0, 0, 0}, {0, 1, 0, 0}};
    fixture f;
    for (int k = 0; k < 5; k++) {
        ck_assert(!boot_mixed(&f, k < 2 ? (attention){0, 2, 0, 0} : bad[k - 2], channel[k == 1]));
        ck_assert_int_eq(diag_get(f.diag, 0)->code, DIAG_IMAGE_TABLE);
        end(f);
    }
}
END_TEST

SUITE("manager", shares_weigh_the_terms, a_phase_opens_and_closes_a_channel, a_register_holds_between_epochs,
      a_carry_keeps_what_rounding_leaves, cycles_are_the_sum_of_the_operations, tables_that_point_nowhere_are_refused,
      a_signal_without_tau_reaches_the_channel_at_once, an_average_decays_as_its_keep_says,
      a_baseline_turns_a_constant_signal_into_no_error, a_population_source_gives_its_rate_less_a_constant,
      a_schedule_changes_the_value_at_its_steps, a_reward_spike_anywhere_in_an_epoch_sets_r0)
