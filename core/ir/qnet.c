/* Keeps the lowering report. Takes rows one by one as the passes find out what a number cost, yields them in
 * that order, which is the order of the populations and projections and so the same in every run. */
#include "core/ir/qnet.h"

void quantise_report_add(hmn_qnet *q, hmn_arena *a, qnet_report_row row)
{
    q->report = arena_grow(a, q->report, sizeof *q->report, q->nreport, q->nreport + 1, &q->report_cap);
    q->report[q->nreport++] = row;
}
