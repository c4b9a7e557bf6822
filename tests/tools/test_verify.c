/* The chip against the reference, through the whole compiler. */
#include "tools/verify.h"
#include "core/base/rng.h"
#include "tests/tools/source_text.h"

#include <math.h>
#include <string.h>

static const verify_bounds usual = {0.05, 0, 0.5};

typedef struct {
    source s;
    verification v;
} verified;

static void load(source *s, const char *path)
{
    ck_assert_msg(source_from_file(s, "loihi", path), "%s does not compile", path);
}

static void load_text(source *s, const char *text)
{
    ck_assert_msg(source_from_text(s, "loihi", text), "does not compile:\n%s", text);
}

static const verify_population *population(const verification *v, const char *name)
{
    for (uint32_t k = 0; k < v->npopulations; k++)
        if (strcmp(v->population[k].population->name, name) == 0)
            return &v->population[k];
    ck_abort_msg("no population %s", name);
}

START_TEST(a_random_network_of_1000_neurons_agrees_spike_for_spike_for_1000_steps)
{
    source s;
    verification v;
    load(&s, HMN_SOURCE_DIR "/models/basics/random_static.yaml");
    ck_assert(verify_run(&s, 1000, false, &usual, &v));
    ck_assert(v.restated && v.exact && v.frozen);
    ck_assert(!v.registers.differ && v.wraps == 0);
    static const char *const name[] = {"noise", "exc", "inh"};
    for (int k = 0; k < 3; k++) {
        const verify_population *p = population(&v, name[k]);
        ck_assert(!p->exact.differs);
        ck_assert_uint_eq(p->exact.a, p->exact.b);
        ck_assert_uint_ge(p->exact.a, 2 * p->population->size); /* 2 Hz at least: there is something to compare */
        ck_assert_msg(p->within, "%s: chip %lu, reference %lu", name[k], p->real.a, p->real.b);
    }
    ck_assert(!population(&v, "noise")->real.differs);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}
END_TEST

/* Draw number `key` of random network `seed`, in [0, n). */
static uint32_t draw(uint32_t seed, uint32_t key, uint32_t n) { return rng_below(1, RNG_TASK, seed, key, 0, n); }

static void write_population(FILE *f, uint32_t seed, uint32_t p)
{
    uint32_t k = 100 * p;
    uint32_t size = (uint32_t[]){1, 5, 50, 300}[draw(seed, k + 1, 4)];
    if (p % 2) {
        fprintf(f, "  p%u: {size: %u, model: loihi_lif, params: {decay_u: %u, decay_v: %u, vth_mant: %u, bias_mant: %u",
                p, size, draw(seed, k + 2, 4096), draw(seed, k + 3, 4096), 10 + draw(seed, k + 4, 5000),
                draw(seed, k + 5, 1500));
        fprintf(f, ", bias_exp: %u, refractory: %u, vmin_exp: %u, noise_exp: %u, noise_at_v: %u}}\n",
                draw(seed, k + 6, 5), 1 + draw(seed, k + 7, 9), 14 + draw(seed, k + 8, 10), draw(seed, k + 9, 12),
                draw(seed, k + 10, 2));
    } else {
        fprintf(f, "  p%u: {size: %u, model: IF_curr_%s, params: {tau_m: %u ms, cm: 0.%u nF, tau_refrac: %u ms", p,
                size, draw(seed, k + 2, 2) ? "exp" : "delta", 3 + draw(seed, k + 3, 50), 1 + draw(seed, k + 4, 9),
                draw(seed, k + 5, 8));
        fprintf(f, ", i_offset: 0.%03u nA, noise: 0.%02u nA}}\n", draw(seed, k + 6, 400), draw(seed, k + 7, 30));
    }
}

static void write_projection(FILE *f, uint32_t seed, uint32_t j)
{
    uint32_t k = 1000 + 100 * j, pre = draw(seed, k, 4), post = 1 + draw(seed, k + 1, 3);
    fprintf(f, "  j%u: {pre: p%u, post: p%u, connector: {type: fixed_probability, p_connect: 0.0%u}", j, pre, post,
            2 + draw(seed, k + 2, 8));
    fprintf(f, ", receptor_type: %s", pre && draw(seed, k + 3, 3) == 0 ? "inhibitory" : "excitatory");
    fprintf(f, ", delay: {distribution: uniform_int, low: 1, high: %u}",
            (uint32_t[]){1, 3, 6, 30}[draw(seed, k + 4, 4)]);
    if (post % 2)
        fprintf(f, ", weight: {distribution: uniform_int, low: 10, high: 250}, weight_exp: %d, weight_bits: %u}\n",
                (int)draw(seed, k + 5, 8) - 5, (uint32_t[]){4, 6, 8}[draw(seed, k + 6, 3)]);
    else
        fprintf(f, ", weight: {distribution: uniform, low: 0.05, high: %u}}\n", 1 + draw(seed, k + 5, 4));
}

