/* Heat map of cores and links. Takes the totals of a timed run, yields an SVG: a box a tile, a square a core, a bar a
 * link and direction. Colours run from light to dark with the share of the largest value. On a torus of chips with six
 * links a box is a chip, those alone that do something, and a bar stands at the side where the link leaves. */
#include "tools/heat.h"

#include <inttypes.h>

enum { TILE = 74, BOX = 56, MARGIN = 24, TOP = 54, TITLE = 5 };

/* From pale yellow to dark red in 0..255. */
static void colour(FILE *out, uint64_t value, uint64_t most)
{
    unsigned k = most ? (unsigned)(value / (most / 255 + 1)) : 0;
    unsigned red = 255 - (k > 160 ? (k - 160) : 0), green = 244 - k * 230 / 255, blue = 214 - k * 190 / 255;
    fprintf(out, "#%02x%02x%02x", red, green, blue);
}

typedef struct {
    const hmn_timing *t;
    const hmn_image *image;
    const hmn_chip *chip;
    const hmn_limits *l;
    uint32_t width, height, across; /* tiles; cores of a row of squares in a tile */
    uint32_t columns;               /* that are drawn */
    bool torus;
    const bool *busy; /* [chips] of a torus */
    FILE *out;
} map;

/* y grows upward, as routers are numbered. */
static uint32_t left(uint32_t x) { return MARGIN + x * TILE; }
static uint32_t top(const map *m, uint32_t y) { return TOP + (m->height - 1 - y) * TILE; }

static hmn_place place_of(const map *m, uint32_t core)
{
    image_rows sites = image_host(m->image, HOST_SITES);
    uint32_t site = core < sites.rows ? (uint32_t)image_get(sites, core, 0) : core;
    return m->chip->place ? m->chip->place(m->image, site) : limits_place(m->l, site);
}

/* Marks chips of which a core runs or a link carries something. */
static void mark_busy(map *m, hmn_arena *a)
{
    uint32_t n;
    const timing_link *link = timing_links(m->t, &n);
    bool *busy = ARENA_NEW(a, bool, (size_t)m->width * m->height);
    for (uint32_t i = 0; i < n; i++)
        busy[link[i].from] = busy[link[i].to] = true;
    timing_cores(m->t, &n);
    for (uint32_t i = 0; i < n; i++)
        busy[place_of(m, i).y * m->width + place_of(m, i).x] = true;
    m->busy = busy;
    uint32_t columns = 0, rows = 0;
    for (uint32_t y = 0; y < m->height; y++)
        for (uint32_t x = 0; x < m->width; x++)
            if (busy[y * m->width + x]) {
                columns = x + 1 > columns ? x + 1 : columns;
                rows = y + 1;
            }
    m->columns = columns > TITLE ? columns : TITLE;
    m->height = rows;
}

static void draw_tiles(const map *m)
{
    for (uint32_t y = 0; y < m->height; y++)
        for (uint32_t x = 0; x < m->columns && x < m->width; x++)
            if (!m->torus || m->busy[y * m->width + x])
                fprintf(m->out,
                        "<rect x=\"%" PRIu32 "\" y=\"%" PRIu32
                        "\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"#f4f4f4\" stroke=\"#bbb\"/>\n",
                        left(x), top(m, y), BOX, BOX);
}

static void draw_cores(const map *m)
{
    uint32_t n;
    uint64_t most = 0;
    const timing_core *core = timing_cores(m->t, &n);
    image_rows sites = image_host(m->image, HOST_SITES);
    uint32_t locals = m->torus ? m->l->cores_per_chip : m->l->cores_per_tile;
    for (uint32_t i = 0; i < n; i++)
        most = core[i].fj > most ? core[i].fj : most;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t site = i < sites.rows ? (uint32_t)image_get(sites, i, 0) : i;
        hmn_place p = place_of(m, i);
        uint32_t k = (m->l->cores_per_chip ? site % m->l->cores_per_chip : site) % (locals ? locals : 1);
        uint32_t size = (BOX - 8) / m->across;
        fprintf(m->out,
                "<rect x=\"%" PRIu32 "\" y=\"%" PRIu32 "\" width=\"%" PRIu32 "\" height=\"%" PRIu32 "\" fill=\"",
                left(p.x) + 4 + k % m->across * size, top(m, p.y) + 4 + k / m->across * size, size - 2, size - 2);
        colour(m->out, core[i].fj, most);
        fprintf(m->out,
                "\" stroke=\"#888\"><title>core %" PRIu32 ": %.6g nJ, %" PRIu64 " messages in, %" PRIu64
                " out</title></rect>\n",
                i, (double)core[i].fj * 1e-6, core[i].received, core[i].sent);
    }
}

