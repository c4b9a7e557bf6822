#include "backends/loihi/learning_tables.h"

#include "backends/registry.h"
#include "tests/suite.h"

#include <string.h>

enum { RULES = LEARNING_PROFILES + 1, ALL = TRACES_PRE | TRACES_POST };

typedef struct {
    hmn_rule rule[RULES];
    hmn_qnet q;
    learning_tables t;
    hmn_diag *d;
} bench;

/* Rules that read x1 and y1, all with one setting and epoch 4. */
static bench *bench_open(void)
{
    bench *b = calloc(1, sizeof *b);
    for (uint32_t i = 0; i < RULES; i++) {
        hmn_rule *r = &b->rule[i];
        r->name = "rule";
        r->epoch = 4;
        r->nproducts = 2;
        r->product[0] = (rule_product){RULE_W, RV_Y0, 0, 1, 0, 1, {{RV_X1, false, 0}}};
        r->product[1] = (rule_product){RULE_W, RV_X0, 0, -1, 0, 1, {{RV_Y1, false, 0}}};
        r->trace[RT_X1] = r->trace[RT_Y1] = (rule_trace){.impulse_q8 = 256, .decay_q12 = 4000};
    }
    b->q.rule = b->rule;
    b->q.nrules = RULES;
    b->q.chip = registry_find("loihi");
    b->t.q = &b->q;
    b->d = diag_new();
    return b;
}

static void bench_close(bench *b)
{
    diag_free(b->d);
    free(b);
}

static const hmn_span here = {0, 3, 5, 1};

START_TEST(rules_that_agree_share_everything)
{
    bench *b = bench_open();
    trace_wish wish = {.of = ALL}, other = {.of = ALL};
    int64_t row = 0, again = 0;
    ck_assert(learning_wish(&b->t, &wish, 0, here, b->d) && learning_wish(&b->t, &wish, 1, here, b->d));
    ck_assert(learning_wish(&b->t, &other, 0, here, b->d));
    ck_assert(learning_pre(&b->t, &wish, &row, here, b->d) && learning_pre(&b->t, &other, &again, here, b->d));
    ck_assert_int_eq(row, 1);
    ck_assert_int_eq(again, 1);
    ck_assert(learning_post(&b->t, &wish, &row, here, b->d));
    ck_assert_int_eq(row, 1);
    ck_assert_uint_eq(b->t.nprofiles, 2);
    ck_assert_uint_eq(b->t.epoch, 4);
    ck_assert_int_eq(b->t.post[0][LOIHI_POST_TRACES_y1_decay], 4000);
    ck_assert_int_eq(b->t.post[0][LOIHI_POST_TRACES_y2_decay], 0);
    bench_close(b);
}
END_TEST

START_TEST(traces_that_nobody_reads_do_not_conflict)
{
    bench *b = bench_open();
    trace_wish wish = {.of = ALL};
    b->rule[1].trace[RT_X2].decay_q12 = 77; /* set, but neither rule reads x2 */
    b->rule[1].product[0].factor[0].var = RV_X2;
    b->rule[1].trace[RT_X1].decay_q12 = 5; /* rule 1 no longer reads x1 */
    ck_assert(learning_wish(&b->t, &wish, 0, here, b->d));
    ck_assert(learning_wish(&b->t, &wish, 1, here, b->d));
    ck_assert_int_eq(wish.decay[RT_X1], 4000);
    ck_assert_int_eq(wish.decay[RT_X2], 77);
    bench_close(b);
}
END_TEST

static void refused(bench *b, const char *words)
{
    ck_assert_uint_eq(diag_count(b->d), 1);
    const hmn_message *m = diag_get(b->d, 0);
    ck_assert_int_eq(m->code, DIAG_FIT_LEARNING);
    ck_assert_uint_eq(m->at.line, 3);
    ck_assert_msg(strstr(m->text, words) != NULL, "%s", m->text);
    ck_assert_ptr_nonnull(m->cure);
    bench_close(b);
}

