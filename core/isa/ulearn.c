/* Encoding of learning rules. Takes the products of a rule, yields 32-bit words and back, and their text.
 *
 * Fields come from ulearn.def: one table serves packing, range checks, unpacking and the check that unused
 * bits are zero, so encode and decode cannot disagree. */
#include "core/isa/ulearn.h"

#include <stdio.h>

typedef enum {
#define ULEARN_FIELD(op, field, low, bits, is_signed, meaning) F_##op##_##field,
#include "core/isa/ulearn.def"
    FIELD_COUNT
} field_id;

typedef struct {
    uint8_t op, low, bits;
    bool is_signed;
} field;

static const field fields[FIELD_COUNT] = {
#define ULEARN_FIELD(op, name, low, bits, is_signed, meaning) {ULEARN_##op, low, bits, is_signed},
#include "core/isa/ulearn.def"
};

static const char *const var_names[RV_COUNT] = {
#define ULEARN_VAR(id, name, width, meaning) [RV_##id] = name,
#include "core/isa/ulearn.def"
};

static const uint8_t var_widths[RV_COUNT] = {
#define ULEARN_VAR(id, name, width, meaning) [RV_##id] = width,
#include "core/isa/ulearn.def"
};

static const uint8_t dependencies[] = {RV_X0, RV_Y0, RV_U};
static const char *const target_names[RULE_TARGETS] = {"w", "d", "t"};

const char *ulearn_var_name(rule_var v) { return v < RV_COUNT ? var_names[v] : "?"; }
uint32_t ulearn_var_width(rule_var v) { return v < RV_COUNT ? var_widths[v] : 0; }

static uint32_t mask_of(const field *f) { return ((1u << f->bits) - 1) << f->low; }

static bool put(uint32_t *word, field_id id, int32_t value)
{
    const field *f = &fields[id];
    int32_t low = f->is_signed ? -(1 << (f->bits - 1)) : 0;
    int32_t high = f->is_signed ? (1 << (f->bits - 1)) - 1 : (1 << f->bits) - 1;
    *word |= ((uint32_t)value << f->low) & mask_of(f);
    return value >= low && value <= high;
}

static int32_t get(uint32_t word, field_id id)
{
    const field *f = &fields[id];
    int32_t value = (int32_t)((word & mask_of(f)) >> f->low);
    return f->is_signed && value >> (f->bits - 1) ? value - (1 << f->bits) : value;
}

static ulearn_op op_of(uint32_t word) { return (ulearn_op)(word >> 28); }

/* Bits that no field of the word's op names. */
static uint32_t stray_bits(uint32_t word)
{
    uint32_t used = 0xF0000000u;
    for (uint32_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].op == op_of(word))
            used |= mask_of(&fields[i]);
    return word & ~used;
}

uint32_t ulearn_length(const hmn_rule *r)
{
    uint32_t n = r->nproducts + r->rounds + r->attend.on + r->draw.on;
    for (uint32_t i = 0; i < r->nproducts; i++)
        n += r->product[i].nfactors;
    return n;
}

/* The ops at the head; *word moves on. */
static bool encode_head(const hmn_rule *r, uint32_t **word)
{
    bool ok = true;
    if (r->rounds)
        *(*word)++ = (uint32_t)ULEARN_ROUND << 28;
    if (r->attend.on) {
        uint32_t *w = (*word)++;
        *w = (uint32_t)ULEARN_ATTEND << 28;
        ok &= put(w, F_ATTEND_group, r->attend.group) & put(w, F_ATTEND_mean, r->attend.mean);
        ok &= put(w, F_ATTEND_gain, r->attend.gain);
    }
    if (r->draw.on) {
        uint32_t *w = (*word)++;
        *w = (uint32_t)ULEARN_DRAW << 28;
        ok &= put(w, F_DRAW_table, r->draw.table) & put(w, F_DRAW_shift, r->draw.shift);
        ok &= put(w, F_DRAW_first, r->draw.first);
    }
    return ok;
}

static bool encode_dependency(uint32_t *word, uint8_t var)
{
    for (int32_t i = 0; i < 3; i++)
        if (dependencies[i] == var)
            return put(word, F_PRODUCT_dependency, i);
    return false;
}

