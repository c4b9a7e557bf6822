/* YAML text to tree: kinds, places, anchors, merges, limits. */
#include "compiler/parse.h"

#include "compiler/source.h"
#include "tests/suite.h"

#include <string.h>

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    const doc_node *root;
    uint32_t nodes;
} parsed;

static parsed parse_bytes(const char *text, size_t length)
{
    parsed p = {arena_new(0), diag_new(), NULL, 0};
    p.root = parse_text(p.arena, p.diag, "t.yaml", text, length, &p.nodes);
    return p;
}

static parsed parse(const char *text) { return parse_bytes(text, strlen(text)); }

static void end(parsed *p)
{
    diag_free(p->diag);
    arena_free(p->arena);
}

static void refused(const char *text, size_t length, hmn_diag_code code, uint32_t line, uint32_t col)
{
    parsed p = parse_bytes(text, length);
    ck_assert_msg(diag_count(p.diag) > 0, "accepted: %s", text);
    const hmn_message *m = diag_get(p.diag, 0);
    ck_assert_msg(m->code == code && m->at.line == line && m->at.col == col, "%s at %u:%u: %s", diag_code_name(m->code),
                  m->at.line, m->at.col, m->text);
    end(&p);
}

START_TEST(scalars_stay_text)
{
    parsed p = parse("a: no\nb: 010\nc: '3'\nd:\ne: ~\n");
    ck_assert_str_eq(doc_get(p.root, "a")->text, "no");
    ck_assert_str_eq(doc_get(p.root, "b")->text, "010");
    ck_assert(doc_get(p.root, "c")->quoted && !doc_get(p.root, "b")->quoted);
    ck_assert(doc_is_null(doc_get(p.root, "d")) && doc_is_null(doc_get(p.root, "e")));
    ck_assert_uint_eq(diag_errors(p.diag), 0);
    end(&p);
}
END_TEST

START_TEST(every_node_and_key_has_its_place)
{
    parsed p = parse("a:\n  key: value\n  list: [1, twenty]\n");
    const doc_entry *key = doc_find(doc_get(p.root, "a"), "key");
    ck_assert_uint_eq(key->key_at.line, 2);
    ck_assert_uint_eq(key->key_at.col, 3);
    ck_assert_uint_eq(key->key_at.len, 3);
    ck_assert_uint_eq(key->value->at.col, 8);
    ck_assert_uint_eq(key->value->at.len, 5);
    const doc_node *item = doc_get(doc_get(p.root, "a"), "list")->item[1];
    ck_assert(item->at.line == 3 && item->at.col == 13 && item->at.len == 6);
    end(&p);
}
END_TEST

START_TEST(columns_count_bytes_after_wide_characters)
{
    parsed p = parse("{\"\xC3\xA9\xC3\xA9\": 1, b: two}");
    const doc_node *b = doc_get(p.root, "b");
    ck_assert_uint_eq(b->at.col, 16);
    ck_assert_uint_eq(b->at.len, 3);
    end(&p);
}
END_TEST

START_TEST(places_hold_with_every_kind_of_line_end)
{
    parsed p = parse("a: 1\r\nb: 2\r\nc: 3\n");
    ck_assert(doc_get(p.root, "c")->at.line == 3 && doc_get(p.root, "c")->at.col == 4);
    end(&p);
    p = parse("\xEF\xBB\xBF"
              "a: 1\nb: 2\n");
    ck_assert(doc_get(p.root, "b")->at.line == 2 && doc_find(p.root, "a")->key_at.col == 1);
    end(&p);
}
END_TEST

START_TEST(aliases_share_the_node_of_their_anchor)
{
    parsed p = parse("a: &x [1, 2]\nb: *x\nc: &x 5\nd: *x\n");
    ck_assert_ptr_eq(doc_get(p.root, "a"), doc_get(p.root, "b"));
    ck_assert_str_eq(doc_get(p.root, "d")->text, "5");
    end(&p);
}
END_TEST

START_TEST(merge_keys_fill_in_what_is_absent)
{
    parsed p = parse("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 9}\nd: {y: 7, <<: *b}\n");
    const doc_node *c = doc_get(p.root, "c"), *d = doc_get(p.root, "d");
    ck_assert_uint_eq(c->count, 3);
    ck_assert_str_eq(doc_get(c, "x")->text, "9");
    ck_assert_str_eq(doc_get(c, "y")->text, "2");
    ck_assert_str_eq(doc_get(c, "z")->text, "4");
    ck_assert(doc_find(c, "z")->merged && !doc_find(c, "x")->merged);
    ck_assert_str_eq(doc_get(d, "y")->text, "7");
    end(&p);
}
END_TEST

START_TEST(a_quoted_merge_key_is_a_plain_key)
{
    parsed p = parse("a: {'<<': 3}\n");
    ck_assert_str_eq(doc_get(doc_get(p.root, "a"), "<<")->text, "3");
    end(&p);
}
END_TEST

