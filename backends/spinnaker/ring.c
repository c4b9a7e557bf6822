/* Adding rows to the ring buffers. Takes a row and the step, changes the sums that its synapses point at. The word of a
 * fixed synapse and the masked step are added as they are: delay, type and index form the address, and what overflows
 * goes into the weight's bits, which the mask removes. sPyNNaker's synapses.c, commit f905ce88 (eq. S41, S42). */
#include "backends/spinnaker/ring.h"

uint32_t ring_lateness(uint32_t step, uint32_t colour, uint32_t mask, ring_counters *count)
{
    uint32_t late = ((step & mask) - colour) & mask;
    count->late += late & 1;
    if (late > count->max_late)
        count->max_late = late;
    return late;
}

void ring_add_fixed(const row_format *f, uint16_t *ring, const row_view *row, uint32_t step, uint32_t late,
                    ring_counters *count)
{
    uint32_t mask = ring_size(f) - 1, base = ring_slot(f, step - late);
    for (uint32_t i = 0; i < row->nfixed; i++) {
        uint32_t word = row->fixed[i], delay = row_delay(f, word);
        if (delay != 0 && delay <= late)
            count->skipped++;
        else
            ring_add(ring, (word + base) & mask, row_weight(word), &count->saturated_fixed);
    }
}
