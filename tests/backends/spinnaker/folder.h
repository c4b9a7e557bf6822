/* Files of a deployment, kept in memory. */
#ifndef HMN_TESTS_SPINNAKER_FOLDER_H
#define HMN_TESTS_SPINNAKER_FOLDER_H

#include "tests/suite.h"

#include "core/base/arena.h"
#include "core/base/files.h"

#include <string.h>

enum { FOLDER_FILES = 64 };

typedef struct {
    hmn_files port; /* first */
    hmn_folder reader;
    hmn_arena *arena;
    const char *name[FOLDER_FILES];
    void *bytes[FOLDER_FILES];
    size_t size[FOLDER_FILES];
    uint32_t n;
} folder;

static inline bool folder_keep(hmn_files *port, const char *name, const void *bytes, size_t size)
{
    folder *f = (folder *)(void *)port;
    ck_assert_uint_lt(f->n, FOLDER_FILES);
    f->bytes[f->n] = memcpy(arena_alloc(f->arena, size, 64), bytes, size);
    f->name[f->n] = arena_copy_text(f->arena, name, strlen(name));
    f->size[f->n++] = size;
    return true;
}

/* Number of a file; f->n: there is none. */
static inline uint32_t folder_find(const folder *f, const char *name)
{
    uint32_t i = 0;
    while (i < f->n && strcmp(f->name[i], name) != 0)
        i++;
    return i;
}

static inline uint32_t folder_file(const folder *f, const char *name)
{
    uint32_t i = folder_find(f, name);
    ck_assert_msg(i < f->n, "%s was not written", name);
    return i;
}

static inline const void *folder_read(hmn_folder *reader, const char *name, size_t *size)
{
    const folder *f = (const folder *)(const void *)((const char *)reader - offsetof(folder, reader));
    uint32_t i = folder_find(f, name);
    if (i == f->n)
        return NULL;
    *size = f->size[i];
    return f->bytes[i];
}

static inline folder folder_new(hmn_arena *a)
{
    return (folder){.port = {folder_keep, NULL}, .reader = {folder_read}, .arena = a};
}

#endif
