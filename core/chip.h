/* The narrow interface between a chip and everything else. One const struct a chip; numbers before
 * functions. backends/registry.c lists them; a new chip is one folder and one line there. */
#ifndef HMN_CHIP_H
#define HMN_CHIP_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/base/files.h"
#include "core/cost/load.h"
#include "core/ir/image.h"
#include "core/ir/map.h"
#include "core/ir/qnet.h"
#include "core/isa/ulearn.h"

#include <stddef.h>
#include <stdint.h>

/* Structural limits. 0 = the chip has no such limit. */
typedef struct {
    uint32_t compartments;        /* neurons a core */
    uint32_t in_axons, out_axons; /* a core */
    uint32_t synapse_words;       /* 64-bit words of synapse memory a core */
    uint32_t cores_per_chip, chips;
    uint32_t board_chips;             /* chips that a network may use when target.chips does not say; 0: all */
    uint32_t mesh_width, mesh_height; /* routers (tiles) a chip */
    uint32_t cores_per_tile;
    uint32_t neuron_profiles, threshold_profiles, synapse_formats, learning_profiles; /* a core */
    uint32_t learning_words;          /* 32-bit microcode words a core */
    uint32_t pre_traces, post_traces; /* settings of traces a core */
    uint32_t epochs;                  /* lengths of a learning epoch a core */
    uint32_t trace_settings;          /* settings of one trace of one neuron or axon */
    uint32_t delay_cells;             /* accumulator cells a core: delay slots x compartments */
    uint32_t row_words;               /* 32-bit words of the synapses of one axon, where those are fetched as a whole */
    uint32_t local_bytes;             /* data memory of a core */
    uint32_t shared_bytes;            /* memory of a chip that its cores share; one of them may use it all */
    uint32_t table_entries;           /* of a chip's router */
    uint32_t delay_slots;             /* steps of delay that a target core holds; longer ones go by relays. 0: all */
    uint32_t max_delay;               /* steps between firing and arrival, at best */
    uint32_t max_epoch;
    uint32_t weight_bits;
    uint32_t max_products, max_factors; /* of one learning rule */
    uint32_t channels;                  /* broadcast modulator registers */
    uint32_t payload_bits;              /* of a graded spike; 0: spikes carry nothing */
    bool counts_spikes;                 /* what a rule's presynaptic spikes count may be a register */
    bool programs;                      /* neurons run programs: reset value, soft reset, adaptation, two currents */
    uint32_t legal_vars;                /* bit v set: rule_var v may be a factor */
    uint32_t firing_gates;              /* broadcast gates of firing; 0: neurons cannot be held by phase */
    uint32_t legal_ops;                 /* bit o set: ulearn_op o may stand in a program */
    uint32_t second_tag_bits;           /* of the tag d beside the delay; 0: d is the delay alone */
    bool second_tag_is_delay;           /* it is the delay field: unsigned, and all delays are of one step */
    int32_t mantissa_low, mantissa_high, exponent_low, exponent_high;
    /* Packets carry keys that routers look up (chip->plan, chip->wire): sources sit on cores, too, a core holds neurons
     * of one population, and all spikes of a slice go to the same cores. */
    bool multicast;
    bool own_currents; /* cores know the host's currents (chip->lower); else the host adds them each step */
} hmn_limits;

/* What its learning engine can run. */
static inline ulearn_legal limits_legal(const hmn_limits *l)
{
    return (ulearn_legal){l->legal_vars ? l->legal_vars : UINT32_MAX,
                          l->max_products ? l->max_products : RULE_MAX_PRODUCTS,
                          l->max_factors ? l->max_factors : RULE_MAX_FACTORS,
                          l->mantissa_low,
                          l->mantissa_high,
                          l->exponent_low,
                          l->exponent_high,
                          l->legal_ops};
}

static inline bool limits_has(const hmn_limits *l, ulearn_op op) { return l->legal_ops >> op & 1; }

/* Where a physical core sits: chips stand side by side in x, each a mesh of tiles, row by row. */
typedef struct {
    uint32_t chip, x, y;
} hmn_place;

