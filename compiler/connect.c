/* Connectors. Takes a projection as written, yields pairs in CSR form by presynaptic neuron, targets ascending.
 *
 * Connectors that choose per presynaptic neuron write rows in order; those that choose otherwise (per target,
 * over all pairs, from a list) write pairs, which two counting passes put in order in linear time. Every draw is
 * keyed by (projection name, neuron, k): the result depends neither on order nor on other projections.
 * fixed_probability skips geometrically distributed gaps, so its cost is the number of synapses, not of pairs;
 * choosing n of N is Floyd's method (Bentley and Floyd, CACM 1987). */
#include "compiler/connect.h"

#include "compiler/connect_group.h"
#include "compiler/distribution.h"
#include "compiler/geometry.h"
#include "core/base/bug.h"
#include "core/base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const connect_request *r;
    connect_pairs *out;
    size_t cap, origin_cap;
    uint64_t key;
} builder;

static bool recurrent(const connect_request *r) { return r->projection->pre.i == r->projection->post.i; }

/* Self connections exist and are to be left out. */
static bool no_self(const connect_request *r) { return recurrent(r) && !r->projection->connector.self; }

/* ---- checks ---- */

static bool check_list(const connect_request *r)
{
    const net_connector *c = &r->projection->connector;
    bool ok = true;
    for (uint32_t k = 0; k < c->nrows; k++) {
        bool pre = c->pre[k] >= r->pre->size, post = c->post[k] >= r->post->size;
        if (!pre && !post)
            continue;
        if (ok) {
            const net_population *p = pre ? r->pre : r->post;
            diag_report(r->diag, DIAG_NET_CONNECT, c->at, "row %u of the list: %s index %u, but %s has %u neurons", k,
                        pre ? "pre" : "post", pre ? c->pre[k] : c->post[k], p->name.s, p->size);
            diag_cure(r->diag, "indices of %s run from 0 to %u", p->name.s, p->size - 1);
        }
        ok = false;
    }
    return ok;
}

static bool check_number(const connect_request *r, uint64_t available, const char *what)
{
    const net_connector *c = &r->projection->connector;
    if (c->multapses ? (c->n == 0 || available > 0) : c->n <= available)
        return true;
    diag_report(r->diag, DIAG_NET_CONNECT, c->at, "n is %u, but there are only %llu %s to choose from%s", c->n,
                (unsigned long long)available, what, no_self(r) ? " (a neuron is not connected to itself)" : "");
    diag_cure(r->diag, available ? "use n <= %llu, or with_replacement: true" : "use n: %llu",
              (unsigned long long)available);
    return false;
}

void connect_conv_shape(const net_connector *c, const net_population *pre, uint32_t out[2])
{
    for (int i = 0; i < 2; i++) {
        uint64_t padded = (uint64_t)pre->shape[i] + 2 * (uint64_t)c->padding[i];
        bool fits = c->kernel[i] >= 1 && c->stride[i] >= 1 && padded >= c->kernel[i];
        uint64_t n = fits ? (padded - c->kernel[i]) / c->stride[i] + 1 : 0;
        out[i] = n > UINT32_MAX ? 0 : (uint32_t)n;
    }
}

static bool check_conv(const connect_request *r)
{
    const net_connector *c = &r->projection->connector;
    const net_population *pre = r->pre, *post = r->post;
    uint32_t out[2];
    connect_conv_shape(c, pre, out);
    if ((uint64_t)pre->shape[0] * pre->shape[1] * pre->shape[2] != pre->size || pre->ndim < 2) {
        diag_report(r->diag, DIAG_NET_CONNECT, c->at, "conv2d needs a shape, but %s is a plain list of %u neurons",
                    pre->name.s, pre->size);
        diag_cure(r->diag, "give %s the size [height, width] or [height, width, channels]", pre->name.s);
        return false;
    }
    if (pre->shape[2] != c->in_channels) {
        diag_report(r->diag, DIAG_NET_CONNECT, c->at, "in_channels is %u, but %s has %u channels", c->in_channels,
                    pre->name.s, pre->shape[2]);
        diag_cure(r->diag, "use in_channels: %u", pre->shape[2]);
        return false;
    }
    if (!out[0] || !out[1] || !c->out_channels) {
        diag_report(r->diag, DIAG_NET_CONNECT, c->at,
                    "a %ux%u kernel with stride %ux%u and padding %ux%u does not fit into %ux%u", c->kernel[0],
                    c->kernel[1], c->stride[0], c->stride[1], c->padding[0], c->padding[1], pre->shape[0],
                    pre->shape[1]);
        diag_cure(r->diag, "use a smaller kernel or more padding");
        return false;
    }
    if (post->shape[0] == out[0] && post->shape[1] == out[1] && post->shape[2] == c->out_channels)
        return true;
    diag_report(r->diag, DIAG_NET_CONNECT, c->at, "the convolution yields [%u, %u, %u], but %s is [%u, %u, %u]", out[0],
                out[1], c->out_channels, post->name.s, post->shape[0], post->shape[1], post->shape[2]);
    diag_cure(r->diag, "give %s the size [%u, %u, %u]", post->name.s, out[0], out[1], c->out_channels);
    return false;
}

