/* Networks written by hand through pass_elaborate: parameters, weights, delays, signs, stimuli, and errors. */
#include "compiler/elaborate.h"

#include "compiler/pipeline.h"
#include "tests/suite.h"
#include "tests/compiler/net_builder.h"

#include <math.h>

static net_builder *pair(uint32_t n, uint32_t m)
{
    net_builder *b = build_open();
    build_population(b, "in", n, MODEL_SOURCE);
    build_population(b, "out", m, MODEL_CURR_EXP);
    return b;
}

static net_rule *add_rule(net_builder *b, net_projection *p)
{
    net_rule *r = &b->rule[b->net.nrules];
    *r = (net_rule){.name = {"learn", {0, 1, 1, 1}}, .type = RULE_STDP, .enabled = true};
    p->rule.i = b->net.nrules++;
    return r;
}

START_TEST(neurons_are_numbered_in_order_and_found_again)
{
    net_builder *b = pair(3, 5);
    build_population(b, "more", 2, MODEL_CURR_DELTA);
    const hmn_graph *g = build_graph(b);
    ck_assert_uint_eq(g->nneurons, 10);
    ck_assert_uint_eq(g->population[1].first, 3);
    ck_assert(g->population[0].source && !g->population[1].source);
    for (uint32_t i = 0; i < 10; i++)
        ck_assert_uint_eq(graph_population_of(g, i), i < 3 ? 0 : i < 8 ? 1 : 2);
    build_close(b);
}
END_TEST

START_TEST(parameters_are_scalars_lists_or_drawn)
{
    const double list[] = {1, 2, 3, 4, 5};
    net_builder *b = pair(3, 5);
    b->population[1].param[NP_I_OFFSET] = build_list(list, 5);
    b->population[1].param[NP_V_THRESH] = build_dist(DIST_UNIFORM, -55, -45, 0, 0);
    b->population[1].init_v = build_dist(DIST_UNIFORM_INT, -70, -60, 0, 0);
    const hmn_graph *g = build_graph(b);
    const graph_population *p = &g->population[1];
    ck_assert_double_eq(graph_at(p->param[NP_TAU_M], 4), 20);
    ck_assert_uint_eq(p->param[NP_TAU_M].stride, 0);
    for (uint32_t i = 0; i < 5; i++) {
        ck_assert_double_eq(graph_at(p->param[NP_I_OFFSET], i), i + 1);
        double v = graph_at(p->param[NP_V_THRESH], i), start = graph_at(p->init_v, i);
        ck_assert(v >= -55 && v < -45);
        ck_assert(start >= -70 && start <= -60 && start == floor(start));
    }
    ck_assert_double_ne(graph_at(p->param[NP_V_THRESH], 0), graph_at(p->param[NP_V_THRESH], 1));
    build_close(b);
}
END_TEST

START_TEST(a_membrane_starts_at_rest_unless_told)
{
    net_builder *b = pair(1, 2);
    b->population[1].param[NP_V_REST] = build_constant(-61);
    ck_assert_double_eq(graph_at(build_graph(b)->population[1].init_v, 1), -61);
    build_close(b);
}
END_TEST

START_TEST(drawn_parameters_out_of_range_are_refused)
{
    net_builder *b = pair(1, 50);
    b->population[1].param[NP_TAU_M] = build_dist(DIST_NORMAL, 1, 2, 0, 0);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_RANGE, "tau_m of neuron");
    build_close(b);
}
END_TEST

START_TEST(parameter_lists_of_the_wrong_length_are_refused)
{
    const double list[] = {1, 2};
    net_builder *b = pair(1, 5);
    b->population[1].param[NP_I_OFFSET] = build_list(list, 2);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_LENGTH, "2 values for 5 neurons");
    build_close(b);
}
END_TEST

START_TEST(an_inhibitory_receptor_makes_magnitudes_negative)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        net_builder *b = pair(3, 3);
        net_projection *p = build_projection(b, "p", 0, 1, CONN_ONE_TO_ONE);
        p->receptor = RECEPTOR_INHIBITORY;
        p->weight = build_constant(0.5 * sign);
        const hmn_graph *g = build_graph(b);
        ck_assert_int_eq(g->projection[0].receptor, RECEPTOR_INHIBITORY);
        ck_assert_double_eq(g->projection[0].weight[2], -0.5);
        build_close(b);
    }
}
END_TEST