START_TEST(duplicate_keys_are_all_reported)
{
    parsed p = parse("a: 1\na: 2\nb: {c: 1, c: 2}\n");
    ck_assert_uint_eq(diag_errors(p.diag), 2);
    ck_assert_int_eq(diag_get(p.diag, 0)->code, DIAG_KEY_DUPLICATE);
    ck_assert_uint_eq(diag_get(p.diag, 0)->at.line, 2);
    end(&p);
}
END_TEST

START_TEST(duplicates_are_found_in_large_mappings_too)
{
    char text[4096] = "";
    for (int i = 0; i < 100; i++)
        sprintf(text + strlen(text), "k%d: 1\n", i);
    strcat(text, "k57: 2\n");
    refused(text, strlen(text), DIAG_KEY_DUPLICATE, 101, 1);
}
END_TEST

START_TEST(malformed_text_is_refused_at_its_place)
{
    refused("a:\n\tb: 1\n", 9, DIAG_YAML_SYNTAX, 2, 1);
    refused("a: 1\n---\nb: 2\n", 14, DIAG_YAML_SYNTAX, 2, 1);
    refused("a: \xff\n", 5, DIAG_YAML_SYNTAX, 1, 4);
    refused("a: \xC0\x80\n", 6, DIAG_YAML_SYNTAX, 1, 4);
    refused("a: \xED\xA0\x80\n", 7, DIAG_YAML_SYNTAX, 1, 4);
    refused("a: b\0c\n", 7, DIAG_YAML_SYNTAX, 1, 5);
    refused("a: \"b\\0c\"\n", 10, DIAG_YAML_SYNTAX, 1, 4);
    refused("", 0, DIAG_YAML_SYNTAX, 1, 1);
    refused("a: *none\n", 9, DIAG_ANCHOR, 1, 4);
    refused("a: &a [*a]\n", 11, DIAG_ANCHOR, 1, 8);
    refused("a: {<<: 1}\n", 11, DIAG_ANCHOR, 1, 9);
    refused("a: !x 1\n", 8, DIAG_YAML_SYNTAX, 1, 4);
    refused("[a]: 1\n", 7, DIAG_YAML_SYNTAX, 1, 1);
}
END_TEST

START_TEST(depth_is_limited)
{
    enum { N = 100000 };
    char *text = malloc(N);
    memset(text, '[', N);
    parsed p = parse_bytes(text, N);
    ck_assert_int_eq(diag_get(p.diag, 0)->code, DIAG_YAML_LIMIT);
    ck_assert_uint_eq(diag_get(p.diag, 0)->at.col, PARSE_MAX_DEPTH + 1);
    end(&p);
    free(text);
}
END_TEST

START_TEST(aliases_of_aliases_do_not_explode)
{
    char text[4096] = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
    for (int i = 1; i < 20; i++)
        sprintf(text + strlen(text), "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1,
                i - 1, i - 1, i - 1, i - 1, i - 1);
    parsed p = parse(text);
    ck_assert_ptr_null(p.root);
    ck_assert_int_eq(diag_get(p.diag, 0)->code, DIAG_YAML_LIMIT);
    ck_assert_uint_lt(p.nodes, 1000);
    end(&p);
}
END_TEST

START_TEST(a_text_beyond_the_size_limit_is_refused)
{
    size_t length = SOURCE_MAX_BYTES + 1;
    char *text = malloc(length);
    memset(text, ' ', length);
    refused(text, length, DIAG_YAML_LIMIT, 1, 1);
    free(text);
}
END_TEST

START_TEST(a_long_line_is_read_in_linear_time)
{
    enum { N = 300000 }; /* a quadratic search for columns would take minutes here */
    char *text = malloc(2 * N + 8);
    strcpy(text, "a: [");
    for (size_t i = 0; i < N; i++)
        memcpy(text + 4 + 2 * i, "1,", 2);
    strcpy(text + 4 + 2 * N, "1]\n");
    parsed p = parse(text);
    ck_assert_uint_eq(doc_get(p.root, "a")->count, N + 1);
    ck_assert_uint_eq(doc_get(p.root, "a")->item[N]->at.col, 2 * N + 5);
    end(&p);
    free(text);
}
END_TEST

SUITE("parse", scalars_stay_text, every_node_and_key_has_its_place, columns_count_bytes_after_wide_characters,
      places_hold_with_every_kind_of_line_end, aliases_share_the_node_of_their_anchor,
      merge_keys_fill_in_what_is_absent, a_quoted_merge_key_is_a_plain_key, duplicate_keys_are_all_reported,
      duplicates_are_found_in_large_mappings_too, malformed_text_is_refused_at_its_place, depth_is_limited,
      aliases_of_aliases_do_not_explode, a_text_beyond_the_size_limit_is_refused, a_long_line_is_read_in_linear_time)
