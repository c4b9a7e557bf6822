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
    runs(
        "! sed 1d docs/results/*.csv | grep -v '^row,' | grep -v '\"\\(hmn task\\|hmn run\\|bench_continual\\) .*\"$'");
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
    runs("HMN=./fake tools/results --seed 6 --seeds 2 --column left --row one mine");
    runs("test $(grep -c 'seed 6 ' docs/results/mine.csv) = 1 && test $(grep -c . docs/results/mine.csv) = 4");
    leave();
}
END_TEST

/* One whose score is its seed, less the value of --less in every second seed; --other spikes more; no seed is beyond 2.
 */
static const char scoring[] =
    "#!/bin/sh\n"
    "less=0 spikes=7\n"
    "case $* in *refused*) echo 'x: error: no such thing' >&2; exit 1 ;; esac\n"
    "while [ $# -gt 0 ]; do case $1 in --less) less=$2 spikes=8 ;; --other) spikes=8 ;; esac; shift; done\n"
    "printf '{\\n  \"task\": \"t\",\\n  \"seeds\": 2,\\n  \"score\": {\\n    \"mean\": 1.5,\\n    \"ci95\": 0.5,\\n'\n"
    "printf '    \"lowest\": 1,\\n    \"highest\": 2\\n  },\\n  \"totals\": {\\n    \"spikes\": 3\\n  },\\n  \"runs\": "
    "[\\n'\n"
    "for seed in 1 2; do\n"
    "    printf '    {\\n      \"seed\": %s,\\n      \"spikes\": %s,\\n      \"synaptic_events\": 1,\\n' $seed "
    "$spikes\n"
    "    echo $seed $less | awk '{ printf \"      \\\"score\\\": %g\\n    },\\n\", $1 - $2 * ($1 - 0.9) }'\n"
    "done\n"
    "printf '  ]\\n}\\n'\n";

/* Differences of 0.1 less and 1.1 less: their mean is -0.6, their deviation 0.7071, Student's t 12.706. */
START_TEST(differences_are_told_seed_by_seed)
{
    enter();
    program_write("fake", scoring);
    program_write("tools/results.d/mine.sh", "if begin; then\n"
                                             "versus runs all left t\n"
                                             "versus runs less left t --less 1\n"
                                             "! picked same || versus runs same left t\n"
                                             "! picked level || versus runs level left t --other\n"
                                             "! picked never || versus runs never left t refused\n"
                                             "rm -f other; versus other all right t\n"
                                             "fi\n"
                                             "differences 'left|right'\n");
    runs("chmod +x fake && HMN=./fake tools/results --seeds 2 mine");
    runs("grep '^less,left,delta,2,-0.6,6.353,-1.1,-0.1,\"hmn task t --less 1 --seed 1001 --seeds 2\"$' "
         "docs/results/mine.csv");
    runs("grep '^| all | 1.500 ± 0.500 | 1.500 ± 0.500 |$' docs/results.md");
    runs("grep '^| less | -0.600 ± 6.353 | – |$' docs/results.md");
    runs("grep '^| same | idle | – |$' docs/results.md");
    runs("grep '^| level | +0.000 ± 0.000 | – |$' docs/results.md");
    runs("grep '^| never | refused | – |$' docs/results.md");
    /* one row again: the runs that it is held against are made anew, but not told */
    runs("sed -i 's/--less 1$/--less 2/' tools/results.d/mine.sh && rm runs && HMN=./fake tools/results --seeds 2 "
         "--row less mine");
    runs("grep '^less,left,delta,2,-1.2,12.706,-2.2,-0.2,' docs/results/mine.csv");
    runs("test $(grep -c '^all,' docs/results/mine.csv) = 2");
    leave();
}
END_TEST

START_TEST(a_difference_beyond_its_interval_is_bold)
{
    enter();
    runs("printf 'row,column,number,seeds,mean,ci95,lowest,highest,command\\n"
         "all,left,score,9,150,2,1,2,x\\nless,left,delta,9,-3,2.9,-4,-2,x\\nmore,left,delta,9,3,3.1,2,4,x\\n' "
         ">docs/results/mine.csv");
    program_write("tools/results.d/mine.sh", "differences left\n");
    runs("tools/results --tables mine");
    runs("grep '^| all | 150.0 ± 2.0 |$' docs/results.md");
    runs("grep '^| less | \\*\\*-3.0 ± 2.9\\*\\* |$' docs/results.md");
    runs("grep '^| more | +3.0 ± 3.1 |$' docs/results.md");
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
      what_a_run_gives_is_in_file_and_page, differences_are_told_seed_by_seed, a_difference_beyond_its_interval_is_bold,
      a_program_that_breaks_is_no_result)
