/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact tests against the oracle of tests/golden/exact_test.py, and how often they err: by adding
 * up the probabilities of all outcomes, not by simulation.
 */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assay/compare.h"

static struct assay_comparison compare(const uint64_t units[2], const uint64_t hits[2],
                                       const struct assay_method *method)
{
    struct assay_summary groups[2];
    struct assay_comparison out;
    struct assay_error err;
    for (int g = 0; g < 2; g++)
        groups[g] = (struct assay_summary){
            .n = units[g], .mean = (double)hits[g] / (double)units[g], .skewness = NAN};
    assert_ok(assay_compare_summaries(&groups[0], &groups[1], method, &out, &err), &err);
    return out;
}

static const struct assay_method SHARES = {.type = ASSAY_METRIC_PROPORTION,
                                           .test = ASSAY_TEST_T,
                                           .side = ASSAY_SIDE_UPPER,
                                           .alpha = 0.05,
                                           .exact = true};

static void check(const char *name, double got, const char *want, double tolerance,
                  const char *line)
{
    if (want[0] == '\0') {
        ck_assert_msg(isnan(got), "%s: %s is %.17g, expected none", line, name, got);
        return;
    }
    double expected = strtod(want, NULL);
    if (fabs(expected) < 1e-300)
        tolerance = 1.0; /* p underflows; its log is checked */
    double error = test_relative_error(got, expected);
    ck_assert_msg(error <= tolerance, "%s: %s is %.17g, expected %s (%.2g)", line, name, got, want,
                  error);
}

static void check_line(char *line)
{
    char *fields[15], *rest = line, copy[512];
    snprintf(copy, sizeof copy, "%s", line);
    for (int i = 0; i < 15; i++)
        ck_assert_ptr_nonnull(fields[i] = strsep(&rest, ","));
    const uint64_t units[2] = {strtoull(fields[0], NULL, 10), strtoull(fields[2], NULL, 10)};
    const uint64_t hits[2] = {strtoull(fields[1], NULL, 10), strtoull(fields[3], NULL, 10)};
    struct assay_method method = SHARES;
    method.side = strcmp(fields[4], "upper") == 0   ? ASSAY_SIDE_UPPER
                  : strcmp(fields[4], "lower") == 0 ? ASSAY_SIDE_LOWER
                                                    : ASSAY_SIDE_BOTH;
    method.alpha = strtod(fields[5], NULL);
    method.null_difference = strtod(fields[6], NULL);
    struct assay_comparison out = compare(units, hits, &method);
    bool is_fisher = method.null_difference == 0.0;
    ck_assert_int_eq(out.difference.tested_by,
                     is_fisher ? ASSAY_TESTED_BY_FISHER : ASSAY_TESTED_BY_SCORE);
    check("p", out.difference.p, fields[7], 1e-13, copy);
    check("log10 p", out.difference.log10_p, fields[8], 1e-13, copy);
    check("statistic", out.difference.statistic, fields[9], 1e-13, copy);
    check("lower", out.difference.lower, fields[10], 1e-13, copy);
    check("upper", out.difference.upper, fields[11], 1e-13, copy);
    check("relative lower", out.relative.fieller_lower, fields[12], 1e-13, copy);
    check("relative upper", out.relative.fieller_upper, fields[13], 1e-13, copy);
    ck_assert_msg(out.difference.significant == (fields[14][0] == '1'), "%s: significant", copy);
}

START_TEST(tests_and_intervals_agree_with_the_oracle)
{
    char *text = test_read_file("tests/golden/exact_test.csv", NULL), *rest = text, *line;
    unsigned count = 0;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (line[0] == '#' || line[0] == '\0' || line[0] == 'n')
            continue;
        check_line(line);
        count++;
    }
    ck_assert_uint_ge(count, 140);
    free(text);
}
END_TEST

