/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ratio of two sums over units, by the delta method. */
#include <math.h>

#include "stats/metric/metric.h"

typedef struct assay__wide wide;

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

/* The sum of squares of y - r w. Rounded figures can make it less than nothing, which it is not. */
static wide second_of(const struct assay__group *group, wide r)
{
    wide two_r = assay__wide_add(r, r);
    wide terms[3] = {group->centred[assay__pair(0, 0)],
                     assay__wide_neg(assay__wide_mul(two_r, group->centred[assay__pair(1, 0)])),
                     assay__wide_mul(assay__wide_square(r), group->centred[assay__pair(1, 1)])};
    wide sum = sum_terms(terms, 3);
    return assay__wide_sign(sum) < 0 ? assay__wide_zero() : sum;
}

/* Sum of cubes of deviations of a linear combination y - r w. */
static wide third_of(const struct assay__group *group, wide r)
{
    wide three_r = assay__wide_mul(assay__wide_of(3.0), r), square = assay__wide_square(r);
    wide terms[4] = {group->third[0], assay__wide_neg(assay__wide_mul(three_r, group->third[1])),
                     assay__wide_mul(assay__wide_mul(three_r, r), group->third[2]),
                     assay__wide_neg(assay__wide_mul(square, assay__wide_mul(r, group->third[3])))};
    return sum_terms(terms, 4);
}

/* Deng, Knoblich, Lu (2018), KDD, 3.1: delta method for a ratio of sums. */
static void estimate(const struct assay__group *group, struct assay__estimate *out)
{
    wide w = group->mean[1];
    if (assay__wide_sign(w) == 0)
        return;
    wide r = assay__wide_div(group->mean[0], w);
    out->exists = true;
    out->value = r;
    out->centred = assay__wide_div(second_of(group, r), assay__wide_square(w));
    for (uint32_t i = 0; i < group->shape.covariate_count; i++) {
        wide parts[2] = {
            group->centred[assay__pair(2 + i, 0)],
            assay__wide_neg(assay__wide_mul(r, group->centred[assay__pair(2 + i, 1)]))};
        out->with[i] = assay__wide_div(sum_terms(parts, 2), w);
    }
    out->third = assay__wide_of(NAN);
    if (group->has_third)
        out->third = assay__wide_div(third_of(group, r), assay__wide_mul(w, assay__wide_square(w)));
    assay__estimate_error(out);
}

const struct assay__metric_kind assay__metric_ratio = {
    .keeps = &assay__accumulator_moments, .has_denominator = true, .estimate = estimate};
