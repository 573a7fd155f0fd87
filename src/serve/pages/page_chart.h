/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_CHART_H
#define ASSAY_SERVE_PAGES_PAGE_CHART_H

#include "report/chart/look_chart.h"
#include "serve/pages/page_draw.h"

/** Comparisons of a stored result over time. */

/** The number of looks that are drawn at most: the last ones. */
enum { SERVE_LOOKS_SHOWN = 100 };

/**
 * serve_chart_fill() makes a chart of the last looks (all for 0) of a comparison in a view's unit;
 * what the result does not say is left out. Returns NULL, with *failed set or not, when memory ran
 * out or there are not two looks; else the looks, which the caller frees, and with them those to
 * come.
 */
struct assay__chart_look *serve_chart_fill(struct assay__chart *chart,
                                           const struct assay__node *metric,
                                           const struct assay__node *comparison,
                                           const struct serve_view *view, size_t most,
                                           bool *failed);

/** serve_chart_marks() is what the charts of some comparisons of a result have. */
struct assay__chart_marks serve_chart_marks(const struct assay__node *result);

/** serve_chart_write() draws all looks in characters; nothing without two looks. */
void serve_chart_write(struct assay__page *page, const struct assay__node *metric,
                       const struct assay__node *comparison);

/** serve_page_looks() writes the looks of a comparison as a part of a page; nothing without two. */
void serve_page_looks(struct assay__text *out, const struct assay__node *metric,
                      const struct assay__node *comparison, const struct serve_view *view);

/** serve_draw_looks() draws a chart as SVG, with the figures that its marks stand for beside it. */
void serve_draw_looks(struct assay__text *out, const struct assay__chart *chart,
                      const struct serve_unit *unit);

#endif
