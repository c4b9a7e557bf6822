/* Curves of the management processor in integers: what equations 4 and 7 need beyond sums and products. */
#ifndef HMN_MACHINE_CURVE_H
#define HMN_MACHINE_CURVE_H

#include <stdint.h>

/* 65536 cos(2 pi phase / 2^32); only the upper 16 bits of the phase count. */
int32_t curve_cos(uint32_t phase);

/* 2^30 2^(-a / 65536), rounded down; 0 from a = 32 * 65536 on. */
uint32_t curve_exp2(uint64_t a);

/* share_k = 65536 2^logit_k / sum_l 2^logit_l; logits in 1/65536, |logit| < 2^60, n >= 1. Shares add up to
 * 65536 within n. */
void curve_softmax(const int64_t *logit, uint32_t n, uint32_t *share);

/* 65536 2^(a / 65536), rounded down; at most 2^46, from a = 30 * 65536 on. */
uint64_t curve_power(int64_t a);

/* 65536 log2(x), x >= 1; within 5 of it. */
int32_t curve_log2(uint64_t x);

/* Whole part of the square root. */
uint32_t curve_root(uint64_t x);

#endif