START_TEST(signs_that_contradict_the_receptor_are_refused)
{
    const double mixed[] = {1, -2, 3};
    for (int inhibitory = 0; inhibitory <= 1; inhibitory++) {
        net_builder *b = pair(3, 3);
        net_projection *p = build_projection(b, "p", 0, 1, CONN_ONE_TO_ONE);
        p->receptor = inhibitory ? RECEPTOR_INHIBITORY : RECEPTOR_EXCITATORY;
        p->weight = build_list(mixed, 3);
        ck_assert_ptr_null(build_graph(b));
        build_refused(b, DIAG_NET_SIGN, inhibitory ? "both signs (1 and -2)" : "1 of 3 weights are negative");
        build_close(b);
    }
}
END_TEST

START_TEST(without_a_receptor_the_weights_decide)
{
    const double weight[3][3] = {{1, 0, 3}, {-1, 0, -3}, {1, -2, 3}};
    const net_receptor expected[] = {RECEPTOR_EXCITATORY, RECEPTOR_INHIBITORY, RECEPTOR_MIXED};
    for (int k = 0; k < 3; k++) {
        net_builder *b = pair(3, 3);
        net_projection *p = build_projection(b, "p", 0, 1, CONN_ONE_TO_ONE);
        p->receptor = RECEPTOR_MIXED;
        p->weight = build_list(weight[k], 3);
        const hmn_graph *g = build_graph(b);
        ck_assert_int_eq(g->projection[0].receptor, expected[k]);
        ck_assert_double_eq(g->projection[0].weight[2], weight[k][2]);
        build_close(b);
    }
}
END_TEST

START_TEST(bounds_take_the_sign_of_the_receptor)
{
    for (int inhibitory = 0; inhibitory <= 1; inhibitory++) {
        net_builder *b = pair(2, 2);
        net_projection *p = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
        net_rule *r = add_rule(b, p);
        p->receptor = inhibitory ? RECEPTOR_INHIBITORY : RECEPTOR_EXCITATORY;
        r->w_min = build_num(0.25);
        r->w_max = build_num(2);
        const graph_projection *g = &build_graph(b)->projection[0];
        ck_assert_double_eq(g->w_min, inhibitory ? -2 : 0.25);
        ck_assert_double_eq(g->w_max, inhibitory ? -0.25 : 2);
        build_close(b);
    }
}
END_TEST

START_TEST(unbounded_plastic_weights_keep_their_sign)
{
    net_builder *b = pair(2, 2);
    net_projection *p = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    add_rule(b, p);
    const graph_projection *g = &build_graph(b)->projection[0];
    ck_assert_uint_eq(g->rule, 0);
    ck_assert_double_eq(g->w_min, 0);
    ck_assert(isinf(g->w_max));
    build_close(b);
}
END_TEST

START_TEST(bounds_across_zero_or_around_no_weight_are_refused)
{
    for (int outside = 0; outside <= 1; outside++) {
        net_builder *b = pair(2, 2);
        net_projection *p = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
        net_rule *r = add_rule(b, p);
        r->w_min = build_num(outside ? 0 : -1);
        r->w_max = build_num(0.5 + !outside);
        ck_assert_ptr_null(build_graph(b));
        build_refused(b, DIAG_NET_CONFLICT, outside ? "a weight of 1 lies outside 0 to 0.5" : "reach across zero");
        build_close(b);
    }
}
END_TEST

START_TEST(a_disabled_rule_leaves_a_static_projection)
{
    net_builder *b = pair(2, 2);
    net_projection *p = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    add_rule(b, p)->enabled = false;
    ck_assert_uint_eq(build_graph(b)->projection[0].rule, NET_NONE);
    build_close(b);
}
END_TEST

START_TEST(delays_round_to_steps_and_are_at_least_one)
{
    net_builder *b = pair(200, 2);
    b->net.dt = 0.5;
    net_projection *p = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    p->delay = build_dist(DIST_UNIFORM, 1, 4, 0, 0);
    const hmn_graph *g = build_graph(b);
    uint32_t seen = 0;
    for (uint64_t k = 0; k < 400; k++) {
        ck_assert(g->projection[0].delay[k] >= 2 && g->projection[0].delay[k] <= 8);
        seen |= 1u << g->projection[0].delay[k];
    }
    ck_assert_uint_eq(seen, 0x1fc);
    ck_assert_uint_eq(g->max_delay, 8);
    build_close(b);
    b = pair(2, 2);
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL)->delay = build_constant(0.3);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_RANGE, "at least one step of dt");
    build_close(b);
}
END_TEST

