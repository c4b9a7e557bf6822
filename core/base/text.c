/* Growing text. Takes printf pieces, yields one string in the arena given; the room doubles, so a file of n bytes
 * costs at most about 4 n of the arena. Each piece is formatted in place and, when it did not fit, once more. */
#include "core/base/text.h"

#include "core/base/bug.h"

#include <stdarg.h>
#include <stdio.h>

static size_t put(hmn_text *t, const char *format, va_list args)
{
    int n = vsnprintf(t->s ? t->s + t->length : NULL, t->cap - t->length, format, args);
    HMN_ASSERT(n >= 0);
    return (size_t)n;
}

void text_add(hmn_text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t n = put(t, format, args);
    va_end(args);
    if (t->length + n + 1 > t->cap) {
        t->s = arena_grow(t->arena, t->s, 1, t->length, t->length + n + 1, &t->cap);
        va_start(args, format);
        put(t, format, args);
        va_end(args);
    }
    t->length += n;
}
