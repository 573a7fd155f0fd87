/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_METRIC_METRIC_H
#define ASSAY_STATS_METRIC_METRIC_H

#include "stats/estimate.h"
#include "stats/metric/accumulator.h"

/**
 * struct assay__metric_kind is all there is to know of a kind of metric: a row of the table. A new
 * kind is a file with a row, and its line in ASSAY_METRIC_LIST.
 */
struct assay__metric_kind {
    const struct assay__accumulator *keeps; /* of the units of a cell */
    bool has_denominator;                   /* a unit has a second number */
    bool is_share;          /* a unit's number is 0 or 1: the mean says the variance */
    const char *no_moments; /* NULL, or why moments do not give its value */
    /* Fills all that n > 0 units give: out has n, NaN for the figures and n - 1 degrees of freedom.
       Without a standard error has_error stays false. NULL: plans may name the kind, and an
       analysis refuses it. */
    void (*estimate)(const struct assay__group *group, struct assay__estimate *out);
    /* NULL, or checks that n > 0 units of such a metric can have these moments. */
    enum assay_status (*check)(const struct assay__group *group, struct assay_error *err);
};

#define ASSAY__METRIC_KIND(name, spelling)                                                         \
    extern const struct assay__metric_kind assay__metric_##spelling;
ASSAY_METRIC_LIST(ASSAY__METRIC_KIND)
#undef ASSAY__METRIC_KIND

/** assay__metric_is_kind() tells whether there is such a kind; a caller's number may be any. */
bool assay__metric_is_kind(enum assay_metric_type type);

/** assay__metric_kind() is the row of a kind; of none, one that has no moments. */
const struct assay__metric_kind *assay__metric_kind(enum assay_metric_type type);

/**
 * assay__effective_units() is how many units an estimate rests on: all, but of a ratio as many as
 * its denominators w weigh, (sum w)^2 / sum w^2: units without a denominator say nothing of a
 * ratio, and the delta method asks for many that do. Kish (1965), Survey Sampling, 11.7.
 */
double assay__effective_units(const struct assay__group *group, enum assay_metric_type type);

/** assay__estimate_group() estimates without covariates. The kind has an estimate. */
void assay__estimate_group(const struct assay__group *group, enum assay_metric_type type,
                           struct assay__estimate *out);

#endif
