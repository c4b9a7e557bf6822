/* Host tables of the image against the network they come from. */
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"

#include <math.h>

static const hmn_limits small = {.compartments = 10, .cores_per_chip = 64, .chips = 1, .mesh_width = 8};

static fake_net *network(void)
{
    fake_net *f = fake_begin(small);
    uint32_t in = fake_population(f, "in", 7, true), a = fake_population(f, "a", 25, false);
    uint32_t b = fake_population(f, "b", 13, false);
    fake_projection(f, "in_a", in, a, 3, 1);
    fake_projection(f, "a_b", a, b, 2, 4);
    fake_projection(f, "b_a", b, a, 4, 2);
    return f;
}

static bool emitted(fake_net *f)
{
    return pass_partition(&f->unit) && pass_place(&f->unit) && pass_route(&f->unit) && pass_emit(&f->unit);
}

static hmn_image *image_of(fake_net *f)
{
    ck_assert(emitted(f));
    hmn_image *m = image_from_memory(f->unit.image, f->unit.image_size, "test", f->unit.diag);
    ck_assert_ptr_nonnull(m);
    return m;
}

static void end(fake_net *f, hmn_image *m)
{
    image_close(m);
    fake_end(f);
}

START_TEST(the_network_is_described)
{
    fake_net *f = network();
    f->net.task.s = "digits";
    f->net.task_setting = &(net_setting){"epochs", "3", {0, 9, 1, 1}};
    f->net.ntask_settings = 1;
    f->net.duration = (net_num){.v = 250, .given = true};
    hmn_image *m = image_of(f);
    image_rows n = image_host(m, HOST_NETWORK), p = image_host(m, HOST_POPULATIONS),
               j = image_host(m, HOST_PROJECTIONS);
    ck_assert_str_eq(image_chip(m), "fake");
    ck_assert_str_eq(image_string(m, (uint64_t)image_get(n, 0, 0)), "fake");
    ck_assert_int_eq(image_get(n, 0, 1), 45);
    ck_assert_int_eq(image_get(n, 0, 2), 1000000);
    ck_assert_int_eq(image_get(n, 0, 3), 250);
    ck_assert_int_eq(image_get(n, 0, 4), (int64_t)f->graph.nsynapses);
    ck_assert_str_eq(image_string(m, (uint64_t)image_get(n, 0, 5)), "digits");
    ck_assert_int_eq(image_get(n, 0, 6), 4);
    ck_assert_uint_eq(p.rows, 3);
    ck_assert_str_eq(image_string(m, (uint64_t)image_get(p, 2, 0)), "b");
    ck_assert_int_eq(image_get(p, 2, 1), 32);
    ck_assert_int_eq(image_get(p, 0, 4), 1);
    int64_t one = image_get(p, 1, 5);
    double lsb;
    memcpy(&lsb, &one, sizeof lsb);
    ck_assert(lsb == 1.0);
    ck_assert_uint_eq(j.rows, 3);
    ck_assert_int_eq(image_get(j, 1, 3), (int64_t)f->projection[1].nsynapses);
    image_rows s = image_host(m, HOST_SETTINGS);
    ck_assert_uint_eq(s.rows, 1);
    ck_assert_str_eq(image_string(m, (uint64_t)image_get(s, 0, 1)), "3");
    end(f, m);
}
END_TEST

START_TEST(routes_are_those_of_sources_and_lead_to_their_axons)
{
    fake_net *f = network();
    hmn_image *m = image_of(f);
    image_rows r = image_host(m, HOST_ROUTES), a = image_host(m, HOST_AXONS);
    const hmn_mapping *map = f->unit.mapping;
    ck_assert_uint_eq(a.rows, map->axon_row[map->ncores]);
    uint64_t of_sources = 0;
    for (uint64_t i = 0; i < a.rows; i++)
        of_sources += image_get(a, i, 1) < 7;
    ck_assert_uint_eq(r.rows, of_sources);
    for (uint64_t i = 0; i < r.rows; i++) {
        ck_assert(i == 0 || image_get(r, i, 0) >= image_get(r, i - 1, 0));
        uint64_t row = map->axon_row[image_get(r, i, 1)] + (uint64_t)image_get(r, i, 2);
        ck_assert_int_eq(image_get(a, row, 0), image_get(r, i, 1));
        ck_assert_int_eq(image_get(a, row, 1), image_get(r, i, 0));
    }
    end(f, m);
}
END_TEST

