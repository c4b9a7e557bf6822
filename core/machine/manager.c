/* Modulators and broadcast registers. Takes the image's tables of modulators, attentions, oscillations and channels
 * and each step's inputs, yields one small integer a channel. Everything is s15.16 with rounding to nearest, so that
 * the result is the same anywhere; the formulas stand in manager.h. */
#include "core/machine/manager.h"

#include "core/base/fx.h"
#include "core/ir/net.h"
#include "core/ir/qnet.h"
#include "core/machine/curve.h"

#include <math.h>

enum { MANAGER_MAX_SLOTS = QNET_MAX_TERMS };

static int32_t sat32(int64_t x) { return (int32_t)fx_sat(x, INT32_MIN, INT32_MAX); }

static bool bad_table(hmn_diag *d, const char *what)
{
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's %s", what);
    return false;
}

static bool boot_modulators(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    enum { SOURCE = 2, POPULATION, KEEP, BASELINE_KEEP, VALUE };
    image_rows rows = image_host(image, HOST_MODULATORS), populations = image_host(image, HOST_POPULATIONS);
    image_rows network = image_host(image, HOST_NETWORK);
    manager_facts *facts = ARENA_NEW(a, manager_facts, rows.rows);
    m->nmodulators = (uint32_t)rows.rows;
    m->modulator = ARENA_NEW(a, manager_modulator, rows.rows);
    m->facts = facts;
    for (uint32_t k = 0; k < m->nmodulators; k++) {
        manager_facts *f = &facts[k];
        int32_t value = (int32_t)image_get(rows, k, VALUE);
        *f = (manager_facts){.source = (uint8_t)image_get(rows, k, SOURCE),
                             .population = (uint32_t)image_get(rows, k, POPULATION),
                             .keep = (int32_t)fx_sat(image_get(rows, k, KEEP), 0, 65536),
                             .baseline_keep = (int32_t)fx_sat(image_get(rows, k, BASELINE_KEEP), 0, 65536),
                             .subtract = value};
        if (f->source == MODSRC_CONSTANT)
            m->modulator[k].input = m->modulator[k].average = value;
        if (f->source != MODSRC_POPULATION)
            continue;
        if (f->population >= populations.rows || network.rows == 0)
            return bad_table(d, "modulators refer to a population that is not there");
        int64_t size = image_get(populations, f->population, 2), dt_ns = image_get(network, 0, 2);
        if (size > 0 && dt_ns > 0)
            f->rate_unit = (int64_t)((__int128)1000000000 * 65536 / ((__int128)size * dt_ns));
    }
    return true;
}

static void boot_oscillations(hmn_manager *m, const hmn_image *image, hmn_arena *a)
{
    image_rows rows = image_host(image, HOST_OSCILLATIONS);
    manager_oscillation *o = ARENA_NEW(a, manager_oscillation, rows.rows);
    for (uint64_t i = 0; i < rows.rows; i++)
        o[i] = (manager_oscillation){(uint32_t)image_get(rows, i, 1), (uint32_t)image_get(rows, i, 2)};
    m->oscillation = o;
    m->noscillations = (uint32_t)rows.rows;
}

/* ---- attentions ---- */

/* Number of a modulator among those of an attention; nslots when it is none of them. */
static uint32_t slot_of(const manager_attention *t, uint32_t modulator)
{
    uint32_t s = 0;
    while (s < t->nslots && t->slot[s] != modulator)
        s++;
    return s;
}

static bool boot_key(hmn_manager *m, image_rows rows, uint64_t i, hmn_diag *d)
{
    uint64_t at = (uint64_t)image_get(rows, i, 0), modulator = (uint64_t)image_get(rows, i, 1);
    uint64_t dimension = (uint64_t)image_get(rows, i, 2);
    if (at >= m->nattentions || modulator >= m->nmodulators || dimension >= m->attention[at].dimensions)
        return bad_table(d, "keys refer to an attention, modulator or dimension that is not there");
    manager_attention *t = &m->attention[at];
    uint32_t slot = slot_of(t, (uint32_t)modulator);
    if (slot == MANAGER_MAX_SLOTS)
        return bad_table(d, "keys hold too many modulators of one attention");
    t->slot[slot] = (uint32_t)modulator;
    t->nslots += slot == t->nslots;
    t->gain[slot * t->dimensions + dimension] = (int32_t)image_get(rows, i, 3);
    return true;
}

