/* Compares a relay of delayed spikes with sPyNNaker's delay extension. Takes the words of its region and the packets
 * that came in each step, yields the first packet that is sent otherwise, or a counter that differs. */
#include "tools/vector_spin.h"

#include "backends/spinnaker/stages.h"

#include <inttypes.h>

enum { LOCAL_BYTES = 64 * 1024, MOST_STEPS = 100000 };

typedef struct {
    const json_t *sent, *received;
    uint32_t word[STAGES_WORDS];
    uint8_t *counter;
    size_t nsent, nreceived; /* read so far */
    uint32_t saturated, wrong_key, wrong_neuron;
    uint32_t *key;
    int32_t *times;
    hmn_arena *arena;
} relay;

static const char *read_words(relay *r, const json_t *json)
{
    const json_t *list = json_object_get(json, "params");
    for (uint32_t k = 0; k < STAGES_WORDS; k++) {
        int64_t v = vector_spin_number(list, k);
        if (v < 0)
            return "'params' must have nine words";
        r->word[k] = (uint32_t)v;
    }
    if (json_array_size(list) != STAGES_WORDS || !stages_check(r->word, STAGES_WORDS, LOCAL_BYTES))
        return "'params' are no words of a relay";
    uint32_t n = r->word[STAGES_ATOMS], keys = n * r->word[STAGES_COUNT];
    r->counter = ARENA_NEW(r->arena, uint8_t, stages_bytes(n, r->word[STAGES_COUNT], r->word[STAGES_STEPS]));
    r->key = ARENA_NEW(r->arena, uint32_t, keys);
    r->times = ARENA_NEW(r->arena, int32_t, keys);
    return NULL;
}

/* What is sent in step t, by the keys that packets carry. */
static const char *compare_sent(relay *r, uint32_t t)
{
    uint32_t n = stages_send(r->word, r->counter, t, r->key, r->times), bits = r->word[STAGES_COLOUR_BITS];
    for (uint32_t k = 0; k < n; k++, r->nsent++) {
        const json_t *want = json_array_get(r->sent, r->nsent);
        int64_t key = (r->word[STAGES_KEY] + (r->key[k] << bits)) | (t & ((1u << bits) - 1));
        if (vector_spin_number(want, 0) != t || vector_spin_number(want, 1) != key ||
            vector_spin_number(want, 2) != r->times[k])
            return arena_printf(r->arena,
                                "packet %zu: sent in step %" PRIu32 " with key %" PRId64 ", %" PRId32
                                " times; want step %" PRId64 ", key %" PRId64 ", %" PRId64,
                                r->nsent, t, key, r->times[k], vector_spin_number(want, 0), vector_spin_number(want, 1),
                                vector_spin_number(want, 2));
    }
    return NULL;
}

static void receive(relay *r, uint32_t t)
{
    for (; vector_spin_number(json_array_get(r->received, r->nreceived), 0) == t; r->nreceived++) {
        const json_t *packet = json_array_get(r->received, r->nreceived);
        uint32_t key = (uint32_t)vector_spin_number(packet, 1), times = (uint32_t)vector_spin_number(packet, 2);
        uint32_t neuron = stages_neuron(r->word, key);
        times = times ? times : 1;
        if (neuron != UINT32_MAX)
            r->saturated += stages_keep(r->word, r->counter, t, neuron, times);
        else if ((key & r->word[STAGES_INCOMING_MASK]) == r->word[STAGES_INCOMING_KEY])
            r->wrong_neuron += times;
        else
            r->wrong_key += times;
    }
}

static const char *count(const relay *r, const json_t *json, const char *name, uint32_t got)
{
    int64_t want = json_integer_value(json_object_get(json, name));
    return got == want ? NULL : arena_printf(r->arena, "%s: got %" PRIu32 ", want %" PRId64, name, got, want);
}

const char *vector_spin_delay(const json_t *root, const json_t *json, hmn_arena *a)
{
    (void)root;
    relay r = {.sent = json_object_get(json, "sent"), .received = json_object_get(json, "received"), .arena = a};
    int64_t steps = json_integer_value(json_object_get(json, "steps"));
    const char *why = read_words(&r, json);
    if (!why && (steps < 1 || steps > MOST_STEPS))
        why = "'steps' must be 1 to 100000";
    for (uint32_t t = 0; !why && t < steps; t++) {
        why = compare_sent(&r, t);
        receive(&r, t);
    }
    if (!why && (r.nsent != json_array_size(r.sent) || r.nreceived != json_array_size(r.received)))
        why = arena_printf(a, "%zu packets are sent and %zu received; want %zu and %zu", r.nsent, r.nreceived,
                           json_array_size(r.sent), json_array_size(r.received));
    why = why ? why : count(&r, json, "saturated", r.saturated);
    why = why ? why : count(&r, json, "invalid_key", r.wrong_key);
    return why ? why : count(&r, json, "invalid_neuron", r.wrong_neuron);
}
