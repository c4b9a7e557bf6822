/* The choice of synapse formats. Takes the slices of a core, yields formats within the chip's number of them and for
 * each projection those which its rows may take.
 *
 * Each projection (and phase bin) starts with the narrowest format of each form that holds its synapses here, and with
 * that set of forms which costs fewest words when each row takes the cheapest of the set. When all projections together
 * want more formats than a core has, the format whose loss costs least is given up until they are few enough: its
 * rows take another form of their projection, or another projection's format, widened to hold both. What a step costs
 * is estimated from entry widths; the words of the result are counted exactly. */
#include "backends/loihi/layout.h"

#include "backends/loihi/share.h"

#include "core/base/bug.h"

#include <string.h>

enum { SETS = 1 << LAYOUT_FORMS };

static const int32_t compression_of[LAYOUT_FORMS] = {
    [LAYOUT_DENSE] = COMPRESSION_DENSE, [LAYOUT_SPARSE] = COMPRESSION_SPARSE, [LAYOUT_RUNS] = COMPRESSION_RUNS};

/* A use while its forms are chosen. */
typedef struct {
    loihi_format own[LAYOUT_FORMS]; /* the narrowest of each form */
    bool has[LAYOUT_FORMS];
    uint64_t words[SETS]; /* with each set of these */
    uint32_t set;
    bool widened; /* words are to be counted again */
    uint32_t bundle;
} candidate;

typedef struct {
    core_layout *out;
    candidate *of; /* [nuses] */
    size_t use_cap, of_cap, format_cap, bundle_cap;
    hmn_arena *arena;
    uint32_t limit;
} chooser;

/* ---- rows ---- */

/* From the synapses by target: the first one met of a presynaptic neuron is the first of its row. */
static layout_bundle find_rows(const hmn_qnet *q, const hmn_slice *slice, uint32_t projection, hmn_arena *a)
{
    const qnet_projection *p = &q->projection[projection];
    uint32_t npre = q->graph->population[q->graph->projection[projection].pre].size, rows = 0;
    uint32_t low = p->in_row[slice->first], high = p->in_row[slice->first + slice->count];
    layout_bundle b = {.projection = projection};
    if (low == high)
        return b;
    layout_row *of = ARENA_NEW(a, layout_row, npre);
    for (uint32_t i = slice->first; i < slice->first + slice->count; i++)
        for (uint32_t k = p->in_row[i]; k < p->in_row[i + 1]; k++) {
            layout_row *r = &of[p->in_pre[k]];
            if (r->row.count++ == 0) {
                *r = (layout_row){p->in_pre[k], i, {p->in_edge[k], 1}};
                rows++;
            }
        }
    b.row = ARENA_NEW(a, layout_row, rows);
    for (uint32_t i = 0; i < npre; i++)
        if (of[i].row.count) {
            b.row[b.nrows++] = of[i];
            b.longest = of[i].row.count > b.longest ? of[i].row.count : b.longest;
        }
    return b;
}

/* Words of n synapses in one format. */
static uint64_t words_in(const loihi_format *f, const uint32_t *target, uint32_t n)
{
    uint64_t sum = 0;
    uint32_t words;
    for (uint32_t i = 0; i < n; sum += words)
        i += pack_take(f, target + i, n - i, &words);
    return sum;
}

uint32_t layout_choose(const core_layout *l, const layout_use *u, const uint32_t *target, uint32_t n, uint64_t *words)
{
    uint32_t best = 0;
    for (uint32_t c = 0; c < LAYOUT_FORMS; c++) {
        uint64_t w = u->format[c] ? words_in(&l->format[u->format[c] - 1], target, n) : UINT64_MAX;
        if (u->format[c] && (best == 0 || w < *words)) {
            best = u->format[c];
            *words = w;
        }
    }
    HMN_ASSERT(best);
    return best - 1;
}

/* ---- one projection ---- */

static const layout_bundle *bundle_of(const chooser *c, uint32_t use) { return &c->out->bundle[c->of[use].bundle]; }

