/* Gates of firing: who may fire when, and that a closed neuron only waits. */
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

enum { BINS = 4, STEPS = 400 };

/* Four cells, each in a bin of its own, and a static projection that carries the gate. */
static bench *gated(net_phase_gate *gate, const uint16_t *bin)
{
    bench *b = bench_new(1);
    graph_population *pre = bench_population(b, MODEL_SOURCE, 1), *post = bench_population(b, MODEL_CURR_DELTA, BINS);
    graph_projection *p = bench_project(b, pre, post, (bench_synapse[]){{0, 0, 0, 1}}, 1);
    b->net.noscillations = 1;
    b->oscillation[0] = (net_oscillation){.frequency = {.v = 9}, .phase = {.v = 0.3}};
    *gate = (net_phase_gate){.on = true, .bins = BINS, .gate = GATE_ACTIVITY};
    p->firing_gate = gate;
    p->gate_bin = bin;
    p->gated = 1;
    bench_set(b, post, NP_V_THRESH, -65.5); /* above threshold at rest: fires whenever it may */
    return b;
}

START_TEST(a_cell_fires_while_its_phase_is_open)
{
    static const double above[] = {0, M_SQRT1_2};
    static const uint16_t bin[BINS] = {0, 1, 2, 3};
    for (int k = 0; k < 2; k++) {
        net_phase_gate gate;
        bench *b = gated(&gate, bin);
        gate.open_above = above[k];
        hmn_reference *r = bench_start(b);
        hmn_sim *s = reference_sim(r);
        uint32_t open = 0, shut = 0;
        for (uint32_t t = 0; t < STEPS; t++) {
            bool fired[1 + BINS] = {false};
            uint32_t n;
            s->ops->begin(s);
            const uint32_t *spike = s->ops->spikes(s, &n);
            for (uint32_t i = 0; i < n; i++)
                fired[spike[i]] = true;
            for (uint32_t i = 0; i < BINS; i++) {
                bool may = cos(2 * M_PI * (9e-3 * t - i / 4.0) + 0.3) > above[k];
                ck_assert_int_eq(fired[1 + i], may);
                open += may;
                shut += !may;
            }
            s->ops->end(s);
        }
        ck_assert_double_eq_tol(open / (double)(open + shut), k ? 0.25 : 0.5, 0.02);
        bench_free(b);
    }
}
END_TEST

START_TEST(a_closed_cell_keeps_its_potential)
{
    static const uint16_t bin[BINS] = {2, 2, 2, 2};
    net_phase_gate gate;
    bench *b = gated(&gate, bin);
    bench_set(b, &b->population[1], NP_V_THRESH, 0);
    bench_current(b, &b->population[1], 1, 0, 20);
    gate.open_above = -1; /* always open */
    hmn_reference *r = bench_start(b);
    for (int t = 0; t < 10; t++)
        bench_step(r, NET_NONE, 0);
    double before = reference_v(r, 1);
    gate.open_above = 1; /* never */
    for (int t = 0; t < 10; t++)
        bench_step(r, NET_NONE, 0);
    ck_assert_double_eq(reference_v(r, 1), before);
    gate.open_above = -1;
    bench_step(r, NET_NONE, 0);
    ck_assert_double_eq_tol(reference_v(r, 1) + 65, (before + 65) * exp(-1 / 20.0), 1e-12);
    bench_free(b);
}
END_TEST

START_TEST(sources_cannot_be_gated)
{
    static const uint16_t bin[BINS] = {0};
    net_phase_gate gate;
    bench *b = gated(&gate, bin);
    b->projection[0].gated = 0;
    b->projection[0].at.line = 12;
    ck_assert_ptr_null(reference_new(&b->g, (reference_options){.grid = true}, b->a, b->d));
    ck_assert_uint_eq(diag_errors(b->d), 1);
    ck_assert_uint_eq(diag_get(b->d, 0)->at.line, 12);
    ck_assert_ptr_nonnull(strstr(diag_get(b->d, 0)->text, "a source"));
    bench_free(b);
}
END_TEST

SUITE("phase", a_cell_fires_while_its_phase_is_open, a_closed_cell_keeps_its_potential, sources_cannot_be_gated)