static bool boot_context(hmn_manager *m, image_rows rows, uint64_t i, hmn_diag *d)
{
    uint64_t at = (uint64_t)image_get(rows, i, 0), dimension = (uint64_t)image_get(rows, i, 1);
    uint64_t modulator = (uint64_t)image_get(rows, i, 2);
    if (at >= m->nattentions || modulator >= m->nmodulators || dimension >= m->attention[at].dimensions)
        return bad_table(d, "contexts refer to an attention, modulator or dimension that is not there");
    m->attention[at].context[dimension] = (uint32_t)modulator;
    return true;
}

static bool boot_attentions(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows rows = image_host(image, HOST_ATTENTIONS), keys = image_host(image, HOST_KEYS);
    image_rows contexts = image_host(image, HOST_CONTEXTS);
    m->nattentions = (uint32_t)rows.rows;
    m->attention = ARENA_NEW(a, manager_attention, rows.rows);
    for (uint32_t i = 0; i < m->nattentions; i++) {
        manager_attention *t = &m->attention[i];
        *t = (manager_attention){.similarity = (uint8_t)image_get(rows, i, 0),
                                 .dimensions = (uint32_t)image_get(rows, i, 1),
                                 .null = image_get(rows, i, 2) != 0,
                                 .null_logit = (int32_t)image_get(rows, i, 3)};
        if (t->similarity > SIM_COSINE || t->dimensions == 0)
            return bad_table(d, "attentions have a similarity or a length of keys that there is not");
        t->slot = ARENA_NEW(a, uint32_t, MANAGER_MAX_SLOTS);
        t->gain = ARENA_NEW(a, int32_t, MANAGER_MAX_SLOTS * t->dimensions);
        t->context = ARENA_NEW(a, uint32_t, t->dimensions);
        t->share = ARENA_NEW(a, uint32_t, MANAGER_MAX_SLOTS + 1);
        t->logit = ARENA_NEW(a, int64_t, MANAGER_MAX_SLOTS + 1);
        for (uint32_t k = 0; k < t->dimensions; k++)
            t->context[k] = NET_NONE;
    }
    for (uint64_t i = 0; i < keys.rows; i++)
        if (!boot_key(m, keys, i, d))
            return false;
    for (uint64_t i = 0; i < contexts.rows; i++)
        if (!boot_context(m, contexts, i, d))
            return false;
    return true;
}

/* ---- channels ---- */

static bool boot_terms(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows terms = image_host(image, HOST_TERMS);
    manager_term *term = ARENA_NEW(a, manager_term, terms.rows);
    m->term = term;
    m->nterms = (uint32_t)terms.rows;
    for (uint32_t i = 0; i < m->nterms; i++) {
        manager_term t = {(uint32_t)image_get(terms, i, 0), (uint32_t)image_get(terms, i, 1), 0,
                          (int32_t)image_get(terms, i, 2)};
        if (t.channel >= m->nchannels || t.modulator >= m->nmodulators || (i && t.channel < term[i - 1].channel))
            return bad_table(d, "channel terms are not in order or refer to a channel or modulator that is not there");
        manager_channel *c = &m->program[t.channel];
        const manager_attention *attention = c->attention ? &m->attention[c->attention - 1] : NULL;
        t.slot = attention ? slot_of(attention, t.modulator) : 0;
        if (attention && t.slot == attention->nslots)
            return bad_table(d, "channel terms name a modulator that its attention lacks");
        term[i] = t;
        c->first = c->last == 0 ? i : c->first;
        c->last = i + 1;
    }
    return true;
}

static bool same_sum(const hmn_manager *m, const manager_channel *x, const manager_channel *y)
{
    bool same = x->base == y->base && x->epoch == y->epoch && x->attention == y->attention &&
                x->last - x->first == y->last - y->first && x->rates == y->rates && x->astrocyte == y->astrocyte &&
                x->multiplies == y->multiplies && x->lambda == y->lambda && x->lags == y->lags;
    for (uint32_t i = 0; same && i < x->last - x->first; i++) {
        const manager_term *p = &m->term[x->first + i], *q = &m->term[y->first + i];
        same = p->modulator == q->modulator && p->gain == q->gain;
    }
    return same;
}

