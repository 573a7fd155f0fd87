/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact tests against the oracle of tests/golden/exact_test.py, and where they are used; how often
 * they err is in tests/slow/slow_exact_test.c.
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
    assert_ok(assay_summaries_compare(&groups[0], &groups[1], method, &out, &err), &err);
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
    assert_ok(assay_summaries_compare(&baseline, &compared, &method, &out, &err), &err);
    ck_assert_int_eq(out.difference.tested_by, ASSAY_TESTED_BY_PERMUTATION);
    ck_assert(fabs(out.difference.p - 0.05) < 1e-15 && isnan(out.difference.lower));
    method.side = ASSAY_SIDE_LOWER;
    assert_ok(assay_summaries_compare(&baseline, &compared, &method, &out, &err), &err);
    ck_assert_double_eq(out.difference.p, 1.0);
    method.side = ASSAY_SIDE_BOTH;
    assert_ok(assay_summaries_compare(&baseline, &compared, &method, &out, &err), &err);
    ck_assert(fabs(out.difference.p - 0.1) < 1e-15);
    compared.mean = 5.0;
    assert_ok(assay_summaries_compare(&baseline, &compared, &method, &out, &err), &err);
    ck_assert(isnan(out.difference.p) && (out.flags & ASSAY_FLAG_ZERO_VARIANCE) != 0);
}
END_TEST

/* A bound excludes 0 exactly when the test rejects, be the counts what they may. */
START_TEST(intervals_agree_with_their_tests)
{
    static const uint64_t UNITS[][2] = {{16, 11}, {900, 300}};
    const uint64_t *units = UNITS[_i], step = _i == 0 ? 1 : 7;
    for (int side = ASSAY_SIDE_UPPER; side <= ASSAY_SIDE_BOTH; side++)
        for (uint64_t c = 0; c <= units[0]; c += _i == 0 ? 4 : 90)
            for (uint64_t t = _i == 0 ? 0 : c / 5; t <= units[1] && t < c / 5 + 60; t += step) {
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

/* Which test serves by counts, units and skewness; the level and the side have no part in it. */
START_TEST(the_rule_chooses_by_the_data)
{
    static const struct {
        uint64_t units[2], hits[2];
        enum assay_tested_by by;
    } CASES[] = {
        {{1000, 1000}, {100, 20}, ASSAY_TESTED_BY_WELCH},
        {{1000, 1000}, {100, 19}, ASSAY_TESTED_BY_FISHER},
        {{1000, 1000}, {981, 500}, ASSAY_TESTED_BY_FISHER},
        {{100, 100}, {40, 50}, ASSAY_TESTED_BY_WELCH},
        {{100, 99}, {40, 50}, ASSAY_TESTED_BY_FISHER},
        {{1000, 1100}, {100, 143}, ASSAY_TESTED_BY_WELCH},
        /* Skewness 0.02 at 3:1 and a share of 0.1: 17,778 against 5,926 units. */
        {{17700, 5900}, {1770, 590}, ASSAY_TESTED_BY_FISHER},
        {{17850, 5950}, {1785, 595}, ASSAY_TESTED_BY_WELCH},
        {{5900, 17700}, {590, 1770}, ASSAY_TESTED_BY_FISHER},
        {{17700, 5900}, {17700 - 1770, 5900 - 590}, ASSAY_TESTED_BY_FISHER},
        /* Shares of a half are not skewed; rare ones are, in large groups too. */
        {{900, 100}, {450, 50}, ASSAY_TESTED_BY_WELCH},
        {{3000000, 1000000}, {2400, 800}, ASSAY_TESTED_BY_FISHER},
        {{3000000, 1000000}, {2550, 850}, ASSAY_TESTED_BY_WELCH},
    };
    struct assay_method method = SHARES;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        method.alpha = i % 2 == 0 ? 0.05 : 0.001;
        method.side = i % 3 == 0 ? ASSAY_SIDE_BOTH : ASSAY_SIDE_LOWER;
        struct assay_comparison out = compare(CASES[i].units, CASES[i].hits, &method);
        ck_assert_msg(out.difference.tested_by == CASES[i].by, "%zu: %d", i,
                      (int)out.difference.tested_by);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, tests_and_intervals_agree_with_the_oracle);
    tcase_add_test(cases, known_tables);
    tcase_add_test(cases, constant_groups_that_differ_are_tested);
    tcase_add_loop_test(cases, intervals_agree_with_their_tests, 0, 2);
    tcase_add_test(cases, the_rule_chooses_by_the_data);
}

int main(void)
{
    return test_main("exact_test", add);
}
