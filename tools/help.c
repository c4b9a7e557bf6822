/* Prints help from the command tables: plain pages for a terminal, one troff man page, Markdown for the docs, and a
 * bash completion. Takes const tables, yields text; the four forms share the tables and nothing else, so that they
 * cannot disagree about what the program takes. Descriptions are paragraphs; lines that start with two spaces are
 * shown as they stand. */
#include "tools/help.h"

#include "tools/cli.h"

#include <string.h>

enum { WIDTH = 80, INDENT = 7 };

static const struct {
    int status;
    const char *meaning;
} exits[] = {
    {EXIT_OK, "done"},
    {EXIT_INPUT, "the input is at fault, or a comparison found a difference"},
    {EXIT_USAGE, "wrong usage of the command line"},
    {EXIT_FIT, "the network does not fit the target"},
    {EXIT_IO, "input or output failed: unreadable or damaged file, disk full"},
    {EXIT_BUG, "a fault of the program itself"},
    {EXIT_INTERRUPTED, "interrupted"},
};
enum { EXITS = sizeof exits / sizeof *exits };

static const char about[] =
    "hmn compiles networks of Hybrid Modulated Neurons, written in YAML, to the per-core tables of neuromorphic chips "
    "(an image), and runs images on an integer emulator of the chip.";

void help_overview(FILE *out)
{
    uint32_t n;
    const command *const *c = cli_commands(&n);
    fputs("usage: hmn COMMAND [OPTION ...] [OPERAND ...]\n\n", out);
    for (uint32_t i = 0; i < n; i++)
        fprintf(out, "  %-12s %s\n", c[i]->name, c[i]->summary);
    fputs("\nhmn help COMMAND says more. hmn --version prints the version.\n", out);
}

/* ---- a page for a terminal ---- */

/* One paragraph of `length` bytes, words filled to WIDTH. `column` is where the cursor stands. */
static void fill(FILE *out, const char *text, size_t length, int indent, int column)
{
    bool first = true;
    for (size_t i = 0; i < length;) {
        while (i < length && (text[i] == ' ' || text[i] == '\n'))
            i++;
        size_t word = 0;
        while (i + word < length && text[i + word] != ' ' && text[i + word] != '\n')
            word++;
        if (word == 0)
            break;
        if (!first && column + 1 + (int)word > WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', out);
            column++;
        }
        fwrite(text + i, 1, word, out);
        column += (int)word;
        i += word;
        first = false;
    }
    fputc('\n', out);
}

/* Length of the paragraph at `text`; *next: the one after the blank line, or the end. */
static size_t paragraph(const char *text, const char **next)
{
    const char *blank = strstr(text, "\n\n");
    size_t n = blank ? (size_t)(blank - text) : strlen(text);
    *next = blank ? blank + 2 : text + n;
    return n;
}

/* Prints a verbatim block line by line after `before`. */
static void verbatim(FILE *out, const char *text, size_t length, const char *before)
{
    for (size_t i = 0; i < length;) {
        size_t n = strcspn(text + i, "\n");
        n = n > length - i ? length - i : n;
        fprintf(out, "%s%.*s\n", before, (int)n, text + i);
        i += n + 1;
    }
}

static void page_text(FILE *out, const char *text)
{
    for (const char *next; *text; text = next) {
        size_t n = paragraph(text, &next);
        if (strncmp(text, "  ", 2) == 0) {
            verbatim(out, text, n, "       ");
        } else {
            fprintf(out, "%*s", INDENT, "");
            fill(out, text, n, INDENT, INDENT);
        }
        if (*next)
            fputc('\n', out);
    }
}

static void page_options(FILE *out, const command_option *o)
{
    for (; o && o->name; o++) {
        fprintf(out, "%*s", INDENT, "");
        if (o->letter)
            fprintf(out, "-%c, ", o->letter);
        fprintf(out, "--%s%s%s\n%*s", o->name, o->argument ? " " : "", o->argument ? o->argument : "", INDENT + 6, "");
        fill(out, o->meaning, strlen(o->meaning), INDENT + 6, INDENT + 6);
    }
}

void help_page(const command *cmd, FILE *out)
{
    fprintf(out, "NAME\n       hmn %s - %s\n\nSYNOPSIS\n       hmn %s %s\n\nDESCRIPTION\n", cmd->name, cmd->summary,
            cmd->name, cmd->synopsis);
    page_text(out, cmd->description);
    if (cmd->option && cmd->option->name) {
        fputs("\nOPTIONS\n", out);
        page_options(out, cmd->option);
    }
    fputs("\nCOMMON OPTIONS\n", out);
    page_options(out, cli_common);
    fputs("\nEXIT STATUS\n", out);
    for (uint32_t i = 0; i < EXITS; i++)
        fprintf(out, "       %-5d %s\n", exits[i].status, exits[i].meaning);
    if (cmd->examples) {
        fputs("\nEXAMPLES\n", out);
        verbatim(out, cmd->examples, strlen(cmd->examples), "       ");
    }
}

/* ---- troff ---- */

/* Text with what troff would take as its own escaped. */
static void troff(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool line_start = i == 0 || text[i - 1] == '\n';
        if (line_start && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", out);
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else
            fputc(text[i], out);
    }
}

static void troff_block(FILE *out, const char *text)
{
    for (const char *next; *text; text = next) {
        size_t n = paragraph(text, &next);
        bool kept = strncmp(text, "  ", 2) == 0;
        fputs(kept ? ".nf\n" : ".PP\n", out);
        troff(out, text, n);
        fputs(kept ? "\n.fi\n" : "\n", out);
    }
}

