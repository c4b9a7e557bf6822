/* The observer of machines with a clock. Takes the counters, spikes and ways of a step, yields what every core has to
 * do in it (fabric_work, tick_work) and what it sends; with `cycle` the machine with keys (fabric.h) says when all is
 * done, with `fast` sums do. Steps are apart: a step begins when its tick comes and everything of the step before is
 * done, as on a machine whose step is stretched for who is late. One that goes on would deliver spikes late and compute
 * something else. */
#include "core/timing/observer.h"
#include "core/timing/slots.h"

#include "core/base/bug.h"

#include <string.h>

struct clocked {
    hmn_ways ways;
    const hmn_wires *wires;
    fabric_shape shape;
    const timing_load **load; /* [ncores] by axon */
    machine_sent *own;        /* packets of sources and management cores of this step */
    uint32_t nown;
    size_t room;
    uint64_t packets, crossed; /* at the end of the step before: packets, links between chips */
};

/* ---- life ---- */

static const timing_load **loads(const hmn_timing *t)
{
    const timing_load **load = ARENA_NEW(t->arena, const timing_load *, t->ncores);
    for (uint32_t c = 0; c < t->ncores; c++) {
        hmn_core_size size = machine_core_size(t->machine, c);
        timing_load *l = ARENA_NEW(t->arena, timing_load, size.axons + size.registers);
        for (uint32_t i = 0; i < size.axons; i++)
            l[i] = t->chip->timing->load(machine_rom(t->machine, c), i);
        for (uint32_t i = 0; i < size.registers; i++) /* broadcasts */
            l[size.axons + i].taken = true;
        load[c] = l;
    }
    return load;
}

static uint32_t count_chips(const hmn_ways *w, uint32_t ncores, hmn_arena *a)
{
    bool *used = ARENA_NEW(a, bool, w->nrouters);
    uint32_t chips = 0;
    for (uint32_t c = 0; c < ncores; c++) {
        chips += !used[w->router[c]];
        used[w->router[c]] = true;
    }
    return chips;
}

/* Every core is an endpoint of its own; routers are the tiles. */
void clocked_lay_out(hmn_timing *t, const hmn_image *image)
{
    struct clocked *k = t->clocked = ARENA_NEW(t->arena, struct clocked, 1);
    hmn_diag *d = diag_new();
    t->tick_ps = (uint64_t)image_get(image_host(image, HOST_NETWORK), 0, 2) * 1000;
    k->wires = machine_wires(t->machine);
    bool found = t->chip->ways(image, t->chip, t->arena, &k->ways, d);
    HMN_ASSERT(k->wires && found); /* the machine has booted with these tables */
    diag_free(d);
    t->endpoints = t->ncores;
    t->endpoint = ARENA_NEW(t->arena, uint32_t, t->ncores);
    t->core_at = ARENA_NEW(t->arena, uint32_t, t->ncores);
    for (uint32_t i = 0; i < t->ncores; i++)
        t->endpoint[i] = t->core_at[i] = i;
    t->tiles = k->ways.nrouters;
    t->sides = WAY_LINKS;
    t->shape.width = k->ways.width;
    t->shape.height = k->ways.height;
    t->chips = count_chips(&k->ways, t->ncores, t->arena);
    k->shape = fabric_shape_of(t->o.costs, t->tick_ps);
    k->load = loads(t);
    for (uint32_t i = 0; i < OBSERVER_BATCH; i++) {
        t->record[i].work = ARENA_NEW(t->arena, fabric_work, t->ncores);
        t->record[i].part = ARENA_NEW(t->arena, tick_work, t->ncores);
        t->record[i].sent = ARENA_NEW(t->arena, uint32_t, t->ncores);
        t->record[i].received = ARENA_NEW(t->arena, uint32_t, t->ncores);
    }
}

uint32_t clocked_tile(const hmn_timing *t, uint32_t router)
{
    const hmn_ways *w = &t->clocked->ways;
    return w->y[router] * w->width + w->x[router];
}

uint32_t clocked_link_end(const hmn_timing *t, uint32_t router, uint32_t link)
{
    return clocked_tile(t, t->clocked->ways.link[router][link]);
}

/* ---- what is sent ---- */

