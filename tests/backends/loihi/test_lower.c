/* Tables against the network, and the emulated machine against a plain interpreter of the quantised network. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/decode.h"
#include "backends/loihi/form.h"
#include "backends/loihi/weights.h"
#include "core/machine/machine.h"

enum { STEPS = 150 };

/* Two recurrent populations with delays, both signs and sparse and dense projections. */
static net_builder *recurrent(const char *dialect)
{
    net_builder *b = build_open();
    b->net.target.dialect.s = dialect;
    build_population(b, "in", 30, MODEL_SOURCE);
    net_population *e = build_population(b, "e", 60, MODEL_LOIHI_LIF);
    net_population *i = build_population(b, "i", 20, MODEL_LOIHI_LIF);
    set_param(set_param(set_param(e, NP_DECAY_U, 900), NP_DECAY_V, 200), NP_VTH_MANT, 300);
    set_param(set_param(set_param(i, NP_DECAY_U, 1500), NP_DECAY_V, 400), NP_VTH_MANT, 200);
    if (strcmp(dialect, "chip") == 0) {
        set_param(e, NP_REFRACTORY, 3);
        set_param(e, NP_BIAS_MANT, 40);
    }
    net_projection *j = build_projection(b, "in_e", 0, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.4;
    j->weight = build_dist(DIST_UNIFORM_INT, 10, 200, 0, 0);
    j->delay = build_dist(DIST_UNIFORM_INT, 1, 9, 0, 0);
    j = build_projection(b, "e_i", 1, 2, CONN_ALL_TO_ALL);
    j->weight = build_constant(21);
    j = build_projection(b, "i_e", 2, 1, CONN_ALL_TO_ALL);
    j->receptor = RECEPTOR_INHIBITORY;
    j->weight = build_dist(DIST_UNIFORM_INT, 10, 120, 0, 0);
    j->weight_exp = build_num(-1);
    j->delay = build_constant(3);
    j = build_projection(b, "e_e", 1, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.2;
    j->weight = build_constant(60);
    j->weight_bits = build_num(5);
    j->delay = build_constant(2);
    return b;
}

/* u, v and the arrivals of every neuron, straight from the quantised network (dialect chip). */
typedef struct {
    int32_t u, v, hold;
    int64_t due[STEPS + 80];
} plain_neuron;

static void plain_fire(const hmn_qnet *q, plain_neuron *n, uint32_t neuron, uint32_t t)
{
    const hmn_graph *g = q->graph;
    for (uint32_t j = 0; j < g->nprojections; j++) {
        const graph_projection *r = &g->projection[j];
        const graph_population *pre = &g->population[r->pre];
        if (neuron < pre->first || neuron >= pre->first + pre->size)
            continue;
        for (uint32_t e = r->row[neuron - pre->first]; e < r->row[neuron - pre->first + 1]; e++)
            n[g->population[r->post].first + r->target[e]].due[t + r->delay[e]] +=
                loihi_weight_effective(form_dialect(q), q->projection[j].weight[e], q->projection[j].weight_exp);
    }
}

static int32_t decayed(int32_t x, int32_t d)
{
    return (int32_t)((int64_t)abs(x) * (4096 - d) / 4096) * (x < 0 ? -1 : 1);
}

static bool plain_update(const qnet_population *p, uint32_t i, plain_neuron *n, uint32_t t)
{
    n->u = decayed(n->u, qnet_at(p->column[LOIHI_COMPARTMENTS_decay_u], i) + 1) + (int32_t)n->due[t];
    int32_t z = n->u + qnet_at(p->column[LOIHI_COMPARTMENTS_bias_mant], i);
    n->v = n->hold > 0 ? 0 : decayed(n->v, qnet_at(p->column[LOIHI_COMPARTMENTS_decay_v], i)) + z;
    bool fires = n->v > 64 * qnet_at(p->column[LOIHI_COMPARTMENTS_vth_mant], i);
    if (fires) {
        n->v = 0;
        n->hold = qnet_at(p->column[LOIHI_COMPARTMENTS_refractory], i);
    }
    n->hold -= n->hold > 0;
    return fires;
}

static bool source_fires(uint32_t i, uint32_t t) { return (i * 7 + t * 3) % 11 == 0; }

static void against_plain(net_builder *b, uint32_t cores)
{
    const hmn_qnet *q = b->unit.qnet;
    const hmn_graph *g = q->graph;
    ck_assert_uint_ge(b->unit.mapping->ncores, cores);
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    hmn_machine *m = machine_boot(image, loihi(), 2, NULL, b->unit.diag);
    ck_assert_msg(m != NULL, "%s", first_message(b));
    hmn_sim *s = machine_sim(m);
    plain_neuron *n = calloc(g->nneurons, sizeof *n);
    uint64_t spikes = 0;
    for (uint32_t t = 0; t < STEPS; t++) {
        uint32_t count, k = 0;
        for (uint32_t i = 0; i < 30; i++)
            if (source_fires(i, t))
                s->ops->inject(s, i);
        s->ops->begin(s);
        const uint32_t *fired = s->ops->spikes(s, &count);
        for (uint32_t i = 0; i < g->nneurons; i++) {
            uint32_t p = graph_population_of(g, i);
            bool fires = g->population[p].source
                             ? source_fires(i, t)
                             : plain_update(&q->population[p], i - g->population[p].first, &n[i], t);
            ck_assert_msg(fires == (k < count && fired[k] == i), "step %u neuron %u", t, i);
            ck_assert_int_eq(machine_read(m, i, VAR_V), g->population[p].source ? 0 : n[i].v);
            k += fires;
            if (fires)
                plain_fire(q, n, i, t);
            spikes += fires && !g->population[p].source;
        }
        s->ops->end(s);
    }
    ck_assert_uint_gt(spikes, 100);
    free(n);
    machine_free(m);
    image_close(image);
}

START_TEST(one_core_steps_as_the_quantised_network_says)
{
    net_builder *b = recurrent("chip");
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    against_plain(b, 1);
    build_close(b);
}
END_TEST

START_TEST(many_cores_step_as_the_quantised_network_says)
{
    net_builder *b = recurrent("chip");
    b->net.target.neurons_per_core = build_num(7);
    b->net.target.chips = build_num(1);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    against_plain(b, 10);
    build_close(b);
}
END_TEST

static hmn_core_view view_of(net_builder *b, hmn_image *m, uint32_t core)
{
    (void)b;
    return (hmn_core_view){m, loihi(), core, image_seed(m)};
}

START_TEST(usage_counts_what_lowering_writes)
{
    static const double share[] = {7, 13, 40, 1024};
    for (int k = 0; k < 4; k++) {
        net_builder *b = recurrent("chip");
        b->net.target.neurons_per_core = build_num(share[k]);
        ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
        const hmn_mapping *map = b->unit.mapping;
        hmn_image *m = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
        for (uint32_t c = 0; c < map->ncores; c++) {
            hmn_core_view v = view_of(b, m, c);
            core_tables t;
            hmn_usage use;
            ck_assert(decode_tables(&v, &t));
            loihi()->usage(b->unit.qnet, map->slice + map->core_first_slice[c],
                           map->core_first_slice[c + 1] - map->core_first_slice[c], &use);
            ck_assert_uint_eq(use.synapse_words, t.table[LOIHI_SYNAPSES].rows);
            ck_assert_uint_eq(use.in_axons, t.table[LOIHI_AXONS].rows);
            ck_assert_uint_eq(use.compartments, t.table[LOIHI_COMPARTMENTS].rows);
            ck_assert_uint_eq(use.synapse_formats, t.nformats);
            ck_assert_uint_le(use.out_axons, t.table[LOIHI_ROUTES].rows);
            ck_assert_uint_eq(use.delay_cells, (uint32_t)t.core[LOIHI_CORE_slots] * use.compartments);
        }
        image_close(m);
        build_close(b);
    }
}
END_TEST

START_TEST(the_machine_holds_the_quantised_weights)
{
    net_builder *b = recurrent("chip");
    b->net.target.neurons_per_core = build_num(16);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    hmn_machine *m = machine_boot(image, loihi(), 1, NULL, b->unit.diag);
    for (uint32_t j = 0; j < 4; j++) {
        const graph_projection *r = &b->unit.graph->projection[j];
        const qnet_projection *q = &b->unit.qnet->projection[j];
        uint64_t count, e = 0;
        machine_synapse *s = machine_weights(m, j, b->unit.arena, &count);
        ck_assert_uint_eq(count, r->nsynapses);
        for (uint32_t pre = 0; pre < b->unit.graph->population[r->pre].size; pre++)
            for (; e < r->row[pre + 1]; e++) {
                ck_assert_uint_eq(s[e].pre, b->unit.graph->population[r->pre].first + pre);
                ck_assert_uint_eq(s[e].post, b->unit.graph->population[r->post].first + r->target[e]);
                ck_assert_int_eq(s[e].weight, q->weight[e]);
                ck_assert_int_eq(s[e].delay, r->delay[e]);
            }
    }
    machine_free(m);
    image_close(image);
    build_close(b);
}
END_TEST

START_TEST(delay_slots_trade_against_compartments)
{
    net_builder *b = build_open();
    build_population(b, "in", 2, MODEL_SOURCE);
    set_param(build_population(b, "n", 1024, MODEL_LOIHI_LIF), NP_VTH_MANT, 100);
    net_projection *j = build_projection(b, "in_n", 0, 1, CONN_ALL_TO_ALL);
    j->delay = build_constant(7); /* field 6: 8 slots, the whole core */
    hmn_usage use;
    ck_assert(quantised(b));
    hmn_slice slice = {1, 0, 1024, 0, 0};
    loihi()->usage(b->unit.qnet, &slice, 1, &use);
    ck_assert_uint_eq(use.delay_cells, 8192);
    build_close(b);
    b = build_open();
    build_population(b, "in", 2, MODEL_SOURCE);
    build_population(b, "n", 200, MODEL_LOIHI_LIF);
    j = build_projection(b, "in_n", 0, 1, CONN_ALL_TO_ALL);
    j->delay = build_constant(63); /* field 62: 64 slots, 128 compartments a core */
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    ck_assert_uint_eq(b->unit.mapping->ncores, 2);
    build_close(b);
}
END_TEST

/* One core has one epoch: populations whose rules differ in it are kept apart by what usage says. */
START_TEST(rules_of_different_epochs_live_on_different_cores)
{
    for (uint8_t second = 2; second <= 3; second++) {
        net_builder *b = build_open();
        hmn_rule rule[2];
        memset(rule, 0, sizeof rule);
        build_population(b, "in", 3, MODEL_SOURCE);
        b->net.nrules = 2;
        for (uint32_t i = 0; i < 2; i++) {
            build_population(b, i ? "b" : "a", 4, MODEL_LOIHI_LIF);
            build_projection(b, i ? "in_b" : "in_a", 0, 1 + i, CONN_ALL_TO_ALL)->rule.i = i;
            b->rule[i] = (net_rule){.name = {"rule", {0, 1, 1, 1}}, .type = RULE_TEXT, .enabled = true};
            rule[i] = (hmn_rule){.name = "rule", .epoch = i ? second : 2, .nproducts = 1};
            rule[i].product[0] = (rule_product){RULE_W, RV_X0, 0, 1, 0, 0, {{0}}};
        }
        ck_assert_msg(quantised(b), "%s", first_message(b));
        b->unit.qnet->rule = rule;
        b->unit.qnet->nrules = 2;
        b->unit.qnet->projection[0].rule = 0;
        b->unit.qnet->projection[1].rule = 1;
        ck_assert_msg(emitted(b), "%s", first_message(b));
        ck_assert_uint_eq(b->unit.mapping->ncores, second == 2 ? 1 : 2);
        build_close(b);
    }
}
END_TEST

START_TEST(restating_keeps_the_integers)
{
    net_builder *b = recurrent("chip");
    ck_assert(quantised(b));
    hmn_graph *g = loihi()->restate(b->unit.qnet, b->unit.arena);
    ck_assert_ptr_nonnull(g);
    ck_assert(g->restated);
    ck_assert_double_eq(graph_at(g->population[1].param[NP_DECAY_U], 5), 900);
    ck_assert_double_eq(graph_at(g->population[1].param[NP_BIAS_MANT], 5), 40);
    for (uint64_t e = 0; e < g->projection[2].nsynapses; e++)
        ck_assert_double_eq(g->projection[2].weight[e],
                            loihi_weight_effective(DIALECT_CHIP, b->unit.qnet->projection[2].weight[e], -1));
    build_close(b);
}
END_TEST

SUITE("lower", one_core_steps_as_the_quantised_network_says, many_cores_step_as_the_quantised_network_says,
      usage_counts_what_lowering_writes, the_machine_holds_the_quantised_weights,
      delay_slots_trade_against_compartments, rules_of_different_epochs_live_on_different_cores,
      restating_keeps_the_integers)
