/* Takes the table of keys, yields a JSON Schema. Draft-07 because YAML language servers read that. A context becomes a
 * definition; contexts with a type allow the keys of all types and then, type by type, forbid the others (if/then).
 * Quantities are numbers or texts that match their units; ${...} is accepted wherever a number is, because a generic
 * tool cannot evaluate it. The schema accepts no less than the checker; the checker knows more. */
#include "compiler/schema_json.h"

#include "compiler/keys.h"
#include "compiler/units.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static void text(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fputc('\\', out);
        fputc(*s, out);
    }
    fputc('"', out);
}

/* ---- quantities ---- */

static const char *const dim_names[] = {
    [NET_PLAIN] = "number", [NET_INTEGER] = "integer", [NET_MS] = "time",        [NET_MV] = "voltage",
    [NET_NA] = "current",   [NET_NF] = "capacitance",  [NET_US] = "conductance", [NET_HZ] = "frequency",
    [NET_RAD] = "angle",    [NET_WEIGHT] = "weight",   [NET_STEPS] = "steps",    [NET_TRIALS] = "trials"};
enum { DIMS = sizeof dim_names / sizeof *dim_names };

/* "s|ms|us" of a space-separated list; a weight may be a current or a voltage. */
static void print_units(FILE *out, net_dim dim)
{
    const char *list = dim == NET_WEIGHT ? "A mA uA nA pA V mV uV" : units_accepted(dim);
    for (; *list; list++)
        fputc(*list == ' ' ? '|' : *list, out);
    if (dim == NET_MS || dim == NET_STEPS)
        fputs("|step|tick|ticks|trial|trials", out);
    else if (dim == NET_TRIALS)
        fputs("|trial", out);
}

static void write_quantity(FILE *out, net_dim dim)
{
    bool units = dim == NET_WEIGHT || *units_accepted(dim);
    fprintf(out, "    \"%s\": {\"anyOf\": [", dim_names[dim]);
    if (dim != NET_RAD)
        fprintf(out, "{\"type\": \"%s\"}, ", dim == NET_INTEGER ? "integer" : "number");
    fputs("{\"type\": \"string\", \"pattern\": \"^ *[-+]?([0-9]+\\\\.?[0-9]*|\\\\.[0-9]+)([eE][-+]?[0-9]+)?", out);
    if (units) {
        fputs(dim == NET_RAD ? " *(" : "( *(", out);
        print_units(out, dim);
        fputs(dim == NET_RAD ? ")" : "))?", out);
    }
    fputs(" *$\"}, {\"type\": \"string\", \"pattern\": \"\\\\$\\\\{.+\\\\}\"}]},\n", out);
    fprintf(
        out,
        "    \"%s_value\": {\"anyOf\": [{\"$ref\": \"#/definitions/%s\"}, {\"$ref\": \"#/definitions/distribution\"}, "
        "{\"type\": \"array\", \"items\": {\"$ref\": \"#/definitions/%s\"}, \"minItems\": 1}]},\n",
        dim_names[dim], dim_names[dim], dim_names[dim]);
}

/* ---- ranges ---- */

/* What a number may be, in the base unit, which is that of a number without one; texts are left to the checker. */
typedef struct {
    double low, high;
    bool open; /* low itself is excluded */
} range;

static void widen(range *r, double low, double high, bool open)
{
    if (low < r->low || (low == r->low && !open)) {
        r->low = low;
        r->open = open;
    }
    r->high = high > r->high ? high : r->high;
}

static void write_bounds(FILE *out, range r, const char *comma)
{
    if (isfinite(r.low)) {
        fprintf(out, "%s\"%s\": %.17g", comma, r.open ? "exclusiveMinimum" : "minimum", r.low);
        comma = ", ";
    }
    if (isfinite(r.high))
        fprintf(out, "%s\"maximum\": %.17g", comma, r.high);
}

static bool bounded(range r) { return isfinite(r.low) || isfinite(r.high); }

/* Of a key; `list`: of the numbers of a list, too. */
static void write_range(FILE *out, range r, bool list)
{
    if (!bounded(r))
        return;
    write_bounds(out, r, ", ");
    if (list) {
        fputs(", \"items\": {", out);
        write_bounds(out, r, "");
        fputs("}", out);
    }
}

