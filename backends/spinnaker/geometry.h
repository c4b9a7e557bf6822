/* The SpiNNaker machine as a graph: chips on a hexagonal mesh, six links each, boards of 4 or 48 chips, tori of
 * boards, and what is broken. Chips are numbered x-major (all y of x = 0 first), the order of the host software.
 * docs/chips/spinnaker.md, eq. SG1 ... */
#ifndef HMN_SPINNAKER_GEOMETRY_H
#define HMN_SPINNAKER_GEOMETRY_H

#include "core/base/arena.h"
#include "core/base/diag.h"

#include <stdbool.h>
#include <stdint.h>

enum { SPIN_LINKS = 6, SPIN_CORES = 18, SPIN_BOARD = 48, SPIN_NONE = -1 };

/* Link ids: E, NE, N, W, SW, S. The way back is link + 3 modulo 6. */
typedef enum { LINK_E, LINK_NE, LINK_N, LINK_W, LINK_SW, LINK_S } spin_link;

static inline uint32_t spin_opposite(uint32_t link) { return link < 3 ? link + 3 : link - 3; }

/* What does not work. link SPIN_NONE and cores 0: the whole chip; cores > 0: so many cores of it; else that link of
 * that chip, in both directions. */
typedef struct {
    int32_t x, y, link, cores;
} spin_fault;

/* Which machine. boards > 0: SpiNN-5 boards in the smallest rectangle of triads that has so many (1: 8 x 8); else
 * width x height chips: 2 x 2 is a SpiNN-3 board; multiples of 12 wrap round, 4 more do not; 8 x 8 is one board. */
typedef struct {
    uint32_t boards, width, height;
    const spin_fault *fault;
    uint32_t nfaults;
} spin_shape;

typedef struct {
    uint32_t width, height;
    bool wrap_x, wrap_y;
    uint32_t nchips;
    const int32_t *x, *y;              /* [nchips] */
    const uint32_t *cores;             /* [nchips] that work; virtual numbers 0 .. cores - 1 */
    const int32_t *ethernet;           /* [nchips] chip that joins its board to the host; SPIN_NONE: dead */
    const int32_t (*link)[SPIN_LINKS]; /* [nchips] neighbour, SPIN_NONE: none or dead */
    const int32_t *at;                 /* [width * height] chip at x + y * width, SPIN_NONE: none or dead */
} spin_machine;

/* Moves along the three axes of the mesh: East, North, South-West; at most two are not 0 (eq. SG2). */
typedef struct {
    int32_t x, y, z;
} spin_vector;

/* NULL after a report: such a machine does not exist, or a fault is outside it. `at`: what to point at. */
const spin_machine *spin_machine_new(const spin_shape *shape, hmn_span at, hmn_arena *a, hmn_diag *d);

/* SPIN_NONE: there is no such chip. Coordinates wrap where the machine does. */
int32_t spin_chip_at(const spin_machine *m, int32_t x, int32_t y);

/* Where a link leads, whether or not anything is there. */
void spin_step(const spin_machine *m, int32_t *x, int32_t *y, uint32_t link);

/* The shortest vector between two chips, and its length in links; dead chips and links are not looked at. */
spin_vector spin_vector_between(const spin_machine *m, int32_t from, int32_t to);
uint32_t spin_distance(const spin_machine *m, int32_t from, int32_t to);

/* Links of the vector, its longest part first (equal ones in the order x, y, z). `out` has room for spin_distance
 * links; returns how many. */
uint32_t spin_longest_first(spin_vector v, uint8_t *out);

/* Coordinates of a chip on its board, 0 .. 7. */
void spin_on_board(const spin_machine *m, int32_t chip, int32_t *x, int32_t *y);

/* Cores by number: site = chip * SPIN_CORES + virtual core. The first `reserved` cores of every chip (SCAMP, the
 * extra monitor, the management core) are not for neurons. */
static inline uint32_t spin_site(int32_t chip, uint32_t core) { return (uint32_t)chip * SPIN_CORES + core; }
static inline int32_t spin_site_chip(uint32_t site) { return (int32_t)(site / SPIN_CORES); }
static inline uint32_t spin_site_core(uint32_t site) { return site % SPIN_CORES; }

enum { SPIN_SCAMP_CORE = 0, SPIN_MONITOR_CORE = 1, SPIN_MANAGER_CORE = 2, SPIN_RESERVED = 3 };

/* Cores of the machine that neurons may use, and whether one is among them. */
uint32_t spin_usable_cores(const spin_machine *m, uint32_t reserved);
static inline bool spin_usable(const spin_machine *m, uint32_t site, uint32_t reserved)
{
    return site < m->nchips * SPIN_CORES && spin_site_core(site) >= reserved &&
           spin_site_core(site) < m->cores[spin_site_chip(site)];
}

#endif
