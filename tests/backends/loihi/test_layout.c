/* The choice of synapse formats: what is chosen is what is written, holds every synapse, is never dearer than one form
 * for all, and stays within the formats of a core. */
#include "tests/backends/loihi/fixture.h"

#include "backends/loihi/decode.h"
#include "backends/loihi/layout.h"
#include "core/base/rng.h"

enum { TWELVE = 12 };

static uint32_t draw(uint32_t seed, uint32_t k, uint32_t n) { return rng_below(17, RNG_TASK, seed, k, 0, n); }

/* A projection of random shape, weights, sign, bits and delays. */
static void random_projection(net_builder *b, uint32_t seed, uint32_t k)
{
    uint32_t at = 100 * k, kind = draw(seed, at, 3);
    net_projection *j = build_projection(b, "p", draw(seed, at + 2, 2), 2, CONN_ALL_TO_ALL);
    j->connector.type = kind == 0 ? CONN_ALL_TO_ALL : kind == 1 ? CONN_FIXED_PROBABILITY : CONN_FIXED_NUMBER_POST;
    j->connector.p_connect = 0.02 + 0.01 * draw(seed, at + 3, 96);
    j->connector.n = 1 + draw(seed, at + 4, 40);
    j->connector.multapses = draw(seed, at + 5, 2) != 0;
    if (draw(seed, at + 6, 3) == 0)
        j->weight = build_constant(8 * (int32_t)draw(seed, at + 7, 32));
    else
        j->weight = build_dist(DIST_UNIFORM_INT, draw(seed, at + 7, 100), 100 + draw(seed, at + 8, 155), 0, 0);
    j->sign_mode.s = draw(seed, at + 9, 2) ? "mixed" : NULL;
    j->weight_bits = build_num(loihi_weight_bits[1 + draw(seed, at + 10, 7)]);
    j->weight_exp = build_num((double)draw(seed, at + 11, 2));
    j->delay = draw(seed, at + 12, 2) ? build_constant(1 + draw(seed, at + 13, 8))
                                      : build_dist(DIST_UNIFORM_INT, 1, 1 + draw(seed, at + 13, 6), 0, 0);
}

static net_builder *random_network(uint32_t seed, uint32_t projections)
{
    net_builder *b = build_open();
    build_population(b, "a", 1 + draw(seed, 1, 60), MODEL_SOURCE);
    build_population(b, "b", 1 + draw(seed, 2, 30), MODEL_SOURCE);
    build_population(b, "cell", 40 + draw(seed, 3, 250), MODEL_LOIHI_LIF);
    for (uint32_t k = 0; k < projections; k++)
        random_projection(b, seed, 1 + k);
    return b;
}

/* Decodes the core's tables: each synapse of the graph is there, in order, with weight and delay of the qnet. */
static uint64_t expect_synapses(const net_builder *b, const core_tables *t, uint32_t core)
{
    const hmn_mapping *m = b->unit.mapping;
    const hmn_graph *g = b->unit.graph;
    uint64_t found = 0;
    uint64_t *next = calloc(g->nprojections, sizeof *next);
    for (uint64_t a = 0; a < t->table[LOIHI_AXONS].rows; a++) {
        uint32_t source = m->axon_source[m->axon_row[core] + a], population = graph_population_of(g, source);
        uint32_t neuron = source - g->population[population].first;
        for (uint32_t j = 0; j < g->nprojections; j++)
            next[j] = g->projection[j].pre == population ? g->projection[j].row[neuron] : 0;
        block_cursor c = decode_axon(t, a, 0);
        bool bad;
        for (uint64_t at = c.at; decode_block(t, &c, &bad); at = c.at) {
            uint32_t j = decode_origin(t, at).projection;
            for (uint32_t i = 0; i < c.block.count; i++, found++) {
                uint64_t e = next[j]++;
                const loihi_synapse *s = &c.block.synapse[i];
                if (e >= g->projection[j].row[neuron + 1] || s->compartment != g->projection[j].target[e] ||
                    s->weight != b->unit.qnet->projection[j].weight[e] ||
                    s->delay != b->unit.qnet->projection[j].delay[e])
                    ck_abort_msg("projection %u, synapse %u of neuron %u", j, i, neuron);
            }
        }
        ck_assert(!bad);
    }
    free(next);
    return found;
}

/* Compiles to one core. Its tables; NULL when the network did not fit one. */
static hmn_image *one_core_of(net_builder *b, core_tables *t)
{
    ck_assert_msg(quantised(b) && pass_learn(&b->unit) && emitted(b), "%s", first_message(b));
    if (b->unit.mapping->ncores != 1)
        return NULL;
    hmn_image *image = image_from_memory(b->unit.image, b->unit.image_size, "test", b->unit.diag);
    ck_assert(decode_tables(&(hmn_core_view){image, b->unit.chip, 0, 1}, t));
    return image;
}

