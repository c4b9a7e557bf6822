/* hmn run: steps a network on the emulated chip, or in the double-precision reference, and writes what it did. */
#include "tools/inputs.h"
#include "tools/interrupt.h"
#include "tools/record.h"
#include "tools/source.h"
#include "tools/summary.h"
#include "tools/tasking.h"
#include "tools/timing_out.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    source s;
    record_subject subject;
    hmn_machine *machine;
    hmn_reference *reference;
    input_spike *input;
    uint64_t ninputs;
    input_level *level;
    uint64_t nlevels;
    uint64_t steps;
    outdir dir;
    recorder *recorder;
    run_summary summary;
    task_results results;
    timing_run timing;
    task_loop loop; /* of the network's own task, task NULL: none */
} run_state;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What the contract names but this version does not do is refused, not ignored. */
static bool supported(const command_line *c)
{
    static const char *const later[] = {"checkpoint", "checkpoint-every", "resume"};
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (command_value(c, later[i])) {
            fprintf(stderr, "hmn: --%s: this version writes and reads no checkpoints; run without it from step 0\n",
                    later[i]);
            return false;
        }
    return true;
}

static bool boot(run_state *r)
{
    source *s = &r->s;
    uint64_t seed = 0;
    bool reseed = command_value(s->line, "seed") != NULL;
    command_number(s->line, "seed", 0, UINT64_MAX, &seed);
    if (s->reference) {
        r->reference = reference_new(s->unit.graph, (reference_options){.grid = false}, s->arena, s->diag);
        if (!r->reference)
            return false;
        const layout *l = layout_of_graph(s->unit.graph, s->arena);
        r->subject = (record_subject){l, reference_sim(r->reference), NULL, r->reference, s->unit.graph};
    } else {
        const layout *l = layout_of_image(s->image, s->arena, s->diag);
        if (!l)
            return false;
        uint64_t threads = 0;
        command_number(s->line, "threads", 0, 4096, &threads);
        r->machine = machine_boot(s->image, s->chip, (uint32_t)threads, reseed ? &seed : NULL, s->diag);
        if (!r->machine)
            return false;
        r->subject = (record_subject){l, machine_sim(r->machine), r->machine, NULL, NULL};
    }
    r->summary.seed = reseed ? seed : r->subject.net->seed;
    return true;
}

static bool prepare(run_state *r)
{
    source *s = &r->s;
    const char *inputs = command_value(s->line, "inputs"), *out = command_value(s->line, "out");
    r->steps = r->subject.net->duration;
    if (!command_number(s->line, "steps", 0, UINT32_MAX - 1, &r->steps)) {
        s->status = EXIT_USAGE;
        return false;
    }
    if (!command_value(s->line, "steps") && r->loop.task)
        r->steps = UINT32_MAX - 1; /* until the task is over */
    if (r->steps == 0 && !command_value(s->line, "steps")) {
        fputs("hmn: the network names no run.duration; say how long with --steps N\n", stderr);
        s->status = EXIT_USAGE;
        return false;
    }
    if (inputs &&
        !inputs_read(inputs, r->subject.net, s->arena, s->diag, &r->input, &r->ninputs, &r->level, &r->nlevels))
        return false;
    if (out) {
        if (!outdir_begin(&r->dir, out, "summary.json", s->arena, s->diag))
            return false;
        r->recorder = record_begin(&r->subject, &r->dir, s->arena, s->diag);
        if (!r->recorder)
            return false;
    }
    uint64_t threads = 0;
    command_number(s->line, "threads", 0, 4096, &threads);
    bool ok = timing_run_begin(&r->timing, r->machine, s->image, s->chip, (uint32_t)threads, out ? &r->dir : NULL,
                               s->arena, s->diag);
    if (!ok && !diag_errors(s->diag))
        s->status = EXIT_USAGE;
    return ok;
}

static void progress(const run_state *r, uint32_t step, double *shown)
{
    if (command_flag(r->s.line, "quiet") || !isatty(STDERR_FILENO) || now() - *shown < 0.5)
        return;
    *shown = now();
    if (r->steps == UINT32_MAX - 1)
        fprintf(stderr, "\rstep %" PRIu32 " ", step);
    else
        fprintf(stderr, "\rstep %" PRIu32 " of %" PRIu64 " ", step, r->steps);
    fflush(stderr);
}

