/* The deferred HMN rule against one that does everything when it happens: every step all traces, all pairings, at an
 * epoch's end all weights. It reads the same tables and shares no code with the rows; bits must agree, however the rows
 * are visited. And against equation 3 in double precision. The arithmetic of attention is that of test_hybrid_attend.c.
 */
#include "backends/spinnaker/hybrid_parts.h"

#include "core/base/arena.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { PRE = 5, POST = 6, STEPS = 1500, MAX_ROW = 64, DELAY_BITS = 3, ROWS = 40 };
enum { PAIRS = HYBRID_BINS + 1, COUNTS, REGISTERS };

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(16, RNG_TASK, i, k, 0, n); }
static double unit(uint32_t i, uint32_t k) { return rng_unit(17, RNG_TASK, i, k, 0); }

/* A core of one rule: rows, spikes and broadcasts are drawn. */
typedef struct {
    hybrid_settings set;
    uint32_t region[4096], nregion, row[PRE][MAX_ROW], words[PRE];
    hybrid_rules rules;
    hybrid_core core;
    hybrid_counters count;
    ring_counters ring_count;
    uint16_t ring[1 << (3 + 1 + DELAY_BITS)];
    uint8_t pre[STEPS], post[STEPS]; /* a bit a neuron */
    int16_t m[STEPS][HYBRID_BINS];   /* by epoch */
    int16_t by[STEPS][2];            /* factor of pairings, what a spike counts */
    bool learning[STEPS];
    uint32_t bin[PRE * POST];
    uint32_t number[PRE]; /* of a row: of PRE among ROWS */
    int32_t start[PRE * POST];
    bool down[PRE * POST];
} world;

static hybrid_settings drawn_rule(uint32_t i)
{
    hybrid_settings s = {.epoch = 1 + draw(i, 0, 20), .bins = 1 + draw(i, 1, 16), .depth = 8 + draw(i, 2, 40)};
    uint32_t on = draw(i, 3, 64);
    s.flags = on;
    s.tau_plus = draw(i, 4, 8) ? 2 + 60 * unit(i, 5) : 0;
    s.tau_minus = 2 + 60 * unit(i, 6);
    for (uint32_t k = 0; k < 2; k++) {
        s.plus[k] = 8000 * unit(i, 7 + k) * (draw(i, 9 + k, 6) ? 1 : -1);
        s.minus[k] = 8000 * unit(i, 11 + k);
        s.tau[k] = k == 0 && draw(i, 13, 3) == 0 ? 0 : 5 + 200 * unit(i, 14 + k);
    }
    s.weight_shift = 12 + draw(i, 16, 18);
    s.w_min = -(int32_t)draw(i, 17, 32768);
    s.w_max = 1 + (int32_t)draw(i, 18, 32767);
    s.lose = draw(i, 19, 3) ? 0 : 0.05 * unit(i, 20);
    s.gate = draw(i, 21, 2);
    s.beta = 3 * unit(i, 22);
    s.theta = 4 * unit(i, 23);
    s.type[1] = 1;
    s.drop[0] = draw(i, 24, 3);
    s.drop[1] = draw(i, 25, 3);
    s.timescales = draw(i, 26, 2) ? 1 + draw(i, 27, HYBRID_TIMESCALES) : 0;
    s.attend_gain = 1000 * unit(i, 28);
    for (uint32_t k = 0; k < s.timescales; k++)
        s.attend_tau[k] = 3 + 60 * unit(i, 700000 + k);
    for (uint16_t b = 0; b < HYBRID_BINS; b++)
        s.channel[b] = (uint16_t)(HYBRID_BINS - b); /* any order */
    s.pairs_by = draw(i, 29, 3) ? 0 : PAIRS + 1;
    s.pairs_one = draw(i, 720000, 16);
    s.counts_by = draw(i, 720001, 3) ? 0 : COUNTS + 1;
    s.counts_one = draw(i, 720002, 16);
    return s;
}

