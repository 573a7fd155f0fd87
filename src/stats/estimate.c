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

bool assay__is_rounding(wide a, wide b)
{
    if (assay__wide_sign(a) == 0 || assay__wide_sign(b) == 0)
        return false;
    return assay__wide_exponent2(a) < assay__wide_exponent2(b) - 280;
}

/* Adds up terms that cancel where values are proportional to denominators: then to exactly 0. */
static wide sum_terms(const wide *terms, size_t count)
{
    wide sum = terms[0], largest = assay__wide_abs(terms[0]);
    for (size_t i = 1; i < count; i++) {
        wide size = assay__wide_abs(terms[i]);
        sum = assay__wide_add(sum, terms[i]);
        if (assay__wide_compare(size, largest) > 0)
            largest = size;
    }
    return assay__is_rounding(sum, largest) ? assay__wide_zero() : sum;
}

static wide nan_wide(void)
{
    return assay__wide_of(NAN);
}

/* Sum of cubes of deviations of a linear combination y - r w. */
static wide third_of(const struct assay__group *group, wide r)
{
    if (!group->shape.has_denominator)
        return group->third[0];
    wide three_r = assay__wide_mul(assay__wide_of(3.0), r), square = assay__wide_square(r);
    wide terms[4] = {group->third[0], assay__wide_neg(assay__wide_mul(three_r, group->third[1])),
                     assay__wide_mul(assay__wide_mul(three_r, r), group->third[2]),
                     assay__wide_neg(assay__wide_mul(square, assay__wide_mul(r, group->third[3])))};
    return sum_terms(terms, 4);
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
    wide terms[3] = {group->centred[assay__pair(0, 0)],
                     assay__wide_neg(assay__wide_mul(two_r, group->centred[assay__pair(1, 0)])),
                     assay__wide_mul(assay__wide_square(r), group->centred[assay__pair(1, 1)])};
    out->exists = true;
    out->value = r;
    out->centred = assay__wide_div(sum_terms(terms, 3), assay__wide_square(w));
    for (uint32_t i = 0; i < group->shape.covariate_count; i++) {
        wide parts[2] = {
            group->centred[assay__pair(2 + i, 0)],
            assay__wide_neg(assay__wide_mul(r, group->centred[assay__pair(2 + i, 1)]))};
        out->with[i] = assay__wide_div(sum_terms(parts, 2), w);
    }
    out->third = nan_wide();
    if (group->has_third)
        out->third = assay__wide_div(third_of(group, r), assay__wide_mul(w, assay__wide_square(w)));
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
    if (type == ASSAY_METRIC_PROPORTION && group->n < 3) {
        out->third = nan_wide();
    } else if (type == ASSAY_METRIC_PROPORTION) { /* p(1-p)(1-2p), whatever the source knew */
        wide twice = assay__wide_add(out->value, out->value);
        out->third = assay__wide_mul(assay__wide_mul(out->error2, n),
                                     assay__wide_sub(assay__wide_of(1.0), twice));
    }
}

void assay__keep_raw(struct assay__pair_estimate *pair)
{
    struct assay__estimate *raw = pair->raw;
    if (raw[0].exists && raw[1].exists &&
        assay__is_rounding(assay__wide_sub(raw[1].value, raw[0].value), raw[0].value))
        raw[1].value = raw[0].value;
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
