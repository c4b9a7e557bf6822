/* Words of management cores, and their memory. */
#include "backends/spinnaker/manage.h"

#include "tests/backends/spinnaker/fixture.h"

static const uint32_t params[] = {0x7000, 4, 3, 2, 0x1000, 0xfffff000, 100, 0x2000, 0xfffff000, 7};

START_TEST(a_key_is_counted_behind_the_neurons_of_cores_before_it)
{
    ck_assert(manage_check(params, 10, 107));
    ck_assert_uint_eq(manage_axon(params, 0x1000), 0);
    ck_assert_uint_eq(manage_axon(params, 0x1000 | 99 << 4 | 3), 99);
    ck_assert_uint_eq(manage_axon(params, 0x1000 | 100 << 4), UINT32_MAX);
    ck_assert_uint_eq(manage_axon(params, 0x2000 | 6 << 4), 106);
    ck_assert_uint_eq(manage_axon(params, 0x3000), UINT32_MAX);
}
END_TEST

START_TEST(damaged_words_are_refused)
{
    uint32_t w[10];
    ck_assert(!manage_check(params, 9, 107));
    ck_assert(!manage_check(params, 10, 106));
    ck_assert(!manage_check(params, 3, 107));
    memcpy(w, params, sizeof w);
    w[MANAGE_COLOUR_BITS] = 16;
    ck_assert(!manage_check(w, 10, 107));
    memcpy(w, params, sizeof w);
    w[4 + SENDER_KEY] = 0x1001;
    w[4 + SENDER_MASK] = 0xfffff000;
    ck_assert(!manage_check(w, 10, 107));
}
END_TEST

START_TEST(a_register_is_told_by_its_key)
{
    uint32_t w[HEARS_WORDS] = {0x7000, 0xffffff80, 4, 3};
    ck_assert(hears_check(w, HEARS_WORDS));
    ck_assert_uint_eq(hears_register(w, 0x7000 | 2 << 4), 2);
    ck_assert_uint_eq(hears_register(w, 0x7000 | 3 << 4), UINT32_MAX);
    ck_assert_uint_eq(hears_register(w, 0x7080), UINT32_MAX);
    ck_assert(!hears_check(w, HEARS_WORDS - 1));
    w[HEARS_KEY] |= 1;
    ck_assert(!hears_check(w, HEARS_WORDS));
}
END_TEST

static const char adapts[] = "hmn: 1\n"
                             "populations:\n"
                             "  a: {size: %u, model: IF_curr_exp,\n"
                             "      params: {homeostasis_eta: 0.01 nA, homeostasis_rate: 10 Hz}}\n"
                             "target: {neurons_per_core: 250, machine: {local_bytes: %u}}\n";

START_TEST(data_memory_holds_a_count_and_a_bias_of_each_neuron_that_adapts)
{
    manage_bytes b[2];
    for (uint32_t k = 0; k < 2; k++) {
        char text[512];
        snprintf(text, sizeof text, adapts, 500 + 250 * k, 65536);
        spin_net n;
        ck_assert_msg(spin_compile(&n, text, "route"), "%s", spin_message(&n));
        ck_assert_uint_eq(n.unit.mapping->nmanagers, 1);
        b[k] = spin_manage_bytes(n.unit.mapping, 0);
        spin_close(&n);
    }
    ck_assert_uint_eq(b[1].local - b[0].local, 250 * 12 + 12 + 32); /* bias and count, one more core, bits of spikes */
    ck_assert_uint_eq(b[1].shared - b[0].shared, 250 * 28 + 12);
}
END_TEST

START_TEST(a_manager_without_room_is_told_with_numbers)
{
    char text[512];
    snprintf(text, sizeof text, adapts, 3700, 52000); /* cores of 250 fit, a manager of 3700 does not */
    spin_net n;
    ck_assert(!spin_compile(&n, text, "route"));
    ck_assert_msg(strstr(spin_message(&n), "a management core needs"), "%s", spin_message(&n));
    ck_assert_msg(strstr(spin_message(&n), "3700 neurons") && strstr(spin_message(&n), "52000"), "%s",
                  spin_message(&n));
    spin_close(&n);
}
END_TEST

SUITE("manage", a_key_is_counted_behind_the_neurons_of_cores_before_it, damaged_words_are_refused,
      a_register_is_told_by_its_key, data_memory_holds_a_count_and_a_bias_of_each_neuron_that_adapts,
      a_manager_without_room_is_told_with_numbers)
