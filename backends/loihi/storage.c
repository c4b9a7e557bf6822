/* What synapse memory holds. Takes a core's tables, yields for each projection and format the synapses, blocks and
 * words, counted over the packed words themselves, so that what is reported is what would be loaded. */
#include "backends/loihi/storage.h"

#include "backends/loihi/decode.h"

#include "core/base/arena.h"

#include <stdarg.h>
#include <stdio.h>

static const char *form_name(const loihi_format *f)
{
    return f->compression == COMPRESSION_DENSE ? "dense" : f->compression == COMPRESSION_RUNS ? "run-length" : "sparse";
}

__attribute__((format(printf, 4, 5))) static int append(char *text, size_t room, int at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text + at, room - (size_t)at, format, args);
    va_end(args);
    return at + n < (int)room ? at + n : (int)room - 1;
}

static void describe(const loihi_format *f, char *text, size_t room)
{
    static const char *const sign[] = {"", "mixed", "excitatory", "inhibitory"};
    const struct {
        const char *name;
        int32_t bits;
    } field[] = {{"delay", f->delay_bits},
                 {"tag", f->tag_bits},
                 {"second tag", f->second_bits},
                 {"index", f->compression == COMPRESSION_SPARSE ? f->index_bits : 0},
                 {"skip", f->compression == COMPRESSION_RUNS ? f->skip_bits : 0},
                 {"length", f->compression == COMPRESSION_RUNS ? f->run_bits : 0}};
    int at = append(text, room, 0, "weight %d %s 2^%d", f->weight_bits, sign[f->sign], f->exponent);
    for (size_t i = 0; i < sizeof field / sizeof *field; i++)
        if (field[i].bits)
            at = append(text, room, at, ", %s %d", field[i].name, field[i].bits);
    if (f->profile)
        append(text, room, at, ", learns");
}

/* Adds up the core's blocks, by projection (the last row: of none) and format. */
static void count(const core_tables *t, uint32_t projections, hmn_storage *sum)
{
    uint64_t end = 0; /* what lies before is counted: axons that share blocks come after the one that has them */
    for (uint64_t a = 0; a < t->table[LOIHI_AXONS].rows; a++)
        for (uint32_t atom = 0; atom < decode_atoms(t, a); atom++) {
            block_cursor c = decode_axon(t, a, atom);
            bool bad;
            for (uint64_t at = c.at; decode_block(t, &c, &bad); at = c.at) {
                uint32_t of = decode_origin(t, at).projection;
                hmn_storage *s = &sum[(of < projections ? of : projections) * t->nformats + c.block.format];
                s->synapses += c.block.count;
                s->shared += at < end ? c.block.count : 0;
                s->blocks += at >= end;
                s->words += at >= end ? c.block.words : 0;
            }
            end = c.end > end ? c.end : end;
        }
}

uint32_t loihi_storage(const hmn_core_view *v, hmn_storage *out, uint32_t room)
{
    core_tables t;
    uint32_t n = 0, projections = (uint32_t)image_host(v->image, HOST_PROJECTIONS).rows;
    if (!decode_tables(v, &t))
        return 0;
    hmn_arena *scratch = arena_new(0);
    hmn_storage *sum = ARENA_NEW(scratch, hmn_storage, (size_t)(projections + 1) * t.nformats);
    count(&t, projections, sum);
    for (uint32_t i = 0; i < (projections + 1) * t.nformats; i++) {
        if (sum[i].blocks == 0)
            continue;
        if (n < room) {
            const loihi_format *f = &t.format[i % t.nformats];
            out[n] = sum[i];
            out[n].projection = i / t.nformats;
            out[n].form = form_name(f);
            describe(f, out[n].widths, sizeof out[n].widths);
        }
        n++;
    }
    arena_free(scratch);
    return n;
}
