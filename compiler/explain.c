/* Takes the table of keys, yields text for people: one key with all the places it stands in, or the whole language as
 * docs/language.md, which a test compares with what is written here. */
#include "compiler/explain.h"

#include "compiler/keys.h"
#include "compiler/names.h"
#include "compiler/units.h"

#include <math.h>
#include <string.h>

/* ---- words for the parts of a row ---- */

static const char *shape_text(key_shape s)
{
    switch (s) {
    case SHAPE_NONE: return "";
    case SHAPE_VERSION: return "the number 1";
    case SHAPE_PATHS: return "list of paths";
    case SHAPE_NUMBERS: return "NAME: number";
    case SHAPE_ANY: return "mapping";
    case SHAPE_SIZE: return "whole number or list of them";
    case SHAPE_PARAMS: return "mapping, see Neuron models";
    case SHAPE_TIMES: return "list of times, or one list a neuron";
    case SHAPE_LIST: return "number or list of numbers";
    case SHAPE_NESTED: return "list of numbers, may be nested";
    case SHAPE_PAIR: return "[number, number]";
    case SHAPE_ROWS: return "list of rows";
    case SHAPE_NAMES: return "name or list of names";
    case SHAPE_WORDS: return "word or list of words";
    case SHAPE_RULE: return "name of a rule, or a rule";
    case SHAPE_CELL: return "name of an astrocyte, or an astrocyte";
    case SHAPE_SEED: return "whole number";
    }
    return "";
}

static const char *ref_text(key_ref r)
{
    static const char *const text[REF_COUNT] = {"name",
                                                "name of a population",
                                                "name of a projection",
                                                "name of a rule",
                                                "name of a neuromodulator",
                                                "name of an oscillation",
                                                "name of an astrocyte"};
    return text[r];
}

static const char *quantity_text(const key_def *k)
{
    return k->flags & KEY_OWNER_DIM ? "number in the unit of the quantity" : units_dimension(k->dim);
}

static void print_choices(FILE *out, const key_choice *c, const char *between)
{
    for (const char *space = ""; c->word; c++, space = between)
        fprintf(out, "%s%s", space, c->word);
}

static void print_kind(FILE *out, const key_def *k, const char *bar)
{
    switch (k->kind) {
    case KEY_NUM:
    case KEY_REAL:
    case KEY_UINT: fputs(quantity_text(k), out); break;
    case KEY_VALUE: fprintf(out, "%s, a distribution or a list", units_dimension(k->dim)); break;
    case KEY_BOOL: fputs("true or false", out); break;
    case KEY_TEXT: fputs("text", out); break;
    case KEY_CHOICE:
    case KEY_FLAG:
    case KEY_WORD: print_choices(out, k->choice, bar); break;
    case KEY_REF: fputs(ref_text(k->ref), out); break;
    case KEY_MAP: fprintf(out, "mapping, see %s", k->inner->name); break;
    case KEY_NAMED: fprintf(out, "NAME: mapping, see %s", k->inner->name); break;
    case KEY_SHAPE: fputs(shape_text(k->shape), out); break;
    }
}

static const char *choice_word(const key_choice *c, uint32_t value)
{
    for (; c->word; c++)
        if (c->value == value)
            return c->word;
    return "";
}

/* The default, or "required", or nothing. */
static void print_default(FILE *out, const key_def *k)
{
    if (k->flags & KEY_REQUIRED)
        fputs("required", out);
    else if (isnan(k->def))
        return;
    else if (k->kind == KEY_BOOL)
        fputs(k->def != 0 ? "true" : "false", out);
    else if (k->kind == KEY_CHOICE || k->kind == KEY_FLAG)
        fputs(choice_word(k->choice, (uint32_t)k->def), out);
    else if (isinf(k->def))
        fputs("no limit", out);
    else
        fprintf(out, "%.10g%s%s", k->def, *units_base(k->dim) ? " " : "", units_base(k->dim));
}

static bool has_range(const key_def *k)
{
    bool number = k->kind == KEY_NUM || k->kind == KEY_REAL || k->kind == KEY_UINT || k->kind == KEY_VALUE;
    return number && (isfinite(k->low) || isfinite(k->high));
}

static void print_range(FILE *out, double low, double high, bool open)
{
    if (isfinite(low))
        fprintf(out, "%s %.10g", open ? ">" : ">=", low);
    if (isfinite(high))
        fprintf(out, "%s<= %.10g", isfinite(low) ? ", " : "", high);
}

static void print_variants(FILE *out, const key_context *c, uint32_t in)
{
    const char *comma = "";
    for (const key_choice *v = c->variant; v->word; v++)
        if (in & 1u << v->value) {
            fprintf(out, "%s%s", comma, v->word);
            comma = ", ";
        }
}

