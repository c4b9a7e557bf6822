/* The lowering report. Takes the quantised network, yields one line a quantity: verdict, bits, real value of one
 * step, worst and rms error in real units. */
#include "tools/lowering.h"

#include <inttypes.h>
#include <string.h>

const char *lowering_verdict(qnet_verdict v)
{
    switch (v) {
    case VERDICT_EXACT: return "exact";
    case VERDICT_QUANTISED: return "quantised";
    case VERDICT_APPROXIMATED: return "approximated";
    }
    return "";
}

static const char *text_or(const char *text, const char *other) { return text ? text : other; }

void lowering_text(const hmn_qnet *q, FILE *out)
{
    int subject = 7, quantity = 8;
    for (uint32_t i = 0; i < q->nreport; i++) {
        int s = (int)strlen(q->report[i].subject), n = (int)strlen(q->report[i].quantity);
        subject = s > subject ? s : subject;
        quantity = n > quantity ? n : quantity;
    }
    fprintf(out, "%-*s  %-*s  %-12s %4s %11s %11s %11s %10s %9s\n", subject, "subject", quantity, "quantity", "verdict",
            "bits", "step", "max error", "rms error", "values", "saturated");
    for (uint32_t i = 0; i < q->nreport; i++) {
        const qnet_report_row *r = &q->report[i];
        fprintf(out, "%-*s  %-*s  %-12s %4" PRIu32 " %11.4g %11.4g %11.4g %10" PRIu64 " %9" PRIu64 " %s%s%s\n", subject,
                r->subject, quantity, r->quantity, lowering_verdict(r->verdict), r->bits, r->scale, r->max_error,
                r->rms_error, r->count, r->saturated, text_or(r->unit, ""), r->note ? "; " : "", text_or(r->note, ""));
    }
}

void lowering_json(const hmn_qnet *q, json_out *j)
{
    json_put_array(j, "lowering");
    for (uint32_t i = 0; i < q->nreport; i++) {
        const qnet_report_row *r = &q->report[i];
        json_put_object(j, NULL);
        json_put_text(j, "subject", r->subject);
        json_put_text(j, "quantity", r->quantity);
        json_put_text(j, "unit", r->unit);
        json_put_text(j, "verdict", lowering_verdict(r->verdict));
        json_put_natural(j, "bits", r->bits);
        json_put_real(j, "scale", r->scale);
        json_put_real(j, "max_error", r->max_error);
        json_put_real(j, "rms_error", r->rms_error);
        json_put_natural(j, "count", r->count);
        json_put_natural(j, "saturated", r->saturated);
        json_put_text(j, "note", r->note);
        json_put_close(j);
    }
    json_put_close(j);
}
