/* Starts a core. Takes its tables from an image that check.c passed, yields rom laid out for speed and the state
 * before step 0.
 *
 * Registers become 32-bit columns ready for use (4096 - decay, threshold and bias shifted); synapse blocks become
 * runs of 32-bit words whose low half is the cell of the delay ring they add to and whose high half the weight.
 * Sizes come from one walk over the blocks, contents from a second. */
#include "backends/loihi/core.h"

#include "backends/loihi/decode.h"
#include "backends/loihi/dialect.h"
#include "backends/loihi/lines.h"
#include "backends/loihi/weights.h"

#include "core/base/bug.h"
#include "core/base/fx.h"
#include "core/isa/draw.h"
#include "core/isa/ulearn.h"

#include <string.h>

static uint32_t reserve(uint32_t *bytes, uint64_t count, uint32_t size)
{
    uint32_t at = *bytes;
    *bytes = (uint32_t)((at + count * size + 63) & ~(uint64_t)63);
    return at;
}

static run_kind kind_of(const core_tables *t, uint32_t format)
{
    const loihi_format *f = &t->format[format];
    if (f->profile)
        return RUN_PLASTIC;
    return t->core[LOIHI_CORE_sum_shift] && f->exponent < 0 ? RUN_SUM : RUN_STATIC;
}

/* Does the format shift the sum of a step? Static ones that do are RUN_SUM. */
static bool shifts_sum(const core_tables *t, uint32_t format)
{
    return t->core[LOIHI_CORE_sum_shift] && t->format[format].exponent < 0;
}

/* Number of the format among those that shift sums. */
static uint32_t sum_of(const core_tables *t, uint32_t format)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < format; i++)
        sum += shifts_sum(t, i);
    return sum;
}

/* Calls `visit` for each block of each line in order, with the word it starts at. */
typedef void block_visitor(void *context, uint32_t axon, uint64_t word, const loihi_block *b);

static void walk(const core_tables *t, block_visitor *visit, void *context)
{
    for (uint32_t a = 0, line = 0; a < t->table[LOIHI_AXONS].rows; a++)
        for (uint32_t atom = 0; atom < decode_atoms(t, a); atom++, line++) {
            block_cursor c = decode_axon(t, a, atom);
            bool bad;
            for (uint64_t word = c.at; decode_block(t, &c, &bad); word = c.at)
                visit(context, line, word, &c.block);
            HMN_ASSERT(!bad);
        }
}

typedef struct {
    const core_tables *t;
    loihi_rom *r;
    uint32_t axon, last_format, last_projection; /* of the run that is open; axon NET_NONE: none */
    char *rom;
} builder;

/* Does the block go on with the open run? Otherwise it opens a new one. */
static bool continues(builder *b, uint32_t axon, uint32_t format, uint32_t projection)
{
    bool same = b->axon == axon && b->last_format == format && b->last_projection == projection;
    b->axon = axon;
    b->last_format = format;
    b->last_projection = projection;
    return same;
}

static void count_block(void *context, uint32_t axon, uint64_t word, const loihi_block *block)
{
    builder *b = context;
    b->r->nruns += !continues(b, axon, block->format, decode_origin(b->t, word).projection);
    *(kind_of(b->t, block->format) == RUN_PLASTIC ? &b->r->nplastic : &b->r->nstatic) += block->count;
}

static uint32_t read_program(const core_tables *t, uint32_t profile, hmn_rule *rule)
{
    image_rows rows = t->table[LOIHI_PROFILES], code = t->table[LOIHI_MICROCODE];
    uint32_t word[ULEARN_MAX_WORDS], n = (uint32_t)image_get(rows, profile, LOIHI_PROFILES_words);
    uint64_t first = (uint64_t)image_get(rows, profile, LOIHI_PROFILES_first);
    for (uint32_t k = 0; k < n; k++)
        word[k] = (uint32_t)image_get(code, first + k, LOIHI_MICROCODE_word);
    HMN_ASSERT(ulearn_decode(word, n, rule) == n);
    return n;
}

/* Number of the group of a profile's attention among those of the core. */
static uint32_t group_of(const core_tables *t, uint32_t profile, const hmn_rule *rule)
{
    bool seen[UINT8_MAX + 1] = {false};
    uint32_t n = 0;
    for (uint32_t i = 0; i < profile; i++) {
        hmn_rule before = {0};
        read_program(t, i, &before);
        if (!before.attend.on)
            continue;
        if (before.attend.group == rule->attend.group)
            return group_of(t, i, &before);
        n += !seen[before.attend.group];
        seen[before.attend.group] = true;
    }
    return n;
}

