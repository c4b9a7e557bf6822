/* hmn inspect and hmn export: what is in the image is what is printed and written. */
#include "core/base/hash.h"
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

static const json_t *cell(const json_t *rows, size_t row, size_t column)
{
    return json_array_get(json_array_get(rows, row), column);
}

START_TEST(json_holds_every_table_with_its_columns)
{
    network_enter();
    network_ok("$HMN compile net.yaml -o net.hmn && $HMN inspect net.hmn --json > all.json");
    json_t *j = json_load_file("all.json", 0, NULL);
    ck_assert_ptr_nonnull(j);
    const json_t *pops = json_object_get(json_object_get(j, "host"), "populations");
    ck_assert_str_eq(json_string_value(cell(json_object_get(pops, "columns"), 0, 0)), "name");
    ck_assert_str_eq(json_string_value(cell(json_object_get(pops, "rows"), 1, 0)), "cells");
    ck_assert_int_eq(json_integer_value(cell(json_object_get(pops, "rows"), 1, 2)), 3);
    const json_t *core = json_array_get(json_object_get(j, "cores"), 0),
                 *cells = json_object_get(json_object_get(core, "tables"), "compartments");
    ck_assert_uint_eq(json_array_size(json_object_get(cells, "rows")), 3);
    ck_assert_int_eq(json_integer_value(cell(json_object_get(cells, "rows"), 0, 0)), 1024); /* decay_u */
    const json_t *synapses = json_object_get(core, "synapses");
    ck_assert_uint_eq(json_array_size(json_object_get(synapses, "rows")), 12);
    ck_assert_int_eq(json_integer_value(cell(json_object_get(synapses, "rows"), 5, 3)), 40);
    json_decref(j);
    program_leave();
}
END_TEST

START_TEST(text_names_tables_and_a_core_can_be_chosen)
{
    network_enter();
    program_result *r = network_ok("$HMN inspect net.yaml");
    ck_assert_ptr_nonnull(strstr(r->out, "populations: 2 rows"));
    ck_assert_ptr_nonnull(strstr(r->out, "compartments: 3 rows"));
    ck_assert_ptr_nonnull(strstr(r->out, "synapses, decoded"));
    r = network_ok("$HMN inspect net.yaml --core 0");
    ck_assert_ptr_null(strstr(r->out, "populations: 2 rows"));
    network_fails("$HMN inspect net.yaml --core 1", 2, "1 cores");
    network_fails("$HMN inspect net.yaml --core x", 2, "--core takes");
    network_fails("$HMN inspect net.yaml --target reference", 2, "no tables");
    program_leave();
}
END_TEST

START_TEST(a_damaged_image_is_refused_wherever_it_is_damaged)
{
    network_enter();
    network_ok("$HMN compile net.yaml -o net.hmn");
    network_ok("for i in 3 9 20 60 70 130 300 900; do cp net.hmn x.hmn; printf '\\125' | dd of=x.hmn bs=1 seek=$i "
               "conv=notrunc 2>/dev/null; cmp -s net.hmn x.hmn && continue; $HMN inspect x.hmn >/dev/null 2>&1; "
               "s=$?; [ $s -eq 4 ] || { echo byte $i: status $s; exit 1; }; done");
    network_fails("head -c 500 net.hmn > x.hmn; $HMN inspect x.hmn", 4, "not a usable image");
    network_fails("$HMN inspect absent.hmn", 4, "absent.hmn");
    program_leave();
}
END_TEST

START_TEST(the_export_is_whole_and_its_checksums_hold)
{
    network_enter();
    network_ok("$HMN export net.yaml --format json -o deploy");
    json_t *m = json_load_file("deploy/manifest.json", 0, NULL);
    ck_assert_ptr_nonnull(m);
    ck_assert_str_eq(json_string_value(json_object_get(m, "target")), "loihi");
    const json_t *files = json_object_get(m, "files");
    ck_assert_uint_eq(json_array_size(files), 2);
    for (size_t i = 0; i < json_array_size(files); i++) {
        static char text[1 << 20];
        char path[128], hash[17];
        const json_t *f = json_array_get(files, i);
        snprintf(path, sizeof path, "deploy/%s", json_string_value(json_object_get(f, "file")));
        program_slurp(path, text, sizeof text);
        size_t n = strlen(text);
        ck_assert_int_eq(json_integer_value(json_object_get(f, "bytes")), (int64_t)n);
        snprintf(hash, sizeof hash, "%016llx", (unsigned long long)hash64(text, n, 0));
        ck_assert_str_eq(json_string_value(json_object_get(f, "xxh64")), hash);
        json_t *parsed = json_loads(text, 0, NULL);
        ck_assert_ptr_nonnull(parsed);
        json_decref(parsed);
    }
    json_decref(m);
    network_ok("$HMN export net.yaml --format json -o deploy"); /* again: replaced */
    network_ok("mkdir home && touch home/thesis");
    network_fails("$HMN export net.yaml --format json -o home", 4, "not an earlier result");
    network_fails("$HMN export net.yaml --format stone -o x", 2, "no export format 'stone'");
    network_fails("$HMN export net.yaml -o x", 2, "--format");
    ck_assert_ptr_nonnull(strstr(network_ok("$HMN export --list")->out, "json"));
    ck_assert(!program_exists("x"));
    program_leave();
}
END_TEST

SUITE("cmd_inspect", json_holds_every_table_with_its_columns, text_names_tables_and_a_core_can_be_chosen,
      a_damaged_image_is_refused_wherever_it_is_damaged, the_export_is_whole_and_its_checksums_hold)
