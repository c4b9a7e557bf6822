/* Takes the text of an expression, yields postfix code and evaluates it. Recursive descent, one function a level of
 * the grammar in the header; nesting and stack are limited so that no input can exhaust memory. Numbers are plain
 * decimals read by number_scan, the same as everywhere in the language. */
#include "compiler/expr.h"

#include "compiler/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_NESTING = 40, MAX_OPS = 1 << 16 };

typedef struct {
    hmn_arena *arena;
    const char *text, *at, *end;
    expr_op *op;
    size_t count, room;
    unsigned nesting;
    int stack; /* values on the stack at this point */
    expr_names find;
    void *context;
    expr_error *error;
    bool failed;
} parser;

typedef struct {
    const char *name;
    expr_kind kind;
    bool many;
} function;

static const function functions[] = {
    {"min", EXPR_MIN, true},  {"max", EXPR_MAX, true},  {"sqrt", EXPR_SQRT, false},   {"exp", EXPR_EXP, false},
    {"log", EXPR_LOG, false}, {"abs", EXPR_ABS, false}, {"floor", EXPR_FLOOR, false}, {"ceil", EXPR_CEIL, false}};

static bool fail(parser *p, const char *at, size_t length, const char *text, const char *word, const char *help)
{
    if (p->failed)
        return false;
    p->failed = true;
    p->error->at = (size_t)(at - p->text);
    p->error->length = length ? length : 1;
    p->error->help = help;
    snprintf(p->error->text, sizeof p->error->text, text, word);
    return false;
}

static bool emit(parser *p, expr_kind kind, double number, uint32_t variable, int change)
{
    if (p->count == MAX_OPS || p->stack + change > EXPR_MAX_STACK)
        return fail(p, p->at, 1, "the expression is too long", "", "split it with another parameter");
    p->op = arena_grow(p->arena, p->op, sizeof *p->op, p->count, p->count + 1, &p->room);
    p->op[p->count++] = (expr_op){kind, number, variable};
    p->stack += change;
    return true;
}

static char peek(parser *p)
{
    while (p->at < p->end && isspace((unsigned char)*p->at))
        p->at++;
    return p->at < p->end ? *p->at : '\0';
}

static bool expect(parser *p, char c, const char *message)
{
    if (peek(p) != c)
        return fail(p, p->at, 1, message, "", NULL);
    p->at++;
    return true;
}

static bool sum(parser *p);

static bool arguments(parser *p, const function *f, const char *name, size_t length)
{
    unsigned count = 0;
    p->at++;
    do {
        if (count && !expect(p, ',', "")) /* the comma was seen */
            return false;
        if (!sum(p))
            return false;
        if (++count > 1 && f->many && !emit(p, f->kind, 0, 0, -1))
            return false;
    } while (peek(p) == ',');
    if (f->many ? count < 2 : count != 1)
        return fail(p, name, length, f->many ? "%s takes two or more arguments" : "%s takes one argument", f->name,
                    NULL);
    if (!f->many && !emit(p, f->kind, 0, 0, 0))
        return false;
    return expect(p, ')', "')' is missing");
}

static const char *nearest_function(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(name, functions[i].name) == 0)
            return functions[i].name;
    return NULL;
}

static bool named(parser *p)
{
    const char *from = p->at;
    while (p->at < p->end && (isalnum((unsigned char)*p->at) || *p->at == '_'))
        p->at++;
    size_t length = (size_t)(p->at - from);
    char name[64];
    if (length >= sizeof name)
        return fail(p, from, length, "this name is too long", "", NULL);
    memcpy(name, from, length);
    name[length] = '\0';
    if (peek(p) == '(') {
        for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
            if (strcmp(name, functions[i].name) == 0)
                return arguments(p, &functions[i], from, length);
        return fail(p, from, length, "there is no function '%s'", name,
                    "functions: min, max, sqrt, exp, log, abs, floor, ceil");
    }
    uint32_t v = p->find(p->context, name);
    if (v != NET_NONE)
        return emit(p, EXPR_VARIABLE, 0, v, 1);
    return fail(p, from, length,
                nearest_function(name) ? "'%s' is a function: write its arguments in ( )" : "nothing defines '%s' here",
                name, NULL);
}

