/* A SANA-FE network and architecture as read: what import_sanafe writes down again. */
#ifndef HMN_TOOLS_SANAFE_READ_H
#define HMN_TOOLS_SANAFE_READ_H

#include "core/base/arena.h"
#include "core/base/diag.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double threshold, leak, bias, refractory;
} sanafe_neuron;

typedef struct {
    const char *name, *soma, *synapse; /* hardware units; NULL: the first there is */
    hmn_span at;
    uint32_t size;
    sanafe_neuron *neuron;
} sanafe_group;

typedef struct {
    uint32_t pre, post;
    int32_t weight;
} sanafe_edge;

/* All edges from group pre to group post that one entry or several plain ones name. */
typedef struct {
    uint32_t pre, post; /* groups */
    sanafe_edge *edge;
    size_t count, cap;
} sanafe_bundle;

enum { SANAFE_SYNC = 32 };

/* A stretch of neurons of one group in the order of mapping. */
typedef struct {
    uint32_t group, first, count, tile, core;
} sanafe_place;

typedef struct {
    const char *name;
    double ns, pj; /* of a processed spike */
} sanafe_unit;

typedef struct {
    const char *name; /* of the network */
    sanafe_group *group;
    uint32_t ngroups;
    sanafe_bundle *bundle;
    size_t nbundles, bundle_cap;
    sanafe_place *place;
    size_t nplaces, place_cap;
    /* architecture; width 0: none was given */
    uint32_t width, height, cores_per_tile, neurons;
    sanafe_unit *synapse;
    size_t nsynapses, synapse_cap;
    double sync_ns[SANAFE_SYNC]; /* barrier by tiles in use, from sync_tiles[] on */
    uint32_t sync_tiles[SANAFE_SYNC], nsync, buffer;
    double hop_x_ns, hop_x_pj, hop_y_ns, hop_y_pj, in_ns, in_pj, out_ns, out_pj;
    double access_ns, access_pj, update_ns, update_pj, spike_ns, spike_pj;
} sanafe_net;

/* False after reports. */
bool sanafe_read_network(const char *path, sanafe_net *out, hmn_arena *a, hmn_diag *d);
bool sanafe_read_architecture(const char *path, sanafe_net *out, hmn_arena *a, hmn_diag *d);

#endif
