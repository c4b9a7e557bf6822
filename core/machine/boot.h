/* The machine's insides, shared by machine.c (steps), boot.c (tables -> memory) and sources.c (host activity). */
#ifndef HMN_MACHINE_BOOT_H
#define HMN_MACHINE_BOOT_H

#include "core/machine/machine.h"
#include "core/machine/biases.h"
#include "core/machine/manager.h"

typedef struct {
    hmn_core_size size;
    void *rom, *state;
    uint64_t *inbox; /* bitmap of axons that have a spike for the next step */
    uint32_t inbox_words;
    int32_t *payload; /* of each axon in the inbox */
    bool pending;
    hmn_event *event;
    hmn_drive *drive; /* host currents now in force */
    uint32_t ndrive;
    const uint32_t *neuron;      /* global neuron of each compartment */
    const uint32_t *axon_source; /* global neuron of each axon */
    uint8_t *replay;             /* of each compartment, for port.replay; NULL until it is used */
    int32_t *heard;              /* [size.registers] broadcasts that came in this step */
    uint32_t nheard;
    uint32_t manager; /* number of the manager of its chip */
    hmn_port port;
    hmn_counters counters;
} machine_core;

typedef struct {
    uint32_t neuron, threshold, id, index, start, stop;
} machine_poisson;

typedef struct {
    uint32_t core, compartment, start, stop;
    int32_t amount;
} machine_current;

/* Spikes and currents that the host gives. */
typedef struct {
    uint32_t *fired; /* sources that fire in this step, ascending, no two alike */
    uint32_t nfired;
    uint64_t *mark; /* bitmap of sources already in fired or injected */
    bool silent;    /* stimuli give no spikes: all that fire are injected */
    uint32_t *injected;
    uint32_t ninjected;
    int32_t *payload; /* of graded spikes by neuron, 0: 1; NULL until one is injected */
    const uint32_t *spike_step, *spike_neuron;
    uint64_t nspikes, next_spike;
    const machine_poisson *poisson;
    uint32_t npoisson;
    uint32_t *active, nactive;    /* Poisson rows in force */
    uint32_t next_poisson_change; /* step at which they change next */
    const machine_current *current;
    uint32_t ncurrents;
    uint32_t next_change; /* step at which the currents in force change next */
} machine_sources;

struct hmn_machine {
    hmn_sim sim; /* first: a machine is a sim */
    hmn_arena *arena;
    const hmn_image *image;
    const hmn_chip *chip;
    uint64_t seed;
    uint32_t threads;
    uint32_t ncores, nneurons, npopulations;
    machine_core *core;
    const uint32_t *population_first, *population_size;
    const uint8_t *is_source;                            /* [nneurons] */
    const uint32_t *neuron_core, *neuron_compartment;    /* [nneurons] */
    const uint32_t *route_row, *route_core, *route_axon; /* [nneurons + 1] host routes of sources */
    bool wired;                                          /* spikes go by wires, not by routes and packets */
    hmn_wires wires;
    uint64_t packets, links, lost;
    machine_sources source;
    const cost_table *costs;           /* of the chip as the image describes it, first profile */
    hmn_manager *manager;              /* [nmanagers] the first one is what is read; all are alike (managers.h) */
    uint32_t nmanagers, *manager_core; /* [nmanagers] logical core; UINT32_MAX: it is no core of the image */
    hmn_biases biases;
    bool trial_over; /* a trial ends in this step, with this score */
    double score;
    bool learning, learns;
    uint32_t step;
    bool half; /* between begin and end */
    uint64_t spikes;
    uint64_t *mark; /* scratch bitmap of sim_spikes */
    uint32_t *list, nlist;
    bool listed;
};

static inline hmn_machine *machine_of(hmn_sim *s) { return (hmn_machine *)(void *)s; }

/* Lists the inbox as events, ascending axons; yields how many. */
uint32_t machine_inbox(machine_core *c);
/* The packet of one compartment, along its wires. */
void machine_multicast(hmn_machine *m, uint32_t core, uint32_t compartment, int32_t payload);

/* Fills everything from the image; false after a report. */
bool boot_all(hmn_machine *m, hmn_diag *d);

void sources_inject(hmn_machine *m, uint32_t neuron);
int32_t sources_payload(hmn_machine *m, uint32_t neuron); /* of its spike in this step; 1 unless graded */
void sources_fire(hmn_machine *m);                        /* decides which sources fire in this step */
void drives_update(hmn_machine *m);                       /* puts the currents of this step in force */

#endif
