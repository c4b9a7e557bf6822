/* Prints what a pass made. Takes a unit, yields one line a thing, in index order, so that two dumps can be compared
 * with diff. Real numbers are printed with 9 digits, places as line:column. */
#include "tools/dump.h"

#include "core/isa/ulearn.h"
#include "tools/tables.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- parse: the tree ---- */

static void dump_node(const doc_node *n, int depth, FILE *out)
{
    switch (n->kind) {
    case DOC_SCALAR:
        fprintf(out, " %s%s%s  @%" PRIu32 ":%" PRIu32 "\n", n->quoted ? "\"" : "", n->text, n->quoted ? "\"" : "",
                n->at.line, n->at.col);
        return;
    case DOC_LIST:
        fputc('\n', out);
        for (uint32_t i = 0; i < n->count; i++) {
            fprintf(out, "%*s-", 2 * depth, "");
            dump_node(n->item[i], depth + 1, out);
        }
        return;
    case DOC_MAP:
        fputc('\n', out);
        for (uint32_t i = 0; i < n->count; i++) {
            fprintf(out, "%*s%s:%s", 2 * depth, "", n->entry[i].key, n->entry[i].merged ? " (merged)" : "");
            dump_node(n->entry[i].value, depth + 1, out);
        }
        return;
    }
}

/* ---- check: the network as written ---- */

static const char *const model_names[] = {
#define NEURON_MODEL(id, name, bit, source, weight, meaning) name,
#include "core/ir/neuron.def"
};

static const struct {
    const char *key;
    uint32_t models;
} params[] = {
#define NEURON_PARAM(id, key, dim, def, low, high, models, meaning) {key, models},
#include "core/ir/neuron.def"
};

static const char *dist_name(net_dist d)
{
    static const char *const names[] = {"constant",
                                        "list",
                                        "uniform",
                                        "uniform_int",
                                        "normal",
                                        "normal_clipped",
                                        "normal_clipped_to_boundary",
                                        "lognormal",
                                        "exponential",
                                        "gamma",
                                        "poisson",
                                        "binomial",
                                        "vonmises"};
    return names[d];
}

static void dump_value(const net_value *v, FILE *out)
{
    if (v->dist == DIST_CONSTANT)
        fprintf(out, "%.9g", v->p[0]);
    else if (v->dist == DIST_LIST)
        fprintf(out, "list of %" PRIu32, v->nlist);
    else
        fprintf(out, "%s(%.9g, %.9g, %.9g, %.9g)", dist_name(v->dist), v->p[0], v->p[1], v->p[2], v->p[3]);
}

static const char *const join_words[JOIN_COUNT] = {
    "none",
#define JOIN(id, word, meaning) word,
#include "core/ir/join.def"
};

static void dump_net(const hmn_net *n, FILE *out)
{
    static const char *const connectors[] = {
        "all_to_all",         "one_to_one", "fixed_probability", "fixed_number_pre",   "fixed_number_post",
        "fixed_total_number", "from_list",  "from_file",         "distance_dependent", "conv2d"};
    fprintf(out, "network %s dt=%.9g ms seed=%" PRIu64 "\n", n->name.s ? n->name.s : "-", n->dt, n->seed);
    for (uint32_t i = 0; i < n->npopulations; i++) {
        const net_population *p = &n->population[i];
        fprintf(out, "population %" PRIu32 " %s size=%" PRIu32 " model=%s", i, p->name.s, p->size,
                model_names[p->model]);
        for (uint32_t k = 0; k < NP_COUNT; k++)
            if (params[k].models >> p->model & 1) {
                fprintf(out, " %s=", params[k].key);
                dump_value(&p->param[k], out);
            }
        if (p->dendrite_of.i != NET_NONE)
            fprintf(out, " dendrite_of=%s sends=%c", n->population[p->dendrite_of.i].name.s,
                    p->sends == SENDS_U ? 'u' : 'v');
        if (p->join != JOIN_NONE)
            fprintf(out, " join=%s", join_words[p->join]);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < n->nprojections; i++) {
        const net_projection *p = &n->projection[i];
        fprintf(out, "projection %" PRIu32 " %s %s -> %s %s weight=", i, p->name.s, n->population[p->pre.i].name.s,
                n->population[p->post.i].name.s, connectors[p->connector.type]);
        dump_value(&p->weight, out);
        fputs(" delay=", out);
        dump_value(&p->delay, out);
        fprintf(out, " rule=%s\n", p->rule.i == NET_NONE ? "-" : n->rule[p->rule.i].name.s);
    }
    for (uint32_t i = 0; i < n->nstimuli; i++)
        fprintf(out, "stimulus %" PRIu32 " %s -> %s spikes=%" PRIu32 "\n", i, n->stimulus[i].name.s,
                n->population[n->stimulus[i].target.i].name.s, n->stimulus[i].nspikes);
    for (uint32_t i = 0; i < n->nprobes; i++)
        fprintf(out, "probe %" PRIu32 " %s %s every=%" PRIu32 "\n", i, n->probe[i].name.s, n->probe[i].variable.s,
                n->probe[i].every);
}

