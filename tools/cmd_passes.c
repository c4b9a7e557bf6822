/* hmn passes: the compiler's pass list, as it is run. */
#include "compiler/pipeline.h"
#include "tools/command.h"
#include "tools/json_out.h"

#include <string.h>

/* What the bits of unit_have are called, from bit 0. */
static const char *const things[] = {"source",    "tree",   "net",    "graph",  "chip",  "qnet",
                                     "microcode", "slices", "places", "routes", "image", "verified"};

static void names(uint32_t bits, char *out, size_t room)
{
    *out = 0;
    for (uint32_t i = 0; i < sizeof things / sizeof *things; i++)
        if (bits >> i & 1)
            snprintf(out + strlen(out), room - strlen(out), "%s%s", *out ? ", " : "", things[i]);
}

static int run(const command_line *c)
{
    json_out j;
    bool json = command_flag(c, "json");
    json_put_begin(&j, stdout);
    if (json)
        json_put_array(&j, NULL);
    else
        printf("%-10s %-18s %-10s %s\n", "pass", "needs", "makes", "what it does");
    for (const pipeline_pass *p = pipeline_passes(); p->name; p++) {
        char needs[128], makes[128];
        names(p->needs, needs, sizeof needs);
        names(p->makes, makes, sizeof makes);
        if (!json) {
            printf("%-10s %-18s %-10s %s\n", p->name, needs, makes, p->meaning);
            continue;
        }
        json_put_object(&j, NULL);
        json_put_text(&j, "pass", p->name);
        json_put_text(&j, "needs", needs);
        json_put_text(&j, "makes", makes);
        json_put_text(&j, "meaning", p->meaning);
        json_put_close(&j);
    }
    if (json) {
        json_put_close(&j);
        json_put_end(&j);
    }
    return EXIT_OK;
}

static const command_option options[] = {{NULL, 0, NULL, NULL}};

const command command_passes = {
    .name = "passes",
    .summary = "prints the compiler's passes in order",
    .synopsis = "[--json]",
    .description =
        "Prints the pipeline as the compiler runs it: each pass, what it needs, what it makes. The names are "
        "those that hmn compile --dump and --stop take.",
    .examples = "hmn passes",
    .option = options,
    .run = run,
};
