/* Programs of neurons. Takes populations as written, yields columns of the program table, or a refusal on a chip
 * whose neurons do not run programs (eq. M1-M6).
 *
 * Registers of physical populations are relative to rest and in steps of v_lsb, as in quantise_physical.c. */
#include "backends/loihi/quantise_program.h"

#include "backends/loihi/scale.h"
#include "backends/loihi/tables.h"
#include "backends/loihi/tally.h"

#include <math.h>

#define ELSEWHERE ", or compile for loihi2, whose neurons run programs"

static bool physical(const graph_population *p) { return p->model != MODEL_LOIHI_LIF; }

static bool resets_elsewhere(const graph_population *p)
{
    bool away = false;
    for (uint32_t i = 0; physical(p) && i < p->size; i++)
        away |= graph_at(p->param[NP_V_RESET], i) != graph_at(p->param[NP_V_REST], i);
    return away || (!physical(p) && param_any(p->param[NP_RESET_V], p->size));
}

static bool has_second_current(const hmn_graph *g, uint32_t population)
{
    const graph_population *p = &g->population[population];
    bool second = false;
    for (uint32_t i = 0; !physical(p) && i < p->size; i++)
        second |= graph_at(p->param[NP_DECAY_U_INH], i) >= 0;
    return second || (physical(p) && scale_two_currents(g, population));
}

/* A register that every neuron lacks would be written as 0 for ever. */
static bool third_known(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    bool ok = true;
    for (uint32_t k = 0; p->third && k < NET_THIRD_FACTORS; k++) {
        bool second = p->third[k].of == THIRD_U_INH && !has_second_current(z->graph, population);
        bool risen = p->third[k].of == THIRD_ADAPTATION && !param_any(p->param[NP_ADAPT_STEP], p->size);
        if (!second && !risen)
            continue;
        diag_report(z->diag, DIAG_FIT_MODEL, z->graph->net->population[population].third_at,
                    "y%u of population '%s' is made of its %s, which it has not", k + 1, p->name,
                    second ? "second current" : "adaptation");
        diag_cure(z->diag, second ? "set decay_u_inh to 0 or more" : "set adapt_step to more than 0");
        ok = false;
    }
    return ok;
}

/* A second current is silenced that is not there. */
static bool silence_known(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    for (uint32_t i = 0; !physical(p) && i < p->size; i++)
        if (graph_at(p->param[NP_U_INH_DRIVES], i) == 0 && graph_at(p->param[NP_DECAY_U_INH], i) < 0) {
            diag_report(z->diag, DIAG_FIT_MODEL, p->at,
                        "u_inh_drives of population '%s' is 0 (neuron %u), and there is no second current", p->name, i);
            diag_cure(z->diag, "set decay_u_inh to 0 or more, or leave u_inh_drives out");
            return false;
        }
    return true;
}

bool program_known(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    const hmn_limits *l = z->out->chip->limits;
    bool ok = silence_known(z, population);
    if (p->activation == ACT_RELU && l->payload_bits == 0)
        ok = quantise_refuse(z, p, "activation relu",
                             "use activation: threshold, or compile for loihi2, whose spikes carry integers");
    if (l->programs)
        return ok & third_known(z, population);
    if (p->third)
        ok = quantise_refuse(z, p, "third_factors", "use third_factor: host" ELSEWHERE);
    if (resets_elsewhere(p))
        ok = quantise_refuse(z, p, physical(p) ? "v_reset different from v_rest" : "reset_v other than 0",
                             physical(p) ? "set v_reset to v_rest" ELSEWHERE : "set reset_v: 0" ELSEWHERE);
    if (p->reset == RESET_SUBTRACT)
        ok = quantise_refuse(z, p, "reset: subtract", "use reset: zero" ELSEWHERE);
    if (param_any(p->param[physical(p) ? NP_ADAPT : NP_ADAPT_STEP], p->size))
        ok = quantise_refuse(z, p, "a threshold that adapts",
                             physical(p) ? "set adaptation: 0" ELSEWHERE : "set adapt_step: 0" ELSEWHERE);
    if (has_second_current(z->graph, population))
        ok = quantise_refuse(
            z, p, physical(p) ? "tau_syn_E different from tau_syn_I and inputs to both" : "a second current",
            physical(p) ? "use one synaptic time constant" ELSEWHERE : "set decay_u_inh: -1" ELSEWHERE);
    return ok;
}

static bool quantise_reset(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    if (!resets_elsewhere(p))
        return true;
    graph_param reset = p->param[NP_V_RESET], rest = p->param[NP_V_REST];
    bool each = reset.stride || rest.stride;
    uint32_t n = each ? p->size : 1;
    int32_t *v;
    z->out->population[population].column[LOIHI_PROGRAM(reset_v)] = column_new(z, n, each, &v);
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        double wanted = graph_at(reset, i) - graph_at(rest, i), registers = nearbyint(wanted / lsb);
        if (fabs(registers) > SCALE_Z_LIMIT) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "v_reset of population '%s' (neuron %u) is %.4g mV from v_rest; at %.4g mV a step %s holds "
                        "%.4g mV",
                        p->name, i, wanted, lsb, z->out->chip->name, SCALE_Z_LIMIT * lsb);
            diag_cure(z->diag, "move v_reset closer to v_rest, or set a smaller target.v_scale");
            return false;
        }
        v[i] = (int32_t)registers;
        tally_add(&t, wanted, registers * lsb);
    }
    tally_tell(
        z, p, &t,
        (qnet_report_row){.quantity = "v_reset", .unit = "mV", .verdict = VERDICT_QUANTISED, .bits = 24, .scale = lsb},
        0.05);
    return tally_lasts(z, p, &t, "v_reset less v_rest", lsb / 2, "mV");
}