static bool boot_factors(hmn_manager *m, const hmn_image *image, hmn_diag *d)
{
    enum { CHANNEL, ROW_OF_RATES, ASTROCYTE, MULTIPLIES, LAMBDA, LAGS, WRITTEN };
    image_rows rows = image_host(image, HOST_FACTORS);
    for (uint64_t i = 0; i < rows.rows; i++) {
        uint64_t c = (uint64_t)image_get(rows, i, CHANNEL);
        if (c >= m->nchannels || (uint64_t)image_get(rows, i, ROW_OF_RATES) > image_host(image, HOST_RATES).rows ||
            image_get(rows, i, ASTROCYTE) > m->nastrocytes)
            return bad_table(d, "factors refer to a channel, rates or an astrocyte that is not there");
        m->program[c].rates = (uint32_t)image_get(rows, i, ROW_OF_RATES);
        m->program[c].astrocyte = (uint32_t)image_get(rows, i, ASTROCYTE);
        m->program[c].multiplies = image_get(rows, i, MULTIPLIES) != 0;
        m->program[c].lambda = (int32_t)image_get(rows, i, LAMBDA);
        m->program[c].lags = image_get(rows, i, LAGS) != 0;
        m->program[c].written = (uint32_t)image_get(rows, i, WRITTEN);
    }
    return true;
}

static bool boot_astrocytes(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    m->nastrocytes = (uint32_t)image_host(image, HOST_ASTROCYTES).rows;
    m->astrocyte_level = ARENA_NEW(a, int64_t, m->nastrocytes);
    m->astrocyte = astrocytes_boot(image, m->nmodulators, a, d);
    return m->astrocyte != NULL;
}

static bool boot_channels(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows rows = image_host(image, HOST_CHANNELS);
    m->nchannels = (uint32_t)rows.rows;
    m->channel = ARENA_NEW(a, int32_t, rows.rows);
    m->carry = ARENA_NEW(a, int32_t, rows.rows);
    m->program = ARENA_NEW(a, manager_channel, rows.rows);
    for (uint32_t i = 0; i < m->nchannels; i++) {
        manager_channel *c = &m->program[i];
        int64_t epoch = image_get(rows, i, 1);
        *c = (manager_channel){.base = (int32_t)image_get(rows, i, 0),
                               .epoch = epoch ? (uint32_t)epoch : 1,
                               .attention = (uint32_t)image_get(rows, i, 2),
                               .oscillation = (uint32_t)image_get(rows, i, 3),
                               .phase = (uint32_t)image_get(rows, i, 4),
                               .carries = image_get(rows, i, 5) != 0,
                               .wide = image_get(rows, i, 6) != 0,
                               .rewarded = image_get(rows, i, 7) != 0};
        if (c->rewarded && !m->reward)
            m->reward = ARENA_NEW(a, uint8_t, rows.rows);
        if (c->attention > m->nattentions || c->oscillation > m->noscillations)
            return bad_table(d, "channels refer to an attention or oscillation that is not there");
    }
    if (!boot_terms(m, image, a, d) || !boot_factors(m, image, d))
        return false;
    for (uint32_t i = 1; i < m->nchannels; i++)
        m->program[i].repeats = same_sum(m, &m->program[i], &m->program[i - 1]);
    return true;
}

static bool boot_schedule(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows rows = image_host(image, HOST_SCHEDULE);
    manager_event *event = ARENA_NEW(a, manager_event, rows.rows);
    m->event = event;
    m->nevents = (uint32_t)rows.rows;
    for (uint32_t i = 0; i < m->nevents; i++) {
        event[i] = (manager_event){(uint32_t)image_get(rows, i, 0), (uint32_t)image_get(rows, i, 1),
                                   (int32_t)image_get(rows, i, 2)};
        if (event[i].modulator >= m->nmodulators || (i && event[i].step < event[i - 1].step))
            return bad_table(d, "schedule is not in order or refers to a modulator that is not there");
    }
    return true;
}

