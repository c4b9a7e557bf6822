/* hmn task: runs a closed-loop task on the emulated chip or the reference, once for each seed, and reports the score
 * with its spread. A seed draws everything anew: the network's connections, the data's split and order, the chip's
 * stochastic rounding. Each seed is compiled, booted and run by itself; results are written when all are done. */
#include "core/machine/machine.h"
#include "tools/interrupt.h"
#include "tools/modulation.h"
#include "tools/summary.h"
#include "tools/tasking.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SEEDS = 1000 };

typedef struct {
    double score, wall;
    uint64_t seed;
    task_results results;
    run_summary summary;
    source s; /* kept: summaries refer to the image */
} one_run;

typedef struct {
    const command_line *line;
    const hmn_task *task;
    const char *network;
    uint64_t first_seed, nseeds;
    one_run *run;
    uint32_t nruns;
    outdir dir;
    hmn_arena *arena;
    hmn_diag *diag; /* of the output folder */
    int status;
} task_state;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The default network: beside the program's build folder, or where it is installed. */
static const char *find_network(const hmn_task *t, hmn_arena *a)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n > 0) {
        exe[n] = 0;
        char *slash = strrchr(exe, '/');
        *(slash ? slash : exe) = 0;
        static const char *const places[] = {"../models", "../share/hmn/models"};
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            const char *path = arena_printf(a, "%s/%s/%s", exe, places[i], t->network);
            char whole[PATH_MAX];
            if (access(path, R_OK) == 0)
                return realpath(path, whole) ? arena_copy_text(a, whole, strlen(whole)) : path;
        }
    }
    return arena_printf(a, "models/%s", t->network);
}

/* The command line with a seed of its own. Seeds after the first warn of nothing new: they are quiet. */
static command_line with_seed(const command_line *c, uint64_t seed, bool first, hmn_arena *a)
{
    command_line own = *c;
    command_set *option = ARENA_NEW(a, command_set, c->noptions + 2);
    if (c->noptions)
        memcpy(option, c->option, c->noptions * sizeof *option);
    option[own.noptions++] = (command_set){"seed", arena_printf(a, "%" PRIu64, seed)};
    if (!first)
        option[own.noptions++] = (command_set){"quiet", NULL};
    own.option = option;
    return own;
}

static void progress(const task_state *t, const one_run *r, const hmn_sim *sim, double *shown)
{
    if (command_flag(t->line, "quiet") || !isatty(STDERR_FILENO) || now() - *shown < 0.5)
        return;
    *shown = now();
    fprintf(stderr, "\rseed %" PRIu64 ", step %" PRIu32 " ", r->seed, sim->ops->step(sim));
    fflush(stderr);
}

static bool steps(const task_state *t, one_run *r, task_loop *loop, hmn_sim *sim, modulation *follow)
{
    double start = now(), shown = start;
    while (!interrupt_seen() && task_step(loop, sim)) {
        if (follow)
            modulation_step(follow, !loop->in_trial);
        progress(t, r, sim, &shown);
    }
    r->wall = now() - start;
    if (isatty(STDERR_FILENO) && !command_flag(t->line, "quiet"))
        fputs("\r\033[K", stderr);
    return !interrupt_seen();
}

static bool collect(task_state *t, one_run *r, const task_loop *loop, const record_subject *subject,
                    const modulation *follow)
{
    uint64_t threads = 0;
    command_number(t->line, "threads", 0, 4096, &threads);
    loop->task->results(loop->run, &r->results, r->s.arena);
    r->score = r->results.number[0].value;
    r->summary = (run_summary){.steps = subject->sim->ops->step(subject->sim),
                               .threads = threads ? (uint32_t)threads : (uint32_t)sysconf(_SC_NPROCESSORS_ONLN),
                               .seed = r->seed,
                               .wall = r->wall};
    summary_take(&r->summary, subject, r->s.image, r->s.chip);
    r->summary.task = &r->results;
    if (!t->dir.temporary)
        return true;
    const char *prefix = r == t->run ? "" : arena_printf(t->arena, "seed-%" PRIu64 "/", r->seed);
    task_table modulated = modulation_table(follow);
    task_results more = {.table = &modulated, .ntables = modulated.rows ? 1 : 0};
    return tasking_tables(&r->results, &t->dir, prefix, r->s.diag) &&
           tasking_tables(&more, &t->dir, prefix, r->s.diag) &&
           record_weights(subject, &t->dir, arena_printf(t->arena, "%sweights", prefix), r->s.arena, r->s.diag);
}

