/* tools/results: the page holds what its CSV files say, and what a run gives comes into both. */
#include "tests/suite.h"
#include "tests/tools/program.h"

#include <stdio.h>
#include <string.h>

static void enter(void)
{
    program_enter();
    ck_assert_int_eq(program_run("mkdir -p tools docs && cp -r " HMN_SOURCE_DIR "/tools/results " HMN_SOURCE_DIR
                                 "/tools/results.d tools && cp -r " HMN_SOURCE_DIR "/docs/results " HMN_SOURCE_DIR
                                 "/docs/results.md docs")
                         ->status,
                     0);
}

static void leave(void) { program_leave(); }

/* Runs a line that must succeed. */
static void runs(const char *line)
{
    const program_result *r = program_run(line);
    ck_assert_msg(r->status == 0, "%s: %s", line, r->err);
}

START_TEST(the_page_is_made_of_its_files)
{
    enter();
    runs("tools/results --tables");
    runs("cmp docs/results.md " HMN_SOURCE_DIR "/docs/results.md");
    leave();
}
END_TEST

START_TEST(each_command_of_the_files_is_one_of_hmn)
{
    enter();
    runs("test $(sed 1d docs/results/bandit.csv | wc -l) -ge 24");
    runs("! sed 1d docs/results/*.csv | grep -v '^row,' | grep -v '\"\\(hmn task\\|hmn run\\|bench_continual\\) .*\"$'");
    leave();
}
END_TEST

/* A program that says what hmn task would, with the number of its arguments as the mean. */
static const char fake[] =
    "#!/bin/sh\n"
    "case $* in *' refused '*) echo 'x: error: no such thing' >&2; exit 1 ;; *' broken '*) exit 5 ;; esac\n"
    "printf '{\\n  \"task\": \"t\",\\n  \"seeds\": 2,\\n  \"score\": {\\n    \"mean\": %s,\\n    \"ci95\": 0.25,\\n"
    "    \"lowest\": 0.5,\\n    \"highest\": 1\\n  },\\n  \"totals\": {\\n  }\\n}\\n' \"0.$#\"\n";

START_TEST(what_a_run_gives_is_in_file_and_page)
{
    enter();
    program_write("fake", fake);
    program_write("tools/results.d/mine.sh",
                  "if begin; then measure one left t a b; measure one right refused x; measure two left t c; fi\n"
                  "table score 'left|right'\n");
    runs("chmod +x fake && HMN=./fake tools/results --seeds 2 mine");
    runs("grep '^one,left,score,2,0.12,0.25,0.5,1,\"hmn task t a b --seed 1001 --seeds 2\"$' docs/results/mine.csv");
    runs("grep '^| one | 0.120 ± 0.250 (0.50) | refused |$' docs/results.md");
    runs("grep '^<!-- bandit -->$' docs/results.md");
    /* one column again: the other stays */
    runs("HMN=./fake tools/results --seed 5 --seeds 2 --column left mine");
    runs("test $(grep -c 'seed 5 ' docs/results/mine.csv) = 2 && grep '^one,right,refused' docs/results/mine.csv");
    leave();
}
END_TEST

START_TEST(a_program_that_breaks_is_no_result)
{
    enter();
    program_write("fake", fake);
    program_write("tools/results.d/mine.sh", "if begin; then measure one left broken x; fi\ntable score left\n");
    ck_assert_int_ne(program_run("chmod +x fake && HMN=./fake tools/results mine")->status, 0);
    leave();
}
END_TEST

SUITE("results", the_page_is_made_of_its_files, each_command_of_the_files_is_one_of_hmn,
      what_a_run_gives_is_in_file_and_page, a_program_that_breaks_is_no_result)
