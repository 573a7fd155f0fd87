/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One group's estimate and its standard error, without covariates. */
#include "stats/estimate.h"

#include <math.h>
#include <string.h>

typedef struct assay__wide wide;

double assay__finite(wide a, uint32_t *flags)
{
    double value = assay__wide_double(a);
    if (!isinf(value))
        return value;
    *flags |= ASSAY_FLAG_OVERFLOW;
    return NAN;
}

static wide nan_wide(void)
{
    return assay__wide_of(NAN);
}

/* Sum of cubes of deviations of a linear combination y - r w. */
static wide third_of(const struct assay__group *group, wide r)
{
    wide three = assay__wide_of(3.0), square = assay__wide_square(r);
    wide sum = group->third[0];
    if (!group->shape.has_denominator)
        return sum;
    sum = assay__wide_sub(sum, assay__wide_mul(three, assay__wide_mul(r, group->third[1])));
    sum = assay__wide_add(sum, assay__wide_mul(three, assay__wide_mul(square, group->third[2])));
    return assay__wide_sub(sum,
                           assay__wide_mul(square, assay__wide_mul(r, group->third[3])));
}

static void estimate_mean(const struct assay__group *group, struct assay__estimate *out)
{
    uint32_t first = 1 + group->shape.has_denominator;
    out->exists = true;
    out->value = group->mean[0];
    out->centred = group->centred[0];
    for (uint32_t i = 0; i < group->shape.covariate_count; i++)
        out->with[i] = group->centred[assay__pair(first + i, 0)];
    out->third = group->has_third ? group->third[0] : nan_wide();
}

/* Deng, Knoblich, Lu (2018), KDD, 3.1: delta method for a ratio of sums. */
static void estimate_ratio(const struct assay__group *group, struct assay__estimate *out)
{
    wide w = group->mean[1];
    if (assay__wide_sign(w) == 0)
        return;
    wide r = assay__wide_div(group->mean[0], w), two_r = assay__wide_add(r, r);
    wide sum = assay__wide_sub(group->centred[assay__pair(0, 0)],
                               assay__wide_mul(two_r, group->centred[assay__pair(1, 0)]));
    sum = assay__wide_add(
        sum, assay__wide_mul(assay__wide_square(r), group->centred[assay__pair(1, 1)]));
    out->exists = true;
    out->value = r;
    out->centred = assay__wide_div(sum, assay__wide_square(w));
    for (uint32_t i = 0; i < group->shape.covariate_count; i++) {
        wide product = assay__wide_sub(
            group->centred[assay__pair(2 + i, 0)],
            assay__wide_mul(r, group->centred[assay__pair(2 + i, 1)]));
        out->with[i] = assay__wide_div(product, w);
    }
    out->third = nan_wide();
    if (group->has_third)
        out->third = assay__wide_div(third_of(group, r),
                                     assay__wide_mul(w, assay__wide_square(w)));
}

void assay__estimate_group(const struct assay__group *group, enum assay_metric_type type,
                           struct assay__estimate *out)
{
    memset(out, 0, sizeof *out);
    out->n = group->n;
    out->value = out->centred = out->error2 = out->third = nan_wide();
    if (group->n == 0)
        return;
    if (type == ASSAY_METRIC_RATIO)
        estimate_ratio(group, out);
    else
        estimate_mean(group, out);
    wide n = assay__wide_of_u64(group->n), less = assay__wide_of_u64(group->n - 1);
    out->residual_df = less;
    if (type == ASSAY_METRIC_PROPORTION) {
        /* p(1 - p)/n needs one unit only. */
        wide rest = assay__wide_sub(assay__wide_of(1.0), out->value);
        out->error2 = assay__wide_div(assay__wide_mul(out->value, rest), n);
        out->has_error = true;
    } else if (out->exists && group->n >= 2) {
        out->error2 = assay__wide_div(out->centred, assay__wide_mul(less, n));
        out->has_error = true;
    }
    out->third = assay__wide_div(out->third, n);
    if (type == ASSAY_METRIC_PROPORTION) { /* p(1-p)(1-2p), whatever the source knew */
        wide twice = assay__wide_add(out->value, out->value);
        out->third = assay__wide_mul(assay__wide_mul(out->error2, n),
                                     assay__wide_sub(assay__wide_of(1.0), twice));
    }
}

void assay__keep_raw(struct assay__pair_estimate *pair)
{
    pair->covariance = assay__wide_zero();
    pair->reduction.method = ASSAY_REDUCTION_NONE;
    pair->reduction.rate = pair->reduction.remaining = NAN;
    for (int g = 0; g < 2; g++) {
        pair->value[g] = pair->raw[g].value;
        pair->error2[g] = pair->residual_error2[g] = pair->raw[g].error2;
        pair->residual_df[g] = pair->raw[g].residual_df;
    }
    pair->difference_error2 = assay__wide_add(pair->error2[0], pair->error2[1]);
}
