/* Checks the graph of a SpiNNaker machine against one that SpiNNMachine built. Takes a case with its boards, yields the
 * first chip, link, vector or longest-dimension-first path that is not the same. */
#include "tools/vector_spin.h"

#include "backends/spinnaker/geometry.h"

#include <inttypes.h>

enum { MAX_PATH = 1024 };

static int32_t chip_of(const spin_machine *m, const json_t *row, size_t at)
{
    int64_t x = vector_spin_number(row, at), y = vector_spin_number(row, at + 1);
    return x < 0 || y < 0 || x >= m->width || y >= m->height ? SPIN_NONE : m->at[x + y * m->width];
}

static const char *check_chips(const spin_machine *m, const json_t *list, hmn_arena *a)
{
    if (json_array_size(list) != m->nchips)
        return arena_printf(a, "the machine has %" PRIu32 " chips, want %zu", m->nchips, json_array_size(list));
    for (size_t i = 0; i < m->nchips; i++) {
        const json_t *row = json_array_get(list, i);
        int32_t c = chip_of(m, row, 0);
        if (c == SPIN_NONE)
            return arena_printf(a, "there is no chip (%" PRId64 ", %" PRId64 ")", vector_spin_number(row, 0),
                                vector_spin_number(row, 1));
        if (m->cores[c] != vector_spin_number(row, 2) || m->ethernet[c] == SPIN_NONE ||
            m->ethernet[c] != chip_of(m, row, 3))
            return arena_printf(a, "chip (%" PRId32 ", %" PRId32 "): %" PRIu32 " cores or its Ethernet chip differ",
                                m->x[c], m->y[c], m->cores[c]);
    }
    return NULL;
}

static const char *check_links(const spin_machine *m, const json_t *list, hmn_arena *a)
{
    size_t have = 0;
    for (uint32_t c = 0; c < m->nchips; c++)
        for (uint32_t l = 0; l < SPIN_LINKS; l++)
            have += m->link[c][l] != SPIN_NONE;
    if (have != json_array_size(list))
        return arena_printf(a, "the machine has %zu links, want %zu", have, json_array_size(list));
    for (size_t i = 0; i < have; i++) {
        const json_t *row = json_array_get(list, i);
        int32_t c = chip_of(m, row, 0), to = chip_of(m, row, 3);
        int64_t link = vector_spin_number(row, 2);
        if (c == SPIN_NONE || to == SPIN_NONE || link < 0 || link >= SPIN_LINKS || m->link[c][link] != to)
            return arena_printf(a, "link %" PRId64 " of chip (%" PRId64 ", %" PRId64 ") leads elsewhere", link,
                                vector_spin_number(row, 0), vector_spin_number(row, 1));
    }
    return NULL;
}

static const char *check_path(const spin_machine *m, const json_t *nodes, int32_t from, spin_vector v, hmn_arena *a)
{
    uint8_t link[MAX_PATH];
    int32_t x = m->x[from], y = m->y[from];
    uint32_t n = spin_longest_first(v, link);
    if (n != json_array_size(nodes))
        return arena_printf(a, "the path has %" PRIu32 " links, want %zu", n, json_array_size(nodes));
    for (uint32_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(nodes, i);
        spin_step(m, &x, &y, link[i]);
        if (link[i] != vector_spin_number(row, 0) || x != vector_spin_number(row, 1) || y != vector_spin_number(row, 2))
            return arena_printf(a, "step %" PRIu32 " of the path takes link %d to (%" PRId32 ", %" PRId32 ")", i,
                                link[i], x, y);
    }
    return NULL;
}

static const char *check_route(const spin_machine *m, const json_t *r, hmn_arena *a)
{
    int32_t from = chip_of(m, json_object_get(r, "src"), 0), to = chip_of(m, json_object_get(r, "dst"), 0);
    if (from == SPIN_NONE || to == SPIN_NONE)
        return "a route begins or ends at a chip that is not there";
    spin_vector v = spin_vector_between(m, from, to);
    const json_t *want = json_object_get(r, "vector");
    int32_t part[3] = {v.x, v.y, v.z};
    for (size_t k = 0; k < 3; k++)
        if (part[k] != json_integer_value(json_array_get(want, k)))
            return arena_printf(a, "the vector is (%" PRId32 ", %" PRId32 ", %" PRId32 ")", v.x, v.y, v.z);
    uint32_t n = spin_distance(m, from, to);
    if (n != json_integer_value(json_object_get(r, "length")) || n > MAX_PATH)
        return arena_printf(a, "the distance is %" PRIu32, n);
    return check_path(m, json_object_get(r, "ldf_nodes"), from, v, a);
}

static uint32_t member(const json_t *j, const char *key)
{
    int64_t v = json_integer_value(json_object_get(j, key));
    return v < 0 || v > UINT16_MAX ? 0 : (uint32_t)v;
}

const char *vector_spin_geometry(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    spin_shape shape = {member(json, "n_boards"), member(json, "width"), member(json, "height"), NULL, 0};
    if (shape.width == 2 || shape.width % 12 == 0 || shape.height % 12 == 0) /* a SpiNN-3 board, or one that wraps */
        shape.boards = 0;
    hmn_diag *d = diag_new();
    const spin_machine *m = spin_machine_new(&shape, (hmn_span){0}, a, d);
    const char *why = m ? NULL : arena_printf(a, "cannot be built: %s", diag_get(d, 0)->text);
    diag_free(d);
    if (why)
        return why;
    if (m->width != member(json, "width") || m->height != member(json, "height"))
        return arena_printf(a, "the machine is %" PRIu32 " x %" PRIu32 " chips", m->width, m->height);
    why = check_chips(m, json_object_get(json, "chips_x_y_cores_ethx_ethy"), a);
    if (!why)
        why = check_links(m, json_object_get(json, "links_x_y_link_tox_toy"), a);
    const json_t *routes = json_object_get(json, "routes");
    for (size_t i = 0; i < json_array_size(routes) && !why; i++) {
        why = check_route(m, json_array_get(routes, i), a);
        if (why)
            why = arena_printf(a, "route %zu: %s", i, why);
    }
    return why;
}
