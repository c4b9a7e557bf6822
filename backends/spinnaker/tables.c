/* Builds the routing tables of all chips. Takes routes (who passes which chip and what happens there) and keys, yields
 * entries chip by chip in order of keys. An entry is defaultable when packets leave by one link, opposite to the one
 * by which they came, and go to no core: a router does that by itself (eq. SC3). Neighbouring parts of a population
 * with equal routes are merged into aligned blocks of a power of two; a run that ends with the last part may be
 * rounded up, as no packet has the keys that it claims. */
#include "backends/spinnaker/tables.h"

#include <string.h>

/* What happens at one chip to the packets of one source. */
typedef struct {
    uint32_t source, route;
    bool defaultable;
} passage;

static bool by_default(uint32_t route, int32_t in)
{
    return in != SPIN_NONE && route == tcam_link_bit(spin_opposite((uint32_t)in));
}

/* Passages sorted by chip, within one by source: list[row[c]] .. list[row[c + 1] - 1]. */
static passage *by_chip(const spin_machine *m, uint32_t nsources, const spin_routes *r, uint32_t *row, hmn_arena *a)
{
    uint32_t n = r->row[nsources], *at = ARENA_NEW(a, uint32_t, m->nchips + 1);
    passage *list = ARENA_NEW(a, passage, n);
    memset(row, 0, (m->nchips + 1) * sizeof *row);
    for (uint32_t i = 0; i < n; i++)
        row[r->chip[i] + 1]++;
    for (uint32_t c = 0; c < m->nchips; c++)
        at[c + 1] = row[c + 1] += row[c];
    for (uint32_t s = 0; s < nsources; s++)
        for (uint32_t i = r->row[s]; i < r->row[s + 1]; i++)
            list[at[r->chip[i]]++] = (passage){s, r->route[i], by_default(r->route[i], r->in[i])};
    return list;
}

static tcam_entry entry_of(const passage *p, const spin_traffic *t, const spin_senders *s)
{
    spin_key_zone z = s->zone[t->source[p->source].population];
    return (tcam_entry){spin_part_key(z, s->part[p->source]), spin_part_mask(z), p->route, p->defaultable};
}

/* Passages from p[0] on that are neighbouring parts of one population and go the same way. */
static uint32_t run_length(const passage *p, uint32_t n, const spin_traffic *t, const spin_senders *s)
{
    uint32_t k = 1;
    while (k < n && p[k].route == p[0].route &&
           t->source[p[k].source].population == t->source[p[0].source].population &&
           s->part[p[k].source] == s->part[p[0].source] + k)
        k++;
    return k;
}

/* Entries for a run, in out. */
static uint32_t merge_run(const passage *p, uint32_t n, const spin_traffic *t, const spin_senders *s, tcam_entry *out)
{
    uint32_t written = 0, population = t->source[p->source].population;
    spin_key_zone z = s->zone[population];
    bool whole = s->part[p[n - 1].source] + 1 == s->parts[population];
    for (uint32_t i = 0, size; i < n; i += size) {
        uint32_t part = s->part[p[i].source];
        size = part ? part & -part : (uint32_t)1 << 31;
        while (size > n - i && !(whole && size / 2 < n - i))
            size /= 2;
        tcam_entry e = entry_of(&p[i], t, s);
        e.mask &= part == 0 && whole && size >= n ? z.mask : ~((size - 1) << z.shift);
        for (uint32_t k = i; k < i + size && k < n; k++)
            e.defaultable &= p[k].defaultable;
        out[written++] = e;
    }
    return written;
}

void spin_tables_build(const spin_machine *m, const spin_traffic *t, const spin_routes *r, const spin_senders *s,
                       bool merged, hmn_arena *a, spin_tables *out)
{
    hmn_arena *scratch = arena_new(0);
    uint32_t *at = ARENA_NEW(scratch, uint32_t, m->nchips + 1), *row = ARENA_NEW(a, uint32_t, m->nchips + 1), n = 0;
    passage *list = by_chip(m, t->nsources, r, at, scratch);
    tcam_entry *entry = ARENA_NEW(a, tcam_entry, r->row[t->nsources]);
    for (uint32_t c = 0; c < m->nchips; c++) {
        for (uint32_t i = at[c], run; i < at[c + 1]; i += run) {
            run = merged ? run_length(&list[i], at[c + 1] - i, t, s) : 1;
            if (merged)
                n += merge_run(&list[i], run, t, s, entry + n);
            else
                entry[n++] = entry_of(&list[i], t, s);
        }
        row[c + 1] = n;
    }
    *out = (spin_tables){row, entry};
    arena_free(scratch);
}

bool spin_tables_compress(const spin_machine *m, const spin_tables *t, hmn_arena *a, spin_tables *out, hmn_span at,
                          hmn_diag *d)
{
    uint32_t *row = ARENA_NEW(a, uint32_t, m->nchips + 1), n = 0;
    tcam_entry *entry = ARENA_NEW(a, tcam_entry, t->row[m->nchips]);
    bool ok = true;
    for (uint32_t c = 0; c < m->nchips; c++) {
        hmn_arena *scratch = arena_new(0);
        tcam_table before = spin_table(t, (int32_t)c), after = tcam_compress(before, scratch);
        if (after.count > TCAM_ENTRIES) {
            diag_report(d, DIAG_FIT_AXONS, at,
                        "the router of chip (%d, %d) needs %u entries, compressed from %u; it has %d", m->x[c], m->y[c],
                        after.count, before.count, TCAM_ENTRIES);
            diag_cure(d, "use fewer or larger populations, more local connections, or spread them over more chips");
            ok = false;
        }
        if (after.count)
            memcpy(entry + n, after.entry, after.count * sizeof *entry);
        n += after.count;
        row[c + 1] = n;
        arena_free(scratch);
    }
    *out = (spin_tables){row, entry};
    return ok;
}
