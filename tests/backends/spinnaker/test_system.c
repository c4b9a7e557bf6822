/* What programs read beside the network, word by word. */
#include "backends/spinnaker/system.h"

#include "tests/backends/spinnaker/fixture.h"
#include "tests/backends/spinnaker/folder.h"

static const char net[] = "hmn: 1\n"
                          "network: {dt: 0.5 ms}\n"
                          "populations:\n"
                          "  src: {size: 4, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
                          "  a: {size: 5, model: IF_curr_exp}\n"
                          "  b: {size: 40, model: IF_cond_exp}\n"
                          "projections:\n"
                          "  in: {pre: src, post: a, connector: {type: all_to_all}, weight: 0.5}\n"
                          "  on: {pre: a, post: b, connector: {type: all_to_all}, weight: 0.01, delay: 20 ms}\n"
                          "probes:\n"
                          "  v: {target: a, record: v, every: 2 ms}\n"
                          "  s: {target: [a, b], record: spikes}\n"
                          "run: {duration: 50 ms}\n";

/* Regions of the block of core p of chip (0, 0). */
static void read_core(folder *f, uint32_t p, dse_region out[DSE_REGIONS])
{
    char name[32];
    snprintf(name, sizeof name, "core_0_0_%u.dse", p);
    uint32_t file = folder_file(f, name), first = UINT32_MAX;
    const uint32_t *word = f->bytes[file];
    for (uint32_t k = 0; k < DSE_REGIONS; k++)
        first = word[2 + 3 * k] && word[2 + 3 * k] < first ? word[2 + 3 * k] : first;
    ck_assert(dse_read(word, (uint32_t)(f->size[file] / 4), first - 4 * DSE_HEAD_WORDS, out));
}

static uint32_t core_of(const spin_net *n, const char *name)
{
    const hmn_mapping *m = n->unit.mapping;
    for (uint32_t s = 0; s < m->nslices; s++)
        if (strcmp(m->qnet->graph->population[m->slice[s].population].name, name) == 0)
            return m->site[m->slice[s].core];
    return m->site[m->relay[0].core];
}

START_TEST(control_recording_and_provenance_are_those_of_the_programs)
{
    spin_net n = spin_open(net, 1);
    folder f = folder_new(n.arena);
    ck_assert(n.unit.chip->deploy(n.image, n.unit.chip, &f.port, n.arena, n.diag));
    dse_region a[DSE_REGIONS], b[DSE_REGIONS], relay[DSE_REGIONS], source[DSE_REGIONS];
    read_core(&f, core_of(&n, "a"), a);
    read_core(&f, core_of(&n, "b"), b);
    read_core(&f, core_of(&n, "relay"), relay);
    read_core(&f, core_of(&n, "src"), source);
    ck_assert_uint_eq(a[0].word[0], 0xeeb98d83); /* echo -n IF_curr_exp | md5sum */
    ck_assert_uint_eq(a[0].word[1], 500);
    ck_assert_uint_eq(a[0].word[2], 3);
    ck_assert_uint_eq(relay[0].word[0], 0x0dc64bf0);
    ck_assert_uint_eq(relay[2].nwords, 18);
    ck_assert_uint_eq(source[0].nwords, 0); /* no program */
    const uint32_t v[] = {3, 1, 4, 5, 4, 0x10000, 0x30002, 4}, none[] = {0, 0, 4, 0, 0, 0};
    const uint32_t spikes[] = {1, 5, 0x10000, 0x30002, 4};
    ck_assert_uint_eq(a[9].nwords, 8 + 6 + 6 + 5);
    ck_assert_mem_eq(a[9].word, v, sizeof v);
    ck_assert_mem_eq(a[9].word + 8, none, sizeof none);
    ck_assert_mem_eq(a[9].word + 20, spikes, sizeof spikes);
    ck_assert_uint_eq(b[9].word[2], 0); /* no v of b */
    ck_assert_uint_eq(b[9].word[3], 0);
    ck_assert_uint_eq(a[15].nwords, 16);
    ck_assert_uint_eq(a[15].word[0], 5);
    ck_assert_uint_eq(a[15].word[1], 25 * (4 + 20)); /* 100 steps, each fourth */
    ck_assert_uint_eq(a[15].word[10], 100 * 8);
    ck_assert_uint_eq(b[15].word[10], 100 * 12); /* 40 neurons: two words of bits */
    ck_assert_uint_eq(a[10].nwords, 28);
    ck_assert_uint_eq(a[11].word[0] + a[14].word[0], 0);
    ck_assert_uint_eq(a[16].nwords, a[2].nwords);
    ck_assert_uint_eq(a[3].nwords, 1); /* no current sources */
    spin_close(&n);
}
END_TEST

static spin_rom rom_of(uint32_t model, spin_learn_kind learning, stdp_kind kind)
{
    spin_rom r = {.program = {SPIN_KIND_NEURONS, &spin_models[model], 1}, .learning = learning};
    r.stdp.kind = kind;
    return r;
}

static void expect(const char *name, const spin_rom r)
{
    hmn_arena *a = arena_new(0);
    const char *got = spin_binary(&r, a);
    ck_assert_msg(name == got || (name && got && strcmp(name, got) == 0), "%s", got ? got : "none");
    arena_free(a);
}

START_TEST(a_program_is_named_by_its_rule_where_upstream_builds_it)
{
    const stdp_kind pair = {TIMING_PAIR, WEIGHT_ADDITIVE, false};
    expect("IF_curr_exp", rom_of(SPIN_MODEL_IF_CURR_EXP, SPIN_LEARN_NONE, pair));
    expect("IF_curr_exp_ca2_adaptive_stdp_mad_pair_additive",
           rom_of(SPIN_MODEL_IF_CURR_EXP_CA2, SPIN_LEARN_STDP, pair));
    expect("IF_curr_exp_stdp_mad_nearest_pair_multiplicative",
           rom_of(SPIN_MODEL_IF_CURR_EXP, SPIN_LEARN_STDP,
                  (stdp_kind){TIMING_NEAREST_PAIR, WEIGHT_MULTIPLICATIVE, false}));
    expect("IF_curr_exp_stdp_mad_pfister_triplet_additive",
           rom_of(SPIN_MODEL_IF_CURR_EXP, SPIN_LEARN_STDP, (stdp_kind){TIMING_TRIPLET, WEIGHT_TWO_TERM, false}));
    expect("IF_curr_exp_stdp_mad_vogels_2011_additive",
           rom_of(SPIN_MODEL_IF_CURR_EXP, SPIN_LEARN_STDP, (stdp_kind){TIMING_VOGELS, WEIGHT_ADDITIVE, false}));
    expect(NULL, rom_of(SPIN_MODEL_IF_COND_EXP, SPIN_LEARN_STDP, (stdp_kind){TIMING_VOGELS, WEIGHT_ADDITIVE, false}));
    expect(NULL, rom_of(SPIN_MODEL_IF_CURR_EXP_DUAL, SPIN_LEARN_STDP, pair));
    expect(NULL, rom_of(SPIN_MODEL_IF_CURR_EXP, SPIN_LEARN_STDP, (stdp_kind){TIMING_PAIR, WEIGHT_ADDITIVE, true}));
    expect(NULL, rom_of(SPIN_MODEL_IF_CURR_EXP, SPIN_LEARN_HYBRID, pair));
}
END_TEST

SUITE("system", control_recording_and_provenance_are_those_of_the_programs,
      a_program_is_named_by_its_rule_where_upstream_builds_it)
