/* The parts from which the families of test vectors are read (vectors.c). The first complaint is kept in the reader;
 * after it all functions yield harmless values. */
#ifndef HMN_TOOLS_VECTOR_READ_H
#define HMN_TOOLS_VECTOR_READ_H

#include "tools/vectors.h"

#include <stddef.h>

#define VREAD_ANY (INT64_C(1) << 40) /* no register and no sum of registers is larger */

enum { VREAD_ROWS = 1 << 22, VREAD_STEPS = 1 << 20 };

typedef struct {
    hmn_arena *arena;
    vector_case *c;
    const char *why;  /* first complaint */
    bool unsupported; /* it is not the file that is wrong */
} vector_reader;

/* Both keep the complaint and return false. beyond: well-formed, but it cannot be run. */
bool vread_wrong(vector_reader *r, const char *why);
bool vread_beyond(vector_reader *r, const char *why);

int64_t vread_whole(vector_reader *r, const json_t *j, const char *name, int64_t low, int64_t high);
int64_t vread_member(vector_reader *r, const json_t *object, const char *key, int64_t low, int64_t high);
const char *vread_word(vector_reader *r, const json_t *object, const char *key);
/* An array of `count` elements, of any number when count is SIZE_MAX; else NULL. */
const json_t *vread_array(vector_reader *r, const json_t *j, const char *name, size_t count);
/* `count` whole numbers, or NULL. */
const int64_t *vread_series(vector_reader *r, const json_t *j, const char *name, size_t count);

/* Pairs of numbers: `step_at` says which of them is the step, counted from `origin`. Steps past the end are left
 * out. Sorted. */
vector_spike *vread_spikes(vector_reader *r, const json_t *j, const char *name, uint32_t step_at, int64_t origin,
                           uint32_t neurons, uint32_t *count);

const char *vread_sign_word(vector_reader *r, const char *word_given);
vector_group *vread_add_group(vector_reader *r, bool recurrent);
/* Rows [pre, post, w] or [pre, post, w, delay], with what becomes of each weight (NULL: not said). delay: of rows
 * without one. */
void vread_rows(vector_reader *r, vector_group *g, const json_t *conn, const json_t *effect, uint32_t delay);

/* Expected u and v of n neurons; which neurons these are (NULL: the first n). */
void vread_traces(vector_reader *r, const json_t *u, const json_t *v, uint32_t n);
void vread_watch(vector_reader *r, const json_t *list, uint32_t n);

/* Registers of the neurons, by the names that each emulator gives them. */
void vread_set_all(vector_reader *r, const char *key, int64_t value);
void vread_nengo_neurons(vector_reader *r, const json_t *n, const char *refract);
void vread_lava_neurons(vector_reader *r, const json_t *n, const char *vth);
void vread_brian_neurons(vector_reader *r, const json_t *n, int64_t vth);

#endif
