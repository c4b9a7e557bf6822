/* The emulated machine. Takes an image and the chip that made it, yields spikes, states, weights and counts.
 *
 * Method: every core is a rom and a state block; a step is local work on each core (in parallel), then the
 * management processor, then an exchange of packets into inboxes, then local learning. An inbox is a set of axons
 * (a bitmap), so the order in which packets arrive cannot matter and no sorting is needed (BookSim's two-phase
 * rule: nobody sees this step's spikes before the next). Host-side sources are in sources.c. */
#include "core/machine/machine.h"

#include "core/base/bug.h"
#include "core/describe.h"
#include "core/base/hash.h"
#include "core/machine/boot.h"
#include "core/machine/managers.h"
#include "core/machine/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static machine_core *core_of(const hmn_machine *m, uint32_t i) { return &m->core[i]; }

/* Work of fewer compartments than this a thread is not worth a barrier. */
enum { COMPARTMENTS_A_THREAD = 16384 };

/* ---- one step ---- */

uint32_t machine_inbox(machine_core *c)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < c->inbox_words; w++) {
        for (uint64_t bits = c->inbox[w]; bits; bits &= bits - 1) {
            uint32_t axon = w * 64 + (uint32_t)__builtin_ctzll(bits);
            c->event[n++] = (hmn_event){axon, c->payload[axon]};
        }
    }
    return n;
}

/* Registers as the management processor wrote them last. */
static void show_registers(const hmn_machine *m, machine_core *c)
{
    c->port.channel = c->size.registers ? c->heard : m->manager->channel;
    c->port.nchannels = c->size.registers ? c->size.registers : m->manager->nchannels;
}

static void core_begin(void *context, uint32_t i)
{
    hmn_machine *m = context;
    machine_core *c = core_of(m, i);
    hmn_port *port = &c->port;
    port->step = m->step;
    show_registers(m, c);
    port->in = c->event;
    port->nin = 0;
    if (c->pending) {
        port->nin = machine_inbox(c);
        memset(c->inbox, 0, c->inbox_words * sizeof *c->inbox);
    }
    c->pending = false;
    port->drive = c->drive;
    port->ndrive = c->ndrive;
    m->chip->step(c->rom, c->state, PHASE_DELIVER, port);
    port->nfired = 0;
    port->open = m->manager->open;
    port->nopen = m->manager->ngates;
    m->chip->step(c->rom, c->state, PHASE_UPDATE, port);
    port->nout = 0;
    if (port->nfired && !m->wired)
        m->chip->step(c->rom, c->state, PHASE_SEND, port);
}

static void core_learn(void *context, uint32_t i)
{
    hmn_machine *m = context;
    machine_core *c = core_of(m, i);
    if (!c->size.learns)
        return;
    show_registers(m, c);
    c->port.reward = c->size.registers ? NULL : m->manager->reward;
    c->port.nheard = c->nheard;
    c->port.learning = m->learning;
    if (c->size.early)
        c->port.nin = c->pending ? machine_inbox(c) : 0;
    m->chip->step(c->rom, c->state, PHASE_LEARN, &c->port);
    if (c->size.eager && c->pending) {
        memset(c->inbox, 0, c->inbox_words * sizeof *c->inbox);
        c->pending = false;
    }
}

static void deliver(hmn_machine *m, uint32_t core, uint32_t axon, int32_t payload)
{
    machine_core *c = core_of(m, core);
    if (axon >= c->size.axons) { /* a broadcast: boot_wires */
        c->heard[axon - c->size.axons] = payload;
        c->nheard++;
        return;
    }
    c->inbox[axon / 64] |= (uint64_t)1 << axon % 64;
    c->payload[axon] = payload;
    c->pending = true;
}

void machine_multicast(hmn_machine *m, uint32_t core, uint32_t compartment, int32_t payload)
{
    const hmn_wires *w = &m->wires;
    uint32_t at = w->first[core] + compartment;
    for (uint32_t k = w->row[at]; k < w->row[at + 1]; k++)
        deliver(m, w->core[k], w->axon[k], payload);
    m->packets++;
    m->links += w->links[at];
    m->lost += w->lost[at];
}

