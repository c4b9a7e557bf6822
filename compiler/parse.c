/* YAML text to a tree of nodes with places: the only door to libyaml. Takes bytes, yields doc nodes. Uses the
 * event interface because the document interface forgets the places of keys, refuses legal repeated anchors and
 * is quadratic in nesting; here the depth is cut at 64. Aliases share the node of their anchor; what the tree
 * would be with aliases written out is counted, so that no later pass can be made to walk an exploding tree.
 * Merge keys (<<) become plain entries after the mapping's own, which win. Syntax errors end the text: libyaml
 * cannot go on; duplicate keys and unknown anchors do not. */
#include "compiler/parse.h"

#include "compiler/names.h"
#include "compiler/source.h"
#include "core/base/bug.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    source src;
    yaml_parser_t yaml;
    names anchors; /* name -> index in anchor */
    const doc_node **anchor;
    size_t nanchors, anchor_room;
    const doc_node *nothing; /* stands for what could not be resolved */
    uint32_t *nodes;
} reader;

static hmn_span span_of(reader *r, yaml_mark_t from, yaml_mark_t to)
{
    uint32_t a = source_offset(&r->src, from.line, from.column);
    size_t bytes = 1;
    if (to.line > from.line)
        bytes = SIZE_MAX; /* source_span stops at the line's end */
    else if (to.line == from.line && to.column > from.column)
        bytes = source_offset(&r->src, to.line, to.column) - a;
    return source_span(&r->src, a, bytes);
}

static bool starts_with_tab(reader *r, yaml_mark_t at)
{
    uint32_t offset = source_offset(&r->src, at.line, at.column);
    return offset < r->src.length && r->src.text[offset] == '\t';
}

static bool inside_expression(reader *r, yaml_mark_t at)
{
    uint32_t offset = source_offset(&r->src, at.line, at.column);
    return offset > 0 && offset < r->src.length && r->src.text[offset] == '{' && r->src.text[offset - 1] == '$';
}

static void syntax_error(reader *r)
{
    yaml_parser_t *y = &r->yaml;
    if (y->error == YAML_MEMORY_ERROR)
        HMN_BUG("out of memory");
    const char *problem = y->problem ? y->problem : "the text cannot be read";
    hmn_span at = y->error == YAML_READER_ERROR ? source_span(&r->src, (uint32_t)y->problem_offset, 1)
                                                : span_of(r, y->problem_mark, y->problem_mark);
    if (y->error != YAML_READER_ERROR && starts_with_tab(r, y->problem_mark)) {
        diag_report(r->diag, DIAG_YAML_SYNTAX, at, "a tab cannot indent YAML");
        diag_cure(r->diag, "indent with spaces");
        return;
    }
    if (y->error != YAML_READER_ERROR && inside_expression(r, y->problem_mark)) {
        diag_report(r->diag, DIAG_YAML_SYNTAX, at, "${...} inside { } or [ ] is not plain text to YAML");
        diag_cure(r->diag, "quote it: \"${...}\"");
        return;
    }
    if (y->context)
        diag_report(r->diag, DIAG_YAML_SYNTAX, at, "%s, %s (begun in line %zu)", problem, y->context,
                    y->context_mark.line + 1);
    else
        diag_report(r->diag, DIAG_YAML_SYNTAX, at, "%s", problem);
    if (strstr(problem, "mapping values are not allowed"))
        diag_cure(r->diag, "write a space after ':', quote values that contain ': ', and check the indentation");
    else if (strstr(problem, "did not find expected key"))
        diag_cure(r->diag, "check the indentation: keys of one mapping start in the same column");
    else if (strstr(problem, "could not find expected ':'"))
        diag_cure(r->diag, "a key is followed by ':' and a space");
    else if (strstr(problem, "expected ',' or"))
        diag_cure(r->diag, "close the bracket, and quote values that contain ': ' or ', '");
    else if (strstr(problem, "cannot start any token"))
        diag_cure(r->diag, "quote the value");
}

static bool next_event(reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->yaml, e))
        return true;
    syntax_error(r);
    return false;
}

