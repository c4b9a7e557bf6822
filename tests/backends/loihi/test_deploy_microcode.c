/* The microcode listing: its rules parse, as Lava parses them, to the products in the words beside them. */
#include "backends/loihi/deploy.h"
#include "backends/loihi/tables.h"
#include "compiler/rule.h"
#include "tests/backends/loihi/deployment.h"

static const char learning[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 3, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
    "  a: {size: 4, model: loihi_lif, params: {vth_mant: 90}}\n"
    "plasticity_rules:\n"
    "  one: {type: loihi, dw: '2^-2*x1*y0 - 3*2^-4*y1*x0 + u2*(1)*sgn(w-20)', dt: 'x0*(t+3) - y0*(2)', epoch: 2,\n"
    "        x1_impulse: 16.5, x1_tau: 10 steps, y1_impulse: 20, y1_tau: 5 steps}\n"
    "projections:\n"
    "  in_a: {pre: in, post: a, connector: {type: all_to_all}, weight: 60, plasticity: one}\n"
    "target: {chip: loihi}\n"
    "run: {duration: 20 ms, seed: 4}\n";

/* What follows `key` up to the end of its line. */
static const char *line_after(const char *text, const char *key, hmn_arena *a)
{
    const char *at = strstr(text, key);
    ck_assert_msg(at != NULL, "no '%s' in\n%s", key, text);
    at += strlen(key);
    return arena_copy_text(a, at, strcspn(at, "\n"));
}

START_TEST(rules_are_listed_in_lavas_notation_and_mean_their_words)
{
    deployment *d = deployment_of(learning);
    const char *text = deployment_file(d, "microcode.txt", NULL);
    hmn_rule listed = {0}, held;
    for (rule_target t = RULE_W; t < RULE_TARGETS; t++) {
        if (t == RULE_D)
            continue;
        const char *rule = line_after(text, t == RULE_W ? "dw = " : "dt = ", d->unit.arena);
        rule_source s = {.text = rule, .target = t, .grammar = RULE_GRAMMAR_LAVA};
        ck_assert_msg(rule_parse(&s, &listed, d->unit.diag), "%s", rule);
    }
    deploy_rule(image_section(d->image, loihi_tables, LOIHI_PROFILES, 0),
                image_section(d->image, loihi_tables, LOIHI_MICROCODE, 0), 0, &held);
    ck_assert_uint_eq(listed.nproducts, 5);
    ck_assert_uint_eq(held.nproducts, 5);
    ck_assert_mem_eq(listed.product, held.product, 5 * sizeof *listed.product);
    deployment_free(d);
}
END_TEST

START_TEST(words_and_traces_are_listed)
{
    deployment *d = deployment_of(learning);
    const char *text = deployment_file(d, "microcode.txt", NULL);
    char word[64];
    image_rows code = image_section(d->image, loihi_tables, LOIHI_MICROCODE, 0);
    for (uint64_t i = 0; i < code.rows; i++) {
        snprintf(word, sizeof word, "%4u  %08x  ", (unsigned)i, (unsigned)image_get(code, i, 0));
        ck_assert_ptr_nonnull(strstr(text, word));
    }
    ck_assert_ptr_nonnull(strstr(text, "core 0 profile 0: epoch of 2 steps, r1 reads register 0\n"));
    ck_assert_ptr_nonnull(strstr(text, "fact sgn(w - 20)"));
    ck_assert_ptr_nonnull(strstr(text, "pre_traces 0: x1 += 16.5 at a spike, *= 0.90478516 a step"));
    ck_assert_ptr_nonnull(strstr(text, "post_traces 0: y1 += 20 at a spike"));
    deployment_free(d);
}
END_TEST

SUITE("deploy_microcode", rules_are_listed_in_lavas_notation_and_mean_their_words, words_and_traces_are_listed)
