/* Configuration P0 of the contextual bandit (roadmap phase 0) for tests of lowering: 32 cue and 16 other inputs onto
 * 8 cells, 2 an arm, that inhibit those of other arms. The reference plays; the chip learns from its spikes. */
#ifndef HMN_TESTS_BANDIT_H
#define HMN_TESTS_BANDIT_H

#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/base/rng.h"
#include "core/ir/image.h"
#include "tests/suite.h"
#include "tools/replay.h"
#include "tools/weights.h"

#include <math.h>
#include <string.h>

enum { BANDIT_CUES = 4, BANDIT_PER_CUE = 8, BANDIT_IN = 48, BANDIT_OUT = 8, BANDIT_TRIAL = 150, BANDIT_STIMULUS = 100 };

static const char bandit_text[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 48, model: spike_source}\n"
    "  cell: {size: 8, model: IF_curr_delta,\n"
    "         params: {tau_m: 20 ms, tau_refrac: 2 ms, v_rest: 0 mV, v_reset: 0 mV, v_thresh: 4 mV}}\n"
    "neuromodulators:\n"
    "  reward: {weight: 1, source: {signal: task.reward}}\n"
    "  novelty: {weight: 1, source: {signal: task.novelty}}\n"
    "  doubt: {weight: 0.3, source: {signal: task.doubt}}\n"
    "  feedback: {source: {signal: task.feedback}}\n"
    "  c1: {source: {constant: 0.15}}\n"
    "  c2: {source: {constant: 0.3}}\n"
    "oscillations: {theta: {frequency: 8 Hz}}\n"
    "plasticity_rules:\n"
    "  rule: {type: hmn, %s, weight_bounds: [0, 1]}\n"
    "projections:\n"
    "  p: {pre: in, post: cell, connector: {type: all_to_all}, receptor_type: excitatory, plasticity: rule,\n"
    "      weight: {distribution: uniform, low: 0.15, high: 0.25}}\n"
    "  wta: {pre: cell, post: cell, receptor_type: inhibitory, weight: 4, connector: {type: from_list, list: [%s]}}\n"
    "target: {chip: %s}\n"
    "run: {duration: 1 s, seed: %u}\n";

typedef struct {
    double correlation, change, slope, bias, rms; /* bias, rms: weight steps; bias of all synapses' mean */
    double move;                                  /* weight steps an epoch */
    double optimal;                               /* share of best choices in the last 100 trials */
    double report_error;
    uint64_t visits;
} bandit_result;

typedef struct {
    double expected[BANDIT_CUES];
    uint32_t count[BANDIT_OUT / 2], cue, best, right[2000];
    double error;
} bandit_state;

static inline double bandit_rate(uint32_t input, uint32_t cue, uint32_t t)
{
    if (input >= BANDIT_CUES * BANDIT_PER_CUE)
        return t < BANDIT_STIMULUS ? 0.05 : 0.0005;
    return t < BANDIT_STIMULUS && input / BANDIT_PER_CUE == cue ? 0.1 : 0.0005;
}

static inline void bandit_decide(bandit_state *b, uint32_t seed, uint32_t trial)
{
    uint32_t choice = 0;
    for (uint32_t k = 1; k < BANDIT_OUT / 2; k++)
        if (b->count[k] > b->count[choice])
            choice = k;
    bool hit = choice == b->cue;
    double reward = rng_unit(seed, RNG_TASK, trial, 1, 9) < (hit ? 0.9 : 0.1);
    b->error = reward - b->expected[b->cue];
    b->expected[b->cue] += 0.05 * b->error;
    b->right[trial] = hit;
}

