/* What the host gives to the cores: spikes of sources and currents. Takes the image's stimulus tables and injected
 * spikes, yields the set of sources that fire in a step and each core's list of currents. A Poisson source fires
 * when its own 32-bit draw of this step is below its threshold, so activity does not depend on order. */
#include "core/base/bug.h"
#include "core/base/rng.h"
#include "core/machine/boot.h"

#include <stdlib.h>

void sources_inject(hmn_machine *m, uint32_t neuron)
{
    HMN_ASSERT(neuron < m->nneurons && m->is_source[neuron] && !m->half);
    machine_sources *s = &m->source;
    if (m->source.mark[neuron / 64] >> neuron % 64 & 1)
        return;
    m->source.mark[neuron / 64] |= (uint64_t)1 << neuron % 64;
    s->injected[s->ninjected++] = neuron;
}

int32_t sources_payload(hmn_machine *m, uint32_t neuron)
{
    return m->source.payload && m->source.payload[neuron] ? m->source.payload[neuron] : 1;
}

static void fire(hmn_machine *m, uint32_t neuron)
{
    uint64_t bit = (uint64_t)1 << neuron % 64;
    if (m->source.silent || m->source.mark[neuron / 64] & bit)
        return;
    m->source.mark[neuron / 64] |= bit;
    m->source.fired[m->source.nfired++] = neuron;
}

/* Lists the Poisson rows that are in force now, and when that changes. */
static void poisson_update(hmn_machine *m)
{
    machine_sources *s = &m->source;
    s->nactive = 0;
    s->next_poisson_change = UINT32_MAX;
    for (uint32_t i = 0; i < s->npoisson; i++) {
        const machine_poisson *p = &s->poisson[i];
        uint32_t change = m->step < p->start ? p->start : m->step < p->stop ? p->stop : UINT32_MAX;
        if (change < s->next_poisson_change)
            s->next_poisson_change = change;
        if (m->step >= p->start && m->step < p->stop)
            s->active[s->nactive++] = i;
    }
}

static int ascending(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return (a > b) - (a < b);
}

void sources_fire(hmn_machine *m)
{
    machine_sources *s = &m->source;
    s->nfired = 0;
    for (uint32_t i = 0; i < s->ninjected; i++)
        s->fired[s->nfired++] = s->injected[i]; /* marked when injected */
    s->ninjected = 0;
    for (; s->next_spike < s->nspikes && s->spike_step[s->next_spike] <= m->step; s->next_spike++)
        if (s->spike_step[s->next_spike] == m->step)
            fire(m, s->spike_neuron[s->next_spike]);
    if (m->step >= s->next_poisson_change)
        poisson_update(m);
    for (uint32_t i = 0; i < s->nactive; i++) {
        const machine_poisson *p = &s->poisson[s->active[i]];
        if (rng_u32(m->seed, RNG_POISSON, p->id, p->index, m->step) < p->threshold)
            fire(m, p->neuron);
    }
    for (uint32_t i = 0; i < s->nfired; i++)
        m->source.mark[s->fired[i] / 64] &= ~((uint64_t)1 << s->fired[i] % 64);
    if (s->nfired > 1)
        qsort(s->fired, s->nfired, sizeof *s->fired, ascending);
}

uint32_t machine_source_packets(const hmn_machine *m, machine_sent *out, uint32_t room)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < m->source.nfired; k++) {
        uint32_t s = m->source.fired[k];
        if (m->neuron_core[s] >= m->ncores)
            continue;
        if (n < room)
            out[n] = (machine_sent){m->neuron_core[s], m->neuron_compartment[s],
                                    (uint32_t)sources_payload((hmn_machine *)(uintptr_t)m, s)};
        n++;
    }
    return n;
}

void drives_update(hmn_machine *m)
{
    machine_sources *s = &m->source;
    if (s->ncurrents == 0 || m->step < s->next_change)
        return;
    for (uint32_t i = 0; i < m->ncores; i++)
        m->core[i].ndrive = 0;
    s->next_change = UINT32_MAX;
    for (uint32_t i = 0; i < s->ncurrents; i++) {
        const machine_current *c = &s->current[i];
        uint32_t change = m->step < c->start ? c->start : m->step < c->stop ? c->stop : UINT32_MAX;
        if (change < s->next_change)
            s->next_change = change;
        if (m->step >= c->start && m->step < c->stop) {
            machine_core *core = &m->core[c->core];
            core->drive[core->ndrive++] = (hmn_drive){c->compartment, c->amount};
        }
    }
}
