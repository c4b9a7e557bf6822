/* Bounds across joins: the number worked out by hand, and random neurons of three compartments whose registers are
 * held against their bounds in every step. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/bounds_join.h"
#include "core/base/rng.h"

enum { NEVER_FIRES = 131071, FAN_IN = 6 };

static net_population *set(net_population *p, neuron_param which, double value) { return set_param(p, which, value); }

/* Sources 0..5 onto a soma (1), and onto its dendrites a (2) and b (3), as raw integers of 64. */
static net_builder *fed(net_join join, net_sends sends, double weight)
{
    net_builder *b = build_open();
    build_population(b, "in", FAN_IN, MODEL_SOURCE);
    set(set(build_population(b, "soma", 1, MODEL_LOIHI_LIF), NP_VTH_MANT, NEVER_FIRES), NP_DECAY_V, 4095)->join = join;
    for (int k = 0; k < 2; k++) {
        net_population *p = build_population(b, k ? "b" : "a", 1, MODEL_LOIHI_LIF);
        set(set(p, NP_VTH_MANT, NEVER_FIRES), NP_DECAY_V, 4095);
        p->dendrite_of.i = 1;
        p->sends = sends;
    }
    for (uint32_t post = 1; post < 4; post++)
        build_projection(b, (const char *[]){"s", "da", "db"}[post - 1], 0, post, CONN_ALL_TO_ALL)->weight =
            build_constant(weight);
    return b;
}

START_TEST(a_sum_is_bounded_by_the_sum_of_bounds)
{
    /* u is erased each step: 6 * 200 * 64 a compartment */
    net_builder *b = fed(JOIN_ADD_U, SENDS_U, 200);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    const bound_range *z = &bounds_of(b->unit.qnet, 1, b->unit.arena)->range[BOUND_Z];
    ck_assert_int_eq(z->high, 3 * 6 * 200 * 64);
    ck_assert_int_eq(z->low, 0);
    loihi()->bound(b->unit.qnet, b->unit.arena, b->unit.diag);
    ck_assert_msg(diag_count(b->unit.diag) == 0, "%s", first_message(b));
    build_close(b);
}
END_TEST

START_TEST(a_join_that_may_wrap_is_named_with_a_cure_for_joins)
{
    /* dendrites keep u but for 1/4096 a step: two of them pass 2^23, each alone does not */
    net_builder *b = fed(JOIN_ADD_U, SENDS_U, 20);
    set(set(&b->population[2], NP_DECAY_U, 4), NP_DECAY_V, 0);
    set(set(&b->population[3], NP_DECAY_U, 4), NP_DECAY_V, 0);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    loihi()->bound(b->unit.qnet, b->unit.arena, b->unit.diag);
    build_refused(b, DIAG_MAY_WRAP, "u + bias of neuron 0 of population 'soma' may wrap");
    build_refused(b, DIAG_MAY_WRAP, "what its dendrites hand on");
    ck_assert_uint_eq(diag_count(b->unit.diag), 1);
    build_close(b);
}
END_TEST

START_TEST(v_that_is_sent_is_at_most_the_threshold)
{
    net_builder *b = fed(JOIN_MAX_U, SENDS_V, 10);
    set(&b->population[2], NP_VTH_MANT, 50);
    set(&b->population[3], NP_VTH_MANT, 70);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    ck_assert_int_eq(bounds_of(b->unit.qnet, 2, b->unit.arena)->sent.high, 50 * 64);
    ck_assert_int_eq(bounds_of(b->unit.qnet, 2, b->unit.arena)->sent.low, 0);
    ck_assert_int_eq(bounds_of(b->unit.qnet, 1, b->unit.arena)->range[BOUND_Z].high, 70 * 64);
    build_close(b);
}
END_TEST

static uint32_t draw(uint32_t trial, uint32_t what, uint32_t below) { return rng_below(23, 0, trial, what, 0, below); }