static uint32_t count_groups(const core_tables *t, uint32_t nprofiles)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < nprofiles; i++) {
        hmn_rule rule = {0};
        read_program(t, i, &rule);
        uint32_t group = rule.attend.on ? group_of(t, i, &rule) + 1 : 0;
        n = group > n ? group : n;
    }
    return n;
}

static void lay_rom(loihi_rom *r)
{
    uint32_t *end = &r->bytes;
    *end = 0;
    reserve(end, 1, sizeof *r);
    uint32_t *const columns[] = {&r->at_keep_u, &r->at_keep_v, &r->at_vth,    &r->at_bias,  &r->at_refractory,
                                 &r->at_vmin,   &r->at_vmax,   &r->at_init_u, &r->at_init_v};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        *columns[i] = reserve(end, r->npad, 4);
    r->at_below = reserve(end, r->npad, 4);
    r->at_noise_exp = reserve(end, r->npad, 1);
    r->at_noise_mant = reserve(end, r->npad, 1);
    r->at_noise_at_v = reserve(end, r->npad, 1);
    r->at_post_trace = reserve(end, r->npad, 1);
    r->at_program = reserve(end, r->programs ? r->n : 0, sizeof(core_program));
    r->at_join = reserve(end, r->joins ? r->n : 0, sizeof(core_join));
    r->at_third = reserve(end, r->writes ? 3 * (uint64_t)r->n : 0, sizeof(core_third));
    r->at_axon_run = reserve(end, r->axons + 1, 4);
    r->at_axon_words = reserve(end, r->axons, 4);
    r->at_axon_synapses = reserve(end, r->axons, 4);
    r->at_line = reserve(end, r->shared ? r->shared + 1 : 0, 4);
    r->at_pre_trace = reserve(end, r->nlearning, 1);
    r->at_run = reserve(end, r->nruns, sizeof(core_run));
    r->at_fixed = reserve(end, r->nstatic, 4);
    r->at_raw = reserve(end, r->nstatic, 2);
    r->at_plastic = reserve(end, r->nplastic, sizeof(loihi_synapse));
    r->at_route_row = reserve(end, r->n + 1, 4);
    r->at_route_core = reserve(end, r->nroutes, 4);
    r->at_route_axon = reserve(end, r->nroutes, 4);
    r->at_format = reserve(end, r->nformats, sizeof(loihi_format));
    r->at_pre = reserve(end, r->npre, 4 * 2);
    r->at_post = reserve(end, r->npost, 6 * 2);
    r->at_y3_register = reserve(end, r->npost, 1);
    r->at_counts = reserve(end, r->npre, 2);
    r->at_profile = reserve(end, r->nprofiles, sizeof(core_profile));
    r->at_curve = reserve(end, (uint64_t)r->ncurves * CORE_CURVE, 8);
    r->at_gated = reserve(end, r->ngated, sizeof(core_gated));
    r->at_fan_in = reserve(end, (uint64_t)r->ngroups * r->npad, 4);
    r->at_draw = reserve(end, (uint64_t)r->ndraws * (DRAW_LINES + 1), 4);
    r->at_number = reserve(end, r->ndraws ? r->nplastic : 0, 4);
}

