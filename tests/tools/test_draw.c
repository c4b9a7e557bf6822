/* The DOT text of each view, from a network built by hand and its image. */
#include "tests/compiler/fake_chip.h"
#include "tests/suite.h"
#include "tools/dot.h"
#include "tools/draw.h"

#include <unistd.h>

static const hmn_limits small = {
    .compartments = 10, .cores_per_chip = 16, .chips = 4, .mesh_width = 2, .mesh_height = 2, .cores_per_tile = 4};

typedef struct {
    fake_net *f;
    hmn_image *image;
    char *text;
    size_t length;
    FILE *out;
} fixture;

static void compile(fixture *x)
{
    hmn_unit *u = &x->f->unit;
    ck_assert(pass_partition(u) && pass_place(u) && pass_route(u) && pass_emit(u));
    x->image = image_from_memory(u->image, u->image_size, "test", u->diag);
    ck_assert_ptr_nonnull(x->image);
}

static fixture *begin(uint32_t neurons)
{
    fake_net *f = fake_begin(small);
    fixture *x = ARENA_NEW(f->arena, fixture, 1);
    x->f = f;
    uint32_t in = fake_population(f, "stimulus", 7, true), a = fake_population(f, "excite", neurons, false);
    uint32_t b = fake_population(f, "readout", 4, false);
    fake_projection(f, "feed", in, a, 3, 1);
    f->projection[fake_projection(f, "teach", a, b, 2, 1)].rule = 0;
    f->projection[fake_projection(f, "calm", b, a, 4, 1)].receptor = RECEPTOR_INHIBITORY;
    static const net_ref used[] = {{0, {0}}};
    net_rule *rule = ARENA_NEW(f->arena, net_rule, 1);
    rule->modulator = used;
    rule->nmodulators = 1;
    f->net.rule = rule;
    f->net.nrules = 1;
    net_modulator *m = ARENA_NEW(f->arena, net_modulator, 1);
    *m = (net_modulator){.name = {"reward", {0}}, .source = MODSRC_POPULATION, .population = {b, {0}}};
    f->net.modulator = m;
    f->net.nmodulators = 1;
    x->out = open_memstream(&x->text, &x->length);
    return x;
}

static void end(fixture *x)
{
    free(x->text);
    if (x->image)
        image_close(x->image);
    fake_end(x->f);
}

