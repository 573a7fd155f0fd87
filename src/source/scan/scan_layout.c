/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scan reads of a file and what it sums: the plan's binding, laid out for the kernels. */
#include "source/scan/scan_layout.h"

#include <string.h>

#include "analysis/dataset_read.h"
#include "source/csv/csv_chunk.h"
#include "source/csv/dialect.h"
#include "stats/moments_block.h"

bool assay__scan_takes(const struct assay_plan *plan)
{
    if (plan->unit_column != NULL || plan->time_column != NULL || plan->segment_count > 0 ||
        plan->where != NULL)
        return false;
    if (assay__dialect_is_spelt(&plan->dialect))
        return false;
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const struct assay_cap *cap = &plan->metrics[m].cap;
        if (cap->lower != NULL || cap->upper != NULL ||
            cap->lower_quantile == cap->lower_quantile ||
            cap->upper_quantile == cap->upper_quantile)
            return false;
    }
    return true;
}

enum assay_status assay__scan_layout_init(struct assay__scan_layout *layout,
                                          const struct assay__binding *binding,
                                          const uint32_t *columns, const struct assay__csv *csv,
                                          const struct assay__scan_kernels *kernels,
                                          struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    memset(layout, 0, sizeof *layout);
    layout->binding = binding;
    layout->columns = columns;
    layout->column_count = assay__csv_column_count(csv);
    layout->separator = assay__csv_separator(csv);
    layout->kernels = kernels;
    layout->set_count = 1 + plan->dimension_count;
    layout->metrics =
        assay__arena_array(&layout->arena, plan->metric_count, sizeof *layout->metrics);
    if (layout->metrics == NULL)
        return assay__fail_memory(err);
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        struct assay__scan_metric *metric = &layout->metrics[m];
        metric->use = &binding->metrics[m];
        metric->layout = assay__shape_layout(assay__metric_shape(&plan->metrics[m]), 0);
        metric->drops_missing = plan->metrics[m].missing == ASSAY_MISSING_DROP;
        metric->words = layout->cell_words;
        metric->limbs = assay__store_limbs(metric->layout, 1);
        layout->cell_words += 1 + metric->limbs;
    }
    return ASSAY_OK;
}

void assay__scan_layout_release(struct assay__scan_layout *layout)
{
    assay__arena_release(&layout->arena);
    memset(layout, 0, sizeof *layout);
}
