/* A network given as text, compiled for loihi and deployed into memory. */
#ifndef HMN_TESTS_DEPLOYMENT_H
#define HMN_TESTS_DEPLOYMENT_H

#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

enum { DEPLOYED_FILES = 64 };

typedef struct {
    hmn_files port; /* first */
    hmn_unit unit;
    hmn_image *image;
    struct {
        const char *name;
        const char *bytes; /* NUL-terminated copy, at a multiple of 64 */
        size_t size;
    } file[DEPLOYED_FILES];
    uint32_t nfiles;
    const char *omitted[DEPLOYED_FILES]; /* reasons */
    uint32_t nomitted;
} deployment;

static inline bool deployment_write(hmn_files *port, const char *name, const void *bytes, size_t size)
{
    deployment *d = (deployment *)(void *)port;
    char *copy = arena_alloc(d->unit.arena, size + 1, 64);
    memcpy(copy, bytes, size);
    ck_assert_uint_lt(d->nfiles, DEPLOYED_FILES);
    d->file[d->nfiles].name = arena_copy_text(d->unit.arena, name, strlen(name));
    d->file[d->nfiles].bytes = copy;
    d->file[d->nfiles++].size = size;
    return true;
}

static inline void deployment_omit(hmn_files *port, const char *name, const char *why)
{
    deployment *d = (deployment *)(void *)port;
    ck_assert_str_eq(name, "deploy_lava.py");
    d->omitted[d->nomitted++] = arena_copy_text(d->unit.arena, why, strlen(why));
}

/* Compiles `text` and deploys it. */
static inline deployment *deployment_of(const char *text)
{
    deployment *d = calloc(1, sizeof *d);
    hmn_arena *a = arena_new(0);
    *d = (deployment){.port = {deployment_write, deployment_omit},
                      .unit = {.path = "net.yaml",
                               .text = text,
                               .text_length = strlen(text),
                               .chip = registry_find("loihi"),
                               .threads = 1,
                               .arena = a,
                               .diag = diag_new()}};
    hmn_unit *u = &d->unit;
    bool ok = pipeline_run(u, NULL, NULL);
    ck_assert_msg(ok, "%s", diag_count(u->diag) ? diag_get(u->diag, 0)->text : "");
    d->image = image_from_memory(u->image, u->image_size, "net", u->diag);
    ck_assert_ptr_nonnull(d->image);
    ck_assert(u->chip->deploy(d->image, u->chip, &d->port, a, u->diag));
    return d;
}

static inline void deployment_free(deployment *d)
{
    image_close(d->image);
    diag_free(d->unit.diag);
    arena_free(d->unit.arena);
    free(d);
}

/* The contents of a file, NULL when it was not written. */
static inline const char *deployment_file(const deployment *d, const char *name, size_t *size)
{
    for (uint32_t i = 0; i < d->nfiles; i++)
        if (strcmp(d->file[i].name, name) == 0) {
            if (size)
                *size = d->file[i].size;
            return d->file[i].bytes;
        }
    return NULL;
}

/* Whether one of the reasons for leaving out the script says this. */
static inline bool deployment_omits(const deployment *d, const char *words)
{
    bool found = false;
    for (uint32_t i = 0; i < d->nomitted; i++)
        found |= strstr(d->omitted[i], words) != NULL;
    return found;
}

#endif