static bool boot_gates(hmn_manager *m, const hmn_image *image, hmn_arena *a, hmn_diag *d)
{
    image_rows rows = image_host(image, HOST_FIRING);
    manager_gate *gate = ARENA_NEW(a, manager_gate, rows.rows);
    for (uint64_t i = 0; i < rows.rows; i++) {
        gate[i] = (manager_gate){(uint32_t)image_get(rows, i, 0), (uint32_t)image_get(rows, i, 1),
                                 (int32_t)image_get(rows, i, 2), (uint32_t)image_get(rows, i, 3)};
        if (gate[i].oscillation >= m->noscillations)
            return bad_table(d, "gates of firing refer to an oscillation that is not there");
    }
    m->gate = gate;
    m->ngates = (uint32_t)rows.rows;
    m->open = ARENA_NEW(a, uint8_t, rows.rows);
    return true;
}

bool manager_boot(hmn_manager *m, const hmn_image *image, const uint32_t *cost, hmn_arena *a, hmn_diag *d)
{
    *m = (hmn_manager){.cost = cost};
    boot_oscillations(m, image, a);
    return boot_modulators(m, image, a, d) && boot_astrocytes(m, image, a, d) && boot_attentions(m, image, a, d) &&
           boot_channels(m, image, a, d) && boot_gates(m, image, a, d) && boot_schedule(m, image, a, d);
}

void manager_set(hmn_manager *m, uint32_t modulator, double value)
{
    double scaled = round(value * 65536.0);
    if (modulator < m->nmodulators && !isnan(scaled))
        m->modulator[modulator].input = scaled >= INT32_MAX   ? INT32_MAX
                                        : scaled <= INT32_MIN ? INT32_MIN
                                                              : (int32_t)scaled;
}

/* An average that keeps the share keep / 65536 of its distance to the input. */
static int32_t follow(int32_t average, int32_t input, int64_t keep)
{
    return sat32(input + fx_shr_rn(((int64_t)average - input) * keep, 16));
}

static int64_t level(const hmn_manager *m, uint32_t modulator)
{
    return (int64_t)m->modulator[modulator].average - m->modulator[modulator].baseline;
}

static void step_modulators(hmn_manager *m, uint32_t (*spikes_of)(const void *, uint32_t), const void *context)
{
    for (uint32_t k = 0; k < m->nmodulators; k++) {
        manager_modulator *e = &m->modulator[k];
        const manager_facts *f = &m->facts[k];
        m->cycles += m->cost[SETTING_WORK_MODULATOR];
        if (f->source == MODSRC_POPULATION) {
            e->input = sat32(spikes_of(context, f->population) * f->rate_unit - f->subtract);
            m->cycles += m->cost[SETTING_WORK_RATE];
        }
        e->average = follow(e->average, e->input, f->keep);
        if (f->baseline_keep < 65536) {
            e->baseline = follow(e->baseline, e->average, f->baseline_keep);
            m->cycles += m->cost[SETTING_WORK_BASELINE];
        }
    }
}

/* ---- equation 7 ---- */

typedef __int128 wide;

/* x / 2^s to nearest, halves away from zero, kept within +-2^60. */
static int64_t narrow(wide x, unsigned s)
{
    wide half = (wide)1 << (s - 1), y = x >= 0 ? (x + half) >> s : -((-x + half) >> s);
    const int64_t most = (int64_t)1 << 60;
    return y > most ? most : y < -most ? -most : (int64_t)y;
}

enum { LOGIT_MOST = 1 << 30 }; /* 16384 octaves: far beyond where shares end */

static int64_t context_of(const hmn_manager *m, const manager_attention *t, uint32_t dimension)
{
    return t->context[dimension] == NET_NONE ? 65536 : sat32(level(m, t->context[dimension]));
}

/* |C| in s15.16. Large components are taken with four bits less, so that the squares fit. */
static int64_t length_of(const hmn_manager *m, const manager_attention *t)
{
    int64_t most = 0;
    for (uint32_t k = 0; k < t->dimensions; k++) {
        int64_t c = context_of(m, t, k), size = c < 0 ? -c : c;
        most = size > most ? size : most;
    }
    unsigned shift = most >= 1 << 27 ? 5 : 0;
    uint64_t sum = 0;
    for (uint32_t k = 0; k < t->dimensions; k++) {
        int64_t c = fx_shr_rn(context_of(m, t, k), shift);
        sum += (uint64_t)(c * c);
    }
    return fx_shl(curve_root(sum), shift);
}

