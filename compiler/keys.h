/* Every key of the network language, in one table. Readers: the checker, which binds values by it; the JSON
 * Schema; `hmn explain KEY`; docs/language.md. Parameters of neurons are in core/ir/neuron.def.
 *
 * A context is one kind of mapping (a population, a connector ...). Contexts with a `type` have variants: a key
 * belongs to those of its bits in `in` (0: to all). Aliases: words of PyNN, NEST, NIR, Nengo and Lava that lead to
 * "did you mean"; an alias that begins with '=' is accepted as another spelling. */
#ifndef HMN_COMPILER_KEYS_H
#define HMN_COMPILER_KEYS_H

#include "core/ir/net.h"

#include <stdbool.h>

#include <stddef.h>

typedef enum {
    KEY_NUM,    /* a quantity               -> net_num                */
    KEY_REAL,   /* a quantity               -> double                 */
    KEY_UINT,   /* a whole number or steps  -> uint32_t               */
    KEY_BOOL,   /* true or false            -> bool                   */
    KEY_TEXT,   /* any text                 -> net_str                */
    KEY_CHOICE, /* one of `choice`          -> an enum of 32 bits     */
    KEY_FLAG,   /* one of two               -> bool                   */
    KEY_WORD,   /* one of `choice`          -> net_str                */
    KEY_REF,    /* the name of something    -> net_ref                */
    KEY_VALUE,  /* a quantity, distribution or list -> net_value      */
    KEY_MAP,    /* a mapping of context `inner` -> its struct         */
    KEY_NAMED,  /* a mapping NAME: mapping of context `inner`         */
    KEY_SHAPE   /* bound by code of its own; `shape` says its form    */
} key_kind;

typedef enum {
    SHAPE_NONE,
    SHAPE_VERSION, /* 1 */
    SHAPE_PATHS,   /* list of paths */
    SHAPE_NUMBERS, /* NAME: number or ${...} */
    SHAPE_ANY,     /* any mapping */
    SHAPE_SIZE,    /* n or [h, w] or [h, w, c] */
    SHAPE_PARAMS,  /* parameters of the neuron model */
    SHAPE_TIMES,   /* list of times, or one list a neuron */
    SHAPE_LIST,    /* quantity or list of quantities */
    SHAPE_NESTED,  /* list of numbers, lists in it are flattened */
    SHAPE_PAIR,    /* [low, high] */
    SHAPE_ROWS,    /* list of rows */
    SHAPE_NAMES,   /* name or list of names */
    SHAPE_WORDS,   /* word or list of words */
    SHAPE_RULE,    /* name of a rule or an inline rule */
    SHAPE_CELL,    /* name of an astrocyte or an inline one */
    SHAPE_SEED     /* whole number of 64 bits */
} key_shape;

typedef enum {
    REF_NONE,
    REF_POPULATION,
    REF_PROJECTION,
    REF_RULE,
    REF_MODULATOR,
    REF_OSCILLATION,
    REF_ASTROCYTE,
    REF_COUNT
} key_ref;

enum {
    KEY_REQUIRED = 1,
    KEY_OPEN_LOW = 2,  /* low itself is excluded */
    KEY_SWITCH = 4,    /* false when the whole mapping is absent */
    KEY_OWNER_DIM = 8, /* in the unit of the quantity that is distributed */
    KEY_NO_DEFAULT = 16
};

#define KEY_UNBOUND SIZE_MAX

typedef struct {
    const char *word; /* NULL ends the list */
    uint32_t value;
    const char *aliases, *meaning;
} key_choice;

typedef struct key_context key_context;

typedef struct {
    const char *name;
    key_kind kind;
    net_dim dim;
    key_shape shape;
    double def, low, high; /* def NAN: none; low/high: infinite when open */
    uint32_t in;           /* bits of the variants, 0: all */
    uint32_t flags;
    size_t offset; /* in the struct of the context, or KEY_UNBOUND */
    const key_choice *choice;
    bool lenient; /* choice: case and _ do not count, aliases are accepted */
    const key_context *inner;
    key_ref ref;
    const char *meaning, *aliases;
} key_def;

struct key_context {
    const char *name;  /* "population" */
    const char *place; /* where it stands: "populations.NAME" */
    const char *meaning;
    const key_def *key;        /* ends with name == NULL */
    const key_choice *variant; /* of its key `type`, NULL: none */
    const char *default_type;  /* of contexts with variants; NULL: type is required */
};

/* The root context; everything else hangs from it. */
const key_context *keys_root(void);
extern const key_context keys_distribution, keys_population, keys_projection, keys_connector, keys_rule, keys_modulator,
    keys_oscillation, keys_astrocyte, keys_stimulus, keys_probe, keys_network, keys_run, keys_target, keys_initial,
    keys_structure, keys_third_factors, keys_source, keys_attention;

/* All contexts in the order of the documentation; ends with NULL. */
const key_context *const *keys_contexts(void);

/* The key of a context by name or accepted spelling, among those of the variant bits (0: all). */
const key_def *keys_find(const key_context *c, const char *name, uint32_t variant);
/* Does the space-separated list hold the word as an accepted spelling ("=word")? */
bool keys_accepts(const char *aliases, const char *word);
/* The choice of a word, NULL when there is none. Lenient: case and _ ignored, all aliases accepted. */
const key_choice *keys_choose(const key_choice *list, const char *word, bool lenient);

/* Neuron models as choices (value: neuron_model), and their parameters. */
extern const key_choice keys_models[];
typedef struct {
    const char *key;
    net_dim dim;
    double def, low, high;
    uint32_t models; /* bits */
    const char *meaning, *aliases;
} key_param;
extern const key_param keys_params[NP_COUNT];

#endif
