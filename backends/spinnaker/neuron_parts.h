/* The parts of neuron models (eq. S20-S34): their state and one sub-step of it. All inline, so that neuron.c makes one
 * specialised loop for each model, as the machine has one program for each.
 *
 * Products of three factors follow the order in which arm-none-eabi-gcc 12.2 evaluates them, which is not always that
 * of the source: gcc takes fixed-point products as associative. */
#ifndef HMN_SPINNAKER_NEURON_PARTS_H
#define HMN_SPINNAKER_NEURON_PARTS_H

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/neuron.h"

#include <string.h>

/* ---- state, in the order of neuron.def ---- */

typedef struct {
    int32_t v, v_rest, resistance, keep, i_offset, refractory, v_reset, refractory_steps;
} spin_lif;

typedef struct {
    int32_t a, b, c, d, v, u, i_offset, h, reset_h;
} spin_izh;

typedef struct {
    int32_t v_exc, v_inh;
} spin_reversal;

typedef struct {
    int32_t du_inverse, tau_inverse, level, tenth_step;
} spin_maass;

typedef struct {
    uint32_t decay, scale;
    int32_t value;
} spin_receptor;

typedef struct {
    int32_t multiplicator, exc2_before, scaling;
} spin_semd;

typedef struct {
    int32_t linear, exponential, rise;
    uint32_t decay;
    int32_t q;
} spin_alpha;

typedef struct {
    int32_t keep, current, rise;
} spin_ca2;

static inline uint32_t spin_part_state(spin_part part)
{
    switch (part) {
    case SPIN_PART_LIF: return 8;
    case SPIN_PART_IZH: return 9;
    case SPIN_PART_CONDUCTANCE: return 2;
    case SPIN_PART_DELTA_INPUT: return 1;
    case SPIN_PART_FIXED: return 1;
    case SPIN_PART_MAASS: return 4;
    case SPIN_PART_EXPONENTIAL: return 6;
    case SPIN_PART_DUAL: return 9;
    case SPIN_PART_SEMD: return 12;
    case SPIN_PART_DELTA: return 2;
    case SPIN_PART_ALPHA: return 10;
    case SPIN_PART_CA2: return 3;
    case SPIN_PART_CURRENT:
    case SPIN_PART_NO_EXTRA:
    case SPIN_PART_COUNT: break;
    }
    return 0;
}

static inline uint32_t spin_part_receptors(spin_part part)
{
    switch (part) {
#define SPIN_PART(id, slot, receptors)                                                                                 \
    case SPIN_PART_##id: return receptors;
#include "backends/spinnaker/neuron.def"
    case SPIN_PART_COUNT: break;
    }
    return 0;
}

/* ---- synapses ---- */

/* What the synapse types yield, s1615. */
typedef struct {
    int32_t exc[2], inh;
} spin_drive;

/* eq. S25 */
static inline void spin_semd_yield(spin_semd *m, const spin_receptor *r, spin_drive *d)
{
    enum { FLOOR = 32 };
    int32_t exc2 = r[1].value;
    if (exc2 >= FLOOR && m->multiplicator == 0 && m->exc2_before == 0)
        m->multiplicator = r[0].value;
    else if (exc2 < FLOOR)
        m->multiplicator = 0;
    m->exc2_before = exc2;
    d->exc[0] = 0;
    d->exc[1] = spin_mul(spin_mul(exc2, m->scaling), m->multiplicator);
}

/* eq. S22-S26 */
static inline void spin_synapse_yield(spin_part part, int32_t *s, spin_drive *d)
{
    const spin_receptor *r = (const spin_receptor *)s;
    const spin_alpha *a = (const spin_alpha *)s;
    *d = (spin_drive){{0, 0}, 0};
    if (part == SPIN_PART_EXPONENTIAL)
        *d = (spin_drive){{r[0].value, 0}, r[1].value};
    else if (part == SPIN_PART_DUAL)
        *d = (spin_drive){{r[0].value, r[1].value}, r[2].value};
    else if (part == SPIN_PART_DELTA)
        *d = (spin_drive){{s[0], 0}, s[1]};
    else if (part == SPIN_PART_ALPHA)
        *d = (spin_drive){{spin_mul(a[0].linear, a[0].exponential), 0}, spin_mul(a[1].linear, a[1].exponential)};
    else {
        d->inh = r[2].value;
        spin_semd_yield((spin_semd *)(s + 9), r, d);
    }
}

static inline void spin_synapse_shape(spin_part part, int32_t *s)
{
    spin_receptor *r = (spin_receptor *)s;
    spin_alpha *a = (spin_alpha *)s;
    if (part == SPIN_PART_DELTA) {
        s[0] = s[1] = 0;
        return;
    }
    if (part == SPIN_PART_ALPHA) {
        for (uint32_t i = 0; i < 2; i++) {
            a[i].linear = spin_add(a[i].linear, spin_mul(a[i].q, a[i].rise));
            a[i].exponential = spin_decay(a[i].exponential, a[i].decay);
        }
        return;
    }
    for (uint32_t i = 0; i < spin_part_receptors(part); i++)
        r[i].value = spin_decay(r[i].value, r[i].decay);
}

