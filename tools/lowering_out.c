/* The lowering report, written. Takes its rows, yields a table or JSON. */
#include "tools/lowering.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

const char *lowering_verdict(qnet_verdict v)
{
    switch (v) {
    case VERDICT_EXACT: return "exact";
    case VERDICT_QUANTISED: return "quantised";
    case VERDICT_APPROXIMATED: return "approximated";
    case VERDICT_REFUSED: return "refused";
    }
    return "";
}

const char *lowering_origin_name(lowering_origin o)
{
    switch (o) {
    case LOWERING_NONE: return "not measured";
    case LOWERING_VALUES: return "values";
    case LOWERING_BOUND: return "bound";
    case LOWERING_MEASURED: return "measured";
    }
    return "";
}

static const char *text_or(const char *text, const char *other) { return text ? text : other; }

static void error(double x, FILE *out)
{
    if (isnan(x))
        fprintf(out, " %11s", "-");
    else
        fprintf(out, " %11.4g", x);
}

void lowering_text(const lowering_row *row, uint32_t n, FILE *out)
{
    int subject = 7, quantity = 8;
    bool measured = false, lacks = false;
    for (uint32_t i = 0; i < n; i++) {
        int s = (int)strlen(row[i].subject), k = (int)strlen(row[i].quantity);
        subject = s > subject ? s : subject;
        quantity = k > quantity ? k : quantity;
        measured |= row[i].origin == LOWERING_MEASURED;
        lacks |=
            row[i].origin == LOWERING_BOUND || (row[i].origin == LOWERING_NONE && row[i].verdict != VERDICT_REFUSED);
    }
    fprintf(out, "%-*s  %-*s  %-12s %4s %11s %11s %11s  %-12s %13s %12s %10s %9s\n", subject, "subject", quantity,
            "quantity", "verdict", "bits", "step", "max error", "rms error", "errors are", "weights [LSB]",
            "cycles/epoch", "values", "saturated");
    for (uint32_t i = 0; i < n; i++) {
        const lowering_row *r = &row[i];
        fprintf(out, "%-*s  %-*s  %-12s %4" PRIu32 " %11.4g", subject, r->subject, quantity, r->quantity,
                lowering_verdict(r->verdict), r->bits, r->scale);
        error(r->max_error, out);
        error(r->rms_error, out);
        fprintf(out, "  %-12s %13.3f %12.0f %10" PRIu64 " %9" PRIu64 " %s%s%s",
                r->verdict == VERDICT_REFUSED ? "-" : lowering_origin_name(r->origin), r->share, r->cycles, r->count,
                r->saturated, text_or(r->unit, ""), r->note ? "; " : "", text_or(r->note, ""));
        if (r->differ > 0)
            fprintf(out, "; %.3g %% of the decisions fell otherwise", 100 * r->differ);
        fputc('\n', out);
    }
    if (lacks && !measured)
        fputs("errors of terms are bounds or not measured: hmn verify --report FILE measures them on a run\n", out);
}

void lowering_json(const lowering_row *row, uint32_t n, json_out *j)
{
    json_put_array(j, "lowering");
    for (uint32_t i = 0; i < n; i++) {
        const lowering_row *r = &row[i];
        json_put_object(j, NULL);
        json_put_text(j, "subject", r->subject);
        json_put_text(j, "quantity", r->quantity);
        json_put_text(j, "unit", r->unit);
        json_put_text(j, "verdict", lowering_verdict(r->verdict));
        json_put_natural(j, "bits", r->bits);
        json_put_real(j, "scale", r->scale);
        json_put_text(j, "errors_are",
                      r->verdict == VERDICT_REFUSED ? NULL
                      : r->origin == LOWERING_NONE  ? "not measured; run hmn verify --report FILE"
                                                    : lowering_origin_name(r->origin));
        json_put_real(j, "max_error", r->max_error);
        json_put_real(j, "rms_error", r->rms_error);
        json_put_real(j, "max_bound", r->max_bound);
        json_put_real(j, "rms_bound", r->rms_bound);
        json_put_natural(j, "count", r->count);
        json_put_natural(j, "saturated", r->saturated);
        json_put_real(j, "weight_lsb", r->share);
        json_put_real(j, "decisions_differ", r->differ);
        json_put_real(j, "cycles_per_epoch", r->cycles);
        json_put_text(j, "note", r->note);
        json_put_close(j);
    }
    json_put_close(j);
}
