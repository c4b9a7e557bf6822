/* Help in every form, printed from the tables of the commands. */
#ifndef HMN_TOOLS_HELP_H
#define HMN_TOOLS_HELP_H

#include "tools/command.h"

void help_overview(FILE *out);                 /* one line a command */
void help_page(const command *cmd, FILE *out); /* NAME SYNOPSIS DESCRIPTION OPTIONS EXIT STATUS EXAMPLES */
void help_man(FILE *out);                      /* hmn(1) as troff */
void help_completion(FILE *out);               /* for bash */
void help_markdown(FILE *out);                 /* docs/cli.md */

#endif
