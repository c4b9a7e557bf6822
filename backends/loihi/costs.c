/* Time and energy of the Loihi-style chips: two profiles of costs (costs.def) and what an axon makes a core do. */
#include "backends/loihi/costs.h"

#include "backends/loihi/core.h"

/* The rows of one profile are kept, those of the other dropped. */
#define IF_DAVIES_DAVIES(...) __VA_ARGS__
#define IF_DAVIES_SANAFE(...)
#define IF_SANAFE_DAVIES(...)
#define IF_SANAFE_SANAFE(...) __VA_ARGS__

static const cost_entry davies_entries[] = {
#define LOIHI_COST(profile, id, ps, fj, status, source)                                                                \
    IF_DAVIES_##profile({COST_##id, ps, fj, COST_##status, source}, )
#include "backends/loihi/costs.def"
};
static const cost_setting davies_settings[] = {
#define LOIHI_SETTING(profile, id, value, status, source)                                                              \
    IF_DAVIES_##profile({SETTING_##id, value, COST_##status, source}, )
#include "backends/loihi/costs.def"
#define COST_WORK(id, name, cycles, meaning) {SETTING_WORK_##id, cycles, COST_CHOSEN, COST_WORK_SOURCE},
#include "core/cost/work.def"
};
static const cost_barrier davies_barrier[] = {
#define LOIHI_BARRIER(profile, tiles, ps, status, source) IF_DAVIES_##profile({tiles, ps, COST_##status, source}, )
#include "backends/loihi/costs.def"
};

static const cost_entry sanafe_entries[] = {
#define LOIHI_COST(profile, id, ps, fj, status, source)                                                                \
    IF_SANAFE_##profile({COST_##id, ps, fj, COST_##status, source}, )
#include "backends/loihi/costs.def"
};
static const cost_setting sanafe_settings[] = {
#define LOIHI_SETTING(profile, id, value, status, source)                                                              \
    IF_SANAFE_##profile({SETTING_##id, value, COST_##status, source}, )
#include "backends/loihi/costs.def"
#define COST_WORK(id, name, cycles, meaning) {SETTING_WORK_##id, cycles, COST_CHOSEN, COST_WORK_SOURCE},
#include "core/cost/work.def"
};
static const cost_barrier sanafe_barrier[] = {
#define LOIHI_BARRIER(profile, tiles, ps, status, source) IF_SANAFE_##profile({tiles, ps, COST_##status, source}, )
#include "backends/loihi/costs.def"
};

#define ROWS(of)                                                                                                       \
    .entry = of##_entries, .nentries = sizeof of##_entries / sizeof *of##_entries, .setting = of##_settings,           \
    .nsettings = sizeof of##_settings / sizeof *of##_settings, .barrier = of##_barrier,                                \
    .nbarriers = sizeof of##_barrier / sizeof *of##_barrier

static const cost_profile davies = {
    .name = "davies2018", .summary = "figures of Davies et al. 2018, table 2", ROWS(davies)};
static const cost_profile sanafe = {
    .name = "sanafe", .summary = "constants of SANA-FE, fitted to a board", ROWS(sanafe)};

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
