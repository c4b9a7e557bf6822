/* Judges one core's tables. Takes an image of any content, yields a report of the first value that breaks a limit
 * or a reference from table to table. What passes here can be booted and stepped without further checks. */
#include "backends/loihi/lower.h"

#include "backends/loihi/core.h"
#include "backends/loihi/decode.h"
#include "backends/loihi/dialect.h"
#include "backends/loihi/extended.h"
#include "backends/loihi/gather.h"
#include "backends/loihi/learning_tables.h"
#include "backends/loihi/weights.h"

#include "core/isa/draw.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct {
    const hmn_core_view *v;
    core_tables t;
    hmn_diag *diag;
    uint64_t unpacked; /* synapses of all lines */
} checker;

__attribute__((format(printf, 2, 3))) static bool wrong(checker *c, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    diag_report(c->diag, DIAG_IMAGE_TABLE, (hmn_span){0}, "core %u: %s", c->v->core, text);
    diag_cure(c->diag, "compile the network again with hmn compile");
    return false;
}

static bool within(checker *c, const char *what, uint64_t value, uint64_t low, uint64_t high)
{
    if (value >= low && value <= high)
        return true;
    return wrong(c, "%s: %llu; %s has %llu..%llu", what, (unsigned long long)value, c->v->chip->name,
                 (unsigned long long)low, (unsigned long long)high);
}

static const hmn_limits *limits(const checker *c) { return c->v->chip->limits; }
static uint64_t rows(const checker *c, loihi_table table) { return c->t.table[table].rows; }
static uint64_t core_value(const checker *c, uint32_t column) { return (uint64_t)c->t.core[column]; }
static int64_t value(const checker *c, loihi_table table, uint64_t row, uint32_t column)
{
    return image_get(c->t.table[table], row, column);
}

static uint64_t ports(const checker *c)
{
    uint64_t n = 1;
    for (uint32_t i = 0; i < c->t.nformats; i++)
        n = c->t.format[i].port ? 2 : n;
    return n;
}

static bool check_core(checker *c)
{
    uint64_t n = core_value(c, LOIHI_CORE_compartments), slots = core_value(c, LOIHI_CORE_slots);
    uint64_t axons = core_value(c, LOIHI_CORE_axons);
    if (!within(c, "compartments", n, 1, limits(c)->compartments) ||
        !within(c, "input axons", axons, 0, limits(c)->in_axons) ||
        !within(c, "first learning axon", core_value(c, LOIHI_CORE_first_learning), 0, axons) ||
        !within(c, "delay slots", slots, 8, CORE_MAX_SLOTS) ||
        !within(c, "accumulator cells", slots * n * ports(c), 8, limits(c)->delay_cells) ||
        !within(c, "dialect", core_value(c, LOIHI_CORE_dialect), 0, DIALECT_COUNT - 1) ||
        !within(c, "u mode", core_value(c, LOIHI_CORE_u_mode), 0, U_WRAPS_ONCE) ||
        !within(c, "v mode", core_value(c, LOIHI_CORE_v_mode), 0, V_SYMMETRIC) ||
        !within(c, "synapse words", rows(c, LOIHI_SYNAPSES), 0, limits(c)->synapse_words))
        return false;
    if (slots & (slots - 1))
        return wrong(c, "%llu delay slots, not a power of two", (unsigned long long)slots);
    if (rows(c, LOIHI_COMPARTMENTS) != n || rows(c, LOIHI_AXONS) != axons)
        return wrong(c, "the tables of compartments and axons do not have the rows that the core row says");
    uint64_t learning = axons - core_value(c, LOIHI_CORE_first_learning);
    uint64_t cost = (uint64_t)loihi_dialects[core_value(c, LOIHI_CORE_dialect)].learning_axon;
    if (!within(c, "entries of input axons", axons - learning + learning * cost, 0, limits(c)->in_axons))
        return false;
    bool learns = learning > 0;
    return !learns || within(c, "learning epoch", core_value(c, LOIHI_CORE_epoch), 1, CORE_MAX_EPOCH);
}

