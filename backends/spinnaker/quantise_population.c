/* Parameter words. Takes populations in the language's units, yields the words of neuron.def as the host tools encode
 * them: s16.15 of the value in mV, ms, nA or nF, to nearest even. loihi_lif is integers already. What a program cannot
 * do is refused here with what would work; errors of rounding become rows of the report. */
#include "backends/spinnaker/quantise.h"

#include "backends/spinnaker/loihi_lif.h"

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

enum { FROM_INIT_V = -1, FROM_INIT_EXC = -2, FROM_INIT_INH = -3, FROM_STEP = -4, FROM_ZERO = -5 };

/* clang-format off */
static const word_source sources[] = {
    {"V_init",             SPIN_NEURON,    FROM_INIT_V,    "mV"},
    {"V_rest",             SPIN_NEURON,    NP_V_REST,      "mV"},
    {"c_m",                SPIN_NEURON,    NP_CM,          "nF"},
    {"tau_m",              SPIN_NEURON,    NP_TAU_M,       "ms"},
    {"I_offset",           SPIN_NEURON,    NP_I_OFFSET,    "nA"},
    {"V_reset",            SPIN_NEURON,    NP_V_RESET,     "mV"},
    {"T_refract_ms",       SPIN_NEURON,    NP_TAU_REFRAC,  "ms"},
    {"refract_timer_init", SPIN_NEURON,    FROM_ZERO,      ""},
    {"time_step",          SPIN_NEURON,    FROM_STEP,      "ms"},
    {"time_step",          SPIN_INPUT,     FROM_STEP,      "ms"},
    {"time_step",          SPIN_SYNAPSE,   FROM_STEP,      "ms"},
    {"v_thresh",           SPIN_THRESHOLD, NP_V_THRESH,    "mV"},
    {"exc_tau",            SPIN_SYNAPSE,   NP_TAU_SYN_E,   "ms"},
    {"exc_init",           SPIN_SYNAPSE,   FROM_INIT_EXC,  "nA"},
    {"inh_tau",            SPIN_SYNAPSE,   NP_TAU_SYN_I,   "ms"},
    {"inh_init",           SPIN_SYNAPSE,   FROM_INIT_INH,  "nA"},
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
    bool ok = true, raw = p->model == MODEL_LOIHI_LIF;
    if (p->activation == ACT_SIGMOID)
        ok = refuse(z, p, "activation sigmoid", "use activation: threshold");
    if (p->activation == ACT_RELU)
        ok = refuse(z, p, "graded spikes (activation relu)", "use activation: threshold, or target loihi2");
    if (p->reset == RESET_SUBTRACT)
        ok = refuse(z, p, "reset: subtract", "use reset: zero, or target loihi2");
    if (raw && (differs(p, NP_RESET_V, 0) || differs(p, NP_ADAPT_STEP, 0) || differs(p, NP_DECAY_U_INH, -1)))
        ok = refuse(z, p, "a program of the second generation (reset_v, adapt_step, decay_u_inh)", "use target loihi2");
    if (raw)
        return ok;
    if (differs(p, NP_NOISE, 0))
        ok = refuse(z, p, "noise", "set noise: 0 nA, or drive the neurons by a spike_source_poisson");
    if (differs(p, NP_V_MIN, -1e4))
        ok = refuse(z, p, "a floor of the potential (v_min)", "leave v_min out");
    if (differs(p, NP_HOMEO_ETA, 0))
        ok = refuse(z, p, "homeostasis", "set homeostasis_eta: 0");
    if (differs(p, NP_ADAPT, 0))
        ok = refuse(z, p, "an adapting threshold", "set adaptation: 0, or target loihi2");
    return ok;
}

/* ---- words ---- */

static double value_of(const spin_quantiser *z, const graph_population *p, const word_source *s, uint32_t i)
{
    double u = p->init_u.v ? graph_at(p->init_u, i) : 0;
    switch (s->param) {
    case FROM_INIT_V: return p->init_v.v ? graph_at(p->init_v, i) : graph_at(p->param[NP_V_REST], i);
    case FROM_INIT_EXC: return p->model == MODEL_CURR_DELTA ? 0 : fmax(u, 0);
    case FROM_INIT_INH: return p->model == MODEL_CURR_DELTA ? 0 : fmax(-u, 0);
    case FROM_STEP: return z->graph->dt;
    case FROM_ZERO: return 0;
    default: return graph_at(p->param[s->param], i);
    }
}

static bool varies(const graph_population *p, const word_source *s)
{
    if (s->param == FROM_INIT_V)
        return p->init_v.v ? p->init_v.stride : p->param[NP_V_REST].stride;
    if (s->param == FROM_INIT_EXC || s->param == FROM_INIT_INH)
        return p->init_u.v && p->init_u.stride;
    return s->param >= 0 && p->param[s->param].stride;
}

static bool positive(spin_quantiser *z, const graph_population *p, const word_source *s, uint32_t i, int32_t word)
{
    bool must = s->param == NP_CM || s->param == NP_TAU_M || s->param == NP_TAU_SYN_E || s->param == NP_TAU_SYN_I ||
                s->param == FROM_STEP;
    if (!must || word > 0)
        return true;
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
    double most = 0, square = 0;
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
    }
    z->out->population[population].column[word] = (qnet_column){v, each};
    if (s->param >= 0)
        tell(z, p, s, most, square);
    return true;
}

static bool standard(spin_quantiser *z, uint32_t population, const spin_model *m)
{
    bool ok = true;
    for (size_t k = 0; k < sizeof sources / sizeof *sources; k++) {
        int32_t word = spin_model_word(m, sources[k].slot, sources[k].key);
        if (word != SPIN_NO_WORD)
            ok &= fill_word(z, population, &sources[k], (uint32_t)word);
    }
    qnet_population *q = &z->out->population[population];
    q->v_lsb = q->u_lsb = ldexp(1, -15);
    q->v_zero = 0;
    return ok;
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
    z->out->population[population].program = spin_program_code(program);
    if (p->source) {
        z->out->population[population].v_lsb = z->out->population[population].u_lsb = 1;
        return true;
    }
    if (!check_features(z, p))
        return false;
    return program.kind == SPIN_KIND_LOIHI ? loihi(z, population) : standard(z, population, program.model);
}
