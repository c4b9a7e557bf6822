/* The second generation of the Loihi-style chip. Takes the functions of backends/loihi, which read this chip's limits,
 * yields a chip with larger cores, delay fields of 6 full bits, graded spikes and neurons that run programs
 * (docs/chips/loihi.md, section 11).
 *
 * What differs in amount is a number below. What differs in kind hangs on `programs` and `payload_bits`: on the first
 * generation the same functions refuse what they say is missing, so a network that both chips hold does the same on
 * both. */
#include "backends/loihi/chip.h"
#include "backends/loihi/learning_tables.h"

static const hmn_limits limits = {
    .compartments = CORE_MAX_COMPARTMENTS,
    .in_axons = 4096,
    .out_axons = 4096,
    .synapse_words = 16384,
    .cores_per_chip = 120,
    .chips = 1152,
    .mesh_width = 6,
    .mesh_height = 5,
    .cores_per_tile = 4,
    .neuron_profiles = 32,
    .threshold_profiles = 8,
    .synapse_formats = PACK_FORMATS,
    .learning_profiles = LEARNING_PROFILES,
    .learning_words = LEARNING_WORDS,
    .pre_traces = LEARNING_PRE,
    .post_traces = LEARNING_POST,
    .epochs = 1,
    .trace_settings = 1,
    .delay_cells = 65536,
    .max_delay = 64,
    .max_epoch = 63,
    .weight_bits = 8,
    .max_products = RULE_MAX_PRODUCTS,
    .max_factors = 6,
    .channels = 16,
    .payload_bits = 32,
    .programs = true,
    .counts_spikes = true,
    .legal_vars = 1u << RV_X0 | 1u << RV_X1 | 1u << RV_X2 | 1u << RV_Y0 | 1u << RV_Y1 | 1u << RV_Y2 | 1u << RV_Y3 |
                  1u << RV_R0 | 1u << RV_R1 | 1u << RV_W | 1u << RV_D | 1u << RV_T | 1u << RV_C | 1u << RV_U,
    .firing_gates = 32,
    .legal_ops =
        1u << ULEARN_PRODUCT | 1u << ULEARN_FACTOR | 1u << ULEARN_ROUND | 1u << ULEARN_ATTEND | 1u << ULEARN_DRAW,
    .second_tag_bits = 9,
    .mantissa_low = -8,
    .mantissa_high = 7,
    .exponent_low = -7,
    .exponent_high = 8,
};

const hmn_chip hmn_chip_loihi2 = {
    .name = "loihi2",
    .summary = "second generation of loihi, 120 cores of 8192 compartments, graded spikes, programmable neurons",
    .limits = &limits,
    LOIHI_SHARED,
};