START_TEST(list_rows_carry_weight_and_delay)
{
    const uint32_t pre[] = {1, 0}, post[] = {0, 1};
    const double weight[] = {3, 5}, delay[] = {2, 7};
    net_builder *b = pair(2, 2);
    net_connector *c = &build_projection(b, "p", 0, 1, CONN_FROM_LIST)->connector;
    *c =
        (net_connector){.type = CONN_FROM_LIST, .pre = pre, .post = post, .weight = weight, .delay = delay, .nrows = 2};
    const graph_projection *g = &build_graph(b)->projection[0];
    ck_assert_double_eq(g->weight[0], 5);
    ck_assert_uint_eq(g->delay[0], 7);
    ck_assert_double_eq(g->weight[1], 3);
    ck_assert_uint_eq(g->delay[1], 2);
    build_close(b);
}
END_TEST

START_TEST(kernel_weights_are_shared_by_all_positions)
{
    net_builder *b = pair(1, 1);
    net_projection *p = build_projection(b, "p", 0, 1, CONN_CONV2D);
    build_shape(&b->population[0], 5, 5, 1);
    build_shape(&b->population[1], 4, 4, 2);
    p->connector =
        (net_connector){.type = CONN_CONV2D, .kernel = {2, 2}, .stride = {1, 1}, .in_channels = 1, .out_channels = 2};
    p->weight = build_dist(DIST_UNIFORM, 0, 1, 0, 0);
    const graph_projection *g = &build_graph(b)->projection[0];
    ck_assert_uint_eq(g->nsynapses, 128);
    double corner = g->weight[0]; /* input (0,0) -> output (0,0,0) through entry (0,0) of kernel 0 */
    uint32_t equal = 0;
    for (uint64_t k = 0; k < 128; k++)
        equal += g->weight[k] == corner;
    ck_assert_uint_eq(equal, 16);
    build_close(b);
}
END_TEST

START_TEST(weight_lists_of_the_wrong_length_are_refused)
{
    const double list[] = {1, 2};
    net_builder *b = pair(3, 3);
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL)->weight = build_list(list, 2);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_LENGTH, "2 weights for 9 synapses");
    build_close(b);
}
END_TEST

START_TEST(adding_a_projection_or_permuting_them_changes_no_synapse)
{
    double weight[2][40];
    uint32_t target[2][40];
    for (int permuted = 0; permuted <= 1; permuted++) {
        net_builder *b = pair(20, 20);
        if (permuted)
            build_projection(b, "other", 0, 1, CONN_ALL_TO_ALL)->weight = build_dist(DIST_UNIFORM, 0, 1, 0, 0);
        net_projection *p = build_projection(b, "p", 0, 1, CONN_FIXED_PROBABILITY);
        p->connector.p_connect = 0.3;
        p->weight = build_dist(DIST_GAMMA, 2, 1, 0, 0);
        const graph_projection *g = &build_graph(b)->projection[permuted];
        ck_assert_uint_ge(g->nsynapses, 40);
        memcpy(weight[permuted], g->weight, sizeof weight[0]);
        memcpy(target[permuted], g->target, sizeof target[0]);
        build_close(b);
    }
    ck_assert_mem_eq(weight[0], weight[1], sizeof weight[0]);
    ck_assert_mem_eq(target[0], target[1], sizeof target[0]);
}
END_TEST

static hmn_unit *from_text(const char *text)
{
    hmn_arena *a = arena_new(0);
    hmn_unit *u = ARENA_NEW(a, hmn_unit, 1);
    u->arena = a;
    u->diag = diag_new();
    u->text = text;
    u->text_length = strlen(text);
    ck_assert_msg(pipeline_run(u, "elaborate", NULL), "%s", diag_get(u->diag, 0)->text);
    return u;
}

static const graph_projection *named(const hmn_unit *u, const char *name)
{
    for (uint32_t i = 0; i < u->graph->nprojections; i++)
        if (strcmp(u->graph->projection[i].name, name) == 0)
            return &u->graph->projection[i];
    return NULL;
}

