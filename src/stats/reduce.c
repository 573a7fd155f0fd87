/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Variance reduction by pre-exposure covariates.
 *
 * full: regression of the value on the covariates in each group (Lin 2013, Ann. Appl. Stat. 7:295;
 * Negi and Wooldridge 2021, Econometric Reviews 40:504). The adjusted means share the mean of the
 * covariates over all groups, whose own sampling error is that of N units with the covariates'
 * total covariance S: Var(a_g) = s^2_e/n_g + b_g' S b_g / N, Cov(a_t, a_c) = b_t' S b_c / N.
 *
 * pooled: one slope from within-group sums (Deng, Xu, Kohavi, Walker 2013, WSDM), variances of the
 * adjusted values within each group, divisor n_g - 1, and the same shared term. With one slope it
 * cancels in a_t - a_c, but not in a_t / a_c.
 *
 * Normal equations are solved by LDL' in wide numbers, so that only covariates that are exactly
 * constant or collinear are dropped, the later one of them.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stats/estimate.h"
#include "stats/centred.h"
#include "stats/metric/metric.h"

typedef struct assay__wide wide;

enum { Q_MAX = ASSAY_COVARIATES_MAX, TRIANGLE_MAX = Q_MAX * (Q_MAX + 1) / 2 };

/* For functions with large matrices: not inlined, so that these share a place on the stack. */
#define APART __attribute__((noinline))

/*
 * A symmetric system in the covariates, packed as assay__pair(), 8 KiB. factor() turns it into LDL'
 * in place, each entry being read once: a becomes L below the diagonal and D on it, b becomes
 * L^-1 b.
 */
struct system {
    uint32_t q;
    wide a[TRIANGLE_MAX];
    wide b[Q_MAX];
};

static wide covariate_sum(const struct assay__group *group, uint32_t i, uint32_t j)
{
    uint32_t first = 1 + group->shape.has_denominator;
    return group->centred[assay__pair(first + i, first + j)];
}

static wide covariate_mean(const struct assay__group *group, uint32_t i)
{
    return group->mean[1 + group->shape.has_denominator + i];
}

/* A pivot this small against its diagonal is 0 but for the rounding of 320 bits. */
static bool is_null_pivot(wide pivot, wide diagonal)
{
    if (assay__wide_sign(pivot) <= 0 || assay__wide_sign(diagonal) <= 0)
        return true;
    return assay__wide_exponent2(pivot) < assay__wide_exponent2(diagonal) - 200;
}

/*
 * Factors the system of the covariates not in dropped, up to the first that is constant, or
 * collinear with those before it; that one, or q.
 */
static uint32_t factor(struct system *system, uint32_t dropped)
{
    for (uint32_t j = 0; j < system->q; j++) {
        wide *const lower = &system->a[assay__pair(j, 0)], diagonal = lower[j];
        if (dropped >> j & 1)
            continue;
        for (uint32_t k = 0; k < j; k++) {
            const wide *above = &system->a[assay__pair(k, 0)];
            wide sum = lower[k];
            if (dropped >> k & 1)
                continue;
            for (uint32_t m = 0; m < k; m++)
                if (!(dropped >> m & 1))
                    sum = assay__wide_sub(sum, assay__wide_mul(assay__wide_mul(lower[m], above[m]),
                                                               system->a[assay__pair(m, m)]));
            lower[k] = assay__wide_div(sum, above[k]);
            lower[j] = assay__wide_sub(lower[j], assay__wide_mul(lower[k], sum));
            system->b[j] = assay__wide_sub(system->b[j], assay__wide_mul(lower[k], system->b[k]));
        }
        if (is_null_pivot(lower[j], diagonal))
            return j;
    }
    return system->q;
}

/* Slopes of the covariates that are kept; 0 for the others. */
static void substitute(const struct system *system, uint32_t dropped, wide *slopes)
{
    for (uint32_t j = system->q; j-- > 0;) {
        slopes[j] = assay__wide_zero();
        if (dropped >> j & 1)
            continue;
        wide x = assay__wide_div(system->b[j], system->a[assay__pair(j, j)]);
        for (uint32_t k = j + 1; k < system->q; k++)
            if (!(dropped >> k & 1))
                x = assay__wide_sub(x, assay__wide_mul(system->a[assay__pair(k, j)], slopes[k]));
        slopes[j] = x;
    }
}

