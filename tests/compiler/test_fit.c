/* Each limit at its value and one past it; what the user is told. */
#include "compiler/fit.h"
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"

#include <stdio.h>

START_TEST(numbers_are_grouped_by_thousands)
{
    char text[32];
    ck_assert_str_eq(fit_number(0, text), "0");
    ck_assert_str_eq(fit_number(999, text), "999");
    ck_assert_str_eq(fit_number(1000, text), "1,000");
    ck_assert_str_eq(fit_number(18022, text), "18,022");
    ck_assert_str_eq(fit_number(UINT64_MAX, text), "18,446,744,073,709,551,615");
}
END_TEST

#define LIMIT(field, diag)                                                                                             \
    {                                                                                                                  \
        hmn_limits l = {.field = 7};                                                                                   \
        hmn_usage u = {.field = 7};                                                                                    \
        ck_assert_ptr_null(fit_check(&l, &u).what);                                                                    \
        u.field = 8;                                                                                                   \
        fit_excess e = fit_check(&l, &u);                                                                              \
        ck_assert_ptr_nonnull(e.what);                                                                                 \
        ck_assert_int_eq(e.code, DIAG_##diag);                                                                         \
        ck_assert_uint_eq(e.need, 8);                                                                                  \
        ck_assert_uint_eq(e.have, 7);                                                                                  \
        l.field = 0;                                                                                                   \
        ck_assert_ptr_null(fit_check(&l, &u).what);                                                                    \
    }

START_TEST(each_limit_holds_at_its_value_and_is_passed_by_one_more){
    LIMIT(compartments, FIT_COMPARTMENTS) LIMIT(in_axons, FIT_AXONS) LIMIT(out_axons, FIT_AXONS)
        LIMIT(synapse_words, FIT_SYNAPSES) LIMIT(neuron_profiles, FIT_PROFILES) LIMIT(threshold_profiles, FIT_PROFILES)
            LIMIT(synapse_formats, FIT_PROFILES) LIMIT(learning_profiles, FIT_LEARNING) LIMIT(pre_traces, FIT_LEARNING)
                LIMIT(post_traces, FIT_LEARNING) LIMIT(epochs, FIT_LEARNING) LIMIT(trace_settings, FIT_LEARNING)
                    LIMIT(learning_words, FIT_LEARNING) LIMIT(delay_cells, FIT_DELAY)
                        LIMIT(max_delay, FIT_DELAY)} END_TEST

    static net_num number(double v)
{
    return (net_num){.v = v, .given = true};
}

START_TEST(the_target_block_lowers_the_number_of_cores)
{
    hmn_limits l = {.cores_per_chip = 128, .chips = 4};
    hmn_net net = {0};
    ck_assert_uint_eq(fit_cores(&net, &l), 512);
    net.target.chips = number(2);
    ck_assert_uint_eq(fit_cores(&net, &l), 256);
    net.target.cores = number(100);
    ck_assert_uint_eq(fit_cores(&net, &l), 100);
    net.target.cores = number(1000);
    ck_assert_uint_eq(fit_cores(&net, &l), 256);
    net.target.chips = number(9);
    ck_assert_uint_eq(fit_cores(&net, &l), 512);
    l = (hmn_limits){0};
    net = (hmn_net){0};
    ck_assert_uint_eq(fit_cores(&net, &l), UINT32_MAX);
}
END_TEST

/* Nine populations project onto one neuron, all by rules, with different numbers of synapses. */
static fake_net *star(void)
{
    fake_net *f = fake_begin((hmn_limits){.compartments = 10, .cores_per_chip = 64, .chips = 1, .mesh_width = 8});
    uint32_t to = fake_population(f, "to", 3, false);
    for (uint32_t k = 0; k < 9; k++) {
        uint32_t from = fake_population(f, "from", 4 + (k == 5), true);
        fake_learns(f, fake_projection(f, "p", from, to, 1, 1));
    }
    return f;
}

static void refused(hmn_limits change, hmn_diag_code code, uint32_t line, const char *need, const char *have)
{
    fake_net *f = star();
    f->limits.synapse_formats = change.synapse_formats;
    f->limits.learning_profiles = change.learning_profiles;
    f->limits.learning_words = change.learning_words;
    f->limits.synapse_words = change.synapse_words;
    bool fits = pass_partition(&f->unit);
    ck_assert_int_eq(fits, need == NULL);
    if (need) {
        const hmn_message *m = diag_get(f->unit.diag, 0);
        ck_assert_uint_eq(diag_count(f->unit.diag), 1);
        ck_assert_int_eq(m->code, code);
        ck_assert_msg(m->at.line == line, "line %u: %s", m->at.line, m->text);
        ck_assert_msg(strstr(m->text, need) && strstr(m->text, have), "%s", m->text);
        ck_assert_ptr_nonnull(m->cure);
    }
    fake_end(f);
}

START_TEST(what_one_neuron_needs_is_said_where_most_of_it_is_asked_for)
{
    refused((hmn_limits){.synapse_formats = 9}, 0, 0, NULL, NULL);
    refused((hmn_limits){.synapse_formats = 8}, DIAG_FIT_PROFILES, 1, "needs 9 synapse formats", "has 8");
    refused((hmn_limits){.learning_profiles = 9}, 0, 0, NULL, NULL);
    refused((hmn_limits){.learning_profiles = 8}, DIAG_FIT_LEARNING, 105, "needs 9 learning profiles", "has 8");
    refused((hmn_limits){.learning_words = 90}, 0, 0, NULL, NULL);
    refused((hmn_limits){.learning_words = 89}, DIAG_FIT_LEARNING, 105, "needs 90 words of learning", "has 89");
    refused((hmn_limits){.synapse_words = 37}, 0, 0, NULL, NULL);
    refused((hmn_limits){.synapse_words = 36}, DIAG_FIT_SYNAPSES, 105, "needs 37 words", "37 incoming synapses");
}
END_TEST

SUITE("fit", numbers_are_grouped_by_thousands, each_limit_holds_at_its_value_and_is_passed_by_one_more,
      the_target_block_lowers_the_number_of_cores, what_one_neuron_needs_is_said_where_most_of_it_is_asked_for)
