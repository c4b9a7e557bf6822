/* Regions of plasticity: from the parameters of the recorded cases to the words that the host tools wrote for them. */
#include "backends/spinnaker/stdp.h"

#include "tests/suite.h"

#include <jansson.h>
#include <string.h>

static const char *const files[] = {"pair_additive",
                                    "pair_multiplicative",
                                    "nearest_pair_additive",
                                    "nearest_pair_multiplicative",
                                    "pfister_triplet_additive",
                                    "vogels_2011_additive",
                                    "nm_pair_additive",
                                    "nm_pair_multiplicative",
                                    "nm_vogels_additive"};

static json_t *load(const char *name)
{
    char path[256];
    json_error_t e;
    snprintf(path, sizeof path, "%s/tests/data/spinnaker/stdp_%s.json", HMN_SOURCE_DIR, name);
    json_t *j = json_load_file(path, 0, &e);
    ck_assert_msg(j != NULL, "%s: %s", path, e.text);
    return j;
}

/* The first of two keys that the parameters have; 0 when they have neither. */
static double number(const json_t *params, const char *key, const char *other)
{
    const json_t *j = json_object_get(params, key);
    return json_number_value(j ? j : other ? json_object_get(params, other) : NULL);
}

static stdp_settings settings_of(const json_t *case_, stdp_kind kind)
{
    const json_t *p = json_object_get(case_, "params");
    stdp_settings s = {.backprop_delay = json_integer_value(json_object_get(case_, "backprop_delay")),
                       .dt = number(p, "dt", NULL),
                       .alpha = json_object_get(p, "alpha") ? number(p, "alpha", NULL) : 0.12,
                       .min = number(p, "w_min", NULL),
                       .max = number(p, "w_max", NULL),
                       .plus = number(p, "a_plus", "a2_plus"),
                       .minus = number(p, "a_minus", "a2_minus"),
                       .plus3 = number(p, "a3_plus", NULL),
                       .minus3 = number(p, "a3_minus", NULL),
                       .scale = 1,
                       .tau = {number(p, "tau_plus", "tau"), number(p, "tau_minus", NULL), number(p, "tau_x", NULL),
                               number(p, "tau_y", NULL)},
                       .tau_c = number(p, "tau_c", NULL),
                       .tau_d = number(p, "tau_d", NULL),
                       .w_max = number(p, "w_max", NULL),
                       .w_min = number(p, "w_min", NULL)};
    if (kind.timing == TIMING_TRIPLET) { /* recorded without the factor w_max that the host tools apply */
        s.plus /= s.max;
        s.minus /= s.max;
        s.plus3 /= s.max;
        s.minus3 /= s.max;
    }
    if (kind.modulated) { /* the bounds of the rule are those of the eligibility */
        s.min = 0;
        s.max = number(p, "elig_max", NULL);
    }
    return s;
}

static void compare(const json_t *case_, const char *name)
{
    stdp_kind kind;
    ck_assert(stdp_find(json_string_value(json_object_get(case_, "rule")), &kind));
    const json_t *want = json_object_get(case_, "dynamics_region_words");
    stdp_settings s = settings_of(case_, kind);
    uint32_t region[4096], n = stdp_write(NULL, kind, 2, &s);
    ck_assert_uint_le(n, 4096);
    ck_assert_uint_eq(stdp_write(region, kind, 2, &s), n);
    ck_assert_uint_eq(n, json_array_size(want));
    stdp_rule rule;
    ck_assert(stdp_read(region, n, kind, 2, &rule));
    ck_assert(!stdp_read(region, n - 1, kind, 2, &rule));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t w = (uint32_t)json_integer_value(json_array_get(want, i));
        ck_assert_msg(region[i] == w, "%s, %s: word %u is %#x, want %#x", name,
                      json_string_value(json_object_get(case_, "id")), i, region[i], w);
    }
}

START_TEST(parameters_give_the_words_of_the_host_tools)
{
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        json_t *root = load(files[f]);
        const json_t *cases = json_object_get(root, "cases");
        ck_assert_uint_gt(json_array_size(cases), 0);
        for (size_t i = 0; i < json_array_size(cases); i++)
            compare(json_array_get(cases, i), files[f]);
        json_decref(root);
    }
}
END_TEST

START_TEST(names_say_which_rule)
{
    stdp_kind k;
    ck_assert(stdp_find("nearest_pair_multiplicative", &k));
    ck_assert(k.timing == TIMING_NEAREST_PAIR && k.weight == WEIGHT_MULTIPLICATIVE && !k.modulated);
    ck_assert(stdp_find("nm_pfister_triplet_additive", &k));
    ck_assert(k.timing == TIMING_TRIPLET && k.weight == WEIGHT_TWO_TERM && k.modulated);
    ck_assert(stdp_find("vogels_2011_multiplicative", &k) && k.timing == TIMING_VOGELS);
    ck_assert(!stdp_find("pfister_triplet_multiplicative", &k)); /* there is no such weight rule */
    ck_assert(!stdp_find("pair_", &k) && !stdp_find("pair_additives", &k) && !stdp_find("static", &k));
}
END_TEST

START_TEST(conductances_scale_weights_and_additive_amplitudes)
{
    stdp_kind k;
    stdp_settings s = {.dt = 1, .tau = {2, 2}, .max = 0.5, .plus = 0.25, .minus = 0.125, .scale = 1024};
    uint32_t region[64];
    stdp_rule rule;
    ck_assert(stdp_find("pair_additive", &k));
    ck_assert(stdp_read(region, stdp_write(region, k, 1, &s), k, 1, &rule));
    ck_assert(rule.type[0].max == 512 * 32768 && rule.type[0].plus == 256 * 32768 && rule.type[0].minus == 128 * 32768);
    ck_assert(stdp_find("pair_multiplicative", &k));
    ck_assert(stdp_read(region, stdp_write(region, k, 1, &s), k, 1, &rule));
    ck_assert(rule.type[0].max == 512 * 32768 && rule.type[0].plus == 8192 && rule.type[0].minus == 4096);
}
END_TEST

SUITE("stdp_region", parameters_give_the_words_of_the_host_tools, names_say_which_rule,
      conductances_scale_weights_and_additive_amplitudes)
