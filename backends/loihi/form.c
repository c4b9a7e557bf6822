/* Formats and rows. Takes a quantised projection and a slice, yields its synapse format and, by binary search in
 * the ascending targets of a row, the stretch of synapses that falls on the slice. Used by the cost function and
 * by lowering alike, so that the two cannot disagree. */
#include "backends/loihi/form.h"

#include "backends/loihi/tables.h"

#include <string.h>

static bool reads(const hmn_rule *r, rule_var v)
{
    for (uint32_t i = 0; i < r->nproducts; i++)
        for (uint32_t k = 0; k < r->product[i].nfactors; k++)
            if (r->product[i].factor[k].var == v)
                return true;
    return false;
}

static bool writes(const hmn_rule *r, rule_target t)
{
    for (uint32_t i = 0; i < r->nproducts; i++)
        if (r->product[i].target == t)
            return true;
    return false;
}

uint32_t form_traces(const hmn_rule *r)
{
    static const rule_var var[RT_COUNT] = {RV_X1, RV_X2, RV_Y1, RV_Y2, RV_Y3};
    uint32_t used = 0;
    for (uint32_t k = 0; k < RT_COUNT; k++)
        used |= reads(r, var[k]) ? 1u << k : 0;
    return used;
}

loihi_dialect_id form_dialect(const hmn_qnet *q) { return loihi_dialect_find(q->graph->net->target.dialect.s); }

/* Where a negative exponent shifts the sum of a step, a projection's synapses must all share one format of its
 * own, which names the sum. */
static bool shifts_sum(const hmn_qnet *q, uint32_t projection)
{
    return q->projection[projection].weight_exp < 0 && loihi_dialects[form_dialect(q)].sum_shift;
}

loihi_format form_format(const hmn_qnet *q, uint32_t projection, uint32_t compartments, bool dense)
{
    const qnet_projection *p = &q->projection[projection];
    const hmn_rule *rule = p->rule == NET_NONE ? NULL : &q->rule[p->rule];
    const uint8_t *widths = loihi_index_widths(q->chip->limits->compartments);
    uint32_t index_bits = 0;
    while (compartments > 1u << index_bits)
        index_bits++;
    uint32_t index_code = loihi_width_code(widths, LOIHI_WIDTH_CODES, index_bits ? index_bits : 1);
    uint32_t tag_code = loihi_width_code(loihi_tag_bits, LOIHI_TAG_CODES, (uint32_t)p->tag_bits);
    bool tagged = rule && (writes(rule, RULE_T) || reads(rule, RV_T));
    return (loihi_format){.weight_bits = p->weight_bits,
                          .index_bits = dense ? 0 : widths[index_code],
                          .delay_bits = rule && writes(rule, RULE_D) ? 6 : p->delay_bits,
                          .tag_bits = tagged ? 9 : loihi_tag_bits[tag_code],
                          .exponent = p->weight_exp,
                          .sign = (int32_t)p->sign,
                          .compression = dense ? COMPRESSION_DENSE : COMPRESSION_SPARSE,
                          .profile = rule ? (int32_t)p->rule + 1 : 0,
                          .port = (int32_t)p->port,
                          .first_more = loihi_first_more(q->chip->limits->compartments),
                          .group = shifts_sum(q, projection) ? (int32_t)projection + 1 : 0,
                          .w_min = rule ? p->w_min : 0,
                          .w_max = rule ? p->w_max : 0};
}

bool form_same(const loihi_format *a, const loihi_format *b) { return memcmp(a, b, sizeof *a) == 0; }

/* First synapse of [low, high) whose target is at least `target`. */
static uint64_t lower_bound(const uint32_t *targets, uint64_t low, uint64_t high, uint32_t target)
{
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (targets[middle] < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool consecutive(const uint32_t *target, uint32_t count)
{
    if (count < FORM_DENSE_LEAST || target[count - 1] - target[0] != count - 1)
        return false;
    for (uint32_t i = 1; i < count; i++)
        if (target[i] != target[0] + i)
            return false;
    return true;
}

static bool one_rule(const hmn_qnet *q, uint32_t projection, uint64_t first, uint32_t count)
{
    const uint16_t *bin = q->projection[projection].bin_rule ? q->graph->projection[projection].bin : NULL;
    for (uint32_t i = 1; bin && i < count; i++)
        if (bin[first + i] != bin[first])
            return false;
    return true;
}

uint32_t form_rules(const hmn_qnet *q, uint32_t projection)
{
    uint32_t rule = q->graph->projection[projection].rule;
    return q->projection[projection].bin_rule ? q->graph->net->rule[rule].phase_gate.bins : 1;
}

uint32_t form_rule(const hmn_qnet *q, uint32_t projection, uint32_t k)
{
    const qnet_projection *p = &q->projection[projection];
    return p->bin_rule ? p->bin_rule[k] : p->rule;
}

uint32_t form_count(const hmn_qnet *q, uint32_t projection, form_row row, uint32_t k)
{
    uint32_t n = 0;
    if (!q->projection[projection].bin_rule)
        return row.count;
    for (uint32_t i = 0; i < row.count; i++)
        n += q->graph->projection[projection].bin[row.first + i] == k;
    return n;
}

form_row form_range(const hmn_qnet *q, uint32_t projection, uint32_t pre, const hmn_slice *s)
{
    const graph_projection *j = &q->graph->projection[projection];
    uint64_t low = j->row[pre], high = j->row[pre + 1];
    if (s->first > 0)
        low = lower_bound(j->target, low, high, s->first);
    if (s->first + s->count < q->graph->population[j->post].size)
        high = lower_bound(j->target, low, high, s->first + s->count);
    uint32_t count = (uint32_t)(high - low);
    return (form_row){low, count,
                      !shifts_sum(q, projection) && one_rule(q, projection, low, count) &&
                          consecutive(j->target + low, count)};
}
