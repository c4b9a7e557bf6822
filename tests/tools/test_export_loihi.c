/* hmn export --format loihi: the folder runs as the image does, its files agree with one another, and no byte of them
 * can be lost or changed unseen. */
#include "backends/registry.h"
#include "tests/suite.h"
#include "tests/tools/network.h"
#include "tools/deployed.h"
#include "tools/npy.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>

#define MODELS HMN_SOURCE_DIR "/models/basics/"

/* ---- the folder runs as the image does ---- */

static void digest(const char *what, char *out)
{
    char line[512];
    snprintf(line, sizeof line, "$HMN run %s --steps 150 --json", what);
    const char *at = strstr(network_ok(line)->out, "\"state_digest\": \"");
    ck_assert_ptr_nonnull(at);
    snprintf(out, 17, "%s", at + strlen("\"state_digest\": \""));
}

START_TEST(the_folder_ends_in_the_digest_of_the_image)
{
    static const char *const models[] = {"random_static", "loihi_raw", "stdp", "three_factor", "gated", "dendrites"};
    program_enter();
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char line[1024], image[17], folder[17];
        snprintf(line, sizeof line,
                 "$HMN compile " MODELS "%s.yaml -o net.hmn -q && $HMN export net.hmn --format loihi -o d", models[i]);
        network_ok(line);
        digest("net.hmn", image);
        network_ok("rm net.hmn");
        digest("d", folder);
        ck_assert_msg(strcmp(image, folder) == 0, "%s: %s is not %s", models[i], folder, image);
    }
    program_leave();
}
END_TEST

START_TEST(the_second_generation_has_a_folder_of_its_own)
{
    program_enter();
    char image[17], folder[17];
    network_ok("$HMN compile " MODELS
               "stdp.yaml --target loihi2 -o net.hmn -q && $HMN export net.hmn --format loihi2 -o d");
    digest("net.hmn", image);
    digest("d", folder);
    ck_assert_str_eq(image, folder);
    network_fails("$HMN export net.hmn --format loihi -o e", 2, "this one is for loihi2");
    network_fails("$HMN run d --target loihi", 1, "not for loihi");
    program_leave();
}
END_TEST

START_TEST(inspect_graph_and_export_take_the_folder)
{
    network_enter();
    network_ok("$HMN compile net.yaml -o net.hmn && $HMN export net.yaml --format loihi -o d");
    network_ok("$HMN inspect net.hmn > a && $HMN inspect d > b && cmp a b");
    network_ok("$HMN graph net.hmn --view routing -o a.dot && $HMN graph d --view routing -o b.dot && cmp a.dot b.dot");
    network_ok("$HMN export d --format loihi -o e && diff -r d e");
    network_fails("$HMN verify d", 2, "YAML");
    network_fails("$HMN compile d -o x.hmn", 2, "YAML");
    network_fails("$HMN run d --target reference", 1, "real units");
    program_leave();
}
END_TEST

/* ---- damage ---- */

static void expect_refused(const char *damage, const char *file)
{
    char line[1024];
    snprintf(line, sizeof line, "rm -rf e && cp -r d e && f=e/%s && %s && $HMN run e", file, damage);
    network_fails(line, 4, file);
}

START_TEST(every_file_is_refused_when_missing_cut_grown_or_altered)
{
    program_enter();
    network_ok("$HMN export " MODELS "stdp.yaml --format loihi -o d");
    program_result *r = network_ok("cd d && find . -type f | sed 's|^./||' | LC_ALL=C sort");
    char *list = strdup(r->out);
    int files = 0;
    for (char *name = strtok(list, "\n"); name; name = strtok(NULL, "\n"), files++) {
        expect_refused("rm $f", name);
        expect_refused("truncate -s -1 $f", name);
        expect_refused("truncate -s 0 $f", name);
        expect_refused("printf ' ' >> $f", name);
        expect_refused(
            "n=$(($(stat -c %s $f) / 2)) && c=$(dd if=$f bs=1 skip=$n count=1 2>/dev/null | od -An -tu1) && "
            "printf \"\\\\$(printf %o $(((c + 1) % 256)))\" | dd of=$f bs=1 seek=$n conv=notrunc 2>/dev/null && "
            "! cmp -s $f d/${f#e/}",
            name);
    }
    ck_assert_int_eq(files, 14); /* 3 of core 0, 2 of the host, 1 + 2 arrays, routes 2, placement, microcode, script,
                                    manifest */
    free(list);
    network_ok("$HMN run d -q");
    program_leave();
}
END_TEST