static inline hmn_place limits_place(const hmn_limits *l, uint32_t site)
{
    uint32_t chip = l->cores_per_chip ? site / l->cores_per_chip : 0;
    uint32_t index = l->cores_per_chip ? site % l->cores_per_chip : site;
    uint32_t tile = l->cores_per_tile ? index / l->cores_per_tile : index;
    uint32_t width = l->mesh_width ? l->mesh_width : 1;
    return (hmn_place){chip, chip * width + tile % width, tile / width};
}

/* Tile-to-tile links between two places (dimension-order routing). */
static inline uint32_t place_hops(hmn_place a, hmn_place b)
{
    return (a.x > b.x ? a.x - b.x : b.x - a.x) + (a.y > b.y ? a.y - b.y : b.y - a.y);
}

/* The cores that a network may use, in the order in which they are filled, and the routers between them. */
typedef struct hmn_sites {
    uint32_t count;
    const uint32_t *site; /* physical cores, those of a router side by side */
    const uint32_t *node; /* router of each */
    uint32_t nnodes;
    const uint32_t *manager; /* [nnodes] physical core of the management processor; NULL: it is none of these */
    const uint32_t *x, *y;   /* [nnodes] */
    const uint16_t *hops;    /* [nnodes * nnodes] links from router to router */
} hmn_sites;

/* What one core's share of a network needs. Same order of meaning as hmn_limits. */
typedef struct {
    uint32_t compartments, in_axons, out_axons;
    uint64_t synapse_words;
    uint32_t neuron_profiles, threshold_profiles, synapse_formats, learning_profiles, learning_words;
    uint32_t pre_traces, post_traces, epochs, trace_settings;
    uint32_t delay_cells, max_delay;
    uint32_t row_words, local_bytes;
    uint64_t shared_bytes;
} hmn_usage;

/* A core's tables in an image. */
typedef struct {
    const hmn_image *image;
    const struct hmn_chip *chip;
    uint32_t core;
    uint64_t seed;
} hmn_core_view;

/* The phases of one step, in order. Between UPDATE and LEARN the management processor and the host run. */
typedef enum {
    PHASE_DELIVER, /* spikes that arrive -> dendrite accumulators, presynaptic flags */
    PHASE_UPDATE,  /* neurons: u, v, spikes; postsynaptic flags                      */
    PHASE_SEND,    /* fired compartments -> packets, by the core's own routing tables */
    PHASE_LEARN    /* traces; at an epoch's end the learning rules                   */
} hmn_phase;

typedef struct {
    uint32_t axon;
    int32_t payload;
} hmn_event; /* a spike at a core's input axon */
typedef struct {
    uint32_t compartment;
    int32_t amount;
} hmn_drive; /* current written by the host */

/* A spike on its way to an input axon of a logical core; it arrives in the next step. from: the local compartment that
 * fired; packets leave in the order in which they stand. */
typedef struct {
    uint32_t core, axon;
    int32_t payload;
    uint32_t from;
} hmn_packet;

/* Where the packet of each compartment goes, found once by following it through the routers. */
typedef struct {
    const uint32_t *first;       /* [ncores + 1] row of each core's first compartment */
    const uint32_t *row;         /* [rows + 1] into core, axon */
    const uint32_t *core, *axon; /* arrivals */
    const uint32_t *links;       /* [rows] links between chips that its copies cross */
    const uint32_t *lost;        /* [rows] copies that no router entry or no core takes */
} hmn_wires;

/* How packets get there: a tree of routers for each compartment, one for all that go the same way. Numbers of nodes and
 * leaves count from their tree's first; next 0: no copy leaves by that link. rank: which of the compartment's arrivals
 * (hmn_wires). */
enum { WAY_LINKS = 6 };
typedef struct {
    uint32_t router, next[WAY_LINKS];
    uint32_t leaf, nleaves;
} way_node;
typedef struct {
    uint32_t core, rank;
} way_leaf;
typedef struct {
    uint32_t node, leaf, nnodes; /* first ones */
} way_tree;
typedef struct {
    uint32_t nrouters, width, height;  /* of the grid that x and y count in */
    const uint32_t *x, *y;             /* [nrouters] */
    const uint32_t (*link)[WAY_LINKS]; /* [nrouters] router at the other end, all ones: none */
    uint32_t monitor;                  /* core of a router that looks after it */
    const uint32_t *router, *local;    /* [ncores] of each core: its router and its number there */
    const uint32_t *tree_of;           /* [rows] tree of each compartment, all ones: it has none */
    const way_tree *tree;
    const way_node *node;
    const way_leaf *leaf;
    uint32_t ntrees;
} hmn_ways;

