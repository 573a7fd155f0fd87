/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGE_H
#define ASSAY_SERVE_PAGE_H

#include "api/json_tree.h"
#include "serve/call.h"

/** serve_page_policy() is the Content-Security-Policy of pages: one style, by its digest. */
const char *serve_page_policy(void);

/** serve_page_setup() makes the policy; the program calls it once, before the first request. */
void serve_page_setup(void);

/** serve_page_begin() starts a page; serve_page_end() ends it. title is escaped. */
void serve_page_begin(struct serve_answer *answer, const char *title);
void serve_page_end(struct serve_answer *answer);

/** serve_html() appends text with everything escaped that HTML could take for more than text. */
void serve_html(struct assay__text *out, const char *text);

/** serve_page_metrics() draws the results[] of an AnalysisResult. */
void serve_page_metrics(struct assay__text *out, const struct assay__node *result);

/** struct serve_interval: to draw. NaN where a figure is absent. */
struct serve_interval {
    double lower, estimate, upper;
    int answer; /* 1 significant, 0 not, -1 no answer */
};

/** struct serve_scale: what the left and the right end of drawings stand for. */
struct serve_scale {
    double low, high;
};

/** serve_scale_include() widens a scale to show an interval; begin with {0, 0}. */
void serve_scale_include(struct serve_scale *scale, const struct serve_interval *interval);

/** serve_interval_draw() appends an SVG picture of an interval. */
void serve_interval_draw(struct assay__text *out, const struct serve_scale *scale,
                         const struct serve_interval *interval);

#endif