START_TEST(spikes_and_poisson_sources_are_kept)
{
    fake_net *f = network();
    static const uint32_t step[] = {2, 2, 9}, neuron[] = {1, 3, 0};
    static const double p[] = {0, 0.25, 1, 2};
    f->graph.spikes = (graph_spikes){step, neuron, 3};
    f->graph.poisson = &(graph_poisson){.id = 5, .first = 2, .count = 4, .p = {p, 1}, .start = 10, .stop = 20};
    f->graph.npoisson = 1;
    hmn_image *m = image_of(f);
    image_rows s = image_host(m, HOST_SPIKES), r = image_host(m, HOST_POISSON);
    ck_assert_uint_eq(s.rows, 3);
    ck_assert_int_eq(image_get(s, 1, 1), 3);
    ck_assert_int_eq(image_get(s, 2, 0), 9);
    ck_assert_uint_eq(r.rows, 3); /* p = 0 never fires */
    ck_assert_int_eq(image_get(r, 0, 0), 3);
    ck_assert_int_eq(image_get(r, 0, 1), (int64_t)1 << 30);
    ck_assert_int_eq(image_get(r, 0, 2), 5);
    ck_assert_int_eq(image_get(r, 0, 3), 1);
    ck_assert_int_eq(image_get(r, 1, 1), UINT32_MAX);
    ck_assert_int_eq(image_get(r, 2, 1), UINT32_MAX);
    ck_assert_int_eq(image_get(r, 2, 4), 10);
    ck_assert_int_eq(image_get(r, 2, 5), 20);
    end(f, m);
}
END_TEST

START_TEST(a_raw_current_is_written_every_step)
{
    fake_net *f = network();
    static const double raw[] = {640};
    f->graph.current = &(graph_current){.first = 7, .count = 2, .amplitude = {raw, 0}, .start = 3, .stop = 8};
    f->graph.ncurrents = 1;
    hmn_image *m = image_of(f);
    image_rows c = image_host(m, HOST_CURRENTS);
    ck_assert_uint_eq(c.rows, 2);
    ck_assert_int_eq(image_get(c, 1, 0), 8);
    ck_assert_int_eq(image_get(c, 1, 1), 640);
    ck_assert_int_eq(image_get(c, 1, 2), 3);
    ck_assert_int_eq(image_get(c, 1, 3), 8);
    end(f, m);
}
END_TEST

START_TEST(a_current_through_a_decaying_register_stands_at_its_amplitude)
{
    fake_net *f = network();
    static const double nano[] = {0.5}, tau[] = {5};
    f->population[1].model = MODEL_CURR_EXP;
    f->population[1].param[NP_TAU_SYN_E] = (graph_param){tau, 0};
    f->qpopulation[1].u_lsb = 1e-5;
    f->graph.current = &(graph_current){.first = 7, .count = 1, .amplitude = {nano, 0}, .start = 3, .stop = 40};
    f->graph.ncurrents = 1;
    hmn_image *m = image_of(f);
    image_rows c = image_host(m, HOST_CURRENTS);
    double u = 0, decay = exp(-1.0 / 5);
    for (int64_t t = 0; t < 60; t++) {
        u *= decay;
        for (uint64_t i = 0; i < c.rows; i++)
            u += image_get(c, i, 2) <= t && t < image_get(c, i, 3) ? (double)image_get(c, i, 1) : 0;
        double want = t >= 3 && t < 40 ? 50000 : 0;
        ck_assert_msg(fabs(u - want) < 5, "step %d: %g", (int)t, u);
    }
    end(f, m);
}
END_TEST

START_TEST(a_current_below_the_step_of_the_register_is_refused)
{
    fake_net *f = network();
    static const double nano[] = {1e-6};
    f->population[1].model = MODEL_CURR_EXP;
    static const double tau[] = {5};
    f->population[1].param[NP_TAU_SYN_E] = (graph_param){tau, 0};
    f->qpopulation[1].u_lsb = 1e-3;
    f->graph.current = &(graph_current){.first = 7, .count = 1, .amplitude = {nano, 0}, .start = 3, .stop = 40};
    f->graph.ncurrents = 1;
    ck_assert(!emitted(f));
    ck_assert_int_eq(diag_get(f->unit.diag, 0)->code, DIAG_LOST_TO_ZERO);
    ck_assert_uint_eq(diag_get(f->unit.diag, 0)->at.line, 2);
    fake_end(f);
}
END_TEST

START_TEST(a_current_into_neurons_of_different_scale_is_refused)
{
    fake_net *f = network();
    static const double nano[] = {1}, tau[] = {5};
    double *tau_m = ARENA_NEW(f->arena, double, 25);
    for (int i = 0; i < 25; i++)
        tau_m[i] = 20 + i;
    f->population[1].model = MODEL_CURR_EXP;
    f->population[1].param[NP_TAU_SYN_E] = (graph_param){tau, 0};
    f->population[1].param[NP_TAU_M] = (graph_param){tau_m, 1};
    f->graph.current = &(graph_current){.first = 7, .count = 1, .amplitude = {nano, 0}, .start = 3, .stop = 40};
    f->graph.ncurrents = 1;
    ck_assert(!emitted(f));
    ck_assert_int_eq(diag_get(f->unit.diag, 0)->code, DIAG_FIT_MODEL);
    ck_assert_uint_eq(diag_get(f->unit.diag, 0)->at.line, 2);
    fake_end(f);
}
END_TEST

