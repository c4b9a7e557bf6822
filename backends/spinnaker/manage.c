/* Keys and memory of management cores. Takes words of their regions and the mapping, yields axons and registers of
 * packets that come, and bytes. Sizes count 32-bit words as core/machine/manager.h keeps them, without padding. */
#include "backends/spinnaker/manage.h"

#include "backends/spinnaker/layout.h"
#include "backends/spinnaker/learn.h"

bool manage_check(const uint32_t *word, uint32_t nwords, uint32_t axons)
{
    if (nwords < MANAGE_HEAD || word[MANAGE_COLOUR_BITS] > 15 || word[MANAGE_REGISTERS] > UINT16_MAX ||
        (uint64_t)MANAGE_HEAD + (uint64_t)word[MANAGE_SENDERS] * MANAGE_SENDER != nwords)
        return false;
    uint64_t sum = 0;
    for (uint32_t k = 0; k < word[MANAGE_SENDERS]; k++) {
        const uint32_t *s = word + MANAGE_HEAD + k * MANAGE_SENDER;
        sum += s[SENDER_NEURONS];
        if (s[SENDER_KEY] & ~s[SENDER_MASK])
            return false;
    }
    return sum == axons;
}

bool hears_check(const uint32_t *word, uint32_t nwords)
{
    return nwords == HEARS_WORDS && word[HEARS_COLOUR_BITS] <= 15 && word[HEARS_REGISTERS] <= UINT16_MAX &&
           (word[HEARS_KEY] & ~word[HEARS_MASK]) == 0;
}

uint32_t manage_axon(const uint32_t *word, uint32_t key)
{
    uint32_t first = 0;
    for (uint32_t k = 0; k < word[MANAGE_SENDERS]; k++) {
        const uint32_t *s = word + MANAGE_HEAD + k * MANAGE_SENDER;
        uint32_t neuron = (key & ~s[SENDER_MASK]) >> word[MANAGE_COLOUR_BITS];
        if ((key & s[SENDER_MASK]) == s[SENDER_KEY])
            return neuron < s[SENDER_NEURONS] ? first + neuron : UINT32_MAX;
        first += s[SENDER_NEURONS];
    }
    return UINT32_MAX;
}

uint32_t hears_register(const uint32_t *word, uint32_t key)
{
    uint32_t k = (key & ~word[HEARS_MASK]) >> word[HEARS_COLOUR_BITS];
    return (key & word[HEARS_MASK]) == word[HEARS_KEY] && k < word[HEARS_REGISTERS] ? k : UINT32_MAX;
}

uint32_t spin_managed(const hmn_qnet *q, uint32_t population)
{
    return (spin_learn_manner(q, population) == SPIN_LEARN_HYBRID ? MANAGED_HEARS : 0u) |
           (q->population[population].bias ? MANAGED_ADAPTS : 0u);
}

/* ---- memory ---- */

/* Words of one of each. */
enum {
    WORDS_MODULATOR = 3 + 8,
    WORDS_CHANNEL = 2 + 12, /* register and carry; what it is made of */
    WORDS_TERM = 4,
    WORDS_OSCILLATION = 2,
    WORDS_ATTENTION = 4,
    WORDS_KEY = 1,
    WORDS_SHARE = 3,
    WORDS_RATES = 16 + 16,
    WORDS_ASTROCYTE = 2 + 4 + QNET_HILL_POINTS,
    WORDS_SCHEDULE = 3, /* SDRAM */
    WORDS_BIAS = 3,     /* s47.16 and a count; its rule lies in SDRAM */
    WORDS_BIAS_RULE = 7
};

static uint64_t program_words(const hmn_qnet *q)
{
    const hmn_net *net = q->graph->net;
    uint64_t n = net->nmodulators * WORDS_MODULATOR + q->nchannels * WORDS_CHANNEL +
                 net->noscillations * WORDS_OSCILLATION + q->nrates * WORDS_RATES + q->nastrocytes * WORDS_ASTROCYTE;
    for (uint32_t k = 0; k < q->nchannels; k++)
        n += q->channel[k].nterms * WORDS_TERM;
    for (uint32_t k = 0; k < q->nattentions; k++) {
        const qnet_attention *t = &q->attention[k];
        n += WORDS_ATTENTION + t->dimensions + (t->nmodulators + 1) * WORDS_SHARE +
             t->nmodulators * t->dimensions * WORDS_KEY;
    }
    return n;
}

static uint64_t schedule_words(const hmn_net *net)
{
    uint64_t n = 0;
    for (uint32_t k = 0; k < net->nmodulators; k++)
        n += net->modulator[k].source == MODSRC_SCHEDULE ? net->modulator[k].nschedule * WORDS_SCHEDULE : 0;
    return n;
}

manage_bytes spin_manage_bytes(const hmn_mapping *m, uint32_t manager)
{
    uint32_t core = m->ncores - m->nmanagers + manager, axons = m->axon_row[core + 1] - m->axon_row[core];
    uint64_t adapting = 0, senders = 0;
    for (uint32_t a = m->axon_row[core]; a < m->axon_row[core + 1];) {
        const hmn_slice *s = &m->slice[m->neuron_core[m->axon_source[a]]];
        adapting += m->qnet->population[s->population].bias ? s->count : 0;
        senders++;
        a += s->count;
    }
    uint64_t program = program_words(m->qnet), listed = senders * MANAGE_SENDER + MANAGE_HEAD;
    return (manage_bytes){
        .local =
            LAYOUT_OVERHEAD + LAYOUT_SPIKE_BUFFER + 4 * (program + listed + (axons + 31) / 32 + adapting * WORDS_BIAS),
        .shared = 4 * (program + listed + schedule_words(m->qnet->graph->net) + adapting * WORDS_BIAS_RULE)};
}

bool spin_manage_fits(const hmn_mapping *m, hmn_diag *d)
{
    uint32_t limit = m->qnet->chip->limits->local_bytes;
    for (uint32_t k = 0; k < m->nmanagers; k++) {
        manage_bytes b = spin_manage_bytes(m, k);
        if (b.local <= limit)
            continue;
        uint32_t core = m->ncores - m->nmanagers + k, axons = m->axon_row[core + 1] - m->axon_row[core];
        const hmn_graph *g = m->qnet->graph;
        hmn_span at = g->net->nmodulators ? g->net->modulator[0].name.at : g->population[0].at;
        diag_report(
            d, DIAG_FIT_LEARNING, at,
            "a management core needs %llu bytes of data memory (%u modulators, %u registers, %u neurons that it "
            "counts); a core has %u",
            (unsigned long long)b.local, g->net->nmodulators, m->qnet->nchannels, axons, limit);
        diag_cure(d, "let fewer neurons adapt their bias or drive modulators, or use fewer rules and phase bins");
        return false;
    }
    return true;
}
