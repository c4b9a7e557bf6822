#include "tools/replay.h"

#include "tests/tools/relearn_net.h"

#include <math.h>
#include <string.h>

static void load(source *s, const char *target)
{
    static command_set option[] = {{"target", NULL}, {"quiet", NULL}};
    static const command_line line = {.option = option, .noptions = 2};
    option[0].value = target;
    source_begin(s, &line);
    ck_assert(source_load(s, HMN_SOURCE_DIR "/models/basics/gated.yaml", NULL));
}

START_TEST(the_chip_fires_exactly_when_the_reference_does)
{
    source s;
    load(&s, "loihi");
    hmn_reference *r = reference_new(s.unit.graph, (reference_options){.grid = false}, s.arena, s.diag);
    hmn_machine *m = machine_boot(s.image, s.chip, 1, NULL, s.diag);
    hmn_machine *alone = machine_boot(s.image, s.chip, 1, NULL, s.diag);
    ck_assert(r && m && alone);
    hmn_sim *both = replay_sim(r, m, s.arena), *own = machine_sim(alone);
    uint32_t fired = 0, other = 0;
    for (uint32_t t = 0; t < 400; t++) {
        uint32_t n[3];
        both->ops->begin(both);
        own->ops->begin(own);
        const uint32_t *a = both->ops->spikes(both, &n[0]);
        const uint32_t *b = machine_sim(m)->ops->spikes(machine_sim(m), &n[1]);
        const uint32_t *c = own->ops->spikes(own, &n[2]);
        ck_assert_uint_eq(n[0], n[1]);
        ck_assert(memcmp(a, b, n[0] * sizeof *a) == 0);
        other += n[2] != n[0] || memcmp(a, c, n[0] * sizeof *a) != 0;
        fired += n[0];
        both->ops->end(both);
        own->ops->end(own);
    }
    ck_assert_uint_gt(fired, 100);
    ck_assert_uint_gt(other, 0); /* by itself it would have fired otherwise */
    machine_free(m);
    machine_free(alone);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}
END_TEST

START_TEST(what_the_chip_learns_from_the_spikes_of_the_reference_follows_it)
{
    source s;
    replay_result r;
    load(&s, "loihi");
    ck_assert(replay_run(&s, 1000, 10, &r));
    ck_assert_uint_eq(r.nprojections, 1);
    ck_assert_uint_eq(r.samples, 10);
    const replay_projection *p = &r.projection[0];
    ck_assert_uint_eq(p->synapses, 128);
    ck_assert_uint_eq(p->unmatched, 0);
    ck_assert_double_gt(p->correlation, 0.99);
    ck_assert_double_lt(p->correlation, 1);
    ck_assert_double_gt(p->change_correlation, 0.7);
    ck_assert_double_gt(p->change_rms, p->lsb);
    ck_assert_double_ge(p->max, p->rms);
    ck_assert_double_gt(p->move, 0);
    ck_assert_int_eq(source_end(&s), EXIT_OK);
}
END_TEST

