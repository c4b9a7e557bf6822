/* Rules and trace settings of one core while its tables are made. */
#ifndef HMN_BACKENDS_LOIHI_LEARNING_TABLES_H
#define HMN_BACKENDS_LOIHI_LEARNING_TABLES_H

#include "backends/loihi/dialect.h"
#include "backends/loihi/tables.h"
#include "core/base/diag.h"
#include "core/ir/qnet.h"
#include "core/isa/ulearn.h"

enum { LEARNING_PROFILES = 8, LEARNING_WORDS = 1024, LEARNING_PRE = 3, LEARNING_POST = 15 };
enum { LEARNING_CURVES = LEARNING_PROFILES * RT_COUNT };

/* Trace settings that the rules of one axon or one compartment ask for together. */
enum { TRACES_PRE = 1 << RT_X1 | 1 << RT_X2, TRACES_POST = 1 << RT_Y1 | 1 << RT_Y2 | 1 << RT_Y3 };
typedef struct {
    uint32_t of; /* TRACES_... */
    bool any;
    uint32_t set; /* bit RT_...: impulse and decay are fixed */
    int64_t impulse[RT_COUNT], decay[RT_COUNT];
    int64_t y3_register;        /* 0: none; counts where y3 is set */
    int64_t counts, counts_one; /* where x1 or x2 is set */
} trace_wish;

typedef struct {
    const hmn_qnet *q;
    loihi_dialect_id dialect;
    uint32_t epoch;                                 /* 0 until a rule sets it */
    uint32_t profile[LEARNING_PROFILES], nprofiles; /* qnet rules */
    int64_t pre[LEARNING_PROFILES][LOIHI_PRE_TRACES_COLUMNS];
    int64_t post[LEARNING_PROFILES][LOIHI_POST_TRACES_COLUMNS];
    uint32_t npre, npost;
    rule_draw draw[LEARNING_PROFILES]; /* different ones; table is their number */
    uint32_t ndraws;
    double factor[LEARNING_CURVES]; /* of each decay curve */
    uint32_t ncurves;
} learning_tables;

/* Adds the settings of a rule. The trace about which it does not agree with those before; RT_COUNT: none. */
uint32_t trace_wish_add(trace_wish *wish, const hmn_rule *r);

/* Adds what a rule needs. False after a report: rules that do not agree, or too many. */
bool learning_wish(learning_tables *t, trace_wish *wish, uint32_t rule, hmn_span at, hmn_diag *d);

/* Finds or adds the row of trace settings; *row = index + 1. */
bool learning_pre(learning_tables *t, const trace_wish *wish, int64_t *row, hmn_span at, hmn_diag *d);
bool learning_post(learning_tables *t, const trace_wish *wish, int64_t *row, hmn_span at, hmn_diag *d);

uint32_t learning_profile_row(const learning_tables *t, uint32_t rule);

/* Dialects other than chip: settings of each profile in the row of its number, and the decay curves they name.
 * Yields whole part and fraction of what a trace of x becomes. */
void learning_own_traces(learning_tables *t);
void learning_curve_row(const learning_tables *t, uint32_t curve, uint32_t x, int64_t *row);

/* Microcode of a profile; adds the table of its probability gate. */
bool learning_program(learning_tables *t, uint32_t profile, uint32_t *word, uint32_t *count, hmn_span at, hmn_diag *d);

#endif
