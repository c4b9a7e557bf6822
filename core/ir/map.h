/* Where everything sits: neurons in slices, slices on cores, and who must send spikes to whom.
 *
 * partition fills slices, place fills core positions, route fills axons; then it is frozen. */
#ifndef HMN_IR_MAP_H
#define HMN_IR_MAP_H

#include "core/ir/qnet.h"

/* Neurons first .. first+count-1 (local to the population) sit on `core` as compartments base .. base+count-1. */
typedef struct {
    uint32_t population, first, count, core, base;
} hmn_slice;

/* A core that sends the spikes of a slice again later: compartment k * count + i those of the slice's neuron i, k + 1
 * stages after they came (chip->stage). */
typedef struct {
    uint32_t slice, core, stages;
} hmn_relay;

struct hmn_sites;

/* What a population has of the management processor: its cores hear the broadcast registers; its biases adapt. */
enum { MANAGED_HEARS = 1, MANAGED_ADAPTS = 2 };

typedef struct {
    const hmn_qnet *qnet;
    const struct hmn_sites *sites; /* the machine, where the chip describes one (chip->sites); else NULL */
    hmn_slice *slice;
    uint32_t nslices;       /* sorted by (core, base) */
    uint32_t ncores;        /* logical cores 0 .. ncores-1 in use; behind those of slices relays, then managers */
    const hmn_relay *relay; /* by slice */
    uint32_t nrelays;
    const uint32_t *relay_row, *relay_core; /* [nrelays + 1] into the cores that each must reach, ascending */
    /* Cores of the management processor, where that is a core of its own (sites->manager): the last nmanagers of all,
     * one on every router with cores to manage. Their compartments are the broadcast registers, their axons the neurons
     * that they count. */
    uint32_t nmanagers;
    const uint32_t *manager_row, *manager_core; /* [nmanagers + 1] into the cores that each must reach, ascending */
    const uint32_t *core_first_slice;           /* [ncores + 1] */
    const uint32_t *site;                       /* [ncores] physical core: chip * cores per chip + index */
    const uint32_t *neuron_core, *neuron_local; /* [nneurons] NET_NONE for sources that sit on no core */

    /* Spike routes. An axon is one (source neuron, destination core) pair with at least one synapse.
     * Each core numbers its axons: static ones first, those with a plastic synapse last (they need trace
     * memory and must be contiguous on Loihi), both by ascending source neuron. Where packets are multicast, a slice
     * goes whole: its neurons are axons of every core that one of them reaches, by ascending neuron alone;
     * then those of relays, by relay and compartment. */
    const uint32_t *axon_row;      /* [ncores + 1] into axon_source */
    const uint32_t *axon_source;   /* global neuron of each axon of a core */
    const uint32_t *first_plastic; /* [ncores] index (within the core) of the first learning axon */
    const uint32_t *out_row;       /* [nneurons + 1] into out_core, out_axon */
    const uint32_t *out_core, *out_axon;
    /* Population spikes: several lines (entries of axon_source) are one input axon of the core and differ in the atom
     * that the message carries; axon_source then has the order of axons and atoms. NULL: a line is an input axon. */
    const uint32_t *in_axon, *in_atom; /* [axon_row[ncores]] */
    const void *plan;                  /* what chip->plan made of this, its own */
    double traffic_hops;               /* expected spikes a step x hops, after placement */
    double traffic_spikes;             /* expected core-to-core spikes a step */
} hmn_mapping;

/* Input axon of a core's line, and its atom. */
static inline uint32_t map_entry(const hmn_mapping *m, uint32_t core, uint32_t line, uint32_t *axon)
{
    uint32_t at = m->axon_row[core] + line;
    *axon = m->in_axon ? m->in_axon[at] : line;
    return m->in_atom ? m->in_atom[at] : 0;
}

#endif
