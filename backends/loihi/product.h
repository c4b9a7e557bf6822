/* The arithmetic of one product of a learning rule (eq. L13). */
#ifndef HMN_BACKENDS_LOIHI_PRODUCT_H
#define HMN_BACKENDS_LOIHI_PRODUCT_H

#include "core/isa/rule.h"

#include <stdbool.h>

/* Accumulators have 15 bits and a sign. low: -2^15; dialect lava clips at -2^15 - 1. */
enum { PRODUCT_FRACTION = 7, PRODUCT_HIGH = 32767, PRODUCT_LOW = -32768, PRODUCT_LOW_LAVA = -32769 };

/* D 2^e m prod (V + C), in units of 2^-7 of the target; dependency 0 or 1; value[] by rule_var. */
int32_t product_value(const rule_product *p, int32_t dependency, const int32_t *value, int32_t low);

/* Whether a factor makes it zero, whatever is drawn. */
bool product_is_zero(const rule_product *p, const int32_t *value);

/* As product_value, but rounded stochastically, and only once, after the exponent (eq. L43). draw: uniform. */
int32_t product_rounded(const rule_product *p, int32_t dependency, const int32_t *value, uint32_t draw);

/* The accumulator after one more product. */
int32_t product_add(int32_t accumulator, int32_t product, int32_t low);

/* The product as other dialects take it: `dropped` bits of the whole are lost at once, in the same shift that applies
 * the exponent; factors saturate when `bounded`; the sum has no bounds. */
int64_t product_one_shift(const rule_product *p, const int32_t *value, uint32_t dropped, bool bounded);

/* Bits of the factors together. */
uint32_t product_width(const rule_product *p);

#endif
