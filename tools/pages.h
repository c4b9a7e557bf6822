/* Pages of docs/ that are generated from tables of the code, so that they cannot be stale: a test compares
 * each with the committed file, `hmn help --pages DIR` writes them. */
#ifndef HMN_TOOLS_PAGES_H
#define HMN_TOOLS_PAGES_H

#include <stdint.h>
#include <stdio.h>

typedef struct {
    const char *file; /* below docs/ */
    void (*write)(FILE *out);
} page;

const page *pages_all(uint32_t *count);

#endif
