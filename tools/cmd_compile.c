/* hmn compile: a network to an image, with a report of what quantisation and mapping did. */
#include "tools/dump.h"
#include "tools/json_out.h"
#include "tools/lowering.h"
#include "tools/report_file.h"
#include "tools/storage.h"

#include <inttypes.h>
#include <string.h>

/* ---- the report ---- */

static void one_use(json_out *j, const char *name, uint64_t used, uint64_t limit)
{
    json_put_object(j, name);
    json_put_natural(j, "used", used);
    if (limit)
        json_put_natural(j, "limit", limit);
    else
        json_put_text(j, "limit", NULL);
    json_put_close(j);
}

static void core_use(const source *s, uint32_t core, json_out *j)
{
    const hmn_mapping *m = s->unit.mapping;
    const hmn_limits *l = s->chip->limits;
    hmn_usage u = {0};
    uint32_t first = m->core_first_slice[core];
    s->chip->usage(s->unit.qnet, m->slice + first, m->core_first_slice[core + 1] - first, &u);
    json_put_object(j, NULL);
    json_put_natural(j, "core", core);
    json_put_natural(j, "site", m->site[core]);
    one_use(j, "compartments", u.compartments, l->compartments);
    one_use(j, "in_axons", u.in_axons, l->in_axons);
    one_use(j, "out_axons", u.out_axons, l->out_axons);
    one_use(j, "synapse_words", u.synapse_words, l->synapse_words);
    one_use(j, "neuron_profiles", u.neuron_profiles, l->neuron_profiles);
    one_use(j, "threshold_profiles", u.threshold_profiles, l->threshold_profiles);
    one_use(j, "synapse_formats", u.synapse_formats, l->synapse_formats);
    one_use(j, "learning_profiles", u.learning_profiles, l->learning_profiles);
    one_use(j, "learning_words", u.learning_words, l->learning_words);
    one_use(j, "pre_traces", u.pre_traces, l->pre_traces);
    one_use(j, "post_traces", u.post_traces, l->post_traces);
    one_use(j, "epochs", u.epochs, l->epochs);
    one_use(j, "delay_cells", u.delay_cells, l->delay_cells);
    one_use(j, "max_delay", u.max_delay, l->max_delay);
    json_put_object(j, "rows");
    for (uint32_t t = 0; s->image && t < s->chip->ntables; t++)
        json_put_natural(j, s->chip->tables[t].name, image_section(s->image, s->chip->tables, t, core).rows);
    json_put_close(j);
    json_put_close(j);
}

static void mapping(const source *s, json_out *j)
{
    const hmn_mapping *m = s->unit.mapping;
    json_put_object(j, "placement");
    json_put_natural(j, "cores", m->ncores);
    json_put_natural(j, "slices", m->nslices);
    json_put_real(j, "traffic_spikes", m->traffic_spikes);
    json_put_real(j, "traffic_hops", m->traffic_hops);
    json_put_close(j);
    json_put_array(j, "cores");
    for (uint32_t i = 0; i < m->ncores; i++)
        core_use(s, i, j);
    json_put_close(j);
}

/* What kept the network from being compiled; nothing when it was. */
static void refusals(const source *s, json_out *j)
{
    json_put_array(j, "errors");
    for (uint32_t i = 0; i < diag_count(s->diag); i++) {
        const hmn_message *m = diag_get(s->diag, i);
        if (m->severity != DIAG_ERROR)
            continue;
        json_put_object(j, NULL);
        json_put_text(j, "code", diag_code_name(m->code));
        json_put_text(j, "message", m->text);
        json_put_text(j, "help", m->cure);
        json_put_close(j);
    }
    json_put_close(j);
}

static void report_json(const source *s, const void *none, FILE *out)
{
    (void)none;
    const hmn_graph *g = s->unit.graph;
    uint32_t n;
    const lowering_row *row = lowering_rows(s->unit.qnet, NULL, s->arena, &n);
    json_out j;
    json_put_begin(&j, out);
    json_put_object(&j, NULL);
    json_put_text(&j, "network", s->unit.path);
    json_put_text(&j, "target", s->chip->name);
    json_put_natural(&j, "neurons", g->nneurons);
    json_put_natural(&j, "synapses", g->nsynapses);
    if (s->image) {
        json_put_natural(&j, "image_bytes", s->unit.image_size);
        json_put_hex(&j, "image_hash", image_hash(s->image));
    }
    json_put_object(&j, "pass_seconds");
    for (const pipeline_pass *p = pipeline_passes(); p->name; p++)
        json_put_real(&j, p->name, s->seconds[p - pipeline_passes()]);
    json_put_close(&j);
    lowering_json(row, n, &j);
    if (s->image) {
        storage_json(s->image, s->chip, &j);
        mapping(s, &j);
    } else
        refusals(s, &j);
    json_put_close(&j);
    json_put_end(&j);
}

static void report_text(const source *s, const void *none, FILE *out)
{
    (void)none;
    uint32_t n;
    const lowering_row *row = lowering_rows(s->unit.qnet, NULL, s->arena, &n);
    fprintf(out, "%s on %s: %" PRIu32 " neurons, %" PRIu64 " synapses", s->unit.path, s->chip->name,
            s->unit.graph->nneurons, s->unit.graph->nsynapses);
    if (s->image)
        fprintf(out, ", %" PRIu32 " cores", s->unit.mapping->ncores);
    fputs(s->image ? "\n" : ": refused\n", out);
    lowering_text(row, n, out);
    if (s->image)
        storage_text(s->image, s->chip, out);
}

