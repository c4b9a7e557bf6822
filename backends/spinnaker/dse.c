/* Blocks of regions. Takes the regions of one core, yields the words that lie in SDRAM, and the reverse. */
#include "backends/spinnaker/dse.h"

#include <string.h>

static uint32_t sum_of(dse_region r)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < r.nwords; i++)
        sum += r.word[i];
    return sum;
}

dse_block dse_make(const dse_region region[DSE_REGIONS], uint32_t address, hmn_arena *a)
{
    uint32_t n = DSE_HEAD_WORDS, naddresses = 0;
    for (uint32_t r = 0; r < DSE_REGIONS; r++)
        n += region[r].nwords;
    uint32_t *word = ARENA_NEW(a, uint32_t, n), *list = ARENA_NEW(a, uint32_t, DSE_REGIONS), at = DSE_HEAD_WORDS;
    word[0] = DSE_MAGIC;
    word[1] = DSE_VERSION;
    for (uint32_t r = 0; r < DSE_REGIONS; r++) {
        if (region[r].nwords == 0)
            continue;
        uint32_t *head = word + 2 + 3 * r;
        head[0] = address + 4 * at;
        head[1] = sum_of(region[r]);
        head[2] = region[r].nwords;
        list[naddresses++] = 2 + 3 * r;
        memcpy(word + at, region[r].word, region[r].nwords * sizeof *word);
        at += region[r].nwords;
    }
    return (dse_block){word, n, list, naddresses};
}

bool dse_read(const uint32_t *word, uint32_t nwords, uint32_t address, dse_region out[DSE_REGIONS])
{
    if (nwords < DSE_HEAD_WORDS || word[0] != DSE_MAGIC || word[1] != DSE_VERSION)
        return false;
    for (uint32_t r = 0; r < DSE_REGIONS; r++) {
        const uint32_t *head = word + 2 + 3 * r;
        uint32_t at = (head[0] - address) / 4;
        out[r] = (dse_region){NULL, 0};
        if (head[0] == 0)
            continue;
        if ((head[0] - address) % 4 || at < DSE_HEAD_WORDS || at > nwords || head[2] > nwords - at)
            return false;
        out[r] = (dse_region){word + at, head[2]};
        if (sum_of(out[r]) != head[1])
            return false;
    }
    return true;
}
