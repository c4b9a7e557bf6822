#include "backends/spinnaker/rtr.h"

#include "tests/backends/spinnaker/tables.h"

#include <string.h>

static const tcam_entry two[] = {{0x1000, 0xfffffe00, 0x818, false}, {0x2000, 0xffffff80, 0x20000, true}};

START_TEST(a_file_has_sixteen_bytes_an_entry_and_an_end)
{
    hmn_arena *a = arena_new(0);
    rtr_bytes f = rtr_file((tcam_table){two, 2}, a);
    static const uint8_t want[48] = {0, 0, 0, 0, 0x18, 8, 0, 0, 0, 0x10, 0, 0, 0,    0xfe, 0xff, 0xff,
                                     1, 0, 0, 0, 0,    0, 2, 0, 0, 0x20, 0, 0, 0x80, 0xff, 0xff, 0xff};
    ck_assert_uint_eq(f.size, 48);
    ck_assert_int_eq(memcmp(f.bytes, want, 32), 0);
    for (uint32_t i = 32; i < 48; i++)
        ck_assert_uint_eq(f.bytes[i], 0xff);
    arena_free(a);
}
END_TEST

START_TEST(what_was_written_is_read_again)
{
    hmn_arena *a = arena_new(0);
    tcam_table t = tables_random(4, 300, 9, a), back;
    const char *why;
    rtr_bytes f = rtr_file(t, a);
    ck_assert(rtr_read(f.bytes, f.size, a, &back, &why));
    ck_assert_uint_eq(back.count, t.count);
    for (uint32_t i = 0; i < t.count; i++)
        ck_assert(back.entry[i].key == t.entry[i].key && back.entry[i].mask == t.entry[i].mask &&
                  back.entry[i].route == t.entry[i].route);
    arena_free(a);
}
END_TEST

START_TEST(a_damaged_file_is_refused)
{
    hmn_arena *a = arena_new(0);
    rtr_bytes f = rtr_file((tcam_table){two, 2}, a);
    tcam_table back;
    const char *why;
    for (size_t size = 0; size < f.size; size++)
        ck_assert(!rtr_read(f.bytes, size, a, &back, &why)); /* also a whole record less: no end */
    static const uint8_t where[] = {0, 2, 7, 8, 16, 47};
    for (size_t i = 0; i < sizeof where; i++) {
        uint8_t bytes[48];
        memcpy(bytes, f.bytes, sizeof bytes);
        bytes[where[i]] ^= 0x41;
        ck_assert_msg(!rtr_read(bytes, sizeof bytes, a, &back, &why), "byte %d", where[i]);
    }
    arena_free(a);
}
END_TEST

START_TEST(requests_name_the_chip)
{
    uint8_t b[SCP_BYTES];
    scp_load_entries(30, 5, 100, 3, 7, b);
    static const uint8_t want[SCP_BYTES] = {0x87, 0xff, 0, 0xff, 7, 3, 0,    0,    0x1d, 0, 0, 0,
                                            2,    0x1e, 5, 0,    0, 0, 0x80, 0x67, 100,  0, 0, 0};
    ck_assert_int_eq(memcmp(b, want, sizeof b), 0);
}
END_TEST

START_TEST(json_names_chips_labels_and_dead_links)
{
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    static const spin_fault fault = {1, 1, LINK_N, 0};
    spin_shape shape = {1, 0, 0, &fault, 1};
    const spin_machine *m = spin_machine_new(&shape, (hmn_span){0}, a, d);
    hmn_text machine = {.arena = a}, places = {.arena = a}, tables = {.arena = a};
    rtr_machine_json(m, &machine);
    ck_assert_ptr_nonnull(strstr(machine.s,
                                 "[0, 0, {\"cores\": 18, \"ethernet\": [0, 0], \"ipAddress\": \"127.0.0.0\", "
                                 "\"deadLinks\": [3, 4, 5]}]"));
    ck_assert_ptr_nonnull(strstr(machine.s, "[1, 1, {\"cores\": 17, \"ethernet\": [0, 0], \"deadLinks\": [2]}]"));
    ck_assert_ptr_nonnull(strstr(machine.s, "[2, 2, {\"cores\": 18, \"ethernet\": [0, 0]}]"));
    uint32_t site = spin_site(spin_chip_at(m, 2, 3), 4);
    const char *label = "a \"b\"\\";
    rtr_placements_json(m, &site, &label, 1, &places);
    ck_assert_str_eq(places.s, "[\n  {\"vertex_label\": \"a \\\"b\\\"\\\\\", \"x\": 2, \"y\": 3, \"p\": 4}]\n");
    uint32_t *row = ARENA_NEW(a, uint32_t, m->nchips + 1);
    spin_tables none = {row, two};
    rtr_tables_json(m, &none, &tables);
    ck_assert_str_eq(tables.s, "[]\n");
    arena_free(a);
    diag_free(d);
}
END_TEST

SUITE("rtr", a_file_has_sixteen_bytes_an_entry_and_an_end, what_was_written_is_read_again, a_damaged_file_is_refused,
      requests_name_the_chip, json_names_chips_labels_and_dead_links)
