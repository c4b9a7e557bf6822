/* hmn inspect: every table of an image, microcode disassembled, synapses decoded. */
#include "tools/source.h"
#include "tools/tables.h"

#include <inttypes.h>

static int run(const command_line *c)
{
    uint64_t core = 0;
    if (!command_number(c, "core", 0, UINT32_MAX, &core))
        return EXIT_USAGE;
    source s;
    source_begin(&s, c);
    if (source_load(&s, c->operand[0], NULL) && s.image) {
        int64_t which = command_value(c, "core") ? (int64_t)core : TABLES_ALL_CORES;
        if (which >= image_cores(s.image)) {
            fprintf(stderr, "hmn: the image has %" PRIu32 " cores, numbered from 0\n", image_cores(s.image));
            s.status = EXIT_USAGE;
        } else if (command_flag(c, "json")) {
            tables_json(s.image, s.chip, which, stdout, s.diag);
        } else {
            tables_text(s.image, s.chip, which, stdout, s.diag);
        }
    } else if (s.reference) {
        fputs("hmn: the reference has no tables; choose a chip\n", stderr);
        s.status = EXIT_USAGE;
    }
    return source_end(&s);
}

static const command_option options[] = {
    {"core", 'c', "N", "this logical core only"},
    {"target", 't', "TARGET", "compiles a network for this chip first (default: the network's target.chip)"},
    {NULL, 0, NULL, NULL},
};

const command command_inspect = {
    .name = "inspect",
    .summary = "prints the tables of an image",
    .synopsis = "[--core N] [--json] OUT.hmn|NET.yaml|DIR",
    .description =
        "Prints every table of the image: first those of the host (names, places, routes, probes), then the forms and "
        "bits in which the synapses of each projection are stored, then the tables of each "
        "core as the chip would hold them. Learning microcode is disassembled beside its words. Synapse memory "
        "is packed; it is decoded by booting the core and asking it for its synapses.\n\n"
        "With --json the tables are printed with their columns (name, bits, signed, meaning) and rows.\n\n"
        "A network is compiled first and its image printed.",
    .examples = "hmn inspect net.hmn | less\n"
                "hmn inspect --core 3 --json net.hmn | jq '.cores[0].tables.compartments.rows[0]'",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
