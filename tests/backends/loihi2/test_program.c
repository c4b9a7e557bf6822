/* Neurons that run programs: sequences worked out by hand, networks against the reference, and what the first
 * generation says of them. */
#include "tests/backends/loihi/fixture.h"

#include "core/base/rng.h"
#include "core/machine/machine.h"
#include "tests/tools/source_text.h"
#include "tools/verify.h"

/* One neuron under a host current, as the chip runs it. */
static one_core *one_neuron(net_builder **b, net_activation activation, net_reset reset, const double *param)
{
    static const neuron_param which[] = {NP_DECAY_U, NP_DECAY_V,    NP_VTH_MANT,    NP_REFRACTORY,
                                         NP_RESET_V, NP_ADAPT_STEP, NP_DECAY_ADAPT, NP_PAYLOAD_EXP};
    *b = build_open();
    (*b)->unit.chip = loihi2();
    net_population *p = build_population(*b, "n", 1, MODEL_LOIHI_LIF);
    p->activation = activation;
    p->reset = reset;
    for (int i = 0; i < 8; i++)
        set_param(p, which[i], param[i]);
    ck_assert_msg(quantised(*b) && emitted(*b), "%s", first_message(*b));
    return core_open(*b);
}

static void drive(one_core *c, int32_t amount)
{
    const hmn_drive d = {0, amount};
    core_step(c, NULL, 0, &d, amount != 0);
}

