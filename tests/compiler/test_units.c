/* Quantities: every unit, exact conversion, refusal of what is not a decimal number or has the wrong dimension. */
#include "compiler/units.h"

#include "tests/suite.h"

#include <math.h>

static unit_status read(const char *text, net_dim dim, double *value)
{
    size_t at;
    const char *found;
    return units_read(text, dim, (unit_context){.dt = 0.5, .trial = 200}, value, &at, &found);
}

typedef struct {
    const char *text;
    net_dim dim;
    double value;
} good_case;

START_TEST(units_convert_to_the_base_unit_exactly)
{
    static const good_case good[] = {{"20 ms", NET_MS, 20},
                                     {"20ms", NET_MS, 20},
                                     {"1.5 s", NET_MS, 1500},
                                     {"100 us", NET_MS, 0.1},
                                     {"7", NET_MS, 7},
                                     {"3 steps", NET_MS, 1.5},
                                     {"1 tick", NET_MS, 0.5},
                                     {"2 trials", NET_MS, 400},
                                     {"-65 mV", NET_MV, -65},
                                     {"0.5 V", NET_MV, 500},
                                     {"250 pA", NET_NA, 0.25},
                                     {"2 uA", NET_NA, 2000},
                                     {"250 pF", NET_NF, 0.25},
                                     {"0.3 nF", NET_NF, 0.3},
                                     {"1 kHz", NET_HZ, 1000},
                                     {"40 Hz", NET_HZ, 40},
                                     {"180 deg", NET_RAD, 3.141592653589793},
                                     {"1 rad", NET_RAD, 1},
                                     {"+1e-3", NET_PLAIN, 0.001},
                                     {".5", NET_PLAIN, 0.5},
                                     {"4 steps", NET_STEPS, 4},
                                     {"2 ms", NET_STEPS, 4},
                                     {"0.1 s", NET_STEPS, 200},
                                     {"1 trial", NET_STEPS, 400},
                                     {" 5 ", NET_INTEGER, 5},
                                     {"10 trials", NET_TRIALS, 10},
                                     {"3 nS", NET_US, 0.003},
                                     {"5 \xC2\xB5s", NET_MS, 0.005}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double v = NAN;
        ck_assert_msg(read(good[i].text, good[i].dim, &v) == UNIT_OK, "'%s' is refused", good[i].text);
        ck_assert_msg(v == good[i].value, "'%s' is %.17g", good[i].text, v);
    }
}
END_TEST

typedef struct {
    const char *text;
    net_dim dim;
    unit_status status;
} bad_case;

START_TEST(what_is_no_quantity_is_refused_with_the_reason)
{
    static const bad_case bad[] = {{"", NET_MS, UNIT_NO_NUMBER},         {"fast", NET_MS, UNIT_NO_NUMBER},
                                   {"inf", NET_MS, UNIT_NO_NUMBER},      {"nan", NET_MS, UNIT_NO_NUMBER},
                                   {".", NET_MS, UNIT_NO_NUMBER},        {"010", NET_INTEGER, UNIT_OCTAL},
                                   {"-007", NET_INTEGER, UNIT_OCTAL},    {"0x10", NET_INTEGER, UNIT_HEX},
                                   {"0o7", NET_INTEGER, UNIT_HEX},       {"3 parsec", NET_MS, UNIT_UNKNOWN},
                                   {"3 MS", NET_MS, UNIT_UNKNOWN},       {"1_000", NET_INTEGER, UNIT_UNKNOWN},
                                   {"3 mV", NET_MS, UNIT_WRONG},         {"3 ms", NET_PLAIN, UNIT_WRONG},
                                   {"3 Hz", NET_MS, UNIT_WRONG},         {"3 MOhm", NET_US, UNIT_WRONG},
                                   {"90", NET_RAD, UNIT_NEEDED},         {"3 steps", NET_HZ, UNIT_WRONG},
                                   {"2.5 steps", NET_MS, UNIT_FRACTION}, {"3 verylongunitname", NET_MS, UNIT_UNKNOWN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double v;
        ck_assert_msg(read(bad[i].text, bad[i].dim, &v) == bad[i].status, "'%s'", bad[i].text);
    }
}
END_TEST

START_TEST(trials_need_a_task_that_says_how_long_they_are)
{
    double v;
    size_t at;
    const char *found;
    ck_assert_int_eq(units_read("3 trials", NET_MS, (unit_context){.dt = 1}, &v, &at, &found), UNIT_NO_TRIAL);
}
END_TEST

START_TEST(the_place_of_a_wrong_unit_is_the_unit)
{
    double v;
    size_t at;
    const char *found;
    ck_assert_int_eq(units_read("20 mV", NET_MS, (unit_context){.dt = 1}, &v, &at, &found), UNIT_WRONG);
    ck_assert_uint_eq(at, 3);
    ck_assert_str_eq(found, "a voltage");
}
END_TEST

START_TEST(misspelt_units_are_recognised)
{
    ck_assert_str_eq(units_nearest("MV"), "mV");
    ck_assert_str_eq(units_nearest("hz"), "Hz");
    ck_assert_str_eq(units_nearest("seconds"), "s");
    ck_assert_ptr_null(units_nearest("parsec-per-fortnight"));
}
END_TEST

START_TEST(a_number_ends_where_decimal_notation_ends)
{
    double v;
    ck_assert_uint_eq(number_scan("1e5x", 4, &v), 3);
    ck_assert_double_eq(v, 1e5);
    ck_assert_uint_eq(number_scan("2e", 2, &v), 1);
    ck_assert_double_eq(v, 2);
    ck_assert_uint_eq(number_scan("-", 1, &v), 0);
    ck_assert_uint_eq(number_scan("1.2.3", 5, &v), 3);
}
END_TEST

SUITE("units", units_convert_to_the_base_unit_exactly, what_is_no_quantity_is_refused_with_the_reason,
      trials_need_a_task_that_says_how_long_they_are, the_place_of_a_wrong_unit_is_the_unit,
      misspelt_units_are_recognised, a_number_ends_where_decimal_notation_ends)
