/* Constants of modulators, oscillations and sources: what vanishes is refused, all at once; what does not is not. The
 * bounds themselves are tried in tests/tools/underflow.def. */
#include "compiler/learn.h"

#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "tests/suite.h"

#include <string.h>

static const char network[] =
    "hmn: 1\n"
    "network: {dt: 1 ms}\n"
    "oscillations: {theta: {frequency: %g Hz}}\n"
    "neuromodulators:\n"
    "  slow: {tau: %g ms, source: {constant: %g}}\n"
    "  rate: {source: {population: out, baseline: %g Hz}}\n"
    "populations:\n"
    "  in: {size: 2, model: spike_source_poisson, params: {rate: 5 Hz}}\n"
    "  out: {size: 2, model: IF_curr_delta, params: {tau_m: 20 ms, v_rest: 0, v_reset: 0, v_thresh: 6}}\n"
    "projections: {p: {pre: in, post: out, connector: {type: all_to_all}, weight: 1}}\n";

/* Errors of lost constants with these four. */
static uint32_t lost(double hertz, double tau, double value, double baseline)
{
    char text[2048];
    hmn_unit u = {.chip = registry_find("loihi"), .arena = arena_new(0), .diag = diag_new()};
    snprintf(text, sizeof text, network, hertz, tau, value, baseline);
    u.text = text;
    u.text_length = strlen(text);
    bool ok = pipeline_run(&u, "learn", NULL);
    uint32_t n = 0;
    for (uint32_t k = 0; k < diag_count(u.diag); k++)
        if (diag_get(u.diag, k)->code == DIAG_LOST_TO_ZERO) {
            ck_assert_uint_gt(diag_get(u.diag, k)->at.line, 2);
            ck_assert_ptr_nonnull(diag_get(u.diag, k)->cure);
            n++;
        }
    ck_assert(ok == (n == 0));
    diag_free(u.diag);
    arena_free(u.arena);
    return n;
}

START_TEST(what_lasts_is_taken)
{
    ck_assert_uint_eq(lost(8, 100, 0.5, 10), 0);
    ck_assert_uint_eq(lost(8, 0, 0, 0), 0); /* zeros are meant */
}
END_TEST

START_TEST(what_vanishes_is_refused_all_at_once)
{
    ck_assert_uint_eq(lost(1e-10, 1e9, 1e-9, 1e-9), 4);
    ck_assert_uint_eq(lost(8, 1e-6, 0.5, 10), 1);
    ck_assert_uint_eq(lost(8, 1e9, 0.5, 10), 1);
}
END_TEST

SUITE("learn_host", what_lasts_is_taken, what_vanishes_is_refused_all_at_once)
