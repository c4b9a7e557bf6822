#include "core/ir/qnet.h"

#include "tests/suite.h"

START_TEST(report_rows_keep_their_order)
{
    hmn_arena *a = arena_new(0);
    hmn_qnet q = {0};
    for (uint32_t i = 0; i < 100; i++)
        quantise_report_add(&q, a, (qnet_report_row){.subject = "population a", .quantity = "tau_m", .count = i});
    ck_assert_uint_eq(q.nreport, 100);
    for (uint32_t i = 0; i < 100; i++)
        ck_assert_uint_eq(q.report[i].count, i);
    arena_free(a);
}
END_TEST

START_TEST(a_column_is_one_value_for_all_or_one_each)
{
    const int32_t v[] = {5, 6, 7};
    ck_assert_int_eq(qnet_at((qnet_column){v, 0}, 2), 5);
    ck_assert_int_eq(qnet_at((qnet_column){v, 1}, 2), 7);
    ck_assert_int_eq(qnet_at((qnet_column){NULL, 0}, 2), 0);
}
END_TEST

SUITE("qnet", report_rows_keep_their_order, a_column_is_one_value_for_all_or_one_each)
