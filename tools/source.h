/* What a command works on: a network (YAML) compiled as far as needed, or an image (.hmn). One place knows how
 * a path, --target, --set and --seed become a unit and a chip, how diagnostics are printed, and which exit status
 * they mean.
 *
 *   source s;
 *   source_begin(&s, line);
 *   if (source_load(&s, path, NULL)) ... use s.unit, s.image, s.chip; report to s.diag ...
 *   return source_end(&s);                                                                      */
#ifndef HMN_TOOLS_SOURCE_H
#define HMN_TOOLS_SOURCE_H

#include "compiler/pipeline.h"
#include "core/ir/image.h"
#include "tools/command.h"

enum { SOURCE_MAX_PASSES = 16 };

typedef struct {
    const command_line *line;
    hmn_arena *arena;
    hmn_diag *diag;
    double rates;         /* before source_load: learning rates are times this; 0: as written */
    bool reference;       /* --target reference: elaborated, no chip */
    const hmn_chip *chip; /* NULL: the reference, or stopped before a chip was needed */
    hmn_unit unit;        /* of a network; have == 0 for an image file */
    hmn_image *image;     /* opened, or made by the whole pipeline */
    double seconds[SOURCE_MAX_PASSES];
    int status; /* EXIT_OK, or what a usage error already said */
} source;

void source_begin(source *s, const command_line *c);

/* Opens an image when the path ends in .hmn or is a folder (of hmn export); else compiles up to and including pass
 * `last` (NULL: all, or as far as the reference needs). False after a report. */
bool source_load(source *s, const char *path, const char *last);

/* Prints what was reported, frees all, yields the exit status. */
int source_end(source *s);

/* The exit status that the reported errors mean. */
int source_status(const hmn_diag *d);
void source_print(const hmn_diag *d, const command_line *c);

bool source_is_image(const char *path);

#endif
