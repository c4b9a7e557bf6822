/* Where the bits of synapses go. Takes an image, asks its chip what each core stores (chip->storage), yields forms,
 * widths and bits a synapse of every projection, cores of the same form added up. */
#include "tools/storage.h"

#include "core/base/arena.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    hmn_storage s;
    uint32_t cores;
} stored;

typedef struct {
    stored *row;
    size_t n, cap;
    hmn_arena *arena;
} store;

static void add(store *t, const hmn_storage *s)
{
    size_t i = 0;
    while (i < t->n && (t->row[i].s.projection != s->projection || strcmp(t->row[i].s.form, s->form) != 0 ||
                        strcmp(t->row[i].s.widths, s->widths) != 0))
        i++;
    if (i == t->n) {
        t->row = arena_grow(t->arena, t->row, sizeof *t->row, t->n, t->n + 1, &t->cap);
        t->row[t->n++] = (stored){.s = *s, .cores = 1};
        return;
    }
    t->row[i].s.synapses += s->synapses;
    t->row[i].s.shared += s->shared;
    t->row[i].s.blocks += s->blocks;
    t->row[i].s.words += s->words;
    t->row[i].cores++;
}

static int by_projection(const void *left, const void *right)
{
    const stored *l = left, *r = right;
    if (l->s.projection != r->s.projection)
        return l->s.projection < r->s.projection ? -1 : 1;
    return l->s.words != r->s.words ? (l->s.words < r->s.words) - (l->s.words > r->s.words)
                                    : strcmp(l->s.widths, r->s.widths);
}

static store collect(const hmn_image *m, const hmn_chip *chip)
{
    store t = {.arena = arena_new(0)};
    for (uint32_t core = 0; chip->storage && core < image_cores(m); core++) {
        hmn_core_view v = {m, chip, core, image_seed(m)};
        uint32_t n = chip->storage(&v, NULL, 0);
        hmn_storage *s = ARENA_NEW(t.arena, hmn_storage, n);
        chip->storage(&v, s, n);
        for (uint32_t i = 0; i < n; i++)
            add(&t, &s[i]);
    }
    if (t.n)
        qsort(t.row, t.n, sizeof *t.row, by_projection);
    return t;
}

static const char *name_of(const hmn_image *m, uint32_t projection)
{
    image_rows rows = image_host(m, HOST_PROJECTIONS);
    uint32_t column = schema_find(image_host_table(HOST_PROJECTIONS), "name");
    return projection < rows.rows ? image_string(m, (uint64_t)image_get(rows, projection, column)) : "?";
}

static double bits(const hmn_storage *s) { return s->synapses ? 64.0 * (double)s->words / (double)s->synapses : 0; }

static hmn_storage total(const store *t, size_t first, size_t end)
{
    hmn_storage sum = {0};
    for (size_t i = first; i < end; i++) {
        sum.synapses += t->row[i].s.synapses;
        sum.shared += t->row[i].s.shared;
        sum.blocks += t->row[i].s.blocks;
        sum.words += t->row[i].s.words;
    }
    return sum;
}

/* Rows from `first` on that are of its projection. */
static size_t end_of(const store *t, size_t first)
{
    size_t end = first;
    while (end < t->n && t->row[end].s.projection == t->row[first].s.projection)
        end++;
    return end;
}

void storage_text(const hmn_image *m, const hmn_chip *chip, FILE *out)
{
    store t = collect(m, chip);
    int width = 10;
    for (size_t i = 0; i < t.n; i++) {
        int n = (int)strlen(name_of(m, t.row[i].s.projection));
        width = n > width ? n : width;
    }
    if (chip->storage)
        fprintf(out, "synapse memory\n  %-*s %-10s %5s %10s %10s %8s %8s %12s  %s\n", width, "projection", "form",
                "cores", "synapses", "shared", "blocks", "words", "bits/synapse", "bits of a field");
    for (size_t i = 0; i < t.n; i++) {
        const hmn_storage *s = &t.row[i].s;
        fprintf(out, "  %-*s %-10s %5" PRIu32 " %10" PRIu64 " %10" PRIu64 " %8" PRIu64 " %8" PRIu64 " %12.2f  %s\n",
                width, name_of(m, s->projection), s->form, t.row[i].cores, s->synapses, s->shared, s->blocks, s->words,
                bits(s), s->widths);
    }
    hmn_storage all = total(&t, 0, t.n);
    if (chip->storage)
        fprintf(out, "  %-*s %-10s %5s %10" PRIu64 " %10" PRIu64 " %8" PRIu64 " %8" PRIu64 " %12.2f\n", width, "all",
                "", "", all.synapses, all.shared, all.blocks, all.words, bits(&all));
    arena_free(t.arena);
}

static void amounts(const hmn_storage *s, json_out *j)
{
    json_put_natural(j, "synapses", s->synapses);
    json_put_natural(j, "shared", s->shared);
    json_put_natural(j, "blocks", s->blocks);
    json_put_natural(j, "words", s->words);
    json_put_real(j, "bits_per_synapse", bits(s));
}

void storage_json(const hmn_image *m, const hmn_chip *chip, json_out *j)
{
    if (!chip->storage)
        return;
    store t = collect(m, chip);
    hmn_storage sum = total(&t, 0, t.n);
    json_put_object(j, "synapse_memory");
    amounts(&sum, j);
    json_put_array(j, "projections");
    for (size_t i = 0, end; i < t.n; i = end) {
        end = end_of(&t, i);
        sum = total(&t, i, end);
        json_put_object(j, NULL);
        json_put_text(j, "projection", name_of(m, t.row[i].s.projection));
        amounts(&sum, j);
        json_put_array(j, "forms");
        for (size_t k = i; k < end; k++) {
            json_put_object(j, NULL);
            json_put_text(j, "form", t.row[k].s.form);
            json_put_text(j, "widths", t.row[k].s.widths);
            json_put_natural(j, "cores", t.row[k].cores);
            amounts(&t.row[k].s, j);
            json_put_close(j);
        }
        json_put_close(j);
        json_put_close(j);
    }
    json_put_close(j);
    json_put_close(j);
    arena_free(t.arena);
}
