/* Key allocation by zones, as PACMAN's zoned allocator does it (read and restated): the number of the population, that
 * of the part, the rest for the part's own keys. The same two borders for all populations when 32 bits allow that, so
 * that entries of one population, and of neighbours, merge into powers of two; where they do not, a population with
 * many keys a part moves the lower border for itself, and the upper one stays. */
#include "backends/spinnaker/keys.h"

enum { KEY_BITS = 32 };

/* Bits that number n things: 0 for one. */
static uint32_t bits_of(uint32_t n) { return n < 2 ? 0 : KEY_BITS - (uint32_t)__builtin_clz(n - 1); }

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint32_t mask_above(uint32_t bits) { return bits >= KEY_BITS ? 0 : ~(((uint32_t)1 << bits) - 1); }

bool spin_keys_allocate(const spin_key_need *need, uint32_t n, spin_key_zone *out, hmn_span at, hmn_diag *d)
{
    uint32_t senders = 0, part = 0, own = 0, both = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (need[i].keys == 0)
            continue;
        senders++;
        part = larger(part, bits_of(need[i].parts));
        own = larger(own, bits_of(need[i].keys));
        both = larger(both, bits_of(need[i].parts) + bits_of(need[i].keys));
    }
    uint32_t population = bits_of(senders);
    if (population + both > KEY_BITS || own == KEY_BITS) {
        diag_report(d, DIAG_FIT_AXONS, at,
                    "keys need %u bits for %u populations and %u for the cores and neurons of the largest; a packet "
                    "has %d",
                    population, senders, both, KEY_BITS);
        diag_cure(d, "use fewer populations, or fewer neurons in the largest");
        return false;
    }
    /* bits below the population's number: enough for all, or what is left */
    uint32_t below = part + own < KEY_BITS - population ? part + own : KEY_BITS - population, number = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (need[i].keys == 0) {
            out[i] = (spin_key_zone){0, 0, 0};
            continue;
        }
        uint32_t shift = below - part, wanted = bits_of(need[i].keys);
        out[i] = (spin_key_zone){below < KEY_BITS ? number << below : 0, mask_above(below), larger(shift, wanted)};
        number++;
    }
    return true;
}