static void make_rows(world *w, uint32_t i)
{
    const hybrid_rule *r = &w->rules.rule[0];
    bool each = w->set.flags & HYBRID_SYNAPSE_BIN;
    for (uint32_t a = 0; a < PRE; a++) {
        uint32_t plastic[MAX_ROW] = {0}, control[POST], base = 100 + 1000 * i;
        uint32_t row_bin = draw(i, base + a, r->bins);
        w->number[a] = a * 8 + draw(i, base + 5, 8);
        const hybrid_place place = {a * POST, w->number[a], 3, 0, row_bin};
        hybrid_row_head(r, plastic, &place);
        for (uint32_t b = 0; b < POST; b++) {
            uint32_t e = a * POST + b, at = hybrid_half(r, b);
            w->down[e] = draw(i, base + 10 + e, 2);
            int32_t size = (int32_t)draw(i, base + 50 + e, 3000);
            w->start[e] = w->down[e] ? -size : size;
            w->bin[e] = each ? draw(i, base + 90 + e, r->bins) : row_bin;
            row_set_half(plastic + hybrid_head_words(r), at, (uint16_t)w->start[e]);
            if (each)
                row_set_half(plastic + hybrid_head_words(r), hybrid_half(r, b + 1) - 1, w->bin[e]);
            control[b] = row_control(&w->core.format, b, w->down[e], 1 + draw(i, base + 130 + e, 1 << DELAY_BITS));
        }
        const row_parts p = {plastic, NULL, control, hybrid_plastic_words(r, POST), 0, POST, false};
        ck_assert_uint_le(row_words(&p), MAX_ROW);
        w->words[a] = (uint32_t)(row_write(w->row[a], &p) - w->row[a]);
    }
}

static void make_events(world *w, uint32_t i)
{
    uint32_t dense = 1 + draw(i, 30, 30);
    for (uint32_t t = 0; t < STEPS; t++) {
        for (uint32_t k = 0; k < 2; k++) { /* up to twice 1, sometimes below 0, which counts as 0 */
            uint32_t most = 2u << (k ? w->set.counts_one : w->set.pairs_one);
            w->by[t][k] = draw(i, 730000 + 2 * t + k, 9)
                              ? (int16_t)draw(i, 740000 + 2 * t + k, most > 32767 ? 32767 : most)
                              : (int16_t)-1;
        }
        bool quiet = t / 150 % 3 == 2, burst = t / 40 % 7 == 3; /* bursts fill a word of 32 steps */
        for (uint32_t a = 0; a < 8; a++) {
            bool x = !quiet && draw(i, 40 + 32 * t + a, dense) == 0;
            bool z = (burst && a == 2) || draw(i, 48 + 32 * t + a, dense + 3) == 0;
            w->pre[t] = (uint8_t)(w->pre[t] | x << a);
            w->post[t] = (uint8_t)(w->post[t] | z << a);
        }
        for (uint32_t b = 0; b < w->set.bins; b++)
            w->m[t][b] = draw(i, 700100 + t, 6) ? (int16_t)((int32_t)draw(i, 400000 + 32 * t + b, 65535) - 32767) : 0;
        w->learning[t] = draw(i, 600000 + t, 12) != 0;
    }
}

static row_view view_of(world *w, uint32_t a)
{
    row_view v;
    ck_assert(row_read(w->row[a], w->words[a], false, &v));
    ck_assert(hybrid_row_fits(&w->core, &v));
    return v;
}

