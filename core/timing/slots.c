/* Waiting time of a single server. Takes arrivals, yields when all work is done: the latest of (first arrival of a slot
 * + all work that arrived from there on), which is exact but for the order within a slot. */
#include "core/timing/slots.h"

#include "core/base/bug.h"

#include <string.h>

void slots_clear(slots *s)
{
    memset(s->first, 0xFF, sizeof s->first);
    memset(s->work, 0, sizeof s->work);
}

void slots_add(slots *s, uint64_t width, uint64_t at, uint64_t work)
{
    uint64_t k = at / width;
    HMN_ASSERT(k < SLOTS);
    s->first[k] = at < s->first[k] ? at : s->first[k];
    s->work[k] += work;
}

uint64_t slots_done(const slots *s, uint64_t before)
{
    uint64_t after = 0, done = 0, all = before;
    for (uint32_t k = SLOTS; k-- > 0;) {
        after += s->work[k];
        if (s->first[k] != UINT64_MAX && s->first[k] + after > done)
            done = s->first[k] + after;
        all += s->work[k];
    }
    return all > done ? all : done;
}

uint64_t slots_behind(const slots *s, uint64_t width, uint64_t ps)
{
    uint64_t left = 0, own = 0;
    for (uint32_t k = 0; k < SLOTS; k++) {
        left += s->work[k];
        uint64_t used = left < width ? left : width;
        left -= used;
        if (own + width - used >= ps)
            return k * width + used + ps - own;
        own += width - used;
    }
    return SLOTS * width + left + ps - own;
}