bool ulearn_encode(const hmn_rule *r, uint32_t *word)
{
    bool ok = r->nproducts <= RULE_MAX_PRODUCTS && encode_head(r, &word);
    for (uint32_t i = 0; ok && i < r->nproducts; i++) {
        const rule_product *p = &r->product[i];
        uint32_t w = (uint32_t)ULEARN_PRODUCT << 28;
        ok &= p->target < RULE_TARGETS && p->nfactors <= RULE_MAX_FACTORS;
        ok &= put(&w, F_PRODUCT_target, p->target) & encode_dependency(&w, p->dependency);
        ok &= put(&w, F_PRODUCT_decimate, p->decimate) & put(&w, F_PRODUCT_mantissa, p->mantissa);
        ok &= put(&w, F_PRODUCT_exponent, p->exponent) & put(&w, F_PRODUCT_nfactors, p->nfactors);
        ok &= put(&w, F_PRODUCT_attended, r->attended >> i & 1) & put(&w, F_PRODUCT_drawn, r->drawn >> i & 1);
        *word++ = w;
        for (uint32_t k = 0; ok && k < p->nfactors; k++) {
            const rule_factor *f = &p->factor[k];
            w = (uint32_t)ULEARN_FACTOR << 28;
            ok &= f->var < RV_COUNT;
            ok &= put(&w, F_FACTOR_var, f->var) & put(&w, F_FACTOR_sgn, f->sgn);
            ok &= put(&w, F_FACTOR_constant, f->constant);
            *word++ = w;
        }
    }
    return ok;
}

static bool decode_product(uint32_t word, rule_product *p)
{
    int32_t dependency = get(word, F_PRODUCT_dependency), nfactors = get(word, F_PRODUCT_nfactors);
    if (op_of(word) != ULEARN_PRODUCT || stray_bits(word) || dependency > 2 || nfactors > RULE_MAX_FACTORS ||
        get(word, F_PRODUCT_target) >= RULE_TARGETS)
        return false;
    *p = (rule_product){.target = (uint8_t)get(word, F_PRODUCT_target),
                        .dependency = dependencies[dependency],
                        .decimate = (uint8_t)get(word, F_PRODUCT_decimate),
                        .mantissa = (int8_t)get(word, F_PRODUCT_mantissa),
                        .exponent = (int8_t)get(word, F_PRODUCT_exponent),
                        .nfactors = (uint8_t)nfactors};
    return true;
}

static bool decode_factor(uint32_t word, rule_factor *f)
{
    if (op_of(word) != ULEARN_FACTOR || stray_bits(word) || get(word, F_FACTOR_var) >= RV_COUNT)
        return false;
    *f = (rule_factor){(uint8_t)get(word, F_FACTOR_var), get(word, F_FACTOR_sgn) != 0,
                       (int16_t)get(word, F_FACTOR_constant)};
    return true;
}

/* An op at the head, if the word is one. */
static bool decode_op(uint32_t word, hmn_rule *out)
{
    if (stray_bits(word))
        return false;
    if (op_of(word) == ULEARN_ROUND)
        out->rounds = true;
    else if (op_of(word) == ULEARN_ATTEND)
        out->attend = (rule_attend){true, get(word, F_ATTEND_mean) != 0, (uint8_t)get(word, F_ATTEND_group),
                                    (uint16_t)get(word, F_ATTEND_gain)};
    else if (op_of(word) == ULEARN_DRAW)
        out->draw = (rule_draw){.on = true,
                                .table = (uint8_t)get(word, F_DRAW_table),
                                .shift = (uint8_t)get(word, F_DRAW_shift),
                                .first = (uint16_t)get(word, F_DRAW_first)};
    else
        return false;
    return true;
}

uint32_t ulearn_decode(const uint32_t *word, uint32_t count, hmn_rule *out)
{
    uint32_t at = 0;
    out->nproducts = 0;
    out->rounds = out->attend.on = out->draw.on = false;
    out->attended = out->drawn = 0;
    while (at < count && (at == 0 || op_of(word[at]) > op_of(word[at - 1])) && decode_op(word[at], out))
        at++;
    while (at < count) {
        if (out->nproducts == RULE_MAX_PRODUCTS)
            return at;
        rule_product *p = &out->product[out->nproducts];
        if (!decode_product(word[at], p))
            return at;
        out->attended |= (uint32_t)get(word[at], F_PRODUCT_attended) << out->nproducts;
        out->drawn |= (uint32_t)get(word[at], F_PRODUCT_drawn) << out->nproducts;
        at++;
        for (uint32_t k = 0; k < p->nfactors; k++, at++)
            if (at == count || !decode_factor(word[at], &p->factor[k]))
                return at == count ? count - 1 : at;
        out->nproducts++;
    }
    return count;
}

static const char *check_head(const hmn_rule *r, const ulearn_legal *l)
{
    if (r->rounds && !(l->legal_ops >> ULEARN_ROUND & 1))
        return "the engine has no stochastic rounding of products";
    if (r->attend.on && !(l->legal_ops >> ULEARN_ATTEND & 1))
        return "the engine has no attention over synapses";
    if (r->draw.on && !(l->legal_ops >> ULEARN_DRAW & 1))
        return "the engine has no probability gate";
    return NULL;
}

