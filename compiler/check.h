/* Inside of the check pass: what its files share. The pass itself is pass_check of unit.h. */
#ifndef HMN_COMPILER_CHECK_H
#define HMN_COMPILER_CHECK_H

#include "compiler/doc.h"
#include "compiler/expr.h"
#include "compiler/keys.h"
#include "compiler/names.h"
#include "compiler/unit.h"
#include "compiler/units.h"

/* Where a mapping stands, innermost last, for messages: populations.exc.params */
typedef struct check_path {
    const struct check_path *outer;
    const char *name;
} check_path;

typedef struct {
    const char *name;
    const doc_node *node;
    enum { PARAM_NEW, PARAM_OPEN, PARAM_DONE, PARAM_BAD } state;
} check_param;

typedef struct {
    const char *name; /* in messages: "population" */
    names index;
    uint32_t count;
    const char **list; /* for suggestions */
    bool *used;
} check_names;

typedef struct {
    hmn_unit *u;
    hmn_arena *arena;
    hmn_diag *diag;
    hmn_net *net;
    const doc_node *root;
    unit_context unit;
    net_dim weight_dim; /* of NET_WEIGHT for the population at hand */
    bool raw;           /* the population at hand is in the chip's integers: mV and nA become integers */
    check_param *param;
    double *param_value;
    names param_index;
    uint32_t nparams, param_depth;
    check_names name[REF_COUNT];
} checker;

/* ---- check_scalar.c: texts and numbers ---- */
/* So many errors that help texts are no longer worth their memory. */
bool check_quiet(const checker *c);
void check_parameters(checker *c);
/* The text of a scalar with ${...} replaced; NULL after a report. `what` names the key in messages. */
const char *check_text(checker *c, const doc_node *n, const char *what);
bool check_number(checker *c, const doc_node *n, const char *what, net_dim dim, double *value);
bool check_range(checker *c, hmn_span at, const char *what, net_dim dim, double v, double low, double high, bool open);
bool check_bool(checker *c, const doc_node *n, const char *what, bool *value);
const key_choice *check_choice(checker *c, const doc_node *n, const char *what, const key_choice *list, bool lenient);
/* Must be a list (a single value counts as a list of one): its items in *item. */
bool check_items(checker *c, const doc_node *n, const char *what, const doc_node *const **item, uint32_t *count);
/* A list or nested lists of numbers -> array. depth: nesting allowed. */
bool check_numbers(checker *c, const doc_node *n, const char *what, net_dim dim, unsigned depth, double **out,
                   uint32_t *count);
bool check_type(checker *c, const doc_node *n, doc_kind kind, const char *what);

/* ---- check_bind.c: mappings by table ---- */
/* Fills the struct `out` of context k from the mapping: defaults first. map NULL: defaults only.
 * variant: bit of the type, 0 when it is not known. `at`: where to report missing keys. */
void check_bind(checker *c, const key_context *k, uint32_t variant, const doc_node *map, hmn_span at, check_path path,
                void *out);
/* The entry of a key in a mapping, accepted spellings included. */
const doc_entry *check_pick(const key_context *k, const doc_node *map, const char *key);
const char *check_path_text(checker *c, const check_path *p);
/* The variant named by the mapping's `type`; NULL after a report, or when there is none and no default. */
const key_choice *check_variant(checker *c, const key_context *k, const doc_node *map);
void check_value(checker *c, const doc_node *n, const char *what, net_dim dim, double low, double high, bool open,
                 net_value *out);
/* Resolves a name; NET_NONE after a report. */
uint32_t check_ref(checker *c, const doc_node *n, const char *what, key_ref kind);
uint32_t check_ref_text(checker *c, const char *name, hmn_span at, const char *what, key_ref kind);
const char *check_ref_kind(key_ref kind);

/* ---- the sections ---- */
/* Entries of a section without x- keys, names checked and registered under `kind` (REF_NONE: nowhere). */
uint32_t check_section(checker *c, const char *key, key_ref kind, const doc_entry ***out);
void check_populations(checker *c, const doc_entry **e, uint32_t count);
/* Trees of populations that are compartments of the same neurons. */
void check_dendrites(checker *c);
void check_projections(checker *c, const doc_entry **e, uint32_t count);
/* Unit of a weight onto a population. */
net_dim check_weight_dim(const checker *c, uint32_t population);
void check_connector(checker *c, const doc_node *n, check_path path, net_projection *p);
void check_rules(checker *c, const doc_entry **e, uint32_t count, const doc_entry **astro);
void check_rule(checker *c, const doc_node *n, hmn_span at, const char *name, check_path path, net_rule *r);
void check_modulation(checker *c, const doc_entry **mod, const doc_entry **osc);
void check_astrocyte(checker *c, const doc_node *n, hmn_span at, const char *name, check_path path, uint32_t modulator,
                     net_astrocyte *a);
void check_stimuli(checker *c, const doc_entry **e, uint32_t count);
void check_probes(checker *c, const doc_entry **e, uint32_t count);
void check_target(checker *c, const doc_node *target, hmn_span at);
void check_task(checker *c);
void check_unused(checker *c);

/* Numbers of a data file with least..most columns; false after a report. */
bool check_table(checker *c, const doc_node *n, const char *what, uint32_t least, uint32_t most, const double **v,
                 uint32_t *count, uint32_t *columns);
/* A file named in YAML, relative to the YAML file that names it. */
const char *check_file_path(checker *c, const doc_node *n, const char *what);
/* ms -> step, to nearest. False after a report when it is no step number. */
bool check_step(checker *c, hmn_span at, double ms, uint32_t *step);
/* Sorts (step, neuron) pairs; false after a report of a neuron outside 0..size-1 or a pair given twice. */
bool check_spikes(checker *c, hmn_span at, uint32_t *step, uint32_t *neuron, uint32_t count, uint32_t size);

#endif