/* Astrocytes that damp or boost pairings, mute or strengthen spikes once the alarm has sounded. */
START_TEST(pairings_and_spikes_under_an_astrocyte_follow_the_reference)
{
    static const struct {
        const char *target, *rule;
        double correlation;
    } list[] = {{"loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: damp", 0.95},
                {"loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: boost", 0.95},
                {"loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: mute", 0.94},
                {"loihi2", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: shout", 0.94},
                {"loihi", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: damp", 0.93},
                {"loihi", RELEARN_RULE RELEARN_FAST ", epoch: 8, astrocyte: boost", 0.93},
                {"spinnaker", RELEARN_RULE RELEARN_BOTH ", epoch: 8, astrocyte: damp", 0.998},
                {"spinnaker", RELEARN_RULE RELEARN_BOTH ", epoch: 8, astrocyte: boost", 0.998},
                {"spinnaker", RELEARN_RULE RELEARN_BOTH ", epoch: 8, astrocyte: mute", 0.998},
                {"spinnaker", RELEARN_RULE RELEARN_BOTH ", epoch: 8, astrocyte: shout", 0.998}};
    for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
        source s;
        replay_result r;
        ck_assert(relearn_net(&s, list[k].target, list[k].rule));
        ck_assert(replay_run(&s, 400, 10, &r));
        const replay_projection *p = &r.projection[0];
        ck_assert_double_gt(p->change_rms, 4 * p->lsb);
        ck_assert_msg(p->change_correlation > list[k].correlation && fabs(p->slope - 1) < 0.15,
                      "%s: %s: correlation %.4f, slope %.3f", list[k].target, list[k].rule, p->change_correlation,
                      p->slope);
        ck_assert_int_eq(source_end(&s), EXIT_OK);
    }
}
END_TEST

/* Rules as text: 20 x 6 synapses of loihi_lif, Poisson inputs. */
static const char text_net[] =
    "hmn: 1\nnetwork: {dt: 1 ms}\nneuromodulators: {m: {source: {schedule: [[0 ms, 2], [300 ms, -1], [700 ms, 3]]}}}\n"
    "populations:\n  in: {size: 20, model: spike_source_poisson, params: {rate: 40 Hz}}\n"
    "  out: {size: 6, model: loihi_lif, params: {decay_u: 4095, decay_v: 400, vth_mant: 150, refractory: 2}}\n"
    "plasticity_rules: {r: {type: loihi, %s, weight_bounds: [-254, 254], sign: free, epoch: 4}}\n"
    "projections:\n  p: {pre: in, post: out, connector: {type: all_to_all}, weight: {distribution: uniform_int, low: "
    "20, "
    "high: 90}, delay: {distribution: uniform_int, low: 1, high: 3}, plasticity: r}\nrun: {seed: 8}\n";

START_TEST(rules_as_text_follow_the_reference)
{
    static const char *const rule[] = {
        "dw: 2^-2*x1*y0 - 2^-2*y1*x0, x1_impulse: 24, x1_tau: 12, y1_impulse: 24, y1_tau: 9",
        "dw: 2^-3*x1*y0 - 2^-6*x1*w*y0, x1_impulse: 32, x1_tau: 3",
        "dw: 2^-4*u0*t*r1, dt: x1*y0 - 2^-2*u0*t, x1_impulse: 60, x1_tau: 10, neuromodulators: [m], eta_global: 20",
        "dw: 2*x0*sgn(w+200)*r0 - 2^-1*y0*x2 + u2*(2), x2_impulse: 30, x2_tau: 20, neuromodulators: [m]"};
    for (int k = 0; k < 8; k++) {
        source s;
        replay_result r;
        char text[2048];
        snprintf(text, sizeof text, text_net, rule[k / 2]);
        ck_assert(source_from_text(&s, k % 2 ? "loihi2" : "loihi", text));
        ck_assert(replay_run(&s, 1000, 10, &r));
        const replay_projection *p = &r.projection[0];
        ck_assert(!r.unlearned && r.learned.compared > 1000 && !r.learned.differ);
        ck_assert_double_gt(p->change_rms, 5);
        ck_assert_msg(p->change_correlation > 0.95 && fabs(p->slope - 1) < 0.06, "%s: %g, slope %g", rule[k / 2],
                      p->change_correlation, p->slope);
        ck_assert_uint_gt(r.term->term[0][TERM_PRODUCTS].count, 10000);
        ck_assert_double_lt(r.term->term[0][TERM_ROUNDING].max_error, 2);
        source_end(&s);
    }
}
END_TEST

SUITE("replay", the_chip_fires_exactly_when_the_reference_does,
      what_the_chip_learns_from_the_spikes_of_the_reference_follows_it, rules_as_text_follow_the_reference,
      pairings_and_spikes_under_an_astrocyte_follow_the_reference)
