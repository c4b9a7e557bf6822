/* Reads the image back and holds it against the network: the check of the whole back half. Takes the bytes and the
 * mapping, yields nothing but errors (IMAGE_TABLE). Each core is booted by the chip as the emulator boots it, and its
 * synapses are counted and summed up per projection. The sum is of a hash of (pre, post, delay, weight), so it does not
 * depend on order and shows a synapse that is lost, doubled, on the wrong core or changed. */
#include "compiler/unit.h"

#include "core/base/bug.h"
#include "core/base/hash.h"
#include "core/ir/image.h"

#include <inttypes.h>
#include <string.h>

enum { BATCH = 4096 };

typedef struct {
    uint64_t count, sum;
} tally;

typedef struct {
    const hmn_unit *u;
    const hmn_mapping *m;
    const hmn_graph *g;
    const hmn_image *image;
    image_rows axons;
    uint64_t axon; /* row of the core's first axon */
    tally *found;  /* [nprojections] */
} verifier;

static bool wrong(const verifier *v, hmn_span at, const char *text)
{
    diag_report(v->u->diag, DIAG_IMAGE_TABLE, at, "%s", text);
    return false;
}

static uint64_t digest(uint32_t pre, uint32_t post, int32_t delay, int32_t weight)
{
    int64_t all[] = {pre, post, delay, weight};
    return hash64(all, sizeof all, 0);
}

static bool neurons(const verifier *v)
{
    image_rows r = image_host(v->image, HOST_NEURONS), p = image_host(v->image, HOST_POPULATIONS);
    if (r.rows != v->g->nneurons || p.rows != v->g->npopulations)
        return wrong(v, (hmn_span){0, 0, 0, 0}, "the image's neuron or population table has the wrong length");
    for (uint32_t k = 0; k < v->g->npopulations; k++) {
        const graph_population *pop = &v->g->population[k];
        if (image_get(p, k, 1) != pop->first || image_get(p, k, 2) != pop->size)
            return wrong(v, pop->at, "the image gives the population another extent");
    }
    uint32_t none = NET_NONE;
    for (uint32_t s = 0, i = 0; s < v->m->nslices; s++) {
        const hmn_slice *slice = &v->m->slice[s];
        const graph_population *pop = &v->g->population[slice->population];
        for (i = 0; i < slice->count; i++) {
            uint32_t n = pop->first + slice->first + i;
            if (image_get(r, n, 0) != slice->core || image_get(r, n, 1) != slice->base + i)
                return wrong(v, pop->at, "the image places a neuron of the population elsewhere than its slice");
        }
    }
    uint64_t placed = 0, slices = 0, sources = 0;
    for (uint64_t n = 0; n < r.rows; n++)
        placed += image_get(r, n, 0) != none;
    for (uint32_t s = 0; s < v->m->nslices; s++)
        slices += v->m->slice[s].count;
    for (uint32_t k = 0; k < v->g->npopulations; k++)
        sources += v->g->population[k].source && !v->u->chip->limits->multicast ? v->g->population[k].size : 0;
    if (placed != slices || placed + sources != v->g->nneurons)
        return wrong(v, (hmn_span){0, 0, 0, 0}, "not every neuron is placed exactly once");
    return true;
}

/* Which neuron a compartment of a core is; NET_NONE: none. */
static uint32_t neuron_at(const verifier *v, uint32_t core, uint32_t compartment)
{
    uint32_t low = v->m->core_first_slice[core], high = v->m->core_first_slice[core + 1];
    for (uint32_t s = low; s < high; s++) {
        const hmn_slice *slice = &v->m->slice[s];
        if (compartment >= slice->base && compartment - slice->base < slice->count)
            return v->g->population[slice->population].first + slice->first + compartment - slice->base;
    }
    return NET_NONE;
}

static bool inside(const graph_population *p, uint32_t neuron)
{
    return neuron >= p->first && neuron - p->first < p->size;
}

static bool tally_synapse(verifier *v, uint32_t core, uint64_t naxons, const hmn_synapse *s)
{
    if (s->projection >= v->g->nprojections || s->axon >= naxons)
        return wrong(v, (hmn_span){0, 0, 0, 0}, "a core holds a synapse of no projection or axon");
    const graph_projection *p = &v->g->projection[s->projection];
    uint32_t pre = (uint32_t)image_get(v->axons, v->axon + s->axon, 1), post = neuron_at(v, core, s->compartment);
    if (!inside(&v->g->population[p->pre], pre) || post == NET_NONE || !inside(&v->g->population[p->post], post))
        return wrong(v, p->at, "a synapse of the projection joins neurons of other populations");
    v->found[s->projection].count++;
    v->found[s->projection].sum += digest(pre, post, s->delay, s->weight);
    return true;
}

