/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From normal boundaries to Student's t at their nominal level. */
#include "stats/horizon/nominal.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist/t.h"
#include "stats/root.h"

struct target {
    double df, log_p;
};

/* Rises with log t, so that a t of 1e30 is found as soon as one of 40. */
static double log_excess(void *context, double log_t)
{
    const struct target *target = context;
    return target->log_p - assay_t_log_upper(exp(log_t), target->df);
}

double assay__nominal_by_law(double z, struct assay__t_law *law)
{
    if (fabs(z) < 37.0)
        return assay__t_law_quantile_at(law, z);
    struct target target = {law->df, assay_normal_log_upper(z)};
    return exp(assay__root_rising(log_excess, &target, log(z), 0.5));
}

double assay__nominal_critical(double z, double df)
{
    struct assay__t_law law;
    if (isnan(df))
        return z;
    if (!(df >= 1.0))
        return NAN;
    assay__t_open(df, &law);
    return assay__nominal_by_law(z, &law);
}
