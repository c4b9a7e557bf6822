/* Builds the graph of a SpiNNaker machine. Takes its shape and faults, yields chips, links and distances in flat
 * arrays. A SpiNN-5 board is a hexagon of 48 chips inside 8 x 8; three of them (a triad) tile the plane with period
 * 12 x 12, Ethernet chips at (0,0), (4,8), (8,4). A machine whose width is a multiple of 12 wraps round in x; with 4
 * chips more it has open edges and holes where a neighbouring triad's boards would be; the same for y. Layout and
 * core counts: SpiNNMachine (version_5.py, version_3.py), read and restated; vectors: Heathcote's thesis (2016). */
#include "backends/spinnaker/geometry.h"

#include <stdlib.h>
#include <string.h>

static const int8_t step_x[SPIN_LINKS] = {1, 1, 0, -1, -1, 0}, step_y[SPIN_LINKS] = {0, 1, 1, 0, -1, -1};

/* First and last x of each row of a SpiNN-5 board. */
static const uint8_t row_first[8] = {0, 0, 0, 0, 1, 2, 3, 4}, row_last[8] = {4, 5, 6, 7, 7, 7, 7, 7};

/* Chips of a board that have 17 cores in the host software's map. */
static const uint8_t short_chip[][2] = {{1, 1}, {1, 3}, {3, 1}, {3, 3}, {3, 5}, {5, 2}, {5, 4}, {5, 6}};

/* Ethernet chips of a triad. */
static const uint8_t triad[3][2] = {{0, 0}, {4, 8}, {8, 4}};

/* Links that a SpiNN-3 board lacks: its two columns are joined on one side only. */
static const uint8_t small_dead[][3] = {{0, 0, 3}, {0, 0, 4}, {0, 1, 3}, {0, 1, 4},
                                        {1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1}};

enum { MAX_SIDE = 256, TRIAD = 12, OPEN = 4 };

typedef struct {
    spin_machine *m;
    uint8_t *cores;     /* [width * height] 0: no chip */
    uint8_t *dead_link; /* [width * height] bit a link */
    int32_t *board;     /* [width * height] x + y * width of the Ethernet chip */
} builder;

static int32_t modulo(int32_t a, uint32_t n)
{
    int32_t r = a % (int32_t)n;
    return r < 0 ? r + (int32_t)n : r;
}

static uint32_t board_cores(uint32_t x, uint32_t y)
{
    for (size_t i = 0; i < sizeof short_chip / sizeof *short_chip; i++)
        if (short_chip[i][0] == x && short_chip[i][1] == y)
            return SPIN_CORES - 1;
    return SPIN_CORES;
}

static void lay_board(builder *b, uint32_t ex, uint32_t ey)
{
    spin_machine *m = b->m;
    for (uint32_t y = 0; y < 8; y++)
        for (uint32_t x = row_first[y]; x <= row_last[y]; x++) {
            uint32_t at = (ex + x) % m->width + (ey + y) % m->height * m->width;
            b->cores[at] = (uint8_t)board_cores(x, y);
            b->board[at] = (int32_t)(ex + ey * m->width);
        }
}

/* A board belongs to the machine when it lies inside it or the machine wraps. */
static bool board_fits(const spin_machine *m, uint32_t ex, uint32_t ey)
{
    return ex < m->width && ey < m->height && (m->wrap_x || ex + 8 <= m->width) && (m->wrap_y || ey + 8 <= m->height);
}

static void lay_boards(builder *b)
{
    spin_machine *m = b->m;
    if (m->width == 2) {
        memset(b->cores, SPIN_CORES, 4);
        memset(b->board, 0, 4 * sizeof *b->board);
        for (size_t i = 0; i < sizeof small_dead / sizeof *small_dead; i++)
            b->dead_link[small_dead[i][0] + 2 * small_dead[i][1]] |= (uint8_t)(1u << small_dead[i][2]);
        return;
    }
    for (uint32_t x = 0; x < m->width; x += TRIAD)
        for (uint32_t y = 0; y < m->height; y += TRIAD)
            for (int k = 0; k < 3; k++)
                if (board_fits(m, x + triad[k][0], y + triad[k][1]))
                    lay_board(b, x + triad[k][0], y + triad[k][1]);
}

static bool side_exists(uint32_t n) { return n > 0 && n <= MAX_SIDE && (n % TRIAD == 0 || n % TRIAD == OPEN); }

static bool find_size(const spin_shape *s, spin_machine *m)
{
    uint32_t triads = (s->boards + 2) / 3, wide = 1;
    while (wide * wide < triads)
        wide++;
    if (s->boards == 1)
        m->width = m->height = 8;
    else if (s->boards) {
        m->width = TRIAD * wide + OPEN;
        m->height = TRIAD * ((triads + wide - 1) / wide) + OPEN;
    } else {
        m->width = s->width;
        m->height = s->height;
    }
    bool board = m->width == m->height && (m->width == 2 || m->width == 8);
    if (!board && (!side_exists(m->width) || !side_exists(m->height) || m->width == OPEN || m->height == OPEN))
        return false;
    m->wrap_x = m->width == 2 || m->width % TRIAD == 0;
    m->wrap_y = m->height == 2 || m->height % TRIAD == 0;
    return true;
}

