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
    uint64_t end;   /* bits that may be read */
    uint32_t stray; /* what second tags hold that should be 0 */
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
static bool has_runs(const loihi_format *f) { return f->compression == COMPRESSION_RUNS; }

static uint32_t head_bits(const loihi_format *f)
{
    return FORMAT_BITS + COUNT_BITS +
           (f->compression == COMPRESSION_SPARSE ? 0 : (uint32_t)(FIRST_BITS + f->first_more));
}

/* How many of n compartments follow one another from the first on, `most` at most. */
static uint32_t stretch(const uint32_t *compartment, uint32_t n, uint32_t most)
{
    uint32_t k = 1;
    while (k < n && k < most && compartment[k] == compartment[0] + k)
        k++;
    return k;
}

/* May a run at `next` follow one that ends at `last`? */
static bool reaches(const loihi_format *f, uint32_t last, uint32_t next)
{
    return next > last && (next - last - 1) >> f->skip_bits == 0;
}

uint32_t pack_take(const loihi_format *f, const uint32_t *compartment, uint32_t n, uint32_t *words)
{
    uint32_t most = n < PACK_BLOCK ? n : PACK_BLOCK, k = most, bits = head_bits(f);
    if (is_dense(f))
        k = stretch(compartment, most, most);
    else if (has_runs(f)) {
        bits += (uint32_t)f->run_bits;
        for (k = stretch(compartment, most, 1u << f->run_bits);
             k < most && reaches(f, compartment[k - 1], compartment[k]); bits += (uint32_t)(f->skip_bits + f->run_bits))
            k += stretch(compartment + k, most - k, 1u << f->run_bits);
    }
    *words = (bits + k * (uint32_t)pack_entry(f) + 63) / 64;
    return k;
}

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

static void put_entry(const loihi_format *f, bit_writer *w, const loihi_synapse *s)
{
    put(w, mantissa_of(f, s->weight), f->weight_bits);
    put(w, s->delay, f->delay_bits);
    put(w, (uint32_t)s->tag, f->tag_bits);
    put(w, 0, f->second_bits);
    if (f->compression == COMPRESSION_SPARSE)
        put(w, s->compartment, f->index_bits);
}

/* Length of the run that begins with s. */
static uint32_t run_of(const loihi_format *f, const loihi_synapse *s, uint32_t n)
{
    uint32_t k = 1;
    while (k < n && k < 1u << f->run_bits && s[k].compartment == s[0].compartment + k)
        k++;
    return k;
}

static void put_runs(const loihi_format *f, bit_writer *w, const loihi_synapse *s, uint32_t n)
{
    for (uint32_t i = 0; i < n;) {
        uint32_t end = i + run_of(f, s + i, n - i);
        if (i)
            put(w, s[i].compartment - s[i - 1].compartment - 1u, f->skip_bits);
        put(w, end - i - 1, f->run_bits);
        for (; i < end; i++)
            put_entry(f, w, &s[i]);
    }
}

uint32_t pack_block(const loihi_format *f, uint32_t id, const loihi_synapse *s, uint32_t n, uint64_t *word)
{
    HMN_ASSERT(n >= 1 && n <= PACK_BLOCK && id >= 1 && id < 16);
    memset(word, 0, PACK_BLOCK_WORDS * sizeof *word);
    bit_writer w = {word, 0};
    put(&w, id, FORMAT_BITS);
    put(&w, n - 1, COUNT_BITS);
    if (f->compression != COMPRESSION_SPARSE)
        put(&w, s[0].compartment, FIRST_BITS + f->first_more);
    if (has_runs(f))
        put_runs(f, &w, s, n);
    else
        for (uint32_t i = 0; i < n; i++)
            put_entry(f, &w, &s[i]);
    return (w.bit + 63) / 64;
}

/* A second tag begins at 0; one that does not is noted. */
static void get_entry(const loihi_format *f, bit_reader *r, loihi_synapse *s, uint32_t compartment)
{
    s->weight = (int16_t)weight_of(f, r);
    s->delay = (uint8_t)get(r, f->delay_bits);
    s->tag = (int16_t)get_signed(r, f->tag_bits);
    r->stray |= get(r, f->second_bits);
    s->compartment = (uint16_t)(f->compression == COMPRESSION_SPARSE ? get(r, f->index_bits) : compartment);
}

/* Are so many bits left to read? */
static bool left(const bit_reader *r, uint64_t bits) { return r->bit + bits <= r->end; }

static bool get_runs(const loihi_format *f, bit_reader *r, loihi_block *out, uint32_t first)
{
    for (uint32_t i = 0, at = first; i < out->count;) {
        if (!left(r, (uint64_t)((i ? f->skip_bits : 0) + f->run_bits)))
            return false;
        at += i ? get(r, f->skip_bits) : 0;
        uint32_t length = get(r, f->run_bits) + 1;
        if (length > out->count - i || at + length > UINT16_MAX || !left(r, (uint64_t)length * (uint32_t)pack_entry(f)))
            return false;
        for (uint32_t end = i + length; i < end; i++)
            get_entry(f, r, &out->synapse[i], at++);
    }
    return true;
}

static bool get_entries(const loihi_format *f, bit_reader *r, loihi_block *out)
{
    bool sparse = f->compression == COMPRESSION_SPARSE;
    if (!left(r, head_bits(f) - r->bit))
        return false;
    uint32_t first = sparse ? 0 : get(r, FIRST_BITS + f->first_more);
    if (has_runs(f))
        return get_runs(f, r, out, first);
    if (!left(r, (uint64_t)out->count * (uint32_t)pack_entry(f)))
        return false;
    for (uint32_t i = 0; i < out->count; i++)
        get_entry(f, r, &out->synapse[i], first + i);
    return true;
}

bool unpack_block(const loihi_format *formats, uint32_t nformats, const uint64_t *word, uint64_t room, loihi_block *out)
{
    if (room == 0)
        return false;
    bit_reader r = {word, 0, (room < PACK_BLOCK_WORDS ? room : PACK_BLOCK_WORDS) * 64, 0};
    uint32_t id = get(&r, FORMAT_BITS);
    out->count = get(&r, COUNT_BITS) + 1;
    if (id == 0 || id > nformats)
        return false;
    const loihi_format *f = &formats[id - 1];
    out->format = id - 1;
    if ((f->compression != COMPRESSION_SPARSE && !has_runs(f) && !is_dense(f)) || !get_entries(f, &r, out))
        return false;
    out->words = (r.bit + 63) / 64;
    uint32_t rest = r.bit % 64;
    return r.stray == 0 && (rest == 0 || word[out->words - 1] >> rest == 0);
}
