/* Learning rules as 32-bit words, the form in which a core stores them. The encoding is this project's own.
 *
 *    31    28 27  26 25  24 23    20 19    16 15      11 10     7 6         0
 *   +--------+------+------+--------+--------+----------+--------+-----------+
 *   | prod=1 |  z   |  D   |   k    | mant s4|  exp s5  |  nfac  |a|d|   0   |   one product,
 *   +--------+------+------+--------+--------+----------+--------+-----------+
 *   +--------+-------------+---+---------------------------------+-----------+
 *   | fact=2 |     var     |sgn|                0                | const s10 |   then its factors
 *   +--------+-------------+---+---------------------------------+-----------+
 *    31    28 27         24  23 22                             10 9         0
 *
 *   +--------+-----------------------------------------------------------+
 *   | round=3|                             0                             |   extended ops stand before the products,
 *   +--------+---------------+----+------+-------------------------------+   each at most once, in this order
 *   | att=4  |   group 8     |mean|  0   |            gain 16            |
 *   +--------+-------+-------+----+------+-------------------------------+
 *   | draw=5 |table 4|shift 4|     0     |            first 16           |
 *   +--------+-------+-------+-----------+-------------------------------+
 *
 * A program is the ops and products of one rule in order, for all targets; its length is kept beside it. */
#ifndef HMN_ISA_ULEARN_H
#define HMN_ISA_ULEARN_H

#include "core/isa/rule.h"

#include <stddef.h>
#include <stdint.h>

typedef enum {
#define ULEARN_OP(id, code, mnemonic, meaning) ULEARN_##id = code,
#include "core/isa/ulearn.def"
} ulearn_op;

enum { ULEARN_HEAD_WORDS = 3, ULEARN_MAX_WORDS = ULEARN_HEAD_WORDS + RULE_MAX_PRODUCTS * (1 + RULE_MAX_FACTORS) };
enum { ULEARN_ROUNDED_LOW = -16 }; /* least exponent after ROUND */

/* What a chip's engine can run. Bit v of legal_vars: rule_var v may be a factor; bit o of legal_ops: ulearn_op o. */
typedef struct {
    uint32_t legal_vars, max_products, max_factors;
    int32_t mantissa_low, mantissa_high, exponent_low, exponent_high;
    uint32_t legal_ops;
} ulearn_legal;

const char *ulearn_var_name(rule_var v);
uint32_t ulearn_var_width(rule_var v);

/* Words of the rule's ops and products. */
uint32_t ulearn_length(const hmn_rule *r);

/* Encodes ops and products into `word` (room for ulearn_length). False when a field does not hold its value. */
bool ulearn_encode(const hmn_rule *r, uint32_t *word);

/* Decodes `count` words into the ops and products of `out` (its other members stay). Returns the index of the first
 * word that is no part of a program, or `count`; then encoding `out` gives the same words. */
uint32_t ulearn_decode(const uint32_t *word, uint32_t count, hmn_rule *out);

/* Index of the first product that the engine cannot run and why, 0 also for an op at the head that it lacks;
 * nproducts when all is legal. */
uint32_t ulearn_check(const hmn_rule *r, const ulearn_legal *legal, const char **why);

/* One word as text, e.g. "prod w x0 -3*2^-2 n=1" or "fact sgn(w + 5)"; cut to `size`. */
void ulearn_word_text(uint32_t word, char *text, size_t size);

/* The assembler: the word of such a text, blanks aside. False when it is none. For every word it is the inverse of
 * ulearn_word_text, also for those that are no part of a program ("? 0x01234567"). */
bool ulearn_word_parse(const char *text, uint32_t *word);

/* One product as an equation, e.g. "dw += -3*2^-2 * x0 * (x1 + 5)". */
void ulearn_product_text(const rule_product *p, char *text, size_t size);

#endif
