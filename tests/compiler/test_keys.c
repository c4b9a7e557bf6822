/* The table of keys keeps its own promises: complete rows, no two keys of one name, defaults inside their ranges,
 * aliases that are not keys themselves. */
#include "compiler/keys.h"

#include "tests/suite.h"

#include <math.h>
#include <string.h>

#define EACH_KEY(c, k)                                                                                                 \
    for (const key_context *const *c = keys_contexts(); *c; c++)                                                       \
        for (const key_def *k = (*c)->key; k->name; k++)

START_TEST(every_row_is_complete)
{
    EACH_KEY(c, k)
    {
        ck_assert_msg(k->meaning && *k->meaning, "%s has no meaning", k->name);
        bool choice = k->kind == KEY_CHOICE || k->kind == KEY_FLAG || k->kind == KEY_WORD;
        ck_assert_msg(!choice || (k->choice && k->choice->word), "%s has no choices", k->name);
        ck_assert_msg((k->kind != KEY_MAP && k->kind != KEY_NAMED) || k->inner, "%s has no context", k->name);
        ck_assert_msg(k->kind != KEY_REF || k->ref != REF_NONE, "%s refers to nothing", k->name);
        ck_assert_msg(k->kind != KEY_SHAPE || (k->shape != SHAPE_NONE && k->offset == KEY_UNBOUND), "%s", k->name);
        for (const key_choice *w = k->choice; w && w->word; w++)
            ck_assert_msg(w->meaning && *w->meaning, "%s: %s has no meaning", k->name, w->word);
    }
}
END_TEST

START_TEST(no_context_has_two_keys_of_one_name_for_one_variant)
{
    EACH_KEY(c, k)
    for (const key_def *d = (*c)->key; d < k; d++) {
        bool together = !d->in || !k->in || (d->in & k->in);
        ck_assert_msg(!together || strcmp(d->name, k->name) != 0, "%s.%s twice", (*c)->name, k->name);
        ck_assert_msg(!together || (!keys_accepts(d->aliases, k->name) && !keys_accepts(k->aliases, d->name)),
                      "%s.%s is another spelling of %s", (*c)->name, k->name, d->name);
    }
}
END_TEST

START_TEST(defaults_lie_in_their_ranges)
{
    EACH_KEY(c, k)
    {
        bool number = k->kind == KEY_NUM || k->kind == KEY_REAL || k->kind == KEY_UINT;
        if (number && !isnan(k->def) && strcmp(k->name, "group_size") != 0) /* 0: not given */
            ck_assert_msg(k->def >= k->low && k->def <= k->high, "%s.%s", (*c)->name, k->name);
    }
    for (int i = 0; i < NP_COUNT; i++)
        ck_assert_msg(keys_params[i].def >= keys_params[i].low && keys_params[i].def <= keys_params[i].high, "%s",
                      keys_params[i].key);
}
END_TEST

START_TEST(a_context_fits_the_set_of_seen_keys)
{
    for (const key_context *const *c = keys_contexts(); *c; c++) {
        size_t n = 0;
        while ((*c)->key[n].name)
            n++;
        ck_assert_msg(n <= 64, "%s has %zu keys", (*c)->name, n);
    }
}
END_TEST

START_TEST(keys_are_found_by_name_spelling_and_variant)
{
    const key_context *traces = keys_find(&keys_rule, "traces", 0)->inner;
    ck_assert_str_eq(keys_find(traces, "kernel", 0)->name, "pairing");
    ck_assert_ptr_null(keys_find(traces, "tau_c", 0)); /* only suggested */
    ck_assert_ptr_nonnull(keys_find(&keys_connector, "p_connect", 1u << CONN_FIXED_PROBABILITY));
    ck_assert_ptr_null(keys_find(&keys_connector, "p_connect", 1u << CONN_ONE_TO_ONE));
    ck_assert_double_eq(keys_find(&keys_distribution, "low", 1u << DIST_NORMAL_CLIPPED)->low, -INFINITY);
    ck_assert_uint_ne(keys_find(&keys_distribution, "low", 1u << DIST_NORMAL_CLIPPED)->offset,
                      keys_find(&keys_distribution, "low", 1u << DIST_UNIFORM)->offset);
}
END_TEST

START_TEST(models_are_chosen_without_regard_to_case_and_underscores)
{
    ck_assert_uint_eq(keys_choose(keys_models, "if_CURR_exp", true)->value, MODEL_CURR_EXP);
    ck_assert_uint_eq(keys_choose(keys_models, "ifcurrexp", true)->value, MODEL_CURR_EXP);
    ck_assert_uint_eq(keys_choose(keys_models, "CubaLIF", true)->value, MODEL_CURR_EXP);
    ck_assert_uint_eq(keys_choose(keys_models, "spikesourcepoisson", true)->value, MODEL_SOURCE_POISSON);
    ck_assert_ptr_null(keys_choose(keys_models, "lifo", true));
    ck_assert_ptr_null(keys_choose(keys_models, "if_curr_exp", false));
}
END_TEST

SUITE("keys", every_row_is_complete, no_context_has_two_keys_of_one_name_for_one_variant, defaults_lie_in_their_ranges,
      a_context_fits_the_set_of_seen_keys, keys_are_found_by_name_spelling_and_variant,
      models_are_chosen_without_regard_to_case_and_underscores)