static world *make(hmn_arena *arena, uint32_t i, const hybrid_settings *s)
{
    world *w = ARENA_NEW(arena, world, 1);
    w->set = *s;
    w->nregion = hybrid_write(NULL, s, 1, ROWS);
    ck_assert_uint_le(w->nregion, 4096);
    ck_assert_uint_eq(hybrid_write(w->region, s, 1, ROWS), w->nregion);
    ck_assert(hybrid_read(w->region, w->nregion, POST, &w->rules));
    w->core = (hybrid_core){.rules = &w->rules,
                            .region = w->region,
                            .state = ARENA_NEW(arena, uint32_t, w->rules.nstate),
                            .format = {3, 1, DELAY_BITS},
                            .seed = 99,
                            .count = &w->count};
    ck_assert_uint_eq(w->rules.nstate, hybrid_state_words(s, 1, POST, s->timescales ? ROWS : 0));
    make_rows(w, i);
    make_events(w, i);
    for (uint32_t a = 0; a < PRE; a++) {
        row_view v = view_of(w, a);
        hybrid_start(&w->core, &v);
    }
    return w;
}

/* ---- the rule, at once ---- */

typedef struct {
    int64_t x[PRE], y[POST];
    int32_t x_at[PRE], y_at[POST]; /* steps of the last spikes, -1: none */
    int32_t weight[PRE * POST], fast[PRE * POST], slow[PRE * POST];
    int64_t h[PRE][HYBRID_TIMESCALES], c[POST][HYBRID_TIMESCALES];
    uint32_t alpha[PRE * POST];
    uint64_t changes, shared; /* shared: alpha further than a tenth from 1, or from 1 / PRE */
} immediate;

static int64_t half(const world *w, uint32_t table, uint32_t i)
{
    uint32_t word = w->region[table + i / 2];
    return i % 2 ? word >> 16 : word & 0xffff;
}

static int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

static int64_t fade(const world *w, uint32_t table, uint32_t size, int64_t x, uint32_t t)
{
    if (t / 32 > size)
        return 0;
    x = t % 32 ? x * half(w, table, t % 32) / 65536 : x;
    return t / 32 ? x * half(w, table, 31 + t / 32) / 65536 : x;
}

static int64_t nearest(int64_t x, uint32_t bits)
{
    int64_t one = (int64_t)1 << bits;
    return x >= 0 ? (x + one / 2) / one : -((-x + one / 2) / one);
}

static void bump(int32_t *psi, int64_t by)
{
    int64_t v = *psi + by;
    *psi = (int32_t)(v > 32767 ? 32767 : v < -32767 ? -32767 : v);
}

static void pair(world *w, immediate *n, uint32_t e, int64_t trace, uint32_t fast, uint32_t slow, uint32_t left,
                 int sign)
{
    const hybrid_rule *r = &w->rules.rule[0];
    bump(&n->fast[e], sign * nearest(trace * (int16_t)half(w, fast, left), r->shift_fast));
    if (r->flags & HYBRID_SLOW)
        bump(&n->slow[e], sign * nearest(trace * (int16_t)half(w, slow, left), r->shift_slow));
}

static void change(world *w, immediate *n, uint32_t e, uint32_t epoch)
{
    const hybrid_rule *r = &w->rules.rule[0];
    int64_t d = (int64_t)w->m[epoch][w->bin[e]] * (n->fast[e] + n->slow[e]), one = (int64_t)1 << r->weight_shift;
    uint32_t random[4];
    rng_block(99, RNG_UPDATE, 3, e, epoch, random);
    if (r->timescales) {
        int64_t whole = d * n->alpha[e];
        d = r->flags & HYBRID_STOCHASTIC
                ? floor_div(whole, 65536) + (random[3] % 65536 < whole - 65536 * floor_div(whole, 65536))
                : nearest(whole, 16);
        n->shared += whole != 0 && (n->alpha[e] < 60000 / PRE || n->alpha[e] > 70000);
    }
    if (d != 0 && r->draw_size) {
        int64_t i = (d < 0 ? -d : d) / ((int64_t)1 << r->draw_shift), p;
        p = half(w, r->draw_table, (uint32_t)(i < r->draw_size ? i : r->draw_size - 1));
        if (p < 65535 && (random[0] >> 16) >= p)
            d = 0;
    }
    d -= nearest((int64_t)n->weight[e] * r->lose, 32 - r->weight_shift);
    int64_t by = nearest(d, r->weight_shift);
    if (r->flags & HYBRID_STOCHASTIC) {
        by = floor_div(d, one);
        by += random[1] % one < d - by * one;
    }
    int64_t v = n->weight[e] + by, low = (int32_t)r->w_min, high = (int32_t)r->w_max;
    if (!(r->flags & HYBRID_FREE)) {
        low = w->down[e] ? low : low > 0 ? low : 0;
        high = w->down[e] ? (high < 0 ? high : 0) : high;
    }
    v = v < low ? low : v > high ? high : v;
    if (d == 0)
        v = n->weight[e]; /* nothing to do: not even bounds */
    n->changes += v != n->weight[e];
    n->weight[e] = (int32_t)v;
}

