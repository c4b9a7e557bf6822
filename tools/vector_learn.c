/* Parts of learning vectors. Takes rules, matrices and spike lists, yields groups, inputs and rule texts of the network
 * language. Rule texts go through the compiler's parser in Lava's grammar, so that they mean what they meant there, and
 * are printed again for the network. */
#include "tools/vector_learn.h"

#include "compiler/rule.h"
#include "core/isa/ulearn.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int64_t vector_draw_of(double uniform) { return (int64_t)floor(ldexp(uniform, 32)); }

/* ---- rules ---- */

static bool same_factor(const json_t *j, const rule_factor *f)
{
    const char *var = json_string_value(json_object_get(j, "var"));
    return var && strcmp(var, ulearn_var_name((rule_var)f->var)) == 0 &&
           json_number_value(json_object_get(j, "const")) == f->constant &&
           json_is_true(json_object_get(j, "sgn")) == f->sgn;
}

static bool same_product(const json_t *j, const rule_product *p)
{
    const json_t *factors = json_object_get(j, "factors");
    const char *dependency = json_string_value(json_object_get(j, "dependency"));
    bool same = dependency && strcmp(dependency, ulearn_var_name((rule_var)p->dependency)) == 0 &&
                json_number_value(json_object_get(j, "mantissa")) == p->mantissa &&
                json_number_value(json_object_get(j, "exponent")) == p->exponent &&
                json_number_value(json_object_get(j, "decimate")) == p->decimate &&
                json_array_size(factors) == p->nfactors;
    for (uint32_t k = 0; same && k < p->nfactors; k++)
        same = same_factor(json_array_get(factors, k), &p->factor[k]);
    return same;
}

static void compare_products(vector_reader *r, const json_t *list, const hmn_rule *rule, rule_target target)
{
    size_t n = 0;
    for (uint32_t k = 0; k < rule->nproducts; k++)
        if (rule->product[k].target == target && !same_product(json_array_get(list, n++), &rule->product[k]))
            vread_wrong(r, "a rule text parses to other products than the file lists");
    if (n != json_array_size(list))
        vread_wrong(r, "a rule text parses to another number of products than the file lists");
}

static double setting(vector_reader *r, const json_t *rule, const char *trace, const char *what)
{
    const json_t *j = json_object_get(rule, arena_printf(r->arena, "%s_%s", trace, what));
    double x = json_number_value(j);
    if (j && (!json_is_number(j) || x < 0 || x > 1e6))
        vread_wrong(r, "an impulse or tau must be a number from 0 to 10^6");
    return x;
}

static const char *parse_text(vector_reader *r, const char *text, rule_target target, hmn_rule *out)
{
    hmn_diag *d = diag_new();
    hmn_rule one = {.epoch = 1};
    bool ok = rule_parse(&(rule_source){text, {0}, target, RULE_GRAMMAR_LAVA}, &one, d) &&
              rule_parse(&(rule_source){text, {0}, target, RULE_GRAMMAR_LAVA}, out, d);
    if (!ok)
        vread_wrong(r, arena_printf(r->arena, "the rule is rejected: %s", diag_get(d, 0)->text));
    diag_free(d);
    return ok ? rule_text(&one, target, r->arena) : NULL;
}

const vector_rule *vector_read_rule(vector_reader *r, const json_t *rule, const json_t *products, uint32_t epoch)
{
    static const char *const target[RULE_TARGETS] = {"dw", "dd", "dt"};
    static const char *const trace[RT_COUNT] = {"x1", "x2", "y1", "y2", "y3"};
    vector_rule *out = ARENA_NEW(r->arena, vector_rule, 1);
    hmn_rule parsed = {.epoch = 1};
    out->epoch = epoch;
    for (int k = 0; k < RULE_TARGETS; k++) {
        const char *text = json_string_value(json_object_get(rule, target[k]));
        if (text)
            out->text[k] = parse_text(r, text, (rule_target)k, &parsed);
        if (text && products && !r->why)
            compare_products(r, json_object_get(products, target[k]), &parsed, (rule_target)k);
    }
    for (int k = 0; k < RT_COUNT; k++) {
        out->impulse[k] = setting(r, rule, trace[k], "impulse");
        out->tau[k] = setting(r, rule, trace[k], "tau");
    }
    return out;
}

