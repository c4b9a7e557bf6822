/* Where packets end up: by the image's tables, and nowhere where those are wrong. */
#include "backends/spinnaker/wire.h"

#include "backends/spinnaker/core.h"
#include "tests/backends/spinnaker/fixture.h"

/* Three neurons a core, four cores a chip. */
static const char net[] = "hmn: 1\n"
                          "populations:\n"
                          "  s: {size: 2, model: spike_source_poisson, params: {rate: 10 Hz}}\n"
                          "  a: {size: 12, model: IF_curr_exp}\n"
                          "  b: {size: 6, model: IF_curr_exp}\n"
                          "projections:\n"
                          "  in: {pre: s, post: a, connector: {type: all_to_all}, weight: 0.5}\n"
                          "  on: {pre: a, post: b, connector: {type: fixed_number_pre, n: 4}, weight: 0.5,\n"
                          "       delay: 20 ms}\n"
                          "target: {neurons_per_core: 3, dead_cores: [[0, 0, 11], [1, 0, 11], [0, 1, 11]]}\n";

static spin_net compiled(void)
{
    spin_net n;
    ck_assert_msg(spin_compile(&n, net, NULL), "%s", spin_message(&n));
    n.image = image_from_memory(n.unit.image, n.unit.image_size, "test", n.diag);
    return n;
}

static bool wired(spin_net *n, const hmn_image *m, hmn_wires *w)
{
    return spin_wire(m, n->unit.chip, n->arena, w, n->diag);
}

START_TEST(packets_arrive_at_the_axons_that_the_mapping_numbered)
{
    spin_net n = compiled();
    const hmn_mapping *m = n.unit.mapping;
    hmn_wires w;
    ck_assert(wired(&n, n.image, &w));
    uint64_t links = 0;
    for (uint32_t neuron = 0; neuron < m->qnet->graph->nneurons; neuron++) {
        uint32_t at = w.first[m->neuron_core[neuron]] + m->neuron_local[neuron], found = 0;
        uint32_t wanted = m->out_row[neuron + 1] - m->out_row[neuron];
        for (uint32_t k = w.row[at]; k < w.row[at + 1]; k++)
            for (uint32_t e = m->out_row[neuron]; e < m->out_row[neuron + 1]; e++)
                found += m->out_core[e] == w.core[k] && m->out_axon[e] == w.axon[k];
        ck_assert_uint_eq(w.row[at + 1] - w.row[at], wanted);
        ck_assert_uint_eq(found, wanted);
        ck_assert_uint_eq(w.lost[at], 0);
        links += w.links[at];
    }
    ck_assert_uint_gt(links, 0); /* 8 cores and more on chips of 4 */
    spin_close(&n);
}
END_TEST

START_TEST(each_key_of_a_relay_has_an_axon_behind_those_of_slices)
{
    spin_net n = compiled();
    const hmn_mapping *m = n.unit.mapping;
    hmn_wires w;
    ck_assert(wired(&n, n.image, &w));
    ck_assert_uint_gt(m->nrelays, 0);
    for (uint32_t r = 0; r < m->nrelays; r++) {
        const hmn_slice *s = &m->slice[m->relay[r].slice];
        for (uint32_t i = 0; i < s->count * m->relay[r].stages; i++) {
            uint32_t at = w.first[m->relay[r].core] + i;
            ck_assert_uint_eq(w.row[at + 1] - w.row[at], m->relay_row[r + 1] - m->relay_row[r]);
            for (uint32_t k = w.row[at]; k < w.row[at + 1]; k++) {
                uint32_t source = m->axon_source[m->axon_row[w.core[k]] + w.axon[k]];
                ck_assert_uint_eq(source, m->qnet->graph->population[s->population].first + s->first + i % s->count);
            }
        }
    }
    spin_close(&n);
}
END_TEST

typedef struct {
    uint32_t table, core, word;
    uint64_t value;
    bool host, row; /* row: the last row is there twice */
} change;

