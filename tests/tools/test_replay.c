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

SUITE("replay", the_chip_fires_exactly_when_the_reference_does,
      what_the_chip_learns_from_the_spikes_of_the_reference_follows_it,
      pairings_and_spikes_under_an_astrocyte_follow_the_reference)
