/* Control, recording and provenance of a core, as c_main.c of sPyNNaker (commit f905ce88), simulation.c, recording.c
 * and neuron_recording.h read them. Takes the image (its probes say what to record), yields words.
 *
 *   control             first 32 bits of the MD5 of the program's name, step [us], SDP port of commands
 *   what to record      3, 1; for v and both inputs: rate, neurons, bytes of a value, a half-word a neuron; for spikes:
 *                       rate, neurons, a half-word a neuron. A half-word is the neuron's place in a record; neurons
 * that are not recorded share the place behind the last. Rate 0: never recording           channels; of each: bytes, 0,
 * 0 (the program claims the memory and puts the address there) provenance          zeros that the program fills
 *   profiler, filters   0: none
 *   initial values      zeros, as many as neuron parameters: the program saves those of step 0 there */
#include "backends/spinnaker/system.h"

#include "core/base/md5.h"
#include "core/ir/net.h"

#include <string.h>

enum { COMMAND_PORT = 3, WORD = 4, RELAY_COUNTERS = 12, COUNTERS = 4 + 10 + 6 + 2, ALWAYS_COUNTERS = 6 };

/* ---- names of programs ---- */

/* Which rules commit f905ce88 builds into which neuron program; bits 0..3 as spin_program_rule has them. */
enum {
    PAIR = 1 << (TIMING_PAIR | WEIGHT_ADDITIVE << 2),
    PAIR_TIMES = 1 << (TIMING_PAIR | WEIGHT_MULTIPLICATIVE << 2),
    NEAREST = 1 << (TIMING_NEAREST_PAIR | WEIGHT_ADDITIVE << 2),
    NEAREST_TIMES = 1 << (TIMING_NEAREST_PAIR | WEIGHT_MULTIPLICATIVE << 2),
    TRIPLET = 1 << (TIMING_TRIPLET | WEIGHT_TWO_TERM << 2),
    VOGELS = 1 << (TIMING_VOGELS | WEIGHT_ADDITIVE << 2)
};
static const uint32_t built[SPIN_MODEL_COUNT] = {
    [SPIN_MODEL_IF_CURR_EXP] = PAIR | PAIR_TIMES | NEAREST | NEAREST_TIMES | TRIPLET | VOGELS,
    [SPIN_MODEL_IF_COND_EXP] = PAIR | NEAREST,
    [SPIN_MODEL_IF_CURR_DELTA] = PAIR | NEAREST,
    [SPIN_MODEL_IF_CURR_ALPHA] = PAIR,
    [SPIN_MODEL_IF_CURR_EXP_CA2] = PAIR,
    [SPIN_MODEL_IZK_CURR_EXP] = PAIR,
    [SPIN_MODEL_IZK_COND_EXP] = PAIR,
};

const char *spin_binary(const spin_rom *r, hmn_arena *a)
{
    static const char *const timing[] = {"pair", "nearest_pair", "pfister_triplet", "vogels_2011"};
    if (r->program.kind == SPIN_KIND_DELAY)
        return "delay_extension";
    if (r->program.kind != SPIN_KIND_NEURONS || r->learning == SPIN_LEARN_HYBRID || r->noise)
        return NULL;
    uint32_t id = r->program.model->id;
    const char *name = id == SPIN_MODEL_IF_CURR_EXP_CA2 ? "IF_curr_exp_ca2_adaptive" : r->program.model->name;
    if (r->learning == SPIN_LEARN_NONE)
        return name;
    stdp_kind k = r->stdp.kind;
    if (k.modulated || !(built[id] >> (spin_program_rule(k) & 15) & 1))
        return NULL;
    return arena_printf(a, "%s_stdp_mad_%s_%s", name, timing[k.timing],
                        k.weight == WEIGHT_MULTIPLICATIVE ? "multiplicative" : "additive");
}

/* ---- recording ---- */

/* Steps from one record of a variable to the next on the core of a population; 0: none. */
static uint32_t rate_of(const hmn_image *m, uint32_t population, net_record record)
{
    enum { RECORD = 2, TARGET, EVERY };
    image_rows probes = image_host(m, HOST_PROBES);
    for (uint64_t i = 0; i < probes.rows; i++)
        if (image_get(probes, i, RECORD) == (int64_t)record && image_get(probes, i, TARGET) == population) {
            uint32_t every = (uint32_t)image_get(probes, i, EVERY);
            return record == PROBE_SPIKES || every == 0 ? 1 : every;
        }
    return 0;
}