static bool check_formats(checker *c)
{
    for (uint32_t i = 0; i < c->t.nformats; i++) {
        const loihi_format *f = &c->t.format[i];
        if (!within(c, "bits of a weight", (uint64_t)f->weight_bits, 1, c->v->chip->limits->weight_bits) ||
            !within(c, "bits of a delay", (uint64_t)f->delay_bits, 0, 6) ||
            !within(c, "bits of a gap", (uint64_t)f->skip_bits, 0, PACK_SKIP_MOST) ||
            !within(c, "bits of a run", (uint64_t)f->run_bits, 0, PACK_RUN_MOST) ||
            !within(c, "sign mode", (uint64_t)f->sign, SIGN_MIXED, SIGN_INHIBITORY) ||
            !within(c, "learning profile", (uint64_t)f->profile, 0, rows(c, LOIHI_PROFILES)))
            return false;
        if (f->second_bits && (f->second_bits != (int32_t)limits(c)->second_tag_bits || f->profile == 0))
            return wrong(c, "format %u has a second tag of %d bits; plastic ones of %s have 0 or %u", i, f->second_bits,
                         c->v->chip->name, limits(c)->second_tag_bits);
        if (f->port && rows(c, LOIHI_PROGRAMS) == 0)
            return wrong(c, "format %u leads to a second current, and no neuron has a program", i);
        if (f->compression != COMPRESSION_SPARSE && f->compression != COMPRESSION_RUNS &&
            f->compression != COMPRESSION_DENSE)
            return wrong(c, "format %u has compression %d; %s has 0, 1 and 3", i, f->compression, c->v->chip->name);
        int32_t low = loihi_weight_low(f->weight_bits, (qnet_sign)f->sign);
        int32_t high = loihi_weight_high(f->weight_bits, (qnet_sign)f->sign);
        uint32_t grid = 1u << loihi_weight_shift(f->weight_bits, (qnet_sign)f->sign);
        if (f->profile && (f->w_min < low || f->w_max > high || f->w_min > f->w_max || f->w_min % (int32_t)grid ||
                           f->w_max % (int32_t)grid))
            return wrong(c, "format %u bounds learning by %d..%d; its weights are %d..%d by %u", i, f->w_min, f->w_max,
                         low, high, grid);
    }
    return true;
}

static bool check_synapse(checker *c, const loihi_block *b, const loihi_synapse *s)
{
    const loihi_format *f = &c->t.format[b->format];
    if (s->compartment >= core_value(c, LOIHI_CORE_compartments))
        return wrong(c, "a synapse onto compartment %u, which is not there", s->compartment);
    if (s->delay >= core_value(c, LOIHI_CORE_slots))
        return wrong(c, "a synapse with delay field %u and only %u slots", s->delay,
                     (unsigned)core_value(c, LOIHI_CORE_slots));
    if (f->profile && (s->weight < f->w_min || s->weight > f->w_max))
        return wrong(c, "a plastic weight of %d outside its bounds %d..%d", s->weight, f->w_min, f->w_max);
    return true;
}

/* times: how many atoms have these blocks. Each unpacks them for itself, and offsets in a core's rom have 32 bits. */
static bool check_blocks(checker *c, uint64_t axon, uint32_t atom, uint32_t times, bool learns)
{
    enum { UNPACKED_MOST = 1 << 28 };
    block_cursor k = decode_axon(&c->t, axon, atom);
    bool bad;
    while (decode_block(&c->t, &k, &bad)) {
        c->unpacked += (uint64_t)k.block.count * times;
        if (c->unpacked > UNPACKED_MOST)
            return wrong(c, "the axons share blocks so often that they make more than %u synapses", UNPACKED_MOST);
        if (c->t.format[k.block.format].profile && !learns)
            return wrong(c, "axon %u has plastic synapses but lies before the first learning axon", (unsigned)axon);
        for (uint32_t i = 0; i < k.block.count; i++)
            if (!check_synapse(c, &k.block, &k.block.synapse[i]))
                return false;
    }
    return !bad ||
           wrong(c, "the synapses of axon %u do not decode at word %llu", (unsigned)axon, (unsigned long long)k.at);
}

