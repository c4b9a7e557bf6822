/* Time and energy of the SpiNNaker-style machine: one profile (costs.def). There is no barrier: every core works in its
 * own program, woken by a timer. */
#include "backends/spinnaker/costs.h"

#include "backends/spinnaker/core.h"

static const cost_entry entries[] = {
#define SPIN_COST(id, ps, fj, status, source) {COST_##id, ps, fj, COST_##status, source},
#include "backends/spinnaker/costs.def"
};

static const cost_setting settings[] = {
#define SPIN_SETTING(id, value, status, source) {SETTING_##id, value, COST_##status, source},
#include "backends/spinnaker/costs.def"
#define COST_WORK(id, name, cycles, meaning) {SETTING_WORK_##id, cycles, COST_CHOSEN, COST_WORK_SOURCE},
#include "core/cost/work.def"
};

static const cost_profile profile = {
    .name = "arm968",
    .summary = "sPyNNaker's code by the cycle rules of an ARM9E-S at 200 MHz, power figures of SpiNNMachine",
    .entry = entries,
    .nentries = sizeof entries / sizeof *entries,
    .setting = settings,
    .nsettings = sizeof settings / sizeof *settings,
};

static const cost_profile *const profiles[] = {&profile};

/* The key of the spike at an axon, of any step: colour does not matter to which rows it has. */
static uint32_t key_of(const spin_rom *r, uint32_t axon)
{
    const uint32_t *first = SPIN_ROM(uint32_t, r, first);
    uint32_t e = 0;
    while (e + 1 < r->nentries && axon >= first[e + 1])
        e++;
    return SPIN_ROM(uint32_t, r, key)[e] | (axon - first[e]) << SPIN_ROM(uint32_t, r, colour)[e];
}

/* All rows of a spike together. Counts in rows do not change while the machine runs. */
static timing_load load(const void *rom, uint32_t axon)
{
    const spin_rom *r = rom;
    timing_load l = {0};
    poptable_search search;
    poptable_row row;
    poptable_counters none = {0};
    l.taken = r->manager != NULL || r->relay != NULL;
    if (r->relay || r->manager || r->nentries == 0)
        return l;
    for (bool more = poptable_first(r->table, 0, key_of(r, axon), &search, &row, &none); more;
         more = poptable_next(r->table, 0, &search, &row)) {
        const uint32_t *word = r->matrix + row.address / 4;
        uint32_t plastic = word[word[0] + 2];
        l.words += (row.bytes / 4 + 1) / 2;
        l.dense += word[word[0] + 1] + plastic;
        l.plastic += plastic;
        l.back += plastic ? (word[0] + 1) / 2 : 0;
    }
    return l;
}

timing_program spin_costs_of(const void *rom)
{
    static const cost_id update[SPIN_MODEL_COUNT] = {
#define SPIN_MODEL(id, name, neuron, input, threshold, synapse, extra) COST_UPDATE_##id,
#include "backends/spinnaker/neuron.def"
    };
    const spin_rom *r = rom;
    return (timing_program){.update = r->program.kind == SPIN_KIND_NEURONS ? update[r->program.model->id]
                                      : r->program.kind == SPIN_KIND_LOIHI ? COST_UPDATE_LOIHI_LIF
                                                                           : COST_IDLE,
                            .visit = r->learning == SPIN_LEARN_HYBRID ? COST_SETTLE : COST_LEARN};
}

const chip_timing spin_timing = {
    .profile = profiles, .nprofiles = 1, .load = load, .program = spin_costs_of, .clocked = true};