static void exchange_multicast(hmn_machine *m)
{
    for (uint32_t i = 0; i < m->ncores; i++) {
        const hmn_port *port = &core_of(m, i)->port;
        for (uint32_t k = 0; k < port->nfired; k++)
            machine_multicast(m, i, port->fired[k], port->payload[k]);
    }
    for (uint32_t k = 0; k < m->source.nfired; k++) {
        uint32_t s = m->source.fired[k];
        if (m->neuron_core[s] < m->ncores)
            machine_multicast(m, m->neuron_core[s], m->neuron_compartment[s], sources_payload(m, s));
        if (m->source.payload)
            m->source.payload[s] = 0;
    }
}

static void exchange(hmn_machine *m)
{
    if (m->wired) {
        exchange_multicast(m);
        return;
    }
    for (uint32_t i = 0; i < m->ncores; i++) {
        const hmn_port *port = &core_of(m, i)->port;
        for (uint32_t k = 0; k < port->nout; k++) {
            hmn_packet p = port->out[k];
            if (p.core >= m->ncores || p.axon >= core_of(m, p.core)->size.axons)
                HMN_BUG("core %u sends to core %u axon %u, which is not there", i, p.core, p.axon);
            deliver(m, p.core, p.axon, p.payload);
        }
    }
    for (uint32_t k = 0; k < m->source.nfired; k++) {
        uint32_t s = m->source.fired[k];
        for (uint32_t e = m->route_row[s]; e < m->route_row[s + 1]; e++)
            deliver(m, m->route_core[e], m->route_axon[e], sources_payload(m, s));
        if (m->source.payload)
            m->source.payload[s] = 0;
    }
}

static void sim_begin(hmn_sim *s)
{
    hmn_machine *m = machine_of(s);
    HMN_ASSERT(!m->half);
    m->half = true;
    m->listed = false;
    sources_fire(m);
    drives_update(m);
    managers_open(m);
    run_parallel(m->threads, m->ncores, core_begin, m);
    m->spikes += m->source.nfired;
    for (uint32_t i = 0; i < m->ncores; i++)
        m->spikes += core_of(m, i)->size.relay ? 0 : core_of(m, i)->port.nfired;
}

static uint32_t spikes_of_population(const void *context, uint32_t population)
{
    const hmn_machine *m = context;
    uint32_t first = m->population_first[population], last = first + m->population_size[population], n = 0;
    for (uint32_t k = 0; k < m->source.nfired; k++)
        n += m->source.fired[k] >= first && m->source.fired[k] < last;
    for (uint32_t i = 0; i < m->ncores; i++) {
        const machine_core *c = core_of(m, i);
        for (uint32_t k = 0; k < c->port.nfired; k++) {
            uint32_t neuron = c->neuron[c->port.fired[k]]; /* all ones: of a relay */
            n += neuron >= first && neuron < last;
        }
    }
    return n;
}

static void sim_end(hmn_sim *s)
{
    hmn_machine *m = machine_of(s);
    HMN_ASSERT(m->half);
    if (m->manager_core[0] == UINT32_MAX)
        manager_step(m->manager, m->step, spikes_of_population, m);
    else
        exchange(m); /* they count what comes */
    if (m->manager_core[0] != UINT32_MAX)
        managers_step(m);
    biases_step(m);
    if (m->manager_core[0] == UINT32_MAX)
        exchange(m);
    if (m->learns)
        run_parallel(m->threads, m->ncores, core_learn, m);
    if (m->trial_over && m->learning)
        managers_trial(m, m->score);
    m->trial_over = false;
    m->source.nfired = 0;
    m->step++;
    m->half = false;
}

/* Global indices of all that fired in this step, ascending: a bitmap over neurons, read in order. */
static const uint32_t *sim_spikes(const hmn_sim *s, uint32_t *count)
{
    hmn_machine *m = machine_of((hmn_sim *)(uintptr_t)s);
    if (!m->listed) {
        for (uint32_t k = 0; k < m->source.nfired; k++)
            m->mark[m->source.fired[k] / 64] |= (uint64_t)1 << m->source.fired[k] % 64;
        for (uint32_t i = 0; i < m->ncores; i++) {
            const machine_core *c = core_of(m, i);
            for (uint32_t k = 0; !c->size.relay && k < c->port.nfired; k++) {
                uint32_t neuron = c->neuron[c->port.fired[k]];
                m->mark[neuron / 64] |= (uint64_t)1 << neuron % 64;
            }
        }
        m->nlist = 0;
        for (uint32_t w = 0; w < (m->nneurons + 63) / 64; w++) {
            for (uint64_t bits = m->mark[w]; bits; bits &= bits - 1)
                m->list[m->nlist++] = w * 64 + (uint32_t)__builtin_ctzll(bits);
            m->mark[w] = 0;
        }
        m->listed = true;
    }
    *count = m->nlist;
    return m->list;
}

