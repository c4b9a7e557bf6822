/* Equations 4, 6 and 7 on the emulated chip against the reference: the registers of the management processor in every
 * epoch, and the weights that the gated rule learns. */
#include "backends/registry.h"
#include "compiler/learn.h"
#include "compiler/pipeline.h"
#include "core/base/rng.h"
#include "core/ir/image.h"
#include "core/machine/machine.h"
#include "core/reference/state.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { N = 20 };

/* `in` and `drive` fire when told, a spike of `drive` makes its cell of `out` fire; all pairs in -> out learn. */
static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 20, model: spike_source}\n"
    "  drive: {size: 20, model: spike_source}\n"
    "  out: {size: 20, model: IF_curr_exp, params: {tau_refrac: 6 ms, tau_syn_E: 1 ms, tau_m: 2 ms}}\n"
    "neuromodulators:\n"
    "  reward: {weight: 1.0, tau: 10 ms, baseline_tau: 500 ms, source: {signal: task.reward}, key: [1, 0.3]}\n"
    "  novelty: {weight: -0.02, tau: 50 ms, source: {population: in, baseline: 15 Hz}, key: [-0.5, 1]}\n"
    "  cue: {source: {signal: input.cue}}\n"
    "  clock: {source: {schedule: [[0 ms, 0.9], [700 ms, 0.1], [1500 ms, 0.5]]}}\n"
    "oscillations:\n"
    "  theta: {frequency: 7.3 Hz, phase: 40 deg}\n"
    "plasticity_rules:\n"
    "  rule: {type: hmn, neuromodulators: [reward, novelty], eta_local: 0.02, eta_global: 0.1,\n"
    "         traces: {tau_fast: 0 ms, pairing: stdp, A_plus: 0.8, A_minus: 0.3, tau_plus: 20 ms, tau_minus: 30 ms},\n"
    "         weight_bounds: [0, 3]%s}\n"
    "projections:\n"
    "  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 1.5,\n"
    "      receptor_type: excitatory, plasticity: rule}\n"
    "  d: {pre: drive, post: out, connector: {type: one_to_one}, weight: 200, receptor_type: excitatory}\n"
    "run: {duration: 100 ms, seed: 42}\n";

typedef struct {
    hmn_unit u;
    char text[4096];
    hmn_image *image;
    hmn_machine *m;
    hmn_reference *r;
} pair;

static bool compile(pair *p, const char *terms)
{
    memset(p, 0, sizeof *p);
    p->u.chip = registry_find("loihi");
    p->u.arena = arena_new(0);
    p->u.diag = diag_new();
    snprintf(p->text, sizeof p->text, network, terms);
    p->u.text = p->text;
    p->u.text_length = strlen(p->text);
    return pipeline_run(&p->u, NULL, NULL);
}

static void start(pair *p, const char *terms)
{
    ck_assert_msg(compile(p, terms), "%s", diag_get(p->u.diag, 0)->text);
    p->image = image_from_memory(p->u.image, p->u.image_size, "test", p->u.diag);
    p->m = machine_boot(p->image, p->u.chip, 1, NULL, p->u.diag);
    p->r = reference_new(p->u.graph, (reference_options){.grid = false}, p->u.arena, p->u.diag);
    ck_assert(p->m && p->r);
}

static void finish(pair *p)
{
    machine_free(p->m);
    image_close(p->image);
    diag_free(p->u.diag);
    arena_free(p->u.arena);
}

/* Reward and cue jump now and then; the input rate swells, so that novelty moves. */
static void step(hmn_sim *s, uint32_t t, double rate)
{
    static const double rewards[] = {0, 0.7, -0.8, 0.2}, cues[] = {1, 0.2, -0.4};
    for (uint32_t i = 0; i < 2 * N; i++)
        if (rng_unit(7, RNG_TASK, t, i, 0) < rate * (1 + 0.8 * sin(t * 0.004)))
            s->ops->inject(s, i);
    s->ops->begin(s);
    s->ops->modulate(s, 0, rewards[t / 90 % 4]);
    s->ops->modulate(s, 2, cues[t / 130 % 3]);
    s->ops->end(s);
}

/* ---- registers ---- */