/* ---- the files agree ---- */

static const json_t *rows_of(const json_t *tables, const char *table)
{
    return json_object_get(json_object_get(tables, table), "rows");
}

START_TEST(json_agrees_with_the_binary_tables)
{
    program_enter();
    network_ok("$HMN export " MODELS "three_factor.yaml --format loihi -o d");
    hmn_arena *a = arena_new(0);
    hmn_diag *diag = diag_new();
    hmn_image *m = deployed_open("d", a, diag);
    ck_assert_ptr_nonnull(m);
    json_t *j = json_load_file("d/core_000.json", 0, NULL);
    ck_assert_ptr_nonnull(j);
    const hmn_chip *chip = registry_find("loihi");
    uint64_t compared = 0;
    for (uint32_t t = 0; t < chip->ntables; t++) {
        image_rows r = image_section(m, chip->tables, t, 0);
        if (!chip->tables[t].deployed || chip->tables[t].ncolumns == 0)
            continue;
        const json_t *rows = rows_of(json_object_get(j, "tables"), chip->tables[t].name);
        ck_assert_uint_eq(json_array_size(rows), r.rows);
        for (uint64_t i = 0; i < r.rows; i++)
            for (uint32_t c = 0; c < chip->tables[t].ncolumns; c++, compared++)
                ck_assert_int_eq(json_integer_value(json_array_get(json_array_get(rows, i), c)), image_get(r, i, c));
    }
    ck_assert_uint_gt(compared, 100);
    json_decref(j);
    image_close(m);
    diag_free(diag);
    arena_free(a);
    program_leave();
}
END_TEST

START_TEST(arrays_agree_with_the_network)
{
    network_enter();
    network_ok("$HMN export net.yaml --format loihi -o d && $HMN run net.yaml --steps 0 -o run -q");
    network_ok("cmp d/weights/feed.npy run/weights/feed.npy");
    hmn_arena *a = arena_new(0);
    hmn_diag *diag = diag_new();
    const npy_array *cells = npy_read("d/neurons/cells.npy", a, diag), *routes = npy_read("d/routes.npy", a, diag);
    ck_assert_ptr_nonnull(cells);
    ck_assert_uint_eq(cells->rows, 3);
    ck_assert_double_eq(cells->value[0], 1024); /* decay_u */
    ck_assert_uint_eq(routes->rows, 4);
    for (int64_t i = 0; i < 4; i++) {
        const int64_t expected[] = {i, -1, -1, 0, i};
        ck_assert_mem_eq(routes->whole + 5 * i, expected, sizeof expected);
    }
    diag_free(diag);
    arena_free(a);
    program_leave();
}
END_TEST

START_TEST(placement_names_every_neuron_once)
{
    program_enter();
    network_ok("sed 's/target: {/target: {neurons_per_core: 600, /' " MODELS
               "random_static.yaml >net.yaml; $HMN export net.yaml --format loihi -o d");
    json_t *p = json_load_file("d/placement.json", 0, NULL), *core, *slice;
    size_t i, k;
    json_int_t neurons = 0;
    json_array_foreach(json_object_get(p, "cores"), i, core)
    {
        ck_assert_int_eq(json_integer_value(json_object_get(core, "core")), (json_int_t)i);
        json_array_foreach(json_object_get(core, "slices"), k, slice) neurons +=
            json_integer_value(json_object_get(slice, "count"));
    }
    ck_assert_uint_eq(i, 2);
    ck_assert_int_eq(neurons, 1000);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(p, "host"), 0)), "noise");
    json_t *routes = json_load_file("d/routes.json", 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(routes, "rows")), 6); /* host and two cores to two cores */
    json_decref(routes);
    json_decref(p);
    program_leave();
}
END_TEST

