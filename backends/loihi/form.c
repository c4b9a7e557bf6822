/* Formats and rows. Takes a quantised projection and a slice, yields the stretch of synapses of each row that falls on
 * the slice (by binary search in its ascending targets), and the narrowest format for what these synapses need.
 *
 * Static weights are kept exactly in fewer bits where that can be: trailing zeros that all of them have are not stored,
 * and a sign that none of them has is not either (eq. L6, L22). Plastic ones keep bits and sign, which are the grid and
 * the range of their learning. */
#include "backends/loihi/form.h"

#include "backends/loihi/tables.h"
#include "backends/loihi/weights.h"

#include "core/base/bug.h"

#include <string.h>

static bool reads(const hmn_rule *r, rule_var v)
{
    for (uint32_t i = 0; i < r->nproducts; i++)
        for (uint32_t k = 0; k < r->product[i].nfactors; k++)
            if (r->product[i].factor[k].var == v)
                return true;
    return false;
}

bool form_writes(const hmn_rule *r, rule_target t)
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
    return r->attend.on ? used | 1u << RT_X2 | 1u << RT_Y2 : used;
}

loihi_dialect_id form_dialect(const hmn_qnet *q) { return loihi_dialect_find(q->graph->net->target.dialect.s); }

bool form_shifts_sum(const hmn_qnet *q, uint32_t projection)
{
    return q->projection[projection].weight_exp < 0 && loihi_dialects[form_dialect(q)].sum_shift;
}

/* ---- rows ---- */

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

form_part form_pick(const hmn_qnet *q, uint32_t projection, form_row row, uint32_t k, const form_room *room)
{
    const graph_projection *j = &q->graph->projection[projection];
    form_part p = {row.count, row.first, NULL, j->target + row.first};
    if (!q->projection[projection].bin_rule)
        return p;
    HMN_ASSERT(row.count <= room->size);
    p = (form_part){0, 0, room->synapse, room->target};
    for (uint64_t e = row.first; e < row.first + row.count; e++)
        if (j->bin[e] == k) {
            room->synapse[p.n] = e;
            room->target[p.n++] = j->target[e];
        }
    return p;
}

form_row form_range(const hmn_qnet *q, uint32_t projection, uint32_t pre, const hmn_slice *s)
{
    const graph_projection *j = &q->graph->projection[projection];
    uint64_t low = j->row[pre], high = j->row[pre + 1];
    if (s->first > 0)
        low = lower_bound(j->target, low, high, s->first);
    if (s->first + s->count < q->graph->population[j->post].size)
        high = lower_bound(j->target, low, high, s->first + s->count);
    return (form_row){low, (uint32_t)(high - low)};
}

/* ---- formats ---- */

static uint32_t bits_of(uint32_t x)
{
    uint32_t b = 0;
    while (x >> b)
        b++;
    return b;
}

static void add_runs(const uint32_t *target, uint32_t n, form_need *need)
{
    uint32_t length = 1;
    for (uint32_t i = 1; i <= n; i++) {
        if (i < n && target[i] == target[i - 1] + 1) {
            length++;
            continue;
        }
        need->run[PACK_BLOCK] += length / PACK_BLOCK;
        need->run[length % PACK_BLOCK]++;
        length = 1;
        if (i < n && target[i] > target[i - 1])
            need->gap[bits_of(target[i] - target[i - 1] - 1)]++;
    }
}

void form_add(const hmn_qnet *q, uint32_t projection, const form_part *part, form_need *need)
{
    const qnet_projection *p = &q->projection[projection];
    need->synapses += part->n;
    for (uint32_t i = 0; i < part->n; i++) {
        uint64_t e = form_synapse(part, i);
        int32_t w = p->weight[e];
        need->magnitude |= (uint32_t)(w < 0 ? -w : w);
        need->positive |= w > 0;
        need->negative |= w < 0;
        need->lowest |= w == -256;
        need->longest = p->delay[e] > need->longest ? p->delay[e] : need->longest;
    }
    if (part->n)
        add_runs(part->target, part->n, need);
}

/* Bits and sign of static weights (eq. L22). Seven bits of one sign take eight, as both signs do, and then both signs
 * stay possible: another core's part of the projection may have them. */
static void narrow(const form_need *need, loihi_format *f)
{
    uint32_t zeros = 0;
    while (zeros < 8 && !(need->magnitude >> zeros & 1))
        zeros++;
    if (f->weight_bits > 8) /* as the machine's description says */
        return;
    bool mixed = (need->positive && need->negative) || need->lowest || (f->sign == SIGN_MIXED && zeros == 1);
    int32_t bits = (mixed ? 9 : 8) - (int32_t)zeros;
    f->sign = mixed ? SIGN_MIXED : need->negative ? SIGN_INHIBITORY : SIGN_EXCITATORY;
    f->weight_bits =
        loihi_weight_bits[loihi_width_code(loihi_weight_bits, LOIHI_WEIGHT_CODES, (uint32_t)(bits > 1 ? bits : 1))];
}

/* Bits that runs cost with these widths, besides their entries; about: a gap that is too wide for a skip costs the head
 * of another block and half a word of padding. */
