/* Bump arena: memory that lives exactly as long as its owner. There is no per-object free. */
#ifndef HMN_BASE_ARENA_H
#define HMN_BASE_ARENA_H

#include <stddef.h>

typedef struct hmn_arena hmn_arena;

/* limit: bytes the arena may hold in all, 0 = no limit. Never returns NULL (out of memory ends the
 * process with status 70 and a message, because a compilation cannot go on without memory). */
hmn_arena *arena_new(size_t limit);

/* Zeroed memory of `size` bytes aligned to `align` (a power of two <= 64). size 0 yields a valid pointer. */
void *arena_alloc(hmn_arena *a, size_t size, size_t align);

/* NUL-terminated copy of the first `length` bytes of `text`. */
char *arena_copy_text(hmn_arena *a, const char *text, size_t length);

/* printf into the arena. */
char *arena_printf(hmn_arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Doubles a growing array: returns room for at least `need` elements, contents kept, *cap updated. */
void *arena_grow(hmn_arena *a, void *old, size_t element, size_t count, size_t need, size_t *cap);

size_t arena_used(const hmn_arena *a);
void arena_free(hmn_arena *a);

#define ARENA_NEW(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n), _Alignof(T)))

#endif
