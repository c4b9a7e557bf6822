/* Projections: who connects to whom, with what weight, delay and rule. Takes the entries of the section, fills
 * net_projection. Weights are in the unit of the postsynaptic model. Signs are only compared here to choose the
 * receptor where none is written. */
#include "compiler/check.h"

#include <math.h>
#include <string.h>

net_dim check_weight_dim(const checker *c, uint32_t population)
{
    if (population == NET_NONE)
        return NET_PLAIN;
    static const net_dim dims[] = {
#define NEURON_MODEL(id, name, bit, source, weight, meaning) [MODEL_##id] = NET_##weight,
#include "core/ir/neuron.def"
        [MODEL_COUNT] = NET_PLAIN};
    return dims[c->net->population[population].model];
}

typedef struct {
    bool negative, positive;
} sign_seen;

static void see(sign_seen *s, double v)
{
    s->negative = s->negative || v < 0;
    s->positive = s->positive || v > 0;
}

static void see_all(sign_seen *s, const double *v, uint64_t count)
{
    for (uint64_t i = 0; v && i < count; i++)
        see(s, v[i]);
}

static void see_value(sign_seen *s, const net_value *v)
{
    switch (v->dist) {
    case DIST_CONSTANT: see(s, v->p[0]); break;
    case DIST_LIST: see_all(s, v->list, v->nlist); break;
    case DIST_UNIFORM:
    case DIST_UNIFORM_INT: see_all(s, v->p, 2); break;
    case DIST_NORMAL_CLIPPED:
    case DIST_NORMAL_CLIPPED_TO_BOUNDARY: see_all(s, v->p + 2, 2); break;
    case DIST_NORMAL:
    case DIST_VONMISES: s->negative = s->positive = true; break;
    case DIST_LOGNORMAL:
    case DIST_EXPONENTIAL:
    case DIST_GAMMA:
    case DIST_POISSON:
    case DIST_BINOMIAL: s->positive = true; break;
    }
}

/* Signs of the weights where no receptor is written: both kinds -> mixed, else by the one there is. */
static net_receptor receptor_by_sign(const net_projection *p)
{
    const net_connector *k = &p->connector;
    sign_seen s = {false, false};
    if (k->weight)
        see_all(&s, k->weight, k->nrows);
    else if (k->kernel_weight)
        see_all(&s, k->kernel_weight, (uint64_t)k->kernel[0] * k->kernel[1] * k->in_channels * k->out_channels);
    else
        see_value(&s, &p->weight);
    return s.negative && s.positive ? RECEPTOR_MIXED : s.negative ? RECEPTOR_INHIBITORY : RECEPTOR_EXCITATORY;
}

static void set_rule(checker *c, const doc_entry *e, check_path path, net_projection *p)
{
    const doc_node *n = e->value;
    if (n->kind != DOC_MAP) {
        p->rule = (net_ref){check_ref(c, n, "plasticity", REF_RULE), n->at};
        return;
    }
    uint32_t i = c->net->nrules++;
    const char *name = arena_printf(c->arena, "%s.plasticity", p->name.s);
    check_rule(c, n, e->key_at, name, (check_path){&path, "plasticity"}, &c->net->rule[i]);
    p->rule = (net_ref){i, e->key_at};
}

static void check_ends(checker *c, net_projection *p)
{
    if (p->post.i == NET_NONE)
        return;
    const net_population *post = &c->net->population[p->post.i];
    if (post->model == MODEL_SOURCE || post->model == MODEL_SOURCE_ARRAY || post->model == MODEL_SOURCE_POISSON) {
        diag_report(c->diag, DIAG_NET_CONNECT, p->post.at, "'%s' is a spike source: it takes no synapses",
                    post->name.s);
        diag_cure(c->diag, "connect to a population of neurons, or feed the source by a stimulus");
    }
    bool chip_level = p->weight_exp.given || p->weight_bits.given || p->sign_mode.s;
    if (chip_level && post->model != MODEL_LOIHI_LIF && post->model != MODEL_COUNT) {
        hmn_span at = p->weight_exp.given    ? p->weight_exp.at
                      : p->weight_bits.given ? p->weight_bits.at
                                             : p->sign_mode.at;
        diag_report(c->diag, DIAG_NET_CONFLICT, at,
                    "weight_exp, weight_bits and sign_mode are for projections onto "
                    "loihi_lif; '%s' is %s",
                    post->name.s, keys_models[post->model].word);
        diag_cure(c->diag, "remove it; the compiler chooses the format (target.weight_bits limits it)");
    }
}

