/* Programs by number and name, and how their parameters lie in memory: ours as one array of structs after the number of
 * sub-steps, as sPyNNaker's, of which neuron.c knows. */
#include "backends/spinnaker/program.h"

#include "backends/spinnaker/loihi_lif.h"

spin_program spin_program_of(uint32_t code)
{
    spin_kind kind = (spin_kind)(code >> 8);
    uint32_t model = code & 0xFF;
    return (spin_program){kind, kind == SPIN_KIND_NEURONS && model < SPIN_MODEL_COUNT ? &spin_models[model] : NULL};
}

bool spin_program_for(neuron_model model, spin_program *out)
{
    switch (model) {
    case MODEL_CURR_EXP: *out = (spin_program){SPIN_KIND_NEURONS, &spin_models[SPIN_MODEL_IF_CURR_EXP]}; return true;
    case MODEL_CURR_DELTA:
        *out = (spin_program){SPIN_KIND_NEURONS, &spin_models[SPIN_MODEL_IF_CURR_DELTA]};
        return true;
    case MODEL_LOIHI_LIF: *out = (spin_program){SPIN_KIND_LOIHI, NULL}; return true;
    case MODEL_SOURCE:
    case MODEL_SOURCE_ARRAY:
    case MODEL_SOURCE_POISSON: *out = (spin_program){SPIN_KIND_SOURCE, NULL}; return true;
    case MODEL_COUNT: break;
    }
    return false;
}

const char *spin_program_name(spin_program p)
{
    switch (p.kind) {
    case SPIN_KIND_NEURONS: return p.model->name;
    case SPIN_KIND_LOIHI: return "loihi_lif";
    case SPIN_KIND_SOURCE: return "spike source";
    case SPIN_KIND_DELAY: return "delay stages";
    case SPIN_KINDS: break;
    }
    return "";
}

uint32_t spin_program_words(spin_program p)
{
    return p.kind == SPIN_KIND_NEURONS ? spin_model_words(p.model) : p.kind == SPIN_KIND_LOIHI ? LOIHI_LIF_WORDS : 0;
}

uint32_t spin_program_state(spin_program p)
{
    return p.kind == SPIN_KIND_NEURONS ? spin_model_state(p.model) : p.kind == SPIN_KIND_LOIHI ? LOIHI_LIF_STATE : 0;
}

uint32_t spin_program_receptors(spin_program p)
{
    return p.kind == SPIN_KIND_NEURONS ? spin_model_receptors(p.model) : 2;
}

uint32_t spin_program_index(spin_program p, uint32_t n, uint32_t i, uint32_t k)
{
    return p.kind == SPIN_KIND_NEURONS ? spin_region_index(p.model, n, i, k) : 1 + i * LOIHI_LIF_WORDS + k;
}