static bool check_one_to_one(const connect_request *r)
{
    if (r->pre->size == r->post->size)
        return true;
    diag_report(r->diag, DIAG_NET_CONNECT, r->projection->connector.at,
                "one_to_one needs equal sizes, but %s has %u neurons and %s has %u", r->pre->name.s, r->pre->size,
                r->post->name.s, r->post->size);
    diag_cure(r->diag, "make the sizes equal, or use from_list");
    return false;
}

static uint64_t all_pairs(const connect_request *r)
{
    uint64_t pairs = (uint64_t)r->pre->size * r->post->size;
    return no_self(r) ? pairs - r->pre->size : pairs;
}

bool connect_check_group(const connect_request *r)
{
    const net_connector *c = &r->projection->connector;
    uint32_t self = no_self(r) ? 1 : 0;
    switch (c->type) {
    case CONN_ALL_TO_ALL:
    case CONN_FIXED_PROBABILITY: return true;
    case CONN_ONE_TO_ONE: return check_one_to_one(r);
    case CONN_FIXED_NUMBER_PRE: return check_number(r, r->pre->size - self, "presynaptic neurons");
    case CONN_FIXED_NUMBER_POST: return check_number(r, r->post->size - self, "postsynaptic neurons");
    case CONN_FIXED_TOTAL_NUMBER: return check_number(r, all_pairs(r), "pairs of neurons");
    case CONN_FROM_LIST:
    case CONN_FROM_FILE: return check_list(r);
    case CONN_DISTANCE:
        return geometry_check(r->projection, r->pre, r->diag) & geometry_check(r->projection, r->post, r->diag);
    case CONN_CONV2D: return check_conv(r);
    }
    HMN_BUG("connector type %d", (int)c->type);
}

/* From a sample of pairs, keyed like everything else so that the estimate is reproducible. */
static double mean_probability(const connect_request *r)
{
    enum { SAMPLE = 4096 };
    uint64_t key = distribution_seed(r->seed, "sample", r->projection->name.s);
    geometry g = geometry_of(r->projection, r->pre, r->post);
    double sum = 0;
    for (uint32_t k = 0; k < SAMPLE; k++)
        sum += geometry_probability(&g, rng_below(key, RNG_CONNECT, k, 0, 0, r->pre->size),
                                    rng_below(key, RNG_CONNECT, k, 1, 0, r->post->size));
    return sum / SAMPLE;
}

double connect_estimate_group(const connect_request *r)
{
    const net_connector *c = &r->projection->connector;
    switch (c->type) {
    case CONN_ALL_TO_ALL: return (double)all_pairs(r);
    case CONN_DISTANCE: return mean_probability(r) * (double)all_pairs(r);
    case CONN_ONE_TO_ONE: return r->pre->size;
    case CONN_FIXED_PROBABILITY: return c->p_connect * (double)all_pairs(r);
    case CONN_FIXED_NUMBER_PRE: return (double)c->n * r->post->size;
    case CONN_FIXED_NUMBER_POST: return (double)c->n * r->pre->size;
    case CONN_FIXED_TOTAL_NUMBER: return c->n;
    case CONN_FROM_LIST:
    case CONN_FROM_FILE: return c->nrows;
    case CONN_CONV2D: return (double)r->post->size * c->kernel[0] * c->kernel[1] * c->in_channels;
    }
    HMN_BUG("connector type %d", (int)c->type);
}

/* ---- rows in order ---- */

static void reserve(builder *b, double expected, bool origin)
{
    size_t room = (size_t)(expected + 8 * sqrt(expected) + 64);
    b->out->target = arena_grow(b->r->arena, NULL, sizeof(uint32_t), 0, room, &b->cap);
    if (origin)
        b->out->origin = arena_grow(b->r->arena, NULL, sizeof(uint32_t), 0, room, &b->origin_cap);
}

