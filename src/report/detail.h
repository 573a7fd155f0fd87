/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_DETAIL_H
#define ASSAY_REPORT_DETAIL_H

#include "json/json_values.h"
#include "report/reports.h"

/** assay__detail_slice() writes the member "slice", which names a slice. */
void assay__detail_slice(struct assay__json *json, const struct assay_slice *slice);

/** assay__detail_comparison() writes one entry of comparisons[]: a result at one of its looks. */
void assay__detail_comparison(struct assay__json *json, const struct assay_analysis *analysis,
                              const struct assay_metric_result *result,
                              const struct assay_look_result *look);

#endif