/* At random up or down with STOCHASTIC, else toward 0. */
static int32_t keep(const hybrid_rule *r, int64_t psi, uint32_t share, uint32_t random)
{
    int64_t p = psi * share, low = floor_div(p, 65536);
    return (int32_t)(r->flags & HYBRID_STOCHASTIC ? low + (random < p - low * 65536) : p / 65536);
}

static hybrid_scale scale_of(const world *w, uint32_t k)
{
    hybrid_scale s;
    memcpy(&s, w->region + w->rules.rule[0].attend + 4 * k, sizeof s);
    return s;
}

/* What a register says in step t as a part of `one`. */
static int64_t said(const world *w, uint32_t t, int k) { return w->by[t][k] > 0 ? w->by[t][k] : 0; }

/* Of a spike that is fired in step t. */
static int64_t counts(const world *w, uint32_t t)
{
    return w->set.counts_by ? said(w, t, 1) * ((int64_t)1 << (15 - w->set.counts_one)) : 32768;
}

static void climb(const world *w, int64_t *trace, int32_t last, uint32_t t, int64_t by)
{
    for (uint32_t k = 0; k < w->set.timescales; k++) {
        hybrid_scale s = scale_of(w, k);
        trace[k] = (last < 0 ? 0 : fade(w, s.decay.table, s.decay.size, trace[k], t - (uint32_t)last)) + by;
    }
}

/* Traces of attention at the end of step t, and whether one of them is not 0. */
static bool at_end(const world *w, const int64_t *trace, int32_t last, uint32_t t, uint32_t *out)
{
    bool any = false;
    for (uint32_t k = 0; k < w->set.timescales; k++) {
        hybrid_scale s = scale_of(w, k);
        out[k] = last < 0 ? 0 : (uint32_t)fade(w, s.decay.table, s.decay.size, trace[k], t - (uint32_t)last);
        any |= out[k] != 0;
    }
    return any;
}

/* alpha of all synapses from scratch: rows in order of their numbers. */
static void share(const world *w, immediate *n, uint32_t t)
{
    uint32_t h[HYBRID_TIMESCALES], c[HYBRID_TIMESCALES];
    for (uint32_t b = 0; b < POST; b++) {
        hybrid_sum z = hybrid_sum_of(PRE);
        int32_t logit[PRE] = {0};
        at_end(w, n->c[b], n->y_at[b], t, c);
        for (uint32_t a = 0; a < PRE; a++) {
            bool active = at_end(w, n->h[a], n->x_at[a], t, h);
            for (uint32_t k = 0; k < w->set.timescales; k++) {
                hybrid_scale s = scale_of(w, k);
                logit[a] += hybrid_logit(&s, h[k], c[k]);
            }
            if (active)
                hybrid_sum_add(&z, logit[a]);
        }
        for (uint32_t a = 0; a < PRE; a++)
            n->alpha[a * POST + b] = hybrid_share(logit[a], hybrid_norm(&z, PRE, w->set.flags & HYBRID_MEAN));
    }
}

