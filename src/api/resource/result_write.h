/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_RESOURCE_RESULT_WRITE_H
#define ASSAY_API_RESOURCE_RESULT_WRITE_H

#include "report/reports.h"

/** assay__result_value() appends the AnalysisResult, without a newline. */
void assay__result_value(const struct assay_analysis *analysis, bool pretty,
                         struct assay__text *out);

#endif
