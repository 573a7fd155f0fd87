/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What estimates of all kinds of metrics have in common: see stats/metric for each kind. */
#include "stats/estimate.h"

#include <math.h>
#include <mpfr.h>
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
    if (assay__wide_is_infinite(a) || assay__wide_is_infinite(b))
        return true; /* nothing can be told of what overflowed */
    return assay__wide_exponent2(a) < assay__wide_exponent2(b) - 280;
}

void assay__estimate_value(const struct assay__group *group, struct assay__estimate *out)
{
    uint32_t first = 1 + group->shape.has_denominator;
    out->exists = true;
    out->value = group->mean[0];
    out->centred = group->centred[0];
    for (uint32_t i = 0; i < group->shape.covariate_count; i++)
        out->with[i] = group->centred[assay__pair(first + i, 0)];
    if (group->has_third)
        out->third = group->third[0];
}

void assay__estimate_error(struct assay__estimate *out)
{
    wide n = assay__wide_of_u64(out->n);
    if (out->exists && out->n >= 2) {
        bool is_short = out->n <= UINT32_MAX; /* the product is a whole number of 64 bits */
        wide product = is_short ? assay__wide_of_u64(out->n * (out->n - 1))
                                : assay__wide_mul(assay__wide_of_u64(out->n - 1), n);
        out->error2 = assay__wide_div(out->centred, product);
        out->has_error = true;
    }
    out->third = assay__wide_div(out->third, n);
}

/* Whether two numbers clearly differ: by more than the last bits of their highest limbs. */
static bool is_apart(const wide *a, const wide *b)
{
    const mp_limb_t near = 2;
    mp_limb_t x = a->limbs[ASSAY__WIDE_LIMBS - 1], y = b->limbs[ASSAY__WIDE_LIMBS - 1];
    bool is_regular = a->kind == MPFR_REGULAR_KIND || a->kind == -MPFR_REGULAR_KIND;
    return is_regular && a->kind == b->kind && a->exponent == b->exponent &&
           (x > y ? x - y : y - x) > near;
}

void assay__keep_raw(struct assay__pair_estimate *pair)
{
    struct assay__estimate *raw = pair->raw;
    if (raw[0].exists && raw[1].exists && !is_apart(&raw[0].value, &raw[1].value) &&
        assay__is_rounding(assay__wide_sub(raw[1].value, raw[0].value), raw[0].value))
        raw[1].value = raw[0].value;
    pair->covariance = assay__wide_zero();
    pair->flags = 0;
    memset(&pair->reduction, 0, sizeof pair->reduction);
    pair->reduction.method = ASSAY_REDUCTION_NONE;
    pair->reduction.rate = pair->reduction.remaining = NAN;
    for (int g = 0; g < 2; g++) {
        pair->value[g] = pair->raw[g].value;
        pair->error2[g] = pair->residual_error2[g] = pair->raw[g].error2;
        pair->residual_df[g] = pair->raw[g].residual_df;
    }
    pair->difference_error2 = assay__wide_add(pair->error2[0], pair->error2[1]);
}
