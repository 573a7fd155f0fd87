/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_FILTER_FILTER_MATCH_H
#define ASSAY_SOURCE_FILTER_FILTER_MATCH_H

#include "analysis/plan_model.h"
#include "plan/filter/filter.h"
#include "source/csv/csv.h"

/**
 * assay__filter_match() tells whether a row passes: cells[i] is the field of
 * assay__filter_column(i). Numbers, choices and missing values are read as the dialect writes them.
 */
bool assay__filter_match(const struct assay__filter *filter, const struct assay_dialect *dialect,
                         const struct assay__field *cells);

#endif
