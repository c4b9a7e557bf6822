/* A small network for tests of commands: four sources onto three cells, with probes. */
#ifndef HMN_TESTS_NETWORK_H
#define HMN_TESTS_NETWORK_H

#include "tests/tools/program.h"

static const char network_text[] = "hmn: 1\n"
                                   "network: {name: small, dt: 1 ms}\n"
                                   "parameters: {w: 40}\n"
                                   "populations:\n"
                                   "  in: {size: 4, model: spike_source}\n"
                                   "  cells:\n"
                                   "    size: 3\n"
                                   "    model: loihi_lif\n"
                                   "    params: {decay_u: 1024, decay_v: 256, vth_mant: 100}\n"
                                   "projections:\n"
                                   "  feed: {pre: in, post: cells, connector: {type: all_to_all}, weight: '${w}', "
                                   "delay: 2 ms}\n"
                                   "stimuli:\n"
                                   "  given: {target: in, type: spikes, times: [[0, 0], [0, 1], [3, 2], [4, 3]]}\n"
                                   "probes:\n"
                                   "  volts: {target: cells, record: v, every: 2}\n"
                                   "  weights: {target: feed, record: weight, every: 10}\n"
                                   "target: {chip: loihi}\n"
                                   "run: {duration: 20 ms, seed: 3}\n";

static inline void network_enter(void)
{
    program_enter();
    program_write("net.yaml", network_text);
}

/* Runs a line that must succeed. */
static inline program_result *network_ok(const char *line)
{
    program_result *r = program_run(line);
    ck_assert_msg(r->status == 0, "%s: status %d\n%s", line, r->status, r->err);
    return r;
}

/* Runs a line that must fail with this status and these words. */
static inline program_result *network_fails(const char *line, int status, const char *words)
{
    program_result *r = program_run(line);
    ck_assert_msg(r->status == status, "%s: status %d, not %d\n%s%s", line, r->status, status, r->out, r->err);
    ck_assert_msg(strstr(r->err, words), "%s: said\n%s", line, r->err);
    return r;
}

#endif
