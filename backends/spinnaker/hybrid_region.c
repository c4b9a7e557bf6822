/* The region of the HMN program. Takes rules in real numbers, yields words, and reads them back:
 *
 *   number of rules | of histories | words of a history | rows that learn, if a rule attends, else 0 |
 *   per history: word of its decay table, size | per rule: the words of hybrid.def | tables
 *
 * Tables are half-words, two a word. A decay table has 31 fine values (and one that is not read), then coarse ones.
 * What a spike adds to an eligibility is a table over the steps that are left in the epoch, with the amplitude in it
 * and as many bits as 16 allow: one product a spike. Rounded to nearest. */
#include "backends/spinnaker/hybrid_parts.h"

#include "core/base/bug.h"

#include <math.h>
#include <string.h>

enum { HEAD = 4, HISTORY_WORDS = 2, SCALE_WORDS = 4, FINE = 32, DRAW_FRACTION = 3, DRAW_MAX = 1024 };

#define RULE_WORDS (uint32_t)(offsetof(hybrid_rule, ring) / sizeof(uint32_t))

/* ---- writing ---- */

typedef struct {
    uint32_t *word; /* NULL: count only */
    uint32_t at;
} writer;

static void put_half(writer *w, uint32_t table, uint32_t i, int32_t value)
{
    if (w->word)
        row_set_half(w->word + table, i, (uint32_t)value);
}

static uint32_t take(writer *w, uint32_t halves)
{
    uint32_t at = w->at, words = (halves + 1) / 2;
    if (w->word)
        memset(w->word + at, 0, words * sizeof *w->word);
    w->at += words;
    return at;
}

static int32_t fraction(double x) { return (int32_t)fmin(65535, nearbyint(ldexp(x, 16))); }

static hybrid_decay put_decay(writer *w, double tau)
{
    /* the last coarse value that is not 0: 32 i < tau ln 2^17 */
    uint32_t size = tau > 0 ? (uint32_t)(tau * 17 * M_LN2 / FINE) : 0;
    hybrid_decay d = {take(w, FINE + size), size};
    for (uint32_t i = 1; i < FINE; i++)
        put_half(w, d.table, i, tau > 0 ? fraction(exp(-(double)i / tau)) : 0);
    for (uint32_t i = 0; i < size; i++)
        put_half(w, d.table, FINE + i, fraction(exp(-(double)FINE * (i + 1) / tau)));
    return d;
}

/* Bits that the product of a trace (15 fraction bits) and a table value loses, so that values use 15 bits. */
static uint32_t pair_shift(const hybrid_settings *s, uint32_t k)
{
    double most = fmax(fabs(s->plus[k]), s->flags & HYBRID_MINUS ? fabs(s->minus[k]) : 0);
    int bits = most > 0 ? 14 - ilogb(most) : 0;
    return (uint32_t)fmin(fmax(15 + bits, 0), 40);
}

static uint32_t put_pairs(writer *w, const hybrid_settings *s, uint32_t k, double amplitude, uint32_t shift)
{
    uint32_t table = take(w, s->epoch);
    for (uint32_t n = 0; n < s->epoch; n++) {
        double left = s->tau[k] > 0 ? exp(-(double)n / s->tau[k]) : 1;
        double v = nearbyint(ldexp(amplitude * left, (int)shift - 15));
        put_half(w, table, n, (int32_t)fmin(fmax(v, -32767), 32767));
    }
    return table;
}

static uint32_t keep_of(const hybrid_settings *s, uint32_t k)
{
    return s->tau[k] > 0 ? (uint32_t)fraction(exp(-(double)s->epoch / s->tau[k])) : 0;
}

