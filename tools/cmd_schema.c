/* hmn schema: the JSON Schema of the network language. */
#include "compiler/schema_json.h"
#include "tools/command.h"

static int run(const command_line *c)
{
    (void)c;
    schema_json_write(stdout);
    return EXIT_OK;
}

static const command_option options[] = {{NULL, 0, NULL, NULL}};

const command command_schema = {
    .name = "schema",
    .summary = "prints the JSON Schema of the network language",
    .synopsis = "",
    .description =
        "Prints a JSON Schema (draft-07), made from the table that hmn check itself uses. Editors with a YAML "
        "language server complete and check keys by it; the first line of a network then names the file:\n\n"
        "  # yaml-language-server: $schema=./hmn-1.schema.json",
    .examples = "hmn schema > hmn-1.schema.json",
    .option = options,
    .run = run,
};