static void put(builder *b, uint32_t target)
{
    connect_pairs *o = b->out;
    if (o->count == b->cap)
        o->target = arena_grow(b->r->arena, o->target, sizeof(uint32_t), o->count, o->count + 1, &b->cap);
    o->target[o->count++] = target;
}

static void put_origin(builder *b, uint32_t target, uint32_t origin)
{
    connect_pairs *o = b->out;
    if (o->count == b->origin_cap)
        o->origin = arena_grow(b->r->arena, o->origin, sizeof(uint32_t), o->count, o->count + 1, &b->origin_cap);
    o->origin[o->count] = origin;
    put(b, target);
}

static void all_row(builder *b, uint32_t i)
{
    bool skip = no_self(b->r);
    for (uint32_t j = 0; j < b->r->post->size; j++)
        if (!skip || j != i)
            put(b, j);
}

/* Gaps between connected targets are geometric: floor(ln(1 - u) / ln(1 - p)). */
static void probability_row(builder *b, uint32_t i)
{
    double p = b->r->projection->connector.p_connect, scale = 1.0 / log1p(-p);
    bool skip = no_self(b->r);
    uint32_t n = b->r->post->size - skip;
    double j = -1;
    for (uint32_t k = 0;; k++) {
        j += 1 + floor(log1p(-rng_unit(b->key, RNG_CONNECT, i, 0, k)) * scale);
        if (!(j < n))
            return;
        uint32_t target = (uint32_t)j;
        put(b, target + (skip && target >= i));
    }
}

static void distance_row(builder *b, uint32_t i, geometry *g)
{
    bool skip = no_self(b->r);
    for (uint32_t j = 0; j < b->r->post->size; j++) {
        if (skip && j == i)
            continue;
        double p = geometry_probability(g, i, j);
        if (p >= 1 || (p > 0 && rng_unit(b->key, RNG_CONNECT, i, j, 0) < p))
            put(b, j);
    }
}

/* Neuron (y, x, c) lies under kernel entry (ky, kx) of output (oy, ox) when y = oy stride + ky - padding. */
static void conv_row(builder *b, uint32_t i, const uint32_t out[2])
{
    const net_connector *c = &b->r->projection->connector;
    const uint32_t *shape = b->r->pre->shape;
    uint32_t channel = i % shape[2], at[2] = {i / shape[2] / shape[1], i / shape[2] % shape[1]}, low[2], high[2];
    for (int a = 0; a < 2; a++) {
        uint64_t y = (uint64_t)at[a] + c->padding[a], last = y / c->stride[a];
        uint64_t first = y < c->kernel[a] ? 0 : (y - c->kernel[a]) / c->stride[a] + 1;
        low[a] = (uint32_t)(first < out[a] ? first : out[a]);
        high[a] = (uint32_t)(last < out[a] ? last + 1 : out[a]);
    }
    for (uint32_t oy = low[0]; oy < high[0]; oy++)
        for (uint32_t ox = low[1]; ox < high[1]; ox++) {
            uint32_t ky = at[0] + c->padding[0] - oy * c->stride[0], kx = at[1] + c->padding[1] - ox * c->stride[1];
            for (uint32_t o = 0; o < c->out_channels; o++)
                put_origin(b, (oy * out[1] + ox) * c->out_channels + o,
                           ((o * c->in_channels + channel) * c->kernel[0] + ky) * c->kernel[1] + kx);
        }
}

/* Marks n of `size` in the bitmap, each subset equally likely. */
static void choose(uint64_t key, uint32_t a, uint32_t n, uint32_t size, uint64_t *bitmap)
{
    for (uint32_t k = size - n; k < size; k++) {
        uint32_t t = rng_below(key, RNG_CONNECT, a, 0, k, k + 1);
        uint32_t pick = bitmap[t / 64] >> (t % 64) & 1 ? k : t;
        bitmap[pick / 64] |= (uint64_t)1 << (pick % 64);
    }
}

static void chosen_row(builder *b, uint32_t i, uint64_t *bitmap)
{
    uint32_t skip = no_self(b->r), n = b->r->post->size - skip;
    choose(b->key, i, b->r->projection->connector.n, n, bitmap);
    for (uint32_t word = 0; word * 64 < n; word++) {
        for (uint64_t bits = bitmap[word]; bits; bits &= bits - 1) {
            uint32_t j = word * 64 + (uint32_t)__builtin_ctzll(bits);
            put(b, j + (skip && j >= i));
        }
        bitmap[word] = 0;
    }
}

