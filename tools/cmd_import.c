/* hmn import: networks of other programs as networks of this one. */
#include "tools/import_sanafe.h"
#include "tools/source.h"

#include <string.h>

static int run(const command_line *c)
{
    const char *out = command_value(c, "out");
    if (strcmp(c->operand[0], "sana-fe") != 0) {
        fprintf(stderr, "hmn: nothing is imported from '%s'; sana-fe is\n", c->operand[0]);
        return EXIT_USAGE;
    }
    if (!out) {
        fputs("hmn: say where to write with --out DIR\n", stderr);
        return EXIT_USAGE;
    }
    source s;
    source_begin(&s, c);
    outdir dir = {0};
    if (outdir_begin(&dir, out, "network.yaml", s.arena, s.diag)) {
        if (import_sanafe(c->operand[1], command_value(c, "arch"), &dir, s.arena, s.diag) &&
            outdir_commit(&dir, s.diag)) {
            if (!command_flag(c, "quiet"))
                printf("%s/network.yaml\n", out);
        } else
            outdir_abandon(&dir);
    }
    return source_end(&s);
}

static const command_option options[] = {
    {"out", 'o', "DIR", "folder to write the network into; replaced only if it is empty or an earlier import"},
    {"arch", 'a', "FILE", "sana-fe: the architecture, for its grid and costs (default: those of its loihi.yaml)"},
    {NULL, 0, NULL, NULL},
};

const command command_import = {
    .name = "import",
    .summary = "turns a network of another program into one of this",
    .synopsis = "sana-fe NET.yaml [--arch ARCH.yaml] -o DIR",
    .description =
        "Writes DIR/network.yaml and the files that it names; hmn run takes it from there.\n\n"
        "sana-fe: networks of SANA-FE in YAML. Groups of the model leaky_integrate_fire become loihi_lif in the "
        "dialect "
        "sanafe, which computes what SANA-FE computes bit for bit where thresholds, biases and weights are whole and "
        "leaks are multiples of 1/4096; conv2d, dense and single edges become connection files; mappings become "
        "target.place, the architecture's grid and costs target.machine and target.costs. What cannot be done exactly "
        "is "
        "refused with its place. Inputs of spike trains and other models are not taken.",
    .examples = "hmn import sana-fe snn/dvs.yaml --arch arch/loihi.yaml -o out/dvs\n"
                "hmn run out/dvs/network.yaml --timing cycle --out out/dvs-run",
    .option = options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run,
};