static bool write_report(source *s, const char *path)
{
    return report_save(s, path, report_is_json(path) ? report_json : report_text, NULL);
}

/* ---- the command ---- */

static bool is_pass(const char *name)
{
    for (const pipeline_pass *p = pipeline_passes(); p->name; p++)
        if (strcmp(p->name, name) == 0)
            return true;
    fprintf(stderr, "hmn: no pass '%s'; hmn passes lists them\n", name);
    return false;
}

static bool usable(const command_line *c)
{
    const char *dump = command_value(c, "dump"), *stop = command_value(c, "stop"), *target = command_value(c, "target");
    bool partial = dump || stop;
    if ((dump && !is_pass(dump)) || (stop && !is_pass(stop)))
        return false;
    if (source_is_image(c->operand[0]))
        fputs("hmn: compile takes a network in YAML; hmn inspect prints images\n", stderr);
    else if (target && strcmp(target, "reference") == 0)
        fputs("hmn: the reference runs the network itself, there is no image to make; hmn run --target reference\n",
              stderr);
    else if (!partial && !command_value(c, "output") && !command_value(c, "report") && !command_flag(c, "json"))
        fputs("hmn: compile needs -o OUT.hmn, --report FILE, --json, --dump PASS or --stop PASS\n", stderr);
    else if (partial && command_value(c, "output"))
        fputs("hmn: --dump and --stop end after a pass, so there is no image for -o\n", stderr);
    else if (partial && command_value(c, "report"))
        fputs("hmn: --dump and --stop end after a pass, so there is nothing to --report\n", stderr);
    else
        return true;
    return false;
}

static void say(const source *s, const char *out)
{
    if (command_flag(s->line, "quiet") || !out)
        return;
    printf("%s: %s, %" PRIu32 " neurons, %" PRIu64 " synapses, %" PRIu32 " cores, %zu bytes\n", out, s->chip->name,
           s->unit.graph->nneurons, s->unit.graph->nsynapses, s->unit.mapping->ncores, s->unit.image_size);
}

static int run(const command_line *c)
{
    if (!usable(c))
        return EXIT_USAGE;
    const char *dump = command_value(c, "dump"), *stop = command_value(c, "stop"), *out = command_value(c, "output"),
               *file = command_value(c, "report");
    source s;
    source_begin(&s, c);
    if (source_load(&s, c->operand[0], dump ? dump : stop)) {
        if (dump)
            dump_after(&s, dump, stdout);
        bool ok = !out || image_save(s.unit.image, s.unit.image_size, out, s.diag);
        ok = ok && (!file || write_report(&s, file));
        if (ok && !dump && !stop && command_flag(c, "json"))
            report_json(&s, NULL, stdout);
        else if (ok && !dump && !stop)
            say(&s, out);
    } else if (file && s.unit.qnet)
        write_report(&s, file); /* with what was refused, and what would work */
    return source_end(&s);
}

static const command_option options[] = {
    {"target", 't', "TARGET", "chip to compile for (default: the network's target.chip)"},
    {"output", 'o', "OUT.hmn", "image to write"},
    {"report", 'r', "FILE.json",
     "writes the lowering report, use of every core, placement and times of the passes; to "
     "FILE.txt: what becomes of quantities and how synapses are stored"},
    {"dump", 'd', "PASS", "prints what this pass made and ends there"},
    {"stop", 's', "PASS", "ends after this pass"},
    {"strict", 0, NULL, "makes a register that may overflow (W0704) an error"},
    {NULL, 0, NULL, NULL},
};

const command command_compile = {
    .name = "compile",
    .summary = "compiles a network to the per-core tables of a chip",
    .synopsis = "NET.yaml [--target TARGET] -o OUT.hmn [--report FILE.json] | --dump PASS | --stop PASS",
    .description =
        "Runs the whole compiler (hmn passes lists it) and writes the image: every table of every core, with "
        "checksums, ready to be mapped. The same network, options and seed give the same bytes, on any number of "
        "threads.\n\n"
        "The report says for each population and projection, quantity by quantity and term by term, how it was "
        "lowered: "
        "exact, quantised, approximated and how, or refused and what would work; bits, largest and root mean square "
        "error, saturations, and cycles in an epoch of the rule. Errors are those of all values (constants, weights), "
        "a "
        "bound (what a term adds by itself at most while it stays in range) or not measured: hmn verify --report "
        "measures them and writes the same rows. Cycles count every synapse; those of verify are of the run. Then in "
        "which forms the synapses of each projection are stored and how many bits each takes, what each core uses of "
        "what it has, the expected traffic over the mesh, and the time of each pass.\n\n"
        "What does not fit the chip is reported with the number needed and the number there is; the exit status is "
        "then 3 and no image is written; a report asked for tells what was refused.",
    .examples = "hmn compile models/digits.yaml --target loihi -o digits.hmn --report digits.json\n"
                "hmn compile net.yaml --dump partition    # which neurons sit where\n"
                "hmn compile net.yaml --json              # the report on standard output\n"
                "hmn compile net.yaml --stop quantise     # only see whether the numbers fit",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
