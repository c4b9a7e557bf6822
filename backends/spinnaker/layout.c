/* Sizes of what lies in a core's memories. One place, so that what usage promises is what lower writes. */
#include "backends/spinnaker/layout.h"

#include "backends/spinnaker/learn.h"
#include "backends/spinnaker/poptable.h"
#include "backends/spinnaker/ring.h"
#include "backends/spinnaker/stages.h"

enum { DMA_BUFFERS = 2 * (ROW_MAX_WORDS + ROW_COUNTS) * 4 };

/* What the delay field has to hold. 2^D is written 0, which sPyNNaker's program takes as no delay in a plastic row and
 * skips; there the field is wider by what that takes. */
static uint32_t longest_delay(const hmn_qnet *q, uint32_t population)
{
    const hmn_graph *g = q->graph;
    uint32_t longest = 1;
    for (uint32_t j = 0; j < g->nprojections; j++) {
        bool program = q->learning && spin_learning_of(q, j)->kind == SPIN_LEARN_STDP;
        for (uint64_t e = 0; g->projection[j].post == population && e < g->projection[j].nsynapses; e++) {
            uint32_t delay = q->projection[j].delay[e] + 1u + program;
            if (delay <= longest)
                continue;
            delay = spin_stage(q, j, e) ? stages_steps(q->chip) : delay;
            longest = delay > longest ? delay : longest;
        }
    }
    return longest;
}

row_format spin_format(const hmn_qnet *q, uint32_t population, uint32_t neurons)
{
    spin_program p = spin_program_of(q->population[population].program);
    uint32_t longest = longest_delay(q, population);
    return (row_format){row_bits_for(neurons), row_bits_for(spin_program_receptors(p)),
                        longest > 1 ? row_bits_for(longest) : 1};
}

uint32_t spin_row_words(const hmn_qnet *q, uint32_t projection, uint32_t n)
{
    uint32_t plastic = spin_learn_words(q, projection, n);
    if (net_rewards(q->graph->projection[projection].receptor))
        return 1 + n;
    return plastic ? plastic + (n + 1) / 2 : n;
}

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

uint32_t spin_local_bytes(const hmn_qnet *q, uint32_t population, uint32_t neurons, uint32_t entries,
                          uint32_t addresses)
{
    spin_program p = spin_program_of(q->population[population].program);
    uint32_t relay =
        LAYOUT_OVERHEAD + LAYOUT_SPIKE_BUFFER + stages_bytes(neurons, stages_of(q, population), stages_steps(q->chip));
    if (p.kind == SPIN_KIND_SOURCE)
        return larger(LAYOUT_OVERHEAD + neurons * 4, relay);
    row_format f = spin_format(q, population, neurons);
    uint32_t own = LAYOUT_OVERHEAD + DMA_BUFFERS + LAYOUT_SPIKE_BUFFER + ring_size(&f) * 2 +
                   neurons * 4 * (spin_program_state(p) + 2) + poptable_words(entries, addresses) * 4 +
                   spin_learn_bytes(q, population, neurons);
    return larger(own, relay);
}
