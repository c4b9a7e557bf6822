/* The models of time and energy on small compiled networks: single operations by themselves, both models beside each
 * other, and results that do not change. */
#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/timing/timing.h"

#include "tests/suite.h"

#include <string.h>

enum { LINKS = 512 };

typedef struct {
    timing_link link[LINKS];
    uint32_t nlinks, width;
    hmn_arena *arena;
    hmn_diag *diag;
    hmn_image *image;
    hmn_machine *machine;
    timing_step total, last;
    uint32_t steps;
    uint64_t digest;
} timed;

static void keep_last(void *context, const timing_step *s, const timing_span *span)
{
    ck_assert_ptr_nonnull(span);
    timed *t = context;
    ck_assert_uint_eq(s->step, t->steps++);
    t->last = *s;
}

static timed run(const char *yaml, const char *profile, timing_mode mode, uint32_t steps, uint32_t threads)
{
    timed t = {.arena = arena_new(0), .diag = diag_new()};
    hmn_unit u = {.path = "t.yaml",
                  .text = yaml,
                  .text_length = strlen(yaml),
                  .chip = registry_find("loihi"),
                  .threads = 1,
                  .arena = t.arena,
                  .diag = t.diag};
    ck_assert(pipeline_run(&u, NULL, NULL));
    t.image = image_from_memory(u.image, u.image_size, "t", t.diag);
    t.machine = machine_boot(t.image, u.chip, threads, NULL, t.diag);
    cost_table costs = {0};
    for (uint32_t i = 0; i < u.chip->timing->nprofiles; i++)
        if (strcmp(u.chip->timing->profile[i]->name, profile) == 0)
            costs = cost_lay_out(u.chip->timing->profile[i]);
    ck_assert_ptr_nonnull(costs.profile);
    hmn_sim *sim = machine_sim(t.machine);
    hmn_timing *timing = NULL;
    if (mode != TIMING_OFF)
        timing =
            timing_new(t.machine, t.image, u.chip, (timing_options){mode, &costs, threads, keep_last, &t}, t.arena);
    for (uint32_t i = 0; i < steps; i++) {
        sim->ops->begin(sim);
        if (timing)
            timing_begin(timing);
        sim->ops->end(sim);
        if (timing)
            timing_end(timing);
    }
    if (timing) {
        timing_finish(timing);
        t.total = timing_total(timing);
        timing_tiles(timing, &t.width);
        const timing_link *link = timing_links(timing, &t.nlinks);
        ck_assert_uint_le(t.nlinks, LINKS);
        memcpy(t.link, link, t.nlinks * sizeof *link);
        ck_assert_uint_eq(t.steps, steps);
    }
    t.digest = machine_digest(t.machine);
    machine_free(t.machine);
    image_close(t.image);
    return t;
}

static void done(timed *t)
{
    diag_free(t->diag);
    arena_free(t->arena);
}

/* 100 neurons, idle or with a bias; one spike a step into `fan` synapses each. */
static const char *cells(hmn_arena *a, int bias, int fan)
{
    return arena_printf(
        a,
        "hmn: 1\nnetwork: {name: cells, dt: 1 ms}\npopulations:\n"
        "  in: {size: 1, model: spike_source_array, spike_times: [3 ms]}\n"
        "  out: {size: 100, model: loihi_lif, params: {vth_mant: 100000, decay_u: 4095, decay_v: 4095, "
        "bias_mant: %d}}\n"
        "projections:\n  p: {pre: in, post: out, connector: {type: fixed_number_post, n: %d}, weight: 0, "
        "delay: 1 ms}\nrun: {duration: 6 ms, seed: 1}\n",
        bias, fan);
}

START_TEST(a_neuron_update_costs_what_was_published)
{
    for (int bias = 0; bias < 2; bias++) {
        hmn_arena *a = arena_new(0);
        timed t = run(cells(a, bias, 1), "davies2018", TIMING_FAST, 3, 1);
        ck_assert_uint_eq(t.last.work_ps, 100 * (bias ? 8400u : 5300u));
        ck_assert_uint_eq(t.last.fj[ENERGY_NEURON], 100 * (bias ? 81000u : 52000u));
        ck_assert_uint_eq(t.last.barrier_ps, 113000);
        ck_assert_uint_eq(t.last.ps, t.last.work_ps + 113000);
        ck_assert_uint_eq(t.last.fj[ENERGY_SYNAPSE] + t.last.fj[ENERGY_NETWORK], 0);
        done(&t);
        arena_free(a);
    }
}
END_TEST

START_TEST(a_synaptic_operation_costs_what_was_published)
{
    for (int fan = 10; fan <= 100; fan += 45) {
        hmn_arena *a = arena_new(0);
        timed t = run(cells(a, 0, fan), "davies2018", TIMING_CYCLE, 4, 1);
        ck_assert_uint_eq(t.total.fj[ENERGY_SYNAPSE], (uint64_t)fan * 23600);
        ck_assert_uint_eq(t.last.fj[ENERGY_SYNAPSE], (uint64_t)fan * 23600); /* in the step in which it was sent */
        done(&t);
        arena_free(a);
    }
}
END_TEST

