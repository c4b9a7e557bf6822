#include "tests/backends/spinnaker/machines.h"

static uint32_t tree_of(const trial_machine *t, const int32_t *xy, uint32_t n, uint8_t **mask)
{
    int32_t chip[16], missing;
    for (uint32_t i = 0; i < n; i++)
        chip[i] = spin_chip_at(t->machine, xy[2 * i], xy[2 * i + 1]);
    *mask = ARENA_NEW(t->arena, uint8_t, t->machine->nchips);
    return spin_tree(t->machine, chip, n, 0, *mask, &missing, t->arena);
}

START_TEST(chips_side_by_side_need_no_others)
{
    trial_machine t = machines_new(0, 0);
    static const int32_t xy[] = {0, 0, 1, 0, 0, 1, 1, 1, 2, 1, 2, 2};
    uint8_t *mask;
    ck_assert_uint_eq(tree_of(&t, xy, 6, &mask), 5);
    machines_free(&t);
}
END_TEST

START_TEST(a_branch_in_between_is_found)
{
    /* three chips around (3, 3), two links from it each: six links, not eight */
    trial_machine t = machines_new(0, 0);
    static const int32_t xy[] = {5, 3, 1, 1, 3, 5};
    uint8_t *mask;
    ck_assert_uint_eq(tree_of(&t, xy, 3, &mask), 6);
    ck_assert_uint_eq(mask[spin_chip_at(t.machine, 3, 3)], 1u << LINK_E | 1u << LINK_N | 1u << LINK_SW);
    machines_free(&t);
}
END_TEST

START_TEST(both_ends_of_a_link_know_it)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        trial_machine t = machines_new(seed, 3);
        uint8_t *mask = ARENA_NEW(t.arena, uint8_t, t.machine->nchips);
        int32_t chip[6], missing;
        uint32_t n = 0, links = 0;
        for (uint32_t k = 0; k < 6; k++) {
            int32_t c = (int32_t)machines_draw(seed, 4, k, t.machine->nchips);
            bool twice = false;
            for (uint32_t i = 0; i < n; i++)
                twice |= chip[i] == c;
            if (!twice)
                chip[n++] = c;
        }
        uint32_t found = spin_tree(t.machine, chip, n, (uint32_t)seed % n, mask, &missing, t.arena);
        for (uint32_t c = 0; c < t.machine->nchips && found != UINT32_MAX; c++)
            for (uint32_t l = 0; l < SPIN_LINKS; l++)
                if (mask[c] >> l & 1) {
                    ck_assert_int_ne(t.machine->link[c][l], SPIN_NONE);
                    ck_assert(mask[t.machine->link[c][l]] >> spin_opposite(l) & 1);
                    links++;
                }
        if (found != UINT32_MAX)
            ck_assert_uint_eq(links, 2 * found);
        machines_free(&t);
    }
}
END_TEST

SUITE("ner_tree", chips_side_by_side_need_no_others, a_branch_in_between_is_found, both_ends_of_a_link_know_it)
