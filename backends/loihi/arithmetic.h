/* Register arithmetic of the neurons, shared by the loops of update.c and program.c. */
#ifndef HMN_BACKENDS_LOIHI_ARITHMETIC_H
#define HMN_BACKENDS_LOIHI_ARITHMETIC_H

#include "backends/loihi/dialect.h"
#include "core/base/fx.h"

#define INLINE static inline __attribute__((always_inline))

enum { TOP = 1 << 23 };

typedef struct {
    bool q_wraps, z_wraps;
    loihi_u_mode u_mode;
    loihi_v_mode v_mode;
    bool v_below; /* some compartment of the core may decay by a factor just below */
} arithmetic;

/* Additions wrap at 32 bits where a dialect has no narrower register. */
INLINE int32_t sum(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

INLINE int32_t limit_u(int32_t x, loihi_u_mode mode)
{
    if (mode == U_WRAPS)
        return fx_wrap32(x, 23);
    if (mode == U_WRAPS_ONCE) { /* 2^23 itself stays */
        x = x > TOP ? x - 2 * TOP : x;
        x = x <= -TOP ? x + 2 * TOP : x;
    }
    return x;
}

INLINE int32_t clip(int32_t x, int32_t low, int32_t high)
{
    x = x < low ? low : x;
    return x > high ? high : x;
}

#endif
