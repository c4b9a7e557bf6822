/* Expressions: values, precedence, and refusal of every malformed form at its place. */
#include "compiler/expr.h"

#include "tests/suite.h"

#include <math.h>
#include <string.h>

static uint32_t two_names(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "a") == 0 ? 0 : strcmp(name, "b") == 0 ? 1 : NET_NONE;
}

static double value(const char *text)
{
    hmn_arena *arena = arena_new(0);
    expr_error error;
    double names[] = {3, 0.5};
    const net_expr *e = expr_parse(arena, text, strlen(text), two_names, NULL, &error);
    ck_assert_msg(e != NULL, "'%s': %s", text, e ? "" : error.text);
    double v = expr_eval(e, names);
    arena_free(arena);
    return v;
}

START_TEST(arithmetic_has_the_usual_precedence)
{
    ck_assert_double_eq(value("1 + 2 * 3"), 7);
    ck_assert_double_eq(value("(1 + 2) * 3"), 9);
    ck_assert_double_eq(value("8 - 3 - 2"), 3);
    ck_assert_double_eq(value("8 / 4 / 2"), 1);
    ck_assert_double_eq(value("2 ^ 3 ^ 2"), 512);
    ck_assert_double_eq(value("-2 ^ 2"), -4);
    ck_assert_double_eq(value("2 ^ -1"), 0.5);
    ck_assert_double_eq(value("--3"), 3);
    ck_assert_double_eq(value("a * 2 + b"), 6.5);
}
END_TEST

START_TEST(functions_take_their_arguments)
{
    ck_assert_double_eq(value("min(4, a, 5)"), 3);
    ck_assert_double_eq(value("max(1, max(2, b))"), 2);
    ck_assert_double_eq(value("sqrt(16) + exp(0) + log(1) + abs(-2)"), 7);
    ck_assert_double_eq(value("floor(2.7) + ceil(2.2)"), 5);
    ck_assert(isinf(value("1 / 0")));
    ck_assert(isnan(value("sqrt(-1)")));
}
END_TEST

typedef struct {
    const char *text;
    size_t at;
    const char *says;
} bad_case;

START_TEST(malformed_expressions_are_refused_at_their_place)
{
    static const bad_case bad[] = {
        {"", 0, "ends too early"},       {"1 +", 3, "ends too early"},           {"1 2", 2, "operator is missing"},
        {"c", 0, "nothing defines 'c'"}, {"1 + sin(2)", 4, "no function 'sin'"}, {"(1", 2, "')' is missing"},
        {"max(1)", 0, "two or more"},    {"sqrt(1, 2)", 0, "one argument"},      {"1 $ 2", 2, "operator is missing"},
        {"* 2", 0, "must stand here"},   {"sqrt", 0, "is a function"},           {"1..2", 2, "operator is missing"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hmn_arena *arena = arena_new(0);
        expr_error error = {0};
        ck_assert_ptr_null(expr_parse(arena, bad[i].text, strlen(bad[i].text), two_names, NULL, &error));
        ck_assert_msg(strstr(error.text, bad[i].says), "'%s' says: %s", bad[i].text, error.text);
        ck_assert_msg(error.at == bad[i].at, "'%s' points at %zu", bad[i].text, error.at);
        arena_free(arena);
    }
}
END_TEST

START_TEST(depth_and_length_are_limited)
{
    enum { N = 100000 };
    hmn_arena *arena = arena_new(0);
    expr_error error = {0};
    char *text = malloc(3 * N + 2);
    memset(text, '(', N);
    ck_assert_ptr_null(expr_parse(arena, text, N, two_names, NULL, &error));
    memset(text, '-', N);
    ck_assert_ptr_null(expr_parse(arena, text, N, two_names, NULL, &error));
    for (size_t i = 0; i < N; i++)
        memcpy(text + 2 * i, "1+", 2);
    text[2 * N] = '1';
    ck_assert_ptr_null(expr_parse(arena, text, 2 * N + 1, two_names, NULL, &error));
    ck_assert_ptr_nonnull(expr_parse(arena, text, 2001, two_names, NULL, &error));
    free(text);
    arena_free(arena);
}
END_TEST

SUITE("expr", arithmetic_has_the_usual_precedence, functions_take_their_arguments,
      malformed_expressions_are_refused_at_their_place, depth_and_length_are_limited)
