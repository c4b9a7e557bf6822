/* hmn help: the overview, the page of a command, or the generated documents. */
#include "tools/cli.h"
#include "tools/help.h"
#include "tools/pages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int write_pages(const char *folder)
{
    uint32_t count;
    const page *pages = pages_all(&count);
    for (uint32_t i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, pages[i].file);
        FILE *out = fopen(path, "w");
        if (out)
            pages[i].write(out);
        if (!out || fclose(out) != 0) {
            fprintf(stderr, "hmn: cannot write '%s': %s\n", path, strerror(errno));
            return EXIT_IO;
        }
    }
    return EXIT_OK;
}

static int run(const command_line *c)
{
    if (command_value(c, "pages"))
        return write_pages(command_value(c, "pages"));
    if (command_flag(c, "man"))
        help_man(stdout);
    else if (command_flag(c, "completion"))
        help_completion(stdout);
    else if (command_flag(c, "markdown"))
        help_markdown(stdout);
    else if (c->noperands == 0)
        help_overview(stdout);
    else if (cli_find(c->operand[0]))
        help_page(cli_find(c->operand[0]), stdout);
    else {
        fprintf(stderr, "hmn: no command '%s'; hmn help lists them\n", c->operand[0]);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

static const command_option options[] = {
    {"man", 0, NULL, "prints the man page hmn(1) as troff"},
    {"completion", 0, NULL, "prints a completion script for bash"},
    {"markdown", 0, NULL, "prints docs/cli.md"},
    {"pages", 0, "DIR", "writes the generated pages of docs/ into DIR"},
    {NULL, 0, NULL, NULL},
};

const command command_help = {
    .name = "help",
    .summary = "what the program and its commands do",
    .synopsis = "[COMMAND] [--man | --completion | --markdown | --pages DIR]",
    .description = "Without an operand, lists the commands. With the name of a command, prints its page.\n\n"
                   "The man page, the completion and the reference in docs/ are printed from the same tables that "
                   "parse the command line.",
    .examples = "hmn help run                      # the page of hmn run\n"
                "hmn help --man | man -l -         # the whole manual\n"
                "source <(hmn help --completion)   # completion in this shell",
    .option = options,
    .max_operands = 1,
    .run = run,
};
