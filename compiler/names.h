/* Names of the network: a map from text to index, and the nearest word to a misspelt one. */
#ifndef HMN_COMPILER_NAMES_H
#define HMN_COMPILER_NAMES_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NAMES_NONE = UINT32_MAX };

typedef struct {
    hmn_arena *arena;
    const char **key; /* not copied: must outlive the map */
    uint32_t *value;
    uint32_t room, count; /* room: a power of two */
} names;

names names_new(hmn_arena *a);
/* False, and no change, when the key is there already. */
bool names_add(names *n, const char *key, uint32_t value);
/* Adds or replaces. */
void names_set(names *n, const char *key, uint32_t value);
uint32_t names_find(const names *n, const char *key); /* NAMES_NONE when absent */

/* The best of the offered candidates within a Damerau-Levenshtein distance of max(1, length / 3);
 * letters' case and _ - do not count. Ties: the first offered. */
typedef struct {
    const char *word, *best;
    size_t distance;
} suggestion;

suggestion suggest_start(const char *word);
/* `means`: what to suggest when `candidate` is the nearest (an alias means its key). */
void suggest_offer(suggestion *s, const char *candidate, const char *means);
/* Each space-separated word of `list` as a candidate. A leading '=' of a word is skipped. */
void suggest_offer_list(suggestion *s, const char *list, const char *means);

#endif
