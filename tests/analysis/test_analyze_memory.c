/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An analysis in which any one allocation fails is refused. */
#include "scarce_memory.h"

#include "moments_run.h"

/* Fails each allocation of an analysis in turn; returns how many there are. */
static long fail_each(struct run *run)
{
    long failures = 0;
    assert_ok(run->status, &run->err);
    only_one_fails = true;
    for (bool is_whole = false; !is_whole; failures += !is_whole) {
        struct assay_analysis *analysis = NULL;
        struct assay_error err = {0};
        allocations_left = failures;
        enum assay_status status = assay_dataset_analyze(run->dataset, &analysis, &err);
        is_whole = allocations_left >= 0;
        allocations_left = -1;
        ck_assert_msg(status == (is_whole ? ASSAY_OK : ASSAY_ERROR_MEMORY),
                      "allocation %ld fails and the status is %d", failures, (int)status);
        ck_assert((analysis != NULL) == is_whole);
        assay_analysis_free(analysis);
    }
    return failures;
}

static const struct sample SAMPLES[] = {{"m", "a", 20, 10},
                                        {"m", "b", 20, 11},
                                        {"m", "c", 20, 12},
                                        {"g", "a", 20, 10},
                                        {"g", "b", 20, 10},
                                        {"g", "c", 20, 11},
                                        {0}};

/* Families of three comparisons are sorted in memory of their own, four times a slice. */
START_TEST(an_analysis_without_memory_for_any_part_fails)
{
    struct run run = run_samples(PLAN(SUCCESS "," MARGIN), SAMPLES);
    ck_assert_int_ge(fail_each(&run), 2 + ASSAY__ADJUST_COUNT);
    end_run(&run);
}
END_TEST

/* Sequences that go on have looks to come. */
START_TEST(a_sequence_without_memory_for_any_part_fails)
{
#define SEQUENTIAL(horizon)                                                                        \
    "{\"comparisons\": {\"baseline\": \"a\"}, \"horizon\": {\"type\": " horizon                    \
    "}, \"metrics\": [{\"id\": \"g\"}]}"
    static const char *const PLANS[] = {
        SEQUENTIAL("\"groupSequential\", \"expectedSampleSize\": 1000, \"plannedLooks\": 4"),
        SEQUENTIAL("\"alwaysValid\", \"optimalSampleSize\": 1000")};
    static const struct sample samples[] = {{"g", "a", 20, 10}, {"g", "b", 20, 10.1}, {0}};
    for (size_t i = 0; i < sizeof PLANS / sizeof *PLANS; i++) {
        struct run run = run_samples(PLANS[i], samples);
        ck_assert_uint_gt(run.analysis->results[0].ahead_count, 0);
        ck_assert_int_ge(fail_each(&run), 2);
        end_run(&run);
    }
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_test(c, an_analysis_without_memory_for_any_part_fails);
    tcase_add_test(c, a_sequence_without_memory_for_any_part_fails);
}

int main(void)
{
    return test_main("analyze_memory", add_cases);
}