START_TEST(permuting_the_keys_of_the_yaml_changes_no_synapse)
{
    static const char a[] = "  a: {size: 40, model: spike_source}\n", b[] = "  b: {size: 30, model: IF_curr_exp}\n";
    static const char p[] = "  p: {pre: a, post: b, connector: {type: fixed_probability, p_connect: 0.3}, "
                            "weight: {distribution: lognormal, mu: 0, sigma: 1}, "
                            "delay: {distribution: uniform_int, low: 1, high: 9}}\n";
    static const char q[] = "  q: {post: b, connector: {n: 7, type: fixed_number_pre}, pre: a, weight: 1}\n";
    hmn_arena *scratch = arena_new(0);
    hmn_unit *one = from_text(arena_printf(scratch, "hmn: 1\npopulations:\n%s%sprojections:\n%s%s", a, b, p, q));
    hmn_unit *two = from_text(arena_printf(scratch, "hmn: 1\nprojections:\n%s%spopulations:\n%s%s", q, p, b, a));
    for (int k = 0; k < 2; k++) {
        const graph_projection *x = named(one, k ? "q" : "p"), *y = named(two, k ? "q" : "p");
        ck_assert_uint_eq(x->nsynapses, y->nsynapses);
        ck_assert_mem_eq(x->row, y->row, sizeof *x->row * 41);
        ck_assert_mem_eq(x->target, y->target, sizeof *x->target * x->nsynapses);
        ck_assert_mem_eq(x->weight, y->weight, sizeof *x->weight * x->nsynapses);
        ck_assert_mem_eq(x->delay, y->delay, sizeof *x->delay * x->nsynapses);
    }
    for (int k = 0; k < 2; k++) {
        hmn_unit *u = k ? two : one;
        diag_free(u->diag);
        arena_free(u->arena);
    }
    arena_free(scratch);
}
END_TEST

START_TEST(reseeding_changes_the_network)
{
    double weight[2];
    for (uint64_t k = 0; k < 2; k++) {
        net_builder *b = pair(2, 2);
        build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL)->weight = build_dist(DIST_UNIFORM, 0, 1, 0, 0);
        b->unit.reseed = k ? &k : NULL;
        weight[k] = build_graph(b)->projection[0].weight[0];
        build_close(b);
    }
    ck_assert_double_ne(weight[0], weight[1]);
}
END_TEST

START_TEST(projections_onto_sources_are_refused)
{
    net_builder *b = pair(2, 2);
    build_projection(b, "p", 1, 0, CONN_ALL_TO_ALL);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_CONNECT, "in is a spike source");
    build_close(b);
}
END_TEST

START_TEST(networks_beyond_index_range_and_memory_are_refused_before_they_are_made)
{
    net_builder *b = pair(70000, 70000);
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_SIZE, "at most 4294967295");
    build_close(b);
    b = pair(65000, 65000);
    for (int k = 0; k < 8; k++)
        build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_SIZE, "GB can be used");
    build_close(b);
}
END_TEST

START_TEST(more_neurons_than_memory_are_refused)
{
    net_builder *b = pair(2000000000, 2);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_SIZE, "2000000002 neurons in all");
    build_close(b);
}
END_TEST

START_TEST(drawn_values_beyond_the_range_of_numbers_are_refused)
{
    net_builder *b = pair(3, 3);
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL)->weight = build_dist(DIST_LOGNORMAL, 800, 1, 0, 0);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_RANGE, "weight has a value beyond");
    build_close(b);
    b = pair(3, 3);
    b->population[1].init_v = build_dist(DIST_LOGNORMAL, 800, 1, 0, 0);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_RANGE, "initial v has a value beyond");
    build_close(b);
}
END_TEST

START_TEST(spikes_of_all_stimuli_are_merged_sorted_and_unique)
{
    const uint32_t step[] = {1, 5, 5}, neuron[] = {1, 0, 1}, more[] = {0, 5}, other[] = {0, 1};
    net_builder *b = pair(2, 2);
    net_stimulus *s = build_stimulus(b, "one", 0, STIM_SPIKES), *t = build_stimulus(b, "two", 0, STIM_FILE);
    s->step = step;
    s->neuron = neuron;
    s->nspikes = 3;
    t->step = more;
    t->neuron = other;
    t->nspikes = 2;
    const hmn_graph *g = build_graph(b);
    const uint32_t steps[] = {0, 1, 5, 5}, neurons[] = {0, 1, 0, 1};
    ck_assert_uint_eq(g->spikes.count, 4);
    ck_assert_mem_eq(g->spikes.step, steps, sizeof steps);
    ck_assert_mem_eq(g->spikes.neuron, neurons, sizeof neurons);
    build_close(b);
}
END_TEST

