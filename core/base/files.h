/* Where files of a deployment go. A back-end writes through this port and opens no files itself; who gives the port
 * decides what becomes of them (tools: a folder that appears whole or not at all). */
#ifndef HMN_BASE_FILES_H
#define HMN_BASE_FILES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct hmn_files hmn_files;

struct hmn_files {
    /* One whole file; `name` is relative, with '/'. False after a report. */
    bool (*write)(hmn_files *f, const char *name, const void *bytes, size_t size);
    /* Says why a file that one may look for is not among them. A file may be named several times. */
    void (*omit)(hmn_files *f, const char *name, const char *why);
};

/* Files of a deployment that is read back. NULL: it is not among them; else its bytes, at a multiple of 8. */
typedef struct hmn_folder hmn_folder;
struct hmn_folder {
    const void *(*read)(hmn_folder *f, const char *name, size_t *size);
};

#endif