/* Appends what `of` lists. */
static void gather(hmn_timing *t, uint32_t (*of)(const hmn_machine *, machine_sent *, uint32_t))
{
    struct clocked *k = t->clocked;
    uint32_t more = of(t->machine, k->own + k->nown, (uint32_t)k->room - k->nown);
    if (k->nown + more > k->room) {
        k->own = arena_grow(t->arena, k->own, sizeof *k->own, k->nown, k->nown + more, &k->room);
        more = of(t->machine, k->own + k->nown, more);
    }
    k->nown += more;
}

void clocked_begin(hmn_timing *t, step_record *r)
{
    r->nsends = 0;
    t->clocked->nown = 0;
    gather(t, machine_source_packets);
}

/* A packet has a payload when it is a broadcast or stands for several spikes. */
static void send(hmn_timing *t, step_record *r, uint32_t core, uint32_t compartment, uint32_t times, uint64_t gap)
{
    r->sends = arena_grow(t->arena, r->sends, sizeof *r->sends, r->nsends, r->nsends + 1, &r->send_cap);
    bool payload = times > 1 || machine_core_size(t->machine, core).manager;
    r->sends[r->nsends++] = (fabric_send){core, t->clocked->wires->first[core] + compartment, times, payload, gap};
}

/* Updates of a core take the same time each; after one that fired comes its packet, or one for each of its spikes. A
 * relay's packet stands for all of them. A management core computes before it broadcasts. own: packets that no neuron
 * of the core sends. Yields the number of packets. */
static uint32_t core_sends(hmn_timing *t, step_record *r, uint32_t core, const machine_sent *own, uint32_t nown)
{
    const hmn_port *port = machine_port(t->machine, core);
    const hmn_counters *now = machine_core_counters(t->machine, core), *before = &t->before[core];
    hmn_core_size size = machine_core_size(t->machine, core);
    uint64_t updates = tick_updates(t->o.costs, tick_program(t->chip, machine_rom(t->machine, core)), before, now);
    uint64_t program = tick_keeps(t->o.costs, before, now) +
                       (now->manager_cycles - before->manager_cycles) * observer_ps(t, COST_MANAGER);
    uint64_t reached = 0, out = observer_ps(t, COST_AXON_OUT);
    uint32_t first = r->nsends;
    for (uint32_t i = 0; i < nown; i++, program = 0)
        send(t, r, core, own[i].compartment, own[i].times, program + out);
    for (uint32_t i = 0; i < port->nfired; i++) {
        uint64_t at = updates * (port->fired[i] + 1) / (size.compartments ? size.compartments : 1);
        uint32_t spikes = (uint32_t)port->payload[i];
        uint64_t gap = at - reached + (size.relay ? 0 : spikes * observer_ps(t, COST_SPIKE)) + out;
        for (uint32_t n = size.relay ? 1 : spikes; n > 0; n--, gap = out)
            send(t, r, core, port->fired[i], size.relay ? spikes : 1, gap);
        reached = at;
    }
    r->work[core] = (fabric_work){.timer_ps = observer_ps(t, COST_STEP), .tail_ps = updates - reached + program};
    return r->nsends - first;
}

static void all_send(hmn_timing *t, step_record *r, hmn_arena *scratch)
{
    const struct clocked *k = t->clocked;
    uint32_t *at = ARENA_NEW(scratch, uint32_t, t->ncores + 2);
    machine_sent *own = ARENA_NEW(scratch, machine_sent, k->nown);
    for (uint32_t i = 0; i < k->nown; i++)
        at[k->own[i].core + 2]++;
    for (uint32_t c = 0; c < t->ncores; c++)
        at[c + 2] += at[c + 1];
    for (uint32_t i = 0; i < k->nown; i++) /* at[c + 1]: where the next of core c goes, in the end its end */
        own[at[k->own[i].core + 1]++] = k->own[i];
    for (uint32_t c = 0; c < t->ncores; c++)
        r->sent[c] = core_sends(t, r, c, own + at[c], at[c + 1] - at[c]);
}

/* What the rows of a step's spikes are, by core. */
typedef struct {
    uint64_t words, synapses, plastic;
} arrivals;