static bool is_number(const key_def *k)
{
    return k->kind == KEY_NUM || k->kind == KEY_REAL || k->kind == KEY_UINT || k->kind == KEY_VALUE ||
           (k->kind == KEY_SHAPE && k->shape == SHAPE_LIST);
}

/* Does the context have several rows of the name? */
static bool has_rows(const key_context *c, const key_def *key)
{
    for (const key_def *k = c->key; k->name; k++)
        if (k != key && strcmp(k->name, key->name) == 0)
            return true;
    return false;
}

/* Of all rows of the name, since a context has one property for them. */
static void write_key_range(FILE *out, const key_context *c, const key_def *key)
{
    range r = {key->low, key->high, key->flags & KEY_OPEN_LOW};
    bool list = false;
    for (const key_def *k = c->key; k->name; k++) {
        if (strcmp(k->name, key->name) != 0)
            continue;
        if (!is_number(k))
            return;
        widen(&r, k->low, k->high, k->flags & KEY_OPEN_LOW);
        list |= k->kind == KEY_VALUE || k->kind == KEY_SHAPE;
    }
    write_range(out, r, list);
}

/* ---- keys ---- */

/* The word as a pattern to which case and _ do not matter. */
static void write_any_case(FILE *out, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (isalpha((unsigned char)word[i]))
            fprintf(out, "[%c%c]_*", tolower((unsigned char)word[i]), toupper((unsigned char)word[i]));
        else if (word[i] != '_')
            fprintf(out, "%c_*", word[i]);
}

/* The words, or, where spelling is free, also a pattern of all their spellings: editors complete the words. */
static void write_words(FILE *out, const key_choice *list, bool lenient)
{
    const char *comma = "";
    fputs(lenient ? "\"anyOf\": [{\"enum\": [" : "\"enum\": [", out);
    for (const key_choice *c = list; c->word; c++, comma = ", ")
        fprintf(out, "%s\"%s\"", comma, c->word);
    fputs("]", out);
    if (!lenient)
        return;
    const char *bar = "}, {\"type\": \"string\", \"pattern\": \"^_*(";
    for (const key_choice *c = list; c->word; c++) {
        fputs(bar, out);
        bar = "|";
        write_any_case(out, c->word, strlen(c->word));
        for (const char *a = c->aliases; a && *a;) {
            size_t n = strcspn(a, " "), skip = *a == '=';
            fputs("|", out);
            write_any_case(out, a + skip, n - skip);
            a += n + (a[n] == ' ');
        }
    }
    fputs(")$\"}]", out);
}

static void write_list_of(FILE *out, const char *item)
{
    fprintf(out, "\"anyOf\": [%s, {\"type\": \"array\", \"items\": %s}]", item, item);
}

