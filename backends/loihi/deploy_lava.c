/* The network in Lava. Takes an image, yields the script that builds it from the exported files, or says through
 * out->omit each feature that Lava's fixed-point processes (LIF, Dense, DelayDense, LearningDense, RingBuffer) do not
 * have. What they have: du, dv and vth of one value a population, no refractory time, no noise, voltage limits of
 * +-(2^23 - 1), at most one synapse between two neurons, learning without delays, rewards or bounds of weights.
 *
 * Lava adds 1 to du and nothing to dv; what a dialect adds goes into the numbers. The script holds facts of populations
 * and projections; arrays it loads. Names are those of the image, which the caller has found to be file names. */
#include "backends/loihi/deploy.h"

#include "backends/loihi/decode.h"
#include "backends/loihi/dialect.h"
#include "backends/loihi/form.h"
#include "backends/loihi/lava_script.h"
#include "backends/loihi/weights.h"

#include "core/machine/machine.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { BIAS_LOW = -4096, BIAS_HIGH = 4095 };

/* What a core can be told. Whoever adds to it decides here whether Lava's processes have that, too. */
_Static_assert(LOIHI_COMPARTMENTS_COLUMNS == 15 && LOIHI_FORMATS_COLUMNS == 15 && LOIHI_CORE_COLUMNS == 15 &&
                   LOIHI_PROFILES_COLUMNS == 8 && LOIHI_TABLES == 17 && LOIHI_PROGRAMS_COLUMNS == 9,
               "the core's tables have grown: refuse the new feature below, or express it in Lava");

typedef struct {
    const char *name;
    uint32_t first, size;
    bool source;
    int64_t du, dv, vth; /* Lava's */
} lava_population;

typedef struct {
    const char *name;
    uint32_t pre, post;
    bool seen; /* a synapse of it was found */
    loihi_format format;
    int64_t sum_shift;
    loihi_dialect_id dialect;
    hmn_rule rule; /* and traces: format.profile != 0 */
    deploy_trace_row trace[RT_COUNT];
} lava_projection;

typedef struct {
    const hmn_image *m;
    const hmn_chip *chip;
    hmn_files *out;
    hmn_arena *arena;
    core_tables *core;
    lava_population *population;
    lava_projection *projection;
    uint32_t npopulations, nprojections;
    bool refused;
} lava_net;

__attribute__((format(printf, 2, 3))) static bool refuse(lava_net *n, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    n->out->omit(n->out, "deploy_lava.py", text);
    n->refused = true;
    return false;
}

static int64_t host(const hmn_image *m, host_table id, uint64_t row, const char *column)
{
    return image_get(image_host(m, id), row, schema_find(image_host_table(id), column));
}

static const char *host_name(const hmn_image *m, host_table id, uint64_t row)
{
    return image_string(m, (uint64_t)host(m, id, row, "name"));
}

/* ---- populations ---- */

static bool check_limits(lava_net *n, const lava_population *p, const core_tables *t, const int64_t *c)
{
    if (c[LOIHI_COMPARTMENTS_refractory] > 1)
        return refuse(n, "population '%s' has a refractory time of %" PRId64 " steps; Lava's fixed-point LIF has none",
                      p->name, c[LOIHI_COMPARTMENTS_refractory]);
    if (c[LOIHI_COMPARTMENTS_noise_exp])
        return refuse(n, "population '%s' has membrane noise", p->name);
    if (c[LOIHI_COMPARTMENTS_bias_mant] < BIAS_LOW || c[LOIHI_COMPARTMENTS_bias_mant] > BIAS_HIGH)
        return refuse(n, "population '%s' has a bias mantissa of %" PRId64 "; Lava's is %d..%d", p->name,
                      c[LOIHI_COMPARTMENTS_bias_mant], BIAS_LOW, BIAS_HIGH);
    if (t->core[LOIHI_CORE_v_mode] == V_CLIPPED &&
        (c[LOIHI_COMPARTMENTS_vmin_exp] < 23 || c[LOIHI_COMPARTMENTS_vmax_exp] != 7))
        return refuse(n, "population '%s' limits v to less than 24 bits", p->name);
    return true;
}