static form_part pick(const chooser *c, uint32_t use, uint32_t row)
{
    const layout_use *u = &c->out->use[use];
    return form_pick(c->out->q, u->projection, bundle_of(c, use)->row[row].row, u->kind, &c->out->room);
}

static form_need find_need(const chooser *c, uint32_t use)
{
    const layout_use *u = &c->out->use[use];
    const hmn_slice *s = &c->out->slice[u->slice];
    form_need need = {.reach = s->base + s->count};
    for (uint32_t r = 0; r < bundle_of(c, use)->nrows; r++) {
        form_part p = pick(c, use, r);
        form_add(c->out->q, u->projection, &p, &need);
    }
    return need;
}

/* Words of all rows in one format. */
static uint64_t words_of(const chooser *c, uint32_t use, const loihi_format *f)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < bundle_of(c, use)->nrows; r++) {
        form_part p = pick(c, use, r);
        sum += words_in(f, p.target, p.n);
    }
    return sum;
}

static void try_widths(const chooser *c, uint32_t use, form_widths w, loihi_format *best, uint64_t *least)
{
    loihi_format f = *best;
    f.skip_bits = w.skip_bits;
    f.run_bits = w.run_bits;
    uint64_t words = words_of(c, use, &f);
    if (words < *least) {
        *least = words;
        *best = f;
    }
}

/* The widths of skip and length that cost least: of all when the synapses are few, else of those that promise most. */
static void choose_widths(const chooser *c, uint32_t use, const form_need *need, loihi_format *f)
{
    enum { FEW = 200 };
    form_widths w[FORM_RUNS];
    uint64_t least = UINT64_MAX;
    form_runs(need, w);
    for (uint32_t i = 0; i < FORM_RUNS; i++)
        try_widths(c, use, w[i], f, &least);
    for (int32_t skip = 0; need->synapses <= FEW && skip <= PACK_SKIP_MOST; skip++)
        for (int32_t run = 0; run <= PACK_RUN_MOST; run++)
            try_widths(c, use, (form_widths){skip, run, 0}, f, &least);
}

/* Words with each set of forms: a row takes the cheapest of the set. */
static void count_sets(chooser *c, uint32_t use)
{
    candidate *k = &c->of[use];
    for (uint32_t set = 1; set < SETS; set++)
        k->words[set] = 0;
    for (uint32_t r = 0; r < bundle_of(c, use)->nrows; r++) {
        uint64_t words[LAYOUT_FORMS];
        form_part p = pick(c, use, r);
        for (uint32_t f = 0; f < LAYOUT_FORMS; f++)
            words[f] = p.n && k->has[f] ? words_in(&k->own[f], p.target, p.n) : 0;
        for (uint32_t set = 1; p.n && set < SETS; set++) {
            uint64_t least = UINT64_MAX;
            for (uint32_t f = 0; f < LAYOUT_FORMS; f++)
                least = set >> f & 1 && words[f] < least ? words[f] : least;
            k->words[set] += least;
        }
    }
}

/* Is the set made of forms that there are, and may the projection have several? */
static bool legal(const candidate *k, uint32_t set, bool one_only)
{
    for (uint32_t f = 0; f < LAYOUT_FORMS; f++)
        if (set >> f & 1 && !k->has[f])
            return false;
    return set != 0 && (!one_only || (set & (set - 1)) == 0);
}

static void choose_set(chooser *c, uint32_t use)
{
    candidate *k = &c->of[use];
    bool one_only = form_shifts_sum(c->out->q, c->out->use[use].projection);
    for (uint32_t set = 1; set < SETS; set++) {
        bool first = k->set == 0;
        int fewer = __builtin_popcount(set) < __builtin_popcount(k->set);
        if (legal(k, set, one_only) &&
            (first || k->words[set] < k->words[k->set] || (k->words[set] == k->words[k->set] && fewer)))
            k->set = set;
    }
}

