/* hmn graph from a network file to a file: every view, and what is refused. */
#include "tests/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char net[] = "hmn: 1\n"
                          "network: {name: tiny, dt: 1 ms}\n"
                          "populations:\n"
                          "  in: {size: 5, model: spike_source_poisson, params: {rate: 20 Hz}}\n"
                          "  cells: {size: 8, model: loihi_lif, params: {vth_mant: 100}}\n"
                          "projections:\n"
                          "  feed:\n"
                          "    pre: in\n"
                          "    post: cells\n"
                          "    connector: {type: all_to_all}\n"
                          "    weight: 10\n"
                          "    delay: 1 ms\n"
                          "target: {chip: loihi, cores: CORES}\n";

typedef struct {
    char folder[32], file[64], out[64];
} fixture;

static fixture begin(const char *cores)
{
    fixture f = {.folder = "hmn_graph_XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(f.folder));
    snprintf(f.file, sizeof f.file, "%s/net.yaml", f.folder);
    snprintf(f.out, sizeof f.out, "%s/view.dot", f.folder);
    FILE *out = fopen(f.file, "w");
    ck_assert_ptr_nonnull(out);
    const char *hole = strstr(net, "CORES");
    fprintf(out, "%.*s%s%s", (int)(hole - net), net, cores, hole + 5);
    fclose(out);
    return f;
}

static void end(fixture f)
{
    unlink(f.file);
    unlink(f.out);
    ck_assert_int_eq(rmdir(f.folder), 0);
}

static int graph(const fixture *f, const char *view, const char *target)
{
    char line[512];
    snprintf(line, sizeof line, "%s graph %s --view %s %s -o %s 2>/dev/null", HMN_PROGRAM, f->file, view, target,
             f->out);
    int status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool holds(const fixture *f, const char *part)
{
    char text[65536];
    FILE *in = fopen(f->out, "r");
    if (!in)
        return false;
    size_t n = fread(text, 1, sizeof text - 1, in);
    text[n] = '\0';
    fclose(in);
    return strncmp(text, "digraph", 7) == 0 && strstr(text, part) != NULL;
}

START_TEST(each_view_of_a_network_is_written)
{
    fixture f = begin("4");
    ck_assert_int_eq(graph(&f, "network", ""), 0);
    ck_assert(holds(&f, "feed\\n40 synapses"));
    ck_assert_int_eq(graph(&f, "placement", ""), 0);
    ck_assert(holds(&f, "8 of 1024"));
    ck_assert_int_eq(graph(&f, "routing", ""), 0);
    ck_assert(holds(&f, "host -> c0 [label=\"5\""));
    ck_assert_int_eq(graph(&f, "pipeline", ""), 0);
    ck_assert(holds(&f, "\"parse\" -> \"check\""));
    end(f);
}
END_TEST

START_TEST(what_cannot_be_drawn_has_its_exit_status_and_no_file)
{
    fixture f = begin("1, neurons_per_core: 4");
    ck_assert_int_eq(graph(&f, "placement", ""), 3); /* eight neurons on one core of four */
    ck_assert_int_eq(graph(&f, "placement", "--target reference"), 1);
    ck_assert_int_eq(graph(&f, "landscape", ""), 2);
    unlink(f.file);
    ck_assert_int_eq(graph(&f, "network", ""), 4);
    ck_assert_int_ne(access(f.out, F_OK), 0);
    end(f);
}
END_TEST

SUITE("cmd_graph", each_view_of_a_network_is_written, what_cannot_be_drawn_has_its_exit_status_and_no_file)
