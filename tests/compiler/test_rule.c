/* Rule texts against the products that Lava makes of them, faults with their columns, printing and reading back. */
#include "compiler/rule.h"

#include "core/base/rng.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hmn_diag *diag;

static bool parse(const char *text, rule_grammar grammar, rule_target target, hmn_rule *rule)
{
    rule_source s = {text, {0, 3, 10, (uint32_t)strlen(text)}, target, grammar};
    return rule_parse(&s, rule, diag);
}

/* Refused in HMN's grammar, with the message at these characters of the text. */
static void fault(const char *text, uint32_t from, uint32_t to, const char *words)
{
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert_msg(!parse(text, RULE_GRAMMAR_HMN, RULE_W, &r), "%s", text);
    ck_assert_uint_eq(r.nproducts, 0);
    const hmn_message *m = diag_get(diag, 0);
    ck_assert_int_eq(m->code, DIAG_RULE_TEXT);
    ck_assert_msg(strstr(m->text, words) || (m->cure && strstr(m->cure, words)), "%s: %s / %s", text, m->text, m->cure);
    ck_assert_uint_eq(m->at.line, 3);
    ck_assert_msg(m->at.col == 10 + from && m->at.len == to - from, "%s: column %u, length %u", text, m->at.col - 10,
                  m->at.len);
    diag_free(diag);
}

static rule_target target_of(const char *name) { return name[0] == 'w' ? RULE_W : name[0] == 'd' ? RULE_D : RULE_T; }

static rule_var var_of(const char *name)
{
    const char *const names[] = {"x0", "x1", "x2", "y0", "y1", "y2", "y3", "r0", "r1", "w", "d", "t"};
    for (uint32_t k = 0; k < 12; k++)
        if (strcmp(names[k], name) == 0)
            return (rule_var)k;
    return RV_U;
}

static void equal_product(const rule_product *p, char *expected, const char *text)
{
    char *rest, *dependency = strtok_r(expected, " ", &rest), *word;
    ck_assert_msg(p->dependency == (dependency[0] == 'u' ? RV_U : var_of(dependency)), "%s", text);
    ck_assert_int_eq(p->decimate, dependency[0] == 'u' ? dependency[1] - '0' : 0);
    ck_assert_int_eq(p->mantissa, atoi(strtok_r(NULL, " ", &rest)));
    ck_assert_int_eq(p->exponent, atoi(strtok_r(NULL, " ", &rest)));
    uint32_t n = 0;
    for (; (word = strtok_r(NULL, " ", &rest)); n++) {
        ck_assert_msg(n < p->nfactors, "%s", text);
        ck_assert_uint_eq(p->factor[n].var, var_of(word));
        ck_assert_int_eq(p->factor[n].constant, atoi(strtok_r(NULL, " ", &rest)));
        ck_assert_int_eq(p->factor[n].sgn, atoi(strtok_r(NULL, " ", &rest)));
    }
    ck_assert_uint_eq(p->nfactors, n);
}

static void equal_products(const hmn_rule *r, const char *expected, const char *text)
{
    char copy[512], *rest, *one;
    uint32_t n = 0;
    strcpy(copy, expected);
    for (one = strtok_r(copy, ";", &rest); one; one = strtok_r(NULL, ";", &rest)) {
        ck_assert_msg(n < r->nproducts, "%s", text);
        equal_product(&r->product[n++], one, text);
    }
    ck_assert_uint_eq(r->nproducts, n);
}

static void recorded(char target, const char *text, const char *products)
{
    hmn_rule lava = {0}, ours = {0};
    diag = diag_new();
    bool ok = parse(text, RULE_GRAMMAR_LAVA, target_of(&target), &lava);
    ck_assert_msg(ok == (strncmp(products, "error", 5) != 0), "%s", text);
    if (ok) {
        equal_products(&lava, products, text);
        ck_assert_uint_eq(lava.product[0].target, target_of(&target));
        ck_assert_msg(parse(text, RULE_GRAMMAR_HMN, target_of(&target), &ours), "%s", text);
        equal_products(&ours, products, text);
    }
    diag_free(diag);
}

START_TEST(recorded_texts_give_the_recorded_products)
{
    FILE *file = fopen(HMN_SOURCE_DIR "/tests/data/learning_rule_texts.txt", "r");
    ck_assert_ptr_nonnull(file);
    char line[1024], text[512], products[512], target;
    uint32_t cases = 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%c | %511[^|] | %511[^\n]", &target, text, products) == 3 && target != '#') {
            recorded(target, text, products);
            cases++;
        }
    ck_assert_uint_gt(cases, 50);
    fclose(file);
}
END_TEST

