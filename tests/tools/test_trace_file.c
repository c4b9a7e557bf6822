/* hmn run --trace: JSON that nests, with the steps asked for, and nothing left behind when it cannot be written. */
#include "tests/suite.h"
#include "tests/tools/network.h"

#include <jansson.h>
#include <stdbool.h>

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

/* The members that Google's Trace Event Format names for complete events and for metadata, as readers with no patience
 * want them: all there, of their types, rows named, and slices of a row nested. */
START_TEST(every_event_has_what_the_format_names)
{
    enum { MANY = 65536 };
    static double begin[MANY], end[MANY];
    static json_int_t row[MANY];
    network_enter();
    network_ok("$HMN run net.yaml --steps 40 --timing cycle --trace t.json --quiet");
    json_t *root = json_load_file("t.json", JSON_REJECT_DUPLICATES, NULL);
    const json_t *events = json_object_get(root, "traceEvents");
    ck_assert_str_eq(json_string_value(json_object_get(root, "displayTimeUnit")), "ns");
    size_t n = 0;
    char named[256] = {0};
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *e = json_array_get(events, i), *ts = json_object_get(e, "ts"), *tid = json_object_get(e, "tid");
        const char *name = json_string_value(json_object_get(e, "name"));
        const char *ph = json_string_value(json_object_get(e, "ph"));
        ck_assert(name && ph && json_is_string(json_object_get(e, "cat")) &&
                  json_is_object(json_object_get(e, "args")));
        ck_assert(json_is_number(ts) && json_number_value(ts) >= 0 && json_is_integer(json_object_get(e, "pid")));
        ck_assert(json_is_integer(tid) && json_integer_value(tid) < 256);
        if (strcmp(ph, "M") == 0) {
            bool thread = strcmp(name, "thread_name") == 0;
            ck_assert(thread || strcmp(name, "process_name") == 0);
            ck_assert_ptr_nonnull(json_string_value(json_object_get(json_object_get(e, "args"), "name")));
            named[json_integer_value(tid)] |= (char)thread;
            continue;
        }
        ck_assert_str_eq(ph, "X");
        ck_assert_uint_lt(n, MANY);
        ck_assert(named[json_integer_value(tid)]);
        ck_assert_double_gt(json_number_value(json_object_get(e, "dur")), 0);
        begin[n] = json_number_value(ts);
        end[n] = begin[n] + json_number_value(json_object_get(e, "dur"));
        row[n++] = json_integer_value(tid);
    }
    ck_assert_uint_gt(n, 80);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) /* apart, or one within the other; to a tenth of a picosecond */
            ck_assert(row[i] != row[k] || end[i] <= begin[k] + 1e-7 || end[k] <= begin[i] + 1e-7 ||
                      (begin[i] <= begin[k] + 1e-7 && end[k] <= end[i] + 1e-7) ||
                      (begin[k] <= begin[i] + 1e-7 && end[i] <= end[k] + 1e-7));
    json_decref(root);
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

SUITE("trace_file", every_event_has_what_the_format_names, the_trace_is_json_whose_slices_lie_in_their_steps,
      a_trace_that_cannot_be_is_refused)
