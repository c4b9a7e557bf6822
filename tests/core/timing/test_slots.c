/* A queue by slots against sums that can be written down. */
#include "core/timing/slots.h"

#include "tests/suite.h"

START_TEST(work_waits_for_the_work_before_it)
{
    slots s;
    slots_clear(&s);
    ck_assert_uint_eq(slots_done(&s, 70), 70);
    slots_add(&s, 10, 100, 5);
    ck_assert_uint_eq(slots_done(&s, 70), 105); /* idle in between */
    ck_assert_uint_eq(slots_done(&s, 200), 205);
    slots_add(&s, 10, 101, 30);
    slots_add(&s, 10, 120, 1);
    ck_assert_uint_eq(slots_done(&s, 0), 136);
    slots_add(&s, 10, 639, 1);
    ck_assert_uint_eq(slots_done(&s, 0), 640);
}
END_TEST

START_TEST(a_job_behind_others_goes_on_when_they_are_done)
{
    slots s;
    slots_clear(&s);
    ck_assert_uint_eq(slots_behind(&s, 10, 123), 123);
    slots_add(&s, 10, 20, 25);
    ck_assert_uint_eq(slots_behind(&s, 10, 15), 15);
    ck_assert_uint_eq(slots_behind(&s, 10, 21), 46);
    slots_add(&s, 10, 630, 25);
    ck_assert_uint_eq(slots_behind(&s, 10, 604), 629);
    ck_assert_uint_eq(slots_behind(&s, 10, 700), 750);
}
END_TEST

SUITE("slots", work_waits_for_the_work_before_it, a_job_behind_others_goes_on_when_they_are_done)
