/* Includes: merged section by section and name by name, relative to the including file, without circles. */
#include "tests/compiler/front.h"
#include "tests/suite.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void enter(void)
{
    strcpy(folder, "/tmp/hmn-include-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("sub", 0777), 0);
}

static void leave(void)
{
    char line[128];
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(line, sizeof line, "rm -r '%s'", folder);
    ck_assert_int_eq(system(line), 0);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static const net_population *find(const front *f, const char *name)
{
    for (uint32_t i = 0; i < f->u.net->npopulations; i++)
        if (strcmp(f->u.net->population[i].name.s, name) == 0)
            return &f->u.net->population[i];
    ck_abort_msg("no population %s", name);
    return NULL;
}

START_TEST(the_main_file_wins_name_by_name)
{
    enter();
    put("main.yaml",
        "hmn: 1\ninclude: [one.yaml, two.yaml]\npopulations: {a: {size: 1, model: lif}}\nrun: {seed: 1}\n");
    put("one.yaml", "populations: {a: {size: 2, model: lif}, b: {size: 2, model: lif}, c: {size: 2, model: lif}}\n"
                    "run: {seed: 5, duration: 7}\n");
    put("two.yaml", "hmn: 1\npopulations: {b: {size: 3, model: lif}}\n");
    front f = front_file("main.yaml");
    ck_assert_msg(f.ok, "%s", f.said);
    ck_assert_uint_eq(f.u.net->npopulations, 3);
    ck_assert_uint_eq(find(&f, "a")->size, 1);
    ck_assert_uint_eq(find(&f, "b")->size, 3);
    ck_assert_uint_eq(find(&f, "c")->size, 2);
    ck_assert_uint_eq(f.u.net->seed, 1);
    ck_assert_double_eq(f.u.net->duration.v, 7);
    front_free(&f);
    leave();
}
END_TEST

START_TEST(paths_are_relative_to_the_file_that_names_them)
{
    enter();
    put("main.yaml", "hmn: 1\ninclude: [sub/one.yaml]\n");
    put("sub/one.yaml", "include: [two.yaml]\npopulations: {a: {size: 2, model: lif}}\nprojections:\n"
                        "  p: {pre: a, post: a, connector: {type: from_file, file: pairs.txt}}\n");
    put("sub/two.yaml", "network: {name: inner}\n");
    put("sub/pairs.txt", "0 1 0.5\n");
    front f = front_file("main.yaml");
    ck_assert_msg(f.ok, "%s", f.said);
    ck_assert_str_eq(f.u.net->name.s, "inner");
    ck_assert_uint_eq(f.u.net->projection[0].connector.nrows, 1);
    front_free(&f);
    leave();
}
END_TEST

START_TEST(messages_name_the_included_file)
{
    enter();
    put("main.yaml", "hmn: 1\ninclude: [sub/one.yaml]\n");
    put("sub/one.yaml", "populations: {a: {size: 2, modle: lif}}\n");
    front f = front_file("main.yaml");
    ck_assert(!f.ok);
    ck_assert_ptr_nonnull(strstr(f.said, "sub/one.yaml:1:28: error: unknown key 'modle'"));
    front_free(&f);
    leave();
}
END_TEST

START_TEST(circles_and_absent_files_are_refused_where_they_are_named)
{
    enter();
    put("main.yaml", "hmn: 1\ninclude: [one.yaml, none.yaml]\n");
    put("one.yaml", "include:\n  - main.yaml\n");
    front f = front_file("main.yaml");
    ck_assert(!f.ok);
    ck_assert_ptr_nonnull(strstr(f.said, "one.yaml:2:5: error: cannot include 'main.yaml': the file includes itself"));
    ck_assert_ptr_nonnull(strstr(f.said, "main.yaml:2:21: error: cannot include 'none.yaml'"));
    front_free(&f);
    leave();
}
END_TEST

START_TEST(depth_and_number_of_includes_are_limited)
{
    char name[32], text[64];
    enter();
    for (int i = 0; i < 20; i++) { /* each twice: 2^20 files without a limit */
        snprintf(name, sizeof name, "f%d.yaml", i);
        snprintf(text, sizeof text, "include: [f%d.yaml, f%d.yaml]\n", i + 1, i + 1);
        put(name, text);
    }
    put("f20.yaml", "network: {name: end}\n");
    front f = front_file("f0.yaml");
    ck_assert(!f.ok);
    ck_assert_ptr_nonnull(strstr(f.said, "more than 16 deep"));
    front_free(&f);
    leave();
}
END_TEST

START_TEST(an_unreadable_main_file_is_reported)
{
    front f = front_file("/nowhere/net.yaml");
    ck_assert(!f.ok);
    ck_assert_ptr_nonnull(front_message(&f, DIAG_FILE_READ));
    front_free(&f);
    f = front_file("/");
    ck_assert(!f.ok);
    front_free(&f);
}
END_TEST

SUITE("include", the_main_file_wins_name_by_name, paths_are_relative_to_the_file_that_names_them,
      messages_name_the_included_file, circles_and_absent_files_are_refused_where_they_are_named,
      depth_and_number_of_includes_are_limited, an_unreadable_main_file_is_reported)
