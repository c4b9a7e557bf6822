#include "backends/loihi/product.h"

#include "core/base/rng.h"
#include "core/isa/ulearn.h"
#include "tests/suite.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static uint32_t draw(uint32_t i, uint32_t k, uint32_t n) { return rng_below(5, RNG_TASK, i, k, 0, n); }

/* The formula once more with 128-bit integers and divisions instead of shifts. */
static int32_t by_division(const rule_product *p, int dependency, const int32_t *value, int32_t low)
{
    __int128 r = (__int128)dependency * p->mantissa;
    int bits = 4;
    for (int k = 0; k < p->nfactors; k++) {
        const rule_factor *f = &p->factor[k];
        int x = f->constant + (f->var == RV_C ? 0 : value[f->var]), w = (int)ulearn_var_width((rule_var)f->var);
        if (f->sgn)
            x = x > 0 ? 1 : x < 0 ? -1 : 0;
        if (x > (1 << w) - 1)
            x = (1 << w) - 1;
        if (x < -(1 << w))
            x = -(1 << w);
        r *= x;
        bits += w;
    }
    if (bits > 15) {
        __int128 d = (__int128)1 << (bits - 15), q = r / d;
        r = r % d < 0 ? q - 1 : q;
    }
    for (int k = 0; k < p->exponent + 7; k++)
        r *= 2;
    return r > 32767 ? 32767 : r < low ? low : (int32_t)r;
}

START_TEST(products_equal_those_of_wide_integers)
{
    uint32_t big = 0, zero = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t k = 3;
        rule_product p = {.mantissa = (int8_t)((int)draw(i, 0, 16) - 8),
                          .exponent = (int8_t)((int)draw(i, 1, 16) - 7),
                          .nfactors = (uint8_t)draw(i, 2, 7)};
        int32_t value[RV_COUNT];
        for (int v = 0; v < RV_COUNT; v++)
            value[v] = (int32_t)draw(i, k++, 512) - 256;
        for (int f = 0; f < p.nfactors; f++, k += 3)
            p.factor[f] = (rule_factor){(uint8_t)draw(i, k, RV_COUNT), draw(i, k + 1, 8) == 0,
                                        (int16_t)((int)draw(i, k + 2, 1024) - 512)};
        int dependency = draw(i, k++, 8) != 0;
        int32_t want = by_division(&p, dependency, value, PRODUCT_LOW);
        ck_assert_int_eq(product_value(&p, dependency, value, PRODUCT_LOW), want);
        if (product_is_zero(&p, value)) {
            zero++;
            ck_assert_int_eq(want, 0);
            ck_assert_int_eq(product_rounded(&p, dependency, value, draw(i, k++, UINT32_MAX)), 0);
        }
        big += want != 0 && want != PRODUCT_LOW && want != PRODUCT_HIGH;
    }
    ck_assert_uint_gt(big, 3000);
    ck_assert_uint_gt(zero, 1000);
}
END_TEST

static rule_var var_of(const char *name)
{
    for (int v = 0; v < RV_COUNT; v++)
        if (strcmp(ulearn_var_name((rule_var)v), name) == 0)
            return (rule_var)v;
    ck_abort_msg("no variable %s", name);
}

static int integer(const json_t *o, const char *key) { return (int)json_integer_value(json_object_get(o, key)); }

static rule_product product_of(const json_t *o)
{
    rule_product p = {.dependency = (uint8_t)var_of(json_string_value(json_object_get(o, "dependency"))),
                      .mantissa = (int8_t)integer(o, "mantissa"),
                      .exponent = (int8_t)integer(o, "exponent")};
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(o, "factors"), i, f) p.factor[p.nfactors++] =
        (rule_factor){(uint8_t)var_of(json_string_value(json_object_get(f, "var"))),
                      json_is_true(json_object_get(f, "sgn")), (int16_t)integer(f, "const")};
    return p;
}

static int at(const json_t *c, const char *key, size_t i)
{
    return (int)json_integer_value(json_array_get(json_object_get(c, key), i));
}

START_TEST(accumulators_recorded_from_lava_are_reproduced)
{
    static const char *const names[] = {"x0", "x1", "x2", "y0", "y1", "y2", "y3", "w", "t"};
    char path[512];
    json_error_t error;
    snprintf(path, sizeof path, "%s/tests/data/loihi/learning_rule_lava.json", HMN_SOURCE_DIR);
    json_t *file = json_load_file(path, 0, &error), *c;
    ck_assert_msg(file != NULL, "%s", error.text);
    size_t n, checked = 0;
    json_array_foreach(json_object_get(file, "cases"), n, c)
    {
        json_t *products = json_object_get(c, "products");
        for (size_t i = 0; i < json_array_size(json_object_get(c, "x0")); i++) {
            int32_t value[RV_COUNT] = {0}, acc = at(c, "accumulator_in", i);
            for (size_t k = 0; k < sizeof names / sizeof *names; k++)
                value[var_of(names[k])] = at(c, names[k], i);
            value[RV_U] = integer(c, "u");
            for (size_t k = 0; k < json_array_size(products); k++) {
                rule_product p = product_of(json_array_get(products, k));
                acc =
                    product_add(acc, product_value(&p, value[p.dependency], value, PRODUCT_LOW_LAVA), PRODUCT_LOW_LAVA);
            }
            ck_assert_msg(acc == at(c, "accumulator_out", i), "%s operand %zu: %d",
                          json_string_value(json_object_get(c, "id")), i, acc);
            checked++;
        }
    }
    ck_assert_uint_gt(checked, 300);
    json_decref(file);
}
END_TEST

SUITE("product", products_equal_those_of_wide_integers, accumulators_recorded_from_lava_are_reproduced)
