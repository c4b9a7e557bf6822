/* The files that load a network hold the regions and tables that the emulator runs. */
#include "tests/backends/spinnaker/fixture.h"

#include "backends/spinnaker/core_tables.h"
#include "backends/spinnaker/dse.h"
#include "backends/spinnaker/rtr.h"
#include "tests/backends/spinnaker/folder.h"

static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  src: {size: 10, model: spike_source_poisson, params: {rate: 40 Hz}}\n"
    "  exc: {size: 5000, model: IF_curr_exp}\n"
    "  raw: {size: 30, model: loihi_lif}\n"
    "projections:\n"
    "  in: {pre: src, post: exc, connector: {type: fixed_probability, p_connect: 0.1}, weight: 0.6}\n"
    "  out: {pre: exc, post: raw, connector: {type: fixed_number_pre, n: 40}, weight: 6}\n"
    "stimuli: {i: {target: exc, type: current, amplitude: 0.5 nA, duration: 30 ms}}\n";

START_TEST(blocks_and_tables_are_those_of_the_image)
{
    spin_net n = spin_open(net, 1);
    folder f = folder_new(n.arena);
    ck_assert(n.unit.chip->deploy(n.image, n.unit.chip, &f.port, n.arena, n.diag));
    const spin_plan *plan = n.unit.mapping->plan;
    uint32_t address[SPIN_BOARD], regions = 0, tables = 0;
    for (int k = 0; k < SPIN_BOARD; k++)
        address[k] = 0x60800000;
    for (uint32_t core = 0; core < image_cores(n.image); core++) {
        uint32_t site = n.unit.mapping->site[core];
        int32_t chip = spin_site_chip(site);
        uint32_t file = folder_file(&f, arena_printf(n.arena, "core_%d_%d_%u.dse", plan->machine->x[chip],
                                                     plan->machine->y[chip], spin_site_core(site)));
        dse_region out[DSE_REGIONS];
        const uint32_t *word = f.bytes[file];
        uint32_t first = 0;
        while (first < DSE_HEAD_WORDS && word[2 + 3 * first] == 0)
            first++;
        uint32_t at = word[2 + 3 * first] - 4 * DSE_HEAD_WORDS;
        ck_assert_uint_ge(at, address[chip] / 0x10000 * 0x10000);
        ck_assert(dse_read(word, (uint32_t)(f.size[file] / 4), at, out));
        for (uint32_t t = 0; t < SPIN_TABLES; t++) {
            uint32_t number = spin_region_number((spin_core_table)t), nwords;
            const uint32_t *want = spin_region(n.image, (spin_core_table)t, core, &nwords);
            if (number == 0 || (number == 1 && nwords == 0)) /* 1: core_params, of a relay delay_params */
                continue;
            ck_assert_uint_eq(out[number].nwords, nwords);
            ck_assert(nwords == 0 || memcmp(out[number].word, want, nwords * 4) == 0);
            regions += nwords > 0;
        }
    }
    for (int32_t c = 0; c < (int32_t)plan->machine->nchips; c++) {
        tcam_table t = spin_table(&plan->routers, c), got;
        const char *why;
        if (t.count == 0)
            continue;
        uint32_t file =
            folder_file(&f, arena_printf(n.arena, "rtr_%d_%d.bin", plan->machine->x[c], plan->machine->y[c]));
        ck_assert(rtr_read(f.bytes[file], f.size[file], n.arena, &got, &why));
        ck_assert_uint_eq(got.count, t.count);
        for (uint32_t i = 0; i < t.count; i++) {
            ck_assert_uint_eq(got.entry[i].key, t.entry[i].key);
            ck_assert_uint_eq(got.entry[i].mask, t.entry[i].mask);
            ck_assert_uint_eq(got.entry[i].route, t.entry[i].route);
        }
        tables++;
    }
    ck_assert_uint_gt(regions, 100); /* 20 cores of exc with 6 each */
    ck_assert_uint_eq(tables, 2);    /* 22 cores on two chips */
    folder_file(&f, "load.ybug");
    folder_file(&f, "machine.json");
    spin_close(&n);
}
END_TEST

SUITE("deploy", blocks_and_tables_are_those_of_the_image)