static bool atom(parser *p)
{
    char c = peek(p);
    if (c == '(') {
        p->at++;
        return sum(p) && expect(p, ')', "')' is missing");
    }
    if (isdigit((unsigned char)c) || c == '.') {
        double v;
        size_t n = number_scan(p->at, (size_t)(p->end - p->at), &v);
        if (n == 0)
            return fail(p, p->at, 1, "this is not a number", "", "write decimal numbers such as 0.5 or 1e-3");
        p->at += n;
        return emit(p, EXPR_NUMBER, v, 0, 1);
    }
    if (isalpha((unsigned char)c) || c == '_')
        return named(p);
    return fail(p, p->at, 1,
                p->at == p->end ? "the expression ends too early" : "a number, a name or '(' must stand here", "",
                NULL);
}

static bool signed_power(parser *p)
{
    char c = peek(p);
    if (++p->nesting > MAX_NESTING)
        return fail(p, p->at, 1, "the expression is nested too deeply", "", "split it with another parameter");
    bool ok;
    if (c == '-' || c == '+') {
        p->at++;
        ok = signed_power(p) && (c == '+' || emit(p, EXPR_NEG, 0, 0, 0));
    } else {
        ok = atom(p);
        if (ok && peek(p) == '^') {
            p->at++;
            ok = signed_power(p) && emit(p, EXPR_POW, 0, 0, -1);
        }
    }
    p->nesting--;
    return ok;
}

static bool product(parser *p)
{
    if (!signed_power(p))
        return false;
    for (char c = peek(p); c == '*' || c == '/'; c = peek(p)) {
        p->at++;
        if (!signed_power(p) || !emit(p, c == '*' ? EXPR_MUL : EXPR_DIV, 0, 0, -1))
            return false;
    }
    return true;
}

static bool sum(parser *p)
{
    if (!product(p))
        return false;
    for (char c = peek(p); c == '+' || c == '-'; c = peek(p)) {
        p->at++;
        if (!product(p) || !emit(p, c == '+' ? EXPR_ADD : EXPR_SUB, 0, 0, -1))
            return false;
    }
    return true;
}

const net_expr *expr_parse(hmn_arena *a, const char *text, size_t length, expr_names find, void *context,
                           expr_error *error)
{
    parser p = {
        .arena = a, .text = text, .at = text, .end = text + length, .find = find, .context = context, .error = error};
    if (!sum(&p))
        return NULL;
    if (peek(&p) != '\0' || p.at != p.end) {
        fail(&p, p.at, 1, "an operator is missing here", "", "operators: + - * / ^");
        return NULL;
    }
    net_expr *e = ARENA_NEW(a, net_expr, 1);
    e->op = p.op;
    e->count = (uint32_t)p.count;
    return e;
}

static double binary(expr_kind kind, double a, double b)
{
    switch (kind) {
    case EXPR_ADD: return a + b;
    case EXPR_SUB: return a - b;
    case EXPR_MUL: return a * b;
    case EXPR_DIV: return a / b;
    case EXPR_POW: return pow(a, b);
    case EXPR_MIN: return fmin(a, b);
    case EXPR_MAX: return fmax(a, b);
    case EXPR_NUMBER:
    case EXPR_VARIABLE:
    case EXPR_NEG:
    case EXPR_SQRT:
    case EXPR_EXP:
    case EXPR_LOG:
    case EXPR_ABS:
    case EXPR_FLOOR:
    case EXPR_CEIL: break;
    }
    return NAN;
}

double expr_eval(const net_expr *e, const double *variable)
{
    double s[EXPR_MAX_STACK + 1];
    int n = 0;
    for (uint32_t i = 0; i < e->count; i++) {
        const expr_op *o = &e->op[i];
        switch (o->kind) {
        case EXPR_NUMBER: s[n++] = o->number; break;
        case EXPR_VARIABLE: s[n++] = variable[o->variable]; break;
        case EXPR_NEG: s[n - 1] = -s[n - 1]; break;
        case EXPR_SQRT: s[n - 1] = sqrt(s[n - 1]); break;
        case EXPR_EXP: s[n - 1] = exp(s[n - 1]); break;
        case EXPR_LOG: s[n - 1] = log(s[n - 1]); break;
        case EXPR_ABS: s[n - 1] = fabs(s[n - 1]); break;
        case EXPR_FLOOR: s[n - 1] = floor(s[n - 1]); break;
        case EXPR_CEIL: s[n - 1] = ceil(s[n - 1]); break;
        case EXPR_ADD:
        case EXPR_SUB:
        case EXPR_MUL:
        case EXPR_DIV:
        case EXPR_POW:
        case EXPR_MIN:
        case EXPR_MAX:
            n--;
            s[n - 1] = binary(o->kind, s[n - 1], s[n]);
            break;
        }
    }
    return s[0];
}
