/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands beside a verdict: sizes, the look that tells, harm that holds. */
#include <math.h>

#include "analysis/outcome.h"
#include "test.h"

START_TEST(sizes_have_one_state_each)
{
    static const struct {
        struct assay_srm test;
        enum assay__srm_state state;
    } CASES[] = {
        {{.p = 0.5, .tested = true}, ASSAY__SRM_PLANNED},
        {{.p = 0.01, .tested = true}, ASSAY__SRM_PLANNED},
        {{.p = 0.0099, .tested = true}, ASSAY__SRM_BORDERLINE},
        {{.p = 0.001, .tested = true}, ASSAY__SRM_BORDERLINE},
        {{.p = 0.0009, .tested = true}, ASSAY__SRM_TOLERATED},
        {{.p = 0.0009, .tested = true, .significant = true}, ASSAY__SRM_MISMATCH},
        {{.p = 0.9, .tested = true, .significant = true, .unplanned = true}, ASSAY__SRM_UNPLANNED},
        {{.p = (double)NAN, .significant = true, .unplanned = true}, ASSAY__SRM_UNPLANNED},
        {{.p = (double)NAN}, ASSAY__SRM_NOT_TESTED},
        {{.p = 1e-9, .exact = true, .exact_p = 0.02, .tested = true}, ASSAY__SRM_PLANNED},
        {{.p = 1e-9, .exact = true, .exact_p = 0.005, .tested = true}, ASSAY__SRM_BORDERLINE},
        {{.p = 0.02, .exact = true, .exact_p = 0.0005, .tested = true}, ASSAY__SRM_TOLERATED}};

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_int_eq(assay__srm_state(&CASES[i].test, 0.001), CASES[i].state);
}
END_TEST

/* Three looks of which some found something; n grows by 20. */
static struct assay_metric_result result_of(struct assay_look_result looks[3],
                                            struct assay__kept_test harm[3], const char *found,
                                            const char *harmed)
{
    struct assay_metric_result result = {
        .looks = looks, .look_count = 3, .significant = ASSAY_NO, .deteriorated = ASSAY_NO};
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t n = 20 * (i + 1);
        looks[i] = (struct assay_look_result){.look = i, .deterioration = &harm[i]};
        harm[i] = (struct assay__kept_test){.flags = 0};
        looks[i].comparison.difference.significant = found[i] == 'x';
        looks[i].comparison.baseline.n = looks[i].comparison.compared.n = n;
        harm[i].difference.significant = harmed[i] == 'x';
        harm[i].difference.tested_by = ASSAY_TESTED_BY_WELCH;
        if (found[i] == 'x')
            result.significant = ASSAY_YES;
        if (harmed[i] == 'x')
            result.deteriorated = ASSAY_YES;
    }
    return result;
}

/* An exact test of values that do not vary has no interval; one of a margin is not about 0. */
START_TEST(a_difference_without_interval_has_a_way_by_its_test)
{
    const double none = (double)NAN;
    static const enum assay_hypothesis BETTER = ASSAY_HYPOTHESIS_SUPERIORITY,
                                       MARGIN = ASSAY_HYPOTHESIS_NON_INFERIORITY;
    const struct {
        struct assay__kept_difference difference;
        enum assay_hypothesis hypothesis;
        enum assay_tristate significant, deteriorated;
        int way;
    } CASES[] = {
        {{.estimate = 1.0, .lower = 0.5, .upper = 1.5}, BETTER, ASSAY_NO, ASSAY_NO, 1},
        {{.estimate = -1.0, .lower = -1.5, .upper = -0.5}, BETTER, ASSAY_NO, ASSAY_NO, -1},
        {{.estimate = 1.0, .lower = -0.5, .upper = 1.5}, BETTER, ASSAY_YES, ASSAY_NO, 0},
        {{.estimate = 1.0, .lower = none, .upper = none}, BETTER, ASSAY_YES, ASSAY_NO, 1},
        {{.estimate = -1.0, .lower = none, .upper = none}, BETTER, ASSAY_NO, ASSAY_YES, -1},
        {{.estimate = 1.0, .lower = none, .upper = none}, BETTER, ASSAY_NO, ASSAY_NO, 0},
        {{.estimate = 1.0, .lower = none, .upper = none}, MARGIN, ASSAY_YES, ASSAY_NO, 0},
        {{.estimate = -1.0, .lower = none, .upper = none}, MARGIN, ASSAY_YES, ASSAY_YES, -1}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct assay_metric_result result = {.hypothesis = CASES[i].hypothesis,
                                                   .significant = CASES[i].significant,
                                                   .deteriorated = CASES[i].deteriorated};
        ck_assert_int_eq(assay__way_of(&result, &CASES[i].difference), CASES[i].way);
    }
}
END_TEST

