/* Networks of every neuron model restated against the emulator: recurrent, with delays beyond the ring buffers,
 * currents, several cores. */
#include "tools/respin.h"

#include "tests/tools/source_text.h"
#include "tools/verify.h"

#include <stdlib.h>
#include <string.h>

/* %s: model, parameters, weights of input and recurrence, receptor of the inhibition. */
static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 30, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  out: {size: 70, model: %s, params: {%s}}\n"
    "stimuli:\n"
    "  push: {type: current, target: out, amplitude: 0.3, start: 40 ms, duration: 160 ms}\n"
    "target: {neurons_per_core: 32}\n"
    "projections:\n"
    "  e: {pre: in, post: out, connector: {type: fixed_probability, p_connect: 0.4}, weight: {distribution: uniform, "
    "low: 0, high: %s}, delay: {distribution: uniform_int, low: 1, high: 20}}\n"
    "  i: {pre: out, post: out, connector: {type: fixed_probability, p_connect: 0.2}, weight: %s, "
    "receptor_type: inhibitory, delay: {distribution: uniform_int, low: 1, high: 5}}\n"
    "run: {duration: 300 ms, seed: 11}\n";

static bool open_model(source *s, const char *model, const char *params, const char *high, const char *inhibition)
{
    char text[4096];
    snprintf(text, sizeof text, network, model, params, high, inhibition);
    return source_from_text(s, "spinnaker", text);
}

static void agrees(const char *model, const char *params, const char *high, const char *inhibition, bool written)
{
    static const verify_bounds any = {1e6, 0, 1e6};
    source s;
    verification v;
    ck_assert_msg(open_model(&s, model, params, high, inhibition), "%s", model);
    ck_assert(verify_run(&s, 300, false, &any, &v));
    ck_assert_msg(v.restated && v.exact, "%s: step %u, %s of %u: chip %g, restated %g", model, v.registers.step,
                  v.registers.word, v.registers.neuron, v.registers.chip_v, v.registers.reference_v);
    ck_assert_msg(v.population[1].exact.a > 100, "%s fired %lu times", model, (unsigned long)v.population[1].exact.a);
    ck_assert_msg(v.real == written, "%s: %s", model, v.unreal ? v.unreal : "compared as written");
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}

START_TEST(every_model_is_restated_bit_for_bit)
{
    agrees("IF_curr_exp", "tau_m: 15 ms, tau_syn_E: 4 ms, tau_syn_I: 7 ms, noise: 0.2", "1.2", "0.1", true);
    agrees("IF_curr_delta", "tau_m: 15 ms, noise: 0.1", "6", "0.5", true);
    agrees("IF_cond_exp", "tau_m: 15 ms", "0.06", "0.01", false);
    agrees("IF_curr_alpha", "tau_m: 15 ms", "9", "0.1", false);
    agrees("IF_curr_exp_ca2", "tau_m: 15 ms", "1.2", "0.1", false);
    agrees("IF_curr_dual_exp", "tau_m: 15 ms", "1.2", "0.1", false);
    agrees("Izhikevich", "", "8", "1", false);
    agrees("Izhikevich_cond", "", "0.1", "0.01", false);
}
END_TEST

START_TEST(what_differs_is_found)
{
    source s;
    ck_assert(open_model(&s, "Izhikevich", "", "8", "1"));
    respin *r = respin_new(&s);
    ck_assert_ptr_nonnull(r);
    hmn_machine *m = machine_boot(s.image, s.chip, 1, NULL, s.diag);
    respin_word w;
    ck_assert(respin_compare_neurons(r, m, &w));
    r->neuron[50].u ^= 1;
    ck_assert(!respin_compare_neurons(r, m, &w));
    ck_assert_uint_eq(w.neuron, 50);
    ck_assert_str_eq(w.what, "U");
    ck_assert_int_eq(w.chip ^ w.restated, 1);
    machine_free(m);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}
END_TEST

SUITE("respin", every_model_is_restated_bit_for_bit, what_differs_is_found)
