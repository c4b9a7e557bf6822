/* Learning microcode for readers. Takes a core's tables, yields its rules in Lava's notation, the settings of the
 * traces, and each word with its disassembly. */
#include "backends/loihi/deploy.h"

#include "backends/loihi/dialect.h"

#include "core/base/bug.h"
#include "core/isa/ulearn.h"

#include <inttypes.h>
#include <math.h>

void deploy_rule(image_rows profiles, image_rows microcode, uint32_t profile, hmn_rule *out)
{
    uint32_t word[ULEARN_MAX_WORDS], n = (uint32_t)image_get(profiles, profile, LOIHI_PROFILES_words);
    uint64_t first = (uint64_t)image_get(profiles, profile, LOIHI_PROFILES_first);
    *out = (hmn_rule){.r1_channel = (uint8_t)image_get(profiles, profile, LOIHI_PROFILES_channel),
                      .epoch = (uint8_t)image_get(profiles, profile, LOIHI_PROFILES_epoch),
                      .held = image_get(profiles, profile, LOIHI_PROFILES_held) != 0,
                      .graded = (uint8_t)image_get(profiles, profile, LOIHI_PROFILES_graded),
                      .counts_channel = (uint8_t)image_get(profiles, profile, LOIHI_PROFILES_counts),
                      .counts_one = (uint8_t)image_get(profiles, profile, LOIHI_PROFILES_counts_one)};
    for (uint32_t i = 0; i < n; i++)
        word[i] = (uint32_t)image_get(microcode, first + i, LOIHI_MICROCODE_word);
    HMN_ASSERT(ulearn_decode(word, n, out) == n);
}

static void add_rule(const hmn_rule *r, hmn_text *out)
{
    static const char *const name[RULE_TARGETS] = {"dw", "dd", "dt"};
    for (uint32_t t = 0; t < RULE_TARGETS; t++) {
        const char *text = rule_text(r, (rule_target)t, out->arena);
        if (*text)
            text_add(out, "    %s = %s\n", name[t], text);
    }
}

static void add_words(image_rows profiles, image_rows microcode, uint32_t profile, hmn_text *out)
{
    uint64_t first = (uint64_t)image_get(profiles, profile, LOIHI_PROFILES_first),
             n = (uint64_t)image_get(profiles, profile, LOIHI_PROFILES_words);
    for (uint64_t i = first; i < first + n; i++) {
        char text[96];
        uint32_t word = (uint32_t)image_get(microcode, i, LOIHI_MICROCODE_word);
        ulearn_word_text(word, text, sizeof text);
        text_add(out, "    %4" PRIu64 "  %08" PRIx32 "  %s\n", i, word, text);
    }
}

/* ---- traces ---- */

/* Factor of a decay: in 1/4096, or what a curve makes of 255. */
static double keep_of(const core_tables *t, int64_t decay)
{
    if (!loihi_own_traces((loihi_dialect_id)t->core[LOIHI_CORE_dialect]))
        return (double)decay / 4096;
    if (decay == 0)
        return 0;
    uint64_t row = (uint64_t)(decay - 1) * 256 + 255;
    image_rows r = t->table[LOIHI_DECAYS];
    return ((double)image_get(r, row, LOIHI_DECAYS_whole) +
            ldexp((double)image_get(r, row, LOIHI_DECAYS_fraction), -32)) /
           255;
}

static deploy_trace_row trace_in(const core_tables *t, loihi_table table, uint64_t row, uint32_t column)
{
    image_rows r = t->table[table];
    return (deploy_trace_row){(double)image_get(r, row, column) / 256, keep_of(t, image_get(r, row, column + 1))};
}

deploy_trace_row deploy_trace(const core_tables *t, uint32_t profile, uint64_t axon, uint64_t compartment,
                              uint32_t trace)
{
    bool own = loihi_own_traces((loihi_dialect_id)t->core[LOIHI_CORE_dialect]);
    int64_t pre = image_get(t->table[LOIHI_AXONS], axon, LOIHI_AXONS_pre_trace),
            post = image_get(t->table[LOIHI_COMPARTMENTS], compartment, LOIHI_COMPARTMENTS_post_trace);
    if (trace < RT_Y1)
        return trace_in(t, LOIHI_PRE_TRACES, own ? profile : (uint64_t)(pre - 1), 2 * trace);
    return trace_in(t, LOIHI_POST_TRACES, own ? profile : (uint64_t)(post - 1), 2 * (trace - RT_Y1));
}

/* Impulse and factor of each trace of a row of pre_traces or post_traces. */
static void add_traces(const core_tables *t, loihi_table table, const char *const *name, uint32_t ntraces,
                       hmn_text *out)
{
    const char *every = t->core[LOIHI_CORE_dialect] == DIALECT_NENGO ? "an epoch" : "a step";
    for (uint64_t r = 0; r < t->table[table].rows; r++) {
        text_add(out, "  %s %" PRIu64 ":", loihi_tables[table].name, r);
        for (uint32_t k = 0; k < ntraces; k++) {
            deploy_trace_row row = trace_in(t, table, r, 2 * k);
            text_add(out, "%s %s += %g at a spike, *= %.8g %s", k ? ";" : "", name[k], row.impulse, row.keep, every);
        }
        int64_t written = table == LOIHI_POST_TRACES ? image_get(t->table[table], r, LOIHI_POST_TRACES_y3_register) : 0;
        if (written)
            text_add(out, "; register %d is written into y3", (int)written - 1);
        text_add(out, "\n");
    }
}

void deploy_microcode(const hmn_core_view *v, hmn_text *out)
{
    static const char *const pre[] = {"x1", "x2"}, *const post[] = {"y1", "y2", "y3"};
    core_tables t;
    HMN_ASSERT(decode_tables(v, &t));
    image_rows profiles = t.table[LOIHI_PROFILES], microcode = t.table[LOIHI_MICROCODE];
    for (uint32_t i = 0; i < profiles.rows; i++) {
        hmn_rule rule;
        deploy_rule(profiles, microcode, i, &rule);
        text_add(out, "core %" PRIu32 " profile %" PRIu32 ": epoch of %d steps, r1 reads register %d%s%s\n", v->core, i,
                 rule.epoch, rule.r1_channel, rule.held ? ", third factors" : "", rule.graded ? ", graded spikes" : "");
        if (rule.counts_channel)
            text_add(out, "  spikes count register %d, of which %d is 1\n", rule.counts_channel - 1,
                     1 << rule.counts_one);
        add_rule(&rule, out);
        add_words(profiles, microcode, i, out);
    }
    if (profiles.rows) {
        add_traces(&t, LOIHI_PRE_TRACES, pre, 2, out);
        add_traces(&t, LOIHI_POST_TRACES, post, 3, out);
    }
}
