/* Runs a compiled network on the emulated chip and in the reference and measures how far they agree.
 *
 *   exact  the chip against the quantised network in the reference on the same integer grid, learning on where it is
 * restated real   the chip as it is against the network as written, in double precision */
#ifndef HMN_TOOLS_VERIFY_H
#define HMN_TOOLS_VERIFY_H

#include "core/ir/qnet.h"
#include "tools/compare.h"
#include "tools/relearn.h"
#include "tools/source.h"

/* What still counts as agreement between the chip and the network as written. */
typedef struct {
    double rate;        /* spikes of a population: differ by at most this share, plus chance (three square roots) */
    double coincidence; /* at least this share of spikes has a partner within 2 steps */
    double weight;      /* rms difference of plastic weights: at most this share of the rms change by learning in
                           the reference, plus chance: one LSB and sqrt(LSB x way), way being how far a weight moved
                           back and forth (the deviation of a walk of that length in steps of one LSB, which is what
                           stochastic rounding makes of small changes) */
} verify_bounds;

/* The first step and neuron in which u or v differ between the chip and the quantised reference. */
typedef struct {
    bool differ;
    uint32_t step, neuron;
    double chip_u, chip_v, reference_u, reference_v;
    char word[24]; /* spinnaker: the word of the state that differs, in chip_v and reference_v; else empty */
} verify_registers;

typedef struct {
    const graph_population *population;
    compare_spikes exact, real;
    bool within; /* bounds of the real comparison */
} verify_population;

typedef struct {
    uint32_t projection;
    const char *name;
    uint64_t synapses, unmatched; /* unmatched: on one side only */
    double lsb;
    compare_numbers weight; /* chip - reference, real units */
    double mean_chip, mean_reference;
    double change_rms; /* what learning changed in the reference */
    double way;        /* how far a weight moved there on average, back and forth added up */
    bool within;
} verify_projection;

typedef struct {
    uint32_t steps;
    bool frozen;   /* learning off everywhere: plastic rules do not take part */
    bool restated; /* the chip could restate the network: there is an exact comparison */
    verify_registers registers;
    bool plain;            /* learning off in the exact comparison, whether it could be restated or not */
    bool relearned;        /* learning is restated: the exact comparison has it on */
    const char *unlearned; /* what keeps it from that; NULL: nothing, or nothing learns */
    relearn_difference learned;
    uint64_t wraps; /* registers of the chip that overflowed in the exact run */
    verify_population *population;
    uint32_t npopulations;
    verify_projection *projection; /* plastic ones */
    uint32_t nprojections;
    bool real;          /* compared with the network as written */
    const char *unreal; /* why not */
    bool exact;         /* not one spike or register differs; true when not restated */
    bool within;        /* all bounds hold */
} verification;

/* false after a report. The source holds a network compiled through all passes. */
bool verify_run(source *s, uint32_t steps, bool frozen, const verify_bounds *bounds, verification *out);

#endif