static void attend(hmn_manager *m, manager_attention *t)
{
    int64_t length = t->similarity == SIM_COSINE ? length_of(m, t) : 0;
    for (uint32_t s = 0; s < t->nslots; s++) {
        wide dot = 0;
        for (uint32_t k = 0; k < t->dimensions; k++)
            dot += (wide)t->gain[s * t->dimensions + k] * context_of(m, t, k);
        int64_t e = level(m, t->slot[s]), h = narrow(dot, 16);
        if (t->similarity == SIM_SCALED_DOT)
            h = narrow((wide)h * e, 16);
        else if (t->similarity == SIM_COSINE)
            h = length == 0 || e == 0 ? 0 : (int64_t)(dot / length) * (e > 0 ? 1 : -1);
        t->logit[s] = fx_sat(h, -LOGIT_MOST, LOGIT_MOST);
    }
    if (t->null)
        t->logit[t->nslots] = t->null_logit;
    uint32_t n = t->nslots + t->null;
    if (n)
        curve_softmax(t->logit, n, t->share);
    m->cycles += m->cost[SETTING_WORK_DIVISION] + n * (m->cost[SETTING_WORK_POWER] + m->cost[SETTING_WORK_SHARE]) +
                 t->nslots * (t->dimensions * m->cost[SETTING_WORK_KEY] + m->cost[SETTING_WORK_LOGIT]);
    if (t->similarity == SIM_SCALED_DOT)
        m->cycles += t->nslots * m->cost[SETTING_WORK_LEVEL];
    if (t->similarity == SIM_COSINE)
        m->cycles += m->cost[SETTING_WORK_LENGTH] + t->nslots * m->cost[SETTING_WORK_DIVISION];
}

/* ---- equations 3, 4, 6 ---- */

/* M of a channel's astrocyte, s15.16. */
static int64_t effect_of(hmn_manager *m, const manager_channel *c)
{
    m->cycles += (uint64_t)m->cost[SETTING_WORK_EFFECT] + m->cost[SETTING_WORK_LAMBDA];
    return astrocyte_effect(&m->astrocyte[c->astrocyte - 1], m->astrocyte_level[c->astrocyte - 1]);
}

static void step_astrocytes(hmn_manager *m)
{
    for (uint32_t k = 0; k < m->nastrocytes; k++) {
        const astrocyte_facts *f = &m->astrocyte[k];
        m->astrocyte_level[k] = astrocyte_next(f, m->astrocyte_level[k], level(m, f->modulator));
        m->cycles += m->cost[SETTING_WORK_ASTROCYTE];
    }
}

/* eta_local + eta_global G_eff in register steps, s31.32. */
static int64_t sum_of(hmn_manager *m, const manager_channel *c, uint32_t step)
{
    manager_attention *t = c->attention ? &m->attention[c->attention - 1] : NULL;
    wide sum = 0, base = (wide)c->base << 16;
    if (t && t->fresh != step + 1) {
        attend(m, t);
        t->fresh = step + 1;
    }
    for (uint32_t i = c->first; i < c->last; i++) {
        wide part = (wide)m->term[i].gain * level(m, m->term[i].modulator);
        sum += t ? narrow(part * t->share[m->term[i].slot], 16) : part;
        m->cycles += (uint32_t)(m->cost[SETTING_WORK_TERM] + (t ? m->cost[SETTING_WORK_WEIGHTED] : 0));
    }
    int64_t effect = c->astrocyte ? effect_of(m, c) : 0;
    if (c->astrocyte && !c->multiplies)
        sum += (wide)c->lambda * effect;
    if (c->rates) {
        sum = (wide)narrow(sum * rates_scale(&m->rates, c->rates - 1, RATE_GLOBAL), 16);
        base = (wide)narrow(base * rates_scale(&m->rates, c->rates - 1, RATE_LOCAL), 16);
        m->cycles += m->cost[SETTING_WORK_SCALED];
    }
    sum += base;
    if (c->astrocyte && c->multiplies) {
        int64_t factor = 65536 + fx_shr_rn(c->lambda * effect, 16);
        sum = (wide)narrow(sum * (factor > 0 ? factor : 0), 16);
    }
    return sum > INT64_MAX / 2 ? INT64_MAX / 2 : sum < INT64_MIN / 2 ? INT64_MIN / 2 : (int64_t)sum;
}

