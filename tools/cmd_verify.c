/* hmn verify: the emulated chip against the reference, as a table or JSON. What is run and measured is in
 * tools/verify.h; here are options, bounds and words. */
#include "tools/outdir.h"
#include "tools/replay_out.h"
#include "tools/report_file.h"
#include "tools/steps_curve.h"
#include "tools/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *yes(bool b) { return b ? "yes" : "NO"; }

/* "exc[3]" for messages. */
static const char *neuron_name(const hmn_graph *g, uint32_t neuron, hmn_arena *a)
{
    const graph_population *p = &g->population[graph_population_of(g, neuron)];
    return arena_printf(a, "%s[%" PRIu32 "]", p->name, neuron - p->first);
}

/* ---- text ---- */

static void print_learned(const verification *v, const hmn_graph *g, hmn_arena *a)
{
    const relearn_difference *d = &v->learned;
    if (!v->relearned)
        return;
    printf("  traces, tags, weights and registers r1 at each epoch's end: %" PRIu64 " values, %s\n", d->compared,
           d->differ ? "NOT all the same" : "all the same");
    if (!d->differ)
        return;
    bool synapse = d->pre != UINT32_MAX && d->post != UINT32_MAX, named = strcmp(d->what, "register r1") != 0;
    printf("  first difference: step %" PRIu32 ", %s of %s%s%s: chip %" PRId64 ", restated %" PRId64 "\n", d->step,
           d->what,
           !named                 ? arena_printf(a, "channel %" PRIu32, d->pre)
           : d->pre != UINT32_MAX ? neuron_name(g, d->pre, a)
                                  : "",
           synapse ? " -> " : "", named && d->post != UINT32_MAX ? neuron_name(g, d->post, a) : "", d->chip,
           d->restated);
}

static void print_exact(const verification *v, const hmn_graph *g, hmn_arena *a)
{
    if (!v->restated) {
        puts("the chip does not restate its network: no exact comparison");
        return;
    }
    printf("chip against the quantised network restated in its integers, learning %s: every spike, every u and v\n",
           v->relearned ? "on and restated" : "off");
    if (v->unlearned)
        printf("  learning is not restated: the network has %s\n", v->unlearned);
    printf("  %-20s %10s %12s %12s %6s\n", "population", "neurons", "chip", "reference", "same");
    for (uint32_t k = 0; k < v->npopulations; k++) {
        const verify_population *p = &v->population[k];
        printf("  %-20s %10" PRIu32 " %12" PRIu64 " %12" PRIu64 " %6s\n", p->population->name, p->population->size,
               p->exact.a, p->exact.b, yes(!p->exact.differs));
    }
    for (uint32_t k = 0; k < v->npopulations; k++) {
        const compare_spikes *c = &v->population[k].exact;
        if (c->differs)
            printf("  first different spike: step %" PRIu32 ", %s, only the %s fired\n", c->step,
                   neuron_name(g, c->neuron, a), c->in_a ? "chip" : "reference");
    }
    const verify_registers *r = &v->registers;
    if (r->differ && r->word[0])
        printf("  first different word: step %" PRIu32 ", %s, %s: chip %.0f, restated %.0f\n", r->step,
               neuron_name(g, r->neuron, a), r->word, r->chip_v, r->reference_v);
    else if (r->differ)
        printf("  first different registers: step %" PRIu32 ", %s: chip u %.0f v %.0f, reference u %.17g v %.17g\n",
               r->step, neuron_name(g, r->neuron, a), r->chip_u, r->chip_v, r->reference_u, r->reference_v);
    print_learned(v, g, a);
    if (v->wraps)
        printf("  registers of the chip overflowed %" PRIu64 " times: lower weights, their exponents or the fan-in\n",
               v->wraps);
}

static void print_real(const verification *v)
{
    if (!v->real) {
        printf("\nnot compared with the network as written: %s\n", v->unreal);
        return;
    }
    printf("\nchip against the network as written, in double precision, learning %s\n", v->frozen ? "off" : "on");
    printf("  %-20s %12s %12s %9s %8s %8s %8s %8s %6s\n", "population", "chip", "reference", "rate", "same", "+-1",
           "+-2", "corr", "within");
    for (uint32_t k = 0; k < v->npopulations; k++) {
        const verify_population *p = &v->population[k];
        const compare_spikes *c = &p->real;
        double rate = c->b ? 100 * ((double)c->a / (double)c->b - 1) : 0;
        printf("  %-20s %12" PRIu64 " %12" PRIu64 " %+8.2f%% %7.2f%% %7.2f%% %7.2f%% %8.4f %6s\n", p->population->name,
               c->a, c->b, rate, 100 * compare_coincidence(c, 0), 100 * compare_coincidence(c, 1),
               100 * compare_coincidence(c, 2), c->rate_correlation, yes(p->within));
    }
}

