/* Reads input spikes and signals. Takes a .npy array or text, yields spikes sorted by step and neuron, and levels.
 * Every row is checked against the network: the neuron must be there and must be a source, because a chip cannot be
 * told that one of its own neurons fired. Errors in text carry the line. */
#include "tools/inputs.h"

#include "tools/npy.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const layout *net;
    const char *path;
    uint32_t file; /* of the diagnostics */
    hmn_arena *arena;
    hmn_diag *diag;
    input_spike *spike;
    size_t count, cap;
    input_level *level;
    size_t nlevels, level_cap;
} reader;

static bool refuse(reader *r, hmn_span at, uint64_t row, const char *what)
{
    if (at.line)
        diag_report(r->diag, DIAG_FILE_FORMAT, at, "%s", what);
    else
        diag_report(r->diag, DIAG_FILE_FORMAT, at, "'%s', row %" PRIu64 ": %s", r->path, row, what);
    return false;
}

/* One spike; population NET_NONE: `neuron` is a global index. */
static bool add(reader *r, hmn_span at, uint64_t row, int64_t step, uint32_t population, int64_t neuron)
{
    const layout *l = r->net;
    if (step < 0 || step >= UINT32_MAX)
        return refuse(r, at, row, "a step is a whole number from 0");
    int64_t size = population == NET_NONE ? l->neurons : l->population[population].size;
    if (neuron < 0 || neuron >= size)
        return refuse(r, at, row,
                      arena_printf(r->arena, "there is no neuron %" PRId64 ", %s has %" PRId64, neuron,
                                   population == NET_NONE ? "the network" : l->population[population].name, size));
    uint32_t global = (uint32_t)neuron + (population == NET_NONE ? 0 : l->population[population].first);
    uint32_t holder = population == NET_NONE ? layout_population_of(l, global) : population;
    if (!l->population[holder].source)
        return refuse(r, at, row,
                      arena_printf(r->arena, "population %s is not a source, spikes cannot be put into it",
                                   l->population[holder].name));
    r->spike = arena_grow(r->arena, r->spike, sizeof *r->spike, r->count, r->count + 1, &r->cap);
    r->spike[r->count++] = (input_spike){(uint32_t)step, global};
    return true;
}

/* ---- arrays ---- */

static bool read_array(reader *r)
{
    const npy_array *t = npy_read(r->path, r->arena, r->diag);
    if (!t)
        return false;
    if (!t->integers || t->dimensions != 2 || (t->columns != 2 && t->columns != 3)) {
        diag_report(r->diag, DIAG_FILE_FORMAT, (hmn_span){0}, "'%s' must hold integers in 2 or 3 columns", r->path);
        diag_cure(r->diag, "rows are (step, neuron) or (step, population, neuron)");
        return false;
    }
    for (uint64_t i = 0; i < t->rows && diag_errors(r->diag) < DIAG_MAX_SHOWN; i++) {
        const int64_t *v = t->whole + i * t->columns;
        if (t->columns == 3 && (v[1] < 0 || v[1] >= r->net->npopulations))
            refuse(r, (hmn_span){0}, i, "there is no population of that number");
        else
            add(r, (hmn_span){0}, i, v[0], t->columns == 3 ? (uint32_t)v[1] : NET_NONE, v[t->columns - 1]);
    }
    return diag_errors(r->diag) == 0;
}

/* ---- text ---- */

static bool number(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return end != text && *end == 0 && errno == 0;
}

static bool population(reader *r, const char *text, uint32_t *out)
{
    int64_t index;
    *out = layout_find_population(r->net, text);
    if (*out == NET_NONE && number(text, &index) && index >= 0 && index < r->net->npopulations)
        *out = (uint32_t)index;
    return *out != NET_NONE;
}

/* Splits at blanks and commas; at most 4 words are of interest. */
static uint32_t words_of(char *line, char *word[4])
{
    uint32_t n = 0;
    line[strcspn(line, "#\r\n")] = 0;
    for (char *at = strtok_r(line, " \t,", &line); at && n < 4; at = strtok_r(NULL, " \t,", &line))
        word[n++] = at;
    return n;
}

static bool is_signal(const char *word) { return strncmp(word, "input.", 6) == 0 || strncmp(word, "task.", 5) == 0; }

