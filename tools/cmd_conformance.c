/* hmn conformance: runs published test vectors through the whole compiler and the emulated chip. */
#include "tools/conformance.h"

#include "tools/source.h"

#include <inttypes.h>

static int run(const command_line *c)
{
    bool json = command_flag(c, "json");
    json_out j;
    conformance all = {.emit = command_value(c, "emit-yaml"), .out = json ? NULL : stdout, .json = json ? &j : NULL};
    hmn_diag *d = diag_new();
    json_put_begin(&j, stdout);
    if (json) {
        json_put_object(&j, NULL);
        json_put_array(&j, "failures");
    }
    for (uint32_t i = 0; i < c->noperands; i++)
        conformance_file(&all, c->operand[i], d);
    fflush(stdout);
    source_print(d, c);
    int status = source_status(d);
    diag_free(d);
    if (json) {
        json_put_close(&j);
        json_put_natural(&j, "passed", all.passed);
        json_put_natural(&j, "failed", all.failed);
        json_put_close(&j);
        json_put_end(&j);
    } else {
        printf("%" PRIu64 " passed, %" PRIu64 " failed\n", all.passed, all.failed);
    }
    return status != EXIT_OK ? status : all.failed ? EXIT_INPUT : EXIT_OK;
}

static const command_option options[] = {
    {"emit-yaml", 0, "DIR", "also writes the network of each case to DIR/CASE.yaml"},
    {NULL, 0, NULL, NULL},
};

const command command_conformance = {
    .name = "conformance",
    .summary = "runs published test vectors of Loihi emulators and of SpiNNaker",
    .synopsis = "FILE.json ... [--emit-yaml DIR]",
    .description =
        "Each case of a vector file that is a neuron or a network is written as a network in chip-level parameters, "
        "compiled, booted from its image and stepped; spikes, u and v are compared after every step, and the stored "
        "weights with what the file says of them. One line is printed for a case that does not agree, and a last "
        "line N passed, N failed.\n\n"
        "Known families: single compartments, networks, noise and learning recorded from nengo-loihi, Lava and "
        "brian2_loihi, with the draws that were recorded; statistics of their stochastic rounding, against our own; "
        "brian2_loihi's weight tables, and Lava's sum-of-products unit; the last two call the functions of compiler "
        "and emulator directly. Of SpiNNaker: arithmetic, neurons, rows and plasticity of its cores, machines, routing "
        "tables, mapped graphs. A case of another family, or one that the registers cannot state exactly, counts as "
        "failed with a line that says why.",
    .examples = "hmn conformance tests/data/loihi/*.json\n"
                "hmn conformance lif_nengo.json --emit-yaml nets   # the same cases as networks",
    .option = options,
    .min_operands = 1,
    .max_operands = UINT32_MAX,
    .run = run,
};
