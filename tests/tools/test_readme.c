/* Tests that the README is true: each of its `build/hmn` lines runs, its network is valid, and the models that are
 * shipped compile. NET.yaml stands for the README's own network, and the digits are made few so that it takes seconds.
 */
#include "core/base/arena.h"
#include "tests/suite.h"
#include "tests/tools/program.h"

#include <stdbool.h>

static char *readme(hmn_arena *a)
{
    enum { ROOM = 1 << 16 };
    char *text = ARENA_NEW(a, char, ROOM);
    program_slurp(HMN_SOURCE_DIR "/README.md", text, ROOM);
    ck_assert_uint_gt(strlen(text), 500);
    return text;
}

static const char *replaced(hmn_arena *a, const char *line, const char *from, const char *to)
{
    const char *at = strstr(line, from);
    return at ? arena_printf(a, "%.*s%s%s", (int)(at - line), line, to, at + strlen(from)) : line;
}

/* The README's example, written to net.yaml. */
static void write_example(hmn_arena *a)
{
    char *start = strstr(readme(a), "```yaml\n"), *end = start ? strstr(start + 8, "```") : NULL;
    ck_assert_ptr_nonnull(end);
    *end = 0;
    program_write("net.yaml", start + 8);
}

static void succeeds(const char *line)
{
    const program_result *r = program_run(line);
    ck_assert_msg(r->status == 0, "%s\nended with %d: %s", line, r->status, r->err);
}

START_TEST(every_command_of_the_readme_runs)
{
    hmn_arena *a = arena_new(0);
    program_enter();
    write_example(a);
    unsigned n = 0;
    for (char *line = strtok(readme(a), "\n"); line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "build/hmn ", 10) != 0)
            continue;
        const char *command = arena_printf(a, "$HMN %s", line + 10);
        command = arena_printf(a, "%.*s", (int)strcspn(command, "#"), command);
        command = replaced(a, command, "NET.yaml", "net.yaml");
        command = replaced(a, command, "models/", HMN_SOURCE_DIR "/models/");
        bool learns = strstr(command, " run ") || strstr(command, " task ");
        succeeds(learns
                     ? arena_printf(a, "%s --set n_hidden=100 --set passes=1 --set n_train=20 --set n_test=20", command)
                     : command);
        n++;
    }
    ck_assert_uint_ge(n, 7);
    program_leave();
    arena_free(a);
}
END_TEST

START_TEST(the_network_of_the_readme_runs)
{
    hmn_arena *a = arena_new(0);
    program_enter();
    write_example(a);
    succeeds("$HMN check net.yaml --werror && $HMN run net.yaml --out out && test -s out/spikes/out.npy");
    program_leave();
    arena_free(a);
}
END_TEST

/* What loihi lacks of the terms of the bandit's rule, which has all. */
#define BANDIT_LESS "--ablate local_attention"

START_TEST(every_shipped_model_compiles)
{
    program_enter();
    succeeds("for net in " HMN_SOURCE_DIR "/models/*.yaml " HMN_SOURCE_DIR "/models/*/*.yaml; do "
             "case $net in */full/terms.yaml|*/full/signals.yaml|*/full/images.yaml) continue ;; " /* parts */
             "*/bandit.yaml|*/bandit_[rd]*.yaml|*/astrocyte.yaml|*_additive.yaml|*_eligibility.yaml) "
             "less='" BANDIT_LESS "';; "
             "*_presynaptic.yaml) less='--target loihi2';; "
             "*/bandit_nearest.yaml) less='" BANDIT_LESS " --target spinnaker';; "
             "*) less=;; esac; "
             "$HMN compile --quiet \"$net\" $less -o net.hmn || exit 1; done");
    program_leave();
}
END_TEST

SUITE("readme", every_command_of_the_readme_runs, the_network_of_the_readme_runs, every_shipped_model_compiles)
