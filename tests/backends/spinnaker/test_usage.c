/* What a slice says that it needs is what its regions then take. */
#include "backends/spinnaker/usage.h"

#include "backends/spinnaker/core_tables.h"
#include "backends/spinnaker/layout.h"
#include "tests/backends/spinnaker/fixture.h"

static const char net[] = "hmn: 1\n"
                          "populations:\n"
                          "  s: {size: 300, model: spike_source_poisson, params: {rate: 10 Hz}}\n"
                          "  t: {size: 7, model: spike_source_poisson, params: {rate: 10 Hz}}\n"
                          "  a: {size: 90, model: IF_curr_exp}\n"
                          "projections:\n"
                          "  j: {pre: s, post: a, connector: {type: fixed_probability, p_connect: 0.2}, weight: 0.5,\n"
                          "      delay: 3 ms}\n"
                          "  k: {pre: t, post: a, connector: {type: all_to_all}, weight: 0.5, delay: %d ms}\n"
                          "target: {neurons_per_core: 40}\n";

static spin_net opened(int delay)
{
    char text[1024];
    snprintf(text, sizeof text, net, delay);
    spin_net n;
    ck_assert_msg(spin_compile(&n, text, NULL), "%s", spin_message(&n));
    n.image = image_from_memory(n.unit.image, n.unit.image_size, "test", n.diag);
    return n;
}

static const hmn_slice *slice_of(const spin_net *n, uint32_t population, uint32_t number)
{
    const hmn_mapping *m = n->unit.mapping;
    for (uint32_t s = 0; s < m->nslices; s++)
        if (m->slice[s].population == population && number-- == 0)
            return &m->slice[s];
    return NULL;
}

static hmn_usage use(const spin_net *n, const hmn_slice *s)
{
    hmn_usage u;
    spin_usage(n->unit.qnet, s, 1, &u);
    return u;
}

/* Bytes of all regions of a core, and of its matrix. */
static uint64_t taken(const spin_net *n, uint32_t core, uint64_t *matrix)
{
    uint64_t sum = 0;
    for (uint32_t t = 0; t < SPIN_TABLES; t++) {
        uint32_t words = 0;
        if (spin_region_number((spin_core_table)t))
            spin_region(n->image, (spin_core_table)t, core, &words);
        sum += 4 * (uint64_t)words;
        *matrix = t == SPIN_SYNAPTIC_MATRIX ? 4 * (uint64_t)words : *matrix;
    }
    return sum;
}

/* Synapses of the source neuron with most of them onto the slice. */
static uint32_t widest(const spin_net *n, const hmn_slice *s)
{
    const graph_projection *p = &n->unit.qnet->graph->projection[0];
    uint32_t most = 0;
    for (uint32_t i = 0; i < 300; i++) {
        uint32_t k = 0;
        for (uint32_t e = p->row[i]; e < p->row[i + 1]; e++)
            k += p->target[e] >= s->first && p->target[e] < s->first + s->count;
        most = k > most ? k : most;
    }
    return most;
}

START_TEST(the_longest_row_and_delay_of_a_slice_are_found)
{
    spin_net n = opened(9);
    for (uint32_t k = 0; k < 3; k++) {
        const hmn_slice *s = slice_of(&n, 2, k);
        hmn_usage u = use(&n, s);
        uint32_t all = s->count; /* of the all-to-all projection */
        ck_assert_uint_eq(u.compartments, s->count);
        ck_assert_uint_eq(u.row_words, widest(&n, s) > all ? widest(&n, s) : all);
        ck_assert_uint_eq(u.max_delay, 9);
    }
    ck_assert_uint_eq(use(&n, slice_of(&n, 0, 0)).row_words, 0);
    spin_close(&n);
}
END_TEST

START_TEST(shared_memory_covers_what_is_written_and_little_more)
{
    const int delay[] = {9, 40};
    for (int d = 0; d < 2; d++) {
        spin_net n = opened(delay[d]);
        for (uint32_t k = 0; k < 3; k++) {
            const hmn_slice *s = slice_of(&n, 2, k);
            uint64_t matrix = 0, bytes = taken(&n, s->core, &matrix), said = use(&n, s).shared_bytes;
            uint64_t rows = 4 * (300 * (widest(&n, s) + 3) + (d ? 3u : 1u) * 7 * (s->count + 3));
            ck_assert_uint_ge(said, bytes);
            ck_assert_uint_ge(said, rows);
            ck_assert_uint_le(said, rows + 4096 + 40 * 4 * 30);
        }
        spin_close(&n);
    }
}
END_TEST

START_TEST(each_stage_of_a_relay_is_a_block_of_rows_more)
{
    spin_net near = opened(9), far = opened(40);
    const hmn_slice *s = slice_of(&near, 2, 0);
    ck_assert_uint_eq(use(&far, s).shared_bytes - use(&near, s).shared_bytes, 2u * 7 * (s->count + 3) * 4);
    spin_close(&near);
    spin_close(&far);
}
END_TEST

START_TEST(slices_add_up)
{
    spin_net n = opened(9);
    hmn_usage both, one = use(&n, slice_of(&n, 2, 0)), two = use(&n, slice_of(&n, 2, 1));
    spin_usage(n.unit.qnet, slice_of(&n, 2, 0), 2, &both);
    ck_assert_uint_eq(both.compartments, one.compartments + two.compartments);
    ck_assert_uint_eq(both.local_bytes, one.local_bytes + two.local_bytes);
    ck_assert_uint_eq(both.shared_bytes, one.shared_bytes + two.shared_bytes);
    spin_close(&n);
}
END_TEST

START_TEST(data_memory_is_that_of_the_layout_with_an_address_a_source_core)
{
    spin_net n = opened(9);
    const hmn_slice *s = slice_of(&n, 2, 0);
    ck_assert_uint_eq(use(&n, s).local_bytes, spin_local_bytes(n.unit.qnet, 2, s->count, 3, 3)); /* 300: 2 cores */
    spin_close(&n);
    n = opened(40);
    s = slice_of(&n, 2, 0);
    ck_assert_uint_eq(use(&n, s).local_bytes, spin_local_bytes(n.unit.qnet, 2, s->count, 4, 4)); /* and a relay */
    spin_close(&n);
}
END_TEST

SUITE("usage", the_longest_row_and_delay_of_a_slice_are_found, shared_memory_covers_what_is_written_and_little_more,
      each_stage_of_a_relay_is_a_block_of_rows_more, slices_add_up,
      data_memory_is_that_of_the_layout_with_an_address_a_source_core)
