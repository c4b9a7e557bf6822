/* A folder of its own for tests that run the program on a task, and the arena of their texts. */
#ifndef HMN_TESTS_MODELS_BENCH_H
#define HMN_TESTS_MODELS_BENCH_H

#include "tests/suite.h"

#include "core/base/arena.h"

#include <stdlib.h>
#include <sys/wait.h>

typedef struct {
    hmn_arena *arena;
    char dir[64];
} bench;

static inline bench set_up(void)
{
    bench b = {arena_new(0), "/tmp/hmn_test_XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(b.dir));
    return b;
}

/* Exit status of a command whose messages go to DIR/stderr; -1: it did not exit. */
static inline int shell(bench *b, const char *command)
{
    int status = system(arena_printf(b->arena, "%s 2>%s/stderr", command, b->dir));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void tear_down(bench *b)
{
    shell(b, arena_printf(b->arena, "rm -r %s", b->dir));
    arena_free(b->arena);
}

#endif
