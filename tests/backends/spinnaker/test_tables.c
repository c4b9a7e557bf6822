#include "backends/spinnaker/tables.h"

#include "tests/backends/spinnaker/machines.h"

static bool build(uint64_t seed, trial_machine *t, spin_tables *basic, spin_tables *merged)
{
    *t = machines_new(seed, 4);
    machines_fill(t, seed, seed & 1);
    spin_routes r;
    if (!spin_route(t->machine, &t->traffic, t->arena, &r, (hmn_span){0}, t->diag))
        return false;
    spin_tables_build(t->machine, &t->traffic, &r, &t->senders, false, t->arena, basic);
    spin_tables_build(t->machine, &t->traffic, &r, &t->senders, true, t->arena, merged);
    ck_assert_uint_eq(basic->row[t->machine->nchips], r.row[t->traffic.nsources]);
    return true;
}

START_TEST(merged_and_compressed_tables_deliver_alike)
{
    uint32_t all = 0, fewer = 0, least = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        trial_machine t;
        spin_tables basic, merged, compressed;
        if (build(seed, &t, &basic, &merged)) {
            ck_assert(spin_tables_compress(t.machine, &merged, t.arena, &compressed, (hmn_span){0}, t.diag));
            for (int32_t c = 0; c < (int32_t)t.machine->nchips; c++) {
                tcam_table b = spin_table(&basic, c), m = spin_table(&merged, c), k = spin_table(&compressed, c);
                ck_assert_int_eq(tcam_overlap(m), -1);
                ck_assert_int_eq(tcam_differs(b, m), -1);
                ck_assert_int_eq(tcam_differs(b, k), -1);
                all += b.count;
                fewer += m.count;
                least += k.count;
            }
        }
        machines_free(&t);
    }
    ck_assert_uint_lt(fewer, all);
    ck_assert_uint_lt(least, fewer);
}
END_TEST

/* Twelve parts of one population on one chip, for a core of the chip East of it but one. */
static void line(uint32_t sources, uint32_t parts, trial_machine *t, spin_routes *r)
{
    *t = machines_new(0, 0);
    machines_fill(t, 0, true);
    spin_source *source = ARENA_NEW(t->arena, spin_source, sources);
    uint32_t *row = ARENA_NEW(t->arena, uint32_t, sources + 1), *target = ARENA_NEW(t->arena, uint32_t, sources);
    uint32_t *part = ARENA_NEW(t->arena, uint32_t, sources), *all = ARENA_NEW(t->arena, uint32_t, 1);
    for (uint32_t s = 0; s < sources; s++) {
        source[s] = (spin_source){spin_chip_at(t->machine, 0, 0), 0, 1};
        part[s] = s;
        target[s] = spin_site(spin_chip_at(t->machine, 2, 0), 4);
        row[s + 1] = s + 1;
    }
    all[0] = parts;
    spin_key_zone *zone = ARENA_NEW(t->arena, spin_key_zone, 2);
    spin_key_need need[2] = {{parts, 64}, {1, 64}};
    ck_assert(spin_keys_allocate(need, 2, zone, (hmn_span){0}, t->diag));
    t->traffic = (spin_traffic){sources, source, row, target};
    t->senders = (spin_senders){zone, all, part};
    ck_assert(spin_route(t->machine, &t->traffic, t->arena, r, (hmn_span){0}, t->diag));
}

START_TEST(a_whole_population_needs_one_entry)
{
    trial_machine t;
    spin_routes r;
    spin_tables merged;
    line(11, 11, &t, &r);
    spin_tables_build(t.machine, &t.traffic, &r, &t.senders, true, t.arena, &merged);
    tcam_table first = spin_table(&merged, spin_chip_at(t.machine, 0, 0));
    ck_assert_uint_eq(first.count, 1);
    ck_assert_uint_eq(first.entry[0].mask, t.senders.zone[0].mask);
    ck_assert(!first.entry[0].defaultable);
    tcam_table middle = spin_table(&merged, spin_chip_at(t.machine, 1, 0));
    ck_assert_uint_eq(middle.count, 1);
    ck_assert(middle.entry[0].defaultable);
    machines_free(&t);
}
END_TEST

START_TEST(a_part_of_it_needs_aligned_blocks)
{
    trial_machine t;
    spin_routes r;
    spin_tables merged;
    line(11, 20, &t, &r);
    spin_tables_build(t.machine, &t.traffic, &r, &t.senders, true, t.arena, &merged);
    tcam_table first = spin_table(&merged, spin_chip_at(t.machine, 0, 0));
    ck_assert_uint_eq(first.count, 3); /* 8, 2, 1 */
    ck_assert_uint_eq(first.entry[0].mask, ~((8u << t.senders.zone[0].shift) - 1));
    ck_assert_uint_eq(first.entry[2].mask, spin_part_mask(t.senders.zone[0]));
    machines_free(&t);
}
END_TEST

START_TEST(default_routing_empties_the_table_on_the_way)
{
    trial_machine t;
    spin_routes r;
    spin_tables merged, compressed;
    line(3, 3, &t, &r);
    spin_tables_build(t.machine, &t.traffic, &r, &t.senders, true, t.arena, &merged);
    ck_assert(spin_tables_compress(t.machine, &merged, t.arena, &compressed, (hmn_span){0}, t.diag));
    ck_assert_uint_eq(spin_table(&compressed, spin_chip_at(t.machine, 0, 0)).count, 1);
    ck_assert_uint_eq(spin_table(&compressed, spin_chip_at(t.machine, 1, 0)).count, 0);
    ck_assert_uint_eq(spin_table(&compressed, spin_chip_at(t.machine, 2, 0)).count, 1);
    machines_free(&t);
}
END_TEST

START_TEST(a_table_that_does_not_fit_is_refused_with_numbers)
{
    enum { MANY = 2100 };
    trial_machine t = machines_new(0, 0);
    uint32_t *row = ARENA_NEW(t.arena, uint32_t, t.machine->nchips + 1);
    tcam_entry *e = ARENA_NEW(t.arena, tcam_entry, MANY);
    for (uint32_t i = 0; i < MANY; i++) /* routes all different: nothing merges */
        e[i] = (tcam_entry){i, UINT32_MAX, i + 1, false};
    for (uint32_t c = 7; c < t.machine->nchips; c++)
        row[c + 1] = MANY;
    spin_tables all = {row, e}, out;
    ck_assert(!spin_tables_compress(t.machine, &all, t.arena, &out, (hmn_span){0}, t.diag));
    ck_assert_ptr_nonnull(strstr(diag_get(t.diag, 0)->text, "needs 2100 entries, compressed from 2100; it has 1023"));
    machines_free(&t);
}
END_TEST

SUITE("tables", merged_and_compressed_tables_deliver_alike, a_whole_population_needs_one_entry,
      a_part_of_it_needs_aligned_blocks, default_routing_empties_the_table_on_the_way,
      a_table_that_does_not_fit_is_refused_with_numbers)
