/* The program `hmn`. Takes the command line, yields the exit status; all else is in cli.c and the commands. */
#include "tools/cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv); }
