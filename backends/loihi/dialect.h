/* Arithmetic dialects: published emulators of the chip disagree in corners, so one engine has switches. */
#ifndef HMN_BACKENDS_LOIHI_DIALECT_H
#define HMN_BACKENDS_LOIHI_DIALECT_H

#include "core/chip.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    DIALECT_CHIP,
    DIALECT_NENGO,
    DIALECT_LAVA,
    DIALECT_BRIAN2,
    DIALECT_SANAFE,
    DIALECT_COUNT
} loihi_dialect_id;
typedef enum { U_KEPT, U_WRAPS, U_WRAPS_ONCE } loihi_u_mode;
typedef enum { V_KEPT, V_CLIPPED, V_SYMMETRIC } loihi_v_mode;

typedef struct {
    const char *name;
    bool ds_offset, dm_offset; /* added to decay_u, decay_v */
    int32_t decay_high;        /* decay registers 0..decay_high */
    bool q_wraps, z_wraps;
    loihi_u_mode u_mode;
    loihi_v_mode v_mode;
    bool sum_shift; /* negative weight exponents shift the sum of a step */
    int32_t refractory_low, refractory_high;
    int32_t bias_low, bias_high; /* mantissa */
    int32_t bias_exp_high;
    bool touches; /* dialect sanafe: factors may be just below their 4096ths; a compartment counts as active when a spike reached it, whatever the sum */
    bool noise;
    int32_t delay_high;    /* delay field */
    int32_t epoch_high;    /* steps of a learning epoch */
    bool graded;           /* spikes with payload */
    int32_t learning_axon; /* entries of the input axon table that a learning axon takes */
} loihi_dialect;

/* The emulators give every rule traces and an epoch of its own; a core of the chip has one set for all. */
static inline bool loihi_own_traces(loihi_dialect_id id) { return id != DIALECT_CHIP && id != DIALECT_SANAFE; }

extern const loihi_dialect loihi_dialects[DIALECT_COUNT];

/* By name; DIALECT_COUNT when unknown. NULL: chip. */
loihi_dialect_id loihi_dialect_find(const char *name);

/* Greatest delay field: the dialect's, on chips whose neurons run programs all 6 bits (eq. M1). */
int32_t loihi_delay_high(const hmn_limits *l, const loihi_dialect *d);

/* Delay slots that a delay field of at most `high` needs (eq. L8). */
uint32_t loihi_slots(const hmn_limits *l, loihi_dialect_id id, uint32_t high);

#endif
