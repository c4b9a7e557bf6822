/* Models of neurons (neuron.h). Takes parameter words, yields the names and places of words, and the tick: for each
 * model a copy of one function, made of the parts of neuron_parts.h by constants. */
#include "backends/spinnaker/neuron.h"

#include "backends/spinnaker/neuron_parts.h"
#include "core/base/bug.h"

#include <assert.h>

const spin_model spin_models[SPIN_MODEL_COUNT] = {
#define SPIN_MODEL(id, name, neuron, input, threshold, synapse, extra)                                                 \
    {SPIN_MODEL_##id,                                                                                                  \
     name,                                                                                                             \
     {SPIN_PART_##neuron, SPIN_PART_##input, SPIN_PART_##threshold, SPIN_PART_##synapse, SPIN_PART_##extra}},
#include "backends/spinnaker/neuron.def"
};

typedef struct {
    spin_part part;
    const char *key;
} named_word;

static const named_word param_words[] = {
#define SPIN_WORD(part, key) {SPIN_PART_##part, key},
#include "backends/spinnaker/neuron.def"
};

static const named_word state_words[] = {
#define SPIN_STATE(part, key) {SPIN_PART_##part, key},
#include "backends/spinnaker/neuron.def"
};

enum { PARAM_WORDS = sizeof param_words / sizeof *param_words, STATE_WORDS = sizeof state_words / sizeof *state_words };

const spin_model *spin_model_find(const char *name)
{
    for (uint32_t i = 0; i < SPIN_MODEL_COUNT; i++)
        if (strcmp(spin_models[i].name, name) == 0)
            return &spin_models[i];
    return NULL;
}

uint32_t spin_model_receptors(const spin_model *m) { return spin_part_receptors(m->part[SPIN_SYNAPSE]); }

bool spin_model_draws(const spin_model *m) { return m->part[SPIN_THRESHOLD] == SPIN_PART_MAASS; }

uint32_t spin_part_words(spin_part part)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < PARAM_WORDS; i++)
        n += param_words[i].part == part;
    return n;
}

uint32_t spin_model_words(const spin_model *m)
{
    uint32_t n = 0;
    for (uint32_t s = 0; s < SPIN_SLOTS; s++)
        n += spin_part_words(m->part[s]);
    return n;
}

uint32_t spin_model_state(const spin_model *m)
{
    uint32_t n = 0;
    for (uint32_t s = 0; s < SPIN_SLOTS; s++)
        n += spin_part_state(m->part[s]);
    return n;
}

/* Within the part; its length when there is none. */
static uint32_t find_word(const named_word *list, uint32_t count, spin_part part, const char *key, bool *found)
{
    uint32_t n = 0;
    *found = false;
    for (uint32_t i = 0; i < count && !*found; i++)
        if (list[i].part == part) {
            *found = strcmp(list[i].key, key) == 0;
            n += !*found;
        }
    return n;
}

int32_t spin_model_word(const spin_model *m, spin_slot slot, const char *key)
{
    uint32_t first = 0;
    bool found;
    for (uint32_t s = 0; s < slot; s++)
        first += spin_part_words(m->part[s]);
    first += find_word(param_words, PARAM_WORDS, m->part[slot], key, &found);
    return found ? (int32_t)first : SPIN_NO_WORD;
}

int32_t spin_model_state_word(const spin_model *m, const char *key)
{
    uint32_t first = 0;
    bool found;
    for (uint32_t s = 0; s < SPIN_SLOTS; s++) {
        first += find_word(state_words, STATE_WORDS, m->part[s], key, &found);
        if (found)
            return (int32_t)first;
    }
    return SPIN_NO_WORD;
}

const char *spin_model_key(const spin_model *m, uint32_t k, spin_slot *slot)
{
    for (uint32_t s = 0; s < SPIN_SLOTS; s++) {
        uint32_t n = spin_part_words(m->part[s]);
        if (k >= n) {
            k -= n;
            continue;
        }
        *slot = (spin_slot)s;
        for (uint32_t i = 0;; i++)
            if (param_words[i].part == m->part[s] && k-- == 0)
                return param_words[i].key;
    }
    return NULL;
}

