/* Each limit of the learning engine: a network at it compiles, one past it is refused with what is needed and what
 * there is, or is spread over more cores where that helps. */
#include "tests/backends/loihi/limits.h"

/* A rule with this text for dw; x0*w reads no trace. */
static net_rule *add_rule(net_builder *b, const char *dw)
{
    net_rule *r = &b->rule[b->net.nrules++];
    *r = (net_rule){.name = {arena_printf(b->unit.arena, "r%u", b->net.nrules), {0, 1, 1, 1}}, .type = RULE_TEXT};
    r->dw = (net_str){dw, {0, 1, 1, 1}};
    r->enabled = true;
    r->astrocyte.i = NET_NONE;
    r->epoch = build_num(2);
    return r;
}

/* `n` projections onto one neuron, from one source each or all from the first, each with a rule of its own. */
static net_builder *taught(uint32_t n, bool one_source, const char *dw)
{
    net_builder *b = build_open();
    for (uint32_t i = 0; i < (one_source ? 1 : n); i++)
        build_population(b, "in", 1, MODEL_SOURCE);
    uint32_t cell = b->net.npopulations;
    build_population(b, "cell", 1, MODEL_LOIHI_LIF);
    for (uint32_t i = 0; i < n; i++) {
        add_rule(b, dw);
        build_projection(b, "p", one_source ? 0 : i, cell, CONN_ALL_TO_ALL)->rule.i = i;
    }
    return b;
}

START_TEST(learning_profiles_of_one_neuron)
{
    expect(taught(8, true, "2^-2*x0*w"), 1, NULL, NULL);
    expect(taught(9, true, "2^-2*x0*w"), 0, "needs 9 learning profiles", "has 8");
}
END_TEST

/* A rule of n products of three factors: 4 n words. */
static const char *long_rule(net_builder *b, uint32_t n)
{
    char *text = ARENA_NEW(b->unit.arena, char, 16 * n);
    for (uint32_t i = 0; i < n; i++)
        strcat(text, i ? "+x0*w*w*w" : "x0*w*w*w");
    return text;
}

START_TEST(microcode_of_one_neuron)
{
    for (uint32_t over = 0; over < 2; over++) { /* 8 rules of 32 products of 4 words: 1,024 */
        net_builder *b = taught(8, true, "x0*w");
        for (uint32_t i = 0; i < 8; i++)
            b->rule[i].dw.s = long_rule(b, 32);
        if (over)
            b->rule[7].dw.s = arena_printf(b->unit.arena, "%s*w", b->rule[7].dw.s);
        expect(b, 1, over ? "needs 1,025 words of learning microcode" : NULL, "has 1,024");
    }
}
END_TEST

START_TEST(products_and_factors_of_a_rule)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = taught(1, true, "x0*w");
        b->rule[0].dw.s = long_rule(b, 32 + over);
        expect_any(b, over ? "product 33" : NULL, "at most 32");
        b = taught(1, true, over ? "x0*w*w*w*w*w*w*w" : "x0*w*w*w*w*w*w");
        expect_any(b, over ? "more factors" : NULL, "it has 7 factors");
        b = taught(1, true, over ? "x0*w*w*w*w*w*w*w*w*w" : "x0*w");
        expect_any(b, over ? "factor 9" : NULL, "at most 8");
    }
}
END_TEST

START_TEST(mantissas_and_exponents_of_a_product)
{
    static const struct {
        const char *fits, *not, *number, *range;
    } list[] = {{"7*x0*w", "9*x0*w", "9*2^0", "-8 to 7"},
                {"-8*x0*w", "-9*x0*w", "-9*2^0", "-8 to 7"},
                {"2^-7*x0*w", "2^-8*x0*w", "1*2^-8", "-7 to 8"}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        expect_any(taught(1, true, list[i].fits), NULL, NULL);
        expect_any(taught(1, true, list[i].not ), list[i].number, list[i].range);
    }
}
END_TEST

START_TEST(epochs_of_one_neuron_and_their_length)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = taught(2, true, "x0*w");
        b->rule[1].epoch = build_num(2 + over);
        expect(b, 1, over ? "needs 2 lengths of a learning epoch" : NULL, "has 1");
        b = taught(1, true, "x0*w");
        b->rule[0].epoch = build_num(63 + over);
        expect(b, 1, over ? "epoch of 64 steps" : NULL, "1 to 63");
    }
}
END_TEST