static void troff_options(FILE *out, const command_option *o)
{
    for (; o && o->name; o++) {
        fputs(".TP\n\\fB", out);
        if (o->letter)
            fprintf(out, "\\-%c\\fR, \\fB", o->letter);
        fputs("\\-\\-", out);
        troff(out, o->name, strlen(o->name));
        fprintf(out, "\\fR%s\\fI%s\\fR\n", o->argument ? " " : "", o->argument ? o->argument : "");
        troff(out, o->meaning, strlen(o->meaning));
        fputc('\n', out);
    }
}

void help_man(FILE *out)
{
    uint32_t n;
    const command *const *c = cli_commands(&n);
    fputs(".TH HMN 1 \"\" \"hmn " HMN_VERSION "\" \"User Commands\"\n.SH NAME\nhmn \\- compile and emulate Hybrid "
          "Modulated Neurons on neuromorphic chips\n.SH SYNOPSIS\n.B hmn\n.I COMMAND\n[OPTION ...] [OPERAND ...]\n"
          ".SH DESCRIPTION\n",
          out);
    troff(out, about, strlen(about));
    fputs("\n.SH COMMON OPTIONS\n", out);
    troff_options(out, cli_common);
    fputs(".SH COMMANDS\n", out);
    for (uint32_t i = 0; i < n; i++) {
        fprintf(out, ".SS hmn %s\n", c[i]->name);
        troff(out, c[i]->summary, strlen(c[i]->summary));
        fprintf(out, ".\n.PP\n\\fBhmn %s\\fR ", c[i]->name);
        troff(out, c[i]->synopsis, strlen(c[i]->synopsis));
        fputc('\n', out);
        troff_block(out, c[i]->description);
        troff_options(out, c[i]->option);
        if (c[i]->examples) {
            fputs(".PP\nExamples:\n.nf\n", out);
            troff(out, c[i]->examples, strlen(c[i]->examples));
            fputs("\n.fi\n", out);
        }
    }
    fputs(".SH EXIT STATUS\n", out);
    for (uint32_t i = 0; i < EXITS; i++)
        fprintf(out, ".TP\n.B %d\n%s\n", exits[i].status, exits[i].meaning);
}

/* ---- Markdown ---- */

static void markdown_text(FILE *out, const char *text)
{
    for (const char *next; *text; text = next) {
        size_t n = paragraph(text, &next);
        bool kept = strncmp(text, "  ", 2) == 0;
        fprintf(out, kept ? "```\n%.*s\n```\n\n" : "%.*s\n\n", (int)n, text);
    }
}

/* A cell of a table: '|' would end it. */
static void markdown_cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void markdown_options(FILE *out, const command_option *o)
{
    if (!o || !o->name)
        return;
    fputs("| option | meaning |\n|---|---|\n", out);
    for (; o->name; o++) {
        fputs("| `", out);
        if (o->letter)
            fprintf(out, "-%c, ", o->letter);
        fprintf(out, "--%s%s", o->name, o->argument ? " " : "");
        markdown_cell(out, o->argument ? o->argument : "");
        fputs("` | ", out);
        markdown_cell(out, o->meaning);
        fputs(" |\n", out);
    }
    fputc('\n', out);
}

void help_markdown(FILE *out)
{
    uint32_t n;
    const command *const *c = cli_commands(&n);
    fprintf(out, "# The command line\n\nPrinted by `hmn help --markdown`; do not edit by hand.\n\n%s\n\n", about);
    fputs("## Common options\n\n", out);
    markdown_options(out, cli_common);
    fputs("## Exit status\n\n| status | meaning |\n|---|---|\n", out);
    for (uint32_t i = 0; i < EXITS; i++)
        fprintf(out, "| %d | %s |\n", exits[i].status, exits[i].meaning);
    for (uint32_t i = 0; i < n; i++) {
        fprintf(out, "\n## hmn %s\n\n%s.\n\n```\nhmn %s %s\n```\n\n", c[i]->name, c[i]->summary, c[i]->name,
                c[i]->synopsis);
        markdown_text(out, c[i]->description);
        markdown_options(out, c[i]->option);
        if (c[i]->examples)
            fprintf(out, "```\n%s\n```\n", c[i]->examples);
    }
}

/* ---- bash ---- */

/* Words for an argument's completion: choices of "a|b", else files. */
static void completion_argument(FILE *out, const char *option, const char *argument)
{
    fprintf(out, "    --%s) ", option);
    if (strchr(argument, '|') == NULL) {
        fputs("COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n", out);
        return;
    }
    fputs("COMPREPLY=($(compgen -W \"", out);
    for (; *argument; argument++)
        fputc(*argument == '|' ? ' ' : *argument, out);
    fputs("\" -- \"$cur\")) ;;\n", out);
}

static void completion_words(FILE *out, const command_option *o)
{
    for (; o && o->name; o++)
        fprintf(out, " --%s", o->name);
}

void help_completion(FILE *out)
{
    uint32_t n;
    const command *const *c = cli_commands(&n);
    fputs("# bash completion for hmn; printed by hmn help --completion\n_hmn()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} options=\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"",
          out);
    for (uint32_t i = 0; i < n; i++)
        fprintf(out, "%s ", c[i]->name);
    fputs("--version --help\" -- \"$cur\"))\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n", out);
    for (uint32_t i = 0; i < n; i++) {
        fprintf(out, "    %s) options=\"", c[i]->name);
        completion_words(out, c[i]->option);
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n    options=\"$options", out);
    completion_words(out, cli_common);
    fputs("\"\n    case $prev in\n", out);
    for (const command_option *o = cli_common; o->name; o++)
        if (o->argument)
            completion_argument(out, o->name, o->argument);
    fputs("    *) case $cur in\n       -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
          "       *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n       esac ;;\n    esac\n}\n"
          "complete -o filenames -F _hmn hmn\n",
          out);
}
