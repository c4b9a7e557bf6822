/* Parameter words. Takes populations in the language's units, yields the words of neuron.def as the host tools encode
 * them: s16.15 of the value in mV, ms, nA or nF, to nearest even. loihi_lif is integers already. What a program cannot
 * do is refused here with what would work; errors of rounding become rows of the report. */
#include "backends/spinnaker/quantise.h"

#include "backends/spinnaker/loihi_lif.h"
#include "backends/spinnaker/noise.h"

#include <math.h>
#include <string.h>

bool spin_fixed(double x, int32_t *out)
{
    double r = nearbyint(ldexp(x, 15));
    *out = (int32_t)fmin(fmax(r, INT32_MIN), INT32_MAX);
    return r >= INT32_MIN && r <= INT32_MAX;
}

/* Where a word's value comes from. */
typedef struct {
    const char *key;
    spin_slot slot;
    int32_t param; /* neuron_param, or one of those below */
    const char *unit;
} word_source;

enum { FROM_INIT_V = -1, FROM_INIT_U = -2, FROM_INIT_EXC = -3, FROM_INIT_INH = -4, FROM_STEP = -5, FROM_SUBSTEP = -6 };

/* clang-format off */
static const word_source physical[] = {
    {"V_init",       SPIN_NEURON,    FROM_INIT_V,   "mV"},
    {"U_init",       SPIN_NEURON,    FROM_INIT_U,   "mV/ms"},
    {"V_rest",       SPIN_NEURON,    NP_V_REST,     "mV"},
    {"c_m",          SPIN_NEURON,    NP_CM,         "nF"},
    {"tau_m",        SPIN_NEURON,    NP_TAU_M,      "ms"},
    {"I_offset",     SPIN_NEURON,    NP_I_OFFSET,   "nA"},
    {"V_reset",      SPIN_NEURON,    NP_V_RESET,    "mV"},
    {"T_refract_ms", SPIN_NEURON,    NP_TAU_REFRAC, "ms"},
    {"A",            SPIN_NEURON,    NP_IZK_A,      "1/ms"},
    {"B",            SPIN_NEURON,    NP_IZK_B,      "1/ms"},
    {"C",            SPIN_NEURON,    NP_IZK_C,      "mV"},
    {"D",            SPIN_NEURON,    NP_IZK_D,      "mV/ms"},
    {"next_h",       SPIN_NEURON,    FROM_SUBSTEP,  "ms"},
    {"V_rev_E",      SPIN_INPUT,     NP_E_REV_E,    "mV"},
    {"V_rev_I",      SPIN_INPUT,     NP_E_REV_I,    "mV"},
    {"v_thresh",     SPIN_THRESHOLD, NP_V_THRESH,   "mV"},
    {"exc_tau",      SPIN_SYNAPSE,   NP_TAU_SYN_E,  "ms"},
    {"exc2_tau",     SPIN_SYNAPSE,   NP_TAU_SYN_E2, "ms"},
    {"inh_tau",      SPIN_SYNAPSE,   NP_TAU_SYN_I,  "ms"},
    {"exc_init",     SPIN_SYNAPSE,   FROM_INIT_EXC, "nA"},
    {"inh_init",     SPIN_SYNAPSE,   FROM_INIT_INH, "nA"},
    {"tau_ca2",      SPIN_EXTRA,     NP_TAU_CA2,    "ms"},
    {"i_ca2_init",   SPIN_EXTRA,     NP_I_CA2,      "nA"},
    {"i_alpha",      SPIN_EXTRA,     NP_I_ALPHA,    "nA"},
    {"time_step",    SPIN_SLOTS,     FROM_STEP,     "ms"},
};

