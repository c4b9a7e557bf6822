/* One step of the Loihi compartment. Takes parameters, state and the sum of inputs, yields u, v and whether it fires,
 * with the registers' widths of the dialect `chip`. */
#include "backends/spinnaker/loihi_lif.h"

#include "core/base/fx.h"

/* eq. L10 */
static int32_t shaped(int32_t word, int32_t draw)
{
    uint32_t exponent = (uint32_t)word & 0xFF;
    int64_t x = draw + 64 * fx_wrap((int64_t)((uint32_t)word >> 8 & 0xFF), 7);
    return (int32_t)(exponent >= 7 ? fx_shl(x, exponent - 7) : fx_shr_rz(x, 7 - exponent));
}

bool loihi_lif_tick(const int32_t *param, int32_t *state, int32_t q, int32_t noise)
{
    bool noisy = ((uint32_t)param[LOIHI_LIF_NOISE] & 0xFF) != 0, at_v = (uint32_t)param[LOIHI_LIF_NOISE] >> 16 & 1;
    int64_t extra = noisy ? shaped(param[LOIHI_LIF_NOISE], noise) : 0;
    int32_t u = state[0], v = state[1];
    q = (int32_t)fx_wrap(q + (at_v ? 0 : extra), 21); /* eq. L1 */
    u = (int32_t)fx_wrap((int64_t)fx_decay12_rz(u, (uint32_t)(4096 - param[LOIHI_LIF_DECAY_U])) + q, 23);
    int64_t z = fx_wrap((int64_t)u + param[LOIHI_LIF_BIAS] + (at_v ? extra : 0), 23);
    v = (int32_t)fx_sat(fx_decay12_rz(v, (uint32_t)(4096 - param[LOIHI_LIF_DECAY_V])) + z, param[LOIHI_LIF_LOW],
                        param[LOIHI_LIF_HIGH]); /* eq. L3, L5 */
    v = state[2] > 0 ? 0 : v;
    bool fires = v > param[LOIHI_LIF_THRESHOLD];
    int32_t rest = fires ? param[LOIHI_LIF_REFRACTORY] : state[2];
    state[0] = u;
    state[1] = fires ? 0 : v;
    state[2] = rest - (rest > 0);
    return fires;
}
