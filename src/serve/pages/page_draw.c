/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Intervals as SVG: all of a metric on one scale, with zero marked. Places across are shares of
 * the width, so that a drawing fits any screen and its text keeps its size.
 */
#include "serve/pages/page_draw.h"

#include <math.h>

#include "report/table/terminal.h"
#include "serve/pages/page_parts.h"

/* Room for the labels beside an interval, as a share of the width. */
static const double MARGIN = 0.22, MINI_MARGIN = 0.04;

struct serve_interval serve_interval_of(const struct assay__node *look,
                                        const struct serve_view *view)
{
    const struct assay__node *difference = serve_page_member(look, view->field, ASSAY__NODE_OBJECT);
    double factor = view->unit.factor;
    return (struct serve_interval){.lower = serve_page_number(difference, "lower") * factor,
                                   .estimate = serve_page_number(difference, "estimate") * factor,
                                   .upper = serve_page_number(difference, "upper") * factor,
                                   .answer = serve_page_answer(difference, "isSignificant"),
                                   .margin = (double)NAN};
}

struct serve_interval serve_interval_of_comparison(const struct assay__node *comparison,
                                                   const struct serve_view *view)
{
    const struct assay__node *last =
        serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT);
    const struct assay__node *status = serve_page_member(comparison, "status", ASSAY__NODE_OBJECT);
    struct serve_interval interval = serve_interval_of(last, view);
    interval.is_worse = serve_page_answer(status, "validationIsSignificant") == 1;
    return interval;
}

int serve_interval_decimals(const struct serve_interval *interval)
{
    double below = interval->estimate - interval->lower;
    double above = interval->upper - interval->estimate;
    double half = interval->upper / 2 - interval->lower / 2; /* where there is no estimate */
    double width = isfinite(below) ? below : isfinite(above) ? above : half;
    int of_width = assay__figure_decimals(width, interval->estimate, 2);
    int of_estimate = assay__figure_decimals((double)NAN, interval->estimate, 2);
    /* Three digits of the estimate, as messages have them, unless they are noise. */
    int decimals = of_estimate > of_width && of_width >= 0 ? of_width + 1 : of_width;
    decimals = assay__figure_apart(interval->lower, interval->upper, 0.0, decimals);
    return assay__figure_apart(interval->lower, interval->upper, interval->margin, decimals);
}

void serve_interval_figure(struct assay__text *out, double value, int decimals,
                           const struct serve_unit *unit)
{
    serve_figure(out, value, decimals, true);
    assay__text_puts(out, isfinite(value) ? unit->name : "");
}

static double lower_of(const struct serve_interval *interval)
{
    return isnan(interval->lower) ? -(double)INFINITY : interval->lower;
}

static double upper_of(const struct serve_interval *interval)
{
    return isnan(interval->upper) ? (double)INFINITY : interval->upper;
}

static bool has_bound(const struct serve_interval *interval)
{
    return isfinite(interval->lower) || isfinite(interval->upper);
}

static void write_level(struct assay__text *out, const char *level)
{
    if (level[0] != '\0') {
        serve_page_message(out, level);
        assay__text_puts(out, " interval");
    } else {
        assay__text_puts(out, "interval of unstated level");
    }
}

void serve_interval_heading(struct assay__text *out, const char *level)
{
    assay__text_puts(out, "<th scope=\"col\">");
    if (level == NULL)
        assay__text_puts(out, "Interval");
    else
        write_level(out, level);
    assay__text_puts(out, "</th>");
}

void serve_interval_bounds(struct assay__text *out, const struct serve_interval *interval,
                           const struct serve_unit *unit)
{
    int decimals = serve_interval_decimals(interval);
    if (!has_bound(interval))
        return;
    if (interval->level != NULL) {
        write_level(out, interval->level);
        assay__text_putc(out, ' ');
    }
    serve_interval_figure(out, lower_of(interval), decimals, unit);
    assay__text_puts(out, " to ");
    serve_interval_figure(out, upper_of(interval), decimals, unit);
}

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
    include(scale, interval->margin);
}

double serve_scale_place(const struct serve_scale *scale, double value, double otherwise)
{
    double span = scale->high / 2 - scale->low / 2; /* halved: the span itself can overflow */
    if (!isfinite(value))
        return otherwise;
    if (span <= 0.0)
        return 0.5;
    return fmin(fmax((value / 2 - scale->low / 2) / span, 0.0), 1.0);
}

/* A share as percent of the width, in tenths, within the margins; text of it needs no locale. */
struct share {
    int whole, tenth;
};

static struct share share_of(double place, double margin)
{
    int tenths = (int)lround(1000.0 * (margin + place * (1.0 - 2.0 * margin)));
    return (struct share){tenths / 10, tenths % 10};
}

/* left and right: the ends; a side without a bound runs to the edge of the drawing. */
static void write_marks(struct assay__text *out, const struct serve_scale *scale,
                        const struct serve_interval *interval, double margin, int middle)
{
    double edge = margin / (1.0 - 2.0 * margin);
    struct share left = share_of(serve_scale_place(scale, interval->lower, -edge), margin);
    struct share right = share_of(serve_scale_place(scale, interval->upper, 1.0 + edge), margin);
    struct share point = share_of(serve_scale_place(scale, interval->estimate, 0.5), margin);
    if (has_bound(interval))
        assay__text_format(out,
                           "<line class=\"interval\" x1=\"%d.%d%%\" y1=\"%d\" x2=\"%d.%d%%\""
                           " y2=\"%d\"/>",
                           left.whole, left.tenth, middle, right.whole, right.tenth, middle);
    const struct share *ends[] = {isfinite(interval->lower) ? &left : NULL,
                                  isfinite(interval->upper) ? &right : NULL};
    for (size_t i = 0; i < 2; i++)
        if (ends[i] != NULL)
            assay__text_format(out,
                               "<line class=\"cap\" x1=\"%d.%d%%\" y1=\"%d\" x2=\"%d.%d%%\""
                               " y2=\"%d\"/>",
                               ends[i]->whole, ends[i]->tenth, middle - 5, ends[i]->whole,
                               ends[i]->tenth, middle + 5);
    if (isfinite(interval->estimate))
        assay__text_format(out, "<circle class=\"point\" cx=\"%d.%d%%\" cy=\"%d\" r=\"5\"/>",
                           point.whole, point.tenth, middle);
}

