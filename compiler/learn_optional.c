/* Terms that a rule can do without. Takes rules and a chip, switches off what is `optional` and beyond the chip, as
 * `enabled: false` would, and says so: a warning, and a row of the report for each projection. The first thing that
 * lowering does, so that all that follows, and a reference beside it, sees the network that runs. */
#include "compiler/learn_optional.h"

#include "compiler/learn.h"
#include "core/isa/ulearn.h"

static bool attention_fits(const net_local_attention *a, const hmn_chip *chip)
{
    return chip->learn || (limits_has(chip->limits, ULEARN_ATTEND) && a->ntau == 1 && a->similarity == SIM_SCALED_DOT);
}

static void tell(const hmn_unit *u, uint32_t rule)
{
    const hmn_graph *g = u->graph;
    for (uint32_t k = 0; k < g->nprojections; k++)
        if (g->projection[k].rule == rule)
            quantise_report_add(
                u->qnet, u->arena,
                (qnet_report_row){.subject = arena_printf(u->arena, "projection %s", u->net->projection[k].name.s),
                                  .quantity = "attention over synapses (equations 10, 11)",
                                  .unit = "",
                                  .verdict = VERDICT_REFUSED,
                                  .note = "left out, as it is optional; use target loihi2 or spinnaker"});
}

void learn_optional(hmn_unit *u)
{
    for (uint32_t i = 0; i < u->net->nrules; i++) {
        net_local_attention *a = &u->net->rule[i].local_attention;
        if (!a->on || !a->optional || attention_fits(a, u->chip))
            continue;
        diag_report(u->diag, DIAG_RULE_LEFT_OUT, u->net->rule[i].name.at,
                    "rule %s: attention over synapses (equations 10, 11) is left out: it is optional, and %s cannot "
                    "compute it",
                    u->net->rule[i].name.s, u->chip->name);
        diag_cure(u->diag, "use target loihi2 or spinnaker, or --ablate local_attention to say that it is not wanted");
        tell(u, i);
        a->on = false;
    }
}
