/* hmn graph: a picture of a network, of the pipeline, or of where an image sits on its chips. A network file is
 * compiled as far as the view needs; an image file is drawn from its tables. */
#include "tools/dot.h"
#include "tools/draw.h"
#include "tools/source.h"

#include <stdlib.h>
#include <string.h>

typedef enum { VIEW_NETWORK, VIEW_PIPELINE, VIEW_PLACEMENT, VIEW_ROUTING, VIEWS } view_kind;

static const char *const views[VIEWS] = {"network", "pipeline", "placement", "routing"};

/* The view asked for; VIEWS after a usage error. */
static view_kind read_view(const command_line *c)
{
    const char *name = command_value(c, "view");
    if (!name)
        return VIEW_NETWORK;
    for (int k = 0; k < VIEWS; k++)
        if (strcmp(views[k], name) == 0)
            return (view_kind)k;
    fprintf(stderr, "hmn graph: no view '%s'; there are network, pipeline, placement and routing\n", name);
    return VIEWS;
}

static bool draw(FILE *out, view_kind view, const source *s)
{
    bool image = s->image != NULL;
    if (view == VIEW_PIPELINE)
        draw_pipeline(out, pipeline_passes());
    else if (view == VIEW_NETWORK && image)
        draw_network_of_image(out, s->image);
    else if (view == VIEW_NETWORK)
        draw_network(out, s->unit.graph);
    else if (!image) {
        diag_report(s->diag, DIAG_TARGET_UNKNOWN, (hmn_span){0}, "the reference has no cores to draw");
        diag_cure(s->diag, "choose a chip with --target; hmn targets lists them");
    } else if (view == VIEW_PLACEMENT)
        draw_placement(out, s->image, s->chip->limits);
    else
        draw_routing(out, s->image, s->chip->limits);
    return diag_errors(s->diag) == 0;
}

static void make(source *s, view_kind view, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    bool ok = out && draw(out, view, s);
    if (!out || fclose(out) != 0)
        diag_report(s->diag, DIAG_FILE_WRITE, (hmn_span){0}, "out of memory while drawing '%s'", path);
    else if (ok)
        dot_write(text, length, path, s->diag);
    free(text);
}

static int run(const command_line *c)
{
    view_kind view = read_view(c);
    const char *path = command_value(c, "output");
    if (view == VIEWS)
        return EXIT_USAGE;
    if (!path || !dot_knows(path)) {
        fputs("hmn graph: give a picture with -o, its name ending in .svg, .pdf, .png, .dot or .gv\n", stderr);
        return EXIT_USAGE;
    }
    if (c->noperands == 0 && view != VIEW_PIPELINE) {
        fprintf(stderr, "hmn graph: the view %s needs a network or an image\n", views[view]);
        return EXIT_USAGE;
    }
    source s;
    source_begin(&s, c);
    if (view == VIEW_PIPELINE || source_load(&s, c->operand[0], view == VIEW_NETWORK ? "elaborate" : NULL))
        make(&s, view, path);
    return source_end(&s);
}

static const command_option options[] = {
    {"view", 'v', "VIEW", "network (default), pipeline, placement or routing"},
    {"target", 't', "TARGET", "chip to place a network on, instead of the network's own"},
    {"output", 'o', "FILE", "the picture: .svg, .pdf or .png, drawn by Graphviz; .dot or .gv, its input"},
    {NULL, 0, NULL, NULL},
};

const command command_graph = {
    .name = "graph",
    .summary = "draws a network, the pipeline, placement or routes",
    .synopsis = "[OPTION ...] [NET.yaml|OUT.hmn|DIR] -o FILE",
    .description =
        "Draws a picture with Graphviz. The view network shows populations, projections with their synapses (those "
        "that "
        "learn in red, inhibitory ones ending in a bar) and modulators. The view placement shows the tiles of each "
        "chip with the "
        "cores on them and how full they are. The view routing shows how many neurons of one core have a target on "
        "another; of large networks it shows tiles, and the heaviest connections. The view pipeline shows the "
        "compiler's passes and needs no file.\n\n"
        "A name that ends in .dot or .gv receives Graphviz's input, for which Graphviz need not be installed.",
    .examples = "hmn graph models/digits.yaml -o network.svg\n"
                "hmn graph models/digits.yaml --view placement --target loihi -o cores.svg\n"
                "hmn graph --view pipeline -o pipeline.dot",
    .option = options,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
