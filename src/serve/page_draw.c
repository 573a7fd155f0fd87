/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals as SVG: all of a metric on one scale, with zero marked. */
#include <math.h>

#include "api/page.h"
#include "base/number.h"
#include "serve/page.h"

enum { WIDTH = 224, EDGE = 8, MIDDLE = 12 };

static void include(struct serve_scale *scale, double value)
{
    if (!isfinite(value))
        return;
    scale->low = fmin(scale->low, value);
    scale->high = fmax(scale->high, value);
}

void serve_scale_include(struct serve_scale *scale, const struct serve_interval *interval)
{
    include(scale, interval->lower);
    include(scale, interval->estimate);
    include(scale, interval->upper);
}

/* Where a value stands, in tenths of a pixel; a side without a bound runs to the edge. */
static int place(const struct serve_scale *scale, double value, double otherwise)
{
    double span = scale->high / 2 - scale->low / 2; /* halved: the span itself can overflow */
    double share = otherwise;
    if (isfinite(value))
        share = span > 0.0 ? (value / 2 - scale->low / 2) / span : 0.5;
    share = fmin(fmax(share, 0.0), 1.0);
    return (int)lround(10.0 * (EDGE + share * (WIDTH - 2 * EDGE)));
}

void serve_interval_draw(struct assay__text *out, const struct serve_scale *scale,
                         const struct serve_interval *interval)
{
    int zero = place(scale, 0.0, 0.5), point = place(scale, interval->estimate, 0.5);
    int left = place(scale, interval->lower, 0.0), right = place(scale, interval->upper, 1.0);
    const char *tone = interval->answer == 1 ? "sure" : "dim"; /* more may be better or worse */
    assay__text_format(out,
                       "<svg viewBox=\"0 0 %d 24\" class=\"%s\" aria-hidden=\"true\">"
                       "<line class=\"zero\" x1=\"%d.%d\" y1=\"2\" x2=\"%d.%d\" y2=\"22\"/>",
                       WIDTH, tone, zero / 10, zero % 10, zero / 10, zero % 10);
    if (isfinite(interval->lower) || isfinite(interval->upper))
        assay__text_format(out,
                           "<line class=\"interval\" x1=\"%d.%d\" y1=\"%d\" x2=\"%d.%d\""
                           " y2=\"%d\"/>",
                           left / 10, left % 10, MIDDLE, right / 10, right % 10, MIDDLE);
    if (isfinite(interval->estimate))
        assay__text_format(out, "<circle class=\"point\" cx=\"%d.%d\" cy=\"%d\" r=\"5\"/>",
                           point / 10, point % 10, MIDDLE);
    assay__text_puts(out, "</svg>");
}
