/* No constant becomes zero on a chip silently. For each row of underflow.def and each of its targets: a value that
 * vanishes is refused by an error that names the constant and the least (or greatest) that would not; that one
 * compiles, and one a tenth beyond it is refused again, so the bound is the true one.
 *
 * Not in the table, because nothing is lost or nothing is a constant: weights, delays and parameters that are drawn, of
 * which a single one may round to 0 (all of them together may not: rows of weights, rates, parameters); the upper bound
 * of weights, which would take the weights along; loihi's tau_m, of which 1/4096 stays at least; tau_refrac, which the
 * reference counts in the same whole steps; loihi's noise, whose least deviation is not 0 (reported as approximated);
 * probabilities of equation 5, entries of tables of M, cosine and softmax, whose errors are in the report; integers
 * that are written as such (loihi_lif, models in words, literals of a rule as text). */
#include "tests/tools/source_text.h"

#include <math.h>
#include <string.h>

#define REST "v_rest: 0, v_reset: 0, v_thresh: 6"
#define DELTA "model: IF_curr_delta, params: {tau_m: 20 ms, " REST ", "
#define EXP "model: IF_curr_exp, params: {tau_m: 20 ms, " REST ", "
#define PAIR "traces: {A_plus: 0.01, A_minus: 0.01, tau_plus: 20 ms, tau_minus: 20 ms}, "
#define FAST "traces: {A_plus: 1, A_minus: 0.4, tau_plus: 20 ms, tau_minus: 15 ms, tau_fast: 60 ms}"
#define HMN_OPEN                                                                                                       \
    "type: hmn, eta_local: 0.0003, eta_global: 0.03, neuromodulators: [reward, calm], epoch: 8, astrocyte: glia, "
#define HMN HMN_OPEN "weight_bounds: [0, 2], "
#define SPIN "type: spinnaker, weight_bounds: [0, 2], "

enum { OSCILLATION, MODULATOR, ASTROCYTE, SOURCE, NEURON, RULE, SYNAPSE, STIMULUS, SLOTS };

static const char *const usual[SLOTS] = {
    [OSCILLATION] = "frequency: 8 Hz",
    [MODULATOR] = "source: {schedule: [[0 ms, 1]]}",
    [ASTROCYTE] = "effect: gain, tau: 100 ms, lambda: -0.8",
    [SOURCE] = "params: {rate: 50 Hz}",
    [NEURON] = DELTA "noise: 0.3}",
    [RULE] = HMN FAST,
    [SYNAPSE] = "weight: {distribution: uniform, low: 0.3, high: 1.5}, delay: 1 ms, receptor_type: excitatory, "
                "plasticity: learn",
    [STIMULUS] = "type: current, target: out, amplitude: 0.5",
};

typedef struct {
    const char *targets, *names;
    double value;
    int slot;
    const char *text;
} underflow;

static const underflow rows[] = {
#define UNDERFLOW(targets, names, value, slot, text) {targets, names, value, slot, text},
#include "tests/tools/underflow.def"
};

static const char *const target_of[128] = {['L'] = "loihi", ['2'] = "loihi2", ['S'] = "spinnaker"};

/* Compiles with this value. */
static bool with(source *s, const char *target, const underflow *u, double value)
{
    const char *slot[SLOTS];
    char own[1024], text[4096];
    memcpy(slot, usual, sizeof slot);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(own, sizeof own, u->text, value);
#pragma GCC diagnostic pop
    slot[u->slot] = own;
    snprintf(text, sizeof text,
             "hmn: 1\nnetwork: {dt: 1 ms}\n"
             "oscillations: {theta: {%s}}\n"
             "neuromodulators:\n  reward: {%s}\n  calm: {source: {constant: 0.5}}\n"
             "astrocytes: {glia: {modulator: calm, %s}}\n"
             "populations:\n  in: {size: 8, model: spike_source_poisson, %s}\n  out: {size: 4, %s}\n"
             "plasticity_rules: {learn: {%s}}\n"
             "projections:\n  in_out: {pre: in, post: out, connector: {type: all_to_all}, %s}\n"
             "stimuli: {push: {%s}}\nrun: {duration: 100 ms, seed: 5}\n",
             slot[OSCILLATION], slot[MODULATOR], slot[ASTROCYTE], slot[SOURCE], slot[NEURON], slot[RULE], slot[SYNAPSE],
             slot[STIMULUS]);
    return source_from_text(s, target, text);
}

/* The bound in the error that names the constant; 0: there is no such error. */
static double bound_of(const source *s, const char *names)
{
    for (uint32_t k = 0; k < diag_count(s->diag); k++) {
        const hmn_message *m = diag_get(s->diag, k);
        const char *at = m->severity == DIAG_ERROR && strstr(m->text, names) ? strstr(m->text, " than ") : NULL;
        if (at && strstr(at, "rounds to zero"))
            return strtod(at + strlen(" than "), NULL);
    }
    return 0;
}

static const char *first_error(const source *s)
{
    for (uint32_t k = 0; k < diag_count(s->diag); k++)
        if (diag_get(s->diag, k)->severity == DIAG_ERROR)
            return diag_get(s->diag, k)->text;
    return "none";
}

static bool lost(const source *s)
{
    for (uint32_t k = 0; k < diag_count(s->diag); k++)
        if (strstr(diag_get(s->diag, k)->text, "rounds to zero"))
            return true;
    return false;
}

/* refused: something is lost, whatever its name. */
static double try(const char *target, const underflow *u, double value, char said[256], bool *refused)
{
    source s;
    with(&s, target, u, value);
    double bound = bound_of(&s, u->names);
    *refused = lost(&s);
    snprintf(said, 256, "%s", first_error(&s));
    diag_free(s.diag);
    arena_free(s.arena);
    return bound;
}

/* What is wrong with a row on a target; NULL: nothing. */
static const char *wrong(const char *target, const underflow *u, char said[256], double *tried)
{
    bool refused;
    double bound = try(target, u, *tried = u->value, said, &refused);
    if (bound <= 0)
        return "is not refused as lost";
    if (try(target, u, *tried = bound * (u->value < bound ? 1.02 : 0.98), said, &refused) > 0)
        return "is said to work and does not";
    try(target, u, *tried = bound * (u->value < bound ? 0.9 : 1.1), said, &refused);
    return refused ? NULL : "is beyond the bound and is not refused";
}

START_TEST(a_constant_that_vanishes_is_an_error_that_names_the_least_that_does_not)
{
    uint32_t bad = 0;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (const char *t = rows[k].targets; *t; t++) {
            char said[256];
            double tried;
            const char *why = wrong(target_of[(unsigned char)*t], &rows[k], said, &tried);
            if (why)
                printf("%s: %g for %s %s; first error: %s\n", target_of[(unsigned char)*t], tried, rows[k].names, why,
                       said);
            bad += why != NULL;
        }
    ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(the_network_of_the_table_compiles_as_it_is)
{
    static const underflow none = {"L2S", "", 1, STIMULUS, "type: current, target: out, amplitude: %.9g"};
    for (const char *t = none.targets; *t; t++) {
        source s;
        ck_assert_msg(with(&s, target_of[(unsigned char)*t], &none, 0.5), "%s: %s", target_of[(unsigned char)*t],
                      first_error(&s));
        source_end(&s);
    }
}
END_TEST

SUITE("underflow", a_constant_that_vanishes_is_an_error_that_names_the_least_that_does_not,
      the_network_of_the_table_compiles_as_it_is)
