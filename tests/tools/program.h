/* Runs build/hmn in a folder of its own and keeps what it said. For tests of the command line. */
#ifndef HMN_TESTS_PROGRAM_H
#define HMN_TESTS_PROGRAM_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    int status; /* exit status, 128 + n when killed by signal n */
    char out[65536], err[65536];
} program_result;

static char program_folder[64];

/* A fresh empty folder, current from now on. */
static inline void program_enter(void)
{
    strcpy(program_folder, "/tmp/hmn-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(program_folder));
    ck_assert_int_eq(chdir(program_folder), 0);
}

static inline void program_leave(void)
{
    char line[128];
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(line, sizeof line, "rm -rf '%s'", program_folder);
    ck_assert_int_eq(system(line), 0);
}

static inline void program_slurp(const char *path, char *text, size_t room)
{
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, room - 1, f) : 0;
    text[n] = 0;
    if (f)
        fclose(f);
}

static inline void program_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert(fputs(text, f) >= 0);
    ck_assert_int_eq(fclose(f), 0);
}

/* `line` as the shell takes it, with $HMN for the program; standard error and output are kept apart. */
static inline program_result *program_run(const char *line)
{
    static program_result r; /* of the last call */
    char shell[4096];
    snprintf(shell, sizeof shell, "HMN='%s'; export HMN; exec 3>&1; { %s ; } > .out 2> .err", HMN_PROGRAM, line);
    int status = system(shell);
    r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    program_slurp(".out", r.out, sizeof r.out);
    program_slurp(".err", r.err, sizeof r.err);
    remove(".out");
    remove(".err");
    return &r;
}

static inline int program_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

#endif
