/* The learning engine on rules whose outcome can be worked out by hand, and on its random rounding. */
#include "tests/backends/loihi/learn_bench.h"

#include "core/base/rng.h"

/* One step: the one source and the one neuron fire or not. */
static void pair_step(bench *x, bool pre, bool post)
{
    const uint32_t axon = 0;
    const hmn_drive d = {0, FIRE};
    core_step(x->core, &axon, pre, &d, post);
    ck_assert_uint_eq(x->core->port.nfired, post);
}

static const rule_product y0_x1 = {RULE_W, RV_Y0, 0, 1, 0, 1, {{RV_X1, false, 0}}};
static const rule_product x0_y1 = {RULE_W, RV_X0, 0, -1, 0, 1, {{RV_Y1, false, 0}}};
static const rule_product u0_x1 = {RULE_W, RV_U, 0, 1, 0, 1, {{RV_X1, false, 0}}};

START_TEST(pairs_change_the_weight_by_the_trace_they_meet)
{
    bench *x = bench_open(1, 1, 1);
    add_product(x, y0_x1);
    add_product(x, x0_y1);
    bench_start(x);
    pair_step(x, true, false); /* x1 = 64 */
    ck_assert_int_eq(core_read(x->core, VAR_X1, 0), 64);
    ck_assert_int_eq(synapse(x, 0).weight, 100);
    pair_step(x, false, false);
    pair_step(x, false, true); /* x1 = 16 */
    ck_assert_int_eq(synapse(x, 0).weight, 116);
    ck_assert_int_eq(core_read(x->core, VAR_Y1, 0), 64);
    pair_step(x, false, true); /* x1 = 8; y1 = 32 + 64 */
    ck_assert_int_eq(synapse(x, 0).weight, 124);
    ck_assert_int_eq(core_read(x->core, VAR_Y1, 0), 96);
    pair_step(x, true, false); /* y1 = 48 */
    ck_assert_int_eq(synapse(x, 0).weight, 76);
    ck_assert_uint_eq(x->core->count.weight_updates, 3);
    bench_close(x);
}
END_TEST

START_TEST(delivery_uses_the_weights_before_the_update)
{
    bench *x = bench_open(1, 1, 1);
    add_product(x, u0_x1);
    bench_start(x);
    pair_step(x, true, false); /* 100 arrives; then x1 = 64 joins */
    ck_assert_int_eq(core_read(x->core, VAR_U, 0), 100 * 64);
    ck_assert_int_eq(synapse(x, 0).weight, 164);
    pair_step(x, true, false);
    ck_assert_int_eq(core_read(x->core, VAR_U, 0), 164 * 64);
    bench_close(x);
}
END_TEST

START_TEST(a_product_reads_traces_at_its_own_spike)
{
    bench *x = bench_open(1, 1, 4);
    add_product(x, y0_x1);
    add_product(x, x0_y1);
    bench_start(x);
    pair_step(x, false, false);
    pair_step(x, true, false); /* tx = 2: y1 is 0 there */
    pair_step(x, false, false);
    ck_assert_int_eq(synapse(x, 0).weight, 100); /* not yet */
    pair_step(x, false, true);                   /* ty = 4: x1 is 16 there */
    ck_assert_int_eq(synapse(x, 0).weight, 116);
    bench_close(x);
}
END_TEST

START_TEST(the_first_of_two_spikes_in_an_epoch_counts_at_once)
{
    bench *x = bench_open(1, 1, 4);
    add_product(x, u0_x1);
    bench_start(x);
    pair_step(x, true, false);
    pair_step(x, false, false);
    pair_step(x, true, false); /* x1 = 64 at once, then 32 16 8 + 64 and 36 */
    pair_step(x, false, false);
    ck_assert_int_eq(core_read(x->core, VAR_X1, 0), 36);
    ck_assert_int_eq(synapse(x, 0).weight, 136);
    bench_close(x);
}
END_TEST

START_TEST(a_reward_spike_is_a_factor)
{
    static const char *const dialect[] = {"chip", "nengo"};
    for (int k = 0; k < 2; k++) {
        bench *x = bench_open(1, 1, 1);
        x->b->net.target.dialect.s = dialect[k];
        x->rule.r1_channel = 2;
        x->rule.trace[RT_X1].tau = x->rule.trace[RT_Y1].tau = 3;
        add_product(x, (rule_product){RULE_W, RV_X0, 0, 1, 0, 1, {{RV_R0, false, 0}}});
        bench_start(x);
        pair_step(x, true, false);
        ck_assert_int_eq(synapse(x, 0).weight, 100); /* nothing keeps r0: it is 0 */
        uint8_t reward[16] = {1, 1, 2};              /* bit 1: heard in the epoch that goes on */
        x->core->port.reward = reward;
        pair_step(x, true, false);
        ck_assert_int_eq(synapse(x, 0).weight, 100);
        reward[2] = 1;
        pair_step(x, true, false);
        ck_assert_int_eq(synapse(x, 0).weight, 101);
        pair_step(x, false, false);
        ck_assert_int_eq(synapse(x, 0).weight, 101);
        bench_close(x);
    }
}
END_TEST