/* Links of a chip that leave east, north-east, north, west, south-west and south. */
static void draw_ways(const map *m)
{
    static const struct {
        int32_t x, y, width, height;
    } bar[] = {{BOX + 1, BOX / 2 - 13, 7, 10}, {BOX + 1, -8, 7, 7}, {BOX / 2 - 13, -8, 10, 7},
               {-8, BOX / 2 + 3, 7, 10},       {-8, BOX + 1, 7, 7}, {BOX / 2 + 3, BOX + 1, 10, 7}};
    static const char *const way[] = {"east", "north-east", "north", "west", "south-west", "south"};
    uint32_t n;
    uint64_t most = 0;
    const timing_link *link = timing_links(m->t, &n);
    for (uint32_t i = 0; i < n; i++)
        most = link[i].flits > most ? link[i].flits : most;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = link[i].from % m->width, y = link[i].from / m->width, d = link[i].side;
        fprintf(m->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"", (int32_t)left(x) + bar[d].x,
                (int32_t)top(m, y) + bar[d].y, bar[d].width, bar[d].height);
        colour(m->out, link[i].flits, most);
        fprintf(m->out,
                "\" stroke=\"#999\" stroke-width=\"0.5\"><title>(%" PRIu32 ", %" PRIu32 ") %s to (%" PRIu32 ", %" PRIu32
                "): %" PRIu64 " packets</title></rect>\n",
                x, y, way[d], link[i].to % m->width, link[i].to / m->width, link[i].flits);
    }
}

static void draw_links(const map *m)
{
    uint32_t n;
    uint64_t most = 0;
    const timing_link *link = timing_links(m->t, &n);
    for (uint32_t i = 0; i < n; i++)
        most = link[i].flits > most ? link[i].flits : most;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t ax = link[i].from % m->width, ay = link[i].from / m->width;
        uint32_t bx = link[i].to % m->width, by = link[i].to / m->width;
        bool flat = ay == by, back = flat ? bx < ax : by < ay; /* the two directions lie side by side */
        uint32_t x = flat ? left(ax < bx ? ax : bx) + BOX + 1 : left(ax) + (back ? BOX / 2 + 3 : BOX / 2 - 9);
        uint32_t y =
            flat ? top(m, ay) + (back ? BOX / 2 + 3 : BOX / 2 - 9) : top(m, ay < by ? ay : by) - (TILE - BOX) + 1;
        fprintf(m->out, "<rect x=\"%" PRIu32 "\" y=\"%" PRIu32 "\" width=\"%d\" height=\"%d\" fill=\"", x, y,
                flat ? TILE - BOX - 2 : 6, flat ? 6 : TILE - BOX - 2);
        colour(m->out, link[i].flits, most);
        fprintf(m->out,
                "\" stroke=\"#999\" stroke-width=\"0.5\"><title>(%" PRIu32 ", %" PRIu32 ") to (%" PRIu32 ", %" PRIu32
                "): %" PRIu64 " flits</title></rect>\n",
                ax, ay, bx, by, link[i].flits);
    }
}

void heat_map(const hmn_timing *t, const hmn_image *image, const hmn_chip *chip, FILE *out)
{
    map m = {.t = t, .image = image, .chip = chip, .l = chip->limits, .out = out, .across = 1};
    m.torus = chip->timing->clocked;
    m.columns = m.width;
    uint32_t tiles = timing_tiles(t, &m.width);
    m.height = tiles / m.width;
    while (m.across * m.across < (m.torus ? chip->limits->cores_per_chip : chip->limits->cores_per_tile))
        m.across++;
    hmn_arena *a = arena_new(0);
    if (m.torus)
        mark_busy(&m, a);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%" PRIu32 "\" height=\"%" PRIu32
            "\" font-family=\"sans-serif\" font-size=\"12\">\n"
            "<text x=\"%d\" y=\"20\">Energy of cores, traffic of links; light is little, dark is most</text>\n"
            "<text x=\"%d\" y=\"38\" fill=\"#666\">%s of %s, router (0, 0) at the lower left</text>\n",
            2 * MARGIN + m.columns * TILE, TOP + MARGIN + m.height * TILE, MARGIN, MARGIN, m.torus ? "chips" : "tiles",
            chip->name);
    draw_tiles(&m);
    if (m.torus)
        draw_ways(&m);
    else
        draw_links(&m);
    draw_cores(&m);
    arena_free(a);
    fputs("</svg>\n", out);
}