static bool core_synapses(verifier *v, uint32_t core)
{
    const hmn_chip *chip = v->u->chip;
    hmn_core_view view = {v->image, chip, core, image_seed(v->image)};
    if (!chip->check(&view, v->u->diag))
        return false;
    uint64_t naxons = v->m->axon_row[core + 1] - v->m->axon_row[core];
    for (uint64_t k = 0; k < naxons; k++)
        if (image_get(v->axons, v->axon + k, 0) != core)
            return wrong(v, (hmn_span){0, 0, 0, 0}, "the image's axon table is not in order of cores");
    hmn_arena *scratch = arena_new(0);
    hmn_core_size size = chip->size(&view);
    void *rom = arena_alloc(scratch, size.rom, 64), *state = arena_alloc(scratch, size.state, 64);
    chip->boot(&view, rom, state);
    hmn_synapse *batch = ARENA_NEW(scratch, hmn_synapse, BATCH);
    bool ok = true;
    uint64_t n = 0;
    for (uint64_t first = 0; ok && (n = chip->synapses(rom, state, first, batch, BATCH)) > 0; first += n)
        for (uint64_t i = 0; ok && i < n; i++)
            ok = tally_synapse(v, core, naxons, &batch[i]);
    arena_free(scratch);
    v->axon += naxons;
    return ok;
}

/* What the quantised network says a projection must be. */
static tally expected(const verifier *v, uint32_t projection)
{
    const graph_projection *p = &v->g->projection[projection];
    const qnet_projection *q = &v->u->qnet->projection[projection];
    uint32_t pre = v->g->population[p->pre].first, post = v->g->population[p->post].first;
    tally t = {p->nsynapses, 0};
    for (uint32_t i = 0; i < v->g->population[p->pre].size; i++)
        for (uint32_t e = p->row[i]; e < p->row[i + 1]; e++)
            t.sum += digest(pre + i, post + p->target[e], q->delay[e], q->weight[e]);
    return t;
}

static bool projections(const verifier *v)
{
    image_rows r = image_host(v->image, HOST_PROJECTIONS);
    if (r.rows != v->g->nprojections)
        return wrong(v, (hmn_span){0, 0, 0, 0}, "the image's projection table has the wrong length");
    bool ok = true;
    for (uint32_t k = 0; k < v->g->nprojections; k++) {
        const graph_projection *p = &v->g->projection[k];
        tally want = expected(v, k), have = v->found[k];
        if (have.count != want.count || image_get(r, k, 3) != (int64_t)want.count) {
            diag_report(v->u->diag, DIAG_IMAGE_TABLE, p->at,
                        "projection '%s' has %" PRIu64 " synapses, the cores hold %" PRIu64, p->name, want.count,
                        have.count);
            ok = false;
        } else if (have.sum != want.sum) {
            diag_report(v->u->diag, DIAG_IMAGE_TABLE, p->at,
                        "the cores hold other weights, delays or ends than projection '%s' has", p->name);
            ok = false;
        }
    }
    return ok;
}

bool pass_verify(hmn_unit *u)
{
    hmn_image *image = image_from_memory(u->image, u->image_size, "the compiled image", u->diag);
    if (!image)
        return false;
    hmn_arena *scratch = arena_new(0);
    const hmn_graph *g = u->qnet->graph;
    verifier v = {
        u, u->mapping, g, image, image_host(image, HOST_AXONS), 0, ARENA_NEW(scratch, tally, g->nprojections)};
    bool ok = image_check_tables(image, u->chip->tables, u->chip->ntables, u->diag);
    if (ok && (image_cores(image) != u->mapping->ncores || v.axons.rows != u->mapping->axon_row[u->mapping->ncores]))
        ok = wrong(&v, (hmn_span){0, 0, 0, 0}, "the image has another number of cores or axons than the network needs");
    ok = ok && neurons(&v);
    for (uint32_t c = 0; ok && c < u->mapping->ncores; c++)
        ok = core_synapses(&v, c);
    ok = ok && projections(&v);
    image_close(image);
    arena_free(scratch);
    return ok;
}
