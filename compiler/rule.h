/* Learning rules as text: sums of products in Lava's notation, e.g. "2^-2*x1*y0 - 2^-2*y1*x0". */
#ifndef HMN_COMPILER_RULE_H
#define HMN_COMPILER_RULE_H

#include "core/base/diag.h"
#include "core/isa/rule.h"

/* HMN: Lava's texts, with a sign allowed before any literal (u0*w*-1), the rewards r0 and r1, and '*' required
 * between terms. LAVA: what Lava's own parser accepts, for replaying its rules; there w2 means w*2. Every text that
 * both accept means the same in both. */
typedef enum { RULE_GRAMMAR_HMN, RULE_GRAMMAR_LAVA } rule_grammar;

typedef struct {
    const char *text;
    hmn_span at; /* of the text, quotes included; messages point into it */
    rule_target target;
    rule_grammar grammar;
} rule_source;

enum { RULE_CONSTANT_LOW = -256, RULE_CONSTANT_HIGH = 255 };

/* Appends the products of one text to those of `rule`; all texts of a rule share one decimation k of u_k.
 * Reports every fault of the text; false when there was one. */
bool rule_parse(const rule_source *source, hmn_rule *rule, hmn_diag *d);

#endif