static void print_weights(const verification *v)
{
    if (v->nprojections == 0)
        return;
    puts("\nplastic weights at the end, chip less reference; LSB: one step of the chip's weight");
    printf("  %-20s %9s %10s %10s %10s %10s %10s %8s %6s\n", "projection", "synapses", "LSB", "max [LSB]", "rms [LSB]",
           "max", "rms", "corr", "within");
    for (uint32_t k = 0; k < v->nprojections; k++) {
        const verify_projection *p = &v->projection[k];
        printf("  %-20s %9" PRIu64 " %10.4g %10.3f %10.3f %10.4g %10.4g %8.4f %6s\n", p->name, p->synapses, p->lsb,
               p->weight.max / p->lsb, p->weight.rms / p->lsb, p->weight.max, p->weight.rms, p->weight.correlation,
               yes(p->within));
        printf("  %-20s mean: chip %.6g, reference %.6g; learning changed the reference by %.4g (rms), way %.4g\n", "",
               p->mean_chip, p->mean_reference, p->change_rms, p->way);
        if (p->unmatched)
            printf("  %-20s %" PRIu64 " synapses are on one side only\n", "", p->unmatched);
    }
}

static void print_text(const source *s, const verification *v, const replay_result *r)
{
    uint32_t n;
    const lowering_row *row = lowering_rows(s->unit.qnet, r ? r->term : NULL, s->arena, &n);
    print_exact(v, s->unit.graph, s->arena);
    print_real(v);
    print_weights(v);
    puts("\nwhat became of the numbers");
    lowering_text(row, n, stdout);
    printf("\n%" PRIu32 " steps: %s, %s\n", v->steps,
           !v->restated ? "not compared exactly"
           : v->exact   ? "the same as the quantised reference"
                        : "NOT the same as the quantised reference",
           v->within ? "within bounds of the network as written" : "OUT OF BOUNDS of the network as written");
}

/* ---- JSON ---- */

static void json_difference(json_out *j, const compare_spikes *c)
{
    json_put_object(j, "first_difference");
    json_put_natural(j, "step", c->step);
    json_put_natural(j, "neuron", c->neuron);
    json_put_text(j, "only", c->in_a ? "chip" : "reference");
    json_put_close(j);
}

static void json_population(json_out *j, const verification *v, const verify_population *p)
{
    json_put_object(j, NULL);
    json_put_text(j, "name", p->population->name);
    json_put_natural(j, "neurons", p->population->size);
    if (v->restated) {
        json_put_object(j, "exact");
        json_put_natural(j, "chip_spikes", p->exact.a);
        json_put_natural(j, "reference_spikes", p->exact.b);
        json_put_bool(j, "same", !p->exact.differs);
        if (p->exact.differs)
            json_difference(j, &p->exact);
        json_put_close(j);
    }
    if (!v->real) {
        json_put_close(j);
        return;
    }
    json_put_object(j, "real");
    json_put_natural(j, "chip_spikes", p->real.a);
    json_put_natural(j, "reference_spikes", p->real.b);
    json_put_real(j, "coincidence_0", compare_coincidence(&p->real, 0));
    json_put_real(j, "coincidence_1", compare_coincidence(&p->real, 1));
    json_put_real(j, "coincidence_2", compare_coincidence(&p->real, 2));
    json_put_real(j, "count_rms_difference", p->real.rate_rms);
    json_put_real(j, "count_correlation", p->real.rate_correlation);
    json_put_bool(j, "within", p->within);
    json_put_close(j);
    json_put_close(j);
}

static void json_projection(json_out *j, const verify_projection *p)
{
    json_put_object(j, NULL);
    json_put_text(j, "name", p->name);
    json_put_natural(j, "synapses", p->synapses);
    json_put_natural(j, "unmatched", p->unmatched);
    json_put_real(j, "lsb", p->lsb);
    json_put_real(j, "max_difference", p->weight.max);
    json_put_real(j, "rms_difference", p->weight.rms);
    json_put_real(j, "correlation", p->weight.correlation);
    json_put_real(j, "mean_chip", p->mean_chip);
    json_put_real(j, "mean_reference", p->mean_reference);
    json_put_real(j, "rms_change", p->change_rms);
    json_put_real(j, "way", p->way);
    json_put_bool(j, "within", p->within);
    json_put_close(j);
}

