/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_CHECK_H
#define ASSAY_CLI_PLAN_CHECK_H

#include "report/table/terminal.h"
#include "assay/dataset.h"
#include "analysis/plan_model.h"

/**
 * plan_words() says a plan in words: groups, comparisons, metrics with their error rates after
 * adjustment, tests for harm, breakdowns. dataset may be NULL; with it, groups that only the data
 * know take part.
 */
void plan_words(struct assay__page *page, const struct assay_plan *plan,
                const struct assay_dataset *dataset);

#endif
