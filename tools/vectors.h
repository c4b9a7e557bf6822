/* Published test vectors as networks in a chip's own integers: what to build, what to feed, what must come out.
 * Steps count from 0 here, whatever the file does. */
#ifndef HMN_TOOLS_VECTORS_H
#define HMN_TOOLS_VECTORS_H

#include "core/base/arena.h"
#include "core/base/diag.h"

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

/* Synapses that share a format. */
typedef struct {
    bool recurrent; /* from the neurons; else from the sources */
    int32_t exponent, bits;
    const char *sign;
    vector_synapse *synapse;
    uint32_t count;
    vector_effect effect;
} vector_group;

enum { VECTOR_PARAMS = 8 };
extern const char *const vector_param_name[VECTOR_PARAMS]; /* keys of loihi_lif */

typedef struct {
    const char *id, *dialect;
    bool table; /* no network: group[0] lists weights and what becomes of each, pre counts them */
    uint32_t steps, neurons, sources;
    const int32_t *param[VECTOR_PARAMS]; /* [neurons]; NULL: the default */
    vector_spike *input;                 /* sources */
    uint32_t ninputs;
    int64_t first_current; /* added to the input of neuron 0 in step 0, where no spike can arrive yet */
    vector_group *group;
    uint32_t ngroups;
    vector_spike *spike; /* expected, sorted; NULL with no_spikes: not compared */
    uint32_t nspikes;
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
