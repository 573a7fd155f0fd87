/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the groups keep of one metric in one slice and look, as the tests take it. */
#include "analysis/looks.h"

enum assay_status assay__load_groups(struct assay__builder *builder, uint32_t metric,
                                     uint32_t slice, uint32_t k, bool *any, struct assay_error *err)
{
    const void *states[ASSAY__LOADED_GROUPS_MAX];
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    uint32_t count = builder->out->group_count;
    *any = false;
    for (uint32_t g = 0; g < count; g++) {
        states[g] = builder->out->groups[g].is_planned
                        ? assay__look_state(builder, slice, k, g, metric)
                        : NULL;
        *any = *any || states[g] != NULL;
    }
    return assay__metric_accumulator(plan)->load(states, count, assay__metric_shape(plan),
                                                 plan->quantile, builder->covariate_fill,
                                                 builder->groups, err);
}

void assay__count_missing(struct assay__builder *builder, uint32_t metric)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    struct assay_moments_shape shape = assay__metric_shape(plan);
    uint64_t *missing = &builder->out->missing_covariates[metric * ASSAY_COVARIATES_MAX];
    for (uint32_t g = 0; g < builder->out->group_count; g++) {
        const void *state = assay__look_state(builder, 0, builder->look_count - 1, g, metric);
        for (uint32_t i = 0; state != NULL && i < shape.covariate_count; i++)
            missing[i] += assay__metric_accumulator(plan)->missing(state, i);
    }
}