/* Graded spikes, soft reset, adaptation and a second current: what Lava has of them computes otherwise. */
static bool check_program(lava_net *n, const lava_population *p, const core_tables *t, uint64_t compartment)
{
    static const uint32_t asks[] = {LOIHI_PROGRAMS_graded, LOIHI_PROGRAMS_subtract, LOIHI_PROGRAMS_reset_v,
                                    LOIHI_PROGRAMS_adapt_step, LOIHI_PROGRAMS_two};
    if (t->table[LOIHI_JOINS].rows && image_get(t->table[LOIHI_JOINS], compartment, LOIHI_JOINS_join))
        return refuse(n, "the neurons of population '%s' have dendrites; Lava's LIF has one compartment", p->name);
    for (uint32_t k = 0; t->table[LOIHI_FACTORS].rows && k < LOIHI_FACTORS_COLUMNS; k += LOIHI_FACTORS_y2_source)
        if (image_get(t->table[LOIHI_FACTORS], compartment, k))
            return refuse(n, "the neurons of population '%s' write third factors; Lava's LIF does not", p->name);
    for (uint32_t k = 0; t->table[LOIHI_PROGRAMS].rows && k < sizeof asks / sizeof *asks; k++)
        if (image_get(t->table[LOIHI_PROGRAMS], compartment, asks[k]))
            return refuse(n, "the neurons of population '%s' run a program (%s); Lava's LIF does not", p->name,
                          loihi_tables[LOIHI_PROGRAMS].column[asks[k]].name);
    return true;
}

static bool check_neuron(lava_net *n, lava_population *p, uint32_t i)
{
    uint64_t core = (uint64_t)host(n->m, HOST_NEURONS, p->first + i, "core"),
             compartment = (uint64_t)host(n->m, HOST_NEURONS, p->first + i, "compartment");
    const core_tables *t = &n->core[core];
    int64_t c[LOIHI_COMPARTMENTS_COLUMNS];
    for (uint32_t k = 0; k < LOIHI_COMPARTMENTS_COLUMNS; k++)
        c[k] = image_get(t->table[LOIHI_COMPARTMENTS], compartment, k);
    int64_t du = c[LOIHI_COMPARTMENTS_decay_u] + t->core[LOIHI_CORE_ds_offset] - 1,
            dv = c[LOIHI_COMPARTMENTS_decay_v] + t->core[LOIHI_CORE_dm_offset];
    if (!check_limits(n, p, t, c) || !check_program(n, p, t, compartment))
        return false;
    if (du < 0)
        return refuse(n, "population '%s' keeps all of u; Lava's LIF loses 1/4096 a step at least", p->name);
    if (i == 0) {
        p->du = du;
        p->dv = dv;
        p->vth = c[LOIHI_COMPARTMENTS_vth_mant];
    }
    return (p->du == du && p->dv == dv && p->vth == c[LOIHI_COMPARTMENTS_vth_mant]) ||
           refuse(n, "neurons of population '%s' differ in du, dv or vth; Lava's LIF has one value for all", p->name);
}

static void read_populations(lava_net *n)
{
    n->npopulations = (uint32_t)image_host(n->m, HOST_POPULATIONS).rows;
    n->population = ARENA_NEW(n->arena, lava_population, n->npopulations);
    for (uint32_t k = 0; k < n->npopulations; k++) {
        lava_population *p = &n->population[k];
        *p = (lava_population){.name = host_name(n->m, HOST_POPULATIONS, k),
                               .first = (uint32_t)host(n->m, HOST_POPULATIONS, k, "first"),
                               .size = (uint32_t)host(n->m, HOST_POPULATIONS, k, "size"),
                               .source = host(n->m, HOST_POPULATIONS, k, "source") != 0};
        for (uint32_t i = 0; !p->source && i < p->size; i++)
            if (!check_neuron(n, p, i))
                break;
    }
}

/* ---- projections ---- */

