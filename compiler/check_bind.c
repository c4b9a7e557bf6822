/* Mappings by the table of keys. Takes a mapping and its context, fills the struct that the context describes:
 * defaults, then what is written, each value checked for kind, unit, range and name. Unknown, repeated and missing
 * keys are reported with the nearest key and the list of those allowed. Keys whose table row has no offset are only
 * known here; code of their own reads them. */
#include "compiler/check.h"

#include "core/base/bug.h"

#include <math.h>
#include <string.h>

enum { MAX_SUGGEST = 4096 };

const char *check_path_text(checker *c, const check_path *p)
{
    if (!p)
        return "";
    const char *outer = check_path_text(c, p->outer);
    return *outer ? arena_printf(c->arena, "%s.%s", outer, p->name) : p->name;
}

const doc_entry *check_pick(const key_context *k, const doc_node *map, const char *key)
{
    const doc_entry *e = doc_find(map, key);
    const key_def *def = keys_find(k, key, 0);
    HMN_ASSERT(def);
    for (uint32_t i = 0; !e && map && map->kind == DOC_MAP && def->aliases && i < map->count; i++)
        if (keys_accepts(def->aliases, map->entry[i].key))
            e = &map->entry[i];
    return e;
}

const key_choice *check_variant(checker *c, const key_context *k, const doc_node *map)
{
    const char *key = k->key[0].name; /* `type` stands first, or `distribution` */
    const doc_entry *e = check_pick(k, map, key);
    if (e)
        return check_choice(c, e->value,
                            strcmp(key, k->name) == 0 ? key : arena_printf(c->arena, "%s of a %s", key, k->name),
                            k->variant, false);
    return k->default_type ? keys_choose(k->variant, k->default_type, false) : NULL;
}

/* ---- names ---- */

const char *check_ref_kind(key_ref kind)
{
    static const char *const word[REF_COUNT] = {"name",           "population",  "projection", "plasticity rule",
                                                "neuromodulator", "oscillation", "astrocyte"};
    return word[kind];
}

uint32_t check_ref_text(checker *c, const char *name, hmn_span at, const char *what, key_ref kind)
{
    check_names *n = &c->name[kind];
    uint32_t i = names_find(&n->index, name);
    if (i != NAMES_NONE) {
        n->used[i] = true;
        return i;
    }
    diag_report(c->diag, DIAG_NAME_UNKNOWN, at, "%s: there is no %s '%.60s'", what, check_ref_kind(kind), name);
    if (check_quiet(c))
        return NET_NONE;
    suggestion s = suggest_start(name);
    for (uint32_t k = 0; k < n->count && k < MAX_SUGGEST; k++)
        suggest_offer(&s, n->list[k], n->list[k]);
    if (s.best) {
        diag_cure(c->diag, "did you mean '%s'?", s.best);
        return NET_NONE;
    }
    for (key_ref other = REF_POPULATION; other < REF_COUNT; other++)
        if (other != kind && names_find(&c->name[other].index, name) != NAMES_NONE) {
            diag_cure(c->diag, "'%.60s' is the name of a %s", name, check_ref_kind(other));
            return NET_NONE;
        }
    if (kind == REF_RULE)
        diag_cure(c->diag, "define it under plasticity_rules, or write {type: %s, ..} here",
                  keys_choose(keys_rule.variant, name, true) ? keys_choose(keys_rule.variant, name, true)->word
                                                             : "hmn");
    else if (n->count == 0)
        diag_cure(c->diag, "no %s is defined in this network", check_ref_kind(kind));
    return NET_NONE;
}

uint32_t check_ref(checker *c, const doc_node *n, const char *what, key_ref kind)
{
    const char *name = check_text(c, n, what);
    return name ? check_ref_text(c, name, n->at, what, kind) : NET_NONE;
}

/* ---- quantities that may vary ---- */

static net_dim unit_of(const checker *c, net_dim dim)
{
    if (dim == NET_WEIGHT)
        return c->weight_dim;
    return c->raw && (dim == NET_MV || dim == NET_NA) ? NET_INTEGER : dim;
}