/* Returns the number of steps done; fewer than asked when interrupted. */
static uint32_t step_all(run_state *r)
{
    hmn_sim *sim = r->subject.sim;
    double shown = now();
    uint64_t next = 0, set = 0;
    uint32_t step = 0;
    for (; step < r->steps && !interrupt_seen(); step++) {
        if (r->loop.task && !task_before(&r->loop, sim))
            break;
        for (; next < r->ninputs && r->input[next].step == step; next++)
            sim->ops->inject(sim, r->input[next].neuron);
        sim->ops->begin(sim);
        timing_run_after_begin(&r->timing);
        if (r->recorder) {
            uint32_t n;
            const uint32_t *fired = sim->ops->spikes(sim, &n);
            record_spikes(r->recorder, fired, n, step);
        }
        if (r->loop.task)
            task_after(&r->loop, sim);
        for (; set < r->nlevels && r->level[set].step == step; set++)
            sim->ops->modulate(sim, r->level[set].modulator, r->level[set].value);
        sim->ops->end(sim);
        timing_run_after_end(&r->timing);
        if (r->recorder)
            record_probes(r->recorder, step);
        progress(r, step, &shown);
    }
    if (isatty(STDERR_FILENO) && !command_flag(r->s.line, "quiet"))
        fputs("\r\033[K", stderr);
    return step;
}

static bool write_summary(run_state *r)
{
    const char *path = outdir_file(&r->dir, "summary.json", r->s.diag);
    FILE *f = fopen(path, "w");
    bool ok = f != NULL;
    if (f) {
        summary_json(&r->summary, f);
        ok = !ferror(f);
        ok &= fclose(f) == 0;
    }
    if (!ok)
        diag_report(r->s.diag, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path, strerror(errno));
    return ok;
}

static bool finish(run_state *r)
{
    if (!timing_run_end(&r->timing, r->s.image, r->s.chip, r->recorder ? &r->dir : NULL, r->s.diag))
        return false;
    r->summary.timing = r->timing.timing;
    if (r->recorder) {
        recorder *closing = r->recorder;
        r->recorder = NULL;
        if (!record_end(closing, r->s.diag) || !write_summary(r) ||
            (r->loop.task && !tasking_tables(&r->results, &r->dir, "", r->s.diag)) ||
            !outdir_commit(&r->dir, r->s.diag))
            return false;
    }
    if (command_flag(r->s.line, "json"))
        summary_json(&r->summary, stdout);
    else if (!command_flag(r->s.line, "quiet"))
        summary_text(&r->summary, r->dir.path, stdout);
    return true;
}

