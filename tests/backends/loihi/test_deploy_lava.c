/* The script for Lava: written where Lava has everything, else each reason is named. Whether it agrees with the
 * emulator is tried with Lava itself (docs/export-loihi.md), which is not part of the tests. */
#include "tests/backends/loihi/deployment.h"

/* A network with these parameters of the cells, connection, and further blocks. */
static deployment *network(const char *params, const char *projection, const char *more)
{
    char text[4096];
    snprintf(text, sizeof text,
             "hmn: 1\n"
             "populations:\n"
             "  in: {size: 3, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
             "  a: {size: 4, model: loihi_lif, params: {decay_u: 700, %s}}\n"
             "projections:\n"
             "  in_a: {pre: in, post: a, %s}\n"
             "%s"
             "run: {duration: 20 ms, seed: 4}\n",
             params, projection, more);
    return deployment_of(text);
}

static const char plain[] = "decay_v: 300, vth_mant: 90, refractory: 1";
static const char all[] = "connector: {type: all_to_all}, weight: 60";

#define LAVA "target: {chip: loihi, dialect: lava}\n"
#define BRIAN2 "target: {chip: loihi, dialect: brian2loihi}\n"
#define CHIP "target: {chip: loihi}\n"
#define REWARDED                                                                                                       \
    "neuromodulators: {reward: {weight: 1, source: {schedule: [[0 ms, 1]]}}}\n"                                        \
    "plasticity_rules: {one: {type: hmn, neuromodulators: [reward], eta_global: 0.1, weight_bounds: [0, 255],\n"       \
    "  traces: {pairing: stdp, A_plus: 8, A_minus: 4, tau_fast: 50 ms}}}\n" CHIP
#define RULE(text) RULE_IN(text, CHIP)
#define RULE_IN(text, target) "plasticity_rules: {one: {type: loihi, " text "}}\n" target
#define NENGO "target: {chip: loihi, dialect: nengo}\n"

static void expect_reason(const char *params, const char *projection, const char *more, const char *words)
{
    deployment *d = network(params, projection, more);
    ck_assert_msg(deployment_omits(d, words), "not said: %s; %s", words, d->nomitted ? d->omitted[0] : "nothing");
    ck_assert_ptr_null(deployment_file(d, "deploy_lava.py", NULL));
    deployment_free(d);
}

static void expect_script(const char *params, const char *projection, const char *more, const char *words)
{
    deployment *d = network(params, projection, more);
    const char *script = deployment_file(d, "deploy_lava.py", NULL);
    ck_assert_msg(script != NULL, "%s", d->nomitted ? d->omitted[0] : "no reason");
    ck_assert_msg(strstr(script, words) != NULL, "no '%s' in\n%.3000s", words, strstr(script, "IMAGE"));
    deployment_free(d);
}

START_TEST(dendrites_are_named_as_what_lava_lacks)
{
    deployment *d = deployment_of("hmn: 1\n"
                                  "populations:\n"
                                  "  in: {size: 3, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
                                  "  a: {size: 4, model: loihi_lif, join: add_u}\n"
                                  "  b: {size: 4, model: loihi_lif, dendrite_of: a}\n"
                                  "projections:\n"
                                  "  in_b: {pre: in, post: b, connector: {type: all_to_all}, weight: 60}\n"
                                  "run: {duration: 20 ms, seed: 4}\n");
    ck_assert_msg(deployment_omits(d, "the neurons of population 'a' have dendrites"), "%s",
                  d->nomitted ? d->omitted[0] : "nothing");
    ck_assert_ptr_null(deployment_file(d, "deploy_lava.py", NULL));
    deployment_free(d);
}
END_TEST

START_TEST(decays_are_lavas)
{
    expect_script(plain, all, LAVA, "dict(name=\"a\", first=3, size=4, source=False, du=700, dv=300, vth=90)");
    expect_script(plain, all, BRIAN2,
                  "source=False, du=699, dv=300, vth=90)"); /* Lava adds 1 to du, this dialect not */
    expect_script(plain, all, LAVA, "dict(name=\"in\", first=0, size=3, source=True)");
}
END_TEST

