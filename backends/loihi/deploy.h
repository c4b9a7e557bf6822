/* chip->deploy: the files that put an image onto a Loihi-style chip. */
#ifndef HMN_BACKENDS_LOIHI_DEPLOY_H
#define HMN_BACKENDS_LOIHI_DEPLOY_H

#include "backends/loihi/decode.h"
#include "core/base/text.h"
#include "core/chip.h"

/* Writes host.bin, and of each core core_NNN.bin and core_NNN.h; microcode.txt; and deploy_lava.py where Lava can
 * express the network. The image's tables have been checked (chip->check). */
bool loihi_deploy(const hmn_image *m, const hmn_chip *chip, hmn_files *out, hmn_arena *a, hmn_diag *d);

/* The learning profiles of one core as text: rules, traces, words. Adds nothing when it has none. */
void deploy_microcode(const hmn_core_view *v, hmn_text *out);

/* The rule that a profile of the core holds, without traces. */
void deploy_rule(image_rows profiles, image_rows microcode, uint32_t profile, hmn_rule *out);

/* A trace as a rule sees it: what a spike adds, and the factor a step (dialect nengo: an epoch). */
typedef struct {
    double impulse, keep;
} deploy_trace_row;

/* Trace RT_... of an axon and a compartment, as the rule of `profile` reads it. */
deploy_trace_row deploy_trace(const core_tables *t, uint32_t profile, uint64_t axon, uint64_t compartment,
                              uint32_t trace);

/* The script that builds the network in Lava. False after at least one call of out->omit: Lava cannot express it. */
bool deploy_lava(const hmn_image *m, const hmn_chip *chip, hmn_files *out, hmn_text *script, hmn_diag *d);

#endif
