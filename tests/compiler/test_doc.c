/* Looking into the tree, and paths beside a file. */
#include "compiler/doc.h"

#include "compiler/parse.h"
#include "tests/suite.h"

#include <string.h>

START_TEST(keys_are_found_in_mappings_only)
{
    static const char text[] = "a: {b: 1}\nc: [1, 2]\n";
    hmn_arena *arena = arena_new(0);
    hmn_diag *d = diag_new();
    uint32_t nodes = 0;
    const doc_node *root = parse_text(arena, d, "t", text, sizeof text - 1, &nodes);
    ck_assert_str_eq(doc_get(doc_get(root, "a"), "b")->text, "1");
    ck_assert_ptr_null(doc_get(root, "b"));
    ck_assert_ptr_null(doc_get(doc_get(root, "c"), "b"));
    ck_assert_ptr_null(doc_get(NULL, "b"));
    ck_assert_str_eq(doc_find(root, "c")->key, "c");
    ck_assert_str_eq(doc_kind_name(doc_get(root, "c")), "a list");
    ck_assert_str_eq(doc_kind_name(root), "a mapping");
    diag_free(d);
    arena_free(arena);
}
END_TEST

START_TEST(null_is_what_is_not_written)
{
    static const struct {
        const char *text;
        bool quoted, null;
    } c[] = {{"", false, true}, {"~", false, true},    {"null", false, true},
             {"", true, false}, {"null", true, false}, {"no", false, false}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        doc_node n = {.kind = DOC_SCALAR, .text = c[i].text, .quoted = c[i].quoted};
        ck_assert_msg(doc_is_null(&n) == c[i].null, "%s", c[i].text);
    }
}
END_TEST

START_TEST(paths_are_beside_the_file_that_names_them)
{
    hmn_arena *a = arena_new(0);
    ck_assert_str_eq(doc_path(a, "nets/main.yaml", "part.yaml"), "nets/part.yaml");
    ck_assert_str_eq(doc_path(a, "main.yaml", "part.yaml"), "part.yaml");
    ck_assert_str_eq(doc_path(a, "nets/main.yaml", "/data/part.yaml"), "/data/part.yaml");
    ck_assert_str_eq(doc_path(a, NULL, "part.yaml"), "part.yaml");
    arena_free(a);
}
END_TEST

SUITE("doc", keys_are_found_in_mappings_only, null_is_what_is_not_written, paths_are_beside_the_file_that_names_them)
