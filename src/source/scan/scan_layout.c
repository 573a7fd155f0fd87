/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scan reads of a file and what it sums: the plan's binding, laid out for the kernels. */
#include "source/scan/scan_layout.h"

#include <string.h>

#include "analysis/dataset_read.h"
#include "source/csv/csv_chunk.h"
#include "source/csv/csv_dialect.h"
#include "stats/moments_block.h"

bool assay__scan_takes(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (assay__metric_accumulator(&plan->metrics[m]) != &assay__accumulator_moments)
            return false;
    return !assay__dialect_is_spelt(&plan->dialect);
}

static bool bound_fits(bool is_there, const struct assay_decimal *bound)
{
    return !is_there || (bound->digits == NULL && bound->exponent >= -ASSAY__SCAN_SCALE_MAX &&
                         bound->exponent <= ASSAY__SCAN_SCALE_MAX);
}

bool assay__scan_caps_fit(const struct assay_plan *plan, const struct assay__cap *caps)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (!bound_fits(caps[m].has_lower, &caps[m].lower) ||
            !bound_fits(caps[m].has_upper, &caps[m].upper))
            return false;
    return true;
}

enum assay_status assay__scan_layout_init(struct assay__scan_layout *layout,
                                          const struct assay__tally *tally, struct assay_error *err)
{
    const struct assay__binding *binding = tally->binding;
    const struct assay_plan *plan = binding->plan;
    const struct assay__cap *caps = tally->caps;
    memset(layout, 0, sizeof *layout);
    layout->binding = binding;
    layout->number_count = binding->variable_count;
    layout->dimension_count = plan->dimension_count;
    layout->set_count = 1 + plan->dimension_count + plan->segment_count;
    layout->metrics =
        assay__arena_array(&layout->arena, plan->metric_count, sizeof *layout->metrics);
    if (layout->metrics == NULL)
        return assay__fail_memory(err);
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        struct assay__scan_metric *metric = &layout->metrics[m];
        metric->use = &binding->metrics[m];
        metric->layout = assay__shape_layout(assay__metric_shape(&plan->metrics[m]), 0);
        metric->drops_missing = plan->metrics[m].missing == ASSAY_MISSING_DROP;
        metric->cap = caps[m].has_lower || caps[m].has_upper ? &caps[m] : NULL;
        metric->words = layout->cell_words;
        metric->limbs = assay__store_limbs(metric->layout, 1);
        layout->cell_words += 1 + metric->limbs;
    }
    return ASSAY_OK;
}

void assay__scan_layout_file(struct assay__scan_layout *layout, uint32_t source,
                             const uint32_t *columns, struct assay__csv *csv,
                             const struct assay__scan_kernels *kernels)
{
    layout->source = source;
    layout->columns = columns;
    layout->column_count = assay__rows_column_count(assay__csv_rows(csv));
    layout->extra_count = assay__csv_extra_count(csv);
    layout->separator = assay__csv_separator(csv);
    layout->kernels = kernels;
}

void assay__scan_layout_release(struct assay__scan_layout *layout)
{
    assay__arena_release(&layout->arena);
    memset(layout, 0, sizeof *layout);
}
