/* Populations of loihi_lif. Takes integer registers as written, yields the same integers as columns of the
 * compartment table after holding each against the dialect's range: nothing is rounded or scaled here. */
#include "backends/loihi/quantise.h"

#include "backends/loihi/quantise_program.h"
#include "backends/loihi/tables.h"
#include "backends/loihi/tally.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    neuron_param param;
    uint32_t column;
    const char *key;
    int32_t low, high;
} raw_register;

static bool convert(quantiser *z, const graph_population *p, const raw_register *r, graph_param from,
                    qnet_column *column)
{
    uint32_t n = from.stride ? p->size : 1;
    int32_t *v = ARENA_NEW(z->arena, int32_t, n);
    for (uint32_t i = 0; i < n; i++) {
        double x = graph_at(from, i);
        if (!(x >= r->low && x <= r->high)) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "%s of population '%s' is %.10g (neuron %u); dialect '%s' of %s holds %d..%d", r->key, p->name,
                        x, i, z->dialect->name, z->out->chip->name, r->low, r->high);
            return false;
        }
        if (x != nearbyint(x)) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at, "%s of population '%s' is %.10g (neuron %u), not an integer",
                        r->key, p->name, x, i);
            return false;
        }
        v[i] = (int32_t)x;
    }
    *column = (qnet_column){v, from.stride};
    return true;
}

static bool refuse_noise(quantiser *z, const graph_population *p)
{
    if (z->dialect->noise)
        return true;
    graph_param e = p->param[NP_NOISE_EXP];
    for (uint32_t i = 0; i < (e.stride ? p->size : 1); i++)
        if (graph_at(e, i) != 0) {
            diag_report(z->diag, DIAG_FIT_MODEL, p->at, "population '%s' has noise, which dialect '%s' does not know",
                        p->name, z->dialect->name);
            diag_cure(z->diag, "use target.dialect chip or nengo, or drop noise_exp");
            return false;
        }
    return true;
}

static bool convert_initial(quantiser *z, const graph_population *p, qnet_population *q)
{
    const raw_register u = {0, 0, "initial u", -8388608, 8388607}, v = {0, 0, "initial v", -8388608, 8388607};
    return (!p->init_u.v || convert(z, p, &u, p->init_u, &q->init_u)) &&
           (!p->init_v.v || convert(z, p, &v, p->init_v, &q->init_v));
}

static qnet_column constant(quantiser *z, int32_t value)
{
    int32_t *v;
    qnet_column c = column_new(z, 1, false, &v);
    v[0] = value;
    return c;
}

/* The register -1 of decay_u_inh says that there is one current. */
static void second_current(quantiser *z, const graph_population *p, qnet_population *q)
{
    qnet_column *decay = &q->column[LOIHI_PROGRAM(decay_u2)];
    uint32_t n = decay->stride ? p->size : 1;
    int32_t *two, *d;
    qnet_column from = *decay;
    q->column[LOIHI_PROGRAM(two)] = column_new(z, n, from.stride, &two);
    *decay = column_new(z, n, from.stride, &d);
    for (uint32_t i = 0; from.v && i < n; i++) {
        two[i] = from.v[i] >= 0;
        d[i] = two[i] ? from.v[i] : 0;
    }
    qnet_column drives = q->column[LOIHI_PROGRAM(silent)];
    int32_t *silent;
    n = drives.stride || from.stride ? p->size : 1;
    q->column[LOIHI_PROGRAM(silent)] = column_new(z, n, n > 1, &silent);
    for (uint32_t i = 0; from.v && drives.v && i < n; i++)
        silent[i] = qnet_at(drives, i) == 0 && qnet_at(from, i) >= 0;
}