static void run_all(run_state *r, const char *path)
{
    if (!source_load(&r->s, path, NULL))
        return;
    if (!timing_options_read(&r->timing, r->s.line, r->s.reference ? NULL : r->s.chip)) {
        r->s.status = EXIT_USAGE;
        return;
    }
    if (!boot(r))
        return;
    interrupt_catch();
    if (!tasking_of_network(&r->loop, &r->s, r->subject.net, path, r->summary.seed) || !prepare(r))
        return;
    uint64_t threads = 0;
    command_number(r->s.line, "threads", 0, 4096, &threads);
    double start = now();
    r->summary.steps = step_all(r);
    r->summary.wall = now() - start;
    r->summary.threads = threads ? (uint32_t)threads : (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
    summary_take(&r->summary, &r->subject, r->s.image, r->s.chip);
    if (r->loop.task) {
        r->loop.task->results(r->loop.run, &r->results, r->s.arena);
        r->summary.task = &r->results;
    }
    if (interrupt_seen()) {
        fprintf(stderr, "hmn: interrupted after step %" PRIu32 "; nothing was written\n", r->summary.steps);
        r->s.status = EXIT_INTERRUPTED;
        return;
    }
    finish(r);
}

static int run(const command_line *c)
{
    if (!supported(c))
        return EXIT_USAGE;
    run_state r = {0};
    source_begin(&r.s, c);
    run_all(&r, c->operand[0]);
    if (r.recorder)
        record_abandon(r.recorder, r.s.diag);
    timing_run_abandon(&r.timing);
    outdir_abandon(&r.dir);
    machine_free(r.machine);
    return source_end(&r.s);
}

static const command_option options[] = {
    {"target", 't', "TARGET", "chip to emulate, or reference (default: the network's target.chip)"},
    {"steps", 'n', "N", "steps to run (default: the network's run.duration)"},
    {"out", 'o', "DIR", "folder to write results into; replaced only if it is empty or an earlier result"},
    {"inputs", 'i', "FILE", "spikes of source neurons: a .npy array or lines of text; signals: lines of text"},
    {"timing", 0, "off|fast|cycle", "model of time and energy (default off); results are the same with any"},
    {"costs", 0, "PROFILE", "what operations cost: a profile of the target (hmn targets); the default is its first"},
    {"trace", 0, "FILE.json", "time line of the cores for Perfetto or chrome://tracing; needs --timing"},
    {"vcd", 0, "FILE.vcd", "time line, registers and spikes of some cores for GTKWave; needs --timing"},
    {"vcd-cores", 0, "N,N,...", "cores that --vcd shows (default 0)"},
    {"trace-steps", 0, "FIRST:LAST", "steps that --trace and --vcd show (default 0:99)"},
    {"checkpoint", 0, "FILE", "refused: this version writes no checkpoints"},
    {"checkpoint-every", 0, "N", "refused: this version writes no checkpoints"},
    {"resume", 0, "FILE", "refused: this version reads no checkpoints"},
    {"strict", 0, NULL, "makes a register that may overflow (W0704) an error"},
    {NULL, 0, NULL, NULL},
};

const command command_run = {
    .name = "run",
    .summary = "emulates a network on a chip and writes what it did",
    .synopsis = "[OPTION ...] NET.yaml|OUT.hmn|DIR",
    .description =
        "Compiles the network, or opens an image made by hmn compile or a folder written by hmn export --format loihi, "
        "boots it on the emulated chip and steps it. "
        "The emulator sees the image only. With --target reference the network itself runs in double precision.\n\n"
        "With --out DIR the results are written, all of them or none:\n\n"
        "  summary.json            counts, times, and the digest of the final state\n"
        "  spikes/POPULATION.npy   uint32 rows (step, neuron), sorted\n"
        "  probes/NAME.npy         a row a sample, a column a neuron; registers of the chip as int32,\n"
        "                          levels of modulators in 1/65536, float64 for the reference\n"
        "  weights/PROJECTION.npy  final weights, rows (pre, post, weight, delay)\n"
        "  timing/steps.csv        with --timing: a row a step; also cores.csv, links.csv and heat.svg\n\n"
        "A probe with every: k is sampled after the steps 0, k, 2k ... The spikes of all populations are written, "
        "whether a probe names them or not. A probe of several variables becomes probes/NAME.VARIABLE.npy for each. "
        "Recorded can be v and u of populations, the level of modulators, and of projections the weight, delay and tag "
        "(a column a synapse, in the order pre, post, delay) and the traces y1, y2, y3 of their targets; on the "
        "reference weight and eligibility.\n\n"
        "A network with a task: block runs that task, until it is over or for --steps, and its results are added: "
        "members of summary.json, and tables as CSV. hmn task repeats a task over seeds.\n\n"
        "Steps count from 0. A neuron or source that fires in step t reaches its targets in step t + delay. "
        "The file given by --inputs has rows (step, neuron) with neurons numbered over the whole network, or "
        "(step, population, neuron); in text the population may be a name, and # starts a comment. A line of text "
        "(step, signal, value) such as 120 input.reward 0.5 sets a signal from that step on, for every neuromodulator "
        "that it feeds.\n\n"
        "With --timing the time and energy that the chip would take are modelled, docs/timing.md: fast from counts and "
        "queues, cycle through every router of the network. Then model_time_s is that time, and energy_j tells what "
        "took how much.\n\n"
        "Results are the same bytes for any number of threads, except for the times in summary.json. An interrupt "
        "ends the run after the current step with status 130 and leaves nothing behind.",
    .examples = "hmn run models/digits.yaml --target loihi --steps 1000 --out out/digits\n"
                "hmn run net.hmn --inputs spikes.npy -o out/net\n"
                "hmn run net.yaml --target reference --steps 500 --json   # summary only",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
