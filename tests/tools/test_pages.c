/* The generated pages of docs/ are what the tables say now. `hmn help --pages docs` writes them anew. */
#include "tools/pages.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = NULL;
    *size = 0;
    for (int c; (c = fgetc(f)) != EOF;) {
        if (*size % 4096 == 0)
            text = realloc(text, *size + 4096);
        text[(*size)++] = (char)c;
    }
    fclose(f);
    return text;
}

START_TEST(committed_pages_are_not_stale)
{
    uint32_t count;
    const page *pages = pages_all(&count);
    for (uint32_t i = 0; i < count; i++) {
        char path[1024], *made;
        size_t made_size, size;
        FILE *memory = open_memstream(&made, &made_size);
        pages[i].write(memory);
        fclose(memory);
        snprintf(path, sizeof path, "%s/docs/%s", HMN_SOURCE_DIR, pages[i].file);
        char *committed = read_all(path, &size);
        ck_assert_msg(committed != NULL, "%s is missing: write it with hmn help --pages docs", path);
        ck_assert_msg(size == made_size && memcmp(made, committed, size) == 0,
                      "%s is stale: write it anew with hmn help --pages docs", path);
        free(made);
        free(committed);
    }
}
END_TEST

SUITE("pages", committed_pages_are_not_stale)
