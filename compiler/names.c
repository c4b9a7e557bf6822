/* Takes names and yields their numbers: open addressing over XXH64, doubled at half full. The suggestion is the
 * optimal-string-alignment form of the Damerau-Levenshtein distance (insert, delete, replace, swap neighbours),
 * three rows of the table at a time; long words are not compared because nobody mistypes them by a letter. */
#include "compiler/names.h"

#include "core/base/hash.h"

#include <ctype.h>
#include <string.h>

enum { FIRST_ROOM = 16, LONGEST = 48 };

names names_new(hmn_arena *a) { return (names){.arena = a}; }

static uint32_t slot_of(const names *n, const char *key)
{
    uint32_t i = (uint32_t)hash64(key, strlen(key), 0) & (n->room - 1);
    while (n->key[i] && strcmp(n->key[i], key) != 0)
        i = (i + 1) & (n->room - 1);
    return i;
}

static void enlarge(names *n)
{
    names bigger = {.arena = n->arena, .room = n->room ? n->room * 2 : FIRST_ROOM, .count = n->count};
    bigger.key = ARENA_NEW(n->arena, const char *, bigger.room);
    bigger.value = ARENA_NEW(n->arena, uint32_t, bigger.room);
    for (uint32_t i = 0; i < n->room; i++)
        if (n->key[i]) {
            uint32_t j = slot_of(&bigger, n->key[i]);
            bigger.key[j] = n->key[i];
            bigger.value[j] = n->value[i];
        }
    *n = bigger;
}

bool names_add(names *n, const char *key, uint32_t value)
{
    if (names_find(n, key) != NAMES_NONE)
        return false;
    names_set(n, key, value);
    return true;
}

void names_set(names *n, const char *key, uint32_t value)
{
    if (2 * (n->count + 1) > n->room)
        enlarge(n);
    uint32_t i = slot_of(n, key);
    n->count += n->key[i] == NULL;
    n->key[i] = key;
    n->value[i] = value;
}

uint32_t names_find(const names *n, const char *key)
{
    if (n->room == 0)
        return NAMES_NONE;
    uint32_t i = slot_of(n, key);
    return n->key[i] ? n->value[i] : NAMES_NONE;
}

/* Lower case without _ and -; the length, or LONGEST + 1 when it does not fit. */
static size_t plain(const char *word, size_t length, char out[LONGEST])
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (word[i] == '_' || word[i] == '-')
            continue;
        if (n == LONGEST)
            return LONGEST + 1;
        out[n++] = (char)tolower((unsigned char)word[i]);
    }
    return n;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static size_t word_distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[3][LONGEST + 1];
    for (size_t j = 0; j <= nb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t d = smaller(last[j], now[j - 1]) + 1;
            d = smaller(d, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d = smaller(d, before[j - 2] + 1);
            now[j] = d;
        }
    }
    return row[na % 3][nb];
}

suggestion suggest_start(const char *word)
{
    size_t third = strlen(word) / 3;
    return (suggestion){word, NULL, third > 1 ? third + 1 : 2}; /* the best so far must come below */
}

static void offer(suggestion *s, const char *candidate, size_t length, const char *means)
{
    char a[LONGEST], b[LONGEST];
    size_t na = plain(s->word, strlen(s->word), a), nb = plain(candidate, length, b);
    if (na > LONGEST || nb > LONGEST || na == 0 || nb == 0 || (na > nb ? na - nb : nb - na) >= s->distance)
        return;
    size_t d = word_distance(a, na, b, nb);
    if (d >= s->distance || d >= na) /* a change of every letter is no likeness */
        return;
    s->distance = d;
    s->best = means;
}

void suggest_offer(suggestion *s, const char *candidate, const char *means)
{
    offer(s, candidate, strlen(candidate), means);
}

void suggest_offer_list(suggestion *s, const char *list, const char *means)
{
    while (list && *list) {
        size_t n = strcspn(list, " ");
        if (n > 1 && *list == '=')
            offer(s, list + 1, n - 1, means);
        else if (n)
            offer(s, list, n, means);
        list += n + (list[n] == ' ');
    }
}