/* The population of a core's neuron 0; UINT32_MAX: none. */
static uint32_t population_of(const hmn_image *m, uint32_t core)
{
    image_rows neurons = image_host(m, HOST_NEURONS), populations = image_host(m, HOST_POPULATIONS);
    for (uint32_t k = 0; k < populations.rows; k++) {
        uint64_t first = (uint64_t)image_get(populations, k, 1), n = (uint64_t)image_get(populations, k, 2);
        for (uint64_t i = first; i < first + n; i++)
            if (image_get(neurons, i, 0) == core)
                return k;
    }
    return UINT32_MAX;
}

/* A variable's rate, and where each of the n neurons is in a record. */
static uint32_t *put_variable(uint32_t *at, uint32_t rate, uint32_t n, bool bits)
{
    uint32_t pairs = (n + 1) / 2;
    *at++ = rate;
    *at++ = rate ? n : 0;
    if (!bits)
        *at++ = WORD;
    for (uint32_t i = 0; rate && i < n; i++)
        at[i / 2] |= i << (i % 2 ? 16 : 0);
    return at + pairs;
}

static dse_region what_to_record(uint32_t n, uint32_t v, uint32_t spikes, hmn_arena *a)
{
    uint32_t words = 2 + SYSTEM_VARIABLES * (3 + (n + 1) / 2) + SYSTEM_BITS * (2 + (n + 1) / 2);
    uint32_t *word = ARENA_NEW(a, uint32_t, words), *at = word;
    *at++ = SYSTEM_VARIABLES;
    *at++ = SYSTEM_BITS;
    for (uint32_t k = 0; k < SYSTEM_VARIABLES; k++)
        at = put_variable(at, k == 0 ? v : 0, n, false);
    put_variable(at, spikes, n, true);
    return (dse_region){word, words};
}

static dse_region channels(uint32_t steps, uint32_t n, uint32_t v, uint32_t spikes, hmn_arena *a)
{
    uint32_t *word = ARENA_NEW(a, uint32_t, 1 + 3 * SYSTEM_CHANNELS);
    word[0] = SYSTEM_CHANNELS;
    word[1] = v ? (steps + v - 1) / v * WORD * (1 + n) : 0; /* the step, and a value a neuron */
    word[1 + 3 * SYSTEM_VARIABLES] = spikes ? steps * WORD * (1 + (n + 31) / 32) : 0;
    return (dse_region){word, 1 + 3 * SYSTEM_CHANNELS};
}

static dse_region zeros(uint32_t words, hmn_arena *a) { return (dse_region){ARENA_NEW(a, uint32_t, words), words}; }

void spin_system_regions(const hmn_image *m, uint32_t core, const spin_rom *r, const char *binary,
                         dse_region region[DSE_REGIONS], hmn_arena *a)
{
    enum { DT_NS = 2, DURATION };
    image_rows network = image_host(m, HOST_NETWORK);
    uint32_t *control = ARENA_NEW(a, uint32_t, 3), steps = (uint32_t)image_get(network, 0, DURATION);
    control[0] = md5_head(binary);
    control[1] = (uint32_t)(image_get(network, 0, DT_NS) / 1000);
    control[2] = COMMAND_PORT;
    region[SYSTEM_CONTROL] = (dse_region){control, 3};
    if (r->relay) {
        region[SYSTEM_RELAY_PROVENANCE] = zeros(ALWAYS_COUNTERS + RELAY_COUNTERS, a);
        return;
    }
    uint32_t population = population_of(m, core), v = rate_of(m, population, PROBE_V);
    uint32_t spikes = rate_of(m, population, PROBE_SPIKES);
    region[SYSTEM_WHAT_TO_RECORD] = what_to_record(r->n, v, spikes, a);
    region[SYSTEM_PROVENANCE] = zeros(ALWAYS_COUNTERS + COUNTERS, a);
    region[SYSTEM_PROFILER] = zeros(1, a);
    region[SYSTEM_FILTERS] = zeros(1, a);
    region[SYSTEM_RECORDING] = channels(steps, r->n, v, spikes, a);
    region[SYSTEM_INITIAL] = zeros(region[spin_region_number(SPIN_NEURON_PARAMS)].nwords, a);
}
