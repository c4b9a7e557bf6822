/* A replay, written. Takes what replay_run found, yields a table or JSON: weights along the way a projection, then the
 * lowering report with the errors that were measured. */
#include "tools/replay_out.h"

#include <inttypes.h>

static void put_rows(const source *s, const replay_result *r, json_out *j)
{
    uint32_t n;
    const lowering_row *row = lowering_rows(s->unit.qnet, r ? r->term : NULL, s->arena, &n);
    lowering_json(row, n, j);
}

static void print_rows(const source *s, const replay_result *r, FILE *out)
{
    uint32_t n;
    const lowering_row *row = lowering_rows(s->unit.qnet, r ? r->term : NULL, s->arena, &n);
    lowering_text(row, n, out);
}

static void restated(const replay_result *r, FILE *out)
{
    if (r->unlearned)
        fprintf(out, "terms of a synapse are not told apart: learning is not restated (%s)\n", r->unlearned);
    else
        fprintf(out,
                "errors: chip less reference in the same epoch; the chip's terms are restated, %" PRIu64
                " of their values compared with the emulator's: %s\n",
                r->learned.compared, r->learned.differ ? "NOT all the same" : "all the same");
}

void replay_text(const source *s, const replay_result *r, FILE *out)
{
    fprintf(out,
            "weights learned from the spikes and modulators of the reference, chip against reference, %" PRIu32
            " samples\n",
            r->samples);
    fprintf(out, "  %-20s %9s %10s %10s %10s %10s %8s %8s %8s %8s\n", "projection", "synapses", "LSB", "max [LSB]",
            "rms [LSB]", "bias [LSB]", "corr", "final", "change", "slope");
    for (uint32_t k = 0; k < r->nprojections; k++) {
        const replay_projection *p = &r->projection[k];
        fprintf(out, "  %-20s %9" PRIu64 " %10.4g %10.3f %10.3f %+10.3f %8.4f %8.4f %8.4f %8.4f\n", p->name,
                p->synapses, p->lsb, p->max / p->lsb, p->rms / p->lsb, p->bias / p->lsb, p->correlation,
                p->final_correlation, p->change_correlation, p->slope);
        fprintf(out, "  %-20s learning changed the reference by %.2f LSB (rms), %.3f LSB an epoch\n", "",
                p->change_rms / p->lsb, p->move / p->lsb);
        if (p->unmatched)
            fprintf(out, "  %-20s %" PRIu64 " synapses are on one side only\n", "", p->unmatched);
    }
    fputs("\nwhat became of the numbers\n", out);
    restated(r, out);
    print_rows(s, r, out);
}

static void put_projection(json_out *j, const replay_projection *p)
{
    json_put_object(j, NULL);
    json_put_text(j, "name", p->name);
    json_put_natural(j, "synapses", p->synapses);
    json_put_natural(j, "unmatched", p->unmatched);
    json_put_real(j, "lsb", p->lsb);
    json_put_real(j, "correlation", p->correlation);
    json_put_real(j, "final_correlation", p->final_correlation);
    json_put_real(j, "change_correlation", p->change_correlation);
    json_put_real(j, "slope", p->slope);
    json_put_real(j, "bias", p->bias);
    json_put_real(j, "max_difference", p->max);
    json_put_real(j, "rms_difference", p->rms);
    json_put_real(j, "rms_change", p->change_rms);
    json_put_real(j, "mean_move", p->move);
    json_put_close(j);
}

void replay_json(const source *s, const replay_result *r, double bound, FILE *out)
{
    json_out j;
    json_put_begin(&j, out);
    json_put_object(&j, NULL);
    json_put_text(&j, "target", s->chip->name);
    json_put_natural(&j, "steps", r->steps);
    json_put_natural(&j, "samples", r->samples);
    json_put_real(&j, "bound_correlation", bound);
    json_put_array(&j, "projections");
    for (uint32_t k = 0; k < r->nprojections; k++)
        put_projection(&j, &r->projection[k]);
    json_put_close(&j);
    if (!r->unlearned)
        json_put_bool(&j, "terms_restated_exactly", !r->learned.differ);
    put_rows(s, r, &j);
    json_put_close(&j);
    json_put_end(&j);
}

void replay_report_text(const source *s, const replay_result *r, FILE *out)
{
    fprintf(out, "%s on %s: %" PRIu32 " neurons, %" PRIu64 " synapses", s->unit.path, s->chip->name,
            s->unit.graph->nneurons, s->unit.graph->nsynapses);
    if (r)
        fprintf(out, ", measured over %" PRIu32 " steps", r->steps);
    fputc('\n', out);
    if (r)
        restated(r, out);
    print_rows(s, r, out);
}

void replay_report_json(const source *s, const replay_result *r, FILE *out)
{
    json_out j;
    json_put_begin(&j, out);
    json_put_object(&j, NULL);
    json_put_text(&j, "network", s->unit.path);
    json_put_text(&j, "target", s->chip->name);
    json_put_natural(&j, "neurons", s->unit.graph->nneurons);
    json_put_natural(&j, "synapses", s->unit.graph->nsynapses);
    json_put_natural(&j, "steps", r ? r->steps : 0);
    if (r && !r->unlearned)
        json_put_bool(&j, "terms_restated_exactly", !r->learned.differ);
    put_rows(s, r, &j);
    json_put_close(&j);
    json_put_end(&j);
}
