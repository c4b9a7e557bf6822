/* The one exit for our own bugs. Takes a place and a message, yields a line on standard error and
 * exit status 70 (EX_SOFTWARE), which the command-line contract reserves for us. Nothing else in
 * core, compiler or backends ends the process. */
#include "core/base/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void hmn_bug(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: internal error: ", file, line);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nhmn: this is a bug in hmn, please report it with the input that caused it\n");
    va_end(args);
    exit(70);
}
