/* Prints tables from their descriptions: names, widths and meanings come from hmn_table, so a new column needs no
 * line here. Takes an image and its chip, yields aligned text or JSON. Strings and doubles of host tables are shown
 * as what they stand for, microcode is disassembled, and synapse memory is decoded by the chip itself: the core
 * is booted and asked for its synapses. */
#include "tools/tables.h"

#include "tools/storage.h"

#include "core/isa/ulearn.h"

#include <inttypes.h>
#include <string.h>

typedef enum { CELL_NUMBER, CELL_STRING, CELL_REAL } cell_kind;

static cell_kind kind_of(const hmn_table *t, uint32_t column)
{
    if (t->deployed)
        return CELL_NUMBER;
    const char *meaning = t->column[column].meaning;
    return strncmp(meaning, "string", 6) == 0              ? CELL_STRING
           : strncmp(meaning, "bits of a double", 16) == 0 ? CELL_REAL
                                                           : CELL_NUMBER;
}

static double real_of(int64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static void cell_text(const hmn_image *m, const hmn_table *t, image_rows rows, uint64_t row, uint32_t column, char *out,
                      size_t room)
{
    int64_t v = image_get(rows, row, column);
    const hmn_column *c = &t->column[column];
    switch (kind_of(t, column)) {
    case CELL_STRING: snprintf(out, room, "%s", image_string(m, (uint64_t)v)); return;
    case CELL_REAL: snprintf(out, room, "%.9g", real_of(v)); return;
    case CELL_NUMBER: break;
    }
    if (c->bits == 32 && !c->is_signed && v == UINT32_MAX)
        snprintf(out, room, "-");
    else
        snprintf(out, room, "%" PRId64, v);
}

/* The table of microcode: one column of 32-bit words called word. */
static bool is_microcode(const hmn_table *t)
{
    return strcmp(t->name, "microcode") == 0 && t->ncolumns == 1 && t->column[0].bits == 32;
}

/* ---- text ---- */

enum { CELL = 256 };

static void table_text(const hmn_image *m, const hmn_table *t, image_rows rows, FILE *out)
{
    int width[SCHEMA_MAX_COLUMNS];
    char cell[CELL];
    fprintf(out, "  %s: %" PRIu64 " rows: %s\n", t->name, rows.rows, t->meaning);
    if (rows.rows == 0 || t->ncolumns == 0)
        return;
    for (uint32_t c = 0; c < t->ncolumns; c++) {
        width[c] = (int)strlen(t->column[c].name);
        for (uint64_t r = 0; r < rows.rows; r++) {
            cell_text(m, t, rows, r, c, cell, sizeof cell);
            width[c] = (int)strlen(cell) > width[c] ? (int)strlen(cell) : width[c];
        }
    }
    fputs("         #", out);
    for (uint32_t c = 0; c < t->ncolumns; c++)
        fprintf(out, " %*s", width[c], t->column[c].name);
    fputc('\n', out);
    for (uint64_t r = 0; r < rows.rows; r++) {
        fprintf(out, "%10" PRIu64, r);
        for (uint32_t c = 0; c < t->ncolumns; c++) {
            cell_text(m, t, rows, r, c, cell, sizeof cell);
            fprintf(out, " %*s", width[c], cell);
        }
        if (is_microcode(t)) {
            ulearn_word_text((uint32_t)image_get(rows, r, 0), cell, sizeof cell);
            fprintf(out, "  %s", cell);
        }
        fputc('\n', out);
    }
}

/* ---- synapses, decoded by the chip ---- */

typedef struct {
    hmn_arena *arena;
    void *rom, *state;
    const hmn_chip *chip;
} booted;

static bool boot(booted *b, const hmn_image *m, const hmn_chip *chip, uint32_t core, hmn_diag *d)
{
    hmn_core_view v = {m, chip, core, image_seed(m)};
    if (!chip->check(&v, d))
        return false;
    hmn_core_size size = chip->size(&v);
    *b = (booted){arena_new(0), NULL, NULL, chip};
    b->rom = arena_alloc(b->arena, size.rom, 64);
    b->state = arena_alloc(b->arena, size.state, 64);
    chip->boot(&v, b->rom, b->state);
    return true;
}

enum { CHUNK = 1024 };

static void synapses_text(const booted *b, FILE *out)
{
    hmn_synapse s[CHUNK];
    uint64_t first = 0, n;
    fprintf(out, "  synapses, decoded:\n%10s %6s %11s %10s %6s %5s %4s\n", "#", "axon", "compartment", "projection",
            "weight", "delay", "tag");
    while ((n = b->chip->synapses(b->rom, b->state, first, s, CHUNK)) > 0) {
        for (uint64_t i = 0; i < n; i++)
            fprintf(out,
                    "%10" PRIu64 " %6" PRIu32 " %11" PRIu32 " %10" PRIu32 " %6" PRId32 " %5" PRId32 " %4" PRId32 "\n",
                    first + i, s[i].axon, s[i].compartment, s[i].projection, s[i].weight, s[i].delay, s[i].tag);
        first += n;
    }
}

static bool core_text(const hmn_image *m, const hmn_chip *chip, uint32_t core, FILE *out, hmn_diag *d)
{
    booted b;
    fprintf(out, "core %" PRIu32 "\n", core);
    for (uint32_t t = 0; t < chip->ntables; t++)
        table_text(m, &chip->tables[t], image_section(m, chip->tables, t, core), out);
    if (!boot(&b, m, chip, core, d))
        return false;
    synapses_text(&b, out);
    arena_free(b.arena);
    return true;
}

bool tables_text(const hmn_image *m, const hmn_chip *chip, int64_t core, FILE *out, hmn_diag *d)
{
    bool ok = true;
    fprintf(out, "image for %s: %" PRIu32 " cores, seed %" PRIu64 ", hash %016" PRIx64 "\n", image_chip(m),
            image_cores(m), image_seed(m), image_hash(m));
    if (core != TABLES_ALL_CORES)
        return core_text(m, chip, (uint32_t)core, out, d);
    fputs("host\n", out);
    for (uint32_t t = 0; t < HOST_TABLE_COUNT; t++)
        table_text(m, image_host_table((host_table)t), image_host(m, (host_table)t), out);
    storage_text(m, chip, out);
    for (uint32_t i = 0; i < image_cores(m); i++)
        ok &= core_text(m, chip, i, out, d);
    return ok;
}

/* ---- JSON ---- */

static void columns_json(const hmn_table *t, json_out *j)
{
    json_put_array(j, "columns");
    for (uint32_t c = 0; c < t->ncolumns; c++) {
        json_put_row(j, NULL);
        json_put_text(j, NULL, t->column[c].name);
        json_put_natural(j, NULL, t->column[c].bits);
        json_put_bool(j, NULL, t->column[c].is_signed);
        json_put_text(j, NULL, t->column[c].meaning);
        json_put_close(j);
    }
    json_put_close(j);
}

static void row_json(const hmn_image *m, const hmn_table *t, image_rows rows, uint64_t row, json_out *j)
{
    json_put_row(j, NULL);
    for (uint32_t c = 0; c < t->ncolumns; c++) {
        int64_t v = image_get(rows, row, c);
        switch (kind_of(t, c)) {
        case CELL_STRING: json_put_text(j, NULL, image_string(m, (uint64_t)v)); break;
        case CELL_REAL: json_put_real(j, NULL, real_of(v)); break;
        case CELL_NUMBER: json_put_integer(j, NULL, v); break;
        }
    }
    json_put_close(j);
}

static void disassembly_json(image_rows rows, json_out *j)
{
    char text[CELL];
    json_put_array(j, "disassembly");
    for (uint64_t r = 0; r < rows.rows; r++) {
        ulearn_word_text((uint32_t)image_get(rows, r, 0), text, sizeof text);
        json_put_text(j, NULL, text);
    }
    json_put_close(j);
}

static void table_json(const hmn_image *m, const hmn_table *t, image_rows rows, json_out *j)
{
    json_put_object(j, t->name);
    json_put_text(j, "meaning", t->meaning);
    json_put_bool(j, "deployed", t->deployed);
    if (t->ncolumns)
        columns_json(t, j);
    json_put_array(j, t->ncolumns ? "rows" : "words");
    for (uint64_t r = 0; r < rows.rows; r++) {
        if (t->ncolumns)
            row_json(m, t, rows, r, j);
        else
            json_put_hex(j, NULL, rows.words[r]);
    }
    json_put_close(j);
    if (is_microcode(t))
        disassembly_json(rows, j);
    json_put_close(j);
}

static void synapses_json(const booted *b, json_out *j)
{
    static const char *const names[] = {"axon", "compartment", "projection", "weight", "delay", "tag"};
    hmn_synapse s[CHUNK];
    uint64_t first = 0, n;
    json_put_object(j, "synapses");
    json_put_row(j, "columns");
    for (uint32_t i = 0; i < 6; i++)
        json_put_text(j, NULL, names[i]);
    json_put_close(j);
    json_put_array(j, "rows");
    for (; (n = b->chip->synapses(b->rom, b->state, first, s, CHUNK)) > 0; first += n)
        for (uint64_t i = 0; i < n; i++) {
            const int64_t v[] = {s[i].axon, s[i].compartment, s[i].projection, s[i].weight, s[i].delay, s[i].tag};
            json_put_row(j, NULL);
            for (uint32_t k = 0; k < 6; k++)
                json_put_integer(j, NULL, v[k]);
            json_put_close(j);
        }
    json_put_close(j);
    json_put_close(j);
}

void tables_host_json(const hmn_image *m, json_out *j)
{
    for (uint32_t t = 0; t < HOST_TABLE_COUNT; t++)
        table_json(m, image_host_table((host_table)t), image_host(m, (host_table)t), j);
}

bool tables_core_json(const hmn_image *m, const hmn_chip *chip, uint32_t core, bool deployed_only, json_out *j,
                      hmn_diag *d)
{
    booted b;
    json_put_natural(j, "core", core);
    json_put_object(j, "tables");
    for (uint32_t t = 0; t < chip->ntables; t++)
        if (chip->tables[t].deployed || !deployed_only)
            table_json(m, &chip->tables[t], image_section(m, chip->tables, t, core), j);
    json_put_close(j);
    if (!boot(&b, m, chip, core, d))
        return false;
    synapses_json(&b, j);
    arena_free(b.arena);
    return true;
}

bool tables_json(const hmn_image *m, const hmn_chip *chip, int64_t core, FILE *out, hmn_diag *d)
{
    json_out j;
    bool ok = true;
    json_put_begin(&j, out);
    json_put_object(&j, NULL);
    json_put_text(&j, "chip", image_chip(m));
    json_put_natural(&j, "seed", image_seed(m));
    json_put_hex(&j, "hash", image_hash(m));
    if (core == TABLES_ALL_CORES) {
        json_put_object(&j, "host");
        tables_host_json(m, &j);
        json_put_close(&j);
        storage_json(m, chip, &j);
    }
    json_put_array(&j, "cores");
    for (uint32_t i = 0; i < image_cores(m); i++) {
        if (core != TABLES_ALL_CORES && core != i)
            continue;
        json_put_object(&j, NULL);
        ok &= tables_core_json(m, chip, i, false, &j, d);
        json_put_close(&j);
    }
    json_put_close(&j);
    json_put_close(&j);
    json_put_end(&j);
    return ok;
}
