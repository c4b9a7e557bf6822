/* Runs one Check suite made of the given tests: every test file ends with
 *   SUITE("fx", test_a, test_b)                                                        */
#ifndef HMN_TESTS_SUITE_H
#define HMN_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

#define SUITE(name, ...)                                                                  \
    int main(void)                                                                        \
    {                                                                                     \
        const TTest *tests[] = {__VA_ARGS__};                                             \
        Suite *suite = suite_create(name);                                                \
        TCase *group = tcase_create(name);                                                \
        tcase_set_timeout(group, 300);                                                    \
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)                         \
            tcase_add_test(group, tests[i]);                                              \
        suite_add_tcase(suite, group);                                                    \
        SRunner *runner = srunner_create(suite);                                          \
        srunner_run_all(runner, CK_ENV);                                                  \
        int failed = srunner_ntests_failed(runner);                                       \
        srunner_free(runner);                                                             \
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                      \
    }

#endif