START_TEST(poisson_sources_have_the_chance_of_at_least_one_event)
{
    net_builder *b = build_open();
    net_population *p = build_population(b, "noise", 4, MODEL_SOURCE_POISSON);
    p->param[NP_RATE] = build_constant(100);
    p->param[NP_START] = build_constant(10);
    p->param[NP_DURATION] = build_constant(20);
    const hmn_graph *g = build_graph(b);
    ck_assert_uint_eq(g->npoisson, 1);
    ck_assert_double_eq_tol(graph_at(g->poisson[0].p, 3), 1 - exp(-0.1), 1e-12);
    ck_assert_uint_eq(g->poisson[0].start, 10);
    ck_assert_uint_eq(g->poisson[0].stop, 30);
    ck_assert_uint_eq(g->poisson[0].count, 4);
    build_close(b);
}
END_TEST

START_TEST(poisson_starts_that_differ_split_the_population)
{
    const double start[] = {0, 0, 50, 50, 50};
    net_builder *b = build_open();
    net_population *p = build_population(b, "noise", 5, MODEL_SOURCE_POISSON);
    p->param[NP_START] = build_list(start, 5);
    const hmn_graph *g = build_graph(b);
    ck_assert_uint_eq(g->npoisson, 2);
    ck_assert_uint_eq(g->poisson[1].first, 2);
    ck_assert_uint_eq(g->poisson[1].count, 3);
    ck_assert_uint_eq(g->poisson[1].start, 50);
    ck_assert_uint_eq(g->poisson[1].stop, UINT32_MAX);
    build_close(b);
}
END_TEST

START_TEST(a_stimulus_with_a_weight_brings_its_own_source)
{
    net_builder *b = pair(2, 3);
    build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    net_stimulus *s = build_stimulus(b, "noise", 1, STIM_POISSON);
    s->rate = build_constant(5);
    s->weight = build_num(0.2);
    const hmn_graph *g = build_graph(b);
    ck_assert_uint_eq(g->npopulations, 3);
    ck_assert_str_eq(g->population[2].name, "stim.noise");
    ck_assert(g->population[2].source);
    ck_assert_uint_eq(g->population[2].size, 3);
    ck_assert_uint_eq(g->nneurons, 8);
    ck_assert_uint_eq(g->nprojections, 2);
    ck_assert_uint_eq(g->projection[1].pre, 2);
    ck_assert_uint_eq(g->projection[1].post, 1);
    ck_assert_uint_eq(g->projection[1].nsynapses, 3);
    ck_assert_double_eq(g->projection[1].weight[2], 0.2);
    ck_assert_uint_eq(g->poisson[0].first, 5);
    build_close(b);
}
END_TEST

START_TEST(spikes_onto_neurons_without_a_weight_are_refused)
{
    net_builder *b = pair(2, 3);
    build_stimulus(b, "noise", 1, STIM_POISSON)->rate = build_constant(5);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_CONNECT, "give the stimulus a weight");
    build_close(b);
}
END_TEST

START_TEST(currents_reach_neurons_and_nothing_else)
{
    net_builder *b = pair(2, 3);
    net_stimulus *s = build_stimulus(b, "step", 1, STIM_CURRENT);
    s->amplitude = build_constant(1.5);
    s->start = build_num(10);
    s->duration = build_num(5);
    const hmn_graph *g = build_graph(b);
    ck_assert_uint_eq(g->ncurrents, 1);
    ck_assert_uint_eq(g->current[0].first, 2);
    ck_assert_uint_eq(g->current[0].stop, 15);
    ck_assert_double_eq(graph_at(g->current[0].amplitude, 2), 1.5);
    build_close(b);
    b = pair(2, 3);
    build_stimulus(b, "step", 0, STIM_CURRENT)->amplitude = build_constant(1);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_CONNECT, "takes no current");
    build_close(b);
}
END_TEST

