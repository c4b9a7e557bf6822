/* A value change dump (IEEE 1364, section 18) of chosen cores. Takes registers after every step and the timed steps,
 * yields changes in time order, timescale 1 ps. Within a step: send rises at its begin and falls when the core has sent
 * all; u, v and spikes change then; receive, learn and barrier as they were timed; spikes fall with the next step. */
#include "tools/vcd_file.h"

#include "core/base/bug.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WIRES = 4, REGISTERS = 3 }; /* of a core: send, receive, learn, barrier; of a compartment: u, v, spike */

/* Identifier of variable n: printable characters 33..126. */
static const char *identifier(uint32_t n, char text[8])
{
    size_t k = 0;
    do
        text[k++] = (char)(33 + n % 94);
    while ((n /= 94) > 0);
    text[k] = 0;
    return text;
}

static uint32_t compartments(const vcd_file *v, uint32_t k)
{
    return machine_core_size(v->machine, v->core[k]).compartments;
}

static void declare(vcd_file *v)
{
    static const char *const wires[WIRES] = {"send", "receive", "learn", "barrier"};
    char id[8];
    uint32_t n = 0, r = v->ncores * WIRES;
    fputs("$version hmn $end\n$timescale 1 ps $end\n$scope module hmn $end\n", v->out);
    for (uint32_t k = 0; k < v->ncores; k++) {
        fprintf(v->out, "$scope module core_%" PRIu32 " $end\n", v->core[k]);
        for (uint32_t w = 0; w < WIRES; w++)
            fprintf(v->out, "$var wire 1 %s %s $end\n", identifier(n++, id), wires[w]);
        for (uint32_t i = 0; i < compartments(v, k); i++) {
            fprintf(v->out, "$var integer 32 %s u_%" PRIu32 " $end\n", identifier(r++, id), i);
            fprintf(v->out, "$var integer 32 %s v_%" PRIu32 " $end\n", identifier(r++, id), i);
            fprintf(v->out, "$var wire 1 %s spike_%" PRIu32 " $end\n", identifier(r++, id), i);
        }
        fputs("$upscope $end\n", v->out);
    }
    fputs("$upscope $end\n$enddefinitions $end\n", v->out);
}

void vcd_begin(vcd_file *v, FILE *out, timeline_range range, const hmn_machine *m, hmn_arena *a)
{
    v->out = out;
    v->range = range;
    v->machine = m;
    v->arena = a;
    for (uint32_t k = 0; k < v->ncores; k++)
        v->values += REGISTERS * compartments(v, k);
    v->before = ARENA_NEW(a, int32_t, v->values);
    declare(v);
}

static int32_t *newest(vcd_file *v) { return v->kept + (size_t)v->nkept * v->values; }

void vcd_fired(vcd_file *v)
{
    if (v->nkept == v->room) {
        uint32_t room = v->room ? 2 * v->room : 4;
        int32_t *more = ARENA_NEW(v->arena, int32_t, (size_t)room * v->values);
        if (v->nkept)
            memcpy(more, v->kept, (size_t)v->nkept * v->values * sizeof *more);
        v->kept = more;
        v->room = room;
    }
    int32_t *out = newest(v);
    memset(out, 0, v->values * sizeof *out);
    for (uint32_t k = 0; k < v->ncores; k++) {
        const hmn_port *port = machine_port(v->machine, v->core[k]);
        for (uint32_t i = 0; i < port->nfired; i++)
            out[REGISTERS * port->fired[i] + 2] = 1;
        out += REGISTERS * compartments(v, k);
    }
}

void vcd_keep(vcd_file *v)
{
    int32_t *out = newest(v);
    for (uint32_t k = 0; k < v->ncores; k++)
        for (uint32_t i = 0; i < compartments(v, k); i++, out += REGISTERS) {
            uint32_t neuron = machine_neuron_at(v->machine, v->core[k], i);
            out[0] = machine_read(v->machine, neuron, VAR_U);
            out[1] = machine_read(v->machine, neuron, VAR_V);
        }
    v->nkept++;
}

/* ---- one step ---- */

typedef struct {
    uint64_t ps;
    uint32_t variable;
    int32_t value;
    bool wide;
} change;

static int in_time(const void *pa, const void *pb)
{
    const change *a = pa, *b = pb;
    if (a->ps != b->ps)
        return a->ps < b->ps ? -1 : 1;
    if (a->variable != b->variable)
        return a->variable < b->variable ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value); /* a wire that falls and rises at once is up */
}

