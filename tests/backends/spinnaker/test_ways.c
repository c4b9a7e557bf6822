/* Ways of packets against the wires that the machine uses, on a network of several chips; and what a row makes a core
 * do against what the emulated core counts. */
#include "backends/registry.h"
#include "compiler/pipeline.h"
#include "core/machine/machine.h"

#include "tests/suite.h"

#include <string.h>

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    hmn_image *image;
    const hmn_chip *chip;
    hmn_machine *machine;
} fixture;

static const char network[] =
    "hmn: 1\nnetwork: {name: ways, dt: 1 ms}\npopulations:\n"
    "  in: {size: 40, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
    "  a: {size: 300, model: IF_curr_exp}\n  b: {size: 500, model: IF_curr_exp}\n"
    "projections:\n"
    "  i: {pre: in, post: a, connector: {type: fixed_probability, p_connect: 0.3}, weight: 0.5}\n"
    "  f: {pre: a, post: b, connector: {type: fixed_probability, p_connect: 0.1}, weight: 0.2, "
    "delay: {distribution: uniform, low: 1, high: 30}}\n"
    "target: {chip: spinnaker, chips: 6, machine: {compartments: 16}}\nrun: {duration: 20 ms, seed: 9}\n";

static fixture begin(void)
{
    fixture f = {.arena = arena_new(0), .diag = diag_new(), .chip = registry_find("spinnaker")};
    hmn_unit u = {.path = "t.yaml",
                  .text = network,
                  .text_length = strlen(network),
                  .chip = f.chip,
                  .threads = 1,
                  .arena = f.arena,
                  .diag = f.diag};
    if (!pipeline_run(&u, NULL, NULL)) {
        diag_print(f.diag, stderr, false);
        ck_abort();
    }
    f.image = image_from_memory(u.image, u.image_size, "t", f.diag);
    f.chip = u.chip;
    f.machine = machine_boot(f.image, f.chip, 1, NULL, f.diag);
    ck_assert_ptr_nonnull(f.machine);
    return f;
}

static void end(fixture *f)
{
    machine_free(f->machine);
    image_close(f->image);
    diag_free(f->diag);
    arena_free(f->arena);
}

START_TEST(ways_lead_where_wires_do)
{
    fixture f = begin();
    const hmn_wires *w = machine_wires(f.machine);
    hmn_ways ways;
    ck_assert(f.chip->ways(f.image, f.chip, f.arena, &ways, f.diag));
    uint32_t ncores = machine_cores(f.machine), crossed = 0;
    for (uint32_t c = 0; c < ncores; c++)
        for (uint32_t at = w->first[c]; at < w->first[c + 1]; at++) {
            uint32_t arrivals = w->row[at + 1] - w->row[at], links = 0, leaves = 0;
            if (ways.tree_of[at] == UINT32_MAX) {
                ck_assert_uint_eq(arrivals, 0);
                continue;
            }
            way_tree t = ways.tree[ways.tree_of[at]];
            ck_assert_uint_eq(ways.node[t.node].router, ways.router[c]);
            for (uint32_t k = 0; k < t.nnodes; k++) {
                const way_node *n = &ways.node[t.node + k];
                for (uint32_t l = 0; l < WAY_LINKS; l++) {
                    if (!n->next[l])
                        continue;
                    links++;
                    ck_assert_uint_eq(ways.link[n->router][l], ways.node[t.node + n->next[l]].router);
                }
                for (uint32_t i = 0; i < n->nleaves; i++, leaves++) {
                    way_leaf leaf = ways.leaf[t.leaf + n->leaf + i];
                    ck_assert_uint_lt(leaf.rank, arrivals);
                    ck_assert_uint_eq(leaf.core, w->core[w->row[at] + leaf.rank]);
                    ck_assert_uint_eq(ways.router[leaf.core], n->router);
                }
            }
            ck_assert_uint_eq(links, w->links[at]);
            ck_assert_uint_eq(leaves, arrivals);
            crossed += links;
        }
    ck_assert_uint_gt(crossed, 100); /* the network does not fit on a chip */
    ck_assert_uint_le(ways.ntrees, 3 * ncores);
    end(&f);
}
END_TEST

START_TEST(a_rows_load_is_what_the_core_counts)
{
    fixture f = begin();
    const hmn_wires *w = machine_wires(f.machine);
    hmn_sim *sim = machine_sim(f.machine);
    machine_sent sent[64];
    uint64_t words = 0, events = 0, spikes = 0;
    for (uint32_t step = 0; step < 10; step++) {
        sim->ops->begin(sim);
        uint32_t n = machine_source_packets(f.machine, sent, 64);
        ck_assert_uint_le(n, 64);
        for (uint32_t c = 0; c < machine_cores(f.machine); c++) { /* packets of neurons, behind those of sources */
            const hmn_port *p = machine_port(f.machine, c);
            for (uint32_t k = 0; k < p->nfired && n < 64; k++)
                sent[n++] = (machine_sent){c, p->fired[k], (uint32_t)p->payload[k]};
        }
        for (uint32_t k = 0; k < n; k++)
            for (uint32_t at = w->first[sent[k].core] + sent[k].compartment, e = w->row[at]; e < w->row[at + 1]; e++) {
                timing_load l = f.chip->timing->load(machine_rom(f.machine, w->core[e]), w->axon[e]);
                words += (uint64_t)l.words * sent[k].times;
                events += (uint64_t)l.dense * sent[k].times;
                spikes++;
                ck_assert_uint_eq(l.plastic + l.back, 0);
            }
        sim->ops->end(sim);
    }
    hmn_counters all = machine_counters(f.machine);
    ck_assert_uint_gt(spikes, 50);
    ck_assert_uint_eq(all.axon_events, spikes);
    ck_assert_uint_eq(all.synaptic_events, events);
    ck_assert_uint_eq(all.synapse_words, words);
    end(&f);
}
END_TEST

SUITE("spin_ways", ways_lead_where_wires_do, a_rows_load_is_what_the_core_counts)
