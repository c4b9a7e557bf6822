/* Which chips get a management core, whom it must reach, and whom it counts. */
#include "tests/backends/spinnaker/fixture.h"

#include "compiler/managers.h"

/* Four populations of two cores each, three cores a chip: several chips. */
static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  src: {size: 20, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  out: {size: 60, model: IF_curr_exp}\n"
    "  quiet: {size: 60, model: IF_curr_exp}\n"
    "  busy: {size: 60, model: IF_curr_exp%s}\n"
    "neuromodulators:\n"
    "  rate: {weight: 1, tau: 20 ms, source: {population: busy}}\n"
    "plasticity_rules:\n"
    "  r: {type: hmn, traces: {pairing: hebbian, A_plus: 0.1, tau_plus: 20 ms, tau_fast: 50 ms},\n"
    "      neuromodulators: [rate], eta_local: 0.1, eta_global: 0.1, weight_bounds: [0, 2], epoch: 4}\n"
    "projections:\n"
    "  a: {pre: src, post: out, connector: {type: all_to_all}, weight: 0.3%s}\n"
    "  b: {pre: src, post: quiet, connector: {type: all_to_all}, weight: 0.3}\n"
    "  c: {pre: src, post: busy, connector: {type: all_to_all}, weight: 0.6}\n"
    "target: {neurons_per_core: 30, dead_cores: [[0, 0, 14], [1, 0, 14], [0, 1, 14], [1, 1, 14], [2, 0, 14],\n"
    "         [2, 1, 14], [0, 2, 14], [1, 2, 14], [2, 2, 14], [3, 1, 14], [1, 3, 14]]}\n";

static spin_net compiled(const char *homeostasis, const char *rule)
{
    char text[2048];
    snprintf(text, sizeof text, net, homeostasis, rule);
    spin_net n;
    ck_assert_msg(spin_compile(&n, text, "route"), "%s", spin_message(&n));
    return n;
}

static uint32_t chip_of(const hmn_mapping *m, uint32_t core) { return m->site[core] / 18; }

static bool is(const hmn_mapping *m, const hmn_slice *s, const char *name)
{
    return strcmp(m->qnet->graph->population[s->population].name, name) == 0;
}

START_TEST(every_chip_with_a_core_that_learns_has_one_manager_that_reaches_those_cores)
{
    spin_net n = compiled("", ", plasticity: r");
    const hmn_mapping *m = n.unit.mapping;
    ck_assert_uint_ge(m->nmanagers, 2);
    for (uint32_t s = 0; s < m->nslices; s++) {
        uint32_t found = 0, reached = 0;
        for (uint32_t k = 0; k < m->nmanagers; k++) {
            uint32_t core = m->ncores - m->nmanagers + k;
            ck_assert_uint_eq(m->site[core] % 18, 2);
            found += chip_of(m, core) == chip_of(m, m->slice[s].core);
            for (uint32_t i = m->manager_row[k]; i < m->manager_row[k + 1]; i++)
                reached += m->manager_core[i] == m->slice[s].core;
        }
        if (is(m, &m->slice[s], "out"))
            ck_assert_uint_eq(found, 1);
        ck_assert_uint_eq(reached, is(m, &m->slice[s], "out"));
    }
    spin_close(&n);
}
END_TEST

START_TEST(all_managers_count_a_population_that_drives_a_modulator)
{
    spin_net n = compiled("", ", plasticity: r");
    const hmn_mapping *m = n.unit.mapping;
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        for (uint32_t s = 0; s < m->nslices; s++)
            ck_assert_int_eq(managers_count(m, n.unit.chip, k, &m->slice[s]), is(m, &m->slice[s], "busy"));
        uint32_t core = m->ncores - m->nmanagers + k;
        ck_assert_uint_eq(m->axon_row[core + 1] - m->axon_row[core], 60);
    }
    spin_close(&n);
}
END_TEST

START_TEST(neurons_whose_bias_adapts_are_counted_on_their_own_chip)
{
    spin_net n = compiled(", params: {homeostasis_eta: 0.01 nA, homeostasis_rate: 10 Hz}", "");
    const hmn_mapping *m = n.unit.mapping;
    ck_assert_uint_ge(m->nmanagers, 1);
    hmn_net *net_written = (hmn_net *)(uintptr_t)m->qnet->graph->net;
    net_written->nmodulators = 0; /* no modulator counts them */
    for (uint32_t s = 0; s < m->nslices; s++)
        for (uint32_t k = 0; is(m, &m->slice[s], "busy") && k < m->nmanagers; k++)
            ck_assert_int_eq(managers_count(m, n.unit.chip, k, &m->slice[s]),
                             chip_of(m, m->slice[s].core) == chip_of(m, m->ncores - m->nmanagers + k));
    spin_close(&n);
}
END_TEST

START_TEST(modulators_that_nobody_hears_have_one_manager_and_a_network_without_any_none)
{
    spin_net n = compiled("", "");
    ck_assert_uint_eq(n.unit.mapping->nmanagers, 1);
    spin_close(&n);
    ck_assert(spin_compile(&n, "hmn: 1\npopulations: {a: {size: 3, model: IF_curr_exp}}\n", "route"));
    ck_assert_uint_eq(n.unit.mapping->nmanagers, 0);
    ck_assert_uint_eq(n.unit.mapping->ncores, 1);
    spin_close(&n);
}
END_TEST

SUITE("managers", every_chip_with_a_core_that_learns_has_one_manager_that_reaches_those_cores,
      all_managers_count_a_population_that_drives_a_modulator, neurons_whose_bias_adapts_are_counted_on_their_own_chip,
      modulators_that_nobody_hears_have_one_manager_and_a_network_without_any_none)
