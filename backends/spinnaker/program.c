/* Programs by number and name, and how their parameters lie in memory: ours as one array of structs after the number of
 * sub-steps, as sPyNNaker's, of which neuron.c knows. */
#include "backends/spinnaker/program.h"

#include "backends/spinnaker/loihi_lif.h"

spin_program spin_program_of(uint32_t code)
{
    spin_kind kind = (spin_kind)(code >> 8 & 0xFF);
    uint32_t model = code & 0xFF, substeps = code >> 16 ? code >> 16 : 1;
    bool neurons = kind == SPIN_KIND_NEURONS && model < SPIN_MODEL_COUNT;
    return (spin_program){kind, neurons ? &spin_models[model] : NULL, substeps};
}

static const int16_t models[MODEL_COUNT] = {
    [MODEL_CURR_EXP] = 1 + SPIN_MODEL_IF_CURR_EXP,
    [MODEL_CURR_DELTA] = 1 + SPIN_MODEL_IF_CURR_DELTA,
    [MODEL_COND_EXP] = 1 + SPIN_MODEL_IF_COND_EXP,
    [MODEL_CURR_ALPHA] = 1 + SPIN_MODEL_IF_CURR_ALPHA,
    [MODEL_CURR_CA2] = 1 + SPIN_MODEL_IF_CURR_EXP_CA2,
    [MODEL_CURR_DUAL] = 1 + SPIN_MODEL_IF_CURR_EXP_DUAL,
    [MODEL_IZHIKEVICH] = 1 + SPIN_MODEL_IZK_CURR_EXP,
    [MODEL_IZHIKEVICH_COND] = 1 + SPIN_MODEL_IZK_COND_EXP,
    [MODEL_SPIN_IF_CURR_EXP] = 1 + SPIN_MODEL_IF_CURR_EXP,
    [MODEL_SPIN_IF_COND_EXP] = 1 + SPIN_MODEL_IF_COND_EXP,
    [MODEL_SPIN_IF_COND_EXP_STOC] = 1 + SPIN_MODEL_IF_COND_EXP_STOC,
    [MODEL_SPIN_IF_CURR_DELTA] = 1 + SPIN_MODEL_IF_CURR_DELTA,
    [MODEL_SPIN_IF_CURR_ALPHA] = 1 + SPIN_MODEL_IF_CURR_ALPHA,
    [MODEL_SPIN_IF_CURR_EXP_CA2] = 1 + SPIN_MODEL_IF_CURR_EXP_CA2,
    [MODEL_SPIN_IF_CURR_EXP_DUAL] = 1 + SPIN_MODEL_IF_CURR_EXP_DUAL,
    [MODEL_SPIN_IF_CURR_EXP_SEMD] = 1 + SPIN_MODEL_IF_CURR_EXP_SEMD,
    [MODEL_SPIN_IZK_CURR_EXP] = 1 + SPIN_MODEL_IZK_CURR_EXP,
    [MODEL_SPIN_IZK_COND_EXP] = 1 + SPIN_MODEL_IZK_COND_EXP,
};

bool spin_program_for(neuron_model model, spin_program *out)
{
    if (model == MODEL_SOURCE || model == MODEL_SOURCE_ARRAY || model == MODEL_SOURCE_POISSON)
        *out = (spin_program){SPIN_KIND_SOURCE, NULL, 1};
    else if (model == MODEL_LOIHI_LIF)
        *out = (spin_program){SPIN_KIND_LOIHI, NULL, 1};
    else if (models[model])
        *out = (spin_program){SPIN_KIND_NEURONS, &spin_models[models[model] - 1], 1};
    else
        return false;
    return true;
}

const char *spin_program_name(spin_program p)
{
    switch (p.kind) {
    case SPIN_KIND_NEURONS: return p.model->name;
    case SPIN_KIND_LOIHI: return "loihi_lif";
    case SPIN_KIND_SOURCE: return "spike source";
    case SPIN_KIND_DELAY: return "delay stages";
    case SPIN_KIND_MANAGER: return "management";
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