/* Words as written, by their names; what is absent is 0. */
static const struct {
    const char *key;
    neuron_param param;
} written[] = {
    {"V_init", NP_RAW_V_INIT}, {"U_init", NP_RAW_U_INIT}, {"V_rest", NP_RAW_V_REST}, {"V_reset", NP_RAW_V_RESET},
    {"v_thresh", NP_RAW_V_THRESH}, {"c_m", NP_RAW_C_M}, {"tau_m", NP_RAW_TAU_M}, {"I_offset", NP_RAW_I_OFFSET},
    {"T_refract_ms", NP_RAW_T_REFRACT_MS}, {"refract_timer_init", NP_RAW_REFRACT_TIMER_INIT},
    {"time_step", NP_RAW_TIME_STEP}, {"A", NP_RAW_IZK_A}, {"B", NP_RAW_IZK_B}, {"C", NP_RAW_IZK_C},
    {"D", NP_RAW_IZK_D}, {"next_h", NP_RAW_NEXT_H}, {"V_rev_E", NP_RAW_V_REV_E}, {"V_rev_I", NP_RAW_V_REV_I},
    {"du_th", NP_RAW_DU_TH}, {"tau_th", NP_RAW_TAU_TH}, {"exc_tau", NP_RAW_EXC_TAU}, {"exc_init", NP_RAW_EXC_INIT},
    {"exc2_tau", NP_RAW_EXC2_TAU}, {"exc2_init", NP_RAW_EXC2_INIT}, {"inh_tau", NP_RAW_INH_TAU},
    {"inh_init", NP_RAW_INH_INIT}, {"exc_lin_init", NP_RAW_EXC_LIN_INIT}, {"exc_exp_init", NP_RAW_EXC_EXP_INIT},
    {"exc_q_init", NP_RAW_EXC_Q_INIT}, {"inh_lin_init", NP_RAW_INH_LIN_INIT}, {"inh_exp_init", NP_RAW_INH_EXP_INIT},
    {"inh_q_init", NP_RAW_INH_Q_INIT}, {"multiplicator_init", NP_RAW_MULTIPLICATOR_INIT},
    {"exc2_old_init", NP_RAW_EXC2_OLD_INIT}, {"scaling_factor", NP_RAW_SCALING_FACTOR}, {"tau_ca2", NP_RAW_TAU_CA2},
    {"i_ca2_init", NP_RAW_I_CA2_INIT}, {"i_alpha", NP_RAW_I_ALPHA},
};
/* clang-format on */

static bool refuse(spin_quantiser *z, const graph_population *p, const char *what, const char *cure)
{
    diag_report(z->diag, DIAG_FIT_MODEL, p->at, "population '%s' asks for %s, which the neurons of %s do not have",
                p->name, what, z->out->chip->name);
    diag_cure(z->diag, "%s", cure);
    return false;
}

/* Some neuron's value is not `usual`. */
static bool differs(const graph_population *p, neuron_param param, double usual)
{
    graph_param x = p->param[param];
    for (uint32_t i = 0; x.v && i < (x.stride ? p->size : 1); i++)
        if (graph_at(x, i) != usual)
            return true;
    return false;
}

static bool check_features(spin_quantiser *z, const graph_population *p)
{
    bool ok = true, raw = p->model == MODEL_LOIHI_LIF,
         plain = p->model == MODEL_CURR_EXP || p->model == MODEL_CURR_DELTA;
    if (p->activation == ACT_SIGMOID)
        ok = refuse(z, p, "activation sigmoid", "use activation: threshold");
    if (p->activation == ACT_RELU)
        ok = refuse(z, p, "graded spikes (activation relu)", "use activation: threshold, or target loihi2");
    if (p->reset == RESET_SUBTRACT)
        ok = refuse(z, p, "reset: subtract", "use reset: zero, or target loihi2");
    if (raw && (differs(p, NP_RESET_V, 0) || differs(p, NP_ADAPT_STEP, 0) || differs(p, NP_DECAY_U_INH, -1)))
        ok = refuse(z, p, "a program of the second generation (reset_v, adapt_step, decay_u_inh)", "use target loihi2");
    if (p->join != JOIN_NONE || p->is_dendrite)
        ok = refuse(z, p, "several compartments a neuron (join, dendrite_of)", "use target loihi or loihi2");
    if (p->third)
        ok = refuse(z, p, "third factors that neurons write", "use target loihi2");
    if (!plain)
        return ok;
    if (differs(p, NP_V_MIN, -1e4))
        ok = refuse(z, p, "a floor of the potential (v_min)", "leave v_min out");
    if (differs(p, NP_ADAPT, 0))
        ok = refuse(z, p, "an adapting threshold", "set adaptation: 0, or target loihi2");
    return ok;
}