/* ---- membranes ---- */

/* eq. S20 */
static inline int32_t spin_lif_step(spin_lif *n, int32_t input)
{
    if (n->refractory > 0) {
        n->refractory--;
        return n->v;
    }
    int32_t target = spin_add(spin_mul(spin_add(input, n->i_offset), n->resistance), n->v_rest);
    n->v = spin_sub(target, spin_mul(n->keep, spin_sub(target, n->v)));
    return n->v;
}

/* eq. S21: 0.04 as the compiler holds it, (5 + 0.04 v) v. */
static inline int32_t spin_izh_parabola(int32_t v)
{
    enum { FORTIETH = 1311 };
    return spin_mul(spin_add(5 * SPIN_ONE, spin_mul(FORTIETH, v)), v);
}

static inline int32_t spin_izh_step(spin_izh *n, int32_t input)
{
    int32_t v = n->v, u = n->u, h = n->h, ha = spin_mul(h, n->a);
    int32_t drive = spin_sub(spin_add(140 * SPIN_ONE, spin_add(input, n->i_offset)), u);
    int32_t slope = spin_add(drive, spin_izh_parabola(v));
    int32_t half_v = spin_add(v, spin_half(spin_mul(h, slope)));
    int32_t half_u = spin_half(spin_mul(spin_sub(spin_mul(n->b, v), u), ha));
    n->v = spin_add(v, spin_mul(h, spin_add(spin_sub(drive, half_u), spin_izh_parabola(half_v))));
    n->u = spin_add(u, spin_mul(ha, spin_add(spin_sub(spin_neg(u), half_u), spin_mul(n->b, half_v))));
    n->h = n->reset_h;
    return n->v;
}

static inline void spin_neuron_fired(spin_part part, int32_t *s)
{
    enum { STRETCH = 60620 }; /* 1.85 */
    if (part == SPIN_PART_IZH) {
        spin_izh *n = (spin_izh *)s;
        n->v = n->c;
        n->u = spin_add(n->u, n->d);
        n->h = spin_mul(n->reset_h, STRETCH);
        return;
    }
    spin_lif *n = (spin_lif *)s;
    n->v = n->v_reset;
    n->refractory = n->refractory_steps;
}

/* ---- inputs, thresholds, extras ---- */

/* eq. S27: scaling of conductances. */
static inline void spin_input_scale(spin_part part, spin_drive *d)
{
    if (part != SPIN_PART_CONDUCTANCE)
        return;
    d->exc[0] = (int32_t)fx_shr_rd(d->exc[0], 10);
    d->exc[1] = (int32_t)fx_shr_rd(d->exc[1], 10);
    d->inh = (int32_t)fx_shr_rd(d->inh, 10);
}

static inline void spin_input_convert(spin_part part, const int32_t *s, int32_t v, spin_drive *d)
{
    if (part == SPIN_PART_CONDUCTANCE) {
        const spin_reversal *r = (const spin_reversal *)s;
        int32_t exc = spin_sub(r->v_exc, v);
        d->exc[0] = spin_mul(d->exc[0], exc);
        d->exc[1] = spin_mul(d->exc[1], exc);
        d->inh = spin_mul(spin_neg(d->inh), spin_sub(r->v_inh, v));
    } else if (part == SPIN_PART_DELTA_INPUT) {
        d->exc[0] = spin_mul(d->exc[0], s[0]);
        d->exc[1] = spin_mul(d->exc[1], s[0]);
        d->inh = spin_mul(d->inh, s[0]);
    }
}

/* eq. S29; the comparison is of unsigned numbers, hence a probability below 0 counts as a large one (sic). */
static inline bool spin_maass_fires(const spin_maass *t, int32_t v, spin_kiss *noise)
{
    enum { CERTAIN = 26214, FLAT = 5 * SPIN_ONE }; /* 0.8 */
    uint32_t draw = spin_kiss_draw(noise) & 0xffffu;
    int32_t exponent = spin_mul(spin_sub(v, t->level), t->du_inverse), p = CERTAIN;
    if (exponent < FLAT) {
        int32_t hazard = spin_mul(spin_exp(exponent), spin_mul(t->tau_inverse, t->tenth_step));
        p = spin_mul(spin_sub(SPIN_ONE, spin_exp(hazard)), CERTAIN);
    }
    return (spin_to_u1616(p) >> 1) >= draw >> 1;
}

static inline bool spin_threshold_reached(spin_part part, const int32_t *s, int32_t v, spin_kiss *noise)
{
    return part == SPIN_PART_MAASS ? spin_maass_fires((const spin_maass *)s, v, noise) : v >= s[0];
}

/* eq. S30 */
static inline int32_t spin_extra_bias(spin_part part, int32_t *s)
{
    if (part != SPIN_PART_CA2)
        return 0;
    spin_ca2 *c = (spin_ca2 *)s;
    c->current = spin_mul(c->current, c->keep);
    return spin_neg(c->current);
}

static inline void spin_extra_fired(spin_part part, int32_t *s)
{
    spin_ca2 *c = (spin_ca2 *)s;
    if (part == SPIN_PART_CA2)
        c->current = spin_add(c->current, c->rise);
}

#endif
