/* Single values of the YAML text: parameters and ${...}, numbers with units, ranges, words. Takes doc nodes, yields
 * doubles, texts and choices, and reports whatever is wrong at the very characters that are. A parameter is evaluated
 * when it is first used, so that parameters may use each other in any order; circles are found by marking. */
#include "compiler/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PARAM_DEPTH = 64, MAX_SUGGEST = 4096, MAX_HELPED = 100, MAX_TEXT = 4096 };

/* A part of a scalar: exact when the text stands on one line as written, else the whole scalar. */
static hmn_span part(const doc_node *n, size_t at, size_t length)
{
    size_t size = strlen(n->text), quote = n->quoted ? 1 : 0;
    if (n->at.len != size + 2 * quote || at >= size)
        return n->at;
    hmn_span s = n->at;
    s.col += (uint32_t)(at + quote);
    s.len = (uint32_t)(at + length > size ? size - at : length);
    return s;
}

bool check_quiet(const checker *c) { return diag_errors(c->diag) > MAX_HELPED; }

bool check_type(checker *c, const doc_node *n, doc_kind kind, const char *what)
{
    if (n->kind == kind && !(kind == DOC_SCALAR && doc_is_null(n)))
        return true;
    static const char *const want[] = {"a single value", "a list", "a mapping"};
    diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s takes %s, but %s is written here", what, want[kind],
                doc_kind_name(n));
    return false;
}

/* ---- parameters ---- */

static bool evaluate(checker *c, const doc_node *n, const char *text, size_t at, size_t length, double *value);

static void resolve_param(checker *c, uint32_t i)
{
    check_param *p = &c->param[i];
    if (p->state != PARAM_NEW)
        return;
    p->state = PARAM_OPEN;
    c->param_depth++;
    double v = 0;
    bool ok = check_number(c, p->node, p->name, NET_PLAIN, &v);
    c->param_depth--;
    c->param_value[i] = v;
    p->state = ok ? PARAM_DONE : PARAM_BAD;
}

typedef struct {
    checker *c;
    const doc_node *at;
    bool bad; /* a parameter that was reported already, or a circle */
} lookup;

static uint32_t find_param(void *context, const char *name)
{
    lookup *l = context;
    checker *c = l->c;
    uint32_t i = names_find(&c->param_index, name);
    if (i == NAMES_NONE)
        return NET_NONE;
    if (c->param[i].state == PARAM_OPEN || c->param_depth > MAX_PARAM_DEPTH) {
        diag_report(c->diag, DIAG_EXPRESSION, l->at->at,
                    c->param[i].state == PARAM_OPEN ? "the parameter '%s' depends on itself"
                                                    : "parameters depend on each other more than 64 deep at '%s'",
                    name);
        l->bad = true;
        return i;
    }
    resolve_param(c, i);
    l->bad = l->bad || c->param[i].state == PARAM_BAD;
    return i;
}

static bool evaluate(checker *c, const doc_node *n, const char *text, size_t at, size_t length, double *value)
{
    expr_error error;
    lookup l = {c, n, false};
    const net_expr *e = expr_parse(c->arena, text + at, length, find_param, &l, &error);
    if (l.bad)
        return false;
    if (!e) {
        diag_report(c->diag, DIAG_EXPRESSION, part(n, at + error.at, error.length), "%s", error.text);
        if (error.help)
            diag_cure(c->diag, "%s", error.help);
        else if (strncmp(error.text, "nothing defines", 15) == 0) {
            char word[64];
            size_t m = error.length < sizeof word ? error.length : sizeof word - 1;
            memcpy(word, text + at + error.at, m);
            word[m] = '\0';
            suggestion s = suggest_start(word);
            for (uint32_t i = 0; i < c->nparams && i < MAX_SUGGEST; i++)
                suggest_offer(&s, c->param[i].name, c->param[i].name);
            if (s.best)
                diag_cure(c->diag, "did you mean '%s'?", s.best);
            else
                diag_cure(c->diag, "define it under parameters");
        }
        return false;
    }
    *value = expr_eval(e, c->param_value);
    if (isfinite(*value))
        return true;
    diag_report(c->diag, DIAG_EXPRESSION, part(n, at, length), "this expression has no finite value (%g)", *value);
    return false;
}

static void add_param(checker *c, const char *name, const doc_node *node)
{
    uint32_t i = names_find(&c->param_index, name);
    if (i == NAMES_NONE) {
        i = c->nparams++;
        names_set(&c->param_index, name, i);
    }
    c->param[i] = (check_param){name, node, PARAM_NEW};
}