START_TEST(subtraction_leaves_the_rest_and_adds_the_reset_value)
{
    /* threshold 640, nothing kept of u, v keeps all, hold of one step after a spike, reset value 10 */
    const double param[] = {4095, 0, 10, 2, 10, 0, 0, 0};
    const int32_t input[] = {640, 1, 500, 0, 200}, v[] = {640, 11, 11, 11, 211}, fires[] = {0, 1, 0, 0, 0};
    net_builder *b;
    one_core *c = one_neuron(&b, ACT_THRESHOLD, RESET_SUBTRACT, param);
    for (int t = 0; t < 5; t++) {
        drive(c, input[t]);
        ck_assert_int_eq(core_read(c, VAR_V, 0), v[t]);
        ck_assert_int_eq((int32_t)c->port.nfired, fires[t]);
    }
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(the_threshold_rises_at_a_spike_and_decays_toward_zero)
{
    /* threshold 64 + a; a rises by 101 and halves: 101, 50, 25 */
    const double param[] = {4095, 4095, 1, 1, 0, 101, 2048, 0};
    const int32_t input[] = {65, 114, 90, 77, 64}, fires[] = {1, 0, 1, 0, 0};
    net_builder *b;
    one_core *c = one_neuron(&b, ACT_THRESHOLD, RESET_ZERO, param);
    for (int t = 0; t < 5; t++) { /* thresholds 64, 64 + 50, 64 + 25, then 64 + (25 + 101) / 2 and less */
        drive(c, input[t]);
        ck_assert_msg((int32_t)c->port.nfired == fires[t], "step %d", t);
    }
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(a_graded_spike_carries_v_shifted_down)
{
    const double param[] = {4095, 4095, 10, 1, 0, 0, 0, 4};
    net_builder *b;
    one_core *c = one_neuron(&b, ACT_RELU, RESET_ZERO, param);
    drive(c, 640);
    ck_assert_uint_eq(c->port.nfired, 0);
    drive(c, 1007);
    ck_assert_uint_eq(c->port.nfired, 1);
    ck_assert_int_eq(c->port.payload[0], 1007 >> 4);
    core_close(c);
    build_close(b);
}
END_TEST

START_TEST(a_payload_multiplies_the_weight_and_waits_with_it)
{
    net_builder *b = build_open();
    b->unit.chip = loihi2();
    build_population(b, "in", 1, MODEL_SOURCE);
    build_population(b, "n", 2, MODEL_LOIHI_LIF);
    net_projection *p = build_projection(b, "p", 0, 1, CONN_ALL_TO_ALL);
    p->weight = build_constant(-6);
    p->receptor = RECEPTOR_MIXED;
    p->delay = build_constant(3);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    one_core *c = core_open(b);
    const hmn_event spike = {0, 77};
    c->port.in = &spike;
    c->port.nin = 1;
    loihi2()->step(c->rom, c->state, PHASE_DELIVER, &c->port);
    loihi2()->step(c->rom, c->state, PHASE_UPDATE, &c->port);
    c->port.step++;
    core_step(c, NULL, 0, NULL, 0);
    ck_assert_int_eq(core_read(c, VAR_U, 1), 0);
    core_step(c, NULL, 0, NULL, 0);
    ck_assert_int_eq(core_read(c, VAR_U, 1), -6 * 64 * 77);
    core_close(c);
    build_close(b);
}
END_TEST

/* ---- against the reference ---- */

static void load(source *s, const char *text)
{
    ck_assert_msg(source_from_text(s, "loihi2", text), "does not compile:\n%s", text);
}

static uint32_t draw(uint32_t seed, uint32_t key, uint32_t n) { return rng_below(2, RNG_TASK, seed, key, 0, n); }

static const char *pick(uint32_t seed, uint32_t key, const char *a, const char *b)
{
    return draw(seed, key, 2) ? a : b;
}

static int second_decay(uint32_t seed, uint32_t p)
{
    return (int)(draw(seed, 100 * p + 12, 2) * draw(seed, 100 * p + 13, 4096)) - 1;
}

static uint32_t drives(uint32_t seed, uint32_t p) { return second_decay(seed, p) < 0 || draw(seed, 100 * p + 17, 2); }

/* Populations p1 and p3 are raw, p2 physical; each program feature is on or off by itself. */
static void write_population(FILE *f, uint32_t seed, uint32_t p)
{
    uint32_t k = 100 * p;
    fprintf(f, "  p%u:\n    size: %u\n    activation: %s\n    reset: %s\n", p, 1 + draw(seed, k, 40),
            pick(seed, k + 1, "relu", "threshold"), pick(seed, k + 2, "subtract", "zero"));
    int second = second_decay(seed, p);
    if (p % 2)
        fprintf(f,
                "    model: loihi_lif\n    params: {decay_u: %u, decay_v: %u, vth_mant: %u, bias_mant: %u, refractory: "
                "%u, reset_v: %d, adapt_step: %u, decay_adapt: %u, decay_u_inh: %d, payload_exp: %u, noise_exp: %u, "
                "u_inh_drives: %u}\n",
                draw(seed, k + 3, 4096), draw(seed, k + 4, 4096), 100 + draw(seed, k + 5, 3000), draw(seed, k + 6, 900),
                1 + draw(seed, k + 7, 6), (int)draw(seed, k + 8, 4000) - 2000,
                draw(seed, k + 9, 2) * draw(seed, k + 10, 90000), draw(seed, k + 11, 4097), second,
                8 + draw(seed, k + 14, 9), draw(seed, k + 15, 2) * draw(seed, k + 16, 10), drives(seed, p));
    else
        fprintf(f,
                "    model: IF_curr_exp\n    params: {tau_m: %u ms, tau_syn_E: %u ms, tau_syn_I: %u ms, tau_refrac: %u "
                "ms, i_offset: 0.%03u nA, v_reset: %d mV, adaptation: %u mV, tau_adaptation: %u ms, payload_unit: %u "
                "mV, noise: 0.%u nA}\n",
                3 + draw(seed, k + 3, 50), draw(seed, k + 4, 9), 1 + draw(seed, k + 5, 2) * 7, draw(seed, k + 6, 5),
                draw(seed, k + 7, 900), -75 + (int)draw(seed, k + 8, 20), draw(seed, k + 9, 2) * draw(seed, k + 10, 6),
                1 + draw(seed, k + 11, 300), 1 + draw(seed, k + 12, 9), draw(seed, k + 13, 9));
}

static void write_projection(FILE *f, uint32_t seed, uint32_t j)
{
    uint32_t k = 1000 + 100 * j, pre = draw(seed, k, 4), post = 1 + draw(seed, k + 1, 3);
    fprintf(f, "  j%u: {pre: p%u, post: p%u, connector: {type: fixed_probability, p_connect: 0.%u}", j, pre, post,
            1 + draw(seed, k + 2, 5));
    bool mixed = post % 2 && (second_decay(seed, post) < 0 || !drives(seed, post)) && draw(seed, k + 6, 2);
    fprintf(f, ", receptor_type: %s, delay: {distribution: uniform_int, low: 1, high: %u}",
            mixed ? "mixed" : pick(seed, k + 3, "inhibitory", "excitatory"),
            (uint32_t[]){1, 6, 64}[draw(seed, k + 4, 3)]);
    if (post % 2)
        fprintf(f, ", weight: {distribution: uniform_int, low: %d, high: 60}, weight_exp: %d}\n", mixed ? -60 : 1,
                (int)draw(seed, k + 5, 4) - 2);
    else
        fprintf(f, ", weight: {distribution: uniform, low: 0.01, high: %u}}\n", 1 + draw(seed, k + 5, 2));
}

static char *random_text(uint32_t seed)
{
    char *text;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    fputs("hmn: 1\nnetwork: {name: random, dt: 1 ms}\npopulations:\n", f);
    fprintf(f, "  p0: {size: %u, model: spike_source_poisson, params: {rate: %u Hz}}\n", 1 + draw(seed, 1, 80),
            5 + draw(seed, 2, 150));
    for (uint32_t p = 1; p < 4; p++)
        write_population(f, seed, p);
    fputs("projections:\n", f);
    for (uint32_t j = 0; j < 6; j++)
        write_projection(f, seed, j);
    fputs("stimuli:\n  a: {target: p1, type: current, amplitude: 300, start: 10 ms, duration: 40 ms}\n"
          "  b: {target: p2, type: current, amplitude: 0.3 nA, start: 10 ms, duration: 40 ms}\n"
          "run: {duration: 100 ms, seed: 3}\n",
          f);
    fclose(f);
    return text;
}

static const verify_bounds usual = {0.05, 0, 0.5};

START_TEST(random_networks_of_programs_agree_exactly_with_the_reference)
{
    uint64_t spikes = 0;
    for (uint32_t seed = 0; seed < 40; seed++) {
        source s;
        verification v;
        char *text = random_text(seed);
        load(&s, text);
        ck_assert(verify_run(&s, 150, false, &usual, &v));
        ck_assert_msg(v.exact, "network %u: step %u, neuron %u: chip u %g v %g, reference u %g v %g\n%s", seed,
                      v.registers.step, v.registers.neuron, v.registers.chip_u, v.registers.chip_v,
                      v.registers.reference_u, v.registers.reference_v, text);
        for (uint32_t k = 1; k < v.npopulations; k++)
            spikes += v.population[k].exact.a;
        source_end(&s);
        free(text);
    }
    ck_assert_uint_gt(spikes, 5000);
}
END_TEST

static uint64_t digest_after(const source *s, uint32_t threads, uint32_t steps)
{
    hmn_machine *m = machine_boot(s->image, s->chip, threads, NULL, s->diag);
    ck_assert_ptr_nonnull(m);
    hmn_sim *sim = machine_sim(m);
    for (uint32_t t = 0; t < steps; t++) {
        sim->ops->begin(sim);
        sim->ops->end(sim);
    }
    uint64_t digest = machine_digest(m);
    machine_free(m);
    return digest;
}

START_TEST(threads_do_not_matter)
{
    char *text = random_text(7);
    source s;
    load(&s, text);
    uint64_t one = digest_after(&s, 1, 100);
    ck_assert_uint_eq(one, digest_after(&s, 2, 100));
    ck_assert_uint_eq(one, digest_after(&s, 8, 100));
    ck_assert_uint_ne(one, digest_after(&s, 1, 99));
    source_end(&s);
    free(text);
}
END_TEST

/* ---- refusals ---- */

static void set_relu(net_population *p) { p->activation = ACT_RELU; }
static void set_subtract(net_population *p) { p->reset = RESET_SUBTRACT; }
static void set_away(net_population *p) { p->param[p->model == MODEL_LOIHI_LIF ? NP_RESET_V : NP_V_RESET].p[0] = -70; }
static void set_adapt(net_population *p) { p->param[p->model == MODEL_LOIHI_LIF ? NP_ADAPT_STEP : NP_ADAPT].p[0] = 3; }
static void set_two(net_population *p)
{
    p->param[p->model == MODEL_LOIHI_LIF ? NP_DECAY_U_INH : NP_TAU_SYN_I].p[0] = 9;
}

/* A population with both inputs. */
static net_builder *two_inputs(const hmn_chip *chip, neuron_model model, void (*change)(net_population *))
{
    net_builder *b = build_open();
    b->unit.chip = chip;
    build_population(b, "in", 3, MODEL_SOURCE);
    change(build_population(b, "n", 3, model));
    for (int k = 0; k < 2; k++) {
        net_projection *p = build_projection(b, k ? "i" : "e", 0, 1, CONN_ONE_TO_ONE);
        p->receptor = k ? RECEPTOR_INHIBITORY : RECEPTOR_EXCITATORY;
        p->weight = build_constant(2);
    }
    return b;
}

START_TEST(the_first_generation_names_what_it_lacks_and_the_chip_that_has_it)
{
    static const struct {
        void (*change)(net_population *);
        const char *physical, *raw;
    } cases[] = {{set_relu, "activation relu", "activation relu"},
                 {set_subtract, "reset: subtract", "reset: subtract"},
                 {set_away, "v_reset different from v_rest", "reset_v other than 0"},
                 {set_adapt, "a threshold that adapts", "a threshold that adapts"},
                 {set_two, "tau_syn_E different from tau_syn_I", "a second current"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int raw = 0; raw < 2; raw++) {
            neuron_model model = raw ? MODEL_LOIHI_LIF : MODEL_CURR_EXP;
            net_builder *b = two_inputs(loihi(), model, cases[i].change);
            ck_assert(!quantised(b));
            build_refused(b, DIAG_FIT_MODEL, raw ? cases[i].raw : cases[i].physical);
            build_refused(b, DIAG_FIT_MODEL, "loihi2");
            build_close(b);
            b = two_inputs(loihi2(), model, cases[i].change);
            ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
            build_close(b);
        }
}
END_TEST

START_TEST(a_projection_of_both_signs_does_not_enter_two_currents)
{
    net_builder *b = two_inputs(loihi2(), MODEL_CURR_EXP, set_two);
    b->projection[0].receptor = RECEPTOR_MIXED;
    b->projection[0].connector.type = CONN_ALL_TO_ALL;
    b->projection[0].weight = build_dist(DIST_UNIFORM_INT, -3, 3, 0, 0);
    ck_assert(!quantised(b));
    build_refused(b, DIAG_FIT_MODEL, "split it into");
    build_close(b);
}
END_TEST

/* A graded neuron, v of 511 at most, onto another. */
static net_builder *graded_pair(double payload_exp)
{
    net_builder *b = build_open();
    b->unit.chip = loihi2();
    net_population *p = build_population(b, "graded", 1, MODEL_LOIHI_LIF);
    p->activation = ACT_RELU;
    set_param(set_param(p, NP_VMAX_EXP, 0), NP_PAYLOAD_EXP, payload_exp);
    build_population(b, "n", 1, MODEL_LOIHI_LIF);
    build_projection(b, "p", 0, 1, CONN_ONE_TO_ONE)->weight = build_constant(255);
    ck_assert_msg(quantised(b), "%s", first_message(b));
    loihi2()->bound(b->unit.qnet, b->unit.arena, b->unit.diag);
    return b;
}

START_TEST(the_proof_that_nothing_wraps_counts_payloads)
{
    net_builder *b = graded_pair(2); /* 255 64 (511 >> 2) = 2072640 < 2^21 */
    ck_assert_msg(diag_count(b->unit.diag) == 0, "%s", first_message(b));
    build_close(b);
    b = graded_pair(1); /* twice that */
    build_refused(b, DIAG_MAY_WRAP, "at worst 4161600");
    build_close(b);
}
END_TEST

START_TEST(damaged_programs_are_refused)
{
    net_builder *b = two_inputs(loihi2(), MODEL_CURR_EXP, set_two);
    ck_assert_msg(quantised(b) && emitted(b), "%s", first_message(b));
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    const hmn_core_view view = {image, loihi2(), 0, 1}, first = {image, loihi(), 0, 1};
    ck_assert(loihi2()->check(&view, b->unit.diag));
    ck_assert(!loihi()->check(&first, b->unit.diag));
    ck_assert_msg(strstr(first_message(b), "neuron programs; loihi has none"), "%s", first_message(b));
    image_close(image);
    build_close(b);
}
END_TEST

SUITE("program", subtraction_leaves_the_rest_and_adds_the_reset_value,
      the_threshold_rises_at_a_spike_and_decays_toward_zero, a_graded_spike_carries_v_shifted_down,
      a_payload_multiplies_the_weight_and_waits_with_it, random_networks_of_programs_agree_exactly_with_the_reference,
      threads_do_not_matter, the_first_generation_names_what_it_lacks_and_the_chip_that_has_it,
      a_projection_of_both_signs_does_not_enter_two_currents, the_proof_that_nothing_wraps_counts_payloads,
      damaged_programs_are_refused)
