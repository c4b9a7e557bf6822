/* Views of a network and of its image as DOT text. */
#ifndef HMN_TOOLS_DRAW_H
#define HMN_TOOLS_DRAW_H

#include "compiler/pipeline.h"
#include "core/ir/graph.h"
#include "core/ir/image.h"

#include <stdio.h>

void draw_pipeline(FILE *out, const pipeline_pass *passes);

/* Populations, projections with their synapses, modulators. */
void draw_network(FILE *out, const hmn_graph *g);
void draw_network_of_image(FILE *out, const hmn_image *m);

/* Tiles of each chip in use with their cores and how full they are. */
void draw_placement(FILE *out, const hmn_image *m, const hmn_limits *limits);

/* Who sends to whom: cores, or tiles when there are many. Edges say how many neurons of one have a target on the
 * other; the heaviest DRAW_MAX_EDGES are drawn. */
enum { DRAW_MAX_NODES = 64, DRAW_MAX_EDGES = 300 };
void draw_routing(FILE *out, const hmn_image *m, const hmn_limits *limits);

#endif