/* What happened, for reports, energy and time. Summed over steps. */
typedef struct {
    uint64_t spikes;                       /* compartments that fired */
    uint64_t axon_events;                  /* input axons served */
    uint64_t synaptic_events;              /* weights added */
    uint64_t synapse_words;                /* 64-bit words of synapse memory fetched */
    uint64_t updates_active, updates_idle; /* compartments updated with and without input or state */
    uint64_t weight_updates;               /* synaptic variables w written by learning */
    uint64_t synapse_visits;               /* synapses that a learning epoch evaluated */
    uint64_t synapses_attended, alphas;    /* synapses that joined a sum of attention; alphas of equation 10 */
    uint64_t rows_swept;                   /* rows fetched at an epoch's end, without a spike */
    uint64_t trace_updates, pairings;      /* pairings: of a spike with a trace, one by one in a program */
    uint64_t noise_draws;                  /* of neurons, in a program */
    uint64_t relay_spikes, relay_slots;    /* spikes that wait in a relay; counters that it looks at */
    uint64_t packets, links, lost;         /* multicast: packets sent, links crossed, copies that arrive nowhere */
    uint64_t saturated;                    /* input that an accumulator could not hold */
    uint64_t overruns;        /* steps of cores that would last longer than a step on a chip of fixed step length */
    uint64_t longest, budget; /* cycles of the longest step of a core, cycles that a step has; 0: no fixed length */
    uint32_t slowest;         /* core of the longest step, in sums */
    uint64_t forgotten;       /* what synapses that learn had yet to see and a history could not keep */
    uint64_t manager_cycles;  /* of the management processor, by core/cost/work.def and what a description says */
    uint64_t taken;           /* packets that cost an interrupt alone: broadcasts, spikes that a manager counts */
} hmn_counters;

/* What a random draw decides: membrane noise; a fraction of a decaying trace; a fraction of an impulse, at the last
 * spike of an epoch or at an earlier one; a fraction of a synaptic variable. */
typedef enum { DRAW_NOISE, DRAW_DECAY, DRAW_IMPULSE, DRAW_EARLIER, DRAW_SYNAPSE } hmn_draw_use;

/* Which decision. axon, compartment: UINT32_MAX where there is none. */
typedef struct {
    hmn_draw_use use;
    uint32_t core, step;
    uint32_t axon, compartment;
    uint32_t which; /* trace of the axon or compartment from 0; rule_target of a synapse */
    uint32_t at;    /* DRAW_DECAY: step of the epoch, from 1 */
} hmn_draw_site;

/* Draws from elsewhere in place of random ones, to replay a recording. Noise: -127..127. Others: a number of
 * [0, 1) in units of 2^-32; the fraction rounds up when it is greater, so that 2^32 never does. */
typedef struct {
    int64_t (*draw)(const void *context, const hmn_draw_site *site);
    const void *context;
} hmn_draws;

/* How a core touches the world during one phase. A core writes its own state and its own port only. */
typedef struct {
    uint32_t step; /* 0, 1, 2 ... */
    const hmn_event *in;
    uint32_t nin; /* DELIVER: this step's input, sorted by axon; LEARN of an early core: the next step's */
    const hmn_drive *drive;
    uint32_t ndrive; /* DELIVER: host currents */
    const int32_t *channel;
    const uint8_t *reward; /* LEARN: bit 0 of each: r0; NULL: none keeps it */
    uint32_t nchannels;    /* LEARN: broadcast registers r1 */
    bool learning;         /* LEARN: false freezes weights (traces go on) */
    uint32_t nheard;       /* LEARN: broadcast registers that came as packets in this step */
    uint32_t nsent;        /* LEARN of a management core: broadcasts sent in this step, and cycles of its program */
    uint64_t work;
    uint32_t *fired;
    uint32_t nfired;  /* UPDATE writes local compartments, ascending; room for all */
    int32_t *payload; /* UPDATE writes the payload of each, 1 unless graded */
    hmn_packet *out;  /* SEND writes packets; room for max_packets */
    uint32_t nout;
    hmn_counters *count;
    const hmn_draws *draws; /* NULL: random */
    const uint8_t *open;    /* UPDATE: [nopen] 1: the gate of firing is open */
    uint32_t nopen;
    const uint8_t *replay; /* UPDATE, [compartments]: 1 fires, 0 does not, whatever the neuron says; NULL: it says */
} hmn_port;

