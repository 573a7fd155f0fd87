/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGE_METRIC_H
#define ASSAY_SERVE_PAGE_METRIC_H

#include "serve/page_draw.h"
#include "serve/page_parts.h"

/** serve_metric_verdict() says in a word what came of a comparison. */
void serve_metric_verdict(struct assay__text *out, const struct assay__node *comparison);

/**
 * serve_metric_scale() finds the scale that shows the last looks of all comparisons of a metric
 * that are about slices, or those that are not, and counts them.
 */
void serve_metric_scale(const struct assay__node *metric, const struct serve_view *view,
                        bool is_sliced, struct serve_scale *scale, unsigned *count);

/** serve_metric_slices() writes a metric's comparisons in slices as a table, folded away. */
void serve_metric_slices(struct assay__text *out, const struct assay__node *metric,
                         const struct serve_view *view);

#endif
