/* Finds the command and parses its line. Takes argv, yields a command_line of options in the order given. The
 * tables of the command and of the common options drive getopt_long, so that long and short forms, "--name=value",
 * abbreviations and "--" behave as everywhere else; what getopt cannot place is answered with the nearest known
 * name. Usage errors go to standard error and end with status 2. Standard output is flushed and checked at the end:
 * a full disk is an error, not a silent loss. */
#include "tools/cli.h"

#include "tools/help.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

const command_option cli_common[] = {
    {"set", 0, "KEY=VALUE", "overrides a named constant of the network's parameters; may be repeated"},
    {"ablate", 0, "TERM,..", "switches terms of the plasticity rules off: all, or words that hmn explain ablate lists"},
    {"threads", 0, "N", "threads to compute with, 0 for as many as there are (default 0); results do not depend on it"},
    {"seed", 0, "N", "seed of all random draws, instead of the network's own"},
    {"json", 0, NULL, "prints the result as JSON"},
    {"diagnostics", 0, "text|json", "form of errors and warnings on standard error (default text)"},
    {"werror", 0, NULL, "treats warnings as errors"},
    {"quiet", 'q', NULL, "prints no progress and no warnings"},
    {"color", 0, "auto|always|never", "colour of diagnostics (default auto: on a terminal unless NO_COLOR is set)"},
    {"help", 'h', NULL, "prints the help of this command"},
    {NULL, 0, NULL, NULL},
};

#define COMMAND(name) extern const command command_##name;
#include "tools/commands.def"
#undef COMMAND

static const command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "tools/commands.def"
#undef COMMAND
};

enum { COMMANDS = sizeof commands / sizeof *commands, FIRST_LONG = 256, MAX_OPTIONS = 64 };

const command *const *cli_commands(uint32_t *count)
{
    *count = COMMANDS;
    return commands;
}