/* Step t: x of the spikes of step t - 1, z of this one. */
static void step(world *w, immediate *n, uint32_t t)
{
    const hybrid_rule *r = &w->rules.rule[0];
    const hybrid_decay *h = &w->rules.history[0];
    uint32_t left = r->epoch - 1 - t % r->epoch, reached = t ? w->pre[t - 1] : 0;
    for (uint32_t a = 0; a < PRE; a++)
        if (reached >> a & 1) {
            n->x[a] = (n->x_at[a] < 0 ? 0 : fade(w, r->x_table, r->x_size, n->x[a], t - (uint32_t)n->x_at[a])) +
                      counts(w, t - 1);
            climb(w, n->h[a], n->x_at[a], t, counts(w, t - 1));
            n->x_at[a] = (int32_t)t;
        }
    for (uint32_t b = 0; b < POST; b++)
        if (w->post[t] >> b & 1) {
            n->y[b] = (n->y_at[b] < 0 ? 0 : fade(w, h->table, h->size, n->y[b], t - (uint32_t)n->y_at[b])) + 32768;
            climb(w, n->c[b], n->y_at[b], t, 32768);
            n->y_at[b] = (int32_t)t;
        }
    if (left == 0 && r->timescales)
        share(w, n, t);
    for (uint32_t e = 0; e < PRE * POST; e++) {
        uint32_t a = e / POST, b = e % POST;
        int64_t y = n->y_at[b] < 0 ? 0 : fade(w, h->table, h->size, n->y[b], t - (uint32_t)n->y_at[b]);
        int64_t x = n->x_at[a] < 0 ? 0 : fade(w, r->x_table, r->x_size, n->x[a], t - (uint32_t)n->x_at[a]);
        if (w->set.pairs_by)
            x = x * said(w, t, 0) / ((int64_t)1 << w->set.pairs_one);
        if (reached >> a & 1)
            y = y * counts(w, t - 1) / 32768;
        if (w->set.pairs_by)
            y = y * said(w, t, 0) / ((int64_t)1 << w->set.pairs_one);
        if (reached >> a & 1 && r->flags & HYBRID_MINUS)
            pair(w, n, e, y, r->minus_fast, r->minus_slow, left, -1);
        if (w->post[t] >> b & 1)
            pair(w, n, e, x, r->plus_fast, r->plus_slow, left, 1);
        if (left > 0)
            continue;
        if (w->learning[t / r->epoch])
            change(w, n, e, t / r->epoch);
        uint32_t random[4];
        rng_block(99, RNG_UPDATE, 3, e, t / r->epoch, random);
        n->fast[e] = keep(r, n->fast[e], r->keep_fast, random[2] % 65536);
        n->slow[e] = keep(r, n->slow[e], r->keep_slow, random[2] / 65536);
    }
}

static immediate *start(const world *w, hmn_arena *a)
{
    immediate *n = ARENA_NEW(a, immediate, 1);
    memcpy(n->weight, w->start, sizeof w->start);
    memset(n->x_at, 0xff, sizeof n->x_at);
    memset(n->y_at, 0xff, sizeof n->y_at);
    return n;
}

static void compare(world *w, const immediate *n, uint32_t a, uint32_t t)
{
    row_view v = view_of(w, a);
    const hybrid_rule *r = &w->rules.rule[0];
    for (uint32_t b = 0; b < POST; b++) {
        uint32_t e = a * POST + b, at = hybrid_half(r, b);
        const uint32_t *stored = v.plastic + hybrid_head_words(r);
        ck_assert_msg((int16_t)row_half(stored, at) == n->weight[e], "step %u, synapse %u: weight %d, want %d", t, e,
                      (int16_t)row_half(stored, at), n->weight[e]);
        ck_assert_int_eq((int16_t)row_half(stored, at + 1), n->fast[e]);
        if (r->flags & HYBRID_SLOW)
            ck_assert_int_eq((int16_t)row_half(stored, at + 2), n->slow[e]);
    }
}

