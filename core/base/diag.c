/* Collects messages. Takes a class, a place and text; yields sorted-by-report lists that tools print as
 * clang does: "file:line:col: error: ...", the source line, a caret, and what would work. Source texts are
 * copied in so that lines can be shown after the parser is gone. */
#include "core/base/diag.h"

#include "core/base/arena.h"
#include "core/base/bug.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_KEPT = 1000, MAX_LINE_SHOWN = 160 };

typedef struct {
    const char *name, *text;
    size_t length;
} source_file;

struct hmn_diag {
    hmn_arena *arena;
    source_file *file;
    size_t nfiles, file_cap;
    hmn_message *message;
    size_t count, cap, lost;
    uint32_t errors, warnings;
    bool werror, strict;
};

typedef struct {
    uint16_t number;
    hmn_severity severity;
    const char *meaning, *cure;
} code_facts;

static const code_facts facts[] = {
#define DIAG(id, number, severity, meaning, cure) {number, severity, meaning, cure},
#include "core/base/diag.def"
#undef DIAG
};

static const char *const names[] = {
#define DIAG(id, number, severity, meaning, cure) severity == DIAG_ERROR ? "E0" #number : "W0" #number,
#include "core/base/diag.def"
#undef DIAG
};

hmn_diag *diag_new(void)
{
    hmn_diag *d = calloc(1, sizeof *d);
    if (!d)
        HMN_BUG("out of memory");
    d->arena = arena_new(0);
    return d;
}

void diag_free(hmn_diag *d)
{
    if (!d)
        return;
    arena_free(d->arena);
    free(d);
}

uint32_t diag_add_file(hmn_diag *d, const char *name, const char *text, size_t length)
{
    d->file = arena_grow(d->arena, d->file, sizeof *d->file, d->nfiles, d->nfiles + 1, &d->file_cap);
    d->file[d->nfiles] =
        (source_file){arena_copy_text(d->arena, name, strlen(name)), arena_copy_text(d->arena, text, length), length};
    return (uint32_t)d->nfiles++;
}

const char *diag_file_name(const hmn_diag *d, uint32_t file) { return file < d->nfiles ? d->file[file].name : ""; }

