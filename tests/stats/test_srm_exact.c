/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample ratio mismatch where fewer than 5 units of a group are expected, against mpmath. */
#include "test.h"

enum { GROUPS_MAX = 16 };

static const struct assay_srm_design DESIGN = {.alpha = 0.001};

static struct assay_srm tested(const uint64_t *counts, const double *weights, size_t count,
                               const struct assay_srm_design *design,
                               struct assay_srm_group *groups)
{
    struct assay_srm srm;
    struct assay_error err;
    assert_ok(assay_srm_test(counts, weights, count, design, groups, &srm, &err), &err);
    return srm;
}

/* The error in units of what the header promises. */
static double check_golden(char *line)
{
    uint64_t counts[GROUPS_MAX];
    double weights[GROUPS_MAX], error = 0.0;
    struct assay_srm_group groups[GROUPS_MAX];
    size_t count = 0;
    char *whole = strdup(line), *count_text = strsep(&line, ","), *weight_text = strsep(&line, ",");
    for (char *word; (word = strsep(&count_text, " ")) != NULL; count++) {
        counts[count] = strtoull(word, NULL, 10);
        weights[count] = strtod(strsep(&weight_text, " "), NULL);
    }
    double p = strtod(strsep(&line, ","), NULL), log10_p = strtod(strsep(&line, ","), NULL);
    double promised = 1e-14 + 2e-16 * strtod(strsep(&line, ","), NULL);
    struct assay_srm srm = tested(counts, weights, count, &DESIGN, groups);
    if (p > 0.0)
        error = test_relative_error(srm.exact_p, p) / promised;
    else
        ck_assert_double_lt(srm.exact_p, 1e-306);
    /* of a logarithm near 0 the error is that of p */
    double log_error = fabs(srm.exact_log10_p - log10_p) / fmax(1.0, fabs(log10_p));
    error = fmax(error, log_error / promised);
    ck_assert_msg(error <= 1.0, "%s: %.17g, %.17g", whole, srm.exact_p, srm.exact_log10_p);
    ck_assert_msg(srm.significant == (log10_p < -3.0), "%s", whole);
    for (size_t g = 0; g < count; g++)
        ck_assert_msg(groups[g].significant == (*strsep(&line, " ") == '1'), "%s: %zu", whole, g);
    free(whole);
    return error;
}

START_TEST(exact_p_matches_mpmath)
{
    char *text = test_read_file("tests/golden/srm_exact.csv", NULL), *rest = text, *line;
    double worst = 0.0;
    int cases = 0;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    for (; (line = strsep(&rest, "\n")) != NULL && *line != '\0'; cases++)
        worst = fmax(worst, check_golden(line));
    free(text);
    printf("exact srm: %d cases; worst error %.2g of the promised one\n", cases, worst);
    ck_assert_int_gt(cases, 350);
}
END_TEST

START_TEST(chi_square_decides_from_5_expected_units)
{
    const double weights[] = {1, 1};
    const uint64_t enough[] = {10, 0}, few[] = {9, 0};
    struct assay_srm_group groups[2];
    struct assay_srm srm = tested(enough, weights, 2, &DESIGN, groups);
    ck_assert(!srm.exact);
    ck_assert_double_nan(srm.exact_p);
    ck_assert_double_nan(srm.exact_log10_p);
    srm = tested(few, weights, 2, &DESIGN, groups);
    ck_assert(srm.exact);
    ck_assert_double_eq(srm.exact_p, 2.0 / 512.0);
    ck_assert_double_eq(srm.statistic, 9.0);
    ck_assert(!srm.significant);
}
END_TEST

START_TEST(a_group_without_weight_expects_none_and_is_not_rough)
{
    const double weights[] = {1, 1, 0};
    const uint64_t counts[] = {100, 90, 0}, unplanned[] = {4, 4, 1};
    struct assay_srm_group groups[3];
    ck_assert_double_nan(tested(counts, weights, 3, &DESIGN, groups).exact_p);
    struct assay_srm srm = tested(unplanned, weights, 3, &DESIGN, groups);
    ck_assert_double_eq(srm.exact_p, 1.0);
    ck_assert(srm.significant && srm.unplanned && groups[2].significant);
}
END_TEST

START_TEST(what_relies_on_no_approximation_stays)
{
    const double weights[] = {0.001, 0.999}, one[] = {1, 0};
    const uint64_t counts[] = {2, 98}, none[] = {0, 0};
    struct assay_srm_group groups[2];
    struct assay_srm_design sequential = {.method = ASSAY_SRM_SEQUENTIAL};
    ck_assert_double_nan(tested(counts, weights, 2, &sequential, groups).exact_p);
    ck_assert_double_nan(tested(none, weights, 2, &DESIGN, groups).exact_p);
    ck_assert_double_nan(tested(none, one, 2, &DESIGN, groups).exact_p);
}
END_TEST

