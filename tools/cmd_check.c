/* hmn check: runs the front end over networks and prints every error; with --target also the whole compiler. */
#include "tools/json_out.h"
#include "tools/source.h"

#include <inttypes.h>

static void print(const source *s, const char *path)
{
    const hmn_graph *g = s->unit.graph;
    if (command_flag(s->line, "quiet"))
        return;
    if (!command_flag(s->line, "json")) {
        printf("%s: valid: %" PRIu32 " populations, %" PRIu32 " neurons, %" PRIu32 " projections, %" PRIu64
               " synapses\n",
               path, g->npopulations, g->nneurons, g->nprojections, g->nsynapses);
        return;
    }
    json_out j;
    json_put_begin(&j, stdout);
    json_put_object(&j, NULL);
    json_put_text(&j, "file", path);
    json_put_bool(&j, "valid", true);
    json_put_natural(&j, "warnings", diag_warnings(s->diag));
    json_put_natural(&j, "populations", g->npopulations);
    json_put_natural(&j, "neurons", g->nneurons);
    json_put_natural(&j, "projections", g->nprojections);
    json_put_natural(&j, "synapses", g->nsynapses);
    json_put_close(&j);
    json_put_end(&j);
}

static int run(const command_line *c)
{
    int worst = EXIT_OK;
    for (uint32_t i = 0; i < c->noperands; i++) {
        source s;
        source_begin(&s, c);
        if (source_load(&s, c->operand[i], command_value(c, "target") ? NULL : "elaborate") && s.unit.graph)
            print(&s, c->operand[i]);
        int status = source_end(&s);
        worst = worst ? worst : status;
    }
    return worst;
}

static const command_option options[] = {
    {"target", 't', "TARGET", "also compiles for this target, so that limits and precision are checked too"},
    {"strict", 0, NULL, "makes a register that may overflow (W0704) an error"},
    {NULL, 0, NULL, NULL},
};

const command command_check = {
    .name = "check",
    .summary = "validates networks",
    .synopsis = "[OPTION ...] NET.yaml ...",
    .description =
        "Reads each network and prints everything that is wrong with it, at most 20 errors a file, each as "
        "file:line:column with the source line, the cause and what would work. A valid network is answered with "
        "its size on standard output.\n\n"
        "Keys, names, units, ranges and connectors are checked without regard to a chip. With --target the network "
        "is compiled as well, and whatever the chip cannot hold is reported; the exit status is then 3.\n\n"
        "NET.yaml may be - for standard input.",
    .examples = "hmn check models/digits.yaml\n"
                "hmn check --target loihi --set n_exc=4000 net.yaml   # does it fit when larger?\n"
                "hmn check --diagnostics json net.yaml                # for editors",
    .option = options,
    .min_operands = 1,
    .max_operands = UINT32_MAX,
    .run = run,
};