void diag_report(hmn_diag *d, hmn_diag_code code, hmn_span at, const char *format, ...)
{
    HMN_ASSERT(code < DIAG_CODE_COUNT);
    hmn_severity severity = facts[code].severity;
    if (severity == DIAG_WARNING && (d->werror || (d->strict && code == DIAG_MAY_WRAP)))
        severity = DIAG_ERROR;
    d->errors += severity == DIAG_ERROR;
    d->warnings += severity == DIAG_WARNING;
    if (d->count == MAX_KEPT) {
        d->lost++;
        return;
    }
    char buffer[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    d->message = arena_grow(d->arena, d->message, sizeof *d->message, d->count, d->count + 1, &d->cap);
    d->message[d->count++] = (hmn_message){code, severity, at, arena_copy_text(d->arena, buffer, strlen(buffer)), NULL};
}

void diag_cure(hmn_diag *d, const char *format, ...)
{
    if (d->count == 0 || d->lost)
        return;
    char buffer[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    d->message[d->count - 1].cure = arena_copy_text(d->arena, buffer, strlen(buffer));
}

uint32_t diag_errors(const hmn_diag *d) { return d->errors; }
uint32_t diag_warnings(const hmn_diag *d) { return d->warnings; }
void diag_werror(hmn_diag *d, bool on) { d->werror = on; }
void diag_strict(hmn_diag *d, bool on) { d->strict = on; }
uint32_t diag_count(const hmn_diag *d) { return (uint32_t)d->count; }

const hmn_message *diag_get(const hmn_diag *d, uint32_t index)
{
    HMN_ASSERT(index < d->count);
    return &d->message[index];
}

/* The source line of a span: start and length without the line end, NULL when unknown. */
static const char *source_line(const hmn_diag *d, hmn_span at, size_t *length)
{
    if (at.line == 0 || at.file >= d->nfiles)
        return NULL;
    const char *text = d->file[at.file].text, *end = text + d->file[at.file].length;
    for (uint32_t line = 1; line < at.line; line++) {
        text = memchr(text, '\n', (size_t)(end - text));
        if (!text)
            return NULL;
        text++;
    }
    const char *stop = memchr(text, '\n', (size_t)(end - text));
    *length = (size_t)((stop ? stop : end) - text);
    if (*length && text[*length - 1] == '\r')
        --*length;
    return text;
}

/* One byte of a source line made safe for a terminal. */
static int printable(char c) { return (unsigned char)c < 32 || c == 127 ? ' ' : (unsigned char)c; }

static void print_line(const hmn_diag *d, FILE *out, hmn_span at)
{
    size_t length = 0;
    const char *line = source_line(d, at, &length);
    if (!line)
        return;
    size_t col = at.col ? at.col - 1 : 0;
    if (col > length)
        col = length;
    size_t from = col > MAX_LINE_SHOWN / 2 && length > MAX_LINE_SHOWN ? col - MAX_LINE_SHOWN / 2 : 0;
    size_t to = length - from > MAX_LINE_SHOWN ? from + MAX_LINE_SHOWN : length;
    fprintf(out, "%5u | ", at.line);
    for (size_t i = from; i < to; i++)
        fputc(printable(line[i]), out);
    fputs("\n      | ", out);
    for (size_t i = from; i < col; i++)
        if (((unsigned char)line[i] & 0xC0) != 0x80) /* count characters, not UTF-8 bytes */
            fputc(' ', out);
    fputc('^', out);
    for (size_t i = 1; i < at.len && col + i < to; i++)
        if (((unsigned char)line[col + i] & 0xC0) != 0x80)
            fputc('~', out);
    fputc('\n', out);
}

static const char *severity_word(hmn_severity s)
{
    switch (s) {
    case DIAG_NOTE: return "note";
    case DIAG_WARNING: return "warning";
    case DIAG_ERROR: return "error";
    }
    return "";
}

/* Messages by place in the text, those without a place first, equals as reported. */
static int by_place(const void *pa, const void *pb)
{
    const hmn_message *a = *(const hmn_message *const *)pa, *b = *(const hmn_message *const *)pb;
    if (a->at.file != b->at.file)
        return a->at.file < b->at.file ? -1 : 1;
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line ? -1 : 1;
    if (a->at.col != b->at.col)
        return a->at.col < b->at.col ? -1 : 1;
    return (a > b) - (a < b); /* they stand in one array, in order of report */
}

static const hmn_message **sorted(const hmn_diag *d)
{
    const hmn_message **m = ARENA_NEW(d->arena, const hmn_message *, d->count);
    for (size_t i = 0; i < d->count; i++)
        m[i] = &d->message[i];
    if (d->count)
        qsort(m, d->count, sizeof *m, by_place);
    return m;
}

void diag_print(const hmn_diag *d, FILE *out, bool colour)
{
    static const char *const tint[] = {"\033[36m", "\033[35m", "\033[31m"};
    uint32_t errors = 0, hidden = 0;
    const hmn_message **message = sorted(d);
    for (size_t i = 0; i < d->count; i++) {
        const hmn_message *m = message[i];
        if (m->severity == DIAG_ERROR && errors++ >= DIAG_MAX_SHOWN) {
            hidden++;
            continue;
        }
        if (m->at.line)
            fprintf(out, "%s:%u:%u: ", diag_file_name(d, m->at.file), m->at.line, m->at.col);
        else
            fputs("hmn: ", out);
        fprintf(out, "%s%s:%s %s [%s]\n", colour ? tint[m->severity] : "", severity_word(m->severity),
                colour ? "\033[0m" : "", m->text, names[m->code]);
        print_line(d, out, m->at);
        if (m->cure)
            fprintf(out, "      = help: %s\n", m->cure);
    }
    if (hidden + d->lost)
        fprintf(out, "hmn: %zu more messages are not shown\n", (size_t)hidden + d->lost);
}

static void json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 32)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

void diag_print_json(const hmn_diag *d, FILE *out)
{
    const hmn_message **message = sorted(d);
    for (size_t i = 0; i < d->count; i++) {
        const hmn_message *m = message[i];
        fputs("{\"file\":", out);
        json_text(out, m->at.line ? diag_file_name(d, m->at.file) : "");
        fprintf(out,
                ",\"line\":%u,\"col\":%u,\"length\":%u,\"severity\":\"%s\",\"code\":\"%s\",\"message\":", m->at.line,
                m->at.col, m->at.len, severity_word(m->severity), names[m->code]);
        json_text(out, m->text);
        fputs(",\"help\":", out);
        json_text(out, m->cure ? m->cure : "");
        fputs("}\n", out);
    }
}

const char *diag_code_name(hmn_diag_code code) { return names[code]; }
const char *diag_code_meaning(hmn_diag_code code) { return facts[code].meaning; }
const char *diag_code_cure(hmn_diag_code code) { return facts[code].cure; }
