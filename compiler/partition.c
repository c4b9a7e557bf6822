/* Cuts the network into core-sized pieces. Takes the quantised network and the chip's account of use (chip->usage),
 * yields slices on logical cores. Chip-independent: what a slice costs is the chip's to say.
 *
 * Each population is cut into as few slices as the limits allow (the largest count that fits is found by galloping
 * and bisection from the last answer), then evened out so that its cores carry equal shares. A whole slice may share
 * a core with slices of other populations: that never adds a (source, core) pair, so it never adds spikes between
 * cores; of the cores with room the one that exchanges most spikes with the slice is taken. When that needs more
 * cores than there are, a second, tight packing fills every core in order and splits anywhere. Where a core's
 * neurons reach more cores than it has output axons, its share is reduced and the cutting repeated.
 *
 * What is cut is a tree: a population with those that are its dendrites, whose compartments stay on one core. A slice
 * of a tree is one slice of each member, dendrites before what they join, so that a core updates them in that order. */
#include "compiler/fit.h"
#include "compiler/relays.h"
#include "compiler/slices.h"
#include "compiler/traffic.h"
#include "compiler/unit.h"

#include "core/base/bug.h"
#include "core/ir/tree.h"

#include <string.h>

enum { TRIES = 8, ROUNDS = 12, SHARE_ROUNDS = 6 };

typedef struct {
    hmn_slice *slice;
    size_t nslices, cap;
    uint32_t neurons;
} core_load;

typedef struct {
    const hmn_qnet *q;
    const hmn_graph *g;
    const hmn_chip *chip;
    hmn_diag *diag;
    hmn_arena *arena;  /* of this attempt */
    hmn_limits limits; /* the chip's, compartments lowered to target.neurons_per_core */
    uint32_t available;
    const hmn_sites *sites;
    tree_list trees;
    uint32_t *most; /* [trees] neurons of a slice at most; lowered when output axons run out */
    double *flow;   /* [npopulations] expected spikes a step of a whole population */
    double *affinity;
    bool share;
    core_load *core;
    size_t ncores, core_cap;
} packer;

static fit_excess excess(const packer *p, const hmn_slice *slice, uint32_t n)
{
    hmn_usage usage;
    memset(&usage, 0, sizeof usage);
    p->chip->usage(p->q, slice, n, &usage);
    return fit_check(&p->limits, &usage);
}

/* Writes a slice of each member behind what the core has, uncounted. */
static void append(packer *p, core_load *c, uint32_t which, uint32_t first, uint32_t count)
{
    const tree *t = &p->trees.tree[which];
    c->slice = arena_grow(p->arena, c->slice, sizeof *c->slice, c->nslices, c->nslices + t->count, &c->cap);
    for (uint32_t i = 0; i < t->count; i++)
        c->slice[c->nslices + i] = (hmn_slice){t->member[i], first, count, 0, c->neurons + i * count};
}

static bool too_many(const packer *p, const core_load *c, uint32_t which, uint32_t count)
{
    return p->limits.compartments && c->neurons + (uint64_t)count * p->trees.tree[which].count > p->limits.compartments;
}

/* Does the core hold so many trees more? Their slices stand at the end of its array then, uncounted. */
static bool fits(packer *p, core_load *c, uint32_t which, uint32_t first, uint32_t count)
{
    if (too_many(p, c, which, count))
        return false;
    append(p, c, which, first, count);
    return excess(p, c->slice, (uint32_t)c->nslices + p->trees.tree[which].count).what == NULL;
}

static void put(packer *p, core_load *c, uint32_t which, uint32_t first, uint32_t count)
{
    append(p, c, which, first, count);
    c->nslices += p->trees.tree[which].count;
    c->neurons += p->trees.tree[which].count * count;
}