START_TEST(printed_rules_parse_to_the_same_products)
{
    const char *const texts[] = {"x0*y1",
                                 "-2^-4*x0*w + y0*x1*2^3",
                                 "3*2^-3*x0*y0*x1 - 7*u2*sgn(w-20)*(t+3) + 2*x0*(-5+y1)",
                                 "-8*2^8*x0",
                                 "y0*r1*(12-x1) - 0*x0 + r0*x0",
                                 "u0*w*-1",
                                 "x0 * y0 * ( x0 + 1 )"};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        hmn_arena *a = arena_new(0);
        hmn_rule one = {0}, two = {0};
        diag = diag_new();
        ck_assert_msg(parse(texts[k], RULE_GRAMMAR_HMN, RULE_D, &one), "%s", texts[k]);
        const char *printed = rule_text(&one, RULE_D, a);
        ck_assert_str_eq(rule_text(&one, RULE_W, a), "");
        ck_assert_msg(parse(printed, RULE_GRAMMAR_HMN, RULE_D, &two), "%s", printed);
        ck_assert_uint_eq(one.nproducts, two.nproducts);
        ck_assert_mem_eq(one.product, two.product, sizeof(rule_product) * one.nproducts);
        diag_free(diag);
        arena_free(a);
    }
}
END_TEST

