/* Poisson sources of the emulated machine: counts and intervals against their distributions, and the same spikes on
 * every target and in the reference. */
#include "core/machine/machine.h"

#include "core/reference/reference.h"
#include "tests/statistics.h"
#include "tests/tools/source_text.h"

#include <string.h>

enum { CELLS = 60, STEPS = 3000, LONGEST = 60 };

static const char network[] =
    "hmn: 1\nnetwork: {dt: 1 ms}\n"
    "populations:\n  in: {size: 60, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
    "  out: {size: 1, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, v_thresh: 6}}\n"
    "projections: {p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.01}}\n"
    "run: {seed: 9}\n";

/* fired[t][i] of the sources. */
static void record(hmn_sim *s, uint8_t (*fired)[CELLS])
{
    memset(fired, 0, STEPS * sizeof *fired);
    for (uint32_t t = 0; t < STEPS; t++) {
        uint32_t n;
        s->ops->begin(s);
        const uint32_t *spike = s->ops->spikes(s, &n);
        for (uint32_t k = 0; k < n; k++)
            if (spike[k] < CELLS)
                fired[t][spike[k]] = 1;
        s->ops->end(s);
    }
}

/* Of a chance p each step: neurons' counts are binomial, intervals geometric. */
static void check(uint8_t (*fired)[CELLS])
{
    const double p = -expm1(-0.05);
    double intervals[LONGEST + 1] = {0}, all = 0;
    chi_squared counts = {0, 0}, gaps = {0, 0};
    for (uint32_t i = 0; i < CELLS; i++) {
        double n = 0;
        uint32_t last = UINT32_MAX;
        for (uint32_t t = 0; t < STEPS; t++) {
            if (!fired[t][i])
                continue;
            n++;
            if (last != UINT32_MAX && t - last <= LONGEST)
                intervals[t - last]++;
            last = t;
        }
        chi_trials(&counts, n, STEPS, p);
    }
    for (uint32_t k = 1; k <= LONGEST; k++)
        all += intervals[k];
    for (uint32_t k = 1; k <= LONGEST; k++)
        chi_class(&gaps, intervals[k], all * p * pow(1 - p, k - 1) / (1 - pow(1 - p, LONGEST)));
    gaps.n--;
    ck_assert_chi(counts);
    ck_assert_chi(gaps);
}

START_TEST(poisson_sources_have_binomial_counts_and_geometric_intervals_on_every_target)
{
    static const char *const target[] = {"loihi", "loihi2", "spinnaker"};
    static uint8_t first[STEPS][CELLS], fired[STEPS][CELLS];
    for (int k = 0; k < 3; k++) {
        source s;
        ck_assert(source_from_text(&s, target[k], network));
        hmn_machine *m = machine_boot(s.image, s.chip, 1, NULL, s.diag);
        record(machine_sim(m), k ? fired : first);
        if (k == 0)
            check(first);
        else
            ck_assert_mem_eq(first, fired, sizeof fired);
        if (k == 0)
            record(reference_sim(reference_new(s.unit.graph, (reference_options){.grid = false}, s.arena, s.diag)),
                   fired);
        ck_assert(k != 0 || memcmp(first, fired, sizeof fired) == 0);
        machine_free(m);
        source_end(&s);
    }
}
END_TEST

SUITE("sources", poisson_sources_have_binomial_counts_and_geometric_intervals_on_every_target)
