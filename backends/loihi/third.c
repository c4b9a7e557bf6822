/* Third factors. Takes the registers of the neurons after a step and who fired, yields y1, y2 and y3 of those whose
 * program writes them (second generation, eq. M8); registers that the management processor writes into y3 (eq. L54);
 * and what a host writes, where a rule lets it (eq. D5).
 *
 * A program keeps a register for each, because the engine's own trace is a place of 7 bits that a rule reads, not one
 * that it keeps a sign in. Traces that a program does not write stay what they are. */
#include "backends/loihi/third.h"

#include "backends/loihi/arithmetic.h"
#include "core/base/bug.h"
#include "core/base/fx.h"
#include "core/ir/net.h"

enum { FACTORS = 3, LEAST = -128, MOST = 127 };

static int32_t source(const loihi_rom *r, const loihi_state *s, const int32_t *fired, net_third_source of, uint32_t i)
{
    switch (of) {
    case THIRD_V: return STATE_CONST(int32_t, r, s, v)[i];
    case THIRD_U: return STATE_CONST(int32_t, r, s, u)[i];
    case THIRD_U_INH: return STATE_CONST(int32_t, r, s, u2)[i];
    case THIRD_ADAPTATION: return STATE_CONST(int32_t, r, s, risen)[i];
    case THIRD_SPIKE: return fired[i];
    case THIRD_UNWRITTEN:
    case THIRD_SOURCES: break;
    }
    HMN_BUG("compartment %u writes a third factor from nowhere", i);
}

static bool own_traces(const loihi_rom *r) { return loihi_own_traces((loihi_dialect_id)r->dialect); }

/* To where the rules of the compartment read it: one trace for all, or one a rule that takes third factors. */
static void publish(const loihi_rom *r, loihi_state *s, uint32_t i, uint32_t k, int32_t value)
{
    if (!r->nlearning || !ROM(uint8_t, r, post_trace)[i])
        return;
    if (!own_traces(r)) {
        uint8_t *const y[] = {STATE(uint8_t, r, s, y1), STATE(uint8_t, r, s, y2), STATE(uint8_t, r, s, y3)};
        y[k][i] = (uint8_t)clip(value, 0, MOST);
        return;
    }
    for (uint32_t plane = 0; plane < r->planes; plane++)
        if (ROM(core_profile, r, profile)[plane].held)
            STATE(int16_t, r, s, held)[((size_t)plane * FACTORS + k) * r->npad + i] = (int16_t)value;
}

static int32_t next(const core_third *t, int32_t y, int32_t x)
{
    int64_t added = fx_shr_rd((int64_t)x * t->gain, t->shift);
    return (int32_t)fx_sat(fx_decay12_rz(y, (uint32_t)t->keep) + added, LEAST, MOST);
}

void third_write(const loihi_rom *r, loihi_state *s, const int32_t *fired)
{
    uint32_t moving = 0;
    for (uint32_t i = 0; i < r->n; i++)
        for (uint32_t k = 0; k < FACTORS; k++) {
            const core_third *t = &ROM(core_third, r, third)[FACTORS * i + k];
            if (t->source == THIRD_UNWRITTEN)
                continue;
            int32_t *y = &STATE(int32_t, r, s, third)[k * r->npad + i];
            *y = next(t, *y, source(r, s, fired, (net_third_source)t->source, i));
            publish(r, s, i, k, *y);
            moving |= (uint32_t)*y;
        }
    s->awake |= moving != 0;
}

/* ---- from the management processor ---- */

uint32_t third_register(const loihi_rom *r, uint32_t compartment)
{
    uint32_t row = r->steered ? ROM(uint8_t, r, post_trace)[compartment] : 0;
    return row ? ROM(uint8_t, r, y3_register)[row - 1] : 0;
}

void third_steer(const loihi_rom *r, loihi_state *s, const hmn_port *port)
{
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t k = third_register(r, i);
        if (k)
            STATE(uint8_t, r, s, y3)[i] = k <= port->nchannels ? (uint8_t)clip(port->channel[k - 1], 0, MOST) : 0;
    }
}

/* ---- from outside: the host reads traces and writes third factors (eq. D5) ---- */

/* A plastic run of the projection; NULL: there is none on this core. */
static const core_run *run_of(const loihi_rom *r, uint32_t projection)
{
    for (uint32_t k = 0; k < r->nruns; k++) {
        const core_run *run = &ROM(core_run, r, run)[k];
        if (run->kind == RUN_PLASTIC && run->projection == projection)
            return run;
    }
    return NULL;
}

static uint32_t profile_number(const loihi_rom *r, const core_run *run)
{
    return (uint32_t)ROM(loihi_format, r, format)[run->format].profile - 1;
}

/* In dialect chip all rules share plane 0. */
static uint32_t plane_of(const loihi_rom *r, const core_run *run)
{
    return r->planes == 1 ? 0 : profile_number(r, run);
}

static bool is_held(const loihi_rom *r, const core_run *run)
{
    return ROM(core_profile, r, profile)[profile_number(r, run)].held;
}

static size_t held_at(const loihi_rom *r, uint32_t plane, hmn_variable var, uint32_t compartment)
{
    return ((size_t)plane * 3 + (uint32_t)(var - VAR_Y1)) * r->npad + compartment;
}

int32_t loihi_read_trace(const void *rom, const void *state, hmn_variable var, uint32_t index, uint32_t projection)
{
    const loihi_rom *r = rom;
    const core_run *run = run_of(r, projection);
    bool pre = var == VAR_X1 || var == VAR_X2;
    HMN_ASSERT(index < (pre ? r->axons : r->n));
    if (!run || (pre && index < r->first_learning))
        return 0;
    uint32_t plane = plane_of(r, run);
    if (!pre && var != VAR_U && var != VAR_V && own_traces(r) && is_held(r, run))
        return STATE_CONST(int16_t, r, state, held)[held_at(r, plane, var, index)];
    size_t at = pre ? (size_t)plane * core_pre_pad(r) + index - r->first_learning : (size_t)plane * r->npad + index;
    switch (var) {
    case VAR_X1: return STATE_CONST(uint8_t, r, state, x1)[at];
    case VAR_X2: return STATE_CONST(uint8_t, r, state, x2)[at];
    case VAR_Y1: return STATE_CONST(uint8_t, r, state, y1)[at];
    case VAR_Y2: return STATE_CONST(uint8_t, r, state, y2)[at];
    case VAR_Y3: return STATE_CONST(uint8_t, r, state, y3)[at];
    case VAR_U:
    case VAR_V: break;
    }
    return 0;
}

bool loihi_write_trace(const void *rom, void *state, hmn_variable var, uint32_t compartment, uint32_t projection,
                       int32_t value)
{
    const loihi_rom *r = rom;
    const core_run *run = run_of(r, projection);
    HMN_ASSERT(compartment < r->n);
    if (!run || !is_held(r, run) || (var != VAR_Y1 && var != VAR_Y2 && var != VAR_Y3))
        return false;
    uint8_t *const y[] = {STATE(uint8_t, r, state, y1), STATE(uint8_t, r, state, y2), STATE(uint8_t, r, state, y3)};
    ((loihi_state *)state)->traced = 1;
    if (own_traces(r))
        STATE(int16_t, r, state, held)
    [held_at(r, plane_of(r, run), var, compartment)] = (int16_t)fx_sat(value, -128, 127);
    else y[var - VAR_Y1][compartment] = (uint8_t)fx_sat(value, 0, 127);
    return true;
}
