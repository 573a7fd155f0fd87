/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of kinds of metrics. */
#include "stats/metric/metric.h"

#include <math.h>

#define ROW(name, spelling) [ASSAY_METRIC_##name] = &assay__metric_##spelling,
static const struct assay__metric_kind *const KINDS[] = {ASSAY_METRIC_LIST(ROW)};

bool assay__metric_is_kind(enum assay_metric_type type)
{
    return (size_t)type < sizeof KINDS / sizeof *KINDS;
}

const struct assay__metric_kind *assay__metric_kind(enum assay_metric_type type)
{
    static const struct assay__metric_kind NONE = {.keeps = &assay__accumulator_moments,
                                                   .no_moments = "No metric type has this number."};
    return assay__metric_is_kind(type) ? KINDS[type] : &NONE;
}

double assay__effective_units(const struct assay__group *group, enum assay_metric_type type)
{
    if (group->n == 0 || !KINDS[type]->has_denominator)
        return (double)group->n;
    struct assay__wide n = assay__wide_of_u64(group->n);
    struct assay__wide square = assay__wide_mul(n, assay__wide_square(group->mean[1]));
    struct assay__wide squares = assay__wide_add(square, group->centred[assay__pair(1, 1)]);
    if (assay__wide_sign(square) == 0)
        return 0.0;
    return assay__wide_double(assay__wide_div(assay__wide_mul(n, square), squares));
}

void assay__estimate_group(const struct assay__group *group, enum assay_metric_type type,
                           struct assay__estimate *out)
{
    out->n = group->n;
    out->exists = out->has_error = false; /* with[] has what the covariates fill, and no more */
    out->value = out->centred = out->error2 = out->third = assay__wide_of(NAN);
    out->residual_df = out->value;
    if (group->n == 0)
        return;
    out->residual_df = assay__wide_of_u64(group->n - 1);
    KINDS[type]->estimate(group, out);
}