/* --set name=value, as if written in a file of its own so that messages have a place. */
static void set_param(checker *c, const unit_set *set)
{
    const char *text = arena_printf(c->arena, "%s=%s", set->name, set->value);
    uint32_t file = diag_add_file(c->diag, "--set", text, strlen(text)), n = (uint32_t)strlen(set->name);
    if (names_find(&c->param_index, set->name) == NAMES_NONE) {
        suggestion s = suggest_start(set->name);
        for (uint32_t i = 0; i < c->nparams && i < MAX_SUGGEST; i++)
            suggest_offer(&s, c->param[i].name, c->param[i].name);
        diag_report(c->diag, DIAG_NAME_UNKNOWN, (hmn_span){file, 1, 1, n}, "the file has no parameter '%s'", set->name);
        if (s.best)
            diag_cure(c->diag, "did you mean '%s'?", s.best);
        return;
    }
    doc_node *node = ARENA_NEW(c->arena, doc_node, 1);
    *node = (doc_node){.kind = DOC_SCALAR, .at = {file, 1, n + 2, (uint32_t)strlen(set->value)}, .text = set->value};
    add_param(c, set->name, node);
}

void check_parameters(checker *c)
{
    const doc_node *map = doc_get(c->root, "parameters");
    c->param_index = names_new(c->arena);
    if (map && !doc_is_null(map) && check_type(c, map, DOC_MAP, "parameters")) {
        c->param = ARENA_NEW(c->arena, check_param, map->count);
        c->param_value = ARENA_NEW(c->arena, double, map->count);
        for (uint32_t i = 0; i < map->count; i++)
            if (strncmp(map->entry[i].key, "x-", 2) != 0)
                add_param(c, map->entry[i].key, map->entry[i].value);
    }
    for (uint32_t i = 0; i < c->u->nset; i++)
        set_param(c, &c->u->set[i]);
    for (uint32_t i = 0; i < c->nparams; i++)
        resolve_param(c, i);
}

/* ---- texts and numbers ---- */

const char *check_text(checker *c, const doc_node *n, const char *what)
{
    if (!check_type(c, n, DOC_SCALAR, what))
        return NULL;
    const char *text = n->text, *open;
    char out[MAX_TEXT + 64];
    size_t used = 0;
    if (!strstr(text, "${"))
        return text;
    while ((open = strstr(text, "${"))) {
        size_t from = (size_t)(open + 2 - n->text), copy = (size_t)(open - text);
        const char *close = strchr(open, '}');
        double v;
        if (!close || used + copy > MAX_TEXT) {
            diag_report(c->diag, DIAG_EXPRESSION, part(n, from - 2, 2),
                        close ? "this text is too long to hold ${...}" : "${ is not closed by }");
            return NULL;
        }
        if (!evaluate(c, n, n->text, from, (size_t)(close - open) - 2, &v))
            return NULL;
        memcpy(out + used, text, copy);
        used += copy;
        used += (size_t)snprintf(out + used, sizeof out - used, "%.17g", v);
        text = close + 1;
    }
    return arena_printf(c->arena, "%.*s%s", (int)used, out, text);
}

static void number_error(checker *c, const doc_node *n, const char *what, net_dim dim, const char *text, size_t at,
                         unit_status status, const char *found)
{
    hmn_span whole = text == n->text ? part(n, at, strlen(text) - at) : n->at;
    const char *accepted = units_accepted(dim), *near;
    switch (status) {
    case UNIT_NO_NUMBER:
        diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s expects %s, but '%.60s' is no number", what,
                    units_dimension(dim), text);
        if (*accepted)
            diag_cure(c->diag, "write a number, with a unit if you like: %s", accepted);
        break;
    case UNIT_OCTAL:
        diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s: '%.60s' could mean an octal number", what, text);
        diag_cure(c->diag, "write decimal numbers without leading zeros");
        break;
    case UNIT_HEX:
        diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s: '%.60s' is not a decimal number", what, text);
        diag_cure(c->diag, "write decimal numbers");
        break;
    case UNIT_UNKNOWN:
        near = units_nearest(text + at);
        diag_report(c->diag, DIAG_VALUE_UNIT, whole, "'%.60s' is not a unit known here", text + at);
        diag_cure(c->diag,
                  near        ? "did you mean '%s'?"
                  : *accepted ? "%s takes %s: %s"
                              : "%s takes %s without a unit%s",
                  near ? near : what, units_dimension(dim), accepted);
        break;
    case UNIT_WRONG:
        diag_report(c->diag, DIAG_VALUE_UNIT, whole, "%s expects %s, but '%.60s' is the unit of %s", what,
                    units_dimension(dim), text + at, found);
        diag_cure(c->diag, *accepted ? "units accepted here: %s" : "write the number without a unit%s", accepted);
        break;
    case UNIT_NEEDED:
        diag_report(c->diag, DIAG_VALUE_UNIT, n->at, "%s needs a unit: is '%.60s' in degrees or radians?", what, text);
        diag_cure(c->diag, "write '%.60s deg' or '%.60s rad'", text, text);
        break;
    case UNIT_NO_TRIAL:
        diag_report(c->diag, DIAG_VALUE_UNIT, whole, "%s is given in trials, but no task says how long a trial is",
                    what);
        diag_cure(c->diag, "write a time or steps, or add trial: 300 ms to the task");
        break;
    case UNIT_FRACTION:
        diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s: '%.60s' is not a whole number of steps", what, text);
        diag_cure(c->diag, "a step is %g ms", c->unit.dt);
        break;
    case UNIT_OK: break;
    }
}

