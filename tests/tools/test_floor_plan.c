/* Tests of the house itself: every #include follows the floor plan, each outside library has one door, no file keeps
 * mutable state at file level, and nothing unfinished is left in the text. The files are read as text: comments and
 * strings are blanked first, and declarations are found by counting brackets, so the macro-heavy corners of C are out
 * of reach; the compiler's own warnings cover those. */
#include "core/base/arena.h"

#include "tests/suite.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    char **path; /* from the root of the source tree */
    size_t count, cap;
} file_list;

static bool has_suffix(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && strcmp(s + n - m, suffix) == 0;
}

static bool starts(const char *s, const char *prefix) { return strncmp(s, prefix, strlen(prefix)) == 0; }

static void list_folder(hmn_arena *a, const char *folder, file_list *out)
{
    DIR *d = opendir(arena_printf(a, "%s/%s", HMN_SOURCE_DIR, folder));
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        char *path = arena_printf(a, "%s/%s", folder, e->d_name);
        struct stat s;
        ck_assert_int_eq(stat(arena_printf(a, "%s/%s", HMN_SOURCE_DIR, path), &s), 0);
        if (S_ISDIR(s.st_mode)) {
            list_folder(a, path, out);
            continue;
        }
        out->path = arena_grow(a, out->path, sizeof *out->path, out->count, out->count + 1, &out->cap);
        out->path[out->count++] = path;
    }
    closedir(d);
}

static file_list all_files(hmn_arena *a)
{
    static const char *const folders[] = {"core", "compiler", "backends", "models", "tools", "tests", "docs"};
    file_list list = {0};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        list_folder(a, folders[i], &list);
    return list;
}

static bool is_c(const char *path)
{
    return has_suffix(path, ".c") || has_suffix(path, ".h") || has_suffix(path, ".def");
}

static char *read_text(hmn_arena *a, const char *path)
{
    FILE *f = fopen(arena_printf(a, "%s/%s", HMN_SOURCE_DIR, path), "rb");
    ck_assert_msg(f != NULL, "%s cannot be read", path);
    fseek(f, 0, SEEK_END);
    size_t size = (size_t)ftell(f);
    rewind(f);
    char *text = ARENA_NEW(a, char, size + 1);
    ck_assert_uint_eq(fread(text, 1, size, f), size);
    fclose(f);
    return text;
}

/* ---- floors ---- */

/* Height of a place inside core: an include goes to a lower one, or stays in its folder. */
static int core_floor(const char *path)
{
    if (starts(path, "core/base/"))
        return 0;
    if (starts(path, "core/isa/") || starts(path, "core/cost/"))
        return 1;
    if (starts(path, "core/ir/"))
        return 2; /* the qnet holds rules of isa */
    if (strcmp(path, "core/chip.h") == 0 || strcmp(path, "core/sim.h") == 0 || strcmp(path, "core/limits.def") == 0 ||
        starts(path, "core/describe."))
        return 3;
    return starts(path, "core/timing/") ? 5 : 4; /* it watches machine/ */
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static bool may_include(const char *from, const char *to)
{
    if (starts(from, "tests/"))
        return true;
    if (starts(to, "tests/"))
        return false;
    if (starts(from, "tools/"))
        return true;
    if (starts(from, "core/")) {
        size_t n = folder_length(from);
        bool same = n == folder_length(to) && strncmp(from, to, n) == 0;
        return starts(to, "core/") && (same || core_floor(to) < core_floor(from));
    }
    size_t room = strcspn(from, "/");
    return starts(to, "core/") ||
           strncmp(from, to, room + 1) == 0; /* compiler, backends, models: core and themselves */
}

typedef struct {
    const char *header, *door; /* the header (or its beginning), and the file or folder that may include it */
} door;

static const door doors[] = {
    {"yaml.h", "compiler/parse.c"},
    {"omp.h", "core/machine/run.c"},
    {"Random123/", "core/base/rng.c"},
    {"xxhash.h", "core/base/hash.c"},
    {"jansson.h", "tools/"},
    {"jansson.h", "tests/"},
    {"zlib.h", "models/tasks/dataset.c"},
    {"check.h", "tests/"},
    {"scotch.h", "tools/"},
    {"mpi.h", "core/machine/cluster.c"},
};

static const char *const libc_headers[] = {
    "assert.h",   "complex.h",     "ctype.h",     "dirent.h",  "errno.h",    "fcntl.h",        "getopt.h",
    "fenv.h",     "float.h",       "ftw.h",       "glob.h",    "inttypes.h", "libgen.h",       "limits.h",
    "locale.h",   "math.h",        "poll.h",      "pthread.h", "setjmp.h",   "signal.h",       "spawn.h",
    "stdalign.h", "stdarg.h",      "stdatomic.h", "stdbool.h", "stddef.h",   "stdint.h",       "stdio.h",
    "stdlib.h",   "stdnoreturn.h", "string.h",    "strings.h", "sys/mman.h", "sys/resource.h", "sys/stat.h",
    "sys/time.h", "sys/types.h",   "sys/wait.h",  "time.h",    "unistd.h",
};

static bool library_allowed(const char *from, const char *header)
{
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++)
        if (starts(header, doors[i].header))
            return starts(from, doors[i].door) || starts(from, "tests/"); /* tests read vectors by themselves */
    for (size_t i = 0; i < sizeof libc_headers / sizeof *libc_headers; i++)
        if (strcmp(header, libc_headers[i]) == 0)
            return true;
    return false;
}

