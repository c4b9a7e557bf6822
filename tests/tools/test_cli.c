/* The command line: what is parsed, what is refused and with which words, and what help prints. */
#include "tools/cli.h"
#include "tests/suite.h"
#include "tests/tools/program.h"

static const command_option options[] = {
    {"output", 'o', "FILE", "where to"}, {"fast", 'f', NULL, "hurry"}, {NULL, 0, NULL, NULL}};

static const command probe = {.name = "probe",
                              .summary = "a command for tests",
                              .synopsis = "[OPTION ...] FILE ...",
                              .description = "text",
                              .option = options,
                              .min_operands = 1,
                              .max_operands = 2};

static hmn_arena *arena;

static bool parse(command_line *c, int argc, const char *const *word)
{
    char **argv = ARENA_NEW(arena, char *, argc + 1);
    for (int i = 0; i < argc; i++)
        argv[i] = arena_copy_text(arena, word[i], strlen(word[i]));
    return cli_parse(&probe, argc, argv, arena, c);
}

#define PARSE(c, ...)                                                                                                  \
    parse(c, (int)(sizeof((const char *const[]){"probe", __VA_ARGS__}) / sizeof(char *)),                              \
          (const char *const[]){"probe", __VA_ARGS__})

START_TEST(options_are_taken_in_every_usual_form)
{
    command_line c;
    arena = arena_new(0);
    ck_assert(PARSE(&c, "a", "-o", "x", "--fast", "b"));
    ck_assert_str_eq(command_value(&c, "output"), "x");
    ck_assert(command_flag(&c, "fast"));
    ck_assert_uint_eq(c.noperands, 2);
    ck_assert(PARSE(&c, "-fox", "a"));
    ck_assert_str_eq(command_value(&c, "output"), "x");
    ck_assert(PARSE(&c, "--output=x", "--output", "y", "a"));
    ck_assert_str_eq(command_value(&c, "output"), "y"); /* the last one holds */
    ck_assert(PARSE(&c, "--", "--fast"));
    ck_assert(!command_flag(&c, "fast"));
    ck_assert_str_eq(c.operand[0], "--fast");
    ck_assert(PARSE(&c, "-"));
    ck_assert_str_eq(c.operand[0], "-");
    arena_free(arena);
}
END_TEST

START_TEST(set_may_be_repeated_and_keeps_its_order)
{
    command_line c;
    uint32_t n;
    arena = arena_new(0);
    ck_assert(PARSE(&c, "--set", "a=1", "x", "--set=b=2=3", "--set", "c="));
    const command_set *set = command_sets(&c, arena, &n);
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(set[0].name, "a");
    ck_assert_str_eq(set[1].value, "2=3");
    ck_assert_str_eq(set[2].value, "");
    arena_free(arena);
}
END_TEST

START_TEST(numbers_outside_their_range_are_refused)
{
    command_line c;
    uint64_t v = 7;
    arena = arena_new(0);
    ck_assert(PARSE(&c, "-o", "12", "a"));
    ck_assert(command_number(&c, "output", 0, 20, &v) && v == 12);
    ck_assert(!command_number(&c, "output", 0, 11, &v));
    for (const char *const *bad = (const char *const[]){"-1", "1x", "", " 1", "99999999999999999999999", NULL}; *bad;
         bad++) {
        ck_assert(PARSE(&c, "-o", *bad, "a"));
        ck_assert(!command_number(&c, "output", 0, UINT64_MAX, &v));
    }
    ck_assert(PARSE(&c, "a"));
    v = 5;
    ck_assert(command_number(&c, "output", 0, 1, &v) && v == 5); /* absent: unchanged */
    arena_free(arena);
}
END_TEST

START_TEST(the_nearest_word_is_proposed_and_only_a_near_one)
{
    static const char *const words[] = {"threads", "seed", "diagnostics"};
    ck_assert_str_eq(cli_nearest("treads", words, 3), "threads");
    ck_assert_str_eq(cli_nearest("thread", words, 3), "threads");
    ck_assert_str_eq(cli_nearest("sede", words, 3), "seed");
    ck_assert_ptr_null(cli_nearest("frobnicate", words, 3));
    ck_assert_ptr_null(cli_nearest("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", words, 3));
}
END_TEST

static void says(const char *line, int status, const char *on_error)
{
    program_result *r = program_run(line);
    ck_assert_msg(r->status == status, "%s: status %d, not %d\n%s", line, r->status, status, r->err);
    ck_assert_msg(strstr(r->err, on_error), "%s: said\n%s", line, r->err);
}