static bool reads(const hmn_rule *r, rule_var v)
{
    for (uint32_t i = 0; i < r->nproducts; i++)
        for (uint32_t k = 0; k < r->product[i].nfactors; k++)
            if (r->product[i].factor[k].var == v)
                return true;
    return false;
}

/* The rule of a block's profile, with its traces. */
static void read_rule(const core_tables *t, uint64_t axon, const loihi_block *b, lava_projection *p)
{
    uint32_t profile = (uint32_t)t->format[b->format].profile - 1;
    deploy_rule(t->table[LOIHI_PROFILES], t->table[LOIHI_MICROCODE], profile, &p->rule);
    uint32_t used = form_traces(&p->rule);
    for (uint32_t k = 0; k < RT_COUNT; k++)
        if (used >> k & 1)
            p->trace[k] = deploy_trace(t, profile, axon, b->synapse[0].compartment, k);
}

/* The projection's bits and sign are those that hold the weights of all its formats. */
static void widen(loihi_format *all, const loihi_format *one)
{
    loihi_format f = *one;
    f.compression = all->compression;
    f.profile = all->profile; /* numbered by each core for itself */
    f.group = all->group;
    form_join(all, &f, all);
}

static void read_block(lava_net *n, const core_tables *t, uint64_t axon, uint32_t projection, const loihi_block *b)
{
    if (projection >= n->nprojections)
        return;
    lava_projection *p = &n->projection[projection];
    if (p->seen) {
        widen(&p->format, &t->format[b->format]);
        return;
    }
    p->seen = true;
    p->format = t->format[b->format];
    p->sum_shift = t->core[LOIHI_CORE_sum_shift];
    p->dialect = (loihi_dialect_id)t->core[LOIHI_CORE_dialect];
    if (p->format.profile)
        read_rule(t, axon, b, p);
}

/* A projection's formats differ between cores and rows in widths, and when it is static in signs; the first block tells
 * all else. */
static void read_blocks(lava_net *n, uint32_t core)
{
    const core_tables *t = &n->core[core];
    for (uint64_t axon = 0; axon < t->table[LOIHI_AXONS].rows; axon++)
        for (uint32_t atom = 0; atom < decode_atoms(t, axon); atom++) {
            block_cursor c = decode_axon(t, axon, atom);
            bool bad;
            for (uint64_t at = c.at; decode_block(t, &c, &bad); at = c.at)
                read_block(n, t, axon, decode_origin(t, at).projection, &c.block);
        }
}

static bool read_projections(lava_net *n)
{
    n->nprojections = (uint32_t)image_host(n->m, HOST_PROJECTIONS).rows;
    n->projection = ARENA_NEW(n->arena, lava_projection, n->nprojections);
    for (uint32_t k = 0; k < n->nprojections; k++) {
        n->projection[k].name = host_name(n->m, HOST_PROJECTIONS, k);
        n->projection[k].pre = (uint32_t)host(n->m, HOST_PROJECTIONS, k, "pre");
        n->projection[k].post = (uint32_t)host(n->m, HOST_PROJECTIONS, k, "post");
        if (n->projection[k].pre >= n->npopulations || n->projection[k].post >= n->npopulations)
            return refuse(n, "projection %" PRIu32 " joins populations that are not there", k);
    }
    for (uint32_t core = 0; core < image_cores(n->m); core++)
        read_blocks(n, core);
    return true;
}