/* Calls `visit` with each include of a text: the name, and whether it stands in quotes. Returns how many. */
typedef void include_visitor(hmn_arena *a, const char *from, const char *name, bool quoted, unsigned number);

static unsigned each_include(hmn_arena *a, const char *path, include_visitor *visit)
{
    char *text = read_text(a, path);
    unsigned n = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char open, name[256];
        if (sscanf(line, " # include %c%255[^\">]", &open, name) == 2 && (open == '"' || open == '<'))
            visit(a, path, name, open == '"', n++);
    }
    return n;
}

static void check_include(hmn_arena *a, const char *from, const char *name, bool quoted, unsigned number)
{
    if (!quoted) {
        ck_assert_msg(library_allowed(from, name), "%s may not include <%s>", from, name);
        return;
    }
    struct stat s;
    ck_assert_msg(stat(arena_printf(a, "%s/%s", HMN_SOURCE_DIR, name), &s) == 0,
                  "%s includes \"%s\", which is no path from the root", from, name);
    ck_assert_msg(may_include(from, name), "%s may not include %s: wrong floor", from, name);
    (void)number;
}

START_TEST(every_include_follows_the_floor_plan)
{
    hmn_arena *a = arena_new(0);
    file_list files = all_files(a);
    unsigned includes = 0;
    for (size_t i = 0; i < files.count; i++)
        if (is_c(files.path[i]))
            includes += each_include(a, files.path[i], check_include);
    ck_assert_uint_gt(includes, 50);
    arena_free(a);
}
END_TEST

START_TEST(the_plan_refuses_what_it_should)
{
    ck_assert(!may_include("core/base/fx.h", "core/ir/net.h"));
    ck_assert(!may_include("core/isa/rule.h", "core/ir/net.h"));
    ck_assert(!may_include("core/ir/image.c", "core/chip.h"));
    ck_assert(!may_include("core/machine/run.c", "core/reference/reference.h"));
    ck_assert(!may_include("core/machine/run.c", "compiler/unit.h"));
    ck_assert(!may_include("compiler/emit.c", "backends/registry.h"));
    ck_assert(!may_include("backends/loihi/lower.c", "compiler/unit.h"));
    ck_assert(!may_include("models/tasks/digits.c", "tools/command.h"));
    ck_assert(!may_include("tools/main.c", "tests/suite.h"));
    ck_assert(may_include("core/machine/run.c", "core/chip.h"));
    ck_assert(may_include("core/ir/qnet.h", "core/isa/rule.h"));
    ck_assert(may_include("tools/main.c", "backends/registry.h"));
    ck_assert(!library_allowed("core/machine/machine.c", "omp.h"));
    ck_assert(!library_allowed("compiler/check.c", "yaml.h"));
    ck_assert(!library_allowed("core/base/arena.c", "curl/curl.h"));
    ck_assert(library_allowed("tools/report.c", "jansson.h"));
}
END_TEST

