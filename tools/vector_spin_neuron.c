/* One neuron of a SpiNNaker core tick by tick against what the ARM code did. Takes parameter words by slot and what the
 * ring buffers yielded at each tick; compares the derived constants, and after every tick the spikes, what was recorded
 * before it and the state.
 *
 * The case goes the whole road: its words are a population of a spinnaker_ model, its inputs are sources with weights
 * as written, compiled for spinnaker and run on the emulated machine. A spike arrives in step 1 at the earliest; input
 * at tick 0 is therefore folded into the words of the initial state, by the function that the core calls. */
#include "tools/vector_spin.h"

#include "backends/spinnaker/arith.h"
#include "backends/spinnaker/neuron.h"
#include "tools/vector_machine.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const json_t *json, *inputs, *shift;
    const spin_model *model;
    uint32_t substeps, neuron;
    int32_t words[SPIN_MAX_WORDS], state[SPIN_MAX_STATE]; /* state: before tick 0, with its input */
    vector_machine m;
    uint32_t spikes;
    hmn_arena *arena;
} trial;

static const char *const slots[SPIN_SLOTS] = {"neuron", "input", "threshold", "synapse", "additional"};

static const char *read_words(trial *t)
{
    const json_t *raw = json_object_get(t->json, "params_raw");
    for (uint32_t k = 0; k < spin_model_words(t->model); k++) {
        spin_slot slot;
        const char *key = spin_model_key(t->model, k, &slot);
        const json_t *v = json_object_get(json_object_get(raw, slots[slot]), key);
        if (!json_is_integer(v))
            return arena_printf(t->arena, "params_raw lacks %s of %s", key, slots[slot]);
        t->words[k] = fx_low32(json_integer_value(v));
    }
    spin_neuron_boot(t->model, t->words, t->substeps, t->state);
    return NULL;
}

/* Columns of the file by name; rec_ and spike stand behind the state. */
static int32_t column_word(const trial *t, const char *name)
{
    static const char *const recorded[] = {"rec_v", "rec_exc", "rec_inh", "spike"};
    for (uint32_t i = 0; i < sizeof recorded / sizeof *recorded; i++)
        if (strcmp(name, recorded[i]) == 0)
            return (int32_t)(spin_model_state(t->model) + i);
    return spin_model_state_word(t->model, name);
}

static const char *check_initial(const trial *t)
{
    const json_t *want = json_object_get(t->json, "state_after_init");
    for (void *at = json_object_iter((json_t *)(uintptr_t)want); at;
         at = json_object_iter_next((json_t *)(uintptr_t)want, at)) {
        const char *name = json_object_iter_key(at);
        int32_t k = spin_model_state_word(t->model, name), v = fx_low32(json_integer_value(json_object_iter_value(at)));
        if (k == SPIN_NO_WORD)
            return arena_printf(t->arena, "the model has no state '%s'", name);
        if (t->state[k] != v)
            return arena_printf(t->arena, "%s after loading: got %" PRId32 ", want %" PRId32, name, t->state[k], v);
    }
    return NULL;
}

/* ---- the network ---- */

typedef struct {
    int64_t tick, type, value;
} ring_input;

static ring_input input_at(const trial *t, size_t i)
{
    const json_t *row = json_array_get(t->inputs, i);
    return (ring_input){vector_spin_number(row, 0), vector_spin_number(row, 1), vector_spin_number(row, 2)};
}

static uint32_t shift_of(const trial *t, int64_t type)
{
    return (uint32_t)vector_spin_number(t->shift, (size_t)type) & 31;
}