/* Row of the format + 1, added when it is new. */
static uint32_t intern(chooser *c, const loihi_format *f)
{
    core_layout *l = c->out;
    uint32_t i = 0;
    while (i < l->nformats && !form_same(&l->format[i], f))
        i++;
    if (i == l->nformats) {
        l->format = arena_grow(c->arena, l->format, sizeof *f, l->nformats, l->nformats + 1, &c->format_cap);
        l->format[l->nformats++] = *f;
    }
    return i + 1;
}

/* The longest delay field that may occur: a rule that moves delays may write any. */
static uint32_t longest(const hmn_qnet *q, uint32_t rule, const form_need *need)
{
    enum { MOVED = 62 };
    bool moves = rule != NET_NONE && form_writes(&q->rule[rule], RULE_D) && !q->rule[rule].second;
    return moves && need->longest < MOVED ? MOVED : need->longest;
}

/* The longest delay field of a bundle. */
static uint32_t longest_delay(const core_layout *l, const layout_bundle *b)
{
    const qnet_projection *p = &l->q->projection[b->projection];
    uint32_t most = 0;
    for (uint32_t r = 0; p->delay_bits && r < b->nrows; r++)
        for (uint64_t e = b->row[r].row.first; e < b->row[r].row.first + b->row[r].row.count; e++)
            most = p->delay[e] > most ? p->delay[e] : most;
    return most;
}

/* Short rows take a word each in any form, whatever their widths: where there are many and nearly all are short, there
 * is nothing to look at, and nothing to choose. */
static bool mostly_short(chooser *c, uint32_t use, form_need *need)
{
    enum { MANY = 512 };
    candidate *k = &c->of[use];
    const layout_use *u = &c->out->use[use];
    const layout_bundle *b = bundle_of(c, use);
    const hmn_slice *s = &c->out->slice[u->slice];
    const qnet_projection *p = &c->out->q->projection[u->projection];
    if (form_rules(c->out->q, u->projection) > 1)
        return false;
    *need = (form_need){.unread = true, .reach = s->base + s->count, .longest = (1u << p->delay_bits) - 1};
    loihi_format *f = &k->own[LAYOUT_SPARSE];
    *f = form_format(c->out->q, u->projection, 0, need, COMPRESSION_SPARSE);
    uint64_t words = 0, spare;
    for (uint32_t r = 0; r < b->nrows; r++) {
        need->synapses += b->row[r].row.count;
        words +=
            words_in(f, c->out->q->graph->projection[u->projection].target + b->row[r].row.first, b->row[r].row.count);
    }
    spare = words - b->nrows;
    if (spare * 32 > words || need->synapses < MANY)
        return false;
    need->longest = longest_delay(c->out, b);
    k->has[LAYOUT_SPARSE] = true;
    k->set = 1u << LAYOUT_SPARSE;
    k->words[k->set] = words;
    return true;
}

static void choose_forms(chooser *c, uint32_t use, const form_need *need)
{
    candidate *k = &c->of[use];
    const layout_use *u = &c->out->use[use];
    uint64_t gaps = 0;
    for (uint32_t b = 0; b <= PACK_SKIP_MOST; b++)
        gaps += need->gap[b];
    for (uint32_t f = 0; f < LAYOUT_FORMS; f++)
        k->own[f] = form_format(c->out->q, u->projection, u->kind, need, compression_of[f]);
    k->has[LAYOUT_SPARSE] = k->has[LAYOUT_DENSE] = true;
    k->has[LAYOUT_RUNS] = gaps > 0;
    if (gaps)
        choose_widths(c, use, need, &k->own[LAYOUT_RUNS]);
    count_sets(c, use);
    choose_set(c, use);
}