static void value_distribution(checker *c, const doc_node *n, const char *what, net_dim dim, net_value *out)
{
    check_path path = {NULL, what};
    const key_choice *d = check_variant(c, &keys_distribution, n);
    if (!d) {
        if (!check_pick(&keys_distribution, n, "distribution")) {
            diag_report(c->diag, DIAG_KEY_MISSING, n->at, "%s is a mapping without 'distribution'", what);
            diag_cure(c->diag, "write a number, or {distribution: uniform, low: .., high: ..}");
        }
        return;
    }
    out->dist = (net_dist)d->value;
    net_dim weight = c->weight_dim;
    c->weight_dim = dim == NET_INTEGER ? NET_PLAIN : dim; /* the unit of the quantity; a mean need not be whole */
    check_bind(c, &keys_distribution, 1u << d->value, n, n->at, path, out);
    c->weight_dim = weight;
}

/* Are all values that the distribution can yield within the range of the key? Unbounded ones are checked drawn. */
static void value_range(checker *c, const char *what, net_dim dim, double low, double high, bool open, net_value *v)
{
    bool plain = v->dist == DIST_UNIFORM || v->dist == DIST_UNIFORM_INT;
    bool clipped = v->dist == DIST_NORMAL_CLIPPED || v->dist == DIST_NORMAL_CLIPPED_TO_BOUNDARY;
    if (!plain && !clipped)
        return;
    double least = v->p[plain ? 0 : 2], most = v->p[plain ? 1 : 3];
    if (least > most) {
        diag_report(c->diag, DIAG_VALUE_RANGE, v->at, "%s: low is greater than high (%.10g > %.10g)", what, least,
                    most);
        return;
    }
    if (check_range(c, v->at, arena_printf(c->arena, "low of %s", what), dim, least, low, high, open))
        check_range(c, v->at, arena_printf(c->arena, "high of %s", what), dim, most, low, high, open);
}

void check_value(checker *c, const doc_node *n, const char *what, net_dim dim, double low, double high, bool open,
                 net_value *out)
{
    uint32_t before = diag_errors(c->diag);
    out->given = true;
    out->at = n->at;
    if (n->kind == DOC_MAP) {
        value_distribution(c, n, what, dim, out);
        if (diag_errors(c->diag) == before)
            value_range(c, what, dim, low, high, open, out);
        return;
    }
    if (n->kind == DOC_SCALAR) {
        out->dist = DIST_CONSTANT;
        if (check_number(c, n, what, dim, &out->p[0]))
            check_range(c, n->at, what, dim, out->p[0], low, high, open);
        return;
    }
    double *list = ARENA_NEW(c->arena, double, n->count);
    for (uint32_t i = 0; i < n->count; i++)
        if (check_number(c, n->item[i], what, dim, &list[i]))
            check_range(c, n->item[i]->at, what, dim, list[i], low, high, open);
    out->dist = DIST_LIST;
    out->list = list;
    out->nlist = n->count;
    if (n->count == 0)
        diag_report(c->diag, DIAG_VALUE_LENGTH, n->at, "%s is an empty list", what);
}

/* ---- binding ---- */

static void *slot(void *out, const key_def *k) { return (char *)out + k->offset; }

static void bind_default(const key_def *k, uint32_t variant, void *out)
{
    if (k->offset == KEY_UNBOUND || (variant && k->in && !(k->in & variant)))
        return;
    bool none = isnan(k->def);
    switch (k->kind) {
    case KEY_NUM: *(net_num *)slot(out, k) = (net_num){.v = none ? 0 : k->def}; break;
    case KEY_REAL:
        if (!none)
            *(double *)slot(out, k) = k->def;
        break;
    case KEY_UINT:
    case KEY_CHOICE:
        if (!none) {
            uint32_t v = (uint32_t)k->def;
            memcpy(slot(out, k), &v, sizeof v);
        }
        break;
    case KEY_BOOL:
    case KEY_FLAG: *(bool *)slot(out, k) = k->def != 0; break;
    case KEY_REF: ((net_ref *)slot(out, k))->i = NET_NONE; break;
    case KEY_VALUE:
        *(net_value *)slot(out, k) = (net_value){.dist = DIST_CONSTANT};
        ((net_value *)slot(out, k))->p[0] = none ? 0 : k->def;
        break;
    case KEY_TEXT:
    case KEY_WORD:
    case KEY_MAP:
    case KEY_NAMED:
    case KEY_SHAPE: break;
    }
}

