/* Neurons. Takes the accumulated input of the step, yields u, v and the compartments that fired (eq. L1-L5).
 *
 * One loop over columns of 32-bit lanes without branches, written so that the compiler turns it into vector code;
 * the dialect's switches are constants of the specialised copies. A core in which nothing moves (no input, all
 * registers zero, no bias, no noise) is skipped: the loop would leave every register as it is. */
#include "backends/loihi/core.h"

#include "backends/loihi/arithmetic.h"
#include "backends/loihi/third.h"

#include "core/base/fx.h"
#include "core/base/rng.h"

#include <string.h>

/* The columns of a core never overlap. */
#ifdef __clang__
#define COLUMNS_APART
#else
#define COLUMNS_APART _Pragma("GCC ivdep")
#endif

typedef struct {
    int32_t *u, *v, *refractory, *q;
    const int32_t *bias;
    const int32_t *noise_q, *noise_z; /* NULL: none */
} lanes;

/* Updates n compartments; fired[i] becomes 1 or 0. Returns how many of them had input or state. */
INLINE uint32_t update_lanes(const loihi_rom *r, lanes l, arithmetic a, bool noisy, int32_t *fired, uint32_t *awake)
{
    const int32_t *keep_u = ROM(int32_t, r, keep_u), *keep_v = ROM(int32_t, r, keep_v);
    const int32_t *vth = ROM(int32_t, r, vth), *bias = l.bias;
    const int32_t *refractory = ROM(int32_t, r, refractory), *below = ROM(int32_t, r, below);
    const int32_t *vmin = ROM(int32_t, r, vmin), *vmax = ROM(int32_t, r, vmax);
    int32_t *us = l.u, *vs = l.v, *holds = l.refractory, *qs = l.q;
    uint32_t active = 0, moving = 0, n = r->npad;
    COLUMNS_APART
    for (uint32_t i = 0; i < n; i++) {
        /* every load stands outside conditions, or the loop is not vectorised */
        int32_t q = qs[i], z, u = us[i], v = vs[i], hold = holds[i], b = bias[i], rest = refractory[i];
        int32_t low = vmin[i], high = vmax[i], top = vth[i];
        active += (q | u | v | hold | b) != 0;
        qs[i] = 0;
        if (noisy)
            q = sum(q, l.noise_q[i]);
        if (a.q_wraps)
            q = fx_wrap32(q, 21); /* eq. L1 */
        u = limit_u(sum(fx_decay12_rz(u, (uint32_t)keep_u[i]), q), a.u_mode);
        z = sum(u, b);
        if (noisy)
            z = sum(z, l.noise_z[i]);
        if (a.z_wraps)
            z = fx_wrap32(z, 23);
        v = a.v_below && below[i] ? fx_decay12_below(v, (uint32_t)keep_v[i]) : fx_decay12_rz(v, (uint32_t)keep_v[i]);
        v = sum(v, z); /* eq. L3 */
        if (a.v_mode == V_CLIPPED)
            v = clip(v, low, high);
        if (a.v_mode == V_SYMMETRIC)
            v = clip(v, 1 - TOP, TOP - 1);
        v = hold > 0 ? 0 : v;
        int32_t fires = v > top;
        v = fires ? 0 : v;
        hold = fires ? rest : hold;
        hold -= hold > 0;
        us[i] = u;
        vs[i] = v;
        holds[i] = hold;
        fired[i] = fires;
        moving |= (uint32_t)(u | v | hold);
    }
    *awake = moving != 0;
    return active;
}

static uint32_t update_chip(const loihi_rom *r, lanes l, int32_t *fired, uint32_t *awake)
{
    const arithmetic a = {true, true, U_WRAPS, V_CLIPPED, false};
    return update_lanes(r, l, a, false, fired, awake);
}

static uint32_t update_chip_noisy(const loihi_rom *r, lanes l, int32_t *fired, uint32_t *awake)
{
    const arithmetic a = {true, true, U_WRAPS, V_CLIPPED, false};
    return update_lanes(r, l, a, true, fired, awake);
}

/* Any other mixture of switches. */
static uint32_t update_other(const loihi_rom *r, lanes l, int32_t *fired, uint32_t *awake)
{
    const arithmetic a = {r->q_wraps, r->z_wraps, (loihi_u_mode)r->u_mode, (loihi_v_mode)r->v_mode, r->touches};
    return update_lanes(r, l, a, r->noisy, fired, awake);
}

/* trunc((draw + 64 mantissa) 2^(exponent - 7)), draw uniform in -127..127 (eq. L10). */
static int32_t noise_draw(const loihi_rom *r, const hmn_port *port, uint32_t i)
{
    if (port->draws) {
        const hmn_draw_site site = {DRAW_NOISE, r->core, port->step, UINT32_MAX, i, 0, 0};
        return (int32_t)port->draws->draw(port->draws->context, &site);
    }
    return (int32_t)rng_below(r->seed, RNG_NEURON_NOISE, r->core, i, port->step, 255) - 127;
}