START_TEST(projections_carry_their_format)
{
    expect_script(
        plain, "connector: {type: all_to_all}, weight: -60, sign_mode: mixed, weight_bits: 5", LAVA,
        "pre=\"in\", post=\"a\", weight_bits=2, weight_exp=0, sign=\"INHIBITORY\", rule=None)"); /* all are -64 */
    expect_script(plain, "connector: {type: from_list, list: [[0, 0, 2], [1, 1, 254], [2, 3, -256]]}, sign_mode: mixed",
                  LAVA, "weight_bits=8, weight_exp=0, sign=\"MIXED\", rule=None)");
    expect_script(plain, "connector: {type: all_to_all}, weight: 61, weight_exp: -1", LAVA, "weight_exp=-1");
}
END_TEST

START_TEST(what_lif_lacks_is_named)
{
    expect_reason("refractory: 3", all, CHIP, "refractory time of 3 steps");
    expect_reason("decay_v: 300, vth_mant: [1, 2, 3, 4]", all, CHIP, "differ in du, dv or vth");
    expect_reason("bias_mant: 4095, bias_exp: 7, decay_v: [1, 1, 1, 2]", all, LAVA, "differ in du, dv or vth");
    expect_reason(plain, all, "stimuli: {i: {target: a, type: current, amplitude: 64}}\n" CHIP, "host writes currents");
}
END_TEST

START_TEST(what_dense_lacks_is_named)
{
    expect_reason(plain, "connector: {type: from_list, list: [[0, 0, 10], [0, 0, 20]]}", CHIP,
                  "several synapses between two neurons");
    expect_reason(plain, "connector: {type: all_to_all}, weight: 61, weight_exp: -1", CHIP,
                  "shifts each weight by its exponent of -1");
    expect_script(plain, "connector: {type: all_to_all}, weight: 64, weight_exp: -1", CHIP, "weight_exp=-1");
}
END_TEST

START_TEST(rules_carry_epoch_and_traces)
{
    static const char plastic[] = "connector: {type: all_to_all}, weight: 60, plasticity: one";
    expect_script(plain, plastic, RULE("dw: x1*y0, x1_impulse: 16, x1_tau: 10 steps, epoch: 3"),
                  "rule=dict(t_epoch=3, dw=\"y0*x1\", x1_impulse=16, x1_tau=9.99");
    expect_script(plain, plastic, RULE_IN("dw: x1*y0, x1_impulse: 16.5, x1_tau: 10 steps", LAVA),
                  "dw=\"y0*x1\", x1_impulse=16.5, x1_tau=10.0000"); /* dialect lava keeps 32 bits of the factor */
    expect_reason(plain, plastic, RULE_IN("dw: 'x0*(1)'", NENGO), "learns as dialect nengo does");
    expect_reason(plain, plastic, REWARDED, "reads a reward register");
    expect_reason(plain, plastic, RULE("dd: 'x0*(1)'"), "uses delays");
    expect_reason(plain, "connector: {type: all_to_all}, weight: 60, delay: 2 ms, plasticity: one",
                  RULE("dw: 'x0*(1)'"), "learns and has delays");
    expect_reason(plain, "connector: {type: from_list, list: [[0, 0], [1, 2]]}, weight: 60, plasticity: one",
                  RULE("dw: 'x0*(1)'"), "of 12 pairs");
    expect_reason(plain, "connector: {type: all_to_all}, weight: 60, sign_mode: mixed, plasticity: one",
                  RULE("dw: 'x0*(1)'"), "learns in steps of 2");
}
END_TEST

SUITE("deploy_lava", dendrites_are_named_as_what_lava_lacks, decays_are_lavas, projections_carry_their_format,
      what_lif_lacks_is_named, what_dense_lacks_is_named, rules_carry_epoch_and_traces)
