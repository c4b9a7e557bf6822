/* Homeostasis on the machine. Takes the image's table of biases and who fired, yields biases in the cores' states. The
 * reference moves a bias in each step; here the sum of QNET_BIAS_EPOCH steps is applied at once, which is what a
 * processor can do that has to write every bias register itself. */
#include "core/machine/biases.h"

#include "core/base/fx.h"
#include "core/machine/boot.h"

int64_t bias_next(const qnet_bias *rule, int64_t bias_q16, uint32_t spikes)
{
    const int64_t most = fx_shl(rule->most, 16);
    return fx_sat(bias_q16 + rule->rise_q16 - rule->drop_q16 * spikes, -most, most);
}

int32_t bias_written(const qnet_bias *rule, int64_t bias_q16)
{
    return (int32_t)fx_shl(fx_shr_rn(bias_q16, 16 + rule->shift), rule->shift);
}

static bool bad(hmn_diag *d, const char *what)
{
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's table of biases %s", what);
    return false;
}

bool biases_boot(hmn_machine *m, hmn_diag *d)
{
    enum { NEURON, START, RISE, DROP, MOST, SHIFT, SHIFT_MOST = 16, LIMIT = 1 << 30 };
    image_rows rows = image_host(m->image, HOST_BIASES);
    hmn_biases *b = &m->biases;
    bias_facts *facts = ARENA_NEW(m->arena, bias_facts, rows.rows);
    uint32_t *row_of = ARENA_NEW(m->arena, uint32_t, rows.rows ? m->nneurons : 0);
    b->count = (uint32_t)rows.rows;
    b->state = ARENA_NEW(m->arena, bias_state, rows.rows);
    b->facts = facts;
    b->row_of = row_of;
    if (b->count && !m->chip->write_bias)
        return bad(d, "is not empty, but this chip's biases are fixed");
    for (uint32_t n = 0; b->count && n < m->nneurons; n++)
        row_of[n] = UINT32_MAX;
    for (uint32_t i = 0; i < b->count; i++) {
        int64_t n = image_get(rows, i, NEURON), most = image_get(rows, i, MOST), shift = image_get(rows, i, SHIFT);
        if (n >= m->nneurons || m->is_source[n] || m->neuron_core[n] >= m->ncores || row_of[n] != UINT32_MAX)
            return bad(d, "names a neuron that is not there or one twice");
        if (most > LIMIT || shift > SHIFT_MOST)
            return bad(d, "has a limit or a shift that no register has");
        row_of[n] = i;
        facts[i] = (bias_facts){(uint32_t)n,
                                {.rise_q16 = image_get(rows, i, RISE),
                                 .drop_q16 = image_get(rows, i, DROP),
                                 .start = (int32_t)image_get(rows, i, START),
                                 .most = (int32_t)most,
                                 .shift = (uint32_t)shift}};
        b->state[i].bias_q16 = fx_shl(facts[i].rule.start, 16);
    }
    return true;
}

static void count(hmn_machine *m, uint32_t manager, uint32_t neuron)
{
    uint32_t row = neuron < m->nneurons ? m->biases.row_of[neuron] : UINT32_MAX; /* relays have no neuron */
    if (row == UINT32_MAX)
        return;
    m->biases.state[row].spikes++;
    m->manager[manager].cycles += m->costs->setting[SETTING_WORK_SPIKE];
}

/* Where managers are cores, each counts the packets that came from its own chip. */
static void count_packets(hmn_machine *m)
{
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        const machine_core *c = &m->core[m->manager_core[k]];
        for (uint32_t e = 0; e < c->port.nin; e++) {
            uint32_t neuron = c->axon_source[c->event[e].axon];
            if (m->core[m->neuron_core[neuron]].manager == k)
                count(m, k, neuron);
        }
    }
}

static void count_spikes(hmn_machine *m)
{
    for (uint32_t i = 0; i < m->ncores; i++) {
        const machine_core *c = &m->core[i];
        for (uint32_t k = 0; k < c->port.nfired; k++)
            count(m, 0, c->neuron[c->port.fired[k]]);
    }
}

void biases_step(hmn_machine *m)
{
    if (m->biases.count == 0 || !m->learning)
        return;
    if (m->manager_core[0] == UINT32_MAX)
        count_spikes(m);
    else
        count_packets(m);
    if ((m->step + 1) % QNET_BIAS_EPOCH != 0)
        return;
    for (uint32_t i = 0; i < m->biases.count; i++) {
        bias_state *s = &m->biases.state[i];
        const bias_facts *f = &m->biases.facts[i];
        const machine_core *c = &m->core[m->neuron_core[f->neuron]];
        s->bias_q16 = bias_next(&f->rule, s->bias_q16, s->spikes);
        s->spikes = 0;
        m->chip->write_bias(c->rom, c->state, m->neuron_compartment[f->neuron], bias_written(&f->rule, s->bias_q16));
        m->manager[c->manager].cycles += m->costs->setting[SETTING_WORK_REWRITE];
    }
}
