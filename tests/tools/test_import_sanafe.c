/* hmn import sana-fe: an imported network fires as SANA-FE's equations say, computed here in double precision from a
 * network of our own, counts what it counts, and what is not exact is refused at its place. */
#include "tests/suite.h"
#include "tests/tools/network.h"
#include "tools/npy.h"

#include <jansson.h>
#include <math.h>

/* 16 inputs with a bias, a convolution 4 x 4 -> 2 x 3 x 3, a dense layer of 3, and single edges back. */
enum { IN = 16, MID = 18, OUT = 3, ALL = IN + MID + OUT, STEPS = 400 };

static unsigned draw(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

typedef struct {
    double weight[ALL][ALL], threshold[ALL], bias[ALL], leak[ALL];
    int refractory[ALL], core[ALL]; /* tile * 4 + core */
    bool fires[STEPS][ALL];
    long updates, spikes, messages, events;
} model;

/* The model and its text. */
static void make(model *m, const char *leak)
{
    unsigned s = 7;
    FILE *f = fopen("net.yaml", "w");
    memset(m, 0, sizeof *m);
    fprintf(
        f,
        "network:\n  name: test\n  groups:\n  - name: in\n    attributes: {soma_hw_name: lif, synapse_hw_name: conv, "
        "threshold: 50, leak_decay: %s}\n    neurons:\n",
        leak);
    for (int i = 0; i < IN; i++) {
        m->bias[i] = draw(&s) % 9;
        m->threshold[i] = 50;
        fprintf(f, "    - {%d: {bias: %g}}\n", i, m->bias[i]);
    }
    fprintf(f, "  - name: mid.x\n    attributes: {synapse_hw_name: conv, threshold: 64, leak_decay: 0.5, "
               "refractory_delay: 3}\n"
               "    neurons:\n    - 0..17: {}\n    - 4: {threshold: 100}\n");
    fprintf(f, "  - name: out\n    attributes: {synapse_hw_name: dense, threshold: 300}\n    neurons: [{0..2: {}}]\n");
    for (int i = 0; i < ALL; i++) {
        m->leak[i] = i < IN ? strtod(leak, NULL) : i < IN + MID ? 0.5 : 1;
        m->threshold[i] = i < IN ? 50 : i < IN + MID ? (i == IN + 4 ? 100 : 64) : 300;
        m->refractory[i] = i >= IN && i < IN + MID ? 3 : 0;
        m->core[i] = i < IN ? 0 : i < IN + MID ? 6 : 13;
    }
    fprintf(f, "  edges:\n  - in -> mid.x:\n      type: conv2d\n      input_width: 4\n      input_height: 4\n"
               "      input_channels: 1\n      kernel_width: 2\n      kernel_height: 2\n      kernel_count: 2\n      "
               "weight: [");
    for (int k = 0; k < 8; k++) { /* [row][column][in][out] */
        int w = (int)(draw(&s) % 120) - 30;
        fprintf(f, "%s%d", k ? ", " : "", w);
        for (int y = 0; y < 3; y++)
            for (int x = 0; x < 3; x++)
                m->weight[(y + k / 4) * 4 + x + k / 2 % 2][IN + (k % 2 * 3 + y) * 3 + x] = w;
    }
    fprintf(f, "]\n  - mid.x -> out:\n      type: dense\n      weight: [");
    for (int i = 0; i < MID * OUT; i++) {
        int w = (int)(draw(&s) % 600) - 250; /* beyond 8 bits */
        fprintf(f, "%s%d", i ? ", " : "", w);
        m->weight[IN + i / OUT][IN + MID + i % OUT] = w;
    }
    fprintf(f, "]\n  - out.1 -> in.3: {weight: -77}\n  - out.2 -> in.5: {weight: 33}\n");
    m->weight[IN + MID + 1][3] = -77;
    m->weight[IN + MID + 2][5] = 33;
    fprintf(
        f,
        "mappings:\n- {'in.0..15': {core: '0.0'}}\n- {'mid.x.0..17': {core: '1.2'}}\n- {'out.0..2': {core: '3.1'}}\n");
    fclose(f);
}

/* Potentials in steps of 1/64, rounded toward zero after the leak; the current of a step is what arrived in the step
 * before; updated: potential, a bias, or a spike that arrived. */
static void simulate(model *m)
{
    double v[ALL] = {0};
    int wait[ALL] = {0};
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < ALL; j++) {
            double in = 0;
            bool arrived = false;
            for (int i = 0; t > 0 && i < ALL; i++)
                if (m->fires[t - 1][i] && m->weight[i][j] != 0) {
                    in += m->weight[i][j];
                    arrived = true;
                }
            m->updates += v[j] != 0 || m->bias[j] != 0 || arrived;
            v[j] = trunc(v[j] * m->leak[j] * 64) / 64;
            if (wait[j] == 0) {
                v[j] += m->bias[j] + in;
                m->fires[t][j] = v[j] > m->threshold[j];
                if (m->fires[t][j]) {
                    v[j] = 0;
                    wait[j] = m->refractory[j];
                }
            }
            wait[j] -= wait[j] > 0;
            m->spikes += m->fires[t][j];
        }
    for (int t = 0; t < STEPS; t++)
        for (int i = 0; i < ALL; i++) {
            bool to[64] = {false};
            for (int j = 0; m->fires[t][i] && j < ALL; j++)
                if (m->weight[i][j] != 0) {
                    m->messages += !to[m->core[j]];
                    to[m->core[j]] = true;
                    m->events += t + 1 < STEPS;
                }
        }
}

