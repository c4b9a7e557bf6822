/* The curve of correlation over the size of a step. Takes multiples of the learning rates, compiles and replays the
 * network at each, yields rows and a picture: across, the mean change of a weight in an epoch in steps of the weight,
 * by powers of ten; upward, correlations of weights along the way and of what learning changed. */
#include "tools/steps_curve.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool steps_read(const char *text, double *factor, uint32_t *n)
{
    const char *p = text;
    for (*n = 0; *p && *n < STEPS_MOST;) {
        char *end;
        errno = 0;
        double x = strtod(p, &end);
        if (end == p || errno || !(x > 0 && x <= 1e6) || (*end && *end != ',') || (*end == ',' && !end[1]))
            break;
        factor[(*n)++] = x;
        p = end + (*end == ',');
    }
    if (*p == 0 && *n > 0)
        return true;
    fprintf(stderr, "hmn: --steps-lsb takes 1 to %d factors above 0 between commas, got '%s'\n", STEPS_MOST, text);
    return false;
}

static const char *first_error(const hmn_diag *d, hmn_arena *a)
{
    for (uint32_t i = 0; i < diag_count(d); i++)
        if (diag_get(d, i)->severity == DIAG_ERROR)
            return arena_printf(a, "%s", diag_get(d, i)->text);
    return "it was refused";
}

static uint32_t duration(const source *s)
{
    const hmn_net *net = s->unit.net;
    double n = net->duration.given ? round(net->duration.v / net->dt) : 1000;
    return n >= 1 && n < 1e8 ? (uint32_t)n : 1000;
}

/* False: an error that no factor mends. */
static bool one(const command_line *c, const char *path, uint32_t steps, hmn_arena *a, steps_point *p)
{
    enum { SAMPLES = 50 };
    source s;
    replay_result r = {0};
    source_begin(&s, c);
    s.rates = p->factor;
    bool loaded = source_load(&s, path, NULL) && !s.reference, front = s.unit.graph != NULL;
    if (loaded && replay_run(&s, steps ? steps : duration(&s), SAMPLES, &r) && r.nprojections) {
        p->projection = r.projection[0];
        p->projection.name = arena_printf(a, "%s", r.projection[0].name);
    } else
        p->refused = diag_errors(s.diag) ? first_error(s.diag, a) : "nothing learns";
    if (!front)
        source_print(s.diag, c);
    image_close(s.image);
    diag_free(s.diag);
    arena_free(s.arena);
    return front;
}

bool steps_run(const command_line *c, const char *path, const double *factor, uint32_t n, uint32_t steps, hmn_arena *a,
               steps_point *out)
{
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (steps_point){.factor = factor[i]};
        if (!one(c, path, steps, a, &out[i]))
            return false;
    }
    return true;
}

void steps_csv(const steps_point *p, uint32_t n, FILE *out)
{
    fputs("factor,move_lsb,change_lsb,correlation,change_correlation,slope,rms_lsb,bias_lsb,problem\n", out);
    for (uint32_t i = 0; i < n; i++) {
        const replay_projection *r = &p[i].projection;
        fprintf(out, "%.6g,", p[i].factor);
        if (p[i].refused)
            fprintf(out, ",,,,,,,\"%s\"\n", p[i].refused);
        else
            fprintf(out, "%.4g,%.4g,%.5f,%.5f,%.4f,%.4g,%.4g,\n", r->move / r->lsb, r->change_rms / r->lsb,
                    r->correlation, r->change_correlation, r->slope, r->rms / r->lsb, r->bias / r->lsb);
    }
}

/* ---- picture ---- */

enum { WIDTH = 480, HEIGHT = 240, LEFT = 60, TOP = 30 };

static bool drawn(const steps_point *p) { return !p->refused && p->projection.move > 0; }
static double octave(const steps_point *p) { return log10(p->projection.move / p->projection.lsb); }

static void line(const steps_point *p, uint32_t n, bool change, double low, double high, double least, FILE *out)
{
    const char *colour = change ? "#d1495b" : "#1b6ca8";
    fprintf(out, "<g fill=\"%s\">", colour);
    for (uint32_t i = 0; i < n; i++) {
        double value = change ? p[i].projection.change_correlation : p[i].projection.correlation;
        if (drawn(&p[i]))
            fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%.5f</title></circle>",
                    LEFT + WIDTH * (octave(&p[i]) - low) / (high - low),
                    TOP + HEIGHT * (1 - (value - least) / (1 - least)), value);
    }
    fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text></g>\n", LEFT + 10, TOP + (change ? 34 : 18),
            change ? "of what learning changed" : "of weights along the way");
}

void steps_svg(const steps_point *p, uint32_t n, FILE *out)
{
    double low = INFINITY, high = -INFINITY, least = 1;
    for (uint32_t i = 0; i < n; i++)
        if (drawn(&p[i])) {
            low = fmin(low, floor(octave(&p[i])));
            high = fmax(high, ceil(octave(&p[i])));
            least = fmin(least, fmin(p[i].projection.correlation, p[i].projection.change_correlation));
        }
    least = fmin(0.9, floor(10 * least) / 10);
    if (!(low < high)) {
        low = isfinite(low) ? low - 1 : -1;
        high = low + 2;
    }
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
            "font-size=\"12\"><rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
            LEFT + WIDTH + 20, TOP + HEIGHT + 50);
    for (int k = 0; k <= 4; k++) {
        double y = TOP + HEIGHT - k * HEIGHT / 4.0;
        fprintf(out,
                "<line x1=\"%d\" y1=\"%g\" x2=\"%d\" y2=\"%g\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%g\" "
                "text-anchor=\"end\">%.3g</text>\n",
                LEFT, y, LEFT + WIDTH, y, LEFT - 6, y + 4, least + (1 - least) * k / 4);
    }
    for (double k = low; k <= high; k++)
        fprintf(out, "<text x=\"%g\" y=\"%d\" text-anchor=\"middle\">%g</text>\n",
                LEFT + WIDTH * (k - low) / (high - low), TOP + HEIGHT + 18, pow(10, k));
    fprintf(out,
            "<text x=\"%d\" y=\"%d\">correlation with the reference; mean change of a weight an epoch [LSB]</text>\n",
            LEFT, TOP + HEIGHT + 38);
    line(p, n, false, low, high, least, out);
    line(p, n, true, low, high, least, out);
    fputs("</svg>\n", out);
}