START_TEST(wrong_usage_ends_with_2_and_says_what_was_meant)
{
    program_enter();
    says("$HMN", 2, "usage: hmn COMMAND");
    says("$HMN hlep", 2, "did you mean 'hmn help'?");
    says("$HMN help --treads 2", 2, "did you mean --threads?");
    says("$HMN help -z", 2, "no option -z");
    says("$HMN help --seed", 2, "needs a value");
    says("$HMN help --man=1", 2, "--man takes no value");
    says("$HMN help --threads many", 2, "--threads takes a whole number");
    says("$HMN help --color pink", 2, "--color takes auto|always|never");
    says("$HMN help --color 'o|a'", 2, "--color takes auto|always|never");
    says("$HMN help --diagnostics xml", 2, "--diagnostics takes text|json");
    says("$HMN help --set a", 2, "--set takes KEY=VALUE");
    says("$HMN help help help", 2, "does not take 'help'");
    says("$HMN --quiet help", 2, "the command comes first");
    says("$HMN help nothing", 2, "no command 'nothing'");
    ck_assert_str_eq(program_run("$HMN hlep")->out, "");
    program_leave();
}
END_TEST

START_TEST(help_and_version_go_to_standard_output)
{
    program_enter();
    program_result *r = program_run("$HMN --version");
    ck_assert_int_eq(r->status, 0);
    ck_assert_str_eq(r->out, "hmn " HMN_VERSION "\n");
    r = program_run("$HMN help help");
    ck_assert_int_eq(r->status, 0);
    for (const char *const *s = (const char *const[]){"NAME\n", "SYNOPSIS\n", "DESCRIPTION\n", "OPTIONS\n",
                                                      "EXIT STATUS\n", "EXAMPLES\n", "--threads N", NULL};
         *s; s++)
        ck_assert_msg(strstr(r->out, *s), "the page lacks %s", *s);
    ck_assert_str_eq(r->err, "");
    ck_assert_int_eq(program_run("$HMN help --help")->status, 0);
    program_leave();
}
END_TEST

START_TEST(every_command_is_in_every_form_of_help)
{
    uint32_t n;
    const command *const *c = cli_commands(&n);
    program_enter();
    for (const char *const *form = (const char *const[]){"", "--man", "--completion", "--markdown", NULL}; *form;
         form++) {
        char line[64];
        snprintf(line, sizeof line, "$HMN help %s", *form);
        program_result *r = program_run(line);
        ck_assert_int_eq(r->status, 0);
        for (uint32_t i = 0; i < n; i++)
            ck_assert_msg(strstr(r->out, c[i]->name), "%s lacks %s", line, c[i]->name);
    }
    ck_assert_int_eq(program_run("$HMN help --completion | bash -n")->status, 0);
    program_leave();
}
END_TEST

START_TEST(descriptions_are_complete)
{
    uint32_t n;
    const command *const *c = cli_commands(&n);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert(c[i]->summary && c[i]->synopsis && c[i]->description && c[i]->examples && c[i]->run && c[i]->option);
        ck_assert_ptr_eq(cli_find(c[i]->name), c[i]);
        for (const command_option *o = c[i]->option; o->name; o++)
            ck_assert_msg(*o->meaning, "hmn %s --%s says nothing", c[i]->name, o->name);
    }
}
END_TEST

START_TEST(the_written_reference_is_not_stale)
{
    program_enter();
    program_result *r = program_run("$HMN help --markdown > now.md && diff '" HMN_SOURCE_DIR "/docs/cli.md' now.md");
    ck_assert_msg(r->status == 0, "docs/cli.md is stale; cmake --build build --target docs writes it anew\n%s", r->out);
    program_leave();
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    program_enter();
    says("$HMN help > /dev/full", 4, "cannot write to standard output");
    program_leave();
}
END_TEST

SUITE("cli", options_are_taken_in_every_usual_form, set_may_be_repeated_and_keeps_its_order,
      numbers_outside_their_range_are_refused, the_nearest_word_is_proposed_and_only_a_near_one,
      wrong_usage_ends_with_2_and_says_what_was_meant, help_and_version_go_to_standard_output,
      every_command_is_in_every_form_of_help, descriptions_are_complete, the_written_reference_is_not_stale,
      a_full_disk_is_an_error)
