/* One command of the program: name, options and help come from this one description; cli.c dispatches, and
 * `hmn help`, the man page, docs/cli.md and shell completion are printed from it. A command is a const struct in
 * its own cmd_NAME.c and a line in commands.def. */
#ifndef HMN_TOOLS_COMMAND_H
#define HMN_TOOLS_COMMAND_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit status of the program (docs/cli.md). */
enum { EXIT_OK = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_FIT = 3, EXIT_IO = 4, EXIT_BUG = 70, EXIT_INTERRUPTED = 130 };

typedef struct {
    const char *name;     /* long option without dashes */
    char letter;          /* short option or 0 */
    const char *argument; /* "FILE", "N"; NULL: a flag */
    const char *meaning;
} command_option;

typedef struct {
    const char *name, *value;
} command_set; /* an option as given; or the parts of --set name=value */

/* Parsed command line of a command. Options occur as often as given, in order. */
typedef struct {
    const char *const *operand;
    uint32_t noperands;
    const command_set *option;
    uint32_t noptions; /* name as in command_option; value NULL for flags */
} command_line;

typedef struct {
    const char *name, *summary;   /* summary: one line */
    const char *synopsis;         /* after "hmn NAME " */
    const char *description;      /* man-page text: paragraphs separated by blank lines; lines that start with two
                                     spaces are kept as they are */
    const char *examples;         /* lines "command # what it does" */
    const command_option *option; /* ends with name == NULL; common options are added by the dispatcher */
    uint32_t min_operands, max_operands;
    int (*run)(const command_line *c);
} command;

const char *command_value(const command_line *c, const char *option); /* last value; NULL when absent */
bool command_flag(const command_line *c, const char *option);
/* Number with range; prints a usage error and returns false when it is not one. Absent: *value unchanged. */
bool command_number(const command_line *c, const char *option, uint64_t low, uint64_t high, uint64_t *value);

/* All --set KEY=VALUE in order. The parser has checked that each has the form. */
const command_set *command_sets(const command_line *c, hmn_arena *a, uint32_t *count);

/* Whether `out` is to have colour: --color, then NO_COLOR, then whether it is a terminal. */
bool command_colour(const command_line *c, FILE *out);

#endif