/* The models of two excitatory types. */
static bool has_second(neuron_model m)
{
    return m == MODEL_CURR_DUAL || m == MODEL_SPIN_IF_CURR_EXP_DUAL || m == MODEL_SPIN_IF_CURR_EXP_SEMD;
}

static bool delivers_reward(const doc_entry *e)
{
    const key_def *k = keys_find(&keys_projection, "receptor_type", 0);
    const key_choice *word =
        e && e->value->kind == DOC_SCALAR ? keys_choose(k->choice, e->value->text, k->lenient) : NULL;
    return word && net_rewards((net_receptor)word->value);
}

static void check_receptor(checker *c, const doc_entry *e, const net_projection *p)
{
    if (p->receptor != RECEPTOR_EXCITATORY2 || p->post.i == NET_NONE)
        return;
    const net_population *post = &c->net->population[p->post.i];
    if (post->model == MODEL_COUNT || has_second(post->model))
        return;
    diag_report(c->diag, DIAG_NET_CONFLICT, e->value->at, "'%s' is %s, which has one excitatory synapse type",
                post->name.s, keys_models[post->model].word);
    diag_cure(c->diag, "use receptor_type: excitatory, or the model IF_curr_dual_exp");
}

static void need_weight(checker *c, const doc_entry *e, const net_projection *p, const check_path *path)
{
    if (p->weight.given || p->connector.weight || p->connector.kernel_weight)
        return;
    diag_report(c->diag, DIAG_KEY_MISSING, e->key_at, "%s lacks the key 'weight'", check_path_text(c, path));
    diag_cure(c->diag, "add weight: %s", keys_find(&keys_projection, "weight", 0)->meaning);
}

static void check_projection(checker *c, const doc_entry *e, check_path path, net_projection *p)
{
    const doc_node *n = e->value;
    const key_context *k = &keys_projection;
    p->name = (net_str){e->key, e->key_at};
    const doc_entry *post = check_pick(k, n, "post"), *receptor = check_pick(k, n, "receptor_type");
    uint32_t to = post && post->value->kind == DOC_SCALAR
                      ? names_find(&c->name[REF_POPULATION].index, post->value->text)
                      : NAMES_NONE;
    c->weight_dim = delivers_reward(receptor) ? NET_PLAIN : check_weight_dim(c, to);
    check_bind(c, k, 0, n, e->key_at, path, p);
    if (!p->delay.given) {
        p->delay.p[0] = c->unit.dt;
        p->delay.at = e->key_at;
    }
    p->rule.i = NET_NONE;
    if (n->kind != DOC_MAP)
        return;
    uint32_t before = diag_errors(c->diag);
    check_ends(c, p);
    const doc_entry *connector = check_pick(k, n, "connector"), *rule = check_pick(k, n, "plasticity");
    if (connector)
        check_connector(c, connector->value, (check_path){&path, "connector"}, p);
    if (rule && !doc_is_null(rule->value))
        set_rule(c, rule, path, p);
    if (connector && diag_errors(c->diag) == before)
        need_weight(c, e, p, &path);
    if (receptor)
        check_receptor(c, receptor, p);
    else
        p->receptor = receptor_by_sign(p);
}

void check_projections(checker *c, const doc_entry **e, uint32_t count)
{
    check_path section = {NULL, "projections"};
    c->net->projection = ARENA_NEW(c->arena, net_projection, count);
    for (uint32_t i = 0; i < count; i++)
        check_projection(c, e[i], (check_path){&section, e[i]->key}, &c->net->projection[i]);
}
