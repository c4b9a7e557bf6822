/* Bounds of registers: a network at the bound is proven and does not wrap when the emulator is driven by the worst
 * case; one step past it is reported and does wrap; random networks never pass their bound. */
#include "backends/loihi/bounds.h"

#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/tables.h"
#include "backends/loihi/weights.h"
#include "core/base/fx.h"
#include "core/base/rng.h"

enum { WORST_STEPS = 400, NEVER_FIRES = 131071 };

/* `total` of weight shared by sources that may fire every step, onto one neuron. */
static net_builder *driven(uint32_t total, double exponent, double decay_u)
{
    net_builder *b = build_open();
    uint32_t n = (total + 254) / 255;
    double *w = ARENA_NEW(b->unit.arena, double, n);
    for (uint32_t i = 0; i < n; i++)
        w[i] = i + 1 < n ? 255 : total - 255 * (n - 1);
    build_population(b, "in", n, MODEL_SOURCE);
    net_population *p = build_population(b, "cell", 1, MODEL_LOIHI_LIF);
    set_param(set_param(set_param(p, NP_DECAY_U, decay_u), NP_DECAY_V, 4095), NP_VTH_MANT, NEVER_FIRES);
    net_projection *j = build_projection(b, "in_cell", 0, 1, CONN_ALL_TO_ALL);
    j->weight = build_list(w, n);
    j->weight_exp = build_num(exponent);
    return b;
}

static bool proven(net_builder *b)
{
    ck_assert_msg(quantised(b) && pass_learn(&b->unit), "%s", first_message(b));
    return diag_warnings(b->unit.diag) == 0;
}

