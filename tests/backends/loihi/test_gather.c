/* Population spikes: which sources become atoms of one axon, what that saves and costs, and that nothing else changes.
 */
#include "tests/backends/loihi/limits.h"

#include "backends/loihi/core.h"
#include "backends/loihi/decode.h"
#include "backends/loihi/gather.h"
#include "backends/loihi/lower.h"
#include "core/machine/machine.h"

static net_builder *share(net_builder *b)
{
    b->net.target.axons.s = "population";
    return b;
}

/* `sources` with rows of a word each, no two alike, onto one neuron. */
static net_builder *unlike(uint32_t sources)
{
    net_builder *b = build_open();
    build_population(b, "in", sources, MODEL_SOURCE);
    build_population(b, "cell", 1, MODEL_LOIHI_LIF);
    for (uint32_t k = 0; k < 2; k++) {
        double *w = ARENA_NEW(b->unit.arena, double, sources);
        for (uint32_t i = 0; i < sources; i++)
            w[i] = 1 + (k ? i % 255 : i / 255);
        build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL)->weight = build_list(w, sources);
    }
    return b;
}

static hmn_image *image_of(net_builder *b, uint32_t core, core_tables *t)
{
    ck_assert_msg(compiled(b), "%s", first_message(b));
    hmn_image *m = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    hmn_core_view v = {m, b->unit.chip, core, image_seed(m)};
    ck_assert(decode_tables(&v, t));
    return m;
}

static int64_t axon(const core_tables *t, uint64_t row, uint32_t column)
{
    return image_get(t->table[LOIHI_AXONS], row, column);
}

START_TEST(more_sources_than_axons_fit_a_core)
{
    expect(unlike(4097), 0, "needs 4,097 input axons", "has 4,096");
    net_builder *b = share(unlike(5000));
    core_tables t;
    hmn_image *m = image_of(b, 0, &t);
    ck_assert_uint_eq(t.table[LOIHI_AXONS].rows, 5); /* a word or two each: 4 x 1,024 + 904 */
    ck_assert_uint_eq(decode_lines(&t), 5000);
    for (uint64_t a = 0; a < 4; a++)
        ck_assert_int_eq(axon(&t, a, LOIHI_AXONS_atoms), GATHER_ATOMS - 1);
    image_close(m);
    build_close(b);
    expect(share(unlike(8192)), 1, NULL, NULL); /* two words each: 16,384 */
    expect(share(unlike(8193)), 0, "words of synapse memory", "has 16,384");
}
END_TEST

