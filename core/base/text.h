/* A text that grows in an arena: files made in memory before anybody writes them. */
#ifndef HMN_BASE_TEXT_H
#define HMN_BASE_TEXT_H

#include "core/base/arena.h"

/* Start with {.arena = a}; s is NUL-terminated after the first text_add. */
typedef struct {
    hmn_arena *arena;
    char *s;
    size_t length, cap;
} hmn_text;

void text_add(hmn_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
