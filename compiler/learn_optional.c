/* Terms that a rule can do without. Takes rules and a chip, switches off what is `optional` and beyond the chip, as
 * `enabled: false` would, and says so: a warning, and a row of the report for each projection. The first thing that
 * lowering does, so that all that follows, and a reference beside it, sees the network that runs. */
#include "compiler/learn_optional.h"

#include "compiler/learn.h"
#include "core/isa/ulearn.h"

/* A core of a learning engine has one more trace of each kind, for h and c at one timescale. */
const char *learn_cannot_attend(const hmn_chip *chip, const net_local_attention *a, const char **cure)
{
    if (chip->learn)
        return chip->attention ? chip->attention(a, cure) : NULL;
    if (!limits_has(chip->limits, ULEARN_ATTEND)) {
        *cure = "use target loihi2 or spinnaker, or switch it off: --ablate local_attention, or local_attention: "
                "{enabled: false}; {optional: true} does so where it must";
        return "attention over synapses (equations 10, 11)";
    }
    *cure = "use similarity: scaled_dot and one tau: x2 and y2 are the traces that are left";
    return a->ntau == 1 && a->similarity == SIM_SCALED_DOT
               ? NULL
               : "attention over synapses by more than one timescale or by cosine";
}

static void tell(const hmn_unit *u, uint32_t rule, const char *term)
{
    const hmn_graph *g = u->graph;
    for (uint32_t k = 0; k < g->nprojections; k++)
        if (g->projection[k].rule == rule)
            quantise_report_add(
                u->qnet, u->arena,
                (qnet_report_row){.subject = arena_printf(u->arena, "projection %s", u->net->projection[k].name.s),
                                  .quantity = term,
                                  .unit = "",
                                  .verdict = VERDICT_REFUSED,
                                  .note = "left out, as it is optional"});
}

void learn_optional(hmn_unit *u)
{
    for (uint32_t i = 0; i < u->net->nrules; i++) {
        net_local_attention *a = &u->net->rule[i].local_attention;
        const char *cure, *term = a->on && a->optional ? learn_cannot_attend(u->chip, a, &cure) : NULL;
        if (!term)
            continue;
        diag_report(u->diag, DIAG_RULE_LEFT_OUT, u->net->rule[i].name.at,
                    "rule %s: %s is left out: it is optional, and %s cannot compute it", u->net->rule[i].name.s, term,
                    u->chip->name);
        diag_cure(u->diag, "%s", cure);
        tell(u, i, term);
        a->on = false;
    }
}
