/* Networks made by hand, so that the passes behind the checker are tested without YAML. */
#ifndef HMN_TESTS_NET_BUILDER_H
#define HMN_TESTS_NET_BUILDER_H

#include "compiler/unit.h"
#include "core/base/arena.h"
#include "core/base/diag.h"

#include <math.h>
#include <string.h>

enum { BUILDER_MAX = 64 };

typedef struct {
    hmn_net net;
    net_population population[BUILDER_MAX];
    net_projection projection[BUILDER_MAX];
    net_stimulus stimulus[BUILDER_MAX];
    net_rule rule[BUILDER_MAX];
    net_modulator modulator[BUILDER_MAX];
    hmn_unit unit;
} net_builder;

static inline net_value build_constant(double x)
{
    return (net_value){.dist = DIST_CONSTANT, .p = {x}, .given = true, .at = {0, 1, 1, 1}};
}

static inline net_value build_dist(net_dist dist, double a, double b, double c, double d)
{
    return (net_value){.dist = dist, .p = {a, b, c, d}, .given = true, .at = {0, 1, 1, 1}};
}

static inline net_value build_list(const double *list, uint32_t n)
{
    return (net_value){.dist = DIST_LIST, .list = list, .nlist = n, .given = true, .at = {0, 1, 1, 1}};
}

static inline net_num build_num(double v) { return (net_num){v, true, {0, 1, 1, 1}}; }

static inline net_builder *build_open(void)
{
    hmn_arena *a = arena_new(0);
    net_builder *b = ARENA_NEW(a, net_builder, 1);
    b->net.dt = 1;
    b->net.seed = 42;
    b->net.population = b->population;
    b->net.projection = b->projection;
    b->net.stimulus = b->stimulus;
    b->net.rule = b->rule;
    b->net.modulator = b->modulator;
    b->unit.arena = a;
    b->unit.diag = diag_new();
    b->unit.net = &b->net;
    diag_add_file(b->unit.diag, "test.yaml", "the text\n", 9);
    return b;
}

static inline void build_close(net_builder *b)
{
    diag_free(b->unit.diag);
    arena_free(b->unit.arena);
}

static inline net_population *build_population(net_builder *b, const char *name, uint32_t size, neuron_model model)
{
    static const double defaults[] = {
#define NEURON_PARAM(id, key, dim, def, low, high, models, meaning) def,
#include "core/ir/neuron.def"
    };
    net_population *p = &b->population[b->net.npopulations++];
    *p = (net_population){.name = {name, {0, 1, 1, 1}}, .size = size, .shape = {size, 1, 1}, .ndim = 1};
    p->model = model;
    p->dendrite_of.i = NET_NONE;
    p->spacing[0] = p->spacing[1] = p->spacing[2] = 1;
    for (int k = 0; k < NP_COUNT; k++)
        p->param[k] = (net_value){.dist = DIST_CONSTANT, .p = {defaults[k]}};
    return p;
}

static inline void build_shape(net_population *p, uint32_t h, uint32_t w, uint32_t c)
{
    p->shape[0] = h;
    p->shape[1] = w;
    p->shape[2] = c;
    p->ndim = 3;
    p->size = h * w * c;
}

static inline net_projection *build_projection(net_builder *b, const char *name, uint32_t pre, uint32_t post,
                                               net_connector_type type)
{
    net_projection *p = &b->projection[b->net.nprojections++];
    *p = (net_projection){.name = {name, {0, 1, 1, 1}}, .pre = {pre, {0, 1, 1, 1}}, .post = {post, {0, 1, 1, 1}}};
    p->connector.type = type;
    p->connector.at = (hmn_span){0, 1, 5, 4};
    p->connector.self = true;
    p->connector.max_distance = INFINITY;
    p->receptor = RECEPTOR_EXCITATORY;
    p->weight = build_constant(1);
    p->delay = build_constant(1);
    p->rule.i = NET_NONE;
    return p;
}

static inline net_stimulus *build_stimulus(net_builder *b, const char *name, uint32_t target, net_stimulus_type type)
{
    net_stimulus *s = &b->stimulus[b->net.nstimuli++];
    *s = (net_stimulus){.name = {name, {0, 1, 1, 1}}, .target = {target, {0, 1, 1, 1}}, .type = type};
    return s;
}

/* Elaborates; NULL when it reported errors. */
static inline const hmn_graph *build_graph(net_builder *b)
{
    bool ok = pass_elaborate(&b->unit);
    ck_assert_int_eq(ok, diag_errors(b->unit.diag) == 0);
    return ok ? b->unit.graph : NULL;
}

/* The only message has this class and its text or cure contains `words`. */
static inline void build_refused(net_builder *b, hmn_diag_code code, const char *words)
{
    ck_assert_uint_ge(diag_count(b->unit.diag), 1);
    const hmn_message *m = diag_get(b->unit.diag, 0);
    ck_assert_msg(m->code == code, "%s: %s", diag_code_name(m->code), m->text);
    ck_assert_msg(strstr(m->text, words) || (m->cure && strstr(m->cure, words)), "%s / %s", m->text, m->cure);
    ck_assert_uint_eq(m->at.line, 1);
}

#endif
