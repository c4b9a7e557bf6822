/* The observer. Takes the machine between the phases of every step, yields a record of the step for a model (fast.c,
 * cycle.c) and sums up what the models say. Energy is counted here, from the chip's own counters, and is the same in
 * both models. With `cycle` records are kept until there are enough for all threads; they are independent of each
 * other.
 *
 * Endpoints of the mesh are the physical cores of all chips in use, tile by tile; chips stand side by side in x. */
#include "core/timing/timing.h"

#include "core/timing/observer.h"

#include "core/base/bug.h"
#include "core/machine/run.h"

#include <string.h>

static const char *const energy_names[ENERGY_COUNT] = {"neuron",   "synapse", "axon",  "network",
                                                       "learning", "manager", "static"};
const char *energy_name(energy_cause c) { return energy_names[c]; }

const char *late_name(late_cause c)
{
    static const char *const names[] = {"neurons", "queue", "dma", "learning", "network"};
    return names[c];
}

/* ---- life ---- */

static void lay_out_mesh(hmn_timing *t, const hmn_image *image)
{
    const hmn_limits *l = t->chip->limits;
    uint32_t chips = 1;
    for (uint32_t i = 0; i < t->ncores; i++) {
        uint32_t chip = limits_place(l, observer_site(image, i)).chip;
        chips = chip + 1 > chips ? chip + 1 : chips;
    }
    uint32_t width = l->mesh_width ? l->mesh_width : 1, height = l->mesh_height ? l->mesh_height : 1;
    uint32_t locals = l->cores_per_tile ? l->cores_per_tile : 1;
    const cost_table *c = t->o.costs;
    t->shape = (mesh_shape){.width = width * chips,
                            .height = height,
                            .locals = locals,
                            .chip_width = chips > 1 ? width : 0,
                            .flit_ps = c->ps[COST_LINK] ? c->ps[COST_LINK] : 1,
                            .hop_x_ps = c->ps[COST_HOP_X],
                            .hop_y_ps = c->ps[COST_HOP_Y],
                            .chip_ps = c->ps[COST_CHIP_HOP],
                            .local_ps = c->ps[COST_LOCAL],
                            .credit_ps = c->ps[COST_LINK] ? c->ps[COST_LINK] : 1,
                            .networks = c->setting[SETTING_NETWORKS],
                            .buffer = c->setting[SETTING_BUFFER],
                            .flits = c->setting[SETTING_FLITS]};
    t->tiles = t->shape.width * height;
    t->sides = MESH_DIRECTIONS;
    t->endpoints = t->tiles * locals;
    t->endpoint = ARENA_NEW(t->arena, uint32_t, t->ncores);
    t->core_at = ARENA_NEW(t->arena, uint32_t, t->endpoints);
    memset(t->core_at, 0xFF, t->endpoints * sizeof *t->core_at);
    for (uint32_t i = 0; i < t->ncores; i++) {
        uint32_t site = observer_site(image, i);
        hmn_place p = limits_place(l, site);
        uint32_t number = l->cores_per_chip ? site % l->cores_per_chip : site;
        t->endpoint[i] = (p.y * t->shape.width + p.x) * locals + number % locals;
        t->core_at[t->endpoint[i]] = i;
    }
    t->order = ARENA_NEW(t->arena, uint32_t, t->ncores);
    uint32_t n = 0, used_tiles = 0, used_chips = 0;
    uint32_t last_tile = UINT32_MAX;
    bool *chip_used = ARENA_NEW(t->arena, bool, chips);
    for (uint32_t e = 0; e < t->endpoints; e++) {
        if (t->core_at[e] == UINT32_MAX)
            continue;
        t->order[n++] = t->core_at[e];
        used_tiles += e / locals != last_tile;
        last_tile = e / locals;
        uint32_t chip = last_tile % t->shape.width / width;
        used_chips += !chip_used[chip];
        chip_used[chip] = true;
    }
    t->chips = used_chips;
    t->barrier_ps = cost_barrier_ps(c, used_tiles);
}

