/* The master population table. Takes entries and blocks of rows, yields the region, and looks spikes up in it as the
 * core does: binary search over the entries (unsigned keys; an entry matches under its mask wherever the search meets
 * it), then each address of the entry in turn. sPyNNaker's population_table, commit f905ce88 (eq. S43, S44). */
#include "backends/spinnaker/poptable.h"

#include "backends/spinnaker/row.h"
#include "core/base/bug.h"

uint32_t poptable_words(uint32_t nentries, uint32_t nblocks)
{
    return POPTABLE_HEAD_WORDS + POPTABLE_ENTRY_WORDS * nentries + nblocks;
}

static void put_entry(uint32_t *at, const poptable_entry *e)
{
    HMN_ASSERT(e->start <= POPTABLE_MAX_START && e->colour_bits <= POPTABLE_MAX_COLOUR_BITS && e->count <= 0xffff);
    HMN_ASSERT(e->core_mask <= 0xffff && e->core_shift < 32 && e->neurons <= 0xffff);
    at[0] = e->key;
    at[1] = e->mask;
    at[2] = e->count << 16 | e->colour_bits << 13 | e->start;
    at[3] = e->core_shift << 16 | e->core_mask;
    at[4] = (e->neurons + 31) / 32 << 16 | e->neurons;
}

void poptable_write(uint32_t *region, const poptable_entry *entry, uint32_t nentries, const poptable_block *block,
                    uint32_t nblocks)
{
    region[0] = nentries;
    region[1] = nblocks;
    uint32_t *at = region + POPTABLE_HEAD_WORDS;
    for (uint32_t i = 0; i < nentries; i++, at += POPTABLE_ENTRY_WORDS) {
        HMN_ASSERT(i == 0 || entry[i - 1].key < entry[i].key);
        put_entry(at, &entry[i]);
    }
    for (uint32_t i = 0; i < nblocks; i++) {
        HMN_ASSERT(block[i].row_length >= 1 && block[i].row_length <= POPTABLE_MAX_ROW);
        HMN_ASSERT(block[i].address <= POPTABLE_NO_ADDRESS);
        at[i] = block[i].address << 8 | (block[i].row_length - 1);
    }
}

poptable_entry poptable_get(const uint32_t *region, uint32_t i)
{
    const uint32_t *at = region + POPTABLE_HEAD_WORDS + (size_t)POPTABLE_ENTRY_WORDS * i;
    return (poptable_entry){.key = at[0],
                            .mask = at[1],
                            .start = at[2] & POPTABLE_MAX_START,
                            .count = at[2] >> 16,
                            .colour_bits = at[2] >> 13 & POPTABLE_MAX_COLOUR_BITS,
                            .core_mask = at[3] & 0xffff,
                            .core_shift = at[3] >> 16,
                            .neurons = at[4] & 0xffff};
}

bool poptable_check(const uint32_t *region, uint32_t nwords)
{
    if (nwords < POPTABLE_HEAD_WORDS)
        return false;
    uint64_t need = POPTABLE_HEAD_WORDS + POPTABLE_ENTRY_WORDS * (uint64_t)region[0] + region[1];
    if (need > nwords)
        return false;
    for (uint32_t i = 0; i < region[0]; i++) {
        poptable_entry e = poptable_get(region, i);
        if (e.core_shift >= 32 || (uint64_t)e.start + e.count > region[1])
            return false;
    }
    return true;
}

static bool find(const uint32_t *region, uint32_t spike, poptable_entry *out)
{
    uint32_t low = 0, high = region[0];
    while (low < high) {
        uint32_t middle = (low + high) >> 1;
        *out = poptable_get(region, middle);
        if ((spike & out->mask) == out->key)
            return true;
        if (out->key < spike)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool poptable_next(const uint32_t *region, uint32_t base, poptable_search *search, poptable_row *row)
{
    const uint32_t *block = region + POPTABLE_HEAD_WORDS + (size_t)POPTABLE_ENTRY_WORDS * region[0];
    while (search->left > 0) {
        uint32_t word = block[search->next++], length = (word & 0xff) + 1;
        search->left--;
        if (word >> 8 == POPTABLE_NO_ADDRESS)
            continue;
        row->bytes = (length + ROW_COUNTS) * 4;
        row->address = base + (word >> 8) * POPTABLE_GRAIN + search->neuron * row->bytes;
        return true;
    }
    return false;
}

bool poptable_first(const uint32_t *region, uint32_t base, uint32_t spike, poptable_search *search, poptable_row *row,
                    poptable_counters *count)
{
    poptable_entry e;
    if (!find(region, spike, &e)) {
        count->missed++;
        return false;
    }
    uint32_t local = spike & ~(e.mask | e.core_mask << e.core_shift);
    uint32_t core = spike >> e.core_shift & e.core_mask;
    search->next = e.start;
    search->left = e.count;
    search->colour_mask = (1u << e.colour_bits) - 1;
    search->colour = local & search->colour_mask;
    search->neuron = (local >> e.colour_bits) + core * e.neurons;
    if (poptable_next(region, base, search, row))
        return true;
    count->ghosts++;
    return false;
}