/* ---- words ---- */

enum { IZHIKEVICH_PEAK = 30 }; /* mV, part of the model */

static double value_of(const spin_quantiser *z, const graph_population *p, const word_source *s, uint32_t i)
{
    double u = p->init_u.v ? graph_at(p->init_u, i) : 0;
    bool current = p->model == MODEL_CURR_EXP || p->model == MODEL_CURR_CA2;
    bool izhikevich = p->model == MODEL_IZHIKEVICH || p->model == MODEL_IZHIKEVICH_COND;
    switch (s->param) {
    case FROM_INIT_V: return p->init_v.v ? graph_at(p->init_v, i) : 0;
    case FROM_INIT_U: return u;
    case FROM_INIT_EXC: return current ? fmax(u, 0) : 0;
    case FROM_INIT_INH: return current ? fmax(-u, 0) : 0;
    case FROM_STEP: return z->graph->dt;
    case FROM_SUBSTEP: return z->graph->dt / graph_at(p->param[NP_SUBSTEPS], 0);
    case NP_V_THRESH: return izhikevich ? IZHIKEVICH_PEAK : graph_at(p->param[NP_V_THRESH], i);
    default: return graph_at(p->param[s->param], i);
    }
}

static bool varies(const graph_population *p, const word_source *s)
{
    if (s->param == FROM_INIT_V)
        return p->init_v.v && p->init_v.stride;
    if (s->param == FROM_INIT_U || s->param == FROM_INIT_EXC || s->param == FROM_INIT_INH)
        return p->init_u.v && p->init_u.stride;
    return s->param >= 0 && p->param[s->param].stride;
}

static bool positive(spin_quantiser *z, const graph_population *p, const word_source *s, uint32_t i, int32_t word)
{
    bool must = s->param == NP_CM || s->param == NP_TAU_M || s->param == NP_TAU_SYN_E || s->param == NP_TAU_SYN_I ||
                s->param == NP_TAU_SYN_E2 || s->param == NP_TAU_CA2 || s->param == FROM_STEP ||
                s->param == FROM_SUBSTEP;
    if (!must || word > 0)
        return true;
    if (word == 0 && value_of(z, p, s, i) > 0)
        return quantise_lost(z->diag, p->at, arena_printf(z->arena, "%s of population '%s'", s->key, p->name),
                             value_of(z, p, s, i), ldexp(1, -16), s->unit);
    diag_report(z->diag, DIAG_FIT_VALUE, p->at, "%s of population '%s' is %.10g %s (neuron %u); the least is 2^-15 %s",
                s->key, p->name, value_of(z, p, s, i), s->unit, i, s->unit);
    if (s->param == NP_TAU_SYN_E || s->param == NP_TAU_SYN_I)
        diag_cure(z->diag, "raise it, or use IF_curr_delta");
    return false;
}

static void tell(spin_quantiser *z, const graph_population *p, const word_source *s, double most, double square)
{
    quantise_report_add(z->out, z->arena,
                        (qnet_report_row){.subject = arena_printf(z->arena, "population %s", p->name),
                                          .quantity = s->key,
                                          .unit = s->unit,
                                          .verdict = most == 0 ? VERDICT_EXACT : VERDICT_QUANTISED,
                                          .bits = 32,
                                          .scale = ldexp(1, -15),
                                          .max_error = most,
                                          .rms_error = sqrt(square / (p->size ? p->size : 1)),
                                          .count = p->size});
}

