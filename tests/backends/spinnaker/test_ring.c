/* Ring buffers against a list of arrivals: each synapse is kept with the step in which it is due, and summed then. */
#include "backends/spinnaker/ring.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <string.h>

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(12, RNG_TASK, i, k, 0, n); }

enum { STEPS = 60, SYNAPSES = 12, MAX_DUE = STEPS * SYNAPSES * 4 };

typedef struct {
    uint32_t step, type, neuron, weight;
} arrival;

START_TEST(weights_arrive_in_the_step_that_their_delay_says)
{
    uint32_t saturated = 0, skipped = 0, late_ones = 0;
    for (uint32_t i = 0; i < 40; i++) {
        const row_format f = {1 + draw(i, 0, 4), draw(i, 1, 3), 1 + draw(i, 2, 5)};
        uint32_t slots = 1u << f.delay_bits, mask = draw(i, 3, 2) ? 15 : 0, k = 10, top = 1u << (4 + draw(i, 4, 12));
        arrival due[MAX_DUE];
        uint32_t ndue = 0;
        uint16_t ring[1 << 11] = {0};
        ck_assert_uint_le(ring_size(&f), 1 << 11);
        ring_counters c = {0}, want = {0};
        for (uint32_t t = 0; t < STEPS; t++) {
            for (uint32_t type = 0; type < 1u << f.type_bits; type++)
                for (uint32_t n = 0; n < 1u << f.index_bits; n++) {
                    uint64_t sum = 0;
                    for (uint32_t d = 0; d < ndue; d++)
                        if (due[d].step == t && due[d].type == type && due[d].neuron == n) {
                            sum += due[d].weight;
                            want.saturated_fixed += sum > 65535;
                            sum = sum > 65535 ? 65535 : sum;
                        }
                    uint32_t at = ring_slot(&f, t) + (type << f.index_bits) + n;
                    ck_assert_uint_eq(ring[at], sum);
                    ring[at] = 0;
                }
            for (uint32_t spike = draw(i, k++, 5); spike > 0; spike--) {
                uint32_t word[SYNAPSES], n = draw(i, k++, SYNAPSES + 1), late = draw(i, k++, 4) * (mask != 0);
                for (uint32_t s = 0; s < n; s++) {
                    uint32_t delay = 1 + draw(i, k++, slots), neuron = draw(i, k++, 1u << f.index_bits);
                    uint32_t type = draw(i, k++, 1u << f.type_bits), w = draw(i, k++, top);
                    word[s] = w << 16 | row_control(&f, neuron, type, delay);
                    /* a delay of all slots is written as 0 and never too late */
                    if (delay <= late && delay != slots)
                        want.skipped++;
                    else if (delay > late)
                        due[ndue++] = (arrival){t + delay - late, type, neuron, w};
                    else
                        due[ndue++] = (arrival){t + delay - late + slots, type, neuron, w};
                }
                uint32_t colour = (t - late) & mask;
                ck_assert_uint_eq(ring_lateness(t, colour, mask, &c), mask ? late : 0);
                row_view v = {.fixed = word, .nfixed = n};
                ring_add_fixed(&f, ring, &v, t, late, &c);
                want.late += late & 1;
                want.max_late = late > want.max_late ? late : want.max_late;
            }
        }
        ck_assert_uint_eq(c.skipped, want.skipped);
        ck_assert_uint_eq(c.late, want.late);
        ck_assert_uint_eq(c.max_late, want.max_late);
        ck_assert_uint_ge(c.saturated_fixed, want.saturated_fixed); /* what is not due yet may be saturated already */
        ck_assert_uint_eq(c.saturated_plastic, 0);
        saturated += c.saturated_fixed;
        skipped += c.skipped;
        late_ones += c.late;
    }
    ck_assert(saturated > 100 && skipped > 100 && late_ones > 100);
}
END_TEST

START_TEST(a_sum_stays_at_65535_and_each_excess_is_counted)
{
    uint16_t ring[1] = {65535 - 7};
    uint32_t saturated = 0;
    ring_add(ring, 0, 7, &saturated);
    ck_assert(ring[0] == 65535 && saturated == 0);
    ring_add(ring, 0, 0, &saturated);
    ck_assert(ring[0] == 65535 && saturated == 0);
    ring_add(ring, 0, 1, &saturated);
    ring_add(ring, 0, 65535, &saturated);
    ck_assert(ring[0] == 65535 && saturated == 2);
}
END_TEST

SUITE("ring", weights_arrive_in_the_step_that_their_delay_says, a_sum_stays_at_65535_and_each_excess_is_counted)