/* Poisson sources p0, then raw and physical neurons with noise, currents, delays of any length, weights of any form. */
static void load_random(source *s, uint32_t seed)
{
    char *text;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    fprintf(f, "hmn: 1\nnetwork: {name: random, dt: %s ms}\npopulations:\n", seed % 3 ? "1" : "0.5");
    fprintf(f, "  p0: {size: %u, model: spike_source_poisson, params: {rate: %u Hz}}\n", 1 + draw(seed, 1, 80),
            5 + draw(seed, 2, 150));
    for (uint32_t p = 1; p < 4; p++)
        write_population(f, seed, p);
    fputs("projections:\n", f);
    for (uint32_t j = 0; j < 5; j++)
        write_projection(f, seed, j);
    fputs("stimuli:\n  a: {target: p1, type: current, amplitude: 300, start: 10 ms, duration: 40 ms}\n"
          "  b: {target: p2, type: current, amplitude: 0.3 nA, start: 10 ms, duration: 40 ms}\n"
          "run: {duration: 100 ms, seed: 3}\n",
          f);
    fclose(f);
    load_text(s, text);
    free(text);
}

START_TEST(random_networks_of_any_kind_agree_exactly)
{
    uint64_t spikes = 0;
    for (uint32_t seed = 0; seed < 30; seed++) {
        source s;
        verification v;
        load_random(&s, seed);
        ck_assert(verify_run(&s, 150, false, &usual, &v));
        ck_assert_msg(v.exact, "random network %u: step %u, neuron %u: chip u %g v %g, reference u %g v %g", seed,
                      v.registers.step, v.registers.neuron, v.registers.chip_u, v.registers.chip_v,
                      v.registers.reference_u, v.registers.reference_v);
        for (uint32_t k = 1; k < v.npopulations; k++)
            spikes += v.population[k].exact.a;
        source_end(&s);
    }
    ck_assert_uint_gt(spikes, 10000);
}
END_TEST

static const hmn_chip *real_chip;

/* The chip's own restatement with one weight off by one. */
static hmn_graph *wrong_weight(const hmn_qnet *q, hmn_arena *a)
{
    hmn_graph *g = real_chip->restate(q, a);
    graph_projection *p = &g->projection[0];
    double *weight = ARENA_NEW(a, double, p->nsynapses);
    memcpy(weight, p->weight, p->nsynapses * sizeof *weight);
    weight[p->nsynapses / 2] += 64;
    p->weight = weight;
    return g;
}

START_TEST(one_wrong_weight_in_many_is_found)
{
    source s;
    verification v;
    load(&s, HMN_SOURCE_DIR "/models/basics/random_static.yaml");
    real_chip = s.chip;
    hmn_chip wrong = *s.chip;
    wrong.restate = wrong_weight;
    s.chip = &wrong;
    ck_assert(verify_run(&s, 300, false, &usual, &v));
    ck_assert(!v.exact && v.registers.differ);
    ck_assert_double_eq(fabs(v.registers.chip_u - v.registers.reference_u), 64);
    source_end(&s);
}
END_TEST

static const char plastic[] =
    "hmn: 1\n"
    "network: {name: plastic, dt: 1 ms}\n"
    "populations:\n"
    "  in: {size: 40, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
    "  drive: {size: 20, model: spike_source_poisson, params: {rate: 30 Hz}}\n"
    "  out: {size: 20, model: IF_curr_delta, params: {tau_refrac: 2 ms}}\n"
    "neuromodulators:\n"
    "  dopamine: {weight: 1, source: {constant: 1}}\n"
    "plasticity_rules:\n"
    "  three:\n"
    "    type: hmn\n"
    "    traces: {pairing: hebbian, A_plus: 1, tau_plus: 20 ms, tau_fast: 0 ms}\n"
    "    eta_local: 0\n"
    "    eta_global: 0.002\n"
    "    neuromodulators: [dopamine]\n"
    "    weight_bounds: [0, 1]\n"
    "    epoch: 4\n"
    "projections:\n"
    "  in_out:\n"
    "    {pre: in, post: out, connector: {type: all_to_all}, receptor_type: excitatory, weight: 0.1, delay: 1 ms,\n"
    "     plasticity: three}\n"
    "  drive_out:\n"
    "    {pre: drive, post: out, connector: {type: one_to_one}, receptor_type: excitatory, weight: 30, delay: 1 ms}\n"
    "run: {duration: 2000 ms, seed: 7}\n";

