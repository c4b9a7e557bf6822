/* The cart and its boxes, against figures of an independent program of the same equations. */
#include "models/tasks/cart.h"

#include "tests/suite.h"

#include <math.h>

static const double degree = 3.14159265358979323846 / 180;

START_TEST(pushes_move_cart_and_pole_as_the_equations_say)
{
    cart c = {0.01, -0.02, 0.03, 0.04};
    const bool pushes[] = {true, true, false, true, false, false};
    for (int k = 0; k < 6; k++)
        cart_push(&c, pushes[k]);
    ck_assert_double_eq_tol(c.x, 0.03480323974671547, 1e-12);
    ck_assert_double_eq_tol(c.v, -0.021636386741578473, 1e-12);
    ck_assert_double_eq_tol(c.angle, -0.0036762995652430486, 1e-12);
    ck_assert_double_eq_tol(c.spin, 0.07607816471983764, 1e-12);
}
END_TEST

START_TEST(a_push_to_the_left_is_the_mirror_of_one_to_the_right)
{
    cart c = {0.5, -1, 0.1, 0.7}, m = {-0.5, 1, -0.1, -0.7};
    for (int k = 0; k < 5; k++) {
        cart_push(&c, k % 2);
        cart_push(&m, !(k % 2));
    }
    ck_assert_double_eq_tol(c.x, -m.x, 1e-12);
    ck_assert_double_eq_tol(c.spin, -m.spin, 1e-12);
}
END_TEST

START_TEST(pushed_one_way_the_pole_falls_in_nine_pushes_or_ten)
{
    cart c = {0, 0, 0, 0};
    int n = 0;
    for (; !cart_failed(&c); n++)
        cart_push(&c, true);
    ck_assert_int_ge(n, 9);
    ck_assert_int_le(n, 10);
    ck_assert_double_lt(c.angle, -12 * degree);
}
END_TEST

START_TEST(failure_is_beyond_twelve_degrees_or_the_end_of_the_track)
{
    ck_assert(!cart_failed(&(cart){2.39, 9, 11.9 * degree, 9}));
    ck_assert(cart_failed(&(cart){2.41, 0, 0, 0}));
    ck_assert(cart_failed(&(cart){-2.41, 0, 0, 0}));
    ck_assert(cart_failed(&(cart){0, 0, 12.1 * degree, 0}));
    ck_assert(cart_failed(&(cart){0, 0, -12.1 * degree, 0}));
}
END_TEST

START_TEST(every_box_has_its_own_number)
{
    static const double x[] = {-1, 0, 1}, v[] = {-1, 0, 1}, angle[] = {-9, -3, -0.5, 0.5, 3, 9}, spin[] = {-60, 0, 60};
    uint32_t next = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 6; k++)
                for (int l = 0; l < 3; l++) {
                    cart c = {x[i], v[j], angle[k] * degree, spin[l] * degree};
                    ck_assert_uint_eq(cart_box(&c), next++);
                }
    ck_assert_uint_eq(next, CART_BOXES);
}
END_TEST

SUITE("cart", pushes_move_cart_and_pole_as_the_equations_say, a_push_to_the_left_is_the_mirror_of_one_to_the_right,
      pushed_one_way_the_pole_falls_in_nine_pushes_or_ten, failure_is_beyond_twelve_degrees_or_the_end_of_the_track,
      every_box_has_its_own_number)