static void json_registers(json_out *j, const verify_registers *r)
{
    if (!r->differ)
        return;
    json_put_object(j, "first_different_registers");
    json_put_natural(j, "step", r->step);
    json_put_natural(j, "neuron", r->neuron);
    json_put_real(j, "chip_u", r->chip_u);
    json_put_real(j, "chip_v", r->chip_v);
    json_put_real(j, "reference_u", r->reference_u);
    json_put_real(j, "reference_v", r->reference_v);
    json_put_close(j);
}

static void print_json(const source *s, const verification *v, const verify_bounds *b, const replay_result *r)
{
    uint32_t n;
    const lowering_row *row = lowering_rows(s->unit.qnet, r ? r->term : NULL, s->arena, &n);
    json_out j;
    json_put_begin(&j, stdout);
    json_put_object(&j, NULL);
    json_put_text(&j, "target", s->chip->name);
    json_put_natural(&j, "steps", v->steps);
    json_put_text(&j, "task", s->unit.net->task.s);
    json_put_bool(&j, "learning", !v->frozen);
    json_put_bool(&j, "restated", v->restated);
    json_put_bool(&j, "exact", v->restated && v->exact);
    json_put_bool(&j, "compared_as_written", v->real);
    json_put_bool(&j, "learning_restated", v->relearned);
    if (v->relearned)
        json_put_natural(&j, "learning_values_compared", v->learned.compared);
    json_put_natural(&j, "overflows", v->wraps);
    json_put_bool(&j, "within_bounds", v->within);
    json_put_object(&j, "bounds");
    json_put_real(&j, "rate", b->rate);
    json_put_real(&j, "coincidence", b->coincidence);
    json_put_real(&j, "weight", b->weight);
    json_put_close(&j);
    json_registers(&j, &v->registers);
    json_put_array(&j, "populations");
    for (uint32_t k = 0; k < v->npopulations; k++)
        json_population(&j, v, &v->population[k]);
    json_put_close(&j);
    json_put_array(&j, "projections");
    for (uint32_t k = 0; k < v->nprojections; k++)
        json_projection(&j, &v->projection[k]);
    json_put_close(&j);
    lowering_json(row, n, &j);
    json_put_close(&j);
    json_put_end(&j);
}

/* ---- replay ---- */

static void report_json(const source *s, const void *r, FILE *out) { replay_report_json(s, r, out); }
static void report_text(const source *s, const void *r, FILE *out) { replay_report_text(s, r, out); }

/* --report FILE: the rows of hmn compile --report with measured errors. */
static void save_report(source *s, const replay_result *r)
{
    const char *path = command_value(s->line, "report");
    if (path)
        report_save(s, path, report_is_json(path) ? report_json : report_text, r);
}

/* EXIT_INPUT when a correlation is below the bound. */
static int replay(source *s, uint32_t steps, double bound)
{
    enum { SAMPLES = 50 };
    replay_result r;
    bool within;
    if (!replay_run(s, steps, SAMPLES, &r))
        return EXIT_OK; /* reported */
    within = !r.learned.differ;
    for (uint32_t k = 0; k < r.nprojections; k++)
        within &= r.projection[k].correlation >= bound && r.projection[k].unmatched == 0;
    if (command_flag(s->line, "json"))
        replay_json(s, &r, bound, stdout);
    else if (!command_flag(s->line, "quiet"))
        replay_text(s, &r, stdout);
    save_report(s, &r);
    return within ? EXIT_OK : EXIT_INPUT;
}

/* The errors of terms, from a run of their own: the same spikes on both sides. False where nothing learns, or the
 * reference cannot. */
static bool measure(source *s, const verification *v, uint32_t steps, replay_result *out)
{
    enum { SAMPLES = 50 };
    return v->real && v->nprojections && replay_run(s, steps, SAMPLES, out);
}

/* ---- the command ---- */

/* A percentage as a share; false after a usage error. */
static bool percentage(const command_line *c, const char *option, double *share)
{
    const char *text = command_value(c, option);
    if (!text)
        return true;
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || *end || errno || !(value >= 0 && value <= 1e6)) {
        fprintf(stderr, "hmn: --%s takes a percentage of 0 or more, got '%s'\n", option, text);
        return false;
    }
    *share = value / 100;
    return true;
}

enum { DEFAULT_STEPS = 1000, MOST_STEPS = 100000000 };

