/* Lines of input axons. Takes tables of axons, yields the number of the line that a message with an axon and an atom
 * arrives at: axons in order, the atoms of each side by side (eq. L25). Messages are translated once, at boot. */
#include "backends/loihi/lines.h"

#include "backends/loihi/core.h"

void lines_count(image_rows axons, uint32_t *out)
{
    out[0] = 0;
    for (uint64_t a = 0; a < axons.rows; a++)
        out[a + 1] = out[a] + (uint32_t)image_get(axons, a, LOIHI_AXONS_atoms) + 1;
}

static uint32_t pick(const uint32_t *first, uint32_t axons, uint32_t axon, uint32_t atom)
{
    return axon < axons && atom < first[axon + 1] - first[axon] ? first[axon] + atom : UINT32_MAX;
}

line_finder lines_open(const hmn_image *m, hmn_arena *a)
{
    return (line_finder){m, ARENA_NEW(a, uint32_t *, image_cores(m)), a};
}

uint32_t lines_find(line_finder *f, uint32_t core, uint32_t axon, uint32_t atom)
{
    if (core >= image_cores(f->image))
        return UINT32_MAX;
    image_rows axons = image_section(f->image, loihi_tables, LOIHI_AXONS, core);
    if (!f->first[core]) {
        f->first[core] = ARENA_NEW(f->arena, uint32_t, axons.rows + 1);
        lines_count(axons, f->first[core]);
    }
    return pick(f->first[core], (uint32_t)axons.rows, axon, atom);
}

uint32_t loihi_line(const void *rom, uint32_t axon, uint32_t atom)
{
    const loihi_rom *r = rom;
    if (r->shared)
        return pick(ROM(uint32_t, r, line), r->shared, axon, atom);
    return atom == 0 && axon < r->axons ? axon : UINT32_MAX;
}
