/* The parts of pass_learn. */
#ifndef HMN_COMPILER_LEARN_H
#define HMN_COMPILER_LEARN_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/chip.h"
#include "compiler/unit.h"
#include "core/ir/qnet.h"

/* One plasticity rule on its way to one microcode program. */
typedef struct {
    const hmn_net *net;
    const net_rule *rule;
    const char *subject; /* "projection NAME", for the report */
    const hmn_limits *limits;
    uint32_t nattending; /* projections with attention so far */
    double dt;           /* ms */
    double w_lsb;        /* real weight of one step of the weight scale */
    hmn_qnet *qnet;
    hmn_arena *arena;
    hmn_diag *diag;
    /* made */
    uint32_t epoch;   /* steps, as written; out.epoch may be a part of it */
    uint8_t decimate; /* 2^decimate parts */
    bool carry;       /* the register keeps what rounding leaves */
    bool apart;       /* an astrocyte that acts on pairings or spikes has a register of its own */
    hmn_rule out;
    qnet_units units;
    qnet_channel channel;
    bool uses_channel, inert; /* inert: nothing can change, stays static */
} lowering;

/* Rules of type stdp and hmn. */
bool learn_pairing(lowering *l);

/* learn_meta.c: learned rates and astrocytes of the register; how far |eta_local| + |eta_global| G grows with them. */
bool learn_factors(lowering *l, double unit);
double learn_room_of_factors(const net_rule *r, const hmn_net *net, double local, double global, bool apart);

/* The factor of an astrocyte that acts on pairings, max(0, 1 + lambda M), or on spikes, max(0, 1 - lambda M): its
 * largest value, 0 where the rule has none; a register of which `one` steps are 1, evaluated each `epoch` steps, *index
 * its number. */
double learn_most_apart(const lowering *l);
/* False after a report: the projection would stay static, and its spikes count otherwise. */
bool learn_may_be_static(lowering *l);
/* A register of what the rule's presynaptic spikes count, where an astrocyte acts on them; 1 is a power of two. */
bool learn_counts(lowering *l);
/* How many neurons the management processor writes each register to. */
void learn_count_written(hmn_qnet *q, hmn_arena *a);
bool learn_factor_apart(lowering *l, double one, uint32_t epoch, uint8_t *index);

/* A number of the form m * 2^e that a product can be scaled with. */
typedef struct {
    int8_t mantissa, exponent;
    double value;
} learn_scale;

/* An eligibility trace of equation 2 and the tag that holds it. */
typedef struct {
    rule_target target;
    rule_var var;
    double share, tau; /* k of equation 2; steps */
    const net_num *key;
    const char *name;
    double step; /* eligibility of one step of the tag */
} learn_tag;

/* Equations 2 and 3 of a rule. */
typedef struct {
    double a_plus, a_minus;
    double own; /* share of an epoch's own pairings that acts at its end and is then gone (tau_fast: 0) */
    double tau_plus, tau_minus; /* steps */
    learn_tag tag[2];
    uint32_t ntags;
    double eta_local, eta_global, reach; /* reach: largest |eta_local + eta_global G| */
    bool modulated;
} learn_pair;

bool learn_tagged(lowering *l, const learn_pair *p); /* learn_tags.c: rules with tags */
void learn_rounding(lowering *l);                    /* which round stochastically where the engine can; first of all */
bool learn_extended(lowering *l, learn_pair *p);     /* learn_extended.c: equations 5, 10, 11 */

/* learn_registers.c: the registers that rules hear on a chip that lowers the rest itself (chip->learn). */
bool learn_registers(hmn_qnet *q, const struct hmn_chip *chip, hmn_arena *a, hmn_diag *d);

/* learn.c: what all chips check; the register with these terms, shared by all rules that mix alike. */
bool learn_check_epoch(lowering *l);
bool learn_check_modulators(lowering *l);
bool learn_add_channel(lowering *l, const qnet_channel *c, uint8_t *index);

/* learn_pairing.c: pieces of all forms. */
learn_pair learn_read_pair(lowering *l);
/* A constant that would become zero; bound: the least that would not, or the greatest. Reports, false. */
bool learn_lost(lowering *l, hmn_span at, const char *what, double value, double bound);
bool learn_fades(lowering *l, const net_num *key, const char *what,
                 double tau); /* ms; false: nothing is left at once */
bool learn_too_large(lowering *l, const char *what, double value, double most);
void learn_product(lowering *l, rule_target target, rule_var dependency, learn_scale s, bool negative,
                   const rule_factor *factor, uint32_t n);
bool learn_fill_channel(lowering *l, const learn_pair *p, double unit);
double learn_level(const net_modulator *m); /* L_k: how large |E_k| plausibly gets; the register saturates beyond */

bool learn_host(hmn_unit *u);   /* learn_host.c: constants of modulators, oscillations and sources */
bool learn_firing(hmn_unit *u); /* learn_firing.c: gates of firing, of all projections */

/* learn_gates.c: equation 7 as an attention of the register; equation 4 but for the phase, which is a bin's own. */
bool learn_attention(lowering *l);
void learn_phase_gate(lowering *l);
uint32_t learn_phase(uint32_t bin, uint32_t bins); /* in turns of 2^32 */

learn_scale learn_nearest(const hmn_limits *limits, double x);
learn_scale learn_at_least(const hmn_limits *limits, double x); /* smallest >= x; the largest when none is */

/* What a trace adds at a spike: as large as possible, but a regular train of one spike each 10 ms does not saturate
 * its 7 bits. tau in steps. */
double learn_room(double tau, double dt);

/* The same for irregular trains: mean and so many deviations of a Poisson train of 100 Hz fit. For traces whose
 * saturation would bias a sum. A trace that rounds evenly bears more of them, because its steps may be coarser. */
double learn_burst_room(double tau, double dt, double deviations);
double learn_deviations(const lowering *l);

rule_trace learn_trace(double impulse, double tau); /* tau in steps */

/* Right shift of a product with these factors, max(0, sum of widths + 4 - 15) (Lava's fixed-point model). */
uint32_t learn_shift(const rule_factor *factor, uint32_t n);

void learn_report(lowering *l, qnet_report_row row);
bool learn_refused(lowering *l, const char *quantity, const char *cure);          /* the row of a refusal; false */
void learn_tell_tau(lowering *l, bool plus, const rule_trace *trace, double tau); /* tau asked for, in steps */

#endif
