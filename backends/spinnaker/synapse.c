/* Serving a fetched row. Takes its words, the step and the colour of the spike, yields changed ring buffers, plastic
 * words and histories: lateness first, then the plastic part, then the fixed part. sPyNNaker's synapses.c, commit
 * f905ce88 (eq. S42). */
#include "backends/spinnaker/synapse.h"

#include "core/base/bug.h"

static bool is_reward(const synapse_core *c, const uint32_t *row, uint32_t nwords)
{
    return c->stdp && nwords > 1 && stdp_is_reward(c->stdp->rule->kind, row);
}

bool synapse_row_fits(const synapse_core *c, uint32_t *row, uint32_t nwords, uint32_t nneurons)
{
    bool reward = is_reward(c, row, nwords);
    row_view view;
    if (!row_read(row, nwords, reward, &view))
        return false;
    return view.nplastic == 0 || (c->stdp && stdp_row_fits(c->stdp, &view, reward, nneurons));
}

bool synapse_serve(const synapse_core *c, uint32_t *row, uint32_t nwords, uint32_t step, uint32_t colour,
                   uint32_t colour_mask)
{
    bool reward = is_reward(c, row, nwords);
    row_view view;
    bool whole = row_read(row, nwords, reward, &view);
    HMN_ASSERT(whole);
    uint32_t late = ring_lateness(step, colour, colour_mask, c->count);
    if (reward)
        stdp_reward(c->stdp, c->history, &view, step);
    else if (view.nplastic > 0 && c->stdp)
        stdp_serve(c->stdp, c->history, c->ring, &view, step, late, c->count);
    ring_add_fixed(&c->format, c->ring, &view, step, late, c->count);
    return view.nplastic > 0 && !reward;
}

void synapse_fired(const synapse_core *c, uint32_t neuron, uint32_t step)
{
    if (c->stdp)
        stdp_fired(c->stdp, &c->history[neuron], step);
}