START_TEST(modulators_channels_and_schedules_are_written)
{
    fake_net *f = network();
    static const double time[] = {0, 20}, value[] = {1, -0.5};
    net_modulator m[3] = {0};
    m[0] = (net_modulator){.name = {"reward", {0, 50, 1, 1}},
                           .source = MODSRC_SIGNAL,
                           .signal = {"task.reward", {0}},
                           .tau = {.v = 100},
                           .baseline_tau = {.v = 1000, .given = true}};
    m[1] = (net_modulator){
        .name = {"rate", {0, 51, 1, 1}}, .source = MODSRC_POPULATION, .population = {1, {0}}, .baseline = {.v = 5}};
    m[2] = (net_modulator){.name = {"plan", {0, 52, 1, 1}},
                           .source = MODSRC_SCHEDULE,
                           .schedule_time = time,
                           .schedule_value = value,
                           .nschedule = 2};
    f->net.modulator = m;
    f->net.nmodulators = 3;
    qnet_channel channel = {.modulator = {2, 0}, .gain_q16 = {7, -9}, .nterms = 2, .base_q16 = 11};
    f->qnet.channel = &channel;
    f->qnet.nchannels = 1;
    hmn_image *image = image_of(f);
    image_rows r = image_host(image, HOST_MODULATORS), s = image_host(image, HOST_SCHEDULE);
    image_rows t = image_host(image, HOST_TERMS);
    ck_assert_str_eq(image_string(image, (uint64_t)image_get(r, 0, 1)), "task.reward");
    ck_assert_int_eq(image_get(r, 0, 4), llround(65536 * exp(-0.01)));
    ck_assert_int_eq(image_get(r, 0, 5), llround(65536 * exp(-0.001)));
    ck_assert_int_eq(image_get(r, 1, 3), 1);
    ck_assert_int_eq(image_get(r, 1, 4), 0);
    ck_assert_int_eq(image_get(r, 1, 5), 65536);
    ck_assert_int_eq(image_get(r, 1, 6), 5 << 16);
    ck_assert_int_eq(image_get(r, 2, 3), NET_NONE);
    ck_assert_uint_eq(s.rows, 2);
    ck_assert_int_eq(image_get(s, 1, 0), 2);
    ck_assert_int_eq(image_get(s, 1, 1), 20);
    ck_assert_int_eq(image_get(s, 1, 2), -32768);
    ck_assert_int_eq(image_get(image_host(image, HOST_CHANNELS), 0, 0), 11);
    ck_assert_uint_eq(t.rows, 2);
    ck_assert_int_eq(image_get(t, 1, 1), 0);
    ck_assert_int_eq(image_get(t, 1, 2), -9);
    end(f, image);
}
END_TEST

START_TEST(a_value_its_column_cannot_hold_is_refused_where_it_was_written)
{
    fake_net *f = network();
    net_modulator m = {.name = {"huge", {0, 77, 1, 1}}, .source = MODSRC_CONSTANT, .value = {.v = 1e6}};
    f->net.modulator = &m;
    f->net.nmodulators = 1;
    ck_assert(!emitted(f));
    ck_assert_int_eq(diag_get(f->unit.diag, 0)->code, DIAG_FIT_VALUE);
    ck_assert_uint_eq(diag_get(f->unit.diag, 0)->at.line, 77);
    fake_end(f);
}
END_TEST

START_TEST(the_same_network_gives_the_same_bytes)
{
    fake_net *a = network(), *b = network();
    ck_assert(emitted(a) && emitted(b));
    ck_assert_uint_eq(a->unit.image_size, b->unit.image_size);
    ck_assert_mem_eq(a->unit.image, b->unit.image, a->unit.image_size);
    fake_end(a);
    fake_end(b);
}
END_TEST

SUITE("emit", the_network_is_described, routes_are_those_of_sources_and_lead_to_their_axons,
      spikes_and_poisson_sources_are_kept, a_raw_current_is_written_every_step,
      a_current_through_a_decaying_register_stands_at_its_amplitude,
      a_current_below_the_step_of_the_register_is_refused, a_current_into_neurons_of_different_scale_is_refused,
      modulators_channels_and_schedules_are_written, a_value_its_column_cannot_hold_is_refused_where_it_was_written,
      the_same_network_gives_the_same_bytes)
