/* The reference interpreter: runs the elaborated graph in double precision, equation by equation, beside the
 * paper. The oracle for every integer target; shares no arithmetic with the chips and is never optimised. */
#ifndef HMN_REFERENCE_REFERENCE_H
#define HMN_REFERENCE_REFERENCE_H

#include "core/base/arena.h"
#include "core/ir/graph.h"
#include "core/sim.h"

typedef struct hmn_reference hmn_reference;

typedef struct {
    /* loihi_lif populations: true keeps u and v on the chip's integer grid (each decay rounded toward zero, as
     * documented), computed in doubles; false lets them be real. Other models ignore it. */
    bool grid;
    /* loihi_lif with noise: core and compartment of each neuron (global index), the keys of the chip's draws. Both
     * NULL: a graph with such noise is refused. */
    const uint32_t *noise_core, *noise_compartment;
    const double *w_lsb; /* [nprojections] real weight of one step on the chip, the unit of equation 5; NULL: unknown */
} reference_options;

/* The graph must outlive the reference; memory comes from the arena. Returns NULL after a report when the graph
 * has something the reference does not do yet. */
hmn_reference *reference_new(const hmn_graph *g, reference_options options, hmn_arena *a, hmn_diag *d);

hmn_sim *reference_sim(hmn_reference *r);

double reference_v(const hmn_reference *r, uint32_t neuron); /* mV (registers for loihi_lif) */
double reference_u(const hmn_reference *r, uint32_t neuron);
/* Current weights of a projection in graph order, in the graph's units. */
const double *reference_weights(const hmn_reference *r, uint32_t projection);
/* How far a synapse's weight has moved so far, back and forth added up: mean over the projection. */
double reference_moved(const hmn_reference *r, uint32_t projection);
/* Mean size of a change of a weight in one epoch, those of size 0 left out; 0 when none moved. */
double reference_move(const hmn_reference *r, uint32_t projection);
/* psi_fast + psi_slow of equation 2 as they stand; 0 for a static projection. */
double reference_eligibility(const hmn_reference *r, uint32_t projection, uint64_t synapse);
/* The terms of a plastic synapse as the last epoch used them; for those who compare a chip with them. */
typedef struct {
    double x_bar, y_bar;  /* of equation 2, as they stand now; of a rule as text x1 and y1 over their impulses */
    double fast, slow;    /* psi, as they stand now */
    double eligibility;   /* e_ij */
    double factor;        /* (eta_local + eta_global G_eff) max(0, cos(Phi - phi_ij)) */
    double alpha, change; /* change: dw_ij of equation 5, before decay and bounds */
} reference_terms;
reference_terms reference_look(const hmn_reference *r, uint32_t projection, uint32_t pre, uint32_t synapse);
double reference_modulator(const hmn_reference *r, uint32_t modulator); /* E_k of equation 6, baseline subtracted */
/* eta_local (0) or eta_global (1) of a rule as used now: learned and perturbed with meta-learning. */
double reference_rate(const hmn_reference *r, uint32_t rule, uint32_t which);
double reference_bias(const hmn_reference *r, uint32_t neuron);                /* b_j, nA; loihi_lif: registers */
void reference_set_bias(hmn_reference *r, uint32_t neuron, double bias);       /* from the next step on */
double reference_astrocyte_level(const hmn_reference *r, uint32_t astrocyte);  /* A */
double reference_astrocyte_effect(const hmn_reference *r, uint32_t astrocyte); /* M */
/* gamma of the rule's modulators, equation 7, as levels stand. */
void reference_shares(const hmn_reference *r, uint32_t rule, double *gamma);
uint64_t reference_digest(const hmn_reference *r);

typedef struct {
    uint64_t spikes, synaptic_events, weight_updates;
    uint64_t wraps; /* registers of loihi_lif that overflowed, on the grid in dialects that wrap */
} reference_counts;
reference_counts reference_counters(const hmn_reference *r);

#endif
