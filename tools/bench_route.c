/* Routing tables and routes against PACMAN's. Takes vector files of the kinds routing_compression and mapping_quality,
 * prints for each table its entries, what PACMAN's four compressors and ours make of it, and the seconds that ours
 * takes; for each graph entries, link traversals and links that packets cross, theirs and ours. The numbers of
 * docs/chips/spinnaker-routing.md. Built by `cmake --build build --target bench_route`. */
#include "tools/vector_spin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int64_t number(const json_t *j, const char *key)
{
    const json_t *n = json_object_get(j, key);
    return json_is_integer(n) ? json_integer_value(n) : -1;
}

static const char *text(int64_t n, char room[24])
{
    snprintf(room, 24, n < 0 ? "-" : "%" PRId64, n);
    return room;
}

static void compress(const json_t *c, hmn_arena *a)
{
    const json_t *p = json_object_get(c, "pacman_sizes");
    tcam_table t;
    const char *why = vector_spin_table(json_object_get(c, "entries"), a, &t);
    if (why) {
        printf("%s: %s\n", json_string_value(json_object_get(c, "id")), why);
        return;
    }
    double start = now();
    uint32_t ours = tcam_compress(t, a).count;
    double seconds = now() - start;
    char r[4][24];
    printf("%-16s %6u %6s %6s %6s %6s   %6u %6u %6u   %6u %8.2f\n", json_string_value(json_object_get(c, "id")),
           t.count, text(number(p, "pair_ordered"), r[0]), text(number(p, "pair_unordered"), r[1]),
           text(number(p, "ordered_covering"), r[2]), text(number(p, "range"), r[3]), tcam_pair(t, a).count,
           tcam_ordered_covering(t, a).count, tcam_minimise(t, a).count, ours, seconds);
}

static void map(const json_t *c, hmn_arena *a)
{
    const json_t *p = json_object_get(c, "pacman");
    spin_mapping_size s;
    double start = now();
    const char *why = vector_spin_map(c, a, &s);
    if (why) {
        printf("%s: %s\n", json_string_value(json_object_get(c, "id")), why);
        return;
    }
    char r[4][24];
    printf("%-12s %6u   %8s %8" PRIu64 "   %8s %8" PRIu64 "   %6s %6s %6u %6u %8.2f\n",
           json_string_value(json_object_get(c, "id")), s.parts, text(number(p, "route_link_traversals"), r[0]),
           s.traversals, text(number(p, "packet_links"), r[1]), s.packet_links,
           text(number(p, "total_entries_basic"), r[2]), text(number(p, "total_entries_merged"), r[3]), s.compressed,
           s.largest, now() - start);
}

static bool is_kind(const json_t *root, const char *kind)
{
    const char *is = json_string_value(json_object_get(root, "kind"));
    return is && strcmp(is, kind) == 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        json_error_t e;
        json_t *root = json_load_file(argv[i], 0, &e), *list = json_object_get(root, "cases");
        bool tables = is_kind(root, "routing_compression");
        if (!tables && !is_kind(root, "mapping_quality")) {
            fprintf(stderr, "%s: no vectors of kind routing_compression or mapping_quality\n", argv[i]);
            return 1;
        }
        if (tables)
            printf("table             entries, PACMAN: pair, unordered, covering, range; ours: pair, covering, routes, "
                   "best, s\n");
        else
            printf("graph          cores   link traversals     links of packets    entries: PACMAN basic, merged, "
                   "ours, largest, s\n"
                   "                         PACMAN     ours     PACMAN     ours\n");
        for (size_t k = 0; k < json_array_size(list); k++) {
            hmn_arena *a = arena_new(0);
            if (tables)
                compress(json_array_get(list, k), a);
            else
                map(json_array_get(list, k), a);
            arena_free(a);
        }
        json_decref(root);
    }
    return 0;
}
