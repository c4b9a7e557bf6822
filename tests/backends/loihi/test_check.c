/* The judge of images: damaged tables are refused, and what is not refused can be run. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/core.h"
#include "backends/loihi/decode.h"
#include "backends/loihi/lower.h"
#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/ir/image_layout.h"

/* Of a neuron's program. */
static void ask_everything(net_population *p)
{
    p->activation = ACT_RELU;
    p->reset = RESET_SUBTRACT;
    set_param(set_param(p, NP_RESET_V, -100), NP_PAYLOAD_EXP, 5);
    set_param(set_param(p, NP_ADAPT_STEP, 300), NP_DECAY_ADAPT, 90);
    set_param(p, NP_DECAY_U_INH, 700);
}

static net_builder *small_network(hmn_rule *rule, const char *dialect, const hmn_chip *chip)
{
    net_builder *b = build_open();
    b->unit.chip = chip;
    b->net.target.dialect.s = dialect;
    build_population(b, "in", 6, MODEL_SOURCE);
    net_population *p = set_param(build_population(b, "out", 5, MODEL_LOIHI_LIF), NP_VTH_MANT, 100);
    if (chip->limits->programs)
        ask_everything(p);
    build_projection(b, "in_out", 0, 1, CONN_ALL_TO_ALL)->weight = build_constant(90);
    net_projection *j = build_projection(b, "out_out", 1, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.5;
    j->weight = build_constant(70);
    j->receptor = chip->limits->programs ? RECEPTOR_INHIBITORY : RECEPTOR_EXCITATORY;
    j->delay = build_dist(DIST_UNIFORM_INT, 1, 6, 0, 0);
    j->rule.i = 0;
    b->rule[0] = (net_rule){.name = {"rule", {0, 1, 1, 1}}, .type = RULE_TEXT, .enabled = true};
    b->net.nrules = 1;
    *rule = (hmn_rule){.name = "rule", .epoch = 2, .nproducts = 2};
    rule->trace[RT_X1] = rule->trace[RT_Y1] = (rule_trace){.impulse_q8 = 4000, .decay_q12 = 3000};
    rule->trace[RT_X1].tau = rule->trace[RT_Y1].tau = 3;
    rule->product[0] = (rule_product){RULE_W, RV_Y0, 0, 1, 0, 1, {{RV_X1, false, 0}}};
    rule->product[1] = (rule_product){RULE_D, RV_X0, 0, -1, -2, 1, {{RV_Y1, false, 0}}};
    ck_assert_msg(quantised(b), "%s", first_message(b));
    b->unit.qnet->rule = rule;
    b->unit.qnet->nrules = 1;
    b->unit.qnet->projection[1].rule = 0;
    ck_assert_msg(emitted(b), "%s", first_message(b));
    return b;
}

/* Makes the checksums of changed bytes right again, so that only the chip's own check stands between. */
static void reseal(unsigned char *bytes)
{
    image_header *h = (image_header *)bytes;
    image_entry *e = (image_entry *)(bytes + sizeof *h);
    for (uint32_t i = 0; i < h->nsections; i++)
        e[i].hash = hash64(bytes + e[i].offset, e[i].bytes, 0);
    h->directory_hash = hash64(e, h->nsections * sizeof *e, hash64(bytes, 56, 0));
}

static image_entry *section(unsigned char *bytes, uint32_t table)
{
    image_header *h = (image_header *)bytes;
    image_entry *e = (image_entry *)(bytes + sizeof *h);
    for (uint32_t i = 0; i < h->nsections; i++)
        if (e[i].core == 0 && e[i].table == table)
            return &e[i];
    ck_abort_msg("no table %u", table);
}

/* Boots and runs an image that was accepted; sanitizers watch. */
static void run(const hmn_core_view *v)
{
    hmn_core_size size = v->chip->size(v);
    void *rom = core_block(size.rom), *state = core_block(size.state);
    v->chip->boot(v, rom, state);
    hmn_counters count = {0};
    int32_t channel[1] = {5};
    uint32_t *fired = calloc(size.compartments, sizeof *fired);
    int32_t *payload = calloc(size.compartments, sizeof *payload);
    hmn_packet *out = calloc(size.max_packets + 1, sizeof *out);
    hmn_event *in = calloc(size.axons + 1, sizeof *in);
    hmn_port port = {.in = in,
                     .nin = size.axons,
                     .channel = channel,
                     .nchannels = 1,
                     .learning = true,
                     .fired = fired,
                     .payload = payload,
                     .out = out,
                     .count = &count};
    for (uint32_t i = 0; i < size.axons; i++)
        in[i] = (hmn_event){i, 1};
    for (port.step = 0; port.step < 20; port.step++)
        for (int phase = PHASE_DELIVER; phase <= PHASE_LEARN; phase++)
            v->chip->step(rom, state, (hmn_phase)phase, &port);
    ck_assert_uint_le(port.nout, size.max_packets);
    free(rom);
    free(state);
    free(fired);
    free(payload);
    free(out);
    free(in);
}

static bool accepted(const unsigned char *bytes, size_t size)
{
    hmn_diag *d = diag_new();
    hmn_image *m = image_from_memory(bytes, size, "test", d);
    ck_assert_msg(m != NULL, "%s", diag_count(d) ? diag_get(d, 0)->text : "");
    hmn_core_view v = {m, registry_find(image_chip(m)), 0, image_seed(m)};
    bool ok = v.chip->check(&v, d);
    ck_assert_int_eq(ok, diag_errors(d) == 0);
    if (ok)
        run(&v);
    image_close(m);
    diag_free(d);
    return ok;
}

static unsigned char *copy_image(const net_builder *b)
{
    unsigned char *bytes = aligned_alloc(64, (b->unit.image_size + 63) / 64 * 64);
    memcpy(bytes, b->unit.image, b->unit.image_size);
    return bytes;
}

/* All tables that an image of the dialect has, but for the one that is not loaded. */
static void damage(const char *dialect, const hmn_chip *chip)
{
    hmn_rule rule;
    net_builder *b = small_network(&rule, dialect, chip);
    uint32_t refused = 0, harmless = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        unsigned char *bytes = copy_image(b);
        uint32_t table = rng_below(9, RNG_TASK, i, 0, 0, LOIHI_ORIGINS);
        if (table == LOIHI_DECAYS && strcmp(dialect, "chip") == 0)
            table = LOIHI_PROFILES;
        if (chip->limits->programs && i % 4 == 0)
            table = LOIHI_PROGRAMS;
        image_entry *e = section(bytes, table);
        for (uint32_t k = 0; k <= i % 3; k++) {
            uint64_t bit = rng_below(9, RNG_TASK, i, 1 + k, 0, (uint32_t)e->bytes * 8);
            bytes[e->offset + bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        reseal(bytes);
        *(accepted(bytes, b->unit.image_size) ? &harmless : &refused) += 1;
        free(bytes);
    }
    ck_assert_uint_gt(refused, 500);
    ck_assert_uint_gt(harmless, 500);
    build_close(b);
}

START_TEST(random_damage_to_neuron_programs_is_refused_or_harmless) { damage("chip", loihi2()); }
END_TEST

START_TEST(random_damage_is_refused_or_harmless)
{
    damage("chip", loihi());
    damage("lava", loihi());
}
END_TEST

/* Synapse memory with runs and with blocks that axons share, its formats and its axons. */
static void damage_axons(const char *axons)
{
    static const loihi_table tables[] = {LOIHI_SYNAPSES, LOIHI_FORMATS, LOIHI_AXONS, LOIHI_ROUTES};
    net_builder *b = build_open();
    b->net.target.axons.s = axons;
    build_population(b, "in", 20, MODEL_SOURCE);
    set_param(build_population(b, "out", 150, MODEL_LOIHI_LIF), NP_VTH_MANT, 100);
    build_projection(b, "same", 0, 1, CONN_ALL_TO_ALL)->weight = build_constant(90);
    net_projection *j = build_projection(b, "some", 1, 1, CONN_FIXED_PROBABILITY);
    j->connector.p_connect = 0.2;
    j->weight = build_dist(DIST_UNIFORM_INT, 1, 60, 0, 0);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    uint32_t count[2] = {0, 0};
    for (uint32_t i = 0; i < 1500; i++) {
        unsigned char *bytes = copy_image(b);
        image_entry *e = section(bytes, tables[i % 4]);
        for (uint32_t k = 0; k <= i % 4; k++) {
            uint64_t bit = rng_below(10, RNG_TASK, i, 1 + k, 0, (uint32_t)e->bytes * 8);
            bytes[e->offset + bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        reseal(bytes);
        count[accepted(bytes, b->unit.image_size)]++;
        free(bytes);
    }
    hmn_image *m = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    image_rows formats = image_section(m, loihi_tables, LOIHI_FORMATS, 0),
               axon = image_section(m, loihi_tables, LOIHI_AXONS, 0);
    bool runs = false;
    for (uint64_t i = 0; i < formats.rows; i++)
        runs |= image_get(formats, i, LOIHI_FORMATS_compression) == COMPRESSION_RUNS;
    ck_assert(runs && (image_get(axon, 0, LOIHI_AXONS_same) ||
                       image_get(axon, 1, LOIHI_AXONS_pointer) == image_get(axon, 0, LOIHI_AXONS_pointer)));
    ck_assert_int_eq(image_get(axon, 0, LOIHI_AXONS_atoms) > 0, axons != NULL);
    image_close(m);
    ck_assert_uint_gt(count[0], 200);
    ck_assert_uint_gt(count[1], 200);
    build_close(b);
}

START_TEST(random_damage_to_runs_and_shared_blocks_is_refused_or_harmless) { damage_axons(NULL); }
END_TEST

START_TEST(random_damage_to_population_axons_is_refused_or_harmless) { damage_axons("population"); }
END_TEST

static void changed(loihi_table table, uint64_t row, uint32_t column, int64_t value)
{
    hmn_rule rule;
    net_builder *b = small_network(&rule, "chip", loihi());
    unsigned char *bytes = copy_image(b);
    image_entry *e = section(bytes, table);
    schema_set(&loihi_tables[table], (uint64_t *)(bytes + e->offset) + row * e->row_words, column, value);
    reseal(bytes);
    ck_assert_msg(!accepted(bytes, b->unit.image_size), "table %s column %u value %lld", loihi_tables[table].name,
                  column, (long long)value);
    free(bytes);
    build_close(b);
}

START_TEST(each_broken_reference_is_refused)
{
    changed(LOIHI_CORE, 0, LOIHI_CORE_compartments, 6);
    changed(LOIHI_CORE, 0, LOIHI_CORE_axons, 3);
    changed(LOIHI_CORE, 0, LOIHI_CORE_slots, 9);
    changed(LOIHI_CORE, 0, LOIHI_CORE_epoch, 0);
    changed(LOIHI_CORE, 0, LOIHI_CORE_first_learning, 11);
    changed(LOIHI_CORE, 0, LOIHI_CORE_dialect, 7);
    changed(LOIHI_COMPARTMENTS, 1, LOIHI_COMPARTMENTS_decay_u, 4096);
    changed(LOIHI_COMPARTMENTS, 1, LOIHI_COMPARTMENTS_post_trace, 9);
    changed(LOIHI_AXONS, 2, LOIHI_AXONS_pointer, 16000);
    changed(LOIHI_AXONS, 2, LOIHI_AXONS_words, 400);
    changed(LOIHI_AXONS, 2, LOIHI_AXONS_words, 3); /* into the next axon's */
    changed(LOIHI_AXONS, 2, LOIHI_AXONS_pre_trace, 1);
    changed(LOIHI_AXONS, 3, LOIHI_AXONS_base, 200);   /* beyond the last compartment */
    changed(LOIHI_AXONS, 10, LOIHI_AXONS_pointer, 0); /* a learning axon on another's synapses */
    changed(LOIHI_FORMATS, 0, LOIHI_FORMATS_sign, 0);
    changed(LOIHI_FORMATS, 0, LOIHI_FORMATS_compression, 2);
    changed(LOIHI_FORMATS, 0, LOIHI_FORMATS_weight_bits, 0);
    changed(LOIHI_FORMATS, 0, LOIHI_FORMATS_profile, 2);
    changed(LOIHI_ROUTES, 0, LOIHI_ROUTES_core, 1);
    changed(LOIHI_ROUTES, 0, LOIHI_ROUTES_axon, 500);
    changed(LOIHI_ROUTES, 0, LOIHI_ROUTES_compartment, 5);
    changed(LOIHI_ROUTES, 0, LOIHI_ROUTES_atom, 1);
    changed(LOIHI_AXONS, 0, LOIHI_AXONS_atoms, 1);
    changed(LOIHI_AXONS, 10, LOIHI_AXONS_atoms, 1); /* a learning one */
    changed(LOIHI_CORE, 0, LOIHI_CORE_atoms, 1);
    changed(LOIHI_PROFILES, 0, LOIHI_PROFILES_words, 3);
    changed(LOIHI_MICROCODE, 0, LOIHI_MICROCODE_word, 0);
    changed(LOIHI_POST_TRACES, 0, LOIHI_POST_TRACES_y3_register, 1); /* its y3 decays */
    changed(LOIHI_PRE_TRACES, 0, LOIHI_PRE_TRACES_counts, 1);        /* not on this chip */
    changed(LOIHI_PROFILES, 0, LOIHI_PROFILES_counts, 1);
}
END_TEST

START_TEST(an_untouched_image_passes)
{
    hmn_rule rule;
    net_builder *b = small_network(&rule, "chip", loihi());
    ck_assert(accepted(b->unit.image, b->unit.image_size));
    build_close(b);
}
END_TEST

SUITE("check", random_damage_to_runs_and_shared_blocks_is_refused_or_harmless,
      random_damage_to_population_axons_is_refused_or_harmless, random_damage_to_neuron_programs_is_refused_or_harmless,
      an_untouched_image_passes, random_damage_is_refused_or_harmless, each_broken_reference_is_refused)