/* The largest count in 0..upper that fits beside what the core has; `guess` is tried first. */
static uint32_t largest(packer *p, core_load *c, uint32_t which, uint32_t first, uint32_t upper, uint32_t guess)
{
    uint64_t low = 0, high = (uint64_t)upper + 1, stride = 1;
    uint64_t probe = guess < 1 ? 1 : guess > upper ? upper : guess;
    bool failed = false;
    while (low + 1 < high) {
        if (fits(p, c, which, first, (uint32_t)probe))
            low = probe;
        else {
            high = probe;
            failed = true;
        }
        if (failed)
            probe = low + (high - low) / 2;
        else {
            probe = low + stride < high ? low + stride : high - 1;
            stride *= 2;
        }
    }
    return (uint32_t)low;
}

static core_load *open_core(packer *p)
{
    p->core = arena_grow(p->arena, p->core, sizeof *p->core, p->ncores, p->ncores + 1, &p->core_cap);
    core_load *c = &p->core[p->ncores++];
    memset(c, 0, sizeof *c);
    return c;
}

/* Trees of a slice at most beside `taken` compartments. */
static uint32_t slice_bound(const packer *p, uint32_t which, uint32_t left, uint32_t taken)
{
    uint32_t upper = p->most[which] < left ? p->most[which] : left;
    uint32_t room = p->limits.compartments ? (p->limits.compartments - taken) / p->trees.tree[which].count : upper;
    return room < upper ? room : upper;
}

/* No core holds one neuron: told of the compartment that asks for too much alone, else of the root. */
static void report_tree(packer *p, uint32_t which, uint32_t neuron)
{
    const tree *t = &p->trees.tree[which];
    core_load whole = {NULL, 0, 0, 0};
    append(p, &whole, which, neuron, 1);
    uint32_t population = t->member[t->count - 1];
    fit_excess e = excess(p, whole.slice, t->count);
    if (p->limits.compartments && t->count > p->limits.compartments)
        e = (fit_excess){DIAG_FIT_COMPARTMENTS, "compartments", t->count, p->limits.compartments, NULL};
    for (uint32_t i = t->count; i-- > 0;) {
        fit_excess alone = excess(p, &(hmn_slice){t->member[i], neuron, 1, 0, 0}, 1);
        if (alone.what) {
            population = t->member[i];
            e = alone;
        }
    }
    fit_report_neuron(p->q, p->chip, population, neuron, e, p->diag);
}

/* Sizes of a tree's slices, each on a core of its own. Returns how many, 0 after a report. Stops at `enough`
 * slices with *rest neurons left. */
static uint32_t cut(packer *p, uint32_t which, uint32_t **sizes, uint32_t enough, uint32_t *rest)
{
    uint32_t size = p->trees.tree[which].size, n = 0, done = 0, guess = UINT32_MAX;
    size_t cap = 0;
    *sizes = NULL;
    while (done < size && n < enough) {
        core_load empty = {NULL, 0, 0, 0};
        uint32_t count = largest(p, &empty, which, done, slice_bound(p, which, size - done, 0), guess);
        if (count == 0) {
            report_tree(p, which, done);
            return 0;
        }
        *sizes = arena_grow(p->arena, *sizes, sizeof **sizes, n, n + 1, &cap);
        (*sizes)[n++] = count;
        done += count;
        guess = count;
    }
    *rest = size - done;
    return n;
}

/* Equal shares in the same number of slices, when each of them fits. */
static void even_out(packer *p, uint32_t which, uint32_t *sizes, uint32_t n)
{
    uint32_t size = p->trees.tree[which].size, first = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t count = size / n + (i < size % n);
        core_load empty = {NULL, 0, 0, 0};
        if (count > p->most[which] || !fits(p, &empty, which, first, count))
            return;
        first += count;
    }
    for (uint32_t i = 0; i < n; i++)
        sizes[i] = size / n + (i < size % n);
}

/* affinity[k]: expected spikes a step that a core saves by holding population k beside this tree: those between the
 * two, and those of populations that reach both. */
