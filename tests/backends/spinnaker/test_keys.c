#include "backends/spinnaker/keys.h"

#include "tests/suite.h"

#include <string.h>

static hmn_diag *diag;

static bool allocate(const spin_key_need *need, uint32_t n, spin_key_zone *out)
{
    diag = diag ? diag : diag_new();
    return spin_keys_allocate(need, n, out, (hmn_span){0}, diag);
}

/* Numbers that PACMAN gave for graph g_brunel of tests/data/spinnaker/mapping.json. */
START_TEST(zones_are_those_of_the_host_software)
{
    static const spin_key_need need[] = {{125, 64}, {32, 64}, {79, 128}};
    spin_key_zone z[3];
    ck_assert(allocate(need, 3, z));
    ck_assert_uint_eq(spin_part_key(z[0], 15), 1920);
    ck_assert_uint_eq(z[1].base, 16384);
    ck_assert_uint_eq(z[2].base, 32768);
    ck_assert_uint_eq(z[2].mask, 4294950912u);
    ck_assert_uint_eq(spin_part_key(z[2], 78), 42752);
    ck_assert_uint_eq(spin_part_mask(z[2]), 4294967168u);
}
END_TEST

START_TEST(no_key_belongs_to_two_parts)
{
    static const spin_key_need need[] = {{3, 16}, {1, 4096}, {7, 1}, {0, 0}, {20, 100}};
    spin_key_zone z[5];
    ck_assert(allocate(need, 5, z));
    for (uint32_t a = 0; a < 5; a++)
        for (uint32_t i = 0; i < need[a].parts; i++)
            for (uint32_t b = 0; b < 5; b++)
                for (uint32_t k = 0; k < need[b].parts; k++) {
                    uint32_t key = spin_neuron_key(spin_part_key(z[b], k), need[b].keys - 1, 0);
                    bool mine = (key & spin_part_mask(z[a])) == spin_part_key(z[a], i);
                    ck_assert_int_eq(mine, a == b && i == k);
                    if (mine)
                        ck_assert_uint_eq(key & z[a].mask, z[a].base);
                }
}
END_TEST

START_TEST(who_sends_nothing_gets_no_zone)
{
    static const spin_key_need need[] = {{3, 0}, {1, 16}};
    spin_key_zone z[2];
    ck_assert(allocate(need, 2, z));
    ck_assert_uint_eq(z[0].mask, 0);
    ck_assert_uint_eq(z[1].base, 0);
}
END_TEST

START_TEST(the_lower_border_moves_where_bits_are_short)
{
    static const spin_key_need need[] = {{1 << 14, 16}, {2, 1 << 20}, {1, 1}};
    spin_key_zone z[3];
    ck_assert(allocate(need, 3, z));
    ck_assert_uint_eq(z[0].mask, 3u << 30);
    ck_assert_uint_eq(z[0].shift, 16);
    ck_assert_uint_eq(z[1].shift, 20);
    ck_assert_uint_eq(spin_part_key(z[1], 1), (1u << 30) | (1u << 20));
}
END_TEST

START_TEST(more_than_32_bits_are_refused_with_numbers)
{
    static const spin_key_need need[] = {{1 << 14, 1 << 18}, {1, 1}};
    spin_key_zone z[2];
    uint32_t before = diag ? diag_errors(diag) : 0;
    ck_assert(!allocate(need, 2, z));
    ck_assert_uint_eq(diag_errors(diag), before + 1);
    ck_assert_ptr_nonnull(strstr(diag_get(diag, diag_count(diag) - 1)->text, "1 bits for 2 populations and 32"));
}
END_TEST

SUITE("keys", zones_are_those_of_the_host_software, no_key_belongs_to_two_parts, who_sends_nothing_gets_no_zone,
      the_lower_border_moves_where_bits_are_short, more_than_32_bits_are_refused_with_numbers)
