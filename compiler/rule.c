/* Learning-rule text <-> products. Takes Lava's grammar (see the table below), yields products with its meaning:
 * the first x0, y0 or u_k of a product is its dependency, later ones are factors; all literals of a product multiply
 * into mantissa * 2^exponent, where an even mantissa too large for its field moves a power of two to the exponent.
 *
 *   rule    = [sign] product {sign product}        product = term {'*' term}
 *   term    = x0 | y0 | u0..u9 | var | literal | '(' inner ')' | sgn '(' inner ')'
 *   inner   = [sign] (var | literal) | [sign] (var | x0 | y0) sign literal | [sign] literal sign (var | x0 | y0)
 *   literal = digits '*2^' [sign] digits | '2^' [sign] digits | digits        var = x1 x2 y1 y2 y3 w d t
 *
 * Blanks mean nothing. A recursive descent over the text without blanks; every fault is reported at its column. */
#include "compiler/rule.h"

#include "core/isa/ulearn.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT = 4096, BIG = 1 << 20 };

typedef struct {
    const rule_source *source;
    hmn_rule *rule;
    hmn_diag *diag;
    const char *text; /* without blanks, NUL-terminated */
    const uint32_t *place;
    uint32_t at; /* next character */
    uint32_t faults;
} parser;

typedef struct {
    int64_t mantissa;
    int32_t exponent;
} literal;

