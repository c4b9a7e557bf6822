/* Multicast routing. Takes who sends to which cores, yields for every source the chips that its packets pass and what
 * each router does with them. The sources of a population may share one tree: over the chips of all their targets, with
 * the sources' chips joined to it by shortest ways. A source's own route is the part of it between the source and its
 * targets. Routers then treat the population alike except for the side from which packets come, so entries merge; the
 * more so when the sources' own chips hang together in the tree and those outside enter it in one place, because
 * further on all packets come from one side. These variants and a tree for each source are measured, by links that
 * packets cross and by links of table entries, and the best is taken. */
#include "backends/spinnaker/ner.h"

#include "backends/spinnaker/tcam.h"
#include "core/base/bug.h"

#include <string.h>

typedef struct {
    const spin_machine *m;
    const spin_traffic *t;
    hmn_arena *arena;
    uint32_t *cores; /* [nchips] core bits of the present source's targets */
    int32_t *chips;  /* [nchips + 1] their chips */
    /* the walk through a tree from a source */
    int32_t *order, *in; /* [nchips] chips in the order of the walk; link by which each is entered */
    uint32_t *route;     /* [nchips] */
    /* the routes made so far */
    int32_t *out_chip, *out_in;
    uint32_t *out_route;
    size_t nout, chip_cap, in_cap, route_cap;
    int32_t missing;
} navigator;

/* Core bits and chips of a source's targets; returns how many chips. */
static uint32_t find_targets(navigator *n, uint32_t source)
{
    uint32_t count = 0;
    memset(n->cores, 0, n->m->nchips * sizeof *n->cores);
    for (uint32_t i = n->t->row[source]; i < n->t->row[source + 1]; i++) {
        int32_t chip = spin_site_chip(n->t->target[i]);
        if (!n->cores[chip])
            n->chips[count++] = chip;
        n->cores[chip] |= tcam_core_bit(spin_site_core(n->t->target[i]));
    }
    return count;
}

/* Walks the tree from the source's chip and finds what each router does; parts that lead to no target are left out.
 * Returns the links crossed; *chips: how many chips the walk visited. */
static uint32_t walk(navigator *n, const uint8_t *tree, int32_t from, uint32_t *chips)
{
    uint32_t count = 0, links = 0;
    n->order[count++] = from;
    n->in[from] = SPIN_NONE;
    for (uint32_t i = 0; i < count; i++) {
        int32_t c = n->order[i];
        n->route[c] = n->cores[c];
        for (uint32_t l = 0; l < SPIN_LINKS; l++)
            if ((tree[c] >> l & 1) && (int32_t)l != n->in[c]) {
                n->order[count] = n->m->link[c][l];
                n->in[n->order[count++]] = (int32_t)spin_opposite(l);
                HMN_ASSERT(count <= n->m->nchips); /* a tree visits no chip twice */
            }
    }
    for (uint32_t i = count; i-- > 1;) {
        int32_t c = n->order[i];
        if (!n->route[c])
            continue;
        n->route[n->m->link[c][n->in[c]]] |= tcam_link_bit(spin_opposite((uint32_t)n->in[c]));
        links++;
    }
    *chips = count;
    return links;
}

static void emit(navigator *n, uint32_t chips)
{
    n->out_chip = arena_grow(n->arena, n->out_chip, sizeof *n->out_chip, n->nout, n->nout + chips, &n->chip_cap);
    n->out_in = arena_grow(n->arena, n->out_in, sizeof *n->out_in, n->nout, n->nout + chips, &n->in_cap);
    n->out_route = arena_grow(n->arena, n->out_route, sizeof *n->out_route, n->nout, n->nout + chips, &n->route_cap);
    for (uint32_t i = 0; i < chips; i++) {
        int32_t c = n->order[i];
        if (!n->route[c])
            continue;
        n->out_chip[n->nout] = c;
        n->out_in[n->nout] = n->in[c];
        n->out_route[n->nout++] = n->route[c];
    }
    HMN_ASSERT(n->nout < UINT32_MAX);
}

/* ---- trees ---- */