/* Equation 5 by size of the change: in steps of 2^-draw of a weight's step, at the middle of each. */
static void put_draw(writer *w, const hybrid_settings *s, hybrid_rule *r)
{
    if (!s->gate)
        return;
    int draw = s->weight_shift < DRAW_FRACTION ? (int)s->weight_shift : DRAW_FRACTION;
    double end = s->beta > 0 ? s->theta + 12 / s->beta : 0;
    while (ldexp(end, draw) > DRAW_MAX)
        draw--;
    r->draw_shift = (uint32_t)((int)s->weight_shift - draw);
    r->draw_size = 1 + (uint32_t)fmax(0, ceil(ldexp(end, draw)));
    r->draw_table = take(w, r->draw_size);
    for (uint32_t i = 0; i < r->draw_size; i++) {
        double size = ldexp(i + 0.5, -draw), p = 1 / (1 + exp(-s->beta * (size - s->theta)));
        put_half(w, r->draw_table, i, fraction(p));
    }
}

double hybrid_gain_of(const hybrid_settings *s, uint32_t k)
{
    double fresh = s->attend_tau[k] > 0 ? -expm1(-1 / s->attend_tau[k]) : 1;
    return 2 * s->attend_gain * fresh * fresh; /* 2^16 2^-15 */
}

/* Gains have 16 bits, whatever they are. */
hybrid_scale hybrid_scale_of(const hybrid_settings *s, uint32_t k)
{
    int exponent;
    double share = frexp(hybrid_gain_of(s, k), &exponent), gain = nearbyint(ldexp(share, 16));
    return (hybrid_scale){.gain = (uint32_t)fmin(gain, 65535), .loses = (uint32_t)(16 - exponent)};
}

static void put_attention(writer *w, const hybrid_settings *s, hybrid_rule *r)
{
    r->timescales = s->timescales;
    if (s->timescales == 0)
        return;
    r->attend = take(w, 2 * SCALE_WORDS * s->timescales);
    for (uint32_t k = 0; k < s->timescales; k++) {
        hybrid_scale scale = hybrid_scale_of(s, k);
        scale.decay = put_decay(w, s->attend_tau[k]);
        if (w->word)
            memcpy(w->word + r->attend + k * SCALE_WORDS, &scale, sizeof scale);
    }
}

static void put_rule(writer *w, const hybrid_settings *s, uint32_t history, hybrid_rule *r)
{
    hybrid_decay x = put_decay(w, s->tau_plus);
    *r = (hybrid_rule){.epoch = s->epoch,
                       .bins = s->bins,
                       .depth = s->depth,
                       .flags = s->flags,
                       .history = history,
                       .x_table = x.table,
                       .x_size = x.size,
                       .weight_shift = s->weight_shift,
                       .w_min = (uint32_t)s->w_min,
                       .w_max = (uint32_t)s->w_max,
                       .lose = (uint32_t)fmin(UINT32_MAX, nearbyint(ldexp(s->lose, 32))),
                       .type_up = s->type[0],
                       .type_down = s->type[1],
                       .drop_up = s->drop[0],
                       .drop_down = s->drop[1],
                       .pairs_by = s->pairs_by,
                       .pairs_one = s->pairs_one,
                       .counts_by = s->counts_by,
                       .counts_one = s->counts_one};
    r->shift_fast = pair_shift(s, 0);
    r->plus_fast = put_pairs(w, s, 0, s->plus[0], r->shift_fast);
    r->minus_fast = put_pairs(w, s, 0, s->minus[0], r->shift_fast);
    r->keep_fast = keep_of(s, 0);
    if (s->flags & HYBRID_SLOW) {
        r->shift_slow = pair_shift(s, 1);
        r->plus_slow = put_pairs(w, s, 1, s->plus[1], r->shift_slow);
        r->minus_slow = put_pairs(w, s, 1, s->minus[1], r->shift_slow);
        r->keep_slow = keep_of(s, 1);
    }
    put_draw(w, s, r);
    put_attention(w, s, r);
    r->channels = take(w, s->bins);
    for (uint32_t b = 0; b < s->bins; b++)
        put_half(w, r->channels, b, s->channel[b]);
}

/* Rules of one tau_minus share a history; those without y take the first. */
static uint32_t histories(const hybrid_settings *rule, uint32_t nrules, uint32_t *of, double *tau)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < nrules; i++) {
        uint32_t k = 0;
        if (!(rule[i].flags & HYBRID_MINUS)) {
            of[i] = 0;
            continue;
        }
        while (k < n && tau[k] != rule[i].tau_minus)
            k++;
        HMN_ASSERT(k < HYBRID_HISTORIES);
        tau[k] = rule[i].tau_minus;
        n = k == n ? n + 1 : n;
        of[i] = k;
    }
    if (n == 0)
        tau[n++] = 0;
    return n;
}