START_TEST(rules_that_disagree_about_a_trace_are_refused)
{
    bench *b = bench_open();
    trace_wish wish = {.of = ALL};
    b->rule[1].trace[RT_Y1].decay_q12 = 3999;
    ck_assert(learning_wish(&b->t, &wish, 0, here, b->d));
    ck_assert(!learning_wish(&b->t, &wish, 1, here, b->d));
    refused(b, "trace y1");
}
END_TEST

START_TEST(rules_that_share_an_axon_may_disagree_about_traces_of_neurons)
{
    bench *b = bench_open();
    trace_wish axon = {.of = TRACES_PRE}, cell = {.of = TRACES_POST};
    b->rule[1].trace[RT_Y1].decay_q12 = 3999;
    b->rule[2].trace[RT_X1].decay_q12 = 3999;
    ck_assert(learning_wish(&b->t, &axon, 0, here, b->d) && learning_wish(&b->t, &axon, 1, here, b->d));
    ck_assert(learning_wish(&b->t, &cell, 0, here, b->d) && learning_wish(&b->t, &cell, 2, here, b->d));
    ck_assert(!learning_wish(&b->t, &axon, 2, here, b->d));
    refused(b, "trace x1");
}
END_TEST

START_TEST(a_core_has_one_epoch)
{
    bench *b = bench_open();
    trace_wish wish = {.of = ALL};
    b->rule[1].epoch = 5;
    ck_assert(learning_wish(&b->t, &wish, 0, here, b->d));
    ck_assert(!learning_wish(&b->t, &wish, 1, here, b->d));
    refused(b, "epochs of 4 and 5");
}
END_TEST

START_TEST(more_than_the_engine_holds_is_refused)
{
    bench *b = bench_open();
    trace_wish wish = {.of = ALL};
    for (uint32_t i = 0; i < LEARNING_PROFILES; i++)
        ck_assert(learning_wish(&b->t, &wish, i, here, b->d));
    ck_assert(!learning_wish(&b->t, &wish, LEARNING_PROFILES, here, b->d));
    refused(b, "learning profiles");
    b = bench_open();
    for (uint32_t i = 0; i < LEARNING_PRE + 1; i++) {
        trace_wish own = {.of = ALL};
        int64_t row;
        b->rule[i].trace[RT_X1].impulse_q8 = (uint16_t)(256 + i);
        ck_assert(learning_wish(&b->t, &own, i, here, b->d));
        ck_assert_int_eq(learning_pre(&b->t, &own, &row, here, b->d), i < LEARNING_PRE);
    }
    refused(b, "presynaptic trace settings");
}
END_TEST

START_TEST(programs_are_the_rules_encoded)
{
    bench *b = bench_open();
    trace_wish wish = {.of = ALL};
    uint32_t word[ULEARN_MAX_WORDS], n = 0;
    ck_assert(learning_wish(&b->t, &wish, 3, here, b->d));
    ck_assert(learning_program(&b->t, 0, word, &n, here, b->d));
    hmn_rule back = {0};
    ck_assert_uint_eq(n, 4);
    ck_assert_uint_eq(ulearn_decode(word, n, &back), 4);
    ck_assert_mem_eq(back.product, b->rule[3].product, sizeof back.product);
    b->rule[3].product[0].factor[0].sgn = true;
    ck_assert(!learning_program(&b->t, 0, word, &n, here, b->d));
    diag_cure(b->d, "another variable");
    refused(b, "have a sign factor");
}
END_TEST

SUITE("learning_tables", rules_that_agree_share_everything, traces_that_nobody_reads_do_not_conflict,
      rules_that_disagree_about_a_trace_are_refused, rules_that_share_an_axon_may_disagree_about_traces_of_neurons,
      a_core_has_one_epoch, more_than_the_engine_holds_is_refused, programs_are_the_rules_encoded)