/* The tree of one source alone. */
static bool own_tree(navigator *n, uint32_t source, uint8_t *tree, hmn_arena *a)
{
    uint32_t count = find_targets(n, source);
    int32_t *chips = ARENA_NEW(a, int32_t, count + 1);
    chips[0] = n->t->source[source].chip;
    uint32_t all = 1;
    for (uint32_t i = 0; i < count; i++)
        if (n->chips[i] != chips[0])
            chips[all++] = n->chips[i];
    memset(tree, 0, n->m->nchips);
    return spin_tree(n->m, chips, all, 0, tree, &n->missing, a) != UINT32_MAX;
}

/* Shortest ways from the chips marked in `in`, or from `entry` alone round the others: n->in says which link leads
 * back, far[] how long the way is. Chips without a way have SPIN_NONE. */
static void search(navigator *n, const uint8_t *in, int32_t entry, uint32_t *far)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < n->m->nchips; c++) {
        bool first = entry == SPIN_NONE ? in[c] : (int32_t)c == entry;
        n->in[c] = first || in[c] ? SPIN_LINKS : SPIN_NONE;
        far[c] = 0;
        if (first)
            n->order[count++] = (int32_t)c;
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t l = 0; l < SPIN_LINKS; l++) {
            int32_t to = n->m->link[n->order[i]][l];
            if (to == SPIN_NONE || n->in[to] != SPIN_NONE)
                continue;
            n->in[to] = (int32_t)spin_opposite(l);
            far[to] = far[n->order[i]] + 1;
            n->order[count++] = to;
        }
}

/* Weight x length of the ways of all sources that send; UINT64_MAX: one has none. */
static uint64_t ways(navigator *n, uint32_t first, uint32_t end, const uint32_t *far)
{
    uint64_t sum = 0;
    for (uint32_t s = first; s < end; s++) {
        int32_t c = n->t->source[s].chip;
        if (n->t->row[s] == n->t->row[s + 1])
            continue;
        n->missing = c;
        if (n->in[c] == SPIN_NONE)
            return UINT64_MAX;
        sum += (uint64_t)n->t->source[s].weight * far[c];
    }
    return sum;
}

/* Where sources outside the tree enter it: each at the nearest chip, or all at the same one, which may be kept to
 * those that hold a source. */
typedef enum { NEAREST, SAME, SAME_SENDER, ENTRIES } entry;

/* What `in` says of a chip. */
enum { OUTSIDE, INSIDE, INSIDE_SENDER };

/* The one chip that costs least. SPIN_NONE: there is none. */
static int32_t find_entry(navigator *n, uint32_t first, uint32_t end, entry how, const uint8_t *in, uint32_t *far)
{
    uint64_t least = UINT64_MAX;
    int32_t best = SPIN_NONE;
    for (uint32_t c = 0; c < n->m->nchips; c++) {
        if (!in[c] || (how == SAME_SENDER && in[c] != INSIDE_SENDER))
            continue;
        search(n, in, (int32_t)c, far);
        uint64_t cost = ways(n, first, end, far);
        if (cost < least) {
            least = cost;
            best = (int32_t)c;
        }
    }
    return best;
}

/* Joins the chips of the sources to the tree by shortest ways. */
static bool join_sources(navigator *n, uint32_t first, uint32_t end, entry how, uint8_t *tree, uint8_t *in,
                         hmn_arena *a)
{
    uint32_t *far = ARENA_NEW(a, uint32_t, n->m->nchips);
    int32_t at = how == NEAREST ? SPIN_NONE : find_entry(n, first, end, how, in, far);
    search(n, in, at, far);
    if (ways(n, first, end, far) == UINT64_MAX)
        return false;
    for (uint32_t s = first; s < end; s++) {
        int32_t c = n->t->source[s].chip;
        if (n->t->row[s] == n->t->row[s + 1])
            continue;
        while (!in[c]) {
            in[c] = INSIDE;
            tree[c] |= (uint8_t)(1u << n->in[c]);
            int32_t next = n->m->link[c][n->in[c]];
            tree[next] |= (uint8_t)(1u << spin_opposite((uint32_t)n->in[c]));
            c = next;
        }
    }
    return true;
}

