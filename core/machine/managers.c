/* Steps management cores. Takes what the routing tables brought to each in this step, yields its registers as packets
 * to the cores of its chip. An image without such cores has one manager, whose registers every core reads. */
#include "core/machine/managers.h"

#include "core/base/hash.h"

#include <string.h>

/* ---- life ---- */

static uint32_t chip_of(const hmn_machine *m, uint32_t core)
{
    uint32_t a_chip = m->chip->limits->cores_per_chip;
    return (uint32_t)image_get(image_host(m->image, HOST_SITES), core, 0) / (a_chip ? a_chip : 1);
}

/* Lists management cores, and for every core the one on its chip. */
static uint32_t find(hmn_machine *m)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->ncores; i++)
        n += m->core[i].size.manager;
    m->manager_core = ARENA_NEW(m->arena, uint32_t, n ? n : 1);
    m->manager_core[0] = UINT32_MAX;
    n = 0;
    for (uint32_t i = 0; i < m->ncores; i++)
        if (m->core[i].size.manager)
            m->manager_core[n++] = i;
    for (uint32_t i = 0; i < m->ncores; i++)
        for (uint32_t k = 0; k < n; k++)
            if (chip_of(m, m->manager_core[k]) == chip_of(m, i))
                m->core[i].manager = k;
    return n ? n : 1;
}

bool managers_boot(hmn_machine *m, hmn_diag *d)
{
    m->nmanagers = find(m);
    m->manager = ARENA_NEW(m->arena, hmn_manager, m->nmanagers);
    cost_table *costs = ARENA_NEW(m->arena, cost_table, 1);
    *costs = cost_lay_out(m->chip->timing ? m->chip->timing->profile[0] : NULL);
    m->costs = costs;
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        const hmn_core_size *size = m->manager_core[k] == UINT32_MAX ? NULL : &m->core[m->manager_core[k]].size;
        if (!manager_boot(&m->manager[k], m->image, costs->setting, m->arena, d) ||
            !rates_boot(&m->manager[k].rates, m->image, m->seed, costs->setting, m->arena, d))
            return false;
        if (size && size->compartments != m->manager[k].nchannels) {
            diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0},
                        "a management core sends another number of registers than "
                        "the image's table of channels has");
            return false;
        }
    }
    return true;
}

/* ---- inputs ---- */

void managers_set(hmn_machine *m, uint32_t modulator, double value)
{
    for (uint32_t k = 0; k < m->nmanagers; k++)
        manager_set(&m->manager[k], modulator, value);
}

void managers_open(hmn_machine *m)
{
    for (uint32_t k = 0; k < m->nmanagers; k++)
        manager_open(&m->manager[k], m->step);
}

void managers_trial(hmn_machine *m, double score)
{
    for (uint32_t k = 0; k < m->nmanagers; k++)
        rates_trial(&m->manager[k].rates, m->seed, score);
}

typedef struct {
    const hmn_machine *m;
    const machine_core *core;
} listener;

/* Neurons of a population whose packets came. */
static uint32_t counted(const void *context, uint32_t population)
{
    const listener *l = context;
    uint32_t first = l->m->population_first[population], last = first + l->m->population_size[population], n = 0;
    for (uint32_t k = 0; k < l->core->port.nin; k++) {
        uint32_t neuron = l->core->axon_source[l->core->event[k].axon];
        n += neuron >= first && neuron < last;
    }
    return n;
}

/* ---- a step ---- */

static void broadcast(hmn_machine *m, uint32_t k)
{
    const hmn_manager *manager = &m->manager[k];
    hmn_port *port = &m->core[m->manager_core[k]].port;
    for (uint32_t c = 0; c < manager->nchannels; c++) {
        if ((m->step + 1) % manager->program[c].epoch != 0)
            continue;
        machine_multicast(m, m->manager_core[k], c, manager->channel[c]);
        port->nsent++;
    }
}

void managers_step(hmn_machine *m)
{
    for (uint32_t i = 0; i < m->ncores; i++) {
        memset(m->core[i].heard, 0, m->core[i].size.registers * sizeof *m->core[i].heard);
        m->core[i].nheard = 0;
    }
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        machine_core *c = &m->core[m->manager_core[k]];
        uint64_t before = m->manager[k].cycles + m->manager[k].rates.cycles;
        c->port.nin = c->pending ? machine_inbox(c) : 0;
        manager_step(&m->manager[k], m->step, counted, &(listener){m, c});
        c->port.work = m->manager[k].cycles + m->manager[k].rates.cycles - before;
        c->port.nsent = 0;
        broadcast(m, k);
    }
}

/* ---- looking in ---- */

uint32_t machine_broadcasts(const hmn_machine *m, machine_sent *out, uint32_t room)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < m->nmanagers && m->manager_core[k] != UINT32_MAX; k++)
        for (uint32_t c = 0; c < m->manager[k].nchannels; c++)
            if (m->step % m->manager[k].program[c].epoch == 0) {
                if (n < room)
                    out[n] = (machine_sent){m->manager_core[k], c, 1};
                n++;
            }
    return n;
}

uint64_t managers_cycles(const hmn_machine *m)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < m->nmanagers; k++)
        sum += m->manager[k].cycles + m->manager[k].rates.cycles;
    return sum;
}

static uint64_t digest_of(const hmn_manager *m, uint64_t hash)
{
    hash = hash64(m->modulator, m->nmodulators * sizeof *m->modulator, hash);
    hash = hash64(m->channel, m->nchannels * sizeof *m->channel, hash);
    hash = hash64(m->carry, m->nchannels * sizeof *m->carry, hash);
    if (m->reward)
        hash = hash64(m->reward, m->nchannels * sizeof *m->reward, hash);
    hash = hash64(m->rates.state, m->rates.count * sizeof *m->rates.state, hash);
    return hash64(m->astrocyte_level, m->nastrocytes * sizeof *m->astrocyte_level, hash);
}

uint64_t managers_digest(const hmn_machine *m, uint64_t hash)
{
    uint64_t first = digest_of(&m->manager[0], hash), all = first;
    for (uint32_t k = 1; k < m->nmanagers; k++) {
        uint64_t other = digest_of(&m->manager[k], hash);
        all = other == first ? all : hash64(&other, sizeof other, all);
    }
    return all;
}
