/* Learning microcode for readers. Takes a core's tables, yields its rules in Lava's notation, the settings of the
 * traces, and each word with its disassembly. */
#include "backends/loihi/deploy.h"

#include "backends/loihi/tables.h"

#include "core/base/bug.h"
#include "core/isa/ulearn.h"

#include <inttypes.h>

void deploy_rule(image_rows profiles, image_rows microcode, uint32_t profile, hmn_rule *out)
{
    uint32_t word[ULEARN_MAX_WORDS], n = (uint32_t)image_get(profiles, profile, LOIHI_PROFILES_words);
    uint64_t first = (uint64_t)image_get(profiles, profile, LOIHI_PROFILES_first);
    *out = (hmn_rule){.r1_channel = (uint8_t)image_get(profiles, profile, LOIHI_PROFILES_channel)};
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

/* A row of pre_traces or post_traces: impulse and decay of each trace in turn. */
static void add_traces(const char *table, const char *const *name, uint32_t ntraces, image_rows rows, hmn_text *out)
{
    for (uint64_t r = 0; r < rows.rows; r++) {
        text_add(out, "  %s %" PRIu64 ":", table, r);
        for (uint32_t k = 0; k < ntraces; k++)
            text_add(out, "%s %s += %g at a spike, *= %" PRId64 "/4096 a step", k ? ";" : "", name[k],
                     (double)image_get(rows, r, 2 * k) / 256, image_get(rows, r, 2 * k + 1));
        text_add(out, "\n");
    }
}

void deploy_microcode(const hmn_core_view *v, hmn_text *out)
{
    static const char *const pre[] = {"x1", "x2"}, *const post[] = {"y1", "y2", "y3"};
    image_rows core = image_section(v->image, loihi_tables, LOIHI_CORE, v->core),
               profiles = image_section(v->image, loihi_tables, LOIHI_PROFILES, v->core),
               microcode = image_section(v->image, loihi_tables, LOIHI_MICROCODE, v->core);
    if (profiles.rows == 0)
        return;
    text_add(out, "core %" PRIu32 ": epoch of %" PRId64 " steps\n", v->core, image_get(core, 0, LOIHI_CORE_epoch));
    for (uint32_t i = 0; i < profiles.rows; i++) {
        hmn_rule rule;
        deploy_rule(profiles, microcode, i, &rule);
        text_add(out, "  profile %" PRIu32 ": r1 reads register %d\n", i, rule.r1_channel);
        add_rule(&rule, out);
        add_words(profiles, microcode, i, out);
    }
    add_traces("pre_traces", pre, 2, image_section(v->image, loihi_tables, LOIHI_PRE_TRACES, v->core), out);
    add_traces("post_traces", post, 3, image_section(v->image, loihi_tables, LOIHI_POST_TRACES, v->core), out);
}