/* Adds of the ring buffers by an own sum: weights as they stand after step t. */
static void expect_ring(const world *w, const immediate *n, uint32_t a, uint32_t t, uint32_t sum[][16])
{
    for (uint32_t b = 0; b < POST; b++) {
        uint32_t control = row_half(w->row[a] + 3 + w->row[a][0], b), delay = control >> 4, e = a * POST + b;
        int64_t v = n->weight[e];
        uint32_t *at = &sum[(t + (delay ? delay : 8)) % 8][(v < 0 ? 8 : 0) + b];
        int64_t s = *at + nearest((v < 0 ? -v : v) * counts(w, t), 15 + w->set.drop[v < 0]);
        *at = (uint32_t)(s > 65535 ? 65535 : s);
    }
}

/* Sums of attention, as a core makes them. */
static void sum_up(world *w, uint32_t t)
{
    for (uint32_t k = hybrid_active(&w->core, 0); k < ROWS; k = hybrid_active(&w->core, k + 1)) {
        row_view v = view_of(w, k / 8);
        ck_assert_uint_eq(k, w->number[k / 8]);
        hybrid_attend(&w->core, &v, t);
    }
    hybrid_attended(&w->core, t);
}

/* One run: rows are served when their source fires and swept round robin; after each step the ring buffers agree, and
 * rows that are up to date do. */
static immediate *run(world *w, hmn_arena *scratch)
{
    immediate *n = start(w, scratch);
    uint32_t sum[8][16] = {0}, cursor = 0, turn = (w->set.depth - 1) * w->set.epoch / PRE;
    turn = turn ? turn : 1;
    for (uint32_t t = 0; t < STEPS; t++) {
        for (uint32_t k = 0; k < 16; k++) {
            ck_assert_uint_eq(w->ring[(t % 8) * 16 + k], sum[t % 8][k]);
            w->ring[(t % 8) * 16 + k] = 0;
            sum[t % 8][k] = 0;
        }
        hybrid_begin(&w->core, t);
        for (uint32_t b = 0; b < POST; b++)
            if (w->post[t] >> b & 1)
                hybrid_fired(&w->core, b, t);
        step(w, n, t);
        uint32_t epoch = t / w->set.epoch;
        int32_t channel[REGISTERS] = {[PAIRS] = w->by[t][0], [COUNTS] = w->by[t][1]};
        for (uint32_t b = 0; b < w->set.bins; b++)
            channel[w->set.channel[b]] = w->m[epoch][b];
        hybrid_listen(&w->core, t, channel, REGISTERS, w->learning[epoch]);
        if (hybrid_attends(&w->core, t))
            sum_up(w, t);
        if (t % turn == turn - 1) { /* the latest that the sweep may come */
            row_view v = view_of(w, cursor);
            hybrid_settle(&w->core, &v, t);
            compare(w, n, cursor, t);
            cursor = (cursor + 1) % PRE;
        }
        for (uint32_t a = 0; a < PRE; a++)
            if (w->pre[t] >> a & 1) {
                row_view v = view_of(w, a);
                hybrid_serve(&w->core, w->ring, &v, t, 0, &w->ring_count);
                compare(w, n, a, t);
                expect_ring(w, n, a, t, sum);
            }
    }
    ck_assert_uint_eq(w->count.late, 0);
    return n;
}

START_TEST(deferred_and_immediate_agree_bit_for_bit)
{
    uint64_t changes = 0, saturated = 0, shared = 0;
    for (uint32_t i = 0; i < 60; i++) {
        hmn_arena *scratch = arena_new(0);
        const hybrid_settings s = drawn_rule(i);
        world *w = make(scratch, i, &s);
        immediate *n = run(w, scratch);
        changes += n->changes;
        shared += n->shared;
        saturated += w->count.saturated;
        arena_free(scratch);
    }
    ck_assert_uint_gt(changes, 25000);
    ck_assert_uint_gt(shared, 10000);
    ck_assert_uint_gt(saturated, 100);
}
END_TEST

/* ---- against the equations ---- */

