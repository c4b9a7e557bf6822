/* Each limit of the chip: a network at it compiles, one past it is refused with what is needed and what there is, or
 * is spread over more cores where that helps. The cost that partition sees is what lowering writes. */
#include "tests/backends/loihi/limits.h"

#include "backends/loihi/lower.h"
#include "core/machine/machine.h"

/* `sources` sources onto `cells` neurons through `projections` one-synapse-a-source projections. */
static net_builder *fan(uint32_t sources, uint32_t cells, uint32_t projections)
{
    net_builder *b = build_open();
    build_population(b, "in", sources, MODEL_SOURCE);
    build_population(b, "cell", cells, MODEL_LOIHI_LIF);
    for (uint32_t j = 0; j < projections; j++)
        build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    return b;
}

START_TEST(compartments_fill_cores_and_cores_the_target)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = fan(1, 2048 + over, 1);
        b->net.target.cores = build_num(2);
        expect(b, 2, over ? "2,049" : NULL, "2,048");
    }
    expect(fan(1, 1025, 1), 2, NULL, NULL);
}
END_TEST

START_TEST(input_axons_of_one_neuron)
{
    expect(fan(4096, 1, 1), 1, NULL, NULL);
    expect(fan(4097, 1, 1), 0, "needs 4,097 input axons", "has 4,096");
}
END_TEST

static net_builder *learning(uint32_t sources)
{
    net_builder *b = fan(sources, 1, 1);
    net_rule *r = &b->rule[b->net.nrules++];
    *r = (net_rule){.name = {"r", {0, 1, 1, 1}}, .type = RULE_TEXT, .dw = {"2^-2*x0*w", {0, 1, 1, 1}}};
    r->enabled = true;
    r->astrocyte.i = NET_NONE;
    r->epoch = build_num(2);
    b->projection[0].rule.i = 0;
    return b;
}

START_TEST(learning_axons_of_one_neuron)
{
    expect(learning(4096), 1, NULL, NULL);
    expect(learning(4097), 0, "needs 4,097 input axons", "has 4,096");
    for (uint32_t over = 0; over < 2; over++) { /* two entries each */
        net_builder *b = learning(2048 + over);
        b->net.target.dialect.s = "nengo";
        expect(b, 1, over ? "needs 4,098 input axons" : NULL, "has 4,096");
    }
}
END_TEST

/* As fan(4096, 1, 4), with weights that no two sources have alike, so that each row is stored. */
static net_builder *unlike(void)
{
    net_builder *b = fan(4096, 1, 4);
    for (uint32_t k = 0; k < 2; k++) {
        double *w = ARENA_NEW(b->unit.arena, double, 4096);
        for (uint32_t i = 0; i < 4096; i++)
            w[i] = 1 + (k ? i % 255 : i / 255);
        b->projection[k].weight = build_list(w, 4096);
    }
    return b;
}

START_TEST(synapse_memory_of_one_neuron)
{
    expect(unlike(), 1, NULL, NULL); /* a word each: 16,384 */
    net_builder *b = unlike();
    build_population(b, "one", 1, MODEL_LOIHI_LIF);
    net_projection *j = build_projection(b, "more", 0, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.01;
    expect(b, 0, "words of synapse memory", "has 16,384");
}
END_TEST

START_TEST(delays_to_the_last_step_and_their_cells)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = fan(1, 1, 1);
        b->projection[0].delay = build_constant(63 + over);
        expect(b, 1, over ? "delay of 64 steps" : NULL, "at most 63");
    }
    for (uint32_t over = 0; over < 2; over++) { /* 64 slots leave room for 128 compartments */
        net_builder *b = fan(1, 128 + over, 1);
        b->projection[0].delay = build_constant(63);
        expect(b, 1 + over, NULL, NULL);
    }
}
END_TEST

START_TEST(profiles_are_shared_by_a_core_and_spread_over_more)
{
    static const struct {
        neuron_param param;
        uint32_t most;
    } profile[] = {{NP_VTH_MANT, 8}, {NP_DECAY_V, 32}};
    for (int k = 0; k < 2; k++)
        for (uint32_t over = 0; over < 2; over++) {
            uint32_t n = profile[k].most + over;
            net_builder *b = fan(1, n, 1);
            double *v = ARENA_NEW(b->unit.arena, double, n);
            for (uint32_t i = 0; i < n; i++)
                v[i] = 100 + i;
            b->population[1].param[profile[k].param] = build_list(v, n);
            if (over && n == 9)
                b->net.target.cores = build_num(1);
            expect(b, 1 + over, over && n == 9 ? "needs about 2 cores, loihi may use 1" : NULL,
                   "'cell' would need 9 threshold profiles on one, which has 8");
        }
}
END_TEST