/* The word of the initial state that a state word starts from. */
static const char *initial_word(const trial *t, const char *state)
{
    static const char *const pairs[][2] = {
        {"exc_value", "exc_init"},   {"exc2_value", "exc2_init"}, {"inh_value", "inh_init"},
        {"exc_lin", "exc_lin_init"}, {"exc_exp", "exc_exp_init"}, {"exc_q", "exc_q_init"},
        {"inh_lin", "inh_lin_init"}, {"inh_exp", "inh_exp_init"}, {"inh_q", "inh_q_init"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(state, pairs[i][0]) == 0 && spin_model_state_word(t->model, state) != SPIN_NO_WORD)
            return pairs[i][1];
    return NULL;
}

static const char *fold_first(trial *t)
{
    static const char *const moved[] = {"exc_value", "exc2_value", "inh_value", "exc_lin", "exc_exp",
                                        "exc_q",     "inh_lin",    "inh_exp",   "inh_q"};
    for (int64_t type = 0; type < spin_model_receptors(t->model); type++)
        for (size_t i = 0; i < json_array_size(t->inputs) && input_at(t, i).tick == 0; i++)
            if (input_at(t, i).type == type && input_at(t, i).value > 0)
                spin_neuron_input(t->model, t->state, (uint32_t)type,
                                  spin_weight_input((uint32_t)input_at(t, i).value, shift_of(t, type)));
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        const char *word = initial_word(t, moved[i]);
        if (word)
            t->words[spin_model_word(t->model, SPIN_SYNAPSE, word)] =
                t->state[spin_model_state_word(t->model, moved[i])];
    }
    return NULL;
}

static void write_words(const trial *t, FILE *f)
{
    for (uint32_t k = 0; k < spin_model_words(t->model); k++) {
        spin_slot slot, other;
        const char *key = spin_model_key(t->model, k, &slot);
        bool again = false;
        for (uint32_t before = 0; before < k; before++)
            again |= strcmp(spin_model_key(t->model, before, &other), key) == 0;
        if (!again)
            fprintf(f, "      %s: %" PRId32 "\n", key, t->words[k]);
    }
}

static const char *const receptors[2][SPIN_MAX_RECEPTORS] = {{"excitatory", "inhibitory", NULL},
                                                             {"excitatory", "excitatory2", "inhibitory"}};
static const char *const shifts[2][SPIN_MAX_RECEPTORS] = {{"ring_shift_exc", "ring_shift_inh", NULL},
                                                          {"ring_shift_exc", "ring_shift_exc2", "ring_shift_inh"}};

static void write_projections(const trial *t, FILE *f)
{
    uint32_t types = spin_model_receptors(t->model);
    for (uint32_t type = 0; type < types; type++) {
        uint32_t source = 0, n = 0;
        for (size_t i = 0; i < json_array_size(t->inputs); i++) {
            ring_input in = input_at(t, i);
            if (in.tick == 0)
                continue;
            if (in.type == type && n++ == 0)
                fprintf(f,
                        "  %s:\n    pre: inputs\n    post: neuron\n    receptor_type: %s\n    connector:\n"
                        "      type: from_list\n      list:\n",
                        receptors[types - 2][type], receptors[types - 2][type]);
            if (in.type == type)
                fprintf(f, "        - [%" PRIu32 ", 0, %" PRId64 ", 1]\n", source, in.value);
            source++;
        }
    }
}

static const char *write_yaml(const trial *t)
{
    char *text = NULL;
    size_t size = 0, sources = 0, n = json_array_size(t->inputs);
    FILE *f = open_memstream(&text, &size);
    uint32_t types = spin_model_receptors(t->model);
    fprintf(f,
            "hmn: 1\nnetwork: {name: vector, dt: 1 ms}\npopulations:\n  neuron:\n    size: 1\n"
            "    model: spinnaker_%s\n    params:\n",
            t->model->name);
    write_words(t, f);
    fprintf(f, "      n_steps_per_timestep: %" PRIu32 "\n", t->substeps);
    for (uint32_t type = 0; type < types; type++)
        fprintf(f, "      %s: %" PRIu32 "\n", shifts[types - 2][type], shift_of(t, type));
    for (size_t i = 0; i < n; i++)
        sources += input_at(t, i).tick > 0;
    if (sources)
        fprintf(f, "  inputs:\n    size: %zu\n    model: spike_source_array\n    spike_times:\n", sources);
    for (size_t i = 0; i < n; i++)
        if (input_at(t, i).tick > 0)
            fprintf(f, "      - [%" PRId64 "]\n", input_at(t, i).tick - 1);
    if (sources)
        fputs("projections:\n", f);
    write_projections(t, f);
    fclose(f);
    const char *out = arena_copy_text(t->arena, text, size);
    free(text);
    return out;
}

/* ---- the run ---- */

