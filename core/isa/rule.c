/* Learning rules as text. Takes products, yields sums of products in Lava's notation: the dependency first, then the
 * factors in order, so that the parser finds the same dependency again. */
#include "core/isa/rule.h"

#include "core/base/text.h"
#include "core/isa/ulearn.h"

static void add_factor(hmn_text *t, const rule_factor *f)
{
    const char *name = ulearn_var_name((rule_var)f->var), *sgn = f->sgn ? "sgn" : "";
    if (f->var == RV_C)
        text_add(t, "*(%d)", f->constant);
    else if (f->constant)
        text_add(t, "*%s(%s%+d)", sgn, name, f->constant);
    else
        text_add(t, f->sgn ? "*sgn(%s)" : "*%s", name);
}

static void add_product(hmn_text *t, const rule_product *p)
{
    bool first = t->length == 0;
    int m = p->mantissa < 0 ? -p->mantissa : p->mantissa;
    text_add(t, "%s", p->mantissa < 0 ? (first ? "-" : " - ") : (first ? "" : " + "));
    if (m != 1)
        text_add(t, "%d*", m);
    if (p->exponent)
        text_add(t, "2^%d*", p->exponent);
    if (p->dependency == RV_U)
        text_add(t, "u%d", p->decimate);
    else
        text_add(t, "%s", ulearn_var_name((rule_var)p->dependency));
    for (uint32_t k = 0; k < p->nfactors; k++)
        add_factor(t, &p->factor[k]);
}

const char *rule_text(const hmn_rule *rule, rule_target target, hmn_arena *a)
{
    hmn_text t = {.arena = a};
    for (uint32_t k = 0; k < rule->nproducts; k++)
        if (rule->product[k].target == target)
            add_product(&t, &rule->product[k]);
    return t.s ? t.s : "";
}
