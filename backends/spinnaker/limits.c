/* Structural limits (docs/chips/spinnaker.md, section 1). Cores a chip are numbered by their virtual numbers; the first
 * of them are not for neurons (geometry.h). */
#include "backends/spinnaker/chip.h"
#include "backends/spinnaker/geometry.h"
#include "backends/spinnaker/row.h"
#include "backends/spinnaker/tcam.h"

const hmn_limits spin_limits = {
    .compartments = 256,
    .cores_per_chip = SPIN_CORES,
    .chips = 1200,
    .board_chips = SPIN_BOARD,
    .delay_slots = 16,
    .max_delay = 32768,
    .row_words = ROW_MAX_WORDS,
    .local_bytes = 64 * 1024,
    .shared_bytes = 123469792,
    .table_entries = TCAM_ENTRIES,
    .max_epoch = 63,
    .weight_bits = 16,
    .channels = 16,
    .multicast = true,
    .own_currents = true,
};

/* Ring buffers of as many slots as data memory holds: fewer neurons a core, and no relays. The rest is as it is. */
const hmn_limits spin_most = {.delay_slots = 256};
