/* hmn explain: what a message code, a key of the language, or a pass of the compiler means. */
#include "compiler/ablate.h"
#include "compiler/explain.h"
#include "compiler/pipeline.h"
#include "core/base/diag.h"
#include "tools/command.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool explain_code(const char *word)
{
    for (uint32_t i = 0; i < DIAG_CODE_COUNT; i++) {
        hmn_diag_code code = (hmn_diag_code)i;
        if (strcasecmp(word, diag_code_name(code)) != 0)
            continue;
        printf("%s: %s\n\nWhat usually helps: %s.\n", diag_code_name(code), diag_code_meaning(code),
               diag_code_cure(code));
        return true;
    }
    return false;
}

static bool explain_pass(const char *word)
{
    for (const pipeline_pass *p = pipeline_passes(); p->name; p++) {
        if (strcmp(word, p->name) != 0)
            continue;
        printf("pass %s: %s\n\nhmn compile NET.yaml --dump %s prints what it made; hmn passes lists all passes.\n",
               p->name, p->meaning, p->name);
        return true;
    }
    return false;
}

static bool explain_ablate(const char *word)
{
    if (strcmp(word, "ablate") != 0)
        return false;
    puts("Terms that --ablate switches off in all rules, and what says the same in YAML; all: all of them.\n");
    for (const ablate_term *t = ablate_terms(); t->name; t++)
        printf("  %-17s equation %-8s  %s\n", t->name, t->equation, t->yaml);
    return true;
}

/* What is said of an unknown word belongs on standard error. */
static bool explain_word(const char *word)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    bool known = f && explain_key(f, word);
    if (f)
        fclose(f);
    if (text)
        fputs(text, known ? stdout : stderr);
    free(text);
    return known;
}

static int run(const command_line *c)
{
    if (command_flag(c, "language")) {
        explain_language(stdout);
        return EXIT_OK;
    }
    if (c->noperands == 0) {
        fputs("hmn: explain needs a message code, a key or a pass\n", stderr);
        return EXIT_USAGE;
    }
    const char *word = c->operand[0];
    if (explain_code(word) || explain_pass(word) || explain_ablate(word))
        return EXIT_OK;
    return explain_word(word) ? EXIT_OK : EXIT_USAGE;
}

static const command_option options[] = {
    {"language", 0, NULL, "prints the reference of the whole language in Markdown"},
    {NULL, 0, NULL, NULL},
};

const command command_explain = {
    .name = "explain",
    .summary = "says what a message, a key or a pass means",
    .synopsis = "CODE|KEY|PASS|ablate | --language",
    .description =
        "CODE is the code in brackets at the end of a message, such as E0103: what the class of messages says and what "
        "usually helps. KEY is any word of the network language: a key, also as context.key, a neuron model, a "
        "parameter; where it stands, its unit, default and range. PASS is a pass of the compiler. The word ablate "
        "lists the "
        "terms that --ablate takes.",
    .examples = "hmn explain E0601\n"
                "hmn explain tau_m\n"
                "hmn explain connector.n\n"
                "hmn explain quantise",
    .option = options,
    .max_operands = 1,
    .run = run,
};
