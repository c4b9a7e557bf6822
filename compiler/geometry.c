/* Where neurons sit and how distance makes connections likely. Takes populations with a structure (PyNN's Line,
 * Grid2D, Grid3D) and an expression of d, yields probabilities. Positions are computed, not stored: neuron
 * numbers run along channels, then width, then height, as images are laid out. */
#include "compiler/geometry.h"

#include "compiler/expr.h"
#include "core/base/bug.h"

#include <math.h>

void geometry_position(const net_population *p, uint32_t neuron, double xyz[3])
{
    uint32_t channels = p->shape[2], width = p->shape[1];
    xyz[0] = xyz[1] = xyz[2] = 0;
    switch (p->structure) {
    case STRUCT_LINE: xyz[0] = neuron * p->spacing[0]; return;
    case STRUCT_GRID_3D: xyz[2] = neuron % channels * p->spacing[2]; break;
    case STRUCT_GRID_2D: break;
    }
    xyz[0] = neuron / channels % width * p->spacing[0];
    xyz[1] = neuron / channels / width * p->spacing[1];
}

bool geometry_check(const net_projection *p, const net_population *of, hmn_diag *d)
{
    if (of->structure == STRUCT_LINE || (uint64_t)of->shape[0] * of->shape[1] * of->shape[2] == of->size)
        return true;
    diag_report(d, DIAG_NET_CONNECT, p->connector.at, "the grid of %s holds %u x %u x %u neurons, not its %u",
                of->name.s, of->shape[0], of->shape[1], of->shape[2], of->size);
    diag_cure(d, "give %s the size [height, width]", of->name.s);
    return false;
}

geometry geometry_of(const net_projection *p, const net_population *pre, const net_population *post)
{
    return (geometry){&p->connector, pre, post, -1};
}

double geometry_probability(geometry *g, uint32_t i, uint32_t j)
{
    double a[3], b[3];
    geometry_position(g->pre, i, a);
    geometry_position(g->post, j, b);
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2], d = sqrt(x * x + y * y + z * z);
    if (d > g->connector->max_distance)
        return 0;
    double p = expr_eval(g->connector->expression, &d);
    if (isnan(p)) {
        if (g->bad_distance < 0)
            g->bad_distance = d;
        return 0;
    }
    return p < 0 ? 0 : p > 1 ? 1 : p;
}

bool geometry_sound(const geometry *g, hmn_diag *d)
{
    if (g->bad_distance < 0)
        return true;
    diag_report(d, DIAG_EXPRESSION, g->connector->at, "the expression has no value at d = %g, between %s and %s",
                g->bad_distance, g->pre->name.s, g->post->name.s);
    diag_cure(d, "use an expression that is a number for every distance, e.g. exp(-d)");
    return false;
}
