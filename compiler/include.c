/* The parse pass: the main YAML file with its includes, as one tree. Takes u->path or u->text, yields u->doc.
 * Files named in the top-level list `include` are read first, in order, each with its own includes; a later file
 * wins over an earlier one and the including file over all, section by section and name by name: what populations
 * says about `exc` in the main file replaces what an include said about it. Paths are relative to the including
 * file. Cycles are found by comparing device and inode along the chain. */
#include "compiler/names.h"
#include "compiler/parse.h"
#include "compiler/source.h"
#include "compiler/unit.h"

#include <string.h>
#include <sys/stat.h>

enum { MAX_INCLUDE_DEPTH = 16, MAX_FILES = 256 };

typedef struct chain { /* the files being read, innermost first */
    const struct chain *outer;
    dev_t dev;
    ino_t ino;
    unsigned depth;
} chain;

typedef struct {
    hmn_unit *u;
    uint32_t nodes, files;
} loader;

static const doc_node *load_includes(loader *l, const doc_node *main, const char *path, const chain *c);

/* Entries of `below` that `above` lacks come first, so that order of writing is order of reading. */
static const doc_node *merge_maps(hmn_arena *a, const doc_node *below, const doc_node *above, bool sections)
{
    names index = names_new(a), old = names_new(a);
    for (uint32_t i = 0; i < above->count; i++)
        names_set(&index, above->entry[i].key, i);
    for (uint32_t i = 0; sections && i < below->count; i++)
        names_set(&old, below->entry[i].key, i);
    doc_node *n = ARENA_NEW(a, doc_node, 1);
    *n = *above;
    doc_entry *entry = ARENA_NEW(a, doc_entry, below->count + above->count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < below->count; i++)
        if (names_find(&index, below->entry[i].key) == NAMES_NONE)
            entry[count++] = below->entry[i];
    for (uint32_t i = 0; i < above->count; i++) {
        doc_entry e = above->entry[i];
        uint32_t k = names_find(&old, e.key);
        if (k != NAMES_NONE && below->entry[k].value->kind == DOC_MAP && e.value->kind == DOC_MAP)
            e.value = merge_maps(a, below->entry[k].value, e.value, false);
        entry[count++] = e;
    }
    n->entry = entry;
    n->count = count;
    return n;
}

/* A part of a network: without the keys that belong to the file itself. */
static const doc_node *without_own_keys(loader *l, const doc_node *root)
{
    doc_node *n = ARENA_NEW(l->u->arena, doc_node, 1);
    *n = *root;
    doc_entry *entry = ARENA_NEW(l->u->arena, doc_entry, root->count);
    n->count = 0;
    for (uint32_t i = 0; i < root->count; i++) {
        const doc_entry *e = &root->entry[i];
        if (strcmp(e->key, "hmn") == 0 && (e->value->kind != DOC_SCALAR || strcmp(e->value->text, "1") != 0)) {
            diag_report(l->u->diag, DIAG_VERSION, e->value->at, "this program reads format version 1");
            diag_cure(l->u->diag, "write hmn: 1");
        }
        if (strcmp(e->key, "hmn") != 0 && strcmp(e->key, "include") != 0 && strncmp(e->key, "x-", 2) != 0)
            entry[n->count++] = *e;
    }
    n->entry = entry;
    return n;
}

static bool is_open(const chain *c, const struct stat *st)
{
    for (; c; c = c->outer)
        if (c->ino == st->st_ino && c->dev == st->st_dev && c->ino != 0)
            return true;
    return false;
}

static const doc_node *include_error(loader *l, hmn_span at, const char *path, const char *why)
{
    diag_report(l->u->diag, DIAG_INCLUDE, at, "cannot include '%s': %s", path, why);
    return NULL;
}

static const doc_node *load_include(loader *l, const doc_node *item, const char *beside, const chain *c)
{
    if (item->kind != DOC_SCALAR || !*item->text)
        return include_error(l, item->at, "", "an entry of include is the path of a file");
    const char *path = doc_path(l->u->arena, beside, item->text), *text, *problem;
    size_t length;
    struct stat st = {0};
    if (c->depth >= MAX_INCLUDE_DEPTH)
        return include_error(l, item->at, path, "includes are nested more than 16 deep");
    if (++l->files > MAX_FILES)
        return include_error(l, item->at, path, "more than 256 files are included");
    if (stat(path, &st) == 0 && is_open(c, &st)) {
        include_error(l, item->at, path, "the file includes itself");
        diag_cure(l->u->diag, "break the circle");
        return NULL;
    }
    problem = source_read(l->u->arena, path, &text, &length);
    if (problem) {
        include_error(l, item->at, path, problem);
        diag_cure(l->u->diag, "paths are relative to the file that includes");
        return NULL;
    }
    const doc_node *root = parse_text(l->u->arena, l->u->diag, path, text, length, &l->nodes);
    if (!root)
        return NULL;
    if (root->kind != DOC_MAP) {
        diag_report(l->u->diag, DIAG_VALUE_TYPE, root->at, "an included file holds keys and values, not %s",
                    doc_kind_name(root));
        return NULL;
    }
    root = load_includes(l, root, path, &(chain){c, st.st_dev, st.st_ino, c->depth + 1});
    return root ? without_own_keys(l, root) : NULL;
}

static const doc_node *load_includes(loader *l, const doc_node *main, const char *path, const chain *c)
{
    const doc_node *list = doc_get(main, "include"), *below = NULL;
    if (!list || doc_is_null(list))
        return main;
    if (list->kind != DOC_LIST && list->kind != DOC_SCALAR) {
        diag_report(l->u->diag, DIAG_VALUE_TYPE, list->at, "include takes a list of files, not %s",
                    doc_kind_name(list));
        return NULL;
    }
    uint32_t count = list->kind == DOC_LIST ? list->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        const doc_node *one = load_include(l, list->kind == DOC_LIST ? list->item[i] : list, path, c);
        if (one)
            below = below ? merge_maps(l->u->arena, below, one, true) : one;
    }
    return below ? merge_maps(l->u->arena, below, main, true) : main;
}

bool pass_parse(hmn_unit *u)
{
    loader l = {.u = u};
    uint32_t before = diag_errors(u->diag);
    const char *text = u->text, *path = u->path ? u->path : "-";
    size_t length = u->text_length;
    struct stat st = {0};
    if (!text) {
        const char *problem = source_read(u->arena, path, &text, &length);
        if (problem) {
            diag_report(u->diag, DIAG_FILE_READ, (hmn_span){0}, "cannot read '%s': %s", path, problem);
            return false;
        }
        if (stat(path, &st) != 0)
            memset(&st, 0, sizeof st);
    }
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    const doc_node *root = parse_text(u->arena, u->diag, name, text, length, &l.nodes);
    if (root && root->kind != DOC_MAP) {
        diag_report(u->diag, DIAG_VALUE_TYPE, root->at, "a network is a mapping of keys, not %s", doc_kind_name(root));
        diag_cure(u->diag, "start the file with hmn: 1");
        return false;
    }
    if (root)
        u->doc = load_includes(&l, root, path, &(chain){NULL, st.st_dev, st.st_ino, 0});
    return u->doc && diag_errors(u->diag) == before;
}