static void sum_up(const hmn_timing *t, const step_record *r, arrivals *to)
{
    const struct clocked *k = t->clocked;
    for (uint32_t i = 0; i < r->nsends; i++) {
        const fabric_send *s = &r->sends[i];
        for (uint32_t e = k->wires->row[s->row]; e < k->wires->row[s->row + 1]; e++) {
            const timing_load *l = &k->load[k->wires->core[e]][k->wires->axon[e]];
            arrivals *a = &to[k->wires->core[e]];
            a->words += (uint64_t)l->words * s->times;
            a->synapses += (uint64_t)l->dense * s->times;
            a->plastic += (uint64_t)l->plastic * s->times;
        }
    }
}

/* ---- a step ---- */

/* Power: idle chips, cores while they are busy, bits through routers; published figures of SpiNNaker have this form. */
/* Routers that packets with a payload pass. */
static uint64_t long_routers(const hmn_timing *t, const step_record *r)
{
    const hmn_ways *w = &t->clocked->ways;
    uint64_t n = 0;
    for (uint32_t i = 0; i < r->nsends; i++) {
        const fabric_send *s = &r->sends[i];
        n += s->payload && w->tree_of[s->row] != UINT32_MAX ? w->tree[w->tree_of[s->row]].nnodes : 0;
    }
    return n;
}

static void energy(hmn_timing *t, step_record *r, uint64_t busy_ps, uint64_t routers)
{
    uint64_t extended = long_routers(t, r);
    r->out.fj[ENERGY_NEURON] = busy_ps * (observer_fj(t, COST_BUSY) / 1000000) / 1000000;
    r->out.fj[ENERGY_NETWORK] =
        (routers - extended) * observer_fj(t, COST_HOP_X) + extended * observer_fj(t, COST_HOP_LONG);
}

/* The work of all cores: what rows do not account for, such as a sweep over rows that learn, is done in the loop. */
static void works(hmn_timing *t, step_record *r, const arrivals *to, uint64_t *busy_ps)
{
    for (uint32_t i = 0; i < t->ncores; i++) {
        const hmn_counters *now = machine_core_counters(t->machine, i), *before = &t->before[i];
        tick_work w = r->part[i] =
            tick_of(t->o.costs, tick_program(t->chip, machine_rom(t->machine, i)), before, now, r->sent[i]);
        uint64_t words = now->synapse_words - before->synapse_words, extra = words - to[i].words;
        uint64_t synapses = now->synaptic_events - before->synaptic_events - to[i].synapses;
        fabric_work *f = &r->work[i];
        uint64_t sweep = words >= to[i].words ? extra * observer_ps(t, COST_WORD) : 0;
        f->tail_ps += sweep + ((int64_t)synapses > 0 ? synapses * observer_ps(t, COST_DENSE) : 0);
        f->learn_ps = w.learn_ps;
        f->plastic = to[i].plastic;
        f->tail_ps += f->plastic ? 0 : f->learn_ps;
        uint64_t busy = w.neuron_ps + w.row_ps + w.learn_ps;
        r->received[i] = (uint32_t)(now->axon_events - before->axon_events + now->taken - before->taken);
        t->core[i].sent += r->sent[i];
        t->core[i].received += r->received[i];
        t->core[i].fj += busy * (observer_fj(t, COST_BUSY) / 1000000) / 1000000;
        *busy_ps += busy;
        t->before[i] = *now;
    }
}

/* Work that came to a core: of its processor; and of its rows, where fetching may take longer than adding. */
typedef struct {
    slots work, rows;
} inbox;

static void arrive(const fabric_shape *s, const fabric_work *w, const timing_load *l, uint32_t times, uint64_t width,
                   uint64_t when, inbox *in)
{
    uint64_t fetch = l->words ? s->dma_ps + l->words * s->word_ps : 0, add = l->dense * s->dense_ps;
    add += w->plastic ? w->learn_ps * l->plastic / w->plastic : 0;
    uint64_t spikes = l->taken ? 0 : times;
    slots_add(&in->work, width, when, s->take_ps + spikes * (s->look_ps + add));
    slots_add(&in->rows, width, when, s->take_ps + spikes * (s->look_ps + (fetch > add ? fetch : add)));
}