static void lay_state(loihi_rom *r)
{
    uint32_t *end = &r->state_bytes, learning = r->planes * core_pre_pad(r),
             post = r->nlearning ? r->planes * r->npad : 0;
    bool own = loihi_own_traces((loihi_dialect_id)r->dialect), late = r->dialect == DIALECT_BRIAN2;
    *end = 0;
    reserve(end, 1, sizeof(loihi_state));
    r->st_u = reserve(end, r->npad, 4);
    r->st_v = reserve(end, r->npad, 4);
    r->st_refractory = reserve(end, r->npad, 4);
    r->st_bias = reserve(end, r->npad, 4);
    r->st_ring = reserve(end, (uint64_t)r->ports * r->slots * r->npad, 4);
    r->st_u2 = reserve(end, r->programs ? r->npad : 0, 4);
    r->st_risen = reserve(end, r->programs ? r->npad : 0, 4);
    r->st_third = reserve(end, r->writes ? 3 * (uint64_t)r->npad : 0, 4);
    r->st_sums = reserve(end, (uint64_t)r->nsums * r->slots * r->npad, 4);
    r->st_touched = reserve(end, r->touches ? (uint64_t)r->slots * r->npad : 0, 1);
    r->st_weight = reserve(end, r->nplastic, 2);
    r->st_tag = reserve(end, r->nplastic, 2);
    r->st_delay = reserve(end, r->nplastic, 1);
    r->st_second = reserve(end, r->seconds ? r->nplastic : 0, 2);
    uint32_t *const pre[] = {&r->st_tx, &r->st_x1, &r->st_x2};
    uint32_t *const posts[] = {&r->st_ty, &r->st_y1, &r->st_y2, &r->st_y3};
    for (int i = 0; i < 3; i++)
        *pre[i] = reserve(end, learning, 1);
    for (int i = 0; i < 4; i++)
        *posts[i] = reserve(end, post, 1);
    r->st_held = reserve(end, own ? 3 * post : 0, 2);
    r->st_counts = reserve(end, r->counting ? r->nlearning : 0, 2);
    r->st_late_x = reserve(end, late ? learning : 0, 1);
    r->st_late_y = reserve(end, late ? post : 0, 1);
}

static loihi_rom plan(const hmn_core_view *v, const core_tables *t)
{
    loihi_rom r;
    memset(&r, 0, sizeof r);
    r.seed = v->seed;
    r.core = v->core;
    r.n = (uint32_t)t->core[LOIHI_CORE_compartments];
    for (r.npad = 16; r.npad < r.n;)
        r.npad *= 2;
    r.slots = (uint32_t)t->core[LOIHI_CORE_slots];
    r.axons = decode_lines(t);
    r.nlearning = (uint32_t)(t->core[LOIHI_CORE_axons] - t->core[LOIHI_CORE_first_learning]);
    r.first_learning = r.axons - r.nlearning;
    r.shared = r.axons > t->core[LOIHI_CORE_axons] ? (uint32_t)t->core[LOIHI_CORE_axons] : 0;
    r.epoch = (uint32_t)t->core[LOIHI_CORE_epoch];
    r.nformats = t->nformats;
    r.nprofiles = (uint32_t)t->table[LOIHI_PROFILES].rows;
    r.npre = (uint32_t)t->table[LOIHI_PRE_TRACES].rows;
    r.npost = (uint32_t)t->table[LOIHI_POST_TRACES].rows;
    r.nroutes = (uint32_t)t->table[LOIHI_ROUTES].rows;
    r.dialect = (uint32_t)t->core[LOIHI_CORE_dialect];
    r.planes = loihi_own_traces((loihi_dialect_id)r.dialect) && r.nprofiles ? r.nprofiles : 1;
    r.ncurves = (uint32_t)(t->table[LOIHI_DECAYS].rows / CORE_CURVE);
    r.early = r.dialect == DIALECT_LAVA && r.nlearning > 0;
    r.u_mode = (uint32_t)t->core[LOIHI_CORE_u_mode];
    r.v_mode = (uint32_t)t->core[LOIHI_CORE_v_mode];
    r.q_wraps = (uint32_t)t->core[LOIHI_CORE_q_wraps];
    r.z_wraps = (uint32_t)t->core[LOIHI_CORE_z_wraps];
    r.touches = (uint32_t)t->core[LOIHI_CORE_touches];
    r.joins = t->table[LOIHI_JOINS].rows > 0;
    r.writes = t->table[LOIHI_FACTORS].rows > 0;
    for (uint32_t i = 0; i < r.npre; i++)
        r.counting |= image_get(t->table[LOIHI_PRE_TRACES], i, LOIHI_PRE_TRACES_counts) != 0;
    for (uint32_t i = 0; i < r.npost; i++)
        r.steered |= image_get(t->table[LOIHI_POST_TRACES], i, LOIHI_POST_TRACES_y3_register) != 0;
    r.programs = r.joins || r.writes || t->table[LOIHI_PROGRAMS].rows > 0;
    r.ports = 1;
    for (uint32_t i = 0; i < t->nformats; i++)
        r.ports = t->format[i].port ? 2 : r.ports;
    for (uint32_t i = 0; i < t->nformats; i++)
        r.seconds |= t->format[i].second_bits != 0;
    r.ndraws = (uint32_t)(t->table[LOIHI_DRAWS].rows / (DRAW_LINES + 1));
    r.ngated = (uint32_t)t->table[LOIHI_GATES].rows;
    r.ngroups = count_groups(t, r.nprofiles);
    r.nsums = sum_of(t, t->nformats);
    builder b = {t, &r, NET_NONE, 0, 0, NULL};
    walk(t, count_block, &b);
    lay_rom(&r);
    lay_state(&r);
    return r;
}

