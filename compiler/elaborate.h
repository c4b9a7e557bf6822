/* The parts of pass_elaborate: each reads the net and fills its share of the graph. */
#ifndef HMN_COMPILER_ELABORATE_H
#define HMN_COMPILER_ELABORATE_H

#include "compiler/distribution.h"
#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/graph.h"

typedef struct {
    const hmn_net *net;
    hmn_graph *graph;
    hmn_arena *arena;
    hmn_diag *diag;
} elaboration;

/* One value for all, or one per element (drawn at a = element, or from the list). */
graph_param elaborate_values(const elaboration *e, const net_value *v, uint32_t n, draw_place at, const char *what);

/* Reports a drawn value that is infinite or no number. */
void elaborate_not_finite(const elaboration *e, const net_value *v, const char *what);

/* Bytes that a compilation may use: three quarters of the machine's memory. */
double elaborate_memory(void);

/* Time in ms -> steps, to nearest; beyond the last representable step: UINT32_MAX. */
uint32_t elaborate_steps(double ms, double dt);

/* elaborate_synapses.c: graph.projection[index] of net.projection[index]. */
bool elaborate_projection(const elaboration *e, uint32_t index);
/* elaborate_phase.c: the phase bins of a plastic projection whose rule has a phase gate. */
bool elaborate_phases(const elaboration *e, const net_rule *rule, graph_projection *p);
/* Refuses what would not fit index range or memory, before anything is allocated. */
bool elaborate_budget(const elaboration *e);

/* elaborate_stimuli.c: how many populations and projections stimuli add, and then everything stimuli make. */
uint32_t elaborate_implicit_sources(const hmn_net *net);
bool elaborate_stimuli(const elaboration *e);

#endif