hmn_timing *timing_new(const hmn_machine *m, const hmn_image *image, const hmn_chip *chip, timing_options o,
                       hmn_arena *a)
{
    HMN_ASSERT(chip->timing && o.mode != TIMING_OFF);
    hmn_timing *t = ARENA_NEW(a, hmn_timing, 1);
    t->machine = m;
    t->chip = chip;
    t->arena = a;
    t->o = o;
    t->ncores = machine_cores(m);
    t->record = ARENA_NEW(a, step_record, OBSERVER_BATCH);
    if (!chip->timing->clocked)
        lay_out_mesh(t, image);
    else
        clocked_lay_out(t, image);
    t->before = ARENA_NEW(a, hmn_counters, t->ncores);
    t->core = ARENA_NEW(a, timing_core, t->ncores);
    t->span = ARENA_NEW(a, timing_span, t->ncores);
    t->link = ARENA_NEW(a, uint64_t, (size_t)t->tiles * t->sides);
    for (uint32_t i = 0; i < OBSERVER_BATCH; i++) {
        step_record *r = &t->record[i];
        r->send_ps = ARENA_NEW(a, uint64_t, t->endpoints);
        r->first_ps = ARENA_NEW(a, uint64_t, t->endpoints);
        r->receive_ps = ARENA_NEW(a, uint64_t, t->endpoints);
        r->learn_ps = ARENA_NEW(a, uint64_t, t->ncores);
        r->link = ARENA_NEW(a, uint32_t, (size_t)t->tiles * t->sides);
    }
    t->total.busiest = t->total.slowest_from = t->total.slowest_to = t->total.link = UINT32_MAX;
    return t;
}

/* ---- one step ---- */

static void walk_links(const hmn_timing *t, step_record *r, uint32_t from, uint32_t to)
{
    const mesh_shape *s = &t->shape;
    uint32_t a = from / s->locals, b = to / s->locals, hops = mesh_hops(s, from, to);
    uint32_t x = a % s->width, y = a / s->width, bx = b % s->width, by = b / s->width;
    r->out.longest_hops = hops > r->out.longest_hops ? hops : r->out.longest_hops;
    r->out.fj[ENERGY_NETWORK] += observer_fj(t, COST_LOCAL);
    while (x != bx || y != by) {
        mesh_direction d = x < bx ? MESH_EAST : x > bx ? MESH_WEST : y < by ? MESH_NORTH : MESH_SOUTH;
        uint32_t link = (y * s->width + x) * MESH_DIRECTIONS + d;
        uint32_t west = d == MESH_WEST ? x - 1 : x;
        bool between = d <= MESH_WEST && s->chip_width && west % s->chip_width == s->chip_width - 1;
        r->out.fj[ENERGY_NETWORK] += observer_fj(t, between ? COST_CHIP_HOP : d <= MESH_WEST ? COST_HOP_X : COST_HOP_Y);
        r->link[link] += s->flits;
        if (r->link[link] > r->out.link_flits) {
            r->out.link_flits = r->link[link];
            r->out.link = link;
        }
        x = d == MESH_EAST ? x + 1 : d == MESH_WEST ? x - 1 : x;
        y = d == MESH_NORTH ? y + 1 : d == MESH_SOUTH ? y - 1 : y;
    }
}

/* Time and energy of one message at the core that gets it. */
static uint64_t arrival(const hmn_timing *t, step_record *r, uint32_t core, uint32_t axon)
{
    timing_load l = t->chip->timing->load(machine_rom(t->machine, core), axon);
    const uint64_t *ps = t->o.costs->ps, *fj = t->o.costs->fj;
    uint64_t joules = fj[COST_FETCH] + l.words * fj[COST_WORD] + l.dense * fj[COST_DENSE] + l.sparse * fj[COST_SPARSE] +
                      l.shared * fj[COST_SHARED];
    r->out.fj[ENERGY_AXON] += fj[COST_AXON_IN];
    r->out.fj[ENERGY_SYNAPSE] += joules;
    t->core[core].fj += joules + fj[COST_AXON_IN];
    t->core[core].received++;
    uint64_t work = ps[COST_AXON_IN] + ps[COST_FETCH] + l.words * ps[COST_WORD] + l.dense * ps[COST_DENSE] +
                    l.sparse * ps[COST_SPARSE] + l.shared * ps[COST_SHARED];
    t->core[core].receive_ps += work;
    return work;
}