static uint32_t count(const fixture *x, const char *part)
{
    uint32_t n = 0;
    for (const char *at = x->text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

static void whole(fixture *x)
{
    ck_assert_int_eq(fclose(x->out), 0);
    ck_assert(strncmp(x->text, "digraph \"", 9) == 0);
    ck_assert_str_eq(x->text + x->length - 2, "}\n");
    ck_assert_uint_eq(count(x, "{"), count(x, "}"));
}

static void shows_network(fixture *x)
{
    static const char *const once[] = {"\"stimulus\\n7 x", "\"excite\\n25 x", "\"readout\\n4 x", "\"feed\\n",
                                       "\"teach\\n",       "\"calm\\n",       "\"reward\"",      "p2 -> m0"};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        ck_assert_msg(count(x, once[i]) == 1, "%s stands %u times in %s", once[i], count(x, once[i]), x->text);
    char synapses[64];
    snprintf(synapses, sizeof synapses, "feed\\n%llu synapses", (unsigned long long)x->f->projection[0].nsynapses);
    ck_assert_uint_eq(count(x, synapses), 1);
}

START_TEST(the_network_view_shows_each_thing_once)
{
    fixture *x = begin(25);
    draw_network(x->out, &x->f->graph);
    whole(x);
    shows_network(x);
    ck_assert_uint_eq(count(x, "arrowhead=tee"), 1);
    ck_assert_uint_eq(count(x, "m0 -> p2"), 1);
    end(x);
}
END_TEST

START_TEST(the_network_view_shows_dendrites)
{
    fixture *x = begin(4);
    graph_population *soma = &x->f->population[2];
    soma->join = JOIN_ADD_U;
    soma->dendrite[soma->ndendrites++] = 1;
    draw_network(x->out, &x->f->graph);
    whole(x);
    ck_assert_uint_eq(count(x, "p1 -> p2 [arrowhead=dot, penwidth=2, label=\"add_u\"]"), 1);
    end(x);
}
END_TEST

START_TEST(the_image_gives_the_same_network)
{
    fixture *x = begin(25);
    compile(x);
    draw_network_of_image(x->out, x->image);
    whole(x);
    shows_network(x);
    end(x);
}
END_TEST

START_TEST(quotes_in_names_do_not_break_the_text)
{
    fixture *x = begin(25);
    x->f->net.name.s = "a \"quoted\\ name\"\n";
    draw_network(x->out, &x->f->graph);
    whole(x);
    ck_assert_uint_eq(count(x, "digraph \"a \\\"quoted\\\\ name\\\" \" {"), 1);
    end(x);
}
END_TEST

START_TEST(the_placement_view_shows_every_core_and_its_share)
{
    fixture *x = begin(25);
    compile(x);
    draw_placement(x->out, x->image, &small);
    whole(x);
    uint32_t ncores = x->f->unit.mapping->ncores;
    ck_assert_uint_eq(count(x, ">core "), ncores);
    ck_assert_uint_eq(count(x, ">free<"), 16 - ncores);
    ck_assert_uint_eq(count(x, "of 10"), ncores);
    ck_assert_uint_eq(count(x, "<TR>"), count(x, "</TR>"));
    ck_assert_uint_eq(count(x, "<TABLE"), 1 + 4);
    end(x);
}
END_TEST

static uint64_t weight_sum(const fixture *x)
{
    uint64_t sum = 0;
    for (const char *at = x->text; (at = strstr(at, " -> c"));) {
        at = strstr(at, "label=\"") + 7;
        sum += strtoull(at, NULL, 10);
    }
    return sum;
}

START_TEST(the_routing_view_counts_every_axon)
{
    fixture *x = begin(25);
    compile(x);
    draw_routing(x->out, x->image, &small);
    whole(x);
    const hmn_mapping *m = x->f->unit.mapping;
    ck_assert_uint_eq(count(x, "[shape=box"), m->ncores);
    ck_assert_uint_gt(count(x, "host ->"), 0);
    ck_assert_uint_eq(weight_sum(x), m->axon_row[m->ncores]);
    end(x);
}
END_TEST

START_TEST(many_cores_are_drawn_as_tiles)
{
    fixture *x = begin(640);
    x->f->limits.chips = 8;
    compile(x);
    ck_assert_uint_gt(x->f->unit.mapping->ncores, DRAW_MAX_NODES);
    draw_routing(x->out, x->image, &small);
    whole(x);
    ck_assert_uint_le(count(x, "\"tile at ("), DRAW_MAX_NODES / 2);
    ck_assert_uint_eq(count(x, "\"core "), 0);
    ck_assert_uint_le(count(x, " -> c"), DRAW_MAX_EDGES);
    end(x);
}
END_TEST

START_TEST(the_pipeline_view_shows_each_pass_and_what_feeds_it)
{
    static const pipeline_pass passes[] = {{"first", NULL, 1, 2, "makes two"},
                                           {"second", NULL, 2, 4, "makes four"},
                                           {"third", NULL, 6, 8, "takes both"},
                                           {NULL, NULL, 0, 0, NULL}};
    fixture *x = begin(25);
    draw_pipeline(x->out, passes);
    whole(x);
    ck_assert_uint_eq(count(x, "[label="), 3);
    ck_assert_uint_eq(count(x, "\"first\" -> \"second\""), 1);
    ck_assert_uint_eq(count(x, "\"first\" -> \"third\""), 1);
    ck_assert_uint_eq(count(x, "->"), 3);
    end(x);
}
END_TEST

START_TEST(graphviz_accepts_every_view)
{
    for (int view = 0; view < 4; view++) {
        fixture *x = begin(45);
        compile(x);
        if (view == 0)
            draw_network(x->out, &x->f->graph);
        else if (view == 1)
            draw_network_of_image(x->out, x->image);
        else if (view == 2)
            draw_placement(x->out, x->image, &small);
        else
            draw_routing(x->out, x->image, &small);
        whole(x);
        char path[] = "hmn_draw_XXXXXX.svg";
        int file = mkstemps(path, 4);
        ck_assert_int_ge(file, 0);
        close(file);
        bool drawn = dot_write(x->text, x->length, path, x->f->unit.diag);
        const hmn_message *m = drawn ? NULL : diag_get(x->f->unit.diag, 0);
        ck_assert_msg(drawn || strstr(m->text, "not installed"), "view %d: %s", view, drawn ? "" : m->text);
        unlink(path);
        end(x);
    }
}
END_TEST

SUITE("draw", the_network_view_shows_each_thing_once, the_network_view_shows_dendrites,
      the_image_gives_the_same_network, quotes_in_names_do_not_break_the_text,
      the_placement_view_shows_every_core_and_its_share, the_routing_view_counts_every_axon,
      many_cores_are_drawn_as_tiles, the_pipeline_view_shows_each_pass_and_what_feeds_it, graphviz_accepts_every_view)