START_TEST(spikes_of_neurons_that_do_not_exist_are_refused)
{
    const uint32_t step[] = {1}, neuron[] = {2};
    net_builder *b = pair(2, 3);
    net_stimulus *s = build_stimulus(b, "late", 0, STIM_SPIKES);
    s->step = step;
    s->neuron = neuron;
    s->nspikes = 1;
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_RANGE, "names neuron 2, but in has 2 neurons");
    build_close(b);
}
END_TEST

static net_stimulus *images(net_builder *b, const double *sample)
{
    net_stimulus *s = build_stimulus(b, "images", 0, STIM_DATASET);
    s->rate = (net_value){.dist = DIST_CONSTANT, .p = {100}, .given = true};
    s->present = (net_num){.v = 20};
    s->pause = (net_num){.v = 5};
    s->start = (net_num){.v = 10, .given = true};
    s->sample = sample;
    s->nsamples = 2;
    s->ncolumns = 3; /* two values and a label */
    return s;
}

START_TEST(samples_of_a_data_set_are_shown_one_after_another)
{
    const double sample[] = {0, 8, 1, 16, 4, 0};
    net_builder *b = pair(2, 3);
    images(b, sample);
    const hmn_graph *g = build_graph(b);
    ck_assert_ptr_nonnull(g);
    ck_assert_uint_eq(g->npoisson, 2);
    for (uint32_t k = 0; k < 2; k++) {
        const graph_poisson *p = &g->poisson[k];
        ck_assert_uint_eq(p->start, 10 + 25 * k);
        ck_assert_uint_eq(p->stop, 30 + 25 * k);
        ck_assert_uint_eq(p->count, 2);
        for (uint32_t i = 0; i < 2; i++)
            ck_assert_double_eq_tol(graph_at(p->p, i), -expm1(-0.1 * sample[3 * k + i] / 16), 1e-15);
    }
    build_close(b);
}
END_TEST

START_TEST(samples_shorter_than_a_step_are_refused)
{
    const double sample[] = {0, 8, 1, 16, 4, 0};
    net_builder *b = pair(2, 3);
    images(b, sample)->present = (net_num){.v = 0.01, .at = {0, 1, 1, 1}};
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_VALUE_RANGE, "less than a step");
    build_close(b);
}
END_TEST

START_TEST(empty_populations_are_refused)
{
    net_builder *b = pair(0, 3);
    ck_assert_ptr_null(build_graph(b));
    build_refused(b, DIAG_NET_EMPTY, "in has no neurons");
    build_close(b);
}
END_TEST

SUITE("elaborate", neurons_are_numbered_in_order_and_found_again, parameters_are_scalars_lists_or_drawn,
      a_membrane_starts_at_rest_unless_told, drawn_parameters_out_of_range_are_refused,
      parameter_lists_of_the_wrong_length_are_refused, an_inhibitory_receptor_makes_magnitudes_negative,
      signs_that_contradict_the_receptor_are_refused, without_a_receptor_the_weights_decide,
      bounds_take_the_sign_of_the_receptor, unbounded_plastic_weights_keep_their_sign,
      bounds_across_zero_or_around_no_weight_are_refused, a_disabled_rule_leaves_a_static_projection,
      delays_round_to_steps_and_are_at_least_one, list_rows_carry_weight_and_delay,
      kernel_weights_are_shared_by_all_positions, weight_lists_of_the_wrong_length_are_refused,
      adding_a_projection_or_permuting_them_changes_no_synapse, permuting_the_keys_of_the_yaml_changes_no_synapse,
      reseeding_changes_the_network, projections_onto_sources_are_refused,
      networks_beyond_index_range_and_memory_are_refused_before_they_are_made, more_neurons_than_memory_are_refused,
      drawn_values_beyond_the_range_of_numbers_are_refused, spikes_of_all_stimuli_are_merged_sorted_and_unique,
      poisson_sources_have_the_chance_of_at_least_one_event, poisson_starts_that_differ_split_the_population,
      a_stimulus_with_a_weight_brings_its_own_source, spikes_onto_neurons_without_a_weight_are_refused,
      currents_reach_neurons_and_nothing_else, spikes_of_neurons_that_do_not_exist_are_refused,
      samples_of_a_data_set_are_shown_one_after_another, samples_shorter_than_a_step_are_refused,
      empty_populations_are_refused)
