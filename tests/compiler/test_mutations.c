/* Damaged networks. Each model and golden net is changed in hundreds of fixed ways: bytes flipped, text cut, lines
 * doubled, words swapped, numbers made huge, nesting made deep. The front end must accept what is still a network and
 * refuse the rest with a located message, and never crash or run away. Damage that cannot leave a network must be
 * refused. The draws come from the project's own counter-based generator: the same mutants every time. */
#include "core/base/rng.h"
#include "tests/compiler/front.h"
#include "tests/suite.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

typedef struct {
    char *text;
    size_t length;
    bool broken; /* made to be malformed: must be refused */
} mutant;

static uint32_t draw(uint32_t file, uint32_t number, uint32_t k, uint32_t n)
{
    return n ? rng_below(7, RNG_TASK, file, number, k, n) : 0;
}

static mutant copy_of(const char *text, size_t length, size_t extra)
{
    mutant m = {malloc(length + extra + 1), length, false};
    memcpy(m.text, text, length);
    m.text[length] = '\0';
    return m;
}

static void splice(mutant *m, size_t at, size_t remove, const char *insert)
{
    size_t n = strlen(insert);
    memmove(m->text + at + n, m->text + at + remove, m->length - at - remove + 1);
    memcpy(m->text + at, insert, n);
    m->length += n - remove;
}