/* Words of 32 steps that hold depth + 1 epochs of every rule, wherever they begin. */
static uint32_t window_of(const hybrid_settings *rule, uint32_t nrules)
{
    uint32_t window = 0;
    for (uint32_t i = 0; i < nrules; i++) {
        uint32_t words = (rule[i].depth + 1) * rule[i].epoch / 32 + 2;
        window = words > window ? words : window;
    }
    return window;
}

static uint32_t history_words(uint32_t nhistories, uint32_t nneurons, uint32_t window)
{
    return nhistories * nneurons * (2 + 3 * window);
}

static uint32_t broadcast_words(uint32_t bins) { return 1 + (bins + 1) / 2; }

/* Of a rule: broadcasts, attention, what astrocytes do. */
static uint32_t factor_words(uint32_t pairs_by, uint32_t window) { return pairs_by ? hybrid_factor_words(window) : 0; }

static uint32_t active_words(uint32_t rows) { return (rows + 31) / 32; }

uint32_t hybrid_state_words(const hybrid_settings *rule, uint32_t nrules, uint32_t n, uint32_t rows)
{
    uint32_t of[HYBRID_RULES];
    double tau[HYBRID_HISTORIES];
    uint32_t window = window_of(rule, nrules);
    uint32_t words = history_words(histories(rule, nrules, of, tau), n, window) + active_words(rows);
    for (uint32_t i = 0; i < nrules; i++)
        words += rule[i].depth * broadcast_words(rule[i].bins) +
                 hybrid_share_words(rule[i].timescales, rule[i].depth, n) + factor_words(rule[i].pairs_by, window) +
                 (rule[i].counts_by != 0);
    return words;
}

uint32_t hybrid_write(uint32_t *region, const hybrid_settings *rule, uint32_t nrules, uint32_t rows)
{
    uint32_t of[HYBRID_RULES];
    double tau[HYBRID_HISTORIES];
    HMN_ASSERT(nrules >= 1 && nrules <= HYBRID_RULES);
    uint32_t nhistories = histories(rule, nrules, of, tau), window = window_of(rule, nrules);
    writer w = {region, HEAD + nhistories * HISTORY_WORDS + nrules * RULE_WORDS};
    bool attends = false;
    for (uint32_t i = 0; i < nrules; i++)
        attends |= rule[i].timescales > 0;
    const uint32_t head[HEAD] = {nrules, nhistories, window, attends ? rows : 0};
    if (region)
        memcpy(region, head, sizeof head);
    for (uint32_t i = 0; i < nhistories; i++) {
        hybrid_decay d = put_decay(&w, tau[i]);
        if (region)
            memcpy(region + HEAD + i * HISTORY_WORDS, &d, sizeof d);
    }
    for (uint32_t i = 0; i < nrules; i++) {
        hybrid_rule r;
        put_rule(&w, &rule[i], of[i], &r);
        if (region)
            memcpy(region + HEAD + nhistories * HISTORY_WORDS + i * RULE_WORDS, &r, RULE_WORDS * sizeof(uint32_t));
    }
    return w.at;
}

/* ---- reading ---- */

static bool holds(uint32_t nwords, uint32_t table, uint32_t halves)
{
    return table <= nwords && (halves + 1) / 2 <= nwords - table;
}

static bool attention_fits(const uint32_t *region, const hybrid_rule *r, uint32_t nwords)
{
    if (r->timescales > HYBRID_TIMESCALES || !holds(nwords, r->attend, 2 * SCALE_WORDS * r->timescales))
        return false;
    for (uint32_t k = 0; k < r->timescales; k++) {
        hybrid_scale s;
        memcpy(&s, region + r->attend + k * SCALE_WORDS, sizeof s);
        if (s.decay.size > 1 << 16 || !holds(nwords, s.decay.table, FINE + s.decay.size) || s.gain > 65535 ||
            s.loses > 62)
            return false;
    }
    return true;
}

