/* What one compilation has so far: the single argument of every pass. A pass reads what earlier passes
 * made and fills its own pointer; nothing is changed after the pass that made it, but for optional terms of the net,
 * which learn switches off where the chip cannot compute them. */
#ifndef HMN_COMPILER_UNIT_H
#define HMN_COMPILER_UNIT_H

#include "compiler/doc.h"
#include "core/chip.h"
#include "core/ir/graph.h"
#include "core/ir/map.h"
#include "core/ir/net.h"
#include "core/ir/qnet.h"

typedef struct {
    const char *name, *value;
} unit_set; /* --set name=value */

typedef struct {
    /* given */
    const char *path; /* main YAML file; "-" or NULL with text: from memory */
    const char *text; /* source text when not read from path */
    size_t text_length;
    const hmn_chip *chip; /* NULL: front end only */
    const unit_set *set;
    uint32_t nset;
    const char *ablate;     /* --ablate: terms separated by commas; NULL: none */
    double rates;           /* all learning rates are times this; 0: as written */
    const uint64_t *reseed; /* overrides run.seed */
    uint32_t threads;
    hmn_arena *arena;
    hmn_diag *diag;
    /* made */
    const doc_node *doc;  /* parse     */
    hmn_net *net;         /* check     */
    hmn_graph *graph;     /* elaborate */
    hmn_qnet *qnet;       /* quantise, learn */
    hmn_mapping *mapping; /* partition, place, route */
    const void *image;    /* emit      */
    size_t image_size;
    uint32_t have; /* bits of unit_have */
} hmn_unit;

typedef enum {
    HAVE_SRC = 1,
    HAVE_DOC = 2,
    HAVE_NET = 4,
    HAVE_GRAPH = 8,
    HAVE_CHIP = 16,
    HAVE_QNET = 32,
    HAVE_UCODE = 64,
    HAVE_SLICES = 128,
    HAVE_PLACED = 256,
    HAVE_ROUTED = 512,
    HAVE_IMAGE = 1024,
    HAVE_VERIFIED = 2048
} unit_have;

/* Every pass has this shape: false after it reported errors. */
bool pass_parse(hmn_unit *u);
bool pass_check(hmn_unit *u);
bool pass_elaborate(hmn_unit *u);
bool pass_quantise(hmn_unit *u);
bool pass_learn(hmn_unit *u);
bool pass_partition(hmn_unit *u);
bool pass_place(hmn_unit *u);
bool pass_route(hmn_unit *u);
bool pass_emit(hmn_unit *u);
bool pass_verify(hmn_unit *u);

#endif
