/* Published test vectors as networks in a chip's own integers: what to build, what to feed, what must come out.
 * Steps count from 0 here, whatever the file does. */
#ifndef HMN_TOOLS_VECTORS_H
#define HMN_TOOLS_VECTORS_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/isa/rule.h"
#include "core/machine/machine.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t step, neuron;
} vector_spike;

typedef struct {
    uint32_t pre, post, delay; /* delay: steps from firing to arrival, >= 1 */
    int32_t weight;
    int64_t effect; /* what the file says becomes of the weight */
} vector_synapse;

typedef enum { EFFECT_NONE, EFFECT_WEIGHT, EFFECT_CURRENT } vector_effect; /* of the stored weight; of one spike on u */

/* A learning rule of type loihi: texts of dw, dd, dt, NULL: none; traces x1 x2 y1 y2 y3. */
typedef struct {
    const char *text[RULE_TARGETS], *graded;
    uint32_t epoch;
    double impulse[RT_COUNT], tau[RT_COUNT];
    bool held; /* y1 y2 y3 are third factors */
} vector_rule;

/* Synapses that share a format. */
typedef struct {
    bool recurrent; /* from the neurons; else from the sources */
    int32_t exponent, bits;
    const char *sign;
    vector_synapse *synapse;
    uint32_t count;
    vector_effect effect;
    const vector_rule *rule; /* NULL: static */
} vector_group;

/* The machine while a case plays. */
typedef struct {
    hmn_machine *machine;
    hmn_arena *arena;
    uint32_t step;
    uint32_t first, first_source; /* global indices of neuron 0 and source 0 */
    const uint32_t *projection;   /* the image's number of each group */
} vector_view;

/* What a family does itself. begun: neurons are updated, third factors may be set; ended: the step is over. Both
 * yield the first difference, or NULL. draw: in place of random bits. */
typedef struct {
    const char *(*begun)(void *context, const vector_view *v);
    const char *(*ended)(void *context, const vector_view *v);
    int64_t (*draw)(const void *context, const vector_view *v, const hmn_draw_site *site);
    void *context;
} vector_hooks;

enum { VECTOR_PARAMS = 11 };
extern const char *const vector_param_name[VECTOR_PARAMS]; /* keys of loihi_lif */

typedef struct {
    const char *id, *dialect;
    bool table; /* no network: group[0] lists weights and what becomes of each, pre counts them */
    uint32_t steps, neurons, sources;
    const int32_t *param[VECTOR_PARAMS]; /* [neurons]; NULL: the default */
    vector_spike *input;                 /* sources */
    uint32_t ninputs;
    const int32_t *payload;       /* [ninputs] of graded spikes; NULL: all 1 */
    const int64_t *first_current; /* [neurons] added to their input in step 0, where no spike can arrive yet; or NULL */
    vector_hooks hooks;
    vector_group *group;
    uint32_t ngroups;
    vector_spike *spike; /* expected, sorted */
    uint32_t nspikes;
    bool no_spikes; /* spikes are not compared */
    uint32_t nwatched;
    const uint32_t *watched;
    const int64_t *const *u;      /* [nwatched][steps] expected after each step */
    const int64_t *const *v;      /* NULL: not compared */
    const int64_t *sum_u, *sum_v; /* over all neurons, [steps]; NULL: not given */
} vector_case;

typedef enum { VECTOR_OK, VECTOR_MALFORMED, VECTOR_UNSUPPORTED } vector_verdict;

/* Reads one case. MALFORMED or UNSUPPORTED: *why says what is wrong. */
vector_verdict vector_read(const json_t *json, hmn_arena *a, vector_case *out, const char **why);

/* The case as a network in YAML, in the arena. */
const char *vector_yaml(const vector_case *c, hmn_arena *a);

#endif