/* rom: decoded from the image, never changes. state: all that evolves; pointer-free, checkpoint = memcpy. */
typedef struct {
    size_t rom, state;
    uint32_t compartments, axons; /* of this core */
    uint32_t max_packets;         /* in one step */
    bool learns;                  /* false: PHASE_LEARN does nothing and is skipped */
    bool early;                   /* PHASE_LEARN wants the spikes that arrive in the next step */
    bool eager;                   /* and uses them up: DELIVER has none */
    bool relay;                   /* its compartments repeat spikes of others: they are not neurons */
    bool manager;                 /* a management core: its compartments are broadcast registers */
    uint32_t registers;           /* broadcast registers that come to it as packets, as axons behind `axons` */
} hmn_core_size;

/* Variables that a probe or test may read from a core's state. */
typedef enum { VAR_U, VAR_V, VAR_X1, VAR_X2, VAR_Y1, VAR_Y2, VAR_Y3 } hmn_variable;

/* As a variable, VAR_WORD + k: word k of a neuron's state in the chip's own order, where the chip's core.h names one.
 */
enum { VAR_WORD = 64 };

/* One synapse as the emulated core holds it now. */
typedef struct {
    uint32_t axon, compartment, projection;
    int32_t weight, delay, tag;
    int32_t second; /* a second tag, where there is one */
    uint32_t key;   /* of the draws of a probability gate, where there is one */
} hmn_synapse;

/* How synapses of one projection are stored on one core: a form, its field widths, and what they take. */
typedef struct {
    uint32_t projection;
    const char *form;                 /* "dense" */
    char widths[96];                  /* "weight 8 mixed, delay 3" */
    uint64_t synapses, blocks, words; /* of 64 bits */
    uint64_t shared;                  /* synapses that use words counted for others */
} hmn_storage;

