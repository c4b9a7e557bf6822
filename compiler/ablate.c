/* Ablation. Takes the network as checked and names of terms, leaves the network as it would be had the YAML text
 * switched these terms off, so that nothing after the check pass can tell the two apart. */
#include "compiler/ablate.h"

#include <string.h>

static const ablate_term terms[] = {
#define TERM(id, equation, yaml) {#id, equation, yaml},
#include "compiler/terms.def"
    {NULL, NULL, NULL}};

enum {
#define TERM(id, equation, yaml) TERM_##id,
#include "compiler/terms.def"
    TERMS
};

const ablate_term *ablate_terms(void) { return terms; }

static net_num number(double v, net_num old) { return (net_num){v, true, old.at}; }

/* A parameter of all populations whose model takes it. */
static void clear(hmn_net *net, neuron_param k)
{
    for (uint32_t i = 0; i < net->npopulations; i++) {
        net_value *v = &net->population[i].param[k];
        *v = (net_value){.dist = DIST_CONSTANT, .given = v->given, .at = v->at};
    }
}

static void close_firing_gate(net_phase_gate *g)
{
    g->on = g->on && g->gate != GATE_ACTIVITY;
    g->gate = GATE_PLASTICITY;
}

static void rule_without(net_rule *r, uint32_t term)
{
    switch (term) {
    case TERM_plasticity: r->enabled = false; break;
    case TERM_eta_local: r->eta_local = number(0, r->eta_local); break;
    case TERM_eta_global: r->eta_global = number(0, r->eta_global); break;
    case TERM_fast_trace: r->traces.k_fast = number(0, r->traces.k_fast); break;
    case TERM_slow_trace: r->traces.tau_slow.given = false; break;
    case TERM_phase_gate: r->phase_gate.on = false; break;
    case TERM_firing_gate: close_firing_gate(&r->phase_gate); break;
    case TERM_probability_gate: r->probability_gate.on = false; break;
    case TERM_global_attention: r->global_attention.on = false; break;
    case TERM_meta: r->meta.on = false; break;
    case TERM_local_attention: r->local_attention.on = false; break;
    case TERM_astrocyte: r->astrocyte.i = NET_NONE; break;
    case TERM_decay: r->decay = number(0, r->decay); break;
    }
}

static void without(hmn_net *net, uint32_t term)
{
    for (uint32_t i = 0; i < net->nrules; i++)
        if (net->rule[i].type == RULE_HMN || net->rule[i].type == RULE_STDP || term == TERM_plasticity)
            rule_without(&net->rule[i], term);
    for (uint32_t i = 0; i < net->nmodulators && term == TERM_baseline; i++)
        net->modulator[i].baseline_tau.given = false;
    if (term == TERM_homeostasis)
        clear(net, NP_HOMEO_ETA);
    if (term == TERM_noise)
        clear(net, NP_NOISE);
}

static bool one(hmn_net *net, const char *word, size_t length, hmn_diag *d)
{
    bool all = length == 3 && memcmp(word, "all", 3) == 0, found = all;
    for (uint32_t k = 0; k < TERMS; k++)
        if (all || (strlen(terms[k].name) == length && memcmp(terms[k].name, word, length) == 0)) {
            without(net, k);
            found = true;
        }
    if (found)
        return true;
    diag_report(d, DIAG_NAME_UNKNOWN, (hmn_span){0, 0, 0, 0}, "--ablate: there is no term '%.*s'", (int)length, word);
    diag_cure(d, "name one or more of: all"
#define TERM(id, equation, yaml) ", " #id
#include "compiler/terms.def"
    );
    return false;
}

bool ablate(hmn_net *net, const char *list, hmn_diag *d)
{
    bool good = true;
    while (*list) {
        size_t n = strcspn(list, ",");
        good &= one(net, list, n, d);
        list += n + (list[n] == ',');
    }
    return good;
}

void ablate_rates(hmn_net *net, double factor)
{
    for (uint32_t i = 0; i < net->nrules; i++) {
        net_rule *r = &net->rule[i];
        if (r->type == RULE_STDP)
            r->eta_local = number(factor * (r->eta_local.given ? r->eta_local.v : 1), r->eta_local);
        if (r->type != RULE_HMN)
            continue;
        r->eta_local.v *= factor;
        r->eta_global.v *= factor;
    }
}
