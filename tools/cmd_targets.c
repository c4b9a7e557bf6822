/* hmn targets: the chips that networks can be compiled for, and their limits. */
#include "backends/registry.h"
#include "tools/command.h"
#include "tools/json_out.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const char *name;
    int64_t value;
    const char *meaning;
} limit;

/* Numbers of things, where 0 stands for no limit, and more facts, where 0 is a value. */
#define LIMIT(field, settable, meaning) +1
enum {
    COUNTED = 0
#include "core/limits.def"
    ,
    LIMITS = COUNTED + 6
};

static void limits_of(const hmn_limits *l, limit out[LIMITS])
{
    const limit all[LIMITS] = {
#define LIMIT(field, settable, meaning) {#field, l->field, meaning},
#include "core/limits.def"
        {"payload_bits", l->payload_bits, "bits of a graded spike; 0: spikes carry nothing"},
        {"programs", l->programs, "1: neurons run programs (soft reset, adaptation, two currents)"},
        {"mantissa_low", l->mantissa_low, "least mantissa of a product"},
        {"mantissa_high", l->mantissa_high, "greatest mantissa of a product"},
        {"exponent_low", l->exponent_low, "least exponent of a product"},
        {"exponent_high", l->exponent_high, "greatest exponent of a product"},
    };
    memcpy(out, all, sizeof all);
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