static void bind_number(checker *c, const key_def *k, const doc_node *n, void *out)
{
    double v;
    net_dim dim = k->flags & KEY_OWNER_DIM ? c->weight_dim : unit_of(c, k->dim);
    if (!check_number(c, n, k->name, dim, &v) ||
        !check_range(c, n->at, k->name, dim, v, k->low, k->high, k->flags & KEY_OPEN_LOW))
        return;
    if (k->kind == KEY_NUM)
        *(net_num *)slot(out, k) = (net_num){v, true, n->at};
    else if (k->kind == KEY_REAL)
        *(double *)slot(out, k) = v;
    else
        *(uint32_t *)slot(out, k) = (uint32_t)v;
}

static void bind_choice(checker *c, const key_def *k, const doc_node *n, void *out)
{
    const key_choice *found = check_choice(c, n, k->name, k->choice, k->lenient);
    if (!found)
        return;
    if (k->kind == KEY_WORD)
        *(net_str *)slot(out, k) = (net_str){found->word, n->at};
    else if (k->kind == KEY_FLAG)
        *(bool *)slot(out, k) = found->value != 0;
    else
        memcpy(slot(out, k), &found->value, sizeof found->value);
}

static void bind_entry(checker *c, const key_def *k, const doc_entry *e, check_path path, void *out)
{
    const doc_node *n = e->value;
    if (k->offset == KEY_UNBOUND)
        return;
    switch (k->kind) {
    case KEY_NUM:
    case KEY_REAL:
    case KEY_UINT: bind_number(c, k, n, out); break;
    case KEY_BOOL: check_bool(c, n, k->name, slot(out, k)); break;
    case KEY_TEXT: {
        const char *text = check_text(c, n, k->name);
        if (text)
            *(net_str *)slot(out, k) = (net_str){text, n->at};
        break;
    }
    case KEY_CHOICE:
    case KEY_FLAG:
    case KEY_WORD: bind_choice(c, k, n, out); break;
    case KEY_REF: *(net_ref *)slot(out, k) = (net_ref){check_ref(c, n, k->name, k->ref), n->at}; break;
    case KEY_VALUE:
        check_value(c, n, k->name, unit_of(c, k->dim), k->low, k->high, k->flags & KEY_OPEN_LOW, slot(out, k));
        break;
    case KEY_MAP: check_bind(c, k->inner, 0, n, e->key_at, (check_path){&path, k->name}, slot(out, k)); break;
    case KEY_NAMED:
    case KEY_SHAPE: break;
    }
}

/* "tau_fast, tau_slow, ..." of the keys that the variant takes. */
static const char *allowed_keys(checker *c, const key_context *k, uint32_t variant)
{
    const char *text = "";
    for (const key_def *d = k->key; d->name; d++)
        if (!variant || !d->in || (d->in & variant))
            text = arena_printf(c->arena, "%s%s%s", text, *text ? ", " : "", d->name);
    return text;
}

static const char *variant_word(const key_context *k, uint32_t bits)
{
    for (const key_choice *v = k->variant; v && v->word; v++)
        if (bits & 1u << v->value)
            return v->word;
    return "";
}

/* The mapping within this one that takes the key: "traces" for pairing in a rule. */
static const char *inner_place(const key_context *k, uint32_t variant, const char *key)
{
    for (const key_def *d = k->key; d->name; d++)
        if (d->kind == KEY_MAP && (!variant || !d->in || (d->in & variant)) && keys_find(d->inner, key, 0))
            return d->name;
    return NULL;
}

/* Reports; the key that was meant, where one is near, so that it is not reported missing as well. */
static const key_def *unknown_key(checker *c, const key_context *k, uint32_t variant, const doc_entry *e,
                                  const check_path *path)
{
    const char *where = check_path_text(c, path);
    const key_def *other = keys_find(k, e->key, 0);
    if (other)
        diag_report(c->diag, DIAG_KEY_UNKNOWN, e->key_at, "the key '%s' does not belong to a %s of type %s", e->key,
                    k->name, variant_word(k, variant));
    else if (*where)
        diag_report(c->diag, DIAG_KEY_UNKNOWN, e->key_at, "unknown key '%.60s' in %s", e->key, where);
    else
        diag_report(c->diag, DIAG_KEY_UNKNOWN, e->key_at, "unknown key '%.60s'", e->key);
    if (check_quiet(c))
        return NULL;
    suggestion s = suggest_start(e->key);
    for (const key_def *d = k->key; d->name; d++)
        if (!variant || !d->in || (d->in & variant))
            suggest_offer(&s, d->name, d->name);
    for (const key_def *d = k->key; d->name && s.distance > 0; d++)
        if (!variant || !d->in || (d->in & variant))
            suggest_offer_list(&s, d->aliases, d->name);
    const char *allowed = allowed_keys(c, k, variant), *inner = inner_place(k, variant, e->key);
    const key_def *meant = !other && s.best ? keys_find(k, s.best, variant) : NULL;
    if (!other && strchr(e->key, ':'))
        diag_cure(c->diag, "write a space after ':'");
    else if (!other && inner && s.distance > 0)
        diag_cure(c->diag, "it belongs into %s: {%s: ..}; allowed here: %s", inner, e->key, allowed);
    else if (other)
        diag_cure(c->diag, "it belongs to %s; allowed here: %s", variant_word(k, other->in), allowed);
    else if (s.best)
        diag_cure(c->diag, "did you mean '%s'? allowed here: %s", s.best, allowed);
    else
        diag_cure(c->diag, "allowed here: %s", allowed);
    return meant;
}

