/* Result folders: whole or not at all, and never over something that is not ours. */
#include "tools/outdir.h"
#include "tests/suite.h"
#include "tests/tools/program.h"

#include <dirent.h>

static hmn_arena *arena;
static hmn_diag *diag;

static void begin(void)
{
    arena = arena_new(0);
    diag = diag_new();
    program_enter();
}

static void end(void)
{
    program_leave();
    diag_free(diag);
    arena_free(arena);
}

static int entries(const char *path)
{
    int n = -2;
    DIR *d = opendir(path);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

START_TEST(nothing_is_seen_before_the_commit)
{
    begin();
    outdir o;
    ck_assert(outdir_begin(&o, "out/", "summary.json", arena, diag));
    program_write(outdir_file(&o, "a/b/c.txt", diag), "1");
    ck_assert(!program_exists("out"));
    ck_assert(outdir_commit(&o, diag));
    ck_assert(program_exists("out/a/b/c.txt"));
    ck_assert_int_eq(entries("."), 1);
    outdir_abandon(&o); /* nothing more to undo */
    ck_assert(program_exists("out/a/b/c.txt"));
    end();
}
END_TEST

START_TEST(folders_on_the_way_are_created)
{
    begin();
    outdir o;
    ck_assert(outdir_begin(&o, "results/today/run", "summary.json", arena, diag));
    program_write(outdir_file(&o, "x", diag), "1");
    ck_assert(outdir_commit(&o, diag));
    ck_assert(program_exists("results/today/run/x"));
    end();
}
END_TEST

START_TEST(abandoning_leaves_nothing)
{
    begin();
    outdir o;
    ck_assert(outdir_begin(&o, "out", "summary.json", arena, diag));
    program_write(outdir_file(&o, "x/y", diag), "1");
    outdir_abandon(&o);
    ck_assert_int_eq(entries("."), 0);
    end();
}
END_TEST

START_TEST(an_earlier_result_is_replaced_whole)
{
    begin();
    outdir o;
    ck_assert_int_eq(mkdir("out", 0777), 0);
    ck_assert(outdir_begin(&o, "out", "summary.json", arena, diag)); /* empty: free to take */
    program_write(outdir_file(&o, "summary.json", diag), "old");
    program_write(outdir_file(&o, "old.npy", diag), "old");
    ck_assert(outdir_commit(&o, diag));
    ck_assert(outdir_begin(&o, "out", "summary.json", arena, diag));
    program_write(outdir_file(&o, "summary.json", diag), "new");
    ck_assert(program_exists("out/old.npy"));
    ck_assert(outdir_commit(&o, diag));
    ck_assert(!program_exists("out/old.npy"));
    ck_assert_int_eq(entries("."), 1);
    end();
}
END_TEST

START_TEST(what_is_not_ours_is_left_alone)
{
    begin();
    outdir o;
    ck_assert_int_eq(mkdir("home", 0777), 0);
    program_write("home/thesis.tex", "x");
    ck_assert(!outdir_begin(&o, "home", "summary.json", arena, diag));
    program_write("file", "x");
    ck_assert(!outdir_begin(&o, "file", "summary.json", arena, diag));
    ck_assert(!outdir_begin(&o, "file/place", "summary.json", arena, diag));
    ck_assert_uint_eq(diag_errors(diag), 3);
    outdir_abandon(&o);
    ck_assert(program_exists("home/thesis.tex"));
    ck_assert_int_eq(entries("."), 2);
    end();
}
END_TEST

SUITE("outdir", nothing_is_seen_before_the_commit, folders_on_the_way_are_created, abandoning_leaves_nothing,
      an_earlier_result_is_replaced_whole, what_is_not_ours_is_left_alone)
