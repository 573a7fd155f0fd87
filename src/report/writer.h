/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_WRITER_H
#define ASSAY_REPORT_WRITER_H

#include "analysis/analysis_view.h"
#include "assay/result.h"
#include "base/text.h"

/**
 * The writers turn an analysis into text and compute nothing but layout. Each appends a document;
 * out of memory is remembered by the text.
 */
void assay__write_table(const struct assay_analysis *analysis,
                        const struct assay_write_options *options, struct assay__text *out);
void assay__write_result(const struct assay_analysis *analysis,
                         const struct assay_write_options *options, struct assay__text *out);
void assay__write_detail(const struct assay_analysis *analysis,
                         const struct assay_write_options *options, struct assay__text *out);
void assay__write_csv(const struct assay_analysis *analysis,
                      const struct assay_write_options *options, struct assay__text *out);

#endif