static bool step_and_collect(task_state *t, one_run *r, const record_subject *subject)
{
    task_loop loop;
    if (!tasking_open(&loop, t->task, &r->s, subject->net, t->network, r->seed))
        return false;
    modulation *follow = t->dir.temporary ? modulation_begin(subject, r->s.image, r->s.arena) : NULL;
    if (steps(t, r, &loop, subject->sim, follow))
        return collect(t, r, &loop, subject, follow);
    fputs("hmn: interrupted; nothing was written\n", stderr);
    t->status = EXIT_INTERRUPTED;
    return false;
}

static bool run_on_reference(task_state *t, one_run *r)
{
    const hmn_graph *graph = r->s.unit.graph;
    hmn_reference *reference = reference_new(graph, (reference_options){.grid = true}, r->s.arena, r->s.diag);
    if (!reference)
        return false;
    record_subject subject = {layout_of_graph(graph, r->s.arena), reference_sim(reference), NULL, reference, graph};
    return step_and_collect(t, r, &subject);
}

static bool run_on_chip(task_state *t, one_run *r)
{
    const layout *net = layout_of_image(r->s.image, r->s.arena, r->s.diag);
    uint64_t threads = 0;
    command_number(t->line, "threads", 0, 4096, &threads);
    hmn_machine *m = net ? machine_boot(r->s.image, r->s.chip, (uint32_t)threads, &r->seed, r->s.diag) : NULL;
    if (!m)
        return false;
    record_subject subject = {net, machine_sim(m), m, NULL, NULL};
    bool good = step_and_collect(t, r, &subject);
    machine_free(m);
    return good;
}

static bool run_seed(task_state *t, one_run *r, uint64_t seed)
{
    r->seed = seed;
    command_line *line = ARENA_NEW(t->arena, command_line, 1);
    *line = with_seed(t->line, seed, r == t->run, t->arena);
    source_begin(&r->s, line);
    if (!source_load(&r->s, t->network, NULL))
        return false;
    const char *named = tasking_name(&r->s);
    if (*named && strcmp(named, t->task->name) != 0) {
        diag_report(r->s.diag, DIAG_NET_CONFLICT, (hmn_span){0, 0, 0, 0}, "'%s' is made for the task %s, not for %s",
                    t->network, named, t->task->name);
        return false;
    }
    return r->s.reference ? run_on_reference(t, r) : run_on_chip(t, r);
}

/* ---- statistics and reports ---- */

typedef struct {
    double mean, sd, ci, low, high;
} spread;

/* 97.5 % point of Student's t with n - 1 degrees of freedom, to 3 digits where it matters. */
static double student(uint32_t n)
{
    static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
    uint32_t df = n - 1;
    return df <= 10 ? t[df - 1] : 1.96 + 2.5 / df;
}

/* Of the task's number k. */
static spread spread_of(const task_state *t, uint32_t k)
{
    double first = t->run[0].results.number[k].value;
    spread s = {0, 0, 0, first, first};
    for (uint32_t i = 0; i < t->nruns; i++) {
        double v = t->run[i].results.number[k].value;
        s.mean += v / t->nruns;
        s.low = v < s.low ? v : s.low;
        s.high = v > s.high ? v : s.high;
    }
    for (uint32_t i = 0; i < t->nruns; i++)
        s.sd += pow(t->run[i].results.number[k].value - s.mean, 2);
    s.sd = t->nruns > 1 ? sqrt(s.sd / (t->nruns - 1)) : 0;
    s.ci = t->nruns > 1 ? student(t->nruns) * s.sd / sqrt(t->nruns) : 0;
    return s;
}

static void totals(const task_state *t, json_out *j)
{
    uint64_t count[4] = {0};
    double wall = 0;
    for (uint32_t i = 0; i < t->nruns; i++) {
        const run_summary *s = &t->run[i].summary;
        count[0] += s->steps;
        count[1] += s->spikes;
        count[2] += s->count.synaptic_events;
        count[3] += s->count.weight_updates;
        wall += s->wall;
    }
    json_put_object(j, "totals");
    json_put_natural(j, "steps", count[0]);
    json_put_natural(j, "spikes", count[1]);
    json_put_natural(j, "synaptic_events", count[2]);
    json_put_natural(j, "weight_updates", count[3]);
    json_put_real(j, "wall_s", wall);
    json_put_close(j);
}