/* max(0, cos(Phi - phase)), s1.16. */
static int32_t gate_of(const hmn_manager *m, const manager_channel *c, uint32_t step)
{
    const manager_oscillation *o = &m->oscillation[c->oscillation - 1];
    int32_t open = curve_cos(o->phase + o->advance * step - c->phase);
    return open > 0 ? open : 0;
}

/* m_c, s31.32, to register c. */
static void write_register(hmn_manager *m, uint32_t c, int64_t sum)
{
    int64_t high = m->program[c].wide ? INT16_MAX : INT8_MAX, low = -high - 1;
    if (!m->program[c].carries) {
        m->channel[c] = (int32_t)fx_sat(fx_shr_rn(sum, 32), low, high);
        return;
    }
    if (sum == 0) { /* silence stays silence, whatever is left */
        m->channel[c] = 0;
        return;
    }
    int64_t whole = sum + fx_shl(m->carry[c], 1), rounded = fx_shr_rn(whole, 32), r1 = fx_sat(rounded, low, high);
    int64_t rest = r1 == rounded ? whole - fx_shl(r1, 32) : 0; /* within +-2^31 */
    m->channel[c] = (int32_t)r1;
    m->carry[c] = sat32(fx_shr_rd(rest, 1));
    m->cycles += m->cost[SETTING_WORK_CARRY];
}

/* r0 (eq. L26). */
static void hear(hmn_manager *m, uint32_t channel, uint32_t step)
{
    enum { REWARD = 1, HEARD = 2 };
    const manager_channel *c = &m->program[channel];
    uint8_t *r = &m->reward[channel];
    for (uint32_t i = c->first; i < c->last; i++) {
        const manager_modulator *e = &m->modulator[m->term[i].modulator];
        const manager_facts *f = &m->facts[m->term[i].modulator];
        int64_t silent = f->source == MODSRC_POPULATION ? -(int64_t)f->subtract : 0;
        *r |= e->input != silent ? HEARD : 0;
        m->cycles += m->cost[SETTING_WORK_REWARD];
    }
    if ((step + 1) % c->epoch == 0)
        *r = *r & HEARD ? REWARD : 0;
}

/* Registers whose astrocyte's M is that of the step before, or the others. */
static void step_channels(hmn_manager *m, uint32_t step, bool lags)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < m->nchannels; i++) {
        const manager_channel *c = &m->program[i];
        int32_t before = m->channel[i];
        if (c->lags != lags)
            continue;
        if (c->rewarded)
            hear(m, i, step);
        if ((step + 1) % c->epoch != 0)
            continue;
        if (!c->repeats)
            sum = sum_of(m, c, step);
        int64_t gated = c->oscillation ? narrow((wide)sum * gate_of(m, c, step), 16) : sum;
        write_register(m, i, gated);
        m->cycles += (uint32_t)(m->cost[SETTING_WORK_CHANNEL] + (c->oscillation ? m->cost[SETTING_WORK_GATE] : 0));
        m->cycles += m->channel[i] != before ? c->written * (uint64_t)m->cost[SETTING_WORK_HOLD] : 0;
    }
}

void manager_open(hmn_manager *m, uint32_t step)
{
    for (uint32_t k = 0; k < m->ngates; k++) {
        const manager_gate *g = &m->gate[k];
        const manager_oscillation *o = &m->oscillation[g->oscillation];
        uint8_t open = curve_cos(o->phase + o->advance * step - g->phase) > g->above;
        m->cycles +=
            m->cost[SETTING_WORK_GATE] + (open != m->open[k] ? g->neurons * (uint64_t)m->cost[SETTING_WORK_HOLD] : 0);
        m->open[k] = open;
    }
}

void manager_step(hmn_manager *m, uint32_t step, uint32_t (*spikes_of)(const void *, uint32_t), const void *context)
{
    for (; m->next_event < m->nevents && m->event[m->next_event].step <= step; m->next_event++) {
        m->modulator[m->event[m->next_event].modulator].input = m->event[m->next_event].value;
        m->cycles += m->cost[SETTING_WORK_EVENT];
    }
    m->cycles += m->noscillations * m->cost[SETTING_WORK_OSCILLATION];
    step_modulators(m, spikes_of, context);
    if (m->nastrocytes)
        step_channels(m, step, true);
    step_astrocytes(m);
    step_channels(m, step, false);
}
