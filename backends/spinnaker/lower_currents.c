/* Currents that the host asks for, as sources of the core (current.h): constant, alternating and noisy ones. Each
 * distinct source stands once, each neuron lists those that enter it; neurons that share a noisy source draw in turn.
 * For models in words the amplitude is an integer. Step sources are not made: several constant ones say the same. */
#include "backends/spinnaker/lower.h"

#include "backends/spinnaker/current.h"
#include "backends/spinnaker/quantise.h"
#include "backends/spinnaker/random.h"
#include "core/base/rng.h"

#include <math.h>
#include <string.h>

enum { KINDS = CURRENT_NOISY + 1, MOST_WORDS = CURRENT_NOISY_WORDS };
#define SINE_MOST 15700.0 /* [rad] S13 */

typedef struct {
    uint32_t *word; /* of all sources of the kind */
    uint32_t words, n;
    size_t cap;
} kind_list;

typedef struct {
    kind_list kind[KINDS];
    uint32_t *list; /* (neuron, id, index) */
    uint32_t nlist;
    size_t list_cap;
    const hmn_graph *g;
    const hmn_slice *slice;
    hmn_arena *arena;
    hmn_diag *diag;
} sources;

static const uint32_t size_of[KINDS] = {
    [CURRENT_DC] = CURRENT_DC_WORDS, [CURRENT_AC] = CURRENT_AC_WORDS, [CURRENT_NOISY] = CURRENT_NOISY_WORDS};

/* Number of a source with these words; `same` of them must agree, the rest (a seed) comes with the first. */
static uint32_t source_of(sources *s, current_id id, const uint32_t *word, uint32_t same)
{
    kind_list *k = &s->kind[id];
    uint32_t size = size_of[id];
    for (uint32_t i = 0; i < k->n; i++)
        if (memcmp(k->word + (size_t)i * size, word, same * sizeof *word) == 0)
            return i;
    k->word = arena_grow(s->arena, k->word, sizeof *word, k->words, (size_t)k->words + size, &k->cap);
    memcpy(k->word + k->words, word, size * sizeof *word);
    k->words += size;
    return k->n++;
}

static void add(sources *s, uint32_t neuron, current_id id, uint32_t index)
{
    s->list = arena_grow(s->arena, s->list, sizeof *s->list, s->nlist, s->nlist + 3, &s->list_cap);
    s->list[s->nlist++] = neuron;
    s->list[s->nlist++] = id;
    s->list[s->nlist++] = index;
}

static bool amplitude(const sources *s, const graph_population *p, const graph_current *c, double x, uint32_t *out)
{
    const net_stimulus *stimulus = &s->g->net->stimulus[c->id];
    hmn_diag *d = s->diag;
    int32_t word = 0;
    bool raw = net_raw(p->model),
         fits = raw ? fabs(x) < ldexp(1, p->model == MODEL_LOIHI_LIF ? 23 : 31) : spin_fixed(x, &word);
    word = raw && fits ? (int32_t)nearbyint(x) : word;
    *out = (uint32_t)word;
    if (!fits)
        diag_report(d, DIAG_FIT_VALUE, p->at, "a current of %g into population '%s' does not fit its word", x, p->name);
    else if (word == 0 && x != 0)
        quantise_lost(d, stimulus->name.at, arena_printf(s->arena, "stimulus %s", stimulus->name.s), fabs(x),
                      ldexp(1, -16), "nA");
    return fits && (word != 0 || x == 0);
}

static bool spoil(const sources *s, const graph_current *c, const char *what, const char *cure)
{
    const net_stimulus *stimulus = &s->g->net->stimulus[c->id];
    diag_report(s->diag, DIAG_FIT_VALUE, stimulus->name.at, "stimulus %s: %s", stimulus->name.s, what);
    diag_cure(s->diag, "%s", cure);
    return false;
}

/* Words of an alternating source. The program multiplies steps by radians a step, so that its angle drifts by the
 * rounding of that; where it leaves the sine's range within the run, the network is refused. */
static bool alternating(sources *s, const graph_population *p, const graph_current *c, double size, uint32_t *word)
{
    double turn = 2 * M_PI * c->frequency, phase = 2 * M_PI * (c->phase - floor(c->phase));
    double end = fmin(c->stop, s->g->net->duration.given ? s->g->net->duration.v / s->g->dt : c->stop);
    int32_t angle, start;
    const net_stimulus *stimulus = &s->g->net->stimulus[c->id];
    if (turn < ldexp(1, -16))
        return quantise_lost(s->diag, stimulus->name.at, arena_printf(s->arena, "frequency of %s", stimulus->name.s),
                             stimulus->frequency.v, stimulus->frequency.v * ldexp(1, -16) / turn, "Hz");
    if (phase > 0 && phase < ldexp(1, -16))
        return quantise_lost(s->diag, stimulus->name.at, arena_printf(s->arena, "phase of %s", stimulus->name.s), phase,
                             ldexp(1, -16), "rad");
    if (!spin_fixed(turn, &angle))
        return spoil(s, c, "its frequency is more than 65536 radians a step", "choose another frequency or dt");
    if (end < UINT32_MAX && turn * (end - c->start) + phase > SINE_MOST)
        return spoil(s, c, "its sine is exact to 15700 radians after its start, and it lasts longer than that",
                     "split it into several stimuli, or lower the frequency");
    spin_fixed(phase, &start);
    word[0] = c->start;
    word[1] = c->stop;
    word[4] = (uint32_t)angle;
    word[5] = (uint32_t)start;
    return amplitude(s, p, c, size, &word[2]) && amplitude(s, p, c, c->offset, &word[3]);
}

