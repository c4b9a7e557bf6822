/* Shared weights. Takes the rows of a core, yields for each source neuron the first one whose static synapses are the
 * same but for the compartment they count from (eq. L24): its input axon uses the same blocks of synapse memory.
 *
 * Rows are found by a hash of what they hold and then compared. A kernel that slides over a picture and a projection of
 * one weight are stored once; axons with plastic synapses never share, because each synapse learns for itself. */
#include "backends/loihi/share.h"

#include "core/base/bug.h"

#include <string.h>

typedef struct {
    uint32_t bundle, row;
} part;

/* An axon whose blocks others may use. */
typedef struct {
    uint64_t hash, words; /* 0: not counted yet */
    uint32_t neuron;
    uint8_t base;
    bool used;
} stored;

typedef struct {
    core_layout *l;
    uint32_t neurons;
    const uint32_t *first; /* [neurons + 1] into part */
    part *part;            /* by neuron, then bundle */
    bool *learns;          /* [neurons] */
    uint32_t *use;         /* [nbundles] the use of a static bundle */
} sharing;

static const form_row *row_of(const sharing *s, const part *p) { return &s->l->bundle[p->bundle].row[p->row].row; }

static uint32_t neuron_of(const core_layout *l, const layout_bundle *b, uint32_t row)
{
    const hmn_graph *g = l->q->graph;
    return g->population[g->projection[b->projection].pre].first + b->row[row].pre;
}

/* Sorts rows by source neuron. */
static void collect(sharing *s, hmn_arena *a)
{
    core_layout *l = s->l;
    uint32_t *first = ARENA_NEW(a, uint32_t, s->neurons + 2);
    for (uint32_t b = 0; b < l->nbundles; b++)
        for (uint32_t r = 0; r < l->bundle[b].nrows; r++)
            first[neuron_of(l, &l->bundle[b], r) + 2]++;
    for (uint32_t i = 0; i < s->neurons; i++)
        first[i + 2] += first[i + 1];
    s->part = ARENA_NEW(a, part, first[s->neurons + 1]);
    s->learns = ARENA_NEW(a, bool, s->neurons);
    for (uint32_t b = 0; b < l->nbundles; b++)
        for (uint32_t r = 0; r < l->bundle[b].nrows; r++) {
            uint32_t n = neuron_of(l, &l->bundle[b], r);
            s->part[first[n + 1]++] = (part){b, r};
            s->learns[n] |= l->q->projection[l->bundle[b].projection].rule != NET_NONE;
        }
    s->first = first;
    s->use = ARENA_NEW(a, uint32_t, l->nbundles);
    for (uint32_t u = 0, b = 0; u < l->nuses; u++) {
        while (l->bundle[b].slice != l->use[u].slice || l->bundle[b].projection != l->use[u].projection)
            b++;
        s->use[b] = u;
    }
}

/* Compartment of a part's first target. */
static uint32_t start_of(const sharing *s, const part *p)
{
    const layout_bundle *b = &s->l->bundle[p->bundle];
    const hmn_slice *slice = &s->l->slice[b->slice];
    return slice->base + b->row[p->row].target - slice->first;
}

