/* Probes: every variable that a chip or the reference can tell, the shape of its file, sampling in time and space. */
#include "tests/suite.h"
#include "tests/tools/network.h"
#include "tools/npy.h"

static hmn_arena *arena;
static hmn_diag *diag;

/* 20 Poisson sources onto 5 cells, plastic, with a scheduled modulator. */
static void begin(const char *record)
{
    char line[512];
    arena = arena_new(0);
    diag = diag_new();
    program_enter();
    snprintf(line, sizeof line,
             "sed 's/record: weight/record: %s/; s/every: 10/every: 50/' '" HMN_SOURCE_DIR
             "/models/basics/three_factor.yaml' > net.yaml && grep -c 'every: 50' net.yaml",
             record);
    network_ok(line);
}

static void end(void)
{
    program_leave();
    diag_free(diag);
    arena_free(arena);
}

static const npy_array *shape(const char *path, uint64_t rows, uint64_t columns)
{
    const npy_array *t = npy_read(path, arena, diag);
    ck_assert_msg(t && t->rows == rows && t->columns == columns, "%s has not the shape (%lu, %lu)", path,
                  (unsigned long)rows, (unsigned long)columns);
    return t;
}

static bool any(const npy_array *t)
{
    for (uint64_t i = 0; i < t->rows * t->columns; i++)
        if (t->integers ? t->whole[i] != 0 : t->value[i] != 0)
            return true;
    return false;
}

START_TEST(a_chip_tells_weights_tags_delays_traces_and_levels)
{
    begin("[weight, tag, delay, y1]");
    network_ok("$HMN run net.yaml --steps 201 --out out");
    ck_assert(any(shape("out/probes/w.weight.npy", 5, 100)));
    ck_assert(any(shape("out/probes/w.tag.npy", 5, 100)));
    ck_assert_int_eq(shape("out/probes/w.delay.npy", 5, 100)->whole[99], 1);
    ck_assert(any(shape("out/probes/w.y1.npy", 5, 5)));
    ck_assert(shape("out/probes/level.npy", 5, 1)->integers);
    /* the last sample is the final state */
    const npy_array *weights = shape("out/weights/in_cell.npy", 100, 4), *w = shape("out/probes/w.weight.npy", 5, 100);
    for (uint64_t i = 0; i < 100; i++)
        ck_assert_int_eq(w->whole[400 + i], weights->whole[4 * i + 2]);
    end();
}
END_TEST

START_TEST(the_reference_tells_weights_and_eligibilities)
{
    begin("[weight, eligibility]");
    network_ok("$HMN run net.yaml --target reference --steps 201 --out out");
    ck_assert(!shape("out/probes/w.weight.npy", 5, 100)->integers);
    ck_assert(any(shape("out/probes/w.eligibility.npy", 5, 100)));
    ck_assert(!shape("out/probes/level.npy", 5, 1)->integers);
    end();
}
END_TEST

START_TEST(a_sample_is_spread_evenly)
{
    begin("weight, sample: 4");
    network_ok("$HMN run net.yaml --steps 1 --out out");
    const npy_array *w = shape("out/probes/w.npy", 1, 4), *weights = shape("out/weights/in_cell.npy", 100, 4);
    for (uint64_t i = 0; i < 4; i++)
        ck_assert_int_eq(w->whole[i], weights->whole[4 * 25 * i + 2]);
    end();
}
END_TEST

START_TEST(what_a_target_cannot_tell_is_refused_with_what_it_can)
{
    begin("eligibility");
    program_result *r = network_fails("$HMN run net.yaml --steps 1 --out out", 1, "cannot be recorded on a chip");
    ck_assert_ptr_nonnull(strstr(r->err, "spikes, v, u, weight, delay, tag"));
    ck_assert(!program_exists("out"));
    end();
    begin("tag");
    network_fails("$HMN run net.yaml --target reference --steps 1 --out out", 1, "net.yaml:");
    ck_assert(!program_exists("out"));
    end();
}
END_TEST

SUITE("probes", a_chip_tells_weights_tags_delays_traces_and_levels, the_reference_tells_weights_and_eligibilities,
      a_sample_is_spread_evenly, what_a_target_cannot_tell_is_refused_with_what_it_can)
