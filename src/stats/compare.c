/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Baseline against compared: the difference, its test and its interval. Everything up
 * to the statistic is wide; p takes what the statistic lost in rounding to double into account.
 */
#include "stats/compare.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "stats/compare_ball.h"
#include "stats/critical.h"
#include "stats/defaults.h"
#include "stats/dist/t.h"
#include "stats/estimate.h"
#include "stats/exact_test.h"
#include "stats/metric/metric.h"
#include "stats/p_value.h"

typedef struct assay__wide wide;

enum { GROUPS_MAX = 1000 };

static enum assay_status check_choices(const struct assay_method *method, struct assay_error *err)
{
    const struct {
        const char *what;
        unsigned number, count;
    } CHOICES[] = {
        {"test", (unsigned)method->test, ASSAY_TEST_T + 1},
        {"side", (unsigned)method->side, ASSAY_SIDE_BOTH + 1},
        {"variance reduction", (unsigned)method->reduction, ASSAY_REDUCTION_POOLED + 1},
        {"skewness correction", (unsigned)method->skewness, ASSAY_SKEWNESS_PEARSON + 1},
    };
    if (!assay__metric_is_kind(method->type))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No metric type has number %u.",
                           (unsigned)method->type);
    for (size_t i = 0; i < sizeof CHOICES / sizeof *CHOICES; i++)
        if (CHOICES[i].number >= CHOICES[i].count)
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "No %s has number %u.", CHOICES[i].what,
                               CHOICES[i].number);
    return ASSAY_OK;
}

static enum assay_status check_method(const struct assay_method *method, struct assay_error *err)
{
    enum assay_status status = check_choices(method, err);
    if (status != ASSAY_OK)
        return status;
    if (!(method->alpha > 0.0 && method->alpha < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "alpha must lie between 0 and 1.");
    if (method->side != ASSAY_SIDE_BOTH && method->alpha >= 0.5)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A one-sided alpha must be below 0.5.");
    if (!isfinite(method->boundary))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The boundary must be finite.");
    if (!isfinite(method->null_difference))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The null difference must be finite.");
    const struct assay__metric_kind *kind = assay__metric_kind(method->type);
    if (kind->estimate == NULL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "%s", kind->no_moments);
    return ASSAY_OK;
}

/* Checks that units of the metric's kind can have these moments. */
static enum assay_status check_group(const struct assay__group *group, enum assay_metric_type type,
                                     struct assay_error *err)
{
    const struct assay__metric_kind *kind = assay__metric_kind(type);
    return kind->check == NULL || group->n == 0 ? ASSAY_OK : kind->check(group, err);
}

void assay__compare_clear(struct assay_comparison *out)
{
    const struct assay_stats stats = {0, NAN, NAN, NAN, NAN, NAN, NAN, {0}};
    memset(out, 0, sizeof *out);
    out->baseline = out->compared = stats;
    out->difference = (struct assay_difference){.estimate = NAN,
                                                .standard_error = NAN,
                                                .df = NAN,
                                                .statistic = NAN,
                                                .critical = NAN,
                                                .lower = NAN,
                                                .upper = NAN,
                                                .p = NAN,
                                                .log10_p = NAN,
                                                .powered_effect = NAN};
    out->relative = assay__no_relative();
    out->tail_error = (struct assay_tail_error){.nominal = NAN, .lower = NAN, .upper = NAN};
    out->corrected_lower = out->corrected_upper = NAN;
    out->corrected_p = out->corrected_log10_p = NAN;
}

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
    assay__skewness(pair, method, false, out);
    if (is_exact)
        drop_tail_errors(out);
}

static bool takes_balls(const struct assay__pair_estimate *pair, const struct assay_method *method)
{
    return !assay__exact_applies(pair, method, pair->reduction.method != ASSAY_REDUCTION_NONE);
}

static void compare_pair(struct assay__compare_wide *more, const struct assay_method *method,
                         wide null, struct assay_comparison *out)
{
    const struct assay__pair_estimate *pair = &more->pair;
    assay__compare_clear(out);
    out->flags = pair->flags;
    if (takes_balls(pair, method) &&
        assay__compare_in_balls(pair, method, null, &more->figures, &more->law, out)) {
        assay__skewness(pair, method, true, out);
        return;
    }
    assay__compare_clear(out);
    out->flags = pair->flags;
    assay__compare_exactly(pair, method, null, out);
}

/* What tests of a new pair share is not known yet. */
static void forget(struct assay__compare_wide *more)
{
    more->law.df = NAN;
    more->figures.is_open = false;
}

