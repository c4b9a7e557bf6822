/* Lowering of rules: what its files share. */
#ifndef HMN_SPINNAKER_LEARN_PARTS_H
#define HMN_SPINNAKER_LEARN_PARTS_H

#include "backends/spinnaker/learn.h"

typedef struct {
    hmn_qnet *q;
    const graph_projection *j;
    const qnet_projection *p;
    const net_rule *rule;
    uint32_t projection;
    double dt;
    hmn_arena *arena;
    hmn_diag *diag;
} spin_learner;

/* A constant that rounds to zero: reports the least that does not, false. */
bool spin_learn_lost(const spin_learner *l, const net_num *key, const char *name, double least);
/* The bounds of weights that are not 0 are not 0 on the chip; false after a report. */
bool spin_learn_bounds_last(const spin_learner *l);
/* Something is left of a trace of sPyNNaker's after a step (2^11 exp(-dt/tau), rounded down). */
bool spin_learn_pairs(const spin_learner *l, const net_num *tau, const char *name);
/* Adds a row to the report, on the projection. */
void spin_learn_tell(const spin_learner *l, qnet_report_row row);

/* learn_hybrid.c: settings of the HMN program; false after a report. */
bool spin_learn_hybrid(const spin_learner *l, hybrid_settings *s);

#endif
