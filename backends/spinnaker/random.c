/* Random numbers as the SpiNNaker library draws them. Takes a state of four words, yields words, exponential variates
 * by von Neumann's comparison of uniform runs, and Poisson counts by Knuth's product (eq. S17-S19). Restated from
 * spinn_common at 1e3a090c (src/random.c, Apache-2.0), checked against vectors of the ARM code. */
#include "backends/spinnaker/random.h"

#include "backends/spinnaker/arith.h"

const spin_kiss spin_kiss_default = {123456789, 987654321, 43219876, 6543217};

void spin_kiss_validate(spin_kiss *k)
{
    if (k->y == 0)
        k->y = 13031301;
    k->carry = k->carry % 698769068 + 1;
}

uint32_t spin_kiss_draw(spin_kiss *k)
{
    k->x = 314527869u * k->x + 1234567u;
    k->y ^= k->y << 5;
    k->y ^= k->y >> 7;
    k->y ^= k->y << 22;
    uint64_t t = (uint64_t)4294584393u * k->z + k->carry;
    k->carry = (uint32_t)(t >> 32);
    k->z = (uint32_t)t;
    return k->x + k->y + k->z;
}

int32_t spin_exponential(spin_kiss *k)
{
    for (int32_t whole = 0;; whole = spin_add(whole, SPIN_ONE)) {
        uint32_t first = spin_kiss_draw(k), u = first, v;
        do {
            v = spin_kiss_draw(k);
            if (u < v)
                return spin_add(whole, spin_from_u032(first));
            u = spin_kiss_draw(k);
        } while (u < v);
    }
}

uint32_t spin_poisson(spin_kiss *k, uint32_t exp_minus_mean)
{
    uint32_t product = UINT32_MAX, count = 0;
    for (;;) {
        product = (uint32_t)((uint64_t)product * spin_kiss_draw(k) >> 32);
        if (product <= exp_minus_mean)
            return count;
        count++;
    }
}
