/* What a folder would load is what runs: the image comes back from blocks of regions and binary routing tables. */
#include "backends/spinnaker/restore.h"

#include "backends/spinnaker/dse.h"
#include "core/ir/part.h"
#include "tests/backends/spinnaker/fixture.h"
#include "tests/backends/spinnaker/folder.h"

static const char net[] =
    "hmn: 1\n"
    "populations:\n"
    "  src: {size: 10, model: spike_source_poisson, params: {rate: 60 Hz}}\n"
    "  exc: {size: 60, model: IF_curr_exp, params: {homeostasis_eta: 0.01 nA, homeostasis_rate: 10 Hz}}\n"
    "  far: {size: 20, model: IF_curr_exp}\n"
    "neuromodulators: {rate: {weight: 1, tau: 20 ms, source: {population: exc}}}\n"
    "plasticity_rules:\n"
    "  r: {type: hmn, traces: {pairing: hebbian, A_plus: 0.1, tau_plus: 20 ms, tau_fast: 50 ms},\n"
    "      neuromodulators: [rate], eta_local: 0.01, eta_global: 0.02, weight_bounds: [0, 2], epoch: 4}\n"
    "projections:\n"
    "  in: {pre: src, post: exc, connector: {type: all_to_all}, weight: 0.5, plasticity: r}\n"
    "  on: {pre: exc, post: far, connector: {type: all_to_all}, weight: 0.2, delay: 40 ms}\n"
    "stimuli: {i: {target: far, type: current, amplitude: 0.5 nA, duration: 30 ms}}\n"
    "target: {neurons_per_core: 30, dead_cores: [[0, 0, 13], [1, 0, 13], [0, 1, 13]]}\n"
    "run: {duration: 100 ms, seed: 2}\n";

typedef struct {
    spin_net n;
    folder f;
} bench;

static bench deployed(void)
{
    bench b = {.n = spin_open(net, 1)};
    b.f = folder_new(b.n.arena);
    ck_assert(b.n.unit.chip->deploy(b.n.image, b.n.unit.chip, &b.f.port, b.n.arena, b.n.diag));
    return b;
}

/* The image of what the folder holds; NULL after a report. */
static hmn_image *restored(bench *b)
{
    uint32_t host = folder_file(&b->f, "host.bin");
    part_file part = {"host.bin", b->f.bytes[host], b->f.size[host]};
    image_writer *seen = part_begin(&part, b->n.arena, b->n.diag), *w = part_begin(&part, b->n.arena, b->n.diag);
    size_t size;
    const void *bytes = image_finish(seen, &size);
    hmn_image *m = image_from_memory(bytes, size, "host", b->n.diag);
    bool ok = spin_restore(m, &b->f.reader, w, b->n.arena, b->n.diag);
    image_close(m);
    if (!ok)
        return NULL;
    bytes = image_finish(w, &size);
    return image_from_memory(bytes, size, "restored", b->n.diag);
}

static void shut(bench *b) { spin_close(&b->n); }

START_TEST(the_image_comes_back_byte_for_byte)
{
    bench b = deployed();
    hmn_image *m = restored(&b);
    ck_assert_msg(m, "%s", spin_message(&b.n));
    const void *one, *other;
    size_t size = image_bytes(b.n.image, &one);
    ck_assert_uint_eq(image_bytes(m, &other), size);
    ck_assert_mem_eq(one, other, size);
    ck_assert_uint_eq(folder_find(&b.f, "core_000.bin"), b.f.n); /* no second copy that could be run in their place */
    image_close(m);
    shut(&b);
}
END_TEST

/* State after 100 steps of what the folder holds. */
static uint64_t digest(bench *b, uint64_t *lost)
{
    hmn_image *m = restored(b);
    ck_assert_msg(m, "%s", spin_message(&b->n));
    hmn_machine *machine = machine_boot(m, b->n.unit.chip, 1, NULL, b->n.diag);
    ck_assert_msg(machine, "%s", spin_message(&b->n));
    hmn_sim *s = machine_sim(machine);
    for (uint32_t i = 0; i < 100; i++) {
        s->ops->begin(s);
        s->ops->end(s);
    }
    uint64_t hash = machine_digest(machine);
    *lost = machine_counters(machine).lost;
    machine_free(machine);
    image_close(m);
    return hash;
}

