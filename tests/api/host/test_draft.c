/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans by calls: the plan is that of the same JSON, and places that cannot be are refused. */
#include "scarce_memory.h"
#include "test.h"

static enum assay_status fill(struct assay_draft *draft, struct assay_error *err)
{
    static const char *const TEXTS[][2] = {
        {"/columns/group", "variant"},  {"/comparisons/baseline", "A \"quoted\" group"},
        {"/dimensions/0", "country"},   {"/dimensions/1", "device"},
        {"/metrics/0/id", "y"},         {"/metrics/0/role", "guardrail"},
        {"/metrics/0/role", "success"}, {"/metrics/0/type", "mean"}};
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < sizeof TEXTS / sizeof *TEXTS; i++)
        status = assay_draft_set_text(draft, TEXTS[i][0], TEXTS[i][1], err);
    if (status == ASSAY_OK)
        status = assay_draft_set_number(draft, "/alpha", 0.1, err);
    if (status == ASSAY_OK)
        status = assay_draft_set_number(draft, "/alpha", 0.01, err);
    if (status == ASSAY_OK)
        status = assay_draft_set_truth(draft, "/deterioration", false, err);
    return status;
}

START_TEST(a_draft_makes_the_plan_of_the_same_json)
{
    struct assay_plan *want =
        test_plan("{\"columns\":{\"group\":\"variant\"},\"alpha\":0.01,\"deterioration\":false,"
                  "\"comparisons\":{\"baseline\":\"A \\\"quoted\\\" group\"},"
                  "\"dimensions\":[\"country\",\"device\"],"
                  "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}");
    struct assay_draft *draft;
    struct assay_plan *plan;
    struct assay_error err;
    assert_ok(assay_draft_new(&draft, &err), &err);
    assert_ok(fill(draft, &err), &err);
    assert_ok(assay_draft_plan(draft, &plan, &err), &err);
    assay_draft_free(draft);
    ck_assert_str_eq(assay_plan_text(plan), assay_plan_text(want));
    assay_plan_free(plan);
    assay_plan_free(want);
}
END_TEST

/* A place that is refused leaves nothing in the draft. */
static void refuse(const char *place, enum assay_status want)
{
    struct assay_draft *draft;
    struct assay_error err;
    char *before, *after;
    assert_ok(assay_draft_new(&draft, &err), &err);
    assert_ok(fill(draft, &err), &err);
    assert_ok(assay_draft_write(draft, &before, &err), &err);
    ck_assert_int_eq(assay_draft_set_text(draft, place, "x", &err), want);
    assert_ok(assay_draft_write(draft, &after, &err), &err);
    ck_assert_str_eq(after, before);
    assay_free(before);
    assay_free(after);
    assay_draft_free(draft);
}

START_TEST(places_that_cannot_be_are_refused)
{
    char deep[200] = "";
    for (int i = 0; i < 40; i++)
        memcpy(deep + 2 * i, "/a", 3);
    refuse("", ASSAY_ERROR_USAGE);
    refuse("alpha", ASSAY_ERROR_USAGE);
    refuse("/metrics/2/id", ASSAY_ERROR_USAGE);
    refuse("/metrics/01/id", ASSAY_ERROR_USAGE);
    refuse("/metrics/first/id", ASSAY_ERROR_USAGE);
    refuse("/metrics/1/covariates/1", ASSAY_ERROR_USAGE);
    refuse("/segments/1/id", ASSAY_ERROR_USAGE);
    refuse("/horizon/a/b/7", ASSAY_ERROR_USAGE);
    refuse("/alpha/x", ASSAY_ERROR_USAGE);
    refuse(deep, ASSAY_ERROR_LIMIT);
    struct assay_draft *draft;
    struct assay_error err;
    assert_ok(assay_draft_new(&draft, &err), &err);
    ck_assert_int_eq(assay_draft_set_number(draft, "/alpha", (double)NAN, &err),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_draft_set_text(draft, "/alpha", NULL, &err), ASSAY_ERROR_USAGE);
    assay_draft_free(draft);
    assay_draft_free(NULL);
}
END_TEST

/* Keys are judged when the plan is made, as in a file. */
START_TEST(keys_that_there_are_not_are_refused_by_the_plan)
{
    struct assay_draft *draft;
    struct assay_plan *plan;
    struct assay_error err;
    assert_ok(assay_draft_new(&draft, &err), &err);
    assert_ok(fill(draft, &err), &err);
    assert_ok(assay_draft_set_text(draft, "/metric~1s", "x", &err), &err);
    ck_assert_int_eq(assay_draft_plan(draft, &plan, &err), ASSAY_ERROR_PLAN);
    ck_assert_ptr_nonnull(strstr(err.message, "metric/s"));
    assay_draft_free(draft);
}
END_TEST

START_TEST(drafts_survive_every_failed_allocation)
{
    enum assay_status status = ASSAY_ERROR_MEMORY;
    for (long left = 0; status != ASSAY_OK; left++) {
        struct assay_draft *draft = NULL;
        struct assay_plan *plan = NULL;
        struct assay_error err = {0};
        only_one_fails = true;
        allocations_left = left;
        status = assay_draft_new(&draft, &err);
        if (status == ASSAY_OK)
            status = fill(draft, &err);
        if (status == ASSAY_OK)
            status = assay_draft_plan(draft, &plan, &err);
        allocations_left = -1;
        ck_assert_msg(status == ASSAY_OK || status == ASSAY_ERROR_MEMORY, "%s", err.message);
        assay_plan_free(plan);
        assay_draft_free(draft);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_draft_makes_the_plan_of_the_same_json);
    tcase_add_test(cases, places_that_cannot_be_are_refused);
    tcase_add_test(cases, keys_that_there_are_not_are_refused_by_the_plan);
    tcase_add_test(cases, drafts_survive_every_failed_allocation);
}

int main(void)
{
    return test_main("draft", add);
}
