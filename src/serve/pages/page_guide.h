/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_GUIDE_H
#define ASSAY_SERVE_PAGES_PAGE_GUIDE_H

#include "serve/pages/page_draw.h"
#include "serve/pages/page_parts.h"

/**
 * The guide of a result: annotations whose context says, as KEY=VALUE, what the figures mean.
 * Results of other programs have none; then values are "" and levels unknown.
 */

enum { SERVE_GUIDE_BYTES = 96 };

/** serve_guide_is() is true for an annotation of the guide, which pages show in other ways. */
bool serve_guide_is(const struct assay__node *note);

/** serve_guide_metric() is what the guide says of a metric under a key: "role", "alpha". */
const char *serve_guide_metric(const struct assay__node *metric, const char *key);

/** serve_guide_looks() is what it says of the looks of a comparison. */
const char *serve_guide_looks(const struct assay__node *metric,
                              const struct assay__node *comparison, const char *key);

/** serve_guide_verdict() is the word about a comparison over all units. */
const char *serve_guide_verdict(const struct assay__node *metric,
                                const struct assay__node *comparison);

/** serve_guide_level() is the level of a comparison's interval, such as "97.5 %". */
const char *serve_guide_level(const struct assay__node *metric,
                              const struct assay__node *comparison);

/** serve_guide_margin() is where a comparison's margin ends, in the view's unit; NaN for none. */
double serve_guide_margin(const struct assay__node *metric, const struct assay__node *comparison,
                          const struct serve_view *view);

/** serve_guide_reasons() is why a treatment is advised about as it is; NULL when not known. */
const struct assay__node *serve_guide_reasons(const struct assay__node *result,
                                              const char *treatment);

/** serve_guide_number() reads a decimal number; *end is behind it. NaN when there is none. */
double serve_guide_number(const char *text, const char **end);

#endif
