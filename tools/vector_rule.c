/* Replays Lava's sum-of-products unit. Takes a case with a rule text, the operands of some synapses and the
 * accumulators before and after, yields the first difference. The text goes through the parser of the compiler and the
 * products through the functions that the emulator's learning engine calls; nothing is computed here. */
#include "tools/vector_rule.h"

#include "backends/loihi/product.h"
#include "compiler/rule.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *key;
    rule_var var;
} operands[] = {{"x0", RV_X0}, {"x1", RV_X1}, {"x2", RV_X2}, {"y0", RV_Y0}, {"y1", RV_Y1},
                {"y2", RV_Y2}, {"y3", RV_Y3}, {"w", RV_W},   {"t", RV_T}};

enum { OPERANDS = sizeof operands / sizeof *operands, LIMIT = 1 << 20 };

bool vector_is_rule(const json_t *json)
{
    return json_is_string(json_object_get(json, "rule")) &&
           (json_object_get(json, "accumulator_in") || json_object_get(json, "error"));
}

/* "dw = x0*y1" as target and text; false when it does not begin so. */
static bool split(const char *text, rule_source *out)
{
    static const char *const names[] = {[RULE_W] = "dw", [RULE_D] = "dd", [RULE_T] = "dt"};
    for (int target = 0; target < RULE_TARGETS; target++) {
        if (strncmp(text, names[target], 2) != 0)
            continue;
        const char *equals = text + 2 + strspn(text + 2, " ");
        if (*equals != '=')
            return false;
        *out = (rule_source){equals + 1 + strspn(equals + 1, " "), {0}, (rule_target)target, RULE_GRAMMAR_LAVA};
        return true;
    }
    return false;
}

/* Element i of an array of whole numbers, or the number itself. */
static bool number(const json_t *j, size_t i, int32_t *out)
{
    const json_t *n = json_is_array(j) ? json_array_get(j, i) : j;
    *out = json_is_integer(n) ? (int32_t)json_integer_value(n) : 0;
    return json_is_integer(n) && json_integer_value(n) > -LIMIT && json_integer_value(n) < LIMIT;
}

static bool read_operands(const json_t *json, size_t i, int32_t value[RV_COUNT])
{
    memset(value, 0, RV_COUNT * sizeof *value);
    for (uint32_t k = 0; k < OPERANDS; k++)
        if (!number(json_object_get(json, operands[k].key), i, &value[operands[k].var]))
            return false;
    return number(json_object_get(json, "u"), i, &value[RV_U]);
}

static const char *evaluate(const json_t *json, const hmn_rule *rule, hmn_arena *a)
{
    const json_t *before = json_object_get(json, "accumulator_in"), *after = json_object_get(json, "accumulator_out");
    size_t n = json_array_size(before);
    if (n == 0 || n != json_array_size(after))
        return "'accumulator_in' and 'accumulator_out' must be arrays of one length";
    for (size_t i = 0; i < n; i++) {
        int32_t value[RV_COUNT], got, want;
        if (!read_operands(json, i, value) || !number(before, i, &got) || !number(after, i, &want))
            return "an operand is missing or no whole number";
        for (uint32_t k = 0; k < rule->nproducts; k++) {
            const rule_product *p = &rule->product[k];
            got = product_add(got, product_value(p, value[p->dependency], value, PRODUCT_LOW_LAVA), PRODUCT_LOW_LAVA);
        }
        if (got != want)
            return arena_printf(a, "accumulator of synapse %zu: got %" PRId32 ", want %" PRId32, i, got, want);
    }
    return NULL;
}

const char *vector_run_rule(const json_t *json, hmn_arena *a)
{
    rule_source source;
    hmn_rule rule = {.epoch = 1};
    bool rejected = json_object_get(json, "error") != NULL;
    if (!split(json_string_value(json_object_get(json, "rule")), &source))
        return "'rule' must be dw, dd or dt = TEXT";
    hmn_diag *d = diag_new();
    bool parsed = rule_parse(&source, &rule, d);
    const char *said = diag_count(d) ? arena_printf(a, "%s", diag_get(d, 0)->text) : "";
    diag_free(d);
    if (rejected)
        return parsed ? "the text is accepted, Lava's parser rejects it" : NULL;
    return parsed ? evaluate(json, &rule, a) : arena_printf(a, "the text is rejected: %s", said);
}