static void sim_inject(hmn_sim *s, uint32_t neuron) { sources_inject(machine_of(s), neuron); }
static void sim_modulate(hmn_sim *s, uint32_t k, double value) { managers_set(machine_of(s), k, value); }
static void sim_learn(hmn_sim *s, bool on) { machine_of(s)->learning = on; }
static uint32_t sim_step(const hmn_sim *s) { return machine_of((hmn_sim *)(uintptr_t)s)->step; }

static void sim_trial(hmn_sim *s, double score)
{
    hmn_machine *m = machine_of(s);
    m->score = score;
    m->trial_over = true;
}

static const hmn_sim_ops ops = {sim_inject,   sim_begin, sim_end,  sim_spikes,
                                sim_modulate, sim_learn, sim_step, sim_trial};

/* ---- life ---- */

hmn_machine *machine_boot(const hmn_image *image, const hmn_chip *chip, uint32_t threads, const uint64_t *reseed,
                          hmn_diag *d)
{
    hmn_arena *arena = arena_new(0);
    hmn_machine *m = ARENA_NEW(arena, hmn_machine, 1);
    m->sim.ops = &ops;
    m->arena = arena;
    m->image = image;
    m->chip = describe_of_image(chip, image, arena, d);
    m->seed = reseed ? *reseed : image_seed(image);
    m->learning = true;
    if (!m->chip || !boot_all(m, d)) {
        machine_free(m);
        return NULL;
    }
    uint64_t compartments = 0;
    for (uint32_t i = 0; i < m->ncores; i++)
        compartments += core_of(m, i)->size.compartments;
    uint32_t useful = (uint32_t)(compartments / COMPARTMENTS_A_THREAD) + 1;
    m->threads = threads ? threads : run_threads() < useful ? run_threads() : useful;
    return m;
}

void machine_free(hmn_machine *m)
{
    if (!m)
        return;
    for (uint32_t i = 0; i < m->ncores; i++) {
        free(m->core[i].rom);
        free(m->core[i].state);
    }
    arena_free(m->arena);
}

/* ---- looking in ---- */

hmn_sim *machine_sim(hmn_machine *m) { return &m->sim; }
uint32_t machine_step(const hmn_machine *m) { return m->step; }
uint64_t machine_spikes(const hmn_machine *m) { return m->spikes; }
int32_t machine_channel(const hmn_machine *m, uint32_t channel)
{
    return channel < m->manager->nchannels ? m->manager->channel[channel] : 0;
}

uint32_t machine_cores(const hmn_machine *m) { return m->ncores; }
const hmn_port *machine_port(const hmn_machine *m, uint32_t core) { return &m->core[core].port; }
const hmn_counters *machine_core_counters(const hmn_machine *m, uint32_t core) { return &m->core[core].counters; }
hmn_core_size machine_core_size(const hmn_machine *m, uint32_t core) { return m->core[core].size; }
const void *machine_rom(const hmn_machine *m, uint32_t core) { return m->core[core].rom; }
uint64_t machine_manager_cycles(const hmn_machine *m) { return managers_cycles(m); }

uint32_t machine_host_packets(const hmn_machine *m, hmn_packet *out, uint32_t room)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < m->source.nfired; k++) {
        uint32_t s = m->source.fired[k];
        for (uint32_t e = m->route_row[s]; e < m->route_row[s + 1]; e++, n++)
            if (n < room)
                out[n] = (hmn_packet){m->route_core[e], m->route_axon[e], 1, k};
    }
    return n;
}

const hmn_wires *machine_wires(const hmn_machine *m) { return m->wired ? &m->wires : NULL; }

double machine_rate_octaves(const hmn_machine *m, uint32_t row, uint32_t which)
{
    const hmn_rates *r = &m->manager->rates;
    return row < r->count && which < RATES ? (double)r->state[row].used[which] / 65536 : NAN;
}

double machine_share(const hmn_machine *m, uint32_t row, uint32_t modulator)
{
    const manager_attention *t = &m->manager->attention[row];
    for (uint32_t s = 0; s < t->nslots; s++)
        if (t->slot[s] == modulator)
            return t->share[s] / 65536.0;
    return NAN;
}