/* Copies of a packet that leaves at a time: links that they cross, and their work at the cores that they reach. */
static void follow(const hmn_timing *t, step_record *r, const fabric_send *s, uint64_t at, uint64_t width, inbox *in,
                   uint32_t *depth)
{
    const struct clocked *k = t->clocked;
    if (k->ways.tree_of[s->row] == UINT32_MAX)
        return;
    way_tree tree = k->ways.tree[k->ways.tree_of[s->row]];
    for (uint32_t n = 0; n < tree.nnodes; n++) { /* a node stands behind the one before it */
        const way_node *node = &k->ways.node[tree.node + n];
        depth[n] = n ? depth[n] : 0;
        for (uint32_t l = 0; l < WAY_LINKS; l++)
            if (node->next[l]) {
                r->link[node->router * WAY_LINKS + l]++;
                depth[node->next[l]] = depth[n] + 1;
            }
        if (node->nleaves && depth[n] > r->out.longest_hops)
            r->out.longest_hops = depth[n];
        for (uint32_t i = 0; i < node->nleaves; i++) {
            way_leaf leaf = k->ways.leaf[tree.leaf + node->leaf + i];
            uint32_t axon = k->wires->axon[k->wires->row[s->row] + leaf.rank];
            uint64_t when = at + fabric_latency(&k->shape, depth[n], s->payload);
            arrive(&k->shape, &r->work[leaf.core], &k->load[leaf.core][axon], s->times, width, when, &in[leaf.core]);
            if (r->first_ps[leaf.core] == 0 || when < r->first_ps[leaf.core])
                r->first_ps[leaf.core] = when;
        }
    }
}

static void clear(const hmn_timing *t, inbox *in)
{
    for (uint32_t i = 0; i < t->ncores; i++) {
        slots_clear(&in[i].work);
        slots_clear(&in[i].rows);
    }
}

/* When packets leave and what they do where they arrive, given the work that came to each core in the last pass. */
static void one_pass(hmn_timing *t, step_record *r, const inbox *before, inbox *in, uint64_t width, uint32_t *depth)
{
    uint64_t own = 0, end = SLOTS * width - 1 - fabric_latency(&t->clocked->shape, t->tiles, true);
    memset(r->link, 0, (size_t)t->tiles * t->sides * sizeof *r->link);
    memset(r->first_ps, 0, t->ncores * sizeof *r->first_ps);
    clear(t, in);
    for (uint32_t i = 0; i < r->nsends; i++) {
        const fabric_send *s = &r->sends[i];
        own = (i && s[-1].core == s->core ? own : r->work[s->core].timer_ps) + s->gap;
        uint64_t at = slots_behind(&before[s->core].work, width, own);
        follow(t, r, s, at < end ? at : end, width, in, depth);
    }
}

enum { PASSES = 3 }; /* a spike that makes another one late, and that another */

/* Work by sums: packets leave when the loop, which rows hold up, has come to them, and come as through an empty
 * machine; a core is done when it has done all that was there and all that came. */
static void fast(hmn_timing *t, step_record *r, hmn_arena *scratch)
{
    inbox *in = ARENA_NEW(scratch, inbox, t->ncores), *before = ARENA_NEW(scratch, inbox, t->ncores);
    uint32_t *depth = ARENA_NEW(scratch, uint32_t, t->tiles * (WAY_LINKS + 1));
    uint64_t last = 0;
    for (uint32_t i = 0; i < t->ncores; i++) {
        const tick_work *w = &r->part[i];
        uint64_t all = tick_ps(w) + r->work[i].tail_ps;
        last = all > last ? all : last;
        r->send_ps[i] = r->work[i].timer_ps + r->work[i].tail_ps;
    }
    for (uint32_t i = 0; i < r->nsends; i++)
        r->send_ps[r->sends[i].core] += r->sends[i].gap;
    uint64_t width = (last + 2 * fabric_latency(&t->clocked->shape, t->tiles, true)) / SLOTS + 1;
    clear(t, in);
    for (uint32_t pass = 0; pass < PASSES; pass++) {
        memcpy(before, in, t->ncores * sizeof *in);
        one_pass(t, r, before, in, width, depth);
    }
    for (uint32_t i = 0; i < t->ncores; i++) {
        uint64_t done = slots_done(&in[i].work, r->send_ps[i]), rows = slots_done(&in[i].rows, r->work[i].timer_ps);
        done = rows > done && r->first_ps[i] ? rows : done;
        r->receive_ps[i] = r->first_ps[i] ? done : 0;
        r->send_ps[i] = slots_behind(&in[i].work, width, r->send_ps[i]);
        r->send_ps[i] = r->send_ps[i] < done ? r->send_ps[i] : done;
        if (done > r->out.busiest_ps) {
            r->out.busiest_ps = done;
            r->out.busiest = i;
        }
        r->out.late += done > t->tick_ps;
    }
}