/* Chips of all targets of sources first .. end-1, those of senders before the others; returns how many, *senders of
 * them. `in` marks them. */
static uint32_t list_chips(const navigator *n, uint32_t first, uint32_t end, int32_t *chips, uint8_t *in,
                           uint32_t *senders)
{
    uint32_t count = 0;
    for (uint32_t i = n->t->row[first]; i < n->t->row[end]; i++)
        in[spin_site_chip(n->t->target[i])] = INSIDE;
    for (uint32_t s = first; s < end; s++)
        if (in[n->t->source[s].chip] == INSIDE && n->t->row[s] < n->t->row[s + 1]) {
            chips[count++] = n->t->source[s].chip;
            in[n->t->source[s].chip] = INSIDE_SENDER;
        }
    *senders = count;
    for (uint32_t c = 0; c < n->m->nchips; c++)
        if (in[c] == INSIDE)
            chips[count++] = (int32_t)c;
    return count;
}

/* A tree that sources first .. end-1 share. together: their own chips hang together in it. */
static bool shared_tree(navigator *n, uint32_t first, uint32_t end, bool together, entry how, uint8_t *tree,
                        hmn_arena *a)
{
    uint8_t *in = ARENA_NEW(a, uint8_t, n->m->nchips);
    int32_t *chips = ARENA_NEW(a, int32_t, n->m->nchips);
    uint32_t senders, count = list_chips(n, first, end, chips, in, &senders);
    if (count == 0)
        return true;
    if (spin_tree(n->m, chips, count, together ? senders : 0, tree, &n->missing, a) == UINT32_MAX)
        return false;
    for (uint32_t c = 0; c < n->m->nchips; c++)
        in[c] = in[c] ? in[c] : tree[c] ? INSIDE : OUTSIDE;
    return join_sources(n, first, end, how, tree, in, a);
}

static bool same_route(const spin_traffic *t, uint32_t a, uint32_t b)
{
    uint32_t n = t->row[a + 1] - t->row[a];
    return t->source[a].chip == t->source[b].chip && n == t->row[b + 1] - t->row[b] &&
           (n == 0 || memcmp(t->target + t->row[a], t->target + t->row[b], n * sizeof *t->target) == 0);
}

/* ---- one population ---- */

/* What a population may use: trees[s - first] is the one of source s. */
typedef struct {
    uint8_t **trees;
    uint64_t links;   /* weight x links that packets cross */
    uint64_t entries; /* the same, where what all sources have in common is counted once */
} plan;

/* Each source's own tree; equal neighbours have the same one. */
static bool separate_trees(navigator *n, uint32_t first, uint32_t end, plan *p, hmn_arena *a)
{
    for (uint32_t s = first; s < end; s++) {
        p->trees[s - first] = ARENA_NEW(a, uint8_t, n->m->nchips);
        if (s > first && same_route(n->t, s - 1, s))
            p->trees[s - first] = p->trees[s - first - 1];
        else if (!own_tree(n, s, p->trees[s - first], a))
            return false;
    }
    return true;
}

static bool shared_trees(navigator *n, uint32_t first, uint32_t end, bool together, entry how, plan *p, hmn_arena *a)
{
    uint8_t *tree = ARENA_NEW(a, uint8_t, n->m->nchips);
    for (uint32_t s = first; s < end; s++)
        p->trees[s - first] = tree;
    return shared_tree(n, first, end, together, how, tree, a);
}

/* What happens at a chip to the packets of a population. */
typedef struct {
    uint32_t passed, route; /* sources whose packets pass; what is done with those of the first */
    bool apart;             /* a packet starts here, or something else is done with it */
    uint64_t links;         /* weight x links out */
} crossing;

static uint32_t links_of(uint32_t route)
{
    return (uint32_t)__builtin_popcount(route & (tcam_link_bit(SPIN_LINKS) - 1));
}

static void cross(navigator *n, crossing *at, uint32_t chips, uint32_t weight)
{
    for (uint32_t i = 0; i < chips; i++) {
        int32_t c = n->order[i];
        if (!n->route[c])
            continue;
        at[c].route = at[c].passed++ ? at[c].route : n->route[c];
        at[c].apart |= i == 0 || at[c].route != n->route[c];
        at[c].links += (uint64_t)weight * links_of(n->route[c]);
    }
}

