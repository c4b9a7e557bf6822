/* Report files. Takes a path and who writes, yields the file whole or not at all: it has a temporary name until it is
 * complete, so that nobody reads half a report. */
#include "tools/report_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool report_is_json(const char *path)
{
    size_t n = strlen(path);
    return n < 4 || strcmp(path + n - 4, ".txt") != 0;
}

bool report_save(source *s, const char *path, void (*write)(const source *, const void *, FILE *), const void *what)
{
    const char *temporary = arena_printf(s->arena, "%s.tmp-%ld", path, (long)getpid());
    FILE *f = fopen(temporary, "w");
    bool ok = f != NULL;
    if (f) {
        write(s, what, f);
        ok = !ferror(f);
        ok &= fclose(f) == 0;
        ok = ok && rename(temporary, path) == 0;
    }
    if (ok)
        return true;
    diag_report(s->diag, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
    if (f)
        unlink(temporary);
    return false;
}
