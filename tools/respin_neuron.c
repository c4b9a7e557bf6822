/* Straight after the equations of docs/chips/spinnaker.md, which are named. Takes words as a core loads them, yields
 * spikes. Where the emulator reads tables, numbers are computed here. */
#include "tools/respin_neuron.h"

#include <math.h>
#include <string.h>

enum { NEURON, INPUT, THRESHOLD, SYNAPSE, EXTRA };
enum { ONE = 32768, LEAST_SECOND = 32 };

/* ---- arithmetic ---- */

static int32_t low(int64_t x) { return (int32_t)(uint32_t)(uint64_t)x; }

/* floor(x / 2^n) */
static int64_t down(int64_t x, int n)
{
    int64_t unit = (int64_t)1 << n, whole = x / unit;
    return x % unit < 0 ? whole - 1 : whole;
}

int32_t respin_mul(int32_t a, int32_t b) { return low(down((int64_t)a * b, 15)); }
static int32_t plus(int32_t a, int32_t b) { return low((int64_t)a + b); }
static int32_t minus(int32_t a, int32_t b) { return low((int64_t)a - b); }
static int32_t decayed(int32_t x, uint32_t d) { return low(down((int64_t)x * d, 32)); } /* S5 */

/* S10 */
static int32_t quotient(int32_t a, int32_t b)
{
    return low((int64_t)((uint64_t)((int64_t)a * ONE) / (uint64_t)(int64_t)b));
}

static int32_t per(int32_t a, uint32_t n) { return low((int64_t)((uint64_t)(int64_t)a / n)); }

/* 64 by 32 bits, upper 64 of 96: the low half rounds up from 0x7fffffff on. */
static uint64_t upper(uint64_t a, uint32_t b) { return (a >> 32) * b + (((a & 0xffffffff) * b + 0x80000001) >> 32); }

uint64_t respin_exp(int32_t x)
{
    int64_t z = down(x, 15), f = x - z * ONE;
    if (f == 0)
        return (uint64_t)llroundl(ldexpl(expl((long double)z), 32));
    uint64_t top = (uint64_t)llroundl(ldexpl(expl((long double)(z + 1)), 32));
    uint32_t rest = (uint32_t)(ONE - f), k = rest >> 11;
    uint32_t y = (rest & 2047) << 17, less = k ? (uint32_t)llroundl(ldexpl(-expm1l(-(long double)k / 16), 32)) : 0;
    uint64_t t = top - upper(top, less);
    uint32_t p = (uint32_t)(4293434720u - (uint32_t)((uint64_t)2081624032u * y >> 32));
    p = (uint32_t)((uint64_t)p * y >> 32) + 5294;
    return t - upper(t, p);
}

static int32_t exponential(int32_t x)
{
    return x > 363408 ? INT32_MAX : x < -340695 ? 0 : low((int64_t)(respin_exp(x) >> 17));
}

static uint32_t exponential_part(int32_t x) { return x < -340695 ? 0 : (uint32_t)respin_exp(x); }

respin_kiss respin_kiss_start(void) { return (respin_kiss){123456789, 987654321, 43219876, 6543217}; }

static uint32_t draw(respin_kiss *k)
{
    k->x = 314527869u * k->x + 1234567u;
    k->y ^= k->y << 5;
    k->y ^= k->y >> 7;
    k->y ^= k->y << 22;
    uint64_t t = (uint64_t)4294584393u * k->z + k->c;
    k->c = (uint32_t)(t >> 32);
    k->z = (uint32_t)t;
    return k->x + k->y + k->z;
}

/* ---- loading ---- */

static int32_t get(const respin_words *w, int slot, const char *key) { return w->word(w->context, slot, key); }

static int32_t step_of(const respin_words *w, int slot) { return per(get(w, slot, "time_step"), w->substeps); }

static void load_lif(respin_neuron *n, const respin_words *w)
{
    int32_t tau = get(w, NEURON, "tau_m"), ts = step_of(w, NEURON);
    n->v = get(w, NEURON, "V_init");
    n->rest = get(w, NEURON, "V_rest");
    n->offset = get(w, NEURON, "I_offset");
    n->reset = get(w, NEURON, "V_reset");
    n->still = get(w, NEURON, "refract_timer_init");
    n->resistance = quotient(tau, get(w, NEURON, "c_m"));
    n->keep = exponential(minus(0, quotient(ts, tau)));
    n->hold = low(((int64_t)quotient(get(w, NEURON, "T_refract_ms"), ts) + ONE - 1) / ONE);
}