static void write_zero(struct assay__text *out, const struct serve_scale *scale, double margin,
                       int from, int to)
{
    struct share zero = share_of(serve_scale_place(scale, 0.0, 0.5), margin);
    assay__text_format(out,
                       "<line class=\"zero\" x1=\"%d.%d%%\" y1=\"%d\" x2=\"%d.%d%%\""
                       " y2=\"%d\"/>",
                       zero.whole, zero.tenth, from, zero.whole, zero.tenth, to);
}

static void write_margin(struct assay__text *out, const struct serve_scale *scale,
                         const struct serve_interval *interval, double margin, int from, int to)
{
    if (!isfinite(interval->margin))
        return;
    struct share at = share_of(serve_scale_place(scale, interval->margin, 0.5), margin);
    assay__text_format(out,
                       "<line class=\"margin\" x1=\"%d.%d%%\" y1=\"%d\" x2=\"%d.%d%%\""
                       " y2=\"%d\"/>",
                       at.whole, at.tenth, from, at.whole, at.tenth, to);
    if (to - from > 20)
        assay__text_format(out, "<text x=\"%d.%d%%\" y=\"10\" text-anchor=\"middle\">margin</text>",
                           at.whole, at.tenth);
}

/* More may be better or worse; only a test for harm says which, and the tone with it. */
static const char *tone_of(const struct serve_interval *interval)
{
    return interval->is_worse ? "bad" : interval->answer == 1 ? "yes" : "no";
}

/* Beside a drawing there is room for a figure of some length, also on a phone; longer ones would
 * run out of it. They stand in words anyway. */
static bool has_room(struct assay__text *out, double bound, int decimals,
                     const struct serve_unit *unit)
{
    enum { COLUMNS_MAX = 10 };
    struct assay__text figure = {0};
    serve_interval_figure(&figure, bound, decimals, unit);
    out->failed = out->failed || figure.failed;
    bool fits = !figure.failed && assay__page_width(figure.data) <= COLUMNS_MAX;
    assay__text_release(&figure);
    return fits;
}

static void write_bound(struct assay__text *out, const struct serve_scale *scale, double bound,
                        bool is_lower, int decimals, const struct serve_unit *unit)
{
    struct share at = share_of(serve_scale_place(scale, bound, 0.0), MARGIN);
    if (!isfinite(bound) || !has_room(out, bound, decimals, unit))
        return;
    assay__text_format(out, "<text class=\"bound\" x=\"%d.%d%%\" y=\"58\" %s>", at.whole, at.tenth,
                       is_lower ? "dx=\"-3\" text-anchor=\"end\"" : "dx=\"3\"");
    serve_interval_figure(out, bound, decimals, unit);
    assay__text_puts(out, "</text>");
}

void serve_draw_interval(struct assay__text *out, const struct serve_scale *scale,
                         const struct serve_interval *interval, const struct serve_unit *unit)
{
    int decimals = serve_interval_decimals(interval);
    struct share zero = share_of(serve_scale_place(scale, 0.0, 0.5), MARGIN);
    assay__text_format(out, "<svg class=\"forest %s\" role=\"img\"><title>Difference ",
                       tone_of(interval));
    serve_interval_figure(out, interval->estimate, decimals, unit);
    assay__text_puts(out, has_bound(interval) ? ", " : "");
    serve_interval_bounds(out, interval, unit);
    if (isfinite(interval->margin)) {
        assay__text_puts(out, ", margin at ");
        serve_interval_figure(out, interval->margin, decimals, unit);
    }
    assay__text_puts(out, "</title>");
    assay__text_puts(out, "<line class=\"grid\" x1=\"0\" y1=\"30\" x2=\"100%\" y2=\"30\"/>");
    write_zero(out, scale, MARGIN, 14, 46);
    write_margin(out, scale, interval, MARGIN, 14, 46);
    assay__text_format(out, "<text x=\"%d.%d%%\" y=\"10\" text-anchor=\"middle\">0</text>",
                       zero.whole, zero.tenth);
    write_marks(out, scale, interval, MARGIN, 30);
    write_bound(out, scale, interval->lower, true, decimals, unit);
    write_bound(out, scale, interval->upper, false, decimals, unit);
    assay__text_puts(out, "</svg>\n");
}

void serve_draw_marks(struct assay__text *out, const struct serve_scale *scale,
                      const struct serve_interval *interval, int middle)
{
    write_marks(out, scale, interval, MINI_MARGIN, middle);
}

void serve_draw_mini(struct assay__text *out, const struct serve_scale *scale,
                     const struct serve_interval *interval)
{
    assay__text_format(out, "<svg class=\"mini %s\" aria-hidden=\"true\">", tone_of(interval));
    write_zero(out, scale, MINI_MARGIN, 1, 19);
    write_margin(out, scale, interval, MINI_MARGIN, 1, 19);
    write_marks(out, scale, interval, MINI_MARGIN, 10);
    assay__text_puts(out, "</svg>");
}
