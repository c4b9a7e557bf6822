/* Assembler of the learning microcode. Takes the text of one word as ulearn_word_text writes it, yields the word.
 *
 * A scanner of a few lines takes names and numbers; what they say becomes a product, factor or op, which the encoder
 * encodes, so that a field can only get what it holds. Grammar:
 *
 *   prod TARGET DEPENDENCY m*2^e n=N [att] [draw]      TARGET: w d t;  DEPENDENCY: x0 [k=K], y0 [k=K], uK
 *   fact [sgn] [(] VARIABLE [+ c | - c] [)]   or   fact [sgn] ( c )
 *   round        att group=G mean=0|1 gain=N        draw table=T shift=S first=N        ? 0x01234567 */
#include "core/isa/ulearn.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *at;
} scanner;

static void blanks(scanner *s) { s->at += strspn(s->at, " \t"); }

/* Takes `word` when it stands next. */
static bool take(scanner *s, const char *word)
{
    blanks(s);
    size_t n = strlen(word);
    if (strncmp(s->at, word, n) != 0)
        return false;
    s->at += n;
    return true;
}

static bool number(scanner *s, long low, long high, long *value)
{
    blanks(s);
    char *end;
    *value = strtol(s->at, &end, 10);
    if (end == s->at || *value < low || *value > high)
        return false;
    s->at = end;
    return true;
}

static bool named(scanner *s, const char *name, long high, long *value)
{
    return take(s, name) && number(s, 0, high, value);
}

static bool done(scanner *s)
{
    blanks(s);
    return *s->at == 0;
}

/* The longest name of a variable that stands next. */
static bool variable(scanner *s, uint8_t *var)
{
    size_t best = 0;
    blanks(s);
    for (uint32_t v = 0; v < RV_COUNT; v++) {
        const char *name = ulearn_var_name((rule_var)v);
        size_t n = strlen(name);
        if (n > best && strncmp(s->at, name, n) == 0) {
            best = n;
            *var = (uint8_t)v;
        }
    }
    s->at += best;
    return best > 0;
}

/* The word at `index` of a rule's encoding. */
static bool word_of(const hmn_rule *r, uint32_t index, uint32_t *word)
{
    uint32_t words[ULEARN_HEAD_WORDS + 1 + RULE_MAX_FACTORS];
    if (!ulearn_encode(r, words))
        return false;
    *word = words[index];
    return true;
}

static bool dependency(scanner *s, rule_product *p)
{
    long k = 0;
    if (!variable(s, &p->dependency))
        return false;
    if (p->dependency == RV_U ? !number(s, 0, 15, &k) : take(s, "k=") && !number(s, 1, 15, &k))
        return false;
    p->decimate = (uint8_t)k;
    return true;
}

static bool product(scanner *s, uint32_t *word)
{
    static const char *const targets[RULE_TARGETS] = {"w ", "d ", "t "};
    hmn_rule r = {.nproducts = 1};
    rule_product *p = &r.product[0];
    long mantissa, exponent, nfactors;
    while (p->target < RULE_TARGETS && !take(s, targets[p->target]))
        p->target++;
    if (p->target == RULE_TARGETS || !dependency(s, p) || !number(s, INT8_MIN, INT8_MAX, &mantissa) ||
        !take(s, "*2^") || !number(s, INT8_MIN, INT8_MAX, &exponent) || !take(s, "n=") ||
        !number(s, 0, RULE_MAX_FACTORS, &nfactors))
        return false;
    p->mantissa = (int8_t)mantissa;
    p->exponent = (int8_t)exponent;
    p->nfactors = (uint8_t)nfactors; /* they follow in words of their own; here they are all x0 */
    r.attended = take(s, "att");
    r.drawn = take(s, "draw");
    return done(s) && word_of(&r, 0, word);
}

/* "+ 5" or "- 5" when it stands next. */
static bool offset(scanner *s, long *constant)
{
    bool plus = take(s, "+"), minus = !plus && take(s, "-");
    if ((plus || minus) && !number(s, 0, 512, constant))
        return false;
    *constant = minus ? -*constant : *constant;
    return true;
}

static bool factor(scanner *s, uint32_t *word)
{
    hmn_rule r = {.nproducts = 1, .product = {{.dependency = RV_U, .nfactors = 1}}};
    rule_factor *f = &r.product[0].factor[0];
    long constant = 0;
    f->sgn = take(s, "sgn");
    bool open = take(s, "(");
    if (!variable(s, &f->var))
        f->var = RV_C;
    if (f->var == RV_C ? !open || !number(s, -512, 511, &constant) : !offset(s, &constant))
        return false;
    f->constant = (int16_t)constant;
    return (!open || take(s, ")")) && done(s) && word_of(&r, 1, word);
}

static bool attend(scanner *s, uint32_t *word)
{
    long group, mean, gain;
    if (!named(s, "group=", UINT8_MAX, &group) || !named(s, "mean=", 1, &mean) ||
        !named(s, "gain=", UINT16_MAX, &gain) || !done(s))
        return false;
    return word_of(&(hmn_rule){.attend = {true, mean != 0, (uint8_t)group, (uint16_t)gain}}, 0, word);
}

static bool draw(scanner *s, uint32_t *word)
{
    long table, shift, first;
    if (!named(s, "table=", UINT8_MAX, &table) || !named(s, "shift=", UINT8_MAX, &shift) ||
        !named(s, "first=", UINT16_MAX, &first) || !done(s))
        return false;
    const rule_draw d = {.on = true, .table = (uint8_t)table, .shift = (uint8_t)shift, .first = (uint16_t)first};
    return word_of(&(hmn_rule){.draw = d}, 0, word);
}

static bool plain(scanner *s, uint32_t *word)
{
    char *end;
    unsigned long value = take(s, "0x") ? strtoul(s->at, &end, 16) : (end = NULL, 0UL);
    if (!end || end == s->at || value > UINT32_MAX)
        return false;
    s->at = end;
    *word = (uint32_t)value;
    return done(s);
}

bool ulearn_word_parse(const char *text, uint32_t *word)
{
    scanner s = {text};
    if (take(&s, "prod "))
        return product(&s, word);
    if (take(&s, "fact "))
        return factor(&s, word);
    if (take(&s, "round"))
        return done(&s) && word_of(&(hmn_rule){.rounds = true}, 0, word);
    if (take(&s, "att "))
        return attend(&s, word);
    if (take(&s, "draw "))
        return draw(&s, word);
    return take(&s, "?") && plain(&s, word);
}
