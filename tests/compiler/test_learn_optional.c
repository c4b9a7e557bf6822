/* Attention over synapses that a rule can do without: what each chip makes of it. */
#include "compiler/learn_optional.h"

#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/base/hash.h"
#include "tests/suite.h"

#include <string.h>

static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 8, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
    "  cell: {size: 4, model: IF_curr_delta, params: {v_rest: 0, v_reset: 0, v_thresh: 4, cm: 1}}\n"
    "plasticity_rules:\n"
    "  rule: {type: hmn, eta_local: 0.05, traces: {tau_fast: 50 ms, pairing: stdp, A_plus: 1, A_minus: 0},\n"
    "         %s weight_bounds: [0, 1], epoch: 8}\n"
    "projections:\n"
    "  p: {pre: in, post: cell, connector: {type: all_to_all}, weight: 0.5, plasticity: rule}\n";

typedef struct {
    char text[2048];
    hmn_unit u;
    bool ok;
} bench;

static void compile(bench *b, const char *term, const char *chip)
{
    *b = (bench){.u = {.chip = registry_find(chip), .arena = arena_new(0), .diag = diag_new()}};
    snprintf(b->text, sizeof b->text, network, term);
    b->u.text = b->text;
    b->u.text_length = strlen(b->text);
    b->ok = pipeline_run(&b->u, NULL, NULL);
}

static void done(bench *b)
{
    diag_free(b->u.diag);
    arena_free(b->u.arena);
}

static bool said(const bench *b, hmn_diag_code code)
{
    for (uint32_t k = 0; k < diag_count(b->u.diag); k++)
        if (diag_get(b->u.diag, k)->code == code)
            return true;
    return false;
}

static uint32_t refused_rows(const bench *b)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < b->u.qnet->nreport; k++)
        n += b->u.qnet->report[k].verdict == VERDICT_REFUSED;
    return n;
}

START_TEST(a_chip_without_attention_leaves_out_what_is_optional_and_says_so)
{
    bench b, off;
    compile(&b, "local_attention: {beta_a: 100, tau: 50 ms, optional: true},", "loihi");
    ck_assert(b.ok);
    ck_assert(said(&b, DIAG_RULE_LEFT_OUT));
    ck_assert(!b.u.net->rule[0].local_attention.on);
    ck_assert_uint_eq(refused_rows(&b), 1);
    compile(&off, "local_attention: {beta_a: 100, tau: 50 ms, enabled: false},", "loihi");
    ck_assert(off.ok);
    ck_assert(!said(&off, DIAG_RULE_LEFT_OUT));
    ck_assert_uint_eq(b.u.image_size, off.u.image_size);
    ck_assert_mem_eq(b.u.image, off.u.image, off.u.image_size);
    done(&b);
    done(&off);
}
END_TEST

START_TEST(what_is_not_optional_is_refused)
{
    bench b;
    compile(&b, "local_attention: {beta_a: 100, tau: 50 ms},", "loihi");
    ck_assert(!b.ok);
    ck_assert(said(&b, DIAG_RULE_TARGET));
    done(&b);
}
END_TEST

START_TEST(chips_that_can_compute_it_do)
{
    static const char *const chips[] = {"loihi2", "spinnaker"};
    for (int k = 0; k < 2; k++) {
        bench b, plain;
        compile(&b, "local_attention: {beta_a: 100, tau: 50 ms, optional: true},", chips[k]);
        compile(&plain, "local_attention: {beta_a: 100, tau: 50 ms},", chips[k]);
        ck_assert(b.ok && plain.ok);
        ck_assert(!said(&b, DIAG_RULE_LEFT_OUT) && b.u.net->rule[0].local_attention.on);
        ck_assert_mem_eq(b.u.image, plain.u.image, plain.u.image_size);
        done(&b);
        done(&plain);
    }
    bench b; /* more timescales than a core has traces for */
    compile(&b, "local_attention: {beta_a: 100, tau: [50 ms, 200 ms], optional: true},", "loihi2");
    ck_assert(b.ok && said(&b, DIAG_RULE_LEFT_OUT));
    done(&b);
    compile(&b, "local_attention: {beta_a: 100, tau: [50 ms, 200 ms], similarity: cosine, optional: true},",
            "spinnaker");
    ck_assert(b.ok && said(&b, DIAG_RULE_LEFT_OUT));
    done(&b);
}
END_TEST

SUITE("learn_optional", a_chip_without_attention_leaves_out_what_is_optional_and_says_so,
      what_is_not_optional_is_refused, chips_that_can_compute_it_do)
