/* The one door to Graphviz. Takes DOT text and a path, yields the text itself or the picture that `dot` draws of it.
 * The program runs as a child without a shell; it reads the text from an unlinked temporary file as its standard input
 * and writes beside the final path, which is renamed into place when it succeeded. */
#include "tools/dot.h"

#include "core/ir/image.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *ending, *option; /* option NULL: DOT text as it is */
} forms[] = {{".svg", "-Tsvg"}, {".pdf", "-Tpdf"}, {".png", "-Tpng"}, {".dot", NULL}, {".gv", NULL}};

enum { FORMS = sizeof forms / sizeof *forms };

static size_t form_of(const char *path)
{
    size_t n = strlen(path), k = 0;
    for (; k < FORMS; k++) {
        size_t m = strlen(forms[k].ending);
        if (n > m && strcmp(path + n - m, forms[k].ending) == 0)
            break;
    }
    return k;
}

bool dot_knows(const char *path) { return form_of(path) < FORMS; }

static bool cannot_write(hmn_diag *d, const char *path, int error)
{
    diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(error));
    return false;
}

/* Runs dot with `input` as its standard input. Yields its exit status, or -1 with *error set. */
static int run(const char *option, FILE *input, const char *output, int *error)
{
    char *argv[] = {strdup("dot"), strdup(option), strdup("-o"), strdup(output), NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
    pid_t child;
    *error = posix_spawnp(&child, "dot", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    if (*error)
        return -1;
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) {
            *error = errno;
            return -1;
        }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static bool draw(const char *option, FILE *input, const char *temporary, const char *path, hmn_diag *d)
{
    int error, status = run(option, input, temporary, &error);
    if (status == 0 && rename(temporary, path) == 0)
        return true;
    if (status == 0)
        error = errno;
    unlink(temporary);
    if (status < 0 && error == ENOENT) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot draw '%s': the program dot is not installed", path);
        diag_cure(d, "install graphviz, or choose a name that ends in .dot for the text that it would draw");
        return false;
    }
    if (status <= 0)
        return cannot_write(d, path, error);
    diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot draw '%s': dot ended with status %d", path, status);
    diag_cure(d, "check space and permissions, or choose a name that ends in .dot to see the text");
    return false;
}

bool dot_write(const char *text, size_t length, const char *path, hmn_diag *d)
{
    size_t form = form_of(path);
    if (form == FORMS) {
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "'%s' does not say which kind of picture it is", path);
        diag_cure(d, "choose a name that ends in .svg, .pdf, .png, .dot or .gv");
        return false;
    }
    if (!forms[form].option)
        return image_save(text, length, path, d);
    FILE *input = tmpfile();
    if (!input)
        return cannot_write(d, "a temporary file", errno);
    bool ok = fwrite(text, 1, length, input) == length && fflush(input) == 0 && fseek(input, 0, SEEK_SET) == 0;
    int error = errno;
    char *temporary = NULL;
    if (!ok || asprintf(&temporary, "%s.%ld.tmp", path, (long)getpid()) < 0)
        ok = cannot_write(d, "a temporary file", error);
    else
        ok = draw(forms[form].option, input, temporary, path, d);
    free(temporary);
    fclose(input);
    return ok;
}
