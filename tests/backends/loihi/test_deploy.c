/* Deployment: the files make up the image, and no core or table is left out. */
#include "core/ir/part.h"
#include "tests/backends/loihi/deployment.h"

static const char two_cores[] = "hmn: 1\n"
                                "populations:\n"
                                "  in: {size: 30, model: spike_source_poisson, params: {rate: 50 Hz}}\n"
                                "  a: {size: 40, model: loihi_lif, params: {vth_mant: 90}}\n"
                                "projections:\n"
                                "  in_a: {pre: in, post: a, connector: {type: fixed_probability, p_connect: 0.5}, "
                                "weight: 60, delay: {distribution: uniform_int, low: 1, high: 9}}\n"
                                "  a_a: {pre: a, post: a, connector: {type: fixed_probability, p_connect: 0.2}, "
                                "weight: {distribution: uniform_int, low: -90, high: 90}, sign_mode: mixed}\n"
                                "target: {chip: loihi, neurons_per_core: 20}\n"
                                "run: {duration: 20 ms, seed: 4}\n";

START_TEST(the_binary_files_make_up_the_image)
{
    static const char *const names[] = {"core_000.bin", "core_001.bin", "host.bin"};
    deployment *d = deployment_of(two_cores);
    part_file part[3];
    ck_assert_uint_eq(image_cores(d->image), 2);
    for (int i = 0; i < 3; i++) {
        part[i].name = names[i];
        part[i].bytes = deployment_file(d, names[i], &part[i].size);
        ck_assert_ptr_nonnull(part[i].bytes);
    }
    size_t size;
    const void *joined = part_join(part, 3, d->unit.arena, &size, d->unit.diag);
    ck_assert_ptr_nonnull(joined);
    ck_assert_uint_eq(size, d->unit.image_size);
    ck_assert_mem_eq(joined, d->unit.image, size);
    deployment_free(d);
}
END_TEST

START_TEST(every_core_has_a_header_that_names_its_deployed_tables)
{
    deployment *d = deployment_of(two_cores);
    const hmn_chip *chip = d->unit.chip;
    for (uint32_t core = 0; core < 2; core++) {
        const char *text = deployment_file(d, core ? "core_001.h" : "core_000.h", NULL);
        ck_assert_ptr_nonnull(text);
        for (uint32_t t = 0; t < chip->ntables; t++) {
            char array[64];
            uint64_t rows = image_section(d->image, chip->tables, t, core).rows;
            snprintf(array, sizeof array, "core_%03u_%s[]", core, chip->tables[t].name);
            ck_assert_msg((strstr(text, array) != NULL) == (rows > 0 && chip->tables[t].deployed), "%s", array);
        }
    }
    deployment_free(d);
}
END_TEST

static bool refuse_write(hmn_files *port, const char *name, const void *bytes, size_t size)
{
    (void)port, (void)name, (void)bytes;
    return size == 0;
}

START_TEST(a_file_that_cannot_be_written_ends_it)
{
    deployment *d = deployment_of(two_cores);
    hmn_files full = {refuse_write, deployment_omit};
    ck_assert(!d->unit.chip->deploy(d->image, d->unit.chip, &full, d->unit.arena, d->unit.diag));
    deployment_free(d);
}
END_TEST

SUITE("deploy", the_binary_files_make_up_the_image, every_core_has_a_header_that_names_its_deployed_tables,
      a_file_that_cannot_be_written_ends_it)