const command *cli_find(const char *name)
{
    for (uint32_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

/* Edits (insert, delete, replace, swap of neighbours) that turn a into b; big when either is long. */
static uint32_t distance(const char *a, const char *b)
{
    enum { LONG = 40 };
    uint32_t row[3][LONG + 1], n = (uint32_t)strlen(a), m = (uint32_t)strlen(b);
    if (n > LONG || m > LONG)
        return UINT32_MAX;
    for (uint32_t j = 0; j <= m; j++)
        row[0][j] = j;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t *now = row[i % 3], *before = row[(i - 1) % 3], *older = row[(i + 1) % 3];
        now[0] = i;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t best = before[j - 1] + (a[i - 1] != b[j - 1]);
            best = before[j] + 1 < best ? before[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && older[j - 2] + 1 < best)
                best = older[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

const char *cli_nearest(const char *word, const char *const *name, uint32_t count)
{
    uint32_t best = (uint32_t)strlen(word) / 3 + 1;
    const char *found = NULL;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t d = distance(word, name[i]);
        if (d < best || (d == best && !found)) {
            best = d;
            found = name[i];
        }
    }
    return found;
}

/* The options of a command and then the common ones that it does not define itself. */
static uint32_t all_options(const command *cmd, const command_option *out[MAX_OPTIONS])
{
    uint32_t n = 0, own = 0;
    for (const command_option *o = cmd->option; o && o->name && n < MAX_OPTIONS; o++)
        out[n++] = o;
    own = n;
    for (const command_option *o = cli_common; o->name && n < MAX_OPTIONS; o++) {
        bool taken = false;
        for (uint32_t i = 0; i < own; i++)
            taken |= strcmp(out[i]->name, o->name) == 0;
        if (!taken)
            out[n++] = o;
    }
    return n;
}

static void usage_hint(const command *cmd)
{
    fprintf(stderr, "usage: hmn %s %s\n       hmn help %s\n", cmd->name, cmd->synopsis, cmd->name);
}

static void unknown_option(const command *cmd, const char *given, int letter, const command_option *const *option,
                           uint32_t count)
{
    if (strncmp(given, "--", 2) != 0) {
        fprintf(stderr, "hmn: %s has no option -%c\n", cmd->name, letter);
        usage_hint(cmd);
        return;
    }
    const char *name[MAX_OPTIONS];
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    bool takes = false;
    for (uint32_t i = 0; i < count; i++) {
        name[i] = option[i]->name;
        takes |= strcmp(name[i], word) == 0;
    }
    const char *near = cli_nearest(word, name, count);
    if (takes)
        fprintf(stderr, "hmn: --%s takes no value\n", word);
    else if (near)
        fprintf(stderr, "hmn: %s has no option --%s; did you mean --%s?\n", cmd->name, word, near);
    else
        fprintf(stderr, "hmn: %s has no option --%s\n", cmd->name, word);
    usage_hint(cmd);
}

static bool one_of(const char *option, const char *value, const char *choices)
{
    const char *at = strstr(choices, value);
    size_t n = strlen(value);
    if (n && at && (at == choices || at[-1] == '|') && (at[n] == '|' || at[n] == 0) && !strchr(value, '|'))
        return true;
    fprintf(stderr, "hmn: --%s takes %s, got '%s'\n", option, choices, value);
    return false;
}

/* The values of the common options, so that no command has to. */
static bool check_common(const command_line *c)
{
    uint64_t ignored = 0;
    for (uint32_t i = 0; i < c->noptions; i++) {
        const char *name = c->option[i].name, *value = c->option[i].value;
        if (strcmp(name, "set") == 0 && (!strchr(value, '=') || value[0] == '=')) {
            fprintf(stderr, "hmn: --set takes KEY=VALUE, got '%s'\n", value);
            return false;
        }
        if (strcmp(name, "color") == 0 && !one_of(name, value, "auto|always|never"))
            return false;
        if (strcmp(name, "diagnostics") == 0 && !one_of(name, value, "text|json"))
            return false;
    }
    return command_number(c, "threads", 0, 4096, &ignored) && command_number(c, "seed", 0, UINT64_MAX, &ignored);
}

static bool check_operands(const command *cmd, const command_line *c)
{
    if (c->noperands >= cmd->min_operands && c->noperands <= cmd->max_operands)
        return true;
    if (c->noperands < cmd->min_operands)
        fprintf(stderr, "hmn: %s needs %s\n", cmd->name, c->noperands ? "more operands" : "an operand");
    else
        fprintf(stderr, "hmn: %s does not take '%s'\n", cmd->name, c->operand[cmd->max_operands]);
    usage_hint(cmd);
    return false;
}

/* What getopt_long needs of the tables. `letters` starts with ':' so that a missing value is told apart. */
static void getopt_tables(const command_option *const *option, uint32_t n, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (uint32_t i = 0; i < n; i++) {
        longs[i] = (struct option){option[i]->name, option[i]->argument ? required_argument : no_argument, NULL,
                                   (int)(FIRST_LONG + i)};
        if (!option[i]->letter)
            continue;
        *letters++ = option[i]->letter;
        if (option[i]->argument)
            *letters++ = ':';
    }
    longs[n] = (struct option){NULL, 0, NULL, 0};
    *letters = 0;
}

static uint32_t option_of(int code, const command_option *const *option, uint32_t n)
{
    if (code >= FIRST_LONG)
        return (uint32_t)(code - FIRST_LONG);
    uint32_t i = 0;
    while (i < n && option[i]->letter != code)
        i++;
    return i;
}

bool cli_parse(const command *cmd, int argc, char **argv, hmn_arena *a, command_line *out)
{
    const command_option *option[MAX_OPTIONS];
    struct option longs[MAX_OPTIONS + 1];
    char letters[2 * MAX_OPTIONS + 2];
    uint32_t n = all_options(cmd, option), given = 0;
    getopt_tables(option, n, longs, letters);
    command_set *set = ARENA_NEW(a, command_set, argc);
    opterr = 0;
    optind = 0;
    for (int code; (code = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        if (code == ':') {
            fprintf(stderr, "hmn: option %s needs a value\n", argv[optind - 1]);
            usage_hint(cmd);
            return false;
        }
        if (code == '?') {
            unknown_option(cmd, optopt && optopt < FIRST_LONG ? "-" : argv[optind - 1], optopt, option, n);
            return false;
        }
        set[given++] = (command_set){option[option_of(code, option, n)]->name, optarg};
    }
    *out = (command_line){(const char *const *)argv + optind, (uint32_t)(argc - optind), set, given};
    return command_flag(out, "help") || (check_common(out) && check_operands(cmd, out));
}

static int unknown_command(const char *word)
{
    const char *name[COMMANDS];
    for (uint32_t i = 0; i < COMMANDS; i++)
        name[i] = commands[i]->name;
    const char *near = cli_nearest(word, name, COMMANDS);
    if (word[0] == '-')
        fprintf(stderr, "hmn: the command comes first, then its options; got '%s'\n", word);
    else if (near)
        fprintf(stderr, "hmn: no command '%s'; did you mean 'hmn %s'?\n", word, near);
    else
        fprintf(stderr, "hmn: no command '%s'\n", word);
    fputs("usage: hmn COMMAND [OPTION ...]\n       hmn help\n", stderr);
    return EXIT_USAGE;
}

static int run_command(const command *cmd, int argc, char **argv)
{
    hmn_arena *a = arena_new(0);
    command_line line;
    int status = EXIT_USAGE;
    if (cli_parse(cmd, argc, argv, a, &line)) {
        if (command_flag(&line, "help")) {
            help_page(cmd, stdout);
            status = EXIT_OK;
        } else {
            status = cmd->run(&line);
        }
    }
    arena_free(a);
    return status;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        help_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("hmn " HMN_VERSION);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_overview(stdout);
        return EXIT_OK;
    }
    const command *cmd = cli_find(argv[1]);
    return cmd ? run_command(cmd, argc - 1, argv + 1) : unknown_command(argv[1]);
}

int cli_main(int argc, char **argv)
{
    int status = dispatch(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "hmn: cannot write to standard output: %s\n", strerror(errno));
        return status == EXIT_OK ? EXIT_IO : status;
    }
    return status;
}
