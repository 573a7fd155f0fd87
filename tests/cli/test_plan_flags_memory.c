/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan of options does when memory runs out: from each allocation in turn on, all fail. */
#include "test.h"

#include "cli/plan_flags.h"
#include "scarce_memory.h"

static int option_of(const struct option *options, const char *name)
{
    while (strcmp(options->name, name) != 0)
        options++;
    return options->val;
}

START_TEST(flags_without_memory_are_refused)
{
    static const struct {
        const char *name, *value;
    } USES[] = {{"plan", "data/hillstrom.plan.json"},
                {"metric", "recency:margin=1,role=guardrail"},
                {"metrics", "tests/data/definitions.json"},
                {"covariate", "newbie"},
                {"events", "o=a.csv,b.csv"},
                {"missing-text", "-"},
                {"minimum", "10,2"},
                {"alpha", "5%"},
                {"segment", "s=channel = \"Web\""},
                {"weights", "No E-Mail=1,Mens E-Mail=1"},
                {"all-pairs", NULL}};
    static const struct option NONE = {NULL, 0, NULL, 0};
    struct option options[PLAN_OPTIONS_MAX];
    plan_flags_options(&NONE, options);
    enum assay_status status = ASSAY_ERROR_MEMORY;
    long failures = 0;
    for (long allowed = 0; status != ASSAY_OK; allowed++) {
        struct plan_flags flags = {0};
        struct assay_plan *plan = NULL;
        struct assay_error err = {.code = ASSAY_OK};
        allocations_left = allowed;
        for (size_t i = 0; i < sizeof USES / sizeof *USES; i++)
            ck_assert(plan_flags_take(&flags, option_of(options, USES[i].name), USES[i].value));
        status = plan_flags_build(&flags, &plan, &err);
        allocations_left = -1;
        ck_assert_msg(status == ASSAY_OK || status == ASSAY_ERROR_MEMORY, "%s", err.message);
        failures += status != ASSAY_OK;
        plan_flags_release(&flags);
        assay_plan_free(plan);
    }
    ck_assert_int_gt(failures, 3);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, flags_without_memory_are_refused);
}

int main(void)
{
    return test_main("plan_flags_memory", add);
}