hmn_core_size loihi_size(const hmn_core_view *v)
{
    core_tables t;
    HMN_ASSERT(decode_tables(v, &t));
    loihi_rom r = plan(v, &t);
    return (hmn_core_size){.rom = r.bytes,
                           .state = r.state_bytes,
                           .compartments = r.n,
                           .axons = r.axons,
                           .max_packets = r.nroutes,
                           .learns = r.nlearning > 0,
                           .early = r.early != 0};
}

/* ---- contents ---- */

#define FILL(T, field) ((T *)(b->rom + b->r->at_##field))

static void fill_compartment(builder *b, uint32_t i)
{
    image_rows rows = b->t->table[LOIHI_COMPARTMENTS];
    int32_t c[LOIHI_COMPARTMENTS_COLUMNS];
    for (uint32_t k = 0; k < LOIHI_COMPARTMENTS_COLUMNS; k++)
        c[k] = (int32_t)image_get(rows, i, k);
    int32_t low = c[LOIHI_COMPARTMENTS_vmin_exp] < 23 ? c[LOIHI_COMPARTMENTS_vmin_exp] : 23;
    FILL(int32_t, keep_u)[i] = 4096 - c[LOIHI_COMPARTMENTS_decay_u] - (int32_t)b->t->core[LOIHI_CORE_ds_offset];
    FILL(int32_t, keep_v)[i] = 4096 - c[LOIHI_COMPARTMENTS_decay_v] - (int32_t)b->t->core[LOIHI_CORE_dm_offset];
    FILL(int32_t, vth)[i] = (int32_t)fx_shl(c[LOIHI_COMPARTMENTS_vth_mant], 6);
    FILL(int32_t, bias)[i] = (int32_t)fx_shl(c[LOIHI_COMPARTMENTS_bias_mant], (unsigned)c[LOIHI_COMPARTMENTS_bias_exp]);
    FILL(int32_t, refractory)[i] = c[LOIHI_COMPARTMENTS_refractory];
    FILL(int32_t, vmin)[i] = 1 - (int32_t)fx_shl(1, (unsigned)low);
    FILL(int32_t, vmax)[i] = (int32_t)fx_shl(1, 9 + 2 * (unsigned)c[LOIHI_COMPARTMENTS_vmax_exp]) - 1;
    FILL(int32_t, init_u)[i] = c[LOIHI_COMPARTMENTS_init_u];
    FILL(int32_t, init_v)[i] = c[LOIHI_COMPARTMENTS_init_v];
    FILL(uint8_t, noise_exp)[i] = (uint8_t)c[LOIHI_COMPARTMENTS_noise_exp];
    FILL(int8_t, noise_mant)[i] = (int8_t)c[LOIHI_COMPARTMENTS_noise_mant];
    FILL(int32_t, below)[i] = (int32_t)c[LOIHI_COMPARTMENTS_v_below];
    FILL(uint8_t, noise_at_v)[i] = (uint8_t)c[LOIHI_COMPARTMENTS_noise_at_v];
    FILL(uint8_t, post_trace)[i] = (uint8_t)c[LOIHI_COMPARTMENTS_post_trace];
    b->r->noisy |= c[LOIHI_COMPARTMENTS_noise_exp] != 0;
    b->r->restless |= c[LOIHI_COMPARTMENTS_bias_mant] != 0;
}

