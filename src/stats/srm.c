/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample ratio mismatch: Pearson's chi-square, or a test that is valid at every look. Both are
 * made in 128 bits where these leave no digit in doubt, else in 320, ten times as slow. */
#include "assay/srm.h"

#include <math.h>

#include "base/error.h"
#include "stats/defaults.h"
#include "stats/srm_ball.h"
#include "stats/srm_exact.h"
#include "stats/srm_wide.h"

/* Of a design that says nothing, as of plans: level, and prior of the sequential test. */
static const double ALPHA = 0.001, CONCENTRATION = 10000.0;

/* What both tests need of the counts and weights. */
struct totals {
    uint64_t units;    /* in groups with a weight */
    uint32_t positive; /* groups with a weight */
    bool unplanned;    /* units in a group without one */
};

static enum assay_status check(const uint64_t *counts, const double *weights, size_t count,
                               const struct assay_srm_design *design, struct totals *totals,
                               struct assay_error *err)
{
    *totals = (struct totals){0};
    if (design->method != ASSAY_SRM_CHI2 && design->method != ASSAY_SRM_SEQUENTIAL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No SRM method has number %u.",
                           (unsigned)design->method);
    if (!(design->alpha > 0.0 && design->alpha < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "alpha must lie between 0 and 1.");
    if (!(design->tolerance >= 0.0 && isfinite(design->tolerance)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The tolerance must be finite and not negative.");
    if (design->method == ASSAY_SRM_SEQUENTIAL &&
        !(design->concentration > 0.0 && isfinite(design->concentration)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The concentration must be positive.");
    for (size_t g = 0; g < count; g++) {
        if (!(weights[g] >= 0.0 && isfinite(weights[g])))
            return assay__fail(err, ASSAY_ERROR_DOMAIN,
                               "A weight must be finite and not negative.");
        if (weights[g] == 0.0) {
            totals->unplanned = totals->unplanned || counts[g] > 0;
            continue;
        }
        if (counts[g] > UINT64_MAX - totals->units)
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "More than 2^64 units.");
        totals->units += counts[g];
        totals->positive++;
    }
    if (totals->positive == 0)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "At least one weight must be positive.");
    return ASSAY_OK;
}

enum assay_status assay_srm_test(const uint64_t *counts, const double *weights, size_t group_count,
                                 const struct assay_srm_design *given,
                                 struct assay_srm_group *groups, struct assay_srm *out,
                                 struct assay_error *err)
{
    struct assay_srm_design filled = *given, *design = &filled;
    filled.alpha = assay__or_default(given->alpha, ALPHA);
    filled.concentration = assay__or_default(given->concentration, CONCENTRATION);
    struct totals totals;
    enum assay_status status = check(counts, weights, group_count, design, &totals, err);
    if (status != ASSAY_OK)
        return status;
    *out = (struct assay_srm){
        .statistic = NAN, .p = NAN, .log10_p = NAN, .exact_p = NAN, .exact_log10_p = NAN};
    out->unplanned = totals.unplanned;
    out->tested = totals.units > 0 && totals.positive > 1;
    out->df = design->method == ASSAY_SRM_SEQUENTIAL ? (double)NAN : totals.positive - 1.0;
    bool is_beyond;
    if (!assay__srm_in_balls(counts, weights, group_count, design, groups, out, &is_beyond))
        assay__srm_in_320_bits(counts, weights, group_count, design, groups, out, &is_beyond);
    double log10_p = out->log10_p;
    out->exact = design->method == ASSAY_SRM_CHI2 && assay__srm_is_rough(groups, group_count);
    if (out->exact) {
        assay__srm_exactly(counts, weights, group_count, design->alpha, groups, out);
        log10_p = out->exact_log10_p;
    }
    out->significant = (log10_p < log10(design->alpha) && is_beyond) || totals.unplanned;
    return ASSAY_OK;
}