typedef struct {
    change *change;
    size_t count, cap;
    hmn_arena *arena;
} changes;

static void add(changes *c, uint64_t ps, uint32_t variable, int32_t value, bool wide)
{
    c->change = arena_grow(c->arena, c->change, sizeof *c->change, c->count, c->count + 1, &c->cap);
    c->change[c->count++] = (change){ps, variable, value, wide};
}

static void pulse(changes *c, uint32_t variable, uint64_t from, uint64_t to)
{
    if (to <= from)
        return;
    add(c, from, variable, 1, false);
    add(c, to, variable, 0, false);
}

static void core_changes(vcd_file *v, changes *c, uint32_t k, const timing_step *s, const timing_span *span)
{
    const timing_span *own = &span[v->core[k]];
    uint64_t from = v->now_ps, learn = from + s->work_ps, barrier = learn + s->learn_ps + s->manager_ps;
    pulse(c, WIRES * k, from, from + own->send_ps);
    pulse(c, WIRES * k + 1, from + own->first_ps, from + own->receive_ps);
    pulse(c, WIRES * k + 2, learn, learn + own->learn_ps);
    pulse(c, WIRES * k + 3, barrier, barrier + s->barrier_ps);
}

static void register_changes(vcd_file *v, changes *c, uint32_t k, uint32_t first, const timing_span *span, bool begins)
{
    uint64_t at = v->now_ps + span[v->core[k]].send_ps;
    for (uint32_t i = first; i < first + REGISTERS * compartments(v, k); i++) {
        bool wide = (i - first) % REGISTERS != 2;
        int32_t value = v->kept[i];
        if (!wide && v->before[i])
            add(c, v->now_ps, v->ncores * WIRES + i, 0, false);
        if (wide ? begins || value != v->before[i] : value)
            add(c, at, v->ncores * WIRES + i, value, wide);
        v->before[i] = value;
    }
}

static void write_time(vcd_file *v, uint64_t ps)
{
    if (!v->any || ps != v->last_ps)
        fprintf(v->out, "#%" PRIu64 "\n", ps);
    v->any = true;
    v->last_ps = ps;
}

/* What holds before the first change: wires are down, registers not known. */
static void write_first(vcd_file *v)
{
    char id[8];
    write_time(v, v->now_ps);
    fputs("$dumpvars\n", v->out);
    for (uint32_t n = 0; n < v->ncores * WIRES + v->values; n++)
        if (n < v->ncores * WIRES || (n - v->ncores * WIRES) % REGISTERS == 2)
            fprintf(v->out, "0%s\n", identifier(n, id));
        else
            fprintf(v->out, "bx %s\n", identifier(n, id));
    fputs("$end\n", v->out);
}

static void write_changes(vcd_file *v, const changes *c)
{
    char id[8];
    for (size_t i = 0; i < c->count; i++) {
        const change *x = &c->change[i];
        write_time(v, x->ps);
        if (x->wide) {
            char bits[33];
            for (int b = 0; b < 32; b++)
                bits[b] = (char)('0' + ((uint32_t)x->value >> (31 - b) & 1));
            bits[32] = 0;
            fprintf(v->out, "b%s %s\n", bits, identifier(x->variable, id));
        } else
            fprintf(v->out, "%d%s\n", x->value, identifier(x->variable, id));
    }
}

void vcd_step(vcd_file *v, const timing_step *s, const timing_span *span)
{
    HMN_ASSERT(v->nkept > 0);
    if (s->step >= v->range.first && s->step <= v->range.last) {
        hmn_arena *scratch = arena_new(0);
        changes c = {.arena = scratch};
        uint32_t first = 0;
        bool begins = !v->any;
        if (begins)
            write_first(v);
        for (uint32_t k = 0; k < v->ncores; k++) {
            core_changes(v, &c, k, s, span);
            register_changes(v, &c, k, first, span, begins);
            first += REGISTERS * compartments(v, k);
        }
        if (c.count)
            qsort(c.change, c.count, sizeof *c.change, in_time);
        write_changes(v, &c);
        arena_free(scratch);
    }
    v->now_ps += s->ps;
    v->nkept--;
    memmove(v->kept, v->kept + v->values, (size_t)v->nkept * v->values * sizeof *v->kept);
}

void vcd_end(vcd_file *v) { write_time(v, v->now_ps); }