static bool check_axons(checker *c)
{
    uint64_t first_learning = core_value(c, LOIHI_CORE_first_learning), end = 0, more = 0;
    for (uint64_t a = 0; a < rows(c, LOIHI_AXONS); a++) {
        bool learns = a >= first_learning, same = value(c, LOIHI_AXONS, a, LOIHI_AXONS_same) != 0;
        uint32_t atoms = decode_atoms(&c->t, a);
        uint64_t from = decode_axon(&c->t, a, 0).at, to = decode_axon(&c->t, a, atoms - 1).end;
        if (atoms > 1 && learns)
            return wrong(c, "axon %u learns and has %u atoms; such axons have one", (unsigned)a, atoms);
        more += atoms - 1;
        if (from < end && (learns || to > end))
            return wrong(c, "the synapses of axon %u begin before those of the axon before it end", (unsigned)a);
        end = to > end ? to : end;
        if (!within(c, "presynaptic trace settings", (uint64_t)value(c, LOIHI_AXONS, a, LOIHI_AXONS_pre_trace), learns,
                    learns ? rows(c, LOIHI_PRE_TRACES) : 0))
            return false;
        for (uint32_t atom = 0; atom < (same ? 1 : atoms); atom++)
            if (!check_blocks(c, a, atom, same ? atoms : 1, learns))
                return false;
    }
    return more == core_value(c, LOIHI_CORE_atoms) ||
           wrong(c, "the axons have %llu atoms beyond the first, not %llu as the core row says",
                 (unsigned long long)more, (unsigned long long)core_value(c, LOIHI_CORE_atoms));
}

static bool check_compartments(checker *c)
{
    for (uint64_t i = 0; i < rows(c, LOIHI_COMPARTMENTS); i++)
        if (!within(c, "decay_u",
                    (uint64_t)value(c, LOIHI_COMPARTMENTS, i, LOIHI_COMPARTMENTS_decay_u) +
                        core_value(c, LOIHI_CORE_ds_offset),
                    0, 4096) ||
            !within(c, "decay_v",
                    (uint64_t)value(c, LOIHI_COMPARTMENTS, i, LOIHI_COMPARTMENTS_decay_v) +
                        core_value(c, LOIHI_CORE_dm_offset),
                    0, 4096) ||
            !within(c, "noise_exp", (uint64_t)value(c, LOIHI_COMPARTMENTS, i, LOIHI_COMPARTMENTS_noise_exp), 0, 23) ||
            !within(c, "postsynaptic trace settings",
                    (uint64_t)value(c, LOIHI_COMPARTMENTS, i, LOIHI_COMPARTMENTS_post_trace), 0,
                    rows(c, LOIHI_POST_TRACES)))
            return false;
    return true;
}

static bool check_programs(checker *c)
{
    uint64_t n = rows(c, LOIHI_PROGRAMS);
    if (n == 0)
        return true;
    if (!limits(c)->programs || n != rows(c, LOIHI_COMPARTMENTS))
        return wrong(c, "%llu neuron programs; %s has %s", (unsigned long long)n, c->v->chip->name,
                     limits(c)->programs ? "one a compartment, or none" : "none");
    for (uint64_t i = 0; i < n; i++)
        if (!within(c, "payload_exp", (uint64_t)value(c, LOIHI_PROGRAMS, i, LOIHI_PROGRAMS_payload_exp), 0, 23) ||
            !within(c, "decay_adapt", (uint64_t)value(c, LOIHI_PROGRAMS, i, LOIHI_PROGRAMS_decay_adapt), 0, 4096) ||
            !within(c, "decay_u2",
                    (uint64_t)value(c, LOIHI_PROGRAMS, i, LOIHI_PROGRAMS_decay_u2) +
                        core_value(c, LOIHI_CORE_ds_offset),
                    0, 4096))
            return false;
    return true;
}

static bool check_join(checker *c, uint64_t i)
{
    uint64_t first = (uint64_t)value(c, LOIHI_JOINS, i, LOIHI_JOINS_first);
    uint64_t second = (uint64_t)value(c, LOIHI_JOINS, i, LOIHI_JOINS_second);
    bool joins = value(c, LOIHI_JOINS, i, LOIHI_JOINS_join) != JOIN_NONE;
    if (!within(c, "join", (uint64_t)value(c, LOIHI_JOINS, i, LOIHI_JOINS_join), 0, JOIN_COUNT - 1))
        return false;
    if (first > i || second > i)
        return wrong(c, "the dendrites of compartment %u stand %u and %u before it", (unsigned)i, (unsigned)first,
                     (unsigned)second);
    if (joins != (first != 0) || (second && (!first || second == first)))
        return wrong(c, "compartment %u has a join of dendrites that are not there", (unsigned)i);
    return true;
}

