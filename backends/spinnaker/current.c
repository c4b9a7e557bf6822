/* Currents of sources. Takes the words of a region and a step, yields s16.15. */
#include "backends/spinnaker/current.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/random.h"

#include <stddef.h>
#include <string.h>

/* Words of a region: where the counts of sources stand. False: the lists of neurons reach past the region. */
static bool skip_lists(const uint32_t *w, uint32_t n, uint32_t neurons, uint32_t *at, uint32_t *npairs)
{
    *at = 1;
    *npairs = 0;
    for (uint32_t i = 0; i < neurons; i++) {
        if (*at >= n || w[*at] > n / 2 || *at + 1 + 2 * w[*at] > n)
            return false;
        *npairs += w[*at];
        *at += 1 + 2 * w[*at];
    }
    return *at + 4 <= n;
}

static uint32_t words_of(const uint32_t *w, uint32_t at, current_id id)
{
    switch (id) {
    case CURRENT_DC: return CURRENT_DC_WORDS;
    case CURRENT_AC: return CURRENT_AC_WORDS;
    case CURRENT_STEP: return 2 * (w[at] + 1);
    case CURRENT_NOISY: return CURRENT_NOISY_WORDS;
    }
    return 0;
}

static bool has_state(uint32_t id) { return id == CURRENT_STEP || id == CURRENT_NOISY; }

/* Calls for each source in order: its id, its number of that id, word and number among those with state. */
typedef struct {
    const uint32_t *w;
    uint32_t n, at;        /* at: the next source */
    uint32_t count[5];     /* by id */
    uint32_t id, index, k; /* of the source found; k: with state before it */
    uint32_t word;
} walk;

static void begin(walk *s, const uint32_t *w, uint32_t n, uint32_t head)
{
    *s = (walk){.w = w, .n = n, .at = head + 4, .id = CURRENT_DC, .index = UINT32_MAX, .k = UINT32_MAX};
    memcpy(s->count + 1, w + head, 4 * sizeof *w);
}

static bool next(walk *s)
{
    s->k += has_state(s->id) && s->index != UINT32_MAX;
    s->index++;
    for (; s->id <= CURRENT_NOISY && s->index >= s->count[s->id]; s->index = 0)
        s->id++;
    if (s->id > CURRENT_NOISY || s->at >= s->n)
        return false;
    if (s->id == CURRENT_STEP && s->w[s->at] > s->n / 2)
        return false;
    s->word = s->at;
    s->at += words_of(s->w, s->at, (current_id)s->id);
    return s->at <= s->n;
}

/* A step source says its length twice, and its times ascend. */
static bool sound(const walk *s)
{
    const uint32_t *w = s->w + s->word;
    if (s->id != CURRENT_STEP)
        return true;
    return w[0] > 0 && w[1 + w[0]] == w[0];
}

bool current_check(const uint32_t *w, uint32_t n, uint32_t neurons, uint32_t *npairs, uint32_t *nstate)
{
    uint32_t head;
    walk s;
    *npairs = *nstate = 0;
    if (n == 0 || (n == 1 && w[0] == 0))
        return true;
    if (!skip_lists(w, n, neurons, &head, npairs))
        return false;
    begin(&s, w, n, head);
    uint64_t sources = 0, found = 0;
    for (uint32_t id = CURRENT_DC; id <= CURRENT_NOISY; id++)
        sources += s.count[id];
    for (; next(&s); found++) {
        if (!sound(&s))
            return false;
        *nstate += has_state(s.id) ? CURRENT_STATE : 0;
    }
    if (found != sources || s.at != n || w[0] != sources)
        return false;
    for (uint32_t i = 0, at = 1; i < neurons; at += 1 + 2 * w[at], i++)
        for (uint32_t k = 0; k < w[at]; k++) {
            uint32_t id = w[at + 1 + 2 * k], index = w[at + 2 + 2 * k];
            if (id < CURRENT_DC || id > CURRENT_NOISY || index >= s.count[id])
                return false;
        }
    return true;
}

