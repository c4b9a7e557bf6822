/* Cutting networks into cores: every limit, at it and one past it; evenness; sharing; determinism. */
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"

static const hmn_limits roomy = {
    .compartments = 100, .cores_per_chip = 16, .chips = 1, .mesh_width = 4, .cores_per_tile = 1};

static bool partitioned(fake_net *f) { return pass_partition(&f->unit); }

/* The network must be refused with this code, at this line, naming both numbers. */
static void refused(fake_net *f, hmn_diag_code code, uint32_t line, const char *need, const char *have)
{
    ck_assert(!partitioned(f));
    ck_assert_uint_eq(diag_count(f->unit.diag), 1);
    const hmn_message *m = diag_get(f->unit.diag, 0);
    ck_assert_int_eq(m->code, code);
    ck_assert_uint_eq(m->at.line, line);
    ck_assert_msg(strstr(m->text, need) != NULL, "%s lacks %s", m->text, need);
    ck_assert_msg(strstr(m->text, have) != NULL, "%s lacks %s", m->text, have);
    fake_end(f);
}

/* Every neuron on exactly one core, slices in order, cores within the limit. */
static void sound(const fake_net *f)
{
    const hmn_mapping *m = f->unit.mapping;
    uint32_t *seen = ARENA_NEW(f->arena, uint32_t, f->graph.nneurons);
    for (uint32_t c = 0; c < m->ncores; c++) {
        uint32_t base = 0;
        for (uint32_t s = m->core_first_slice[c]; s < m->core_first_slice[c + 1]; s++) {
            hmn_slice slice = m->slice[s];
            ck_assert_uint_eq(slice.core, c);
            ck_assert_uint_eq(slice.base, base);
            ck_assert_uint_gt(slice.count, 0);
            for (uint32_t i = 0; i < slice.count; i++) {
                uint32_t n = f->population[slice.population].first + slice.first + i;
                seen[n]++;
                ck_assert_uint_eq(m->neuron_core[n], c);
                ck_assert_uint_eq(m->neuron_local[n], base + i);
            }
            base += slice.count;
        }
        ck_assert(base > 0 && (f->limits.compartments == 0 || base <= f->limits.compartments));
    }
    for (uint32_t k = 0; k < f->graph.npopulations; k++)
        for (uint32_t i = 0; i < f->population[k].size; i++) {
            uint32_t n = f->population[k].first + i;
            ck_assert_uint_eq(seen[n], f->population[k].source ? 0 : 1);
            if (f->population[k].source)
                ck_assert_uint_eq(m->neuron_core[n], NET_NONE);
        }
}

START_TEST(a_population_that_fits_stays_on_one_core)
{
    fake_net *f = fake_begin(roomy);
    fake_population(f, "a", 100, false);
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 1);
    fake_end(f);
}
END_TEST

START_TEST(a_population_too_large_is_cut_evenly)
{
    fake_net *f = fake_begin(roomy);
    fake_population(f, "a", 301, false);
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 4);
    for (uint32_t s = 0; s < 4; s++)
        ck_assert_uint_eq(f->unit.mapping->slice[s].count, s == 0 ? 76 : 75);
    fake_end(f);
}
END_TEST

START_TEST(small_populations_share_a_core_with_those_they_talk_to)
{
    fake_net *f = fake_begin(roomy);
    uint32_t a = fake_population(f, "a", 80, false), b = fake_population(f, "b", 80, false);
    uint32_t c = fake_population(f, "c", 20, false);
    fake_projection(f, "bc", b, c, 1, 1);
    (void)a;
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 2);
    ck_assert_uint_eq(f->unit.mapping->neuron_core[f->population[c].first],
                      f->unit.mapping->neuron_core[f->population[b].first]);
    fake_end(f);
}
END_TEST

START_TEST(neurons_per_core_lowers_the_limit)
{
    fake_net *f = fake_begin(roomy);
    fake_population(f, "a", 100, false);
    f->net.target.neurons_per_core = (net_num){.v = 30, .given = true};
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 4);
    fake_end(f);
}
END_TEST

START_TEST(few_cores_are_packed_tightly)
{
    fake_net *f = fake_begin(roomy);
    fake_population(f, "a", 150, false);
    fake_population(f, "b", 150, false);
    f->net.target.cores = (net_num){.v = 3, .given = true};
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 3);
    fake_end(f);
}
END_TEST

START_TEST(more_neurons_than_all_cores_hold_are_refused)
{
    fake_net *f = fake_begin(roomy);
    fake_population(f, "small", 100, false);
    fake_population(f, "big", 1500, false);
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 16);
    fake_end(f);
    f = fake_begin(roomy);
    fake_population(f, "small", 100, false);
    fake_population(f, "big", 1501, false);
    refused(f, DIAG_FIT_COMPARTMENTS, 2, "1,601", "1,600");
}
END_TEST

/* 10 neurons, 40 synapses each; a core holds 100 words: 2 neurons, so 5 cores. */
static fake_net *wide(uint32_t words, uint32_t cores)
{
    fake_net *f = fake_begin(roomy);
    f->limits.synapse_words = words;
    f->net.target.cores = (net_num){.v = cores, .given = true};
    uint32_t in = fake_population(f, "in", 40, true), out = fake_population(f, "out", 10, false);
    fake_projection(f, "in_out", in, out, 1, 1);
    return f;
}