static int32_t machine_word(const trial *t, int32_t k)
{
    return machine_read(t->m.machine, t->neuron, (hmn_variable)(VAR_WORD + k));
}

/* The machine starts from the state that the file names, with the input of tick 0. */
static const char *check_boot(const trial *t)
{
    for (uint32_t k = 0; k < spin_model_state(t->model); k++)
        if (machine_word(t, (int32_t)k) != t->state[k])
            return arena_printf(t->arena, "state word %" PRIu32 " at the start: got %" PRId32 ", want %" PRId32, k,
                                machine_word(t, (int32_t)k), t->state[k]);
    return NULL;
}

static const char *check_tick(const trial *t, uint32_t tick, const json_t *row)
{
    const json_t *columns = json_object_get(t->json, "columns");
    for (size_t k = 0; k < json_array_size(columns); k++) {
        const char *name = json_string_value(json_array_get(columns, k));
        int32_t word = name ? column_word(t, name) : SPIN_NO_WORD;
        if (word == SPIN_NO_WORD)
            return arena_printf(t->arena, "the model has no column '%s'", name ? name : "?");
        int32_t got = machine_word(t, word), want = fx_low32(json_integer_value(json_array_get(row, k)));
        if (got != want)
            return arena_printf(t->arena, "%s in tick %" PRIu32 ": got %" PRId32 ", want %" PRId32, name, tick, got,
                                want);
    }
    return NULL;
}

static bool fired(const trial *t)
{
    uint32_t n;
    hmn_sim *sim = machine_sim(t->m.machine);
    const uint32_t *spike = sim->ops->spikes(sim, &n);
    for (uint32_t i = 0; i < n; i++)
        if (spike[i] == t->neuron)
            return true;
    return false;
}

static const char *run(trial *t)
{
    const json_t *steps = json_object_get(t->json, "steps");
    hmn_sim *sim = machine_sim(t->m.machine);
    const char *why = NULL;
    t->neuron = vector_machine_first(&t->m, "neuron");
    why = check_boot(t);
    for (uint32_t tick = 0; !why && tick < json_array_size(steps); tick++) {
        sim->ops->begin(sim);
        bool spiked = fired(t);
        sim->ops->end(sim);
        why = check_tick(t, tick, json_array_get(steps, tick));
        if (!why && spiked != (machine_word(t, column_word(t, "spike")) > 0))
            why = arena_printf(t->arena, "in tick %" PRIu32 " the machine and the neuron disagree on a spike", tick);
    }
    return why;
}

static const char *check_inputs(const trial *t)
{
    for (size_t i = 0; i < json_array_size(t->inputs); i++) {
        ring_input in = input_at(t, i);
        if (in.tick < 0 || in.type < 0 || in.type >= spin_model_receptors(t->model) || in.value < 0 ||
            in.value > UINT16_MAX || (i && in.tick < input_at(t, i - 1).tick))
            return arena_printf(t->arena, "row %zu of ring_inputs is not [tick, type, 16 bits] in order of ticks", i);
    }
    return NULL;
}

const char *vector_spin_neuron(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    const char *name = json_string_value(json_object_get(json, "model"));
    json_int_t substeps = json_integer_value(json_object_get(json, "n_steps_per_timestep"));
    trial t = {.json = json, .model = name ? spin_model_find(name) : NULL, .arena = a};
    t.inputs = json_object_get(json, "ring_inputs");
    t.shift = json_object_get(json, "ring_shift");
    if (!t.model)
        return arena_printf(a, "there is no model '%s'", name ? name : "?");
    if (substeps < 1 || substeps > 1 << 16)
        return "n_steps_per_timestep is not 1 .. 65536";
    if (json_array_size(json_object_get(json, "steps")) == 0)
        return "it has no steps";
    t.substeps = (uint32_t)substeps;
    const char *why = read_words(&t);
    why = why ? why : check_initial(&t);
    why = why ? why : check_inputs(&t);
    why = why ? why : fold_first(&t);
    if (why)
        return why;
    why = vector_machine_open(&t.m, "spinnaker", "vector", write_yaml(&t), a);
    why = why ? why : run(&t);
    vector_machine_close(&t.m);
    return why;
}