static bool fill_word(spin_quantiser *z, uint32_t population, const word_source *s, uint32_t word)
{
    const graph_population *p = &z->graph->population[population];
    bool each = varies(p, s);
    uint32_t n = each ? p->size : 1;
    int32_t *v = ARENA_NEW(z->arena, int32_t, n);
    double most = 0, square = 0, greatest = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        double wanted = value_of(z, p, s, i);
        if (!spin_fixed(wanted, &v[i])) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                        "%s of population '%s' is %.10g %s (neuron %u); s16.15 holds "
                        "-65536 to 65536 - 2^-15",
                        s->key, p->name, wanted, s->unit, i);
            return false;
        }
        if (!positive(z, p, s, i, v[i]))
            return false;
        double error = fabs(ldexp(v[i], -15) - wanted);
        most = fmax(most, error);
        square += error * error * (each ? 1 : p->size);
        greatest = fmax(greatest, fabs(wanted));
        kept += v[i] != 0;
    }
    z->out->population[population].column[word] = (qnet_column){v, each};
    if (s->param >= 0)
        tell(z, p, s, most, square);
    return greatest == 0 || kept ||
           quantise_lost(z->diag, p->at, arena_printf(z->arena, "%s of population '%s'", s->key, p->name), greatest,
                         ldexp(1, -16), s->unit);
}

static const word_source *source_of(spin_slot slot, const char *key)
{
    for (size_t k = 0; k < sizeof physical / sizeof *physical; k++)
        if (strcmp(physical[k].key, key) == 0 && (physical[k].slot == slot || physical[k].slot == SPIN_SLOTS))
            return &physical[k];
    return NULL;
}

static bool standard(spin_quantiser *z, uint32_t population, const spin_model *m)
{
    bool ok = true;
    for (uint32_t k = 0; k < spin_model_words(m); k++) {
        spin_slot slot;
        const char *key = spin_model_key(m, k, &slot);
        const word_source *s = source_of(slot, key);
        if (s)
            ok &= fill_word(z, population, s, k);
    }
    qnet_population *q = &z->out->population[population];
    q->v_lsb = q->u_lsb = ldexp(1, -15);
    q->v_zero = 0;
    return ok;
}

/* ---- models in words ---- */

static bool copy_words(spin_quantiser *z, const graph_population *p, graph_param from, const char *key,
                       qnet_column *out)
{
    uint32_t n = from.stride ? p->size : 1;
    int32_t *v = ARENA_NEW(z->arena, int32_t, n);
    for (uint32_t i = 0; i < n; i++) {
        double x = graph_at(from, i);
        if (x != nearbyint(x) || x < INT32_MIN || x > INT32_MAX) {
            diag_report(z->diag, DIAG_FIT_VALUE, p->at, "%s of population '%s' is %.12g (neuron %u), not a word", key,
                        p->name, x, i);
            return false;
        }
        v[i] = (int32_t)x;
    }
    *out = (qnet_column){v, from.stride};
    return true;
}

static bool in_words(spin_quantiser *z, uint32_t population, const spin_model *m)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    bool ok = true;
    for (uint32_t k = 0; k < spin_model_words(m); k++) {
        spin_slot slot;
        const char *key = spin_model_key(m, k, &slot);
        for (size_t w = 0; w < sizeof written / sizeof *written; w++)
            if (strcmp(written[w].key, key) == 0 && p->param[written[w].param].v)
                ok &= copy_words(z, p, p->param[written[w].param], key, &q->column[k]);
    }
    q->v_lsb = q->u_lsb = 1;
    q->v_zero = 0;
    return ok;
}

static bool set_substeps(spin_quantiser *z, const graph_population *p, spin_program *program)
{
    graph_param n = p->param[NP_SUBSTEPS];
    if (!n.v)
        return true;
    program->substeps = (uint32_t)graph_at(n, 0);
    return !differs(p, NP_SUBSTEPS, graph_at(n, 0)) ||
           refuse(z, p, "different n_steps_per_timestep", "give all neurons the same");
}

/* ---- loihi_lif ---- */

static int32_t raw(const graph_population *p, neuron_param param, uint32_t i)
{
    return (int32_t)graph_at(p->param[param], i);
}