static void group_system(const struct assay__group *group, const struct assay__estimate *estimate,
                         struct system *system)
{
    system->q = group->shape.covariate_count;
    for (uint32_t i = 0; i < system->q; i++) {
        system->b[i] = estimate->with[i];
        for (uint32_t j = 0; j <= i; j++)
            system->a[assay__pair(i, j)] = covariate_sum(group, i, j);
    }
}

/* Adds up the within-group systems of all groups of the analysis. */
static void pooled_system(const struct assay__group *groups, size_t count,
                          enum assay_metric_type type, struct system *total)
{
    memset(total, 0, sizeof *total);
    for (size_t g = 0; g < count; g++) {
        struct assay__estimate estimate;
        if (groups[g].n == 0)
            continue;
        assay__estimate_group(&groups[g], type, &estimate);
        if (!estimate.exists)
            continue;
        if (total->q == 0) {
            group_system(&groups[g], &estimate, total);
            continue;
        }
        for (uint32_t i = 0; i < total->q; i++) {
            total->b[i] = assay__wide_add(total->b[i], estimate.with[i]);
            for (uint32_t j = 0; j <= i; j++) {
                wide *sum = &total->a[assay__pair(i, j)];
                *sum = assay__wide_add(*sum, covariate_sum(&groups[g], i, j));
            }
        }
    }
}

/* Mean over all groups, and total covariance divided by N: the sampling covariance of that mean. */
static void overall(const struct assay__group *groups, size_t count, uint32_t q, wide *mean,
                    wide sampling[TRIANGLE_MAX])
{
    wide all = assay__wide_zero(), one = assay__wide_of(1.0);
    for (size_t g = 0; g < count; g++)
        all = assay__wide_add(all, assay__wide_of_u64(groups[g].n));
    wide divisor = assay__wide_mul(all, assay__wide_sub(all, one));
    for (uint32_t i = 0; i < q; i++) {
        mean[i] = assay__wide_zero();
        for (size_t g = 0; g < count; g++)
            if (groups[g].n > 0)
                mean[i] = assay__wide_add(mean[i], assay__wide_mul(assay__wide_of_u64(groups[g].n),
                                                                   covariate_mean(&groups[g], i)));
        mean[i] = assay__wide_div(mean[i], all);
    }
    for (uint32_t i = 0; i < q; i++) {
        for (uint32_t j = 0; j <= i; j++) {
            wide sum = assay__wide_zero();
            for (size_t g = 0; g < count; g++) {
                if (groups[g].n == 0)
                    continue;
                wide away =
                    assay__wide_mul(assay__wide_sub(covariate_mean(&groups[g], i), mean[i]),
                                    assay__wide_sub(covariate_mean(&groups[g], j), mean[j]));
                sum = assay__wide_add(sum, covariate_sum(&groups[g], i, j));
                sum = assay__wide_add(sum, assay__wide_mul(assay__wide_of_u64(groups[g].n), away));
            }
            sampling[assay__pair(i, j)] = assay__wide_div(sum, divisor);
        }
    }
}

static wide bilinear(uint32_t q, const wide *u, const wide matrix[TRIANGLE_MAX], const wide *v)
{
    wide sum = assay__wide_zero();
    for (uint32_t i = 0; i < q; i++)
        for (uint32_t j = 0; j < q; j++)
            sum = assay__wide_add(
                sum, assay__wide_mul(assay__wide_mul(u[i], v[j]), matrix[assay__pair(i, j)]));
    return sum;
}