START_TEST(a_rule_under_attention_and_phase_learns_what_the_reference_learns)
{
    source s;
    verification v;
    load(&s, HMN_SOURCE_DIR "/models/basics/gated.yaml");
    ck_assert(verify_run(&s, 2000, false, &usual, &v));
    ck_assert(v.exact && !v.frozen);
    const verify_projection *p = &v.projection[0];
    ck_assert_double_gt(p->change_rms, 5 * p->lsb);
    ck_assert_double_gt(p->weight.correlation, 0.97);
    ck_assert_msg(p->within, "rms %g, change %g, lsb %g", p->weight.rms, p->change_rms, p->lsb);
    source_end(&s);
}
END_TEST

START_TEST(learned_weights_are_compared_synapse_by_synapse)
{
    source s;
    verification v;
    load_text(&s, plastic);
    ck_assert(verify_run(&s, 1000, false, &usual, &v));
    ck_assert(v.exact && !v.frozen);
    ck_assert_uint_eq(v.nprojections, 1);
    const verify_projection *p = &v.projection[0];
    ck_assert_str_eq(p->name, "in_out");
    ck_assert_uint_eq(p->synapses, 800);
    ck_assert_uint_eq(p->unmatched, 0);
    ck_assert_double_gt(p->change_rms, p->lsb);
    ck_assert_double_gt(p->weight.correlation, 0.5);
    ck_assert_msg(p->within, "rms %g, change %g, lsb %g", p->weight.rms, p->change_rms, p->lsb);
    source_end(&s);
}
END_TEST

START_TEST(frozen_weights_leave_learning_out)
{
    source s;
    verification v;
    load_text(&s, plastic);
    ck_assert(verify_run(&s, 200, true, &usual, &v));
    ck_assert(v.exact && v.frozen);
    ck_assert_uint_eq(v.nprojections, 0);
    source_end(&s);
}
END_TEST

START_TEST(a_task_plays_with_chip_and_reference_alike)
{
    source s;
    verification v;
    load(&s, HMN_SOURCE_DIR "/models/digits.yaml");
    ck_assert(verify_run(&s, 320, true, &usual, &v));
    ck_assert(v.exact);
    ck_assert_uint_eq(v.steps, 320);
    ck_assert_uint_gt(population(&v, "input")->exact.a, 100);
    ck_assert_uint_gt(population(&v, "hidden")->exact.a, 100);
    ck_assert_uint_gt(population(&v, "output")->exact.a, 10);
    source_end(&s);
}
END_TEST

START_TEST(the_main_job_learns_within_bounds_and_wraps_nowhere)
{
    source s;
    verification v;
    load(&s, HMN_SOURCE_DIR "/models/digits.yaml");
    ck_assert(verify_run(&s, 1600, false, &usual, &v));
    ck_assert(v.exact && v.within && !v.frozen);
    ck_assert_uint_eq(v.wraps, 0);
    source_end(&s);
}
END_TEST

static hmn_graph *cannot(const hmn_qnet *q, hmn_arena *a)
{
    (void)q;
    (void)a;
    return NULL;
}

START_TEST(a_chip_that_cannot_restate_is_compared_with_the_network_as_written)
{
    source s;
    verification v;
    load_text(&s, plastic);
    hmn_chip mute = *s.chip;
    mute.restate = cannot;
    s.chip = &mute;
    ck_assert(verify_run(&s, 200, true, &usual, &v));
    ck_assert(!v.restated && v.exact && v.within);
    ck_assert_uint_gt(population(&v, "out")->real.a, 10);
    source_end(&s);
}
END_TEST

START_TEST(bounds_decide_what_is_within)
{
    source s;
    verification v;
    load(&s, HMN_SOURCE_DIR "/models/basics/random_static.yaml");
    ck_assert(verify_run(&s, 300, false, &(verify_bounds){0.05, 1, 0.5}, &v));
    ck_assert(v.exact && !v.within); /* not every spike has its partner within 2 steps */
    source_end(&s);
}
END_TEST

SUITE("verify", a_random_network_of_1000_neurons_agrees_spike_for_spike_for_1000_steps,
      random_networks_of_any_kind_agree_exactly, one_wrong_weight_in_many_is_found,
      a_rule_under_attention_and_phase_learns_what_the_reference_learns,
      learned_weights_are_compared_synapse_by_synapse, frozen_weights_leave_learning_out,
      a_task_plays_with_chip_and_reference_alike, the_main_job_learns_within_bounds_and_wraps_nowhere,
      a_chip_that_cannot_restate_is_compared_with_the_network_as_written, bounds_decide_what_is_within)
