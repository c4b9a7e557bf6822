/* Source texts: characters to bytes, lines of both kinds, what is no text. */
#include "compiler/source.h"

#include "tests/suite.h"

#include <string.h>

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    source s;
    bool ok;
} opened;

static opened open_text(const char *text, size_t length)
{
    opened o = {.arena = arena_new(0), .diag = diag_new()};
    o.ok = source_open(&o.s, o.arena, o.diag, "t", text, length);
    return o;
}

static void end(opened *o)
{
    diag_free(o->diag);
    arena_free(o->arena);
}

START_TEST(columns_of_characters_become_offsets_of_bytes)
{
    static const char text[] = "ab\n\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z\n";
    opened o = open_text(text, sizeof text - 1);
    ck_assert(o.ok);
    ck_assert_uint_eq(source_offset(&o.s, 1, 0), 3);
    ck_assert_uint_eq(source_offset(&o.s, 1, 1), 5);
    ck_assert_uint_eq(source_offset(&o.s, 1, 3), 12);
    ck_assert_uint_eq(source_offset(&o.s, 0, 1), 1); /* back again */
    ck_assert_uint_eq(source_offset(&o.s, 9, 0), sizeof text - 1);
    hmn_span at = source_span(&o.s, 12, 1);
    ck_assert(at.line == 2 && at.col == 10 && at.len == 1);
    end(&o);
}
END_TEST

START_TEST(line_ends_of_yaml_that_diag_does_not_count_stay_in_their_line)
{
    static const char text[] = "a\r\nb\xE2\x80\xA8"
                               "c\rd\ne\n"; /* CRLF, LS, CR, LF */
    opened o = open_text(text, sizeof text - 1);
    ck_assert(o.ok);
    hmn_span c = source_span(&o.s, source_offset(&o.s, 2, 0), 1), d = source_span(&o.s, source_offset(&o.s, 3, 0), 1);
    hmn_span e = source_span(&o.s, source_offset(&o.s, 4, 0), 1);
    ck_assert(c.line == 2 && c.col == 5);
    ck_assert(d.line == 2 && d.col == 7);
    ck_assert(e.line == 3 && e.col == 1);
    end(&o);
}
END_TEST

START_TEST(a_span_ends_with_its_line)
{
    opened o = open_text("abc\ndef\n", 8);
    ck_assert_uint_eq(source_span(&o.s, 1, 100).len, 2);
    ck_assert_uint_eq(source_span(&o.s, 3, 5).len, 1);
    end(&o);
}
END_TEST

START_TEST(what_is_no_utf_8_text_is_refused)
{
    static const struct {
        const char *text;
        size_t length;
        uint32_t col;
    } bad[] = {
        {"a\xff", 2, 2}, {"\xC3", 1, 1},  {"\xE2\x82", 2, 1}, {"\xC0\xAF", 2, 1},      {"\xF4\x90\x80\x80", 4, 1},
        {"ab\0", 3, 3},  {"a\x07", 2, 2}, {"\x7F", 1, 1},     {"a\xEF\xBB\xBF", 4, 2}, {"\xFE\xFFx", 3, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        opened o = open_text(bad[i].text, bad[i].length);
        ck_assert_msg(!o.ok, "case %zu was accepted", i);
        ck_assert_uint_eq(diag_get(o.diag, 0)->at.col, bad[i].col);
        end(&o);
    }
}
END_TEST

START_TEST(files_that_cannot_be_read_say_why)
{
    hmn_arena *a = arena_new(0);
    const char *text;
    size_t length;
    ck_assert_ptr_nonnull(source_read(a, "/nowhere/x", &text, &length));
    ck_assert_str_eq(source_read(a, "/", &text, &length), "it is a directory");
    ck_assert_str_eq(source_read(a, "/dev/zero", &text, &length), "it is larger than 64 MB");
    ck_assert_ptr_null(source_read(a, HMN_SOURCE_DIR "/CMakeLists.txt", &text, &length));
    ck_assert(length > 100 && memcmp(text, "cmake", 5) == 0);
    arena_free(a);
}
END_TEST

SUITE("source", columns_of_characters_become_offsets_of_bytes,
      line_ends_of_yaml_that_diag_does_not_count_stay_in_their_line, a_span_ends_with_its_line,
      what_is_no_utf_8_text_is_refused, files_that_cannot_be_read_say_why)
