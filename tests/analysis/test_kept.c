/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons as analyses keep them: nothing is lost on the way in and out. */
#include "analysis/kept.h"

#include <string.h>

#include "test.h"

/* clang-format off */
#define STATS(X, of)                                                                               \
    X(of.estimate) X(of.variance) X(of.standard_error) X(of.unadjusted)                            \
    X(of.unadjusted_standard_error) X(of.skewness)
/* Figures of a test, and those of the groups that any test of them shares. */
#define TEST_FIGURES(X)                                                                            \
    X(difference.estimate) X(difference.standard_error) X(difference.df) X(difference.statistic)   \
    X(difference.critical) X(difference.lower) X(difference.upper) X(difference.p)                 \
    X(difference.log10_p) X(difference.powered_effect)                                             \
    X(relative.estimate) X(relative.fieller_lower) X(relative.fieller_upper)                       \
    X(relative.delta_standard_error) X(relative.delta_lower) X(relative.delta_upper)               \
    X(relative.log_lower) X(relative.log_upper) X(relative.scaled_lower) X(relative.scaled_upper)  \
    X(tail_error.nominal) X(tail_error.lower) X(tail_error.upper)                                  \
    X(corrected_lower) X(corrected_upper) X(corrected_p) X(corrected_log10_p)
#define SHARED_FIGURES(X)                                                                          \
    STATS(X, baseline) STATS(X, compared) X(reduction.rate) X(reduction.remaining)
/* clang-format on */

static struct assay_comparison comparison_of(double number)
{
    struct assay_comparison made = {.flags = ASSAY_FLAG_OVERFLOW,
                                    .baseline.n = 11,
                                    .compared.n = 12,
                                    .difference.significant = true,
                                    .difference.tested_by = ASSAY_TESTED_BY_SCORE,
                                    .relative.fieller_kind = ASSAY_FIELLER_COMPLEMENT,
                                    .reduction.method = ASSAY_REDUCTION_POOLED,
                                    .reduction.covariate_count = 3,
                                    .reduction.dropped = 2};
#define SET(member) made.member = number++;
    TEST_FIGURES(SET)
    SHARED_FIGURES(SET)
    for (int i = 0; i < 3; i++) {
        SET(reduction.baseline_slopes[i])
        SET(reduction.compared_slopes[i])
    }
#undef SET
    return made;
}

#define SAME(member) ck_assert_double_eq(got->member, want->member);

static void assert_same_test(const struct assay_comparison *got,
                             const struct assay_comparison *want)
{
    TEST_FIGURES(SAME)
    ck_assert_uint_eq(got->flags, want->flags);
    ck_assert_int_eq(got->difference.significant, want->difference.significant);
    ck_assert_int_eq(got->difference.tested_by, want->difference.tested_by);
    ck_assert_int_eq(got->relative.fieller_kind, want->relative.fieller_kind);
}

static void assert_same_groups(const struct assay_comparison *got,
                               const struct assay_comparison *want)
{
    static const uint64_t ZEROS[8];
    SHARED_FIGURES(SAME)
    for (int i = 0; i < ASSAY_COVARIATES_MAX; i++) {
        SAME(reduction.baseline_slopes[i])
        SAME(reduction.compared_slopes[i])
    }
    ck_assert_uint_eq(got->baseline.n, want->baseline.n);
    ck_assert_uint_eq(got->compared.n, want->compared.n);
    ck_assert_int_eq(got->reduction.method, want->reduction.method);
    ck_assert_uint_eq(got->reduction.covariate_count, want->reduction.covariate_count);
    ck_assert_uint_eq(got->reduction.dropped, want->reduction.dropped);
    ck_assert_mem_eq(got->reserved, ZEROS, sizeof got->reserved);
    ck_assert_mem_eq(got->difference.reserved, ZEROS, sizeof got->difference.reserved);
}

START_TEST(every_figure_comes_out_again)
{
    struct assay__arena arena = {0};
    struct assay_comparison role = comparison_of(1.0), harm = comparison_of(1001.0), shown;
    struct assay__kept_comparison kept = {.flags = 0};
    struct assay__kept_test test;
    harm.flags = ASSAY_FLAG_ZERO_BASELINE;
    harm.difference.significant = false;
    harm.difference.tested_by = ASSAY_TESTED_BY_NORMAL;
    harm.relative.fieller_kind = ASSAY_FIELLER_LINE;
    ck_assert(assay__keep_comparison(&kept, &arena, &role));
    assay__keep_test(&test, &harm);
    memset(&shown, 0xff, sizeof shown);
    assay__kept_show(&kept, NULL, &shown);
    assert_same_test(&shown, &role);
    assert_same_groups(&shown, &role);
    memset(&shown, 0xff, sizeof shown);
    assay__kept_show(&kept, &test, &shown);
    assert_same_test(&shown, &harm);
    assert_same_groups(&shown, &role);
    test = assay__kept_same_test(&kept);
    assay__kept_show(&kept, &test, &shown);
    assert_same_test(&shown, &role);
    assay__arena_release(&arena);
}
END_TEST

START_TEST(slopes_take_room_where_there_are_some)
{
    struct assay__arena arena = {0};
    struct assay_comparison role = comparison_of(1.0), shown;
    struct assay__kept_comparison kept = {.flags = 0};
    memset(role.reduction.baseline_slopes, 0, sizeof role.reduction.baseline_slopes);
    memset(role.reduction.compared_slopes, 0, sizeof role.reduction.compared_slopes);
    ck_assert(assay__keep_comparison(&kept, &arena, &role));
    ck_assert_ptr_null(kept.reduction.slopes);
    assay__kept_show(&kept, NULL, &shown);
    assert_same_groups(&shown, &role);
    assay__arena_release(&arena);
}
END_TEST

/* There may be 100,000 slices: what is kept of each must not grow by the way. */
START_TEST(what_is_kept_is_small)
{
    ck_assert_uint_le(sizeof(struct assay__kept_comparison), 416);
    ck_assert_uint_le(sizeof(struct assay__kept_test), 256);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, every_figure_comes_out_again);
    tcase_add_test(cases, slopes_take_room_where_there_are_some);
    tcase_add_test(cases, what_is_kept_is_small);
}

int main(void)
{
    return test_main("kept", add);
}