START_TEST(the_sweep_comes_around_before_a_broadcast_is_gone)
{
    for (uint32_t i = 0; i < 60; i++)
        for (uint32_t rows = 0; rows < 3000; rows = rows * 3 / 2 + 1) {
            hybrid_rules r = {.nrules = 2,
                              .rule = {{.depth = 3 + draw(i, 0, 40), .epoch = 1 + draw(i, 1, 63)},
                                       {.depth = 3 + draw(i, 2, 40), .epoch = 1 + draw(i, 3, 63)}}};
            uint32_t n = hybrid_sweep(&r, rows);
            for (uint32_t k = 0; k < 2; k++)
                ck_assert_uint_ge(n * (r.rule[k].depth - 1) * r.rule[k].epoch, rows);
            ck_assert_uint_eq(n == 0, rows == 0);
        }
}
END_TEST

START_TEST(weights_follow_equation_3_in_real_numbers)
{
    hmn_arena *scratch = arena_new(0);
    hybrid_settings s = {.epoch = 8,
                         .bins = 1,
                         .depth = 20,
                         .flags = HYBRID_SLOW | HYBRID_MINUS | HYBRID_FREE | HYBRID_STOCHASTIC,
                         .tau_plus = 20,
                         .tau_minus = 30,
                         .plus = {100, 8},
                         .minus = {90, 6},
                         .tau = {40, 400},
                         .weight_shift = 18,
                         .w_min = -32767,
                         .w_max = 32767,
                         .type = {0, 1}};
    double sxy = 0, sxx = 0, syy = 0;
    for (uint32_t i = 200; i < 210; i++) {
        world *w = make(scratch, i, &s);
        double x[PRE] = {0}, y[POST] = {0}, psi[2][PRE * POST] = {{0}}, moved[PRE * POST] = {0};
        for (uint32_t t = 0; t < STEPS; t++) {
            uint32_t reached = t ? w->pre[t - 1] : 0, epoch = t / s.epoch;
            for (uint32_t a = 0; a < PRE; a++)
                x[a] = x[a] * exp(-1 / s.tau_plus) + (reached >> a & 1);
            for (uint32_t b = 0; b < POST; b++)
                y[b] = y[b] * exp(-1 / s.tau_minus) + (w->post[t] >> b & 1);
            for (uint32_t e = 0; e < PRE * POST; e++)
                for (uint32_t k = 0; k < 2; k++)
                    psi[k][e] = psi[k][e] * exp(-1 / s.tau[k]) +
                                s.plus[k] * x[e / POST] * (w->post[t] >> e % POST & 1) -
                                s.minus[k] * y[e % POST] * (reached >> e / POST & 1);
            for (uint32_t e = 0; t % s.epoch == s.epoch - 1 && w->learning[epoch] && e < PRE * POST; e++)
                moved[e] += w->m[epoch][0] * (psi[0][e] + psi[1][e]) / (1 << 18);
        }
        run(w, scratch);
        for (uint32_t a = 0; a < PRE; a++) {
            row_view v = view_of(w, a);
            hybrid_settle(&w->core, &v, STEPS - 1);
            for (uint32_t b = 0; b < POST; b++) {
                double got = (int16_t)row_half(v.plastic + HYBRID_HEAD, 3 * b) - w->start[a * POST + b];
                sxy += got * moved[a * POST + b];
                sxx += moved[a * POST + b] * moved[a * POST + b];
                syy += got * got;
            }
        }
        ck_assert_uint_eq(w->count.saturated, 0);
    }
    ck_assert_msg(sxy / sqrt(sxx * syy) > 0.998, "correlation %g, slope %g", sxy / sqrt(sxx * syy), sxy / sxx);
    ck_assert_double_eq_tol(sxy / sxx, 1, 0.01);
    arena_free(scratch);
}
END_TEST

SUITE("hybrid", deferred_and_immediate_agree_bit_for_bit, the_sweep_comes_around_before_a_broadcast_is_gone,
      weights_follow_equation_3_in_real_numbers)
