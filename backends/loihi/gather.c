/* Population spikes. Takes the layout of a core and its static source neurons, yields the input axon and the atom of
 * each (eq. L25): an axon finds the synapses of atom a at pointer + a words, so that sources of one population whose
 * synapses take equally many words become atoms of one axon; so do those that share their synapses (share.c) and count
 * from the same compartment.
 *
 * Any source may get any axon and atom, so lines are sorted by what must agree. Axons that learn stay alone: an axon
 * has one x1 and one x2. */
#include "backends/loihi/gather.h"

#include "core/base/bug.h"

#include <stdlib.h>

/* What the atoms of an axon have in common, and the order of lines. */
typedef struct {
    uint64_t words; /* of a line that has synapses of its own; 0: of one that shares */
    uint32_t population;
    uint32_t owner;      /* whose synapses it uses; NET_NONE: they are its own alone */
    uint32_t away, base; /* away: its base is not its owner's, who is to come first */
    uint32_t line;
} line_key;

static int by_kind(const line_key *a, const line_key *b)
{
    const uint64_t ka[] = {a->population, a->owner, a->words, a->away, a->base},
                   kb[] = {b->population, b->owner, b->words, b->away, b->base};
    for (size_t i = 0; i < sizeof ka / sizeof *ka; i++)
        if (ka[i] != kb[i])
            return ka[i] < kb[i] ? -1 : 1;
    return 0;
}

static int by_kind_then_line(const void *pa, const void *pb)
{
    const line_key *a = pa, *b = pb;
    int kind = by_kind(a, b);
    return kind ? kind : (a->line > b->line) - (a->line < b->line);
}

static const layout_use *use_of(const core_layout *l, const layout_bundle *b)
{
    for (uint32_t u = 0; u < l->nuses; u++)
        if (l->use[u].slice == b->slice && l->use[u].projection == b->projection)
            return &l->use[u];
    HMN_BUG("projection %u has no format on this core", b->projection);
}

/* Words of synapse memory of every neuron that has static synapses here. */
static uint64_t *count_words(const core_layout *l, hmn_arena *a)
{
    const hmn_graph *g = l->q->graph;
    uint64_t *sum = ARENA_NEW(a, uint64_t, g->nneurons);
    for (uint32_t i = 0; i < l->nbundles; i++) {
        const layout_bundle *b = &l->bundle[i];
        const graph_projection *j = &g->projection[b->projection];
        if (l->q->projection[b->projection].rule != NET_NONE)
            continue;
        const layout_use *use = use_of(l, b);
        for (uint32_t r = 0; r < b->nrows; r++) {
            uint64_t words;
            layout_choose(l, use, j->target + b->row[r].row.first, b->row[r].row.count, &words);
            sum[g->population[j->pre].first + b->row[r].pre] += words;
        }
    }
    return sum;
}

static line_key *find_keys(const core_layout *l, const uint32_t *neuron, uint32_t n, hmn_arena *a)
{
    const hmn_graph *g = l->q->graph;
    const uint64_t *words = count_words(l, a);
    bool *shared = ARENA_NEW(a, bool, g->nneurons);
    line_key *key = ARENA_NEW(a, line_key, n);
    for (uint32_t k = 0; k < n; k++)
        shared[l->share[neuron[k]].first] |= l->share[neuron[k]].first != neuron[k];
    for (uint32_t k = 0; k < n; k++) {
        const layout_share *s = &l->share[neuron[k]];
        bool alone = !shared[s->first];
        key[k] = (line_key){alone ? words[neuron[k]] : 0,
                            graph_population_of(g, neuron[k]),
                            alone ? NET_NONE : s->first,
                            s->base != l->share[s->first].base,
                            s->base,
                            k};
    }
    return key;
}

uint32_t gather_lines(const core_layout *l, const uint32_t *neuron, uint32_t n, uint32_t *line, uint32_t *axon,
                      uint32_t *atom, hmn_arena *a)
{
    uint32_t used = 0;
    if (!l->share) { /* too many formats: the core will be refused */
        for (; used < n; used++) {
            line[used] = axon[used] = used;
            atom[used] = 0;
        }
        return n;
    }
    line_key *key = find_keys(l, neuron, n, a);
    if (n)
        qsort(key, n, sizeof *key, by_kind_then_line);
    for (uint32_t k = 0; k < n; k++) {
        bool joins = k && by_kind(&key[k - 1], &key[k]) == 0 && atom[k - 1] + 1 < GATHER_ATOMS;
        used += !joins;
        line[k] = key[k].line;
        axon[k] = used - 1;
        atom[k] = joins ? atom[k - 1] + 1 : 0;
    }
    return used;
}

uint32_t loihi_gather(const hmn_mapping *m, uint32_t core, uint32_t *line, uint32_t *axon, uint32_t *atom,
                      hmn_arena *scratch)
{
    uint32_t slices = m->core_first_slice[core + 1] - m->core_first_slice[core];
    core_layout l = layout_make(m->qnet, m->slice + m->core_first_slice[core], slices, scratch);
    uint32_t n = m->axon_row[core + 1] - m->axon_row[core], nstatic = m->first_plastic[core];
    uint32_t used = gather_lines(&l, m->axon_source + m->axon_row[core], nstatic, line, axon, atom, scratch);
    for (uint32_t k = nstatic; k < n; k++) {
        axon[k] = used++;
        atom[k] = 0;
    }
    return used;
}