static bool check_joins(checker *c)
{
    uint64_t n = rows(c, LOIHI_JOINS);
    if (n && n != rows(c, LOIHI_COMPARTMENTS))
        return wrong(c, "%llu joins; %s has one a compartment, or none", (unsigned long long)n, c->v->chip->name);
    if (n && core_value(c, LOIHI_CORE_dialect) != DIALECT_CHIP)
        return wrong(c, "neurons of several compartments in dialect %s",
                     loihi_dialects[core_value(c, LOIHI_CORE_dialect)].name);
    for (uint64_t i = 0; i < n; i++)
        if (!check_join(c, i))
            return false;
    return true;
}

static bool check_factors(checker *c)
{
    uint64_t n = rows(c, LOIHI_FACTORS);
    if (n && (!limits(c)->programs || n != rows(c, LOIHI_COMPARTMENTS)))
        return wrong(c, "%llu neurons that write third factors; %s has %s", (unsigned long long)n, c->v->chip->name,
                     limits(c)->programs ? "one a compartment, or none" : "none");
    for (uint64_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < LOIHI_FACTORS_COLUMNS; k += LOIHI_FACTORS_y2_source)
            if (!within(c, "source of a third factor", (uint64_t)value(c, LOIHI_FACTORS, i, k), 0, THIRD_SOURCES - 1) ||
                !within(c, "decay of a third factor", (uint64_t)value(c, LOIHI_FACTORS, i, k + LOIHI_FACTORS_y1_decay),
                        0, 4096))
                return false;
    return true;
}

static bool check_routes(checker *c)
{
    int64_t last = 0;
    uint64_t slots = 0;
    uint32_t ncores = image_cores(c->v->image);
    for (uint64_t i = 0; i < rows(c, LOIHI_ROUTES); i++) {
        int64_t from = value(c, LOIHI_ROUTES, i, LOIHI_ROUTES_compartment);
        int64_t core = value(c, LOIHI_ROUTES, i, LOIHI_ROUTES_core),
                axon = value(c, LOIHI_ROUTES, i, LOIHI_ROUTES_axon),
                atom = value(c, LOIHI_ROUTES, i, LOIHI_ROUTES_atom);
        if (from < last || from >= (int64_t)core_value(c, LOIHI_CORE_compartments))
            return wrong(c, "output axon %u leaves compartment %u out of order", (unsigned)i, (unsigned)from);
        last = from;
        image_rows there =
            core < ncores ? image_section(c->v->image, loihi_tables, LOIHI_AXONS, (uint32_t)core) : (image_rows){0};
        if (axon >= (int64_t)there.rows || atom > image_get(there, (uint64_t)axon, LOIHI_AXONS_atoms))
            return wrong(c, "output axon %u leads to core %u axon %u atom %u, which is not there", (unsigned)i,
                         (unsigned)core, (unsigned)axon, (unsigned)atom);
        slots += image_get(there, (uint64_t)axon, LOIHI_AXONS_atoms) ? GATHER_SLOTS : 1;
    }
    return within(c, "output axons", slots, 0, limits(c)->out_axons);
}

