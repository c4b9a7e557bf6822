/* Homeostasis in registers: rates, room for biases, what is refused. */
#include "backends/loihi/homeostasis.h"

#include "backends/loihi/tables.h"
#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char text[1024];

static bool compile(hmn_unit *u, const char *params, const char *target)
{
    snprintf(text, sizeof text,
             "hmn: 1\npopulations:\n"
             "  in: {size: 2, model: spike_source}\n"
             "  out: {size: 2, model: IF_curr_exp, params: {tau_m: 10 ms, %s}}\n"
             "projections:\n  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 0.5}\n"
             "target: {%s}\n",
             params, target);
    *u = (hmn_unit){.chip = registry_find("loihi"), .text = text, .text_length = strlen(text)};
    u->arena = arena_new(0);
    u->diag = diag_new();
    return pipeline_run(u, NULL, NULL);
}

static void close_unit(hmn_unit *u)
{
    diag_free(u->diag);
    arena_free(u->arena);
}

START_TEST(eta_and_rate_become_registers)
{
    hmn_unit u;
    ck_assert(compile(&u, "i_offset: [0.2, -0.1], homeostasis_rate: 25 Hz, homeostasis_eta: [0.01, 0.02]", ""));
    const qnet_population *q = &u.qnet->population[1];
    double k = 10 * (1 - exp(-0.1)), reach = 4 * 15 * (1 - exp(-0.1));
    for (uint32_t i = 0; i < 2; i++) {
        double drop = (i ? 0.02 : 0.01) * k / q->v_lsb;
        ck_assert_double_eq_tol((double)q->bias[i].drop_q16 / 65536, drop, 1e-5);
        ck_assert_double_eq_tol((double)q->bias[i].rise_q16 / 65536, drop * 0.025 * 8, 1e-5);
        ck_assert_double_eq_tol(q->bias[i].start * q->v_lsb, (i ? -0.1 : 0.2) * k,
                                ldexp(q->v_lsb, (int)q->bias[i].shift));
        ck_assert_double_ge(q->bias[i].most * q->v_lsb, reach);
        ck_assert_int_eq(q->bias[i].shift, qnet_at(q->column[LOIHI_COMPARTMENTS_bias_exp], i));
    }
    bool told = false;
    for (uint32_t i = 0; i < u.qnet->nreport; i++)
        told |=
            strcmp(u.qnet->report[i].quantity, "homeostasis") == 0 && u.qnet->report[i].verdict == VERDICT_APPROXIMATED;
    ck_assert(told);
    close_unit(&u);
}
END_TEST

START_TEST(without_homeostasis_no_bias_is_kept)
{
    hmn_unit u;
    ck_assert(compile(&u, "i_offset: 0.2, homeostasis_rate: 25 Hz", ""));
    ck_assert_ptr_null(u.qnet->population[1].bias);
    ck_assert_double_eq(homeostasis_reach(u.graph, 1, 0), 0);
    close_unit(&u);
}
END_TEST

static void refused(const char *params, const char *target, hmn_diag_code code, const char *words)
{
    hmn_unit u;
    ck_assert(!compile(&u, params, target));
    const hmn_message *m = diag_get(u.diag, 0);
    ck_assert_msg(m->code == code && strstr(m->text, words), "%s", m->text);
    ck_assert_ptr_nonnull(m->cure);
    close_unit(&u);
}

START_TEST(what_cannot_be_kept_is_refused)
{
    refused("homeostasis_rate: 0.001 Hz, homeostasis_eta: 0.0000001", "", DIAG_LOST_TO_ZERO, "rounds to zero");
    refused("homeostasis_rate: 1 Hz, homeostasis_eta: 0.01", "dialect: brian2loihi", DIAG_FIT_MODEL, "homeostasis");
}
END_TEST

SUITE("homeostasis", eta_and_rate_become_registers, without_homeostasis_no_bias_is_kept, what_cannot_be_kept_is_refused)
