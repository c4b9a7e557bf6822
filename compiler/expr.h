/* Arithmetic in YAML: ${...} over `parameters`, and the expression of distance_dependent over d.
 *
 *   sum = product {(+|-) product}   product = signed {(*|/) signed}   signed = [-|+] power
 *   power = atom [^ signed]         atom = number | name | function ( sum {, sum} ) | ( sum )
 *
 * Functions: min max (two or more arguments), sqrt exp log abs floor ceil (one). ^ binds rightmost first. */
#ifndef HMN_COMPILER_EXPR_H
#define HMN_COMPILER_EXPR_H

#include "core/base/arena.h"
#include "core/ir/net.h"

#include <stddef.h>

typedef enum {
    EXPR_NUMBER,
    EXPR_VARIABLE,
    EXPR_ADD,
    EXPR_SUB,
    EXPR_MUL,
    EXPR_DIV,
    EXPR_POW,
    EXPR_NEG,
    EXPR_MIN,
    EXPR_MAX,
    EXPR_SQRT,
    EXPR_EXP,
    EXPR_LOG,
    EXPR_ABS,
    EXPR_FLOOR,
    EXPR_CEIL
} expr_kind;

enum { EXPR_MAX_STACK = 64 };

typedef struct {
    expr_kind kind;
    double number;
    uint32_t variable;
} expr_op;

struct net_expr {
    const expr_op *op; /* postfix */
    uint32_t count;
};

typedef struct {
    size_t at, length; /* place in the text */
    char text[160];    /* what is wrong */
    const char *help;  /* what would work, or NULL */
} expr_error;

/* The number of the variable `name`, NET_NONE when there is none. */
typedef uint32_t (*expr_names)(void *context, const char *name);

/* NULL after filling *error. */
const net_expr *expr_parse(hmn_arena *a, const char *text, size_t length, expr_names find, void *context,
                           expr_error *error);

/* variable[i]: value of variable i. May yield infinities or NaN, as IEEE arithmetic does. */
double expr_eval(const net_expr *e, const double *variable);

#endif