static void draw_noise(const loihi_rom *r, const hmn_port *port, int32_t *noise_q, int32_t *noise_z)
{
    for (uint32_t i = 0; i < r->n; i++) {
        int32_t exponent = ROM(uint8_t, r, noise_exp)[i];
        if (exponent == 0)
            continue;
        int64_t x = noise_draw(r, port, i) + 64 * ROM(int8_t, r, noise_mant)[i];
        x = exponent >= 7 ? fx_shl(x, (unsigned)exponent - 7) : fx_shr_rz(x, (unsigned)(7 - exponent));
        (ROM(uint8_t, r, noise_at_v)[i] ? noise_z : noise_q)[i] = (int32_t)x;
    }
}

static uint32_t update_all(const loihi_rom *r, loihi_state *s, const hmn_port *port, int32_t *fired, int32_t *payload)
{
    int32_t noise[2][CORE_MAX_COMPARTMENTS];
    uint32_t row = port->step % r->slots;
    lanes l = {STATE(int32_t, r, s, u),
               STATE(int32_t, r, s, v),
               STATE(int32_t, r, s, refractory),
               STATE(int32_t, r, s, ring) + (size_t)row * r->npad,
               STATE(int32_t, r, s, bias),
               noise[0],
               noise[1]};
    s->slot_used[row] = 0;
    if (r->noisy) {
        memset(noise[0], 0, r->npad * sizeof(int32_t));
        memset(noise[1], 0, r->npad * sizeof(int32_t));
        draw_noise(r, port, noise[0], noise[1]);
    }
    if (r->programs) {
        program_lanes p = {l.q, r->ports > 1 ? l.q + (size_t)r->slots * r->npad : NULL, fired,
                           r->noisy ? noise[0] : NULL, r->noisy ? noise[1] : NULL};
        return program_update(r, s, p, payload);
    }
    if (!r->q_wraps || !r->z_wraps || r->u_mode != U_WRAPS || r->v_mode != V_CLIPPED)
        return update_other(r, l, fired, &s->awake);
    return r->noisy ? update_chip_noisy(r, l, fired, &s->awake) : update_chip(r, l, fired, &s->awake);
}

/* What a recording says, in place of what the neurons decided. */
static void replay(const loihi_rom *r, const hmn_port *port, int32_t *fired, int32_t *payload)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (!fired[i])
            payload[i] = 1;
        fired[i] = port->replay[i];
    }
}

/* Compartments that a spike reached, or that have state or a bias: what SANA-FE counts as updated. */
static uint32_t touched(const loihi_rom *r, loihi_state *s, uint32_t step)
{
    uint8_t *mark = STATE(uint8_t, r, s, touched) + (size_t)(step % r->slots) * r->npad;
    const int32_t *v = STATE(int32_t, r, s, v), *bias = STATE(int32_t, r, s, bias);
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        n += mark[i] | (v[i] != 0) | (bias[i] != 0);
        mark[i] = 0;
    }
    return n;
}

/* Compartments of closed gates are refractory for this step, but keep v (eq. L47): *v as it was. */
static void hold_closed(const loihi_rom *r, loihi_state *s, const hmn_port *port, int32_t *v)
{
    int32_t *refractory = STATE(int32_t, r, s, refractory);
    for (uint32_t k = 0; k < r->ngated; k++) {
        const core_gated *g = &ROM(core_gated, r, gated)[k];
        v[k] = STATE(int32_t, r, s, v)[g->compartment];
        if (!port->open[g->gate] && refractory[g->compartment] == 0)
            refractory[g->compartment] = 1;
    }
}

static void keep_closed(const loihi_rom *r, loihi_state *s, const hmn_port *port, const int32_t *v)
{
    for (uint32_t k = 0; k < r->ngated; k++) {
        const core_gated *g = &ROM(core_gated, r, gated)[k];
        if (port->open[g->gate])
            continue;
        STATE(int32_t, r, s, v)[g->compartment] = v[k];
        s->awake |= v[k] != 0;
    }
}

void loihi_update(const loihi_rom *r, loihi_state *s, hmn_port *port)
{
    int32_t fired[CORE_MAX_COMPARTMENTS], payload[CORE_MAX_COMPARTMENTS];
    port->nfired = 0;
    if (!s->awake && !s->slot_used[port->step % r->slots] && !r->noisy && !r->restless && !s->biased && !port->replay) {
        port->count->updates_idle += r->n;
        return;
    }
    int32_t v[CORE_MAX_COMPARTMENTS];
    hold_closed(r, s, port, v);
    uint32_t reached = r->touches ? touched(r, s, port->step) : 0, active = update_all(r, s, port, fired, payload);
    active = r->touches ? reached : active;
    keep_closed(r, s, port, v);
    if (port->replay)
        replay(r, port, fired, payload);
    for (uint32_t i = 0; i < r->n; i++)
        if (fired[i]) {
            port->fired[port->nfired] = i;
            port->payload[port->nfired++] = r->programs ? payload[i] : 1;
            if (r->nlearning && ROM(uint8_t, r, post_trace)[i])
                learn_post_spike(r, s, port, i);
        }
    if (r->writes)
        third_write(r, s, fired);
    port->count->updates_active += active;
    port->count->updates_idle += r->n - active;
    port->count->spikes += port->nfired;
}
