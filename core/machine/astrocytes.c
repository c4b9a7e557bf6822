/* Astrocytes in fixed point. Takes the level of a modulator, yields A and M. */
#include "core/machine/astrocytes.h"

#include "core/base/fx.h"

int64_t astrocyte_next(const astrocyte_facts *f, int64_t a_q32, int64_t level_q16)
{
    int64_t wanted = level_q16 * f->gain, away = fx_sat(wanted, -((int64_t)1 << 62), (int64_t)1 << 62) - a_q32;
    int64_t move = (int64_t)(((__int128)away * f->rate + ((__int128)1 << 31)) >> 32); /* to nearest, halves up */
    return fx_sat(a_q32 + move, 0, fx_shl(f->most, 16));
}

int32_t astrocyte_effect(const astrocyte_facts *f, int64_t a_q32)
{
    int64_t a = fx_shr_rd(a_q32, 16), at = a * ASTROCYTE_LINES * 65536 / f->most, line = fx_shr_rd(at, 16);
    if (line >= ASTROCYTE_LINES)
        return f->effect[ASTROCYTE_LINES];
    int64_t low = f->effect[line], high = f->effect[line + 1];
    return (int32_t)(low + fx_shr_rn((high - low) * (at - fx_shl(line, 16)), 16));
}

const astrocyte_facts *astrocytes_boot(const hmn_image *image, uint32_t nmodulators, hmn_arena *a, hmn_diag *d)
{
    enum { NAME, MODULATOR, RATE, GAIN, MOST };
    image_rows rows = image_host(image, HOST_ASTROCYTES), hill = image_host(image, HOST_HILL);
    astrocyte_facts *facts = ARENA_NEW(a, astrocyte_facts, rows.rows + 1);
    bool good = hill.rows == rows.rows * (ASTROCYTE_LINES + 1);
    for (uint32_t k = 0; good && k < rows.rows; k++) {
        astrocyte_facts *f = &facts[k];
        f->modulator = (uint32_t)image_get(rows, k, MODULATOR);
        f->rate = (uint32_t)image_get(rows, k, RATE);
        f->gain = (int32_t)image_get(rows, k, GAIN);
        f->most = (int32_t)image_get(rows, k, MOST);
        for (uint32_t i = 0; i <= ASTROCYTE_LINES; i++)
            f->effect[i] = (int32_t)image_get(hill, (uint64_t)k * (ASTROCYTE_LINES + 1) + i, 0);
        good = f->modulator < nmodulators && f->most > 0;
    }
    if (good)
        return facts;
    diag_report(d, DIAG_IMAGE_TABLE, (hmn_span){0}, "the image's astrocytes lack a curve or name no modulator");
    return NULL;
}