static double wanted(const pair *p, const qnet_channel *c)
{
    const net_rule *rule = &p->u.net->rule[0];
    double value = rule->eta_local.v + rule->eta_global.v * modulator_effective(p->r, rule);
    p->r->step--; /* it has gone on already */
    if (c->oscillation)
        value *=
            phase_gate(p->r, &rule->phase_gate, (uint32_t)(ldexp(c->phase, -32) * rule->phase_gate.bins + 0.5));
    p->r->step++;
    return fmin(fmax(value / c->unit, -128), 127);
}

/* 3,000 steps: every register is the reference's value, rounded, but for 0.15 of a step that averages are off. */
static void registers(const char *terms, uint32_t nchannels)
{
    pair p;
    double squares = 0, most = 0;
    uint32_t count = 0, moved = 0;
    start(&p, terms);
    bool cosine = p.u.net->rule[0].global_attention.similarity == SIM_COSINE;
    ck_assert_uint_eq(p.u.qnet->nchannels, nchannels);
    machine_sim(p.m)->ops->learn(machine_sim(p.m), false);
    for (uint32_t t = 0; t < 3000; t++) {
        step(machine_sim(p.m), t, 0.015);
        step(reference_sim(p.r), t, 0.015);
        for (uint32_t c = 0; c < nchannels && (t + 1) % p.u.qnet->channel[c].epoch == 0; c++) {
            if (cosine && (fabs(modulator_level(p.r, 0)) < 1e-3 || fabs(modulator_level(p.r, 1)) < 0.1))
                continue; /* it jumps where a level changes its sign */
            double error = machine_channel(p.m, c) - wanted(&p, &p.u.qnet->channel[c]);
            most = fmax(most, fabs(error));
            squares += error * error;
            count++;
            moved += abs(machine_channel(p.m, c)) > 10;
        }
    }
    ck_assert_msg(most < 0.65 && sqrt(squares / count) < 0.30 && moved > count / 10,
                  "%s: worst %.3f, rms %.3f, %u of %u away from zero", terms, most, sqrt(squares / count), moved,
                  count);
    finish(&p);
}

START_TEST(registers_follow_equation_6)
{
    registers("", 1);
    registers(", epoch: 5", 1);
}
END_TEST

START_TEST(registers_follow_attention_of_every_similarity)
{
    registers(", global_attention: {beta_g: 2, context: [cue, clock]}", 1);
    registers(", global_attention: {beta_g: 3, similarity: key, context: [clock, cue], null_logit: 0.7}", 1);
    registers(", global_attention: {beta_g: 2, similarity: scaled_dot, context: [cue, clock], null_logit: -0.5}", 1);
    registers(", global_attention: {beta_g: 2, similarity: cosine, context: [cue, clock]}", 1);
    registers(", global_attention: {beta_g: 1, similarity: scaled_dot}", 1);
}
END_TEST

START_TEST(registers_follow_the_phase_of_their_bin)
{
    registers(", epoch: 2, phase_gate: {oscillation: theta, bins: 8, phi: 90 deg}", 1);
    registers(", epoch: 2, phase_gate: {oscillation: theta, bins: 8, owner: pre, assign: by_group, group_size: 3}, "
              "global_attention: {beta_g: 2, context: [cue, clock], null_logit: 0.3}",
              7);
}
END_TEST

/* ---- weights ---- */

static const double start_weight = 1.5;