static bool rows(builder *b)
{
    const connect_request *r = b->r;
    const net_connector *c = &r->projection->connector;
    bool conv = c->type == CONN_CONV2D, distance = c->type == CONN_DISTANCE;
    hmn_arena *scratch = arena_new(0);
    uint64_t *bitmap = ARENA_NEW(scratch, uint64_t, r->post->size / 64 + 1);
    geometry g = geometry_of(r->projection, r->pre, r->post);
    bool ok = true;
    uint32_t out[2] = {0, 0};
    if (conv)
        connect_conv_shape(c, r->pre, out);
    reserve(b, connect_estimate_group(r), conv);
    bool every = c->type == CONN_ALL_TO_ALL || (c->type == CONN_FIXED_PROBABILITY && c->p_connect >= 1);
    for (uint32_t i = 0; ok && i < r->pre->size; i++) {
        if (every)
            all_row(b, i);
        else if (c->type == CONN_FIXED_PROBABILITY && c->p_connect > 0)
            probability_row(b, i);
        else if (c->type == CONN_ONE_TO_ONE)
            put(b, i);
        else if (c->type == CONN_FIXED_NUMBER_POST)
            chosen_row(b, i, bitmap);
        else if (conv)
            conv_row(b, i, out);
        else if (distance)
            distance_row(b, i, &g);
        ok = b->out->count <= UINT32_MAX;
        b->out->row[i + 1] = (uint32_t)b->out->count;
    }
    arena_free(scratch);
    return ok && (!distance || geometry_sound(&g, r->diag));
}

/* ---- pairs in any order ---- */

typedef struct {
    uint32_t *pre, *post, *origin; /* origin NULL: the pair's own number */
    uint32_t count;
} pair_list;

static pair_list pairs_new(hmn_arena *scratch, uint32_t n)
{
    return (pair_list){ARENA_NEW(scratch, uint32_t, n), ARENA_NEW(scratch, uint32_t, n), NULL, n};
}

/* Counting sort: order[] lists 0..count-1 (or `before`) by ascending value, equal ones as they stood. */
static void sort_by(const uint32_t *value, const uint32_t *before, uint32_t count, uint32_t nvalues, uint32_t *order,
                    uint32_t *start)
{
    memset(start, 0, sizeof *start * ((size_t)nvalues + 1));
    for (uint32_t k = 0; k < count; k++)
        start[value[k] + 1]++;
    for (uint32_t v = 0; v < nvalues; v++)
        start[v + 1] += start[v];
    for (uint32_t k = 0; k < count; k++) {
        uint32_t item = before ? before[k] : k;
        order[start[value[item]]++] = item;
    }
}

/* Pairs -> rows with ascending targets, stable. origin: keep the number of each pair. */
static void order_pairs(builder *b, const pair_list *p, bool origin, hmn_arena *scratch)
{
    const connect_request *r = b->r;
    uint32_t larger = r->pre->size > r->post->size ? r->pre->size : r->post->size;
    uint32_t *start = ARENA_NEW(scratch, uint32_t, (size_t)larger + 2);
    uint32_t *by_post = ARENA_NEW(scratch, uint32_t, p->count), *order = ARENA_NEW(r->arena, uint32_t, p->count);
    sort_by(p->post, NULL, p->count, r->post->size, by_post, start);
    sort_by(p->pre, by_post, p->count, r->pre->size, order, start);
    b->out->target = ARENA_NEW(r->arena, uint32_t, p->count);
    b->out->count = p->count;
    for (uint32_t k = 0; k < p->count; k++) {
        b->out->target[k] = p->post[order[k]];
        b->out->row[p->pre[order[k]] + 1]++;
    }
    for (uint32_t i = 0; i < r->pre->size; i++)
        b->out->row[i + 1] += b->out->row[i];
    b->out->origin = origin ? order : NULL;
}

/* n presynaptic neurons for every target. */
static pair_list columns(builder *b, hmn_arena *scratch)
{
    const connect_request *r = b->r;
    uint32_t n = r->projection->connector.n, skip = no_self(r), size = r->pre->size - skip, at = 0;
    bool again = r->projection->connector.multapses;
    pair_list p = pairs_new(scratch, n * r->post->size);
    uint64_t *bitmap = ARENA_NEW(scratch, uint64_t, size / 64 + 1);
    for (uint32_t j = 0; j < r->post->size; j++) {
        for (uint32_t k = 0; again && k < n; k++) {
            uint32_t i = rng_below(b->key, RNG_CONNECT, j, 0, k, size);
            p.pre[at] = i + (skip && i >= j);
            p.post[at++] = j;
        }
        if (again)
            continue;
        choose(b->key, j, n, size, bitmap);
        for (uint32_t word = 0; word * 64 < size; word++) {
            for (uint64_t bits = bitmap[word]; bits; bits &= bits - 1) {
                uint32_t i = word * 64 + (uint32_t)__builtin_ctzll(bits);
                p.pre[at] = i + (skip && i >= j);
                p.post[at++] = j;
            }
            bitmap[word] = 0;
        }
    }
    return p;
}