/* Dialects with traces a rule: settings stand in the row of their rule and name curves. */
static bool check_own_traces(checker *c)
{
    uint64_t curves = rows(c, LOIHI_DECAYS) / CORE_CURVE;
    if (rows(c, LOIHI_DECAYS) % CORE_CURVE)
        return wrong(c, "a decay curve of %u rows, not 256", (unsigned)(rows(c, LOIHI_DECAYS) % CORE_CURVE));
    if (rows(c, LOIHI_PRE_TRACES) != rows(c, LOIHI_PROFILES) || rows(c, LOIHI_POST_TRACES) != rows(c, LOIHI_PROFILES))
        return wrong(c, "there is not one row of trace settings for each rule");
    for (uint64_t i = 0; i < rows(c, LOIHI_PROFILES); i++) {
        for (uint32_t k = LOIHI_PRE_TRACES_x1_decay; k <= LOIHI_PRE_TRACES_x2_decay; k += 2)
            if (!within(c, "decay curve", (uint64_t)value(c, LOIHI_PRE_TRACES, i, k), 0, curves))
                return false;
        for (uint32_t k = LOIHI_POST_TRACES_y1_decay; k <= LOIHI_POST_TRACES_y3_decay; k += 2)
            if (!within(c, "decay curve", (uint64_t)value(c, LOIHI_POST_TRACES, i, k), 0, curves))
                return false;
    }
    return true;
}

static bool check_traces(checker *c)
{
    if (loihi_own_traces((loihi_dialect_id)core_value(c, LOIHI_CORE_dialect)))
        return check_own_traces(c);
    for (uint64_t i = 0; i < rows(c, LOIHI_PRE_TRACES); i++)
        for (uint32_t k = LOIHI_PRE_TRACES_x1_decay; k <= LOIHI_PRE_TRACES_x2_decay; k += 2)
            if (!within(c, "trace decay", (uint64_t)value(c, LOIHI_PRE_TRACES, i, k), 0, 4096))
                return false;
    for (uint64_t i = 0; i < rows(c, LOIHI_POST_TRACES); i++)
        for (uint32_t k = LOIHI_POST_TRACES_y1_decay; k <= LOIHI_POST_TRACES_y3_decay; k += 2)
            if (!within(c, "trace decay", (uint64_t)value(c, LOIHI_POST_TRACES, i, k), 0, 4096))
                return false;
    for (uint64_t i = 0; i < rows(c, LOIHI_PRE_TRACES); i++)
        if (value(c, LOIHI_PRE_TRACES, i, LOIHI_PRE_TRACES_counts) && !limits(c)->counts_spikes)
            return wrong(c, "presynaptic trace settings %u count a register, which %s cannot", (unsigned)i,
                         c->v->chip->name);
    for (uint64_t i = 0; i < rows(c, LOIHI_POST_TRACES); i++)
        if (value(c, LOIHI_POST_TRACES, i, LOIHI_POST_TRACES_y3_register) &&
            (value(c, LOIHI_POST_TRACES, i, LOIHI_POST_TRACES_y3_impulse) != 0 ||
             value(c, LOIHI_POST_TRACES, i, LOIHI_POST_TRACES_y3_decay) != 4096))
            return wrong(c, "postsynaptic trace settings %u write a register into a y3 that spikes or decay change",
                         (unsigned)i);
    return within(c, "presynaptic trace settings", rows(c, LOIHI_PRE_TRACES), 0, LEARNING_PRE) &&
           within(c, "postsynaptic trace settings", rows(c, LOIHI_POST_TRACES), 0, LEARNING_POST);
}

