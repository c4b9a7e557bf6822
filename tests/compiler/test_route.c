/* Axons: one a (source, core) pair, in order, learning ones last; limits with both numbers. */
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"

static const hmn_limits small = {.compartments = 10, .cores_per_chip = 64, .chips = 1, .mesh_width = 8};

static fake_net *network(void)
{
    fake_net *f = fake_begin(small);
    uint32_t in = fake_population(f, "in", 7, true), a = fake_population(f, "a", 25, false);
    uint32_t b = fake_population(f, "b", 13, false);
    fake_projection(f, "in_a", in, a, 3, 1);
    fake_projection(f, "a_b", a, b, 2, 1);
    fake_projection(f, "b_a", b, a, 4, 2);
    fake_learns(f, fake_projection(f, "in_b", in, b, 2, 1));
    fake_learns(f, fake_projection(f, "a_a", a, a, 5, 1));
    return f;
}

static bool routed(fake_net *f) { return pass_partition(&f->unit) && pass_place(&f->unit) && pass_route(&f->unit); }

/* Is there a synapse (of a learning projection, when asked) from neuron to core? */
static bool joined(const fake_net *f, uint32_t neuron, uint32_t core, bool plastic)
{
    for (uint32_t k = 0; k < f->graph.nprojections; k++) {
        const graph_projection *p = &f->projection[k];
        const graph_population *pre = &f->population[p->pre];
        if (neuron < pre->first || neuron >= pre->first + pre->size || (plastic && p->rule == NET_NONE))
            continue;
        for (uint32_t e = p->row[neuron - pre->first]; e < p->row[neuron - pre->first + 1]; e++)
            if (f->unit.mapping->neuron_core[f->population[p->post].first + p->target[e]] == core)
                return true;
    }
    return false;
}

START_TEST(there_is_an_axon_exactly_where_there_is_a_synapse)
{
    fake_net *f = network();
    ck_assert(routed(f));
    const hmn_mapping *m = f->unit.mapping;
    ck_assert_uint_gt(m->ncores, 3);
    for (uint32_t c = 0; c < m->ncores; c++)
        for (uint32_t n = 0; n < f->graph.nneurons; n++) {
            uint32_t count = 0, index = 0;
            for (uint32_t k = m->axon_row[c]; k < m->axon_row[c + 1]; k++)
                if (m->axon_source[k] == n) {
                    count++;
                    index = k - m->axon_row[c];
                }
            ck_assert_uint_eq(count, joined(f, n, c, false));
            if (count)
                ck_assert_int_eq(index >= m->first_plastic[c], joined(f, n, c, true));
        }
    fake_end(f);
}
END_TEST

START_TEST(axons_ascend_by_source_static_ones_first)
{
    fake_net *f = network();
    ck_assert(routed(f));
    const hmn_mapping *m = f->unit.mapping;
    uint32_t learning = 0;
    for (uint32_t c = 0; c < m->ncores; c++)
        for (uint32_t k = m->axon_row[c] + 1; k < m->axon_row[c + 1]; k++) {
            learning += k - m->axon_row[c] >= m->first_plastic[c];
            if (k - m->axon_row[c] != m->first_plastic[c])
                ck_assert_uint_gt(m->axon_source[k], m->axon_source[k - 1]);
        }
    ck_assert_uint_gt(learning, 0);
    fake_end(f);
}
END_TEST

START_TEST(outgoing_pairs_are_the_axons_seen_from_the_source)
{
    fake_net *f = network();
    ck_assert(routed(f));
    const hmn_mapping *m = f->unit.mapping;
    ck_assert_uint_eq(m->out_row[f->graph.nneurons], m->axon_row[m->ncores]);
    for (uint32_t n = 0; n < f->graph.nneurons; n++)
        for (uint32_t k = m->out_row[n]; k < m->out_row[n + 1]; k++) {
            ck_assert(k == m->out_row[n] || m->out_core[k] > m->out_core[k - 1]);
            ck_assert_uint_eq(m->axon_source[m->axon_row[m->out_core[k]] + m->out_axon[k]], n);
        }
    fake_end(f);
}
END_TEST

/* One neuron that reaches three cores. */
static fake_net *star(uint32_t out_axons)
{
    fake_net *f = fake_begin(small);
    f->limits.out_axons = out_axons;
    uint32_t from = fake_population(f, "from", 1, false), to = fake_population(f, "to", 30, false);
    fake_projection(f, "spread", from, to, 1, 1);
    return f;
}

START_TEST(too_many_output_axons_are_refused)
{
    fake_net *f = star(3);
    ck_assert(routed(f));
    fake_end(f);
    f = star(2);
    ck_assert(!routed(f));
    const hmn_message *m = diag_get(f->unit.diag, 0);
    ck_assert_int_eq(m->code, DIAG_FIT_AXONS);
    ck_assert_uint_eq(m->at.line, 100);
    ck_assert_msg(strstr(m->text, "needs 3 output axons (3 of them for projection 'spread')") != NULL, "%s", m->text);
    ck_assert_msg(strstr(m->text, "has 2") != NULL, "%s", m->text);
    fake_end(f);
}
END_TEST

START_TEST(too_many_input_axons_are_refused)
{
    fake_net *f = network();
    ck_assert(pass_partition(&f->unit) && pass_place(&f->unit) && pass_route(&f->unit));
    const uint32_t *row = f->unit.mapping->axon_row;
    uint32_t most = 0;
    for (uint32_t c = 0; c < f->unit.mapping->ncores; c++)
        most = row[c + 1] - row[c] > most ? row[c + 1] - row[c] : most;
    f->limits.in_axons = most;
    ck_assert(pass_route(&f->unit));
    f->limits.in_axons = most - 1;
    ck_assert(!pass_route(&f->unit));
    const hmn_message *m = diag_get(f->unit.diag, 0);
    ck_assert_int_eq(m->code, DIAG_FIT_AXONS);
    ck_assert_uint_ge(m->at.line, 100);
    char need[64], have[64];
    snprintf(need, sizeof need, "needs %u input axons", most);
    snprintf(have, sizeof have, "has %u", most - 1);
    ck_assert_msg(strstr(m->text, need) && strstr(m->text, have), "%s", m->text);
    fake_end(f);
}
END_TEST

SUITE("route", there_is_an_axon_exactly_where_there_is_a_synapse, axons_ascend_by_source_static_ones_first,
      outgoing_pairs_are_the_axons_seen_from_the_source, too_many_output_axons_are_refused,
      too_many_input_axons_are_refused)