uint32_t spin_region_index(const spin_model *m, uint32_t n, uint32_t i, uint32_t k)
{
    uint32_t at = 1;
    for (uint32_t s = 0; s < SPIN_SLOTS; s++) {
        uint32_t words = spin_part_words(m->part[s]);
        if (k < words)
            return at + i * words + k;
        k -= words;
        at += n * words;
    }
    HMN_BUG("word %u is beyond those of the model", k);
}

/* ---- input and tick ---- */

/* eq. S26: a spike while the last one rises restarts the rise. */
static void alpha_input(spin_alpha *a, int32_t input)
{
    if (input <= 0)
        return;
    a->q = input;
    a->exponential = spin_add(spin_decay(a->exponential, a->decay), SPIN_ONE);
    int32_t raised = spin_add(a->linear, spin_mul(input, a->rise));
    a->linear = spin_mul(raised, spin_sub(SPIN_ONE, spin_kdivk(SPIN_ONE, a->exponential)));
}

void spin_neuron_input(const spin_model *m, int32_t *state, uint32_t receptor, int32_t input)
{
    int32_t *s = state + spin_part_state(m->part[SPIN_NEURON]) + spin_part_state(m->part[SPIN_INPUT]) +
                 spin_part_state(m->part[SPIN_THRESHOLD]);
    assert(receptor < spin_model_receptors(m));
    if (m->part[SPIN_SYNAPSE] == SPIN_PART_DELTA)
        s[receptor] = spin_add(s[receptor], input);
    else if (m->part[SPIN_SYNAPSE] == SPIN_PART_ALPHA)
        alpha_input((spin_alpha *)s + receptor, input);
    else {
        spin_receptor *r = (spin_receptor *)s + receptor;
        r->value = spin_add(r->value, spin_decay(input, r->scale));
    }
}

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

typedef struct {
    uint32_t substeps;
    int32_t offset;
    spin_kiss *noise;
    spin_recorded *recorded;
} surroundings;

INLINE int32_t membrane(spin_part part, const int32_t *s) { return part == SPIN_PART_IZH ? s[4] : s[0]; }

/* eq. S31 */
INLINE uint32_t tick(spin_part neuron, spin_part input, spin_part threshold, spin_part synapse, spin_part extra,
                     int32_t *n, surroundings w)
{
    int32_t *in = n + spin_part_state(neuron), *level = in + spin_part_state(input);
    int32_t *syn = level + spin_part_state(threshold), *more = syn + spin_part_state(synapse);
    uint32_t spikes = 0;
    for (uint32_t k = 0; k < w.substeps; k++) {
        int32_t v = membrane(neuron, n);
        spin_drive d;
        spin_synapse_yield(synapse, syn, &d);
        spin_input_scale(input, &d);
        if (k == 0 && w.recorded)
            *w.recorded = (spin_recorded){v, spin_add(d.exc[0], d.exc[1]), d.inh};
        spin_input_convert(input, in, v, &d);
        int32_t bias = spin_add(spin_extra_bias(extra, more), w.offset);
        int32_t current = spin_add(spin_sub(spin_add(d.exc[0], d.exc[1]), d.inh), bias);
        v = neuron == SPIN_PART_IZH ? spin_izh_step((spin_izh *)n, current) : spin_lif_step((spin_lif *)n, current);
        if (spin_threshold_reached(threshold, level, v, w.noise)) {
            spin_neuron_fired(neuron, n);
            spin_extra_fired(extra, more);
            spikes++;
        }
        spin_synapse_shape(synapse, syn);
    }
    return spikes;
}

uint32_t spin_neuron_tick(const spin_model *m, int32_t *state, uint32_t substeps, int32_t offset, spin_kiss *noise,
                          spin_recorded *recorded)
{
    surroundings w = {substeps, offset, noise, recorded};
    switch (m->id) {
#define SPIN_MODEL(id, name, neuron, input, threshold, synapse, extra)                                                 \
    case SPIN_MODEL_##id:                                                                                              \
        return tick(SPIN_PART_##neuron, SPIN_PART_##input, SPIN_PART_##threshold, SPIN_PART_##synapse,                 \
                    SPIN_PART_##extra, state, w);
#include "backends/spinnaker/neuron.def"
    case SPIN_MODEL_COUNT: break;
    }
    return 0;
}
