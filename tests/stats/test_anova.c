/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One-way analysis of variance where NIST's sets do not reach: degenerate samples and refusals. */
#include "test.h"

static struct assay_moments *sample(const double *values, size_t count)
{
    struct assay_error err;
    struct assay_moments *moments;
    struct assay_moments_shape shape = {0, 0};
    assert_ok(assay_moments_new(shape, &moments, &err), &err);
    for (size_t i = 0; i < count; i++)
        assert_ok(assay_moments_add(moments, &values[i], &err), &err);
    return moments;
}

/* Runs the test on two samples. */
static enum assay_status compare(const double *a, size_t a_count, const double *b, size_t b_count,
                                 struct assay_anova *table, struct assay_error *err)
{
    struct assay_moments *groups[2] = {sample(a, a_count), sample(b, b_count)};
    enum assay_status status =
        assay_anova_test((const struct assay_moments *const *)groups, 2, table, err);
    assay_moments_free(groups[0]);
    assay_moments_free(groups[1]);
    return status;
}

START_TEST(two_unequal_groups_give_the_table_by_hand)
{
    /* means 2 and 6, grand mean 30 / 7: between 3 (16/7)^2 + 4 (12/7)^2 = 192/7, within 2 + 10 */
    const double a[] = {1, 2, 3}, b[] = {4, 5, 7, 8};
    struct assay_anova table;
    struct assay_error err;
    assert_ok(compare(a, 3, b, 4, &table, &err), &err);
    ck_assert_double_eq(table.between_df, 1.0);
    ck_assert_double_eq(table.within_df, 5.0);
    ck_assert_double_eq(table.between_sum, 192.0 / 7.0);
    ck_assert_double_eq(table.within_sum, 12.0);
    ck_assert_double_eq(table.between_mean, 192.0 / 7.0);
    ck_assert_double_eq(table.within_mean, 2.4);
    ck_assert_double_eq(table.f, 80.0 / 7.0);
    ck_assert_double_eq(table.r_squared, 192.0 / 276.0);
    ck_assert_double_eq(table.residual_deviation, sqrt(2.4));
    assert_close(table.p, assay_f_upper(80.0 / 7.0, 1, 5), 0.0);
    assert_close(table.log10_p, log10(table.p), 1e-14);
}
END_TEST

START_TEST(no_variation_within_gives_infinite_f)
{
    const double a[] = {0.1, 0.1, 0.1}, b[] = {0.2, 0.2};
    struct assay_anova table;
    struct assay_error err;
    assert_ok(compare(a, 3, b, 2, &table, &err), &err);
    ck_assert(isinf(table.f) && table.f > 0);
    ck_assert_double_eq(table.within_sum, 0.0);
    ck_assert_double_eq(table.r_squared, 1.0);
    ck_assert_double_eq(table.p, 0.0);
    ck_assert(isinf(table.log10_p) && table.log10_p < 0);
}
END_TEST

START_TEST(no_variation_at_all_has_no_f)
{
    const double a[] = {0.1, 0.1, 0.1};
    struct assay_anova table;
    struct assay_error err;
    assert_ok(compare(a, 3, a, 2, &table, &err), &err);
    ck_assert(isnan(table.f));
    ck_assert(isnan(table.p));
    ck_assert(isnan(table.log10_p));
    ck_assert(isnan(table.r_squared));
    ck_assert_double_eq(table.between_sum, 0.0);
    ck_assert_double_eq(table.residual_deviation, 0.0);
}
END_TEST

/* Equal means that no sum in doubles finds equal. */
START_TEST(equal_means_give_f_of_zero)
{
    const double a[] = {1e16, 1.0, -1e16, 3.0}, b[] = {0.5, 1.5};
    struct assay_anova table;
    struct assay_error err;
    assert_ok(compare(a, 4, b, 2, &table, &err), &err);
    ck_assert_double_eq(table.f, 0.0);
    ck_assert_double_eq(table.p, 1.0);
    ck_assert_double_eq(table.log10_p, 0.0);
}
END_TEST

static void refuse(enum assay_status status, const struct assay_error *err, const char *part)
{
    ck_assert_int_eq(status, ASSAY_ERROR_DOMAIN);
    ck_assert_msg(strstr(err->message, part) != NULL, "%s", err->message);
}

START_TEST(too_few_groups_or_vectors_are_refused)
{
    const double a[] = {1, 2, 3};
    struct assay_anova table;
    struct assay_error err;
    struct assay_moments *only = sample(a, 3);
    const struct assay_moments *groups[1] = {only};
    refuse(assay_anova_test(groups, 1, &table, &err), &err, "two groups or more, not 1");
    assay_moments_free(only);
    refuse(compare(a, 3, a, 0, &table, &err), &err, "Group 2");
    refuse(compare(a, 1, a, 1, &table, &err), &err, "two vectors or more");
}
END_TEST

/* Sizes without common factors: the common divisor is their product. */
START_TEST(many_groups_of_different_sizes)
{
    enum { GROUPS = 40 };
    struct assay_moments *groups[GROUPS];
    double values[GROUPS + 2];
    for (size_t i = 0; i < GROUPS + 2; i++)
        values[i] = (double)i;
    long double within = 0, sum = 0, count = 0, squares = 0;
    for (size_t g = 0; g < GROUPS; g++) {
        size_t n = g + 2; /* 0 .. n - 1: mean (n - 1) / 2, squares n (n^2 - 1) / 12 */
        groups[g] = sample(values, n);
        within += (long double)(n * (n * n - 1)) / 12;
        sum += (long double)(n * (n - 1)) / 2;
        squares += (long double)(n * (n - 1) * (2 * n - 1)) / 6;
        count += n;
    }
    struct assay_anova table;
    struct assay_error err;
    assert_ok(assay_anova_test((const struct assay_moments *const *)groups, GROUPS, &table, &err),
              &err);
    long double between = squares - sum * sum / count - within;
    assert_close(table.within_sum, (double)within, 1e-16);
    assert_close(table.between_sum, (double)between, 1e-15);
    assert_close(table.f, (double)(between / (GROUPS - 1) / (within / (count - GROUPS))), 1e-15);
    for (size_t g = 0; g < GROUPS; g++)
        assay_moments_free(groups[g]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, two_unequal_groups_give_the_table_by_hand);
    tcase_add_test(cases, no_variation_within_gives_infinite_f);
    tcase_add_test(cases, no_variation_at_all_has_no_f);
    tcase_add_test(cases, equal_means_give_f_of_zero);
    tcase_add_test(cases, too_few_groups_or_vectors_are_refused);
    tcase_add_test(cases, many_groups_of_different_sizes);
}

int main(void)
{
    return test_main("anova", add);
}