static bool quantise_adaptation(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    graph_param step = p->param[NP_ADAPT];
    if (!param_any(step, p->size))
        return true;
    uint32_t n = step.stride ? p->size : 1;
    int32_t *v;
    z->out->population[population].column[LOIHI_PROGRAM(adapt_step)] = column_new(z, n, step.stride, &v);
    tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        double registers = nearbyint(graph_at(step, i) / lsb);
        if (registers > SCALE_Z_LIMIT) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "adaptation of population '%s' (neuron %u) is %.4g mV; at %.4g mV a step %s holds %.4g mV",
                        p->name, i, graph_at(step, i), lsb, z->out->chip->name, SCALE_Z_LIMIT * lsb);
            diag_cure(z->diag, "lower adaptation, or set a smaller target.v_scale");
            return false;
        }
        v[i] = (int32_t)registers;
        tally_add(&t, graph_at(step, i), registers * lsb);
    }
    tally_tell(z, p, &t,
               (qnet_report_row){
                   .quantity = "adaptation", .unit = "mV", .verdict = VERDICT_QUANTISED, .bits = 23, .scale = lsb},
               0.05);
    return tally_lasts(z, p, &t, "adaptation", lsb / 2, "mV") &
           quantise_decay(z, population, p->param[NP_TAU_ADAPT], LOIHI_PROGRAM(decay_adapt), false, "tau_adaptation");
}

static void set_flag(quantiser *z, uint32_t population, uint32_t column, int32_t value)
{
    int32_t *v;
    z->out->population[population].column[column] = column_new(z, 1, false, &v);
    v[0] = value;
}

static void quantise_payload(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    double unit = graph_at(p->param[NP_PAYLOAD_UNIT], 0);
    set_flag(z, population, LOIHI_PROGRAM(graded), 1);
    set_flag(z, population, LOIHI_PROGRAM(payload_exp), (int32_t)nearbyint(log2(unit / lsb)));
    quantise_report_add(z->out, z->arena,
                        (qnet_report_row){.subject = arena_printf(z->arena, "population %s", p->name),
                                          .quantity = "payload",
                                          .unit = "mV",
                                          .verdict = VERDICT_QUANTISED,
                                          .bits = 24,
                                          .scale = unit,
                                          .max_error = unit,
                                          .rms_error = unit / sqrt(3),
                                          .count = p->size,
                                          .note = "rounded down to whole units"});
}

bool program_quantise(quantiser *z, uint32_t population, double lsb)
{
    const graph_population *p = &z->graph->population[population];
    if (p->activation == ACT_RELU)
        quantise_payload(z, population, lsb);
    if (p->reset == RESET_SUBTRACT)
        set_flag(z, population, LOIHI_PROGRAM(subtract), 1);
    bool ok = true;
    if (scale_two_currents(z->graph, population)) {
        set_flag(z, population, LOIHI_PROGRAM(two), 1);
        ok = quantise_decay(z, population, p->param[NP_TAU_SYN_I], LOIHI_PROGRAM(decay_u2), z->dialect->ds_offset,
                            "tau_syn_I");
    }
    return ok & quantise_reset(z, population, lsb) && quantise_adaptation(z, population, lsb);
}

/* No second current of the population drives v: then weights of both signs have one place to go. */
static bool all_silent(const graph_population *p)
{
    bool silent = !physical(p);
    for (uint32_t i = 0; silent && i < p->size; i++)
        silent = graph_at(p->param[NP_DECAY_U_INH], i) < 0 || graph_at(p->param[NP_U_INH_DRIVES], i) == 0;
    return silent;
}

bool program_port(quantiser *z, uint32_t projection)
{
    const graph_projection *j = &z->graph->projection[projection];
    qnet_projection *q = &z->out->projection[projection];
    q->port = 0;
    if (z->graph->population[j->post].source || !has_second_current(z->graph, j->post))
        return true;
    if (j->receptor == RECEPTOR_MIXED && !all_silent(&z->graph->population[j->post])) {
        diag_report(z->diag, DIAG_FIT_MODEL, j->at,
                    "projection '%s' has weights of both signs, and population '%s' a current for each", j->name,
                    z->graph->population[j->post].name);
        diag_cure(z->diag,
                  "split it into an excitatory and an inhibitory projection, or use one synaptic time constant");
        return false;
    }
    q->port = j->receptor == RECEPTOR_INHIBITORY;
    return true;
}