START_TEST(a_learning_visit_costs_what_was_published)
{
    const char *net =
        "hmn: 1\nnetwork: {name: l, dt: 1 ms}\npopulations:\n"
        "  in: {size: 1, model: spike_source_array, spike_times: [1]}\n"
        "  out: {size: 100, model: loihi_lif, params: {vth_mant: 100000}}\n"
        "plasticity_rules:\n  r: {type: loihi, dw: 'x0*y1 + u0*x1', x1_impulse: 16, x1_tau: 10, epoch: 4}\n"
        "projections:\n  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0, delay: 1 ms, "
        "plasticity: r}\nrun: {duration: 20 ms, seed: 1}\n";
    timed t = run(net, "davies2018", TIMING_FAST, 4, 1);
    ck_assert_uint_eq(t.last.learn_ps, 100 * 6100);
    ck_assert_uint_eq(t.last.fj[ENERGY_LEARN], 100 * 120000);
    ck_assert_uint_eq(t.total.fj[ENERGY_LEARN], 100 * 120000); /* in the epoch's last step only */
    done(&t);
}
END_TEST

/* 128 cores, a neuron each, that all fire and are all connected. */
static const char *const mesh_net =
    "hmn: 1\nnetwork: {name: m, dt: 1 ms}\npopulations:\n"
    "  a: {size: 128, model: loihi_lif, params: {vth_mant: 1, bias_mant: 1000}}\n"
    "projections:\n  r: {pre: a, post: a, connector: {type: all_to_all}, weight: 0, delay: 1 ms}\n"
    "target: {chip: loihi, neurons_per_core: 1}\nrun: {duration: 9 ms, seed: 9}\n";

START_TEST(hops_and_the_barrier_cost_what_was_published)
{
    timed t = run(mesh_net, "davies2018", TIMING_FAST, 2, 1);
    uint64_t x = 0, y = 0;
    for (uint32_t i = 0; i < t.nlinks; i++)
        *(t.link[i].from / t.width == t.link[i].to / t.width ? &x : &y) += t.link[i].flits;
    ck_assert_uint_eq(t.total.messages, 2 * 128 * 128);
    /* all pairs of an 8 x 4 grid with 4 cores a tile: sum of |dx| is 168 * 16 * 16, of |dy| 20 * 64 * 16 */
    ck_assert_uint_eq(x, 2 * 168 * 16 * 16);
    ck_assert_uint_eq(y, 2 * 20 * 64 * 16);
    ck_assert_uint_eq(t.total.fj[ENERGY_NETWORK], t.total.messages * 1700 + x * 3000 + y * 4000);
    ck_assert_uint_eq(t.last.barrier_ps, 465000);
    ck_assert_uint_eq(t.last.slowest_ps, 7 * 4100 + 3 * 6500 + 2100); /* from corner to corner */
    ck_assert_uint_eq(t.last.longest_hops, 10);
    done(&t);
}
END_TEST

START_TEST(a_link_is_no_faster_than_published)
{
    timed t = run(mesh_net, "davies2018", TIMING_CYCLE, 2, 1);
    ck_assert_uint_ge(t.last.work_ps, (uint64_t)t.last.link_flits * 290); /* 1 / 3.44 GHz */
    done(&t);
}
END_TEST

static const char *const random_net =
    "hmn: 1\nnetwork: {name: r, dt: 1 ms}\npopulations:\n"
    "  in: {size: 40, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  a: {size: 700, model: IF_curr_exp, params: {tau_m: 20 ms, i_offset: 0.4}}\n"
    "projections:\n"
    "  i: {pre: in, post: a, connector: {type: fixed_probability, p_connect: 0.1}, weight: 2.0, delay: 1 ms}\n"
    "  r: {pre: a, post: a, connector: {type: fixed_probability, p_connect: 0.03}, weight: 0.2, delay: {distribution: "
    "uniform, low: 1, high: 6}}\n"
    "target: {chip: loihi, neurons_per_core: 20}\nrun: {duration: 300 ms, seed: 9}\n";

START_TEST(fast_is_within_a_tenth_of_cycle_and_counts_the_same_energy)
{
    static const char *const profiles[] = {"davies2018", "sanafe"};
    for (int k = 0; k < 2; k++) {
        timed fast = run(random_net, profiles[k], TIMING_FAST, 60, 1);
        timed cycle = run(random_net, profiles[k], TIMING_CYCLE, 60, 1);
        ck_assert_uint_gt(fast.total.messages, 1000);
        ck_assert_uint_gt(fast.total.longest_hops, 3);
        double ratio = (double)fast.total.ps / (double)cycle.total.ps;
        ck_assert_msg(ratio > 0.9 && ratio < 1.1, "%s: fast / cycle = %g", profiles[k], ratio);
        for (int e = 0; e < ENERGY_COUNT; e++)
            ck_assert_uint_eq(fast.total.fj[e], cycle.total.fj[e]);
        done(&fast);
        done(&cycle);
    }
}
END_TEST

START_TEST(neither_model_nor_threads_change_anything)
{
    timed off = run(random_net, "davies2018", TIMING_OFF, 70, 1);
    timed one = run(random_net, "davies2018", TIMING_CYCLE, 70, 1);
    timed three = run(random_net, "davies2018", TIMING_CYCLE, 70, 3);
    ck_assert_uint_eq(off.digest, one.digest);
    ck_assert_uint_eq(off.digest, three.digest);
    ck_assert_mem_eq(&one.total, &three.total, sizeof one.total);
    ck_assert_mem_eq(&one.last, &three.last, sizeof one.last);
    done(&off);
    done(&one);
    done(&three);
}
END_TEST

SUITE("timing", a_neuron_update_costs_what_was_published, a_synaptic_operation_costs_what_was_published,
      a_learning_visit_costs_what_was_published, hops_and_the_barrier_cost_what_was_published,
      a_link_is_no_faster_than_published, fast_is_within_a_tenth_of_cycle_and_counts_the_same_energy,
      neither_model_nor_threads_change_anything)