wide assay__group_estimate(const struct assay__group *group, enum assay_metric_type type)
{
    struct assay__estimate estimate;
    assay__estimate_group(group, type, &estimate);
    return estimate.exists ? estimate.value : assay__wide_of(NAN);
}

static enum assay_status estimate_pair(const struct assay__group *groups, size_t group_count,
                                       size_t baseline, size_t compared,
                                       const struct assay_method *method,
                                       struct assay__compare_wide *more, struct assay_error *err)
{
    struct assay__pair_estimate *pair = &more->pair;
    enum assay_status status = check_method(method, err);
    if (status == ASSAY_OK)
        status = check_group(&groups[baseline], method->type, err);
    if (status == ASSAY_OK)
        status = check_group(&groups[compared], method->type, err);
    if (status != ASSAY_OK)
        return status;
    forget(more);
    assay__estimate_group(&groups[baseline], method->type, &pair->raw[0]);
    assay__estimate_group(&groups[compared], method->type, &pair->raw[1]);
    assay__keep_raw(pair);
    if (method->reduction != ASSAY_REDUCTION_NONE && groups[baseline].shape.covariate_count > 0 &&
        !assay__exact_applies(pair, method, true))
        assay__reduce_variance(groups, group_count, baseline, compared, method->reduction,
                               method->type, pair);
    return ASSAY_OK;
}

enum assay_status assay__compare_groups(const struct assay__group *groups, size_t group_count,
                                        size_t baseline, size_t compared,
                                        const struct assay_method *method,
                                        struct assay__compare_wide *more,
                                        struct assay_comparison *out, struct assay_error *err)
{
    struct assay__compare_wide own;
    struct assay__compare_wide *kept = more != NULL ? more : &own;
    enum assay_status status =
        estimate_pair(groups, group_count, baseline, compared, method, kept, err);
    wide null = more != NULL ? more->null_difference : assay__wide_of(method->null_difference);
    if (status == ASSAY_OK)
        compare_pair(kept, method, null, out);
    return status;
}

enum assay_status assay__compare_open(const struct assay__group *groups, size_t group_count,
                                      size_t baseline, size_t compared,
                                      const struct assay_method *method,
                                      struct assay__compare_wide *more,
                                      struct assay_comparison *out, struct assay_error *err)
{
    const struct assay__ball_figures *figures = &more->figures;
    enum assay_status status =
        estimate_pair(groups, group_count, baseline, compared, method, more, err);
    if (status != ASSAY_OK)
        return status;
    if (!takes_balls(&more->pair, method) ||
        !assay__open_in_balls(&more->pair, method, &more->figures)) {
        compare_pair(more, method, more->null_difference, out);
        return ASSAY_OK;
    }
    assay__compare_clear(out);
    out->baseline = figures->stats[0];
    out->compared = figures->stats[1];
    out->difference.estimate = figures->estimate;
    out->difference.standard_error = figures->standard_error;
    return ASSAY_OK;
}

enum assay_status assay__compare_again(struct assay__compare_wide *more,
                                       const struct assay_method *method, wide null,
                                       struct assay_comparison *out, struct assay_error *err)
{
    enum assay_status status = check_method(method, err);
    if (status == ASSAY_OK)
        compare_pair(more, method, null, out);
    return status;
}

static struct assay_method with_defaults(const struct assay_method *given)
{
    struct assay_method filled = *given;
    filled.alpha = assay__or_default(given->alpha, ASSAY__DEFAULT_ALPHA);
    return filled;
}

enum assay_status assay_summaries_compare(const struct assay_summary *baseline,
                                          const struct assay_summary *compared,
                                          const struct assay_method *method,
                                          struct assay_comparison *out, struct assay_error *err)
{
    const struct assay_summary *const summaries[2] = {baseline, compared};
    struct assay__group groups[2];
    if (assay__metric_kind(method->type)->has_denominator)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "A ratio needs the moments of both parts: use assay_moments_compare().");
    for (int g = 0; g < 2; g++) {
        const struct assay_summary *summary = summaries[g];
        bool share = assay__metric_kind(method->type)->is_share;
        if (summary->n > 0 && !isfinite(summary->mean))
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "A mean must be finite.");
        if (share && summary->n > 0 && !(summary->mean >= 0.0 && summary->mean <= 1.0))
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "A share must lie between 0 and 1.");
        if (!share && summary->n > 1 && !(summary->variance >= 0.0 && isfinite(summary->variance)))
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "A variance must be finite and >= 0.");
        assay__group_of_summary(summary->n, summary->mean,
                                share || summary->n < 2 ? 0.0 : summary->variance,
                                share ? (double)NAN : summary->skewness, &groups[g]);
    }
    const char *no_moments = assay__metric_kind(method->type)->no_moments;
    if (no_moments != NULL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "%s", no_moments);
    struct assay_method plain = with_defaults(method);
    plain.reduction = ASSAY_REDUCTION_NONE;
    return assay__compare_groups(groups, 2, 0, 1, &plain, NULL, out, err);
}