typedef struct {
    rule_product p;
    literal scale;
    bool has_dependency;
    uint32_t from; /* where its text begins */
} product_draft;

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool sign(char c) { return c == '+' || c == '-'; }
static bool word(char c) { return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* ---- reports ---- */

/* The place of characters from .. to - 1 in the source line. Text folded over lines keeps the span of all. */
static hmn_span span_of(const parser *s, uint32_t from, uint32_t to)
{
    hmn_span at = s->source->at;
    size_t length = strlen(s->source->text);
    uint32_t quote = at.len == length + 2, begin = s->place[from] + quote;
    uint32_t end = (to > from ? s->place[to - 1] + 1 : s->place[from]) + quote;
    if (at.line == 0 || end > at.len || memchr(s->source->text, '\n', length))
        return at;
    return (hmn_span){at.file, at.line, at.col + begin, end > begin ? end - begin : 1};
}

#define FAULT(s, from, to, ...)                                                                                        \
    do {                                                                                                               \
        diag_report((s)->diag, DIAG_RULE_TEXT, span_of((s), (from), (to)), __VA_ARGS__);                               \
        (s)->faults++;                                                                                                 \
    } while (0)

#define CURE(s, ...) diag_cure((s)->diag, __VA_ARGS__)

/* ---- terms ---- */

static char peek(const parser *s) { return s->text[s->at]; }

static bool accept(parser *s, const char *token)
{
    size_t n = strlen(token);
    if (strncmp(s->text + s->at, token, n) != 0)
        return false;
    s->at += (uint32_t)n;
    return true;
}

/* Digits as a number, capped at BIG so that nothing overflows. */
static int64_t number(parser *s)
{
    int64_t n = 0;
    while (digit(peek(s))) {
        n = n * 10 + (s->text[s->at++] - '0');
        n = n > BIG ? BIG : n;
    }
    return n;
}

/* digits, 2^e, digits*2^e. e may have a sign. False: no literal here. */
static bool read_literal(parser *s, literal *out)
{
    uint32_t start = s->at;
    if (!digit(peek(s)))
        return false;
    *out = (literal){1, 0};
    bool power = strncmp(s->text + s->at, "2^", 2) == 0;
    if (!power)
        out->mantissa = number(s);
    if (!power && !(strncmp(s->text + s->at, "*2^", 3) == 0))
        return true;
    uint32_t back = s->at;
    s->at += power ? 2 : 3;
    bool negative = peek(s) == '-';
    if (sign(peek(s)))
        s->at++;
    if (!digit(peek(s))) {
        s->at = power ? start : back;
        return !power;
    }
    int64_t e = number(s);
    out->exponent = (int32_t)(negative ? -e : e);
    return true;
}

static const struct {
    const char *token;
    rule_var var;
    bool hmn_only;
} variables[] = {{"x0", RV_X0, false}, {"x1", RV_X1, false}, {"x2", RV_X2, false}, {"y0", RV_Y0, false},
                 {"y1", RV_Y1, false}, {"y2", RV_Y2, false}, {"y3", RV_Y3, false}, {"r0", RV_R0, true},
                 {"r1", RV_R1, true},  {"w", RV_W, false},   {"d", RV_D, false},   {"t", RV_T, false}};

static bool read_variable(parser *s, rule_var *out)
{
    for (size_t k = 0; k < sizeof variables / sizeof *variables; k++)
        if (!(variables[k].hmn_only && s->source->grammar == RULE_GRAMMAR_LAVA) && accept(s, variables[k].token)) {
            *out = variables[k].var;
            return true;
        }
    return false;
}

static void add_factor(parser *s, product_draft *p, rule_factor f, uint32_t from)
{
    if (p->p.nfactors == RULE_MAX_FACTORS) {
        FAULT(s, from, s->at, "factor %d of a product; a product has at most %d", RULE_MAX_FACTORS + 1,
              RULE_MAX_FACTORS);
        return;
    }
    p->p.factor[p->p.nfactors++] = f;
}

static void multiply(product_draft *p, literal by)
{
    p->scale.mantissa *= by.mantissa;
    p->scale.exponent += by.exponent;
    if (p->scale.mantissa > BIG || p->scale.mantissa < -BIG)
        p->scale.mantissa = p->scale.mantissa > 0 ? BIG : -BIG;
    if (p->scale.exponent > BIG || p->scale.exponent < -BIG)
        p->scale.exponent = p->scale.exponent > 0 ? BIG : -BIG;
}

/* The first spike variable is the dependency, later ones are flags to multiply with. */
static void add_plain(parser *s, product_draft *p, rule_var v, uint32_t from)
{
    if ((v == RV_X0 || v == RV_Y0) && !p->has_dependency) {
        p->has_dependency = true;
        p->p.dependency = (uint8_t)v;
        return;
    }
    add_factor(s, p, (rule_factor){(uint8_t)v, false, 0}, from);
}

/* Where the rule already has a u_k, its k; -1 without one. */
static int decimation(const hmn_rule *r)
{
    for (uint32_t k = 0; k < r->nproducts; k++)
        if (r->product[k].dependency == RV_U)
            return r->product[k].decimate;
    return -1;
}

static void add_clock(parser *s, product_draft *p, uint32_t from)
{
    if (!digit(peek(s))) {
        FAULT(s, from, s->at, "u without its decimation");
        CURE(s, "write u0 for every epoch, u1 for every second one, ... u9");
        return;
    }
    uint8_t k = (uint8_t)(s->text[s->at++] - '0');
    int other = decimation(s->rule);
    if (p->has_dependency) {
        FAULT(s, from, s->at, "u%d after another dependency of the same product", k);
        CURE(s, "keep one of x0, y0 and u%d in this product", k);
    } else if (other >= 0 && other != k) {
        FAULT(s, from, s->at, "u%d, but the rule already uses u%d: all products share one decimation", k, other);
        CURE(s, "use u%d here", other);
    }
    p->has_dependency = true;
    p->p.dependency = RV_U;
    p->p.decimate = k;
}

/* ---- brackets ---- */

typedef struct {
    bool has_variable, has_literal, minus_variable;
    rule_var variable;
    literal literal; /* signed */
} inner;

static bool read_part(parser *s, inner *i, bool minus)
{
    literal l;
    rule_var v;
    if (!i->has_literal && read_literal(s, &l)) {
        i->has_literal = true;
        i->literal = (literal){minus ? -l.mantissa : l.mantissa, l.exponent};
        return true;
    }
    if (!i->has_variable && read_variable(s, &v)) {
        i->has_variable = true;
        i->variable = v;
        i->minus_variable = minus;
        return true;
    }
    return false;
}

/* [sign] part [sign part] ')'. False after a report. */
static bool read_inner(parser *s, inner *i)
{
    uint32_t from = s->at;
    *i = (inner){0};
    bool minus = peek(s) == '-';
    if (sign(peek(s)))
        s->at++;
    bool good = read_part(s, i, minus);
    if (good && sign(peek(s))) {
        minus = peek(s) == '-';
        s->at++;
        good = read_part(s, i, minus);
    }
    if (good && accept(s, ")"))
        return true;
    uint32_t stop = s->at;
    while (peek(s) && peek(s) != ')')
        s->at++;
    bool open = peek(s) != ')';
    if (open)
        FAULT(s, from - 1, s->at, "a bracket that is not closed");
    else
        FAULT(s, stop, stop + 1, "brackets hold a variable, a literal, or a variable plus a literal");
    CURE(s, open ? "add )" : "for example (y1 - 20)");
    if (!open)
        s->at++;
    return false;
}

/* An inner constant must be a whole number that the field holds. */
static bool constant(parser *s, const inner *i, uint32_t from, int16_t *out)
{
    *out = 0;
    if (!i->has_literal)
        return true;
    int64_t c = i->literal.mantissa;
    for (int32_t e = i->literal.exponent; e > 0 && c > -BIG && c < BIG; e--)
        c *= 2;
    if (i->literal.exponent < 0 && c != 0) {
        FAULT(s, from, s->at, "a constant of a factor is a whole number, not %lld*2^%d", (long long)c,
              i->literal.exponent);
        CURE(s, "scale the product instead: 2^%d*x0 adds 2^%d for every x0", i->literal.exponent, i->literal.exponent);
        return false;
    }
    c = i->minus_variable ? -c : c;
    if (c < RULE_CONSTANT_LOW || c > RULE_CONSTANT_HIGH) {
        FAULT(s, from, s->at, "a constant of %lld; it must lie within %d to %d", (long long)c, RULE_CONSTANT_LOW,
              RULE_CONSTANT_HIGH);
        return false;
    }
    *out = (int16_t)c;
    return true;
}

static void add_bracket(parser *s, product_draft *p, bool sgn, uint32_t from)
{
    inner i;
    int16_t c;
    if (!read_inner(s, &i))
        return;
    if (!i.has_variable && !sgn) {
        multiply(p, i.literal);
        return;
    }
    bool state = i.variable == RV_W || i.variable == RV_D || i.variable == RV_T;
    if (sgn && !(i.has_variable && state && !i.minus_variable)) {
        FAULT(s, from, s->at, "sgn takes w, d or t with a positive sign");
        CURE(s, "for example sgn(w - 20)");
        return;
    }
    if (!i.has_literal && (i.variable == RV_X0 || i.variable == RV_Y0)) {
        FAULT(s, from, s->at, "%s in brackets of its own", ulearn_var_name(i.variable));
        CURE(s, "write %s without brackets", ulearn_var_name(i.variable));
        return;
    }
    if (!constant(s, &i, from, &c))
        return;
    if (i.minus_variable)
        multiply(p, (literal){-1, 0});
    add_factor(s, p, (rule_factor){(uint8_t)i.variable, sgn, c}, from);
}

/* ---- products ---- */

/* One term; false when what stands here is none. */
static bool term(parser *s, product_draft *p)
{
    uint32_t from = s->at;
    rule_var v;
    literal l;
    if (accept(s, "sgn("))
        add_bracket(s, p, true, from);
    else if (accept(s, "("))
        add_bracket(s, p, false, from);
    else if (accept(s, "u"))
        add_clock(s, p, from);
    else if (read_variable(s, &v))
        add_plain(s, p, v, from);
    else if (read_literal(s, &l))
        multiply(p, l);
    else
        return false;
    return true;
}

/* Says what is wrong with characters that begin no term, or follow one without '*', and skips them. */
static void bad_term(parser *s, bool after_term)
{
    uint32_t from = s->at;
    while (word(peek(s)) || peek(s) == '^' || peek(s) == '.')
        s->at++;
    s->at += s->at == from;
    int n = (int)(s->at - from);
    const char *what = s->text + from;
    if (after_term)
        FAULT(s, from - 1, s->at, "'%.*s' follows without a '*'; Lava would read it as another factor", n, what);
    else
        FAULT(s, from, s->at, "'%.*s' is no term of a learning rule", n, what);
    CURE(s, after_term ? "write * between factors; variables are x0 x1 x2 y0 y1 y2 y3 u0..u9 r0 r1 w d t"
                       : "terms are x0 x1 x2 y0 y1 y2 y3 u0..u9 r0 r1 w d t, numbers, 2^n, (v + c) and sgn(w)");
}

/* While the mantissa does not fit, an even one moves a power of two into the exponent. */
static void finish(parser *s, product_draft *p, bool minus)
{
    literal l = p->scale;
    l.mantissa = minus ? -l.mantissa : l.mantissa;
    while (llabs(l.mantissa) > 7 && l.mantissa % 2 == 0 && l.exponent < 8) {
        l.mantissa /= 2;
        l.exponent++;
    }
    if (!p->has_dependency) {
        FAULT(s, p->from, s->at, "a product without x0, y0 or u_k: nothing says when it acts");
        CURE(s, "multiply by x0 (presynaptic spike), y0 (postsynaptic spike) or u0 (every epoch)");
    } else if (l.mantissa < -8 || l.mantissa > 7) {
        FAULT(s, p->from, s->at, "the factor %lld*2^%d does not fit: the mantissa must lie within -8 to 7",
              (long long)l.mantissa, l.exponent);
        CURE(s, "choose a number of the form m*2^e with m within -8 to 7");
    } else if (l.exponent < -7 || l.exponent > 8) {
        FAULT(s, p->from, s->at, "the factor %lld*2^%d does not fit: the exponent must lie within -7 to 8",
              (long long)l.mantissa, l.exponent);
        CURE(s, "choose an exponent within -7 to 8, or larger trace impulses");
    } else if (s->rule->nproducts == RULE_MAX_PRODUCTS) {
        FAULT(s, p->from, s->at, "product %d of a rule; a rule has at most %d", RULE_MAX_PRODUCTS + 1,
              RULE_MAX_PRODUCTS);
    } else {
        p->p.mantissa = (int8_t)l.mantissa;
        p->p.exponent = (int8_t)l.exponent;
        s->rule->product[s->rule->nproducts++] = p->p;
    }
}

/* A sign after '*' belongs to the literal that follows. */
static bool inner_sign(parser *s, product_draft *p)
{
    uint32_t from = s->at;
    if (s->text[s->at++] == '-')
        multiply(p, (literal){-1, 0});
    if (digit(peek(s)))
        return true;
    while (word(peek(s)))
        s->at++;
    FAULT(s, from, s->at, "a sign inside a product stands before a number only");
    CURE(s, "move the sign to the front of the product");
    return false;
}

/* term {'*' term}. In Lava's grammar '*' is noise and a sign always begins the next product. */
static void product(parser *s, bool minus)
{
    bool lava = s->source->grammar == RULE_GRAMMAR_LAVA, star = true;
    uint32_t faults = s->faults;
    product_draft p = {.scale = {1, 0}, .from = s->at};
    p.p.target = (uint8_t)s->source->target;
    while (lava && accept(s, "*"))
        ;
    while (peek(s)) {
        if (sign(peek(s)) && (lava || !star || s->at == p.from))
            break;
        bool good = !sign(peek(s)) || inner_sign(s, &p);
        if (good && !star)
            bad_term(s, true);
        else if (good && !term(s, &p))
            bad_term(s, false);
        star = accept(s, "*");
        while (lava && accept(s, "*"))
            ;
        star |= lava;
    }
    if (star && !lava)
        FAULT(s, s->at ? s->at - 1 : 0, s->at + (peek(s) != 0), "a term is missing here");
    if (faults == s->faults)
        finish(s, &p, minus);
}

/* Blanks inside a name or number would be read as if they were not there. */
static void check_blanks(parser *s)
{
    for (uint32_t k = 1; s->text[k] && s->source->grammar == RULE_GRAMMAR_HMN; k++)
        if (s->place[k] > s->place[k - 1] + 1 && word(s->text[k]) && word(s->text[k - 1])) {
            FAULT(s, k - 1, k + 1, "a blank inside a name or between two terms");
            CURE(s, "write * between factors");
        }
}

bool rule_parse(const rule_source *source, hmn_rule *rule, hmn_diag *d)
{
    char text[MAX_TEXT + 2];
    uint32_t place[MAX_TEXT + 2], n = 0;
    size_t length = strlen(source->text);
    parser s = {source, rule, d, text, place, 0, 0};
    uint32_t before = rule->nproducts;
    for (uint32_t k = 0; k < length && n <= MAX_TEXT; k++)
        if (!blank(source->text[k])) {
            text[n] = source->text[k];
            place[n++] = k;
        }
    text[n] = 0;
    place[n] = (uint32_t)length;
    if (n == 0 || n > MAX_TEXT) {
        diag_report(d, DIAG_RULE_TEXT, source->at, n ? "a rule text of more than %d characters" : "an empty rule text",
                    MAX_TEXT);
        diag_cure(d, "for example 2^-2*x1*y0 - 2^-2*y1*x0");
        return false;
    }
    check_blanks(&s);
    bool minus = peek(&s) == '-';
    if (sign(peek(&s)))
        s.at++;
    for (;;) {
        product(&s, minus);
        if (!peek(&s))
            break;
        minus = peek(&s) == '-';
        s.at++;
    }
    if (s.faults)
        rule->nproducts = before;
    return !s.faults;
}
