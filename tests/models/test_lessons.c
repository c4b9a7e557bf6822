/* Measures of learning one task after another, against numbers worked out by hand. */
#include "models/tasks/lessons.h"

#include "tests/suite.h"

static void enter(lessons *l, uint32_t row, uint32_t task, uint32_t right)
{
    for (uint32_t i = 0; i < 10; i++)
        lessons_add(l, row, task, i < right, false);
}

START_TEST(a_matrix_is_summed_up_as_by_hand)
{
    hmn_arena *a = arena_new(0);
    lessons l;
    lessons_begin(&l, 3, a);
    static const uint32_t right[4][3] = {{1, 1, 2}, {9, 2, 1}, {10, 8, 4}, {6, 7, 9}};
    for (uint32_t row = 0; row < 4; row++)
        for (uint32_t j = 0; j < 3; j++)
            enter(&l, row, j, right[row][j]);
    lessons_summary s = lessons_sum_up(&l);
    ck_assert_double_eq_tol(s.final_average, (0.6 + 0.7 + 0.9) / 3, 1e-12);
    ck_assert_double_eq_tol(s.current, (0.9 + 0.8 + 0.9) / 3, 1e-12);
    ck_assert_double_eq_tol(s.forgetting, ((1.0 - 0.6) + (0.8 - 0.7)) / 2, 1e-12);
    ck_assert_double_eq_tol(s.backward, ((0.6 - 0.9) + (0.7 - 0.8)) / 2, 1e-12);
    ck_assert_double_eq_tol(s.forward, ((0.2 - 0.1) + (0.4 - 0.2)) / 2, 1e-12);
    task_table t = lessons_table(&l, a);
    ck_assert_str_eq(t.column[2], "task_2");
    ck_assert_uint_eq(t.rows, 4);
    ck_assert_double_eq(t.value[2 * t.columns], 2);
    ck_assert_double_eq_tol(t.value[2 * t.columns + 3], 0.4, 1e-12);
    arena_free(a);
}
END_TEST

START_TEST(images_of_the_last_test_alone_count_for_the_final_average_alone)
{
    hmn_arena *a = arena_new(0);
    lessons l;
    lessons_begin(&l, 1, a);
    enter(&l, 0, 0, 0);
    enter(&l, 1, 0, 5);
    for (uint32_t i = 0; i < 10; i++)
        lessons_add(&l, 1, 0, true, true);
    lessons_summary s = lessons_sum_up(&l);
    ck_assert_double_eq_tol(s.final_average, 0.75, 1e-12);
    ck_assert_double_eq_tol(s.current, 0.5, 1e-12);
    ck_assert_double_eq(s.forgetting, 0);
    arena_free(a);
}
END_TEST

SUITE("lessons", a_matrix_is_summed_up_as_by_hand, images_of_the_last_test_alone_count_for_the_final_average_alone)
