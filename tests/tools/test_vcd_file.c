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

/* IEEE 1364-2005, 18.2, as strictly as readers may take it: unique identifiers of printable characters, all values told
 * at the first time, times that ascend strictly, changes of declared variables only, each of its kind and width. */
enum { VARIABLES = 4096 };

typedef struct {
    char id[VARIABLES][8], value[VARIABLES][40];
    int width[VARIABLES], told[VARIABLES], count;
} wave;

static int find_id(const wave *w, const char *id)
{
    int i = 0;
    while (i < w->count && strcmp(w->id[i], id) != 0)
        i++;
    return i;
}

static void declare(wave *w, FILE *f)
{
    char line[256], type[16], id[16], name[64];
    int scopes = 0, width;
    bool scale = false;
    while (fgets(line, sizeof line, f) && strcmp(line, "$enddefinitions $end\n") != 0) {
        if (sscanf(line, "$var %15s %d %15s %63s $end", type, &width, id, name) == 4) {
            ck_assert_int_gt(scopes, 0);
            ck_assert(strcmp(type, "wire") == 0 ? width == 1 : strcmp(type, "integer") == 0 && width == 32);
            ck_assert_msg(strlen(id) < 8 && find_id(w, id) == w->count, "%s is declared twice", id);
            for (const char *c = id; *c; c++)
                ck_assert(*c >= 33 && *c <= 126);
            ck_assert_int_lt(w->count, VARIABLES);
            strcpy(w->id[w->count], id);
            w->width[w->count++] = width;
        } else if (strncmp(line, "$scope module ", 14) == 0)
            scopes++;
        else if (strcmp(line, "$upscope $end\n") == 0)
            scopes--;
        else if (strcmp(line, "$timescale 1 ps $end\n") == 0)
            scale = true;
        else
            ck_assert_msg(strcmp(line, "$version hmn $end\n") == 0, "unknown: %s", line);
    }
    ck_assert(scale && scopes == 0);
}

static int strict(const char *file)
{
    static wave w;
    char line[256], value[40], id[16];
    unsigned long long now, last = 0;
    bool timed = false, dump = false, dumped = false;
    int changes = 0;
    FILE *f = fopen(file, "r");
    ck_assert_ptr_nonnull(f);
    memset(&w, 0, sizeof w);
    declare(&w, f);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "#%llu\n", &now) == 1) {
            ck_assert_msg(!dump && (!timed || now > last), "%llu comes after %llu", now, last);
            timed = true;
            last = now;
            continue;
        }
        ck_assert_msg(timed, "before any time: %s", line);
        if (line[0] == '$') {
            ck_assert_str_eq(line, dump ? "$end\n" : "$dumpvars\n");
            ck_assert(dump || !dumped);
            dumped = true;
            dump = !dump;
            continue;
        }
        int fields =
            line[0] == 'b' ? sscanf(line + 1, "%39s %15s", value, id) : sscanf(line, "%1[01xz]%15s", value, id);
        int k = find_id(&w, id);
        ck_assert_msg(fields == 2 && k < w.count, "no change of a variable: %s", line);
        ck_assert_int_eq(line[0] == 'b', w.width[k] > 1);
        ck_assert_uint_eq(strspn(value, "01xz"), strlen(value));
        ck_assert_int_le((int)strlen(value), w.width[k]);
        if (dump)
            ck_assert_int_eq(w.told[k]++, 0);
        else {
            ck_assert_msg(w.width[k] == 1 || strcmp(value, w.value[k]) != 0, "%s does not change", id);
            changes++;
        }
        strcpy(w.value[k], value);
    }
    for (int k = 0; k < w.count; k++)
        ck_assert_msg(w.told[k] == 1, "%s is not known at the first time", w.id[k]);
    fclose(f);
    return changes;
}

START_TEST(a_strict_reader_takes_every_line)
{
    network_enter();
    network_ok("$HMN run net.yaml --steps 30 --timing fast --vcd w.vcd --quiet");
    network_ok("$HMN run net.yaml --steps 30 --timing cycle --vcd c.vcd --trace-steps 7:12 --quiet");
    ck_assert_int_gt(strict("w.vcd"), 200);
    ck_assert_int_gt(strict("c.vcd"), 40);
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

SUITE("vcd_file", a_strict_reader_takes_every_line, registers_change_as_the_probes_say,
      cores_that_are_not_there_are_refused)