static bool rule_fits(const hybrid_rule *r, uint32_t nwords, uint32_t nhistories)
{
    bool tables = holds(nwords, r->x_table, FINE) && r->x_size <= 1 << 16 &&
                  holds(nwords, r->x_table, FINE + r->x_size) && holds(nwords, r->plus_fast, r->epoch) &&
                  holds(nwords, r->minus_fast, r->epoch) && holds(nwords, r->plus_slow, r->epoch) &&
                  holds(nwords, r->minus_slow, r->epoch) && r->draw_size <= 1 << 16 &&
                  holds(nwords, r->draw_table, r->draw_size) && holds(nwords, r->channels, r->bins);
    bool shifts = r->shift_fast <= 40 && r->shift_slow <= 40 && r->weight_shift <= 32 && r->draw_shift <= 62 &&
                  r->drop_up <= 15 && r->drop_down <= 15 && r->pairs_one <= 15 && r->counts_one <= 15;
    return tables && shifts && r->epoch >= 1 && r->epoch <= HYBRID_MAX_EPOCH && r->bins >= 1 &&
           r->bins <= HYBRID_BINS && r->depth >= 2 && r->depth <= 1 << 16 && r->history < nhistories &&
           (int32_t)r->w_min >= -32767 && (int32_t)r->w_max <= 32767 && (int32_t)r->w_min <= (int32_t)r->w_max;
}

bool hybrid_read(const uint32_t *region, uint32_t nwords, uint32_t nneurons, hybrid_rules *out)
{
    if (nwords < HEAD || region[0] < 1 || region[0] > HYBRID_RULES || region[1] < 1 || region[1] > HYBRID_HISTORIES ||
        region[2] < 1 || region[2] > 1 << 16 || region[3] > HYBRID_MAX_ROWS)
        return false;
    *out = (hybrid_rules){
        .nrules = region[0], .nhistories = region[1], .window = region[2], .rows = region[3], .nneurons = nneurons};
    uint32_t at = HEAD + out->nhistories * HISTORY_WORDS;
    if (at + out->nrules * RULE_WORDS > nwords)
        return false;
    memcpy(out->history, region + HEAD, out->nhistories * sizeof *out->history);
    for (uint32_t i = 0; i < out->nhistories; i++)
        if (out->history[i].size > 1 << 16 || !holds(nwords, out->history[i].table, FINE + out->history[i].size))
            return false;
    uint32_t state = history_words(out->nhistories, nneurons, out->window);
    for (uint32_t i = 0; i < out->nrules; i++) {
        hybrid_rule *r = &out->rule[i];
        memcpy(r, region + at + i * RULE_WORDS, RULE_WORDS * sizeof(uint32_t));
        if (!rule_fits(r, nwords, out->nhistories) || !attention_fits(region, r, nwords))
            return false;
        r->ring = state;
        state += r->depth * broadcast_words(r->bins);
        r->shares = state;
        state += hybrid_share_words(r->timescales, r->depth, nneurons);
        r->factor = state;
        state += factor_words(r->pairs_by, out->window);
        r->counts = state;
        state += r->counts_by != 0;
    }
    out->active = state;
    state += active_words(out->rows);
    out->nstate = state;
    return true;
}

/* ---- lifetime ---- */

/* Epochs until an eligibility of 16 bits is 0, each keeping a share and rounding toward 0. */
static uint32_t fading(uint32_t keep)
{
    uint32_t n = 1;
    for (uint32_t x = 32767; x > 0 && keep > 0; n++)
        x = x * keep >> 16;
    return n;
}

uint32_t hybrid_lifetime(const hybrid_settings *s)
{
    uint32_t fast = fading(keep_of(s, 0)), slow = s->flags & HYBRID_SLOW ? fading(keep_of(s, 1)) : 0;
    double trace = s->tau_plus * 17 * M_LN2 + 32;
    return (uint32_t)trace + (fast > slow ? fast : slow) * s->epoch;
}
