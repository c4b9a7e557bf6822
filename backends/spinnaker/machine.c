/* From target to a machine. Takes what the network asks for, yields the usable cores of its chips, nearest to the first
 * chip first, so that a network that needs few chips gets neighbours, and a table of distances for the placer. */
#include "backends/spinnaker/machine.h"

enum { SMALL_BOARD = 4, MAX_CHIPS = 1200 };

static spin_shape boards_for(net_num chips)
{
    if (!chips.given || (chips.v > SMALL_BOARD && chips.v <= SPIN_BOARD))
        return (spin_shape){.boards = 1};
    if (chips.v <= SMALL_BOARD)
        return (spin_shape){.width = 2, .height = 2};
    double boards = (chips.v < MAX_CHIPS ? chips.v : MAX_CHIPS) / SPIN_BOARD;
    return (spin_shape){.boards = (uint32_t)boards + (boards > (uint32_t)boards)};
}

spin_fault spin_fault_of(const net_fault *f)
{
    return (spin_fault){.x = (int32_t)f->x,
                        .y = (int32_t)f->y,
                        .link = f->kind == FAULT_LINK ? (int32_t)f->which : SPIN_NONE,
                        .cores = f->kind == FAULT_CORES ? (int32_t)f->which : 0};
}

spin_shape spin_shape_for(const hmn_net *net, hmn_arena *a)
{
    spin_shape s = boards_for(net->target.chips);
    spin_fault *fault = ARENA_NEW(a, spin_fault, net->target.nfaults);
    for (uint32_t i = 0; i < net->target.nfaults; i++)
        fault[i] = spin_fault_of(&net->target.fault[i]);
    s.fault = fault;
    s.nfaults = net->target.nfaults;
    return s;
}

/* Chips by distance from chip 0; equal ones in the machine's order. */
static uint32_t *near_first(const spin_machine *m, hmn_arena *a)
{
    uint32_t *order = ARENA_NEW(a, uint32_t, m->nchips), n = 0;
    for (uint32_t far = 0; n < m->nchips; far++)
        for (uint32_t c = 0; c < m->nchips; c++)
            if (spin_distance(m, 0, (int32_t)c) == far)
                order[n++] = c;
    return order;
}

static void measure(const spin_machine *m, hmn_arena *a, hmn_sites *out)
{
    uint32_t n = out->nnodes = m->nchips, *x = ARENA_NEW(a, uint32_t, n), *y = ARENA_NEW(a, uint32_t, n);
    uint16_t *hops = ARENA_NEW(a, uint16_t, (size_t)n * n);
    uint32_t *manager = ARENA_NEW(a, uint32_t, n);
    for (uint32_t c = 0; c < n; c++) {
        x[c] = (uint32_t)m->x[c];
        y[c] = (uint32_t)m->y[c];
        manager[c] = spin_site((int32_t)c, SPIN_MANAGER_CORE);
        for (uint32_t k = 0; k < n; k++)
            hops[(size_t)c * n + k] = (uint16_t)spin_distance(m, (int32_t)c, (int32_t)k);
    }
    out->x = x;
    out->y = y;
    out->hops = hops;
    out->manager = manager;
}

bool spin_sites(const hmn_net *net, hmn_arena *a, hmn_sites *out, hmn_diag *d)
{
    const net_target *t = &net->target;
    spin_shape shape = spin_shape_for(net, a);
    hmn_span at = t->nfaults ? t->fault[0].at : t->chips.given ? t->chips.at : t->chip.at;
    const spin_machine *m = spin_machine_new(&shape, at, a, d);
    if (!m)
        return false;
    uint32_t *order = near_first(m, a), *site = ARENA_NEW(a, uint32_t, (size_t)m->nchips * SPIN_CORES);
    uint32_t *node = ARENA_NEW(a, uint32_t, (size_t)m->nchips * SPIN_CORES), n = 0;
    uint32_t chips = t->chips.given && t->chips.v < m->nchips ? (uint32_t)t->chips.v : m->nchips;
    for (uint32_t k = 0; k < chips; k++)
        for (uint32_t p = SPIN_RESERVED; p < m->cores[order[k]]; p++, n++) {
            site[n] = spin_site((int32_t)order[k], p);
            node[n] = order[k];
        }
    *out = (hmn_sites){.count = n, .site = site, .node = node};
    measure(m, a, out);
    if (n > 0)
        return true;
    diag_report(d, DIAG_FIT_CORES, at, "no core of the machine is left for the network");
    diag_cure(d, "name fewer dead chips and cores, or raise target.chips");
    return false;
}
