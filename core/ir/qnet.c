/* The transpose of a projection, and the lowering report, which takes rows one by one as the passes find out what a
 * number cost and yields them in that order, which is the order of the populations and projections and so the same in
 * every run. */
#include "core/ir/qnet.h"

#include <math.h>

void quantise_report_add(hmn_qnet *q, hmn_arena *a, qnet_report_row row)
{
    q->report = arena_grow(a, q->report, sizeof *q->report, q->nreport, q->nreport + 1, &q->report_cap);
    q->report[q->nreport++] = row;
}

bool quantise_lost(hmn_diag *d, hmn_span at, const char *what, double value, double bound, const char *unit)
{
    bool above = fabs(value) > bound;
    diag_report(d, DIAG_LOST_TO_ZERO, at, "%s is %.4g%s%s, but %s than %.4g rounds to zero", what, value,
                *unit ? " " : "", unit, above ? "more" : "less", bound);
    diag_cure(d, above ? "lower it to %.4g or less" : "raise it to %.4g or more", bound);
    return false;
}

void qnet_index_targets(hmn_qnet *q, uint32_t projection, hmn_arena *a)
{
    const graph_projection *j = &q->graph->projection[projection];
    uint32_t npre = q->graph->population[j->pre].size, npost = q->graph->population[j->post].size;
    uint32_t *row = ARENA_NEW(a, uint32_t, npost + 2);
    uint32_t *pre = ARENA_NEW(a, uint32_t, j->nsynapses), *edge = ARENA_NEW(a, uint32_t, j->nsynapses);
    for (uint64_t e = 0; e < j->nsynapses; e++)
        row[j->target[e] + 2]++;
    for (uint32_t i = 0; i < npost; i++)
        row[i + 2] += row[i + 1];
    for (uint32_t i = 0; i < npre; i++)
        for (uint32_t e = j->row[i]; e < j->row[i + 1]; e++) {
            uint32_t at = row[j->target[e] + 1]++;
            pre[at] = i;
            edge[at] = e;
        }
    q->projection[projection].in_row = row;
    q->projection[projection].in_pre = pre;
    q->projection[projection].in_edge = edge;
}