static uint8_t base_of(const sharing *s, uint32_t neuron)
{
    uint32_t least = SHARE_BASE_MOST;
    for (uint32_t i = s->first[neuron]; i < s->first[neuron + 1]; i++) {
        uint32_t c = start_of(s, &s->part[i]);
        least = c < least ? c : least;
    }
    return (uint8_t)least;
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static uint64_t hash_of(const sharing *s, uint32_t neuron, uint32_t base)
{
    uint64_t h = 1;
    for (uint32_t i = s->first[neuron]; i < s->first[neuron + 1]; i++) {
        const part *p = &s->part[i];
        const form_row *r = row_of(s, p);
        uint32_t j = s->l->bundle[p->bundle].projection;
        const uint32_t *target = s->l->q->graph->projection[j].target + r->first;
        const qnet_projection *q = &s->l->q->projection[j];
        h = mix(mix(h, (uint64_t)p->bundle << 32 | r->count), start_of(s, p) - base);
        for (uint32_t k = 1; k < r->count; k++)
            h = mix(h, target[k] - target[k - 1]);
        for (uint64_t e = r->first; !q->alike && e < r->first + r->count; e++)
            h = mix(h, (uint64_t)(uint32_t)q->weight[e] << 8 | q->delay[e]);
    }
    return h;
}

static bool same_part(const sharing *s, const part *a, const part *b, uint32_t base_a, uint32_t base_b)
{
    const form_row *ra = row_of(s, a), *rb = row_of(s, b);
    uint32_t j = s->l->bundle[a->bundle].projection;
    const uint32_t *ta = s->l->q->graph->projection[j].target + ra->first, *tb = ta - ra->first + rb->first;
    const qnet_projection *q = &s->l->q->projection[j];
    if (a->bundle != b->bundle || ra->count != rb->count || start_of(s, a) - base_a != start_of(s, b) - base_b)
        return false;
    for (uint32_t i = 1; i < ra->count; i++)
        if (ta[i] - ta[0] != tb[i] - tb[0])
            return false;
    for (uint32_t i = 0; !q->alike && i < ra->count; i++)
        if (q->weight[ra->first + i] != q->weight[rb->first + i] || q->delay[ra->first + i] != q->delay[rb->first + i])
            return false;
    return true;
}

static bool same(const sharing *s, uint32_t a, uint32_t b, uint32_t base_a, uint32_t base_b)
{
    uint32_t n = s->first[a + 1] - s->first[a];
    bool equal = n == s->first[b + 1] - s->first[b];
    for (uint32_t i = 0; equal && i < n; i++)
        equal = same_part(s, &s->part[s->first[a] + i], &s->part[s->first[b] + i], base_a, base_b);
    return equal;
}

/* Words of a static axon's blocks. */
static uint64_t words_of(const sharing *s, uint32_t neuron)
{
    uint64_t sum = 0;
    for (uint32_t i = s->first[neuron]; i < s->first[neuron + 1]; i++) {
        const part *p = &s->part[i];
        const form_row *r = row_of(s, p);
        const graph_projection *j = &s->l->q->graph->projection[s->l->bundle[p->bundle].projection];
        uint64_t words;
        layout_choose(s->l, &s->l->use[s->use[p->bundle]], j->target + r->first, r->count, &words);
        sum += words;
    }
    return sum;
}

void share_find(core_layout *l, hmn_arena *a)
{
    sharing s = {.l = l, .neurons = l->q->graph->nneurons};
    collect(&s, a);
    uint32_t slots = 16, axons = 0;
    l->share = ARENA_NEW(a, layout_share, s.neurons);
    for (uint32_t n = 0; n < s.neurons; n++)
        axons += s.first[n + 1] > s.first[n];
    while (slots < 2 * axons)
        slots *= 2;
    stored *table = ARENA_NEW(a, stored, slots);
    for (uint32_t n = 0; n < s.neurons; n++) {
        l->share[n].first = n;
        if (s.first[n] == s.first[n + 1] || s.learns[n])
            continue;
        uint8_t base = base_of(&s, n);
        uint64_t h = hash_of(&s, n, base);
        uint32_t at = (uint32_t)(h >> 32) & (slots - 1);
        while (table[at].used && !(table[at].hash == h && same(&s, table[at].neuron, n, table[at].base, base)))
            at = (at + 1) & (slots - 1);
        if (!table[at].used) {
            table[at] = (stored){h, 0, n, base, true};
            continue;
        }
        stored *of = &table[at];
        of->words = of->words ? of->words : words_of(&s, of->neuron);
        l->share[n] = (layout_share){of->neuron, base};
        l->share[of->neuron].base = of->base;
        l->words -= of->words;
    }
}
