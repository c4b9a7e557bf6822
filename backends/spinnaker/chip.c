/* The SpiNNaker-style chip: its limits, tables and functions. See docs/chips/spinnaker.md. */
#include "backends/spinnaker/chip.h"

#include "backends/spinnaker/core.h"
#include "backends/spinnaker/deploy.h"
#include "backends/spinnaker/lower.h"
#include "backends/spinnaker/machine.h"
#include "backends/spinnaker/plan.h"
#include "backends/spinnaker/quantise.h"
#include "backends/spinnaker/usage.h"

static bool learn(hmn_qnet *q, hmn_arena *a, hmn_diag *d)
{
    (void)a;
    for (uint32_t j = 0; j < q->graph->nprojections; j++) {
        q->projection[j].rule = NET_NONE;
        if (q->graph->projection[j].rule == NET_NONE)
            continue;
        diag_report(d, DIAG_FIT_LEARNING, q->graph->projection[j].at, "projection '%s' learns; %s runs static synapses",
                    q->graph->projection[j].name, q->chip->name);
        diag_cure(d, "use target loihi, or remove the rule");
    }
    return diag_errors(d) == 0;
}

const hmn_chip hmn_chip_spinnaker = {
    .name = "spinnaker",
    .summary = "SpiNNaker-style machine: chips of 18 ARM cores that run sPyNNaker's programs, multicast routers",
    .limits = &spin_limits,
    .tables = spin_core_tables,
    .ntables = SPIN_TABLES,
    .neuron_table = SPIN_NEURON_PARAMS,
    .quantise = spin_quantise,
    .sites = spin_sites,
    .learn = learn,
    .usage = spin_usage,
    .plan = spin_plan_make,
    .lower = spin_lower,
    .check = spin_check,
    .size = spin_size,
    .boot = spin_boot,
    .step = spin_core_step,
    .wire = spin_wire,
    .read = spin_read,
    .synapses = spin_synapses,
    .deploy = spin_deploy,
    .deploy_status = spin_deploy_status,
};