double machine_astrocyte_level(const hmn_machine *m, uint32_t row)
{
    return (double)m->manager->astrocyte_level[row] * 0x1p-32;
}

double machine_astrocyte_effect(const hmn_machine *m, uint32_t row)
{
    return astrocyte_effect(&m->manager->astrocyte[row], m->manager->astrocyte_level[row]) / 65536.0;
}

double machine_modulator(const hmn_machine *m, uint32_t k)
{
    if (k >= m->manager->nmodulators)
        return 0;
    return ((double)m->manager->modulator[k].average - m->manager->modulator[k].baseline) / 65536.0;
}

hmn_counters machine_counters(const hmn_machine *m)
{
    hmn_counters sum = {0};
    for (uint32_t i = 0; i < m->ncores; i++) {
        const hmn_counters *c = &core_of(m, i)->counters;
        sum.spikes += c->spikes;
        sum.axon_events += c->axon_events;
        sum.synaptic_events += c->synaptic_events;
        sum.synapse_words += c->synapse_words;
        sum.updates_active += c->updates_active;
        sum.updates_idle += c->updates_idle;
        sum.weight_updates += c->weight_updates;
        sum.synapse_visits += c->synapse_visits;
        sum.synapses_attended += c->synapses_attended;
        sum.alphas += c->alphas;
        sum.rows_swept += c->rows_swept;
        sum.trace_updates += c->trace_updates;
        sum.pairings += c->pairings;
        sum.noise_draws += c->noise_draws;
        sum.relay_spikes += c->relay_spikes;
        sum.relay_slots += c->relay_slots;
        sum.saturated += c->saturated;
        sum.overruns += c->overruns;
        if (c->longest > sum.longest) {
            sum.longest = c->longest;
            sum.budget = c->budget;
            sum.slowest = i;
        }
        sum.forgotten += c->forgotten;
        sum.taken += c->taken;
    }
    sum.packets = m->packets;
    sum.links = m->links;
    sum.lost = m->lost;
    sum.manager_cycles = managers_cycles(m);
    return sum;
}

uint64_t machine_digest(const hmn_machine *m)
{
    uint64_t hash = hash64(&m->step, sizeof m->step, m->seed);
    hash = managers_digest(m, hash);
    hash = hash64(m->biases.state, m->biases.count * sizeof *m->biases.state, hash);
    for (uint32_t i = 0; i < m->ncores; i++) {
        const machine_core *c = core_of(m, i);
        if (c->size.manager)
            continue; /* managers_digest */
        hash = hash64(c->state, c->size.state, hash);
        hash = hash64(c->inbox, c->inbox_words * sizeof *c->inbox, hash);
        for (uint32_t w = 0; w < c->inbox_words; w++)
            for (uint64_t bits = c->inbox[w]; bits; bits &= bits - 1)
                hash = hash64(&c->payload[w * 64 + (uint32_t)__builtin_ctzll(bits)], sizeof *c->payload, hash);
    }
    return hash;
}

int32_t machine_read(const hmn_machine *m, uint32_t neuron, hmn_variable var)
{
    if (neuron >= m->nneurons || m->is_source[neuron] || m->neuron_core[neuron] >= m->ncores)
        return 0;
    const machine_core *c = core_of(m, m->neuron_core[neuron]);
    return m->chip->read(c->rom, c->state, var, m->neuron_compartment[neuron]);
}

uint32_t machine_neuron_at(const hmn_machine *m, uint32_t core, uint32_t compartment)
{
    bool there = core < m->ncores && compartment < m->core[core].size.compartments;
    return there ? m->core[core].neuron[compartment] : UINT32_MAX;
}

uint64_t machine_core_synapses(const hmn_machine *m, uint32_t core, uint64_t first, hmn_synapse *out, uint64_t room)
{
    return core < m->ncores ? m->chip->synapses(m->core[core].rom, m->core[core].state, first, out, room) : 0;
}

int32_t machine_core_read(const hmn_machine *m, uint32_t core, hmn_variable var, uint32_t index)
{
    return m->chip->read(m->core[core].rom, m->core[core].state, var, index);
}

uint32_t machine_source_at(const hmn_machine *m, uint32_t core, uint32_t axon)
{
    return core < m->ncores && axon < m->core[core].size.axons ? m->core[core].axon_source[axon] : UINT32_MAX;
}