static void missing_keys(checker *c, const key_context *k, uint32_t variant, uint64_t seen, hmn_span at,
                         const check_path *path)
{
    for (const key_def *d = k->key; d->name; d++) {
        bool wanted = (d->flags & KEY_REQUIRED) && (!d->in || (d->in & variant));
        if (!wanted || (seen & (uint64_t)1 << (d - k->key)))
            continue;
        const char *where = check_path_text(c, path);
        diag_report(c->diag, DIAG_KEY_MISSING, at, "%s%slacks the key '%s'", where, *where ? " " : "the file ",
                    d->name);
        diag_cure(c->diag, "add %s: %s", d->name, d->meaning);
    }
}

static void switch_off(const key_context *k, void *out)
{
    for (const key_def *d = k->key; d->name; d++) {
        if (d->flags & KEY_SWITCH)
            *(bool *)slot(out, d) = false;
        if (d->kind == KEY_MAP && d->offset != KEY_UNBOUND)
            switch_off(d->inner, slot(out, d));
    }
}

static void bind_defaults(const key_context *k, uint32_t variant, void *out)
{
    for (const key_def *d = k->key; d->name; d++) {
        bind_default(d, variant, out);
        if (d->kind == KEY_MAP && d->offset != KEY_UNBOUND) {
            bind_defaults(d->inner, 0, slot(out, d));
            switch_off(d->inner, slot(out, d));
        }
    }
}

/* A word where a mapping belongs: often it is the type, or the value of the first key. */
static void not_a_map(checker *c, const key_context *k, const doc_node *n, const check_path *path)
{
    check_type(c, n, DOC_MAP, check_path_text(c, path));
    const key_choice *type = n->kind == DOC_SCALAR && k->variant ? keys_choose(k->variant, n->text, true) : NULL;
    if (type)
        diag_cure(c->diag, "write {%s: %s}", k->key[0].name, type->word);
    else if (k == &keys_source && n->kind == DOC_SCALAR)
        diag_cure(c->diag, "write {signal: %.60s}", n->text);
}

void check_bind(checker *c, const key_context *k, uint32_t variant, const doc_node *map, hmn_span at, check_path path,
                void *out)
{
    bind_defaults(k, variant, out);
    if (map && doc_is_null(map))
        map = NULL;
    if (map && map->kind != DOC_MAP) {
        not_a_map(c, k, map, &path);
        return;
    }
    const doc_entry *from[64] = {NULL};
    uint64_t seen = 0;
    for (uint32_t i = 0; map && i < map->count; i++) {
        const doc_entry *e = &map->entry[i];
        if (strncmp(e->key, "x-", 2) == 0)
            continue;
        const key_def *d = keys_find(k, e->key, variant);
        if (!d) {
            const key_def *meant = unknown_key(c, k, variant, e, &path);
            if (meant)
                seen |= (uint64_t)1 << (meant - k->key);
            continue;
        }
        size_t index = (size_t)(d - k->key);
        HMN_ASSERT(index < 64);
        if (seen & (uint64_t)1 << index) {
            if (!from[index])
                continue; /* a misspelt one was reported */
            diag_report(c->diag, DIAG_NET_CONFLICT, e->key_at, "'%s' and '%s' are two spellings of one key",
                        from[index]->key, e->key);
            diag_cure(c->diag, "keep '%s'", d->name);
            continue;
        }
        seen |= (uint64_t)1 << index;
        from[index] = e;
        bind_entry(c, d, e, path, out);
    }
    missing_keys(c, k, variant, seen, at, &path);
}
