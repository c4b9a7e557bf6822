/* Positions of neurons and probabilities that depend on their distance. */
#ifndef HMN_COMPILER_GEOMETRY_H
#define HMN_COMPILER_GEOMETRY_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/ir/net.h"

typedef struct {
    const net_connector *connector;
    const net_population *pre, *post;
    double bad_distance; /* a distance for which the expression is no number; < 0: none so far */
} geometry;

/* Position of a neuron in units of `spacing`'s numbers: a line lies along x; a grid [height, width] has x along
 * the width and y along the height; grid_3d puts channels along z, grid_2d stacks them in one place. */
void geometry_position(const net_population *p, uint32_t neuron, double xyz[3]);

/* Reports a structure whose shape does not hold the population. */
bool geometry_check(const net_projection *p, const net_population *of, hmn_diag *d);

geometry geometry_of(const net_projection *p, const net_population *pre, const net_population *post);

/* Probability that neuron i of pre is joined to neuron j of post, in [0, 1]. */
double geometry_probability(geometry *g, uint32_t i, uint32_t j);

/* False after a report when the expression was no number for some pair. */
bool geometry_sound(const geometry *g, hmn_diag *d);

#endif