static void fill_program(builder *b, uint32_t i)
{
    image_rows rows = b->t->table[LOIHI_PROGRAMS];
    int32_t c[LOIHI_PROGRAMS_COLUMNS];
    for (uint32_t k = 0; k < LOIHI_PROGRAMS_COLUMNS; k++)
        c[k] = (int32_t)image_get(rows, i, k);
    FILL(core_program, program)
    [i] = (core_program){.keep_u2 = 4096 - c[LOIHI_PROGRAMS_decay_u2] - (int32_t)b->t->core[LOIHI_CORE_ds_offset],
                         .keep_risen = 4096 - c[LOIHI_PROGRAMS_decay_adapt],
                         .step = c[LOIHI_PROGRAMS_adapt_step],
                         .reset = c[LOIHI_PROGRAMS_reset_v],
                         .graded = (uint8_t)c[LOIHI_PROGRAMS_graded],
                         .payload_exp = (uint8_t)c[LOIHI_PROGRAMS_payload_exp],
                         .subtract = (uint8_t)c[LOIHI_PROGRAMS_subtract],
                         .two = (uint8_t)c[LOIHI_PROGRAMS_two],
                         .silent = (uint8_t)c[LOIHI_PROGRAMS_silent]};
}

static void fill_join(builder *b, uint32_t i)
{
    image_rows rows = b->t->table[LOIHI_JOINS];
    FILL(core_join, join)
    [i] = (core_join){.first = (uint16_t)image_get(rows, i, LOIHI_JOINS_first),
                      .second = (uint16_t)image_get(rows, i, LOIHI_JOINS_second),
                      .join = (uint8_t)image_get(rows, i, LOIHI_JOINS_join),
                      .sends_u = (uint8_t)image_get(rows, i, LOIHI_JOINS_sends_u)};
}

static void fill_third(builder *b, uint32_t i)
{
    enum { EACH = LOIHI_FACTORS_y2_source - LOIHI_FACTORS_y1_source };
    int32_t c[LOIHI_FACTORS_COLUMNS];
    for (uint32_t k = 0; k < LOIHI_FACTORS_COLUMNS; k++)
        c[k] = (int32_t)image_get(b->t->table[LOIHI_FACTORS], i, k);
    for (uint32_t k = 0; k < 3; k++)
        FILL(core_third, third)
    [3 * i + k] = (core_third){.source = (uint8_t)c[EACH * k + LOIHI_FACTORS_y1_source],
                               .gain = c[EACH * k + LOIHI_FACTORS_y1_gain],
                               .shift = (uint8_t)c[EACH * k + LOIHI_FACTORS_y1_shift],
                               .keep = 4096 - c[EACH * k + LOIHI_FACTORS_y1_decay]};
}

/* Columns beyond the last compartment: a neuron that never fires. */
static void fill_padding(builder *b)
{
    for (uint32_t i = b->r->n; i < b->r->npad; i++)
        FILL(int32_t, vth)[i] = INT32_MAX;
}

static void fill_static(builder *b, const core_run *run, const loihi_synapse *s)
{
    const loihi_format *f = &b->t->format[run->format];
    uint32_t at = b->r->nstatic++;
    int32_t weight =
        run->kind == RUN_SUM
            ? s->weight
            : (int32_t)fx_shr_rd(loihi_weight_effective((loihi_dialect_id)b->r->dialect, s->weight, f->exponent), 6);
    uint32_t cell = s->delay * b->r->npad + s->compartment;
    FILL(uint32_t, fixed)[at] = (uint32_t)weight << 16 | cell;
    FILL(int16_t, raw)[at] = s->weight;
}

/* The key of a synapse's draws: its number in the projection, so that the reference draws alike; where a row is split,
 * the bit that no number has, core and place. */
static uint32_t number_of(const builder *b, uint32_t first, uint32_t i)
{
    return first == NET_NONE ? 1u << 31 | b->r->core << 18 | (b->r->nplastic & ((1u << 18) - 1)) : first + i;
}

static void fill_plastic(builder *b, const loihi_block *block, uint32_t i, uint32_t first)
{
    const loihi_synapse *s = &block->synapse[i];
    int32_t profile = b->t->format[block->format].profile;
    if (b->r->ndraws)
        FILL(uint32_t, number)[b->r->nplastic] = number_of(b, first, i);
    FILL(loihi_synapse, plastic)[b->r->nplastic++] = *s;
    const core_profile *p = &FILL(core_profile, profile)[profile - 1];
    if (p->rule.attend.on)
        FILL(uint32_t, fan_in)[p->group * b->r->npad + s->compartment]++;
}

