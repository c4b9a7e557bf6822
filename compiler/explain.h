/* The table of keys as text: `hmn explain KEY` and docs/language.md. */
#ifndef HMN_COMPILER_EXPLAIN_H
#define HMN_COMPILER_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

/* Everything about a key, a neuron parameter, a model or another word of the language, wherever it occurs; also
 * "context.key" such as "connector.n". False, and a suggestion on `out`, when there is no such word. */
bool explain_key(FILE *out, const char *key);

/* The reference of the language in Markdown. */
void explain_language(FILE *out);

#endif
