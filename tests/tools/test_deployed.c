/* Folders with a manifest that is sealed but lies: nothing outside the folder is read, nothing is taken for granted. */
#include "tools/deployed.h"
#include "core/base/hash.h"
#include "tests/suite.h"
#include "tests/tools/network.h"
#include "tools/export_folder.h"

#include <jansson.h>

/* Replaces `from` in d/manifest.json and seals it with a right checksum. */
static void forge(const char *from, const char *to)
{
    static char text[65536], forged[65536];
    program_slurp("d/manifest.json", text, sizeof text);
    char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "no %s in the manifest", from);
    text[strlen(text) - EXPORT_TAIL_LENGTH] = 0;
    int n = snprintf(forged, sizeof forged - 64, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    sprintf(forged + n, EXPORT_TAIL, (unsigned long long)hash64(forged, (size_t)n, 0));
    program_write("d/manifest.json", forged);
}

static void expect_refused(const char *from, const char *to, const char *words)
{
    network_ok("rm -rf d && $HMN export net.yaml --format loihi -o d");
    forge(from, to);
    network_fails("$HMN run d", 4, words);
}

/* Leaves core_000.bin and host.bin in d, and a sealed manifest that lists no more. */
static void strip(void)
{
    char text[4096];
    json_t *m = json_load_file("d/manifest.json", 0, NULL), *file;
    int n = snprintf(text, sizeof text, "{\n  \"format\": \"hmn-deploy-1\", \"cores\": 1, \"image_hash\": \"%s\",\n",
                     json_string_value(json_object_get(m, "image_hash")));
    size_t i;
    json_array_foreach(json_object_get(m, "files"), i, file)
    {
        const char *name = json_string_value(json_object_get(file, "file"));
        if (strcmp(name, "core_000.bin") == 0 || strcmp(name, "host.bin") == 0)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s{\"file\": \"%s\", \"bytes\": %d, \"xxh64\": \"%s\"}",
                          strstr(text, "files") ? ", " : "  \"files\": [", name,
                          (int)json_integer_value(json_object_get(file, "bytes")),
                          json_string_value(json_object_get(file, "xxh64")));
    }
    n += snprintf(text + n, sizeof text - (size_t)n, "]");
    snprintf(text + n, sizeof text - (size_t)n, EXPORT_TAIL, (unsigned long long)hash64(text, (size_t)n, 0));
    json_decref(m);
    network_ok("mkdir e && mv d/core_000.bin d/host.bin e && rm -r d && mv e d");
    program_write("d/manifest.json", text);
}

START_TEST(the_binary_files_alone_give_the_image_back_byte_for_byte)
{
    network_enter();
    network_ok("$HMN compile net.yaml -o net.hmn && $HMN export net.yaml --format loihi -o d");
    strip();
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    hmn_image *image = image_open("net.hmn", d), *back = deployed_open("d", a, d);
    ck_assert_msg(back != NULL, "%s", diag_count(d) ? diag_get(d, 0)->text : "");
    const void *bytes, *again;
    size_t size = image_bytes(image, &bytes);
    ck_assert_uint_eq(image_bytes(back, &again), size);
    ck_assert_mem_eq(bytes, again, size);
    image_close(back);
    image_close(image);
    diag_free(d);
    arena_free(a);
    program_leave();
}
END_TEST

START_TEST(a_sealed_manifest_that_lies_is_refused)
{
    network_enter();
    expect_refused("\"host.bin\"", "\"../net.yaml\"", "is not in the folder");
    expect_refused("\"host.bin\"", "\"/etc/passwd\"", "is not in the folder");
    expect_refused("\"host.bin\"", "\"\"", "is not in the folder");
    expect_refused("\"host.bin\"", "17", "is not in the folder");
    expect_refused("\"host.bin\"", "\"host.json\"", "host.json");
    expect_refused("\"cores\": 1", "\"cores\": 2", "does not list core_001.bin");
    expect_refused("\"cores\": 1", "\"cores\": 0", "another number of cores");
    expect_refused("\"cores\": 1", "\"cores\": 4000000000", "fewer files than cores");
    expect_refused("\"cores\": 1", "\"cores\": -1", "fewer files than cores");
    expect_refused("\"image_hash\": \"", "\"image_hash\": \"0", "names another image");
    expect_refused("hmn-deploy-1", "hmn-deploy-9", "hmn-deploy-9");
    expect_refused("\"files\": [", "\"files\": {", "is not JSON");
    program_leave();
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused)
{
    network_enter();
    network_ok("$HMN export net.yaml --format loihi -o d");
    network_fails("rm d/host.bin && mkfifo d/host.bin && $HMN run d", 4, "host.bin' is not a regular file");
    network_fails("rm d/manifest.json && mkdir d/manifest.json && $HMN run d", 4, "manifest.json");
    program_leave();
}
END_TEST

START_TEST(a_folder_is_told_from_a_file)
{
    network_enter();
    network_ok("mkdir f.hmn");
    ck_assert(deployed_is("."));
    ck_assert(deployed_is("f.hmn"));
    ck_assert(!deployed_is("net.yaml"));
    ck_assert(!deployed_is("absent"));
    program_leave();
}
END_TEST

SUITE("deployed", the_binary_files_alone_give_the_image_back_byte_for_byte, a_sealed_manifest_that_lies_is_refused,
      what_is_no_regular_file_is_refused, a_folder_is_told_from_a_file)
