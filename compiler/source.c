/* Takes a path or bytes, yields checked text with a table of its lines. libyaml counts characters and knows six
 * kinds of line end, diag counts bytes and knows LF only: this file converts. Characters that YAML forbids are
 * refused here, with their place, because libyaml names only an offset for them. */
#include "compiler/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *read_all(hmn_arena *a, int fd, const char **text, size_t *length)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return strerror(errno);
    if (S_ISDIR(st.st_mode))
        return "it is a directory";
    if (S_ISREG(st.st_mode) && st.st_size > SOURCE_MAX_BYTES)
        return "it is larger than 64 MB";
    size_t room = S_ISREG(st.st_mode) ? (size_t)st.st_size + 1 : 1 << 16, count = 0;
    char *buffer = arena_alloc(a, room, 1);
    for (;;) {
        if (count == room)
            buffer = arena_grow(a, buffer, 1, count, count + 1, &room);
        ssize_t got = read(fd, buffer + count, room - count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return strerror(errno);
        if (got == 0)
            break;
        count += (size_t)got;
        if (count > SOURCE_MAX_BYTES)
            return "it is larger than 64 MB";
    }
    *text = buffer;
    *length = count;
    return NULL;
}

const char *source_read(hmn_arena *a, const char *path, const char **text, size_t *length)
{
    if (strcmp(path, "-") == 0)
        return read_all(a, STDIN_FILENO, text, length);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    const char *problem = read_all(a, fd, text, length);
    close(fd);
    return problem;
}

/* Length of the UTF-8 character at p (n bytes left) and its code; 0 when malformed. */
static unsigned decode(const unsigned char *p, size_t n, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned bytes = p[0] < 0x80             ? 1
                     : (p[0] & 0xE0) == 0xC0 ? 2
                     : (p[0] & 0xF0) == 0xE0 ? 3
                     : (p[0] & 0xF8) == 0xF0 ? 4
                                             : 0;
    if (bytes == 0 || bytes > n)
        return 0;
    uint32_t c = bytes == 1 ? p[0] : p[0] & (0x7Fu >> bytes);
    for (unsigned i = 1; i < bytes; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3Fu);
    }
    *code = c;
    return c < least[bytes] || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF ? 0 : bytes;
}

static bool allowed(uint32_t c) /* YAML 1.1 c-printable */
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7E) || c == 0x85 ||
           (c >= 0xA0 && c <= 0xFFFD && c != 0xFEFF) || c >= 0x10000;
}

static bool ends_line(uint32_t c) { return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029; }

static void add_line(source *s, hmn_arena *a, size_t *room, uint32_t offset, uint32_t line, uint32_t from)
{
    source_line *grown = arena_grow(a, (void *)(uintptr_t)s->line, sizeof *grown, s->nlines, s->nlines + 1, room);
    grown[s->nlines++] = (source_line){offset, line, from};
    s->line = grown;
}

static bool bad_byte(source *s, hmn_diag *d, uint32_t at, unsigned bytes, uint32_t code)
{
    hmn_span span = source_span(s, at, 1);
    unsigned first = (unsigned char)s->text[at];
    if (bytes == 0)
        diag_report(d, DIAG_YAML_SYNTAX, span, "byte 0x%02x is not UTF-8 text", first);
    else if (code == 0)
        diag_report(d, DIAG_YAML_SYNTAX, span, "the text contains a NUL byte");
    else
        diag_report(d, DIAG_YAML_SYNTAX, span, "the character U+%04X is not allowed in YAML", code);
    diag_cure(d, "save the file as UTF-8 text%s", bytes == 0 ? "" : " without control characters");
    return false;
}

bool source_open(source *s, hmn_arena *a, hmn_diag *d, const char *name, const char *text, size_t length)
{
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark is no content */
        text += 3;
        length -= 3;
    }
    *s = (source){.text = text};
    if (length > SOURCE_MAX_BYTES) {
        s->file = diag_add_file(d, name, "", 0);
        diag_report(d, DIAG_YAML_LIMIT, (hmn_span){s->file, 1, 1, 1}, "the text is larger than 64 MB");
        return false;
    }
    s->length = (uint32_t)length;
    s->file = diag_add_file(d, name, text, length);
    size_t room = 0;
    uint32_t lf_line = 1, lf_from = 0, code = 0;
    add_line(s, a, &room, 0, 1, 0);
    for (uint32_t i = 0; i < s->length;) {
        unsigned bytes = decode((const unsigned char *)text + i, s->length - i, &code);
        if (bytes == 0 || !allowed(code))
            return bad_byte(s, d, i, bytes, code);
        i += bytes;
        if (!ends_line(code))
            continue;
        if (code == '\r' && i < s->length && text[i] == '\n')
            code = (unsigned char)text[i++];
        if (code == '\n') {
            lf_line++;
            lf_from = i;
        }
        add_line(s, a, &room, i, lf_line, lf_from);
    }
    return true;
}

uint32_t source_offset(source *s, size_t line, size_t column)
{
    if (line >= s->nlines)
        return s->length;
    uint32_t at = s->line[line].offset, from = 0;
    if (line == s->seen_line && column >= s->seen_column) { /* go on from there: a line may be long */
        at = s->seen_offset;
        from = s->seen_column;
    }
    for (; from < column && at < s->length; from++) {
        at++;
        while (at < s->length && ((unsigned char)s->text[at] & 0xC0) == 0x80)
            at++;
    }
    s->seen_line = (uint32_t)line;
    s->seen_column = from;
    s->seen_offset = at;
    return at;
}

hmn_span source_span(const source *s, uint32_t offset, size_t bytes)
{
    uint32_t low = 0, high = s->nlines;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (s->line[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    uint32_t end = offset;
    while (end < s->length && end - offset < bytes && s->text[end] != '\n' && s->text[end] != '\r')
        end++;
    return (hmn_span){s->file, s->line[low].line, offset - s->line[low].from + 1, end > offset ? end - offset : 1};
}
