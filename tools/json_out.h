/* Writes JSON as it goes: nothing is built in memory, order is the order of the calls, so output is stable.
 * Doubles are printed with 17 significant digits, what is not finite as null. */
#ifndef HMN_TOOLS_JSON_OUT_H
#define HMN_TOOLS_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_MAX_DEPTH = 32 };

typedef struct {
    FILE *out;
    uint32_t depth;
    bool any[JSON_MAX_DEPTH];  /* something stands in this object or array already */
    bool flat[JSON_MAX_DEPTH]; /* written on one line */
    bool is_object[JSON_MAX_DEPTH];
} json_out;

void json_put_begin(json_out *j, FILE *out);
void json_put_end(json_out *j); /* final newline; all brackets must be closed */

/* key NULL inside an array or at the top. */
void json_put_object(json_out *j, const char *key);
void json_put_array(json_out *j, const char *key);
void json_put_row(json_out *j, const char *key); /* an array on one line */
void json_put_close(json_out *j);
void json_put_text(json_out *j, const char *key, const char *value); /* NULL: null */
void json_put_integer(json_out *j, const char *key, int64_t value);
void json_put_natural(json_out *j, const char *key, uint64_t value);
void json_put_real(json_out *j, const char *key, double value);
void json_put_bool(json_out *j, const char *key, bool value);
void json_put_hex(json_out *j, const char *key, uint64_t value); /* 16 hex digits as text */

#endif