static void own_header_first(hmn_arena *a, const char *from, const char *name, bool quoted, unsigned number)
{
    struct stat s;
    char *own = arena_printf(a, "%.*s.h", (int)(strlen(from) - 2), from);
    if (number == 0 && stat(arena_printf(a, "%s/%s", HMN_SOURCE_DIR, own), &s) == 0)
        ck_assert_msg(quoted && strcmp(name, own) == 0, "%s does not include its own header first", from);
}

START_TEST(a_source_includes_its_own_header_first)
{
    hmn_arena *a = arena_new(0);
    file_list files = all_files(a);
    for (size_t i = 0; i < files.count; i++)
        if (has_suffix(files.path[i], ".c"))
            each_include(a, files.path[i], own_header_first);
    arena_free(a);
}
END_TEST

/* ---- state ---- */

/* Where a comment, a literal or a directive that begins at p ends; p itself when none does. */
static char *skip_blank(char *p)
{
    if (p[0] == '/' && p[1] == '*') {
        char *end = strstr(p + 2, "*/");
        return end ? end + 2 : p + strlen(p);
    }
    if (p[0] == '/' && p[1] == '/')
        return p + strcspn(p, "\n");
    if (*p == '"' || *p == '\'') {
        char quote = *p++;
        while (*p && *p != quote)
            p += *p == '\\' && p[1] ? 2 : 1;
        return *p ? p + 1 : p;
    }
    return p;
}

static void blank_literals(char *text)
{
    for (char *p = text; *p;) {
        char *end = skip_blank(p);
        if (end == p)
            end = p + 1;
        else
            for (char *q = p; q < end; q++)
                if (*q != '\n')
                    *q = ' ';
        p = end;
    }
    bool line_start = true; /* then directives, with their continued lines */
    for (char *p = text; *p; p++) {
        if (line_start && *p == '#')
            for (; *p && *p != '\n'; p++) {
                bool goes_on = *p == '\\' && p[1] == '\n';
                *p = ' ';
                if (goes_on)
                    *++p = ' ';
            }
        if (!*p)
            break;
        line_start = *p == '\n' || (line_start && isspace((unsigned char)*p));
    }
}

static bool has_word(const char *text, size_t length, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= length; i++)
        if (strncmp(text + i, word, n) == 0 &&
            (i == 0 || !(isalnum((unsigned char)text[i - 1]) || text[i - 1] == '_')) &&
            !(i + n < length && (isalnum((unsigned char)text[i + n]) || text[i + n] == '_')))
            return true;
    return false;
}

/* A declaration without its initialiser and type body: is it an object that can change? */
static bool is_mutable_object(const char *text, size_t length)
{
    while (length && isspace((unsigned char)*text))
        text++, length--;
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    if (length == 0 || has_word(text, length, "typedef") || memchr(text, '(', length))
        return false;
    bool tagged = starts(text, "struct ") || starts(text, "union ") || starts(text, "enum");
    size_t words = 0, last_star = 0;
    for (size_t i = 0; i < length; i++) {
        words += !isspace((unsigned char)text[i]) && (i == 0 || isspace((unsigned char)text[i - 1]));
        if (text[i] == '*')
            last_star = i + 1;
    }
    if ((tagged && words <= 2) || words < 2)
        return false;
    return !has_word(text + last_star, length - last_star, "const");
}

static char *matching_brace(char *open)
{
    int depth = 0;
    for (char *p = open; *p; p++) {
        depth += (*p == '{') - (*p == '}');
        if (depth == 0)
            return p;
    }
    return NULL;
}

