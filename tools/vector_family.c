/* The list of families (vector_family.h). A family is a file tools/vector_NAME.c and its line here. */
#include "tools/vector_family.h"

#include "tools/vector_rule.h"
#include "tools/vector_spin.h"
#include "tools/vector_synapse.h"

#include <string.h>

static const char *learning_rule(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    return vector_run_rule(json, a);
}

static const vector_family families[] = {
    {"geometry", NULL, vector_spin_geometry},
    {"static_rows", NULL, vector_static_rows},
    {"population_table", NULL, vector_population_table},
    {"routing_compression", NULL, vector_spin_tcam},
    {"rtr_load", NULL, vector_spin_rtr},
    {"delay_stages", NULL, vector_spin_delay},
    {"current_sources", NULL, vector_spin_current},
    {"mapping_quality", NULL, vector_spin_mapping},
    {"neuron_step", NULL, vector_spin_neuron},
    {"real_code", NULL, vector_spin_real},
    {NULL, vector_is_operation, vector_spin_operation},
    {"stdp_row", NULL, vector_stdp_row},
    {"core_run", NULL, vector_core_run},
    {NULL, vector_is_rule, learning_rule}, /* files without the key */
};

const vector_family *vector_family_of(const json_t *root, const json_t *json)
{
    const char *kind = json_string_value(json_object_get(root, "kind"));
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const vector_family *f = &families[i];
        if (f->kind ? kind && strcmp(f->kind, kind) == 0 : f->is(json))
            return f;
    }
    return NULL;
}