/* Sum of squared residuals of the value on the covariates at given slopes. */
static wide residual_sum(const struct assay__group *group, const struct assay__estimate *estimate,
                         const wide *slopes)
{
    uint32_t q = group->shape.covariate_count;
    wide sum = estimate->centred;
    for (uint32_t i = 0; i < q; i++) {
        wide twice = assay__wide_add(slopes[i], slopes[i]);
        sum = assay__wide_sub(sum, assay__wide_mul(twice, estimate->with[i]));
        for (uint32_t j = 0; j < q; j++)
            sum = assay__wide_add(sum, assay__wide_mul(assay__wide_mul(slopes[i], slopes[j]),
                                                       covariate_sum(group, i, j)));
    }
    /* A perfect fit leaves 0, up to rounding that may be of either sign. Equal values have no sum
       of squares to round, and a common slope gives them one. */
    bool varies = assay__wide_sign(estimate->centred) > 0;
    if (assay__wide_sign(sum) <= 0 || (varies && is_null_pivot(sum, estimate->centred)))
        return assay__wide_zero();
    return sum;
}

static uint32_t count_kept(uint32_t q, uint32_t dropped)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < q; i++)
        kept += !(dropped >> i & 1);
    return kept;
}

/*
 * Slopes of both groups. The first covariate that fails in either group is dropped in both, and all
 * begins again: what comes after it is not judged by it, whichever group comes first.
 */
APART static void find_slopes(const struct assay__group *groups, size_t group_count,
                              const struct assay__group *const of[2], enum assay_reduction method,
                              enum assay_metric_type type, struct assay__pair_estimate *pair,
                              wide slopes[2][Q_MAX])
{
    struct system system;
    bool is_pooled = method == ASSAY_REDUCTION_POOLED;
    uint32_t q = of[0]->shape.covariate_count, *dropped = &pair->reduction.dropped, first;
    do {
        first = q;
        for (int g = 0; g < (is_pooled ? 1 : 2); g++) {
            if (is_pooled)
                pooled_system(groups, group_count, type, &system);
            else
                group_system(of[g], &pair->raw[g], &system);
            uint32_t failed = factor(&system, *dropped);
            if (failed < first)
                first = failed;
            if (failed == q)
                substitute(&system, *dropped, slopes[g]);
        }
        if (first < q)
            *dropped |= UINT32_C(1) << first;
    } while (first < q);
    if (is_pooled)
        memcpy(slopes[1], slopes[0], sizeof slopes[1]);
}

/*
 * A perfect fit in both groups makes both adjusted values the same function of xbar; what their
 * difference, or a value that should be 0, still has is the rounding of 320 bits.
 */
static void clear_rounding(struct assay__pair_estimate *pair)
{
    wide d = assay__wide_sub(pair->value[1], pair->value[0]);
    bool is_same = assay__wide_sign(d) != 0;
    for (int g = 0; g < 2; g++) {
        is_same = is_same && assay__is_rounding(d, pair->raw[g].value);
        if (assay__is_rounding(pair->value[g], pair->raw[g].value))
            pair->value[g] = assay__wide_zero();
    }
    if (is_same)
        pair->value[1] = pair->value[0];
}

/* a_g = ybar_g - b_g'(xbar_g - xbar), and s^2_e/n_g on df degrees of freedom. */
static void adjust_group(const struct assay__group *group, const wide *slopes, const wide *mean,
                         uint64_t df, int g, struct assay__pair_estimate *pair)
{
    for (uint32_t i = 0; i < group->shape.covariate_count; i++) {
        wide shift = assay__wide_sub(covariate_mean(group, i), mean[i]);
        pair->value[g] = assay__wide_sub(pair->value[g], assay__wide_mul(slopes[i], shift));
    }
    pair->residual_df[g] = assay__wide_of_u64(df);
    wide divisor = assay__wide_mul(assay__wide_of_u64(group->n), pair->residual_df[g]);
    wide sum = residual_sum(group, &pair->raw[g], slopes);
    pair->error2[g] = pair->residual_error2[g] = assay__wide_div(sum, divisor);
}

/*
 * The sampling error of xbar: Negi and Wooldridge (2021). It enters the difference through b_t -
 * b_c only, not at all under one slope; summed from the groups' own terms it would cancel.
 */