bool current_constant(const uint32_t *w, uint32_t n, uint32_t neurons)
{
    uint32_t head, npairs;
    return n <= 1 || (skip_lists(w, n, neurons, &head, &npairs) && w[head] == w[0]);
}

static core_current find(const uint32_t *w, uint32_t n, uint32_t head, uint32_t id, uint32_t index)
{
    walk s;
    begin(&s, w, n, head);
    uint32_t state = 0;
    while (next(&s) && (s.id != id || s.index != index))
        state += has_state(s.id) ? CURRENT_STATE : 0;
    return (core_current){.id = id, .word = s.word, .state = state};
}

void current_list(const uint32_t *w, uint32_t n, uint32_t neurons, core_current *out)
{
    uint32_t head, npairs;
    if (n <= 1 || !skip_lists(w, n, neurons, &head, &npairs))
        return;
    for (uint32_t i = 0, at = 1; i < neurons; at += 1 + 2 * w[at], i++)
        for (uint32_t k = 0; k < w[at]; k++) {
            *out = find(w, n, head, w[at + 1 + 2 * k], w[at + 2 + 2 * k]);
            (out++)->neuron = i;
        }
}

void current_start(const uint32_t *w, uint32_t n, uint32_t neurons, uint32_t *state)
{
    uint32_t head, npairs;
    walk s;
    if (n <= 1 || !skip_lists(w, n, neurons, &head, &npairs))
        return;
    begin(&s, w, n, head);
    while (next(&s)) {
        if (!has_state(s.id))
            continue;
        memset(state, 0, CURRENT_STATE * sizeof *state);
        if (s.id == CURRENT_NOISY)
            memcpy(state, w + s.word + 5, CURRENT_STATE * sizeof *state);
        state += CURRENT_STATE;
    }
}

/* ---- in a step ---- */

static int32_t alternating(const uint32_t *p, uint32_t step)
{
    enum { START, STOP, AMPLITUDE, OFFSET, FREQUENCY, PHASE };
    if (step < p[START] || step >= p[STOP])
        return 0;
    int32_t time = (int32_t)((step - p[START]) << 15);
    int32_t sine = spin_sin(spin_add(spin_mul(time, (int32_t)p[FREQUENCY]), (int32_t)p[PHASE]));
    return spin_add((int32_t)p[OFFSET], spin_mul((int32_t)p[AMPLITUDE], sine));
}

/* state: next time, amplitude. Past the last time the program would read behind its list; here there is none. */
static int32_t stepping(const uint32_t *p, uint32_t step, uint32_t *state)
{
    uint32_t n = p[0];
    if (state[0] < n && step >= p[1 + state[0]])
        state[1] = p[2 + n + state[0]++];
    return (int32_t)state[1];
}

static int32_t noisy(const uint32_t *p, uint32_t step, uint32_t *state)
{
    enum { MEAN, DEVIATION, START, STOP };
    if (step < p[START] || step >= p[STOP])
        return 0;
    spin_kiss kiss = {state[0], state[1], state[2], state[3]};
    int32_t draw = spin_normal(spin_kiss_draw(&kiss));
    state[0] = kiss.x;
    state[1] = kiss.y;
    state[2] = kiss.z;
    state[3] = kiss.carry;
    return spin_add((int32_t)p[MEAN], spin_mul((int32_t)p[DEVIATION], draw));
}

int32_t current_at(const uint32_t *region, const core_current *c, uint32_t step, uint32_t *state)
{
    const uint32_t *p = region + c->word;
    switch ((current_id)c->id) {
    case CURRENT_DC: return step >= p[1] && step < p[2] ? (int32_t)p[0] : 0;
    case CURRENT_AC: return alternating(p, step);
    case CURRENT_STEP: return stepping(p, step, state + c->state);
    case CURRENT_NOISY: return noisy(p, step, state + c->state);
    }
    return 0;
}