static uint64_t run_cost(const form_need *need, uint32_t skip, uint32_t run)
{
    uint64_t runs = 0, breaks = 0;
    for (uint32_t n = 1; n <= PACK_BLOCK; n++)
        runs += need->run[n] * ((n + (1u << run) - 1) >> run);
    for (uint32_t b = skip + 1; b <= PACK_SKIP_MOST; b++)
        breaks += need->gap[b];
    return runs * (skip + run) + breaks * (20 + 32);
}

void form_runs(const form_need *need, form_widths best[FORM_RUNS])
{
    for (uint32_t i = 0; i < FORM_RUNS; i++)
        best[i].cost = UINT64_MAX;
    for (int32_t skip = 0; skip <= PACK_SKIP_MOST; skip++)
        for (int32_t run = 0; run <= PACK_RUN_MOST; run++) {
            form_widths w = {skip, run, run_cost(need, (uint32_t)skip, (uint32_t)run)};
            for (uint32_t i = 0; i < FORM_RUNS; i++)
                if (w.cost < best[i].cost) {
                    form_widths worse = best[i];
                    best[i] = w;
                    w = worse;
                }
        }
}

loihi_format form_format(const hmn_qnet *q, uint32_t projection, uint32_t k, const form_need *need, int32_t compression)
{
    const qnet_projection *p = &q->projection[projection];
    uint32_t of = form_rule(q, projection, k);
    const hmn_rule *rule = of == NET_NONE ? NULL : &q->rule[of];
    const uint8_t *widths = loihi_index_widths(q->chip->limits->compartments);
    uint32_t index_code = loihi_width_code(widths, LOIHI_WIDTH_CODES, bits_of(need->reach - 1));
    uint32_t tag_code = loihi_width_code(loihi_tag_bits, LOIHI_TAG_CODES, (uint32_t)p->tag_bits);
    bool tagged = rule && (form_writes(rule, RULE_T) || reads(rule, RV_T));
    bool moves = rule && form_writes(rule, RULE_D) && !rule->second;
    loihi_format f = {.weight_bits = p->weight_bits,
                      .index_bits = compression == COMPRESSION_SPARSE ? widths[index_code] : 0,
                      .second_bits = rule && rule->second ? (int32_t)q->chip->limits->second_tag_bits : 0,
                      .delay_bits = moves ? 6 : (int32_t)bits_of(need->longest),
                      .tag_bits = tagged ? 9 : loihi_tag_bits[tag_code],
                      .exponent = p->weight_exp,
                      .sign = (int32_t)p->sign,
                      .compression = compression,
                      .profile = rule ? (int32_t)of + 1 : 0,
                      .port = (int32_t)p->port,
                      .cost = (int32_t)p->event_cost,
                      .first_more = loihi_first_more(q->chip->limits->compartments),
                      .group = form_shifts_sum(q, projection) ? (int32_t)projection + 1 : 0,
                      .w_min = rule ? p->w_min : 0,
                      .w_max = rule ? p->w_max : 0};
    if (!rule && !need->unread)
        narrow(need, &f);
    return f;
}

bool form_same(const loihi_format *a, const loihi_format *b) { return memcmp(a, b, sizeof *a) == 0; }

static int32_t greater(int32_t a, int32_t b) { return a > b ? a : b; }

/* Bits and sign that hold the static weights of both. */
static bool join_weights(const loihi_format *a, const loihi_format *b, loihi_format *out)
{
    if (a->sign == b->sign) {
        out->weight_bits = greater(a->weight_bits, b->weight_bits);
        return true;
    }
    if (a->weight_bits > 8 || b->weight_bits > 8) {
        out->sign = SIGN_MIXED;
        out->weight_bits = greater(a->weight_bits, b->weight_bits);
        return out->weight_bits > (a->sign == SIGN_MIXED ? b : a)->weight_bits; /* a bit for the other's sign */
    }
    uint32_t sa = loihi_weight_shift(a->weight_bits, (qnet_sign)a->sign);
    uint32_t sb = loihi_weight_shift(b->weight_bits, (qnet_sign)b->sign);
    int32_t bits = 9 - (int32_t)(sa < sb ? sa : sb);
    out->sign = SIGN_MIXED;
    out->weight_bits = bits == 7 ? 8 : bits;
    return bits <= 8;
}

bool form_join(const loihi_format *a, const loihi_format *b, loihi_format *out)
{
    if (a->compression != b->compression || a->exponent != b->exponent || a->profile != b->profile ||
        a->port != b->port || a->cost != b->cost || a->group != b->group || a->w_min != b->w_min ||
        a->w_max != b->w_max)
        return false;
    *out = *a;
    if (a->profile ? a->sign != b->sign || a->weight_bits != b->weight_bits : !join_weights(a, b, out))
        return false;
    out->index_bits = greater(a->index_bits, b->index_bits);
    out->delay_bits = greater(a->delay_bits, b->delay_bits);
    out->tag_bits = greater(a->tag_bits, b->tag_bits);
    out->second_bits = greater(a->second_bits, b->second_bits);
    out->skip_bits = greater(a->skip_bits, b->skip_bits);
    out->run_bits = greater(a->run_bits, b->run_bits);
    return true;
}