static inline void bandit_step(bandit_state *b, hmn_sim *s, uint32_t seed, uint32_t n)
{
    uint32_t trial = n / BANDIT_TRIAL, t = n % BANDIT_TRIAL, count;
    if (t == 0) {
        b->cue = rng_below(seed, RNG_TASK, trial, 0, 9, BANDIT_CUES);
        memset(b->count, 0, sizeof b->count);
    }
    for (uint32_t i = 0; i < BANDIT_IN; i++)
        if (rng_unit(seed, RNG_TASK, n, i, 0) < bandit_rate(i, b->cue, t))
            s->ops->inject(s, i);
    s->ops->begin(s);
    const uint32_t *spike = s->ops->spikes(s, &count);
    for (uint32_t k = 0; k < count; k++)
        if (spike[k] >= BANDIT_IN)
            b->count[(spike[k] - BANDIT_IN) / 2]++;
    if (t == BANDIT_STIMULUS)
        bandit_decide(b, seed, trial);
    bool feedback = t >= BANDIT_STIMULUS && t < BANDIT_STIMULUS + 32;
    s->ops->modulate(s, 0, feedback ? b->error : 0);
    s->ops->modulate(s, 1, 0.2);
    s->ops->modulate(s, 2, 0.5);
    s->ops->modulate(s, 3, feedback);
    s->ops->end(s);
}

static inline const char *bandit_inhibition(char *text, size_t room)
{
    size_t at = 0;
    for (int i = 0; i < BANDIT_OUT; i++)
        for (int j = 0; j < BANDIT_OUT; j++)
            if (i / 2 != j / 2)
                at += (size_t)snprintf(text + at, room - at, "%s[%d, %d]", at ? ", " : "", i, j);
    return text;
}

/* The reference plays `trials` trials; every 15 steps of 150 both are compared. */
static inline bandit_result bandit_run(const char *target, const char *rule, uint32_t seed, uint32_t trials)
{
    char text[8192], list[2048];
    hmn_unit u = {.chip = registry_find(target), .arena = arena_new(0), .diag = diag_new(), .text = text};
    snprintf(text, sizeof text, bandit_text, rule, bandit_inhibition(list, sizeof list), target, seed);
    u.text_length = strlen(text);
    bool compiled = pipeline_run(&u, NULL, NULL);
    ck_assert_msg(compiled, "%s", diag_count(u.diag) ? diag_get(u.diag, diag_count(u.diag) - 1)->text : "");
    hmn_image *image = image_from_memory(u.image, u.image_size, "test", u.diag);
    hmn_machine *m = machine_boot(image, u.chip, 1, NULL, u.diag);
    hmn_reference *r = reference_new(u.graph, (reference_options){.w_lsb = weights_lsb(u.qnet, u.arena)}, u.arena, u.diag);
    ck_assert_msg(m && r, "%s", diag_count(u.diag) ? diag_get(u.diag, diag_count(u.diag) - 1)->text : "");
    hmn_sim *both = replay_sim(r, m, u.arena);
    bandit_state b = {{0.5, 0.5, 0.5, 0.5}, {0}, 0, 0, {0}, 0};
    source s = {.unit = u, .arena = u.arena, .diag = u.diag};
    replay_projection p = {.projection = 0, .lsb = u.qnet->projection[0].w_lsb};
    replay_sums sums = {0};
    for (uint32_t n = 0; n < trials * BANDIT_TRIAL; n++) {
        bandit_step(&b, both, seed, n);
        if ((n + 1) % (BANDIT_TRIAL * 15) == 0)
            replay_sample(&s, m, r, &p, &sums);
    }
    replay_conclude(r, &p, &sums);
    bandit_result out = {p.correlation,
                         p.change_correlation,
                         p.slope,
                         p.bias / p.lsb,
                         p.rms / p.lsb,
                         p.move / p.lsb,
                         0,
                         0,
                         machine_counters(m).synapse_visits};
    for (uint32_t k = trials > 100 ? trials - 100 : 0; k < trials; k++)
        out.optimal += b.right[k] / fmin(100, trials);
    machine_free(m);
    image_close(image);
    diag_free(u.diag);
    arena_free(u.arena);
    return out;
}

#endif