/* --steps, else run.duration, else 1000. */
static bool read_steps(const source *s, uint32_t *steps)
{
    const hmn_net *net = s->unit.net;
    double run = net->duration.given ? round(net->duration.v / net->dt) : DEFAULT_STEPS;
    uint64_t n = run < 1 ? 1 : run > MOST_STEPS ? MOST_STEPS : (uint64_t)run;
    bool good = command_number(s->line, "steps", 1, MOST_STEPS, &n);
    *steps = (uint32_t)n;
    return good;
}

/* A usage message, or NULL. */
static const char *unusable(const source *s, const char *path)
{
    if (source_is_image(path))
        return "verify needs the YAML network: an image holds a chip's integers only";
    return s->reference ? "verify compares a chip with the reference; name a chip with --target" : NULL;
}

static int fail(source *s, const char *why)
{
    if (why)
        fprintf(stderr, "hmn: %s\n", why);
    source_end(s);
    return EXIT_USAGE;
}

static bool write_curve(outdir *dir, const char *name, const steps_point *p, uint32_t n,
                        void (*write)(const steps_point *, uint32_t, FILE *), hmn_diag *d)
{
    const char *path = outdir_file(dir, name, d);
    FILE *f = path ? fopen(path, "w") : NULL;
    if (f)
        write(p, n, f);
    bool ok = f && !ferror(f);
    ok &= f && fclose(f) == 0;
    if (!ok)
        diag_report(d, DIAG_FILE_WRITE, (hmn_span){0}, "cannot write '%s': %s", path ? path : name, strerror(errno));
    return ok;
}

/* --steps-lsb: the curve on standard output, and in a folder with --out. */
static int curve(const command_line *c)
{
    double factor[STEPS_MOST];
    steps_point point[STEPS_MOST];
    uint32_t n;
    uint64_t steps = 0;
    const char *out = command_value(c, "out");
    if (!command_number(c, "steps", 1, MOST_STEPS, &steps) || !steps_read(command_value(c, "steps-lsb"), factor, &n))
        return EXIT_USAGE;
    hmn_arena *a = arena_new(0);
    hmn_diag *d = diag_new();
    outdir dir = {0};
    int status = EXIT_INPUT;
    if (steps_run(c, c->operand[0], factor, n, (uint32_t)steps, a, point)) {
        steps_csv(point, n, stdout);
        bool ok = !out || (outdir_begin(&dir, out, "steps.csv", a, d) &&
                           write_curve(&dir, "steps.csv", point, n, steps_csv, d) &&
                           write_curve(&dir, "steps.svg", point, n, steps_svg, d) && outdir_commit(&dir, d));
        status = ok ? EXIT_OK : EXIT_IO;
    }
    source_print(d, c);
    diag_free(d);
    arena_free(a);
    return status;
}

static int run(const command_line *c)
{
    if (command_value(c, "steps-lsb") && command_flag(c, "replay") && !source_is_image(c->operand[0]))
        return curve(c);
    verify_bounds bounds = {0.05, 0, 0.5};
    double correlation = 0;
    const char *path = c->operand[0], *target = command_value(c, "target");
    if (!percentage(c, "bound-rate", &bounds.rate) || !percentage(c, "bound-coincidence", &bounds.coincidence) ||
        !percentage(c, "bound-weight", &bounds.weight) || !percentage(c, "bound-correlation", &correlation))
        return EXIT_USAGE;
    source s;
    source_begin(&s, c);
    s.reference = target && strcmp(target, "reference") == 0;
    if (unusable(&s, path))
        return fail(&s, unusable(&s, path));
    uint32_t steps;
    verification v = {0};
    bool loaded = source_load(&s, path, NULL);
    if (loaded && !read_steps(&s, &steps))
        return fail(&s, NULL);
    if (loaded && command_flag(c, "replay")) {
        int found = replay(&s, steps, correlation), status = source_end(&s);
        return status == EXIT_OK ? found : status;
    }
    bool done = loaded && verify_run(&s, steps, command_flag(c, "frozen"), &bounds, &v);
    replay_result terms;
    const replay_result *told = done && measure(&s, &v, steps, &terms) ? &terms : NULL;
    if (done && command_flag(c, "json"))
        print_json(&s, &v, &bounds, told);
    else if (done && !command_flag(c, "quiet"))
        print_text(&s, &v, told);
    if (done)
        save_report(&s, told);
    int status = source_end(&s);
    return status == EXIT_OK && done && !(v.exact && v.within) ? EXIT_INPUT : status;
}

