/* The YAML text as a tree of nodes that know their place. Anchors are followed, merge keys (<<) and
 * includes are applied, so that the checker sees plain mappings, lists and scalars. Scalars are text:
 * the checker decides what they mean (no YAML 1.1 surprises with no, on, 010). */
#ifndef HMN_COMPILER_DOC_H
#define HMN_COMPILER_DOC_H

#include "core/base/arena.h"
#include "core/base/diag.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum { DOC_SCALAR, DOC_LIST, DOC_MAP } doc_kind;

typedef struct doc_node doc_node;

typedef struct {
    const char *key;
    hmn_span key_at;
    const doc_node *value;
    bool merged;
} doc_entry;

struct doc_node {
    doc_kind kind;
    hmn_span at;
    const char *text;            /* SCALAR: NUL-terminated; embedded NULs are refused by the parser */
    bool quoted;                 /* SCALAR: written with quotes */
    const doc_node *const *item; /* LIST */
    const doc_entry *entry;      /* MAP, in order of writing, merged ones last */
    uint32_t count;
    uint32_t expanded; /* nodes of this tree with aliases written out, itself included; saturates */
};

const doc_node *doc_get(const doc_node *map, const char *key);   /* NULL when absent or not a map */
const doc_entry *doc_find(const doc_node *map, const char *key); /* the same, with the place of the key */
bool doc_is_null(const doc_node *node);                          /* nothing written, ~ or null */
const char *doc_kind_name(const doc_node *node);                 /* for messages: "a list" */

/* `path` as written in the file `beside`: relative paths start in that file's folder. */
const char *doc_path(hmn_arena *a, const char *beside, const char *path);

#endif