START_TEST(the_tolerance_holds_back_exact_tests_too)
{
    const double weights[] = {0.001, 0.999};
    const uint64_t counts[] = {3, 97};
    struct assay_srm_group groups[2];
    struct assay_srm_design wide = {.tolerance = 0.03}, narrow = {.tolerance = 0.02};
    ck_assert(tested(counts, weights, 2, &DESIGN, groups).significant);
    ck_assert(tested(counts, weights, 2, &narrow, groups).significant);
    ck_assert(!tested(counts, weights, 2, &wide, groups).significant);
}
END_TEST

/* The probability that fair samples of so many units are called a mismatch. */
static double size_of(uint64_t units, double share, double alpha)
{
    const struct assay_srm_design design = {.alpha = alpha};
    const double weights[] = {share, 1.0 - share};
    double size = 0.0, n = (double)units;
    for (uint64_t k = 0; k <= units; k++) {
        const uint64_t counts[] = {k, units - k};
        struct assay_srm_group groups[2];
        double found = (double)k;
        if (tested(counts, weights, 2, &design, groups).significant)
            size += exp(lgamma(n + 1.0) - lgamma(found + 1.0) - lgamma(n - found + 1.0) +
                        found * log(share) + (n - found) * log1p(-share));
    }
    return size;
}

START_TEST(at_most_alpha_of_fair_samples_are_a_mismatch)
{
    const double shares[] = {0.5, 0.1, 0.02, 0.004}, alphas[] = {0.001, 0.01, 0.05};
    double largest = 0.0;
    for (size_t s = 0; s < 4; s++)
        for (uint64_t units = 1; units < 400 && (double)units * shares[s] < 5.0; units += 7)
            for (size_t a = 0; a < 3; a++) {
                double size = size_of(units, shares[s], alphas[a]);
                ck_assert_msg(size <= alphas[a], "%g of %llu, alpha %g: %g", shares[s],
                              (unsigned long long)units, alphas[a], size);
                largest = fmax(largest, size / alphas[a]);
            }
    ck_assert_double_gt(largest, 0.5);
}
END_TEST

/* The same of three groups, whose counts are multinomial. */
static double size_of_three(uint64_t units, const double weights[3], double alpha)
{
    const struct assay_srm_design design = {.alpha = alpha};
    double size = 0.0, all = weights[0] + weights[1] + weights[2];
    for (uint64_t i = 0; i <= units; i++)
        for (uint64_t j = 0; i + j <= units; j++) {
            const uint64_t counts[] = {i, j, units - i - j};
            struct assay_srm_group groups[3];
            double log_p = lgamma((double)units + 1.0);
            for (int g = 0; g < 3; g++)
                log_p +=
                    (double)counts[g] * log(weights[g] / all) - lgamma((double)counts[g] + 1.0);
            if (tested(counts, weights, 3, &design, groups).significant)
                size += exp(log_p);
        }
    return size;
}

START_TEST(at_most_alpha_of_fair_samples_of_three_groups_are_a_mismatch)
{
    static const double WEIGHTS[][3] = {{1, 1, 1}, {1, 1, 0.02}, {0.9, 0.05, 0.05}, {5, 1, 0.1}};
    const double alphas[] = {0.001, 0.05};
    double largest = 0.0;
    for (size_t w = 0; w < sizeof WEIGHTS / sizeof *WEIGHTS; w++)
        for (uint64_t units = 3; units < 80; units += 15)
            for (size_t a = 0; a < 2; a++) {
                double least =
                    WEIGHTS[w][2] * (double)units / (WEIGHTS[w][0] + WEIGHTS[w][1] + WEIGHTS[w][2]);
                double size = least < 5.0 ? size_of_three(units, WEIGHTS[w], alphas[a]) : 0.0;
                ck_assert_msg(size <= alphas[a], "%zu of %llu, alpha %g: %g", w,
                              (unsigned long long)units, alphas[a], size);
                largest = fmax(largest, size / alphas[a]);
            }
    ck_assert_double_gt(largest, 0.3);
}
END_TEST

static void add(TCase *c)
{
    tcase_add_test(c, exact_p_matches_mpmath);
    tcase_add_test(c, chi_square_decides_from_5_expected_units);
    tcase_add_test(c, a_group_without_weight_expects_none_and_is_not_rough);
    tcase_add_test(c, what_relies_on_no_approximation_stays);
    tcase_add_test(c, the_tolerance_holds_back_exact_tests_too);
    tcase_add_test(c, at_most_alpha_of_fair_samples_are_a_mismatch);
    tcase_add_test(c, at_most_alpha_of_fair_samples_of_three_groups_are_a_mismatch);
}

int main(void)
{
    return test_main("exact srm", add);
}