static void load_izhikevich(respin_neuron *n, const respin_words *w)
{
    n->a = get(w, NEURON, "A");
    n->b = get(w, NEURON, "B");
    n->c = get(w, NEURON, "C");
    n->d = get(w, NEURON, "D");
    n->v = get(w, NEURON, "V_init");
    n->u = get(w, NEURON, "U_init");
    n->offset = get(w, NEURON, "I_offset");
    n->h = get(w, NEURON, "next_h");
    n->step = step_of(w, NEURON);
}

static const char *const prefix[] = {"exc", "exc2", "inh"};

static int32_t of_receptor(const respin_words *w, uint32_t receptor, const char *what)
{
    char key[32];
    strcpy(key, prefix[receptor]);
    strcat(key, what);
    return get(w, SYNAPSE, key);
}

static void load_synapse(const respin_neuron *n, respin_synapse *s, const respin_words *w, uint32_t which)
{
    if (n->delta) {
        s->x = of_receptor(w, which, "_init");
        return;
    }
    int32_t ts = step_of(w, SYNAPSE), tau = of_receptor(w, which, "_tau");
    s->decay = exponential_part(minus(0, quotient(ts, tau)));
    if (n->alpha) {
        s->x = of_receptor(w, which, "_lin_init");
        s->e = of_receptor(w, which, "_exp_init");
        s->q = of_receptor(w, which, "_q_init");
        s->gain = (uint32_t)quotient(ts, respin_mul(tau, tau)) << 17;
        return;
    }
    s->x = of_receptor(w, which, "_init");
    s->gain = (uint32_t)(((uint64_t)(uint32_t)quotient(tau, ts) * (0xffffffffu - s->decay)) >> 15);
}

static bool has(const char *name, const char *part) { return strstr(name, part) != NULL; }

void respin_load(respin_neuron *n, const respin_words *w)
{
    *n = (respin_neuron){.substeps = w->substeps, .receptors = 2};
    n->izhikevich = has(w->model, "IZK");
    n->conductance = has(w->model, "cond");
    n->maass = has(w->model, "stoc");
    n->alpha = has(w->model, "alpha");
    n->delta = has(w->model, "delta");
    n->semd = has(w->model, "sEMD");
    n->dual = has(w->model, "dual") || n->semd;
    n->calcium = has(w->model, "ca2");
    n->receptors = n->dual ? 3 : 2;
    if (n->izhikevich)
        load_izhikevich(n, w);
    else
        load_lif(n, w);
    for (uint32_t r = 0; r < n->receptors; r++)
        load_synapse(n, &n->synapse[r], w, n->dual ? r : 2 * r);
    if (n->conductance) {
        n->reversal[0] = get(w, INPUT, "V_rev_E");
        n->reversal[1] = get(w, INPUT, "V_rev_I");
    }
    if (n->delta)
        n->scale = quotient(ONE, step_of(w, INPUT));
    n->threshold = get(w, THRESHOLD, "v_thresh");
    if (n->maass) {
        n->steep = quotient(ONE, get(w, THRESHOLD, "du_th"));
        n->rate = quotient(ONE, get(w, THRESHOLD, "tau_th"));
        n->tenth = quotient(step_of(w, THRESHOLD), 10 * ONE);
    }
    if (n->semd) {
        n->latched = get(w, SYNAPSE, "multiplicator_init");
        n->above = get(w, SYNAPSE, "exc2_old_init");
        n->factor = get(w, SYNAPSE, "scaling_factor");
    }
    if (n->calcium) {
        n->calcium_now = get(w, EXTRA, "i_ca2_init");
        n->calcium_step = get(w, EXTRA, "i_alpha");
        n->calcium_keep = exponential(minus(0, quotient(step_of(w, EXTRA), get(w, EXTRA, "tau_ca2"))));
    }
}

/* ---- a step ---- */

void respin_input(respin_neuron *n, uint32_t receptor, int32_t input)
{
    respin_synapse *s = &n->synapse[receptor];
    if (n->delta)
        s->x = plus(s->x, input);
    else if (!n->alpha)
        s->x = plus(s->x, decayed(input, s->gain));
    else if (input > 0) { /* S26 */
        s->q = input;
        s->e = plus(decayed(s->e, s->decay), ONE);
        s->x = respin_mul(plus(s->x, decayed(input, s->gain)), minus(ONE, quotient(ONE, s->e)));
    }
}