static void check_spikes(const model *m, const char *file, int first, int size)
{
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    const npy_array *s = npy_read(file, a, d);
    ck_assert_ptr_nonnull(s);
    uint64_t row = 0;
    for (int t = 0; t < STEPS; t++)
        for (int i = 0; i < size; i++)
            if (m->fires[t][first + i]) {
                ck_assert_msg(row < s->rows && s->whole[2 * row] == t && s->whole[2 * row + 1] == i,
                              "%s: neuron %d should fire in step %d", file, i, t);
                row++;
            }
    ck_assert_uint_eq(row, s->rows);
    diag_free(d);
    arena_free(a);
}

START_TEST(an_imported_network_fires_and_counts_as_sana_fe_says)
{
    /* just below 4095/4096, as SANA-FE's own networks write it; the same exactly; seven eighths */
    static const char *const leaks[] = {"0.99975585937", "0.999755859375", "0.875"};
    program_enter();
    for (int k = 0; k < 3; k++) {
        static model m;
        make(&m, leaks[k]);
        simulate(&m);
        network_ok("rm -rf in out && $HMN import sana-fe net.yaml -o in");
        network_ok("$HMN run in/network.yaml --steps 400 --timing cycle --out out");
        check_spikes(&m, "out/spikes/g_in.npy", 0, IN);
        check_spikes(&m, "out/spikes/g_mid_x.npy", IN, MID);
        check_spikes(&m, "out/spikes/g_out.npy", IN + MID, OUT);
        json_t *s = json_load_file("out/summary.json", 0, NULL);
        ck_assert_ptr_nonnull(s);
        ck_assert_int_gt(m.spikes, 150);
        ck_assert_int_eq(json_integer_value(json_object_get(s, "spikes")), m.spikes);
        ck_assert_int_eq(json_integer_value(json_object_get(s, "messages")), m.messages);
        ck_assert_int_eq(json_integer_value(json_object_get(s, "synaptic_events")), m.events);
        ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(s, "counters"), "updates_active")),
                         m.updates);
        json_decref(s);
    }
    program_leave();
}
END_TEST

START_TEST(tiles_run_column_by_column_there_and_row_by_row_here)
{
    static model m;
    program_enter();
    make(&m, "0.5");
    network_ok("$HMN import sana-fe net.yaml -o in && $HMN run in/network.yaml --steps 20 --timing fast --out out");
    /* tiles 0, 1 and 3 of a grid 4 high: (0, 0), (0, 1), (0, 3); cores 0, 2 and 1 of them */
    ck_assert_str_eq(network_ok("cut -d, -f2,4,5 out/timing/cores.csv | tr '\\n' ' '")->out,
                     "site,x,y 0,0,0 34,0,1 97,0,3 ");
    program_leave();
}
END_TEST