static doc_node *new_node(reader *r, doc_kind kind, hmn_span at)
{
    doc_node *n = ARENA_NEW(r->arena, doc_node, 1);
    n->kind = kind;
    n->at = at;
    n->expanded = 1;
    ++*r->nodes;
    return n;
}

/* Counts `more` nodes into a collection; false after a report when the tree is too large. */
static bool count_nodes(reader *r, doc_node *n, const doc_node *more, hmn_span at)
{
    n->expanded += more->expanded; /* both <= PARSE_MAX_EXPANDED: no overflow */
    if (n->expanded <= PARSE_MAX_EXPANDED && *r->nodes <= PARSE_MAX_NODES)
        return true;
    diag_report(r->diag, DIAG_YAML_LIMIT, at, "the file expands to more than %u values",
                n->expanded > PARSE_MAX_EXPANDED ? PARSE_MAX_EXPANDED : PARSE_MAX_NODES);
    diag_cure(r->diag, "aliases of aliases multiply; put large tables into a data file (from_file)");
    return false;
}

static void remember_anchor(reader *r, const yaml_char_t *name, const doc_node *n)
{
    if (!name)
        return;
    r->anchor = arena_grow(r->arena, r->anchor, sizeof *r->anchor, r->nanchors, r->nanchors + 1, &r->anchor_room);
    r->anchor[r->nanchors] = n;
    names_set(&r->anchors, arena_copy_text(r->arena, (const char *)name, strlen((const char *)name)),
              (uint32_t)r->nanchors++);
}

static const doc_node *resolve_alias(reader *r, const yaml_event_t *e)
{
    const char *name = (const char *)e->data.alias.anchor;
    uint32_t i = names_find(&r->anchors, name);
    if (i != NAMES_NONE)
        return r->anchor[i];
    suggestion s = suggest_start(name);
    for (uint32_t k = 0; k < r->anchors.room; k++)
        if (r->anchors.key[k])
            suggest_offer(&s, r->anchors.key[k], r->anchors.key[k]);
    diag_report(r->diag, DIAG_ANCHOR, span_of(r, e->start_mark, e->end_mark),
                "no anchor &%s stands above this alias in this file", name);
    if (s.best)
        diag_cure(r->diag, "did you mean *%s?", s.best);
    return r->nothing;
}

static bool standard_tag(const yaml_char_t *tag)
{
    return !tag || strcmp((const char *)tag, "!") == 0 || strncmp((const char *)tag, "tag:yaml.org,2002:", 18) == 0;
}

static void check_tag(reader *r, const yaml_char_t *tag, hmn_span at)
{
    if (standard_tag(tag))
        return;
    diag_report(r->diag, DIAG_YAML_SYNTAX, at, "the tag %s has no meaning here", (const char *)tag);
    diag_cure(r->diag, "remove it; other files are joined with the top-level list include:");
}

static const doc_node *read_node(reader *r, yaml_event_t *e, unsigned depth);

static const doc_node *read_scalar(reader *r, const yaml_event_t *e)
{
    doc_node *n = new_node(r, DOC_SCALAR, span_of(r, e->start_mark, e->end_mark));
    n->text = arena_copy_text(r->arena, (const char *)e->data.scalar.value, e->data.scalar.length);
    n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (strlen(n->text) != e->data.scalar.length)
        diag_report(r->diag, DIAG_YAML_SYNTAX, n->at, "the text contains a NUL character (\\0)");
    check_tag(r, e->data.scalar.tag, n->at);
    remember_anchor(r, e->data.scalar.anchor, n);
    return n;
}

static const doc_node *read_list(reader *r, const yaml_event_t *start, unsigned depth)
{
    doc_node *n = new_node(r, DOC_LIST, span_of(r, start->start_mark, start->end_mark));
    const doc_node **item = NULL;
    size_t count = 0, room = 0;
    check_tag(r, start->data.sequence_start.tag, n->at);
    for (;;) {
        yaml_event_t e;
        if (!next_event(r, &e))
            return NULL;
        bool end = e.type == YAML_SEQUENCE_END_EVENT;
        const doc_node *child = end ? NULL : read_node(r, &e, depth + 1);
        yaml_event_delete(&e);
        if (end)
            break;
        if (!child || !count_nodes(r, n, child, child->at))
            return NULL;
        item = arena_grow(r->arena, item, sizeof *item, count, count + 1, &room);
        item[count++] = child;
    }
    n->item = item;
    n->count = (uint32_t)count;
    remember_anchor(r, start->data.sequence_start.anchor, n);
    return n;
}

