/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often the score test of a margin errs in small groups of unequal size: by adding up the
 * probabilities of all outcomes that it rejects where the shares differ by just the margin. Beside
 * it Welch's t, which it replaces there, and what is left where advice rests on 5 events or more.
 * Failures of swapped groups are successes of these, so that one order of sizes stands for both.
 */
#include <math.h>
#include <stdlib.h>

#include "assay/compare.h"
#include "assay/dist.h"
#include "calibrate.h"

enum { SHARES = 180, LEVELS = 3, MARGINS = 3, TESTS = 3, WELCH = 0, SCORE = 1, ADVICE = 2 };
enum { EVENTS_MIN = 5 };

static const int UNITS[][2] = {{30, 30}, {60, 30}, {90, 30}, {60, 60}, {90, 60}};
static const double MARGIN[MARGINS] = {0.02, 0.05, 0.1};
static const double ALPHA[LEVELS] = {0.05, 0.0125, 0.001};

/* Just above the largest sizes that were found, by level: nothing is drawn, so they do not move. */
static const double MOST[LEVELS] = {1.57, 1.8, 1.94}, MOST_ADVICE[LEVELS] = {1.22, 1.31, 1.85};

struct outcomes {
    int n, m;
    double *p[2]; /* by successes of the baseline and the compared group */
};

static double *cell(const struct outcomes *o, int test, int x, int y)
{
    return &o->p[test][x * (o->m + 1) + y];
}

static double welch(const struct outcomes *o, int x, int y, double margin)
{
    double n = o->n, m = o->m, p = x / n, q = y / m;
    double v = p * (1.0 - p) / n, w = q * (1.0 - q) / m;
    double df = (v + w) * (v + w) / (v * v / (n - 1.0) + w * w / (m - 1.0));
    return v + w > 0.0 ? assay_t_upper((q - p + margin) / sqrt(v + w), df) : 1.0;
}

static double score(const struct outcomes *o, int x, int y, double margin)
{
    const struct assay_method method = {.type = ASSAY_METRIC_PROPORTION,
                                        .test = ASSAY_TEST_T,
                                        .side = ASSAY_SIDE_UPPER,
                                        .alpha = 0.05,
                                        .null_difference = -margin,
                                        .exact = true};
    const struct assay_summary baseline = {
        .n = (uint64_t)o->n, .mean = (double)x / o->n, .skewness = NAN};
    const struct assay_summary compared = {
        .n = (uint64_t)o->m, .mean = (double)y / o->m, .skewness = NAN};
    struct assay_comparison out;
    struct assay_error err;
    assert_ok(assay_summaries_compare(&baseline, &compared, &method, &out, &err), &err);
    ck_assert_int_eq(out.difference.tested_by, ASSAY_TESTED_BY_SCORE);
    return out.difference.p;
}

static struct outcomes all_outcomes(const int units[2], double margin)
{
    struct outcomes o = {.n = units[0], .m = units[1]};
    for (int test = 0; test < 2; test++)
        o.p[test] = calloc((size_t)(o.n + 1) * (size_t)(o.m + 1), sizeof **o.p);
    for (int x = 0; x <= o.n; x++)
        for (int y = 0; y <= o.m; y++) {
            *cell(&o, WELCH, x, y) = welch(&o, x, y, margin);
            *cell(&o, SCORE, x, y) = score(&o, x, y, margin);
        }
    return o;
}

static double binomial(int n, int k, double p)
{
    if (p <= 0.0 || p >= 1.0)
        return k == (p <= 0.0 ? 0 : n);
    return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) +
               (n - k) * log1p(-p));
}

static bool has_events(int n, int x)
{
    return x >= EVENTS_MIN && n - x >= EVENTS_MIN;
}

/* Probability that a test rejects at shares p and p - margin. */
static double rate(const struct outcomes *o, int test, double alpha, double p, double margin)
{
    double sum = 0.0;
    for (int x = 0; x <= o->n; x++) {
        double row = 0.0;
        for (int y = 0; y <= o->m; y++) {
            bool counts = test != ADVICE || (has_events(o->n, x) && has_events(o->m, y));
            if (counts && *cell(o, test == WELCH ? WELCH : SCORE, x, y) < alpha)
                row += binomial(o->m, y, fmax(p - margin, 0.0));
        }
        sum += row * binomial(o->n, x, p);
    }
    return sum;
}

static double size_of(const struct outcomes *o, int test, double alpha, double margin,
                      double *where)
{
    double worst = 0.0;
    for (int i = 0; i <= SHARES; i++) {
        double p = margin + (1.0 - margin) * i / SHARES, size = rate(o, test, alpha, p, margin);
        if (size > worst)
            *where = p;
        worst = fmax(worst, size);
    }
    return worst;
}

START_TEST(size_of_all_outcomes)
{
    const int *units = UNITS[_i / MARGINS];
    double margin = MARGIN[_i % MARGINS];
    struct outcomes o = all_outcomes(units, margin);
    for (int level = 0; level < LEVELS; level++) {
        double size[TESTS], where[TESTS] = {0.0, 0.0, 0.0}, alpha = ALPHA[level];
        for (int test = 0; test < TESTS; test++)
            size[test] = size_of(&o, test, alpha, margin, &where[test]) / alpha;
        calibrate_row("| score test %d:%d | %g | %g | %.2f (%.2f) | %.2f (%.2f) | %.2f (%.2f) |\n",
                      units[0], units[1], margin, alpha, size[WELCH], where[WELCH], size[SCORE],
                      where[SCORE], size[ADVICE], where[ADVICE]);
        ck_assert_msg(size[SCORE] <= MOST[level], "%d:%d, margin %g at %g: %.3f", units[0],
                      units[1], margin, alpha, size[SCORE]);
        ck_assert_msg(size[ADVICE] <= MOST_ADVICE[level], "%d:%d, margin %g at %g, advice: %.3f",
                      units[0], units[1], margin, alpha, size[ADVICE]);
    }
    for (int test = 0; test < 2; test++)
        free(o.p[test]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_loop_test(cases, size_of_all_outcomes, 0,
                        MARGINS * (int)(sizeof UNITS / sizeof *UNITS));
}

int main(void)
{
    return test_main("slow_score_test", add);
}
