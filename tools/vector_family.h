/* Families of vectors that are checked by calling the functions of the emulator directly, or by a road of their own:
 * a file says which by its key "kind". tools/vector_family.c lists them. */
#ifndef HMN_TOOLS_VECTOR_FAMILY_H
#define HMN_TOOLS_VECTOR_FAMILY_H

#include "core/base/arena.h"

#include <jansson.h>
#include <stdbool.h>

/* One case of a file. Yields the first difference, in the arena, or NULL when all agrees. */
typedef const char *vector_check(const json_t *root, const json_t *json, hmn_arena *a);

typedef struct {
    const char *kind;               /* root key "kind"; NULL: `is` decides */
    bool (*is)(const json_t *json); /* of a case */
    vector_check *check;
} vector_family;

/* NULL: the case belongs to no family; then it is a network (tools/vectors.h). */
const vector_family *vector_family_of(const json_t *root, const json_t *json);

#endif