static bool inside(const spin_machine *m, int32_t *x, int32_t *y)
{
    if (m->wrap_x)
        *x = modulo(*x, m->width);
    if (m->wrap_y)
        *y = modulo(*y, m->height);
    return *x >= 0 && *y >= 0 && *x < (int32_t)m->width && *y < (int32_t)m->height;
}

void spin_step(const spin_machine *m, int32_t *x, int32_t *y, uint32_t link)
{
    *x += step_x[link];
    *y += step_y[link];
    if (m->wrap_x)
        *x = modulo(*x, m->width);
    if (m->wrap_y)
        *y = modulo(*y, m->height);
}

/* Both ends of the link are cut. */
static void cut(builder *b, int32_t x, int32_t y, uint32_t link)
{
    int32_t tx = x, ty = y;
    spin_step(b->m, &tx, &ty, link);
    b->dead_link[x + y * (int32_t)b->m->width] |= (uint8_t)(1u << link);
    if (inside(b->m, &tx, &ty))
        b->dead_link[tx + ty * (int32_t)b->m->width] |= (uint8_t)(1u << spin_opposite(link));
}

static bool apply(builder *b, const spin_fault *f, hmn_span at, hmn_diag *d)
{
    int32_t x = f->x, y = f->y, w = (int32_t)b->m->width;
    if (x < 0 || y < 0 || x >= w || y >= (int32_t)b->m->height || f->link < SPIN_NONE || f->link >= SPIN_LINKS ||
        f->cores < 0 || b->cores[x + y * w] == 0) {
        diag_report(d, DIAG_VALUE_RANGE, at,
                    "the machine of %u x %u chips has no %s of chip (%d, %d) that could be dead", b->m->width,
                    b->m->height, f->link == SPIN_NONE ? "core" : "link", x, y);
        diag_cure(d, "name chips that the machine has, and links 0..5");
        return false;
    }
    uint8_t *cores = &b->cores[x + y * w];
    if (f->link != SPIN_NONE)
        cut(b, x, y, (uint32_t)f->link);
    else
        *cores = f->cores > 0 && f->cores < *cores ? (uint8_t)(*cores - f->cores) : 0;
    return true;
}

static void number_chips(builder *b, hmn_arena *a)
{
    spin_machine *m = b->m;
    uint32_t area = m->width * m->height, n = 0;
    int32_t *at = ARENA_NEW(a, int32_t, area), *x = ARENA_NEW(a, int32_t, area), *y = ARENA_NEW(a, int32_t, area);
    for (uint32_t k = 0; k < area; k++) {
        uint32_t cx = k / m->height, cy = k % m->height, spot = cx + cy * m->width;
        at[spot] = b->cores[spot] ? (int32_t)n : SPIN_NONE;
        x[n] = (int32_t)cx;
        y[n] = (int32_t)cy;
        n += b->cores[spot] > 0;
    }
    m->nchips = n;
    m->at = at;
    m->x = x;
    m->y = y;
}

static void join_chips(builder *b, hmn_arena *a)
{
    spin_machine *m = b->m;
    uint32_t *cores = ARENA_NEW(a, uint32_t, m->nchips);
    int32_t *ethernet = ARENA_NEW(a, int32_t, m->nchips), (*link)[SPIN_LINKS] = NULL;
    link = (int32_t(*)[SPIN_LINKS])ARENA_NEW(a, int32_t, m->nchips * SPIN_LINKS);
    for (uint32_t c = 0; c < m->nchips; c++) {
        int32_t spot = m->x[c] + m->y[c] * (int32_t)m->width;
        cores[c] = b->cores[spot];
        ethernet[c] = m->at[b->board[spot]];
        for (uint32_t l = 0; l < SPIN_LINKS; l++) {
            int32_t x = m->x[c], y = m->y[c];
            spin_step(m, &x, &y, l);
            bool dead = b->dead_link[spot] >> l & 1;
            link[c][l] = dead ? SPIN_NONE : spin_chip_at(m, x, y);
        }
    }
    m->cores = cores;
    m->ethernet = ethernet;
    m->link = (const int32_t(*)[SPIN_LINKS])link;
}