/* Fisher (1935), and what fails without it: a group without any success has no standard error. */
START_TEST(known_tables)
{
    const uint64_t tea[2] = {4, 4}, tea_hits[2] = {1, 3}, app[2] = {400, 400};
    const uint64_t crashed[2] = {0, 400}, none[2] = {0, 0};
    ck_assert(fabs(compare(tea, tea_hits, &SHARES).difference.p - 17.0 / 70.0) < 1e-15);
    struct assay_comparison out = compare(app, crashed, &SHARES);
    ck_assert(out.difference.significant && out.difference.log10_p < -238.0);
    ck_assert(out.difference.lower > 0.9 && out.difference.upper == 1.0);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_ZERO_VARIANCE, 0);
    out = compare(app, none, &SHARES);
    ck_assert(out.difference.p == 1.0 && !out.difference.significant);
    ck_assert(out.difference.lower < 0.0 && out.difference.upper > 0.0);
    struct assay_method off = SHARES;
    off.exact = false;
    ck_assert(isnan(compare(app, crashed, &off).difference.p));
}
END_TEST

/* Both groups constant: the one of C(6, 3) = 20 ways to deal out the units that is this one. */
START_TEST(constant_groups_that_differ_are_tested)
{
    struct assay_summary baseline = {.n = 3, .mean = 5.0, .variance = 0.0, .skewness = NAN};
    struct assay_summary compared = {.n = 3, .mean = 7.0, .variance = 0.0, .skewness = NAN};
    struct assay_method method = SHARES;
    struct assay_comparison out;
    struct assay_error err;
    method.type = ASSAY_METRIC_MEAN;
    assert_ok(assay_compare_summaries(&baseline, &compared, &method, &out, &err), &err);
    ck_assert_int_eq(out.difference.tested_by, ASSAY_TESTED_BY_PERMUTATION);
    ck_assert(fabs(out.difference.p - 0.05) < 1e-15 && isnan(out.difference.lower));
    method.side = ASSAY_SIDE_LOWER;
    assert_ok(assay_compare_summaries(&baseline, &compared, &method, &out, &err), &err);
    ck_assert_double_eq(out.difference.p, 1.0);
    method.side = ASSAY_SIDE_BOTH;
    assert_ok(assay_compare_summaries(&baseline, &compared, &method, &out, &err), &err);
    ck_assert(fabs(out.difference.p - 0.1) < 1e-15);
    compared.mean = 5.0;
    assert_ok(assay_compare_summaries(&baseline, &compared, &method, &out, &err), &err);
    ck_assert(isnan(out.difference.p) && (out.flags & ASSAY_FLAG_ZERO_VARIANCE) != 0);
}
END_TEST

/* A bound excludes 0 exactly when the test rejects, be the counts what they may. */
START_TEST(intervals_agree_with_their_tests)
{
    const uint64_t units[2] = {25, 18};
    for (int side = ASSAY_SIDE_UPPER; side <= ASSAY_SIDE_BOTH; side++)
        for (uint64_t c = 0; c <= units[0]; c += 3)
            for (uint64_t t = 0; t <= units[1]; t++) {
                const uint64_t hits[2] = {c, t};
                struct assay_method method = SHARES;
                method.side = (enum assay_side)side;
                method.alpha = 0.03;
                struct assay_comparison out = compare(units, hits, &method);
                const struct assay_difference *d = &out.difference;
                bool above = d->lower >= 0.0 && d->estimate > 0.0;
                bool below = d->upper <= 0.0 && d->estimate < 0.0;
                ck_assert(d->lower <= d->estimate && d->estimate <= d->upper);
                if (d->significant)
                    ck_assert(side == ASSAY_SIDE_UPPER   ? above
                              : side == ASSAY_SIDE_LOWER ? below
                                                         : above || below);
                else
                    ck_assert((side == ASSAY_SIDE_LOWER || d->lower <= 0.0) &&
                              (side == ASSAY_SIDE_UPPER || d->upper >= 0.0));
            }
}
END_TEST

/* Probability of k of n at share p. */
static double binomial(uint64_t n, uint64_t k, double p)
{
    return exp(lgamma((double)n + 1.0) - lgamma((double)k + 1.0) - lgamma((double)(n - k) + 1.0) +
               (double)k * log(p) + (double)(n - k) * log1p(-p));
}

