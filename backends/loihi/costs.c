/* Time and energy of the Loihi-style chips: two profiles of costs (costs.def) and what an axon makes a core do. */
#include "backends/loihi/costs.h"

#include "backends/loihi/core.h"

static const cost_entry davies_entries[] = {
#define LOIHI_COST(profile, id, ps, fj, status, source) PROFILE_##profile(COST_##id, ps, fj, COST_##status, source)
#define PROFILE_DAVIES(id, ps, fj, status, source) {id, ps, fj, status, source},
#define PROFILE_SANAFE(id, ps, fj, status, source)
#include "backends/loihi/costs.def"
#undef PROFILE_DAVIES
#undef PROFILE_SANAFE
};

static const cost_entry sanafe_entries[] = {
#define LOIHI_COST(profile, id, ps, fj, status, source) PROFILE_##profile(COST_##id, ps, fj, COST_##status, source)
#define PROFILE_DAVIES(id, ps, fj, status, source)
#define PROFILE_SANAFE(id, ps, fj, status, source) {id, ps, fj, status, source},
#include "backends/loihi/costs.def"
#undef PROFILE_DAVIES
#undef PROFILE_SANAFE
};

/* D18 table 2: mesh-wide barrier, 113 ns to 465 ns for 1 to 32 tiles; straight line between: inferred. */
static const cost_barrier davies_barrier[] = {{1, 113000}, {32, 465000}};
static const cost_barrier sanafe_barrier[] = {{1, 600000}, {2, 1000000}, {4, 1400000}, {29, 1800000}};

static const cost_profile davies = {
    .name = "davies2018",
    .summary = "figures of Davies et al. 2018, table 2",
    .entry = davies_entries,
    .nentries = sizeof davies_entries / sizeof *davies_entries,
    .barrier = davies_barrier,
    .nbarriers = 2,
    .buffer = 16,
    .flits = 1,
};

static const cost_profile sanafe = {
    .name = "sanafe",
    .summary = "constants of SANA-FE, fitted to a board",
    .entry = sanafe_entries,
    .nentries = sizeof sanafe_entries / sizeof *sanafe_entries,
    .barrier = sanafe_barrier,
    .nbarriers = 4,
    .barrier_steps = true,
    .buffer = 16,
    .flits = 1,
};

static const cost_profile *const profiles[] = {&davies, &sanafe};

static timing_load load(const void *rom, uint32_t axon)
{
    const loihi_rom *r = rom;
    const uint32_t *row = ROM(uint32_t, r, axon_run);
    timing_load l = {.words = ROM(uint32_t, r, axon_words)[axon]};
    for (uint32_t k = row[axon]; k < row[axon + 1]; k++) {
        const core_run *run = &ROM(core_run, r, run)[k];
        const loihi_format *f = &ROM(loihi_format, r, format)[run->format];
        net_event_cost cost = f->cost                                ? (net_event_cost)f->cost
                              : f->compression == COMPRESSION_SPARSE ? EVENT_SPARSE
                                                                     : EVENT_DENSE;
        *(cost == EVENT_SPARSE ? &l.sparse : cost == EVENT_SHARED ? &l.shared : &l.dense) += run->count;
    }
    return l;
}

const chip_timing loihi_timing = {.profile = profiles, .nprofiles = 2, .load = load};
