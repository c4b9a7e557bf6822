/* A network given as text, compiled for a chip and booted: the whole road from YAML to the emulated machine, in
 * memory. For families of vectors that are neurons or networks. */
#ifndef HMN_TOOLS_VECTOR_MACHINE_H
#define HMN_TOOLS_VECTOR_MACHINE_H

#include "core/base/arena.h"
#include "core/base/diag.h"
#include "core/machine/machine.h"
#include "tools/layout.h"

typedef struct {
    hmn_diag *diag;
    hmn_image *image;
    hmn_machine *machine;
    const layout *layout;
} vector_machine;

/* NULL, or why it cannot be run, in the arena. Close it in either case. */
const char *vector_machine_open(vector_machine *m, const char *chip, const char *name, const char *yaml, hmn_arena *a);
void vector_machine_close(vector_machine *m);

/* The global index of a population's neuron 0. */
uint32_t vector_machine_first(const vector_machine *m, const char *population);

#endif