static void write_shape(FILE *out, const key_def *k)
{
    switch (k->shape) {
    case SHAPE_NONE: break;
    case SHAPE_VERSION: fputs("\"const\": 1", out); break;
    case SHAPE_PATHS: write_list_of(out, "{\"type\": \"string\"}"); break;
    case SHAPE_NUMBERS:
        fputs("\"type\": [\"object\", \"null\"], \"additionalProperties\": {\"$ref\": \"#/definitions/number\"}", out);
        break;
    case SHAPE_ANY: fputs("\"type\": [\"object\", \"null\"]", out); break;
    case SHAPE_SIZE: write_list_of(out, "{\"$ref\": \"#/definitions/integer\"}"); break;
    case SHAPE_PARAMS: fputs("\"$ref\": \"#/definitions/params\"", out); break;
    case SHAPE_TIMES:
        fputs(
            "\"anyOf\": [{\"$ref\": \"#/definitions/time\"}, {\"type\": \"array\", \"items\": {\"anyOf\": [{\"$ref\": "
            "\"#/definitions/time\"}, {\"type\": \"array\", \"items\": {\"$ref\": \"#/definitions/time\"}}]}}]",
            out);
        break;
    case SHAPE_LIST:
        fprintf(out,
                "\"anyOf\": [{\"$ref\": \"#/definitions/%s\"}, {\"type\": \"array\", \"items\": {\"$ref\": "
                "\"#/definitions/%s\"}}]",
                dim_names[k->dim], dim_names[k->dim]);
        break;
    case SHAPE_NESTED: fputs("\"type\": \"array\"", out); break;
    case SHAPE_PAIR:
        fputs("\"type\": \"array\", \"items\": {\"$ref\": \"#/definitions/number\"}, \"minItems\": 2, \"maxItems\": 2",
              out);
        break;
    case SHAPE_ROWS:
        fputs("\"type\": \"array\", \"items\": {\"type\": \"array\", \"minItems\": 2, \"maxItems\": 4}", out);
        break;
    case SHAPE_NAMES: write_list_of(out, "{\"type\": \"string\"}"); break;
    case SHAPE_WORDS:
        fputs("\"anyOf\": [{", out);
        write_words(out, k->choice, false);
        fputs("}, {\"type\": \"array\", \"minItems\": 1, \"items\": {", out);
        write_words(out, k->choice, false);
        fputs("}}]", out);
        break;
    case SHAPE_RULE:
        fputs("\"anyOf\": [{\"type\": [\"string\", \"null\"]}, {\"$ref\": \"#/definitions/rule\"}]", out);
        break;
    case SHAPE_CELL:
        fputs("\"anyOf\": [{\"type\": [\"string\", \"null\"]}, {\"$ref\": \"#/definitions/astrocyte\"}]", out);
        break;
    case SHAPE_SEED:
        fputs("\"anyOf\": [{\"type\": \"integer\", \"minimum\": 0}, {\"type\": \"string\", \"pattern\": "
              "\"^[0-9]+$|\\\\$\\\\{\"}]",
              out);
        break;
    }
}

static void write_type(FILE *out, const key_def *k)
{
    switch (k->kind) {
    case KEY_NUM:
    case KEY_REAL:
    case KEY_UINT:
        if (k->flags & KEY_OWNER_DIM)
            fputs("\"type\": [\"number\", \"string\"]", out);
        else
            fprintf(out, "\"allOf\": [{\"$ref\": \"#/definitions/%s\"}]", dim_names[k->dim]);
        break;
    case KEY_VALUE: fprintf(out, "\"allOf\": [{\"$ref\": \"#/definitions/%s_value\"}]", dim_names[k->dim]); break;
    case KEY_BOOL: fputs("\"type\": \"boolean\"", out); break;
    case KEY_TEXT: fputs("\"type\": [\"string\", \"number\", \"boolean\"]", out); break;
    case KEY_CHOICE:
    case KEY_FLAG:
    case KEY_WORD: write_words(out, k->choice, k->lenient); break;
    case KEY_REF: fputs("\"type\": \"string\"", out); break;
    case KEY_MAP: fprintf(out, "\"allOf\": [{\"$ref\": \"#/definitions/%s\"}]", k->inner->name); break;
    case KEY_NAMED:
        fprintf(out,
                "\"type\": [\"object\", \"null\"], \"patternProperties\": {\"^x-\": true, "
                "\"^[A-Za-wyz][A-Za-z0-9_-]*$|^x([A-Za-z0-9_][A-Za-z0-9_-]*)?$\": {\"$ref\": \"#/definitions/%s\"}}, "
                "\"additionalProperties\": false",
                k->inner->name);
        break;
    case KEY_SHAPE: write_shape(out, k); break;
    }
}

static void write_default(FILE *out, const key_def *k)
{
    bool number = k->kind == KEY_NUM || k->kind == KEY_REAL || k->kind == KEY_UINT;
    if (isnan(k->def) || isinf(k->def))
        return;
    if (k->kind == KEY_BOOL)
        fprintf(out, ", \"default\": %s", k->def != 0 ? "true" : "false");
    else if (number && k->dim != NET_RAD)
        fprintf(out, ", \"default\": %.17g", k->def);
    for (const key_choice *c = k->kind == KEY_CHOICE || k->kind == KEY_FLAG ? k->choice : NULL; c && c->word; c++)
        if (c->value == (uint32_t)k->def)
            fprintf(out, ", \"default\": \"%s\"", c->word);
}

