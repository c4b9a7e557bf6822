/* Delay stages, as sPyNNaker's delay extension computes them (read and restated). Takes spikes of one slice, keeps how
 * many came from each neuron in each of the last steps, and yields them again at each stage. Neuron i
 * of n has in stage k, from 0, the key of neuron k n + i. */
#include "backends/spinnaker/stages.h"

#include "backends/spinnaker/learn.h"

#include <string.h>

enum { MOST = UINT8_MAX };

uint32_t stages_steps(const hmn_chip *chip)
{
    uint32_t steps = 1;
    while (2 * steps <= chip->limits->delay_slots)
        steps *= 2;
    return steps;
}

uint32_t spin_stage(const hmn_qnet *q, uint32_t projection, uint64_t synapse)
{
    if (net_rewards(q->graph->projection[projection].receptor) ||
        (q->learning && spin_learning_of(q, projection)->kind != SPIN_LEARN_NONE))
        return 0;
    return q->projection[projection].delay[synapse] / stages_steps(q->chip);
}

uint32_t stages_of(const hmn_qnet *q, uint32_t population)
{
    const hmn_graph *g = q->graph;
    uint32_t most = 0;
    for (uint32_t j = 0; g->max_delay > stages_steps(q->chip) && j < g->nprojections; j++)
        for (uint64_t e = 0; g->projection[j].pre == population && e < g->projection[j].nsynapses; e++) {
            uint32_t stage = spin_stage(q, j, e);
            most = stage > most ? stage : most;
        }
    return most;
}

/* The slot of this step and those of all stages: a power of two above their steps. */
uint32_t stages_slots(uint32_t stages, uint32_t steps)
{
    uint32_t slots = 1;
    while (slots < stages * steps + 1)
        slots *= 2;
    return slots;
}

uint32_t stages_bytes(uint32_t neurons, uint32_t stages, uint32_t steps)
{
    return stages ? neurons * stages_slots(stages, steps) : 0;
}

static uint8_t *slot(const uint32_t *word, uint8_t *counter, uint32_t step)
{
    uint32_t mask = stages_slots(word[STAGES_COUNT], word[STAGES_STEPS]) - 1;
    return counter + (size_t)(step & mask) * word[STAGES_ATOMS];
}

bool stages_check(const uint32_t *word, uint32_t nwords, uint32_t local_bytes)
{
    if (nwords != STAGES_WORDS || word[STAGES_HAS_KEY] > 1 || word[STAGES_COLOUR_BITS] > 15)
        return false;
    uint64_t atoms = word[STAGES_ATOMS], stages = word[STAGES_COUNT], steps = word[STAGES_STEPS];
    if (atoms == 0 || stages == 0 || steps == 0 || atoms > local_bytes || stages > UINT16_MAX || steps > UINT16_MAX)
        return false;
    return stages * steps < local_bytes && atoms * stages_slots((uint32_t)stages, (uint32_t)steps) <= local_bytes;
}

uint32_t stages_neuron(const uint32_t *word, uint32_t key)
{
    uint32_t neuron = (key & ~word[STAGES_INCOMING_MASK]) >> word[STAGES_COLOUR_BITS];
    bool ours = (key & word[STAGES_INCOMING_MASK]) == word[STAGES_INCOMING_KEY];
    return ours && neuron < word[STAGES_ATOMS] ? neuron : UINT32_MAX;
}

uint32_t stages_keep(const uint32_t *word, uint8_t *counter, uint32_t step, uint32_t neuron, uint32_t times)
{
    uint8_t *count = slot(word, counter, step) + neuron;
    uint32_t room = (uint32_t)(MOST - *count), kept = times < room ? times : room;
    *count = (uint8_t)(*count + kept);
    return times - kept;
}

uint32_t stages_send(const uint32_t *word, uint8_t *counter, uint32_t step, uint32_t *key, int32_t *times)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < word[STAGES_COUNT] && step >= (k + 1) * word[STAGES_STEPS]; k++) {
        const uint8_t *count = slot(word, counter, step - (k + 1) * word[STAGES_STEPS]);
        for (uint32_t i = 0; i < word[STAGES_ATOMS]; i++)
            if (count[i]) {
                key[n] = k * word[STAGES_ATOMS] + i;
                times[n++] = count[i];
            }
    }
    memset(slot(word, counter, step), 0, word[STAGES_ATOMS]);
    return n;
}
