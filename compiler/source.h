/* A YAML source text: read with limits, known to be clean UTF-8, with places for its characters. */
#ifndef HMN_COMPILER_SOURCE_H
#define HMN_COMPILER_SOURCE_H

#include "core/base/arena.h"
#include "core/base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOURCE_MAX_BYTES = 64 << 20 };

/* A line as YAML counts them (CR, LF, CRLF, NEL, LS, PS end one) and where it lies among the LF lines of diag. */
typedef struct {
    uint32_t offset;     /* bytes from the start of the text */
    uint32_t line, from; /* LF line number from 1, and that line's offset */
} source_line;

typedef struct {
    uint32_t file;
    const char *text;
    uint32_t length;
    const source_line *line;
    uint32_t nlines;
    uint32_t seen_line, seen_column, seen_offset; /* the character found last */
} source;

/* Reads a file ("-": standard input) into *text, at most SOURCE_MAX_BYTES. NULL when done, else what is wrong. */
const char *source_read(hmn_arena *a, const char *path, const char **text, size_t *length);

/* Registers the text with diag and checks its bytes; false after a report. */
bool source_open(source *s, hmn_arena *a, hmn_diag *d, const char *name, const char *text, size_t length);

/* Byte offset of the character at a line and column as libyaml counts them, from 0. */
uint32_t source_offset(source *s, size_t line, size_t column);

/* The span of `bytes` bytes at an offset; it ends with its line. */
hmn_span source_span(const source *s, uint32_t offset, size_t bytes);

#endif