/* The value on the first core where the projection has a rule and the neuron an axon. */
static int32_t presynaptic_trace(const hmn_machine *m, uint32_t neuron, uint32_t projection, hmn_variable var)
{
    for (uint32_t i = 0; i < m->ncores; i++) {
        const machine_core *c = core_of(m, i);
        for (uint32_t a = 0; a < c->size.axons; a++) {
            int32_t x = c->axon_source[a] == neuron ? m->chip->read_trace(c->rom, c->state, var, a, projection) : 0;
            if (x)
                return x;
        }
    }
    return 0;
}

int32_t machine_trace(const hmn_machine *m, uint32_t neuron, uint32_t projection, hmn_variable var)
{
    if (!m->chip->read_trace || neuron >= m->nneurons)
        return 0;
    if (var == VAR_X1 || var == VAR_X2)
        return presynaptic_trace(m, neuron, projection, var);
    if (m->is_source[neuron] || m->neuron_core[neuron] >= m->ncores)
        return 0;
    const machine_core *c = core_of(m, m->neuron_core[neuron]);
    return m->chip->read_trace(c->rom, c->state, var, m->neuron_compartment[neuron], projection);
}

bool machine_set_trace(hmn_machine *m, uint32_t neuron, uint32_t projection, hmn_variable var, int32_t value)
{
    HMN_ASSERT(m->half);
    if (!m->chip->write_trace || neuron >= m->nneurons || m->is_source[neuron])
        return false;
    machine_core *c = core_of(m, m->neuron_core[neuron]);
    return m->chip->write_trace(c->rom, c->state, var, m->neuron_compartment[neuron], projection, value);
}

void machine_inject(hmn_machine *m, uint32_t neuron, int32_t payload)
{
    if (payload == 0)
        return;
    if (!m->source.payload)
        m->source.payload = ARENA_NEW(m->arena, int32_t, m->nneurons);
    sources_inject(m, neuron);
    m->source.payload[neuron] = payload;
}

void machine_replay(hmn_machine *m, const uint32_t *neuron, uint32_t count)
{
    HMN_ASSERT(!m->half);
    m->source.silent = neuron != NULL;
    for (uint32_t i = 0; i < m->ncores; i++) {
        machine_core *c = core_of(m, i);
        if (neuron && !c->replay)
            c->replay = ARENA_NEW(m->arena, uint8_t, c->size.compartments);
        c->port.replay = neuron ? c->replay : NULL;
        if (c->replay)
            memset(c->replay, 0, c->size.compartments);
    }
    for (uint32_t k = 0; neuron && k < count; k++)
        if (m->is_source[neuron[k]])
            sources_inject(m, neuron[k]);
        else
            core_of(m, m->neuron_core[neuron[k]])->replay[m->neuron_compartment[neuron[k]]] = 1;
}

void machine_set_draws(hmn_machine *m, const hmn_draws *draws)
{
    for (uint32_t i = 0; i < m->ncores; i++)
        m->core[i].port.draws = draws;
}

static int by_pre_post_delay(const void *pa, const void *pb)
{
    const machine_synapse *a = pa, *b = pb;
    if (a->pre != b->pre)
        return a->pre < b->pre ? -1 : 1;
    if (a->post != b->post)
        return a->post < b->post ? -1 : 1;
    if (a->delay != b->delay)
        return a->delay < b->delay ? -1 : 1;
    return (a->weight > b->weight) - (a->weight < b->weight);
}

machine_synapse *machine_weights(const hmn_machine *m, uint32_t projection, hmn_arena *a, uint64_t *count)
{
    enum { CHUNK = 4096 };
    hmn_synapse chunk[CHUNK];
    machine_synapse *found = NULL;
    size_t n = 0, cap = 0;
    for (uint32_t i = 0; i < m->ncores; i++) {
        const machine_core *c = core_of(m, i);
        uint64_t got;
        for (uint64_t at = 0; (got = m->chip->synapses(c->rom, c->state, at, chunk, CHUNK)) > 0; at += got) {
            for (uint64_t k = 0; k < got; k++) {
                const hmn_synapse *s = &chunk[k];
                if (s->projection != projection || s->axon >= c->size.axons || s->compartment >= c->size.compartments)
                    continue;
                found = arena_grow(a, found, sizeof *found, n, n + 1, &cap);
                found[n++] = (machine_synapse){c->axon_source[s->axon], c->neuron[s->compartment], s->weight,
                                               s->delay + 1, s->tag};
            }
        }
    }
    if (n)
        qsort(found, n, sizeof *found, by_pre_post_delay);
    *count = n;
    return found;
}
