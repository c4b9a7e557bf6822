/* Exported folders as input: hmn run, inspect and graph take one in place of an image. */
#ifndef HMN_TOOLS_DEPLOYED_H
#define HMN_TOOLS_DEPLOYED_H

#include "core/ir/image.h"

/* Whether the path is a folder. */
bool deployed_is(const char *path);

/* The image that host.bin and core_NNN.bin of the folder make, or the files that the chip loads in their place, once every file that the manifest lists is there with
 * its size and checksum. Its bytes live in the arena. NULL after a report that names the file. */
hmn_image *deployed_open(const char *folder, hmn_arena *a, hmn_diag *d);

#endif
