/* The list of chips: a new chip is its folder and its line here. */
#include "backends/registry.h"

#include <string.h>

#define CHIPS(X) X(loihi) X(loihi2) X(spinnaker)

#define DECLARE(name) extern const hmn_chip hmn_chip_##name;
CHIPS(DECLARE)
#undef DECLARE

#define ADDRESS(name) &hmn_chip_##name,
static const hmn_chip *const chips[] = {CHIPS(ADDRESS)};
#undef ADDRESS

const hmn_chip *const *registry_chips(uint32_t *count)
{
    *count = (uint32_t)(sizeof chips / sizeof *chips);
    return chips;
}

const hmn_chip *registry_find(const char *name)
{
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++)
        if (strcmp(chips[i]->name, name) == 0)
            return chips[i];
    return NULL;
}
