/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading a plan does when memory runs out: from each allocation in turn on, all fail. */
#include "test.h"

#include "scarce_memory.h"

/* A plan large enough for the arena to need many blocks. */
static char *large_plan(size_t *length)
{
    enum { METRICS = 600, BYTES = 1 << 17 };
    char *text = malloc(BYTES);
    ck_assert_ptr_nonnull(text);
    size_t at = (size_t)snprintf(
        text, BYTES,
        "{\"groups\":[{\"id\":\"A\"},{\"id\":\"B\"}],\"labels\":[{\"key\":\"k\",\"value\":\"v\"}],"
        "\"comparisons\":{\"pairs\":[{\"baseline\":\"A\",\"compared\":\"B\"}]},"
        "\"segments\":[{\"id\":\"s\",\"filter\":\"a = 1 or b in (1, \\\"x\\\")\"}],\"metrics\":[");
    for (int i = 0; i < METRICS; i++)
        at += (size_t)snprintf(text + at, BYTES - at,
                               "%s{\"id\":\"m%d\",\"covariates\":[\"x\",\"y\"]}", i > 0 ? "," : "",
                               i);
    at += (size_t)snprintf(text + at, BYTES - at, "]}");
    ck_assert_uint_lt(at, BYTES);
    *length = at;
    return text;
}

START_TEST(plan_without_memory_is_refused)
{
    size_t length;
    char *text = large_plan(&length);
    enum assay_status status = ASSAY_ERROR_MEMORY;
    long failures = 0;
    for (long allowed = 0; status != ASSAY_OK; allowed++) {
        struct assay_plan *plan = NULL;
        struct assay_error err = {.code = ASSAY_OK};
        allocations_left = allowed;
        status = assay_plan_parse(text, length, "p", &plan, &err);
        allocations_left = -1;
        if (status == ASSAY_OK)
            ck_assert_uint_eq(plan->metric_count, 600);
        else
            ck_assert_ptr_null(plan);
        ck_assert_msg(status == ASSAY_OK || status == ASSAY_ERROR_MEMORY, "%s", err.message);
        ck_assert_int_eq(err.code, status);
        failures += status != ASSAY_OK;
        assay_plan_free(plan);
    }
    ck_assert_int_gt(failures, 10);
    free(text);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, plan_without_memory_is_refused);
}

int main(void)
{
    return test_main("plan_memory", add);
}
