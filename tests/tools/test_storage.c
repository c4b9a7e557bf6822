/* Bits a synapse in reports and hmn inspect: text and JSON say the same. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

static json_int_t number(const json_t *j, const char *key) { return json_integer_value(json_object_get(j, key)); }

START_TEST(report_and_inspect_say_how_synapses_are_stored)
{
    program_enter();
    network_ok("$HMN compile " HMN_SOURCE_DIR "/models/basics/random_static.yaml "
               "--report r.json -o n.hmn && $HMN inspect n.hmn --json >i.json && $HMN inspect n.hmn >i.txt");
    json_t *r = json_load_file("r.json", 0, NULL), *i = json_load_file("i.json", 0, NULL), *p;
    const json_t *memory = json_object_get(r, "synapse_memory");
    ck_assert_ptr_nonnull(memory);
    ck_assert_int_eq(number(memory, "synapses"), number(r, "synapses"));
    ck_assert(json_equal(memory, json_object_get(i, "synapse_memory")));
    json_int_t words = 0;
    size_t k;
    json_array_foreach(json_object_get(memory, "projections"), k, p)
    {
        double bits = json_real_value(json_object_get(p, "bits_per_synapse"));
        ck_assert_double_eq(bits, 64.0 * (double)number(p, "words") / (double)number(p, "synapses"));
        ck_assert_uint_ge(json_array_size(json_object_get(p, "forms")), 1);
        words += number(p, "words");
    }
    ck_assert_int_eq(words, number(memory, "words"));
    json_decref(r);
    json_decref(i);
    network_ok("$HMN compile " HMN_SOURCE_DIR "/models/basics/random_static.yaml --report r.txt");
    program_result *t = network_ok("grep -c 'run-length.*skip' r.txt; sed -n '/^synapse memory/,/^  all/p' r.txt >a; "
                                   "sed -n '/^synapse memory/,/^  all/p' i.txt | cmp - a && echo same");
    ck_assert_msg(strstr(t->out, "same"), "%s", t->out);
    ck_assert_int_ge(atoi(t->out), 3);
    program_leave();
}
END_TEST

SUITE("storage", report_and_inspect_say_how_synapses_are_stored)