static void add_shared(uint32_t q, wide slopes[2][Q_MAX], const wide sampling[TRIANGLE_MAX],
                       struct assay__pair_estimate *pair)
{
    wide apart[Q_MAX];
    for (uint32_t i = 0; i < q; i++)
        apart[i] = assay__wide_sub(slopes[1][i], slopes[0][i]);
    for (int g = 0; g < 2; g++)
        pair->error2[g] =
            assay__wide_add(pair->error2[g], bilinear(q, slopes[g], sampling, slopes[g]));
    pair->covariance = bilinear(q, slopes[0], sampling, slopes[1]);
    pair->difference_error2 =
        assay__wide_add(pair->difference_error2, bilinear(q, apart, sampling, apart));
}

/* The difference's error, and what the covariates took from it. */
static void fill_reduction(enum assay_reduction method, uint32_t q, wide slopes[2][Q_MAX], wide raw,
                           struct assay__pair_estimate *pair)
{
    struct assay_reduction_result *reduction = &pair->reduction;
    /* Perfect fits with equal slopes leave only the rounding of 320 bits. */
    if (is_null_pivot(pair->difference_error2, raw))
        pair->difference_error2 = assay__wide_zero();
    wide share = assay__wide_div(pair->difference_error2, raw);
    reduction->method = method;
    reduction->rate = assay__finite(assay__wide_sub(assay__wide_of(1.0), share), &pair->flags);
    reduction->remaining = assay__finite(share, &pair->flags);
    for (uint32_t i = 0; i < q; i++) {
        reduction->baseline_slopes[i] = assay__finite(slopes[0][i], &pair->flags);
        reduction->compared_slopes[i] = assay__finite(slopes[1][i], &pair->flags);
    }
}

/* Fills the adjusted fields from the slopes, at the mean of the covariates over all groups. */
APART static void adjust_pair(const struct assay__group *groups, size_t group_count,
                              const struct assay__group *const of[2], enum assay_reduction method,
                              uint32_t kept, wide slopes[2][Q_MAX],
                              struct assay__pair_estimate *pair)
{
    uint32_t q = of[0]->shape.covariate_count;
    uint32_t used = method == ASSAY_REDUCTION_FULL ? kept : 0;
    wide raw = pair->difference_error2, mean[Q_MAX], sampling[TRIANGLE_MAX];
    overall(groups, group_count, q, mean, sampling);
    for (int g = 0; g < 2; g++)
        adjust_group(of[g], slopes[g], mean, of[g]->n - 1 - used, g, pair);
    clear_rounding(pair);
    pair->difference_error2 = assay__wide_add(pair->error2[0], pair->error2[1]);
    add_shared(q, slopes, sampling, pair);
    fill_reduction(method, q, slopes, raw, pair);
}

void assay__reduce_variance(const struct assay__group *groups, size_t group_count, size_t baseline,
                            size_t compared, enum assay_reduction method,
                            enum assay_metric_type type, struct assay__pair_estimate *pair)
{
    const struct assay__group *const of[2] = {&groups[baseline], &groups[compared]};
    uint32_t q = of[0]->shape.covariate_count, *dropped = &pair->reduction.dropped;
    wide slopes[2][Q_MAX];
    if (!pair->raw[0].has_error || !pair->raw[1].has_error)
        return;
    /* Where no value varies there is nothing to reduce; a slope of other groups would only add. */
    if (assay__wide_sign(pair->difference_error2) == 0)
        return;
    pair->reduction.covariate_count = q;
    find_slopes(groups, group_count, of, method, type, pair, slopes);
    uint32_t kept = count_kept(q, *dropped);
    /* Each group needs a degree of freedom for its residual variance. Where covariates were dropped
       because there were too few units, n units kept n - 1 covariates: that case ends here, too. */
    uint64_t least = of[0]->n < of[1]->n ? of[0]->n : of[1]->n;
    if (least <= (uint64_t)kept + 1) {
        *dropped = 0;
        pair->flags |= ASSAY_FLAG_REDUCTION_UNUSED;
        return;
    }
    if (*dropped != 0)
        pair->flags |= ASSAY_FLAG_COVARIATE_DROPPED;
    if (kept > 0)
        adjust_pair(groups, group_count, of, method, kept, slopes, pair);
}
