/* What a neuron did of late (eq. S51). Takes the times of spikes and rewards, yields the events of a span of time.
 * Sixteen entries, the first stands for none; when all are taken the oldest event gives way, which is counted here and
 * is silent upstream. The marks of a window are shifted by the events that it leaves out at either end, as upstream
 * does, although only those before it have gone by: the marks of a window that ends early are wrong (upstream's quirk).
 * sPyNNaker's post_events.h and post_events_with_da.h, commit f905ce88. */
#include "backends/spinnaker/stdp.h"
#include "backends/spinnaker/arith.h"

#include <string.h>

enum { TIME_BYTES = 4, COUNT_BYTES = 4, MARK_BYTES = 4 };

uint32_t stdp_history_bytes(stdp_kind kind)
{
    static const uint32_t trace[] = {
        [TIMING_PAIR] = 2, [TIMING_NEAREST_PAIR] = 0, [TIMING_TRIPLET] = 8, [TIMING_VOGELS] = 2};
    uint32_t event = TIME_BYTES + trace[kind.timing] + (kind.modulated ? 2u : 0);
    return COUNT_BYTES + (kind.modulated ? (uint32_t)MARK_BYTES : 0) + STDP_EVENTS * event;
}

static void append(stdp_history *h, uint32_t time, stdp_post_trace trace, int16_t level, bool reward)
{
    if (h->newest + 1 < STDP_EVENTS) {
        h->newest++;
    } else {
        enum { KEPT = STDP_EVENTS - 2 };
        memmove(h->time + 1, h->time + 2, KEPT * sizeof *h->time);
        memmove(h->trace + 1, h->trace + 2, KEPT * sizeof *h->trace);
        memmove(h->level + 1, h->level + 2, KEPT * sizeof *h->level);
        h->rewards >>= 1;
        h->lost++;
    }
    uint32_t at = h->newest;
    h->time[at] = time;
    h->trace[at] = trace;
    h->level[at] = level;
    h->rewards = (h->rewards & ~(1u << at)) | (uint32_t)reward << at;
}

/* The third factor as it stands at time t. */
static int32_t level_at(const stdp_core *c, const stdp_history *h, uint32_t t)
{
    if (!c->rule->kind.modulated)
        return 0;
    return spin_mul_s411(h->level[h->newest], lut_at(c->region, &c->rule->dopamine, t - h->time[h->newest]));
}

void stdp_fired(const stdp_core *c, stdp_history *h, uint32_t step)
{
    stdp_post_trace trace = stdp_add_post(c, step, h->time[h->newest], h->trace[h->newest]);
    append(h, step, trace, (int16_t)level_at(c, h, step), false);
}

void stdp_reward(const stdp_core *c, stdp_history *history, const row_view *row, uint32_t step)
{
    bool reward = row->plastic[0] >> 30 & 1;
    for (uint32_t i = 0; i < row->ncontrols; i++) {
        stdp_history *h = &history[row->control[i] & 0xffff];
        int32_t concentration = (int32_t)(row->control[i] >> 16);
        stdp_post_trace trace = stdp_decay_post(c, step, h->time[h->newest], h->trace[h->newest]);
        int32_t level = level_at(c, h, step) + (reward ? concentration : -concentration);
        append(h, step, trace, (int16_t)level, true);
    }
}

stdp_window stdp_window_of(const stdp_history *h, uint32_t begin, uint32_t end)
{
    uint32_t entries = h->newest + 1, stop = entries, i = entries;
    do {
        if (i < entries && h->time[i] > end)
            stop = i;
        i--;
    } while (h->time[i] > begin && i != 0);
    uint32_t count = stop - (i + 1);
    return (stdp_window){i, i + 1, count, h->rewards >> (entries - count), i != 0};
}
