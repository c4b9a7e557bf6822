/* Gates of firing on the emulated chip against the reference: spikes of a gated population. */
#include "compiler/learn.h"

#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/ir/image.h"
#include "core/machine/machine.h"
#include "core/reference/reference.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

/* loihi_lif: the reference computes the chip's own registers, so that spikes can only differ by the gate. */
static const char network[] =
    "hmn: 1\n"
    "populations:\n"
    "  in: {size: 8, model: spike_source}\n"
    "  cell: {size: 12, model: loihi_lif, params: {decay_u: 1024, decay_v: 200, vth_mant: 60,\n"
    "         bias_mant: 40, bias_exp: 4, refractory: 3}}\n"
    "  other: {size: 12, model: loihi_lif, params: {decay_u: 1024, decay_v: 200, vth_mant: 60}}\n"
    "oscillations: {theta: {frequency: 11 Hz, phase: 30 deg}}\n"
    "plasticity_rules:\n"
    "  rule: {type: hmn, eta_local: 0.1, traces: {tau_fast: 0 ms, pairing: hebbian, A_plus: 1},\n"
    "         phase_gate: {oscillation: theta, bins: 4, owner: %s, assign: by_group,\n"
    "                      group_size: 3, gate: %s, open_above: %g}}\n"
    "projections:\n"
    "  p: {pre: %s, post: cell, connector: {type: all_to_all}, weight: 3,\n"
    "      receptor_type: excitatory, plasticity: rule}\n"
    "target: {chip: %s}\n"
    "run: {duration: 100 ms, seed: 4}\n";

typedef struct {
    char text[2048];
    hmn_unit u;
} bench;

static bool compiled(bench *b, const char *owner, const char *gate, double above, const char *pre, const char *chip)
{
    *b = (bench){.u = {.chip = registry_find(chip), .arena = arena_new(0), .diag = diag_new()}};
    snprintf(b->text, sizeof b->text, network, owner, gate, above, pre, chip);
    b->u.text = b->text;
    b->u.text_length = strlen(b->text);
    return pipeline_run(&b->u, NULL, NULL);
}

static void done(bench *b)
{
    diag_free(b->u.diag);
    arena_free(b->u.arena);
}

/* Spikes of `cell` that the two differ in, and those of the chip that fall where the cosine says closed. */
static void follows(const char *chip, const char *gate, double above)
{
    bench b;
    ck_assert_msg(compiled(&b, "post", gate, above, "in", chip), "%s",
                  diag_get(b.u.diag, diag_count(b.u.diag) - 1)->text);
    hmn_image *image = image_from_memory(b.u.image, b.u.image_size, "test", b.u.diag);
    hmn_machine *m = machine_boot(image, b.u.chip, 1, NULL, b.u.diag);
    hmn_reference *r = reference_new(b.u.graph, (reference_options){.grid = true}, b.u.arena, b.u.diag);
    ck_assert(m && r);
    hmn_sim *side[2] = {machine_sim(m), reference_sim(r)};
    uint32_t fired = 0, differ = 0;
    for (uint32_t t = 0; t < 600; t++) {
        uint32_t n[2];
        const uint32_t *spike[2];
        for (int s = 0; s < 2; s++) {
            side[s]->ops->begin(side[s]);
            side[s]->ops->learn(side[s], false);
            spike[s] = side[s]->ops->spikes(side[s], &n[s]);
        }
        differ += n[0] != n[1] || memcmp(spike[0], spike[1], n[0] * sizeof **spike) != 0;
        for (uint32_t k = 0; k < n[0]; k++) {
            double phase = 2 * M_PI * 11e-3 * t + M_PI / 6 - M_PI / 2 * ((spike[0][k] - 8) / 3);
            ck_assert_double_gt(cos(phase), above - 2e-4);
        }
        fired += n[0];
        for (int s = 0; s < 2; s++)
            side[s]->ops->end(side[s]);
    }
    ck_assert_uint_gt(fired, 100);
    ck_assert_msg(differ == 0, "%u of 600 steps differ, %u spikes", differ, fired);
    ck_assert_uint_eq(b.u.qnet->ngates, 4);
    machine_free(m);
    image_close(image);
    done(&b);
}

START_TEST(a_gated_population_fires_in_its_phase_and_as_the_reference_does)
{
    follows("loihi", "activity", 0);
    follows("loihi", "both", 0.7071);
    follows("loihi2", "both", 0);
    follows("loihi2", "activity", -0.4); /* no step lies where the cosine is that */
}
END_TEST

START_TEST(without_a_gate_it_fires_at_any_phase)
{
    bench b;
    ck_assert(compiled(&b, "post", "plasticity", 0, "in", "loihi"));
    ck_assert_uint_eq(b.u.qnet->ngates, 0);
    ck_assert_ptr_null(b.u.qnet->population[1].gate);
    done(&b);
}
END_TEST

START_TEST(what_cannot_be_gated_is_refused)
{
    bench b;
    ck_assert(!compiled(&b, "pre", "both", 0, "in", "loihi"));
    ck_assert_ptr_nonnull(strstr(diag_get(b.u.diag, diag_count(b.u.diag) - 1)->text, "gates the firing of sources"));
    done(&b);
}
END_TEST

SUITE("learn_firing", a_gated_population_fires_in_its_phase_and_as_the_reference_does,
      without_a_gate_it_fires_at_any_phase, what_cannot_be_gated_is_refused)
