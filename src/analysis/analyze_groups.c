/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups' sums of one metric in one slice and look, as the tests take them. */
#include <string.h>

#include "analysis/looks.h"
#include "stats/moments.h"

enum assay_status assay__load_groups(struct assay__builder *builder, uint32_t metric,
                                     uint32_t slice, uint32_t k, bool *any, struct assay_error *err)
{
    const struct assay_moments *moments[ASSAY_GROUPS_MAX * 2] = {NULL};
    struct assay__wide *fill = builder->covariate_fill;
    uint32_t count = builder->out->group_count;
    struct assay_moments_shape shape = assay__metric_shape(&builder->plan->metrics[metric]);
    *any = false;
    for (uint32_t g = 0; g < count; g++) {
        if (builder->out->groups[g].is_planned)
            moments[g] = assay__look_moments(builder, slice, k, g, metric);
        *any = *any || moments[g] != NULL;
    }
    enum assay_status status = assay__moments_fill(moments, count, fill, err);
    for (uint32_t g = 0; status == ASSAY_OK && g < count; g++) {
        if (moments[g] != NULL) {
            status = assay__moments_group(moments[g], fill, &builder->groups[g], err);
        } else {
            memset(&builder->groups[g], 0, sizeof builder->groups[g]);
            builder->groups[g].shape = shape;
            builder->groups[g].variable_count = 1 + shape.has_denominator + shape.covariate_count;
        }
    }
    return status;
}

void assay__count_missing(struct assay__builder *builder, uint32_t metric)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    struct assay_moments_shape shape = assay__metric_shape(plan);
    uint64_t *missing = &builder->out->missing_covariates[metric * ASSAY_COVARIATES_MAX];
    for (uint32_t g = 0; g < builder->out->group_count; g++) {
        const struct assay_moments *moments =
            assay__look_moments(builder, 0, builder->look_count - 1, g, metric);
        for (uint32_t i = 0; moments != NULL && i < shape.covariate_count; i++)
            missing[i] += assay__moments_missing(moments, i);
    }
}
