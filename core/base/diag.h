/* What is wrong with the user's input: collected, located, printed with source line and caret.
 *
 * A pass reports as many errors as it can find and returns false. Only tools/ prints and exits. */
#ifndef HMN_BASE_DIAG_H
#define HMN_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A stretch of one source line. line and col count from 1; line 0 = no place known. col counts bytes. */
typedef struct {
    uint32_t file; /* index given by diag_add_file */
    uint32_t line, col, len;
} hmn_span;

typedef enum { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR } hmn_severity;

/* One enumerator a message class; diag.def says severity, what it means and what usually cures it. */
typedef enum {
#define DIAG(id, number, severity, meaning, cure) DIAG_##id,
#include "core/base/diag.def"
#undef DIAG
    DIAG_CODE_COUNT
} hmn_diag_code;

typedef struct {
    hmn_diag_code code;
    hmn_severity severity;
    hmn_span at;
    const char *text; /* what is wrong and why */
    const char *cure; /* what would work; may be NULL */
} hmn_message;

typedef struct hmn_diag hmn_diag;

enum { DIAG_MAX_SHOWN = 20 };

hmn_diag *diag_new(void);
void diag_free(hmn_diag *d);

/* Registers a source text (copied) so that messages can show its lines. Returns its index. */
uint32_t diag_add_file(hmn_diag *d, const char *name, const char *text, size_t length);
const char *diag_file_name(const hmn_diag *d, uint32_t file);

/* Reports. The severity comes from diag.def. cure_format may be NULL; when both texts need arguments
 * use diag_report and diag_cure. Messages beyond 1000 are counted, not kept. */
void diag_report(hmn_diag *d, hmn_diag_code code, hmn_span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds "what would work" to the message reported last. */
void diag_cure(hmn_diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

uint32_t diag_errors(const hmn_diag *d); /* warnings count here after diag_werror(d, true) */
uint32_t diag_warnings(const hmn_diag *d);
void diag_werror(hmn_diag *d, bool on);
void diag_strict(hmn_diag *d, bool on); /* a register that may overflow (MAY_WRAP) is an error */

uint32_t diag_count(const hmn_diag *d);
const hmn_message *diag_get(const hmn_diag *d, uint32_t index);

/* Human text, at most DIAG_MAX_SHOWN errors, by place in the text; colour: ANSI escapes. */
void diag_print(const hmn_diag *d, FILE *out, bool colour);
/* One JSON object a line: {"file","line","col","severity","code","message","help"}. */
void diag_print_json(const hmn_diag *d, FILE *out);

/* Facts about a code, from diag.def: "E0103", its meaning and its usual cure. */
const char *diag_code_name(hmn_diag_code code);
const char *diag_code_meaning(hmn_diag_code code);
const char *diag_code_cure(hmn_diag_code code);

#endif
