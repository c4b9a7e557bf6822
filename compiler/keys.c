/* The table behind keys.h. One block of lines a context: name, what it means, where it is stored, unit, default and
 * range. Read it as the language's reference; nothing about keys is written anywhere else.
 *
 *   NUM(struct, field, key, unit, default, low, high, meaning, more...)      net_num
 *   more: .flags .in .aliases .offset ... as in key_def                                                          */
#include "compiler/keys.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* clang-format off */
#define INF INFINITY
#define RANGED(k, T, f, n, d, de, lo, hi, m, ...) \
    {.name = n, .kind = k, .dim = NET_##d, .def = de, .low = lo, .high = hi, .offset = offsetof(T, f), .meaning = m, __VA_ARGS__}
#define NUM(...)   RANGED(KEY_NUM, __VA_ARGS__)
#define REAL(...)  RANGED(KEY_REAL, __VA_ARGS__)
#define UINT(...)  RANGED(KEY_UINT, __VA_ARGS__)
#define VALUE(...) RANGED(KEY_VALUE, __VA_ARGS__)
#define OPEN(k, T, f, n, m, ...) \
    {.name = n, .kind = k, .def = NAN, .low = -INF, .high = INF, .offset = offsetof(T, f), .meaning = m, __VA_ARGS__}
#define TEXT(...)    OPEN(KEY_TEXT, __VA_ARGS__)
#define BOOL(T, f, n, de, m, ...) \
    {.name = n, .kind = KEY_BOOL, .def = de, .low = 0, .high = 1, .offset = offsetof(T, f), .meaning = m, __VA_ARGS__}
#define PICK(k, T, f, n, list, de, m, ...) \
    {.name = n, .kind = k, .choice = list, .def = de, .low = -INF, .high = INF, .offset = offsetof(T, f), .meaning = m, __VA_ARGS__}
#define CHOICE(...) PICK(KEY_CHOICE, __VA_ARGS__)
#define FLAG(...)   PICK(KEY_FLAG, __VA_ARGS__)
#define WORD(T, f, n, list, m, ...) PICK(KEY_WORD, T, f, n, list, NAN, m, __VA_ARGS__)
#define REF(T, f, n, r, m, ...) \
    {.name = n, .kind = KEY_REF, .ref = REF_##r, .def = NAN, .low = -INF, .high = INF, .offset = offsetof(T, f), .meaning = m, __VA_ARGS__}
#define MAP(T, f, n, c, m, ...) \
    {.name = n, .kind = KEY_MAP, .inner = c, .def = NAN, .low = -INF, .high = INF, .offset = offsetof(T, f), .meaning = m, __VA_ARGS__}
#define PART(n, c, m, ...) /* a mapping bound by code of its own */ \
    {.name = n, .kind = KEY_MAP, .inner = c, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .meaning = m, __VA_ARGS__}
#define NAMED(n, c, m, ...) \
    {.name = n, .kind = KEY_NAMED, .inner = c, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .meaning = m, __VA_ARGS__}
#define SHAPE(n, s, m, ...) \
    {.name = n, .kind = KEY_SHAPE, .shape = SHAPE_##s, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .meaning = m, __VA_ARGS__}
#define LIST(n, d, lo, hi, m, ...) /* a number or a list of them */ \
    {.name = n, .kind = KEY_SHAPE, .shape = SHAPE_LIST, .dim = NET_##d, .def = NAN, .low = lo, .high = hi, .offset = KEY_UNBOUND, .meaning = m, __VA_ARGS__}
#define TYPE(list, m, ...) \
    {.name = "type", .kind = KEY_WORD, .choice = list, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .meaning = m, __VA_ARGS__}
#define END {.name = NULL}
#define BIT(x) (1u << (x))

/* ---- words ---- */
const key_choice keys_models[] = {
#define NEURON_MODEL(id, name, bit, source, weight, meaning) {name, MODEL_##id, MODEL_ALIASES_##id, meaning},
#define MODEL_ALIASES_CURR_EXP       "=lif =CubaLIF =cuba_lif =iaf_psc_exp =IFCurrExp"
#define MODEL_ALIASES_CURR_DELTA     "=iaf_psc_delta =IFCurrDelta"
#define MODEL_ALIASES_LOIHI_LIF      "=LoihiNeuron =loihi"
#define MODEL_ALIASES_SOURCE         "=input =relay =parrot_neuron"
#define MODEL_ALIASES_SOURCE_ARRAY   "=SpikeSourceArray =spike_list =spike_generator"
#define MODEL_ALIASES_SOURCE_POISSON "=SpikeSourcePoisson =poisson_generator =poisson"
#define MODEL_ALIASES_COND_EXP       "=iaf_cond_exp =IFCondExp"
#define MODEL_ALIASES_CURR_ALPHA     "=iaf_psc_alpha =IFCurrAlpha"
#define MODEL_ALIASES_CURR_CA2       "=IFCurrExpCa2Adaptive =IF_curr_exp_ca2_adaptive"
#define MODEL_ALIASES_CURR_DUAL      "=IFCurDualExp =IF_curr_exp_dual"
#define MODEL_ALIASES_IZHIKEVICH     "=izhikevich =IZK_curr_exp"
#define MODEL_ALIASES_IZHIKEVICH_COND "=IzhikevichCond =IZK_cond_exp"
#define MODEL_ALIASES_SPIN_IF_CURR_EXP NULL
#define MODEL_ALIASES_SPIN_IF_COND_EXP NULL
#define MODEL_ALIASES_SPIN_IF_COND_EXP_STOC NULL
#define MODEL_ALIASES_SPIN_IF_CURR_DELTA NULL
#define MODEL_ALIASES_SPIN_IF_CURR_ALPHA NULL
#define MODEL_ALIASES_SPIN_IF_CURR_EXP_CA2 NULL
#define MODEL_ALIASES_SPIN_IF_CURR_EXP_DUAL NULL
#define MODEL_ALIASES_SPIN_IF_CURR_EXP_SEMD NULL
#define MODEL_ALIASES_SPIN_IZK_CURR_EXP NULL
#define MODEL_ALIASES_SPIN_IZK_COND_EXP NULL
#include "core/ir/neuron.def"
    {NULL, 0, NULL, NULL}};

/* The bit of a model in neuron.def is its number. */
#define NEURON_MODEL(id, name, bit, source, weight, meaning) _Static_assert((int)MODEL_##id == (bit), name);
#include "core/ir/neuron.def"

static const key_choice activations[] = {
    {"threshold", ACT_THRESHOLD, "step heaviside", "fires when v > v_thresh"},
    {"sigmoid", ACT_SIGMOID, "escape logistic stochastic", "fires with probability sigmoid((v - v_thresh) / temperature)"},
    {"relu", ACT_RELU, "rectifier graded", "fires when v > v_thresh, a graded spike of max(0, v - v_rest) / payload_unit"}, {NULL, 0, NULL, NULL}};
static const key_choice resets[] = {
    {"zero", RESET_ZERO, "value hard", "v becomes v_reset"},
    {"subtract", RESET_SUBTRACT, "soft reset_by_subtraction subtraction", "v becomes v_reset + (v - threshold), so that what was beyond the threshold is kept"}, {NULL, 0, NULL, NULL}};
static const key_choice joins[] = {
    {"none", JOIN_NONE, NULL, "it has no dendrites"},
#define JOIN(id, word, meaning) {word, JOIN_##id, NULL, meaning},
#include "core/ir/join.def"
    {NULL, 0, NULL, NULL}};
static const key_choice sent[] = {
    {"v", SENDS_V, "voltage", "its v after the step"},
    {"u", SENDS_U, "current", "its u after the step"}, {NULL, 0, NULL, NULL}};
static const key_choice third_sources[] = {
    {"v", THIRD_V, "voltage", "v after the step"},
    {"u", THIRD_U, "current", "the current u"},
    {"u_inh", THIRD_U_INH, "second", "the second current, which inhibitory inputs enter (decay_u_inh)"},
    {"adaptation", THIRD_ADAPTATION, "threshold", "what adapt_step added to the threshold"},
    {"spike", THIRD_SPIKE, "fired", "1 in a step in which the neuron fires, else 0"}, {NULL, 0, NULL, NULL}};
static const key_choice structures[] = {
    {"line", STRUCT_LINE, "Line 1d", "on a line"},
    {"grid_2d", STRUCT_GRID_2D, "Grid2D grid 2d", "on a rectangle, row by row"},
    {"grid_3d", STRUCT_GRID_3D, "Grid3D 3d", "in a box"}, {NULL, 0, NULL, NULL}};
static const key_choice receptors[] = {
    {"excitatory", RECEPTOR_EXCITATORY, "exc ampa", "weights are magnitudes that push up"},
    {"inhibitory", RECEPTOR_INHIBITORY, "inh gaba", "weights are magnitudes that push down"},
    {"mixed", RECEPTOR_MIXED, "both any", "weights have their own signs"},
    {"excitatory2", RECEPTOR_EXCITATORY2, "exc2", "as excitatory, into the second excitatory type of IF_curr_dual_exp"},
    {"reward", RECEPTOR_REWARD, "dopamine", "no current: raises the third factor of neurons whose inputs learn by a neuromodulated rule of type spinnaker"},
    {"punishment", RECEPTOR_PUNISHMENT, NULL, "as reward, but lowers it"}, {NULL, 0, NULL, NULL}};
static const key_choice event_costs[] = {
    {"by_format", EVENT_BY_FORMAT, NULL, "as the format that the compiler chooses"}, {"dense", EVENT_DENSE, NULL, "stored without index"},
    {"sparse", EVENT_SPARSE, NULL, "stored with index"}, {"shared", EVENT_SHARED, "conv convolution", "shared by many axons"}, {NULL, 0, NULL, NULL}};
static const key_choice sign_modes[] = {
    {"mixed", 1, NULL, "a sign bit in each weight"},
    {"excitatory", 2, NULL, "all weights >= 0"},
    {"inhibitory", 3, NULL, "all weights <= 0"}, {NULL, 0, NULL, NULL}};
static const key_choice connectors[] = {
    {"all_to_all", CONN_ALL_TO_ALL, "AllToAllConnector full dense", "every pair"},
    {"one_to_one", CONN_ONE_TO_ONE, "OneToOneConnector", "equal indices; sizes must be equal"},
    {"fixed_probability", CONN_FIXED_PROBABILITY, "FixedProbabilityConnector pairwise_bernoulli random", "each pair with probability p_connect"},
    {"fixed_number_pre", CONN_FIXED_NUMBER_PRE, "FixedNumberPreConnector fixed_indegree", "n random presynaptic neurons for each postsynaptic one"},
    {"fixed_number_post", CONN_FIXED_NUMBER_POST, "FixedNumberPostConnector fixed_outdegree", "n random postsynaptic neurons for each presynaptic one"},
    {"fixed_total_number", CONN_FIXED_TOTAL_NUMBER, "FixedTotalNumberConnector", "n random pairs in all"},
    {"from_list", CONN_FROM_LIST, "FromListConnector list explicit", "the pairs listed"},
    {"from_file", CONN_FROM_FILE, "FromFileConnector file", "the pairs in a file of 2 to 4 columns"},
    {"distance_dependent", CONN_DISTANCE, "DistanceDependentProbabilityConnector distance gaussian", "each pair with a probability that depends on the distance d"},
    {"conv2d", CONN_CONV2D, "convolution ConvolutionConnector Conv2d conv", "two-dimensional convolution, one kernel for each pair of channels"}, {NULL, 0, NULL, NULL}};
static const key_choice rule_types[] = {
    {"static", RULE_STATIC, "none fixed", "no plasticity"},
    {"stdp", RULE_STDP, "STDPMechanism STDP pair_stdp stdp_synapse", "pair-based spike-timing dependent plasticity"},
    {"hmn", RULE_HMN, "rstdp three_factor reward", "the hybrid modulated rule, equations 2 to 11"},
    {"loihi", RULE_TEXT, "text sum_of_products Loihi LoihiLearningRule lava", "sums of products as text, for chips with such an engine"},
    {"spinnaker", RULE_PROGRAM, "sPyNNaker spynnaker", "the programs of sPyNNaker, in its parameters; target spinnaker"}, {NULL, 0, NULL, NULL}};
static const key_choice timings[] = {
    {"pair", TIMED_PAIR, "SpikePairRule spike_pair", "every pair of spikes, by exponential traces"},
    {"nearest_pair", TIMED_NEAREST_PAIR, "SpikeNearestPairRule nearest", "each spike with the last one of the other side"},
    {"triplet", TIMED_TRIPLET, "PfisterSpikeTriplet pfister_triplet", "pairs and triplets (Pfister and Gerstner)"},
    {"vogels", TIMED_VOGELS, "Vogels2011Rule vogels_2011", "symmetric pairs, less alpha at each presynaptic spike (Vogels et al.)"}, {NULL, 0, NULL, NULL}};
static const key_choice dependences[] = {
    {"additive", 0, "AdditiveWeightDependence", "steps do not depend on the weight"},
    {"multiplicative", 1, "MultiplicativeWeightDependence", "steps scale with the distance from the bound"}, {NULL, 0, NULL, NULL}};
static const key_choice third_factors[] = {
    {"none", THIRD_NONE, "spikes traces", "they are traces of postsynaptic spikes"},
    {"host", THIRD_HOST, "machine_set_trace", "the host writes them, each step if it likes"},
    {"neuron", THIRD_NEURON, "program", "the neuron's program writes those that have no impulse here (third_factors of the population)"}, {NULL, 0, NULL, NULL}};
static const key_choice graded_modes[] = {
    {"none", PRE_PLAIN, "ignore default", "nothing: a spike adds x1_impulse"},
    {"overwrite", PRE_OVERWRITE, "OVERWRITE", "x1 becomes p / 2"},
    {"add", PRE_ADD, "ADD_WITH_SATURATION saturate", "p / 2 is added, up to 127"},
    {"carry", PRE_CARRY, "ADD_WITHOUT_SATURATION wrap", "p / 2 is added; beyond 127 x1 keeps the rest and x2 sees a spike"}, {NULL, 0, NULL, NULL}};
static const key_choice pairings[] = {
    {"stdp", PAIRING_STDP, "pair", "H = A_plus x_trace z - A_minus y_trace x"},
    {"hebbian", PAIRING_HEBBIAN, "hebb", "H = A_plus x_trace z"},
    {"rate", PAIRING_RATE, "rates", "H = A_plus x_trace y_trace"}, {NULL, 0, NULL, NULL}};
static const key_choice similarities[] = {
    {"key", SIM_KEY, "keys", "the modulator's key times the context, no level in the logit"},
    {"scaled_dot", SIM_SCALED_DOT, "dot", "dot product over the square root of its length"},
    {"cosine", SIM_COSINE, "cos", "cosine; scalars always give 1"}, {NULL, 0, NULL, NULL}};
static const key_choice scales[] = {
    {"softmax", 0, NULL, "weights that sum to 1"},
    {"unit_mean", 1, "mean", "softmax times the fan-in: mean 1"}, {NULL, 0, NULL, NULL}};
static const key_choice assigns[] = {
    {"constant", PHI_CONSTANT, NULL, "one phase"}, {"uniform", PHI_UNIFORM, "random", "drawn from the bins"},
    {"list", PHI_LIST, NULL, "one phase an owner"},
    {"by_group", PHI_BY_GROUP, "group", "consecutive groups of group_size owners share a bin"}, {NULL, 0, NULL, NULL}};
static const key_choice owners[] = {
    {"projection", PHI_PROJECTION, NULL, "one phase for the whole projection"},
    {"pre", PHI_PRE, "presynaptic", "one for each presynaptic neuron"},
    {"post", PHI_POST, "postsynaptic neuron", "one for each postsynaptic neuron"},
    {"synapse", PHI_SYNAPSE, NULL, "one for each synapse"}, {NULL, 0, NULL, NULL}};
static const key_choice gates[] = {
    {"plasticity", GATE_PLASTICITY, "learning", "gates the weight change (equation 4)"},
    {"activity", GATE_ACTIVITY, "firing", "gates the firing of the neurons that own the phases; owner: projection means all postsynaptic ones"},
    {"both", GATE_BOTH, NULL, "gates both"}, {NULL, 0, NULL, NULL}};
static const key_choice meta_methods[] = {
    {"spsa", META_SPSA, NULL, "simultaneous perturbation"}, {"reinforce", META_REINFORCE, NULL, "score function"},
    {"finite_difference", META_FINITE_DIFFERENCE, "fd", "one rate at a time"}, {NULL, 0, NULL, NULL}};
static const key_choice signs[] = {
    {"keep", 0, "fixed", "a weight never changes sign"}, {"free", 1, "any", "weights may change sign"}, {NULL, 0, NULL, NULL}};
static const key_choice statistics[] = {
    {"rate", 0, "mean_rate firing_rate", "mean firing rate of the population"}, {NULL, 0, NULL, NULL}};
static const key_choice effects[] = {
    {"additive", ASTRO_ADDITIVE, "add", "adds eta_global lambda M to the factor of equation 3"},
    {"gain", ASTRO_GAIN, "multiplicative", "multiplies that factor by max(0, 1 + lambda M)"},
    {"presynaptic", ASTRO_PRESYNAPTIC, "pre", "scales presynaptic spikes by max(0, 1 - lambda M), in transmission and in traces"},
    {"eligibility", ASTRO_ELIGIBILITY, "trace", "scales what enters the eligibility by max(0, 1 + lambda M)"}, {NULL, 0, NULL, NULL}};
static const key_choice stimuli[] = {
    {"spikes", STIM_SPIKES, "array spike_times", "listed spikes"}, {"poisson", STIM_POISSON, "noise", "Poisson spikes"},
    {"current", STIM_CURRENT, "dc step_current", "a constant current"},
    {"dataset", STIM_DATASET, "data", "samples of a data set shown one after another as Poisson rates"},
    {"file", STIM_FILE, "from_file", "spikes of a file with rows (step, neuron)"}, {NULL, 0, NULL, NULL}};
static const key_choice records[] = {
    {"spikes", PROBE_SPIKES, "spike events", "spikes of a population"},
    {"v", PROBE_V, "voltage potential V_m vm", "membrane potentials"},
    {"u", PROBE_U, "current i_syn", "synaptic currents"},
    {"weight", PROBE_WEIGHT, "weights w", "weights of a projection"},
    {"delay", PROBE_TRACE, "delays", "the delay variable of plastic synapses"},
    {"tag", PROBE_TRACE, "t", "the tag variable of plastic synapses"},
    {"x1", PROBE_TRACE, NULL, "first presynaptic trace"}, {"x2", PROBE_TRACE, NULL, "second presynaptic trace"},
    {"y1", PROBE_TRACE, NULL, "first postsynaptic trace"}, {"y2", PROBE_TRACE, NULL, "second postsynaptic trace"},
    {"y3", PROBE_TRACE, NULL, "third postsynaptic trace"},
    {"e_fast", PROBE_TRACE, NULL, "fast eligibility"}, {"e_slow", PROBE_TRACE, NULL, "slow eligibility"},
    {"eligibility", PROBE_TRACE, "e", "e_fast + e_slow"},
    {"p_update", PROBE_TRACE, "p", "probability of equation 5"},
    {"level", PROBE_MODULATOR, "modulator value", "level of a neuromodulator"}, {NULL, 0, NULL, NULL}};
static const key_choice dialects[] = {
    {"chip", 0, "davies", "as documented for the chip"}, {"nengo", 1, "nengo_loihi", "as nengo-loihi's emulator"},
    {"lava", 2, NULL, "as Lava's bit-accurate models"}, {"brian2loihi", 3, "brian2 brian", "as brian2_loihi"},
    {"sanafe", 4, "sana-fe sana_fe", "as SANA-FE's leaky_integrate_fire"}, {NULL, 0, NULL, NULL}};
static const key_choice axon_kinds[] = {
    {"discrete", 0, NULL, "each source has an input axon of its own on a core"},
    {"population", 1, "pop pop32", "sources of a population share input axons; their messages carry an atom (loihi, loihi2)"},
    {NULL, 0, NULL, NULL}};
static const key_choice roundings[] = {
    {"nearest", 0, "rn", "to the nearest value"}, {"stochastic", 1, "sr random", "up or down at random, right on average"}, {NULL, 0, NULL, NULL}};
static const key_choice distributions[] = {
    {"uniform", DIST_UNIFORM, NULL, "between low and high"},
    {"uniform_int", DIST_UNIFORM_INT, "randint", "whole numbers from low to high, both included"},
    {"normal", DIST_NORMAL, "gaussian gauss", "mean mu, standard deviation sigma"},
    {"normal_clipped", DIST_NORMAL_CLIPPED, "truncated_normal", "normal, drawn again outside low to high"},
    {"normal_clipped_to_boundary", DIST_NORMAL_CLIPPED_TO_BOUNDARY, NULL, "normal, values outside moved to low or high"},
    {"lognormal", DIST_LOGNORMAL, "log_normal", "exp of a normal with mu, sigma"},
    {"exponential", DIST_EXPONENTIAL, NULL, "mean beta"}, {"gamma", DIST_GAMMA, NULL, "shape k, scale theta"},
    {"poisson", DIST_POISSON, NULL, "mean lambda"}, {"binomial", DIST_BINOMIAL, NULL, "n trials of probability p"},
    {"vonmises", DIST_VONMISES, "von_mises", "angle around mu with concentration kappa"}, {NULL, 0, NULL, NULL}};

/* ---- distributions; the slot of p[] is the order of PyNN's arguments ---- */
#define CLIPPED (BIT(DIST_NORMAL_CLIPPED) | BIT(DIST_NORMAL_CLIPPED_TO_BOUNDARY))
#define MU_SIGMA (BIT(DIST_NORMAL) | CLIPPED)
#define UNIFORM (BIT(DIST_UNIFORM) | BIT(DIST_UNIFORM_INT))
static const key_def distribution_keys[] = {
    {.name = "distribution", .kind = KEY_WORD, .choice = distributions, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .meaning = "its name", .aliases = "=dist"},
    REAL(net_value, p[0], "low",    PLAIN, NAN, -INF, INF, "lower end", .in = UNIFORM, .flags = KEY_REQUIRED | KEY_OWNER_DIM, .aliases = "min a lower"),
    REAL(net_value, p[1], "high",   PLAIN, NAN, -INF, INF, "upper end", .in = UNIFORM, .flags = KEY_REQUIRED | KEY_OWNER_DIM, .aliases = "max b upper"),
    REAL(net_value, p[0], "mu",     PLAIN, NAN, -INF, INF, "mean", .in = MU_SIGMA | BIT(DIST_VONMISES), .flags = KEY_REQUIRED | KEY_OWNER_DIM, .aliases = "mean loc"),
    REAL(net_value, p[1], "sigma",  PLAIN, NAN, 0, INF, "standard deviation", .in = MU_SIGMA, .flags = KEY_REQUIRED | KEY_OWNER_DIM, .aliases = "std sd scale"),
    REAL(net_value, p[2], "low",    PLAIN, NAN, -INF, INF, "least value", .in = CLIPPED, .flags = KEY_REQUIRED | KEY_OWNER_DIM, .aliases = "min a lower"),
    REAL(net_value, p[3], "high",   PLAIN, NAN, -INF, INF, "greatest value", .in = CLIPPED, .flags = KEY_REQUIRED | KEY_OWNER_DIM, .aliases = "max b upper"),
    REAL(net_value, p[0], "mu",     PLAIN, NAN, -700, 700, "mean of the logarithm", .in = BIT(DIST_LOGNORMAL), .flags = KEY_REQUIRED, .aliases = "mean loc"),
    REAL(net_value, p[1], "sigma",  PLAIN, NAN, 0, 100, "standard deviation of the logarithm", .in = BIT(DIST_LOGNORMAL), .flags = KEY_REQUIRED, .aliases = "std sd"),
    REAL(net_value, p[0], "beta",   PLAIN, NAN, 0, INF, "mean", .in = BIT(DIST_EXPONENTIAL), .flags = KEY_REQUIRED | KEY_OWNER_DIM | KEY_OPEN_LOW, .aliases = "scale mean"),
    REAL(net_value, p[0], "k",      PLAIN, NAN, 0, 1e6, "shape", .in = BIT(DIST_GAMMA), .flags = KEY_REQUIRED | KEY_OPEN_LOW, .aliases = "shape alpha"),
    REAL(net_value, p[1], "theta",  PLAIN, NAN, 0, INF, "scale", .in = BIT(DIST_GAMMA), .flags = KEY_REQUIRED | KEY_OWNER_DIM | KEY_OPEN_LOW, .aliases = "scale beta"),
    REAL(net_value, p[0], "lambda", PLAIN, NAN, 0, 1e9, "mean", .in = BIT(DIST_POISSON), .flags = KEY_REQUIRED, .aliases = "=lambda_ lam mean rate"),
    REAL(net_value, p[0], "n",      INTEGER, NAN, 0, 1e9, "number of trials", .in = BIT(DIST_BINOMIAL), .flags = KEY_REQUIRED, .aliases = "trials"),
    REAL(net_value, p[1], "p",      PLAIN, NAN, 0, 1, "probability of each", .in = BIT(DIST_BINOMIAL), .flags = KEY_REQUIRED, .aliases = "probability"),
    REAL(net_value, p[1], "kappa",  PLAIN, NAN, 0, 1e6, "concentration", .in = BIT(DIST_VONMISES), .flags = KEY_REQUIRED, .aliases = "concentration"),
    END};
const key_context keys_distribution = {"distribution", "wherever a value may vary", "values drawn at random, one for each neuron or synapse", distribution_keys, distributions, NULL};

/* ---- the file ---- */
static const key_def network_keys[] = {
    TEXT(hmn_net, name, "name", "name of the network, default: the file's name", .aliases = "label id"),
    TEXT(hmn_net, description, "description", "what it is for", .aliases = "doc comment title"),
    REAL(hmn_net, dt, "dt", MS, 1, 1e-6, 1e4, "length of a step", .aliases = "timestep time_step resolution"),
    END};
const key_context keys_network = {"network", "network", "the network as a whole", network_keys, NULL, NULL};

static const key_def run_keys[] = {
    NUM(hmn_net, duration, "duration", MS, 1000, 0, 1e15, "how long to run, a time or N steps", .aliases = "time simtime steps length"),
    SHAPE("seed", SEED, "seed of all random numbers, default 0", .aliases = "rng_seed random_seed"),
    END};
const key_context keys_run = {"run", "run", "how to run it when the command line does not say", run_keys, NULL, NULL};

static const key_def target_keys[] = {
    TEXT(net_target, chip, "chip", "the chip, as hmn targets lists them", .aliases = "name target backend type"),
    NUM(net_target, chips, "chips", INTEGER, NAN, 1, 65536, "number of chips", .aliases = "boards"),
    NUM(net_target, cores, "cores", INTEGER, NAN, 1, 1e6, "cores that may be used", .aliases = "ncores num_cores"),
    SHAPE("mesh", PAIR, "[width, height] of a chip in tiles", .aliases = "grid"),
    NUM(net_target, neurons_per_core, "neurons_per_core", INTEGER, NAN, 1, 1e6, "at most so many neurons a core", .aliases = "max_neurons_per_core"),
    NUM(net_target, weight_bits, "weight_bits", INTEGER, NAN, 1, 16, "bits of a weight", .aliases = "num_weight_bits"),
    WORD(net_target, dialect, "dialect", dialects, "whose integer arithmetic in corners where emulators disagree"),
    WORD(net_target, axons, "axons", axon_kinds, "whether sources may share input axons"),
    WORD(net_target, rounding, "rounding", roundings, "how learning rounds a change of a weight to the chip's steps"),
    SHAPE("machine", NUMBERS, "limits of the chip that differ from the standard ones, by the names of hmn targets", .aliases = "limits"),
    SHAPE("costs", ANY, "what operations cost, where it differs from profile: NAME: names of docs/costs.md, as NAME: {ns: .., pJ: ..}, NAME: {mW: ..}, NAME: number, barrier: [[tiles, ns], ..]", .aliases = "cost"),
    SHAPE("dead_chips", ROWS, "chips that do not work: rows [x, y] (spinnaker)"),
    SHAPE("dead_links", ROWS, "links that do not work, both ways: rows [x, y, link], links 0 E, 1 NE, 2 N, 3 W, 4 SW, 5 S (spinnaker)"),
    SHAPE("dead_cores", ROWS, "how many cores of a chip do not work: rows [x, y, cores] (spinnaker)"),
    SHAPE("place", ROWS, "where neurons must sit: rows [population, first neuron, number of neurons, core]", .aliases = "placement mapping"),
    NUM(net_target, v_scale, "v_scale", PLAIN, NAN, 0, 1e12, "register units per mV, default: chosen by the compiler", .flags = KEY_OPEN_LOW),
    END};
const key_context keys_target = {"target", "target", "the chip to compile for", target_keys, NULL, NULL};

/* ---- populations ---- */
static const key_def initial_keys[] = {
    VALUE(net_population, init_v, "v", MV, NAN, -1e9, 1e9, "membrane potential at the start, default v_rest", .aliases = "V_m v_init voltage"),
    VALUE(net_population, init_u, "u", NA, NAN, -1e9, 1e9, "synaptic current at the start, default 0", .aliases = "isyn i current"),
    END};
const key_context keys_initial = {"initial", "populations.NAME.initial", "state at the start", initial_keys, NULL, NULL};

static const key_def structure_keys[] = {
    CHOICE(net_population, structure, "type", structures, NAN, "arrangement in space", .flags = KEY_REQUIRED),
    REAL(net_population, spacing[0], "dx", PLAIN, 1, 0, 1e9, "distance of neighbours in x"),
    REAL(net_population, spacing[1], "dy", PLAIN, 1, 0, 1e9, "distance of neighbours in y"),
    REAL(net_population, spacing[2], "dz", PLAIN, 1, 0, 1e9, "distance of neighbours in z"),
    {.name = "aspect_ratio", .kind = KEY_REAL, .dim = NET_PLAIN, .def = 1, .low = 0, .high = 1e6, .flags = KEY_OPEN_LOW, .offset = KEY_UNBOUND, .meaning = "width over height of a grid whose size is one number"},
    END};
const key_context keys_structure = {"structure", "populations.NAME.structure", "places of the neurons, for distance_dependent", structure_keys, NULL, NULL};

static const key_def third_keys[] = {
    CHOICE(net_third, of, "of", third_sources, NAN, "the register it is made of", .flags = KEY_REQUIRED, .aliases = "from source"),
    NUM(net_third, gain, "gain", INTEGER, 1, -128, 127, "the register times this", .aliases = "times impulse"),
    NUM(net_third, shift, "shift", INTEGER, 0, 0, 31, "and then over 2^shift, rounded down", .aliases = "exp"),
    NUM(net_third, decay, "decay", INTEGER, 4096, 0, 4096, "share of its last value that a step takes away [1/4096]; 4096: it keeps nothing"),
    END};
static const key_context keys_third = {"third factor", "populations.NAME.third_factors.y1", "y <- y (4096 - decay) / 4096 + gain register / 2^shift, within -128..127", third_keys, NULL, NULL};

static const key_def third_factor_keys[] = {
    MAP(net_population, third[0], "y1", &keys_third, "what is written into y1"),
    MAP(net_population, third[1], "y2", &keys_third, "what is written into y2"),
    MAP(net_population, third[2], "y3", &keys_third, "what is written into y3"),
    END};
const key_context keys_third_factors = {"third_factors", "populations.NAME.third_factors", "loihi2: traces that the neuron's program writes each step, for rules with third_factor: neuron", third_factor_keys, NULL, NULL};

static const key_def population_keys[] = {
    SHAPE("size", SIZE, "number of neurons: n, [height, width] or [height, width, channels]", .flags = KEY_REQUIRED, .aliases = "n count num n_neurons neurons shape"),
    CHOICE(net_population, model, "model", keys_models, NAN, "neuron model", .flags = KEY_REQUIRED, .lenient = true, .aliases = "type cell_type celltype neuron neuron_model cell"),
    SHAPE("params", PARAMS, "parameters of the model: a quantity, a distribution or a list with one value a neuron", .aliases = "parameters cellparams cell_params param"),
    PART("initial", &keys_initial, "state at the start", .aliases = "initial_values init"),
    PART("structure", &keys_structure, "places of the neurons", .aliases = "layout grid space"),
    CHOICE(net_population, activation, "activation", activations, ACT_THRESHOLD, "f of equation 1"),
    CHOICE(net_population, reset, "reset", resets, RESET_ZERO, "what a spike does to v"),
    REF(net_population, dendrite_of, "dendrite_of", POPULATION, "loihi_lif: neuron i is a dendrite of neuron i of this population of equal size", .aliases = "parent soma"),
    CHOICE(net_population, sends, "sends", sent, SENDS_V, "what a dendrite hands on each step, besides whether it fired"),
    CHOICE(net_population, join, "join", joins, JOIN_NONE, "loihi_lif: what a neuron makes of u, v and what its dendrites send, a and b in the order of the file", .aliases = "join_op"),
    PART("third_factors", &keys_third_factors, "loihi_lif: y1, y2, y3 that the neuron's program writes"),
    {.name = "label", .kind = KEY_TEXT, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .meaning = "a note for readers", .aliases = "description comment"},
    SHAPE("spike_times", TIMES, "of a spike_source_array: times of all neurons, or a list for each", .dim = NET_MS, .aliases = "times spikes"),
    END};
const key_context keys_population = {"population", "populations.NAME", "neurons of one model", population_keys, NULL, NULL};

/* ---- projections ---- */
#define RANDOM_N (BIT(CONN_FIXED_NUMBER_PRE) | BIT(CONN_FIXED_NUMBER_POST) | BIT(CONN_FIXED_TOTAL_NUMBER))
#define GROUPED (BIT(CONN_ALL_TO_ALL) | BIT(CONN_FIXED_PROBABILITY) | BIT(CONN_FIXED_NUMBER_PRE) | BIT(CONN_FIXED_NUMBER_POST))
#define PAIRS (BIT(CONN_ALL_TO_ALL) | BIT(CONN_FIXED_PROBABILITY) | RANDOM_N | BIT(CONN_DISTANCE))
static const key_def connector_keys[] = {
    TYPE(connectors, "how pairs are chosen", .flags = KEY_REQUIRED, .aliases = "rule connector"),
    REAL(net_connector, p_connect, "p_connect", PLAIN, NAN, 0, 1, "probability of each pair", .in = BIT(CONN_FIXED_PROBABILITY), .flags = KEY_REQUIRED, .aliases = "p probability density"),
    UINT(net_connector, n, "n", INTEGER, NAN, 0, 4294967294.0, "how many", .in = RANDOM_N, .flags = KEY_REQUIRED, .aliases = "N indegree outdegree number"),
    BOOL(net_connector, self, "allow_self_connections", 1, "may a neuron connect to itself (pre and post the same population)", .in = PAIRS, .aliases = "autapses allow_autapses self_connections"),
    BOOL(net_connector, multapses, "with_replacement", 0, "may a pair be drawn more than once", .in = RANDOM_N, .aliases = "multapses allow_multapses"),
    UINT(net_connector, groups, "groups", INTEGER, 1, 1, 4294967294.0, "both populations are cut into so many equal stretches; stretch g connects to stretch g only", .in = GROUPED, .aliases = "blocks"),
    SHAPE("list", ROWS, "rows [pre, post], [pre, post, weight] or [pre, post, weight, delay in ms or steps]", .in = BIT(CONN_FROM_LIST), .flags = KEY_REQUIRED, .aliases = "connections conn_list pairs"),
    {.name = "file", .kind = KEY_TEXT, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .in = BIT(CONN_FROM_FILE), .flags = KEY_REQUIRED, .meaning = "text of 2 to 4 columns or a .npy array: pre, post, weight, delay [ms]", .aliases = "path filename"},
    {.name = "expression", .kind = KEY_TEXT, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .in = BIT(CONN_DISTANCE), .flags = KEY_REQUIRED, .meaning = "probability as a function of the distance d, e.g. exp(-d/3)", .aliases = "d_expression probability kernel"},
    REAL(net_connector, max_distance, "max_distance", PLAIN, INF, 0, INF, "no connection beyond", .in = BIT(CONN_DISTANCE), .aliases = "cutoff radius"),
    SHAPE("kernel", SIZE, "size of the kernel: n or [height, width]", .in = BIT(CONN_CONV2D), .flags = KEY_REQUIRED, .aliases = "kernel_size kernel_shape"),
    SHAPE("stride", SIZE, "step of the kernel, default 1", .in = BIT(CONN_CONV2D), .aliases = "strides"),
    SHAPE("padding", SIZE, "rows and columns of zeros around the input, default 0", .in = BIT(CONN_CONV2D), .aliases = "pad"),
    UINT(net_connector, out_channels, "out_channels", INTEGER, NAN, 1, 65536, "channels of the output, default: the third size of post", .in = BIT(CONN_CONV2D), .aliases = "=channels filters n_filters"),
    SHAPE("weights", NESTED, "kernel weights [out][in][height][width], default: one draw of weight for each", .in = BIT(CONN_CONV2D), .aliases = "kernel_weights values"),
    END};
const key_context keys_connector = {"connector", "projections.NAME.connector", "which neurons connect", connector_keys, connectors, NULL};

static const key_def projection_keys[] = {
    REF(net_projection, pre, "pre", POPULATION, "presynaptic population", .flags = KEY_REQUIRED, .aliases = "source from presynaptic"),
    REF(net_projection, post, "post", POPULATION, "postsynaptic population", .flags = KEY_REQUIRED, .aliases = "target to postsynaptic dest"),
    PART("connector", &keys_connector, "which neurons connect", .flags = KEY_REQUIRED, .aliases = "connection conn_spec connectivity"),
    CHOICE(net_projection, receptor, "receptor_type", receptors, NAN, "excitatory, inhibitory, or mixed for weights with signs; default: by the signs of the weights", .aliases = "receptor sign target type"),
    VALUE(net_projection, weight, "weight", WEIGHT, NAN, -1e12, 1e12, "nA onto IF_curr_exp, mV onto IF_curr_delta, integers onto loihi_lif", .aliases = "weights w syn_spec gain"),
    VALUE(net_projection, delay, "delay", MS, NAN, 0, 1e9, "from firing to arrival, default 1 step; bare numbers are ms", .flags = KEY_OPEN_LOW, .aliases = "delays latency"),
    SHAPE("plasticity", RULE, "name of a rule or an inline rule", .aliases = "rule learning synapse_type learning_rule"),
    NUM(net_projection, weight_exp, "weight_exp", INTEGER, NAN, -8, 7, "chip level: exponent of the weights", .aliases = "weight_exponent exp"),
    NUM(net_projection, weight_bits, "weight_bits", INTEGER, NAN, 1, 16, "chip level: bits of a weight", .aliases = "num_weight_bits"),
    CHOICE(net_projection, event_cost, "event_cost", event_costs, EVENT_BY_FORMAT, "which cost of the chip a synaptic event has in models of time and energy"),
    WORD(net_projection, sign_mode, "sign_mode", sign_modes, "chip level: which signs the weight format holds"),
    END};
const key_context keys_projection = {"projection", "projections.NAME", "synapses between two populations", projection_keys, NULL, NULL};

/* ---- rules ---- */
#define HMN BIT(RULE_HMN)
#define PAIRED (BIT(RULE_HMN) | BIT(RULE_STDP))
#define LOIHI BIT(RULE_TEXT)
#define PROGRAM BIT(RULE_PROGRAM)
static const key_def trace_keys[] = {
    CHOICE(net_traces, pairing, "pairing", pairings, PAIRING_STDP, "pairing term H of equation 2", .aliases = "=kernel rule"),
    NUM(net_traces, a_plus, "A_plus", PLAIN, 0.01, 0, 1e6, "potentiation of a pair", .aliases = "a_plus Aplus lambda"),
    NUM(net_traces, a_minus, "A_minus", PLAIN, 0.012, 0, 1e6, "depression of a pair", .aliases = "a_minus Aminus alpha"),
    NUM(net_traces, tau_plus, "tau_plus", MS, 20, 0, 1e6, "decay time of the presynaptic trace", .flags = KEY_OPEN_LOW, .aliases = "tau_pre"),
    NUM(net_traces, tau_minus, "tau_minus", MS, 20, 0, 1e6, "decay time of the postsynaptic trace", .flags = KEY_OPEN_LOW, .aliases = "tau_post"),
    NUM(net_traces, tau_fast, "tau_fast", MS, 20, 0, 1e6, "decay time of the fast eligibility; 0: the pairings of the epoch only", .aliases = "tau_e tau_c"),
    NUM(net_traces, tau_slow, "tau_slow", MS, NAN, 0, 1e7, "decay time of the slow eligibility; absent: none", .flags = KEY_OPEN_LOW),
    NUM(net_traces, k_fast, "k_fast", PLAIN, 1, 0, 1e6, "share of the pairing term that enters the fast trace"),
    NUM(net_traces, k_slow, "k_slow", PLAIN, 1, 0, 1e6, "share that enters the slow trace"),
    {.name = "enabled", .kind = KEY_BOOL, .def = 1, .low = 0, .high = 1, .offset = KEY_UNBOUND, .meaning = "false: no eligibility, no learning"},
    END};
static const key_context traces_context = {"traces", "plasticity_rules.NAME.traces", "eligibility traces, equation 2", trace_keys, NULL, NULL};

#define ENABLED(T) BOOL(T, on, "enabled", 1, "false switches the term off", .flags = KEY_SWITCH, .aliases = "on active")
static const key_def global_keys[] = {
    ENABLED(net_global_attention),
    NUM(net_global_attention, beta_g, "beta_g", PLAIN, 1, 0, 1e6, "sharpness of the softmax over modulators", .aliases = "beta"),
    CHOICE(net_global_attention, similarity, "similarity", similarities, SIM_KEY, "h of equation 7", .aliases = "h"),
    NUM(net_global_attention, null_logit, "null_logit", PLAIN, NAN, -1e6, 1e6, "logit of a null modulator; absent: none", .aliases = "null"),
    SHAPE("context", NAMES, "C(t): the neuromodulators whose levels make up the context vector, one a dimension of the keys; absent: 1 in each", .ref = REF_MODULATOR, .aliases = "C context_vector"),
    END};
static const key_context global_context = {"global_attention", "plasticity_rules.NAME.global_attention", "attention over modulators, equations 6 and 7", global_keys, NULL, NULL};

static const key_def local_keys[] = {
    ENABLED(net_local_attention),
    NUM(net_local_attention, beta_a, "beta_a", PLAIN, 1, 0, 1e6, "sharpness of the softmax over the fan-in", .aliases = "beta"),
    CHOICE(net_local_attention, similarity, "similarity", similarities, SIM_SCALED_DOT, "g of equation 11: scaled_dot or cosine", .aliases = "g"),
    FLAG(net_local_attention, unit_mean, "scale", scales, 1, "softmax as in the paper, or unit_mean so that eta need not grow with the fan-in"),
    LIST("tau", MS, 0, 1e7, "timescales of h and c, one or a list; default 100 ms", .flags = KEY_OPEN_LOW, .aliases = "=tau_context tau_h tau_c"),
    BOOL(net_local_attention, optional, "optional", 0, "a target that cannot compute it leaves it out, with a warning and a row of the report, instead of refusing the network"),
    END};
static const key_context local_context = {"local_attention", "plasticity_rules.NAME.local_attention", "attention over the fan-in, equations 10 and 11", local_keys, NULL, NULL};

static const key_def attention_keys[] = { /* both in one mapping */
    BOOL(net_rule, local_attention.on, "enabled", 1, "false switches both terms off", .flags = KEY_SWITCH, .aliases = "on active"),
    NUM(net_rule, local_attention.beta_a, "beta_a", PLAIN, NAN, 0, 1e6, "sharpness over the fan-in; its presence switches local attention on"),
    NUM(net_rule, global_attention.beta_g, "beta_g", PLAIN, NAN, 0, 1e6, "sharpness over modulators; its presence switches global attention on"),
    LIST("tau_context", MS, 0, 1e7, "timescales of h and c, one or a list; default 100 ms", .flags = KEY_OPEN_LOW, .aliases = "=tau"),
    CHOICE(net_rule, global_attention.similarity, "similarity", similarities, SIM_KEY, "h of equation 7"),
    FLAG(net_rule, local_attention.unit_mean, "scale", scales, 1, "scale of the local attention"),
    NUM(net_rule, global_attention.null_logit, "null_logit", PLAIN, NAN, -1e6, 1e6, "logit of a null modulator"),
    SHAPE("context", NAMES, "C(t) of the global attention: neuromodulators, one a dimension of the keys", .ref = REF_MODULATOR, .aliases = "C context_vector"),
    END};
const key_context keys_attention = {"attention", "plasticity_rules.NAME.attention", "local and global attention in one mapping", attention_keys, NULL, NULL};

static const key_def phase_keys[] = {
    ENABLED(net_phase_gate),
    REF(net_phase_gate, oscillation, "oscillation", OSCILLATION, "whose phase gates", .flags = KEY_REQUIRED, .aliases = "oscillator rhythm"),
    VALUE(net_phase_gate, phi, "phi", RAD, 0, -1e6, 1e6, "preferred phase, with its unit deg or rad", .aliases = "phase"),
    UINT(net_phase_gate, bins, "bins", INTEGER, 8, 1, 4096, "phase bins B", .aliases = "B nbins"),
    CHOICE(net_phase_gate, owner, "owner", owners, PHI_PROJECTION, "what has a phase of its own"),
    CHOICE(net_phase_gate, assign, "assign", assigns, NAN, "how phases are given; default: by the form of phi", .aliases = "assignment"),
    UINT(net_phase_gate, group_size, "group_size", INTEGER, 0, 1, 1e9, "by_group: owners in a group"),
    CHOICE(net_phase_gate, gate, "gate", gates, GATE_PLASTICITY, "what the phase gates"),
    REAL(net_phase_gate, open_above, "open_above", PLAIN, 0, -1, 1, "gate of firing: a neuron may fire while cos(Phi - phi) is above this; cos(pi/bins) opens one bin at a time", .aliases = "threshold width"),
    END};
static const key_context phase_context = {"phase_gate", "plasticity_rules.NAME.phase_gate", "oscillatory gate, equation 4", phase_keys, NULL, NULL};

static const key_def probability_keys[] = {
    ENABLED(net_probability_gate),
    NUM(net_probability_gate, beta_p, "beta_p", PLAIN, 0.2, 0, 1e9, "steepness [1/LSB of the weight]", .aliases = "beta"),
    NUM(net_probability_gate, theta_p, "theta_p", PLAIN, 0, 0, 1e9, "threshold [LSB of the weight]", .aliases = "theta threshold"),
    NUM(net_probability_gate, lsb, "lsb", PLAIN, NAN, 0, 1e12, "weight of one LSB, in the unit of weight; default: a step of the chip's weights; the reference alone takes 1/255 of weight_bounds", .flags = KEY_OPEN_LOW, .aliases = "step unit"),
    END};
static const key_context probability_context = {"probability_gate", "plasticity_rules.NAME.probability_gate", "probabilistic update, equation 5", probability_keys, NULL, NULL};

static const key_def meta_keys[] = {
    ENABLED(net_meta),
    CHOICE(net_meta, method, "method", meta_methods, META_SPSA, "estimator of the gradient"),
    TEXT(net_meta, objective, "objective", "what to maximise: task.NAME", .flags = KEY_REQUIRED, .aliases = "loss reward"),
    NUM(net_meta, window, "window", TRIALS, 100, 1, 1e9, "trials a measurement", .aliases = "=every period"),
    NUM(net_meta, a0, "alpha_local", PLAIN, 0.1, 0, 1e6, "first step size for eta_local", .aliases = "=a0 alpha_meta"),
    NUM(net_meta, a0_global, "alpha_global", PLAIN, NAN, 0, 1e6, "first step size for eta_global, default alpha_local"),
    NUM(net_meta, c0, "epsilon", PLAIN, 0.1, 0, 1e6, "first perturbation [octaves of eta]", .flags = KEY_OPEN_LOW, .aliases = "=c0 c"),
    NUM(net_meta, big_a, "stability", PLAIN, 10, 0, 1e9, "A of a_n = a0 / (n + A)^alpha", .aliases = "=A"),
    NUM(net_meta, alpha_exponent, "alpha_exponent", PLAIN, 0.602, 0, 10, "decay of the step size", .aliases = "=alpha"),
    NUM(net_meta, gamma_exponent, "gamma_exponent", PLAIN, 0.101, 0, 10, "decay of the perturbation", .aliases = "=gamma"),
    SHAPE("bounds", PAIR, "[eta_min, eta_max], default [1e-6, 1]", .aliases = "eta_bounds range"),
    END};
static const key_context meta_context = {"meta", "plasticity_rules.NAME.meta", "meta-learning of eta, equations 8 and 9", meta_keys, NULL, NULL};

#define TRACE_PAIR(v) \
    NUM(net_rule, v##_impulse, #v "_impulse", PLAIN, 16, 0, 127.99609375, "what a spike adds to the trace " #v, .in = LOIHI), \
    NUM(net_rule, v##_tau, #v "_tau", STEPS, 10, 0, 1e6, "decay time of the trace " #v " in steps", .in = LOIHI)
static const key_def rule_keys[] = {
    TYPE(rule_types, "kind of rule; default hmn", .aliases = "kind rule"),
    BOOL(net_rule, enabled, "enabled", 1, "false: synapses stay as they are", .aliases = "on active"),
    MAP(net_rule, traces, "traces", &traces_context, "eligibility, equation 2", .in = PAIRED, .aliases = "eligibility trace"),
    NUM(net_rule, eta_local, "eta_local", PLAIN, 0.01, 0, 1e6, "local rate of equation 3", .in = PAIRED, .aliases = "eta_l eta learning_rate lr"),
    NUM(net_rule, eta_global, "eta_global", PLAIN, 0.001, 0, 1e6, "global rate of equation 3", .in = HMN, .aliases = "eta_g"),
    NUM(net_rule, eta_local, "eta_local", PLAIN, 0, -1e6, 1e6, "register r1 while all modulators are silent", .in = LOIHI),
    NUM(net_rule, eta_global, "eta_global", PLAIN, 1, -1e6, 1e6, "steps of register r1 for each 1 of the sum of weight times level", .in = LOIHI),
    SHAPE("neuromodulators", NAMES, "modulators that enter G, equation 6; of type loihi: registers r0 and r1", .in = HMN | LOIHI, .ref = REF_MODULATOR, .aliases = "modulators modulator neuromodulator"),
    MAP(net_rule, global_attention, "global_attention", &global_context, "equations 6 and 7", .in = HMN),
    MAP(net_rule, local_attention, "local_attention", &local_context, "equations 10 and 11", .in = HMN),
    PART("attention", &keys_attention, "both attentions in one mapping", .in = HMN),
    MAP(net_rule, phase_gate, "phase_gate", &phase_context, "equation 4", .in = HMN, .aliases = "phase oscillation gate"),
    MAP(net_rule, probability_gate, "probability_gate", &probability_context, "equation 5", .in = HMN, .aliases = "stochastic_gate probability"),
    MAP(net_rule, meta, "meta", &meta_context, "equations 8 and 9", .in = HMN, .aliases = "meta_learning metalearning"),
    SHAPE("astrocyte", CELL, "name of an astrocyte or an inline one", .in = HMN, .ref = REF_ASTROCYTE, .aliases = "astrocytes glia"),
    SHAPE("weight_bounds", PAIR, "[lowest, highest] weight, in the unit of weight", .aliases = "bounds w_bounds weight_range w_min w_max wmax wmin"),
    FLAG(net_rule, sign_free, "sign", signs, 0, "may weights change sign"),
    NUM(net_rule, epoch, "epoch", STEPS, 1, 1, 63, "steps from one evaluation of the rule to the next", .aliases = "t_epoch every"),
    NUM(net_rule, decay, "decay", PLAIN, 0, 0, 1, "share of a weight lost per ms", .in = PAIRED, .aliases = "weight_decay forgetting"),
    TEXT(net_rule, dw, "dw", "change of the weight: a sum of products, e.g. 2^-2*x1*y0 - 2^-2*y1*x0", .in = LOIHI),
    TEXT(net_rule, dd, "dd", "change of the delay", .in = LOIHI),
    TEXT(net_rule, dt, "dt", "change of the tag", .in = LOIHI),
    TRACE_PAIR(x1), TRACE_PAIR(x2), TRACE_PAIR(y1), TRACE_PAIR(y2), TRACE_PAIR(y3),
    CHOICE(net_rule, third_factor, "third_factor", third_factors, THIRD_NONE, "who sets y1, y2 and y3", .in = LOIHI),
    CHOICE(net_rule, timing, "timing", timings, TIMED_PAIR, "which spikes are paired", .in = PROGRAM, .aliases = "timing_dependence"),
    FLAG(net_rule, multiplicative, "weight_dependence", dependences, 0, "how a step depends on the weight", .in = PROGRAM),
    NUM(net_rule, traces.a_plus, "A_plus", PLAIN, 0.01, 0, 6e4, "potentiation; additive: in the unit of weight", .in = PROGRAM, .aliases = "a_plus"),
    NUM(net_rule, traces.a_minus, "A_minus", PLAIN, 0.01, 0, 6e4, "depression; additive: in the unit of weight", .in = PROGRAM, .aliases = "a_minus"),
    NUM(net_rule, traces.tau_plus, "tau_plus", MS, 20, 0, 1e6, "decay time of the presynaptic trace; of both with timing: vogels", .flags = KEY_OPEN_LOW, .in = PROGRAM, .aliases = "tau"),
    NUM(net_rule, traces.tau_minus, "tau_minus", MS, 20, 0, 1e6, "decay time of the postsynaptic trace", .flags = KEY_OPEN_LOW, .in = PROGRAM),
    NUM(net_rule, tau_x, "tau_x", MS, 100, 0, 1e6, "timing: triplet; decay time of the second presynaptic trace", .flags = KEY_OPEN_LOW, .in = PROGRAM),
    NUM(net_rule, tau_y, "tau_y", MS, 100, 0, 1e6, "timing: triplet; decay time of the second postsynaptic trace", .flags = KEY_OPEN_LOW, .in = PROGRAM),
    NUM(net_rule, a3_plus, "A3_plus", PLAIN, 0, 0, 6e4, "timing: triplet; potentiation of a triplet", .in = PROGRAM),
    NUM(net_rule, a3_minus, "A3_minus", PLAIN, 0, 0, 6e4, "timing: triplet; depression of a triplet", .in = PROGRAM),
    NUM(net_rule, alpha, "alpha", PLAIN, 0.1, 0, 15, "timing: vogels; depression of each presynaptic spike, of a trace's 1", .in = PROGRAM),
    BOOL(net_rule, backprop_delay, "backprop_delay", 1, "postsynaptic spikes reach a synapse after its delay", .in = PROGRAM),
    NUM(net_rule, tau_c, "tau_c", MS, NAN, 0, 1e6, "decay time of the eligibility; with tau_d: the rule is neuromodulated", .flags = KEY_OPEN_LOW, .in = PROGRAM),
    NUM(net_rule, tau_d, "tau_d", MS, NAN, 0, 1e6, "decay time of the third factor", .flags = KEY_OPEN_LOW, .in = PROGRAM),
    CHOICE(net_rule, graded_pre, "graded_pre", graded_modes, PRE_PLAIN, "what the payload p of a presynaptic spike does to x1", .in = LOIHI),
    END};
const key_context keys_rule = {"rule", "plasticity_rules.NAME", "how synapses change", rule_keys, rule_types, "hmn"};

/* ---- modulation ---- */
static const key_def source_keys[] = {
    TEXT(net_modulator, signal, "signal", "task.NAME or input.NAME", .aliases = "input task"),
    REF(net_modulator, population, "population", POPULATION, "the mean rate of a population", .aliases = "rate_of pop"),
    {.name = "statistic", .kind = KEY_WORD, .choice = statistics, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .meaning = "what of the population, default rate"},
    NUM(net_modulator, baseline, "baseline", HZ, 0, 0, 1e6, "rate of the population that counts as zero", .aliases = "offset"),
    NUM(net_modulator, value, "constant", PLAIN, 0, -1e6, 1e6, "a constant level", .aliases = "=value level"),
    SHAPE("schedule", ROWS, "rows [time, level]: a step function", .aliases = "steps times"),
    END};
const key_context keys_source = {"source", "neuromodulators.NAME.source", "where a modulator comes from: one of signal, population, constant, schedule", source_keys, NULL, NULL};

static const key_def modulator_keys[] = {
    NUM(net_modulator, weight, "weight", PLAIN, 1, -1e6, 1e6, "w_k of equation 6", .aliases = "w_k w gain"),
    NUM(net_modulator, tau, "tau", MS, 0, 0, 1e9, "decay time of the moving average; 0: the value itself", .aliases = "time_constant"),
    NUM(net_modulator, baseline_tau, "baseline_tau", MS, NAN, 0, 1e12, "subtract a running mean of this time constant (prediction error)", .flags = KEY_OPEN_LOW, .aliases = "tau_baseline"),
    PART("source", &keys_source, "where it comes from, default the signal input.NAME", .aliases = "from input"),
    LIST("key", PLAIN, -1e6, 1e6, "key vector of equation 7, default one-hot", .aliases = "kappa"),
    END};
const key_context keys_modulator = {"neuromodulator", "neuromodulators.NAME", "a scalar E_k broadcast to synapses", modulator_keys, NULL, NULL};

static const key_def oscillation_keys[] = {
    NUM(net_oscillation, frequency, "frequency", HZ, NAN, 0, 1e5, "frequency f", .flags = KEY_REQUIRED | KEY_OPEN_LOW, .aliases = "f freq rate"),
    NUM(net_oscillation, phase, "phase", RAD, 0, -1e6, 1e6, "phase at time 0, with its unit deg or rad", .aliases = "phi phi0 offset"),
    END};
const key_context keys_oscillation = {"oscillation", "oscillations.NAME", "a rhythm for phase gates", oscillation_keys, NULL, NULL};

static const key_def astrocyte_keys[] = {
    REF(net_astrocyte, modulator, "modulator", MODULATOR, "E_NE, the modulator that drives it; an inline astrocyte takes the rule's first", .aliases = "neuromodulator source input"),
    NUM(net_astrocyte, tau, "tau", MS, 10000, 0, 1e12, "time constant", .flags = KEY_OPEN_LOW, .aliases = "tau_A tau_a"),
    NUM(net_astrocyte, gain, "gain", PLAIN, 1, 0, 1e6, "sensitivity S", .aliases = "=S sensitivity"),
    NUM(net_astrocyte, a_max, "a_max", PLAIN, 1, 0, 1e6, "ceiling of A", .flags = KEY_OPEN_LOW, .aliases = "=A_max"),
    NUM(net_astrocyte, hill_n, "hill_n", PLAIN, 2, 0, 64, "exponent n of M = A^n / (A^n + K^n)", .flags = KEY_OPEN_LOW, .aliases = "=n"),
    NUM(net_astrocyte, hill_k, "hill_k", PLAIN, 0.5, 0, 1e6, "K: the level at which M is one half", .flags = KEY_OPEN_LOW, .aliases = "=theta =K"),
    NUM(net_astrocyte, lambda, "lambda", PLAIN, 1, -1e6, 1e6, "strength", .aliases = "strength"),
    CHOICE(net_astrocyte, effect, "effect", effects, ASTRO_ADDITIVE, "what M acts on", .aliases = "pathway"),
    BOOL(net_astrocyte, on, "enabled", 1, "false: rules do without it"),
    END};
const key_context keys_astrocyte = {"astrocyte", "astrocytes.NAME", "slow modulation of learning", astrocyte_keys, NULL, NULL};

/* ---- input and output ---- */
static const key_def stimulus_keys[] = {
    TYPE(stimuli, "kind of stimulus", .flags = KEY_REQUIRED, .aliases = "kind model"),
    REF(net_stimulus, target, "target", POPULATION, "the population it enters", .flags = KEY_REQUIRED, .aliases = "population to post"),
    NUM(net_stimulus, start, "start", MS, 0, 0, 1e15, "begin", .aliases = "onset from delay"),
    NUM(net_stimulus, duration, "duration", MS, NAN, 0, 1e15, "length, default: to the end", .aliases = "length stop until"),
    SHAPE("times", ROWS, "rows [time, neuron]", .in = BIT(STIM_SPIKES), .flags = KEY_REQUIRED, .aliases = "=list spikes spike_times"),
    VALUE(net_stimulus, rate, "rate", HZ, NAN, 0, 1e6, "rate of each neuron; dataset: of the largest value", .in = BIT(STIM_POISSON) | BIT(STIM_DATASET), .flags = KEY_REQUIRED, .aliases = "frequency lambda"),
    NUM(net_stimulus, weight, "weight", WEIGHT, NAN, -1e12, 1e12, "effect of each spike, for targets that are neurons", .in = BIT(STIM_POISSON) | BIT(STIM_SPIKES) | BIT(STIM_FILE) | BIT(STIM_DATASET), .aliases = "w amplitude"),
    VALUE(net_stimulus, amplitude, "amplitude", NA, NAN, -1e12, 1e12, "current into each neuron; integers for loihi_lif", .in = BIT(STIM_CURRENT), .flags = KEY_REQUIRED, .aliases = "current i value"),
    NUM(net_stimulus, frequency, "frequency", HZ, NAN, 0, 1e6, "the current alternates: amplitude sin(2 pi frequency t + phase) + offset, t from start", .in = BIT(STIM_CURRENT), .aliases = "f"),
    NUM(net_stimulus, phase, "phase", RAD, 0, -1e6, 1e6, "of an alternating current, with its unit deg or rad", .in = BIT(STIM_CURRENT)),
    NUM(net_stimulus, offset, "offset", NA, 0, -1e12, 1e12, "added to an alternating current", .in = BIT(STIM_CURRENT)),
    NUM(net_stimulus, deviation, "deviation", NA, 0, 0, 1e12, "of Gaussian noise, drawn anew in each step, around amplitude", .in = BIT(STIM_CURRENT), .aliases = "stdev sigma sd noise"),
    NUM(net_stimulus, present, "present", MS, 50, 1e-3, 1e9, "how long each sample is shown", .in = BIT(STIM_DATASET), .aliases = "sample_duration presentation"),
    NUM(net_stimulus, pause, "pause", MS, 0, 0, 1e9, "silence after each sample", .in = BIT(STIM_DATASET), .aliases = "gap rest"),
    TEXT(net_stimulus, select, "select", "task.NAME: only for the neurons that the task selects", .in = BIT(STIM_POISSON) | BIT(STIM_CURRENT)),
    {.name = "file", .kind = KEY_TEXT, .def = NAN, .low = -INF, .high = INF, .offset = KEY_UNBOUND, .in = BIT(STIM_FILE) | BIT(STIM_DATASET), .flags = KEY_REQUIRED, .meaning = "text or .npy of rows (step, neuron); dataset: a row a sample, a column a neuron, a label may follow", .aliases = "path filename dataset"},
    END};
const key_context keys_stimulus = {"stimulus", "stimuli.NAME", "input to a population", stimulus_keys, stimuli, NULL};

static const key_def probe_keys[] = {
    SHAPE("target", NAMES, "what to record from: populations, projections (weight, traces) or neuromodulators (level)", .flags = KEY_REQUIRED, .aliases = "targets population of from source"),
    SHAPE("record", WORDS, "a variable or a list of them", .choice = records, .flags = KEY_REQUIRED, .aliases = "variable variables what probeable"),
    UINT(net_probe, every, "every", STEPS, 1, 1, 4294967295.0, "steps from one sample to the next", .aliases = "sample_every interval sampling_interval dt"),
    UINT(net_probe, sample, "sample", INTEGER, 0, 0, 4294967295.0, "at most so many neurons or synapses, 0: all", .aliases = "samples n max"),
    END};
const key_context keys_probe = {"probe", "probes.NAME", "something to record", probe_keys, NULL, NULL};

static const key_def root_keys[] = {
    SHAPE("hmn", VERSION, "version of the format: 1", .flags = KEY_REQUIRED, .aliases = "version format"),
    PART("network", &keys_network, "name, description, step", .aliases = "net model"),
    SHAPE("include", PATHS, "files merged below this one, paths relative to it", .aliases = "includes import imports"),
    SHAPE("parameters", NUMBERS, "named numbers for ${...}; --set NAME=VALUE overrides", .aliases = "params constants variables"),
    NAMED("populations", &keys_population, "groups of neurons", .flags = KEY_REQUIRED, .aliases = "population neurons layers nodes"),
    NAMED("projections", &keys_projection, "synapses between groups", .aliases = "projection connections synapses edges"),
    NAMED("plasticity_rules", &keys_rule, "how synapses change", .aliases = "plasticity rules learning_rules learning"),
    NAMED("neuromodulators", &keys_modulator, "broadcast signals E_k", .aliases = "modulators neuromodulator"),
    NAMED("oscillations", &keys_oscillation, "rhythms", .aliases = "oscillation oscillators rhythms"),
    NAMED("astrocytes", &keys_astrocyte, "slow modulation of learning", .aliases = "astrocyte glia"),
    NAMED("stimuli", &keys_stimulus, "input", .aliases = "stimulus inputs input"),
    SHAPE("task", ANY, "the task that closes the loop: type and its own settings", .aliases = "tasks environment"),
    NAMED("probes", &keys_probe, "what to record", .aliases = "probe record recordings outputs"),
    PART("target", &keys_target, "the chip", .aliases = "chip hardware backend"),
    PART("run", &keys_run, "duration and seed", .aliases = "simulation sim"),
    END};
static const key_context root_context = {"file", "top level", "a network", root_keys, NULL, NULL};
/* clang-format on */

static const key_context *const contexts[] = {
    &root_context,    &keys_network,   &keys_population,   &keys_initial,     &keys_structure, &keys_third_factors, &keys_third,
    &keys_projection, &keys_connector, &keys_distribution, &keys_rule,        &traces_context,
    &global_context,  &local_context,  &keys_attention,    &phase_context,    &probability_context,
    &meta_context,    &keys_modulator, &keys_source,       &keys_oscillation, &keys_astrocyte,
    &keys_stimulus,   &keys_probe,     &keys_target,       &keys_run,         NULL};

const key_context *keys_root(void) { return &root_context; }
const key_context *const *keys_contexts(void) { return contexts; }

/* Words by which users of other tools know the parameters. */
#define PARAM_ALIASES(p)                                                                                               \
    ((p) == NP_TAU_M        ? "tau_mem tau_rc taum"                                                                    \
     : (p) == NP_TAU_SYN_E  ? "tau_syn_ex tau_syn tau_syn_exc tau_exc"                                                 \
     : (p) == NP_TAU_SYN_I  ? "tau_syn_in tau_syn_inh tau_inh"                                                         \
     : (p) == NP_TAU_REFRAC ? "tau_ref t_ref refractory_period"                                                        \
     : (p) == NP_CM         ? "C_m capacitance"                                                                        \
     : (p) == NP_V_REST     ? "E_L v_leak e_rest"                                                                      \
     : (p) == NP_V_THRESH   ? "V_th v_threshold threshold vth v_th"                                                    \
     : (p) == NP_V_RESET    ? "V_r"                                                                                    \
     : (p) == NP_I_OFFSET   ? "I_e bias current"                                                                       \
     : (p) == NP_DECAY_U    ? "du iDecay current_decay"                                                                \
     : (p) == NP_DECAY_V    ? "dv vDecay voltage_decay"                                                                \
     : (p) == NP_VTH_MANT   ? "vth threshold vThMant vth_mantissa"                                                     \
     : (p) == NP_BIAS_MANT  ? "bias bias_mantissa"                                                                     \
     : (p) == NP_REFRACTORY ? "refract_delay refractDelay tau_refrac"                                                  \
                            : NULL)

const key_param keys_params[NP_COUNT] = {
#define NEURON_PARAM(id, key, dim, def, low, high, models, meaning)                                                    \
    [NP_##id] = {key, NET_##dim, def, low, high, models, meaning, PARAM_ALIASES(NP_##id)},
#include "core/ir/neuron.def"
};

bool keys_accepts(const char *aliases, const char *word)
{
    size_t length = strlen(word);
    while (aliases && *aliases) {
        size_t n = strcspn(aliases, " ");
        if (*aliases == '=' && n == length + 1 && memcmp(aliases + 1, word, length) == 0)
            return true;
        aliases += n + (aliases[n] == ' ');
    }
    return false;
}

const key_def *keys_find(const key_context *c, const char *name, uint32_t variant)
{
    for (const key_def *k = c->key; k->name; k++)
        if ((!variant || !k->in || (k->in & variant)) && (strcmp(k->name, name) == 0 || keys_accepts(k->aliases, name)))
            return k;
    return NULL;
}

/* Equal but for case and _ . */
static bool alike(const char *a, const char *b, size_t nb)
{
    size_t i = 0;
    for (;; a++, i++) {
        while (*a == '_')
            a++;
        while (i < nb && b[i] == '_')
            i++;
        if (!*a || i == nb)
            return !*a && i == nb;
        if (tolower((unsigned char)*a) != tolower((unsigned char)b[i]))
            return false;
    }
}

const key_choice *keys_choose(const key_choice *list, const char *word, bool lenient)
{
    for (const key_choice *c = list; c->word; c++) {
        if (strcmp(c->word, word) == 0 || (lenient && alike(word, c->word, strlen(c->word))))
            return c;
        for (const char *a = lenient ? c->aliases : NULL; a && *a;) {
            size_t n = strcspn(a, " "), skip = *a == '=';
            if (alike(word, a + skip, n - skip))
                return c;
            a += n + (a[n] == ' ');
        }
    }
    return NULL;
}
