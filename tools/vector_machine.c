/* Text to machine in memory (vector_machine.h). */
#include "tools/vector_machine.h"

#include "backends/registry.h"
#include "compiler/pipeline.h"

#include <string.h>

static const char *first_error(const hmn_diag *d)
{
    for (uint32_t i = 0; i < diag_count(d); i++)
        if (diag_get(d, i)->severity == DIAG_ERROR)
            return diag_get(d, i)->text;
    return "it does not compile";
}

const char *vector_machine_open(vector_machine *m, const char *chip, const char *name, const char *yaml, hmn_arena *a)
{
    *m = (vector_machine){.diag = diag_new()};
    hmn_unit u = {.path = arena_printf(a, "%s.yaml", name),
                  .text = yaml,
                  .text_length = strlen(yaml),
                  .chip = registry_find(chip),
                  .threads = 1,
                  .arena = a,
                  .diag = m->diag};
    if (pipeline_run(&u, NULL, NULL))
        m->image = image_from_memory(u.image, u.image_size, u.path, m->diag);
    if (m->image)
        m->machine = machine_boot(m->image, u.chip, 1, NULL, m->diag);
    if (m->machine)
        m->layout = layout_of_image(m->image, a, m->diag);
    return m->layout ? NULL : arena_printf(a, "cannot be run: %s", first_error(m->diag));
}

void vector_machine_close(vector_machine *m)
{
    machine_free(m->machine);
    if (m->image)
        image_close(m->image);
    diag_free(m->diag);
}

uint32_t vector_machine_first(const vector_machine *m, const char *population)
{
    return m->layout->population[layout_find_population(m->layout, population)].first;
}
