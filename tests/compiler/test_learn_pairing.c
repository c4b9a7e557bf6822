/* Lowered rules on the emulated chip against equations 2 and 3 in the reference interpreter: the same spikes, the
 * weights that each has learned from them. */
#include "compiler/learn.h"

#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/base/rng.h"
#include "core/ir/image.h"
#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { N = 20 };

/* `in` and `out` fire when told; all pairs of them learn. */
static const char network[] = "hmn: 1\n"
                              "populations:\n"
                              "  in: {size: 20, model: spike_source}\n"
                              "  drive: {size: 20, model: spike_source}\n"
                              "  out: {size: 20, model: IF_curr_exp,\n"
                              "        params: {tau_refrac: 6 ms, tau_syn_E: 1 ms, tau_m: 2 ms}}\n"
                              "neuromodulators:\n"
                              "  reward: {weight: 1.0, tau: 0 ms, source: {signal: task.reward}}\n"
                              "plasticity_rules:\n"
                              "  rule: {%s, weight_bounds: [0, 3]}\n"
                              "projections:\n"
                              "  p: {pre: in, post: out, connector: {type: all_to_all}, weight: 1.5,\n"
                              "      receptor_type: excitatory, plasticity: rule}\n"
                              "  d: {pre: drive, post: out, connector: {type: one_to_one}, weight: 200,\n"
                              "      receptor_type: excitatory}\n"
                              "run: {duration: 100 ms, seed: 42}\n";

typedef struct {
    double slope, correlation, rms; /* of the chip's changes on the reference's */
} likeness;

static void feed(hmn_sim *s, uint32_t t, double rate, double reward)
{
    for (uint32_t i = 0; i < 2 * N; i++)
        if (rng_unit(7, RNG_TASK, t, i, 0) < rate)
            s->ops->inject(s, i);
    s->ops->begin(s);
    s->ops->modulate(s, 0, reward);
}

static likeness compare(const hmn_unit *u, const machine_synapse *chip, const double *real)
{
    const qnet_projection *q = &u->qnet->projection[0];
    double xx = 0, yy = 0, xy = 0;
    for (uint32_t k = 0; k < N * N; k++) {
        double x = (chip[k].weight - q->weight[k]) * q->w_lsb, y = real[k] - u->graph->projection[0].weight[k];
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return (likeness){xy / yy, xy / sqrt(xx * yy), sqrt(yy / (N * N))};
}

/* Both run 300 steps; the reward flips its sign on the way when `turn`. */
static likeness run(const char *rule, double rate, double reward, bool turn)
{
    char text[2048];
    hmn_unit u = {.chip = registry_find("loihi"), .arena = arena_new(0), .diag = diag_new(), .text = text};
    snprintf(text, sizeof text, network, rule);
    u.text_length = strlen(text);
    ck_assert_msg(pipeline_run(&u, NULL, NULL), "%s", diag_get(u.diag, 0)->text);
    hmn_image *image = image_from_memory(u.image, u.image_size, "test", u.diag);
    hmn_machine *m = machine_boot(image, u.chip, 1, NULL, u.diag);
    hmn_reference *r = reference_new(u.graph, (reference_options){.grid = false}, u.arena, u.diag);
    ck_assert(m && r);
    for (uint32_t t = 0; t < 300; t++) {
        uint32_t n[2];
        double level = turn && t >= 150 ? -reward : reward;
        feed(machine_sim(m), t, rate, level);
        feed(reference_sim(r), t, rate, level);
        const uint32_t *a = machine_sim(m)->ops->spikes(machine_sim(m), &n[0]);
        const uint32_t *b = reference_sim(r)->ops->spikes(reference_sim(r), &n[1]);
        ck_assert(n[0] == n[1] && memcmp(a, b, n[0] * sizeof *a) == 0);
        machine_sim(m)->ops->end(machine_sim(m));
        reference_sim(r)->ops->end(reference_sim(r));
    }
    uint64_t count;
    machine_synapse *w = machine_weights(m, 0, u.arena, &count);
    ck_assert_uint_eq(count, N * N);
    likeness like = compare(&u, w, reference_weights(r, 0));
    machine_free(m);
    image_close(image);
    diag_free(u.diag);
    arena_free(u.arena);
    return like;
}

static void alike(const char *rule, double rate, double reward, bool turn, double slope, double correlation)
{
    likeness like = run(rule, rate, reward, turn);
    ck_assert_double_gt(like.rms, 0.05); /* more than four weight steps */
    ck_assert_msg(fabs(like.slope - 1) < slope && like.correlation > correlation, "%s: slope %.3f, correlation %.3f",
                  rule, like.slope, like.correlation);
}

START_TEST(stdp_on_the_chip_follows_its_equation)
{
    alike("type: stdp, traces: {A_plus: 0.05, A_minus: 0.03, tau_plus: 20 ms, tau_minus: 30 ms}", 0.02, 0, false, 0.06,
          0.95);
}
END_TEST

START_TEST(modulated_pairings_on_the_chip_follow_equation_3)
{
    const char *rule =
        "type: hmn, neuromodulators: [reward], eta_local: 0.02, eta_global: 0.1, traces: {tau_fast: 0 ms, "
        "pairing: stdp, A_plus: 0.8, A_minus: 0.3, tau_plus: 20 ms, tau_minus: 30 ms}, epoch: 1";
    alike(rule, 0.02, 0.7, false, 0.06, 0.97);
    alike(rule, 0.02, -0.8, false, 0.06, 0.97);
    alike(rule, 0.02, 0.8, true, 0.08, 0.95);
}
END_TEST

START_TEST(epochs_of_several_steps_lose_little_when_spikes_are_rare)
{
    alike("type: hmn, neuromodulators: [reward], eta_local: 0, eta_global: 0.2, traces: {tau_fast: 0 ms, pairing: "
          "hebbian, A_plus: 1, tau_plus: 20 ms}, epoch: 4",
          0.01, 0.8, false, 0.08, 0.97);
}
END_TEST

START_TEST(an_eligibility_in_the_tag_follows_equation_2)
{
    const char *rule =
        "type: hmn, neuromodulators: [reward], eta_local: 0, eta_global: 0.02, traces: {tau_fast: 25 ms, "
        "pairing: stdp, A_plus: 0.5, A_minus: 0.2, tau_plus: 20 ms, tau_minus: 20 ms}, epoch: 2";
    alike(rule, 0.01, 0.9, false, 0.1, 0.9);
    alike(rule, 0.01, 0.9, true, 0.15, 0.85);
}
END_TEST

SUITE("learn_pairing", stdp_on_the_chip_follows_its_equation, modulated_pairings_on_the_chip_follow_equation_3,
      epochs_of_several_steps_lose_little_when_spikes_are_rare, an_eligibility_in_the_tag_follows_equation_2)
