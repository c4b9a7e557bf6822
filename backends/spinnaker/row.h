/* A synaptic row in SDRAM: all synapses of one source neuron onto the neurons of one core (eq. S40).
 *
 *   word 0        P, number of plastic words
 *   1 .. P        plastic words: what the rule keeps
 *   P + 1         F, number of fixed synapses
 *   P + 2         K, number of plastic controls
 *   F words       fixed synapses    |31     weight     16|15  0 |delay|type|index|
 *   ceil(K/2)     plastic controls, two a word, low half first: the low 16 bits of the form above;
 *                 in a neuromodulation row a word each, |31  concentration  16|15  neuron  0|
 */
#ifndef HMN_BACKENDS_SPINNAKER_ROW_H
#define HMN_BACKENDS_SPINNAKER_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of a row without its three counts: the table of populations could say 256, the DMA buffer holds 255. */
enum { ROW_COUNTS = 3, ROW_MAX_WORDS = 255 };

/* Widths of the fields of a synapse, from bit 0 up; together at most 16. */
typedef struct {
    uint32_t index_bits, type_bits, delay_bits;
} row_format;

/* Bits that count to n values, as the host tools reckon: 0, 1, else ceil(log2 n). */
uint32_t row_bits_for(uint32_t n);

static inline uint32_t row_index(const row_format *f, uint32_t word) { return word & ((1u << f->index_bits) - 1); }

static inline uint32_t row_type(const row_format *f, uint32_t word)
{
    return word >> f->index_bits & ((1u << f->type_bits) - 1);
}

static inline uint32_t row_type_index(const row_format *f, uint32_t word)
{
    return word & ((1u << (f->index_bits + f->type_bits)) - 1);
}

/* In steps; 0 stands for the largest delay, 2^delay_bits. */
static inline uint32_t row_delay(const row_format *f, uint32_t word)
{
    return word >> (f->index_bits + f->type_bits) & ((1u << f->delay_bits) - 1);
}

static inline uint32_t row_weight(uint32_t word) { return word >> 16; }

/* The low 16 bits of a synapse. delay in 1..2^delay_bits, each value within its field. */
uint32_t row_control(const row_format *f, uint32_t neuron, uint32_t type, uint32_t delay);

/* The parts of a row, to be written; control: one an element, whatever form they take in the row. */
typedef struct {
    const uint32_t *plastic, *fixed, *control;
    uint32_t nplastic, nfixed, ncontrols;
    bool wide; /* controls are words: a neuromodulation row */
} row_parts;

/* Words of the whole row, counts included. */
uint32_t row_words(const row_parts *p);

/* Writes the row; yields the word after it. */
uint32_t *row_write(uint32_t *at, const row_parts *p);

/* Where the parts of a stored row begin. wide only says how many words the controls take. */
typedef struct {
    uint32_t *plastic;
    const uint32_t *fixed, *control;
    uint32_t nplastic, nfixed, ncontrols;
} row_view;

/* row: of `nwords` words. False when its counts reach beyond them. */
bool row_read(uint32_t *row, uint32_t nwords, bool wide, row_view *out);

/* Half-word k of packed pairs, low half first. */
static inline uint32_t row_half(const uint32_t *words, uint32_t k) { return words[k / 2] >> (16 * (k % 2)) & 0xffff; }

static inline void row_set_half(uint32_t *words, uint32_t k, uint32_t half)
{
    uint32_t shift = 16 * (k % 2);
    words[k / 2] = (words[k / 2] & ~(0xffffu << shift)) | (half & 0xffff) << shift;
}

#endif