/* Every source fires in every step. Returns whether u or v ever went below zero, which only a wrap can cause. */
static bool wraps_when_driven(net_builder *b, int32_t *highest)
{
    ck_assert_msg(emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    uint32_t axon[4096];
    for (uint32_t i = 0; i < 4096; i++)
        axon[i] = i;
    bool negative = false;
    *highest = 0;
    for (uint32_t t = 0; t < WORST_STEPS; t++) {
        core_step(c, axon, c->size.axons, NULL, 0);
        int32_t u = core_read(c, VAR_U, 0);
        negative |= u < 0 || core_read(c, VAR_V, 0) < 0;
        *highest = u > *highest ? u : *highest;
    }
    core_close(c);
    return negative;
}

static void expect(net_builder *b, bool safe, int32_t highest_u, const char *words)
{
    int32_t highest;
    ck_assert_msg(proven(b) == safe, "%s", first_message(b));
    ck_assert_int_eq(wraps_when_driven(b, &highest), !safe);
    if (safe)
        ck_assert_int_eq(highest, highest_u);
    else
        build_refused(b, DIAG_MAY_WRAP, words);
    const qnet_report_row *row = &b->unit.qnet->report[b->unit.qnet->nreport - 1];
    ck_assert_str_eq(row->quantity, "overflow");
    ck_assert_int_eq(row->verdict == VERDICT_EXACT, safe);
    ck_assert_uint_eq(row->saturated, !safe);
    build_close(b);
}

START_TEST(the_accumulator_is_proven_up_to_its_last_step)
{
    expect(driven(32767, 0, 4095), true, (1 << 21) - 64, "");
    expect(driven(32768, 0, 4095), false, 0,
           "the input of a step of neuron 0 of population 'cell' may wrap: at worst 2097152, the register holds "
           "-2097152..2097151; projection 'in_cell' brings most, 2097152 a step");
}
END_TEST

/* 16384 * 64 = 2^20 a step; d = 512 settles at (2^20 - 1) 8 + 1, the next d below passes 2^23. */
START_TEST(u_is_proven_up_to_the_last_decay_that_holds_it)
{
    expect(driven(16384, 0, 511), true, (1 << 23) - 7, "");
    expect(driven(16384, 0, 510), false, 0, "u of neuron 0 of population 'cell' may wrap: at worst 8405");
}
END_TEST

START_TEST(u_and_bias_are_proven_up_to_the_last_bias)
{
    for (int bias = 6; bias <= 7; bias++) {
        net_builder *b = driven(16384, 0, 511);
        set_param(&b->population[1], NP_BIAS_MANT, bias);
        expect(b, bias == 6, (1 << 23) - 7, "u + bias of neuron 0 of population 'cell' may wrap: at worst 8388608");
    }
}
END_TEST

START_TEST(inputs_that_add_up_without_decay_are_without_bound)
{
    net_builder *b = driven(1, 0, 0);
    b->net.target.dialect.s = "brian2loihi"; /* no ds_offset: decay 0 keeps u */
    ck_assert(!proven(b));
    build_refused(b, DIAG_MAY_WRAP, "at worst without bound, the register holds -2147483648..2147483647");
    build_close(b);
}
END_TEST

START_TEST(dialects_without_a_narrow_register_do_not_wrap)
{
    static const char *const dialect[] = {"lava", "brian2loihi"};
    for (int k = 0; k < 2; k++) {
        net_builder *b = driven(40000, 0, 4095);
        b->net.target.dialect.s = dialect[k];
        ck_assert_msg(proven(b), "%s", first_message(b));
        build_close(b);
    }
    net_builder *b = driven(32768 * 4, 0, 4095); /* 2^23 itself stays in dialect lava, more does not */
    b->net.target.dialect.s = "lava";
    ck_assert_msg(proven(b), "%s", first_message(b));
    build_close(b);
    b = driven(32768 * 4 + 1, 0, 4095);
    b->net.target.dialect.s = "lava";
    ck_assert(!proven(b));
    build_close(b);
}
END_TEST

START_TEST(strict_makes_a_possible_wrap_an_error)
{
    net_builder *b = driven(32768, 0, 4095);
    diag_strict(b->unit.diag, true);
    ck_assert(quantised(b) && diag_errors(b->unit.diag) == 0);
    pass_learn(&b->unit);
    ck_assert_uint_eq(diag_errors(b->unit.diag), 1);
    build_close(b);
}
END_TEST

START_TEST(plastic_weights_count_with_their_bounds_and_moving_delays_pile_up)
{
    net_builder *b = driven(100, 0, 4095);
    ck_assert(quantised(b));
    hmn_rule rule = {.nproducts = 1};
    hmn_qnet *q = b->unit.qnet;
    q->rule = &rule;
    q->nrules = 1;
    q->projection[0].rule = 0;
    q->projection[0].w_min = 0;
    q->projection[0].w_max = 200;
    rule.product[0].target = RULE_W;
    ck_assert_int_eq(bounds_of(q, 1, b->unit.arena)->range[BOUND_Q].high, 200 * 64);
    rule.product[0].target = RULE_D;
    ck_assert_int_eq(bounds_of(q, 1, b->unit.arena)->range[BOUND_Q].high, 200 * 64 * 64);
    build_close(b);
}
END_TEST

START_TEST(listed_spikes_count_as_often_as_they_come)
{
    for (uint32_t gap = 1; gap < 5; gap++) {
        net_builder *b = driven(255, 0, 0);
        b->population[0].model = MODEL_SOURCE_ARRAY;
        ck_assert(quantised(b));
        const uint32_t step[] = {3, 9, 9 + gap}, neuron[] = {0, 0, 0};
        b->unit.graph->spikes = (graph_spikes){step, neuron, 3};
        int64_t u = 0;
        for (uint32_t t = 0; t < 200000; t++)
            u = fx_shr_rd(u * 4095, 12) + (t % gap == 0 ? 255 * 64 : 0);
        int64_t bound = bounds_of(b->unit.qnet, 1, b->unit.arena)->range[BOUND_U].high;
        ck_assert_int_ge(bound, u);
        ck_assert_int_le(bound, 255 * 64 * 4097 / gap + 255 * 64);
        b->unit.graph->spikes.count = 0;
        ck_assert_int_eq(bounds_of(b->unit.qnet, 1, b->unit.arena)->range[BOUND_U].high, 0);
        build_close(b);
    }
}
END_TEST

/* ---- random networks against brute force ---- */

static uint32_t draw(uint32_t trial, uint32_t what, uint32_t below) { return rng_below(11, 0, trial, what, 0, below); }

/* Two populations of sources or neurons with a refractory period onto one neuron. */
static net_builder *random_network(uint32_t trial, uint32_t period[2])
{
    net_builder *b = build_open();
    for (uint32_t k = 0; k < 2; k++) {
        bool source = draw(trial, 10 + k, 2);
        period[k] = source ? 1 : 1 + draw(trial, 12 + k, 6);
        net_population *p =
            build_population(b, k ? "b" : "a", 1 + draw(trial, 14 + k, 3), source ? MODEL_SOURCE : MODEL_LOIHI_LIF);
        if (!source)
            set_param(p, NP_REFRACTORY, period[k]);
    }
    net_population *p = build_population(b, "cell", 1, MODEL_LOIHI_LIF);
    set_param(set_param(p, NP_DECAY_U, draw(trial, 20, 2) ? draw(trial, 21, 4096) : 200 + draw(trial, 21, 200)),
              NP_VTH_MANT, NEVER_FIRES);
    set_param(set_param(p, NP_BIAS_MANT, (double)draw(trial, 22, 4001) - 2000), NP_BIAS_EXP, draw(trial, 23, 7));
    for (uint32_t k = 0; k < 2; k++) {
        net_projection *j = build_projection(b, k ? "b_cell" : "a_cell", k, 2, CONN_ALL_TO_ALL);
        j->weight = build_dist(DIST_UNIFORM_INT, 0, 255, 0, 0);
        j->weight_exp = build_num((double)draw(trial, 24 + k, 8) - 2);
        j->delay = build_dist(DIST_UNIFORM_INT, 1, 5, 0, 0);
        j->receptor = draw(trial, 26 + k, 3) ? RECEPTOR_EXCITATORY : RECEPTOR_INHIBITORY;
    }
    b->net.seed = trial;
    return b;
}

typedef struct {
    int64_t high[3], low[3];
} reached;

/* Registers without any wrap, for spikes as dense as periods allow (mode 0), of one sign only (1, 2), or random. */
static void brute(const hmn_qnet *q, const uint32_t period[2], uint32_t trial, uint32_t mode, reached *r)
{
    enum { STEPS = 700, ROOM = STEPS + 8 };
    int64_t due[ROOM] = {0};
    const hmn_graph *g = q->graph;
    for (uint32_t k = 0; k < 2; k++)
        for (uint32_t i = 0; i < g->population[k].size; i++) {
            uint32_t e = g->projection[k].row[i], next = mode < 3 ? draw(trial, 40 + mode, period[k]) : 0;
            int64_t w = loihi_weight_effective(DIALECT_CHIP, q->projection[k].weight[e], q->projection[k].weight_exp);
            if ((mode == 1 && w < 0) || (mode == 2 && w > 0))
                continue;
            for (uint32_t t = 0; t < STEPS; t++) {
                if (t < next || (mode >= 3 && rng_below(trial, 1, mode, k * 8 + i, t, 3) == 0))
                    continue;
                due[t + g->projection[k].delay[e]] += w;
                next = t + period[k];
            }
        }
    const qnet_column *c = q->population[2].column;
    int64_t u = 0,
            bias = fx_shl(qnet_at(c[LOIHI_COMPARTMENTS_bias_mant], 0),
                          (unsigned)qnet_at(c[LOIHI_COMPARTMENTS_bias_exp], 0)),
            d = qnet_at(c[LOIHI_COMPARTMENTS_decay_u], 0) + 1;
    for (uint32_t t = 0; t < STEPS; t++) {
        u = (u < 0 ? -fx_shr_rd(-u * (4096 - d), 12) : fx_shr_rd(u * (4096 - d), 12)) + due[t];
        const int64_t x[3] = {due[t], u, u + bias};
        for (int k = 0; k < 3; k++) {
            r->high[k] = x[k] > r->high[k] ? x[k] : r->high[k];
            r->low[k] = x[k] < r->low[k] ? x[k] : r->low[k];
        }
    }
}

START_TEST(no_spike_train_passes_the_bound)
{
    uint32_t attained = 0, same = 0;
    for (uint32_t trial = 0; trial < 150; trial++) {
        uint32_t period[2];
        net_builder *b = random_network(trial, period);
        ck_assert_msg(quantised(b), "%s", first_message(b));
        const loihi_bounds *bound = bounds_of(b->unit.qnet, 2, b->unit.arena);
        reached r = {{INT64_MIN, INT64_MIN, INT64_MIN}, {INT64_MAX, INT64_MAX, INT64_MAX}};
        for (uint32_t mode = 0; mode < 8; mode++)
            brute(b->unit.qnet, period, trial, mode, &r);
        for (int k = 0; k < 3; k++) {
            ck_assert_int_le(r.high[k], bound->range[k].high);
            ck_assert_int_ge(r.low[k], bound->range[k].low);
        }
        if (period[0] == 1 && period[1] == 1 &&
            qnet_at(b->unit.qnet->population[2].column[LOIHI_COMPARTMENTS_decay_u], 0) > 150) {
            same++;
            attained += r.high[BOUND_Z] == bound->range[BOUND_Z].high && r.low[BOUND_U] == bound->range[BOUND_U].low;
        }
        build_close(b);
    }
    ck_assert_uint_gt(same, 20);
    ck_assert_uint_eq(attained, same); /* where every input may come in every step the bound is the truth */
}
END_TEST

START_TEST(noise_and_currents_count)
{
    net_builder *b = driven(100, 0, 4095);
    net_population *p = &b->population[1];
    set_param(set_param(p, NP_NOISE_EXP, 9), NP_NOISE_MANT, 1);
    net_stimulus *s = build_stimulus(b, "push", 1, STIM_CURRENT);
    s->amplitude = build_constant(-5000);
    s->duration = build_num(100);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    const bound_range *r = bounds_of(b->unit.qnet, 1, b->unit.arena)->range;
    ck_assert_int_eq(r[BOUND_Q].high, 6400 + (127 + 64) * 4);
    ck_assert_int_eq(r[BOUND_Q].low, -5000 - (127 - 64) * 4);
    build_close(b);
}
END_TEST

SUITE("bounds", the_accumulator_is_proven_up_to_its_last_step, u_is_proven_up_to_the_last_decay_that_holds_it,
      u_and_bias_are_proven_up_to_the_last_bias, inputs_that_add_up_without_decay_are_without_bound,
      dialects_without_a_narrow_register_do_not_wrap, strict_makes_a_possible_wrap_an_error,
      plastic_weights_count_with_their_bounds_and_moving_delays_pile_up, listed_spikes_count_as_often_as_they_come,
      no_spike_train_passes_the_bound, noise_and_currents_count)
