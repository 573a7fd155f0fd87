/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The halves of the quantile functions that golden files leave out: probabilities above 1/2, which
 * are the other tail's, and infinite degrees of freedom. 1 - p is exact for p in [1/2, 1].
 */
#include "test.h"

#include <float.h>

#include "stats/dist/tail.h"

static const double DFS[] = {1.0, 2.5, 17.0, 1e4, 1e9, INFINITY};
enum { DF_COUNT = sizeof DFS / sizeof *DFS };

START_TEST(above_one_half_a_quantile_is_the_other_tails)
{
    for (double rest = 0.499; rest > 1e-15; rest *= 0.31) {
        double p = 1.0 - rest, exact = 1.0 - p;
        ck_assert_double_eq(assay_normal_quantile_upper(p), -assay_normal_quantile_upper(exact));
        ck_assert_double_eq(assay_normal_quantile_lower(p), assay_normal_quantile_upper(exact));
        for (int i = 0; i < DF_COUNT; i++) {
            double df = DFS[i];
            ck_assert_double_eq(assay_t_quantile_upper(p, df), -assay_t_quantile_upper(exact, df));
            ck_assert_double_eq(assay_t_quantile_lower(p, df), assay_t_quantile_upper(exact, df));
            ck_assert_double_eq(assay_chi2_quantile_upper(p, df),
                                assay_chi2_quantile_lower(exact, df));
            ck_assert_double_eq(assay_chi2_quantile_lower(p, df),
                                assay_chi2_quantile_upper(exact, df));
            for (int j = 0; j < DF_COUNT; j++) {
                ck_assert_double_eq(assay_f_quantile_upper(p, df, DFS[j]),
                                    assay_f_quantile_lower(exact, df, DFS[j]));
                ck_assert_double_eq(assay_f_quantile_lower(p, df, DFS[j]),
                                    assay_f_quantile_upper(exact, df, DFS[j]));
            }
        }
    }
}
END_TEST

START_TEST(an_infinite_df_makes_f_a_scaled_chi_square)
{
    for (double p = 0.9; p > 1e-280; p *= 0.007)
        for (int i = 0; i < DF_COUNT - 1; i++) {
            double df = DFS[i];
            ck_assert_double_eq(assay_f_quantile_upper(p, df, INFINITY),
                                assay_chi2_quantile_upper(p, df) / df);
            ck_assert_double_eq(assay_f_quantile_lower(p, df, INFINITY),
                                assay_chi2_quantile_lower(p, df) / df);
            ck_assert_double_eq(assay_f_quantile_upper(p, INFINITY, df),
                                df / assay_chi2_quantile_lower(p, df));
            ck_assert_double_eq(assay_f_quantile_lower(p, INFINITY, df),
                                df / assay_chi2_quantile_upper(p, df));
            /* And what it tends to. */
            assert_close(assay_f_quantile_upper(p, df, 1e300),
                         assay_f_quantile_upper(p, df, INFINITY), 4e-15);
        }
}
END_TEST

/* Tails of quantiles give the probability back; a quantile rounded to double moves it by x f(x)/p.
 */
START_TEST(tails_of_central_quantiles_give_the_probability_back)
{
    for (double p = 0.02; p < 1.0; p += 0.02)
        for (int i = 0; i < DF_COUNT - 1; i++) {
            double df = DFS[i], t = assay_t_quantile_upper(p, df);
            double x = assay_chi2_quantile_upper(p, df);
            double of_t = fabs(t) * assay_t_density(t, df) / p;
            assert_close(assay_t_upper(t, df), p, 4e-15 + DBL_EPSILON * of_t);
            /* x f(x) is at most sqrt(df/(4 pi)) for chi-square, but for the factor of small df. */
            assert_close(assay_chi2_upper(x, df), p, 4e-15 + DBL_EPSILON * sqrt(df) / p);
        }
}
END_TEST

/* Normal quantiles by the log of the tail, on each of its branches. */
START_TEST(quantiles_of_log_tails_are_those_of_tails)
{
    for (double p = 0.999; p > 1e-300; p *= p > 0.1 ? 0.97 : 0.01)
        assert_close(assay_normal_quantile_log_upper(log(p)), assay_normal_quantile_upper(p),
                     4e-15 / fmin(1.0, fabs(assay_normal_quantile_upper(p))));
    for (double z = 40.0; z < 1e8; z *= 3.0)
        assert_close(assay_normal_quantile_log_upper(assay_normal_log_upper(z)), z, 4e-16);
    ck_assert_double_eq(assay_normal_quantile_log_upper(-2e30), sqrt(4e30));
    ck_assert(isnan(assay_normal_quantile_log_upper(0.0)));
    ck_assert(isnan(assay_normal_quantile_log_upper(NAN)));
}
END_TEST

START_TEST(both_chi_square_tails_at_once_are_those_of_one)
{
    for (size_t i = 0; i < DF_COUNT; i++)
        for (double x = 0x1p-1074; x < 1e9; x = x < 1e-3 ? x * 1e9 : x * 1.7) {
            double p, log_p;
            assay__chi2_upper_both(x, DFS[i], &p, &log_p);
            ck_assert_double_eq(p, assay_chi2_upper(x, DFS[i]));
            ck_assert_double_eq(log_p, assay_chi2_log_upper(x, DFS[i]));
        }
    double p = 0.5, log_p = 0.5;
    assay__chi2_upper_both(0.0, 3.0, &p, &log_p);
    ck_assert(p == 1.0 && log_p == 0.0);
    assay__chi2_upper_both(-1.0, 3.0, &p, &log_p);
    ck_assert(isnan(p) && isnan(log_p));
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_test(c, above_one_half_a_quantile_is_the_other_tails);
    tcase_add_test(c, an_infinite_df_makes_f_a_scaled_chi_square);
    tcase_add_test(c, tails_of_central_quantiles_give_the_probability_back);
    tcase_add_test(c, quantiles_of_log_tails_are_those_of_tails);
    tcase_add_test(c, both_chi_square_tails_at_once_are_those_of_one);
}

int main(void)
{
    return test_main("dist_halves", add_cases);
}