bool check_number(checker *c, const doc_node *n, const char *what, net_dim dim, double *value)
{
    const char *text = check_text(c, n, what), *found = "";
    size_t at = 0;
    if (!text)
        return false;
    unit_status status = units_read(text, dim, c->unit, value, &at, &found);
    if (status != UNIT_OK) {
        number_error(c, n, what, dim, text, at, status, found);
        return false;
    }
    if (!isfinite(*value)) {
        diag_report(c->diag, DIAG_VALUE_RANGE, n->at, "%s: '%.60s' is too large a number", what, text);
        return false;
    }
    bool whole = dim == NET_INTEGER || dim == NET_STEPS || dim == NET_TRIALS;
    if (!whole || *value == floor(*value))
        return true;
    diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s expects %s, not %.10g", what, units_dimension(dim), *value);
    if (dim == NET_STEPS)
        diag_cure(c->diag, "a step is %g ms", c->unit.dt);
    return false;
}

bool check_range(checker *c, hmn_span at, const char *what, net_dim dim, double v, double low, double high, bool open)
{
    if (v >= low && v <= high && !(open && v <= low))
        return true;
    const char *unit = units_base(dim), *space = *unit ? " " : "";
    diag_report(c->diag, DIAG_VALUE_RANGE, at, "%s is %.10g%s%s, outside its range", what, v, space, unit);
    if (isinf(high) && isinf(low))
        return false;
    if (isinf(high))
        diag_cure(c->diag, "%s %.10g%s%s", open ? "greater than" : "at least", low, space, unit);
    else if (isinf(low))
        diag_cure(c->diag, "at most %.10g%s%s", high, space, unit);
    else
        diag_cure(c->diag, "%s %.10g and at most %.10g%s%s", open ? "greater than" : "at least", low, high, space,
                  unit);
    return false;
}

bool check_bool(checker *c, const doc_node *n, const char *what, bool *value)
{
    if (!check_type(c, n, DOC_SCALAR, what))
        return false;
    if (strcmp(n->text, "true") == 0 || strcmp(n->text, "false") == 0) {
        *value = n->text[0] == 't';
        return true;
    }
    diag_report(c->diag, DIAG_VALUE_TYPE, n->at, "%s is true or false, not '%.60s'", what, n->text);
    suggestion s = suggest_start(n->text);
    suggest_offer_list(&s, "true yes on y", "true");
    suggest_offer_list(&s, "false no off n", "false");
    if (s.best)
        diag_cure(c->diag, "did you mean %s?", s.best);
    return false;
}

const key_choice *check_choice(checker *c, const doc_node *n, const char *what, const key_choice *list, bool lenient)
{
    const char *text = check_text(c, n, what), *words = "";
    if (!text)
        return NULL;
    const key_choice *found = keys_choose(list, text, lenient);
    if (found)
        return found;
    diag_report(c->diag, DIAG_VALUE_CHOICE, n->at, "%s cannot be '%.60s'", what, text);
    if (check_quiet(c))
        return NULL;
    suggestion s = suggest_start(text);
    for (const key_choice *k = list; k->word; k++) {
        suggest_offer(&s, k->word, k->word);
        words = arena_printf(c->arena, "%s%s%s", words, *words ? ", " : "", k->word);
    }
    for (const key_choice *k = list; k->word && s.distance > 0; k++)
        suggest_offer_list(&s, k->aliases, k->word);
    if (s.best)
        diag_cure(c->diag, "did you mean '%s'? allowed here: %s", s.best, words);
    else
        diag_cure(c->diag, "allowed here: %s", words);
    return NULL;
}

bool check_items(checker *c, const doc_node *n, const char *what, const doc_node *const **item, uint32_t *count)
{
    if (n->kind == DOC_LIST) {
        *item = n->item;
        *count = n->count;
        return true;
    }
    if (!check_type(c, n, DOC_SCALAR, what))
        return false;
    const doc_node **one = ARENA_NEW(c->arena, const doc_node *, 1);
    *one = n;
    *item = one;
    *count = 1;
    return true;
}

typedef struct {
    double *v;
    size_t count, room;
} number_list;

static bool collect(checker *c, const doc_node *n, const char *what, net_dim dim, unsigned depth, number_list *l)
{
    if (n->kind == DOC_LIST && depth > 0) {
        bool ok = true;
        for (uint32_t i = 0; i < n->count; i++)
            ok = collect(c, n->item[i], what, dim, depth - 1, l) && ok;
        return ok;
    }
    double v;
    if (!check_number(c, n, what, dim, &v))
        return false;
    l->v = arena_grow(c->arena, l->v, sizeof *l->v, l->count, l->count + 1, &l->room);
    l->v[l->count++] = v;
    return true;
}

bool check_numbers(checker *c, const doc_node *n, const char *what, net_dim dim, unsigned depth, double **out,
                   uint32_t *count)
{
    number_list l = {0};
    bool ok = collect(c, n, what, dim, depth, &l);
    *out = l.v;
    *count = (uint32_t)l.count;
    return ok;
}
