/* Looks into the tree of nodes. Takes a mapping and a key, yields the entry or NULL. The search is linear: the
 * checker walks large mappings entry by entry and asks by name only in small ones. */
#include "compiler/doc.h"

#include <string.h>

const doc_entry *doc_find(const doc_node *map, const char *key)
{
    if (!map || map->kind != DOC_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->count; i++)
        if (strcmp(map->entry[i].key, key) == 0)
            return &map->entry[i];
    return NULL;
}

const doc_node *doc_get(const doc_node *map, const char *key)
{
    const doc_entry *e = doc_find(map, key);
    return e ? e->value : NULL;
}

bool doc_is_null(const doc_node *node)
{
    return node->kind == DOC_SCALAR && !node->quoted &&
           (!*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

const char *doc_kind_name(const doc_node *node)
{
    switch (node->kind) {
    case DOC_SCALAR: return doc_is_null(node) ? "nothing" : "a single value";
    case DOC_LIST: return "a list";
    case DOC_MAP: return "a mapping";
    }
    return "";
}

const char *doc_path(hmn_arena *a, const char *beside, const char *path)
{
    const char *slash = beside ? strrchr(beside, '/') : NULL;
    if (*path == '/' || !slash)
        return arena_copy_text(a, path, strlen(path));
    return arena_printf(a, "%.*s/%s", (int)(slash - beside), beside, path);
}
