/* hmn run --trace: JSON that nests, with the steps asked for, and nothing left behind when it cannot be written. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>

START_TEST(the_trace_is_json_whose_slices_lie_in_their_steps)
{
    network_enter();
    network_ok("$HMN run net.yaml --steps 20 --timing cycle --trace t.json --trace-steps 3:7 --out out");
    json_t *root = json_load_file("t.json", 0, NULL);
    ck_assert_ptr_nonnull(root);
    const json_t *events = json_object_get(root, "traceEvents");
    double last = 0;
    int slices = 0, received = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *e = json_array_get(events, i);
        if (strcmp(json_string_value(json_object_get(e, "ph")), "X") != 0)
            continue;
        json_int_t step = json_integer_value(json_object_get(json_object_get(e, "args"), "step"));
        ck_assert_int_ge(step, 3);
        ck_assert_int_le(step, 7);
        if (strcmp(json_string_value(json_object_get(e, "name")), "receive") == 0) {
            received++;
            ck_assert_double_eq_tol(json_number_value(json_object_get(e, "dur")), 3 * 3.5e-3,
                                    1e-9); /* three synapses */
        }
        double ts = json_number_value(json_object_get(e, "ts"));
        ck_assert_double_ge(ts + 1, last); /* microseconds; steps follow each other */
        last = ts;
        slices++;
    }
    ck_assert_int_ge(slices, 10);  /* at least an update and a barrier in each of five steps */
    ck_assert_int_eq(received, 2); /* sources fire in steps 3 and 4 */
    json_decref(root);
    ck_assert(!program_exists("t.json.tmp"));
    program_leave();
}
END_TEST

START_TEST(a_trace_that_cannot_be_is_refused)
{
    network_enter();
    network_fails("$HMN run net.yaml --steps 5 --trace t.json", 2, "--trace needs --timing");
    network_fails("$HMN run net.yaml --steps 5 --timing fast --trace t.json --trace-steps 7:3", 2, "FIRST:LAST");
    network_fails("$HMN run net.yaml --steps 5 --timing fast --trace no/t.json", 4, "cannot write");
    ck_assert(!program_exists("t.json"));
    program_leave();
}
END_TEST

SUITE("trace_file", the_trace_is_json_whose_slices_lie_in_their_steps, a_trace_that_cannot_be_is_refused)
