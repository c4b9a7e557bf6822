/* hmn targets: the chips that networks can be compiled for, and their limits. */
#include "backends/registry.h"
#include "tools/command.h"
#include "tools/json_out.h"

#include <inttypes.h>

typedef struct {
    const char *name;
    int64_t value;
    const char *meaning;
} limit;

enum { LIMITS = 30, COUNTED = 24 }; /* from COUNTED on, 0 is a value */

/* Every limit of a chip with its meaning; 0 stands for no limit. */
static void limits_of(const hmn_limits *l, limit out[LIMITS])
{
    const limit all[LIMITS] = {
        {"compartments", l->compartments, "neurons a core"},
        {"in_axons", l->in_axons, "input axons a core"},
        {"out_axons", l->out_axons, "output axons a core"},
        {"synapse_words", l->synapse_words, "64-bit words of synapse memory a core"},
        {"cores_per_chip", l->cores_per_chip, "cores a chip"},
        {"chips", l->chips, "chips"},
        {"mesh_width", l->mesh_width, "routers across a chip"},
        {"mesh_height", l->mesh_height, "routers down a chip"},
        {"cores_per_tile", l->cores_per_tile, "cores at a router"},
        {"neuron_profiles", l->neuron_profiles, "neuron profiles a core"},
        {"threshold_profiles", l->threshold_profiles, "threshold profiles a core"},
        {"synapse_formats", l->synapse_formats, "synapse formats a core"},
        {"learning_profiles", l->learning_profiles, "learning profiles a core"},
        {"learning_words", l->learning_words, "32-bit words of learning microcode a core"},
        {"pre_traces", l->pre_traces, "settings of presynaptic traces a core"},
        {"post_traces", l->post_traces, "settings of postsynaptic traces a core"},
        {"epochs", l->epochs, "lengths of a learning epoch a core"},
        {"delay_cells", l->delay_cells, "accumulator cells a core (delay slots x compartments)"},
        {"max_delay", l->max_delay, "longest delay [steps] of any dialect, with few compartments"},
        {"max_epoch", l->max_epoch, "longest learning epoch [steps]"},
        {"weight_bits", l->weight_bits, "bits of a weight"},
        {"max_products", l->max_products, "products of a learning rule"},
        {"max_factors", l->max_factors, "factors of a product"},
        {"channels", l->channels, "broadcast modulator registers"},
        {"payload_bits", l->payload_bits, "bits of a graded spike; 0: spikes carry nothing"},
        {"programs", l->programs, "1: neurons run programs (soft reset, adaptation, two currents)"},
        {"mantissa_low", l->mantissa_low, "least mantissa of a product"},
        {"mantissa_high", l->mantissa_high, "greatest mantissa of a product"},
        {"exponent_low", l->exponent_low, "least exponent of a product"},
        {"exponent_high", l->exponent_high, "greatest exponent of a product"},
    };
    for (uint32_t i = 0; i < LIMITS; i++)
        out[i] = all[i];
}

static bool limited(const limit *l, uint32_t i) { return l->value != 0 || i >= COUNTED; }

static void print_text(const hmn_chip *chip)
{
    limit l[LIMITS];
    limits_of(chip->limits, l);
    printf("%s: %s\n", chip->name, chip->summary);
    for (uint32_t i = 0; i < LIMITS; i++) {
        if (limited(&l[i], i))
            printf("  %-19s %9" PRId64 "  %s\n", l[i].name, l[i].value, l[i].meaning);
        else
            printf("  %-19s %9s  %s\n", l[i].name, "no limit", l[i].meaning);
    }
    for (uint32_t i = 0; chip->timing && i < chip->timing->nprofiles; i++)
        printf("  costs %-23s  %s\n", chip->timing->profile[i]->name, chip->timing->profile[i]->summary);
}

static void print_json(json_out *j, const hmn_chip *chip)
{
    limit l[LIMITS];
    limits_of(chip->limits, l);
    json_put_object(j, NULL);
    json_put_text(j, "target", chip->name);
    json_put_text(j, "summary", chip->summary);
    json_put_object(j, "limits");
    for (uint32_t i = 0; i < LIMITS; i++) {
        if (limited(&l[i], i))
            json_put_integer(j, l[i].name, l[i].value);
        else
            json_put_text(j, l[i].name, NULL);
    }
    json_put_close(j);
    json_put_row(j, "costs");
    for (uint32_t i = 0; chip->timing && i < chip->timing->nprofiles; i++)
        json_put_text(j, NULL, chip->timing->profile[i]->name);
    json_put_close(j);
    json_put_close(j);
}

static int run(const command_line *c)
{
    uint32_t n, shown = 0;
    const hmn_chip *const *chips = registry_chips(&n);
    const hmn_chip *only = c->noperands ? registry_find(c->operand[0]) : NULL;
    if (c->noperands && !only) {
        fprintf(stderr, "hmn: no target '%s'; hmn targets lists them\n", c->operand[0]);
        return EXIT_USAGE;
    }
    json_out j;
    json_put_begin(&j, stdout);
    if (command_flag(c, "json"))
        json_put_array(&j, NULL);
    for (uint32_t i = 0; i < n; i++) {
        if (only && only != chips[i])
            continue;
        if (command_flag(c, "json"))
            print_json(&j, chips[i]);
        else {
            if (shown++)
                putchar('\n');
            print_text(chips[i]);
        }
    }
    if (command_flag(c, "json")) {
        json_put_close(&j);
        json_put_end(&j);
    } else if (!only)
        puts("\nreference: the network itself in double precision, equation by equation; no limits");
    return EXIT_OK;
}

static const command_option options[] = {{NULL, 0, NULL, NULL}};

const command command_targets = {
    .name = "targets",
    .summary = "prints the chips that networks can be compiled for",
    .synopsis = "[TARGET] [--json]",
    .description =
        "Prints each target with its structural limits: what a core, a chip and a system hold. These are the "
        "numbers that the compiler checks every network against. Then the profiles of costs that hmn run --timing "
        "knows; docs/costs.md lists their numbers.",
    .examples = "hmn targets loihi\n"
                "hmn targets --json",
    .option = options,
    .max_operands = 1,
    .run = run,
};