static void compile_and_compare(uint32_t seed, uint32_t projections, uint32_t seen[LAYOUT_FORMS])
{
    net_builder *b = random_network(seed, projections);
    b->unit.chip = seed % 3 ? loihi() : loihi2();
    core_tables t;
    hmn_usage use;
    hmn_image *image = one_core_of(b, &t);
    ck_assert_ptr_nonnull(image);
    b->unit.chip->usage(b->unit.qnet, b->unit.mapping->slice, b->unit.mapping->nslices, &use);
    ck_assert_uint_eq(use.synapse_words, t.table[LOIHI_SYNAPSES].rows);
    ck_assert_uint_eq(use.synapse_formats, t.nformats);
    ck_assert_uint_eq(use.in_axons, t.table[LOIHI_AXONS].rows);
    ck_assert_uint_le(t.nformats, 8);
    ck_assert_uint_eq(expect_synapses(b, &t, 0), b->unit.graph->nsynapses);
    for (uint32_t i = 0; i < t.nformats; i++)
        seen[t.format[i].compression == COMPRESSION_DENSE    ? LAYOUT_DENSE
             : t.format[i].compression == COMPRESSION_SPARSE ? LAYOUT_SPARSE
                                                             : LAYOUT_RUNS]++;
    image_close(image);
    build_close(b);
}

START_TEST(random_networks_decode_to_what_was_packed)
{
    uint32_t seen[LAYOUT_FORMS] = {0};
    for (uint32_t seed = 0; seed < 150; seed++)
        compile_and_compare(seed, 1 + seed % 4, seen);
    for (uint32_t f = 0; f < LAYOUT_FORMS; f++)
        ck_assert_uint_gt(seen[f], 20);
}
END_TEST

/* Twelve projections want some twenty formats; two exponents have room in eight. */
START_TEST(projections_share_formats_when_a_core_has_too_few)
{
    uint32_t seen[LAYOUT_FORMS] = {0}, wanted = 0;
    for (uint32_t seed = 1000; seed < 1040; seed++) {
        net_builder *b = random_network(seed, TWELVE);
        hmn_limits many = *loihi()->limits;
        hmn_chip chip = *loihi();
        many.synapse_formats = 200;
        chip.limits = &many;
        ck_assert_msg(quantised(b), "%s", first_message(b));
        hmn_slice all = {2, 0, b->unit.graph->population[2].size, 0, 0};
        core_layout eight = layout_make(b->unit.qnet, &all, 1, b->unit.arena);
        b->unit.qnet->chip = &chip;
        core_layout free_of = layout_make(b->unit.qnet, &all, 1, b->unit.arena);
        wanted += free_of.nformats > 8;
        ck_assert_uint_le(free_of.words, eight.words);
        build_close(b);
        compile_and_compare(seed, TWELVE, seen);
    }
    ck_assert_uint_gt(wanted, 30);
}
END_TEST

/* Words of all rows of the only projection in one format. */
static uint64_t words_in(const net_builder *b, const loihi_format *f)
{
    const graph_projection *j = &b->unit.graph->projection[0];
    uint64_t sum = 0;
    for (uint32_t i = 0; i < b->unit.graph->population[j->pre].size; i++)
        for (uint32_t e = j->row[i], words; e < j->row[i + 1]; sum += words)
            e += pack_take(f, j->target + e, j->row[i + 1] - e, &words);
    return sum;
}

START_TEST(no_single_format_is_cheaper_than_what_is_chosen)
{
    uint32_t runs = 0, compared = 0;
    for (uint32_t seed = 2000; seed < 2120; seed++) {
        net_builder *b = random_network(seed, 1);
        ck_assert_msg(quantised(b), "%s", first_message(b));
        hmn_slice all = {2, 0, b->unit.graph->population[2].size, 0, 0};
        core_layout l = layout_make(b->unit.qnet, &all, 1, b->unit.arena);
        if (l.nuses == 0)
            continue;
        loihi_format f = l.format[0];
        f.compression = COMPRESSION_DENSE;
        ck_assert_uint_le(l.words, words_in(b, &f));
        f.compression = COMPRESSION_SPARSE;
        f.index_bits = loihi_index_bits[loihi_width_code(loihi_index_bits, LOIHI_WIDTH_CODES,
                                                         all.count > 128  ? 8
                                                         : all.count > 64 ? 7
                                                         : all.count > 1  ? 6
                                                                          : 0)];
        ck_assert_uint_le(l.words, words_in(b, &f));
        uint64_t best = UINT64_MAX;
        f.compression = COMPRESSION_RUNS;
        for (f.skip_bits = 0; f.skip_bits <= PACK_SKIP_MOST; f.skip_bits++)
            for (f.run_bits = 0; f.run_bits <= PACK_RUN_MOST; f.run_bits++) {
                uint64_t w = words_in(b, &f);
                best = w < best ? w : best;
            }
        ck_assert_uint_le(100 * l.words, 103 * best + 300); /* widths of runs are chosen by an estimate */
        runs += l.words < best;
        compared++;
        build_close(b);
    }
    ck_assert_uint_gt(compared, 100);
    ck_assert_uint_gt(runs, 10);
}
END_TEST

SUITE("layout", random_networks_decode_to_what_was_packed, projections_share_formats_when_a_core_has_too_few,
      no_single_format_is_cheaper_than_what_is_chosen)
