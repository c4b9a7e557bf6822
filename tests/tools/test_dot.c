/* The door to Graphviz: text files, pictures, and what is said when it is absent or fails. */
#include "tests/suite.h"
#include "tools/dot.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char graph[] = "digraph \"g\" { a -> b; }\n";

typedef struct {
    char folder[64], path[96];
    hmn_diag *diag;
} fixture;

static fixture begin(const char *name)
{
    fixture f = {.folder = "hmn_dot_XXXXXX", .diag = diag_new()};
    ck_assert_ptr_nonnull(mkdtemp(f.folder));
    snprintf(f.path, sizeof f.path, "%s/%s", f.folder, name);
    return f;
}

static void end(fixture f)
{
    unlink(f.path);
    ck_assert_int_eq(rmdir(f.folder), 0); /* nothing else was left there */
    diag_free(f.diag);
}

static size_t read_back(const char *path, char *text, size_t room)
{
    FILE *in = fopen(path, "rb");
    ck_assert_ptr_nonnull(in);
    size_t n = fread(text, 1, room - 1, in);
    text[n] = '\0';
    fclose(in);
    return n;
}

static bool installed(void)
{
    const char *path = getenv("PATH");
    char file[512];
    while (path && *path) {
        size_t n = strcspn(path, ":");
        snprintf(file, sizeof file, "%.*s/dot", (int)n, path);
        if (access(file, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

START_TEST(dot_text_is_written_as_it_is)
{
    char text[256];
    fixture f = begin("g.dot");
    ck_assert(dot_write(graph, strlen(graph), f.path, f.diag));
    ck_assert_uint_eq(read_back(f.path, text, sizeof text), strlen(graph));
    ck_assert_str_eq(text, graph);
    end(f);
}
END_TEST

START_TEST(a_picture_is_drawn_when_dot_is_installed)
{
    char text[4096];
    fixture f = begin("g.svg");
    ck_assert_int_eq(dot_write(graph, strlen(graph), f.path, f.diag), installed());
    if (installed()) {
        read_back(f.path, text, sizeof text);
        ck_assert(strncmp(text, "<?xml", 5) == 0 || strncmp(text, "<svg", 4) == 0);
        ck_assert_ptr_nonnull(strstr(text, "<svg"));
    }
    end(f);
}
END_TEST

START_TEST(without_dot_the_cure_names_graphviz)
{
    char *path = strdup(getenv("PATH"));
    fixture f = begin("g.svg");
    setenv("PATH", f.folder, 1);
    ck_assert(!dot_write(graph, strlen(graph), f.path, f.diag));
    setenv("PATH", path, 1);
    free(path);
    ck_assert_uint_eq(diag_count(f.diag), 1);
    ck_assert_ptr_nonnull(strstr(diag_get(f.diag, 0)->cure, "graphviz"));
    ck_assert_ptr_nonnull(strstr(diag_get(f.diag, 0)->cure, ".dot"));
    end(f);
}
END_TEST

START_TEST(a_failing_dot_leaves_no_file)
{
    fixture f = begin("g.svg");
    char tool[128], *path = strdup(getenv("PATH"));
    snprintf(tool, sizeof tool, "%s/dot", f.folder);
    FILE *out = fopen(tool, "w");
    ck_assert_ptr_nonnull(out);
    fputs("#!/bin/sh\necho half > \"$3\"\nexit 7\n", out);
    fclose(out);
    ck_assert_int_eq(chmod(tool, 0755), 0);
    char *with = NULL;
    ck_assert_int_gt(asprintf(&with, "%s:%s", f.folder, path), 0);
    setenv("PATH", with, 1);
    ck_assert(!dot_write(graph, strlen(graph), f.path, f.diag));
    setenv("PATH", path, 1);
    ck_assert_ptr_nonnull(strstr(diag_get(f.diag, 0)->text, "status 7"));
    ck_assert_int_ne(access(f.path, F_OK), 0);
    unlink(tool);
    free(with);
    free(path);
    end(f);
}
END_TEST

START_TEST(an_ending_that_says_nothing_is_refused)
{
    fixture f = begin("g.txt");
    ck_assert(!dot_knows(f.path));
    ck_assert(dot_knows("x.svg") && dot_knows("x.gv"));
    ck_assert(!dot_write(graph, strlen(graph), f.path, f.diag));
    ck_assert_ptr_nonnull(strstr(diag_get(f.diag, 0)->cure, ".svg"));
    end(f);
}
END_TEST

SUITE("dot", dot_text_is_written_as_it_is, a_picture_is_drawn_when_dot_is_installed,
      without_dot_the_cure_names_graphviz, a_failing_dot_leaves_no_file, an_ending_that_says_nothing_is_refused)
