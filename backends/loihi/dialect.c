/* The dialects' constants (docs/chips/loihi.md, section 2). A row a dialect, columns as in the header. */
#include "backends/loihi/dialect.h"

#include <string.h>

enum { FULL = 8388607 };

/* clang-format off */
const loihi_dialect loihi_dialects[DIALECT_COUNT] = {
/*                   name          ds     dm     decay q      z      u             v            sum    refr.  bias         exp touch  noise  delay epoch graded axon */
[DIALECT_CHIP]   = {"chip",        true,  false, 4095, true,  true,  U_WRAPS,      V_CLIPPED,   false, 1, 63, -4095, 4095, 7, false, true,  62, 63, false, 1},
[DIALECT_NENGO]  = {"nengo",       true,  false, 4095, true,  true,  U_WRAPS,      V_CLIPPED,   false, 0, 63, -FULL, FULL, 7, false, true,  62, 63, false, 2},
[DIALECT_LAVA]   = {"lava",        true,  false, 4095, false, false, U_WRAPS_ONCE, V_SYMMETRIC, true,  0, 1,  -4096, 4095, 7, false, false, 63, 63, true,  1},
[DIALECT_BRIAN2] = {"brian2loihi", false, false, 4096, false, false, U_KEPT,       V_KEPT,      false, 1, 64, 0,     0,    0, false, false, 62, 1,  false, 1},
[DIALECT_SANAFE] = {"sanafe",      false, false, 4096, false, false, U_KEPT,       V_KEPT,      false, 1, 64, -FULL, FULL, 7, true,  false, 62, 63, false, 1},
};
/* clang-format on */

loihi_dialect_id loihi_dialect_find(const char *name)
{
    uint32_t i = 0;
    while (name && i < DIALECT_COUNT && strcmp(name, loihi_dialects[i].name) != 0)
        i++;
    return (loihi_dialect_id)i;
}

int32_t loihi_delay_high(const hmn_limits *l, const loihi_dialect *d)
{
    return l->programs ? (int32_t)l->max_delay - 1 : d->delay_high;
}

uint32_t loihi_slots(const hmn_limits *l, loihi_dialect_id id, uint32_t high)
{
    uint32_t need = high + (l->programs || id == DIALECT_LAVA ? 1 : 2), slots = 8;
    while (slots < need)
        slots *= 2;
    return slots;
}
