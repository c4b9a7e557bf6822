/* Bump arena. Takes sizes, yields zeroed memory from large blocks chained together; everything is
 * freed at once by arena_free. Big requests get a block of their own, so that the tail of a block is
 * not wasted. Method and reason: one compilation allocates a few large arrays and many small nodes
 * that all die together (QBE's pools). */
#include "core/base/arena.h"

#include "core/base/bug.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 18 };

typedef struct block {
    struct block *next;
    size_t used, size;
    _Alignas(64) unsigned char bytes[];
} block;

struct hmn_arena {
    block *head;
    size_t used, limit;
};

hmn_arena *arena_new(size_t limit)
{
    hmn_arena *a = calloc(1, sizeof *a);
    if (!a)
        HMN_BUG("out of memory");
    a->limit = limit;
    return a;
}

static block *new_block(size_t size)
{
    void *memory = NULL;
    if (size > SIZE_MAX - sizeof(block) || posix_memalign(&memory, 64, sizeof(block) + size) != 0)
        HMN_BUG("out of memory: %zu bytes", size);
    block *b = memory;
    b->next = NULL;
    b->used = 0;
    b->size = size;
    return b;
}

void *arena_alloc(hmn_arena *a, size_t size, size_t align)
{
    HMN_ASSERT(align && (align & (align - 1)) == 0 && align <= 64);
    if (size == 0)
        size = 1;
    a->used += size;
    if (a->limit && a->used > a->limit)
        HMN_BUG("arena limit of %zu bytes exceeded", a->limit);
    block *b = a->head;
    size_t at = b ? (b->used + align - 1) & ~(align - 1) : 0;
    if (!b || at > b->size || size > b->size - at) {
        bool own = size > BLOCK_BYTES / 4;
        block *fresh = new_block(own ? size : BLOCK_BYTES);
        if (own && b) { /* keep the half-full block at the front for small requests */
            fresh->next = b->next;
            b->next = fresh;
        } else {
            fresh->next = b;
            a->head = fresh;
        }
        b = fresh;
        at = 0;
    }
    b->used = at + size;
    return memset(b->bytes + at, 0, size);
}

char *arena_copy_text(hmn_arena *a, const char *text, size_t length)
{
    char *copy = arena_alloc(a, length + 1, 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_printf(hmn_arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    HMN_ASSERT(n >= 0);
    char *text = arena_alloc(a, (size_t)n + 1, 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(args);
    va_end(again);
    return text;
}

void *arena_grow(hmn_arena *a, void *old, size_t element, size_t count, size_t need, size_t *cap)
{
    if (need <= *cap)
        return old;
    size_t room = *cap ? *cap * 2 : 16;
    while (room < need)
        room *= 2;
    void *fresh = arena_alloc(a, room * element, 16);
    if (count)
        memcpy(fresh, old, count * element);
    *cap = room;
    return fresh;
}

size_t arena_used(const hmn_arena *a) { return a->used; }

void arena_free(hmn_arena *a)
{
    if (!a)
        return;
    for (block *b = a->head; b;) {
        block *next = b->next;
        free(b);
        b = next;
    }
    free(a);
}
