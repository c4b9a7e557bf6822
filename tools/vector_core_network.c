/* A whole core of static synapses as a network: the case's neurons are a population of spinnaker_IF_curr_exp, its rows
 * are sources with weights, delays and types as written, compiled for spinnaker and run on the emulated machine.
 * Compares spikes, the potential after each tick and the input recorded before it. Rows of a learning rule are words
 * that no network states; for them the functions of the core are held against the file alone (vector_core_run.c). */
#include "tools/vector_synapse.h"

#include "backends/spinnaker/neuron.h"
#include "tools/vector_machine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const json_t *json;
    vector_reader *r;
    const spin_model *model;
    row_format format;
    spin_words *row, shift;
    uint32_t nrows, neurons, first, fired;
    vector_machine m;
} trial;

/* A word of all neurons as a list. */
static void write_word(const trial *t, FILE *f, spin_slot slot, const char *key)
{
    const json_t *of = slot == SPIN_SYNAPSE ? json_object_get(t->json, "synapse") : t->json;
    const json_t *neurons = json_object_get(t->json, "neurons");
    fprintf(f, "      %s: [", key);
    for (uint32_t i = 0; i < t->neurons; i++) {
        const json_t *v = json_object_get(slot == SPIN_NEURON ? json_array_get(neurons, i) : of, key);
        fprintf(f, "%s%" PRId64, i ? ", " : "", (int64_t)json_integer_value(v));
    }
    fputs("]\n", f);
}

static void write_neurons(const trial *t, FILE *f)
{
    fprintf(f, "  core:\n    size: %" PRIu32 "\n    model: spinnaker_%s\n    params:\n", t->neurons, t->model->name);
    for (uint32_t k = 0; k < spin_model_words(t->model); k++) {
        spin_slot slot;
        const char *key = spin_model_key(t->model, k, &slot);
        if (strcmp(key, "time_step") != 0 || slot == SPIN_NEURON)
            write_word(t, f, slot, key);
    }
    fprintf(f, "      ring_shift_exc: %" PRIu32 "\n      ring_shift_inh: %" PRIu32 "\n", t->shift.word[0],
            t->shift.word[1]);
}

static void write_sources(const trial *t, FILE *f)
{
    const json_t *events = json_object_get(t->json, "pre_events");
    fprintf(f, "  rows:\n    size: %" PRIu32 "\n    model: spike_source_array\n    spike_times:\n", t->nrows);
    for (uint32_t i = 0; i < t->nrows; i++) {
        const char *comma = "";
        fputs("      - [", f);
        for (size_t k = 0; k < json_array_size(events); k++) {
            const json_t *e = json_array_get(events, k);
            if (json_integer_value(json_array_get(e, 1)) != i)
                continue;
            fprintf(f, "%s%" PRId64, comma, (int64_t)json_integer_value(json_array_get(e, 0)));
            comma = ", ";
        }
        fputs("]\n", f);
    }
}

static void write_synapses(const trial *t, FILE *f, uint32_t type)
{
    bool any = false;
    for (uint32_t i = 0; i < t->nrows; i++)
        for (uint32_t k = 3; k < 3 + t->row[i].word[1]; k++) {
            uint32_t word = t->row[i].word[k], delay = row_delay(&t->format, word);
            if (row_type(&t->format, word) != type)
                continue;
            if (!any)
                fprintf(f,
                        "  %s:\n    pre: rows\n    post: core\n    receptor_type: %s\n    connector:\n"
                        "      type: from_list\n      list:\n",
                        type ? "inh" : "exc", type ? "inhibitory" : "excitatory");
            any = true;
            fprintf(f, "        - [%" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 "]\n", i,
                    row_index(&t->format, word), row_weight(word), delay ? delay : 1u << t->format.delay_bits);
        }
}

static const char *write_yaml(const trial *t)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    fputs("hmn: 1\nnetwork: {name: vector, dt: 1 ms}\npopulations:\n", f);
    write_neurons(t, f);
    write_sources(t, f);
    fputs("projections:\n", f);
    write_synapses(t, f, 0);
    write_synapses(t, f, 1);
    fclose(f);
    const char *out = arena_copy_text(t->r->arena, text, size);
    free(text);
    return out;
}

