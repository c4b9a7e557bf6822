/* Input spikes from files: both forms, both widths, and what is refused. */
#include "tools/inputs.h"
#include "tests/suite.h"
#include "tests/tools/program.h"
#include "tools/npy.h"

static layout_population populations[] = {{"in", 0, 4, true}, {"cells", 4, 3, false}, {"more", 7, 2, true}};
static const char *signals[] = {"task.reward", "", "input.cue", "task.reward"};
static const layout net = {
    .neurons = 9, .population = populations, .npopulations = 3, .nmodulators = 4, .signal = signals};

static hmn_arena *arena;
static hmn_diag *diag;
static input_spike *spike;
static uint64_t count;
static input_level *level;
static uint64_t nlevels;

static void begin(void)
{
    arena = arena_new(0);
    diag = diag_new();
    program_enter();
}

static void end(void)
{
    program_leave();
    diag_free(diag);
    arena_free(arena);
}

static bool read_text(const char *text)
{
    program_write("s", text);
    return inputs_read("s", &net, arena, diag, &spike, &count, &level, &nlevels);
}

START_TEST(text_rows_are_sorted_and_repetitions_dropped)
{
    begin();
    ck_assert(read_text("# step neuron\n5 1\n\n3, 8 # late\r\n3\t0\n5 1\n"));
    ck_assert_uint_eq(count, 3);
    ck_assert(spike[0].step == 3 && spike[0].neuron == 0);
    ck_assert(spike[1].step == 3 && spike[1].neuron == 8);
    ck_assert(spike[2].step == 5 && spike[2].neuron == 1);
    ck_assert(read_text("1 more 1\n0 in 3\n2 2 0"));
    ck_assert(count == 3 && spike[0].neuron == 3 && spike[1].neuron == 8 && spike[2].neuron == 7);
    ck_assert(read_text(""));
    ck_assert_uint_eq(count, 0);
    end();
}
END_TEST

START_TEST(arrays_are_read)
{
    begin();
    npy_writer *w = npy_create("a.npy", NPY_U32, 3, arena, diag);
    npy_rows(w, (uint32_t[]){9, 2, 1, 4, 0, 2}, 2);
    ck_assert(npy_close(w, diag));
    ck_assert(inputs_read("a.npy", &net, arena, diag, &spike, &count, &level, &nlevels));
    ck_assert(count == 2 && spike[0].step == 4 && spike[0].neuron == 2 && spike[1].neuron == 8);
    end();
}
END_TEST

START_TEST(signals_are_set_by_name)
{
    begin();
    ck_assert(read_text("7 input.cue -0.25\n3 task.reward 1e-1 # both\n5 2\n7 input.cue 2\n"));
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(nlevels, 4);
    ck_assert(level[0].step == 3 && level[1].step == 3 && level[0].modulator + level[1].modulator == 3);
    ck_assert(level[0].value == 0.1 && level[1].value == 0.1);
    ck_assert(level[2].step == 7 && level[2].modulator == 2 && level[2].value == -0.25 && level[3].value == 2);
    end();
}
END_TEST

static void refused(const char *text, const char *why, uint32_t line)
{
    diag_free(diag);
    diag = diag_new();
    ck_assert_msg(!read_text(text), "accepted: %s", text);
    const hmn_message *m = diag_get(diag, 0);
    ck_assert_msg(strstr(m->text, why), "said: %s", m->text);
    ck_assert_uint_eq(m->at.line, line);
}

START_TEST(bad_rows_are_refused_with_their_line)
{
    begin();
    refused("0 0\n1 4\n", "population cells is not a source", 2);
    refused("0 9\n", "no neuron 9", 1);
    refused("0 in 4\n", "no neuron 4, in has 4", 1);
    refused("0 out 4\n", "no population 'out'", 1);
    refused("0 7 4\n", "no population '7'", 1);
    refused("-1 0\n", "a step is a whole number", 1);
    refused("4294967295 0\n", "a step is a whole number", 1);
    refused("x 0\n", "whole numbers", 1);
    refused("0 0x\n", "whole numbers", 1);
    refused("1 input.x 1\n", "no neuromodulator is fed by 'input.x'", 1);
    refused("1 input.cue one\n", "'one' is no level", 1);
    refused("1 input.cue inf\n", "'inf' is no level", 1);
    refused("-1 input.cue 1\n", "a step is a whole number", 1);
    refused("0\n", "two or three values", 1);
    refused("1 2 3 4\n", "two or three values", 1);
    refused("99999999999999999999 0\n", "whole numbers", 1);
    end();
}
END_TEST

START_TEST(bad_arrays_are_refused_with_their_row)
{
    begin();
    npy_writer *w = npy_create("a.npy", NPY_U32, 3, arena, diag);
    npy_rows(w, (uint32_t[]){0, 0, 0, 0, 3, 0}, 2);
    ck_assert(npy_close(w, diag));
    ck_assert(!inputs_read("a.npy", &net, arena, diag, &spike, &count, &level, &nlevels));
    ck_assert_ptr_nonnull(strstr(diag_get(diag, 0)->text, "row 1: there is no population"));
    w = npy_create("f.npy", NPY_F64, 2, arena, diag);
    ck_assert(npy_close(w, diag));
    ck_assert(!inputs_read("f.npy", &net, arena, diag, &spike, &count, &level, &nlevels));
    ck_assert(!inputs_read("absent", &net, arena, diag, &spike, &count, &level, &nlevels));
    end();
}
END_TEST

SUITE("inputs", signals_are_set_by_name, text_rows_are_sorted_and_repetitions_dropped, arrays_are_read,
      bad_rows_are_refused_with_their_line, bad_arrays_are_refused_with_their_row)
