/* Structural limits (section 10 of docs/chips/loihi.md). */
#include "backends/loihi/learning_tables.h"
#include "backends/loihi/lower.h"
#include "backends/loihi/pack.h"

const hmn_limits loihi_limits = {
    .compartments = 1024,
    .in_axons = 4096,
    .out_axons = 4096,
    .synapse_words = 16384,
    .cores_per_chip = 128,
    .chips = 768,
    .board_chips = 32,
    .mesh_width = 8,
    .mesh_height = 4,
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
    .delay_cells = 8192,
    .max_delay = 64, /* field 0..62, 0..63 in dialect lava: quantise knows which */
    .max_epoch = 63,
    .weight_bits = 8,
    .max_products = RULE_MAX_PRODUCTS,
    .max_factors = 6,
    .channels = 16,
    .legal_vars = 1u << RV_X0 | 1u << RV_X1 | 1u << RV_X2 | 1u << RV_Y0 | 1u << RV_Y1 | 1u << RV_Y2 | 1u << RV_Y3 |
                  1u << RV_R0 | 1u << RV_R1 | 1u << RV_W | 1u << RV_D | 1u << RV_T | 1u << RV_C | 1u << RV_U,
    .firing_gates = 32,
    .legal_ops = 1u << ULEARN_PRODUCT | 1u << ULEARN_FACTOR,
    .second_tag_bits = 6,
    .second_tag_is_delay = true,
    .mantissa_low = -8,
    .mantissa_high = 7,
    .exponent_low = -7,
    .exponent_high = 8,
};

/* What columns and arrays hold: machine descriptions go so far. Indices of compartments take 12 bits, cells of the
 * accumulator 16. */
const hmn_limits loihi_most = {
    .compartments = 4096,
    .in_axons = 65536,
    .out_axons = 1 << 20,
    .synapse_words = 1 << 22,
    .cores_per_chip = 65536,
    .chips = 65536,
    .board_chips = 65536,
    .mesh_width = 1024,
    .mesh_height = 1024,
    .cores_per_tile = 1024,
    .neuron_profiles = 4096,
    .threshold_profiles = 4096,
    .learning_words = 65535,
    .delay_cells = 65536,
    .weight_bits = 16,
};
