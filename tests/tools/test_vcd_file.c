/* hmn run --vcd: read back by a small reader, registers are those of the probes, and times ascend. */
#include "tests/suite.h"
#include "tests/tools/network.h"
#include "tools/npy.h"

/* Values that a variable takes, in order; at most `room`. */
static int values_of(const char *file, const char *name, long *value, int room)
{
    char line[256], id[16] = "", label[64];
    int n = 0;
    unsigned long long now, last = 0;
    FILE *f = fopen(file, "r");
    ck_assert_ptr_nonnull(f);
    while (fgets(line, sizeof line, f)) {
        char a[16];
        if (sscanf(line, "$var %*s %*d %15s %63s", a, label) == 2 && strcmp(label, name) == 0)
            strcpy(id, a);
        if (sscanf(line, "#%llu", &now) == 1) {
            ck_assert_uint_ge(now, last);
            last = now;
        }
        char bits[64], of[16];
        if (line[0] == 'b' && sscanf(line, "b%63s %15s", bits, of) == 2 && strcmp(of, id) == 0 && n < room)
            value[n++] = (long)(int)(unsigned)strtoul(bits, NULL, 2);
    }
    fclose(f);
    ck_assert_str_ne(id, "");
    return n;
}

START_TEST(registers_change_as_the_probes_say)
{
    network_enter();
    network_ok("$HMN run net.yaml --steps 20 --timing fast --vcd w.vcd --out out");
    network_ok("$HMN run net.yaml --steps 20 --timing cycle --vcd c.vcd --quiet");
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    const npy_array *v = npy_read("out/probes/volts.npy", a, d);
    ck_assert_ptr_nonnull(v);
    long got[64], cycle[64];
    int n = values_of("w.vcd", "v_1", got, 64), m = values_of("c.vcd", "v_1", cycle, 64);
    ck_assert_int_gt(n, 4);
    ck_assert_int_eq(n, m);
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(got[i], cycle[i]);
    /* the probe samples every second step: each of its values is among the changes, in order */
    int at = 0;
    for (size_t row = 0; row < 10; row++) {
        long want = (long)v->whole[row * 3 + 1];
        while (at < n && got[at] != want)
            at++;
        ck_assert_msg(at < n, "row %zu: %ld is not there", row, want);
    }
    diag_free(d);
    arena_free(a);
    program_leave();
}
END_TEST

START_TEST(cores_that_are_not_there_are_refused)
{
    network_enter();
    network_fails("$HMN run net.yaml --steps 5 --timing fast --vcd w.vcd --vcd-cores 0,7", 2, "names core 7");
    network_fails("$HMN run net.yaml --steps 5 --timing fast --vcd w.vcd --vcd-cores x", 2, "takes at most");
    ck_assert(!program_exists("w.vcd") && !program_exists("w.vcd.tmp"));
    program_leave();
}
END_TEST

SUITE("vcd_file", registers_change_as_the_probes_say, cores_that_are_not_there_are_refused)
