/* The summary of a run: summary.json, and the lines on standard output. */
#ifndef HMN_TOOLS_SUMMARY_H
#define HMN_TOOLS_SUMMARY_H

#include "core/chip.h"
#include "core/timing/timing.h"
#include "models/tasks/task.h"
#include "tools/json_out.h"
#include "tools/layout.h"
#include "tools/record.h"

typedef struct {
    const char *target;
    const layout *net;
    const hmn_image *image; /* NULL for the reference */
    const hmn_chip *chip;
    uint32_t steps, threads;
    uint64_t seed, spikes, digest;
    hmn_counters count; /* of the reference: synaptic events and weight updates only */
    uint32_t cores, chips;
    double wall;
    const task_results *task; /* NULL: none */
    const hmn_timing *timing; /* NULL: off */
} run_summary;

/* Fills everything but steps, threads, seed, wall, task and timing. */
void summary_take(run_summary *s, const record_subject *subject, const hmn_image *image, const hmn_chip *chip);
void summary_members(const run_summary *s, json_out *j); /* into the open object */
void summary_json(const run_summary *s, FILE *out);
void summary_text(const run_summary *s, const char *dir, FILE *out);

#endif