/* *group: of its attention, if it has one. */
static bool check_profile(checker *c, uint64_t row, uint32_t *group)
{
    uint64_t first = (uint64_t)value(c, LOIHI_PROFILES, row, LOIHI_PROFILES_first);
    uint64_t n = (uint64_t)value(c, LOIHI_PROFILES, row, LOIHI_PROFILES_words);
    uint32_t word[ULEARN_MAX_WORDS];
    if (first + n > rows(c, LOIHI_MICROCODE) || n > ULEARN_MAX_WORDS)
        return wrong(c, "learning profile %u lies outside the microcode", (unsigned)row);
    for (uint64_t i = 0; i < n; i++)
        word[i] = (uint32_t)value(c, LOIHI_MICROCODE, first + i, LOIHI_MICROCODE_word);
    hmn_rule rule = {0};
    const char *why = NULL;
    if (ulearn_decode(word, (uint32_t)n, &rule) != n)
        return wrong(c, "the microcode of learning profile %u does not decode", (unsigned)row);
    const ulearn_legal legal = limits_legal(limits(c));
    if (ulearn_check(&rule, &legal, &why) != rule.nproducts || why)
        return wrong(c, "learning profile %u: %s", (unsigned)row, why);
    *group = rule.attend.on ? rule.attend.group : *group;
    if (rule.draw.on && rule.draw.table >= rows(c, LOIHI_DRAWS) / (DRAW_LINES + 1))
        return wrong(c, "learning profile %u draws by table %u, which is not there", (unsigned)row, rule.draw.table);
    const loihi_dialect *dialect = &loihi_dialects[core_value(c, LOIHI_CORE_dialect)];
    if ((rule.rounds || rule.attend.on || rule.draw.on) &&
        loihi_own_traces((loihi_dialect_id)core_value(c, LOIHI_CORE_dialect)))
        return wrong(c, "learning profile %u has extended ops in dialect %s", (unsigned)row, dialect->name);
    uint64_t epoch = (uint64_t)value(c, LOIHI_PROFILES, row, LOIHI_PROFILES_epoch);
    if (!loihi_own_traces((loihi_dialect_id)core_value(c, LOIHI_CORE_dialect)) &&
        epoch != core_value(c, LOIHI_CORE_epoch))
        return wrong(c, "learning profile %u has an epoch of %u steps, its core one of %u", (unsigned)row,
                     (unsigned)epoch, (unsigned)core_value(c, LOIHI_CORE_epoch));
    if (value(c, LOIHI_PROFILES, row, LOIHI_PROFILES_graded) && !dialect->graded)
        return wrong(c, "learning profile %u takes graded spikes in dialect %s", (unsigned)row, dialect->name);
    if (value(c, LOIHI_PROFILES, row, LOIHI_PROFILES_counts) && !limits(c)->counts_spikes)
        return wrong(c, "spikes of learning profile %u count a register, which %s cannot", (unsigned)row,
                     c->v->chip->name);
    return within(c, "learning epoch of a rule", epoch, 1, (uint64_t)dialect->epoch_high);
}

static bool check_gates(checker *c)
{
    uint64_t gates = image_host(c->v->image, HOST_FIRING).rows;
    for (uint64_t i = 0; i < rows(c, LOIHI_GATES); i++) {
        uint64_t compartment = (uint64_t)value(c, LOIHI_GATES, i, LOIHI_GATES_compartment);
        if (!within(c, "gated compartment", compartment, 0, core_value(c, LOIHI_CORE_compartments) - 1))
            return false;
        if ((uint64_t)value(c, LOIHI_GATES, i, LOIHI_GATES_gate) >= gates)
            return wrong(c, "compartment %u has a gate of firing that is not there", (unsigned)compartment);
    }
    return true;
}

static bool check_profiles(checker *c)
{
    if (!within(c, "learning profiles", rows(c, LOIHI_PROFILES), 0, limits(c)->learning_profiles) ||
        !within(c, "microcode words", rows(c, LOIHI_MICROCODE), 0, limits(c)->learning_words))
        return false;
    uint32_t groups[256 / 32] = {0}, ngroups = 0;
    for (uint64_t i = 0; i < rows(c, LOIHI_PROFILES); i++) {
        uint32_t group = 256;
        if (!check_profile(c, i, &group))
            return false;
        if (group < 256 && !(groups[group / 32] >> group % 32 & 1)) {
            groups[group / 32] |= 1u << group % 32;
            ngroups++;
        }
    }
    if (!within(c, "sums of attention", ngroups, 0, EXTENDED_GROUPS))
        return false;
    for (uint64_t i = 0; i < rows(c, LOIHI_DRAWS); i++)
        if (!within(c, "threshold of a draw", (uint64_t)value(c, LOIHI_DRAWS, i, LOIHI_DRAWS_threshold), 0, DRAW_ONE))
            return false;
    return true;
}

bool loihi_check(const hmn_core_view *v, hmn_diag *d)
{
    checker c = {.v = v, .diag = d};
    if (!decode_tables(v, &c.t))
        return wrong(&c, "there is not one row of core configuration, or there are more than 15 synapse formats");
    return check_core(&c) && check_gates(&c) && check_formats(&c) && check_traces(&c) && check_profiles(&c) &&
           check_compartments(&c) && check_programs(&c) && check_joins(&c) && check_factors(&c) && check_axons(&c) &&
           check_routes(&c);
}