static bool check_rule(lava_net *n, const lava_projection *p)
{
    const hmn_rule *r = &p->rule;
    const loihi_format *f = &p->format;
    int32_t low = f->sign == SIGN_EXCITATORY ? 0
                  : f->sign == SIGN_MIXED    ? -256
                                             : -255,
            high = f->sign == SIGN_INHIBITORY ? 0 : 255;
    if (p->dialect != DIALECT_CHIP && p->dialect != DIALECT_LAVA)
        return refuse(n, "projection '%s' learns as dialect %s does, which is not Lava's way", p->name,
                      loihi_dialects[p->dialect].name);
    if (r->held || r->graded)
        return refuse(n, "the rule of projection '%s' takes %s; the script has spikes only", p->name,
                      r->held ? "third factors" : "graded spikes");
    if (r->rounds || r->attend.on || r->draw.on)
        return refuse(n, "the rule of projection '%s' uses extended ops (%s), which LearningDense has not", p->name,
                      r->attend.on ? "attention"
                      : r->draw.on ? "the probability gate"
                                   : "rounded products");
    if (r->counts_channel)
        return refuse(n, "spikes of projection '%s' count a register, which LearningDense has not", p->name);
    if (reads(r, RV_R0) || reads(r, RV_R1))
        return refuse(n, "the rule of projection '%s' reads a reward register, which LearningDense has not", p->name);
    if (reads(r, RV_D) || *rule_text(r, RULE_D, n->arena))
        return refuse(n, "the rule of projection '%s' uses delays, which LearningDense has not", p->name);
    if (loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign) > 0)
        return refuse(n, "projection '%s' learns in steps of %d; LearningDense in steps of 1 (8 bits, one sign)",
                      p->name, 1 << loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign));
    if (f->w_min != low || f->w_max != high)
        return refuse(n, "projection '%s' bounds weights to %d..%d; LearningDense to %d..%d", p->name, f->w_min,
                      f->w_max, low, high);
    return true;
}

static bool check_learning(lava_net *n, const lava_projection *p, const machine_synapse *s, uint64_t count)
{
    uint64_t all = (uint64_t)n->population[p->pre].size * n->population[p->post].size;
    if (!check_rule(n, p))
        return false;
    for (uint64_t i = 0; i < count; i++)
        if (s[i].delay != 1)
            return refuse(n, "projection '%s' learns and has delays, which LearningDense has not", p->name);
    return count == all ||
           refuse(n, "projection '%s' learns on %" PRIu64 " of %" PRIu64 " pairs; LearningDense learns on all", p->name,
                  count, all);
}

static bool check_synapses(lava_net *n, const lava_projection *p, const machine_synapse *s, uint64_t count)
{
    int32_t lost = p->format.exponent < 0 && !p->sum_shift ? (1 << -p->format.exponent) - 1 : 0;
    for (uint64_t i = 0; i < count; i++) {
        if (i && s[i].pre == s[i - 1].pre && s[i].post == s[i - 1].post)
            return refuse(n, "projection '%s' has several synapses between two neurons; a matrix holds one", p->name);
        if (s[i].weight & lost)
            return refuse(n, "projection '%s' shifts each weight by its exponent of %d; Lava shifts their sum", p->name,
                          p->format.exponent);
    }
    return p->format.profile == 0 || check_learning(n, p, s, count);
}

static void check_projections(lava_net *n, const hmn_machine *machine)
{
    for (uint32_t k = 0; k < n->nprojections; k++) {
        hmn_arena *scratch = arena_new(0);
        uint64_t count;
        const machine_synapse *s = machine_weights(machine, k, scratch, &count);
        check_synapses(n, &n->projection[k], s, count);
        arena_free(scratch);
    }
}

/* ---- text ---- */

static void add_populations(const lava_net *n, hmn_text *out)
{
    text_add(out, "POPULATIONS = [\n");
    for (uint32_t k = 0; k < n->npopulations; k++) {
        const lava_population *p = &n->population[k];
        text_add(out, "    dict(name=\"%s\", first=%" PRIu32 ", size=%" PRIu32 ", ", p->name, p->first, p->size);
        if (p->source)
            text_add(out, "source=True),\n");
        else
            text_add(out, "source=False, du=%" PRId64 ", dv=%" PRId64 ", vth=%" PRId64 "),\n", p->du, p->dv, p->vth);
    }
    text_add(out, "]\n");
}

/* Time constant [steps] of a factor a step; 0: nothing is kept. */
static double tau_of(double keep) { return keep > 0 ? -1 / log(keep) : 0; }