/* ---- mappings ---- */

typedef struct {
    doc_entry *entry;
    size_t count, room;
    names seen; /* built once a mapping is large */
} map_builder;

enum { SMALL_MAP = 16, MERGE_COST = 8 }; /* a merged entry is a copy, and copies multiply fast */

static bool has_key(reader *r, map_builder *m, const char *key)
{
    if (m->count < SMALL_MAP) {
        for (size_t i = 0; i < m->count; i++)
            if (strcmp(m->entry[i].key, key) == 0)
                return true;
        return false;
    }
    if (m->seen.room == 0) {
        m->seen = names_new(r->arena);
        for (size_t i = 0; i < m->count; i++)
            names_set(&m->seen, m->entry[i].key, (uint32_t)i);
    }
    return names_find(&m->seen, key) != NAMES_NONE;
}

static void append(reader *r, map_builder *m, doc_entry e)
{
    m->entry = arena_grow(r->arena, m->entry, sizeof *m->entry, m->count, m->count + 1, &m->room);
    m->entry[m->count] = e;
    if (m->seen.room)
        names_set(&m->seen, e.key, (uint32_t)m->count);
    m->count++;
}

static bool merge_map(reader *r, doc_node *n, map_builder *m, const doc_node *from, hmn_span at)
{
    if (from == r->nothing)
        return true;
    if (from->kind != DOC_MAP) {
        diag_report(r->diag, DIAG_ANCHOR, at, "a merge key takes a mapping or a list of mappings, not %s",
                    doc_kind_name(from));
        diag_cure(r->diag, "write <<: *ANCHOR with an anchor on a mapping");
        return true;
    }
    for (uint32_t i = 0; i < from->count; i++) {
        *r->nodes += MERGE_COST;
        if (!count_nodes(r, n, from->entry[i].value, at))
            return false;
        if (has_key(r, m, from->entry[i].key))
            continue;
        doc_entry e = from->entry[i];
        e.merged = true;
        append(r, m, e);
    }
    return true;
}

static bool merge_value(reader *r, doc_node *n, map_builder *m, const doc_node *value, hmn_span at)
{
    if (value->kind != DOC_LIST)
        return merge_map(r, n, m, value, at);
    for (uint32_t i = 0; i < value->count; i++)
        if (!merge_map(r, n, m, value->item[i], value->item[i]->at))
            return false;
    return true;
}

/* One entry; the key's event is given. */
static bool read_entry(reader *r, doc_node *n, map_builder *m, yaml_event_t *k, unsigned depth, const doc_node **merge)
{
    hmn_span at = span_of(r, k->start_mark, k->end_mark);
    bool plain = k->type == YAML_SCALAR_EVENT && k->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const doc_node *key = NULL;
    if (k->type != YAML_SCALAR_EVENT) {
        diag_report(r->diag, DIAG_YAML_SYNTAX, at, "a key must be plain text");
        diag_cure(r->diag,
                  "lists and mappings start with [ or {, a value with '*' is an alias: quote it if it is a name");
    }
    key = read_node(r, k, depth + 1);
    yaml_event_t v;
    if (!key || !next_event(r, &v))
        return false;
    const doc_node *value = read_node(r, &v, depth + 1);
    yaml_event_delete(&v);
    if (!value || !count_nodes(r, n, value, at))
        return false;
    if (k->type != YAML_SCALAR_EVENT)
        return true;
    if (plain && strcmp(key->text, "<<") == 0) {
        if (*merge) {
            diag_report(r->diag, DIAG_KEY_DUPLICATE, at, "'<<' stands twice in this mapping");
            diag_cure(r->diag, "merge several with a list: <<: [*a, *b]");
        }
        *merge = value;
        return true;
    }
    if (has_key(r, m, key->text)) {
        diag_report(r->diag, DIAG_KEY_DUPLICATE, at, "the key '%s' stands twice in this mapping", key->text);
        diag_cure(r->diag, "keep one of them");
        return true;
    }
    append(r, m, (doc_entry){key->text, at, value, false});
    return true;
}

