/* Follows packets through the routers. Takes the tables of all chips, yields for a source chip and key the cores that
 * receive a copy. At each chip the first entry that matches says where copies go; where none matches, a copy that came
 * by a link leaves by the opposite one and one that came from a core is dropped (eq. SC1, SC3). What a router does
 * depends on the key and on the link of arrival alone, so a copy that meets itself at the same chip and link would go
 * round for ever; the machine drops it by its time phase, here it is dropped at once and counted. */
#include "backends/spinnaker/router.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_COPIES = 1 << 16 };

typedef struct {
    int32_t chip, in;
    uint32_t left; /* links that are still to be followed */
    uint32_t hop;
} place;

struct spin_router {
    const spin_machine *m;
    const spin_tables *t;
    hmn_arena *arena;
    place *stack;    /* [nchips * 7] the way from the source */
    uint8_t *on_way; /* [nchips] bit in + 1: the way passes here */
    uint32_t copies;
    spin_hop *hop;
    size_t cap, hop_cap;
    spin_delivery out;
};

spin_router *spin_router_new(const spin_machine *m, const spin_tables *t, hmn_arena *a)
{
    spin_router *r = ARENA_NEW(a, spin_router, 1);
    *r = (spin_router){.m = m, .t = t, .arena = a};
    r->stack = ARENA_NEW(a, place, m->nchips * (SPIN_LINKS + 1));
    r->on_way = ARENA_NEW(a, uint8_t, m->nchips);
    return r;
}

/* A copy for each core of the route. */
static void deliver(spin_router *r, int32_t chip, uint32_t route)
{
    spin_delivery *o = &r->out;
    for (uint32_t cores = route >> TCAM_LINKS; cores; cores &= cores - 1) {
        uint32_t core = (uint32_t)__builtin_ctz(cores);
        if (core >= r->m->cores[chip]) {
            o->broken++;
            continue;
        }
        o->site = arena_grow(r->arena, o->site, sizeof *o->site, o->nsites, o->nsites + 1, &r->cap);
        o->site[o->nsites++] = spin_site(chip, core);
    }
}

/* A copy arrives: cores get theirs, links are noted. Returns false when it goes no further. */
static bool arrive(spin_router *r, uint32_t key, int32_t chip, int32_t in, uint32_t depth)
{
    tcam_table t = spin_table(r->t, chip);
    int32_t i = tcam_lookup(t, key);
    if (r->on_way[chip] >> (in + 1) & 1 || r->copies++ >= MOST_COPIES) {
        r->out.looped++;
        return false;
    }
    if (i < 0 && in == SPIN_NONE) {
        r->out.unknown++;
        return false;
    }
    uint32_t route = i < 0 ? tcam_link_bit(spin_opposite((uint32_t)in)) : t.entry[i].route;
    deliver(r, chip, route);
    uint32_t from = depth ? r->stack[depth - 1].hop : 0, link = in == SPIN_NONE ? 0 : spin_opposite((uint32_t)in);
    r->hop = arena_grow(r->arena, r->hop, sizeof *r->hop, r->out.nhops, r->out.nhops + 1, &r->hop_cap);
    r->hop[r->out.nhops] = (spin_hop){chip, from, link, route};
    r->stack[depth] = (place){chip, in, route & (tcam_link_bit(SPIN_LINKS) - 1), r->out.nhops++};
    r->on_way[chip] |= (uint8_t)(1u << (in + 1));
    return true;
}

static int by_number(const void *pa, const void *pb)
{
    const uint32_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

spin_delivery spin_router_follow(spin_router *r, int32_t chip, uint32_t key)
{
    r->out = (spin_delivery){.site = r->out.site};
    r->copies = 0;
    uint32_t depth = arrive(r, key, chip, SPIN_NONE, 0);
    while (depth) {
        place *p = &r->stack[depth - 1];
        if (!p->left) {
            r->on_way[p->chip] &= (uint8_t) ~(1u << (p->in + 1));
            depth--;
            continue;
        }
        uint32_t link = (uint32_t)__builtin_ctz(p->left);
        p->left &= p->left - 1;
        int32_t to = r->m->link[p->chip][link];
        if (to == SPIN_NONE) {
            r->out.broken++;
            continue;
        }
        r->out.links++;
        depth += arrive(r, key, to, (int32_t)spin_opposite(link), depth);
    }
    r->out.hop = r->hop;
    if (r->out.nsites)
        qsort(r->out.site, r->out.nsites, sizeof *r->out.site, by_number);
    return r->out;
}
