/* Checks single operations of SpiNNaker cores against numbers that the ARM code gave. Takes the operations of a file as
 * cases: rows of [a, b, result] for arithmetic, a seed and what it draws for generators. Calls the functions that the
 * emulator calls. */
#include "tools/vector_spin.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/random.h"

#include <inttypes.h>
#include <string.h>

/* a and b are registers; results are compared as 32-bit registers. */
typedef uint32_t operation(int32_t a, int32_t b);

#define OPERATION(name, expression)                                                                                    \
    static uint32_t op_##name(int32_t a, int32_t b)                                                                    \
    {                                                                                                                  \
        (void)a, (void)b;                                                                                              \
        return (uint32_t)(expression);                                                                                 \
    }
OPERATION(mul, spin_mul(a, b))
OPERATION(add, spin_add(a, b))
OPERATION(sub, spin_sub(a, b))
OPERATION(neg, spin_neg(a))
OPERATION(div, spin_div(a, b))
OPERATION(half, spin_half(a))
OPERATION(decay, spin_decay(a, (uint32_t)b))
OPERATION(decay_u032, spin_decay_u032(a, (uint32_t)b))
OPERATION(exp, spin_exp(a))
OPERATION(exp_u032, spin_exp_u032(a))
OPERATION(kdivk, spin_kdivk(a, b))
OPERATION(kdivui, spin_kdivui(a, (uint32_t)b))
OPERATION(mul_trace, spin_mul_trace(a, b))
OPERATION(mul_s411, spin_mul_s411(a, b))
OPERATION(to_u032, spin_to_u032(a))
OPERATION(from_u032, spin_from_u032((uint32_t)a))
OPERATION(complement, spin_complement((uint32_t)a))
OPERATION(to_int, spin_to_int(a))
OPERATION(from_int, spin_from_int(a))
OPERATION(conductance, fx_shr_rd(a, 10))
OPERATION(mul_u1616, spin_mul_u1616((uint32_t)a, (uint32_t)b))
OPERATION(sqrt, spin_sqrt(a))
OPERATION(to_u1616, spin_to_u1616(a))
OPERATION(sin, spin_sin(a))
OPERATION(cos, spin_cos(a))
OPERATION(normal, spin_normal((uint32_t)a))
OPERATION(weight_input, spin_weight_input((uint32_t)a, (uint32_t)b))
#undef OPERATION

static const struct {
    const char *name;
    operation *run;
} operations[] = {
    {"mul", op_mul},
    {"add", op_add},
    {"sub", op_sub},
    {"neg", op_neg},
    {"div", op_div},
    {"half", op_half},
    {"decay_s1615", op_decay},
    {"decay_s1615_to_u032", op_decay_u032},
    {"expk", op_exp},
    {"expulr", op_exp_u032},
    {"kdivk", op_kdivk},
    {"kdivui", op_kdivui},
    {"mul_accum_fixed", op_mul_trace},
    {"stdp_mul16", op_mul_s411},
    {"accum_to_ulfract", op_to_u032},
    {"ulfract_to_accum", op_from_u032},
    {"one_minus_ulfract", op_complement},
    {"accum_to_int", op_to_int},
    {"int_to_accum", op_from_int},
    {"shr10", op_conductance},
    {"uaccum_mul", op_mul_u1616},
    {"sqrtk", op_sqrt},
    {"accum_to_uaccum", op_to_u1616},
    {"sink", op_sin},
    {"cosk", op_cos},
    {"norminv_urt", op_normal},
    {"weight_to_input", op_weight_input},
};

static int32_t reg(const json_t *row, size_t k) { return fx_low32(json_integer_value(json_array_get(row, k))); }