static const doc_node *read_map(reader *r, const yaml_event_t *start, unsigned depth)
{
    doc_node *n = new_node(r, DOC_MAP, span_of(r, start->start_mark, start->end_mark));
    map_builder m = {0};
    const doc_node *merge = NULL;
    check_tag(r, start->data.mapping_start.tag, n->at);
    for (;;) {
        yaml_event_t e;
        if (!next_event(r, &e))
            return NULL;
        bool end = e.type == YAML_MAPPING_END_EVENT;
        bool ok = end || read_entry(r, n, &m, &e, depth, &merge);
        yaml_event_delete(&e);
        if (end)
            break;
        if (!ok)
            return NULL;
    }
    if (merge && !merge_value(r, n, &m, merge, merge->at))
        return NULL;
    n->entry = m.entry;
    n->count = (uint32_t)m.count;
    remember_anchor(r, start->data.mapping_start.anchor, n);
    return n;
}

static const doc_node *read_node(reader *r, yaml_event_t *e, unsigned depth)
{
    if (depth > PARSE_MAX_DEPTH) {
        diag_report(r->diag, DIAG_YAML_LIMIT, span_of(r, e->start_mark, e->end_mark),
                    "values are nested more than %d deep", PARSE_MAX_DEPTH);
        diag_cure(r->diag, "no key of the language needs more than ten levels");
        return NULL;
    }
    if (e->type == YAML_ALIAS_EVENT)
        return resolve_alias(r, e);
    if (e->type == YAML_SCALAR_EVENT)
        return read_scalar(r, e);
    if (e->type == YAML_SEQUENCE_START_EVENT)
        return read_list(r, e, depth);
    HMN_ASSERT(e->type == YAML_MAPPING_START_EVENT);
    return read_map(r, e, depth);
}

/* Stream and document events around the one root node. */
static const doc_node *read_stream(reader *r)
{
    const doc_node *root = NULL;
    for (;;) {
        yaml_event_t e;
        if (!next_event(r, &e))
            return NULL;
        yaml_event_type_t type = e.type;
        bool ok = true;
        if (type == YAML_DOCUMENT_START_EVENT && root) {
            diag_report(r->diag, DIAG_YAML_SYNTAX, span_of(r, e.start_mark, e.end_mark),
                        "a second document starts here, a network is one document");
            diag_cure(r->diag, "remove the line '---' or split the file and use include");
            ok = false;
        } else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
                   type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT) {
            root = read_node(r, &e, 1);
            ok = root != NULL;
        }
        yaml_event_delete(&e);
        if (!ok)
            return NULL;
        if (type == YAML_STREAM_END_EVENT)
            break;
    }
    if (!root) {
        diag_report(r->diag, DIAG_YAML_SYNTAX, source_span(&r->src, 0, 1), "the file has no content");
        diag_cure(r->diag, "start the file with hmn: 1");
    }
    return root;
}

const doc_node *parse_text(hmn_arena *a, hmn_diag *d, const char *name, const char *text, size_t length,
                           uint32_t *nodes)
{
    reader r = {.arena = a, .diag = d, .nodes = nodes, .anchors = names_new(a)};
    if (!source_open(&r.src, a, d, name, text, length))
        return NULL;
    doc_node *nothing = new_node(&r, DOC_SCALAR, (hmn_span){r.src.file, 1, 1, 1});
    nothing->text = "";
    r.nothing = nothing;
    if (!yaml_parser_initialize(&r.yaml))
        HMN_BUG("out of memory");
    yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)r.src.text, r.src.length);
    const doc_node *root = read_stream(&r);
    yaml_parser_delete(&r.yaml);
    return root;
}