static const char *check_product(const hmn_rule *r, uint32_t i, const ulearn_legal *l)
{
    const rule_product *p = &r->product[i];
    bool attended = r->attended >> i & 1, drawn = r->drawn >> i & 1;
    if (attended && !r->attend.on)
        return "it is attended, but the program has no attention";
    if (drawn && !r->draw.on)
        return "it is drawn, but the program has no draw";
    if (drawn && p->target != RULE_W)
        return "only changes of the weight are drawn";
    if (p->mantissa < l->mantissa_low || p->mantissa > l->mantissa_high)
        return "the mantissa is out of range";
    if (p->exponent < (r->rounds ? ULEARN_ROUNDED_LOW : l->exponent_low) || p->exponent > l->exponent_high)
        return "the exponent is out of range";
    if (p->nfactors > l->max_factors)
        return "there are more factors than the engine multiplies";
    for (uint32_t k = 0; k < p->nfactors; k++) {
        const rule_factor *f = &p->factor[k];
        if (f->var >= RV_COUNT || !(l->legal_vars >> f->var & 1))
            return "a factor is a variable that the engine does not have";
        if (f->sgn && f->var != RV_W && f->var != RV_D && f->var != RV_T)
            return "only w, d and t have a sign factor";
    }
    return NULL;
}

uint32_t ulearn_check(const hmn_rule *r, const ulearn_legal *legal, const char **why)
{
    *why = check_head(r, legal);
    if (*why)
        return 0;
    for (uint32_t i = 0; i < r->nproducts; i++) {
        *why = i >= legal->max_products ? "there are more products than the engine adds" : NULL;
        if (!*why)
            *why = check_product(r, i, legal);
        if (*why)
            return i;
    }
    return r->nproducts;
}

static int factor_text(const rule_factor *f, char *text, size_t size)
{
    const char *name = ulearn_var_name((rule_var)f->var), *open = f->sgn ? "sgn(" : "(";
    if (f->var == RV_C)
        return snprintf(text, size, "%s%d)", open, f->constant);
    if (f->constant == 0)
        return f->sgn ? snprintf(text, size, "sgn(%s)", name) : snprintf(text, size, "%s", name);
    return snprintf(text, size, "%s%s %c %d)", open, name, f->constant < 0 ? '-' : '+',
                    f->constant < 0 ? -f->constant : f->constant);
}

static int dependency_text(const rule_product *p, char *text, size_t size)
{
    if (p->dependency == RV_U)
        return snprintf(text, size, "u%d", p->decimate);
    const char *name = ulearn_var_name((rule_var)p->dependency);
    return p->decimate ? snprintf(text, size, "%s k=%d", name, p->decimate) : snprintf(text, size, "%s", name);
}

static void op_text(uint32_t word, const hmn_rule *r, char *text, size_t size)
{
    if (op_of(word) == ULEARN_ATTEND)
        snprintf(text, size, "att group=%u mean=%d gain=%u", r->attend.group, r->attend.mean, r->attend.gain);
    else if (op_of(word) == ULEARN_DRAW)
        snprintf(text, size, "draw table=%u shift=%u first=%u", r->draw.table, r->draw.shift, r->draw.first);
    else
        snprintf(text, size, "round");
}

void ulearn_word_text(uint32_t word, char *text, size_t size)
{
    rule_product p;
    rule_factor f;
    hmn_rule r;
    char part[48];
    if (decode_product(word, &p)) {
        dependency_text(&p, part, sizeof part);
        snprintf(text, size, "prod %s %s %d*2^%d n=%d%s%s", target_names[p.target], part, p.mantissa, p.exponent,
                 p.nfactors, get(word, F_PRODUCT_attended) ? " att" : "", get(word, F_PRODUCT_drawn) ? " draw" : "");
    } else if (decode_factor(word, &f)) {
        factor_text(&f, part, sizeof part);
        snprintf(text, size, "fact %s", part);
    } else if (decode_op(word, &r)) {
        op_text(word, &r, text, size);
    } else {
        snprintf(text, size, "?    0x%08x", word);
    }
}

void ulearn_product_text(const rule_product *p, char *text, size_t size)
{
    char part[48];
    dependency_text(p, part, sizeof part);
    int at = snprintf(text, size, "d%s += %d*2^%d * %s", p->target < RULE_TARGETS ? target_names[p->target] : "?",
                      p->mantissa, p->exponent, part);
    for (uint32_t k = 0; k < p->nfactors && at >= 0 && (size_t)at < size; k++) {
        factor_text(&p->factor[k], part, sizeof part);
        at += snprintf(text + at, size - (size_t)at, " * %s", part);
    }
}
