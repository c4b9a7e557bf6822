/* Packing of synapse blocks. Takes synapses and a format, yields 64-bit words and back (drawing in pack.h). One
 * bit cursor serves both ways; an entry's fields are written in the order in which they are read. */
#include "backends/loihi/pack.h"

#include "backends/loihi/weights.h"

#include "core/base/bug.h"
#include "core/base/fx.h"

#include <string.h>

enum { FORMAT_BITS = 4, COUNT_BITS = 6, FIRST_BITS = 10 };

typedef struct {
    uint64_t *word;
    uint32_t bit;
} bit_writer;

typedef struct {
    const uint64_t *word;
    uint32_t bit;
} bit_reader;

static void put(bit_writer *w, uint32_t value, int32_t bits)
{
    if (bits == 0)
        return;
    uint64_t v = value & (((uint64_t)1 << bits) - 1);
    uint32_t at = w->bit % 64;
    w->word[w->bit / 64] |= v << at;
    if (at + (uint32_t)bits > 64)
        w->word[w->bit / 64 + 1] |= v >> (64 - at);
    w->bit += (uint32_t)bits;
}

static uint32_t get(bit_reader *r, int32_t bits)
{
    if (bits == 0)
        return 0;
    uint32_t at = r->bit % 64;
    uint64_t v = r->word[r->bit / 64] >> at;
    if (at + (uint32_t)bits > 64)
        v |= r->word[r->bit / 64 + 1] << (64 - at);
    r->bit += (uint32_t)bits;
    return (uint32_t)(v & (((uint64_t)1 << bits) - 1));
}

static int32_t get_signed(bit_reader *r, int32_t bits)
{
    return bits ? fx_wrap32((int32_t)get(r, bits), (unsigned)bits - 1) : 0;
}

static bool is_dense(const loihi_format *f) { return f->compression == COMPRESSION_DENSE; }

static uint32_t block_bits(const loihi_format *f, uint32_t n)
{
    int32_t entry = f->weight_bits + f->delay_bits + f->tag_bits + (is_dense(f) ? 0 : f->index_bits);
    uint32_t first = is_dense(f) ? (uint32_t)(FIRST_BITS + f->first_more) : 0;
    return FORMAT_BITS + COUNT_BITS + first + n * (uint32_t)entry;
}

uint32_t pack_words(const loihi_format *f, uint32_t n) { return (block_bits(f, n) + 63) / 64; }

static uint32_t mantissa_of(const loihi_format *f, int32_t weight)
{
    int32_t m = (int32_t)fx_shr_rd(weight, loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign));
    return (uint32_t)(f->sign == SIGN_INHIBITORY ? -m : m);
}

static int32_t weight_of(const loihi_format *f, bit_reader *r)
{
    int32_t m = f->sign == SIGN_MIXED ? get_signed(r, f->weight_bits) : (int32_t)get(r, f->weight_bits);
    m = f->sign == SIGN_INHIBITORY ? -m : m;
    return (int32_t)fx_shl(m, loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign));
}

uint32_t pack_block(const loihi_format *f, uint32_t id, const loihi_synapse *s, uint32_t n, uint64_t *word)
{
    HMN_ASSERT(n >= 1 && n <= PACK_BLOCK && id >= 1 && id < 16);
    uint32_t words = pack_words(f, n);
    memset(word, 0, words * sizeof *word);
    bit_writer w = {word, 0};
    put(&w, id, FORMAT_BITS);
    put(&w, n - 1, COUNT_BITS);
    if (is_dense(f))
        put(&w, s[0].compartment, FIRST_BITS + f->first_more);
    for (uint32_t i = 0; i < n; i++) {
        put(&w, mantissa_of(f, s[i].weight), f->weight_bits);
        put(&w, s[i].delay, f->delay_bits);
        put(&w, (uint32_t)s[i].tag, f->tag_bits);
        if (!is_dense(f))
            put(&w, s[i].compartment, f->index_bits);
    }
    return words;
}

static void read_entries(const loihi_format *f, bit_reader *r, loihi_block *out)
{
    uint32_t first = is_dense(f) ? get(r, FIRST_BITS + f->first_more) : 0;
    for (uint32_t i = 0; i < out->count; i++) {
        loihi_synapse *s = &out->synapse[i];
        s->weight = (int16_t)weight_of(f, r);
        s->delay = (uint8_t)get(r, f->delay_bits);
        s->tag = (int16_t)get_signed(r, f->tag_bits);
        s->compartment = (uint16_t)(is_dense(f) ? first + i : get(r, f->index_bits));
    }
}

bool unpack_block(const loihi_format *formats, uint32_t nformats, const uint64_t *word, uint64_t room, loihi_block *out)
{
    if (room == 0)
        return false;
    bit_reader r = {word, 0};
    uint32_t id = get(&r, FORMAT_BITS);
    out->count = get(&r, COUNT_BITS) + 1;
    if (id == 0 || id > nformats)
        return false;
    const loihi_format *f = &formats[id - 1];
    out->format = id - 1;
    out->words = pack_words(f, out->count);
    if (out->words > room || (f->compression != COMPRESSION_SPARSE && !is_dense(f)))
        return false;
    read_entries(f, &r, out);
    uint32_t rest = r.bit % 64;
    return rest == 0 || word[out->words - 1] >> rest == 0;
}
