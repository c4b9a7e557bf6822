/* The JSON writer: a depth, and whether a comma is due. Takes values in order, yields indented JSON (RFC 8259).
 * Bytes that are not UTF-8 are replaced by U+FFFD, so that the output always parses. */
#include "tools/json_out.h"

#include "core/base/bug.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void text(FILE *out, const char *s);

/* Comma, line break, indentation and key before a value. */
static void place(json_out *j, const char *key)
{
    if (j->any[j->depth])
        fputc(',', j->out);
    if (j->flat[j->depth] && j->any[j->depth])
        fputc(' ', j->out);
    if (j->depth && !j->flat[j->depth])
        fprintf(j->out, "\n%*s", (int)(2 * j->depth), "");
    j->any[j->depth] = true;
    if (key) {
        text(j->out, key);
        fputs(": ", j->out);
    }
}

static const char closers[] = "]}";

static void open(json_out *j, const char *key, char bracket, bool flat)
{
    place(j, key);
    fputc(bracket, j->out);
    HMN_ASSERT(j->depth + 1 < JSON_MAX_DEPTH);
    j->depth++;
    j->any[j->depth] = false;
    j->flat[j->depth] = flat;
    j->is_object[j->depth] = bracket == '{';
}

void json_put_begin(json_out *j, FILE *out) { *j = (json_out){.out = out}; }

void json_put_end(json_out *j)
{
    HMN_ASSERT(j->depth == 0);
    fputc('\n', j->out);
}

void json_put_object(json_out *j, const char *key) { open(j, key, '{', false); }
void json_put_array(json_out *j, const char *key) { open(j, key, '[', false); }
void json_put_row(json_out *j, const char *key) { open(j, key, '[', true); }

void json_put_close(json_out *j)
{
    HMN_ASSERT(j->depth > 0);
    uint32_t d = j->depth--;
    if (j->any[d] && !j->flat[d])
        fprintf(j->out, "\n%*s", (int)(2 * j->depth), "");
    fputc(closers[j->is_object[d]], j->out);
}

/* Bytes of the UTF-8 sequence at s, 0 when it is not one (overlong, surrogate, cut short). */
static size_t utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    size_t n = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool beyond = (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF4 && s[1] > 0x8F);
    return overlong || beyond ? 0 : n;
}

static void text(FILE *out, const char *s)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)s; *c;) {
        size_t n = utf8_length(c);
        if (n == 0)
            fputs("\xEF\xBF\xBD", out);
        else if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 32 || *c == 127)
            fprintf(out, "\\u%04x", *c);
        else
            fwrite(c, 1, n, out);
        c += n ? n : 1;
    }
    fputc('"', out);
}

void json_put_text(json_out *j, const char *key, const char *value)
{
    place(j, key);
    if (value)
        text(j->out, value);
    else
        fputs("null", j->out);
}

void json_put_integer(json_out *j, const char *key, int64_t value)
{
    place(j, key);
    fprintf(j->out, "%" PRId64, value);
}

void json_put_natural(json_out *j, const char *key, uint64_t value)
{
    place(j, key);
    fprintf(j->out, "%" PRIu64, value);
}

void json_put_real(json_out *j, const char *key, double value)
{
    place(j, key);
    if (isfinite(value))
        fprintf(j->out, "%.17g", value);
    else
        fputs("null", j->out);
}

void json_put_bool(json_out *j, const char *key, bool value)
{
    place(j, key);
    fputs(value ? "true" : "false", j->out);
}

void json_put_hex(json_out *j, const char *key, uint64_t value)
{
    place(j, key);
    fprintf(j->out, "\"%016" PRIx64 "\"", value);
}