START_TEST(printing_is_readable)
{
    hmn_arena *a = arena_new(0);
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert(parse("-(1)*x1*2^-2*y0+x0*(y1-20)", RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert_str_eq(rule_text(&r, RULE_W, a), "-2^-2*y0*x1 + x0*(y1-20)");
    diag_free(diag);
    arena_free(a);
}
END_TEST

START_TEST(signs_in_brackets_negate_variable_and_constant)
{
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert(parse("x0*(20-y1)", RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert_int_eq(r.product[0].mantissa, -1);
    ck_assert_int_eq(r.product[0].factor[0].constant, -20);
    ck_assert(parse("x0*(-3)*(2^-2)", RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert_int_eq(r.product[1].mantissa, -3);
    ck_assert_int_eq(r.product[1].exponent, -2);
    ck_assert_uint_eq(r.product[1].nfactors, 0);
    diag_free(diag);
}
END_TEST

START_TEST(a_sign_before_an_inner_literal_is_ours_alone)
{
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert(parse("u0*w*-1", RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert_int_eq(r.product[0].mantissa, -1);
    ck_assert(!parse("u0*w*-1", RULE_GRAMMAR_LAVA, RULE_W, &r));
    ck_assert(!parse("x0*r1", RULE_GRAMMAR_LAVA, RULE_W, &r));
    ck_assert_uint_eq(r.nproducts, 1);
    diag_free(diag);
}
END_TEST

START_TEST(juxtaposed_tokens_multiply_in_lava_and_are_refused_here)
{
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert(parse("x0w2", RULE_GRAMMAR_LAVA, RULE_W, &r));
    ck_assert_int_eq(r.product[0].mantissa, 2);
    ck_assert_uint_eq(r.product[0].factor[0].var, RV_W);
    diag_free(diag);
    fault("x0*w2", 3, 5, "write * between factors");
    fault("x0*x12", 4, 6, "write * between factors");
    fault("u10*w", 1, 3, "write * between factors");
    fault("2x0", 0, 3, "write * between factors");
    fault("x0*y 1", 3, 6, "blank");
}
END_TEST

START_TEST(faults_are_placed_at_their_token)
{
    fault("x0*y1 + w*2", 8, 11, "nothing says when it acts");
    fault("x0*y1*q", 6, 7, "'q' is no term");
    fault("x0*y4", 3, 5, "'y4' is no term");
    fault("x0*1.5", 3, 6, "'.5' follows without");
    fault("9*x0", 0, 4, "mantissa");
    fault("2^9*x0", 0, 6, "exponent");
    fault("2^-8*x0", 0, 7, "exponent");
    fault("99999999999999999999*x0", 0, 23, "mantissa");
    fault("u1*w - u2*w", 7, 9, "already uses u1");
    fault("x0*u0", 3, 5, "another dependency");
    fault("u*w", 0, 1, "without its decimation");
    fault("x0*(y1+2^-3)", 3, 12, "whole number");
    fault("x0*(y1+300)", 3, 11, "-256 to 255");
    fault("x0*sgn(x1)", 3, 10, "sgn takes w, d or t");
    fault("x0*sgn(-w)", 3, 10, "sgn takes w, d or t");
    fault("x0*sgn(4)", 3, 9, "sgn takes w, d or t");
    fault("x0*(y1", 3, 6, "not closed");
    fault("x0*(y1*w)", 6, 7, "brackets hold");
    fault("x0*(y0)", 3, 7, "without brackets");
    fault("x0*", 2, 3, "missing");
    fault("x0**y1", 3, 4, "'*' is no term");
    fault("x0*-w", 3, 5, "number only");
    fault("x0 + + y1", 3, 6, "missing");
    fault("x0)", 1, 3, "')' follows");
    fault("x0*x1*x1*x1*x1*x1*x1*x1*x1*x1", 27, 29, "at most 8");
    fault("\xff\xfe", 0, 1, "is no term");
}
END_TEST

START_TEST(all_faults_of_a_text_are_reported)
{
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert(!parse("9*x0 + w - x0*q", RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert_uint_eq(diag_count(diag), 3);
    diag_free(diag);
}
END_TEST

START_TEST(all_texts_of_a_rule_share_one_decimation)
{
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert(parse("u1*t", RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert(!parse("x0 - u0*t", RULE_GRAMMAR_HMN, RULE_T, &r));
    ck_assert_uint_eq(r.nproducts, 1);
    ck_assert(parse("x0 - u1*t", RULE_GRAMMAR_HMN, RULE_T, &r));
    ck_assert_uint_eq(r.nproducts, 3);
    diag_free(diag);
}
END_TEST

START_TEST(quotes_shift_the_column_and_empty_texts_are_refused)
{
    hmn_rule r = {0};
    diag = diag_new();
    rule_source s = {"x0*q", {0, 3, 10, 6}, RULE_W, RULE_GRAMMAR_HMN};
    ck_assert(!rule_parse(&s, &r, diag));
    ck_assert_uint_eq(diag_get(diag, 0)->at.col, 14);
    ck_assert(!parse("  ", RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert(strstr(diag_get(diag, 1)->text, "empty"));
    diag_free(diag);
}
END_TEST

START_TEST(more_products_than_a_rule_holds_are_refused)
{
    char text[400] = "x0";
    for (int k = 0; k < RULE_MAX_PRODUCTS; k++)
        strcat(text, "+x0");
    hmn_rule r = {0};
    diag = diag_new();
    ck_assert(!parse(text, RULE_GRAMMAR_HMN, RULE_W, &r));
    ck_assert(strstr(diag_get(diag, 0)->text, "at most 32"));
    diag_free(diag);
}
END_TEST

/* Any text at all ends in products or in reports, and what parses prints and parses again. */
START_TEST(random_texts_never_break_the_parser)
{
    const char *const piece[] = {"x0", "y0", "u0",   "u",    "x1", "w",  "t",  "d", "*",  "*",  "*", "+", "-",
                                 "(",  ")",  "sgn(", "2^-2", "7",  "12", "2^", " ", "r1", "y3", "q", "^"};
    uint32_t parsed = 0;
    for (uint32_t k = 0; k < 20000; k++) {
        char text[128] = "";
        uint32_t n = rng_below(1, RNG_TASK, k, 0, 0, 12);
        for (uint32_t i = 0; i < n; i++)
            strcat(text, piece[rng_below(1, RNG_TASK, k, i, 1, sizeof piece / sizeof *piece)]);
        hmn_arena *a = arena_new(0);
        hmn_rule r = {0}, again = {0};
        diag = diag_new();
        bool ok = parse(text, k % 2 ? RULE_GRAMMAR_HMN : RULE_GRAMMAR_LAVA, RULE_W, &r);
        ck_assert_msg(ok == (diag_errors(diag) == 0), "%s", text);
        if (ok) {
            parsed++;
            ck_assert_msg(parse(rule_text(&r, RULE_W, a), RULE_GRAMMAR_HMN, RULE_W, &again), "%s -> %s", text,
                          rule_text(&r, RULE_W, a));
            ck_assert_mem_eq(r.product, again.product, sizeof(rule_product) * r.nproducts);
        }
        diag_free(diag);
        arena_free(a);
    }
    ck_assert_uint_gt(parsed, 200);
}
END_TEST

SUITE("rule", recorded_texts_give_the_recorded_products, printed_rules_parse_to_the_same_products, printing_is_readable,
      signs_in_brackets_negate_variable_and_constant, a_sign_before_an_inner_literal_is_ours_alone,
      juxtaposed_tokens_multiply_in_lava_and_are_refused_here, faults_are_placed_at_their_token,
      all_faults_of_a_text_are_reported, all_texts_of_a_rule_share_one_decimation,
      quotes_shift_the_column_and_empty_texts_are_refused, more_products_than_a_rule_holds_are_refused,
      random_texts_never_break_the_parser)
