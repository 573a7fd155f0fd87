/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_REPORT_H
#define ASSAY_SERVE_PAGES_PAGE_REPORT_H

#include "base/text.h"
#include "json/json_tree.h"
#include "report/table/terminal.h"

/** struct serve_report: one result of a report. */
struct serve_report {
    const char *title;
    const struct assay__node *result; /* an AnalysisResult */
};

/**
 * serve_report_html() appends one HTML document that needs nothing else: what the pages show of
 * each result, after a list of them when there are several. slices_max: values of a dimension that
 * are shown, those with the most units; the others are gathered.
 */
void serve_report_html(struct assay__text *out, const struct serve_report *reports, size_t count,
                       size_t slices_max);

/** serve_report_markdown() appends the advice and the last look of each metric as Markdown. */
void serve_report_markdown(struct assay__text *out, const struct serve_report *reports,
                           size_t count);

/** serve_report_charts() appends the advice and what has several looks, for a terminal. */
void serve_report_charts(struct assay__page *page, const struct serve_report *reports,
                         size_t count);

#endif