static void add_rule(const lava_projection *p, hmn_text *out)
{
    static const char *const trace[RT_COUNT] = {"x1", "x2", "y1", "y2", "y3"};
    const char *dw = rule_text(&p->rule, RULE_W, out->arena), *dt = rule_text(&p->rule, RULE_T, out->arena);
    text_add(out, "dict(t_epoch=%d", p->rule.epoch);
    if (*dw)
        text_add(out, ", dw=\"%s\"", dw);
    if (*dt)
        text_add(out, ", dt=\"%s\"", dt);
    for (uint32_t k = 0; k < RT_COUNT; k++)
        if (form_traces(&p->rule) >> k & 1)
            text_add(out, ", %s_impulse=%.17g, %s_tau=%.17g", trace[k], p->trace[k].impulse, trace[k],
                     tau_of(p->trace[k].keep));
    text_add(out, ")");
}

static void add_projections(const lava_net *n, hmn_text *out)
{
    static const char *const sign[] = {"NULL", "MIXED", "EXCITATORY", "INHIBITORY"};
    text_add(out, "PROJECTIONS = [\n");
    for (uint32_t k = 0; k < n->nprojections; k++) {
        const lava_projection *p = &n->projection[k];
        if (!p->seen)
            continue;
        text_add(out,
                 "    dict(name=\"%s\", pre=\"%s\", post=\"%s\", weight_bits=%d, weight_exp=%d, sign=\"%s\", rule=",
                 p->name, n->population[p->pre].name, n->population[p->post].name, p->format.weight_bits,
                 p->format.exponent, sign[p->format.sign]);
        if (p->format.profile)
            add_rule(p, out);
        else
            text_add(out, "None");
        text_add(out, "),\n");
    }
    text_add(out, "]\n");
}

static void add_facts(const lava_net *n, hmn_text *out)
{
    loihi_dialect_id dialect = (loihi_dialect_id)n->core[0].core[LOIHI_CORE_dialect];
    text_add(out, "IMAGE = \"%016" PRIx64 "\"\nDIALECT = \"%s\"\nDURATION = %" PRId64 "\n", image_hash(n->m),
             loihi_dialects[dialect].name, host(n->m, HOST_NETWORK, 0, "duration"));
    text_add(out, "BIAS_MANT, BIAS_EXP, INIT_U, INIT_V = %d, %d, %d, %d  # columns of neurons/POPULATION.npy\n",
             LOIHI_COMPARTMENTS_bias_mant, LOIHI_COMPARTMENTS_bias_exp, LOIHI_COMPARTMENTS_init_u,
             LOIHI_COMPARTMENTS_init_v);
}

static void write_script(const lava_net *n, hmn_text *script)
{
    text_add(script, "%s", lava_script_head);
    add_facts(n, script);
    add_populations(n, script);
    add_projections(n, script);
    text_add(script, "%s", lava_script_body);
}

/* All that stands in the way, not only the first. */
static bool study(lava_net *n, const hmn_machine *machine)
{
    for (uint32_t core = 0; core < image_cores(n->m); core++)
        if (!decode_tables(&(hmn_core_view){n->m, n->chip, core, image_seed(n->m)}, &n->core[core]))
            return refuse(n, "the tables of core %" PRIu32 " cannot be read", core);
    if (image_cores(n->m) == 0)
        return refuse(n, "no neuron is on a core");
    if (image_host(n->m, HOST_BIASES).rows)
        refuse(n, "the management processor adapts biases; Lava's are fixed (homeostasis_eta: 0)");
    if (image_host(n->m, HOST_CURRENTS).rows)
        refuse(n, "the host writes currents into neurons; Lava's inputs are spikes");
    read_populations(n);
    if (!read_projections(n))
        return false;
    check_projections(n, machine);
    return !n->refused;
}

bool deploy_lava(const hmn_image *m, const hmn_chip *chip, hmn_files *out, hmn_text *script, hmn_diag *d)
{
    hmn_machine *machine = machine_boot(m, chip, 1, NULL, d); /* checks every table, too */
    if (!machine)
        return false;
    lava_net n = {.m = m, .chip = chip, .out = out, .arena = script->arena};
    n.core = ARENA_NEW(n.arena, core_tables, image_cores(m));
    bool possible = study(&n, machine);
    machine_free(machine);
    if (possible)
        write_script(&n, script);
    return possible;
}
