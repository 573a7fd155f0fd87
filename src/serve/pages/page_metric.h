/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_METRIC_H
#define ASSAY_SERVE_PAGES_PAGE_METRIC_H

#include "serve/pages/page_draw.h"
#include "serve/pages/page_guide.h"
#include "serve/pages/page_parts.h"

/** struct serve_verdict: what came of a comparison in a word or two, as serve_page_pill() wants. */
struct serve_verdict {
    const char *tone, *words;
    enum serve_icon icon;
};

struct serve_verdict serve_metric_verdict_of(const struct assay__node *metric,
                                             const struct assay__node *comparison);

/** serve_metric_verdict() writes it. */
void serve_metric_verdict(struct assay__text *out, const struct assay__node *metric,
                          const struct assay__node *comparison);

/**
 * serve_metric_way() is which way a comparison's difference lies for certain: 1 up, -1 down, 0 for
 * neither. Its interval tells; where an exact test has none, that it is significant.
 */
int serve_metric_way(const struct assay__node *metric, const struct assay__node *comparison);

/** serve_metric_interval() is a comparison's last interval with its level and margin. */
struct serve_interval serve_metric_interval(const struct assay__node *metric,
                                            const struct assay__node *comparison,
                                            const struct serve_view *view);

/** Differences relative to the baseline, in percent, and in the units of the metric. */
extern const struct serve_view SERVE_VIEW_RELATIVE, SERVE_VIEW_ABSOLUTE;

/** serve_metric_last() is the last look of a comparison, NULL when there is none. */
const struct assay__node *serve_metric_last(const struct assay__node *comparison);

/** serve_metric_has_figures() is true when an interval has an estimate or a bound. */
bool serve_metric_has_figures(const struct serve_interval *interval);

/**
 * serve_metric_view() is how a metric's differences over all units are shown: relative to the
 * baseline where every comparison that has figures has relative ones that read as they do: of a
 * negative baseline more is less, an interval without bounds says nothing, and the margin is tested
 * with the absolute one.
 * serve_metric_slices_view() is how those of slices are, which stand in one table.
 */
const struct serve_view *serve_metric_view(const struct assay__node *metric);
const struct serve_view *serve_metric_slices_view(const struct assay__node *metric);

/** serve_metric_is_same() is true when two comparisons are of the same two groups. */
bool serve_metric_is_same(const struct assay__node *a, const struct assay__node *b);

/** serve_metric_overview() writes a table of all metrics of a result, when there are several. */
void serve_metric_overview(struct assay__text *out, const struct assay__node *result);

/** serve_metric_scale() shows the last looks of all comparisons of a metric over all units. */
struct serve_scale serve_metric_scale(const struct assay__node *metric,
                                      const struct serve_view *view);

/** serve_metric_slices() writes a metric's comparisons in slices as a table, folded away. */
void serve_metric_slices(struct assay__text *out, const struct assay__node *metric,
                         const struct serve_page_options *options);

#endif
