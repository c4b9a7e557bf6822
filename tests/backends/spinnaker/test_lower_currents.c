/* Stimuli as current sources: the words that a core gets, and what its neurons then feel beside the reference's. */
#include "backends/spinnaker/core.h"

#include "core/reference/reference.h"
#include "tests/backends/spinnaker/fixture.h"

#include <math.h>

static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  a: {size: 4, model: IF_curr_exp, params: {cm: 1 nF, tau_m: 20 ms, v_thresh: 100 mV}}\n"
    "stimuli:\n"
    "  dc: {target: a, type: current, amplitude: [0.5, 0.5, 0, 0.25], start: 2 ms, duration: 5 ms}\n"
    "  ac: {target: a, type: current, amplitude: 2, frequency: 8 Hz, phase: 10 deg, offset: 0.5,\n"
    "       start: 10 ms, duration: 200 ms}\n"
    "%s"
    "target: {neurons_per_core: %d}\n"
    "run: {duration: 300 ms, seed: 3}\n";

static spin_net opened(const char *more, int cores)
{
    char text[2048];
    snprintf(text, sizeof text, net, more, cores);
    return spin_open(text, 1);
}

START_TEST(equal_sources_stand_once_and_neurons_list_theirs)
{
    spin_net n = opened("", 4);
    uint32_t count;
    const uint32_t *w = spin_region(n.image, SPIN_CURRENT_SOURCES, 0, &count);
    const uint32_t lists[] = {3, 2, 1, 0, 2, 0, 2, 1, 0, 2, 0, 1, 2, 0, 2, 1, 1, 2, 0, 2, 1, 0, 0};
    const uint32_t words[] = {16384, 2, 7, 8192, 2, 7, 10, 210, 65536, 16384, 1647, 5719};
    ck_assert_uint_eq(count, 23 + 12);
    ck_assert_mem_eq(w, lists, sizeof lists);
    ck_assert_mem_eq(w + 23, words, sizeof words); /* 2 pi 8 / 1000 and pi / 18, in 2^-15 */
    spin_close(&n);
}
END_TEST

/* The sine of 1 is -1 (quirk of S13), so the test keeps away from its peaks. v of all neurons for 300 steps, beside the
 * reference interpreter on the same network: the largest difference [mV]. */
static double worst(spin_net *n)
{
    hmn_reference *r = reference_new(n->unit.graph, (reference_options){0}, n->arena, n->diag);
    ck_assert_ptr_nonnull(r);
    hmn_sim *s = reference_sim(r);
    double most = 0;
    for (uint32_t t = 0; t < 300; t++) {
        s->ops->begin(s);
        s->ops->end(s);
        spin_run(n, 1);
        for (uint32_t i = 0; i < 4; i++)
            most = fmax(most, fabs(ldexp(machine_read(n->machine, i, VAR_V), -15) - reference_v(r, i)));
    }
    return most;
}

START_TEST(an_alternating_current_moves_neurons_as_the_reference_says)
{
    spin_net n = opened("", 2);
    ck_assert_double_le(worst(&n), 0.05); /* of 60 mV: the angle drifts by half of 2^-15 a step */
    spin_close(&n);
}
END_TEST

START_TEST(a_noisy_current_has_its_mean_and_deviation_and_differs_between_neurons)
{
    spin_net n = opened("  noise: {target: a, type: current, amplitude: 1, deviation: 0.4}\n", 2);
    double sum = 0, square = 0;
    hmn_core_view view = {n.image, n.unit.chip, 0, 1};
    hmn_core_size size = spin_size(&view);
    spin_rom *rom = arena_alloc(n.arena, size.rom, 64);
    spin_state *state = arena_alloc(n.arena, size.state, 64);
    spin_boot(&view, rom, state);
    const core_current *c = SPIN_ROM(core_current, rom, current);
    uint32_t draws = 0;
    for (uint32_t t = 0; t < 2000; t++)
        for (uint32_t k = 0; k < rom->ncurrents; k++)
            if (c[k].id == CURRENT_NOISY) {
                double x = ldexp(current_at(rom->sources, &c[k], t, SPIN_STATE_OF(uint32_t, rom, state, current)), -15);
                sum += x;
                square += x * x;
                draws++;
            }
    ck_assert_uint_eq(draws, 4000);
    double mean = sum / draws;
    ck_assert_double_le(fabs(mean - 1), 0.03);
    ck_assert_double_le(fabs(sqrt(square / draws - mean * mean) - 0.4), 0.02);
    spin_run(&n, 50);
    ck_assert_int_ne(machine_read(n.machine, 0, VAR_V), machine_read(n.machine, 1, VAR_V));
    ck_assert_int_ne(machine_read(n.machine, 0, VAR_V), machine_read(n.machine, 2, VAR_V)); /* another core */
    spin_close(&n);
}
END_TEST

static void refused(const char *yaml, const char *chip, const char *words)
{
    spin_net n;
    ck_assert(!spin_compile_for(&n, yaml, chip));
    ck_assert_msg(strstr(spin_message(&n), words), "%s", spin_message(&n));
    spin_close(&n);
}

START_TEST(what_a_target_or_the_sine_cannot_do_is_refused)
{
    refused("hmn: 1\npopulations: {a: {size: 2, model: IF_curr_exp}}\n"
            "stimuli: {i: {target: a, type: current, amplitude: 1, frequency: 8 Hz}}\n",
            "loihi", "alternating or noisy current");
    refused("hmn: 1\npopulations: {a: {size: 2, model: loihi_lif}}\n"
            "stimuli: {i: {target: a, type: current, amplitude: 100, deviation: 8}}\n",
            "spinnaker", "neurons of integers");
    refused("hmn: 1\npopulations: {a: {size: 2, model: IF_curr_exp}}\nrun: {duration: 1000 s}\n"
            "stimuli: {i: {target: a, type: current, amplitude: 1, frequency: 8 Hz}}\n",
            "spinnaker", "15700 radians");
    refused("hmn: 1\npopulations: {a: {size: 2, model: IF_curr_exp}}\n"
            "stimuli: {i: {target: a, type: current, amplitude: 1, frequency: 0.001 Hz}}\n",
            "spinnaker", "rounds to zero");
}
END_TEST

SUITE("lower_currents", equal_sources_stand_once_and_neurons_list_theirs,
      an_alternating_current_moves_neurons_as_the_reference_says,
      a_noisy_current_has_its_mean_and_deviation_and_differs_between_neurons,
      what_a_target_or_the_sine_cannot_do_is_refused)