START_TEST(costs_barrier_and_buffers_of_an_architecture_are_taken)
{
    static model m;
    const char *arch =
        "architecture:\n  name: c\n  attributes: {topology: mesh, width: 8, height: 4, link_buffer_size: 12, %s}\n"
        "  tile:\n  - name: t[0..31]\n    attributes: {latency_east_hop: 1e-9, energy_north_hop: 2e-12}\n"
        "    core:\n    - name: c[0..3]\n      attributes: {max_neurons_supported: 1024}\n"
        "      axon_in: [{name: i, attributes: {latency_message_in: 5.0e-9}}]\n"
        "      synapse: [{name: conv, attributes: {energy_process_spike: 7.0e-12}}, {name: dense, attributes: {}}]\n"
        "      soma: [{name: lif, attributes: {latency_spike_out: 3.0e-9}}]\n"
        "      axon_out: [{name: o, attributes: {}}]\n";
    char text[2048];
    program_enter();
    make(&m, "0.5");
    snprintf(text, sizeof text, arch, "sync_model: table, latency_sync: {1: 0.25e-6, 3: 2.0e-6}");
    program_write("arch.yaml", text);
    network_ok("$HMN import sana-fe net.yaml --arch arch.yaml -o in");
    ck_assert_str_eq(network_ok("grep -e barrier: -e buffer: -e spike: -e axon_in: -e hop_ in/network.yaml")->out,
                     "    axon_in: {ns: 5, pJ: 0}\n    spike: {ns: 3, pJ: 0}\n    hop_x: {ns: 1, pJ: 0}\n"
                     "    hop_y: {ns: 0, pJ: 2}\n    buffer: 6\n    barrier: [[1, 250], [3, 2000]]\n");
    network_ok("$HMN run in/network.yaml --steps 20 --timing cycle --out out");
    ck_assert_str_eq(network_ok("cut -d, -f6 out/timing/steps.csv | sort -u | tr '\n' ' '")->out,
                     "2000.000 barrier_ns ");
    snprintf(text, sizeof text, arch, "latency_sync: 0.5e-6");
    program_write("arch.yaml", text);
    network_ok(
        "$HMN import sana-fe net.yaml --arch arch.yaml -o in && grep -q 'barrier: \\[\\[1, 500\\]\\]' in/network.yaml");
    snprintf(text, sizeof text, arch, "sync_model: table, latency_sync: {few: 0.5e-6}");
    program_write("arch.yaml", text);
    network_fails("$HMN import sana-fe net.yaml --arch arch.yaml -o in", 1, "begins with a number of tiles");
    program_leave();
}
END_TEST

START_TEST(what_is_not_exact_is_refused_at_its_place)
{
    program_enter();
    const char *net = "network:\n  groups:\n  - name: a\n    attributes: {%s}\n    neurons: [{0..3: {}}]\n"
                      "  edges:\n  - a -> a: {type: %s, weight: [%s]}\n";
    static const struct {
        const char *attribute, *type, *weight, *words;
    } bad[] = {
        {"threshold: 1.5", "dense", "1", "net.yaml:4:29: error: threshold is 1.5"},
        {"leak_decay: 0.3", "dense", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "leak_decay of neuron 0 of group 'a' is 0.3"},
        {"reset: 2", "dense", "1", "reset is 2, only 0"},
        {"taps: 2", "dense", "1", "the attribute 'taps'"},
        {"threshold: 1", "dense", "1", "needs a list of 16 weights, it has 1"},
        {"threshold: 1", "sparse", "1", "edges of type 'sparse'"},
        {"threshold: 1", "dense", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,0.5", "weight is 0.5"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[1024];
        snprintf(text, sizeof text, net, bad[i].attribute, bad[i].type, bad[i].weight);
        program_write("net.yaml", text);
        program_result *r = program_run("$HMN import sana-fe net.yaml -o in");
        ck_assert_msg(r->status != 0 && strstr(r->err, bad[i].words), "%s: said\n%s", bad[i].words, r->err);
        ck_assert(!program_exists("in"));
    }
    network_fails("$HMN import sana-fe none.yaml -o in", 4, "cannot read");
    network_fails("$HMN import other net.yaml -o in", 2, "sana-fe is");
    network_fails("$HMN import sana-fe net.yaml", 2, "--out DIR");
    program_leave();
}
END_TEST

SUITE("import_sanafe", an_imported_network_fires_and_counts_as_sana_fe_says,
      tiles_run_column_by_column_there_and_row_by_row_here, costs_barrier_and_buffers_of_an_architecture_are_taken,
      what_is_not_exact_is_refused_at_its_place)
