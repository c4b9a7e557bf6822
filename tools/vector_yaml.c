/* Writes a vector case as a network. Takes registers, synapses and input spikes, yields YAML of the public language:
 * loihi_lif parameters, spike sources, from_list connectors with weight format, the dialect, probes of u and v. What
 * the conformance test runs is this text, through the whole compiler. */
#include "tools/vectors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void param(FILE *f, const vector_case *c, uint32_t p)
{
    const int32_t *v = c->param[p];
    bool same = true;
    for (uint32_t i = 1; i < c->neurons; i++)
        same &= v[i] == v[0];
    fprintf(f, "      %s: ", vector_param_name[p]);
    if (same) {
        fprintf(f, "%" PRId32 "\n", v[0]);
        return;
    }
    for (uint32_t i = 0; i < c->neurons; i++)
        fprintf(f, "%s%" PRId32, i ? ", " : "[", v[i]);
    fputs("]\n", f);
}

static void populations(FILE *f, const vector_case *c)
{
    fprintf(f, "populations:\n  neurons:\n    size: %" PRIu32 "\n    model: loihi_lif\n    params:\n", c->neurons);
    for (uint32_t p = 0; p < VECTOR_PARAMS; p++)
        if (c->param[p])
            param(f, c, p);
    if (c->sources)
        fprintf(f, "  inputs:\n    size: %" PRIu32 "\n    model: spike_source\n", c->sources);
}

static void projections(FILE *f, const vector_case *c)
{
    bool any = false;
    for (uint32_t i = 0; i < c->ngroups; i++) {
        const vector_group *g = &c->group[i];
        if (g->count == 0)
            continue;
        if (!any)
            fputs("projections:\n", f);
        any = true;
        fprintf(f,
                "  p%" PRIu32 ":\n    pre: %s\n    post: neurons\n    receptor_type: mixed\n    weight_exp: %" PRId32
                "\n    weight_bits: %" PRId32 "\n    sign_mode: %s\n",
                i, g->recurrent ? "neurons" : "inputs", g->exponent, g->bits, g->sign);
        if (g->rule)
            fprintf(f, "    plasticity: r%" PRIu32 "\n", i);
        fputs("    connector:\n      type: from_list\n      list:\n", f);
        for (uint32_t k = 0; k < g->count; k++)
            fprintf(f, "        - [%" PRIu32 ", %" PRIu32 ", %" PRId32 ", %" PRIu32 "]\n", g->synapse[k].pre,
                    g->synapse[k].post, g->synapse[k].weight, g->synapse[k].delay);
    }
}

static void rule(FILE *f, const vector_rule *r)
{
    static const char *const target[RULE_TARGETS] = {"dw", "dd", "dt"};
    static const char *const trace[RT_COUNT] = {"x1", "x2", "y1", "y2", "y3"};
    fprintf(f, "    type: loihi\n    epoch: %" PRIu32 "\n", r->epoch);
    for (int k = 0; k < RULE_TARGETS; k++)
        if (r->text[k])
            fprintf(f, "    %s: \"%s\"\n", target[k], r->text[k]);
    for (int k = 0; k < RT_COUNT; k++)
        if (!(r->held && k >= RT_Y1))
            fprintf(f, "    %s_impulse: %.17g\n    %s_tau: %.17g\n", trace[k], r->impulse[k], trace[k], r->tau[k]);
    if (r->held)
        fputs("    third_factor: host\n", f);
    if (r->graded)
        fprintf(f, "    graded_pre: %s\n", r->graded);
}

static void rules(FILE *f, const vector_case *c)
{
    bool any = false;
    for (uint32_t i = 0; i < c->ngroups; i++) {
        if (!c->group[i].rule || c->group[i].count == 0)
            continue;
        fprintf(f, "%s  r%" PRIu32 ":\n", any ? "" : "plasticity_rules:\n", i);
        any = true;
        rule(f, c->group[i].rule);
    }
}

static void stimuli(FILE *f, const vector_case *c)
{
    bool listed = c->ninputs && !c->payload; /* graded spikes are injected */
    if (listed || c->first_current)
        fputs("stimuli:\n", f);
    if (listed)
        fputs("  spikes:\n    target: inputs\n    type: spikes\n    times:\n", f);
    for (uint32_t i = 0; i < c->ninputs && listed; i++)
        fprintf(f, "      - [%" PRIu32 ", %" PRIu32 "]\n", c->input[i].step, c->input[i].neuron);
    if (!c->first_current)
        return;
    fputs("  first:\n    target: neurons\n    type: current\n    start: 0 ms\n    duration: 1 ms\n    amplitude: [", f);
    for (uint32_t i = 0; i < c->neurons; i++)
        fprintf(f, "%s%" PRId64, i ? ", " : "", c->first_current[i]);
    fputs("]\n", f);
}

const char *vector_yaml(const vector_case *c, hmn_arena *a)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return NULL;
    fputs("hmn: 1\nnetwork:\n  name: vector\n  dt: 1 ms\n", f);
    populations(f, c);
    projections(f, c);
    rules(f, c);
    stimuli(f, c);
    fputs("probes:\n  u: {target: neurons, record: u}\n  v: {target: neurons, record: v}\n", f);
    fprintf(f, "target:\n  chip: loihi\n  dialect: %s\nrun:\n  duration: %" PRIu32 " ms\n", c->dialect, c->steps);
    const char *out = fclose(f) == 0 ? arena_copy_text(a, text, size) : NULL;
    free(text);
    return out;
}