static void same(const trial *t, const char *what, uint32_t tick, uint32_t i, uint32_t word, const json_t *want)
{
    int32_t got = machine_read(t->m.machine, t->first + i, (hmn_variable)(VAR_WORD + word));
    if (!t->r->why && (uint32_t)got != (uint32_t)json_integer_value(want))
        t->r->why = arena_printf(
            t->r->arena, "on the machine, %s of neuron %" PRIu32 " in tick %" PRIu32 ": got %" PRId32 ", want %" PRId64,
            what, i, tick, got, (int64_t)json_integer_value(want));
}

static void check_spikes(trial *t, uint32_t tick, const json_t *want)
{
    uint32_t n;
    hmn_sim *sim = machine_sim(t->m.machine);
    const uint32_t *spike = sim->ops->spikes(sim, &n);
    for (uint32_t i = 0; i < n && !t->r->why; i++) {
        if (spike[i] < t->first || spike[i] >= t->first + t->neurons)
            continue;
        const json_t *row = json_array_get(want, t->fired++);
        if (json_integer_value(json_array_get(row, 0)) != tick ||
            json_integer_value(json_array_get(row, 1)) != spike[i] - t->first)
            t->r->why = arena_printf(t->r->arena, "on the machine, neuron %" PRIu32 " fires in tick %" PRIu32,
                                     spike[i] - t->first, tick);
    }
}

static void run(trial *t, uint32_t steps)
{
    const json_t *expected = json_object_get(t->json, "expected"), *v = json_object_get(expected, "V_after_tick");
    const json_t *g = json_object_get(expected, "rec_gsyn_exc4_inh4"), *s = json_object_get(expected, "spikes_t_n_key");
    hmn_sim *sim = machine_sim(t->m.machine);
    uint32_t recorded = spin_model_state(t->model);
    t->first = vector_machine_first(&t->m, "core");
    for (uint32_t tick = 0; tick < steps && !t->r->why; tick++) {
        sim->ops->begin(sim);
        check_spikes(t, tick, s);
        sim->ops->end(sim);
        for (uint32_t i = 0; i < t->neurons; i++) {
            same(t, "V", tick, i, spin_model_v(t->model), json_array_get(json_array_get(v, tick), i));
            same(t, "exc", tick, i, recorded + 1, json_array_get(json_array_get(g, tick), i));
            same(t, "inh", tick, i, recorded + 2, json_array_get(json_array_get(g, tick), t->neurons + i));
        }
    }
    if (!t->r->why && t->fired != json_array_size(s))
        vread_wrong(t->r, "on the machine, spikes of the file are missing");
}

/* A source fires once a step; a row fetched twice in one is no network. */
static bool fetched_twice(const json_t *events)
{
    for (size_t i = 0; i < json_array_size(events); i++)
        for (size_t k = i; k-- > 0;) {
            const json_t *a = json_array_get(events, i), *b = json_array_get(events, k);
            if (json_integer_value(json_array_get(a, 0)) != json_integer_value(json_array_get(b, 0)))
                break;
            if (json_integer_value(json_array_get(a, 1)) == json_integer_value(json_array_get(b, 1)))
                return true;
        }
    return false;
}

void vector_core_network(vector_reader *r, const json_t *json, uint32_t steps)
{
    trial t = {.json = json, .r = r, .model = spin_model_find("IF_curr_exp")};
    t.neurons = (uint32_t)json_array_size(json_object_get(json, "neurons"));
    t.format = spin_read_format(r, json);
    t.shift = spin_read_words(r, json_object_get(json, "ring_shift"), "ring_shift");
    t.row = spin_read_rows(r, json, &t.nrows);
    if (r->why || t.shift.count < 2 || fetched_twice(json_object_get(json, "pre_events")))
        return;
    r->why = vector_machine_open(&t.m, "spinnaker", "vector", write_yaml(&t), r->arena);
    if (!r->why)
        run(&t, steps);
    vector_machine_close(&t.m);
}
