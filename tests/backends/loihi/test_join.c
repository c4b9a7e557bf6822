/* Neurons of several compartments: each join worked out by hand, random trees against a restatement of eq. L1-L5 and
 * J1-J4 in wide integers, and random networks of trees against the reference. */
#include "tests/backends/loihi/fixture.h"

#include "core/base/rng.h"
#include "core/machine/machine.h"
#include "tests/tools/source_text.h"
#include "tools/verify.h"

static net_population *dendrite(net_builder *b, const char *name, uint32_t of, net_sends sends)
{
    net_population *p = build_population(b, name, b->population[of].size, MODEL_LOIHI_LIF);
    p->dendrite_of = (net_ref){of, {0, 1, 1, 1}};
    p->sends = sends;
    return p;
}

/* A soma that keeps nothing of u and all of v, with two dendrites that keep nothing and fire above 640. On the core the
 * second dendrite is compartment 0, the first 1, the soma 2. */
static net_builder *three(const hmn_chip *chip, net_join join, net_sends sends)
{
    net_builder *b = build_open();
    b->unit.chip = chip;
    net_population *soma = build_population(b, "soma", 1, MODEL_LOIHI_LIF);
    soma->join = join;
    set_param(soma, NP_VTH_MANT, 100);
    for (int k = 0; k < 2; k++)
        set_param(set_param(dendrite(b, k ? "b" : "a", 0, sends), NP_VTH_MANT, 10), NP_DECAY_V, 4095);
    return b;
}

static void drive(one_core *c, int32_t a, int32_t b, int32_t soma)
{
    const hmn_drive d[] = {{0, b}, {1, a}, {2, soma}};
    core_step(c, NULL, 0, d, 3);
}

static bool soma_fired(const one_core *c) { return c->port.nfired && c->port.fired[c->port.nfired - 1] == 2; }

START_TEST(each_join_forms_what_its_name_says)
{
    /* inputs of a, b and the soma in two steps: a fires in the second. v of the soma after each. Dendrites send u. */
    static const struct {
        net_join join;
        int32_t v[2];
    } cases[] = {{JOIN_ADD_U, {100 - 30 + 7, 77 + 1000 + 20 + 5}},
                 {JOIN_MAX_U, {100, 1100}},
                 {JOIN_MIN_U, {-30, -30 + 5}},
                 {JOIN_PASS_U, {0, 25}},
                 {JOIN_BLOCK_U, {-30 + 7, -23}},
                 {JOIN_ADD_V, {77, 77 + 5 + 1000 + 20}},
                 {JOIN_MAX_V, {100, 1000}},
                 {JOIN_MIN_V, {-30, -25}},
                 {JOIN_PASS_V, {0, 25}},
                 {JOIN_BLOCK_V, {-23, 0}},
                 {JOIN_OR, {7, 0}},
                 {JOIN_AND, {7, 12}}};
    ck_assert_uint_eq(sizeof cases / sizeof *cases, JOIN_COUNT - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int second = 0; second < 2; second++) {
            net_builder *b = three(second ? loihi2() : loihi(), cases[i].join, SENDS_U);
            ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
            one_core *c = core_open(b);
            drive(c, 100, -30, 7);
            ck_assert_msg(core_read(c, VAR_V, 2) == cases[i].v[0], "join %d: %d", cases[i].join,
                          core_read(c, VAR_V, 2));
            ck_assert_uint_eq(c->port.nfired, 0);
            drive(c, 1000, 20, 5);
            ck_assert_msg(core_read(c, VAR_V, 2) == cases[i].v[1], "join %d: %d", cases[i].join,
                          core_read(c, VAR_V, 2));
            ck_assert_int_eq(soma_fired(c), cases[i].join == JOIN_OR);
            core_close(c);
            build_close(b);
        }
}
END_TEST

