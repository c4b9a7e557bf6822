/* Result folders. Takes a final path, yields a temporary folder `path.tmp-PID` to write into and renames it when all
 * is written, so that nobody ever sees half a result. An older result is moved aside first and deleted last; a
 * folder that is not ours is never touched. */
#include "tools/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(hmn_diag *d, const char *what, const char *path)
{
    diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot %s '%s': %s", what, path, strerror(errno));
    return false;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void remove_tree(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

static bool is_empty(const char *path)
{
    DIR *dir = opendir(path);
    bool empty = dir != NULL;
    for (struct dirent *e; dir && (e = readdir(dir));)
        empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (dir)
        closedir(dir);
    return empty;
}

static bool replaceable(const outdir *o, const char *mark, hmn_diag *d)
{
    struct stat st;
    if (lstat(o->path, &st) != 0)
        return errno == ENOENT || fail(d, "look at", o->path);
    if (S_ISDIR(st.st_mode) && (access(arena_printf(o->arena, "%s/%s", o->path, mark), F_OK) == 0 || is_empty(o->path)))
        return true;
    diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "'%s' exists and is not an earlier result (it holds no %s)", o->path,
                mark);
    diag_cure(d, "choose another folder, or remove this one");
    return false;
}

/* Creates the folders that `path` lies in. */
static void create_parents(const outdir *o)
{
    char *path = arena_copy_text(o->arena, o->path, strlen(o->path));
    for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        mkdir(path, 0777); /* what cannot be created shows in what follows */
        *slash = '/';
    }
}

bool outdir_begin(outdir *o, const char *path, const char *mark, hmn_arena *a, hmn_diag *d)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    *o = (outdir){arena_copy_text(a, path, n), NULL, a};
    if (!replaceable(o, mark, d))
        return false;
    create_parents(o);
    const char *temporary = arena_printf(a, "%s.tmp-%ld", o->path, (long)getpid());
    if (mkdir(temporary, 0777) != 0)
        return fail(d, "create", temporary);
    o->temporary = temporary;
    return true;
}

const char *outdir_file(outdir *o, const char *name, hmn_diag *d)
{
    char *path = arena_printf(o->arena, "%s/%s", o->temporary, name);
    for (char *slash = path + strlen(o->temporary) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            fail(d, "create", path);
        *slash = '/';
    }
    return path;
}

bool outdir_commit(outdir *o, hmn_diag *d)
{
    const char *old = arena_printf(o->arena, "%s.old-%ld", o->path, (long)getpid());
    bool aside = rename(o->path, old) == 0;
    if (!aside && errno != ENOENT) {
        fail(d, "replace", o->path);
        outdir_abandon(o);
        return false;
    }
    if (rename(o->temporary, o->path) != 0) {
        fail(d, "create", o->path);
        if (aside)
            rename(old, o->path);
        outdir_abandon(o);
        return false;
    }
    o->temporary = NULL;
    if (aside)
        remove_tree(old);
    return true;
}

void outdir_abandon(outdir *o)
{
    if (o->temporary)
        remove_tree(o->temporary);
    o->temporary = NULL;
}