const spin_machine *spin_machine_new(const spin_shape *shape, hmn_span at, hmn_arena *a, hmn_diag *d)
{
    spin_machine *m = ARENA_NEW(a, spin_machine, 1);
    if (shape->boards > 3 * (MAX_SIDE / TRIAD - 1) * (MAX_SIDE / TRIAD - 1) || !find_size(shape, m)) {
        diag_report(d, DIAG_VALUE_RANGE, at, "there is no SpiNNaker machine of %u boards or %u x %u chips",
                    shape->boards, shape->width, shape->height);
        diag_cure(d,
                  "2 x 2 chips are a SpiNN-3 board, 8 x 8 a SpiNN-5 board; several boards have sides of 12 n "
                  "(a torus) or 12 n + 4 chips, up to %d",
                  MAX_SIDE);
        return NULL;
    }
    uint32_t area = m->width * m->height;
    builder b = {m, ARENA_NEW(a, uint8_t, area), ARENA_NEW(a, uint8_t, area), ARENA_NEW(a, int32_t, area)};
    lay_boards(&b);
    bool ok = true;
    for (uint32_t i = 0; i < shape->nfaults; i++)
        ok &= apply(&b, &shape->fault[i], at, d);
    number_chips(&b, a);
    join_chips(&b, a);
    return ok ? m : NULL;
}

int32_t spin_chip_at(const spin_machine *m, int32_t x, int32_t y)
{
    return inside(m, &x, &y) ? m->at[x + y * (int32_t)m->width] : SPIN_NONE;
}

/* ---- vectors ---- */

/* (x, y, 0) with its diagonal part moved to z: adding (1, 1, 1) changes nothing, so at most two of the three are
 * needed, of opposite signs (eq. SG2). */
static spin_vector shortest(int32_t x, int32_t y)
{
    int32_t diagonal = x > 0 && y > 0 ? (x < y ? x : y) : x < 0 && y < 0 ? (x > y ? x : y) : 0;
    return (spin_vector){x - diagonal, y - diagonal, -diagonal};
}

static uint32_t length(spin_vector v) { return (uint32_t)(abs(v.x) + abs(v.y) + abs(v.z)); }

/* Of the ways round a torus the shortest; the first of equals in the order of the host software: with both
 * directions wrapping (+,+), (-,+), (+,-), (-,-); with one of them the negative way first. */
spin_vector spin_vector_between(const spin_machine *m, int32_t from, int32_t to)
{
    int32_t dx = m->x[to] - m->x[from], dy = m->y[to] - m->y[from], w = (int32_t)m->width, h = (int32_t)m->height;
    int32_t xs[2] = {dx, dx}, ys[2] = {dy, dy};
    if (m->wrap_x) {
        xs[0] = modulo(dx, m->width);
        xs[1] = xs[0] - w;
    }
    if (m->wrap_y) {
        ys[0] = modulo(dy, m->height);
        ys[1] = ys[0] - h;
    }
    bool one = m->wrap_x != m->wrap_y;
    spin_vector best = {0, 0, 0};
    uint32_t least = UINT32_MAX;
    for (uint32_t k = 0; k < 4; k++) {
        uint32_t way = one ? 3 - k : k;
        spin_vector v = shortest(xs[way & 1], ys[way >> 1]);
        if (length(v) < least) {
            least = length(v);
            best = v;
        }
    }
    return best;
}

uint32_t spin_distance(const spin_machine *m, int32_t from, int32_t to)
{
    return length(spin_vector_between(m, from, to));
}

uint32_t spin_longest_first(spin_vector v, uint8_t *out)
{
    int32_t part[3] = {v.x, v.y, v.z};
    static const uint8_t forward[3] = {LINK_E, LINK_N, LINK_SW};
    uint32_t n = 0;
    for (uint32_t done = 0, used = 0; done < 3; done++) {
        uint32_t longest = 3;
        for (uint32_t k = 0; k < 3; k++)
            if (!(used >> k & 1) && (longest == 3 || abs(part[k]) > abs(part[longest])))
                longest = k;
        used |= 1u << longest;
        for (int32_t i = abs(part[longest]); i > 0; i--)
            out[n++] = part[longest] > 0 ? forward[longest] : (uint8_t)spin_opposite(forward[longest]);
    }
    return n;
}

/* Boards stand at the points of the triad lattice: of the three the one whose hexagon holds the chip. */
void spin_on_board(const spin_machine *m, int32_t chip, int32_t *x, int32_t *y)
{
    for (int k = 0; k < 3; k++) {
        int32_t bx = modulo(m->x[chip] - triad[k][0], TRIAD), by = modulo(m->y[chip] - triad[k][1], TRIAD);
        *x = m->width == 2 ? m->x[chip] : bx;
        *y = m->width == 2 ? m->y[chip] : by;
        if (m->width == 2 || (by < 8 && bx >= row_first[by] && bx <= row_last[by]))
            return;
    }
}

uint32_t spin_usable_cores(const spin_machine *m, uint32_t reserved)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < m->nchips; c++)
        n += m->cores[c] > reserved ? m->cores[c] - reserved : 0;
    return n;
}
