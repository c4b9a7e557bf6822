/* Rules as text. That the text parses to the same products is tested with the parser (tests/compiler/test_rule.c). */
#include "core/isa/rule.h"
#include "tests/suite.h"

#include <string.h>

START_TEST(products_are_written_in_lavas_notation)
{
    hmn_arena *a = arena_new(0);
    hmn_rule r;
    memset(&r, 0, sizeof r);
    r.nproducts = 3;
    r.product[0] = (rule_product){RULE_W, RV_Y0, 0, -1, -2, 1, {{RV_X1, false, 0}}};
    r.product[1] = (rule_product){RULE_T, RV_X0, 0, 1, 0, 1, {{RV_C, false, 5}}};
    r.product[2] = (rule_product){RULE_W, RV_U, 3, 3, 1, 2, {{RV_W, true, -7}, {RV_Y1, false, 4}}};
    ck_assert_str_eq(rule_text(&r, RULE_W, a), "-2^-2*y0*x1 + 3*2^1*u3*sgn(w-7)*(y1+4)");
    ck_assert_str_eq(rule_text(&r, RULE_T, a), "x0*(5)");
    ck_assert_str_eq(rule_text(&r, RULE_D, a), "");
    arena_free(a);
}
END_TEST

SUITE("rule", products_are_written_in_lavas_notation)