/* Adds to a word of a region, and to the sum in the block's head. */
static void change(bench *b, const char *name, uint32_t region, uint32_t word, uint32_t by)
{
    uint32_t *block = b->f.bytes[folder_file(&b->f, name)], first = 0;
    while (block[2 + 3 * first] == 0)
        first++;
    uint32_t at = (block[2 + 3 * region] - block[2 + 3 * first]) / 4 + DSE_HEAD_WORDS;
    ck_assert_uint_gt(block[2 + 3 * region + 2], word);
    block[at + word] += by;
    block[2 + 3 * region + 1] += by;
}

START_TEST(a_weight_a_parameter_and_a_route_of_the_files_are_those_that_run)
{
    uint64_t lost, plain, other;
    bench b = deployed();
    plain = digest(&b, &lost);
    spin_run(&b.n, 100);
    ck_assert_uint_eq(plain, machine_digest(b.n.machine));
    ck_assert_uint_eq(lost, 0);
    change(&b, "core_0_0_4.dse", 2, 1, 1 << 15); /* v of a neuron starts 1 mV higher */
    other = digest(&b, &lost);
    ck_assert_uint_ne(plain, other);
    change(&b, "core_0_0_4.dse", 2, 1, UINT32_MAX - (1 << 15) + 1);
    ck_assert_uint_eq(digest(&b, &lost), plain);
    uint8_t *entry = b.f.bytes[folder_file(&b.f, "rtr_0_0.bin")];
    memset(entry + 4, 0, 4); /* the first route leads nowhere */
    ck_assert_uint_ne(digest(&b, &lost), plain);
    shut(&b);
}
END_TEST

static void expect(bench *b, const char *words)
{
    ck_assert_ptr_null(restored(b));
    ck_assert_msg(strstr(spin_message(&b->n), words), "%s", spin_message(&b->n));
    shut(b);
}

START_TEST(a_block_that_is_absent_cut_or_altered_is_named)
{
    bench b = deployed();
    b.f.name[folder_file(&b.f, "core_0_0_4.dse")] = "elsewhere";
    expect(&b, "'core_0_0_4.dse' is not in the folder");
    b = deployed();
    b.f.size[folder_file(&b.f, "core_0_0_4.dse")] -= 4;
    expect(&b, "'core_0_0_4.dse' is no block of regions");
    b = deployed();
    ((uint32_t *)b.f.bytes[folder_file(&b.f, "core_0_0_4.dse")])[DSE_HEAD_WORDS] ^= 1;
    expect(&b, "'core_0_0_4.dse' is no block of regions");
    b = deployed();
    ((uint8_t *)b.f.bytes[folder_file(&b.f, "rtr_0_0.bin")])[0] ^= 1;
    expect(&b, "'rtr_0_0.bin' is no routing table");
}
END_TEST

START_TEST(a_manager_that_would_run_another_program_is_refused)
{
    bench b = deployed();
    change(&b, "core_0_0_2.dse", SPIN_MANAGER_PROGRAM, 20, 1);
    expect(&b, "another program of the management core");
}
END_TEST

START_TEST(a_block_that_was_moved_is_read)
{
    bench b = deployed();
    uint64_t lost, plain = digest(&b, &lost);
    uint32_t *block = b.f.bytes[folder_file(&b.f, "core_0_0_4.dse")];
    for (uint32_t r = 0; r < DSE_REGIONS; r++)
        block[2 + 3 * r] += block[2 + 3 * r] ? 0x10000 : 0;
    ck_assert_uint_eq(digest(&b, &lost), plain);
    shut(&b);
}
END_TEST

SUITE("restore", the_image_comes_back_byte_for_byte, a_weight_a_parameter_and_a_route_of_the_files_are_those_that_run,
      a_block_that_is_absent_cut_or_altered_is_named, a_manager_that_would_run_another_program_is_refused,
      a_block_that_was_moved_is_read)
