/* Multicast trees: over which links a packet goes from its core's chip to the chips of its targets.
 * docs/chips/spinnaker.md, eq. SR1 ... */
#ifndef HMN_SPINNAKER_NER_H
#define HMN_SPINNAKER_NER_H

#include "backends/spinnaker/geometry.h"

/* A core that sends: all its packets go to the same targets. */
typedef struct {
    int32_t chip;
    uint32_t population; /* sources of one population share a tree where that costs little */
    uint32_t weight;     /* packets, in any unit */
} spin_source;

typedef struct {
    uint32_t nsources;
    const spin_source *source;
    const uint32_t *row;    /* [nsources + 1] into target */
    const uint32_t *target; /* sites (geometry.h) */
} spin_traffic;

/* For each source the chips that its packets pass, the source's own first. */
typedef struct {
    const uint32_t *row; /* [nsources + 1] into the others */
    const int32_t *chip;
    const uint32_t *route; /* links and cores, as tcam_entry.route */
    const int32_t *in;     /* link by which packets come in; SPIN_NONE: from a core */
    uint64_t links;        /* sum over sources of weight x links crossed */
} spin_routes;

/* False after a report: a target cannot be reached. Sources without targets have no chips. */
bool spin_route(const spin_machine *m, const spin_traffic *t, hmn_arena *a, spin_routes *out, hmn_span at, hmn_diag *d);

/* A tree over live links that joins the given chips, as a link mask for every chip (both ends of a link have it). From
 * the first chip all others are reached by shortest ways inside it; or, `together` > 0, so many of the first chips are
 * joined first, and each piece that the others form hangs on them by one link. `found`: zeroed [nchips]. Returns its
 * number of links, or UINT32_MAX: *missing cannot be reached from chip[0]. */
uint32_t spin_tree(const spin_machine *m, const int32_t *chip, uint32_t n, uint32_t together, uint8_t *found,
                   int32_t *missing, hmn_arena *scratch);

#endif
