/* From parameter words in SDRAM to the state of a neuron: the constants that the core derives when it loads (eq.
 * S20-S30). Takes the words in the order of neuron.def and the number of sub-steps, yields the state. */
#include "backends/spinnaker/neuron.h"

#include "backends/spinnaker/neuron_parts.h"

/* e^(-step/tau), s1615 */
static int32_t keep_of(int32_t step, int32_t tau) { return spin_exp(spin_neg(spin_kdivk(step, tau))); }

static void boot_lif(const int32_t *w, uint32_t substeps, spin_lif *n)
{
    int32_t step = spin_kdivui(w[8], substeps), refractory = spin_kdivk(w[6], step);
    *n = (spin_lif){
        .v = w[0],
        .v_rest = w[1],
        .resistance = spin_kdivk(w[3], w[2]),
        .keep = keep_of(step, w[3]),
        .i_offset = w[4],
        .refractory = w[7],
        .v_reset = w[5],
        .refractory_steps = (int32_t)fx_shr_rd(refractory, 15) + ((refractory & (SPIN_ONE - 1)) != 0),
    };
}

static void boot_izh(const int32_t *w, uint32_t substeps, spin_izh *n)
{
    *n = (spin_izh){w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[8], spin_kdivui(w[7], substeps)};
}

static void boot_maass(const int32_t *w, uint32_t substeps, spin_maass *t)
{
    int32_t step = spin_kdivui(w[3], substeps);
    *t = (spin_maass){spin_kdivk(SPIN_ONE, w[0]), spin_kdivk(SPIN_ONE, w[1]), w[2], spin_kdivk(step, 10 * SPIN_ONE)};
}

/* eq. S22: the scale preserves the area under the exponential. */
static void boot_receptor(const int32_t *w, int32_t step, spin_receptor *r)
{
    r->decay = spin_exp_u032(spin_neg(spin_kdivk(step, w[0])));
    r->scale = spin_decay_u032(spin_kdivk(w[0], step), spin_complement(r->decay));
    r->value = w[1];
}

/* eq. S26: step / tau^2 passes through a u032 and so loses its whole part. */
static void boot_alpha(const int32_t *w, int32_t step, spin_alpha *a)
{
    a->linear = w[0];
    a->exponential = w[1];
    a->q = w[2];
    a->decay = spin_exp_u032(spin_neg(spin_kdivk(step, w[3])));
    a->rise = spin_from_u032(spin_to_u032(spin_kdivk(step, spin_mul(w[3], w[3]))));
}

static void boot_synapse(spin_part part, const int32_t *w, uint32_t substeps, int32_t *s)
{
    if (part == SPIN_PART_DELTA) {
        s[0] = w[0];
        s[1] = w[1];
        return;
    }
    int32_t step = spin_kdivui(w[spin_part_words(part) - 1], substeps);
    if (part == SPIN_PART_ALPHA) {
        boot_alpha(w, step, (spin_alpha *)s);
        boot_alpha(w + 4, step, (spin_alpha *)s + 1);
        return;
    }
    uint32_t n = spin_part_receptors(part);
    for (uint32_t i = 0; i < n; i++)
        boot_receptor(w + 2 * i, step, (spin_receptor *)s + i);
    if (part == SPIN_PART_SEMD)
        memcpy(s + 9, w + 6, sizeof(spin_semd));
}

static void boot_ca2(const int32_t *w, uint32_t substeps, spin_ca2 *c)
{
    *c = (spin_ca2){keep_of(spin_kdivui(w[3], substeps), w[0]), w[1], w[2]};
}

static void boot_part(spin_part part, const int32_t *w, uint32_t substeps, int32_t *s)
{
    switch (part) {
    case SPIN_PART_LIF: boot_lif(w, substeps, (spin_lif *)s); return;
    case SPIN_PART_IZH: boot_izh(w, substeps, (spin_izh *)s); return;
    case SPIN_PART_DELTA_INPUT: s[0] = spin_kdivk(SPIN_ONE, spin_kdivui(w[0], substeps)); return;
    case SPIN_PART_MAASS: boot_maass(w, substeps, (spin_maass *)s); return;
    case SPIN_PART_CA2: boot_ca2(w, substeps, (spin_ca2 *)s); return;
    case SPIN_PART_CONDUCTANCE:
    case SPIN_PART_FIXED: memcpy(s, w, spin_part_words(part) * sizeof *w); return;
    case SPIN_PART_EXPONENTIAL:
    case SPIN_PART_DUAL:
    case SPIN_PART_SEMD:
    case SPIN_PART_DELTA:
    case SPIN_PART_ALPHA: boot_synapse(part, w, substeps, s); return;
    case SPIN_PART_CURRENT:
    case SPIN_PART_NO_EXTRA:
    case SPIN_PART_COUNT: return;
    }
}

void spin_neuron_boot(const spin_model *m, const int32_t *words, uint32_t substeps, int32_t *state)
{
    for (uint32_t slot = 0; slot < SPIN_SLOTS; slot++) {
        boot_part(m->part[slot], words, substeps, state);
        words += spin_part_words(m->part[slot]);
        state += spin_part_state(m->part[slot]);
    }
}
