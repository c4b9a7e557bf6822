/* Management cores on the emulated machine: in step on any number of chips, and cut off by a wrong table. */
#include "tests/backends/spinnaker/fixture.h"

static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  src: {size: 20, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  out: {size: 80, model: IF_curr_exp, params: {homeostasis_eta: 0.02 nA, homeostasis_rate: 20 Hz}}\n"
    "neuromodulators:\n"
    "  rate: {weight: 1, tau: 20 ms, source: {population: out, baseline: 5 Hz}}\n"
    "  beat: {weight: 1, source: {schedule: [[0 ms, 0], [60 ms, 1], [120 ms, 0.2]]}}\n"
    "plasticity_rules:\n"
    "  r: {type: hmn, traces: {pairing: hebbian, A_plus: 0.1, tau_plus: 20 ms, tau_fast: 50 ms},\n"
    "      neuromodulators: [rate, beat], eta_local: 0.01, eta_global: 0.02, weight_bounds: [0, 2], epoch: 4}\n"
    "projections:\n"
    "  a: {pre: src, post: out, connector: {type: all_to_all}, weight: 0.3, plasticity: r}\n"
    "target: {neurons_per_core: 20%s}\n"
    "run: {duration: 200 ms, seed: 4}\n";

/* Two cores a chip. */
static const char crowded[] = ", dead_cores: [[0, 0, 13], [1, 0, 13], [0, 1, 13], [1, 1, 12], [2, 0, 13], [2, 1, 13],\n"
                              "  [0, 2, 13], [1, 2, 13], [2, 2, 13], [3, 1, 12], [1, 3, 12]]";

static spin_net opened(const char *machine)
{
    static char text[2048];
    snprintf(text, sizeof text, net, machine);
    return spin_open(text, 1);
}

static uint32_t managers(const spin_net *n) { return n->unit.mapping->nmanagers; }

START_TEST(one_chip_and_many_end_in_the_same_state)
{
    spin_net one = opened(""), many = opened(crowded);
    ck_assert_uint_eq(managers(&one), 1);
    ck_assert_uint_ge(managers(&many), 2);
    for (uint32_t i = 0; i < 200; i++) {
        spin_run(&one, 1);
        spin_run(&many, 1);
        ck_assert_uint_eq(machine_digest(one.machine), machine_digest(many.machine));
    }
    ck_assert_uint_gt(machine_counters(one.machine).weight_updates, 100);
    ck_assert_uint_eq(machine_counters(one.machine).lost + machine_counters(many.machine).lost, 0);
    ck_assert_uint_gt(machine_counters(many.machine).manager_cycles, machine_counters(one.machine).manager_cycles);
    spin_close(&one);
    spin_close(&many);
}
END_TEST

/* Runs `net` after the entry that holds a manager's key is made to match no key. */
static spin_net cut(uint32_t manager)
{
    static char text[2048];
    snprintf(text, sizeof text, net, crowded);
    spin_net n;
    ck_assert_msg(spin_compile(&n, text, "route"), "%s", spin_message(&n));
    const hmn_mapping *m = n.unit.mapping;
    const spin_plan *plan = m->plan;
    uint32_t core = m->ncores - m->nmanagers + manager, chip = m->site[core] / 18, found = 0;
    for (uint32_t k = plan->routers.row[chip]; k < plan->routers.row[chip + 1]; k++) {
        tcam_entry *e = (tcam_entry *)(uintptr_t)&plan->routers.entry[k];
        if ((plan->key[core] & e->mask) != e->key)
            continue;
        *e = (tcam_entry){1u << 31, UINT32_MAX, e->route, false};
        found++;
    }
    ck_assert_uint_ge(found, 1);
    ck_assert(spin_compile_rest(&n));
    spin_start(&n, 1);
    return n;
}

START_TEST(a_wrong_table_loses_the_broadcast_of_one_chip_and_its_cores_stop_to_learn)
{
    spin_net whole = opened(crowded), n = cut(0);
    spin_run(&n, 200);
    spin_run(&whole, 200);
    hmn_counters lost = machine_counters(n.machine), all = machine_counters(whole.machine);
    ck_assert_uint_ge(lost.lost, 50); /* a register each fourth step */
    ck_assert_uint_lt(lost.weight_updates, all.weight_updates);
    ck_assert_uint_gt(lost.weight_updates, 0);
    ck_assert_uint_ne(machine_digest(n.machine), machine_digest(whole.machine));
    spin_close(&n);
    spin_close(&whole);
}
END_TEST

START_TEST(a_manager_pays_for_what_it_counts_and_sends)
{
    spin_net n = opened("");
    spin_run(&n, 200);
    uint32_t core = n.unit.mapping->ncores - 1;
    const hmn_counters *c = machine_core_counters(n.machine, core);
    ck_assert(machine_core_size(n.machine, core).manager);
    ck_assert_uint_eq(c->packets, 50);
    ck_assert_uint_gt(c->taken, 100); /* spikes of out */
    ck_assert_uint_gt(c->manager_cycles, 0);
    ck_assert_uint_gt(c->longest, 226);
    ck_assert_uint_eq(machine_core_counters(n.machine, core - 1)->taken, 50);
    spin_close(&n);
}
END_TEST

START_TEST(homeostasis_counts_packets_of_its_own_chip)
{
    spin_net one = opened(""), many = opened(crowded);
    spin_run(&one, 200);
    spin_run(&many, 200);
    bool moved = false;
    for (uint32_t i = 0; i < 80; i++) {
        int32_t bias = machine_read(one.machine, 20 + i, VAR_WORD + 4);
        ck_assert_int_eq(bias, machine_read(many.machine, 20 + i, VAR_WORD + 4));
        moved |= bias != 0;
    }
    ck_assert(moved);
    spin_close(&one);
    spin_close(&many);
}
END_TEST

START_TEST(a_description_says_what_the_program_takes)
{
    spin_net usual = opened(""), slow = opened(", costs: {manager_modulator: 110, manager_bias: 15}");
    spin_run(&usual, 200);
    spin_run(&slow, 200);
    hmn_counters a = machine_counters(usual.machine), b = machine_counters(slow.machine);
    /* 100 cycles more for two modulators in each step, 1 more for 80 biases in every eighth */
    ck_assert_uint_eq(b.manager_cycles - a.manager_cycles, 200 * 2 * 100 + 200 / 8 * 80);
    ck_assert_uint_eq(machine_digest(usual.machine), machine_digest(slow.machine));
    spin_close(&usual);
    spin_close(&slow);
}
END_TEST

SUITE("managers", a_description_says_what_the_program_takes, one_chip_and_many_end_in_the_same_state,
      a_wrong_table_loses_the_broadcast_of_one_chip_and_its_cores_stop_to_learn,
      a_manager_pays_for_what_it_counts_and_sends, homeostasis_counts_packets_of_its_own_chip)
