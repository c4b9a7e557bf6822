/* The router: it keeps to one expert while pictures are alike, recruits when they are not, and finds them again. */
#include "models/tasks/router.h"

#include "core/base/rng.h"
#include "tests/suite.h"

enum { PIXELS = 100, EXPERTS = 3, KINDS = 3, WARM = 400 };

/* Kind k has ink in the third k of the pixels, with holes and specks. */
static void picture(uint32_t kind, uint32_t n, uint8_t *ink)
{
    for (uint32_t p = 0; p < PIXELS; p++)
        ink[p] = rng_unit(5, RNG_TASK, kind, n, p) < (p * KINDS / PIXELS == kind ? 0.7 : 0.05);
}

static uint32_t show(router *r, uint32_t kind, uint32_t first, uint32_t n, uint32_t *to)
{
    uint8_t ink[PIXELS];
    uint32_t e = 0;
    for (uint32_t i = 0; i < n; i++) {
        picture(kind, first + i, ink);
        e = router_learn(r, ink);
        to[e]++;
    }
    return e;
}

START_TEST(each_kind_of_picture_gets_an_expert_of_its_own)
{
    hmn_arena *a = arena_new(0);
    router *r = router_new(PIXELS, EXPERTS, a);
    for (uint32_t k = 0; k < KINDS; k++) {
        uint32_t to[EXPERTS] = {0, 0, 0};
        ck_assert_uint_eq(show(r, k, 0, WARM, to), k);
        ck_assert_uint_eq(r->used, k + 1);
        ck_assert_uint_gt(to[k], WARM - 20); /* some are needed to notice */
    }
    uint8_t ink[PIXELS];
    for (uint32_t k = 0; k < KINDS; k++)
        for (uint32_t i = 0; i < 50; i++) {
            picture(k, 10000 + i, ink);
            ck_assert_uint_eq(router_find(r, ink), k);
        }
    uint32_t to[EXPERTS] = {0, 0, 0};
    show(r, 0, 20000, 100, to); /* what was learned first is known again */
    ck_assert_uint_eq(to[0], 100);
    ck_assert_uint_eq(r->used, KINDS);
    arena_free(a);
}
END_TEST

START_TEST(pictures_of_one_kind_recruit_nobody)
{
    hmn_arena *a = arena_new(0);
    router *r = router_new(PIXELS, EXPERTS, a);
    uint32_t to[EXPERTS] = {0, 0, 0};
    show(r, 1, 0, 5000, to);
    ck_assert_uint_eq(r->used, 1);
    arena_free(a);
}
END_TEST

START_TEST(nobody_is_recruited_soon_after_another_or_beyond_the_experts)
{
    hmn_arena *a = arena_new(0);
    router *r = router_new(PIXELS, 2, a);
    uint32_t to[2] = {0, 0};
    show(r, 0, 0, 150, to);
    show(r, 1, 0, 40, to); /* within the patience of 200 */
    ck_assert_uint_eq(r->used, 1);
    show(r, 0, 1000, WARM, to);
    show(r, 1, 1000, WARM, to);
    ck_assert_uint_eq(r->used, 2);
    show(r, 2, 1000, WARM, to);
    ck_assert_uint_eq(r->used, 2);
    arena_free(a);
}
END_TEST

START_TEST(finding_changes_nothing_and_an_empty_picture_is_like_nothing)
{
    hmn_arena *a = arena_new(0);
    router *r = router_new(PIXELS, EXPERTS, a);
    uint32_t to[EXPERTS] = {0, 0, 0};
    uint8_t ink[PIXELS] = {0};
    show(r, 0, 0, WARM, to);
    router before = *r;
    ck_assert_uint_eq(router_find(r, ink), 0);
    ck_assert_mem_eq(&before, r, sizeof before);
    arena_free(a);
}
END_TEST

SUITE("router", each_kind_of_picture_gets_an_expert_of_its_own, pictures_of_one_kind_recruit_nobody,
      nobody_is_recruited_soon_after_another_or_beyond_the_experts,
      finding_changes_nothing_and_an_empty_picture_is_like_nothing)