START_TEST(the_look_shown_is_the_one_that_tells)
{
    static const struct {
        const char *found, *harmed;
        uint32_t shown;
    } CASES[] = {{"...", "...", 2}, {"x..", "...", 0}, {"xx.", "...", 1}, {"x.x", "...", 2},
                 {"...", ".x.", 1}, {"x..", ".x.", 1}, {"...", "x.x", 2}};
    struct assay_look_result looks[3];
    struct assay__kept_test harm[3];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay_metric_result result = result_of(looks, harm, CASES[i].found, CASES[i].harmed);
        ck_assert_uint_eq(assay__shown_look(&result)->look, CASES[i].shown);
    }
    const struct assay_metric_result empty = {.look_count = 0};
    ck_assert_ptr_null(assay__shown_look(&empty));
}
END_TEST

/* What was found surely counts from then on; an unsure look is shown where there is no sure one. */
START_TEST(harm_stands_where_it_is_sure)
{
    struct assay_look_result looks[3];
    struct assay__kept_test harm[3];
    struct assay_metric_result result = result_of(looks, harm, "...", "x.x");
    ck_assert(assay__harm_stands(&result));
    harm[2].flags = ASSAY_FLAG_FEW_SIGNIFICANCE;
    ck_assert(assay__harm_stands(&result));
    ck_assert_ptr_eq(assay__telling_harm(&result), &looks[0]);
    harm[0].flags = ASSAY_FLAG_FEW_SIGNIFICANCE;
    ck_assert(!assay__harm_stands(&result));
    ck_assert_ptr_eq(assay__telling_harm(&result), &looks[2]);
    harm[2].flags = ASSAY_FLAG_SKEWED_SIGNIFICANCE;
    ck_assert(!assay__harm_stands(&result));
    result = result_of(looks, harm, "...", "xx.");
    harm[1].flags = ASSAY_FLAG_FEW_SIGNIFICANCE;
    ck_assert_ptr_eq(assay__telling_harm(&result), &looks[0]);
    ck_assert(assay__harm_stands(&result));
    result = result_of(looks, harm, "x..", "...");
    ck_assert(!assay__harm_stands(&result));
    looks[0].comparison.flags = ASSAY_FLAG_SKEWED_SIGNIFICANCE;
    ck_assert_ptr_eq(assay__telling_look(&result), &looks[2]);
}
END_TEST

START_TEST(an_adjustment_by_a_covariate_that_moved_is_known)
{
    struct assay_look_result looks[3];
    struct assay__kept_test harm[3];
    struct assay_metric_result result = result_of(looks, harm, "...", "..x");
    struct assay_balance balance[] = {{.covariate = 0}, {.covariate = 1, .significant = true}};
    result.balance = balance;
    result.balance_count = 2;
    ck_assert_uint_eq(assay__moved_covariate(&result), UINT32_MAX); /* covariates are not used */
    ck_assert(assay__harm_stands(&result));
    looks[2].comparison.reduction.method = ASSAY_REDUCTION_FULL;
    ck_assert_uint_eq(assay__moved_covariate(&result), 1);
    ck_assert(!assay__harm_stands(&result));
    looks[2].comparison.reduction.dropped = 1u << 1;
    ck_assert_uint_eq(assay__moved_covariate(&result), UINT32_MAX);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, sizes_have_one_state_each);
    tcase_add_test(cases, the_look_shown_is_the_one_that_tells);
    tcase_add_test(cases, a_difference_without_interval_has_a_way_by_its_test);
    tcase_add_test(cases, harm_stands_where_it_is_sure);
    tcase_add_test(cases, an_adjustment_by_a_covariate_that_moved_is_known);
}

int main(void)
{
    return test_main("outcome", add);
}
