/* Noise and homeostasis (noise.h). Takes deviations, eta_b and r* in nA and Hz, yields words of s16.15 and numbers of
 * the management processor (core/machine/biases.h): the bias that it moves is the I_offset of a neuron's state, in
 * 2^-15 nA, of which it keeps 16 more fraction bits. */
#include "backends/spinnaker/noise.h"

#include "backends/spinnaker/arith.h"
#include "core/base/rng.h"

#include <math.h>

/* ---- in a step ---- */

int32_t spin_noise_draw(uint64_t seed, uint32_t core, uint32_t neuron, uint32_t step, int32_t deviation)
{
    return spin_mul(deviation, spin_normal(rng_u32(seed, RNG_NEURON_NOISE, core, neuron, step)));
}

bool spin_noise_fits(const uint32_t *word, uint32_t nwords, uint32_t neurons)
{
    bool fits = nwords == 0 || (nwords == 1 + neurons && word[0] <= 1);
    for (uint32_t i = 1; fits && i < nwords; i++)
        fits = word[i] <= NOISE_MOST;
    return fits;
}

/* ---- words ---- */

static bool any(graph_param x, uint32_t size)
{
    for (uint32_t i = 0; x.v && i < (x.stride ? size : 1); i++)
        if (graph_at(x, i) != 0)
            return true;
    return false;
}

uint32_t *spin_noise_region(const hmn_qnet *q, const hmn_slice *slice, uint32_t *nwords, hmn_arena *a)
{
    const graph_param noise = q->graph->population[slice->population].param[NP_NOISE];
    bool adapts = q->population[slice->population].bias != NULL;
    *nwords = 0;
    if (!adapts && !any(noise, q->graph->population[slice->population].size))
        return NULL;
    *nwords = 1 + slice->count;
    uint32_t *word = ARENA_NEW(a, uint32_t, *nwords);
    word[0] = adapts;
    for (uint32_t i = 0; noise.v && i < slice->count; i++) {
        int32_t deviation;
        spin_fixed(graph_at(noise, slice->first + i), &deviation); /* fits: quantise_deviations */
        word[1 + i] = (uint32_t)deviation;
    }
    return word;
}

static bool quantise_deviations(spin_quantiser *z, const graph_population *p)
{
    const graph_param noise = p->param[NP_NOISE];
    double most = 0, square = 0;
    if (!any(noise, p->size))
        return true;
    for (uint32_t i = 0; i < p->size; i++) {
        double wanted = graph_at(noise, i);
        int32_t word;
        if (!spin_fixed(wanted, &word) || word > NOISE_MOST) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "noise of population '%s' is %.10g nA (neuron %u); what it draws fits s16.15 up to %.6g nA",
                        p->name, wanted, i, ldexp(NOISE_MOST, -15));
            return false;
        }
        if (wanted > 0 && word == 0) {
            return quantise_lost(z->diag, p->at, arena_printf(z->arena, "noise of population '%s'", p->name), wanted,
                                 ldexp(1, -16), "nA");
        }
        double error = fabs(ldexp(word, -15) - wanted);
        most = fmax(most, error);
        square += error * error;
    }
    quantise_report_add(z->out, z->arena,
                        (qnet_report_row){.subject = arena_printf(z->arena, "population %s", p->name),
                                          .quantity = "noise",
                                          .unit = "nA",
                                          .verdict = VERDICT_QUANTISED,
                                          .bits = 32,
                                          .scale = ldexp(1, -15),
                                          .max_error = most,
                                          .rms_error = sqrt(square / p->size),
                                          .count = p->size,
                                          .note = "Gaussian in 65536 values, up to 7 deviations; a program of ours"});
    return true;
}

/* ---- homeostasis ---- */

/* How far a bias may go: four times what makes a neuron just fire, and i_offset, in nA. */
static double reach_of(const graph_population *p, uint32_t i)
{
    double above = graph_at(p->param[NP_V_THRESH], i) - graph_at(p->param[NP_V_REST], i);
    return 4 * fabs(above) * graph_at(p->param[NP_CM], i) / graph_at(p->param[NP_TAU_M], i) +
           fabs(graph_at(p->param[NP_I_OFFSET], i));
}

static bool bias_of(spin_quantiser *z, const graph_population *p, uint32_t i, qnet_bias *out)
{
    double eta = graph_at(p->param[NP_HOMEO_ETA], i), most = ldexp(reach_of(p, i), 15);
    double rise = eta * graph_at(p->param[NP_HOMEO_RATE], i) * 1e-3 * z->graph->dt * QNET_BIAS_EPOCH;
    double rate = graph_at(p->param[NP_HOMEO_RATE], i), least = ldexp(1, -32);
    if (eta > 0 && eta < least)
        return quantise_lost(z->diag, p->at, arena_printf(z->arena, "homeostasis_eta of population '%s'", p->name), eta,
                             least, "nA");
    if (rise > 0 && rise < least)
        return quantise_lost(z->diag, p->at, arena_printf(z->arena, "homeostasis_rate of population '%s'", p->name),
                             rate, rate * least / rise, "Hz");
    if (most > 1 << 30 || ldexp(eta, 15) > most) {
        diag_report(
            z->diag, DIAG_FIT_VALUE, p->at,
            "population '%s': homeostasis takes %.4g nA for a spike and may move a bias by %.4g nA (neuron %u); "
            "a step must be less than the way, and that at most 32768 nA",
            p->name, eta, ldexp(most, -15), i);
        diag_cure(z->diag, "lower homeostasis_eta, or give cm and v_thresh nearer to those of a neuron");
        return false;
    }
    int32_t start;
    spin_fixed(graph_at(p->param[NP_I_OFFSET], i), &start); /* fits: it is a word of the neuron */
    *out = (qnet_bias){.rise_q16 = llround(ldexp(rise, 31)),
                       .drop_q16 = llround(ldexp(eta, 31)),
                       .start = start,
                       .most = (int32_t)ceil(most)};
    return true;
}

static bool quantise_homeostasis(spin_quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    if (!any(p->param[NP_HOMEO_ETA], p->size))
        return true;
    qnet_bias *bias = ARENA_NEW(z->arena, qnet_bias, p->size);
    for (uint32_t i = 0; i < p->size; i++)
        if (!bias_of(z, p, i, &bias[i]))
            return false;
    z->out->population[population].bias = bias;
    quantise_report_add(
        z->out, z->arena,
        (qnet_report_row){.subject = arena_printf(z->arena, "population %s", p->name),
                          .quantity = "homeostasis",
                          .unit = "nA",
                          .verdict = VERDICT_APPROXIMATED,
                          .bits = 32,
                          .scale = ldexp(1, -15),
                          .max_error = ldexp(1, -16),
                          .rms_error = ldexp(1, -16) / sqrt(3),
                          .count = p->size,
                          .note = arena_printf(z->arena,
                                               "the management core rewrites I_offset every %d steps, not every step; "
                                               "it stays within %.4g nA",
                                               QNET_BIAS_EPOCH, ldexp(bias[0].most, -15))});
    return true;
}

bool spin_quantise_noise(spin_quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    if (p->source || (p->model != MODEL_CURR_EXP && p->model != MODEL_CURR_DELTA))
        return true;
    return quantise_deviations(z, p) && quantise_homeostasis(z, population);
}