static uint64_t update_ps(const hmn_timing *t, const hmn_counters *now, const hmn_counters *before)
{
    return (now->updates_active - before->updates_active) * observer_ps(t, COST_ACTIVE) +
           (now->updates_idle - before->updates_idle) * observer_ps(t, COST_IDLE);
}

static void neuron_energy(hmn_timing *t, step_record *r, uint32_t core, const hmn_counters *now,
                          const hmn_counters *before)
{
    uint64_t fj = (now->updates_active - before->updates_active) * observer_fj(t, COST_ACTIVE) +
                  (now->updates_idle - before->updates_idle) * observer_fj(t, COST_IDLE) +
                  (now->spikes - before->spikes) * observer_fj(t, COST_SPIKE) + observer_fj(t, COST_STEP);
    r->out.fj[ENERGY_NEURON] += fj;
    t->core[core].fj += fj;
}

/* Lists the core's messages with the time from each to the next: updates of the compartments between, firing, sending.
 * Updates of a core take the same time each, its mean. */
static void core_sends(hmn_timing *t, step_record *r, uint32_t core)
{
    const hmn_port *port = machine_port(t->machine, core);
    const hmn_counters *now = machine_core_counters(t->machine, core), *before = &t->before[core];
    uint64_t updates = update_ps(t, now, before), reached = 0, gap = observer_ps(t, COST_STEP);
    uint32_t n = machine_core_size(t->machine, core).compartments, k = 0, e = t->endpoint[core];
    uint64_t *all = &r->send_ps[e];
    *all = updates + port->nfired * observer_ps(t, COST_SPIKE) + port->nout * observer_ps(t, COST_AXON_OUT) + gap;
    for (uint32_t i = 0; i < port->nfired; i++) {
        uint64_t at = updates * (port->fired[i] + 1) / n;
        gap += at - reached + observer_ps(t, COST_SPIKE);
        reached = at;
        for (; k < port->nout && port->out[k].from == port->fired[i]; k++) {
            const hmn_packet *p = &port->out[k];
            r->message = arena_grow(t->arena, r->message, sizeof *r->message, r->nmessages, r->nmessages + 1, &r->cap);
            r->message[r->nmessages++] = (mesh_message){.from = e,
                                                        .to = t->endpoint[p->core],
                                                        .gap = gap + observer_ps(t, COST_AXON_OUT),
                                                        .work = arrival(t, r, p->core, p->axon)};
            walk_links(t, r, e, t->endpoint[p->core]);
            r->out.fj[ENERGY_AXON] += observer_fj(t, COST_AXON_OUT);
            t->core[core].fj += observer_fj(t, COST_AXON_OUT);
            gap = 0;
        }
    }
    HMN_ASSERT(k == port->nout);
    t->core[core].sent += port->nout;
    t->core[core].send_ps += *all;
    neuron_energy(t, r, core, now, before);
}

static void host_sends(hmn_timing *t, step_record *r)
{
    uint32_t n = machine_host_packets(t->machine, t->host, t->host_room);
    if (n > t->host_room) {
        t->host_room = 2 * n;
        t->host = ARENA_NEW(t->arena, hmn_packet, t->host_room);
        n = machine_host_packets(t->machine, t->host, t->host_room);
    }
    for (uint32_t i = 0; i < n; i++)
        r->first_ps[t->endpoint[t->host[i].core]] += arrival(t, r, t->host[i].core, t->host[i].axon);
}

void timing_begin(hmn_timing *t)
{
    step_record *r = t->now = &t->record[t->nrecords++];
    r->nmessages = 0;
    memset(r->send_ps, 0, t->endpoints * sizeof *r->send_ps);
    memset(r->first_ps, 0, t->endpoints * sizeof *r->first_ps);
    memset(r->receive_ps, 0, t->endpoints * sizeof *r->receive_ps);
    memset(r->link, 0, (size_t)t->tiles * t->sides * sizeof *r->link);
    r->out = (timing_step){.step = machine_step(t->machine),
                           .busiest = UINT32_MAX,
                           .slowest_from = UINT32_MAX,
                           .slowest_to = UINT32_MAX,
                           .link = UINT32_MAX,
                           .barrier_ps = t->barrier_ps};
    if (t->tick_ps) {
        clocked_begin(t, r);
        return; /* the rest is read at the end */
    }
    for (uint32_t i = 0; i < t->ncores; i++)
        core_sends(t, r, t->order[i]);
    host_sends(t, r);
    r->out.messages = r->nmessages;
}

