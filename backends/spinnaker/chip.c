/* The SpiNNaker-style chip: its limits, tables and functions. See docs/chips/spinnaker.md. */
#include "backends/spinnaker/chip.h"

#include "backends/spinnaker/core.h"
#include "backends/spinnaker/costs.h"
#include "backends/spinnaker/deploy.h"
#include "backends/spinnaker/learn.h"
#include "backends/spinnaker/lower.h"
#include "backends/spinnaker/machine.h"
#include "backends/spinnaker/manage.h"
#include "backends/spinnaker/plan.h"
#include "backends/spinnaker/quantise.h"
#include "backends/spinnaker/restate.h"
#include "backends/spinnaker/restore.h"
#include "backends/spinnaker/stages.h"
#include "backends/spinnaker/usage.h"

const hmn_chip hmn_chip_spinnaker = {
    .name = "spinnaker",
    .summary = "SpiNNaker-style machine: chips of 18 ARM cores that run sPyNNaker's programs, multicast routers",
    .limits = &spin_limits,
    .most = &spin_most,
    .tables = spin_core_tables,
    .ntables = SPIN_TABLES,
    .neuron_table = SPIN_NEURON_PARAMS,
    .quantise = spin_quantise,
    .restate = spin_restate,
    .sites = spin_sites,
    .learn = spin_learn,
    .attention = spin_learn_attention,
    .stage = spin_stage,
    .managed = spin_managed,
    .usage = spin_usage,
    .plan = spin_plan_make,
    .lower = spin_lower,
    .check = spin_check,
    .size = spin_size,
    .boot = spin_boot,
    .step = spin_core_step,
    .wire = spin_wire,
    .ways = spin_find_ways,
    .read = spin_read,
    .write_bias = spin_write_bias,
    .synapses = spin_synapses,
    .timing = &spin_timing,
    .deploy = spin_deploy,
    .restore = spin_restore,
    .place = spin_place,
    .deploy_status = spin_deploy_status,
};