static void lengths(const hmn_timing *t, step_record *r)
{
    for (uint32_t l = 0; l < t->tiles * t->sides; l++)
        if (r->link[l] > r->out.link_flits) {
            r->out.link_flits = r->link[l];
            r->out.link = l;
        }
    uint64_t link_ps = t->o.mode == TIMING_FAST ? r->out.link_flits * t->clocked->shape.link_ps : 0;
    r->out.work_ps = r->out.busiest_ps > link_ps ? r->out.busiest_ps : link_ps; /* a full link bounds it from below */
    r->out.barrier_ps = r->out.work_ps < t->tick_ps ? t->tick_ps - r->out.work_ps : 0; /* asleep */
}

void clocked_end(hmn_timing *t, step_record *r)
{
    struct clocked *k = t->clocked;
    uint64_t busy = 0;
    hmn_arena *scratch = arena_new(0);
    arrivals *to = ARENA_NEW(scratch, arrivals, t->ncores);
    gather(t, machine_broadcasts);
    all_send(t, r, scratch);
    sum_up(t, r, to);
    works(t, r, to, &busy);
    hmn_counters all = machine_counters(t->machine);
    r->out.messages = all.packets - k->packets;
    energy(t, r, busy, r->out.messages + all.links - k->crossed);
    k->packets = all.packets;
    k->crossed = all.links;
    if (t->o.mode == TIMING_FAST) {
        fast(t, r, scratch);
        lengths(t, r);
    }
    arena_free(scratch);
}

void clocked_cycle(const hmn_timing *t, step_record *r)
{
    const struct clocked *k = t->clocked;
    const fabric_step step = {.shape = &k->shape,
                              .ways = &k->ways,
                              .wires = k->wires,
                              .load = k->load,
                              .ncores = t->ncores,
                              .send = r->sends,
                              .nsends = r->nsends,
                              .work = r->work};
    fabric_result f = r->fabric = fabric_run(&step, r->scratch);
    timing_step *o = &r->out;
    for (uint32_t i = 0; i < t->ncores; i++) {
        const fabric_core *c = &f.core[i];
        uint64_t done = c->loop_ps > c->last_ps ? c->loop_ps : c->last_ps;
        r->send_ps[i] = c->loop_ps;
        r->first_ps[i] = c->first_ps;
        r->receive_ps[i] = c->last_ps;
        r->part[i].memory_ps = c->memory_ps;
        o->blocked_ps += c->blocked_ps;
        o->overflow += c->overflow;
        o->late += done > t->tick_ps;
        if (done > o->busiest_ps) {
            o->busiest_ps = done;
            o->busiest = i;
        }
    }
    o->longest_hops = f.longest;
    o->slowest_from = f.slowest_from;
    o->slowest_to = f.slowest_to;
    o->slowest_ps = f.slowest_ps;
    o->dropped = f.dropped;
    o->reinjected = f.reinjected;
    o->lost = f.lost;
    memcpy(r->link, f.link, (size_t)t->tiles * t->sides * sizeof *r->link);
    lengths(t, r);
}

/* In the order of steps. */
void clocked_spans(hmn_timing *t, const step_record *r)
{
    bool cycle = t->o.mode == TIMING_CYCLE;
    for (uint32_t i = 0; i < t->ncores; i++) {
        const tick_work *w = &r->part[i];
        t->span[i] = (timing_span){.send_ps = r->send_ps[i],
                                   .first_ps = r->first_ps[i],
                                   .receive_ps = r->receive_ps[i],
                                   .sent = r->sent[i],
                                   .received = r->received[i],
                                   .neuron_ps = w->neuron_ps,
                                   .row_ps = w->row_ps,
                                   .rule_ps = w->learn_ps,
                                   .memory_ps = w->memory_ps,
                                   .why = tick_why(w, t->tick_ps),
                                   .queue = cycle ? r->fabric.core[i].queue : 0,
                                   .overflow = cycle ? r->fabric.core[i].overflow : 0};
        t->core[i].send_ps += w->neuron_ps;
        t->core[i].receive_ps += w->row_ps;
        t->core[i].learn_ps += w->learn_ps;
        t->core[i].blocked_ps += w->memory_ps + (cycle ? r->fabric.core[i].blocked_ps : 0);
    }
}
