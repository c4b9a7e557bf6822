/* Reads a core's tables. Takes an image, yields the core row, formats and a cursor over synapse blocks. Shared by
 * check, which judges every value, and by boot, which then may trust them. */
#include "backends/loihi/decode.h"

bool decode_tables(const hmn_core_view *v, core_tables *out)
{
    for (uint32_t i = 0; i < LOIHI_TABLES; i++)
        out->table[i] = image_section(v->image, loihi_tables, i, v->core);
    image_rows core = out->table[LOIHI_CORE], formats = out->table[LOIHI_FORMATS];
    if (core.rows != 1 || formats.rows > 15)
        return false;
    for (uint32_t c = 0; c < LOIHI_CORE_COLUMNS; c++)
        out->core[c] = image_get(core, 0, c);
    out->nformats = (uint32_t)formats.rows;
    uint32_t most = v->chip->limits->compartments;
    const uint8_t *index_bits = loihi_index_widths(most);
    for (uint32_t i = 0; i < out->nformats; i++)
        out->format[i] =
            (loihi_format){.weight_bits = loihi_weight_bits[image_get(formats, i, LOIHI_FORMATS_weight_bits)],
                           .index_bits = index_bits[image_get(formats, i, LOIHI_FORMATS_index_bits)],
                           .delay_bits = (int32_t)image_get(formats, i, LOIHI_FORMATS_delay_bits),
                           .tag_bits = loihi_tag_bits[image_get(formats, i, LOIHI_FORMATS_tag_bits)],
                           .skip_bits = (int32_t)image_get(formats, i, LOIHI_FORMATS_skip_bits),
                           .run_bits = (int32_t)image_get(formats, i, LOIHI_FORMATS_run_bits),
                           .exponent = (int32_t)image_get(formats, i, LOIHI_FORMATS_exponent),
                           .sign = (int32_t)image_get(formats, i, LOIHI_FORMATS_sign),
                           .compression = (int32_t)image_get(formats, i, LOIHI_FORMATS_compression),
                           .profile = (int32_t)image_get(formats, i, LOIHI_FORMATS_profile),
                           .w_min = (int32_t)image_get(formats, i, LOIHI_FORMATS_w_min),
                           .w_max = (int32_t)image_get(formats, i, LOIHI_FORMATS_w_max),
                           .second_bits = (int32_t)image_get(formats, i, LOIHI_FORMATS_second_bits),
                           .port = (int32_t)image_get(formats, i, LOIHI_FORMATS_port),
                           .cost = (int32_t)image_get(formats, i, LOIHI_FORMATS_cost),
                           .first_more = loihi_first_more(most)};
    return true;
}

block_cursor decode_axon(const core_tables *t, uint64_t axon, uint32_t atom)
{
    image_rows axons = t->table[LOIHI_AXONS];
    uint64_t words = (uint64_t)image_get(axons, axon, LOIHI_AXONS_words);
    uint64_t skip = image_get(axons, axon, LOIHI_AXONS_same) ? 0 : atom * words;
    uint64_t at = (uint64_t)image_get(axons, axon, LOIHI_AXONS_pointer) + skip;
    return (block_cursor){.at = at, .end = at + words, .base = (uint32_t)image_get(axons, axon, LOIHI_AXONS_base)};
}

uint32_t decode_atoms(const core_tables *t, uint64_t axon)
{
    return (uint32_t)image_get(t->table[LOIHI_AXONS], axon, LOIHI_AXONS_atoms) + 1;
}

uint32_t decode_lines(const core_tables *t)
{
    return (uint32_t)(t->core[LOIHI_CORE_axons] + t->core[LOIHI_CORE_atoms]);
}

bool decode_block(const core_tables *t, block_cursor *c, bool *bad)
{
    *bad = false;
    if (c->at == c->end)
        return false;
    if (c->end > t->table[LOIHI_SYNAPSES].rows ||
        !unpack_block(t->format, t->nformats, t->table[LOIHI_SYNAPSES].words + c->at, c->end - c->at, &c->block)) {
        *bad = true;
        return false;
    }
    for (uint32_t i = 0; i < c->block.count; i++) {
        loihi_synapse *s = &c->block.synapse[i];
        *bad |= s->compartment > UINT16_MAX - c->base;
        s->compartment = (uint16_t)(s->compartment + c->base);
    }
    c->at += c->block.words;
    return !*bad;
}

block_origin decode_origin(const core_tables *t, uint64_t word)
{
    image_rows origins = t->table[LOIHI_ORIGINS];
    uint64_t low = 0, high = origins.rows;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if ((uint64_t)image_get(origins, middle, LOIHI_ORIGINS_word) < word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == origins.rows || (uint64_t)image_get(origins, low, LOIHI_ORIGINS_word) != word)
        return (block_origin){NET_NONE, NET_NONE};
    return (block_origin){(uint32_t)image_get(origins, low, LOIHI_ORIGINS_projection),
                          (uint32_t)image_get(origins, low, LOIHI_ORIGINS_synapse)};
}