/* Aliases without those that are accepted (accepted: only those). */
static void print_aliases(FILE *out, const char *aliases, bool accepted, const char *before)
{
    while (aliases && *aliases) {
        size_t n = strcspn(aliases, " "), mark = *aliases == '=';
        if (mark == accepted) {
            fprintf(out, "%s%.*s", before, (int)(n - mark), aliases + mark);
            before = ", ";
        }
        aliases += n + (aliases[n] == ' ');
    }
}

/* ---- hmn explain ---- */

static void explain_def(FILE *out, const key_context *c, const key_def *k)
{
    fprintf(out, "%s.%s\n  %s\n  where:   %s\n  takes:   ", c->name, k->name, k->meaning, c->place);
    print_kind(out, k, " | ");
    fputc('\n', out);
    if ((k->flags & KEY_REQUIRED) || !isnan(k->def)) {
        fputs("  default: ", out);
        print_default(out, k);
        fputc('\n', out);
    }
    if (has_range(k)) {
        fputs("  range:   ", out);
        print_range(out, k->low, k->high, k->flags & KEY_OPEN_LOW);
        fputc('\n', out);
    }
    if (k->kind != KEY_REF && *units_accepted(k->dim))
        fprintf(out, "  units:   %s\n", units_accepted(k->dim));
    if (k->in) {
        fputs("  type:    ", out);
        print_variants(out, c, k->in);
        fputc('\n', out);
    }
    for (const key_choice *w = k->choice; w && w->word; w++)
        fprintf(out, "    %-28s %s\n", w->word, w->meaning);
    if (k->aliases && strchr(k->aliases, '=')) {
        fputs("  also:    ", out);
        print_aliases(out, k->aliases, true, "");
        fputc('\n', out);
    }
    fputc('\n', out);
}

static void explain_param(FILE *out, const key_param *p)
{
    fprintf(out, "params.%s\n  %s\n  where:   populations.NAME.params\n  takes:   %s, a distribution or a list\n",
            p->key, p->meaning, units_dimension(p->dim));
    fprintf(out, "  default: %.10g%s%s\n  range:   ", p->def, *units_base(p->dim) ? " " : "", units_base(p->dim));
    print_range(out, p->low, p->high, false);
    if (*units_accepted(p->dim))
        fprintf(out, "\n  units:   %s", units_accepted(p->dim));
    fputs("\n  models:  ", out);
    const char *comma = "";
    for (const key_choice *m = keys_models; m->word; m++)
        if (p->models & 1u << m->value) {
            fprintf(out, "%s%s", comma, m->word);
            comma = ", ";
        }
    fputs("\n\n", out);
}

static bool matches(const key_context *c, const key_def *k, const char *key)
{
    const char *dot = strchr(key, '.');
    if (dot && (strlen(c->name) != (size_t)(dot - key) || strncmp(c->name, key, (size_t)(dot - key)) != 0))
        return false;
    const char *word = dot ? dot + 1 : key;
    return strcmp(k->name, word) == 0 || keys_accepts(k->aliases, word);
}

static unsigned explain_words(FILE *out, const key_context *c, const key_def *k, const char *word)
{
    unsigned found = 0;
    for (const key_choice *w = k->choice; w && w->word; w++)
        if (strcmp(w->word, word) == 0) {
            fprintf(out, "%s\n  %s\n  where:   %s of a %s (%s)\n\n", w->word, w->meaning, k->name, c->name, c->place);
            found++;
        }
    return found;
}

bool explain_key(FILE *out, const char *key)
{
    unsigned found = 0;
    suggestion s = suggest_start(key);
    for (const key_context *const *c = keys_contexts(); *c; c++)
        for (const key_def *k = (*c)->key; k->name; k++) {
            if (matches(*c, k, key)) {
                explain_def(out, *c, k);
                found++;
            } else
                found += explain_words(out, *c, k, key);
            suggest_offer(&s, k->name, k->name);
            suggest_offer_list(&s, k->aliases, k->name);
        }
    for (int i = 0; i < NP_COUNT; i++) {
        if (strcmp(keys_params[i].key, key) == 0) {
            explain_param(out, &keys_params[i]);
            found++;
        }
        suggest_offer(&s, keys_params[i].key, keys_params[i].key);
        suggest_offer_list(&s, keys_params[i].aliases, keys_params[i].key);
    }
    if (!found && s.best)
        fprintf(out, "there is no key '%s'; did you mean '%s'?\n", key, s.best);
    else if (!found)
        fprintf(out, "there is no key '%s'\n", key);
    return found > 0;
}

/* ---- docs/language.md ---- */