static int32_t raw_word(const graph_population *p, uint32_t word, uint32_t i)
{
    int32_t low = raw(p, NP_VMIN_EXP, i), high = raw(p, NP_VMAX_EXP, i);
    switch (word) {
    case LOIHI_LIF_DECAY_U: return raw(p, NP_DECAY_U, i) < 4096 ? raw(p, NP_DECAY_U, i) + 1 : 4096;
    case LOIHI_LIF_DECAY_V: return raw(p, NP_DECAY_V, i);
    case LOIHI_LIF_THRESHOLD: return raw(p, NP_VTH_MANT, i) * 64;
    case LOIHI_LIF_BIAS: return raw(p, NP_BIAS_MANT, i) * (1 << raw(p, NP_BIAS_EXP, i));
    case LOIHI_LIF_REFRACTORY: return raw(p, NP_REFRACTORY, i) > 1 ? raw(p, NP_REFRACTORY, i) : 1;
    case LOIHI_LIF_LOW: return 1 - (1 << (low < 23 ? low : 23));
    case LOIHI_LIF_HIGH: return (1 << (9 + 2 * high)) - 1;
    case LOIHI_LIF_NOISE:
        return raw(p, NP_NOISE_EXP, i) | (raw(p, NP_NOISE_MANT, i) & 0xFF) << 8 | raw(p, NP_NOISE_AT_V, i) << 16;
    case LOIHI_LIF_U: return p->init_u.v ? (int32_t)graph_at(p->init_u, i) : 0;
    case LOIHI_LIF_V: return p->init_v.v ? (int32_t)graph_at(p->init_v, i) : 0;
    default: return 0;
    }
}

static bool whole(spin_quantiser *z, const graph_population *p, graph_param x, const char *what)
{
    for (uint32_t i = 0; x.v && i < (x.stride ? p->size : 1); i++) {
        double v = graph_at(x, i);
        if (v == nearbyint(v) && v >= -8388608 && v <= 8388607)
            continue;
        diag_report(z->diag, DIAG_FIT_VALUE, p->at,
                    "%s of population '%s' is %.10g (neuron %u), not an integer of 24 bits", what, p->name, v, i);
        return false;
    }
    return true;
}

static bool loihi(spin_quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    qnet_population *q = &z->out->population[population];
    static const neuron_param used[] = {NP_DECAY_U,   NP_DECAY_V,    NP_VTH_MANT,  NP_BIAS_MANT,
                                        NP_BIAS_EXP,  NP_REFRACTORY, NP_VMIN_EXP,  NP_VMAX_EXP,
                                        NP_NOISE_EXP, NP_NOISE_MANT, NP_NOISE_AT_V};
    bool ok = whole(z, p, p->init_u, "initial u") && whole(z, p, p->init_v, "initial v"), each = false;
    for (size_t k = 0; k < sizeof used / sizeof *used; k++) {
        ok = ok && whole(z, p, p->param[used[k]], "a register");
        each |= p->param[used[k]].stride != 0;
    }
    each |= (p->init_u.v && p->init_u.stride) || (p->init_v.v && p->init_v.stride);
    for (uint32_t w = 0; ok && w < LOIHI_LIF_WORDS; w++) {
        int32_t *v = ARENA_NEW(z->arena, int32_t, each ? p->size : 1);
        for (uint32_t i = 0; i < (each ? p->size : 1); i++)
            v[i] = raw_word(p, w, i);
        q->column[w] = (qnet_column){v, each};
    }
    q->v_lsb = q->u_lsb = 1;
    q->v_zero = 0;
    return ok;
}

bool spin_quantise_population(spin_quantiser *z, uint32_t population)
{
    const graph_population *p = &z->graph->population[population];
    spin_program program;
    if (!spin_program_for(p->model, &program))
        return refuse(z, p, "a model that has no program there", "hmn targets lists the models of each target");
    if (!p->source && !(check_features(z, p) && set_substeps(z, p, &program)))
        return false;
    qnet_population *q = &z->out->population[population];
    q->program = spin_program_code(program);
    q->v_lsb = q->u_lsb = 1;
    if (p->source)
        return true;
    if (program.kind == SPIN_KIND_LOIHI)
        return loihi(z, population);
    return (net_raw(p->model) ? in_words : standard)(z, population, program.model) &&
           spin_check_words(z, population, program.model) && spin_quantise_noise(z, population);
}