START_TEST(reward_scales_and_silences_learning)
{
    bench *x = bench_open(1, 1, 1);
    x->rule.r1_channel = 3;
    /* 7 + 8 + 4 - 15 = 4 bits are dropped, exponent 4 restores them: dw = x1 r1 */
    add_product(x, (rule_product){RULE_W, RV_U, 0, 1, 4, 2, {{RV_X1, false, 0}, {RV_R1, false, 0}}});
    bench_start(x);
    pair_step(x, true, false);
    ck_assert_uint_eq(x->core->count.synapse_visits, 0); /* r1 = 0: nobody was looked at */
    ck_assert_int_eq(synapse(x, 0).weight, 100);
    x->core->channel[3] = -2;
    pair_step(x, false, false); /* x1 = 32 */
    ck_assert_int_eq(synapse(x, 0).weight, 36);
    x->core->channel[3] = 2;
    x->core->port.learning = false;
    pair_step(x, false, false);
    ck_assert_int_eq(synapse(x, 0).weight, 36);
    ck_assert_int_eq(core_read(x->core, VAR_X1, 0), 16); /* traces go on */
    x->core->port.learning = true;
    pair_step(x, false, false); /* x1 = 8 */
    ck_assert_int_eq(synapse(x, 0).weight, 52);
    bench_close(x);
}
END_TEST

START_TEST(a_decimated_clock_ticks_every_second_epoch)
{
    bench *x = bench_open(1, 1, 2);
    add_product(x, (rule_product){RULE_W, RV_U, 1, 1, 0, 1, {{RV_C, false, 3}}});
    bench_start(x);
    for (int t = 0; t < 8; t++) {
        static const int32_t w[] = {100, 100, 100, 103, 103, 103, 103, 106};
        pair_step(x, false, false);
        ck_assert_int_eq(synapse(x, 0).weight, w[t]);
    }
    bench_close(x);
}
END_TEST

START_TEST(weights_stop_at_their_bounds)
{
    bench *x = bench_open(1, 1, 1);
    x->b->rule[0].w_min = build_num(90);
    x->b->rule[0].w_max = build_num(110);
    add_product(x, (rule_product){RULE_W, RV_X0, 0, 1, 0, 1, {{RV_C, false, 7}}});
    add_product(x, (rule_product){RULE_W, RV_Y0, 0, -2, 0, 1, {{RV_C, false, 7}}});
    bench_start(x);
    pair_step(x, true, false);
    pair_step(x, true, false);
    ck_assert_int_eq(synapse(x, 0).weight, 110);
    pair_step(x, false, true);
    pair_step(x, false, true);
    ck_assert_int_eq(synapse(x, 0).weight, 90);
    bench_close(x);
}
END_TEST

START_TEST(tags_and_weights_change_from_the_same_old_values)
{
    bench *x = bench_open(1, 1, 1);
    add_product(x, (rule_product){RULE_T, RV_X0, 0, 1, 0, 1, {{RV_C, false, 10}}});
    add_product(x, (rule_product){RULE_W, RV_U, 0, 1, 0, 1, {{RV_T, false, 0}}});
    bench_start(x);
    pair_step(x, true, false);
    ck_assert_int_eq(synapse(x, 0).tag, 10);
    ck_assert_int_eq(synapse(x, 0).weight, 100);
    pair_step(x, true, false);
    ck_assert_int_eq(synapse(x, 0).tag, 20);
    ck_assert_int_eq(synapse(x, 0).weight, 110);
    bench_close(x);
}
END_TEST

START_TEST(a_learned_delay_moves_the_arrival)
{
    bench *x = bench_open(1, 1, 1);
    add_product(x, (rule_product){RULE_D, RV_Y0, 0, 2, 0, 1, {{RV_C, false, 1}}});
    bench_start(x);
    pair_step(x, true, false);
    ck_assert_int_eq(core_read(x->core, VAR_U, 0), 6400); /* field 0: in its own step */
    pair_step(x, false, true);
    ck_assert_int_eq(synapse(x, 0).delay, 2);
    pair_step(x, true, false);
    ck_assert_int_eq(core_read(x->core, VAR_U, 0), 0);
    pair_step(x, false, false);
    pair_step(x, false, false);
    ck_assert_int_eq(core_read(x->core, VAR_U, 0), 6400);
    bench_close(x);
}
END_TEST