static const char *check_rows(const char *name, const json_t *rows, hmn_arena *a)
{
    operation *run = NULL;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, name) == 0)
            run = operations[i].run;
    if (!run)
        return arena_printf(a, "there is no operation '%s'", name);
    if (json_array_size(rows) == 0)
        return "it has no rows";
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (json_array_size(row) != 3)
            return arena_printf(a, "row %zu is not [a, b, result]", i);
        uint32_t got = run(reg(row, 0), reg(row, 1)), want = (uint32_t)reg(row, 2);
        if (got != want)
            return arena_printf(a, "%s(%" PRId32 ", %" PRId32 "): got %" PRIu32 ", want %" PRIu32, name, reg(row, 0),
                                reg(row, 1), got, want);
    }
    return NULL;
}

/* ---- generators ---- */

static spin_kiss state_of(const json_t *seed)
{
    return (spin_kiss){(uint32_t)reg(seed, 0), (uint32_t)reg(seed, 1), (uint32_t)reg(seed, 2), (uint32_t)reg(seed, 3)};
}

static const char *check_draws(const char *name, const json_t *c, hmn_arena *a)
{
    spin_kiss k = state_of(json_object_get(c, "seed"));
    const json_t *after = json_object_get(c, "seed_after_validate"), *want = json_object_get(c, "stream");
    uint32_t limit = (uint32_t)json_integer_value(json_object_get(c, "exp_minus_lambda_u032"));
    bool poisson = strcmp(name, "poisson_exp_minus_lambda") == 0, kiss = strcmp(name, "mars_kiss64") == 0;
    if (json_is_true(json_object_get(c, "validated")))
        spin_kiss_validate(&k);
    spin_kiss valid = after ? state_of(after) : k;
    if (k.x != valid.x || k.y != valid.y || k.z != valid.z || k.carry != valid.carry)
        return "the seed becomes another state";
    want = kiss ? want : json_object_get(c, poisson ? "counts" : "expo_variates");
    if (json_array_size(want) == 0)
        return "it lists no draws";
    for (size_t i = 0; i < json_array_size(want); i++) {
        uint32_t got = kiss ? spin_kiss_draw(&k) : poisson ? spin_poisson(&k, limit) : (uint32_t)spin_exponential(&k);
        if (got != (uint32_t)reg(want, i))
            return arena_printf(a, "draw %zu: got %" PRIu32 ", want %" PRIu32, i, got, (uint32_t)reg(want, i));
    }
    return NULL;
}

/* ---- the family ---- */

bool vector_is_operation(const json_t *json) { return json_object_get(json, "operation") != NULL; }

json_t *vector_operations(const json_t *root)
{
    static const char *const generators[] = {"mars_kiss64", "poisson_exp_minus_lambda", "exponential_dist_variate"};
    const json_t *ops = json_object_get(root, "ops");
    json_t *cases = json_array();
    const char *name;
    json_t *rows;
    /* jansson iterates over objects that are not const. */
    for (void *at = json_object_iter((json_t *)(uintptr_t)ops); at;
         at = json_object_iter_next((json_t *)(uintptr_t)ops, at)) {
        name = json_object_iter_key(at);
        rows = json_object_iter_value(at);
        json_array_append_new(cases, json_pack("{s:s, s:s, s:O}", "id", name, "operation", name, "rows", rows));
    }
    for (size_t g = 0; g < sizeof generators / sizeof *generators; g++) {
        const json_t *list = json_object_get(root, generators[g]);
        for (size_t i = 0; i < json_array_size(list); i++) {
            char id[64];
            snprintf(id, sizeof id, "%s %zu", generators[g], i);
            json_array_append_new(cases, json_pack("{s:s, s:s, s:O}", "id", id, "operation", generators[g], "draws",
                                                   json_array_get(list, i)));
        }
    }
    return cases;
}

const char *vector_spin_operation(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    const char *name = json_string_value(json_object_get(json, "operation"));
    const json_t *draws = json_object_get(json, "draws");
    return draws ? check_draws(name, draws, a) : check_rows(name, json_object_get(json, "rows"), a);
}