static void add_use(chooser *c, uint32_t bundle, uint32_t kind)
{
    core_layout *l = c->out;
    uint32_t slice = l->bundle[bundle].slice, projection = l->bundle[bundle].projection;
    uint32_t i = l->nuses, rule = form_rule(l->q, projection, kind);
    l->use = arena_grow(c->arena, l->use, sizeof *l->use, i, i + 1, &c->use_cap);
    c->of = arena_grow(c->arena, c->of, sizeof *c->of, i, i + 1, &c->of_cap);
    l->use[i] = (layout_use){.slice = slice, .projection = projection, .kind = kind, .rule = rule};
    c->of[i] = (candidate){.bundle = bundle};
    form_need need;
    if (!mostly_short(c, i, &need)) {
        need = find_need(c, i);
        if (need.synapses == 0)
            return;
        choose_forms(c, i, &need);
    }
    for (uint32_t f = 0; f < LAYOUT_FORMS; f++)
        l->use[i].format[f] = c->of[i].set >> f & 1 ? intern(c, &c->of[i].own[f]) : 0;
    l->use[i].synapses = need.synapses;
    l->use[i].longest = longest(l->q, rule, &need);
    l->use[i].words = c->of[i].words[c->of[i].set];
    l->nuses++;
}

/* ---- too many formats ---- */

/* How format `from` may be given up: each use that has it takes the form of `to` there, or another of its own. */
typedef struct {
    uint64_t cost;     /* bits, about; UINT64_MAX: it may not */
    uint32_t from, to; /* rows + 1; to 0: the uses have other forms */
    uint32_t form;     /* of to */
    loihi_format joined;
} surrender;

static uint32_t form_of(const loihi_format *f)
{
    uint32_t c = 0;
    while (compression_of[c] != f->compression)
        c++;
    return c;
}

static bool takes(const layout_use *u, uint32_t format, uint32_t *form)
{
    for (*form = 0; *form < LAYOUT_FORMS; ++*form)
        if (u->format[*form] == format)
            return true;
    return false;
}

static void try_drop(const chooser *c, uint32_t from, surrender *best)
{
    uint64_t cost = 0;
    uint32_t f;
    for (uint32_t i = 0; i < c->out->nuses; i++) {
        const candidate *k = &c->of[i];
        if (!takes(&c->out->use[i], from, &f))
            continue;
        if (k->set == 1u << f)
            return;
        cost += (k->words[k->set & ~(1u << f)] - k->words[k->set]) * 64;
    }
    if (cost < best->cost)
        *best = (surrender){.cost = cost, .from = from};
}

static uint64_t widening(const layout_use *u, const loihi_format *wide, const loihi_format *narrow)
{
    int32_t more = pack_entry(wide) - pack_entry(narrow);
    return more > 0 ? u->synapses * (uint64_t)more : 0;
}

static void try_move(const chooser *c, uint32_t from, uint32_t to, surrender *best)
{
    const core_layout *l = c->out;
    surrender s = {.from = from, .to = to, .form = form_of(&l->format[to - 1]), .joined = l->format[to - 1]};
    uint32_t f, g;
    for (uint32_t i = 0; i < l->nuses; i++) {
        const candidate *k = &c->of[i];
        if (!takes(&l->use[i], from, &f))
            continue;
        bool other = l->use[i].format[s.form] && f != s.form;
        if (other || !k->has[s.form] || !form_join(&s.joined, &k->own[s.form], &s.joined))
            return;
        uint32_t set = (k->set & ~(1u << f)) | 1u << s.form;
        s.cost += k->words[set] > k->words[k->set] ? (k->words[set] - k->words[k->set]) * 64 : 0;
    }
    for (uint32_t i = 0; i < l->nuses; i++)
        if (takes(&l->use[i], from, &f))
            s.cost += widening(&l->use[i], &s.joined, &c->of[i].own[s.form]);
        else if (takes(&l->use[i], to, &g))
            s.cost += widening(&l->use[i], &s.joined, &l->format[to - 1]);
    if (s.cost < best->cost)
        *best = s;
}

