/* Astrocytes in fixed point: restated in integers, and beside their equation. */
#include "core/machine/astrocytes.h"

#include "tests/suite.h"

#include <math.h>

static astrocyte_facts facts(double tau, double gain, double most, double n, double k)
{
    astrocyte_facts f = {.rate = (uint32_t)round(ldexp(1 / tau, 32)),
                         .gain = (int32_t)round(gain * 65536),
                         .most = (int32_t)round(most * 65536)};
    for (int i = 0; i <= ASTROCYTE_LINES; i++) {
        double x = pow(most * i / ASTROCYTE_LINES, n);
        f.effect[i] = (int32_t)round(65536 * x / (x + pow(k, n)));
    }
    return f;
}

START_TEST(a_follows_its_equation_over_long_times)
{
    static const double tau[] = {10, 3000, 200000};
    for (int k = 0; k < 3; k++) {
        astrocyte_facts f = facts(tau[k], 1.5, 1, 2, 0.5);
        int64_t a = 0;
        double real = 0;
        for (int t = 0; t < 20000; t++) {
            double level = t % 7000 < 4000 ? 0.6 : -0.2;
            a = astrocyte_next(&f, a, (int64_t)round(level * 65536));
            real = fmin(fmax(real + (1.5 * level - real) / tau[k], 0), 1);
            ck_assert_double_eq_tol(ldexp((double)a, -32), real, 3e-5);
        }
    }
}
END_TEST

/* The same by floor division of wide numbers. */
START_TEST(a_is_that_of_an_independent_restatement)
{
    astrocyte_facts f = facts(300, 1.25, 0.75, 2, 0.5);
    int64_t a = 0;
    __int128 own = 0;
    for (int t = 0; t < 5000; t++) {
        int64_t level = (t * 7919 % 131071) - 40000;
        a = astrocyte_next(&f, a, level);
        __int128 move = ((__int128)level * 81920 - own) * f.rate + ((__int128)1 << 31), whole = move / 4294967296;
        own += move < 0 && whole * 4294967296 != move ? whole - 1 : whole;
        own = own < 0 ? 0 : own > (__int128)49152 * 65536 ? (__int128)49152 * 65536 : own;
        ck_assert(a == (int64_t)own);
        int64_t fine = a / 65536 * 64 * 65536 / 49152, line = fine / 65536, rest = fine % 65536;
        int64_t m =
            line >= 64 ? f.effect[64] : f.effect[line] + ((f.effect[line + 1] - f.effect[line]) * rest + 32768) / 65536;
        ck_assert_int_eq(astrocyte_effect(&f, a), m);
    }
}
END_TEST

START_TEST(the_table_of_m_is_near_the_hill_function)
{
    static const double n[] = {1, 2, 4}, k[] = {0.5, 0.3, 0.3};
    for (int c = 0; c < 3; c++) {
        astrocyte_facts f = facts(100, 1, 1, n[c], k[c]);
        for (int i = 0; i <= 1000; i++) {
            double a = i / 1000.0, real = pow(a, n[c]) / (pow(a, n[c]) + pow(k[c], n[c]));
            ck_assert_double_eq_tol(astrocyte_effect(&f, (int64_t)ldexp(a, 32)) / 65536.0, real, 1e-3);
        }
        ck_assert_int_eq(astrocyte_effect(&f, (int64_t)1 << 32), f.effect[ASTROCYTE_LINES]);
    }
}
END_TEST

SUITE("astrocytes", a_follows_its_equation_over_long_times, a_is_that_of_an_independent_restatement,
      the_table_of_m_is_near_the_hill_function)