static void find_affinity(packer *p, uint32_t which)
{
    const hmn_graph *g = p->g;
    bool *feeds = ARENA_NEW(p->arena, bool, g->npopulations);
    memset(p->affinity, 0, g->npopulations * sizeof *p->affinity);
    for (uint32_t i = 0; i < g->nprojections; i++)
        if (p->trees.of[g->projection[i].post] == which)
            feeds[g->projection[i].pre] = true;
    for (uint32_t i = 0; i < g->nprojections; i++) {
        const graph_projection *j = &g->projection[i];
        if (feeds[j->pre] || p->trees.of[j->pre] == which)
            p->affinity[j->post] += p->flow[j->pre];
        if (p->trees.of[j->post] == which)
            p->affinity[j->pre] += p->flow[j->pre];
    }
}

static double core_affinity(const packer *p, const core_load *c)
{
    double sum = 0;
    for (size_t i = 0; i < c->nslices; i++) {
        const hmn_slice *s = &c->slice[i];
        sum += p->affinity[s->population] * s->count / p->g->population[s->population].size;
    }
    return sum;
}

/* The open core that exchanges most with the slice and has room, of the best TRIES; NULL: none. Cores that hold
 * another slice of the same tree are left out: its slices were made to be apart. */
static core_load *partner(packer *p, uint32_t which, uint32_t first, uint32_t count, size_t before)
{
    bool *tried = ARENA_NEW(p->arena, bool, p->ncores);
    for (int k = 0; k < TRIES; k++) {
        size_t best = SIZE_MAX;
        double most = -1;
        for (size_t i = 0; i < before; i++) {
            core_load *c = &p->core[i];
            if (tried[i] || too_many(p, c, which, count) || p->trees.of[c->slice[c->nslices - 1].population] == which)
                continue;
            double a = core_affinity(p, c);
            if (a > most) {
                most = a;
                best = i;
            }
        }
        if (best == SIZE_MAX)
            return NULL;
        if (fits(p, &p->core[best], which, first, count))
            return &p->core[best];
        tried[best] = true;
    }
    return NULL;
}

static void spread(packer *p, uint32_t which, const uint32_t *sizes, uint32_t n)
{
    find_affinity(p, which);
    size_t before = p->ncores;
    uint32_t first = 0;
    for (uint32_t i = 0; i < n; i++) {
        core_load *c = p->share ? partner(p, which, first, sizes[i], before) : NULL;
        if (!c) {
            c = open_core(p);
            HMN_ASSERT(fits(p, c, which, first, sizes[i]));
        }
        put(p, c, which, first, sizes[i]);
        first += sizes[i];
    }
}

/* Does the population sit on cores? */
static bool placed(const packer *p, uint32_t population) { return fit_placed(p->g, &p->limits, population); }

static uint64_t neurons_of(const packer *p)
{
    const hmn_graph *g = p->g;
    uint64_t n = 0;
    for (uint32_t k = 0; k < g->npopulations; k++)
        n += placed(p, k) ? g->population[k].size : 0;
    return n;
}

/* Cores needed when `cores` of them held all but `left` neurons. */
static uint64_t extrapolate(const packer *p, uint64_t cores, uint64_t left)
{
    uint64_t all = neurons_of(p), done = all - left;
    return cores + (done ? (left * cores + done - 1) / done : left);
}

/* Even slices, shared cores. Returns the cores needed, 0 after a report; more than available means that the
 * packing is not complete. */
static uint64_t pack_evenly(packer *p)
{
    uint64_t left = neurons_of(p);
    bool ok = true;
    for (uint32_t k = 0; k < p->trees.count; k++) {
        const tree *t = &p->trees.tree[k];
        uint32_t *sizes, rest, n = cut(p, k, &sizes, p->available < UINT32_MAX ? p->available + 1 : UINT32_MAX, &rest);
        ok = ok && n > 0;
        if (!ok)
            continue;
        if (rest)
            return extrapolate(p, p->ncores + n, left - (uint64_t)(t->size - rest) * t->count);
        even_out(p, k, sizes, n);
        spread(p, k, sizes, n);
        left -= (uint64_t)t->size * t->count;
        if (p->ncores > p->available)
            return extrapolate(p, p->ncores, left);
    }
    return ok ? p->ncores : 0;
}