static const command_option options[] = {
    {"target", 't', "TARGET", "the chip; otherwise the network's own target, otherwise the first there is"},
    {"steps", 'n', "N", "so many steps; otherwise run.duration, otherwise 1000"},
    {"frozen", 0, NULL, "learning off everywhere, also for rules that the reference cannot compute"},
    {"bound-rate", 0, "P", "a population's spikes may differ by P % (5) of the reference's and three square roots"},
    {"bound-coincidence", 0, "P", "at least P % (0) of the spikes have a partner within 2 steps"},
    {"bound-weight", 0, "P", "plastic weights may differ (rms) by P % (50) of what learning changed, and by chance"},
    {"replay", 0, NULL,
     "the chip learns from the spikes and modulators of the reference; compares weights along the way"},
    {"report", 'r', "FILE.json",
     "writes the lowering report with the errors measured on this run, as hmn compile --report does without; to "
     "FILE.txt as text"},
    {"bound-correlation", 0, "P", "with --replay: weights along the way correlate by at least P % (0)"},
    {"steps-lsb", 0, "F,F,...",
     "with --replay: the same at these multiples of all learning rates; the curve over the size of a step as CSV"},
    {"out", 'o', "DIR", "with --steps-lsb: writes steps.csv and steps.svg there"},
    {"strict", 0, NULL, "makes a register that may overflow (W0704) an error"},
    {NULL, 0, NULL, NULL},
};

const command command_verify = {
    .name = "verify",
    .summary = "compares the emulated chip with the double-precision reference",
    .synopsis = "NET.yaml [--target T] [--steps N] [OPTION ...]",
    .description =
        "Compiles the network, runs it on the emulated chip and in the reference interpreter, and prints how far they "
        "agree.\n\n"
        "First the chip against the quantised network: the same integers, computed by an interpreter that shares no "
        "arithmetic with the chip. Every spike of every neuron, u and v (spinnaker: every word of its state that "
        "moves) in "
        "every step must be the same, and where learning is restated too (loihi, loihi2, rules of spinnaker's HMN "
        "program, sPyNNaker's) "
        "every trace, tag, eligibility, weight and register at each epoch's end; the first difference is named. "
        "Elsewhere "
        "learning is off in this comparison. Models that the reference does not compute are compared exactly only.\n\n"
        "Then the chip as it is against the network as written, in double precision: spikes of each population, the "
        "share of spikes that have a partner in the same neuron in the same step and within 1 and 2 steps "
        "(2 pairs / all spikes), correlation of spike counts over neurons; for plastic projections the greatest and "
        "rms difference of weights and their correlation. Last, the lowering report: what each quantity became, with "
        "the "
        "errors of this run.\n\n"
        "The exit status is 1 when the chip and the quantised network differ, or when a bound does not hold: spike "
        "counts of a population (--bound-rate, 5 % and three square roots of the count, the spread of a Poisson "
        "count), coincidence (--bound-coincidence, off), plastic weights (--bound-weight, 50 % of the rms change "
        "that learning made in the reference, and chance: one LSB, and the deviation of a walk in steps of one LSB "
        "as long as the way a weight went there, which is what stochastic rounding makes of small changes). Spikes of "
        "recurrent networks drift apart however small an "
        "error is, so that coincidence says little about them in long runs.\n\n"
        "With --replay only learning is compared: the reference runs as written, and in each step the chip's neurons "
        "fire exactly when those of the reference did, and its modulators are told the same. Weights are compared 50 "
        "times on the way: correlation over all samples and synapses, at the end, and of what learning changed; slope "
        "of the chip's changes on those of the reference, mean difference at the end, greatest and rms difference. "
        "The lowering report follows, its errors measured term by term: worst and rms difference of traces, "
        "eligibilities, modulators, shares, registers, phases, probabilities, rates, astrocytes and biases from those "
        "of the reference in the same epoch, what each has added to the weights by the end (rms over synapses, in "
        "steps), and cycles an epoch. Without --replay the same report is printed last, from such a run of its own.\n\n"
        "A network with a task: block plays it in every run, each with an environment of its own, until it is over or "
        "for "
        "so many steps.",
    .examples = "hmn verify models/basics/random_static.yaml --steps 1000\n"
                "hmn verify net.yaml --bound-coincidence 90 --steps 200   # a feed-forward network\n"
                "hmn verify net.yaml --replay --bound-correlation 99.5\n"
                "hmn verify net.yaml --replay --steps-lsb 0.0625,0.25,1,4 -o out/steps\n"
                "hmn verify net.yaml --json                               # for programs",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