/* The text of the first mutable object of a blanked source, or NULL. */
static const char *mutable_object(hmn_arena *a, char *text)
{
    char *held = ARENA_NEW(a, char, strlen(text) + 1);
    size_t n = 0;
    bool initialiser = false;
    for (char *p = text; *p; p++) {
        if (*p == ';') {
            if (is_mutable_object(held, n))
                return arena_copy_text(a, held, n);
            n = 0;
            initialiser = false;
        } else if (*p == '{') {
            char *end = matching_brace(p);
            if (!end)
                return NULL;
            if (!initialiser && memchr(held, '(', n)) { /* a function: look for statics inside */
                for (char *q = p; q < end; q++)
                    if (has_word(q, 6, "static") && !isalnum((unsigned char)q[-1]) && q[-1] != '_') {
                        size_t length = strcspn(q, ";=[");
                        if (is_mutable_object(q, length))
                            return arena_copy_text(a, q, length);
                    }
                n = 0;
            }
            p = end;
        } else if (*p == '=') {
            initialiser = true;
        } else if (!initialiser && *p != '[') {
            held[n++] = *p;
        } else if (*p == '[') {
            initialiser = true; /* bounds and what follows do not matter */
        }
    }
    return NULL;
}

START_TEST(no_file_keeps_mutable_state)
{
    hmn_arena *a = arena_new(0);
    file_list files = all_files(a);
    for (size_t i = 0; i < files.count; i++) {
        if (!has_suffix(files.path[i], ".c") || starts(files.path[i], "tests/"))
            continue;
        char *text = read_text(a, files.path[i]);
        blank_literals(text);
        const char *found = mutable_object(a, text);
        if (found && starts(files.path[i], "tools/") && strstr(found, "volatile sig_atomic_t"))
            continue; /* a signal handler is given no context */
        ck_assert_msg(found == NULL, "%s keeps mutable state: %s", files.path[i], found);
    }
    arena_free(a);
}
END_TEST

START_TEST(the_search_for_state_finds_it)
{
    static const char *const guilty[] = {
        "static int counter;",
        "int f(void)\n{\n    static int calls = 0;\n    return ++calls;\n}",
        "static const char *names[] = {\"a\"};",
        "struct point { int x; } origin;",
        "#define X 1\nstatic unsigned long table[X];",
        "static void f(void) { }\nstatic double last = 0.5;",
    };
    static const char *const innocent[] = {
        "static const int limit = 3;",
        "int f(void)\n{\n    static const char *const word[] = {\"a\", \"b\"};\n    return word[0][0];\n}",
        "static const char *const names[] = {\"static int x;\"};",
        "struct point { int x; };\ntypedef struct point point;\nenum { A, B };\nint f(int a, int b);",
        "/* static int x; */ extern const int chips;",
        "#define X(a) \\\n    static int a;\nint f(void);",
    };
    hmn_arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof guilty / sizeof *guilty; i++) {
        char *text = arena_copy_text(a, guilty[i], strlen(guilty[i]));
        blank_literals(text);
        ck_assert_msg(mutable_object(a, text) != NULL, "not found: %s", guilty[i]);
    }
    for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++) {
        char *text = arena_copy_text(a, innocent[i], strlen(innocent[i]));
        blank_literals(text);
        const char *found = mutable_object(a, text);
        ck_assert_msg(found == NULL, "wrongly accused: %s in %s", found, innocent[i]);
    }
    arena_free(a);
}
END_TEST

/* ---- words ---- */

START_TEST(nothing_is_left_for_later)
{
    static const char *const words[] = {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "place"
                                        "holder",
                                        "not yet "
                                        "implemented"};
    hmn_arena *a = arena_new(0);
    file_list files = all_files(a);
    for (size_t i = 0; i < files.count; i++) {
        if (!is_c(files.path[i]) && !has_suffix(files.path[i], ".md") && !has_suffix(files.path[i], ".yaml"))
            continue;
        const char *text = read_text(a, files.path[i]);
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            ck_assert_msg(strstr(text, words[w]) == NULL, "%s says %s", files.path[i], words[w]);
    }
    arena_free(a);
}
END_TEST

SUITE("floor_plan", every_include_follows_the_floor_plan, the_plan_refuses_what_it_should,
      a_source_includes_its_own_header_first, no_file_keeps_mutable_state, the_search_for_state_finds_it,
      nothing_is_left_for_later)