static void fill_block(void *context, uint32_t axon, uint64_t word, const loihi_block *block)
{
    builder *b = context;
    const block_origin origin = decode_origin(b->t, word);
    uint32_t projection = origin.projection;
    run_kind kind = kind_of(b->t, block->format);
    if (!continues(b, axon, block->format, projection))
        FILL(core_run, run)
    [b->r->nruns++] = (core_run){.first = kind == RUN_PLASTIC ? b->r->nplastic : b->r->nstatic,
                                 .projection = projection,
                                 .format = (uint16_t)block->format,
                                 .kind = (uint8_t)kind,
                                 .port = (uint8_t)b->t->format[block->format].port,
                                 .sum = (uint8_t)sum_of(b->t, block->format)};
    core_run *run = &FILL(core_run, run)[b->r->nruns - 1];
    for (uint32_t i = 0; i < block->count; i++) {
        run->delays |= (uint64_t)1 << block->synapse[i].delay;
        if (kind == RUN_PLASTIC)
            fill_plastic(b, block, i, origin.synapse);
        else
            fill_static(b, run, &block->synapse[i]);
    }
    if (kind == RUN_PLASTIC && b->t->format[block->format].delay_bits == 6) /* the rule may write delays */
        run->delays = ~(uint64_t)0;
    run->count += block->count;
    FILL(uint32_t, axon_run)[axon + 1] = b->r->nruns;
    FILL(uint32_t, axon_synapses)[axon] += block->count;
}

static void fill_axons(builder *b)
{
    image_rows rows = b->t->table[LOIHI_AXONS];
    uint32_t *row = FILL(uint32_t, axon_run), line = 0;
    b->r->nruns = b->r->nstatic = b->r->nplastic = 0;
    walk(b->t, fill_block, b);
    for (uint64_t a = 0; a < rows.rows; a++)
        for (uint32_t atom = 0; atom < decode_atoms(b->t, a); atom++, line++) {
            row[line + 1] = row[line + 1] > row[line] ? row[line + 1] : row[line];
            FILL(uint32_t, axon_words)[line] = (uint32_t)image_get(rows, a, LOIHI_AXONS_words);
            if (line >= b->r->first_learning)
                FILL(uint8_t, pre_trace)
            [line - b->r->first_learning] = (uint8_t)image_get(rows, a, LOIHI_AXONS_pre_trace);
        }
    if (b->r->shared)
        lines_count(rows, FILL(uint32_t, line));
}

static void fill_routes(builder *b, const hmn_image *image)
{
    image_rows rows = b->t->table[LOIHI_ROUTES];
    uint32_t *row = FILL(uint32_t, route_row);
    hmn_arena *scratch = arena_new(0);
    line_finder lines = lines_open(image, scratch);
    for (uint32_t i = 0; i < b->r->nroutes; i++) {
        uint32_t core = (uint32_t)image_get(rows, i, LOIHI_ROUTES_core);
        row[image_get(rows, i, LOIHI_ROUTES_compartment) + 1]++;
        FILL(uint32_t, route_core)[i] = core;
        FILL(uint32_t, route_axon)
        [i] = lines_find(&lines, core, (uint32_t)image_get(rows, i, LOIHI_ROUTES_axon),
                         (uint32_t)image_get(rows, i, LOIHI_ROUTES_atom));
    }
    for (uint32_t i = 0; i < b->r->n; i++)
        row[i + 1] += row[i];
    arena_free(scratch);
}

static uint32_t ticks_of(const hmn_rule *rule)
{
    uint32_t least = UINT8_MAX;
    for (uint32_t k = 0; k < rule->nproducts; k++)
        if (rule->product[k].target == RULE_W && rule->product[k].decimate < least)
            least = rule->product[k].decimate;
    return least == UINT8_MAX ? 0 : least;
}

static void fill_profile(builder *b, uint32_t i)
{
    image_rows rows = b->t->table[LOIHI_PROFILES];
    core_profile *p = &FILL(core_profile, profile)[i];
    read_program(b->t, i, &p->rule);
    p->group = p->rule.attend.on ? group_of(b->t, i, &p->rule) : 0;
    p->ticks = ticks_of(&p->rule);
    b->r->even |= p->rule.rounds;
    p->channel = (uint32_t)image_get(rows, i, LOIHI_PROFILES_channel);
    p->epoch = (uint32_t)image_get(rows, i, LOIHI_PROFILES_epoch);
    p->held = image_get(rows, i, LOIHI_PROFILES_held) != 0;
    p->graded = (uint32_t)image_get(rows, i, LOIHI_PROFILES_graded);
    p->counts = (uint32_t)image_get(rows, i, LOIHI_PROFILES_counts);
    p->counts_one = (uint32_t)image_get(rows, i, LOIHI_PROFILES_counts_one);
}

