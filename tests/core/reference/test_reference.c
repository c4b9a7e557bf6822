/* The order of a step: delays, sources, determinism. */
#include "core/base/rng.h"
#include "tests/core/reference/bench.h"
#include "tests/suite.h"

#include <math.h>

START_TEST(a_spike_arrives_after_its_delay)
{
    bench *b = bench_new(1);
    graph_population *in = bench_population(b, MODEL_SOURCE, 1), *out = bench_population(b, MODEL_CURR_DELTA, 5);
    bench_project(b, in, out,
                  (bench_synapse[]){{0, 0, 99, 1}, {0, 1, 99, 2}, {0, 2, 99, 3}, {0, 3, 99, 62}, {0, 4, 99, 200}}, 5);
    hmn_reference *r = bench_start(b);
    static const int delay[] = {1, 2, 3, 62, 200};
    int arrivals = 0;
    for (int t = 0; t < 500; t++) {
        hmn_sim *s = reference_sim(r);
        if (t == 7 || t == 11)
            s->ops->inject(s, 0);
        s->ops->begin(s);
        uint32_t n;
        const uint32_t *spike = s->ops->spikes(s, &n);
        for (uint32_t k = 0; k < n; k++) {
            if (k)
                ck_assert_uint_gt(spike[k], spike[k - 1]);
            if (spike[k] == 0)
                continue;
            int d = delay[spike[k] - 1];
            ck_assert_msg(t == 7 + d || t == 11 + d, "delay %d arrived at %d", d, t);
            arrivals++;
        }
        s->ops->end(s);
    }
    ck_assert_int_eq(arrivals, 10);
    ck_assert_uint_eq(reference_counters(r).synaptic_events, 10);
    bench_free(b);
}
END_TEST

START_TEST(poisson_sources_fire_at_their_rate_by_the_common_draw)
{
    bench *b = bench_new(1);
    bench_population(b, MODEL_SOURCE_POISSON, 3);
    bench_population(b, MODEL_SOURCE_POISSON, 100);
    b->g.npoisson = 1;
    b->poisson[0] = (graph_poisson){7, 3, 100, bench_value(b, 0.02), 100, 1100};
    hmn_reference *r = bench_start(b);
    hmn_sim *s = reference_sim(r);
    for (uint32_t t = 0; t < 1200; t++) {
        s->ops->begin(s);
        uint32_t n, next = 0;
        const uint32_t *spike = s->ops->spikes(s, &n);
        for (uint32_t i = 0; i < 100 && t >= 100 && t < 1100; i++)
            if (rng_u32(b->g.seed, RNG_POISSON, 7, i, t) < (uint32_t)(0.02 * 0x1p32)) {
                ck_assert_uint_lt(next, n);
                ck_assert_uint_eq(spike[next++], 3 + i);
            }
        ck_assert_uint_eq(n, next);
        s->ops->end(s);
    }
    double expected = 100 * 1000 * 0.02;
    ck_assert_double_le(fabs((double)reference_counters(r).spikes - expected), 4 * sqrt(expected));
    bench_free(b);
}
END_TEST

START_TEST(listed_spikes_fire_in_their_step_once)
{
    static const uint32_t step[] = {0, 0, 4, 4, 9}, neuron[] = {0, 2, 1, 1, 0};
    bench *b = bench_new(1);
    bench_population(b, MODEL_SOURCE_ARRAY, 3);
    b->g.spikes = (graph_spikes){step, neuron, 5};
    hmn_reference *r = bench_start(b);
    for (uint32_t t = 0; t < 12; t++)
        ck_assert_int_eq(bench_step(r, NET_NONE, 1), t == 4);
    ck_assert_uint_eq(reference_counters(r).spikes, 4);
    bench_free(b);
}
END_TEST

/* Sources s, exc e, inh i, with random weights that depend on names only; order: which population comes first. */
enum { NS = 20, NE = 60, NI = 15, NT = 400 };