static void put_spread(const task_state *t, uint32_t k, json_out *j)
{
    spread s = spread_of(t, k);
    json_put_object(j, t->run[0].results.number[k].name);
    json_put_real(j, "mean", s.mean);
    json_put_real(j, "standard_deviation", s.sd);
    json_put_real(j, "ci95", s.ci);
    json_put_real(j, "lowest", s.low);
    json_put_real(j, "highest", s.high);
    json_put_close(j);
}

static void report_json(const task_state *t, FILE *out)
{
    json_out j;
    json_put_begin(&j, out);
    json_put_object(&j, NULL);
    json_put_text(&j, "task", t->task->name);
    json_put_text(&j, "target", t->run[0].summary.target);
    json_put_natural(&j, "seeds", t->nruns);
    for (uint32_t k = 0; k < t->run[0].results.nnumbers; k++)
        put_spread(t, k, &j);
    totals(t, &j);
    json_put_array(&j, "runs");
    for (uint32_t i = 0; i < t->nruns; i++) {
        json_put_object(&j, NULL);
        summary_members(&t->run[i].summary, &j);
        json_put_close(&j);
    }
    json_put_close(&j);
    json_put_close(&j);
    json_put_end(&j);
}

/* Rows of each core's tables, so that use can be seen. */
static void print_tables(const run_summary *s)
{
    enum { MOST = 16 };
    if (!s->image)
        return;
    printf("\n  core");
    for (uint32_t k = 0; k < s->chip->ntables; k++)
        printf("  %s", s->chip->tables[k].name);
    for (uint32_t core = 0; core < s->cores && core < MOST; core++) {
        printf("\n  %4" PRIu32, core);
        for (uint32_t k = 0; k < s->chip->ntables; k++)
            printf("  %*" PRIu64, (int)strlen(s->chip->tables[k].name),
                   image_section(s->image, s->chip->tables, k, core).rows);
    }
    printf("\n  rows of each core's tables%s\n", s->cores > MOST ? " (the first 16 cores)" : "");
}

static void print_others(const task_state *t)
{
    putchar('\n');
    for (uint32_t k = 1; k < t->run[0].results.nnumbers; k++) {
        spread s = spread_of(t, k);
        printf("  %s %.6g", t->run[0].results.number[k].name, s.mean);
        if (t->nruns > 1)
            printf(" +- %.4g (%.6g to %.6g)", s.ci, s.low, s.high);
        putchar('\n');
    }
}

static void report_text(const task_state *t)
{
    spread s = spread_of(t, 0);
    const run_summary *first = &t->run[0].summary;
    const char *score = t->run[0].results.number[0].name;
    printf("task %s on %s: %s %.4f", t->task->name, first->target, score, s.mean);
    if (t->nruns > 1)
        printf(" +- %.4f (95 %%, %" PRIu32 " seeds, %.4f to %.4f)", s.ci, t->nruns, s.low, s.high);
    printf("\n\n  %6s %9s %10s %12s %16s %14s %6s %9s %8s\n", "seed", score, "steps", "spikes", "synaptic events",
           "weight updates", "cores", "model s", "wall s");
    for (uint32_t i = 0; i < t->nruns; i++) {
        const run_summary *r = &t->run[i].summary;
        printf("  %6" PRIu64 " %9.4f %10" PRIu32 " %12" PRIu64 " %16" PRIu64 " %14" PRIu64 " %6" PRIu32
               " %9.1f %8.2f\n",
               t->run[i].seed, t->run[i].score, r->steps, r->spikes, r->count.synaptic_events, r->count.weight_updates,
               r->cores, 1e-3 * r->net->dt * r->steps, r->wall);
    }
    print_others(t);
    print_tables(first);
    if (t->dir.path)
        printf("\n  results  %s\n", t->dir.path);
}

static bool write_results(task_state *t)
{
    if (!t->dir.temporary)
        return true;
    const char *path = outdir_file(&t->dir, "summary.json", t->diag);
    FILE *f = fopen(path, "w");
    bool good = f != NULL;
    if (f) {
        report_json(t, f);
        good = !ferror(f);
        good &= fclose(f) == 0;
    }
    if (!good)
        diag_report(t->diag, DIAG_FILE_WRITE, (hmn_span){0, 0, 0, 0}, "cannot write '%s': %s", path, strerror(errno));
    return good && outdir_commit(&t->dir, t->diag);
}

/* ---- command ---- */

static bool find_task(task_state *t)
{
    const char *name = t->line->operand[0];
    t->task = task_find(name);
    if (t->task)
        return true;
    uint32_t n;
    const hmn_task *const *all = task_list(&n);
    fprintf(stderr, "hmn: no task '%s'; there are:\n", name);
    for (uint32_t i = 0; i < n; i++)
        fprintf(stderr, "  %-12s %s\n", all[i]->name, all[i]->summary);
    return false;
}