static bool noisy(sources *s, const graph_population *p, const graph_current *c, double mean, uint32_t *word)
{
    spin_kiss kiss;
    uint32_t bits[4];
    rng_block(s->g->seed, RNG_CURRENT, c->id, p->first + s->slice->first, s->kind[CURRENT_NOISY].n, bits);
    kiss = (spin_kiss){bits[0], bits[1], bits[2], bits[3]};
    spin_kiss_validate(&kiss);
    word[2] = c->start;
    word[3] = c->stop;
    word[4] = (uint32_t)lround(ldexp(s->g->dt, 15)); /* the program draws in each step, whatever this says */
    word[5] = kiss.x;
    word[6] = kiss.y;
    word[7] = kiss.z;
    word[8] = kiss.carry;
    return amplitude(s, p, c, mean, &word[0]) && amplitude(s, p, c, c->deviation, &word[1]);
}

/* A current into a neuron of the slice: its sources. */
static void inject(sources *s, const graph_population *p, const graph_current *c, uint32_t i)
{
    uint32_t word[MOST_WORDS] = {0}, neuron = c->first + i - p->first - s->slice->first;
    double size = graph_at(c->amplitude, i);
    if (!graph_current_varies(c)) {
        word[1] = c->start;
        word[2] = c->stop;
        if (size != 0 && amplitude(s, p, c, size, &word[0]))
            add(s, neuron, CURRENT_DC, source_of(s, CURRENT_DC, word, CURRENT_DC_WORDS));
        return;
    }
    if (c->frequency > 0 && alternating(s, p, c, size, word))
        add(s, neuron, CURRENT_AC, source_of(s, CURRENT_AC, word, CURRENT_AC_WORDS));
    memset(word, 0, sizeof word);
    if (c->deviation > 0 && noisy(s, p, c, c->frequency > 0 ? 0 : size, word))
        add(s, neuron, CURRENT_NOISY, source_of(s, CURRENT_NOISY, word, CURRENT_NOISY_WORDS - CURRENT_STATE));
}

static void gather(sources *s)
{
    const graph_population *p = &s->g->population[s->slice->population];
    uint32_t first = p->first + s->slice->first;
    for (uint32_t k = 0; k < s->g->ncurrents; k++) {
        const graph_current *c = &s->g->current[k];
        bool here = c->first < first + s->slice->count && c->first + c->count > first && c->start < c->stop;
        if (here && graph_current_varies(c) && net_raw(p->model)) {
            spoil(s, c, "an alternating or noisy current enters neurons of integers, which take constant ones",
                  "use constant currents, or a model in nA");
            return;
        }
        for (uint32_t i = 0; here && i < c->count && diag_errors(s->diag) == 0; i++)
            if (c->first + i >= first && c->first + i < first + s->slice->count)
                inject(s, p, c, i);
    }
}

uint32_t *spin_lower_currents(const hmn_qnet *q, const hmn_slice *slice, uint32_t *nwords, hmn_arena *a, hmn_diag *d)
{
    sources s = {.g = q->graph, .slice = slice, .arena = a, .diag = d};
    gather(&s);
    uint32_t all = 0, words = 0, n = 0;
    for (uint32_t id = CURRENT_DC; id < KINDS; id++) {
        all += s.kind[id].n;
        words += s.kind[id].words;
    }
    uint32_t *w = ARENA_NEW(a, uint32_t, 5 + slice->count + s.nlist + words);
    w[n++] = all; /* the program reads how many there are */
    for (uint32_t i = 0; all && i < slice->count; i++) {
        uint32_t head = n++;
        for (uint32_t k = 0; k < s.nlist; k += 3)
            if (s.list[k] == i) {
                w[head]++;
                w[n++] = s.list[k + 1];
                w[n++] = s.list[k + 2];
            }
    }
    for (uint32_t id = CURRENT_DC; all && id < KINDS; id++)
        w[n++] = s.kind[id].n;
    for (uint32_t id = CURRENT_DC; all && id < KINDS; id++) {
        if (s.kind[id].words)
            memcpy(w + n, s.kind[id].word, s.kind[id].words * sizeof *w);
        n += s.kind[id].words;
    }
    *nwords = n;
    return w;
}