START_TEST(synapse_formats_of_one_neuron)
{
    for (uint32_t n = 8; n <= 9; n++) {
        net_builder *b = fan(1, 1, n);
        for (uint32_t j = 0; j < n; j++)
            b->projection[j].weight_exp = build_num((double)j - 4);
        for (uint32_t j = 0; j < n; j++)
            b->projection[j].weight = build_constant(64);
        expect(b, 1, n == 9 ? "needs 9 synapse formats" : NULL, "has 8");
    }
}
END_TEST

/* A register of the raw model: greatest legal value, what the message says of it. */
START_TEST(registers_hold_their_range)
{
    static const struct {
        neuron_param param;
        double low, high;
        const char *range;
    } reg[] = {{NP_DECAY_U, 0, 4095, "0..4095"},      {NP_DECAY_V, 0, 4095, "0..4095"},
               {NP_VTH_MANT, 0, 131071, "0..131071"}, {NP_BIAS_MANT, -4095, 4095, "-4095..4095"},
               {NP_BIAS_EXP, 0, 7, "0..7"},           {NP_REFRACTORY, 1, 63, "1..63"},
               {NP_VMIN_EXP, 0, 31, "0..31"},         {NP_VMAX_EXP, 0, 7, "0..7"},
               {NP_NOISE_EXP, 0, 23, "0..23"},        {NP_NOISE_MANT, -128, 127, "-128..127"}};
    for (size_t k = 0; k < sizeof reg / sizeof *reg; k++) {
        const double value[] = {reg[k].low, reg[k].high, reg[k].low - 1, reg[k].high + 1};
        for (int i = 0; i < 4; i++) {
            char words[32];
            snprintf(words, sizeof words, "is %.10g ", value[i]);
            net_builder *b = fan(1, 1, 1);
            set_param(&b->population[1], reg[k].param, value[i]);
            /* what no dialect holds is refused as a value (E02, status 1) with the range of all, else as not fitting */
            if (i >= 2 && !quantised(b) && diag_code_name(diag_get(b->unit.diag, 0)->code)[2] == '2') {
                words[strlen(words) - 1] = ',';
                ck_assert_msg(strstr(first_message(b), words) && strstr(first_message(b), "outside"), "%s",
                              first_message(b));
                build_close(b);
            } else {
                diag_free(b->unit.diag);
                b->unit.diag = diag_new();
                expect(b, 1, i < 2 ? NULL : words, reg[k].range);
            }
        }
    }
}
END_TEST

START_TEST(weights_and_exponents_hold_their_range)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = fan(1, 1, 1);
        b->projection[0].weight = build_constant(255 + over);
        expect(b, 1, over ? "weight of 256" : NULL, "0..255");
        b = fan(1, 1, 1);
        b->projection[0].weight_exp = build_num(7 + over);
        expect(b, 1, over ? "is 8" : NULL, "-8..7");
    }
}
END_TEST

START_TEST(a_board_is_the_most_unless_chips_are_asked_for)
{
    uint32_t most = loihi()->limits->board_chips * loihi()->limits->cores_per_chip;
    for (int k = 0; k < 3; k++) {
        net_builder *b = fan(1, most + (k > 0), 1);
        b->net.target.neurons_per_core = build_num(1);
        if (k == 2)
            b->net.target.chips = build_num(33);
        ck_assert(quantised(b) && pass_learn(&b->unit));
        ck_assert_int_eq(pass_partition(&b->unit), k != 1);
        if (k == 1)
            build_refused(b, DIAG_FIT_COMPARTMENTS, "4,097 neurons");
        else
            ck_assert_uint_eq(b->unit.mapping->ncores, most + (k > 0));
        build_close(b);
    }
}
END_TEST

START_TEST(no_system_has_more_chips)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = fan(1, 1, 1);
        b->net.target.chips = build_num(768 + over);
        expect(b, 1, over ? "target.chips is 769" : NULL, "has 768");
    }
}
END_TEST

START_TEST(the_second_generation_has_larger_cores)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = fan(1, 8192 + over, 1);
        b->unit.chip = loihi2();
        b->net.target.cores = build_num(1);
        expect(b, 1, over ? "8,193" : NULL, "8,192");
        b = fan(1, 1024 + over, 1); /* 64 slots of 65,536 accumulator cells */
        b->unit.chip = loihi2();
        b->projection[0].delay = build_constant(64);
        expect(b, 1 + over, NULL, NULL);
        b = fan(1, 1, 1);
        b->unit.chip = loihi2();
        b->projection[0].delay = build_constant(64 + over);
        expect(b, 1, over ? "delay of 65 steps" : NULL, "at most 64");
    }
}
END_TEST

