/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures of a comparison in 320 bits: the difference, its test and its interval. Everything up
 * to the statistic is wide; p takes what the statistic lost in rounding to double into account.
 */
#include <math.h>

#include "stats/compare.h"
#include "stats/critical.h"
#include "stats/exact_test.h"
#include "stats/metric/metric.h"
#include "stats/p_value.h"

typedef struct assay__wide wide;

static void fill_stats(const struct assay__pair_estimate *pair, int g, struct assay_stats *stats,
                       uint32_t *flags)
{
    const struct assay__estimate *raw = &pair->raw[g];
    stats->n = raw->n;
    if (!raw->exists)
        return;
    stats->estimate = assay__finite(pair->value[g], flags);
    stats->unadjusted = assay__finite(raw->value, flags);
    if (!raw->has_error)
        return;
    stats->standard_error = assay__finite(assay__wide_sqrt(pair->error2[g]), flags);
    stats->unadjusted_standard_error = stats->standard_error;
    if (pair->reduction.method != ASSAY_REDUCTION_NONE)
        stats->unadjusted_standard_error = assay__finite(assay__wide_sqrt(raw->error2), flags);
    stats->variance =
        assay__finite(assay__wide_mul(pair->error2[g], assay__wide_of_u64(raw->n)), flags);
}

/*
 * Welch (1947): (e_c + e_t)^2 / (e_c^2/f_c + e_t^2/f_t); wide numbers make it free of scale. Under
 * variance reduction e_g is the residuals' part: the covariates' shared mean mostly cancels in the
 * difference and must not weigh the groups. NaN, the normal limit, when no group has residuals.
 */
static wide welch_df(const struct assay__pair_estimate *pair)
{
    wide sum = assay__wide_zero(), parts = assay__wide_zero();
    for (int g = 0; g < 2; g++) {
        wide error2 = pair->residual_error2[g];
        if (assay__wide_sign(error2) == 0)
            continue; /* a constant group has no say, also with a single unit */
        wide square = assay__wide_square(error2);
        sum = assay__wide_add(sum, error2);
        parts = assay__wide_add(parts, assay__wide_div(square, pair->residual_df[g]));
    }
    return assay__wide_div(assay__wide_square(sum), parts);
}

/* A statistic near the largest double has a log p beyond it. */
static double finite_log(double log_p, uint32_t *flags)
{
    if (!isinf(log_p))
        return log_p;
    *flags |= ASSAY_FLAG_OVERFLOW;
    return NAN;
}

static wide directed(wide statistic, enum assay_side side)
{
    if (side == ASSAY_SIDE_LOWER)
        return assay__wide_neg(statistic);
    return side == ASSAY_SIDE_BOTH ? assay__wide_abs(statistic) : statistic;
}

/* away: from the null. df is NaN for the normal test; difference->df is its double. */
static void test_difference(wide d, wide away, wide error, wide df,
                            const struct assay_method *method, struct assay_comparison *out)
{
    struct assay_difference *difference = &out->difference;
    wide statistic = assay__wide_div(away, error);
    difference->statistic = assay__finite(statistic, &out->flags);
    wide df_rest = assay__wide_sub(df, assay__wide_of(difference->df));
    struct assay__p_value value =
        assay__p_value(statistic, difference->df, assay__wide_double(df_rest), method->side);
    difference->p = value.p;
    difference->log10_p = finite_log(value.log10_p, &out->flags);
    /* The test and the interval share one critical value, so they cannot disagree. */
    wide critical = assay__wide_of(difference->critical);
    difference->significant = assay__wide_compare(directed(statistic, method->side), critical) > 0;
    wide half = assay__wide_mul(critical, error);
    difference->lower = assay__finite(assay__wide_sub(d, half), &out->flags);
    difference->upper = assay__finite(assay__wide_add(d, half), &out->flags);
}

static void fill_flags(const struct assay__pair_estimate *pair, enum assay_metric_type type,
                       struct assay_comparison *out)
{
    int constant = 0;
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        if (raw->n > 0 && !raw->exists)
            out->flags |= ASSAY_FLAG_ZERO_DENOMINATOR;
        else if (!raw->has_error || (raw->n < 2 && !assay__metric_kind(type)->is_share))
            out->flags |= ASSAY_FLAG_TOO_FEW_UNITS;
        else
            constant += assay__wide_sign(raw->error2) == 0;
    }
    if (constant == 1)
        out->flags |= ASSAY_FLAG_ONE_GROUP_CONSTANT;
}

/* The test, where there is an error to divide by; statistic and critical stay NaN where not. */
static void test_pair(const struct assay__pair_estimate *pair, wide d, wide null,
                      const struct assay_method *method, struct assay_comparison *out)
{
    struct assay_difference *difference = &out->difference;
    if (assay__wide_sign(pair->difference_error2) == 0) {
        difference->standard_error = 0.0;
        out->flags |= ASSAY_FLAG_ZERO_VARIANCE;
        return;
    }
    wide error = assay__wide_sqrt(pair->difference_error2);
    difference->standard_error = assay__finite(error, &out->flags);
    wide df = method->test == ASSAY_TEST_T ? welch_df(pair) : assay__wide_of(NAN);
    difference->df = assay__wide_double(df);
    if (difference->df < 1.0) { /* a share strictly between 0 and 1 of a single unit */
        difference->df = NAN;
        out->flags |= ASSAY_FLAG_TOO_FEW_UNITS;
        return;
    }
    struct assay__t_law law;
    bool is_t = !isnan(difference->df);
    if (is_t)
        assay__t_open(difference->df, &law);
    difference->critical = assay__critical_value(method, is_t ? &law : NULL);
    difference->tested_by =
        method->test == ASSAY_TEST_T ? ASSAY_TESTED_BY_WELCH : ASSAY_TESTED_BY_NORMAL;
    test_difference(d, assay__wide_sub(d, null), error, df, method, out);
}

/* An exact test relies on no approximation that skewness could spoil. */
static void drop_tail_errors(struct assay_comparison *out)
{
    out->flags &= ~(uint32_t)(ASSAY_FLAG_SKEWED_LOWER | ASSAY_FLAG_SKEWED_UPPER |
                              ASSAY_FLAG_SKEWED_SIGNIFICANCE | ASSAY_FLAG_ONE_GROUP_CONSTANT);
    out->tail_error = (struct assay_tail_error){.nominal = NAN, .lower = NAN, .upper = NAN};
    out->corrected_lower = out->corrected_upper = NAN;
    out->corrected_p = out->corrected_log10_p = NAN;
}

void assay__compare_exactly(const struct assay__pair_estimate *pair,
                            const struct assay_method *method, wide null,
                            struct assay_comparison *out)
{
    bool is_exact = false;
    fill_stats(pair, 0, &out->baseline, &out->flags);
    fill_stats(pair, 1, &out->compared, &out->flags);
    fill_flags(pair, method->type, out);
    out->reduction = pair->reduction;
    if (pair->raw[0].exists && pair->raw[1].exists) {
        wide d = assay__wide_sub(pair->value[1], pair->value[0]);
        out->difference.estimate = assay__finite(d, &out->flags);
        is_exact = assay__exact_test(pair, method, null, out);
        if (!is_exact && pair->raw[0].has_error && pair->raw[1].has_error)
            test_pair(pair, d, null, method, out);
    }
    if (!is_exact || !assay__metric_kind(method->type)->is_share)
        assay__relative(pair, out->difference.critical, out);
    assay__skewness(pair, method, NULL, NULL, out);
    if (is_exact)
        drop_tail_errors(out);
}
