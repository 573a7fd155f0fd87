/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a page about a metric share: its view, its verdicts, its scale. */
#include "serve/pages/page_metric.h"

#include <math.h>
#include <string.h>

/* Differences are shown relative to the baseline where there is such a thing. */
const struct serve_view SERVE_VIEW_RELATIVE = {
    "differenceEstimateRel", {100.0, "\xE2\x80\xAF%"}, true};
const struct serve_view SERVE_VIEW_ABSOLUTE = {"differenceEstimateAbs", {1.0, ""}, false};

const struct assay__node *serve_metric_last(const struct assay__node *comparison)
{
    return serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT);
}

bool serve_metric_has_figures(const struct serve_interval *interval)
{
    return isfinite(interval->estimate) || isfinite(interval->lower) || isfinite(interval->upper);
}

const struct serve_view *serve_metric_view(const struct assay__node *metric)
{
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next) {
        const struct assay__node *last = serve_metric_last(comparison);
        struct serve_interval absolute = serve_interval_of(last, &SERVE_VIEW_ABSOLUTE);
        struct serve_interval relative = serve_interval_of(last, &SERVE_VIEW_RELATIVE);
        if (serve_metric_has_figures(&absolute) && !serve_metric_has_figures(&relative))
            return &SERVE_VIEW_ABSOLUTE;
    }
    return &SERVE_VIEW_RELATIVE;
}

struct serve_verdict serve_metric_verdict_of(const struct assay__node *comparison)
{
    const struct assay__node *status = serve_page_member(comparison, "status", ASSAY__NODE_OBJECT);
    int answer = serve_page_answer(comparison, "isSignificant");
    if (serve_page_answer(status, "validationIsSignificant") == 1)
        return (struct serve_verdict){"bad", "Got worse", SERVE_ICON_CROSS};
    if (answer == 1)
        return (struct serve_verdict){"sure", "Significant", SERVE_ICON_CHECK};
    if (answer == 0)
        return (struct serve_verdict){"", "Not significant", SERVE_ICON_DOT};
    return (struct serve_verdict){"warn", "Not tested", SERVE_ICON_WARNING};
}

void serve_metric_verdict(struct assay__text *out, const struct assay__node *comparison)
{
    struct serve_verdict verdict = serve_metric_verdict_of(comparison);
    serve_page_pill(out, verdict.tone, verdict.icon, verdict.words);
}

void serve_metric_scale(const struct assay__node *metric, const struct serve_view *view,
                        bool is_sliced, struct serve_scale *scale, unsigned *count)
{
    *scale = (struct serve_scale){0.0, 0.0};
    *count = 0;
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next) {
        if (serve_page_is_sliced(comparison) != is_sliced)
            continue;
        struct serve_interval interval = serve_interval_of(serve_metric_last(comparison), view);
        serve_scale_include(scale, &interval);
        ++*count;
    }
}

bool serve_metric_is_same(const struct assay__node *a, const struct assay__node *b)
{
    const struct assay__node *one = serve_page_member(a, "groups", ASSAY__NODE_OBJECT);
    const struct assay__node *other = serve_page_member(b, "groups", ASSAY__NODE_OBJECT);
    return strcmp(serve_page_text(one, "baseline"), serve_page_text(other, "baseline")) == 0 &&
           strcmp(serve_page_text(one, "compared"), serve_page_text(other, "compared")) == 0;
}