static void learning(hmn_timing *t, step_record *r)
{
    for (uint32_t i = 0; i < t->ncores; i++) {
        const hmn_counters *now = machine_core_counters(t->machine, i), *before = &t->before[i];
        uint64_t visits = now->synapse_visits - before->synapse_visits;
        uint64_t traces = now->trace_updates - before->trace_updates;
        uint64_t ps = visits * observer_ps(t, COST_LEARN) + traces * observer_ps(t, COST_TRACE);
        uint64_t fj = visits * observer_fj(t, COST_LEARN) + traces * observer_fj(t, COST_TRACE);
        r->out.learn_ps = ps > r->out.learn_ps ? ps : r->out.learn_ps;
        r->out.fj[ENERGY_LEARN] += fj;
        r->learn_ps[i] = ps;
        t->core[i].learn_ps += ps;
        t->core[i].fj += fj;
        t->before[i] = *now;
    }
    uint64_t cycles = machine_manager_cycles(t->machine) - t->manager_cycles;
    t->manager_cycles += cycles;
    r->out.manager_ps = cycles * observer_ps(t, COST_MANAGER);
    r->out.fj[ENERGY_MANAGER] = cycles * observer_fj(t, COST_MANAGER);
}

/* ---- sums ---- */

static void spans(hmn_timing *t, const step_record *r)
{
    for (uint32_t i = 0; i < t->ncores; i++) {
        uint32_t e = t->endpoint[i];
        uint64_t wait = t->o.mode == TIMING_CYCLE ? r->result.blocked_ps[e] : 0;
        t->span[i] = (timing_span){.send_ps = r->send_ps[e] + wait,
                                   .first_ps = r->first_ps[e] ? 0 : UINT64_MAX,
                                   .receive_ps = r->receive_ps[e],
                                   .learn_ps = r->learn_ps[i]};
    }
    for (uint32_t k = 0; k < r->nmessages; k++) {
        const mesh_message *m = &r->message[k];
        timing_span *to = &t->span[t->core_at[m->to]];
        to->first_ps = m->received < to->first_ps ? m->received : to->first_ps;
        to->received++;
        t->span[t->core_at[m->from]].sent++;
    }
    for (uint32_t i = 0; i < t->ncores; i++)
        t->span[i].first_ps = t->span[i].first_ps == UINT64_MAX ? 0 : t->span[i].first_ps;
}

static void add_up(hmn_timing *t, step_record *r)
{
    timing_step *s = &r->out, *all = &t->total;
    s->ps = s->work_ps + s->learn_ps + s->manager_ps + s->barrier_ps;
    /* fJ = ps * fJ/s / 10^12, in two parts so that nothing overflows */
    uint64_t power = t->chips * observer_fj(t, COST_STATIC);
    s->fj[ENERGY_STATIC] = s->ps * (power / 1000000) / 1000000;
    s->busiest = s->busiest == UINT32_MAX ? UINT32_MAX : t->core_at[s->busiest];
    s->slowest_from = s->slowest_from == UINT32_MAX ? UINT32_MAX : t->core_at[s->slowest_from];
    s->slowest_to = s->slowest_to == UINT32_MAX ? UINT32_MAX : t->core_at[s->slowest_to];
    all->step++;
    all->ps += s->ps;
    all->work_ps += s->work_ps;
    all->learn_ps += s->learn_ps;
    all->manager_ps += s->manager_ps;
    all->barrier_ps += s->barrier_ps;
    all->messages += s->messages;
    all->blocked_ps += s->blocked_ps;
    for (uint32_t k = 0; k < ENERGY_COUNT; k++)
        all->fj[k] += s->fj[k];
    if (s->busiest_ps > all->busiest_ps) {
        all->busiest_ps = s->busiest_ps;
        all->busiest = s->busiest;
    }
    if (s->slowest_ps > all->slowest_ps) {
        all->slowest_ps = s->slowest_ps;
        all->slowest_from = s->slowest_from;
        all->slowest_to = s->slowest_to;
    }
    all->longest_hops = s->longest_hops > all->longest_hops ? s->longest_hops : all->longest_hops;
    if (s->link_flits > all->link_flits) {
        all->link_flits = s->link_flits;
        all->link = s->link;
    }
    for (uint32_t i = 0; t->o.mode == TIMING_CYCLE && !t->tick_ps && i < t->ncores; i++)
        t->core[i].blocked_ps += r->result.blocked_ps[t->endpoint[i]];
    for (uint32_t l = 0; l < t->tiles * t->sides; l++)
        t->link[l] += r->link[l];
    all->late += s->late;
    all->dropped += s->dropped;
    all->reinjected += s->reinjected;
    all->lost += s->lost;
    all->overflow += s->overflow;
    if (t->tick_ps)
        clocked_spans(t, r);
    if (t->o.sink) {
        if (!t->tick_ps)
            spans(t, r);
        t->o.sink(t->o.context, s, t->span);
    }
}

