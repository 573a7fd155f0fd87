/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several parts of the table say: units, hints, and whether looks share alpha. */
#include "analysis/plan_model.h"
#include "report/table/table.h"

void assay__table_hint(struct assay__text *words, const struct assay_write_options *options,
                       const char *kind)
{
    const char *hint = options->hint != NULL ? options->hint(kind) : NULL;
    if (hint != NULL)
        assay__text_format(words, "; %s", hint);
}

uint64_t assay__table_units(const struct assay_analysis *analysis)
{
    uint64_t total = 0;
    for (uint32_t g = 0; g < analysis->group_count; g++)
        total += analysis->units[g];
    return total;
}

bool assay__table_spends_alpha(const struct assay_analysis *analysis, uint32_t metric)
{
    return assay__plan_horizon(analysis->plan, metric, ASSAY__NO_SEGMENT)->kind ==
           ASSAY_HORIZON_GROUP_SEQUENTIAL;
}