/* ---- elaborate: neurons and synapses ---- */

static void dump_graph(const hmn_graph *g, FILE *out)
{
    for (uint32_t i = 0; i < g->npopulations; i++) {
        const graph_population *p = &g->population[i];
        fprintf(out, "population %s neurons %" PRIu32 "..%" PRIu32 " model=%s\n", p->name, p->first, p->first + p->size,
                model_names[p->model]);
    }
    for (uint32_t i = 0; i < g->nprojections; i++) {
        const graph_projection *p = &g->projection[i];
        fprintf(out, "projection %s %" PRIu64 " synapses: pre post weight delay\n", p->name, p->nsynapses);
        for (uint32_t pre = 0; pre < g->population[p->pre].size; pre++)
            for (uint32_t e = p->row[pre]; e < p->row[pre + 1]; e++)
                fprintf(out, "  %" PRIu32 " %" PRIu32 " %.9g %u\n", pre, p->target[e], p->weight[e], p->delay[e]);
    }
    for (uint64_t i = 0; i < g->spikes.count; i++)
        fprintf(out, "spike step=%" PRIu32 " neuron=%" PRIu32 "\n", g->spikes.step[i], g->spikes.neuron[i]);
    for (uint32_t i = 0; i < g->npoisson; i++)
        fprintf(out, "poisson %" PRIu32 " neurons %" PRIu32 "..%" PRIu32 " p=%.9g steps %" PRIu32 "..%" PRIu32 "\n",
                g->poisson[i].id, g->poisson[i].first, g->poisson[i].first + g->poisson[i].count,
                g->poisson[i].count ? graph_at(g->poisson[i].p, 0) : 0.0, g->poisson[i].start, g->poisson[i].stop);
}

/* ---- quantise: integers ---- */

static void dump_qnet(const source *s, FILE *out)
{
    const hmn_qnet *q = s->unit.qnet;
    const hmn_table *t = &s->chip->tables[s->chip->neuron_table];
    for (uint32_t i = 0; i < q->graph->npopulations; i++) {
        const qnet_population *p = &q->population[i];
        fprintf(out, "population %s v_lsb=%.9g v_zero=%.9g u_lsb=%.9g", q->graph->population[i].name, p->v_lsb,
                p->v_zero, p->u_lsb);
        for (uint32_t c = 0; c < t->ncolumns && !q->graph->population[i].source; c++)
            if (p->column[c].v)
                fprintf(out, " %s=%" PRId32 "%s", t->column[c].name, p->column[c].v[0],
                        p->column[c].stride ? ",..." : "");
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < q->graph->nprojections; i++) {
        const qnet_projection *p = &q->projection[i];
        fprintf(out, "projection %s exp=%" PRId32 " bits=%" PRId32 " sign=%d w_lsb=%.9g: synapse weight delay\n",
                q->graph->projection[i].name, p->weight_exp, p->weight_bits, (int)p->sign, p->w_lsb);
        for (uint64_t e = 0; e < q->graph->projection[i].nsynapses; e++)
            fprintf(out, "  %" PRIu64 " %d %d\n", e, p->weight[e], p->delay[e]);
    }
}

/* ---- learn: microcode ---- */