static void write_property(FILE *out, const key_context *c, const char *name, size_t length, const key_def *k)
{
    fprintf(out, "      \"%.*s\": {\"description\": ", (int)length, name);
    text(out, k->meaning);
    fputs(", ", out);
    write_type(out, k);
    write_key_range(out, c, k);
    write_default(out, k);
    fputs("}", out);
}

/* Is this row the first of its name? (A key may have a row for each group of variants.) */
static bool first_of_name(const key_context *c, const key_def *k)
{
    for (const key_def *d = c->key; d < k; d++)
        if (strcmp(d->name, k->name) == 0)
            return false;
    return true;
}

/* `write` for the key and for each accepted spelling. */
static void write_spellings(FILE *out, const key_context *c, const key_def *k, bool whole, const char **comma)
{
    fputs(*comma, out);
    if (whole)
        write_property(out, c, k->name, strlen(k->name), k);
    else
        fprintf(out, "\"%s\"", k->name);
    *comma = whole ? ",\n" : ", ";
    for (const char *a = k->aliases; a && *a;) {
        size_t n = strcspn(a, " ");
        if (*a == '=') {
            fputs(*comma, out);
            if (whole)
                write_property(out, c, a + 1, n - 1, k);
            else
                fprintf(out, "\"%.*s\"", (int)(n - 1), a + 1);
        }
        a += n + (a[n] == ' ');
    }
}

static bool belongs(const key_def *k, uint32_t variant) { return !k->in || (k->in & variant); }

/* "required": [...] of the keys of a variant (0: of all). Keys with other spellings are left to the checker, and so
 * are populations, which an included file may hold. */
static void write_required(FILE *out, const key_context *c, uint32_t variant)
{
    const char *comma = "";
    fputs("\"required\": [", out);
    for (const key_def *k = c->key; k->name; k++)
        if ((k->flags & KEY_REQUIRED) && belongs(k, variant) && k->kind != KEY_NAMED &&
            !(k->aliases && strchr(k->aliases, '='))) {
            fprintf(out, "%s\"%s\"", comma, k->name);
            comma = ", ";
        }
    fputs("]", out);
}

/* Ranges of keys that have several rows, those of this variant. */
static void write_variant_ranges(FILE *out, const key_context *c, uint32_t variant)
{
    const char *comma = ", \"properties\": {";
    for (const key_def *k = c->key; k->name; k++) {
        range r = {k->low, k->high, k->flags & KEY_OPEN_LOW};
        if (!belongs(k, variant) || !is_number(k) || !has_rows(c, k) || !bounded(r))
            continue;
        fprintf(out, "%s\"%s\": {", comma, k->name);
        write_bounds(out, r, "");
        fputs("}", out);
        comma = ", ";
    }
    fputs(*comma == ',' && comma[2] == '\0' ? "}" : "", out);
}

static void write_variant(FILE *out, const key_context *c, const key_choice *v)
{
    const char *comma = "", *key = c->key[0].name;
    bool fallback = c->default_type && strcmp(c->default_type, v->word) == 0;
    fprintf(out, "      {\"if\": {\"properties\": {\"%s\": {\"const\": \"%s\"}}%s%s%s}, \"then\": {", key, v->word,
            fallback ? "" : ", \"required\": [\"", fallback ? "" : key, fallback ? "" : "\"]");
    write_required(out, c, 1u << v->value);
    fputs(", \"propertyNames\": {\"anyOf\": [{\"pattern\": \"^x-\"}, {\"enum\": [", out);
    for (const key_def *k = c->key; k->name; k++)
        if (belongs(k, 1u << v->value))
            write_spellings(out, c, k, false, &comma);
    fputs("]}]}", out);
    write_variant_ranges(out, c, 1u << v->value);
    fputs("}}", out);
}

static void write_model_ranges(FILE *out, uint32_t model)
{
    const char *between = "";
    for (int i = 0; i < NP_COUNT; i++) {
        range r = {keys_params[i].low, keys_params[i].high, false};
        if (!(keys_params[i].models & model) || !bounded(r))
            continue;
        fprintf(out, "%s\"%s\": {", between, keys_params[i].key);
        write_bounds(out, r, "");
        fputs(", \"items\": {", out);
        write_bounds(out, r, "");
        fputs("}}", out);
        between = ", ";
    }
}

