/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The share of units with value 1: the mean says all moments. */
#include <math.h>

#include "base/error.h"
#include "stats/metric/metric.h"

typedef struct assay__wide wide;

static void estimate(const struct assay__group *group, struct assay__estimate *out)
{
    wide n = assay__wide_of_u64(group->n);
    assay__estimate_value(group, out);
    /* p(1 - p)/n needs one unit only. */
    wide rest = assay__wide_sub(assay__wide_of(1.0), out->value);
    out->error2 = assay__wide_div(assay__wide_mul(out->value, rest), n);
    out->has_error = true;
    if (group->has_third)
        out->third = assay__wide_of(NAN); /* see third_moment() of stats/skewness.c */
}

/*
 * A proportion's sums are those of zeros and ones: its mean is a share, and with all values known
 * sum (y - p)^2 = n p (1 - p), to the rounding of wide numbers.
 */
static enum assay_status check(const struct assay__group *group, struct assay_error *err)
{
    wide p = group->mean[0];
    bool is_below_one = assay__wide_exponent2(p) <= 0 || assay__wide_sign(p) == 0;
    if (assay__wide_sign(p) < 0 ||
        (!is_below_one && assay__wide_compare(p, assay__wide_of(1.0)) > 0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The values of a proportion must be 0 or 1, but a group's mean is %g: "
                           "use the type mean.",
                           assay__wide_double(p));
    if (!group->has_values)
        return ASSAY_OK;
    wide rest = assay__wide_sub(assay__wide_of(1.0), p);
    wide ones = assay__wide_mul(assay__wide_of_u64(group->n), p);
    wide excess = assay__wide_sub(group->centred[0], assay__wide_mul(ones, rest));
    if (assay__wide_sign(excess) != 0 && !assay__is_rounding(excess, ones))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The values of a proportion must be 0 or 1, but a group has others: its "
                           "sum of squares is not its sum. Use the type mean.");
    return ASSAY_OK;
}

const struct assay__metric_kind assay__metric_proportion = {
    .keeps = &assay__accumulator_moments, .is_share = true, .estimate = estimate, .check = check};
