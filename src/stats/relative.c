/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Relative difference r = (t - c)/c and its four intervals. Everything is written in
 * d = t - c, so that tiny effects keep their digits.
 */
#include <math.h>

#include "stats/estimate.h"

typedef struct assay__wide wide;

struct figures {
    wide c, t, d;         /* estimates and their difference */
    wide vc, vt, cov, vd; /* squared errors, covariance, squared error of d */
    wide q;               /* critical value */
};

static void order(double *lower, double *upper)
{
    if (*lower > *upper) {
        double swap = *lower;
        *lower = *upper;
        *upper = swap;
    }
}

/*
 * Fieller (1954), JRSS B 16:175: all r with (d - r c)^2 <= q^2 (V_d + 2 r (V_c - cov) + r^2 V_c).
 * As a r^2 - 2 b r + e <= 0 with e = d^2 - q^2 V_d: r = 0 is in the set exactly when the absolute
 * test does not reject.
 */
static void fieller(const struct figures *f, struct assay_comparison *out)
{
    struct assay_relative *relative = &out->relative;
    wide q2 = assay__wide_square(f->q);
    wide a = assay__wide_sub(assay__wide_square(f->c), assay__wide_mul(q2, f->vc));
    wide b = assay__wide_add(assay__wide_mul(f->d, f->c),
                             assay__wide_mul(q2, assay__wide_sub(f->vc, f->cov)));
    wide e = assay__wide_sub(assay__wide_square(f->d), assay__wide_mul(q2, f->vd));
    wide discriminant = assay__wide_sub(assay__wide_square(b), assay__wide_mul(a, e));
    int sign = assay__wide_sign(a), roots = assay__wide_sign(discriminant);
    if (sign <= 0)
        out->flags |= ASSAY_FLAG_FIELLER_UNBOUNDED;
    /* Outside the only root of a parabola that opens downwards is everything: t and V_t are 0. */
    if (sign == 0 || roots < 0 || (sign < 0 && roots == 0)) {
        relative->fieller_kind = ASSAY_FIELLER_LINE;
        return;
    }
    /* The roots t/a and e/t, t the sum of b and a root of its sign: e/t keeps the sign of e. */
    wide root = assay__wide_sqrt(discriminant);
    wide t = assay__wide_sign(b) < 0 ? assay__wide_sub(b, root) : assay__wide_add(b, root);
    wide other = assay__wide_sign(t) == 0 ? t : assay__wide_div(e, t);
    relative->fieller_kind = sign > 0 ? ASSAY_FIELLER_BOUNDED : ASSAY_FIELLER_COMPLEMENT;
    relative->fieller_lower = assay__finite(assay__wide_div(t, a), &out->flags);
    relative->fieller_upper = assay__finite(other, &out->flags);
    order(&relative->fieller_lower, &relative->fieller_upper);
}

/* Delta method: SE^2 = V_t/c^2 + t^2 V_c/c^4 - 2 t cov/c^3. */
static void delta(const struct figures *f, struct assay_comparison *out)
{
    wide ratio = assay__wide_div(f->t, f->c), two = assay__wide_of(2.0);
    wide sum = assay__wide_add(f->vt, assay__wide_mul(assay__wide_square(ratio), f->vc));
    sum = assay__wide_sub(sum, assay__wide_mul(two, assay__wide_mul(ratio, f->cov)));
    wide error = assay__wide_div(assay__wide_sqrt(sum), assay__wide_abs(f->c));
    wide r = assay__wide_div(f->d, f->c), half = assay__wide_mul(f->q, error);
    out->relative.delta_standard_error = assay__finite(error, &out->flags);
    out->relative.delta_lower = assay__finite(assay__wide_sub(r, half), &out->flags);
    out->relative.delta_upper = assay__finite(assay__wide_add(r, half), &out->flags);
}

/* exp(ln t - ln c -+ q SE) - 1 = (t/c) exp(-+ q SE) - 1, SE^2 = V_t/t^2 + V_c/c^2 - 2 cov/(t c). */
static void logarithmic(const struct figures *f, struct assay_comparison *out)
{
    if (assay__wide_sign(f->c) * assay__wide_sign(f->t) <= 0) {
        out->flags |= ASSAY_FLAG_LOG_UNDEFINED;
        return;
    }
    wide sum = assay__wide_add(assay__wide_div(f->vt, assay__wide_square(f->t)),
                               assay__wide_div(f->vc, assay__wide_square(f->c)));
    wide shared = assay__wide_div(f->cov, assay__wide_mul(f->t, f->c));
    sum = assay__wide_sub(sum, assay__wide_add(shared, shared));
    wide half = assay__wide_mul(f->q, assay__wide_sqrt(sum)), one = assay__wide_of(1.0);
    wide ratio = assay__wide_div(f->t, f->c), spread = assay__wide_exp(half);
    wide low = assay__wide_div(ratio, spread), high = assay__wide_mul(ratio, spread);
    out->relative.log_lower = assay__finite(assay__wide_sub(low, one), &out->flags);
    out->relative.log_upper = assay__finite(assay__wide_sub(high, one), &out->flags);
}

static void scaled(const struct figures *f, struct assay_comparison *out)
{
    wide half = assay__wide_mul(f->q, assay__wide_sqrt(f->vd));
    struct assay_relative *relative = &out->relative;
    relative->scaled_lower =
        assay__finite(assay__wide_div(assay__wide_sub(f->d, half), f->c), &out->flags);
    relative->scaled_upper =
        assay__finite(assay__wide_div(assay__wide_add(f->d, half), f->c), &out->flags);
    order(&relative->scaled_lower, &relative->scaled_upper);
}

void assay__relative(const struct assay__pair_estimate *pair, double critical,
                     struct assay_comparison *out)
{
    struct figures f = {.c = pair->value[0],
                        .t = pair->value[1],
                        .d = assay__wide_sub(pair->value[1], pair->value[0]),
                        .vc = pair->error2[0],
                        .vt = pair->error2[1],
                        .cov = pair->covariance,
                        .vd = pair->difference_error2,
                        .q = assay__wide_of(critical)};
    if (!pair->raw[0].exists || !pair->raw[1].exists)
        return;
    if (assay__wide_sign(f.c) == 0) {
        out->flags |= ASSAY_FLAG_ZERO_BASELINE;
        return;
    }
    out->relative.estimate = assay__finite(assay__wide_div(f.d, f.c), &out->flags);
    if (isnan(critical) || assay__wide_sign(f.vd) <= 0)
        return;
    fieller(&f, out);
    delta(&f, out);
    logarithmic(&f, out);
    scaled(&f, out);
}
