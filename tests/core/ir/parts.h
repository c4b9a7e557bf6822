/* A small image of two cores for the tests of parts. */
#ifndef HMN_TESTS_PARTS_H
#define HMN_TESTS_PARTS_H

#include "core/ir/part.h"
#include "tests/suite.h"

static const hmn_column parts_cells[] = {{"a", 12, false, "first"}, {"b", 5, true, "second"}, {"c", 60, true, "third"}};
static const hmn_column parts_origins[] = {{"from", 9, false, ""}};
static const hmn_table parts_tables[] = {{"cells", "neurons", parts_cells, 3, true},
                                         {"origins", "of the host", parts_origins, 1, false},
                                         {"raw", "words", NULL, 0, true}};
enum { PARTS_TABLES = 3, PARTS_CORES = 2 };

static inline hmn_image *parts_image(hmn_arena *a, uint64_t seed, hmn_diag *d)
{
    size_t size;
    image_writer *w = image_writer_new(a, "toy", PARTS_CORES, seed);
    for (int64_t i = 0; i < 5; i++) {
        image_add(w, parts_tables, 0, 1, (int64_t[]){i, -i, i * 1000000007});
        image_add(w, parts_tables, 1, (uint32_t)(i % 2), (int64_t[]){100 + i});
        image_add_host(w, HOST_SITES, (int64_t[]){i});
    }
    image_add_words(w, 2, 0, (uint64_t[]){7, 8, 9}, 3);
    image_add_string(w, "exc");
    const void *bytes = image_finish(w, &size);
    hmn_image *m = image_from_memory(bytes, size, "toy", d);
    ck_assert_ptr_nonnull(m);
    return m;
}

#endif