/* The largest share of outcomes rejected, over shares that both groups have. */
static double size_of_test(const uint64_t units[2], const struct assay_method *method)
{
    double worst = 0.0;
    bool *rejects = calloc((units[0] + 1) * (units[1] + 1), sizeof *rejects);
    for (uint64_t c = 0; c <= units[0]; c++)
        for (uint64_t t = 0; t <= units[1]; t++) {
            const uint64_t hits[2] = {c, t};
            rejects[c * (units[1] + 1) + t] = compare(units, hits, method).difference.significant;
        }
    for (double p = 0.02; p < 1.0; p += 0.04) {
        double sum = 0.0;
        for (uint64_t c = 0; c <= units[0]; c++)
            for (uint64_t t = 0; t <= units[1]; t++)
                if (rejects[c * (units[1] + 1) + t])
                    sum += binomial(units[0], c, p) * binomial(units[1], t, p);
        worst = sum > worst ? sum : worst;
    }
    free(rejects);
    return worst;
}

START_TEST(fisher_errs_at_most_at_the_nominal_rate)
{
    /* All counts are below 20 in a group of 39 units: no outcome is left to Welch's test. */
    static const uint64_t UNITS[][2] = {{5, 5}, {12, 30}, {39, 8}, {20, 20}};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        for (int side = ASSAY_SIDE_UPPER; side <= ASSAY_SIDE_BOTH; side++) {
            struct assay_method method = SHARES;
            method.side = (enum assay_side)side;
            method.alpha = i % 2 == 0 ? 0.05 : 0.0125;
            double size = size_of_test(UNITS[i], &method);
            ck_assert_msg(size <= method.alpha, "%u and %u units: %.4f of %.4f",
                          (unsigned)UNITS[i][0], (unsigned)UNITS[i][1], size, method.alpha);
        }
}
END_TEST

/* The test for groups of fewer than 100 units is Fisher's, whatever the counts. */
START_TEST(small_groups_err_at_most_at_the_nominal_rate)
{
    static const uint64_t UNITS[][2] = {{60, 60}, {60, 30}};
    static const double ALPHA[] = {0.05, 0.0125};
    for (size_t a = 0; a < 2; a++)
        for (int side = ASSAY_SIDE_UPPER; side <= ASSAY_SIDE_BOTH; side++) {
            const uint64_t *units = UNITS[_i];
            struct assay_method method = SHARES;
            method.side = (enum assay_side)side;
            method.alpha = ALPHA[a];
            double size = size_of_test(units, &method);
            ck_assert_msg(size <= method.alpha, "%u and %u units: %.6f of %.4f", (unsigned)units[0],
                          (unsigned)units[1], size, method.alpha);
        }
}
END_TEST

/*
 * Where shares are neither small nor skewed Welch's test errs at most 1.15 times as often as it
 * says, one-sided at 0.0125: by its few possible outcomes, not by the choice of test.
 */
START_TEST(larger_groups_err_little_more_often_than_they_say)
{
    static const uint64_t UNITS[][2] = {{100, 100}, {150, 100}};
    struct assay_method method = SHARES;
    method.side = ASSAY_SIDE_LOWER;
    method.alpha = 0.0125;
    double size = size_of_test(UNITS[_i], &method);
    ck_assert_msg(size <= 1.15 * method.alpha, "%u and %u units: %.6f of %.4f",
                  (unsigned)UNITS[_i][0], (unsigned)UNITS[_i][1], size, method.alpha);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, tests_and_intervals_agree_with_the_oracle);
    tcase_add_test(cases, known_tables);
    tcase_add_test(cases, constant_groups_that_differ_are_tested);
    tcase_add_test(cases, intervals_agree_with_their_tests);
    tcase_add_test(cases, fisher_errs_at_most_at_the_nominal_rate);
    tcase_add_loop_test(cases, small_groups_err_at_most_at_the_nominal_rate, 0, 2);
    tcase_add_loop_test(cases, larger_groups_err_little_more_often_than_they_say, 0, 2);
}

int main(void)
{
    return test_main("exact_test", add);
}
