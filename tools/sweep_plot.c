/* Draws a sweep. Points come in the order of the sweep, the first parameter slowest: so point i has value number
 * i / group of the first parameter and belongs to line i % group, where group is the number of combinations of the
 * other parameters. The vertical axis begins at 0. */
#include "tools/sweep_plot.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { WIDTH = 560, HEIGHT = 170, LEFT = 80, TOP = 40, GAP = 60, LEGEND = 170 };

static const char *const colours[] = {"#1b6ca8", "#d1495b", "#66a182", "#edae49", "#7d5ba6", "#444444"};

typedef struct {
    const sweep_point *point;
    uint32_t count, group, steps; /* steps: values of the first parameter */
    FILE *out;
} plot;

static double of(const sweep_point *p, bool energy) { return energy ? p->nj_a_step : p->us_a_step; }

static double x_at(const plot *p, uint32_t step)
{
    return LEFT + (p->steps > 1 ? (double)step * WIDTH / (p->steps - 1) : WIDTH / 2.0);
}

/* 1, 2 or 5 times a power of ten, at least v. */
static double round_up(double v)
{
    double unit = pow(10, floor(log10(v)));
    return v <= unit ? unit : v <= 2 * unit ? 2 * unit : v <= 5 * unit ? 5 * unit : 10 * unit;
}

static void panel(const plot *p, bool energy, int top)
{
    double most = 0;
    for (uint32_t i = 0; i < p->count; i++)
        most = p->point[i].fits && of(&p->point[i], energy) > most ? of(&p->point[i], energy) : most;
    most = most > 0 ? round_up(most) : 1;
    fprintf(p->out, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>\n", LEFT, top - 10,
            energy ? "energy of a step [nJ]" : "time of a step [us]");
    for (int k = 0; k <= 4; k++) {
        double y = top + HEIGHT - k * HEIGHT / 4.0;
        fprintf(p->out,
                "<line x1=\"%d\" y1=\"%g\" x2=\"%d\" y2=\"%g\" stroke=\"#ddd\"/>"
                "<text x=\"%d\" y=\"%g\" text-anchor=\"end\">%.4g</text>\n",
                LEFT, y, LEFT + WIDTH, y, LEFT - 6, y + 4, most * k / 4);
    }
    for (uint32_t line = 0; line < p->group; line++) {
        const char *colour = colours[line % (sizeof colours / sizeof *colours)];
        fprintf(p->out, "<g stroke=\"%s\" fill=\"%s\">", colour, colour);
        for (uint32_t s = 0; s < p->steps; s++) {
            const sweep_point *a = &p->point[s * p->group + line], *b = s ? &p->point[(s - 1) * p->group + line] : a;
            double y = top + HEIGHT - of(a, energy) / most * HEIGHT,
                   before = top + HEIGHT - of(b, energy) / most * HEIGHT;
            if (a->fits)
                fprintf(p->out, "<circle cx=\"%g\" cy=\"%g\" r=\"3\"/>", x_at(p, s), y);
            else
                fprintf(p->out, "<text x=\"%g\" y=\"%d\" text-anchor=\"middle\" stroke=\"none\">&#215;</text>",
                        x_at(p, s), top + HEIGHT - 4);
            if (s && a->fits && b->fits)
                fprintf(p->out, "<line x1=\"%g\" y1=\"%g\" x2=\"%g\" y2=\"%g\"/>", x_at(p, s - 1), before, x_at(p, s),
                        y);
        }
        fputs("</g>\n", p->out);
    }
}

/* Values may hold characters of XML. */
static void escaped(FILE *out, const char *text)
{
    for (; *text; text++)
        *text == '<' ? fputs("&lt;", out) : *text == '&' ? fputs("&amp;", out) : fputc(*text, out);
}

static void legend(const plot *p, const char *const *name, uint32_t names)
{
    for (uint32_t line = 0; names > 1 && line < p->group; line++) {
        int y = TOP + 6 + 18 * (int)line;
        fprintf(p->out, "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">",
                LEFT + WIDTH + 20, y, colours[line % (sizeof colours / sizeof *colours)], LEFT + WIDTH + 36, y + 10);
        for (uint32_t k = 1; k < names; k++) {
            fputs(k > 1 ? ", " : "", p->out);
            escaped(p->out, name[k]);
            fputc(' ', p->out);
            escaped(p->out, p->point[line].value[k]);
        }
        fputs("</text>\n", p->out);
    }
}

void sweep_plot(const char *const *name, uint32_t names, const sweep_point *point, uint32_t count, FILE *out)
{
    plot p = {.point = point, .count = count, .group = 1, .out = out};
    while (p.group < count && strcmp(point[p.group].value[0], point[0].value[0]) == 0)
        p.group++;
    p.steps = count / p.group;
    int height = TOP + 2 * HEIGHT + GAP + 50;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
            "font-size=\"12\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
            LEFT + WIDTH + LEGEND + 40, height);
    panel(&p, false, TOP);
    panel(&p, true, TOP + HEIGHT + GAP);
    for (uint32_t s = 0; s < p.steps; s++) {
        fprintf(out, "<text x=\"%g\" y=\"%d\" text-anchor=\"middle\">", x_at(&p, s), height - 32);
        escaped(out, point[s * p.group].value[0]);
        fputs("</text>\n", out);
    }
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", LEFT + WIDTH / 2, height - 12);
    escaped(out, name[0]);
    fputs("</text>\n", out);
    legend(&p, name, names);
    fputs("</svg>\n", out);
}