/* Cores filled one after the other. Every neuron is known to fit alone. */
static uint64_t pack_tightly(packer *p)
{
    uint64_t left = neurons_of(p);
    core_load *c = open_core(p);
    for (uint32_t k = 0; k < p->trees.count; k++) {
        const tree *t = &p->trees.tree[k];
        uint32_t first = 0, guess = UINT32_MAX;
        while (first < t->size) {
            uint32_t upper = slice_bound(p, k, t->size - first, c->neurons);
            uint32_t count = upper ? largest(p, c, k, first, upper, guess) : 0;
            if (count) {
                put(p, c, k, first, count);
                first += count;
                left -= (uint64_t)count * t->count;
                guess = count;
            }
            if (first == t->size)
                break;
            HMN_ASSERT(c->nslices > 0);
            if (p->ncores >= p->available)
                return extrapolate(p, p->ncores, left);
            c = open_core(p);
        }
    }
    return p->ncores;
}

static void report_cores(const packer *p, uint64_t need)
{
    fit_report_cores(p->q, p->chip, &p->limits, p->available, need, p->diag);
}

static void freeze(const packer *p, hmn_mapping *m, hmn_arena *a)
{
    uint32_t n = 0;
    for (size_t c = 0; c < p->ncores; c++)
        n += (uint32_t)p->core[c].nslices;
    hmn_slice *slice = ARENA_NEW(a, hmn_slice, n);
    n = 0;
    for (uint32_t c = 0; c < p->ncores; c++)
        for (size_t i = 0; i < p->core[c].nslices; i++) {
            slice[n] = p->core[c].slice[i];
            slice[n++].core = c;
        }
    uint32_t ncores = (uint32_t)p->ncores;
    relays_make(m, p->q, p->chip, slice, n, &ncores, a);
    slices_freeze(m, p->q, slice, n, ncores, a);
    relays_aim(m, p->chip, a);
    m->sites = p->sites;
}

/* Lowers the largest slice of populations on cores whose neurons need more output axons than there are. */
static bool relieve(packer *p, const hmn_mapping *m)
{
    if (!p->limits.out_axons)
        return false;
    traffic_fanout f = traffic_destinations(m->qnet, m->neuron_core, m->ncores, p->arena);
    bool lowered = false;
    for (uint32_t c = 0; c < m->ncores; c++) {
        uint64_t out = 0;
        for (uint32_t s = m->core_first_slice[c]; s < m->core_first_slice[c + 1]; s++) {
            uint32_t first = p->g->population[m->slice[s].population].first + m->slice[s].first;
            out += f.row[first + m->slice[s].count] - f.row[first];
        }
        if (out <= p->limits.out_axons)
            continue;
        for (uint32_t s = m->core_first_slice[c]; s < m->core_first_slice[c + 1]; s++) {
            uint64_t fewer = (uint64_t)m->slice[s].count * p->limits.out_axons / out;
            uint32_t *most = &p->most[p->trees.of[m->slice[s].population]];
            if (m->slice[s].count > 1 && fewer < *most) {
                *most = fewer ? (uint32_t)fewer : 1;
                lowered = true;
            }
        }
    }
    return lowered;
}

/* The machine that the network asks for; false after a report. */
static bool find_machine(packer *p, const hmn_unit *u)
{
    hmn_sites *sites = u->chip->sites ? ARENA_NEW(u->arena, hmn_sites, 1) : NULL;
    p->sites = sites;
    if (!sites)
        return true;
    if (!u->chip->sites(p->g->net, u->arena, sites, u->diag))
        return false;
    p->available = sites->count < p->available ? sites->count : p->available;
    return true;
}

