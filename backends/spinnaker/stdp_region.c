/* Region 7, SYNAPSE_DYNAMICS (eq. S58). Takes real settings, yields the words that the host tools write for a rule, and
 * reads them back:
 *
 *   backprop delay | [alpha] | tables of the timing rule | per type: min max A+ A- [A3+ A3-] |
 *   modulated: constant w_max w_min, table of tau_c with shift 4, of tau_d with shift 2
 *
 * Amplitudes: an additive rule writes them times the weight scale, without w_max; a multiplicative one as they are; of
 * two terms times w_max (sPyNNaker f905ce88, where a comment says otherwise of the first). Real numbers become s16.15
 * by rounding halves to even. */
#include "backends/spinnaker/stdp.h"

#include <math.h>
#include <string.h>

enum { SHIFT_CORRELATION = 4, SHIFT_DOPAMINE = 2 };

static const uint32_t tables[] = {
    [TIMING_PAIR] = 2, [TIMING_NEAREST_PAIR] = 2, [TIMING_TRIPLET] = 4, [TIMING_VOGELS] = 1};

static bool ends(const char **name, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*name, word, n) != 0)
        return false;
    *name += n;
    return true;
}

typedef struct {
    const char *name;
    stdp_timing timing;
} timing_name;

static const timing_name timings[] = {{"pair_", TIMING_PAIR},          {"nearest_pair_", TIMING_NEAREST_PAIR},
                                      {"triplet_", TIMING_TRIPLET},    {"pfister_triplet_", TIMING_TRIPLET},
                                      {"vogels_2011_", TIMING_VOGELS}, {"vogels_", TIMING_VOGELS}};

bool stdp_find(const char *name, stdp_kind *out)
{
    *out = (stdp_kind){.modulated = ends(&name, "nm_")};
    for (size_t i = 0; i < sizeof timings / sizeof *timings; i++) {
        if (!ends(&name, timings[i].name))
            continue;
        bool additive = strcmp(name, "additive") == 0, multiplicative = strcmp(name, "multiplicative") == 0;
        out->timing = timings[i].timing;
        out->weight = multiplicative ? WEIGHT_MULTIPLICATIVE : WEIGHT_ADDITIVE;
        if (out->timing == TIMING_TRIPLET)
            out->weight = WEIGHT_TWO_TERM;
        return additive || (multiplicative && out->timing != TIMING_TRIPLET);
    }
    return false;
}

/* ---- reading ---- */

typedef struct {
    const uint32_t *word;
    uint32_t nwords, at;
    bool good;
} region_reader;

static int32_t next(region_reader *r)
{
    r->good = r->good && r->at < r->nwords;
    return r->good ? (int32_t)r->word[r->at++] : 0;
}

static void next_table(region_reader *r, lut *out) { r->good = r->good && lut_read(r->word, r->nwords, &r->at, out); }

static stdp_amplitudes next_amplitudes(region_reader *r, bool two)
{
    stdp_amplitudes a = {0};
    a.min = next(r);
    a.max = next(r);
    a.plus = next(r);
    a.minus = next(r);
    a.plus3 = two ? next(r) : 0;
    a.minus3 = two ? next(r) : 0;
    return a;
}

bool stdp_read(const uint32_t *region, uint32_t nwords, stdp_kind kind, uint32_t ntypes, stdp_rule *out)
{
    region_reader r = {region, nwords, 0, ntypes <= STDP_MAX_TYPES};
    *out = (stdp_rule){.kind = kind, .ntypes = ntypes, .backprop_delay = (uint32_t)next(&r)};
    if (kind.timing == TIMING_VOGELS)
        out->alpha = next(&r);
    for (uint32_t i = 0; i < tables[kind.timing]; i++)
        next_table(&r, &out->table[i]);
    for (uint32_t i = 0; i < ntypes && r.good; i++)
        out->type[i] = next_amplitudes(&r, kind.weight == WEIGHT_TWO_TERM);
    if (kind.modulated) {
        out->constant = next(&r);
        out->w_max = next(&r);
        out->w_min = next(&r);
        next_table(&r, &out->correlation);
        next_table(&r, &out->dopamine);
    }
    return r.good;
}

/* ---- writing ---- */

typedef struct {
    uint32_t *word; /* NULL: count only */
    uint32_t at;
} region_writer;

static void put(region_writer *w, int64_t word)
{
    if (w->word)
        w->word[w->at] = (uint32_t)word;
    w->at++;
}

static void put_real(region_writer *w, double x) { put(w, (int64_t)nearbyint(x * 32768)); }

static void put_table(region_writer *w, double dt, double tau, uint32_t shift)
{
    if (w->word)
        lut_write(w->word + w->at, dt, tau, shift);
    w->at += lut_words(lut_size(dt, tau, shift));
}

static void put_amplitudes(region_writer *w, stdp_weight rule, const stdp_settings *s)
{
    double a = rule == WEIGHT_ADDITIVE ? s->scale : rule == WEIGHT_TWO_TERM ? s->scale * s->max : 1;
    put_real(w, s->min * s->scale);
    put_real(w, s->max * s->scale);
    put_real(w, s->plus * a);
    put_real(w, s->minus * a);
    if (rule != WEIGHT_TWO_TERM)
        return;
    put_real(w, s->plus3 * a);
    put_real(w, s->minus3 * a);
}

uint32_t stdp_write(uint32_t *region, stdp_kind kind, uint32_t ntypes, const stdp_settings *s)
{
    region_writer w = {region, 0};
    put(&w, s->backprop_delay);
    if (kind.timing == TIMING_VOGELS)
        put(&w, (int64_t)nearbyint(s->alpha * LUT_ONE));
    for (uint32_t i = 0; i < tables[kind.timing]; i++)
        put_table(&w, s->dt, s->tau[i], 0);
    for (uint32_t i = 0; i < ntypes; i++)
        put_amplitudes(&w, kind.weight, s);
    if (kind.modulated) {
        put_real(&w, -1 / (1 / s->tau_c + 1 / s->tau_d));
        put_real(&w, s->w_max * s->scale);
        put_real(&w, s->w_min * s->scale);
        put_table(&w, s->dt, s->tau_c, SHIFT_CORRELATION);
        put_table(&w, s->dt, s->tau_d, SHIFT_DOPAMINE);
    }
    return w.at;
}