typedef struct hmn_chip {
    const char *name;    /* --target argument */
    const char *summary; /* one line for help and docs */
    const hmn_limits *limits;
    const hmn_limits *most;  /* what the tables can hold beyond limits, for machine descriptions; NULL: no more */
    const hmn_table *tables; /* per-core tables */
    uint32_t ntables;
    uint32_t neuron_table; /* which of them holds one row a compartment */

    /* compile: pure functions of their inputs; false after a report */
    bool (*quantise)(const hmn_graph *g, hmn_qnet *out, hmn_arena *a, hmn_diag *d);
    /* The quantised network as a graph again, in the chip's own units (e.g. populations of loihi_lif, weights as
     * the integers that one spike adds), for the reference interpreter. NULL: the chip cannot. */
    hmn_graph *(*restate)(const hmn_qnet *q, hmn_arena *a);
    /* Proves that no register overflows, or warns (MAY_WRAP), after the learn pass; adds to the report. May be NULL. */
    void (*bound)(hmn_qnet *q, hmn_arena *a, hmn_diag *d);
    /* The machine that the network asks for (target). NULL: chips stand side by side as the limits say. */
    bool (*sites)(const hmn_net *net, hmn_arena *a, hmn_sites *out, hmn_diag *d);
    /* Lowers plasticity after its own manner; sets projection[].rule, and all else that learning needs, in q. NULL:
     * rules become learning microcode (compiler/learn.c). */
    bool (*learn)(hmn_qnet *q, hmn_arena *a, hmn_diag *d);
    /* With `learn`: what of an attention over synapses (equations 10, 11) the chip cannot compute, and what would work;
     * yields NULL where it can. */
    const char *(*attention)(const net_local_attention *a, const char **cure);
    /* Multicast: 0 when the spike of a synapse goes straight to its target; k: a relay core holds it for k stages
     * first. NULL: all go straight. Wanted once learning is lowered. */
    uint32_t (*stage)(const hmn_qnet *q, uint32_t projection, uint64_t synapse);
    /* What a population has of the management processor (MANAGED_*). NULL: the image's management processor is no core.
     * Wanted once learning is lowered. */
    uint32_t (*managed)(const hmn_qnet *q, uint32_t population);
    /* What the given slices would use together on one core. Reports nothing. */
    void (*usage)(const hmn_qnet *q, const hmn_slice *slice, uint32_t nslices, hmn_usage *out);
    /* Population spikes (target.axons: population): sources of a core that share input axons, told apart by the atom
     * that their messages carry. Orders the core's static lines (axon_source), line[k]: which of them comes k-th; says
     * input axon and atom of every line, those that learn too; returns the axons in use. NULL: the chip has none. */
    uint32_t (*gather)(const hmn_mapping *m, uint32_t core, uint32_t *line, uint32_t *axon, uint32_t *atom,
                       hmn_arena *scratch);
    /* Multicast: keys and routing tables of the whole machine, from placed slices and their destinations; the result is
     * m->plan. NULL after a report. */
    const void *(*plan)(const hmn_mapping *m, hmn_arena *a, hmn_diag *d);
    /* Fills the tables of one core. */
    bool (*lower)(const hmn_mapping *m, uint32_t core, image_writer *out, hmn_arena *scratch, hmn_diag *d);
    /* Checks one core's tables against limits and against each other. */
    bool (*check)(const hmn_core_view *v, hmn_diag *d);

    /* emulate: from the image alone */
    hmn_core_size (*size)(const hmn_core_view *v);
    void (*boot)(const hmn_core_view *v, void *rom, void *state);
    void (*step)(const void *rom, void *state, hmn_phase phase, hmn_port *port);
    /* Number of the line of an atom of an input axon, UINT32_MAX when there is none. NULL: an input axon is one line.
     */
    uint32_t (*line)(const void *rom, uint32_t axon, uint32_t atom);
    /* Multicast: follows every packet by the image's routing tables to the axons it reaches. False after a report. */
    bool (*wire)(const hmn_image *m, const struct hmn_chip *chip, hmn_arena *a, hmn_wires *out, hmn_diag *d);
    /* And by which routers, for models of time. NULL where wire is. */
    bool (*ways)(const hmn_image *m, const struct hmn_chip *chip, hmn_arena *a, hmn_ways *out, hmn_diag *d);
    int32_t (*read)(const void *rom, const void *state, hmn_variable var,
                    uint32_t index); /* compartment, or axon for x1 x2 */
    /* Synapses of the core in memory order: fills at most `room` from number `first`, returns how many. */
    uint64_t (*synapses)(const void *rom, const void *state, uint64_t first, hmn_synapse *out, uint64_t room);
    /* A trace as the rule of a plastic projection sees it; index as in read. NULL: the chip has no traces. */
    int32_t (*read_trace)(const void *rom, const void *state, hmn_variable var, uint32_t index, uint32_t projection);
    /* The host, or the neuron's program, sets y1, y2 or y3 of a compartment: between UPDATE and LEARN. False when no
     * rule of that projection reads postsynaptic traces from there. */
    bool (*write_trace)(const void *rom, void *state, hmn_variable var, uint32_t compartment, uint32_t projection,
                        int32_t value);

    /* The management processor writes a bias: what is added to v each step, in units of VAR_V (spinnaker: to the
     * current, s16.15 nA); in force from the next step. NULL: it cannot. */
    void (*write_bias)(const void *rom, void *state, uint32_t compartment, int32_t bias);

    /* Time and energy: constants, and what a spike makes a core do. NULL: they are not modelled. */
    const chip_timing *timing;

    /* What a core's synapse memory holds, read from its packed words, by projection: fills at most `room`, returns how
     * many there are. NULL: the chip cannot say. */
    uint32_t (*storage)(const hmn_core_view *v, hmn_storage *out, uint32_t room);

    /* deploy: the files that load the image onto the chip, through a port. NULL: there is no such form. */
    bool (*deploy)(const hmn_image *m, const struct hmn_chip *chip, hmn_files *out, hmn_arena *scratch, hmn_diag *d);
    /* The reverse, where loading takes other files than core_NNN.bin: adds to w, which has what host.bin holds, all
     * that deploy wrote elsewhere. NULL: the parts of ir/part.h make up the image. */
    bool (*restore)(const hmn_image *host, hmn_folder *files, image_writer *w, hmn_arena *scratch, hmn_diag *d);
    /* Where the chip of a physical core sits, where the image must say it. NULL: limits_place. */
    hmn_place (*place)(const hmn_image *m, uint32_t site);
    const char *deploy_status; /* what is known of those files; NULL: what is true of any chip */
} hmn_chip;

#endif
