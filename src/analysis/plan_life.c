/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a plan lives: as long as its maker, a dataset or an analysis uses it. */
#include "analysis/plan_model.h"

const struct assay_plan *assay__plan_hold(const struct assay_plan *plan)
{
    if (plan->life != NULL)
        atomic_fetch_add_explicit(&plan->life->references, 1, memory_order_relaxed);
    return plan;
}

void assay__plan_leave(const struct assay_plan *plan)
{
    if (plan != NULL && plan->life != NULL &&
        atomic_fetch_sub_explicit(&plan->life->references, 1, memory_order_acq_rel) == 1)
        plan->life->destroy(plan->life);
}

void assay_plan_free(struct assay_plan *plan)
{
    assay__plan_leave(plan);
}

const char *assay_plan_text(const struct assay_plan *plan)
{
    return plan->canonical;
}

bool assay_plan_metric(const struct assay_plan *plan, size_t index, struct assay_metric *out)
{
    if (index >= plan->metric_count)
        return false;
    const struct assay_metric_plan *metric = &plan->metrics[index];
    *out = (struct assay_metric){.id = metric->id,
                                 .value = metric->value,
                                 .denominator = metric->denominator,
                                 .role = metric->role,
                                 .type = metric->type,
                                 .direction = metric->direction,
                                 .covariate_count = metric->covariate_count +
                                                    (metric->pre_exposure.is_set ? 1 : 0)};
    return true;
}