static bool refuse_joins(quantiser *z, const graph_population *p)
{
    if (z->id == DIALECT_CHIP || (p->join == JOIN_NONE && !p->is_dendrite))
        return true;
    diag_report(z->diag, DIAG_FIT_MODEL, p->at,
                "population '%s' %s, and the emulator whose dialect '%s' is has neurons of one compartment", p->name,
                p->is_dendrite ? "is a dendrite" : "has dendrites", z->dialect->name);
    diag_cure(z->diag, "use target.dialect: chip, or put the dendrites' inputs onto the neuron itself");
    return false;
}

bool loihi_quantise_raw(quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    const loihi_dialect *d = z->dialect;
    /* clang-format off */
    const raw_register registers[] = {
        {NP_DECAY_U,    LOIHI_COMPARTMENTS_decay_u,    "decay_u",    0, d->decay_high},
        {NP_DECAY_V,    LOIHI_COMPARTMENTS_decay_v,    "decay_v",    0, d->decay_high},
        {NP_VTH_MANT,   LOIHI_COMPARTMENTS_vth_mant,   "vth_mant",   0, 131071},
        {NP_BIAS_MANT,  LOIHI_COMPARTMENTS_bias_mant,  "bias_mant",  d->bias_low, d->bias_high},
        {NP_BIAS_EXP,   LOIHI_COMPARTMENTS_bias_exp,   "bias_exp",   0, d->bias_exp_high},
        {NP_REFRACTORY, LOIHI_COMPARTMENTS_refractory, "refractory", d->refractory_low, d->refractory_high},
        {NP_VMIN_EXP,   LOIHI_COMPARTMENTS_vmin_exp,   "vmin_exp",   0, 31},
        {NP_VMAX_EXP,   LOIHI_COMPARTMENTS_vmax_exp,   "vmax_exp",   0, 7},
        {NP_NOISE_EXP,  LOIHI_COMPARTMENTS_noise_exp,  "noise_exp",  0, 23},
        {NP_NOISE_MANT, LOIHI_COMPARTMENTS_noise_mant, "noise_mant", -128, 127},
        {NP_NOISE_AT_V, LOIHI_COMPARTMENTS_noise_at_v, "noise_at_v", 0, 1},
        {NP_RESET_V,    LOIHI_PROGRAM(reset_v),        "reset_v",    -8388607, 8388607},
        {NP_ADAPT_STEP, LOIHI_PROGRAM(adapt_step),     "adapt_step", 0, 8388607},
        {NP_DECAY_ADAPT,LOIHI_PROGRAM(decay_adapt),    "decay_adapt", 0, 4096},
        {NP_DECAY_U_INH,LOIHI_PROGRAM(decay_u2),       "decay_u_inh", -1, d->decay_high},
        {NP_PAYLOAD_EXP,LOIHI_PROGRAM(payload_exp),    "payload_exp", 0, 23},
        {NP_V_BELOW,    LOIHI_COMPARTMENTS_v_below,    "decay_v_below", 0, d->touches},
        {NP_U_INH_DRIVES,LOIHI_PROGRAM(silent),        "u_inh_drives", 0, 1},
    };
    /* clang-format on */
    bool ok = refuse_noise(z, p) & refuse_joins(z, p) & program_known(z, population);
    if (p->activation == ACT_SIGMOID)
        ok = quantise_refuse(z, p, "activation sigmoid", "use activation: threshold, or noise_exp for noise");
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        ok &= convert(z, p, &registers[i], p->param[registers[i].param], &q->column[registers[i].column]);
    second_current(z, p, q);
    q->column[LOIHI_PROGRAM(graded)] = constant(z, p->activation == ACT_RELU);
    q->column[LOIHI_PROGRAM(subtract)] = constant(z, p->reset == RESET_SUBTRACT);
    q->column[LOIHI_JOINED(join)] = constant(z, (int32_t)p->join);
    q->column[LOIHI_JOINED(sends_u)] = constant(z, p->is_dendrite && p->sends == SENDS_U);
    q->v_lsb = q->u_lsb = 1;
    q->v_zero = 0;
    return ok && convert_initial(z, p, q);
}
