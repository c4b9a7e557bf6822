/* Runs the front end on a text or file and keeps what it said. Shared by the tests of the compiler's front end. */
#ifndef HMN_TESTS_FRONT_H
#define HMN_TESTS_FRONT_H

#include "compiler/unit.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    hmn_unit u;
    bool ok;    /* parse and check passed */
    char *said; /* diagnostics as printed */
} front;

static inline void front_run(front *f)
{
    size_t size = 0;
    f->u.arena = arena_new(0);
    f->u.diag = diag_new();
    f->ok = pass_parse(&f->u) && pass_check(&f->u);
    FILE *out = open_memstream(&f->said, &size);
    diag_print(f->u.diag, out, false);
    fclose(out);
}

static inline front front_text(const char *text)
{
    front f = {.u = {.path = "net.yaml", .text = text, .text_length = strlen(text)}};
    front_run(&f);
    return f;
}

static inline front front_file(const char *path)
{
    front f = {.u = {.path = path}};
    front_run(&f);
    return f;
}

static inline void front_free(front *f)
{
    free(f->said);
    diag_free(f->u.diag);
    arena_free(f->u.arena);
}

/* The first message of a code, or NULL. */
static inline const hmn_message *front_message(const front *f, hmn_diag_code code)
{
    for (uint32_t i = 0; i < diag_count(f->u.diag); i++)
        if (diag_get(f->u.diag, i)->code == code)
            return diag_get(f->u.diag, i);
    return NULL;
}

#endif