static void dump_rules(const hmn_qnet *q, FILE *out)
{
    char text[256];
    for (uint32_t i = 0; i < q->nrules; i++) {
        const hmn_rule *r = &q->rule[i];
        fprintf(out, "rule %" PRIu32 " %s epoch=%u channel=%u\n", i, r->name ? r->name : "-", r->epoch, r->r1_channel);
        for (uint32_t k = 0; k < r->nproducts; k++) {
            ulearn_product_text(&r->product[k], text, sizeof text);
            fprintf(out, "  %s\n", text);
        }
    }
    for (uint32_t i = 0; i < q->nchannels; i++) {
        const qnet_channel *c = &q->channel[i];
        fprintf(out, "register %" PRIu32 " unit=%.6g epoch=%" PRIu32 " base=%.6g", i, c->unit, c->epoch,
                c->base_q16 / 65536.0);
        for (uint32_t k = 0; k < c->nterms; k++)
            fprintf(out, " %+.6g*%s", c->gain_q16[k] / 65536.0, q->graph->net->modulator[c->modulator[k]].name.s);
        if (c->attention)
            fprintf(out, " attention=%" PRIu32, c->attention - 1);
        if (c->carry)
            fputs(" carry", out);
        if (c->oscillation)
            fprintf(out, " oscillation=%s phase=%.6g", q->graph->net->oscillation[c->oscillation - 1].name.s,
                    ldexp(c->phase, -32));
        fputc('\n', out);
    }
}

/* ---- partition, place, route ---- */

static void dump_slices(const hmn_mapping *m, FILE *out)
{
    for (uint32_t i = 0; i < m->nslices; i++)
        fprintf(out, "slice %s %" PRIu32 "..%" PRIu32 " core=%" PRIu32 " base=%" PRIu32 "\n",
                m->qnet->graph->population[m->slice[i].population].name, m->slice[i].first,
                m->slice[i].first + m->slice[i].count, m->slice[i].core, m->slice[i].base);
    for (uint32_t i = 0; i < m->nrelays; i++)
        fprintf(out, "relay slice=%" PRIu32 " core=%" PRIu32 " stages=%" PRIu32 "\n", m->relay[i].slice,
                m->relay[i].core, m->relay[i].stages);
}

static void dump_managers(const hmn_mapping *m, FILE *out)
{
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        fprintf(out, "manager core=%" PRIu32 " to", m->ncores - m->nmanagers + k);
        for (uint32_t i = m->manager_row[k]; i < m->manager_row[k + 1]; i++)
            fprintf(out, " %" PRIu32, m->manager_core[i]);
        fputc('\n', out);
    }
}

static void dump_sites(const source *s, FILE *out)
{
    const hmn_mapping *m = s->unit.mapping;
    for (uint32_t i = 0; i < m->ncores; i++) {
        hmn_place p = limits_place(s->chip->limits, m->site[i]);
        fprintf(out, "core %" PRIu32 " site=%" PRIu32 " chip=%" PRIu32 " x=%" PRIu32 " y=%" PRIu32 "\n", i, m->site[i],
                p.chip, p.x, p.y);
    }
    dump_managers(m, out);
}

static void dump_routes(const hmn_mapping *m, FILE *out)
{
    for (uint32_t i = 0; i < m->ncores; i++)
        for (uint32_t a = m->axon_row[i]; a < m->axon_row[i + 1]; a++)
            fprintf(out, "core %" PRIu32 " axon %" PRIu32 " source=%" PRIu32 "%s\n", i, a - m->axon_row[i],
                    m->axon_source[a], a - m->axon_row[i] >= m->first_plastic[i] ? " plastic" : "");
}

void dump_after(const source *s, const char *pass, FILE *out)
{
    const hmn_unit *u = &s->unit;
    if (strcmp(pass, "parse") == 0)
        dump_node(u->doc, 0, out);
    else if (strcmp(pass, "check") == 0)
        dump_net(u->net, out);
    else if (strcmp(pass, "elaborate") == 0)
        dump_graph(u->graph, out);
    else if (strcmp(pass, "quantise") == 0)
        dump_qnet(s, out);
    else if (strcmp(pass, "learn") == 0)
        dump_rules(u->qnet, out);
    else if (strcmp(pass, "partition") == 0)
        dump_slices(u->mapping, out);
    else if (strcmp(pass, "place") == 0)
        dump_sites(s, out);
    else if (strcmp(pass, "route") == 0)
        dump_routes(u->mapping, out);
    else if (s->image)
        tables_text(s->image, s->chip, TABLES_ALL_CORES, out, s->diag);
}