static net_builder *random_neuron(uint32_t trial)
{
    net_join join = 1 + draw(trial, 0, JOIN_COUNT - 1);
    net_builder *b = fed(join, draw(trial, 1, 2) ? SENDS_U : SENDS_V, 0);
    for (uint32_t m = 1; m < 4; m++) {
        net_population *p = &b->population[m];
        if (m > 1)
            p->sends = draw(trial, 10 * m, 2) ? SENDS_U : SENDS_V;
        set(set(p, NP_DECAY_U, draw(trial, 10 * m + 1, 4096)), NP_BIAS_MANT,
            (double)draw(trial, 10 * m + 2, 999) - 500);
        set(p, NP_REFRACTORY, 1 + draw(trial, 10 * m + 3, 3));
        if (m > 1) {
            set(set(p, NP_DECAY_V, draw(trial, 10 * m + 4, 4096)), NP_VTH_MANT, draw(trial, 10 * m + 5, 4000));
            set(p, NP_VMAX_EXP, 3 + draw(trial, 10 * m + 6, 4));
            set(p, NP_VMIN_EXP, 10 + draw(trial, 10 * m + 7, 10));
        }
        net_projection *j = &b->projection[m - 1];
        j->receptor = RECEPTOR_MIXED;
        j->weight = build_dist(DIST_UNIFORM_INT, -80, 81, 0, 0);
        b->net.seed = trial;
    }
    return b;
}

static void within(const bound_span *s, int64_t x, const char *what, uint32_t trial)
{
    ck_assert_msg(x >= s->low && x <= s->high, "trial %u: %s is %lld, bounds %lld..%lld", trial, what, (long long)x,
                  (long long)s->low, (long long)s->high);
}

START_TEST(nothing_that_happens_lies_outside_the_bounds)
{
    uint32_t proved = 0;
    for (uint32_t trial = 0; trial < 200; trial++) {
        net_builder *b = random_neuron(trial);
        ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
        const loihi_bounds *soma = bounds_of(b->unit.qnet, 1, b->unit.arena);
        const loihi_bounds *a = bounds_of(b->unit.qnet, 2, b->unit.arena);
        const loihi_bounds *second = bounds_of(b->unit.qnet, 3, b->unit.arena);
        const bound_range *z = &soma->range[BOUND_Z];
        bound_span drive = {z->low, z->high};
        bool cannot_wrap = z->low >= z->least && z->high <= z->most;
        proved += cannot_wrap;
        one_core *c = core_open(b);
        int32_t before = 0;
        for (uint32_t t = 0; t < 300; t++) {
            uint32_t axon[FAN_IN], n = 0;
            for (uint32_t i = 0; i < FAN_IN; i++)
                if (rng_below(trial, RNG_TASK, t < 150 ? 0 : 1, i, t < 150 ? t / 50 : t, 2))
                    axon[n++] = i;
            core_step(c, axon, n, NULL, 0);
            within(&a->sent, core_read(c, b->population[2].sends == SENDS_U ? VAR_U : VAR_V, 1), "a", trial);
            within(&second->sent, core_read(c, b->population[3].sends == SENDS_U ? VAR_U : VAR_V, 0), "b", trial);
            int32_t v = core_read(c, VAR_V, 2); /* decay_v 4095: v = v / 4096 + z, when no join moves it */
            if (cannot_wrap && b->population[1].join <= JOIN_BLOCK_U)
                within(&drive, v - before / 4096, "z", trial);
            before = v;
        }
        core_close(c);
        build_close(b);
    }
    ck_assert_uint_gt(proved, 100);
}
END_TEST

SUITE("bounds_join", a_sum_is_bounded_by_the_sum_of_bounds, a_join_that_may_wrap_is_named_with_a_cure_for_joins,
      v_that_is_sent_is_at_most_the_threshold, nothing_that_happens_lies_outside_the_bounds)