static bool read_level(reader *r, hmn_span at, char *word[4])
{
    int64_t step;
    char *end;
    double value = strtod(word[2], &end);
    uint32_t fed = 0;
    if (!number(word[0], &step) || step < 0 || step >= UINT32_MAX)
        return refuse(r, at, 0, "a step is a whole number from 0");
    if (end == word[2] || *end || !isfinite(value))
        return refuse(r, at, 0, arena_printf(r->arena, "'%s' is no level of a signal", word[2]));
    for (uint32_t k = 0; k < r->net->nmodulators; k++) {
        if (strcmp(r->net->signal[k], word[1]) != 0)
            continue;
        r->level = arena_grow(r->arena, r->level, sizeof *r->level, r->nlevels, r->nlevels + 1, &r->level_cap);
        r->level[r->nlevels++] = (input_level){(uint32_t)step, k, value, at.line};
        fed++;
    }
    return fed || refuse(r, at, 0, arena_printf(r->arena, "no neuromodulator is fed by '%s'", word[1]));
}

static bool read_line(reader *r, char *line, uint32_t number_of_line)
{
    hmn_span at = {r->file, number_of_line, 1, (uint32_t)strcspn(line, "#\r\n")};
    char *word[4];
    uint32_t n = words_of(line, word), holder = NET_NONE;
    int64_t step, neuron;
    if (n == 0)
        return true;
    if (n != 2 && n != 3)
        return refuse(r, at, 0,
                      "a line has two or three values: (step, neuron), (step, population, neuron) "
                      "or (step, signal, value)");
    if (n == 3 && is_signal(word[1]))
        return read_level(r, at, word);
    if (n == 3 && !population(r, word[1], &holder))
        return refuse(r, at, 0, arena_printf(r->arena, "no population '%s'", word[1]));
    if (!number(word[0], &step) || !number(word[n - 1], &neuron))
        return refuse(r, at, 0, "steps and neurons are whole numbers");
    return add(r, at, 0, step, holder, neuron);
}

static bool read_text(reader *r, FILE *f)
{
    char *text = NULL;
    size_t length = 0, cap = 0;
    while (!feof(f) && !ferror(f)) {
        text = arena_grow(r->arena, text, 1, length, length + 65536, &cap);
        length += fread(text + length, 1, cap - length - 1, f);
    }
    if (ferror(f)) {
        diag_report(r->diag, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", r->path, strerror(errno));
        return false;
    }
    text[length] = 0;
    r->file = diag_add_file(r->diag, r->path, text, length);
    uint32_t line = 1;
    for (char *at = text; at < text + length && diag_errors(r->diag) < DIAG_MAX_SHOWN; line++) {
        size_t n = strcspn(at, "\n");
        at[n] = 0;
        read_line(r, at, line);
        at += n + 1;
    }
    return diag_errors(r->diag) == 0;
}

static int by_step_neuron(const void *pa, const void *pb)
{
    const input_spike *a = pa, *b = pb;
    if (a->step != b->step)
        return a->step < b->step ? -1 : 1;
    return (a->neuron > b->neuron) - (a->neuron < b->neuron);
}

static bool read_any(reader *r)
{
    FILE *f = fopen(r->path, "rb");
    char start[6] = {0};
    if (!f) {
        diag_report(r->diag, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", r->path, strerror(errno));
        return false;
    }
    bool array = fread(start, 1, 6, f) == 6 && memcmp(start, "\x93NUMPY", 6) == 0;
    clearerr(f);
    rewind(f);
    bool ok = array ? read_array(r) : read_text(r, f);
    fclose(f);
    return ok;
}

static int by_step_line(const void *pa, const void *pb)
{
    const input_level *a = pa, *b = pb;
    if (a->step != b->step)
        return a->step < b->step ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

bool inputs_read(const char *path, const layout *l, hmn_arena *a, hmn_diag *d, input_spike **spike, uint64_t *count,
                 input_level **level, uint64_t *nlevels)
{
    reader r = {.net = l, .path = path, .arena = a, .diag = d};
    if (!read_any(&r))
        return false;
    if (r.count)
        qsort(r.spike, r.count, sizeof *r.spike, by_step_neuron);
    if (r.nlevels)
        qsort(r.level, r.nlevels, sizeof *r.level, by_step_line);
    *level = r.level;
    *nlevels = r.nlevels;
    uint64_t n = 0;
    for (size_t i = 0; i < r.count; i++)
        if (n == 0 || by_step_neuron(&r.spike[n - 1], &r.spike[i]) != 0)
            r.spike[n++] = r.spike[i];
    *spike = r.spike;
    *count = n;
    return true;
}