static size_t line_start(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_length(const char *text, size_t from)
{
    return strcspn(text + from, "\n") + (strchr(text + from, '\n') != NULL);
}

/* The nth word (run of letters, digits, _) or number of the text. */
static bool find_run(const char *text, size_t from, bool digits, size_t *at, size_t *length)
{
    size_t i = from;
    while (text[i] && !(digits ? isdigit((unsigned char)text[i]) : isalpha((unsigned char)text[i])))
        i++;
    *at = i;
    while (text[i] && (digits ? isdigit((unsigned char)text[i]) || text[i] == '.'
                              : isalnum((unsigned char)text[i]) || text[i] == '_'))
        i++;
    *length = i - *at;
    return *length > 0;
}

static void swap_words(mutant *m, uint32_t file, uint32_t number)
{
    size_t a, na, b, nb;
    char first[64], second[64];
    if (!find_run(m->text, draw(file, number, 1, (uint32_t)m->length), false, &a, &na) ||
        !find_run(m->text, a + na, false, &b, &nb) || na > 60 || nb > 60)
        return;
    snprintf(first, sizeof first, "%.*s", (int)na, m->text + a);
    snprintf(second, sizeof second, "%.*s", (int)nb, m->text + b);
    splice(m, b, nb, first);
    splice(m, a, na, second);
}

static const char *const huge[] = {
    "999999999999999999999", "-1", "1e308", "1e-308", "4294967296", "2147483648", "0", "nan", "1e999"};

static mutant mutate(const char *text, size_t length, uint32_t file, uint32_t number)
{
    mutant m = copy_of(text, length, 4096);
    size_t at = draw(file, number, 0, (uint32_t)length), from, n;
    switch (number % 12) {
    case 0: m.text[at] = (char)(m.text[at] ^ (1 << draw(file, number, 2, 8))); break;
    case 1: splice(&m, at, 1 + draw(file, number, 2, (uint32_t)(length - at < 20 ? length - at : 20)), ""); break;
    case 2: /* a line twice */
        from = line_start(m.text, at);
        n = line_length(m.text, from);
        if (n < 4000) {
            char *line = strndup(m.text + from, n);
            splice(&m, from, 0, line);
            free(line);
        }
        break;
    case 3: swap_words(&m, file, number); break;
    case 4: splice(&m, at, length - at, ""); break;
    case 5:
        if (find_run(m.text, at, true, &from, &n))
            splice(&m, from, n, huge[draw(file, number, 2, sizeof huge / sizeof *huge)]);
        break;
    case 6: /* a stray character of YAML's own */
        splice(&m, at, 0,
               (const char *[]){"[", "{", "&", "*", "!", "\"", ": ", "- ", "\t", "#", "|",
                                "%"}[draw(file, number, 2, 12)]);
        break;
    case 7: /* a line lost */
        from = line_start(m.text, at);
        splice(&m, from, line_length(m.text, from), "");
        break;
    case 8: { /* deep nesting as the value of a key of its own */
        char deep[260] = "\nx-deep: ";
        size_t start = strlen(deep);
        memset(deep + start, '[', 200);
        deep[start + 200] = '\0';
        splice(&m, length, 0, deep);
        m.broken = true;
        break;
    }
    case 9: /* a byte that is no UTF-8 */
        splice(&m, at, 0, "\xff");
        m.broken = true;
        break;
    case 10: /* an unknown top-level key and a second document */
        splice(&m, length, 0, draw(file, number, 2, 2) ? "\npopulatoins: {}\n" : "\n---\nhmn: 1\n");
        m.broken = true;
        break;
    case 11: /* the populations renamed, or a NUL byte */
        if (draw(file, number, 2, 2)) {
            m.text[at] = '\0';
        } else {
            char *section = strstr(m.text, "\npopulations:");
            ck_assert_ptr_nonnull(section);
            splice(&m, (size_t)(section - m.text) + 1, 11, "popul ations");
        }
        m.broken = true;
        break;
    }
    return m;
}

static void try_mutant(const char *path, const mutant *m, uint32_t number, uint32_t *refused)
{
    front f = {.u = {.path = path, .text = m->text, .text_length = m->length}};
    front_run(&f);
    bool located = false;
    for (uint32_t i = 0; i < diag_count(f.u.diag); i++)
        located = located || (diag_get(f.u.diag, i)->severity == DIAG_ERROR && diag_get(f.u.diag, i)->at.line > 0);
    ck_assert_msg(f.ok || located, "mutant %u of %s was refused without a located error", number, path);
    ck_assert_msg(!f.ok || diag_errors(f.u.diag) == 0, "mutant %u of %s passed with errors", number, path);
    ck_assert_msg(!m->broken || !f.ok, "mutant %u of %s is malformed and was accepted:\n%s", number, path, m->text);
    *refused += !f.ok;
    front_free(&f);
}

static uint32_t try_file(const char *path, uint32_t file, uint32_t mutants, uint32_t *refused)
{
    char *text = calloc(1, 1 << 20);
    FILE *in = fopen(path, "rb");
    ck_assert_ptr_nonnull(in);
    size_t length = fread(text, 1, (1 << 20) - 1, in);
    fclose(in);
    bool main_file = strstr(text, "\npopulations:") != NULL;
    for (uint32_t k = 0; main_file && k < mutants; k++) {
        mutant m = mutate(text, length, file, k);
        try_mutant(path, &m, k, refused);
        free(m.text);
    }
    free(text);
    return main_file ? mutants : 0;
}

START_TEST(every_mutant_is_accepted_or_refused_with_a_place)
{
    glob_t g = {0};
    uint32_t tried = 0, refused = 0;
    ck_assert_int_eq(chdir(HMN_SOURCE_DIR), 0);
    ck_assert_int_eq(glob("models/basics/*.yaml", 0, NULL, &g), 0);
    glob("models/*.yaml", GLOB_APPEND, NULL, &g);
    ck_assert_int_eq(glob("tests/golden/nets/*.yaml", GLOB_APPEND, NULL, &g), 0);
    for (uint32_t i = 0; i < g.gl_pathc; i++)
        tried += try_file(g.gl_pathv[i], i, strstr(g.gl_pathv[i], "golden") ? 600 : 60, &refused);
    globfree(&g);
    ck_assert_uint_ge(tried, 800);
    ck_assert_uint_ge(refused, tried / 2);
}
END_TEST

SUITE("mutations", every_mutant_is_accepted_or_refused_with_a_place)
