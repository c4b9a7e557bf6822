/* Errors term by term, written. Takes rows, yields a table or JSON. */
#include "tools/terms.h"

#include <inttypes.h>
#include <string.h>

void terms_text(const term_row *row, uint32_t n, FILE *out)
{
    int projection = 10;
    for (uint32_t i = 0; i < n; i++)
        projection = (int)strlen(row[i].projection) > projection ? (int)strlen(row[i].projection) : projection;
    fprintf(out, "%-*s  %-28s %-12s %4s %11s %11s %13s %12s %10s\n", projection, "projection", "term", "verdict",
            "bits", "max error", "rms error", "weights [LSB]", "cycles/epoch", "values");
    for (uint32_t i = 0; i < n; i++) {
        const term_row *r = &row[i];
        fprintf(out, "%-*s  %-28s %-12s %4" PRIu32 " %11.4g %11.4g %13.3f %12.0f %10" PRIu64, projection, r->projection,
                r->term, r->verdict, r->bits, r->max_error, r->rms_error, r->share, r->cycles, r->count);
        if (r->differ > 0)
            fprintf(out, " %.3g %% of the decisions fell otherwise", 100 * r->differ);
        fputc('\n', out);
    }
}

void terms_json(const term_row *row, uint32_t n, json_out *j)
{
    json_put_array(j, "terms");
    for (uint32_t i = 0; i < n; i++) {
        const term_row *r = &row[i];
        json_put_object(j, NULL);
        json_put_text(j, "projection", r->projection);
        json_put_text(j, "term", r->term);
        json_put_text(j, "verdict", r->verdict);
        json_put_natural(j, "bits", r->bits);
        json_put_text(j, "unit", r->unit);
        json_put_natural(j, "count", r->count);
        json_put_real(j, "max_error", r->max_error);
        json_put_real(j, "rms_error", r->rms_error);
        json_put_real(j, "weight_lsb", r->share);
        json_put_real(j, "cycles_per_epoch", r->cycles);
        json_put_real(j, "decisions_differ", r->differ);
        json_put_close(j);
    }
    json_put_close(j);
}
