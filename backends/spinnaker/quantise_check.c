/* What a core would not survive: the programs divide by some of their words when they load, and on the chip a division
 * by 0 stops the core. Takes the words of a population, refuses such values; and an alpha synapse so short that the
 * rate of its rise, kept modulo 1, loses its whole part (eq. S26). */
#include "backends/spinnaker/quantise.h"

#include "backends/spinnaker/arith.h"

#include <string.h>

static int32_t word_at(const qnet_population *q, int32_t k, uint32_t i) { return qnet_at(q->column[k], i); }

static bool zero(spin_quantiser *z, uint32_t population, const char *key, uint32_t neuron)
{
    const graph_population *p = &z->graph->population[population];
    diag_report(z->diag, DIAG_FIT_VALUE, p->at, "%s of population '%s' (neuron %u) makes the core divide by 0", key,
                p->name, neuron);
    diag_cure(z->diag, "raise it");
    return false;
}

static bool too_short(spin_quantiser *z, uint32_t population, const char *key, uint32_t neuron, int32_t step)
{
    const graph_population *p = &z->graph->population[population];
    diag_report(
        z->diag, DIAG_FIT_VALUE, p->at,
        "%s of population '%s' (neuron %u): the chip keeps step/tau^2 modulo 1, so that spikes would lose their "
        "weight",
        key, p->name, neuron);
    diag_cure(z->diag, "use a time constant whose square is above %.6g ms, or IF_curr_exp", step / (double)SPIN_ONE);
    return false;
}

static bool alpha(spin_quantiser *z, uint32_t population, const spin_model *m, int32_t k, const char *key, uint32_t i)
{
    const graph_population *p = &z->graph->population[population];
    const qnet_population *q = &z->out->population[population];
    int32_t tau = word_at(q, k, i), square = spin_mul(tau, tau);
    int32_t step =
        spin_kdivui(word_at(q, spin_model_word(m, SPIN_SYNAPSE, "time_step"), i), spin_program_of(q->program).substeps);
    if (square == 0)
        return zero(z, population, key, i);
    return net_raw(p->model) || spin_kdivk(step, square) < SPIN_ONE || too_short(z, population, key, i, step);
}

/* Words that programs divide by. */
static bool divides(const char *key)
{
    static const char *const keys[] = {"c_m", "tau_m", "exc_tau", "inh_tau", "exc2_tau", "tau_ca2", "du_th", "tau_th"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (strcmp(key, keys[k]) == 0)
            return true;
    return false;
}

bool spin_check_words(spin_quantiser *z, uint32_t population, const spin_model *m)
{
    const graph_population *p = &z->graph->population[population];
    const qnet_population *q = &z->out->population[population];
    for (uint32_t k = 0; k < spin_model_words(m); k++) {
        spin_slot slot;
        const char *key = spin_model_key(m, k, &slot);
        bool step = strcmp(key, "time_step") == 0, tau = strlen(key) == 7 && strcmp(key + 3, "_tau") == 0;
        if (!step && !divides(key))
            continue;
        for (uint32_t i = 0; i < (q->column[k].stride ? p->size : 1); i++) {
            int32_t v = word_at(q, (int32_t)k, i);
            if (v == 0 || (step && spin_kdivui(v, spin_program_of(q->program).substeps) == 0))
                return zero(z, population, key, i);
            if (tau && m->part[SPIN_SYNAPSE] == SPIN_PART_ALPHA && !alpha(z, population, m, (int32_t)k, key, i))
                return false;
        }
    }
    return true;
}
