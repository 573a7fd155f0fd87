/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_REPORTS_H
#define ASSAY_REPORT_REPORTS_H

#include "analysis/analysis_view.h"
#include "assay/result.h"
#include "base/text.h"

/**
 * struct assay__report is a row of the table of reports: one document that an analysis can be
 * written as. Its writer computes nothing but layout and appends a document; out of memory is
 * remembered by the text. It calls assay__text_pass_on() at least once for each result, so that no
 * more than a result is in memory.
 */
struct assay__report {
    const char *name;     /* as in --format */
    const char *contents; /* what it is, for lists of formats; NULL when the name says it */
    void (*write)(const struct assay_analysis *analysis, const struct assay_write_options *options,
                  struct assay__text *out);
};

/** assay__reports: one row for each enum assay_format, in its order. */
enum { ASSAY__REPORT_COUNT = ASSAY__COUNT(ASSAY_FORMAT_LIST) };
extern const struct assay__report assay__reports[ASSAY__REPORT_COUNT];

/** The writers assay__write_NAME(): report/table, api/resource/result_write.c, report/detail.c ...
 */
#define ASSAY__REPORT_WRITER(name, spelling, contents)                                             \
    void assay__write_##spelling(const struct assay_analysis *analysis,                            \
                                 const struct assay_write_options *options,                        \
                                 struct assay__text *out);
ASSAY_FORMAT_LIST(ASSAY__REPORT_WRITER)
#undef ASSAY__REPORT_WRITER

#endif