START_TEST(a_dendrite_sends_v_as_it_stands_after_its_step)
{
    net_builder *b = three(loihi(), JOIN_ADD_U, SENDS_V);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    drive(c, 640, 50, 1);
    ck_assert_int_eq(core_read(c, VAR_V, 2), 691);
    drive(c, 641, 50, 1); /* a fires: its v is 0 */
    ck_assert_int_eq(core_read(c, VAR_V, 2), 691 + 51);
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(and_waits_for_all_dendrites_and_keeps_v_until_then)
{
    net_builder *b = three(loihi(), JOIN_AND, SENDS_V);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    static const int32_t a[] = {900, 0, 900, 900}, second[] = {0, 900, 900, 900}, v[] = {6500, 6500, 0, 0};
    for (int t = 0; t < 4; t++) {
        drive(c, a[t], second[t], t ? 0 : 6500);
        ck_assert_int_eq(core_read(c, VAR_V, 2), v[t]);
        ck_assert_int_eq(soma_fired(c), t == 2);
    }
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(a_soma_at_rest_does_not_fire_with_its_dendrites)
{
    net_builder *b = three(loihi(), JOIN_OR, SENDS_V);
    set_param(&b->population[0], NP_REFRACTORY, 3);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    for (int t = 0; t < 7; t++) {
        drive(c, 900, 0, 30);
        ck_assert_int_eq(soma_fired(c), t % 3 == 0);
        ck_assert_int_eq(core_read(c, VAR_V, 2), 0);
    }
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(v_of_a_join_is_clipped_to_the_limits)
{
    net_builder *b = three(loihi(), JOIN_ADD_V, SENDS_U);
    set_param(set_param(&b->population[0], NP_VMAX_EXP, 0), NP_VMIN_EXP, 8);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    drive(c, 400, 400, 0);
    ck_assert_int_eq(core_read(c, VAR_V, 2), 511);
    drive(c, -4000, -4000, 0);
    ck_assert_int_eq(core_read(c, VAR_V, 2), -255);
    core_close(c);
    build_close(b);
}
END_TEST

/* ---- random trees against wide integers ---- */

enum { MEMBERS = 4, CELLS = 3, STEPS = 120 };

static uint32_t draw(uint32_t seed, uint32_t key, uint32_t n) { return rng_below(5, RNG_TASK, seed, key, 0, n); }

/* Registers of one compartment as eq. L1-L5 name them. */
typedef struct {
    int64_t decay_u, decay_v, vth, bias, rest, low, high;
    int64_t u, v, hold, fired;
    net_join join;
    bool sends_u;
} cell;

static int64_t wrapped(int64_t x, int64_t half) { return ((x + half) % (2 * half) + 2 * half) % (2 * half) - half; }
static int64_t kept(int64_t x, int64_t decay) { return x * (4096 - decay) / 4096; } /* C rounds toward zero */
static int64_t limited(int64_t x, const cell *c) { return x < c->low ? c->low : x > c->high ? c->high : x; }

static int64_t of_dendrites(net_join op, int64_t own, const cell *a, const cell *b)
{
    int64_t x = a->sends_u ? a->u : a->v, y = b ? b->sends_u ? b->u : b->v : 0, z = own;
    if (op == JOIN_ADD_U)
        return own + x + y;
    if (op == JOIN_PASS_U)
        return a->fired ? own + y : 0;
    if (op == JOIN_BLOCK_U)
        return a->fired ? 0 : own + y;
    z = op == JOIN_MAX_U ? (x > z ? x : z) : (x < z ? x : z);
    return !b ? z : op == JOIN_MAX_U ? (y > z ? y : z) : (y < z ? y : z);
}

static void restated(cell *c, const cell *a, const cell *b, int64_t input)
{
    c->u = wrapped(kept(c->u, c->decay_u + 1) + wrapped(input, 1 << 21), 1 << 23);
    int64_t drives = c->u;
    if (a && c->join >= JOIN_ADD_U && c->join <= JOIN_BLOCK_U)
        drives = of_dendrites(c->join, c->u, a, b);
    int64_t v = limited(kept(c->v, c->decay_v) + wrapped(drives + c->bias, 1 << 23), c);
    if (a && c->join >= JOIN_ADD_V && c->join <= JOIN_BLOCK_V)
        v = limited(of_dendrites(c->join - JOIN_ADD_V + JOIN_ADD_U, v, a, b), c);
    c->fired = 0;
    if (c->hold > 0) {
        c->hold--;
        return;
    }
    bool fires = v > c->vth;
    if (a && c->join == JOIN_OR)
        fires = fires || a->fired || (b && b->fired);
    if (a && c->join == JOIN_AND)
        fires = fires && a->fired && (!b || b->fired);
    c->v = fires ? 0 : v;
    c->fired = fires;
    c->hold = fires ? c->rest - 1 : 0;
}

/* Member 0 is the soma, 1 a dendrite of it, 2 one of either, 3 one of any that has room. */
static void random_tree(net_builder *b, uint32_t seed, cell *member, uint32_t *of)
{
    uint32_t dendrites[MEMBERS] = {0};
    static const char *const name[] = {"m0", "m1", "m2", "m3"};
    for (uint32_t m = 0; m < MEMBERS; m++) {
        uint32_t k = 40 * m;
        of[m] = m == 0 ? NET_NONE : draw(seed, k, m);
        if (m && dendrites[of[m]]++ == NET_MAX_DENDRITES) {
            dendrites[of[m]]--;
            of[m] = m - 1;
            dendrites[m - 1]++;
        }
        net_population *p = m ? dendrite(b, name[m], of[m], draw(seed, k + 1, 2) ? SENDS_U : SENDS_V)
                              : build_population(b, name[m], CELLS, MODEL_LOIHI_LIF);
        cell *c = &member[m];
        *c = (cell){.decay_u = draw(seed, k + 2, 4096), .decay_v = draw(seed, k + 3, 4096), .sends_u = p->sends};
        uint32_t mant = draw(seed, k + 4, draw(seed, k + 5, 2) ? 3000 : 131072), e = draw(seed, k + 6, 8);
        uint32_t low = 5 + draw(seed, k + 7, 20), high = draw(seed, k + 8, 8);
        c->rest = 1 + draw(seed, k + 9, draw(seed, k + 10, 2) ? 63 : 3);
        int32_t bias = (int32_t)draw(seed, k + 11, 8191) - 4095;
        c->bias = (int64_t)bias * (1 << e);
        c->vth = (int64_t)mant * 64;
        c->low = 1 - ((int64_t)1 << (low > 23 ? 23 : low));
        c->high = ((int64_t)1 << (9 + 2 * high)) - 1;
        c->join = JOIN_NONE;
        const neuron_param which[] = {NP_DECAY_U,  NP_DECAY_V,  NP_VTH_MANT, NP_BIAS_MANT,
                                      NP_BIAS_EXP, NP_VMIN_EXP, NP_VMAX_EXP, NP_REFRACTORY};
        const double value[] = {(double)c->decay_u, (double)c->decay_v, mant, bias, e, low, high, (double)c->rest};
        for (int i = 0; i < 8; i++)
            set_param(p, which[i], value[i]);
    }
    for (uint32_t m = 0; m < MEMBERS; m++)
        if (dendrites[m])
            b->population[m].join = member[m].join = 1 + draw(seed, 40 * m + 12, JOIN_COUNT - 1);
}

static void check_step(const one_core *c, const hmn_mapping *map, cell state[MEMBERS][CELLS], uint32_t seed, uint32_t t)
{
    uint32_t fired = 0;
    for (uint32_t m = 0; m < MEMBERS; m++)
        for (uint32_t i = 0; i < CELLS; i++) {
            const cell *s = &state[m][i];
            uint32_t at = map->neuron_local[m * CELLS + i];
            ck_assert_msg(core_read(c, VAR_U, at) == s->u && core_read(c, VAR_V, at) == s->v,
                          "tree %u step %u member %u: chip u %d v %d, restated %lld %lld", seed, t, m,
                          core_read(c, VAR_U, at), core_read(c, VAR_V, at), (long long)s->u, (long long)s->v);
            fired += s->fired != 0;
        }
    ck_assert_uint_eq(c->port.nfired, fired);
}

START_TEST(random_trees_do_what_the_equations_say)
{
    uint64_t spikes = 0;
    for (uint32_t seed = 0; seed < 300; seed++) {
        net_builder *b = build_open();
        b->unit.chip = seed % 2 ? loihi2() : loihi();
        cell member[MEMBERS], state[MEMBERS][CELLS];
        uint32_t of[MEMBERS];
        random_tree(b, seed, member, of);
        ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
        one_core *c = core_open(b);
        for (uint32_t m = 0; m < MEMBERS; m++)
            for (uint32_t i = 0; i < CELLS; i++)
                state[m][i] = member[m];
        for (uint32_t t = 0; t < STEPS; t++) {
            hmn_drive d[MEMBERS * CELLS];
            for (uint32_t m = MEMBERS; m-- > 0;) /* a dendrite's number is greater than that of what it joins */
                for (uint32_t i = 0; i < CELLS; i++) {
                    int32_t scale = 1 << (6 + draw(seed, 900, 16));
                    int32_t x = (int32_t)rng_below(seed, RNG_TASK, m, i, t, 3) - 1;
                    x *= (int32_t)rng_below(seed, RNG_TASK, m + 10, i, t, (uint32_t)scale);
                    d[m * CELLS + i] = (hmn_drive){b->unit.mapping->neuron_local[m * CELLS + i], x};
                    const cell *dendrites[2] = {NULL, NULL};
                    uint32_t n = 0;
                    for (uint32_t k = m + 1; k < MEMBERS; k++)
                        if (of[k] == m)
                            dendrites[n++] = &state[k][i];
                    restated(&state[m][i], dendrites[0], dendrites[1], x);
                }
            core_step(c, NULL, 0, d, MEMBERS * CELLS);
            check_step(c, b->unit.mapping, state, seed, t);
            spikes += c->port.nfired;
        }
        core_close(c);
        build_close(b);
    }
    ck_assert_uint_gt(spikes, 5000);
}
END_TEST

/* ---- networks ---- */

static void load(source *s, const char *text, const char *target)
{
    ck_assert_msg(source_from_text(s, target, text), "does not compile:\n%s", text);
}

static const char *const join_words[] = {
#define JOIN(id, word, meaning) word,
#include "core/ir/join.def"
};

static void write_neuron(FILE *f, uint32_t seed, const char *name, uint32_t k, const char *more)
{
    fprintf(f,
            "  %s: {size: 30, model: loihi_lif, %s params: {decay_u: %u, decay_v: %u, vth_mant: %u, bias_mant: %u, "
            "refractory: %u, vmin_exp: %u}}\n",
            name, more, draw(seed, k, 4096), draw(seed, k + 1, 2000), 100 + draw(seed, k + 2, 900),
            draw(seed, k + 3, 300), 1 + draw(seed, k + 4, 5), 10 + draw(seed, k + 5, 14));
}

/* Two trees, recurrent, over several cores. */
static char *random_text(uint32_t seed)
{
    char *text, soma[64], apical[96];
    size_t length;
    FILE *f = open_memstream(&text, &length);
    fprintf(f, "hmn: 1\nnetwork: {name: trees, dt: 1 ms}\ntarget: {neurons_per_core: %u}\npopulations:\n",
            4 + draw(seed, 0, 90));
    fputs("  in: {size: 40, model: spike_source_poisson, params: {rate: 60 Hz}}\n", f);
    snprintf(soma, sizeof soma, "join: %s,", join_words[draw(seed, 1, JOIN_COUNT - 1)]);
    snprintf(apical, sizeof apical, "dendrite_of: soma, sends: %s, join: %s,", draw(seed, 2, 2) ? "u" : "v",
             join_words[draw(seed, 3, JOIN_COUNT - 1)]);
    write_neuron(f, seed, "tuft", 10, "dendrite_of: apical,");
    write_neuron(f, seed, "soma", 20, soma);
    write_neuron(f, seed, "apical", 30, apical);
    write_neuron(f, seed, "basal", 40, draw(seed, 4, 2) ? "dendrite_of: soma, sends: u," : "dendrite_of: apical,");
    write_neuron(f, seed, "other", 50, "");
    fputs("projections:\n", f);
    static const char *const posts[] = {"tuft", "soma", "apical", "basal", "other"};
    for (uint32_t j = 0; j < 9; j++)
        fprintf(f,
                "  j%u: {pre: %s, post: %s, connector: {type: fixed_probability, p_connect: 0.2}, receptor_type: %s, "
                "weight: {distribution: uniform_int, low: 1, high: 120}, delay: {distribution: uniform_int, low: 1, "
                "high: 6}}\n",
                j, j < 5 ? "in" : posts[draw(seed, 60 + j, 5)], posts[j < 5 ? j : draw(seed, 70 + j, 5)],
                draw(seed, 80 + j, 3) ? "excitatory" : "inhibitory");
    fputs("run: {duration: 100 ms, seed: 3}\n", f);
    fclose(f);
    return text;
}

static const verify_bounds usual = {0.05, 0, 0.5};

START_TEST(random_networks_of_trees_agree_exactly_with_the_reference)
{
    uint64_t spikes = 0, cores = 0;
    for (uint32_t seed = 0; seed < 40; seed++) {
        source s;
        verification v;
        char *text = random_text(seed);
        load(&s, text, seed % 2 ? "loihi" : "loihi2");
        ck_assert(verify_run(&s, 120, false, &usual, &v));
        ck_assert_msg(v.exact, "network %u: step %u, neuron %u: chip u %g v %g, reference u %g v %g\n%s", seed,
                      v.registers.step, v.registers.neuron, v.registers.chip_u, v.registers.chip_v,
                      v.registers.reference_u, v.registers.reference_v, text);
        for (uint32_t k = 1; k < v.npopulations; k++)
            spikes += v.population[k].exact.a;
        cores += image_cores(s.image);
        source_end(&s);
        free(text);
    }
    ck_assert_uint_gt(spikes, 5000);
    ck_assert_uint_gt(cores, 80);
}
END_TEST

START_TEST(the_compartments_of_a_neuron_share_a_core)
{
    net_builder *b = build_open();
    build_population(b, "before", 700, MODEL_LOIHI_LIF);
    build_population(b, "soma", 900, MODEL_LOIHI_LIF)->join = JOIN_ADD_U;
    dendrite(b, "a", 1, SENDS_U)->join = JOIN_OR;
    dendrite(b, "b", 1, SENDS_U);
    dendrite(b, "c", 2, SENDS_U);
    ck_assert_msg(quantised(b) && pass_partition(&b->unit), "%s", first_message(b));
    const hmn_mapping *m = b->unit.mapping;
    ck_assert_uint_ge(m->ncores, 5);
    for (uint32_t i = 0; i < 900; i++)
        for (uint32_t k = 2; k < 5; k++) {
            uint32_t own = b->unit.graph->population[k].first + i;
            uint32_t of = b->unit.graph->population[k == 4 ? 2 : 1].first + i;
            ck_assert_uint_eq(m->neuron_core[own], m->neuron_core[of]);
            ck_assert_uint_lt(m->neuron_local[own], m->neuron_local[of]);
        }
    build_close(b);
}
END_TEST

START_TEST(a_neuron_of_more_compartments_than_a_core_is_refused_with_both_numbers)
{
    net_builder *b = three(loihi(), JOIN_ADD_U, SENDS_U);
    b->net.target.neurons_per_core = build_num(3);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    build_close(b);
    b = three(loihi(), JOIN_ADD_U, SENDS_U);
    b->net.target.neurons_per_core = build_num(2);
    ck_assert(quantised(b) && !pass_partition(&b->unit));
    build_refused(b, DIAG_FIT_COMPARTMENTS, "needs 3 compartments");
    build_refused(b, DIAG_FIT_COMPARTMENTS, "has 2");
    build_close(b);
}
END_TEST

START_TEST(dialects_of_emulators_without_dendrites_refuse_them)
{
    static const char *const dialects[] = {"nengo", "lava", "brian2loihi"};
    for (int i = 0; i < 3; i++) {
        net_builder *b = three(loihi(), JOIN_ADD_U, SENDS_U);
        b->net.target.dialect.s = dialects[i];
        ck_assert(!quantised(b));
        build_refused(b, DIAG_FIT_MODEL, "use target.dialect: chip");
        build_refused(b, DIAG_FIT_MODEL, dialects[i]);
        build_close(b);
    }
}
END_TEST

/* The image with one value of table joins changed. */
static void damage(net_builder *b, uint64_t row, uint32_t column, int64_t value, const char *said)
{
    uint32_t table = 0;
    while (strcmp(loihi()->tables[table].name, "joins") != 0)
        table++;
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    image_rows rows = image_section(image, loihi()->tables, table, 0);
    schema_set(&loihi()->tables[table],
               (uint64_t *)(uintptr_t)&rows.words[row * schema_row_words(&loihi()->tables[table])], column, value);
    const hmn_core_view view = {image, loihi(), 0, 1};
    ck_assert(!loihi()->check(&view, b->unit.diag));
    ck_assert_msg(strstr(first_message(b), said), "%s", first_message(b));
    image_close(image);
}

START_TEST(damaged_joins_are_refused)
{
    static const struct {
        uint64_t row;
        uint32_t column;
        int64_t value;
        const char *said;
    } cases[] = {{2, 0, 13, "join"},
                 {2, 2, 3, "stand 3 and"},
                 {2, 3, 8191, "and 8191 before it"},
                 {2, 0, 0, "dendrites that are not there"},
                 {2, 3, 1, "dendrites that are not there"},
                 {0, 0, 1, "dendrites that are not there"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        net_builder *b = three(loihi(), JOIN_ADD_U, SENDS_U);
        ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
        damage(b, cases[i].row, cases[i].column, cases[i].value, cases[i].said);
        build_close(b);
    }
}
END_TEST

SUITE("join", each_join_forms_what_its_name_says, a_dendrite_sends_v_as_it_stands_after_its_step,
      and_waits_for_all_dendrites_and_keeps_v_until_then, a_soma_at_rest_does_not_fire_with_its_dendrites,
      v_of_a_join_is_clipped_to_the_limits, random_trees_do_what_the_equations_say,
      random_networks_of_trees_agree_exactly_with_the_reference, the_compartments_of_a_neuron_share_a_core,
      a_neuron_of_more_compartments_than_a_core_is_refused_with_both_numbers,
      dialects_of_emulators_without_dendrites_refuse_them, damaged_joins_are_refused)