START_TEST(rounding_is_unbiased)
{
    bench *x = bench_open(40, 50, 1);
    x->b->projection[0].sign_mode.s = "mixed"; /* stored weights are even: +1 is half a step */
    add_product(x, (rule_product){RULE_W, RV_U, 0, 1, 0, 1, {{RV_C, false, 1}}});
    bench_start(x);
    for (int t = 0; t < 20; t++)
        core_step(x->core, NULL, 0, NULL, 0);
    double sum = 0;
    int32_t least = 1000, most = 0;
    for (uint64_t i = 0; i < 2000; i++) {
        int32_t w = synapse(x, i).weight;
        ck_assert_int_eq(w % 2, 0);
        sum += w;
        least = w < least ? w : least;
        most = w > most ? w : most;
    }
    ck_assert_double_eq_tol(sum / 2000, 120, 0.5); /* deviation of the mean: sqrt(20 / 2000) = 0.1 */
    ck_assert_int_lt(least, 114);
    ck_assert_int_gt(most, 126);
    bench_close(x);
}
END_TEST

START_TEST(traces_decay_without_bias)
{
    bench *x = bench_open(2000, 1, 1);
    x->rule.trace[RT_X1] = (rule_trace){.impulse_q8 = 10 << 8 | 64, .decay_q12 = 3706}; /* 10.25, tau 10 */
    add_product(x, u0_x1);
    x->rule.product[0].mantissa = 0;
    bench_start(x);
    uint32_t all[2000];
    for (uint32_t i = 0; i < 2000; i++)
        all[i] = i;
    core_step(x->core, all, 2000, NULL, 0);
    for (int t = 0; t < 12; t++) {
        double sum = 0, expected = 10.25 * pow(3706 / 4096.0, t);
        for (uint32_t i = 0; i < 2000; i++)
            sum += core_read(x->core, VAR_X1, i);
        ck_assert_double_eq_tol(sum / 2000, expected, 0.15);
        core_step(x->core, NULL, 0, NULL, 0);
    }
    bench_close(x);
}
END_TEST

/* Weights after a random run of 30 sources and 8 neurons; `watchful` adds a product that is always zero but forces
 * the engine to visit every row. */
static void random_run(bool watchful, int16_t *weight, hmn_counters *count)
{
    bench *x = bench_open(30, 8, 3);
    x->rule.trace[RT_X1].decay_q12 = 3700;
    x->rule.trace[RT_Y1].decay_q12 = 3300;
    x->b->projection[0].sign_mode.s = "mixed";
    add_product(x, (rule_product){RULE_W, RV_Y0, 0, 3, -3, 1, {{RV_X1, false, 0}}});
    add_product(x, (rule_product){RULE_W, RV_X0, 0, -3, -3, 1, {{RV_Y1, false, 0}}});
    if (watchful)
        add_product(x, (rule_product){RULE_W, RV_U, 0, 1, 0, 2, {{RV_W, false, 0}, {RV_Y3, false, 0}}});
    bench_start(x);
    for (uint32_t t = 0; t < 300; t++) {
        uint32_t axon[30], n = 0, nd = 0;
        hmn_drive d[8];
        for (uint32_t i = 0; i < 30; i++)
            if (rng_below(1, RNG_TASK, t, i, 0, 25) == 0)
                axon[n++] = i;
        for (uint32_t i = 0; i < 8; i++)
            if (rng_below(1, RNG_TASK, t, i, 1, 25) == 0)
                d[nd++] = (hmn_drive){i, FIRE};
        core_step(x->core, axon, n, d, nd);
    }
    for (uint64_t i = 0; i < 240; i++)
        weight[i] = (int16_t)synapse(x, i).weight;
    *count = x->core->count;
    bench_close(x);
}

START_TEST(skipping_rows_changes_nothing)
{
    int16_t skipped[240], visited[240];
    hmn_counters few, many;
    random_run(false, skipped, &few);
    random_run(true, visited, &many);
    ck_assert_mem_eq(skipped, visited, sizeof skipped);
    ck_assert_uint_gt(few.weight_updates, 100);
    ck_assert_uint_eq(few.weight_updates, many.weight_updates);
    ck_assert_uint_lt(few.synapse_visits, many.synapse_visits);
}
END_TEST

static bool compiles(bench *x)
{
    ck_assert_msg(quantised(x->b), "%s", first_message(x->b));
    x->b->unit.qnet->rule = &x->rule;
    x->b->unit.qnet->nrules = 1;
    x->b->unit.qnet->projection[0].rule = 0;
    return emitted(x->b);
}

START_TEST(rules_beyond_the_engine_are_refused)
{
    bench *x = bench_open(2, 2, 0);
    add_product(x, y0_x1);
    ck_assert(!compiles(x));
    build_refused(x->b, DIAG_FIT_LEARNING, "epoch");
    build_close(x->b);
}
END_TEST

SUITE("learn", pairs_change_the_weight_by_the_trace_they_meet, delivery_uses_the_weights_before_the_update,
      a_product_reads_traces_at_its_own_spike, the_first_of_two_spikes_in_an_epoch_counts_at_once,
      reward_scales_and_silences_learning, a_reward_spike_is_a_factor, a_decimated_clock_ticks_every_second_epoch,
      weights_stop_at_their_bounds, tags_and_weights_change_from_the_same_old_values, a_learned_delay_moves_the_arrival,
      rounding_is_unbiased, traces_decay_without_bias, skipping_rows_changes_nothing,
      rules_beyond_the_engine_are_refused)
