/* The judge of a core's regions: damaged ones are refused, and what is not refused can be run. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/core.h"
#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/ir/image_layout.h"

/* Makes the checksums of changed bytes right again, so that only the chip's own check stands between. */
static void reseal(unsigned char *bytes)
{
    image_header *h = (image_header *)bytes;
    image_entry *e = (image_entry *)(bytes + sizeof *h);
    for (uint32_t i = 0; i < h->nsections; i++)
        e[i].hash = hash64(bytes + e[i].offset, e[i].bytes, 0);
    h->directory_hash = hash64(e, h->nsections * sizeof *e, hash64(bytes, 56, 0));
}

static image_entry *section(unsigned char *bytes, uint32_t core, uint32_t table)
{
    image_header *h = (image_header *)bytes;
    image_entry *e = (image_entry *)(bytes + sizeof *h);
    for (uint32_t i = 0; i < h->nsections; i++)
        if (e[i].core == core && e[i].table == table)
            return &e[i];
    ck_abort_msg("no table %u", table);
}

static void *block(size_t size)
{
    void *p = aligned_alloc(64, (size + 63) / 64 * 64);
    memset(p, 0, (size + 63) / 64 * 64);
    return p;
}

/* Boots and runs a core that was accepted; sanitizers watch. */
static void run(const hmn_core_view *v)
{
    hmn_core_size size = v->chip->size(v);
    void *rom = block(size.rom), *state = block(size.state);
    v->chip->boot(v, rom, state);
    hmn_counters count = {0};
    int32_t channel[2] = {500, -500};
    uint32_t *fired = block(size.compartments * sizeof *fired);
    int32_t *payload = block(size.compartments * sizeof *payload);
    uint8_t *replay = block(size.compartments);
    hmn_event *in = block((size.axons + 1) * sizeof *in);
    hmn_synapse synapse[64];
    hmn_port port = {.in = in, .channel = channel, .nchannels = 2, .fired = fired, .payload = payload, .count = &count};
    port.nin = size.axons;
    port.replay = replay;
    memset(replay, 1, size.compartments);
    for (uint32_t i = 0; i < size.axons; i++)
        in[i] = (hmn_event){i, 1};
    for (port.step = 0; port.step < 80; port.step++) {
        port.learning = port.step % 7 != 0;
        for (int phase = PHASE_DELIVER; phase <= PHASE_LEARN; phase++)
            v->chip->step(rom, state, (hmn_phase)phase, &port);
    }
    v->chip->synapses(rom, state, 0, synapse, 64);
    void *all[] = {rom, state, fired, payload, replay, in};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static bool accepted(const unsigned char *bytes, size_t size, uint32_t core)
{
    hmn_diag *d = diag_new();
    hmn_image *m = image_from_memory(bytes, size, "test", d);
    ck_assert_msg(m != NULL, "%s", diag_count(d) ? diag_get(d, 0)->text : "");
    hmn_core_view v = {m, registry_find(image_chip(m)), core, image_seed(m)};
    bool ok = v.chip->check(&v, d);
    ck_assert_int_eq(ok, diag_errors(d) == 0);
    if (ok)
        run(&v);
    image_close(m);
    diag_free(d);
    return ok;
}

static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 6, model: spike_source}\n"
    "  out: {size: 5, model: IF_curr_exp}\n"
    "neuromodulators: {reward: {source: {signal: task.reward}}}\n"
    "oscillations: {theta: {frequency: 7 Hz}}\n"
    "plasticity_rules: {rule: {%s}}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5, plasticity: rule,\n"
    "      receptor_type: excitatory, delay: {distribution: uniform_int, low: 1, high: 9}}\n"
    "  q: {pre: out, post: out, connector: {type: fixed_probability, p_connect: 0.4}, weight: 0.2}\n"
    "run: {duration: 10 ms, seed: 42}\n";

static void damage(const char *rule)
{
    static const uint32_t tables[] = {
        SPIN_CORE,  SPIN_SYNAPSE_PARAMS, SPIN_POPULATION_TABLE, SPIN_SYNAPTIC_MATRIX, SPIN_SYNAPSE_DYNAMICS,
        SPIN_BLOCKS};
    enum { TABLES = sizeof tables / sizeof *tables, CORE = 1 };
    char text[4096];
    spin_net n;
    uint32_t refused = 0, harmless = 0;
    snprintf(text, sizeof text, network, rule);
    ck_assert_msg(spin_compile(&n, text, NULL), "%s", spin_message(&n));
    ck_assert(accepted(n.unit.image, n.unit.image_size, CORE));
    for (uint32_t i = 0; i < 3000; i++) {
        unsigned char *bytes = block(n.unit.image_size);
        memcpy(bytes, n.unit.image, n.unit.image_size);
        image_entry *e = section(bytes, CORE, tables[rng_below(19, RNG_TASK, i, 0, 0, TABLES)]);
        for (uint32_t k = 0; k <= i % 3; k++) {
            /* one half falls on the first words, where counts and rules stand */
            uint32_t bits = i % 2 && e->bytes > 128 ? 1024 : (uint32_t)e->bytes * 8;
            uint32_t bit = rng_below(19, RNG_TASK, i, 1 + k, 0, bits);
            bytes[e->offset + bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        reseal(bytes);
        *(accepted(bytes, n.unit.image_size, CORE) ? &harmless : &refused) += 1;
        free(bytes);
    }
    ck_assert_msg(refused > 300 && harmless > 300, "%u refused, %u harmless", refused, harmless);
    spin_close(&n);
}

START_TEST(damage_to_cores_of_the_pair_rule_is_refused_or_harmless) { damage("type: stdp, weight_bounds: [0, 1]"); }
END_TEST

START_TEST(damage_to_cores_of_the_hmn_rule_is_refused_or_harmless)
{
    damage("type: hmn, neuromodulators: [reward], eta_local: 0.1, epoch: 5, weight_bounds: [0, 1], decay: 0.001,\n"
           "    traces: {tau_fast: 20 ms, tau_slow: 100 ms}, probability_gate: {beta_p: 0.2},\n"
           "    phase_gate: {oscillation: theta, bins: 2, owner: synapse, assign: uniform}");
}
END_TEST

SUITE("check", damage_to_cores_of_the_pair_rule_is_refused_or_harmless,
      damage_to_cores_of_the_hmn_rule_is_refused_or_harmless)