/* ---- synapses and spikes ---- */

vector_group *vector_add_matrix(vector_reader *r, bool recurrent, uint32_t pre_first, uint32_t npre,
                                uint32_t post_first, uint32_t npost, const json_t *w)
{
    vector_group *g = vread_add_group(r, recurrent);
    vread_array(r, w, "w0", npost);
    g->synapse = ARENA_NEW(r->arena, vector_synapse, (size_t)npre * npost);
    for (uint32_t j = 0; j < npost && !r->why; j++) {
        const json_t *row = vread_array(r, json_array_get(w, j), "w0", npre);
        for (uint32_t i = 0; i < npre && !r->why; i++) {
            int32_t x = (int32_t)vread_whole(r, json_array_get(row, i), "w0", -256, 255);
            g->synapse[g->count++] = (vector_synapse){pre_first + i, post_first + j, 1, x, x};
        }
    }
    return g;
}

static void set_force(vector_group *g, vector_reader *r, uint32_t first_source)
{
    g->exponent = 7;
    g->bits = 8;
    g->sign = "excitatory";
    g->synapse = ARENA_NEW(r->arena, vector_synapse, 3 * (size_t)r->c->neurons);
    for (uint32_t i = 0; i < 3 * r->c->neurons; i++)
        g->synapse[g->count++] = (vector_synapse){first_source + i, i / 3, 1, 255, 255};
}

/* In steps of 64: below the force less what inhibition may take from it, above what excitation alone may bring. */
enum { FORCED_THRESHOLD = 64000 };

void vector_force(vector_reader *r, uint32_t first_source, bool brian)
{
    vread_set_all(r, "decay_u", brian ? 4096 : 4095);
    vread_set_all(r, "decay_v", 4095);
    vread_set_all(r, "vth_mant", FORCED_THRESHOLD);
    if (brian)
        vread_set_all(r, "refractory", 1);
    set_force(vread_add_group(r, false), r, first_source);
}

void vector_add_input(vector_reader *r, uint32_t step, uint32_t source, int32_t payload)
{
    vector_case *c = r->c;
    size_t cap = c->ninputs & (c->ninputs - 1) ? SIZE_MAX : c->ninputs; /* room is a power of two */
    if (cap != SIZE_MAX) {
        size_t room = c->ninputs ? 2 * (size_t)c->ninputs : 1;
        vector_spike *input = ARENA_NEW(r->arena, vector_spike, room);
        int32_t *load = ARENA_NEW(r->arena, int32_t, room);
        if (c->ninputs) {
            memcpy(input, c->input, c->ninputs * sizeof *input);
            memcpy(load, c->payload, c->ninputs * sizeof *load);
        }
        c->input = input;
        c->payload = load;
    }
    ((int32_t *)(uintptr_t)c->payload)[c->ninputs] = payload;
    c->input[c->ninputs++] = (vector_spike){step, source};
}

void vector_force_spike(vector_reader *r, uint32_t first_source, uint32_t neuron, uint32_t step)
{
    vector_case *c = r->c;
    for (uint32_t k = 0; k < 3 && step > 0; k++)
        vector_add_input(r, step - 1, first_source + 3 * neuron + k, 1);
    if (step > 0)
        return;
    int64_t *first = ARENA_NEW(r->arena, int64_t, c->neurons);
    if (c->first_current)
        memcpy(first, c->first_current, c->neurons * sizeof *first);
    first[neuron] = VECTOR_FORCE;
    c->first_current = first;
}

static int by_step_source(const void *pa, const void *pb)
{
    const vector_spike *a = pa, *b = pb;
    if (a->step != b->step)
        return a->step < b->step ? -1 : 1;
    return (a->neuron > b->neuron) - (a->neuron < b->neuron);
}

/* Payloads stay beside their spikes only where they are needed: graded spikes are injected in any order. */
void vector_sort_inputs(vector_reader *r, bool graded)
{
    if (graded)
        return;
    r->c->payload = NULL;
    if (r->c->ninputs)
        qsort(r->c->input, r->c->ninputs, sizeof *r->c->input, by_step_source);
}