static void markdown_row(FILE *out, const key_context *c, const key_def *k)
{
    fprintf(out, "| `%s`", k->name);
    print_aliases(out, k->aliases, true, ", also ");
    fputs(" | ", out);
    print_kind(out, k, ", ");
    fputs(" | ", out);
    print_default(out, k);
    fputs(" | ", out);
    if (has_range(k))
        print_range(out, k->low, k->high, k->flags & KEY_OPEN_LOW);
    fprintf(out, " | %s", k->meaning);
    if (k->in) {
        fputs(" (", out);
        print_variants(out, c, k->in);
        fputc(')', out);
    }
    fputs(" |\n", out);
}

static void markdown_choices(FILE *out, const key_def *k)
{
    if (!k->choice || k->choice == keys_models)
        return;
    fprintf(out, "\n`%s` is one of\n\n", k->name);
    for (const key_choice *w = k->choice; w->word; w++)
        fprintf(out, "- `%s`: %s\n", w->word, w->meaning);
}

static void markdown_context(FILE *out, const key_context *c)
{
    fprintf(out, "\n## %s\n\n%s: %s.\n\n| key | takes | default | range | meaning |\n|---|---|---|---|---|\n", c->name,
            c->place, c->meaning);
    for (const key_def *k = c->key; k->name; k++)
        markdown_row(out, c, k);
    for (const key_def *k = c->key; k->name; k++)
        markdown_choices(out, k);
}

static void markdown_models(FILE *out)
{
    fputs("\n## Neuron models\n\n| model | also | meaning |\n|---|---|---|\n", out);
    for (const key_choice *m = keys_models; m->word; m++) {
        fprintf(out, "| `%s` | ", m->word);
        print_aliases(out, m->aliases, true, "");
        fprintf(out, " | %s |\n", m->meaning);
    }
    for (const key_choice *m = keys_models; m->word; m++) {
        bool any = false;
        for (int i = 0; i < NP_COUNT; i++)
            any = any || (keys_params[i].models & 1u << m->value);
        if (!any)
            continue;
        fprintf(out, "\n### %s\n\n| parameter | takes | default | range | meaning |\n|---|---|---|---|---|\n", m->word);
        for (int i = 0; i < NP_COUNT; i++) {
            const key_param *p = &keys_params[i];
            if (!(p->models & 1u << m->value))
                continue;
            fprintf(out, "| `%s` | %s | %.10g%s%s | ", p->key, units_dimension(p->dim), p->def,
                    *units_base(p->dim) ? " " : "", units_base(p->dim));
            print_range(out, p->low, p->high, false);
            fprintf(out, " | %s |\n", p->meaning);
        }
    }
}

static void markdown_units(FILE *out)
{
    static const net_dim dims[] = {NET_MS, NET_MV, NET_NA, NET_NF, NET_US, NET_HZ, NET_RAD, NET_STEPS, NET_TRIALS};
    fputs("\n## Units\n\nA number may carry a unit: `20 ms`, `-65 mV`. A bare number is in the base unit, but an angle "
          "needs its unit.\nNumbers are decimal; `010` and `0x10` are refused.\n\n| quantity | base unit | accepted "
          "|\n|---|---|---|\n",
          out);
    for (size_t i = 0; i < sizeof dims / sizeof *dims; i++)
        fprintf(out, "| %s | %s | %s |\n", units_dimension(dims[i]), dims[i] == NET_RAD ? "none" : units_base(dims[i]),
                units_accepted(dims[i]));
}

void explain_language(FILE *out)
{
    fputs("# The network language\n\n"
          "<!-- generated from compiler/keys.c and core/ir/neuron.def; tests/compiler/test_explain.c compares -->\n\n"
          "A network is one YAML document, a mapping. Everything in it is keyed by a name that you choose: letters, "
          "digits,\n`_` and `-`, starting with a letter. Unknown keys are errors; keys that begin with `x-` are yours "
          "(a home for anchors).\n\n"
          "- **Anchors and merges**: `&name`, `*name`, and `<<: *name` or `<<: [*a, *b]`; a mapping's own keys win, "
          "then earlier\n  merges. Only `true` and `false` are truth values; `no`, `on` and the like are plain "
          "words.\n"
          "- **include**: files merged below this one, section by section and name by name; a later file wins, this "
          "file over all.\n  Paths are relative to the file that includes. At most 16 deep.\n"
          "- **Expressions**: `${...}` anywhere in a value, over the names of `parameters`: `+ - * / ^ ( )`, `min "
          "max sqrt exp\n  log abs floor ceil`. `--set NAME=VALUE` replaces a parameter. Parameters are plain "
          "numbers; the unit stands where\n  they are used: `${tau} ms`. In a flow mapping (`{...}`) quote it.\n"
          "- **Time**: steps count from 0. A spike fired in step t arrives in step t + delay. A time that lies "
          "between two steps\n  goes to the nearest.\n",
          out);
    for (const key_context *const *c = keys_contexts(); *c; c++)
        markdown_context(out, *c);
    markdown_models(out);
    markdown_units(out);
}