static void learns(const char *terms)
{
    pair p;
    double xx = 0, yy = 0, xy = 0;
    uint64_t count;
    start(&p, terms);
    for (uint32_t t = 0; t < 1200; t++) {
        step(machine_sim(p.m), t, 0.01);
        step(reference_sim(p.r), t, 0.01);
    }
    machine_synapse *w = machine_weights(p.m, 0, p.u.arena, &count);
    ck_assert_uint_eq(count, N * N);
    for (uint32_t k = 0; k < N * N; k++) {
        double x = (w[k].weight - p.u.qnet->projection[0].weight[k]) * p.u.qnet->projection[0].w_lsb;
        double y = reference_weights(p.r, 0)[k] - start_weight;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    double slope = xy / yy, correlation = xy / sqrt(xx * yy);
    ck_assert_msg(sqrt(yy / (N * N)) > 0.03 && fabs(slope - 1) < 0.06 && correlation > 0.9,
                  "%s: rms %.3f, slope %.3f, correlation %.3f", terms, sqrt(yy / (N * N)), slope, correlation);
    finish(&p);
}

START_TEST(gated_weights_follow_the_reference_whoever_owns_the_phase)
{
    learns(", phase_gate: {oscillation: theta, bins: 8, phi: 45 deg}");
    learns(", phase_gate: {oscillation: theta, bins: 4, owner: pre, assign: by_group, group_size: 5}");
    learns(", phase_gate: {oscillation: theta, bins: 4, owner: post, assign: by_group, group_size: 2}");
    learns(", phase_gate: {oscillation: theta, bins: 4, owner: synapse, assign: uniform}, "
           "global_attention: {enabled: false}");
    learns(", global_attention: {beta_g: 1, context: [cue, clock], null_logit: -2}");
}
END_TEST

/* ---- ablation ---- */

static void digests(const char *terms, uint64_t digest[2])
{
    pair p;
    start(&p, terms);
    for (uint32_t t = 0; t < 200; t++) {
        step(machine_sim(p.m), t, 0.03);
        step(reference_sim(p.r), t, 0.03);
    }
    digest[0] = machine_digest(p.m);
    digest[1] = reference_digest(p.r);
    finish(&p);
}

START_TEST(a_term_switched_off_is_a_term_left_out)
{
    static const char *const terms[] = {
        "global_attention: {beta_g: 2, context: [cue, clock], null_logit: 0.3",
        "phase_gate: {oscillation: theta, bins: 4, owner: pre, assign: by_group, group_size: 5",
    };
    uint64_t plain[2], on[2], off[2];
    digests("", plain);
    for (int k = 0; k < 2; k++) {
        char text[256];
        snprintf(text, sizeof text, ", %s}", terms[k]);
        digests(text, on);
        snprintf(text, sizeof text, ", %s, enabled: false}", terms[k]);
        digests(text, off);
        ck_assert(on[0] != plain[0] && on[1] != plain[1]);
        ck_assert(off[0] == plain[0] && off[1] == plain[1]);
    }
}
END_TEST

/* ---- what does not fit ---- */

static void refused(const char *terms, hmn_diag_code code, const char *words)
{
    pair p;
    ck_assert(!compile(&p, terms));
    uint32_t k = 0;
    while (diag_get(p.u.diag, k) && diag_get(p.u.diag, k)->code != code)
        k++;
    ck_assert_msg(diag_get(p.u.diag, k) != NULL, "%s: refused, but not so", terms);
    ck_assert_msg(strstr(diag_get(p.u.diag, k)->text, words) != NULL, "%s", diag_get(p.u.diag, k)->text);
    diag_free(p.u.diag);
    arena_free(p.u.arena);
}

START_TEST(what_the_processor_cannot_hold_is_refused)
{
    refused(", phase_gate: {oscillation: theta, bins: 20, owner: pre, assign: by_group, group_size: 1}",
            DIAG_FIT_LEARNING, "needs modulator register 17; the chip has 16");
    refused(", global_attention: {beta_g: 1e-6, context: [cue, clock]}", DIAG_LOST_TO_ZERO, "rounds to zero");
    refused(", global_attention: {beta_g: 1e5, context: [cue, clock]}", DIAG_FIT_VALUE, "at most 32767 fits");
    refused(", global_attention: {beta_g: 1, context: [cue]}", DIAG_RULE_TERM,
            "a context of 1 values for keys of length 2");
    refused(", phase_gate: {oscillation: theta, phi: [0 deg, 90 deg], owner: pre}", DIAG_VALUE_LENGTH,
            "2 phases for the 20 owners");
}
END_TEST

SUITE("learn_gates", registers_follow_equation_6, registers_follow_attention_of_every_similarity,
      registers_follow_the_phase_of_their_bin, gated_weights_follow_the_reference_whoever_owns_the_phase,
      a_term_switched_off_is_a_term_left_out, what_the_processor_cannot_hold_is_refused)