START_TEST(rows_of_equal_length_share_an_axon_wherever_they_stand)
{
    net_builder *b = share(build_open());
    build_population(b, "in", 300, MODEL_SOURCE);
    build_population(b, "cell", 200, MODEL_LOIHI_LIF);
    net_projection *j = build_projection(b, "p", 0, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.1;
    j->weight = build_dist(DIST_UNIFORM_INT, 1, 255, 0, 0);
    core_tables t;
    hmn_image *m = image_of(b, 0, &t);
    hmn_usage use;
    loihi()->usage(b->unit.qnet, b->unit.mapping->slice, b->unit.mapping->nslices, &use);
    ck_assert_uint_eq(use.in_axons, t.table[LOIHI_AXONS].rows);
    ck_assert_uint_gt(t.table[LOIHI_AXONS].rows, 4); /* rows of several lengths, each once */
    for (uint64_t a = 1; a < t.table[LOIHI_AXONS].rows; a++)
        ck_assert_int_gt(axon(&t, a, LOIHI_AXONS_words), axon(&t, a - 1, LOIHI_AXONS_words));
    ck_assert_uint_eq(decode_lines(&t), 300);
    image_close(m);
    build_close(b);
}
END_TEST

START_TEST(sources_with_the_same_synapses_share_axon_and_words)
{
    net_builder *b = share(build_open());
    build_population(b, "in", 50, MODEL_SOURCE);
    build_population(b, "also", 30, MODEL_SOURCE);
    build_population(b, "cell", 100, MODEL_LOIHI_LIF);
    build_projection(b, "one", 0, 2, CONN_ALL_TO_ALL)->weight = build_constant(100);
    build_projection(b, "two", 1, 2, CONN_ALL_TO_ALL)->weight = build_constant(100);
    core_tables t;
    hmn_image *m = image_of(b, 0, &t);
    ck_assert_uint_eq(t.table[LOIHI_AXONS].rows, 2);
    ck_assert_int_eq(axon(&t, 0, LOIHI_AXONS_same), 1);
    ck_assert_int_eq(axon(&t, 0, LOIHI_AXONS_atoms), 49);
    ck_assert_int_eq(axon(&t, 1, LOIHI_AXONS_atoms), 29);
    ck_assert_uint_eq(t.table[LOIHI_SYNAPSES].rows,
                      (uint64_t)(axon(&t, 0, LOIHI_AXONS_words) + axon(&t, 1, LOIHI_AXONS_words)));
    image_close(m);
    build_close(b);
}
END_TEST

/* A message with an atom takes two entries of the output table, one without takes one. */
START_TEST(output_axons_of_messages_with_atoms)
{
    for (uint32_t over = 0; over < 2; over++) {
        net_builder *b = share(build_open());
        build_population(b, "hub", 2, MODEL_LOIHI_LIF);
        build_population(b, "leaf", 1024 + over, MODEL_LOIHI_LIF);
        build_projection(b, "out", 0, 1, CONN_ALL_TO_ALL);
        net_place *place = ARENA_NEW(b->unit.arena, net_place, 1025 + over);
        place[0] = (net_place){0, 0, 2, 0, {0, 1, 1, 1}};
        for (uint32_t i = 0; i < 1024 + over; i++)
            place[1 + i] = (net_place){1, i, 1, 1 + i, {0, 1, 1, 1}};
        b->net.target.place = place;
        b->net.target.nplaces = 1025 + over;
        b->net.target.chips = build_num(9);
        bool ok = compiled(b);
        ck_assert_msg(ok == !over, "%s", first_message(b));
        if (over)
            build_refused(b, DIAG_FIT_AXONS, "needs 4100 output axons; loihi has 4096");
        build_close(b);
    }
}
END_TEST

/* ---- nothing else changes ---- */

static void add_learning(net_builder *b)
{
    net_projection *j = build_projection(b, "learn", 0, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.2;
    j->weight = build_constant(20);
    net_rule *r = &b->rule[b->net.nrules++];
    *r = (net_rule){.name = {"r", {0, 1, 1, 1}}, .type = RULE_TEXT, .dw = {"2^-4*x1*y0 - 2^-4*x0*y1", {0, 1, 1, 1}}};
    r->enabled = true;
    r->astrocyte.i = NET_NONE;
    r->epoch = build_num(2);
    r->x1_impulse = r->y1_impulse = build_num(60);
    r->x1_tau = r->y1_tau = build_num(10);
    j->rule.i = 0;
}

/* Sources, recurrence, delays, plastic and static synapses of the same source. */
static net_builder *mixed(uint32_t per_core)
{
    net_builder *b = build_open();
    build_population(b, "in", 20, MODEL_SOURCE);
    net_population *p = build_population(b, "cell", 120, MODEL_LOIHI_LIF);
    set_param(set_param(set_param(p, NP_DECAY_U, 1000), NP_DECAY_V, 300), NP_VTH_MANT, 120);
    net_projection *j = build_projection(b, "in_cell", 0, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.3;
    j->weight = build_constant(60);
    j = build_projection(b, "cell_cell", 1, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.05;
    j->weight = build_dist(DIST_UNIFORM_INT, 1, 60, 0, 0);
    j->delay = build_dist(DIST_UNIFORM_INT, 1, 6, 0, 0);
    add_learning(b);
    b->net.target.neurons_per_core = build_num(per_core);
    return b;
}

typedef struct {
    uint64_t spikes, sum, weights;
} outcome;

static outcome run(net_builder *b)
{
    ck_assert_msg(compiled(b), "%s", first_message(b));
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    hmn_machine *m = machine_boot(image, b->unit.chip, 1, NULL, b->unit.diag);
    ck_assert_msg(m != NULL, "%s", first_message(b));
    hmn_sim *s = machine_sim(m);
    outcome o = {0};
    for (uint32_t t = 0; t < 80; t++) {
        uint32_t n;
        for (uint32_t i = t % 3; i < 20; i += 3)
            s->ops->inject(s, i);
        s->ops->begin(s);
        const uint32_t *fired = s->ops->spikes(s, &n);
        for (uint32_t k = 0; k < n; k++)
            o.sum = o.sum * 31 + t * 1000 + fired[k];
        o.spikes += n;
        s->ops->end(s);
    }
    uint64_t n;
    const machine_synapse *w = machine_weights(m, 2, b->unit.arena, &n);
    for (uint64_t i = 0; i < n; i++)
        o.weights = o.weights * 31 + (uint64_t)w[i].weight;
    machine_free(m);
    image_close(image);
    return o;
}

START_TEST(spikes_and_learned_weights_are_those_of_discrete_axons)
{
    static const uint32_t per_core[] = {120, 40, 7};
    for (size_t k = 0; k < sizeof per_core / sizeof *per_core; k++) {
        net_builder *plain = mixed(per_core[k]), *shared = share(mixed(per_core[k]));
        outcome a = run(plain), c = run(shared);
        ck_assert_uint_gt(a.spikes, 600);
        ck_assert_uint_eq(a.spikes, c.spikes);
        ck_assert_uint_eq(a.sum, c.sum);
        ck_assert_uint_eq(a.weights, c.weights);
        ck_assert(shared->unit.mapping->in_axon && !plain->unit.mapping->in_axon);
        build_close(plain);
        build_close(shared);
    }
}
END_TEST

START_TEST(axons_that_learn_stay_alone_and_last)
{
    net_builder *b = share(mixed(120));
    core_tables t;
    hmn_image *m = image_of(b, 0, &t);
    uint64_t first = (uint64_t)t.core[LOIHI_CORE_first_learning];
    ck_assert_uint_lt(first, 120);
    ck_assert_uint_gt(t.table[LOIHI_AXONS].rows, first + 10);
    for (uint64_t a = first; a < t.table[LOIHI_AXONS].rows; a++)
        ck_assert(axon(&t, a, LOIHI_AXONS_atoms) == 0 && axon(&t, a, LOIHI_AXONS_pre_trace) > 0);
    image_close(m);
    build_close(b);
}
END_TEST

START_TEST(messages_name_axon_and_atom_of_the_line_they_reach)
{
    net_builder *b = share(mixed(40));
    core_tables t;
    hmn_image *m = image_of(b, 1, &t);
    image_rows route = t.table[LOIHI_ROUTES];
    uint32_t atoms = 0;
    ck_assert_uint_gt(route.rows, 40);
    for (uint64_t i = 0; i < route.rows; i++) {
        uint32_t core = (uint32_t)image_get(route, i, LOIHI_ROUTES_core), line = b->unit.mapping->axon_row[core];
        uint64_t to = (uint64_t)image_get(route, i, LOIHI_ROUTES_axon);
        core_tables there;
        hmn_core_view v = {m, loihi(), core, 0};
        ck_assert(decode_tables(&v, &there) && to < there.table[LOIHI_AXONS].rows);
        for (uint64_t a = 0; a < to; a++)
            line += decode_atoms(&there, a);
        line += (uint32_t)image_get(route, i, LOIHI_ROUTES_atom);
        atoms += image_get(route, i, LOIHI_ROUTES_atom) > 0;
        ck_assert_uint_eq(b->unit.mapping->neuron_core[b->unit.mapping->axon_source[line]], 1);
        ck_assert_int_eq(image_get(route, i, LOIHI_ROUTES_compartment),
                         b->unit.mapping->neuron_local[b->unit.mapping->axon_source[line]]);
    }
    ck_assert_uint_gt(atoms, 20);
    image_close(m);
    build_close(b);
}
END_TEST

SUITE("gather", more_sources_than_axons_fit_a_core, rows_of_equal_length_share_an_axon_wherever_they_stand,
      sources_with_the_same_synapses_share_axon_and_words, output_axons_of_messages_with_atoms,
      spikes_and_learned_weights_are_those_of_discrete_axons, axons_that_learn_stay_alone_and_last,
      messages_name_axon_and_atom_of_the_line_they_reach)