/* The image with a 64-bit word of a table set. */
static hmn_image *changed(spin_net *n, change c)
{
    const hmn_table *tables = n->unit.chip->tables;
    image_writer *w = image_writer_new(n->arena, "spinnaker", image_cores(n->image), 1);
    for (uint32_t core = 0; core <= image_cores(n->image); core++) {
        bool host = core == image_cores(n->image);
        for (uint32_t t = 0; t < (host ? (uint32_t)HOST_TABLE_COUNT : (uint32_t)SPIN_TABLES); t++) {
            image_rows r = host ? image_host(n->image, (host_table)t) : image_section(n->image, tables, t, core);
            uint32_t words = r.rows ? schema_row_words(host ? image_host_table((host_table)t) : &tables[t]) : 0;
            uint64_t *copy = ARENA_NEW(n->arena, uint64_t, r.rows * words + 1);
            if (r.rows == 0)
                continue;
            memcpy(copy, r.words, r.rows * words * 8);
            bool here = host == c.host && t == c.table && (host || core == c.core);
            if (here)
                copy[c.word] = c.value;
            image_add_rows(w, t, host ? IMAGE_HOST : core, words, copy, r.rows);
            if (here && c.row)
                image_add_rows(w, t, host ? IMAGE_HOST : core, words, copy + (r.rows - 1) * words, 1);
        }
    }
    size_t size;
    const void *bytes = image_finish(w, &size);
    return image_from_memory(bytes, size, "changed", n->diag);
}

static uint64_t losses(spin_net *n, const hmn_image *m)
{
    hmn_wires w;
    uint64_t lost = 0;
    ck_assert_msg(wired(n, m, &w), "%s", spin_message(n));
    for (uint32_t k = 0; k < w.first[image_cores(m)]; k++)
        lost += w.lost[k];
    return lost;
}

START_TEST(a_key_that_no_table_knows_loses_its_packets)
{
    spin_net n = compiled();
    uint32_t from = n.unit.mapping->neuron_core[0]; /* s: has key, neurons, .., types 0, keys */
    uint32_t count;
    const uint32_t *w = spin_region(n.image, SPIN_CORE_PARAMS, from, &count);
    ck_assert_uint_eq(count, 7);
    uint64_t both = (uint64_t)(w[5] ^ 0x80000000) << 32 | w[4]; /* key of neuron 0 */
    hmn_image *m = changed(&n, (change){SPIN_CORE_PARAMS, from, 2, both, false, false});
    ck_assert_uint_eq(losses(&n, n.image), 0);
    ck_assert_uint_eq(losses(&n, m), 1); /* dropped at the first router */
    image_close(m);
    spin_close(&n);
}
END_TEST

START_TEST(a_population_table_that_lacks_a_key_loses_the_copy)
{
    spin_net n = compiled();
    uint32_t to = n.unit.mapping->out_core[0], count;
    const uint32_t *w = spin_region(n.image, SPIN_POPULATION_TABLE, to, &count);
    uint64_t both = (uint64_t)w[3] << 32 | (w[2] ^ 0x40000000); /* mask, key of entry 0 */
    hmn_image *m = changed(&n, (change){SPIN_POPULATION_TABLE, to, 1, both, false, false});
    ck_assert_uint_eq(losses(&n, m), 2); /* of both neurons of s */
    image_close(m);
    spin_close(&n);
}
END_TEST

static void refused(spin_net *n, change c, const char *words)
{
    hmn_wires w;
    hmn_image *m = changed(n, c);
    uint32_t before = diag_count(n->diag);
    ck_assert(!wired(n, m, &w));
    ck_assert_msg(strstr(diag_get(n->diag, before)->text, words), "%s", diag_get(n->diag, before)->text);
    image_close(m);
}

START_TEST(sites_and_tables_that_cannot_be_are_refused)
{
    spin_net n = compiled();
    const hmn_mapping *m = n.unit.mapping;
    refused(&n, (change){HOST_SITES, 0, 1, m->site[0], true, false}, "two in one place");
    refused(&n, (change){HOST_SITES, 0, 1, 2, true, false}, "where none may be"); /* the management core's */
    refused(&n, (change){HOST_SITES, 0, 0, m->site[0], true, true}, "another length");
    image_rows r = image_section(n.image, spin_core_tables, SPIN_ROUTERS, 0);
    refused(&n, (change){SPIN_ROUTERS, 0, 0, r.words[0] | 0xffff, false, false}, "not in order of chips");
    hmn_limits few = *n.unit.chip->limits;
    hmn_chip small = *n.unit.chip;
    few.table_entries = 0;
    small.limits = &few;
    hmn_wires w;
    uint32_t before = diag_count(n.diag);
    ck_assert(!spin_wire(n.image, &small, n.arena, &w, n.diag));
    ck_assert(strstr(diag_get(n.diag, before)->text, "more entries"));
    spin_close(&n);
}
END_TEST

SUITE("wire", packets_arrive_at_the_axons_that_the_mapping_numbered,
      each_key_of_a_relay_has_an_axon_behind_those_of_slices, a_key_that_no_table_knows_loses_its_packets,
      a_population_table_that_lacks_a_key_loses_the_copy, sites_and_tables_that_cannot_be_are_refused)
