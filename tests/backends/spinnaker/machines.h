/* Machines with random faults and random traffic on them. */
#ifndef HMN_TESTS_SPINNAKER_MACHINES_H
#define HMN_TESTS_SPINNAKER_MACHINES_H

#include "backends/spinnaker/tables.h"
#include "core/base/rng.h"
#include "tests/suite.h"

#include <string.h>

enum { MACHINES_POPULATIONS = 6, MACHINES_PARTS = 5, MACHINES_SOURCES = MACHINES_POPULATIONS * MACHINES_PARTS };

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    const spin_machine *machine;
    spin_traffic traffic;
    spin_senders senders;
} trial_machine;

static inline uint32_t machines_draw(uint64_t seed, uint32_t a, uint32_t b, uint32_t n)
{
    return rng_below(seed, RNG_TASK, a, b, 77, n);
}

/* A machine of one of four shapes with `nfaults` dead links and one dead chip. */
static inline trial_machine machines_new(uint64_t seed, uint32_t nfaults)
{
    static const uint32_t shape[4][3] = {{1, 0, 0}, {0, 12, 12}, {3, 0, 0}, {0, 2, 2}};
    trial_machine t = {.arena = arena_new(0), .diag = diag_new()};
    const uint32_t *s = shape[seed % 4];
    spin_shape whole = {s[0], s[1], s[2], NULL, 0};
    const spin_machine *m = spin_machine_new(&whole, (hmn_span){0}, t.arena, t.diag);
    spin_fault *fault = ARENA_NEW(t.arena, spin_fault, nfaults + 1);
    for (uint32_t i = 0; i < nfaults; i++) {
        uint32_t c = machines_draw(seed, 1, i, m->nchips);
        fault[i] = (spin_fault){m->x[c], m->y[c], (int32_t)machines_draw(seed, 2, i, SPIN_LINKS), 0};
    }
    uint32_t dead = machines_draw(seed, 3, 0, m->nchips);
    fault[nfaults] = (spin_fault){m->x[dead], m->y[dead], SPIN_NONE, 0};
    whole.fault = fault;
    whole.nfaults = nfaults + (nfaults > 0);
    t.machine = spin_machine_new(&whole, (hmn_span){0}, t.arena, t.diag);
    ck_assert_ptr_nonnull(t.machine);
    return t;
}

static inline uint32_t machines_site(const trial_machine *t, uint64_t seed, uint32_t a, uint32_t b)
{
    uint32_t c = machines_draw(seed, a, b, t->machine->nchips);
    return spin_site((int32_t)c, 3 + machines_draw(seed, a + 100, b, t->machine->cores[c] - 3));
}

static inline int machines_by_number(const void *a, const void *b)
{
    return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

/* Populations of a few parts; `alike`: all parts of one send to the same cores. */
static inline void machines_fill(trial_machine *t, uint64_t seed, bool alike)
{
    enum { MOST = 24 };
    spin_source *source = ARENA_NEW(t->arena, spin_source, MACHINES_SOURCES);
    uint32_t *row = ARENA_NEW(t->arena, uint32_t, MACHINES_SOURCES + 1), n = 0;
    uint32_t *target = ARENA_NEW(t->arena, uint32_t, MACHINES_SOURCES * MOST);
    uint32_t *part = ARENA_NEW(t->arena, uint32_t, MACHINES_SOURCES);
    uint32_t *parts = ARENA_NEW(t->arena, uint32_t, MACHINES_POPULATIONS);
    spin_key_zone *zone = ARENA_NEW(t->arena, spin_key_zone, MACHINES_POPULATIONS);
    spin_key_need need[MACHINES_POPULATIONS];
    for (uint32_t s = 0; s < MACHINES_SOURCES; s++) {
        uint32_t p = s / MACHINES_PARTS, draw = alike ? p : 50 + s, first = n;
        part[s] = s % MACHINES_PARTS;
        source[s] = (spin_source){spin_site_chip(machines_site(t, seed, 10, s)), p, 1 + s % 3};
        for (uint32_t k = machines_draw(seed, 11, draw, MOST); k-- > 0;)
            target[n++] = machines_site(t, seed, 12 + draw, k);
        qsort(target + first, n - first, sizeof *target, machines_by_number);
        uint32_t kept = first;
        for (uint32_t k = first; k < n; k++)
            if (kept == first || target[kept - 1] != target[k])
                target[kept++] = target[k];
        row[s + 1] = n = kept;
    }
    for (uint32_t p = 0; p < MACHINES_POPULATIONS; p++) {
        parts[p] = MACHINES_PARTS;
        need[p] = (spin_key_need){MACHINES_PARTS, 100u << (p % 3)};
    }
    ck_assert(spin_keys_allocate(need, MACHINES_POPULATIONS, zone, (hmn_span){0}, t->diag));
    t->traffic = (spin_traffic){MACHINES_SOURCES, source, row, target};
    t->senders = (spin_senders){zone, parts, part};
}

static inline void machines_free(trial_machine *t)
{
    arena_free(t->arena);
    diag_free(t->diag);
}

#endif
