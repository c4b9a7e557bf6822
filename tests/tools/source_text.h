/* Networks compiled for a target, from files or from text, as commands do it. source_end frees. */
#ifndef HMN_TESTS_SOURCE_TEXT_H
#define HMN_TESTS_SOURCE_TEXT_H

#include "tests/suite.h"
#include "tools/source.h"

#include <stdio.h>
#include <stdlib.h>

/* Compiles the file for the target. False after a report in s->diag. */
static inline bool source_from_file(source *s, const char *target, const char *path)
{
    static const command_line none;
    source_begin(s, &none);
    command_set *option = ARENA_NEW(s->arena, command_set, 2);
    option[0] = (command_set){"target", target};
    option[1] = (command_set){"quiet", NULL};
    command_line *line = ARENA_NEW(s->arena, command_line, 1);
    *line = (command_line){.option = option, .noptions = 2};
    s->line = line;
    return source_load(s, path, NULL);
}

/* The same of a text, which stands in a file of this process meanwhile. */
static inline bool source_from_text(source *s, const char *target, const char *text)
{
    char path[] = "/tmp/hmn-text-XXXXXX.yaml";
    FILE *f = fdopen(mkstemps(path, 5), "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
    bool ok = source_from_file(s, target, path);
    remove(path);
    return ok;
}

#endif