/* The parameters of a population by its model. */
static void write_models(FILE *out)
{
    const char *comma = "";
    fputs(",\n    \"allOf\": [\n", out);
    for (const key_choice *m = keys_models; m->word; m++) {
        fprintf(
            out,
            "%s      {\"if\": {\"properties\": {\"model\": {\"const\": \"%s\"}}, \"required\": [\"model\"]}, \"then\": "
            "{\"properties\": {\"params\": {\"propertyNames\": {\"anyOf\": [{\"pattern\": \"^x-\"}, {\"enum\": [",
            comma, m->word);
        comma = ",\n";
        const char *between = "";
        for (int i = 0; i < NP_COUNT; i++)
            if (keys_params[i].models & 1u << m->value) {
                fprintf(out, "%s\"%s\"", between, keys_params[i].key);
                between = ", ";
            }
        fputs("]}]}, \"properties\": {", out);
        write_model_ranges(out, 1u << m->value);
        fputs("}}}}}", out);
    }
    fputs("]", out);
}

static void write_context(FILE *out, const key_context *c)
{
    const char *comma = "";
    fputs("\"description\": ", out);
    text(out, c->meaning);
    fputs(", \"type\": [\"object\", \"null\"], ", out);
    write_required(out, c, 0);
    fputs(",\n    \"patternProperties\": {\"^x-\": true}, \"additionalProperties\": false,\n    \"properties\": {\n",
          out);
    for (const key_def *k = c->key; k->name; k++)
        if (first_of_name(c, k))
            write_spellings(out, c, k, true, &comma);
    fputs("}", out);
    if (c == &keys_population)
        write_models(out);
    if (!c->variant)
        return;
    fputs(",\n    \"allOf\": [\n", out);
    for (const key_choice *v = c->variant; v->word; v++) {
        write_variant(out, c, v);
        fputs(v[1].word ? ",\n" : "]", out);
    }
}

/* A key that means another thing to a raw model is described where it stands first, and may be either. */
static void write_kinds(FILE *out, int first)
{
    const char *comma = "";
    range r = {keys_params[first].low, keys_params[first].high, false};
    fputs(", \"anyOf\": [", out);
    for (int i = first; i < NP_COUNT; i++)
        if (strcmp(keys_params[i].key, keys_params[first].key) == 0) {
            widen(&r, keys_params[i].low, keys_params[i].high, false);
            fprintf(out, "%s{\"$ref\": \"#/definitions/%s_value\"}", comma, dim_names[keys_params[i].dim]);
            comma = ", ";
        }
    fputs("]", out);
    write_range(out, r, true);
    fprintf(out, ", \"default\": %.17g}", keys_params[first].def);
}

static bool said_before(int param)
{
    for (int i = 0; i < param; i++)
        if (strcmp(keys_params[i].key, keys_params[param].key) == 0)
            return true;
    return false;
}

static void write_params(FILE *out)
{
    const char *comma = "";
    fputs("    \"params\": {\"type\": [\"object\", \"null\"], \"patternProperties\": {\"^x-\": true}, "
          "\"additionalProperties\": "
          "false, \"properties\": {\n",
          out);
    for (int i = 0; i < NP_COUNT; i++) {
        const key_param *p = &keys_params[i];
        if (said_before(i))
            continue;
        fprintf(out, "%s      \"%s\": {\"description\": ", comma, p->key);
        text(out, p->meaning);
        write_kinds(out, i);
        comma = ",\n";
    }
    fputs("}}", out);
}

void schema_json_write(FILE *out)
{
    fputs("{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"$id\": \"hmn.schema.json\", \"title\": \"hmn "
          "network\",\n  \"definitions\": {\n",
          out);
    for (int d = 0; d < DIMS; d++)
        write_quantity(out, (net_dim)d);
    for (const key_context *const *c = keys_contexts(); *c; c++)
        if (*c != keys_root()) {
            fprintf(out, "    \"%s\": {", (*c)->name);
            write_context(out, *c);
            fputs("},\n", out);
        }
    write_params(out);
    fputs("},\n  ", out);
    write_context(out, keys_root());
    fputs("}\n", out);
}