static void one_cycle(void *context, uint32_t i)
{
    hmn_timing *t = context;
    t->record[i].scratch = arena_new(0);
    if (t->tick_ps)
        clocked_cycle(t, &t->record[i]);
    else
        cycle_step(&t->shape, &t->record[i]);
}

static void flush(hmn_timing *t)
{
    if (t->o.mode == TIMING_CYCLE)
        run_parallel(t->o.threads ? t->o.threads : run_threads(), t->nrecords, one_cycle, t);
    for (uint32_t i = 0; i < t->nrecords; i++) {
        add_up(t, &t->record[i]);
        if (t->record[i].scratch)
            arena_free(t->record[i].scratch);
        t->record[i].scratch = NULL;
    }
    t->nrecords = 0;
}

void timing_end(hmn_timing *t)
{
    if (t->tick_ps) {
        clocked_end(t, t->now);
        if (t->o.mode == TIMING_FAST || t->nrecords == OBSERVER_BATCH)
            flush(t);
        return;
    }
    learning(t, t->now);
    if (t->o.mode == TIMING_FAST) {
        hmn_arena *scratch = arena_new(0);
        fast_step(&t->shape, t->now, scratch);
        arena_free(scratch);
        flush(t);
    } else if (t->nrecords == OBSERVER_BATCH)
        flush(t);
}

/* The tile at the other end. */
static uint32_t link_end(const hmn_timing *t, uint32_t tile, uint32_t direction)
{
    static const int32_t right[MESH_DIRECTIONS] = {1, -1, 0, 0}, up[MESH_DIRECTIONS] = {0, 0, 1, -1};
    return (uint32_t)((int64_t)tile + right[direction] + up[direction] * (int64_t)t->shape.width);
}

void timing_finish(hmn_timing *t)
{
    flush(t);
    t->links = ARENA_NEW(t->arena, timing_link, (size_t)t->tiles * t->sides);
    for (uint32_t l = 0; l < t->tiles * t->sides; l++) {
        uint32_t tile = l / t->sides, d = l % t->sides;
        if (!t->link[l])
            continue;
        t->links[t->nlinks++] = t->tick_ps
                                    ? (timing_link){t->link[l], clocked_tile(t, tile), clocked_link_end(t, tile, d), d}
                                    : (timing_link){t->link[l], tile, link_end(t, tile, d), d};
    }
}

timing_step timing_total(const hmn_timing *t) { return t->total; }

const timing_core *timing_cores(const hmn_timing *t, uint32_t *count)
{
    *count = t->ncores;
    return t->core;
}

const timing_link *timing_links(const hmn_timing *t, uint32_t *count)
{
    *count = t->nlinks;
    return t->links;
}

uint64_t timing_tick(const hmn_timing *t) { return t->tick_ps; }

uint32_t timing_tiles(const hmn_timing *t, uint32_t *width)
{
    *width = t->shape.width;
    return t->shape.width * t->shape.height;
}