static void fill_learning(builder *b)
{
    for (uint32_t i = 0; i < b->r->npre; i++)
        for (uint32_t k = 0; k < 4; k++)
            FILL(uint16_t, pre)[4 * i + k] = (uint16_t)image_get(b->t->table[LOIHI_PRE_TRACES], i, k);
    for (uint32_t i = 0; i < b->r->npost; i++)
        for (uint32_t k = 0; k < 6; k++)
            FILL(uint16_t, post)[6 * i + k] = (uint16_t)image_get(b->t->table[LOIHI_POST_TRACES], i, k);
    for (uint32_t i = 0; i < b->r->npre; i++)
        for (uint32_t k = 0; k < 2; k++)
            FILL(uint8_t, counts)
    [2 * i + k] = (uint8_t)image_get(b->t->table[LOIHI_PRE_TRACES], i, LOIHI_PRE_TRACES_counts + k);
    for (uint32_t i = 0; i < b->r->npost; i++)
        FILL(uint8_t, y3_register)
    [i] = (uint8_t)image_get(b->t->table[LOIHI_POST_TRACES], i, LOIHI_POST_TRACES_y3_register);
    for (uint32_t i = 0; i < b->r->nprofiles; i++)
        fill_profile(b, i);
    for (uint32_t i = 0; i < b->r->ngated; i++)
        FILL(core_gated, gated)
    [i] = (core_gated){(uint16_t)image_get(b->t->table[LOIHI_GATES], i, LOIHI_GATES_compartment),
                       (uint16_t)image_get(b->t->table[LOIHI_GATES], i, LOIHI_GATES_gate)};
    for (uint32_t i = 0; i < b->r->ndraws * (DRAW_LINES + 1); i++)
        FILL(uint32_t, draw)[i] = (uint32_t)image_get(b->t->table[LOIHI_DRAWS], i, LOIHI_DRAWS_threshold);
    image_rows decays = b->t->table[LOIHI_DECAYS];
    for (uint32_t i = 0; i < b->r->ncurves * CORE_CURVE; i++)
        FILL(uint64_t, curve)
    [i] = (uint64_t)image_get(decays, i, LOIHI_DECAYS_whole) << 32 |
          (uint64_t)image_get(decays, i, LOIHI_DECAYS_fraction);
}

static void fill_state(const loihi_rom *r, loihi_state *s)
{
    memset(s, 0, r->state_bytes);
    memcpy(STATE(int32_t, r, s, u), ROM(int32_t, r, init_u), r->npad * sizeof(int32_t));
    memcpy(STATE(int32_t, r, s, v), ROM(int32_t, r, init_v), r->npad * sizeof(int32_t));
    memcpy(STATE(int32_t, r, s, bias), ROM(int32_t, r, bias), r->npad * sizeof(int32_t));
    s->awake = 1;
    for (uint32_t i = 0; i < r->nplastic; i++) {
        const loihi_synapse *p = &ROM(loihi_synapse, r, plastic)[i];
        STATE(int16_t, r, s, weight)[i] = p->weight;
        STATE(int16_t, r, s, tag)[i] = p->tag;
        STATE(uint8_t, r, s, delay)[i] = p->delay;
    }
}

void loihi_boot(const hmn_core_view *v, void *rom, void *state)
{
    core_tables t;
    HMN_ASSERT(decode_tables(v, &t));
    loihi_rom plain = plan(v, &t), *r = rom;
    memset(rom, 0, plain.bytes);
    *r = plain;
    builder b = {&t, r, NET_NONE, 0, 0, rom};
    for (uint32_t i = 0; i < r->n; i++)
        fill_compartment(&b, i);
    bool programs = t.table[LOIHI_PROGRAMS].rows > 0; /* else rows of zeros, as a neuron of section 3 has them */
    for (uint32_t i = 0; programs && i < r->n; i++)
        fill_program(&b, i);
    for (uint32_t i = 0; r->joins && i < r->n; i++)
        fill_join(&b, i);
    for (uint32_t i = 0; r->writes && i < r->n; i++)
        fill_third(&b, i);
    fill_padding(&b);
    memcpy(b.rom + r->at_format, t.format, r->nformats * sizeof(loihi_format));
    fill_learning(&b);
    fill_axons(&b);
    fill_routes(&b, v->image);
    fill_state(r, state);
}
