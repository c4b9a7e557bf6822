/* Sources onto forced neurons with one rule, for tests of the learning engine. */
#ifndef HMN_TESTS_LOIHI_LEARN_BENCH_H
#define HMN_TESTS_LOIHI_LEARN_BENCH_H

#include "tests/backends/loihi/fixture.h"

enum { FIRE = 1 << 20 };

typedef struct {
    net_builder *b;
    hmn_rule rule;
    one_core *core;
    uint32_t pre, post;
} bench;

/* pre sources onto post neurons that fire when driven by FIRE, all to all, with one rule still empty. */
static inline bench *bench_open(uint32_t pre, uint32_t post, uint32_t epoch)
{
    net_builder *b = build_open();
    bench *x = ARENA_NEW(b->unit.arena, bench, 1);
    *x = (bench){.b = b, .pre = pre, .post = post};
    build_population(b, "pre", pre, MODEL_SOURCE);
    set_param(build_population(b, "post", post, MODEL_LOIHI_LIF), NP_VTH_MANT, 8000);
    net_projection *j = build_projection(b, "learning", 0, 1, CONN_ALL_TO_ALL);
    j->weight = build_constant(100);
    j->rule.i = 0;
    b->rule[0] = (net_rule){.name = {"rule", {0, 1, 1, 1}}, .type = RULE_TEXT, .enabled = true};
    b->net.nrules = 1;
    x->rule = (hmn_rule){.name = "rule", .epoch = (uint8_t)epoch};
    x->rule.trace[RT_X1] = x->rule.trace[RT_Y1] = (rule_trace){.impulse_q8 = 64 << 8, .decay_q12 = 2048};
    return x;
}

static inline void add_product(bench *x, rule_product p) { x->rule.product[x->rule.nproducts++] = p; }

static inline void bench_start(bench *x)
{
    ck_assert_msg(quantised(x->b), "%s", first_message(x->b));
    x->b->unit.qnet->rule = &x->rule;
    x->b->unit.qnet->nrules = 1;
    x->b->unit.qnet->projection[0].rule = 0;
    ck_assert_msg(emitted(x->b), "%s", first_message(x->b));
    x->core = core_open(x->b);
}

static inline void bench_close(bench *x)
{
    core_close(x->core);
    build_close(x->b);
}

static inline hmn_synapse synapse(const bench *x, uint64_t i)
{
    hmn_synapse s;
    ck_assert_uint_eq(loihi()->synapses(x->core->rom, x->core->state, i, &s, 1), 1);
    return s;
}

#endif