static void measure(navigator *n, uint32_t first, uint32_t end, plan *p, hmn_arena *a)
{
    uint32_t chips = 0, links = 0, senders = 0;
    uint64_t weight = 0;
    crossing *at = ARENA_NEW(a, crossing, n->m->nchips);
    for (uint32_t s = first; s < end; s++) {
        bool as_before = s > first && p->trees[s - first] == p->trees[s - first - 1] && same_route(n->t, s - 1, s);
        if (n->t->row[s] == n->t->row[s + 1])
            continue;
        if (!as_before) {
            find_targets(n, s);
            links = walk(n, p->trees[s - first], n->t->source[s].chip, &chips);
        }
        cross(n, at, chips, n->t->source[s].weight);
        p->links += (uint64_t)n->t->source[s].weight * links;
        weight += n->t->source[s].weight;
        senders++;
    }
    for (uint32_t c = 0; c < n->m->nchips; c++) {
        bool once = at[c].passed && at[c].passed == senders && !at[c].apart;
        p->entries += once ? weight / senders * links_of(at[c].route) : at[c].links;
    }
}

static void emit_population(navigator *n, uint32_t first, uint32_t end, const plan *p, uint32_t *row)
{
    for (uint32_t s = first; s < end; s++) {
        uint32_t chips;
        if (find_targets(n, s)) {
            walk(n, p->trees[s - first], n->t->source[s].chip, &chips);
            emit(n, chips);
        }
        row[s + 1] = (uint32_t)n->nout;
    }
}

/* All ways to share a tree, and a tree for each source. Traffic and table entries both count, alike. */
static bool route_population(navigator *n, uint32_t first, uint32_t end, uint32_t *row, uint64_t *links)
{
    enum { SHARED = 2 * ENTRIES, PLANS };
    hmn_arena *a = arena_new(0);
    plan p[PLANS] = {{NULL, 0, 0}};
    int best = 0;
    bool ok = true;
    for (int k = 0; k < PLANS && ok; k++) {
        p[k].trees = ARENA_NEW(a, uint8_t *, end - first);
        ok = k < SHARED ? shared_trees(n, first, end, k & 1, (entry)(k / 2), &p[k], a)
                        : separate_trees(n, first, end, &p[k], a);
        if (ok)
            measure(n, first, end, &p[k], a);
        if (p[k].links + p[k].entries < p[best].links + p[best].entries)
            best = k;
    }
    if (ok) {
        emit_population(n, first, end, &p[best], row);
        *links += p[best].links;
    }
    arena_free(a);
    return ok;
}

bool spin_route(const spin_machine *m, const spin_traffic *t, hmn_arena *a, spin_routes *out, hmn_span at, hmn_diag *d)
{
    hmn_arena *scratch = arena_new(0);
    navigator n = {.m = m, .t = t, .arena = a};
    n.cores = ARENA_NEW(scratch, uint32_t, m->nchips);
    n.chips = ARENA_NEW(scratch, int32_t, m->nchips + 1);
    n.order = ARENA_NEW(scratch, int32_t, m->nchips + 1);
    n.in = ARENA_NEW(scratch, int32_t, m->nchips);
    n.route = ARENA_NEW(scratch, uint32_t, m->nchips);
    uint32_t *row = ARENA_NEW(a, uint32_t, t->nsources + 1);
    uint64_t links = 0;
    bool ok = true;
    for (uint32_t first = 0, end; first < t->nsources && ok; first = end) {
        for (end = first + 1; end < t->nsources && t->source[end].population == t->source[first].population; end++)
            ;
        ok = route_population(&n, first, end, row, &links);
    }
    if (!ok) {
        diag_report(d, DIAG_FIT_CORES, at, "chip (%d, %d) cannot be reached: dead links cut it off", m->x[n.missing],
                    m->y[n.missing]);
        diag_cure(d, "name it as a dead chip, so that nothing is placed there");
    }
    *out = (spin_routes){row, n.out_chip, n.out_route, n.out_in, links};
    arena_free(scratch);
    return ok;
}