static int32_t output(const respin_neuron *n, uint32_t r)
{
    const respin_synapse *s = &n->synapse[r];
    return n->alpha ? respin_mul(s->x, s->e) : s->x;
}

/* S25 */
static int32_t motion(respin_neuron *n)
{
    int32_t second = n->synapse[1].x;
    if (second >= LEAST_SECOND && n->latched == 0 && n->above == 0)
        n->latched = n->synapse[0].x;
    else if (second < LEAST_SECOND)
        n->latched = 0;
    n->above = second;
    return respin_mul(respin_mul(second, n->factor), n->latched);
}

static int32_t current_of(respin_neuron *n)
{
    int32_t exc = output(n, 0), inh = output(n, n->receptors - 1);
    if (n->semd)
        exc = motion(n);
    else if (n->dual)
        exc = plus(exc, output(n, 1));
    if (n->conductance) { /* S27 */
        exc = respin_mul((int32_t)down(exc, 10), minus(n->reversal[0], n->v));
        inh = respin_mul(minus(0, (int32_t)down(inh, 10)), minus(n->reversal[1], n->v));
    }
    if (n->delta) {
        exc = respin_mul(exc, n->scale);
        inh = respin_mul(inh, n->scale);
    }
    return minus(exc, inh);
}

static void fade(respin_neuron *n)
{
    for (uint32_t r = 0; r < n->receptors; r++) {
        respin_synapse *s = &n->synapse[r];
        if (n->alpha) {
            s->x = plus(s->x, decayed(s->q, s->gain));
            s->e = decayed(s->e, s->decay);
        } else
            s->x = n->delta ? 0 : decayed(s->x, s->decay);
    }
}

static void leak(respin_neuron *n, int32_t current)
{
    if (n->still > 0) {
        n->still--;
        return;
    }
    int32_t a = plus(respin_mul(current, n->resistance), n->rest);
    n->v = minus(a, respin_mul(n->keep, minus(a, n->v)));
}

/* S21 */
static void quadratic(respin_neuron *n, int32_t current)
{
    enum { M = 1311, FIVE = 5 * ONE, OFFSET = 140 * ONE };
    int32_t h = n->h, v = n->v, u = n->u, p = minus(plus(OFFSET, current), u), ha = respin_mul(h, n->a);
    int32_t slope = respin_mul(h, plus(p, respin_mul(plus(FIVE, respin_mul(M, v)), v)));
    int32_t half = plus(v, (int32_t)down(slope, 1));
    int32_t b = (int32_t)down(respin_mul(minus(respin_mul(n->b, v), u), ha), 1);
    n->v = plus(v, respin_mul(h, plus(minus(p, b), respin_mul(plus(FIVE, respin_mul(M, half)), half))));
    n->u = plus(u, respin_mul(ha, plus(minus(minus(0, u), b), respin_mul(n->b, half))));
    n->h = n->step;
}

/* S28, S29 */
static bool fires(const respin_neuron *n, respin_kiss *k)
{
    if (!n->maass)
        return n->v >= n->threshold;
    int32_t u = respin_mul(minus(n->v, n->threshold), n->steep), p = 26214; /* 0.8 */
    if (u < 5 * ONE) {
        int32_t hazard = respin_mul(exponential(u), respin_mul(n->rate, n->tenth));
        p = respin_mul(26214, minus(ONE, exponential(hazard)));
    }
    return (uint32_t)p << 1 >> 1 >= (draw(k) & 0xffff) >> 1;
}

uint32_t respin_tick(respin_neuron *n, int32_t current, respin_kiss *k)
{
    uint32_t spikes = 0;
    for (uint32_t i = 0; i < n->substeps; i++) {
        int32_t all = plus(plus(current_of(n), n->offset), current);
        if (n->calcium) {
            n->calcium_now = respin_mul(n->calcium_now, n->calcium_keep);
            all = minus(all, n->calcium_now);
        }
        if (n->izhikevich)
            quadratic(n, all);
        else
            leak(n, all);
        if (fires(n, k)) {
            spikes++;
            if (n->izhikevich) {
                n->v = n->c;
                n->u = plus(n->u, n->d);
                n->h = respin_mul(n->step, 60620); /* 1.85 */
            } else {
                n->v = n->reset;
                n->still = n->hold;
            }
            n->calcium_now = plus(n->calcium_now, n->calcium_step);
        }
        fade(n);
    }
    return spikes;
}
