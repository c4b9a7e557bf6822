/* The command line of the program: finds the command, parses its options, runs it. */
#ifndef HMN_TOOLS_CLI_H
#define HMN_TOOLS_CLI_H

#include "tools/command.h"

/* Options that every command takes; ends with name == NULL. */
extern const command_option cli_common[];

/* All commands, in the order of commands.def. */
const command *const *cli_commands(uint32_t *count);
const command *cli_find(const char *name); /* NULL: unknown */

/* Parses argv[1..] by the command's options and the common ones. False after a message on standard error. */
bool cli_parse(const command *cmd, int argc, char **argv, hmn_arena *a, command_line *out);

/* The whole program; yields its exit status. argv may be permuted. */
int cli_main(int argc, char **argv);

/* The one of `name[0..count)` that `word` was probably meant to be, or NULL. */
const char *cli_nearest(const char *word, const char *const *name, uint32_t count);

#endif
