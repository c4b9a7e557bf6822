/* Networks at a limit and past it. */
#ifndef HMN_TESTS_LOIHI_LIMITS_H
#define HMN_TESTS_LOIHI_LIMITS_H

#include "tests/backends/loihi/fixture.h"

static inline bool compiled(net_builder *b) { return quantised(b) && pass_learn(&b->unit) && emitted(b); }

/* Compiled when `first` is NULL, on so many cores (0: any); otherwise refused by an error whose text and cure have both
 * words. Errors of other classes than `group` (6: does not fit, exit status 3; 0: any) are wrong. */
static inline void expect_refusal(net_builder *b, uint32_t cores, const char *first, const char *second, char group)
{
    bool ok = compiled(b), found = !first;
    ck_assert_msg(ok == !first, "%s", first_message(b));
    if (ok && cores)
        ck_assert_uint_eq(b->unit.mapping->ncores, cores);
    for (uint32_t i = 0; !ok && first && second && i < diag_count(b->unit.diag); i++) {
        const hmn_message *m = diag_get(b->unit.diag, i);
        if (m->severity != DIAG_ERROR)
            continue;
        ck_assert_msg(!group || diag_code_name(m->code)[2] == group, "%s", m->text);
        found |= first && strstr(m->text, first) && (strstr(m->text, second) || (m->cure && strstr(m->cure, second)));
    }
    ck_assert_msg(found, "%s", first_message(b));
    build_close(b);
}

static inline void expect(net_builder *b, uint32_t cores, const char *first, const char *second)
{
    expect_refusal(b, cores, first, second, '6');
}

static inline void expect_any(net_builder *b, const char *first, const char *second)
{
    expect_refusal(b, 0, first, second, 0);
}

#endif