START_TEST(more_cores_than_the_target_has_are_refused)
{
    fake_net *f = wide(100, 5);
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 5);
    fake_end(f);
    refused(wide(100, 4), DIAG_FIT_CORES, 2, "about 5 cores", "may use 4");
}
END_TEST

START_TEST(a_neuron_with_more_synapses_than_a_core_is_refused)
{
    fake_net *f = wide(40, 16);
    ck_assert(partitioned(f));
    ck_assert_uint_eq(f->unit.mapping->ncores, 10);
    fake_end(f);
    refused(wide(39, 16), DIAG_FIT_SYNAPSES, 100, "neuron 0 of population 'out' needs 40 words", "has 39");
}
END_TEST

START_TEST(a_neuron_with_more_axons_than_a_core_is_refused)
{
    for (uint32_t have = 40; have >= 39; have--) {
        fake_net *f = wide(0, 16);
        f->limits.in_axons = have;
        if (have == 39) {
            refused(f, DIAG_FIT_AXONS, 100, "40 input axons", "has 39");
            continue;
        }
        ck_assert(partitioned(f));
        fake_end(f);
    }
}
END_TEST

static fake_net *late(uint16_t delay)
{
    fake_net *f = fake_begin(roomy);
    f->limits.max_delay = 5;
    f->limits.delay_cells = 20;
    uint32_t a = fake_population(f, "a", 10, false);
    fake_projection(f, "near", a, a, 1, 1);
    fake_projection(f, "far", a, a, 9, delay);
    return f;
}

START_TEST(a_delay_longer_than_the_chip_holds_is_refused)
{
    fake_net *f = late(5);
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_ge(f->unit.mapping->ncores, 3); /* 5 slots x 4 neurons = 20 cells */
    fake_end(f);
    refused(late(6), DIAG_FIT_DELAY, 101, "6 steps of delay", "has 5");
}
END_TEST

START_TEST(profiles_that_do_not_fit_one_core_spread_over_several)
{
    fake_net *f = fake_begin(roomy);
    f->limits.neuron_profiles = 3;
    fake_population(f, "a", 10, false);
    int32_t *bias = ARENA_NEW(f->arena, int32_t, 10);
    for (int32_t i = 0; i < 10; i++)
        bias[i] = i;
    f->qpopulation[0].column[0] = (qnet_column){bias, 1};
    ck_assert(partitioned(f));
    sound(f);
    ck_assert_uint_eq(f->unit.mapping->ncores, 4);
    fake_end(f);
}
END_TEST

START_TEST(a_network_of_sources_only_is_refused)
{
    fake_net *f = fake_begin(roomy);
    fake_population(f, "in", 10, true);
    ck_assert(!partitioned(f));
    ck_assert_int_eq(diag_get(f->unit.diag, 0)->code, DIAG_NET_EMPTY);
    fake_end(f);
}
END_TEST

START_TEST(slices_shrink_until_output_axons_suffice)
{
    fake_net *f = fake_begin(roomy);
    f->limits.cores_per_chip = 0;
    f->limits.chips = 0;
    f->limits.out_axons = 40; /* "from" reaches 4 cores, so 10 neurons a core */
    uint32_t from = fake_population(f, "from", 60, false), to = fake_population(f, "to", 400, false);
    fake_projection(f, "p", from, to, 1, 1);
    ck_assert(partitioned(f));
    sound(f);
    ck_assert(pass_place(&f->unit));
    ck_assert(pass_route(&f->unit));
    ck_assert_uint_ge(f->unit.mapping->ncores, 9);
    fake_end(f);
}
END_TEST

START_TEST(the_same_network_is_cut_the_same_way)
{
    hmn_mapping *first = NULL;
    fake_net *net[2];
    for (int round = 0; round < 2; round++) {
        fake_net *f = net[round] = wide(100, 16);
        fake_population(f, "more", 37, false);
        fake_projection(f, "x", 1, 2, 3, 2);
        ck_assert(partitioned(f));
        hmn_mapping *m = f->unit.mapping;
        if (first) {
            ck_assert_uint_eq(m->nslices, first->nslices);
            ck_assert_mem_eq(m->slice, first->slice, m->nslices * sizeof *m->slice);
        }
        first = m;
    }
    fake_end(net[0]);
    fake_end(net[1]);
}
END_TEST

SUITE("partition", a_population_that_fits_stays_on_one_core, a_population_too_large_is_cut_evenly,
      small_populations_share_a_core_with_those_they_talk_to, neurons_per_core_lowers_the_limit,
      few_cores_are_packed_tightly, more_neurons_than_all_cores_hold_are_refused,
      more_cores_than_the_target_has_are_refused, a_neuron_with_more_synapses_than_a_core_is_refused,
      a_neuron_with_more_axons_than_a_core_is_refused, a_delay_longer_than_the_chip_holds_is_refused,
      profiles_that_do_not_fit_one_core_spread_over_several, a_network_of_sources_only_is_refused,
      slices_shrink_until_output_axons_suffice, the_same_network_is_cut_the_same_way)