static void give_up(chooser *c, const surrender *s)
{
    core_layout *l = c->out;
    uint32_t f;
    for (uint32_t i = 0; i < l->nuses; i++) {
        candidate *k = &c->of[i];
        bool had = takes(&l->use[i], s->from, &f);
        if (had) {
            l->use[i].format[f] = 0;
            k->set &= ~(1u << f);
            if (s->to) {
                l->use[i].format[s->form] = s->to;
                k->set |= 1u << s->form;
            }
        }
        if (had || (s->to && takes(&l->use[i], s->to, &f)))
            k->widened = true;
    }
    if (s->to)
        l->format[s->to - 1] = s->joined;
    for (uint32_t i = 0; i < l->nuses; i++) /* rows behind the one that goes move up */
        for (f = 0; f < LAYOUT_FORMS; f++)
            l->use[i].format[f] -= l->use[i].format[f] > s->from;
    memmove(&l->format[s->from - 1], &l->format[s->from], (l->nformats - s->from) * sizeof *l->format);
    l->nformats--;
}

static bool reduce(chooser *c)
{
    surrender best = {.cost = UINT64_MAX};
    for (uint32_t from = 1; from <= c->out->nformats; from++) {
        try_drop(c, from, &best);
        for (uint32_t to = 1; to <= c->out->nformats; to++)
            if (to != from)
                try_move(c, from, to, &best);
    }
    if (best.cost == UINT64_MAX)
        return false;
    give_up(c, &best);
    return true;
}

/* Formats that would be left if all that may ever be one were: more than a core has are not worth reducing. */
static uint32_t apart(const core_layout *l)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->nformats; i++) {
        const loihi_format *a = &l->format[i];
        bool seen = false;
        for (uint32_t k = 0; k < i && !seen; k++) {
            const loihi_format *b = &l->format[k];
            seen = a->exponent == b->exponent && a->profile == b->profile && a->port == b->port &&
                   a->group == b->group && a->w_min == b->w_min && a->w_max == b->w_max;
        }
        n += !seen;
    }
    return n;
}

static void count_again(chooser *c)
{
    for (uint32_t i = 0; i < c->out->nuses; i++) {
        layout_use *u = &c->out->use[i];
        if (!c->of[i].widened)
            continue;
        u->words = 0;
        for (uint32_t r = 0; r < bundle_of(c, i)->nrows; r++) {
            uint64_t words;
            form_part p = pick(c, i, r);
            if (p.n) {
                layout_choose(c->out, u, p.target, p.n, &words);
                u->words += words;
            }
        }
    }
}

/* ---- the core ---- */

static void add_bundle(chooser *c, uint32_t slice, uint32_t projection)
{
    core_layout *l = c->out;
    layout_bundle b = find_rows(l->q, &l->slice[slice], projection, c->arena);
    if (b.nrows == 0)
        return;
    b.slice = slice;
    l->bundle = arena_grow(c->arena, l->bundle, sizeof b, l->nbundles, l->nbundles + 1, &c->bundle_cap);
    l->bundle[l->nbundles++] = b;
    l->room.size = b.longest > l->room.size ? b.longest : l->room.size;
}

core_layout layout_make(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_arena *a)
{
    core_layout l = {.q = q, .slice = slice, .nslices = nslices};
    chooser c = {.out = &l, .arena = a, .limit = q->chip->limits->synapse_formats};
    for (uint32_t s = 0; s < nslices; s++)
        for (uint32_t j = 0; j < q->graph->nprojections; j++)
            if (q->graph->projection[j].post == slice[s].population)
                add_bundle(&c, s, j);
    l.room.synapse = ARENA_NEW(a, uint64_t, l.room.size);
    l.room.target = ARENA_NEW(a, uint32_t, l.room.size);
    for (uint32_t i = 0; i < l.nbundles; i++)
        for (uint32_t k = 0; k < form_rules(q, l.bundle[i].projection); k++)
            add_use(&c, i, k);
    if (l.nformats > c.limit && apart(&l) > c.limit)
        l.nformats = apart(&l);
    else
        while (l.nformats > c.limit && reduce(&c))
            continue;
    count_again(&c);
    for (uint32_t i = 0; i < l.nuses; i++)
        l.words += l.use[i].words;
    if (l.nformats <= c.limit)
        share_find(&l, a);
    return l;
}