static packer start(const hmn_unit *u, hmn_arena *keep)
{
    const hmn_graph *g = u->qnet->graph;
    packer p = {.q = u->qnet, .g = g, .chip = u->chip, .diag = u->diag, .limits = *u->chip->limits};
    p.available = fit_cores(g->net, &p.limits);
    net_num per_core = g->net->target.neurons_per_core;
    if (per_core.given && per_core.v >= 1 && (!p.limits.compartments || per_core.v < p.limits.compartments))
        p.limits.compartments = (uint32_t)per_core.v;
    p.trees = tree_find(g, p.limits.multicast, keep);
    p.most = ARENA_NEW(keep, uint32_t, p.trees.count);
    p.flow = ARENA_NEW(keep, double, g->npopulations);
    p.affinity = ARENA_NEW(keep, double, g->npopulations);
    double *rate = traffic_rates(g, keep);
    memset(p.most, 0xff, p.trees.count * sizeof *p.most);
    for (uint32_t k = 0; k < g->npopulations; k++)
        for (uint32_t i = 0; i < g->population[k].size; i++)
            p.flow[k] += rate[g->population[k].first + i];
    return p;
}

/* One packing into u->mapping. *again: output axons ask for smaller slices. When those need more cores than there
 * are, the earlier packing stays and the route pass reports the axons. */
static bool attempt(packer *p, hmn_unit *u, bool *again)
{
    *again = false;
    p->arena = arena_new(0);
    p->core = NULL;
    p->ncores = p->core_cap = 0;
    uint64_t need = pack_evenly(p);
    if (need > p->available && !p->limits.multicast) {
        p->core = NULL;
        p->ncores = p->core_cap = 0;
        need = pack_tightly(p);
    }
    hmn_mapping *m = NULL;
    if (need > 0 && need <= p->available) {
        m = ARENA_NEW(u->arena, hmn_mapping, 1);
        freeze(p, m, u->arena);
        need = m->ncores; /* with relays */
    }
    bool made = need > 0 && need <= p->available, ok = made || (need > 0 && u->mapping);
    if (!ok && need > 0)
        report_cores(p, need);
    if (made) {
        u->mapping = m;
        *again = relieve(p, u->mapping);
    }
    arena_free(p->arena);
    return ok;
}

/* Asking for more chips than there can be is a mistake, not a wish for all of them. */
static bool check_chips(const packer *p)
{
    const net_num *chips = &p->g->net->target.chips;
    if (!chips->given || p->limits.chips == 0 || chips->v <= p->limits.chips)
        return true;
    diag_report(p->diag, DIAG_FIT_CORES, chips->at, "target.chips is %.10g; the largest system of %s has %u", chips->v,
                p->chip->name, p->limits.chips);
    return false;
}

bool pass_partition(hmn_unit *u)
{
    if (u->qnet->graph->net->target.nplaces)
        return slices_given(u);
    hmn_arena *keep = arena_new(0);
    packer p = start(u, keep);
    if (!find_machine(&p, u)) {
        arena_free(keep);
        return false;
    }
    uint64_t neurons = neurons_of(&p), sources = 0;
    for (uint32_t k = 0; k < p.g->npopulations; k++)
        sources += placed(&p, k) && p.g->population[k].source ? p.g->population[k].size : 0;
    bool ok = check_chips(&p), again = true;
    u->mapping = NULL;
    if (!ok) {
        /* reported */
    } else if (p.limits.compartments && neurons > (uint64_t)p.limits.compartments * p.available) {
        report_cores(&p, 0);
        ok = false;
    } else if (neurons == sources) {
        diag_report(u->diag, DIAG_NET_EMPTY, p.g->npopulations ? p.g->population[0].at : (hmn_span){0, 0, 0, 0},
                    "all populations are sources: there is nothing to put on a core");
        diag_cure(u->diag, "add a population of neurons");
        ok = false;
    }
    for (int round = 0; ok && again && round < ROUNDS; round++) {
        p.share = round < SHARE_ROUNDS && !p.limits.multicast;
        ok = attempt(&p, u, &again);
    }
    arena_free(keep);
    return ok;
}
