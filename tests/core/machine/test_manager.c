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
} setup;

static fixture boot(setup s)
{
    fixture f = {arena_new(0), diag_new(), NULL, {0}};
    image_writer *w = image_writer_new(f.arena, "toy", 0, 0);
    image_add_host(w, HOST_NETWORK, (int64_t[]){0, 10, 1000000, 0, 0, 0, 0});
    image_add_host(w, HOST_POPULATIONS, (int64_t[]){0, 0, 10, 0, 0, 0, 0, 0});
    image_add_host(w, HOST_MODULATORS, (int64_t[]){0, 0, s.source, 0, s.keep, s.baseline_keep, s.value});
    image_add_host(w, HOST_CHANNELS, (int64_t[]){s.base, 1, 0, 0, 0});
    image_add_host(w, HOST_TERMS, (int64_t[]){0, 0, s.gain});
    for (int i = 0; i < s.nschedule; i++)
        image_add_host(w, HOST_SCHEDULE, (int64_t[]){0, s.schedule[i][0], s.schedule[i][1]});
    size_t size;
    const void *bytes = image_finish(w, &size);
    f.image = image_from_memory(bytes, size, "test", f.diag);
    ck_assert_ptr_nonnull(f.image);
    ck_assert(manager_boot(&f.manager, f.image, f.arena, f.diag));
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
    fixture f = boot((setup){MODSRC_SIGNAL, 0, 65536, 0, 2 << 16, 40 << 16, NULL, 0});
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
    fixture f = boot((setup){MODSRC_SIGNAL, 32768, 65536, 0, 0, 64 << 16, NULL, 0});
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
    fixture f = boot((setup){MODSRC_SIGNAL, 0, 60000, 0, 0, 100 << 16, NULL, 0});
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
    fixture f = boot((setup){MODSRC_POPULATION, 0, 65536, 250 << 16, 0, 1 << 16, NULL, 0});
    manager_step(&f.manager, 0, three_spikes, NULL);
    ck_assert_int_eq(f.manager.channel[0], 50);
    end(f);
}
END_TEST

START_TEST(a_schedule_changes_the_value_at_its_steps)
{
    const int64_t schedule[][2] = {{2, 5 << 16}, {4, -(7 << 16)}};
    fixture f = boot((setup){MODSRC_SCHEDULE, 0, 65536, 0, 0, 1 << 16, schedule, 2});
    const int expected[] = {0, 0, 5, 5, -7, -7};
    for (uint32_t t = 0; t < 6; t++) {
        manager_step(&f.manager, t, three_spikes, NULL);
        ck_assert_int_eq(f.manager.channel[0], expected[t]);
    }
    end(f);
}
END_TEST

SUITE("manager", a_signal_without_tau_reaches_the_channel_at_once, an_average_decays_as_its_keep_says,
      a_baseline_turns_a_constant_signal_into_no_error, a_population_source_gives_its_rate_less_a_constant,
      a_schedule_changes_the_value_at_its_steps)
