/* Rules of type spinnaker: which program runs, what is refused; and that rewards teach. That weights and spikes are
 * those of the real code: tests/data/spinnaker/real_code_plastic.json. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/learn.h"

START_TEST(a_rule_is_one_number_in_the_tables)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < 64; i++) {
        stdp_kind k;
        if (!spin_program_rule_of(i, &k))
            continue;
        known++;
        ck_assert_uint_eq(spin_program_rule(k), i);
    }
    ck_assert_uint_eq(known, 3 * 2 * 2 + 1); /* three timings of two weights, modulated or not; the triplet */
}
END_TEST

static char yaml[2000];

/* Sources `in` and `da` onto `out`; in learns by `rule`, da has `da_keys`. */
static const char *net(const char *rule, const char *in_keys, const char *da_keys)
{
    snprintf(yaml, sizeof yaml,
             "hmn: 1\npopulations:\n"
             "  in: {size: 10, model: spike_source_poisson, params: {rate: 40 Hz}}\n"
             "  da: {size: 1, model: spike_source_array, spike_times: [[60, 90, 120]]}\n"
             "  out: {size: 4, model: IF_curr_exp, params: {cm: 0.2}}\n"
             "projections:\n"
             "  a: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5, plasticity: r%s}\n"
             "  d: {pre: da, post: out, connector: {type: all_to_all}, %s}\n"
             "plasticity_rules:\n  r: {type: spinnaker, weight_bounds: [0, 1]%s}\n"
             "  s: {type: spinnaker, weight_bounds: [0, 1], A_plus: 0.2}\n",
             in_keys, da_keys, rule);
    return yaml;
}

/* Some message says so. */
static bool told(const spin_net *n, const char *says)
{
    for (uint32_t i = 0; i < diag_count(n->diag); i++)
        if (strstr(diag_get(n->diag, i)->text, says))
            return true;
    return false;
}

static void refused(const char *rule, const char *in_keys, const char *da_keys, const char *says)
{
    spin_net n;
    ck_assert(!spin_compile(&n, net(rule, in_keys, da_keys), NULL));
    ck_assert_msg(told(&n, says), "not told: %s", says);
    spin_close(&n);
}

START_TEST(what_no_program_does_is_refused)
{
    const char *modulated = ", tau_c: 100 ms, tau_d: 50 ms", *reward = "weight: 1, receptor_type: reward";
    refused("", "", reward, "whose inputs do not learn from it");
    refused(modulated, "", "weight: 1, receptor_type: reward, plasticity: s", "a projection that delivers reward");
    refused(modulated, "", "weight: 17, receptor_type: reward", "a reward is below 16");
    refused(modulated, "", "weight: 1, receptor_type: reward, delay: 2", "acts in the step");
    refused(", timing: triplet, tau_c: 100 ms, tau_d: 50 ms", "", reward, "neuromodulated triplets");
    refused("", "", "weight: 0.4, plasticity: s", "learn by different rules");
    refused(", A_plus: 1e-9", "", "weight: 0.4", "rounds to zero");
    refused(", sign: free", ", receptor_type: mixed", "weight: 0.4", "weights of both signs");
}
END_TEST

static int64_t total(spin_net *n)
{
    uint64_t count;
    int64_t sum = 0;
    const machine_synapse *s = machine_weights(n->machine, 0, n->arena, &count);
    for (uint64_t i = 0; i < count; i++)
        sum += s[i].weight;
    return sum;
}

/* Sum of weights after 200 steps less that at the start. */
static int64_t learned(const char *da_keys)
{
    spin_net n = spin_open(net(", A_plus: 0.3, A_minus: 0.05, tau_c: 200 ms, tau_d: 100 ms", "", da_keys), 1);
    int64_t before = total(&n);
    spin_run(&n, 200);
    ck_assert_uint_gt(machine_spikes(n.machine), 20);
    int64_t change = total(&n) - before;
    spin_close(&n);
    return change;
}

START_TEST(weights_move_with_the_third_factor_only)
{
    ck_assert_int_eq(learned("weight: 0"), 0); /* no reward */
    ck_assert_int_gt(learned("weight: 0.8, receptor_type: reward"), 0);
    ck_assert_int_lt(learned("weight: 0.8, receptor_type: punishment"), 0);
}
END_TEST

/* 2^D in a field of D bits is a delay that the program skips. */
START_TEST(plastic_synapses_deliver_after_any_delay)
{
    for (uint32_t delay = 1; delay <= 16; delay++) {
        snprintf(yaml, sizeof yaml,
                 "hmn: 1\npopulations:\n"
                 "  in: {size: 1, model: spike_source_array, spike_times: [[2]]}\n"
                 "  out: {size: 1, model: IF_curr_exp}\n"
                 "projections:\n"
                 "  a: {pre: in, post: out, connector: {type: one_to_one}, weight: 0.5, delay: %u, plasticity: r}\n"
                 "plasticity_rules:\n  r: {type: spinnaker, weight_bounds: [0, 1]}\n",
                 delay);
        spin_net n = spin_open(yaml, 1);
        spin_run(&n, 2 + delay);
        ck_assert_int_eq(machine_read(n.machine, 1, VAR_V), -65 * 32768);
        spin_run(&n, 1);
        ck_assert_msg(machine_read(n.machine, 1, VAR_V) > -65 * 32768, "delay %u", delay);
        spin_close(&n);
    }
}
END_TEST

SUITE("spinnaker learn_program", a_rule_is_one_number_in_the_tables, what_no_program_does_is_refused,
      weights_move_with_the_third_factor_only, plastic_synapses_deliver_after_any_delay)
