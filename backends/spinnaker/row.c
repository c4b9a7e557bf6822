/* Synaptic rows. Takes the parts of a row, yields the words that a core fetches by DMA, and back (row.h has the
 * drawing). A row is checked when it is read, because an image may come from a file: its counts must stay within the
 * words there are. Layout: sPyNNaker's synapse_row.h and synapse_io.py, commit f905ce88 (eq. S40). */
#include "backends/spinnaker/row.h"

#include "core/base/bug.h"

#include <string.h>

uint32_t row_bits_for(uint32_t n)
{
    uint32_t bits = 0;
    if (n <= 1)
        return n;
    while (bits < 32 && (uint64_t)1 << bits < n)
        bits++;
    return bits;
}

uint32_t row_control(const row_format *f, uint32_t neuron, uint32_t type, uint32_t delay)
{
    HMN_ASSERT(f->index_bits + f->type_bits + f->delay_bits <= 16);
    HMN_ASSERT(neuron >> f->index_bits == 0 && type >> f->type_bits == 0);
    HMN_ASSERT(delay >= 1 && delay <= 1u << f->delay_bits);
    uint32_t field = delay & ((1u << f->delay_bits) - 1);
    return (field << f->type_bits | type) << f->index_bits | neuron;
}

static uint32_t control_words(uint32_t n, bool wide) { return wide ? n : n / 2 + n % 2; }

uint32_t row_words(const row_parts *p)
{
    return ROW_COUNTS + p->nplastic + p->nfixed + control_words(p->ncontrols, p->wide);
}

static uint32_t *put(uint32_t *at, const uint32_t *words, uint32_t n)
{
    if (n)
        memcpy(at, words, n * sizeof *words);
    return at + n;
}

uint32_t *row_write(uint32_t *at, const row_parts *p)
{
    *at++ = p->nplastic;
    at = put(at, p->plastic, p->nplastic);
    *at++ = p->nfixed;
    *at++ = p->ncontrols;
    at = put(at, p->fixed, p->nfixed);
    if (p->wide)
        return put(at, p->control, p->ncontrols);
    if (p->ncontrols)
        at[control_words(p->ncontrols, false) - 1] = 0;
    for (uint32_t i = 0; i < p->ncontrols; i++)
        row_set_half(at, i, p->control[i]);
    return at + control_words(p->ncontrols, false);
}

bool row_read(uint32_t *row, uint32_t nwords, bool wide, row_view *out)
{
    if (nwords < ROW_COUNTS || row[0] > nwords - ROW_COUNTS)
        return false;
    uint32_t left = nwords - ROW_COUNTS - row[0], *fixed = row + 1 + row[0];
    if (fixed[0] > left || control_words(fixed[1], wide) > left - fixed[0])
        return false;
    *out = (row_view){.plastic = row + 1,
                      .nplastic = row[0],
                      .nfixed = fixed[0],
                      .ncontrols = fixed[1],
                      .fixed = fixed + 2,
                      .control = fixed + 2 + fixed[0]};
    return true;
}
