/* Vectors of SpiNNaker's machines, tables and routes: all agree, and what is altered is found. */
#include "tools/vector_spin.h"

#include "tests/suite.h"

#include <string.h>

static json_t *load(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/data/spinnaker/%s.json", HMN_SOURCE_DIR, name);
    json_t *root = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(root);
    return root;
}

static const char *check(const json_t *root, size_t number, hmn_arena *a)
{
    const json_t *c = json_array_get(json_object_get(root, "cases"), number);
    const vector_family *f = vector_family_of(root, c);
    ck_assert_ptr_nonnull(f);
    return f->check(root, c, a);
}

START_TEST(all_cases_agree)
{
    static const char *const files[] = {"geometry",        "geometry_wrap", "routing_compression",
                                        "deploy_rtr_load", "mapping",       "mapping_random"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        json_t *root = load(files[i]);
        size_t n = json_array_size(json_object_get(root, "cases"));
        ck_assert_uint_gt(n, 0);
        for (size_t k = 0; k < n; k++) {
            hmn_arena *a = arena_new(0);
            const char *why = check(root, k, a);
            ck_assert_msg(why == NULL, "%s, case %zu: %s", files[i], k, why);
            arena_free(a);
        }
        json_decref(root);
    }
}
END_TEST

/* Sets the number at a path of keys and indices ("#3") of the first case. */
static void alter(json_t *root, const char *const *path, json_int_t value)
{
    json_t *at = json_array_get(json_object_get(root, "cases"), 0), *next = at;
    for (; *path; path++) {
        at = next;
        next = **path == '#' ? json_array_get(at, (size_t)atoi(*path + 1)) : json_object_get(at, *path);
        ck_assert_ptr_nonnull(next);
    }
    ck_assert(json_is_integer(next));
    ck_assert_int_eq(json_integer_set(next, value), 0);
}

START_TEST(what_is_altered_is_found)
{
    static const struct {
        const char *file, *path[6];
        json_int_t value;
    } cases[] = {
        {"geometry", {"chips_x_y_cores_ethx_ethy", "#5", "#2"}, 16},
        {"geometry", {"links_x_y_link_tox_toy", "#5", "#4"}, 7},
        {"geometry", {"routes", "#2", "vector", "#0"}, 3},
        {"geometry", {"routes", "#2", "ldf_nodes", "#0", "#0"}, 5},
        {"routing_compression", {"pacman_sizes", "pair_ordered"}, 20},
        {"routing_compression", {"entries", "#3", "#0"}, 64}, /* overlaps another */
        {"deploy_rtr_load", {"entries", "#0", "key"}, 8192},
        {"deploy_rtr_load", {"app_id"}, 31},
        {"mapping", {"pacman", "route_link_traversals"}, 10},
        {"mapping", {"pacman", "key_allocation", "#3", "#1"}, 385},
        {"mapping", {"largest_tables_pacman_sizes", "range", "0,0"}, 1},
        {"mapping_random", {"pacman", "packet_links"}, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hmn_arena *a = arena_new(0);
        json_t *root = load(cases[i].file);
        alter(root, cases[i].path, cases[i].value);
        ck_assert_msg(check(root, 0, a) != NULL, "case %zu", i);
        json_decref(root);
        arena_free(a);
    }
}
END_TEST

SUITE("vector_spin_mapping", all_cases_agree, what_is_altered_is_found)
