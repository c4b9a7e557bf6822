/* Neurons that run programs (second generation). Takes the accumulated input of a step, yields u, v, who fired and
 * what the spikes carry (eq. M2-M6).
 *
 * A program is eq. L1-L5 with more registers: a second current for what enters port 1, a threshold that rises at a
 * spike and decays, a value that v is reset to, or reset by subtraction, and a payload. A core with one such neuron
 * runs this loop for all; the others have rows of zeros, with which it does what update.c does. So does a core with a
 * neuron of several compartments, on both generations: compartments are updated in ascending order, dendrites first. */
#include "backends/loihi/core.h"

#include "backends/loihi/arithmetic.h"
#include "backends/loihi/join.h"

enum { RISE_LIMIT = TOP - 1 };

typedef struct {
    const loihi_rom *r;
    arithmetic a;
    int32_t *u, *u2, *v, *hold, *risen;
} registers;

/* u <- dec(u) + q, both limited as the dialect says (eq. L1). */
static int32_t next_current(const registers *g, int32_t u, int32_t keep, int32_t q)
{
    q = g->a.q_wraps ? fx_wrap32(q, 21) : q;
    return limit_u(sum(fx_decay12_rz(u, (uint32_t)keep), q), g->a.u_mode);
}

static int32_t limit_v(const registers *g, uint32_t i, int32_t v)
{
    if (g->a.v_mode == V_CLIPPED)
        return clip(v, ROM(int32_t, g->r, vmin)[i], ROM(int32_t, g->r, vmax)[i]);
    return g->a.v_mode == V_SYMMETRIC ? clip(v, 1 - TOP, TOP - 1) : v;
}

static int32_t next_voltage(const registers *g, const loihi_state *s, uint32_t i, const join_input *in, int32_t noise)
{
    int32_t z = sum(sum(join_current(in, core_current(g->r, s, i)), STATE_CONST(int32_t, g->r, s, bias)[i]), noise);
    z = g->a.z_wraps ? fx_wrap32(z, 23) : z;
    int32_t v = limit_v(g, i, sum(fx_decay12_rz(g->v[i], (uint32_t)ROM(int32_t, g->r, keep_v)[i]), z));
    return join_moves_voltage(in) ? limit_v(g, i, join_voltage(in, v)) : v;
}

/* v of this step is known: fires or not (eq. M3-M6). */
static bool settle(registers *g, uint32_t i, int32_t v, const join_input *in, int32_t *payload)
{
    const core_program *p = &ROM(core_program, g->r, program)[i];
    g->risen[i] = fx_decay12_rz(g->risen[i], (uint32_t)p->keep_risen);
    int32_t threshold = ROM(int32_t, g->r, vth)[i] + g->risen[i];
    if (g->hold[i] > 0) {
        g->hold[i]--;
        return false;
    }
    g->v[i] = v;
    if (!join_fires(in, v > threshold))
        return false;
    *payload = p->graded ? (int32_t)fx_shr_rd(v, p->payload_exp) : 1;
    g->v[i] = p->subtract ? sum(p->reset, v - threshold) : p->reset;
    g->risen[i] = clip(g->risen[i] + p->step, 0, RISE_LIMIT);
    int32_t rest = ROM(int32_t, g->r, refractory)[i];
    g->hold[i] = rest > 0 ? rest - 1 : 0;
    return true;
}

uint32_t program_update(const loihi_rom *r, loihi_state *s, program_lanes l, int32_t *payload)
{
    registers g = {r,
                   {r->q_wraps, r->z_wraps, (loihi_u_mode)r->u_mode, (loihi_v_mode)r->v_mode, false},
                   STATE(int32_t, r, s, u),
                   STATE(int32_t, r, s, u2),
                   STATE(int32_t, r, s, v),
                   STATE(int32_t, r, s, refractory),
                   STATE(int32_t, r, s, risen)};
    uint32_t active = 0, moving = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const core_program *p = &ROM(core_program, r, program)[i];
        join_input in = r->joins ? join_gather(r, s, l.fired, i) : (join_input){0};
        int32_t q = l.q[i], q2 = l.q2 ? l.q2[i] : 0;
        active += (q | q2 | in.a | in.b | g.u[i] | g.u2[i] | g.v[i] | g.hold[i] | g.risen[i] |
                   STATE(int32_t, r, s, bias)[i]) != 0;
        q = p->two ? q : sum(q, q2);
        q = l.noise_q ? sum(q, l.noise_q[i]) : q;
        g.u[i] = next_current(&g, g.u[i], ROM(int32_t, r, keep_u)[i], q);
        if (p->two)
            g.u2[i] = next_current(&g, g.u2[i], p->keep_u2, q2);
        int32_t v = next_voltage(&g, s, i, &in, l.noise_z ? l.noise_z[i] : 0);
        l.fired[i] = settle(&g, i, v, &in, &payload[i]);
        moving |= (uint32_t)(g.u[i] | g.u2[i] | g.v[i] | g.hold[i] | g.risen[i]);
        l.q[i] = 0;
        if (l.q2)
            l.q2[i] = 0;
    }
    s->awake = moving != 0;
    return active;
}