/* One neuron that reaches `cores` cores beside its own. */
static net_builder *far(uint32_t cores)
{
    net_builder *b = build_open();
    build_population(b, "hub", 1, MODEL_LOIHI_LIF);
    build_population(b, "leaf", cores, MODEL_LOIHI_LIF);
    build_projection(b, "out", 0, 1, CONN_ALL_TO_ALL);
    b->net.target.neurons_per_core = build_num(1);
    b->net.target.chips = build_num(33);
    return b;
}

START_TEST(output_axons_of_one_neuron)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = far(4096 + over);
        ck_assert_msg(quantised(b) && pass_learn(&b->unit) && pass_partition(&b->unit), "%s", first_message(b));
        ck_assert_uint_eq(b->unit.mapping->ncores, 4097 + over);
        uint32_t *site = ARENA_NEW(b->unit.arena, uint32_t, 4097 + over); /* where they sit does not matter */
        for (uint32_t i = 0; i < 4097 + over; i++)
            site[i] = i;
        b->unit.mapping->site = site;
        ck_assert_int_eq(pass_route(&b->unit) && pass_emit(&b->unit), !over);
        if (over)
            build_refused(b, DIAG_FIT_AXONS,
                          "4,097 output axons (4,097 of them for projection 'out'), a core of loihi has 4,096");
        build_close(b);
    }
}
END_TEST

/* ---- several chips ---- */

static net_builder *ring(uint32_t per_core)
{
    net_builder *b = build_open();
    build_population(b, "in", 20, MODEL_SOURCE);
    net_population *p = build_population(b, "cell", 300, MODEL_LOIHI_LIF);
    set_param(set_param(set_param(p, NP_DECAY_U, 1000), NP_DECAY_V, 300), NP_VTH_MANT, 120);
    net_projection *j = build_projection(b, "in_cell", 0, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.3;
    j->weight = build_constant(60);
    j = build_projection(b, "cell_cell", 1, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.03;
    j->weight = build_constant(40);
    j->delay = build_dist(DIST_UNIFORM_INT, 1, 6, 0, 0);
    if (per_core)
        b->net.target.neurons_per_core = build_num(per_core);
    return b;
}

/* A sum over all (step, neuron) that fired, and how many did. */
static uint64_t spikes_of(net_builder *b, uint64_t *count)
{
    ck_assert_msg(compiled(b), "%s", first_message(b));
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    hmn_machine *m = machine_boot(image, loihi(), 2, NULL, b->unit.diag);
    ck_assert_msg(m != NULL, "%s", first_message(b));
    hmn_sim *s = machine_sim(m);
    uint64_t sum = 0;
    *count = 0;
    for (uint32_t t = 0; t < 60; t++) {
        uint32_t n;
        for (uint32_t i = t % 3; i < 20; i += 3)
            s->ops->inject(s, i);
        s->ops->begin(s);
        const uint32_t *fired = s->ops->spikes(s, &n);
        for (uint32_t k = 0; k < n; k++)
            sum = sum * 31 + t * 1000 + fired[k];
        *count += n;
        s->ops->end(s);
    }
    machine_free(m);
    image_close(image);
    return sum;
}

START_TEST(a_network_over_three_chips_fires_as_on_one_core)
{
    uint64_t spikes[2];
    net_builder *one = ring(0), *many = ring(1);
    uint64_t a = spikes_of(one, &spikes[0]), c = spikes_of(many, &spikes[1]);
    ck_assert_uint_eq(one->unit.mapping->ncores, 1);
    ck_assert_uint_eq(many->unit.mapping->ncores, 300);
    uint32_t last = 0;
    for (uint32_t i = 0; i < 300; i++)
        last = many->unit.mapping->site[i] > last ? many->unit.mapping->site[i] : last;
    ck_assert_uint_eq(last / 128, 2);
    ck_assert_uint_gt(spikes[0], 1000);
    ck_assert_uint_eq(spikes[0], spikes[1]);
    ck_assert_uint_eq(a, c);
    build_close(one);
    build_close(many);
}
END_TEST

SUITE("limits", compartments_fill_cores_and_cores_the_target, input_axons_of_one_neuron, learning_axons_of_one_neuron,
      synapse_memory_of_one_neuron, delays_to_the_last_step_and_their_cells,
      profiles_are_shared_by_a_core_and_spread_over_more, synapse_formats_of_one_neuron, registers_hold_their_range,
      weights_and_exponents_hold_their_range, a_board_is_the_most_unless_chips_are_asked_for, no_system_has_more_chips,
      the_second_generation_has_larger_cores, output_axons_of_one_neuron,
      a_network_over_three_chips_fires_as_on_one_core)