/* Without covariates nothing of a group is needed but its estimate. */
static enum assay_status estimate_moments(const struct assay_moments *moments,
                                          enum assay_metric_type type, struct assay__estimate *out,
                                          struct assay_error *err)
{
    struct assay__group group;
    enum assay_status status = assay__moments_group(moments, NULL, &group, err);
    if (status == ASSAY_OK)
        status = check_group(&group, type, err);
    if (status == ASSAY_OK)
        assay__estimate_group(&group, type, out);
    return status;
}

static enum assay_status compare_raw(const struct assay_moments *baseline,
                                     const struct assay_moments *compared,
                                     const struct assay_method *method,
                                     struct assay_comparison *out, struct assay_error *err)
{
    struct assay__compare_wide more;
    struct assay__pair_estimate *pair = &more.pair;
    enum assay_status status = check_method(method, err);
    if (status == ASSAY_OK)
        status = estimate_moments(baseline, method->type, &pair->raw[0], err);
    if (status == ASSAY_OK)
        status = estimate_moments(compared, method->type, &pair->raw[1], err);
    if (status != ASSAY_OK)
        return status;
    assay__keep_raw(pair);
    forget(&more);
    compare_pair(&more, method, assay__wide_of(method->null_difference), out);
    return ASSAY_OK;
}

/* Compares with groups to work in. */
static enum assay_status compare_in(struct assay__group *groups,
                                    const struct assay_moments *const *moments, size_t group_count,
                                    size_t baseline, size_t compared,
                                    const struct assay_method *method, struct assay_comparison *out,
                                    struct assay_error *err)
{
    wide fill[ASSAY_COVARIATES_MAX];
    enum assay_status status = assay__moments_fill(moments, group_count, fill, err);
    for (size_t g = 0; status == ASSAY_OK && g < group_count; g++)
        status = assay__moments_group(moments[g], fill, &groups[g], err);
    if (status == ASSAY_OK)
        status =
            assay__compare_groups(groups, group_count, baseline, compared, method, NULL, out, err);
    return status;
}

/* Two groups have room on the stack: 22 KB. */
static enum assay_status compare_two(const struct assay_moments *const *moments, size_t baseline,
                                     size_t compared, const struct assay_method *method,
                                     struct assay_comparison *out, struct assay_error *err)
{
    struct assay__group groups[2];
    return compare_in(groups, moments, 2, baseline, compared, method, out, err);
}

enum assay_status assay_moments_compare(const struct assay_moments *const *moments,
                                        size_t group_count, size_t baseline, size_t compared,
                                        const struct assay_method *given,
                                        struct assay_comparison *out, struct assay_error *err)
{
    struct assay_method filled = with_defaults(given), *method = &filled;
    if (group_count < 2 || group_count > GROUPS_MAX || baseline >= group_count ||
        compared >= group_count)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Compare two of 2 to %d groups.", GROUPS_MAX);
    struct assay_moments_shape first = assay_moments_shape(moments[0]);
    for (size_t g = 0; g < group_count; g++) {
        struct assay_moments_shape shape = assay_moments_shape(moments[g]);
        if (shape.has_denominator != first.has_denominator ||
            shape.covariate_count != first.covariate_count)
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "All groups need one shape.");
    }
    const char *no_moments = assay__metric_kind(method->type)->no_moments;
    if (no_moments != NULL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "%s", no_moments);
    if (assay__metric_kind(method->type)->has_denominator && !first.has_denominator)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A ratio needs moments with denominators.");
    if (first.covariate_count == 0)
        return compare_raw(moments[baseline], moments[compared], method, out, err);
    if (group_count == 2)
        return compare_two(moments, baseline, compared, method, out, err);
    struct assay__group *groups = assay__calloc(group_count, sizeof *groups);
    if (groups == NULL)
        return assay__fail_memory(err);
    enum assay_status status =
        compare_in(groups, moments, group_count, baseline, compared, method, out, err);
    assay__free(groups);
    return status;
}