/* n targets with replacement for every presynaptic neuron. */
static pair_list repeated_rows(builder *b, hmn_arena *scratch)
{
    const connect_request *r = b->r;
    uint32_t n = r->projection->connector.n, skip = no_self(r), size = r->post->size - skip, at = 0;
    pair_list p = pairs_new(scratch, n * r->pre->size);
    for (uint32_t i = 0; i < r->pre->size; i++)
        for (uint32_t k = 0; k < n; k++) {
            uint32_t j = rng_below(b->key, RNG_CONNECT, i, 0, k, size);
            p.pre[at] = i;
            p.post[at++] = j + (skip && j >= i);
        }
    return p;
}

/* Uniform in [0, n) for 64-bit n. */
static uint64_t below64(uint64_t key, uint32_t k, uint64_t n)
{
    uint32_t bits[4];
    rng_block(key, RNG_CONNECT, k, 0, 0, bits);
    uint64_t draw = (uint64_t)bits[0] << 32 | bits[1];
    return (uint64_t)(((unsigned __int128)draw * n) >> 64);
}

/* Adds a value to an open hash set (slots hold value + 1); false when it was there. */
static bool set_add(uint64_t *slot, uint64_t mask, uint64_t value)
{
    uint64_t at = (value * 0x9E3779B97F4A7C15u) >> 20 & mask;
    for (; slot[at]; at = (at + 1) & mask)
        if (slot[at] == value + 1)
            return false;
    slot[at] = value + 1;
    return true;
}

/* n of all pairs. Without replacement Floyd's method, with a hash set because pairs outnumber memory. */
static pair_list total(builder *b, hmn_arena *scratch)
{
    const connect_request *r = b->r;
    const net_connector *c = &r->projection->connector;
    uint64_t all = all_pairs(r), room = 64;
    uint32_t skip = no_self(r), width = r->post->size - skip;
    while (room < 2 * (uint64_t)c->n)
        room *= 2;
    uint64_t *set = c->multapses ? NULL : ARENA_NEW(scratch, uint64_t, room);
    pair_list p = pairs_new(scratch, c->n);
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t top = c->multapses ? all : all - c->n + k + 1, pick = below64(b->key, k, top);
        if (set && !set_add(set, room - 1, pick)) {
            pick = top - 1;
            set_add(set, room - 1, pick);
        }
        uint32_t i = (uint32_t)(pick / width), j = (uint32_t)(pick % width);
        p.pre[k] = i;
        p.post[k] = j + (skip && j >= i);
    }
    return p;
}

static void pairs(builder *b)
{
    const net_connector *c = &b->r->projection->connector;
    hmn_arena *scratch = arena_new(0);
    bool list = c->type == CONN_FROM_LIST || c->type == CONN_FROM_FILE;
    if (list) { /* read only from here on */
        pair_list p = pairs_new(scratch, c->nrows);
        if (c->nrows) {
            memcpy(p.pre, c->pre, sizeof *p.pre * c->nrows);
            memcpy(p.post, c->post, sizeof *p.post * c->nrows);
        }
        order_pairs(b, &p, true, scratch);
    } else {
        pair_list p = c->type == CONN_FIXED_NUMBER_PRE    ? columns(b, scratch)
                      : c->type == CONN_FIXED_NUMBER_POST ? repeated_rows(b, scratch)
                                                          : total(b, scratch);
        order_pairs(b, &p, false, scratch);
    }
    arena_free(scratch);
}

bool connect_build_group(const connect_request *r, uint64_t key, connect_pairs *out)
{
    const net_connector *c = &r->projection->connector;
    *out = (connect_pairs){ARENA_NEW(r->arena, uint32_t, (size_t)r->pre->size + 1), NULL, NULL, 0};
    builder b = {r, out, 0, 0, key};
    bool in_rows = c->type == CONN_ALL_TO_ALL || c->type == CONN_ONE_TO_ONE || c->type == CONN_FIXED_PROBABILITY ||
                   c->type == CONN_CONV2D || c->type == CONN_DISTANCE ||
                   (c->type == CONN_FIXED_NUMBER_POST && !c->multapses);
    if (in_rows)
        return rows(&b);
    pairs(&b);
    return true;
}
