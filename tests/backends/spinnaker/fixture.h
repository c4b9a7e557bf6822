/* Networks given as YAML, compiled for spinnaker and run. */
#ifndef HMN_TESTS_SPINNAKER_FIXTURE_H
#define HMN_TESTS_SPINNAKER_FIXTURE_H

#include "tests/suite.h"

#include "backends/registry.h"
#include "backends/spinnaker/plan.h"
#include "compiler/pipeline.h"
#include "core/machine/machine.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    hmn_arena *arena;
    hmn_diag *diag;
    hmn_unit unit;
    hmn_image *image;
    hmn_machine *machine;
} spin_net;

static inline const char *spin_message(const spin_net *n)
{
    return diag_count(n->diag) ? diag_get(n->diag, 0)->text : "no message";
}

/* Runs the passes up to `last` (NULL: all). */
static inline bool spin_compile_to(spin_net *n, const char *yaml, const char *chip, const char *last)
{
    n->arena = arena_new(0);
    n->diag = diag_new();
    n->unit = (hmn_unit){.text = yaml,
                         .text_length = strlen(yaml),
                         .path = "-",
                         .chip = registry_find(chip),
                         .threads = 1,
                         .arena = n->arena,
                         .diag = n->diag};
    n->image = NULL;
    n->machine = NULL;
    return pipeline_run(&n->unit, last, NULL);
}

static inline bool spin_compile(spin_net *n, const char *yaml, const char *last)
{
    return spin_compile_to(n, yaml, "spinnaker", last);
}

static inline bool spin_compile_for(spin_net *n, const char *yaml, const char *chip)
{
    return spin_compile_to(n, yaml, chip, NULL);
}

/* The passes after those run already. */
static inline bool spin_compile_rest(spin_net *n) { return pipeline_run(&n->unit, NULL, NULL); }

static inline void spin_start(spin_net *n, uint32_t threads)
{
    n->image = image_from_memory(n->unit.image, n->unit.image_size, "test", n->diag);
    ck_assert_msg(n->image != NULL, "%s", spin_message(n));
    n->machine = machine_boot(n->image, n->unit.chip, threads, NULL, n->diag);
    ck_assert_msg(n->machine != NULL, "%s", spin_message(n));
}

static inline void spin_run(spin_net *n, uint32_t steps)
{
    hmn_sim *s = machine_sim(n->machine);
    for (uint32_t i = 0; i < steps; i++) {
        s->ops->begin(s);
        s->ops->end(s);
    }
}

static inline spin_net spin_open(const char *yaml, uint32_t threads)
{
    spin_net n;
    ck_assert_msg(spin_compile(&n, yaml, NULL), "%s", spin_message(&n));
    spin_start(&n, threads);
    return n;
}

static inline void spin_close(spin_net *n)
{
    machine_free(n->machine);
    if (n->image)
        image_close(n->image);
    diag_free(n->diag);
    arena_free(n->arena);
}

#endif