START_TEST(the_header_of_a_real_core_compiles)
{
    program_enter();
    network_ok("$HMN export " MODELS "stdp.yaml --format loihi -o d");
    program_write("use.c",
                  "#include \"d/core_000.h\"\n"
                  "int main(void)\n{\n    return core_000_compartments[0] != 0 && CORE_000_MICROCODE_ROWS == 4 && "
                  "(core_000_microcode[0] & 0xffffffffu) == 0x1101f080u ? 0 : 1;\n}\n");
    program_result *r = network_ok("cc -std=c11 -Wall -Wextra -Werror -pedantic use.c -o use; ./use; echo $?; "
                                   "grep '0  11' d/microcode.txt");
    ck_assert_msg(strncmp(r->out, "0\n", 2) == 0, "%s", r->out);
    program_leave();
}
END_TEST

START_TEST(the_script_is_python_as_far_as_python_can_say)
{
    program_enter();
    network_ok("$HMN export " MODELS "stdp.yaml --format loihi -o d");
    program_result *r = network_ok("grep -c 'LearningDense\\|x1_impulse=16' d/deploy_lava.py");
    ck_assert_int_ge(atoi(r->out), 3);
    network_ok("! command -v python3 || python3 -c 'import ast; ast.parse(open(\"d/deploy_lava.py\").read())'");
    program_leave();
}
END_TEST

/* ---- manifest and command line ---- */

START_TEST(the_manifest_says_what_it_is_and_what_prevents_the_script)
{
    program_enter();
    network_ok("$HMN export " MODELS "lif.yaml --format loihi -o d && ! test -e d/deploy_lava.py");
    json_t *m = json_load_file("d/manifest.json", 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(m, "format")), "hmn-deploy-1");
    ck_assert_str_eq(json_string_value(json_object_get(m, "target")), "loihi");
    ck_assert_str_eq(json_string_value(json_object_get(m, "network")), "lif");
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(m, "status")), "never loaded onto real hardware"));
    const json_t *missing = json_array_get(json_object_get(m, "not_written"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(missing, "file")), "deploy_lava.py");
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(missing, "why")), "refractory"));
    json_decref(m);
    program_leave();
}
END_TEST

START_TEST(the_same_network_gives_the_same_bytes)
{
    program_enter();
    network_ok("$HMN export " MODELS "stdp.yaml --format loihi -o d && $HMN export " MODELS
               "stdp.yaml --format loihi --threads 3 -o e && diff -r d e");
    program_leave();
}
END_TEST

START_TEST(formats_are_listed_and_others_refused)
{
    network_enter();
    program_result *r = network_ok("$HMN export --list");
    ck_assert_ptr_eq(strstr(r->out, "json "), r->out);
    ck_assert_ptr_nonnull(strstr(r->out, "\nloihi "));
    network_fails("$HMN export net.yaml --format stone -o x", 2, "there are json loihi");
    network_ok("$HMN export net.yaml --format json -o tables");
    network_fails("$HMN run tables", 4, "hmn-json-1");
    network_fails("mkdir empty; $HMN run empty", 4, "empty/manifest.json");
    network_ok("$HMN compile net.yaml -o net.hmn");
    network_fails("$HMN export net.hmn --seed 5 --format loihi -o x", 2, "seed");
    ck_assert(!program_exists("x"));
    program_leave();
}
END_TEST

SUITE("export_loihi", the_folder_ends_in_the_digest_of_the_image, the_second_generation_has_a_folder_of_its_own,
      inspect_graph_and_export_take_the_folder, every_file_is_refused_when_missing_cut_grown_or_altered,
      json_agrees_with_the_binary_tables, arrays_agree_with_the_network, placement_names_every_neuron_once,
      the_header_of_a_real_core_compiles, the_script_is_python_as_far_as_python_can_say,
      the_manifest_says_what_it_is_and_what_prevents_the_script, the_same_network_gives_the_same_bytes,
      formats_are_listed_and_others_refused)
