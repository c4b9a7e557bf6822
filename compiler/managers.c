/* Management cores. Takes slices on physical cores, yields a core of the management processor for every router that has
 * cores to manage: ones that hear broadcasts, or whose neurons' biases adapt. Each computes the same registers from the
 * same inputs and sends them to the cores beside it, so that no broadcast crosses from chip to chip. A network whose
 * modulators nobody hears has one, beside its first core, because probes may read them. */
#include "compiler/managers.h"

#include <string.h>

static uint32_t chip_of(const hmn_chip *chip, uint32_t site)
{
    return site / (chip->limits->cores_per_chip ? chip->limits->cores_per_chip : 1);
}

static bool anything_to_do(const hmn_qnet *q)
{
    bool adapts = false;
    for (uint32_t k = 0; k < q->graph->npopulations; k++)
        adapts |= q->population[k].bias != NULL;
    return adapts || q->nchannels || q->graph->net->nmodulators;
}

/* Marks the routers that need one. */
static uint32_t mark(const hmn_mapping *m, const hmn_chip *chip, bool *needed)
{
    uint32_t n = 0;
    for (uint32_t s = 0; s < m->nslices; s++) {
        uint32_t c = chip_of(chip, m->site[m->slice[s].core]);
        if (!needed[c] && chip->managed(m->qnet, m->slice[s].population)) {
            needed[c] = true;
            n++;
        }
    }
    if (n == 0 && m->nslices && anything_to_do(m->qnet)) {
        needed[chip_of(chip, m->site[m->slice[0].core])] = true;
        n = 1;
    }
    return n;
}

/* Of a router: the cores that hear it. */
static void aim(hmn_mapping *m, const hmn_chip *chip, hmn_arena *a)
{
    uint32_t *row = ARENA_NEW(a, uint32_t, m->nmanagers + 1), *core = ARENA_NEW(a, uint32_t, m->nslices), n = 0;
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        uint32_t own = chip_of(chip, m->site[m->ncores - m->nmanagers + k]);
        for (uint32_t s = 0; s < m->nslices; s++)
            if (chip_of(chip, m->site[m->slice[s].core]) == own &&
                chip->managed(m->qnet, m->slice[s].population) & MANAGED_HEARS)
                core[n++] = m->slice[s].core;
        row[k + 1] = n;
    }
    m->manager_row = row;
    m->manager_core = core;
}

void managers_make(hmn_mapping *m, const hmn_chip *chip, hmn_arena *a)
{
    m->nmanagers = 0;
    if (!m->sites || !m->sites->manager || !chip->managed)
        return;
    hmn_arena *scratch = arena_new(0);
    bool *needed = ARENA_NEW(scratch, bool, m->sites->nnodes);
    uint32_t before = m->ncores, n = mark(m, chip, needed);
    uint32_t *site = ARENA_NEW(a, uint32_t, before + n), *first = ARENA_NEW(a, uint32_t, before + n + 1);
    memcpy(site, m->site, before * sizeof *site);
    memcpy(first, m->core_first_slice, (before + 1) * sizeof *first);
    for (uint32_t c = 0; c < m->sites->nnodes; c++)
        if (needed[c]) {
            site[m->ncores++] = m->sites->manager[c];
            first[m->ncores] = first[before];
        }
    m->site = site;
    m->core_first_slice = first;
    m->nmanagers = n;
    aim(m, chip, a);
    arena_free(scratch);
}

bool managers_count(const hmn_mapping *m, const hmn_chip *chip, uint32_t manager, const hmn_slice *slice)
{
    const hmn_net *net = m->qnet->graph->net;
    for (uint32_t k = 0; k < net->nmodulators; k++)
        if (net->modulator[k].source == MODSRC_POPULATION && net->modulator[k].population.i == slice->population)
            return true;
    return m->qnet->population[slice->population].bias &&
           chip_of(chip, m->site[slice->core]) == chip_of(chip, m->site[m->ncores - m->nmanagers + manager]);
}