static void read_x1(net_builder *b, uint32_t rule, double tau)
{
    b->rule[rule].dw.s = "2^-2*x1*y0";
    b->rule[rule].x1_impulse = build_num(16);
    b->rule[rule].x1_tau = build_num(tau);
}

START_TEST(presynaptic_traces_of_one_neuron)
{
    for (uint32_t n = 3; n <= 4; n++) {
        net_builder *b = taught(n, false, "x0*w");
        for (uint32_t i = 0; i < n; i++)
            read_x1(b, i, 10 + i);
        expect(b, 1, n == 4 ? "needs 4 settings of presynaptic traces" : NULL, "has 3");
    }
    for (uint32_t over = 0; over < 2; over++) { /* one source has one x1 */
        net_builder *b = taught(2, true, "x0*w");
        read_x1(b, 0, 10);
        read_x1(b, 1, 10 + over);
        expect(b, 1, over ? "needs 2 settings of one trace" : NULL, "has 1");
    }
}
END_TEST

/* Populations of one neuron that want y1 of tau 10 or 20, y2 of 10 or 20, y3 or not: 17 combinations of five rules. */
static net_builder *post(uint32_t n, uint32_t cores)
{
    static const char *const text[] = {"x0*y1", "x0*y1", "x0*y2", "x0*y2", "x0*y3"};
    net_builder *b = build_open();
    build_population(b, "in", 1, MODEL_SOURCE);
    for (uint32_t i = 0; i < 5; i++) {
        net_rule *r = add_rule(b, text[i]);
        r->y1_impulse = r->y2_impulse = r->y3_impulse = build_num(16);
        r->y1_tau = r->y2_tau = r->y3_tau = build_num(i % 2 ? 20 : 10);
    }
    for (uint32_t i = 1; i <= n; i++) {
        const uint32_t pick[] = {i % 3, i / 3 % 3, i / 9};
        build_population(b, "cell", 1, MODEL_LOIHI_LIF);
        for (uint32_t k = 0; k < 3; k++)
            if (pick[k])
                build_projection(b, "p", 0, i, CONN_ALL_TO_ALL)->rule.i = 2 * k + pick[k] - 1;
    }
    b->net.target.cores = build_num(cores);
    return b;
}

START_TEST(postsynaptic_traces_of_a_core)
{
    expect(post(15, 1), 1, NULL, NULL);
    expect(post(16, 2), 2, NULL, NULL);
    expect(post(16, 1), 0, "needs about 2 cores",
           "they would need 16 settings of postsynaptic traces on one, which has 15");
}
END_TEST

/* What one core cannot hold together is spread over several. */
START_TEST(rules_that_cannot_share_a_core_get_two)
{
    for (int kind = 0; kind < 3; kind++) {
        net_builder *b = build_open();
        build_population(b, "in", 1, MODEL_SOURCE);
        for (uint32_t i = 1; i <= 2; i++) {
            build_population(b, "cell", 3, MODEL_LOIHI_LIF);
            build_projection(b, "p", 0, i, CONN_ALL_TO_ALL)->rule.i = i - 1;
            add_rule(b, "x0*w");
        }
        if (kind == 1)
            b->rule[1].epoch = build_num(5);
        for (uint32_t i = 0; kind == 2 && i < 2; i++)
            read_x1(b, i, 10 + i);
        expect(b, kind ? 2 : 1, NULL, NULL);
    }
}
END_TEST

/* Each rule reads a register of its own. */
static net_builder *channels(uint32_t n)
{
    net_builder *b = build_open();
    build_population(b, "in", 1, MODEL_SOURCE);
    for (uint32_t i = 1; i <= n; i++) {
        build_population(b, "cell", 1, MODEL_LOIHI_LIF);
        build_projection(b, "p", 0, i, CONN_ALL_TO_ALL)->rule.i = i - 1;
        add_rule(b, "x0*r1")->eta_local = build_num(i);
    }
    return b;
}

START_TEST(modulator_registers_of_a_network)
{
    expect(channels(16), 2, NULL, NULL); /* eight rules a core */
    expect(channels(17), 0, "register 17", "has 16");
}
END_TEST

SUITE("limits_learning", learning_profiles_of_one_neuron, microcode_of_one_neuron, products_and_factors_of_a_rule,
      mantissas_and_exponents_of_a_product, epochs_of_one_neuron_and_their_length, presynaptic_traces_of_one_neuron,
      postsynaptic_traces_of_a_core, rules_that_cannot_share_a_core_get_two, modulator_registers_of_a_network)
