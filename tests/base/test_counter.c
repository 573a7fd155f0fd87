/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/counter.h"
#include "test.h"

START_TEST(names_count_apart_however_many)
{
    struct assay__counter counter = {0};
    struct assay_error err;
    uint64_t *count;
    for (uint32_t round = 1; round <= 3; round++)
        for (uint32_t name = 0; name < 1000; name++) {
            assert_ok(assay__counter_at(&counter, &name, sizeof name, 1000, &count, &err), &err);
            *count += name * round;
        }
    ck_assert_uint_eq(counter.names.count, 1000);
    for (uint32_t name = 0; name < 1000; name++)
        ck_assert_uint_eq(assay__counter_get(&counter, &name, sizeof name), 6 * name);
    ck_assert_uint_eq(assay__counter_get(&counter, "", 0), 0);
    ck_assert_int_eq(assay__counter_at(&counter, "", 0, 1000, &count, &err), ASSAY_ERROR_LIMIT);
    assay__counter_release(&counter);
    ck_assert_uint_eq(assay__counter_get(&counter, "", 0), 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, names_count_apart_however_many);
}

int main(void)
{
    return test_main("counter", add);
}