static void connect(bench *b, const graph_population *pre, const graph_population *post, uint32_t key, double low,
                    double high)
{
    bench_synapse *synapse = ARENA_NEW(b->a, bench_synapse, pre->size * post->size);
    uint32_t n = 0;
    for (uint32_t i = 0; i < pre->size; i++)
        for (uint32_t j = 0; j < post->size; j++) {
            uint32_t draw[4];
            rng_block(5, RNG_CONNECT, key, i, j, draw);
            if (draw[0] % 4)
                continue;
            /* multiples of 2^-10: sums are exact in any order */
            double w = low + floor((high - low) * 1024 * (draw[1] * 0x1p-32)) / 1024;
            synapse[n++] = (bench_synapse){i, j, w, (uint16_t)(1 + draw[2] % 5)};
        }
    bench_project(b, pre, post, synapse, n);
}

static void random_network(const int order[3], uint8_t *raster, uint64_t *digest)
{
    static const uint32_t size[] = {NS, NE, NI};
    bench *b = bench_new(1);
    graph_population *p[3];
    for (int k = 0; k < 3; k++)
        p[order[k]] = bench_population(b, order[k] ? MODEL_CURR_EXP : MODEL_SOURCE, size[order[k]]);
    b->g.npoisson = 1;
    b->poisson[0] = (graph_poisson){0, p[0]->first, NS, bench_value(b, 0.05), 0, NT};
    connect(b, p[0], p[1], 1, 1, 6);
    connect(b, p[1], p[1], 2, 0.25, 1);
    connect(b, p[1], p[2], 3, 0.5, 2);
    connect(b, p[2], p[1], 4, -2, -0.5);
    hmn_reference *r = bench_start(b);
    hmn_sim *s = reference_sim(r);
    for (uint32_t t = 0; t < NT; t++) {
        s->ops->begin(s);
        uint32_t n, at = 0;
        s->ops->spikes(s, &n);
        const uint32_t *spike = s->ops->spikes(s, &n);
        for (int k = 0; k < 3; at += size[k++])
            for (uint32_t i = 0; i < n; i++)
                if (spike[i] >= p[k]->first && spike[i] < p[k]->first + size[k])
                    raster[t * (NS + NE + NI) + at + spike[i] - p[k]->first] = 1;
        s->ops->end(s);
    }
    *digest = reference_digest(r);
    bench_free(b);
}

START_TEST(the_order_of_populations_does_not_change_spikes)
{
    static const int orders[3][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}};
    enum { CELLS = NT * (NS + NE + NI) };
    uint8_t *first = calloc(1, CELLS), *other = calloc(1, CELLS);
    uint64_t digest, again;
    random_network(orders[0], first, &digest);
    uint32_t cells = 0;
    for (uint32_t t = 0; t < NT; t++)
        for (uint32_t i = NS; i < NS + NE + NI; i++)
            cells += first[t * (NS + NE + NI) + i];
    ck_assert_uint_gt(cells, 200);
    for (int k = 1; k < 3; k++) {
        memset(other, 0, CELLS);
        random_network(orders[k], other, &again);
        ck_assert_int_eq(memcmp(first, other, CELLS), 0);
    }
    memset(other, 0, CELLS);
    random_network(orders[0], other, &again);
    ck_assert_uint_eq(digest, again);
    free(first);
    free(other);
}
END_TEST

START_TEST(a_ring_that_would_not_fit_is_refused)
{
    bench *b = bench_new(1);
    bench_population(b, MODEL_CURR_EXP, 1 << 16);
    b->g.max_delay = 60000;
    ck_assert_ptr_null(reference_new(&b->g, (reference_options){.grid = true}, b->a, b->d));
    ck_assert_int_eq(diag_get(b->d, 0)->code, DIAG_NET_SIZE);
    bench_free(b);
}
END_TEST

SUITE("reference", a_spike_arrives_after_its_delay, poisson_sources_fire_at_their_rate_by_the_common_draw,
      listed_spikes_fire_in_their_step_once, the_order_of_populations_does_not_change_spikes,
      a_ring_that_would_not_fit_is_refused)