static void run_all(task_state *t)
{
    const char *out = command_value(t->line, "out");
    if (out && !outdir_begin(&t->dir, out, "summary.json", t->arena, t->diag))
        return;
    t->run = ARENA_NEW(t->arena, one_run, t->nseeds);
    interrupt_catch();
    for (uint32_t i = 0; i < t->nseeds; i++) {
        t->nruns = i + 1;
        if (!run_seed(t, &t->run[i], t->first_seed + i))
            return;
    }
    if (!write_results(t))
        return;
    if (command_flag(t->line, "json"))
        report_json(t, stdout);
    else if (!command_flag(t->line, "quiet"))
        report_text(t);
}

static int run(const command_line *c)
{
    task_state t = {.line = c, .first_seed = 1, .nseeds = 1};
    if (!find_task(&t) || !command_number(c, "seeds", 1, MAX_SEEDS, &t.nseeds) ||
        !command_number(c, "seed", 0, UINT32_MAX, &t.first_seed))
        return EXIT_USAGE;
    t.arena = arena_new(0);
    t.diag = diag_new();
    t.network = command_value(c, "net") ? command_value(c, "net") : find_network(t.task, t.arena);
    run_all(&t);
    for (uint32_t i = 0; i < t.nruns; i++) {
        int status = source_end(&t.run[i].s);
        t.status = t.status ? t.status : status;
    }
    source_print(t.diag, c);
    t.status = t.status ? t.status : source_status(t.diag);
    outdir_abandon(&t.dir);
    diag_free(t.diag);
    arena_free(t.arena);
    return t.status;
}

static const command_option options[] = {
    {"target", 't', "TARGET", "chip to emulate, or reference (default: the network's target.chip)"},
    {"net", 0, "FILE", "network to run the task with (default: the task's own in models/)"},
    {"seeds", 0, "N", "run with N seeds, --seed and those that follow (default 1)"},
    {"out", 'o', "DIR", "folder to write results into; replaced only if it is empty or an earlier result"},
    {NULL, 0, NULL, NULL},
};

const command command_task = {
    .name = "task",
    .summary = "runs a closed-loop task with statistics over seeds",
    .synopsis = "[OPTION ...] NAME",
    .description =
        "Compiles the task's network, boots it, and lets the task give it inputs and modulators and read its spikes, "
        "step by step, until the task is over. Learning happens on the emulated chip, by the network's own rule. "
        "Tasks:\n\n"
        "  digits   name handwritten digits from single presentations; the score is the share of held-out\n"
        "           digits named rightly with learning off\n"
        "  bandit   choose the arm that pays in each context; the score is the share of optimal choices in the\n"
        "           last 100 trials\n"
        "  delayed  choose an arm of a maze by a cue, reward half a second later; the score is the share of\n"
        "           right choices in the last 100 trials\n"
        "  continual  learn several tasks with images one after another; the score is the share of held-out\n"
        "           images named rightly after the last, over all tasks\n"
        "  cartpole balance a pole on a cart; the score is the mean number of pushes, 200 at most, with learning\n"
        "           off\n\n"
        "--set changes the network's parameters, for the digits among others n_hidden, passes, n_train and n_test. "
        "With --seeds N the whole is repeated with seeds 1 to N (or from --seed on): connections, split and order of "
        "the data, and stochastic rounding are all drawn anew. The mean is printed with a 95 % interval by Student's "
        "t.\n\n"
        "With --out DIR the results are written, all of them or none: summary.json (score, counts, table use, digest "
        "of each run), tables of the task as CSV (learning curves, confusion matrix), modulation.csv (a line a trial: "
        "eta_local and eta_global in use where meta-learning moves them, gamma of each modulator under attention as "
        "the trial's mean, A and M of each astrocyte at its end) and weights/PROJECTION.npy as "
        "they stand in the synapse tables at the end, rows (pre, post, weight, delay). These are of the first seed; "
        "further seeds have folders seed-N of the same form.",
    .examples = "hmn task digits --seeds 3 --out out/digits\n"
                "hmn task continual --out out/continual              # accuracy.csv: after which task, on which task\n"
                "hmn task bandit --seeds 20 --target reference --ablate global_attention\n"
                "hmn task delayed --seeds 12 --set k_slow=0            # without the slow trace\n"
                "hmn task digits --set n_hidden=500 --set passes=1   # smaller and faster\n"
                "hmn task digits --target reference                  # the same in double precision",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
