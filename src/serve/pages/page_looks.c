/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks over time: an estimate and its interval for each, on axes. */
#include <math.h>
#include <string.h>

#include "base/time.h"
#include "serve/pages/page_draw.h"
#include "serve/pages/page_guide.h"
#include "serve/pages/page_parts.h"

/* The plot, in pixels from the top; the drawing is 208 high. Across, shares of the width. */
enum { TOP = 18, BOTTOM = 172, LABELS = 196, TICKS_MAX = 8 };
static const double LEFT = 0.15, RIGHT = 0.985;

struct chart {
    struct assay__text *out;
    const struct serve_view *view;
    const struct assay__node *first; /* the first look that is shown */
    unsigned count;
    bool has_times; /* all looks have a time, in order */
    int64_t start_ns, end_ns;
    struct serve_scale scale;
    const char *widths;          /* of the look in hand; see struct serve_look_guide */
    double planned_units, units; /* across stand units where both are finite, up to the greater */
};

static bool time_of(const struct assay__node *look, int64_t *ns)
{
    const char *time = serve_page_text(look, "resultTime");
    return assay__time_parse(time, strlen(time), ns);
}

/* Times are used when each look has one later than the one before. */
static void read_times(struct chart *chart)
{
    int64_t before = INT64_MIN;
    chart->has_times = true;
    for (const struct assay__node *look = chart->first; look != NULL; look = look->next) {
        int64_t ns;
        if (!time_of(look, &ns) || ns <= before) {
            chart->has_times = false;
            return;
        }
        if (look == chart->first)
            chart->start_ns = ns;
        before = chart->end_ns = ns;
    }
}

/*
 * Early intervals can be so wide that later ones could not be told apart: the scale shows every
 * estimate, and the bounds that are no more than WIDE times as far apart as the last ones. Others
 * run out of the plot.
 */
static void read_scale(struct chart *chart, const struct assay__node *last)
{
    static const double WIDE = 8.0;
    struct serve_interval narrow = serve_interval_of(last, chart->view);
    for (const struct assay__node *look = chart->first; look != NULL; look = look->next) {
        struct serve_interval interval = serve_interval_of(look, chart->view);
        if (interval.upper - interval.lower > WIDE * (narrow.upper - narrow.lower))
            interval.lower = interval.upper = (double)NAN;
        serve_scale_include(&chart->scale, &interval);
    }
}

static int percent_tenths(double share)
{
    return (int)lround(1000.0 * share);
}

static double units_of(const struct assay__node *look)
{
    return serve_page_number(look, "baselineSampleSize") +
           serve_page_number(look, "comparedSampleSize");
}

static int x_of(const struct chart *chart, const struct assay__node *look, unsigned at)
{
    int64_t ns = 0;
    double share = chart->count > 1 ? (double)at / (chart->count - 1) : 0.5;
    double units = units_of(look);
    if (isfinite(chart->planned_units) && isfinite(units))
        share = units / fmax(chart->planned_units, chart->units);
    else if (chart->has_times && chart->end_ns > chart->start_ns && time_of(look, &ns))
        share = (double)(ns - chart->start_ns) / (double)(chart->end_ns - chart->start_ns);
    return percent_tenths(LEFT + share * (RIGHT - LEFT));
}

static int y_of(const struct chart *chart, double value, double otherwise)
{
    return (int)lround(BOTTOM -
                       serve_scale_place(&chart->scale, value, otherwise) * (BOTTOM - TOP));
}

static void write_line(struct chart *chart, const char *class, int x1, int y1, int x2, int y2)
{
    assay__text_format(chart->out,
                       "<line class=\"%s\" x1=\"%d.%d%%\" y1=\"%d\" x2=\"%d.%d%%\" y2=\"%d\"/>",
                       class, x1 / 10, x1 % 10, y1, x2 / 10, x2 % 10, y2);
}

/* 1, 2 or 5 times a power of ten, so that there are about four steps. */
static double step_of(double span)
{
    double power = pow(10.0, floor(log10(span / 4.0)));
    double times = span / 4.0 / power;
    return power * (times < 1.5 ? 1.0 : times < 3.5 ? 2.0 : times < 7.5 ? 5.0 : 10.0);
}

static void write_ticks(struct chart *chart)
{
    double span = chart->scale.high - chart->scale.low;
    double step = isfinite(span) && span > 0.0 ? step_of(span) : 0.0;
    if (step <= 0.0)
        return;
    int decimals = (int)fmax(0.0, -floor(log10(step)));
    double first = ceil(chart->scale.low / step);
    for (int i = 0; i < TICKS_MAX && (first + i) * step <= chart->scale.high; i++) {
        double value = (first + i) * step;
        int y = y_of(chart, value, 0.5);
        write_line(chart, first + i == 0.0 ? "zero" : "grid", 0, y, 1000, y);
        assay__text_format(chart->out, "<text x=\"0\" y=\"%d\">", y - 4);
        if (first + i == 0.0)
            assay__text_putc(chart->out, '0');
        else
            serve_interval_figure(chart->out, value, decimals <= 6 ? decimals : -1,
                                  &chart->view->unit);
        assay__text_puts(chart->out, "</text>");
    }
}

/* From each estimate to the next; a look without one leaves a gap. */
static void write_path(struct chart *chart)
{
    int last_x = -1, last_y = 0;
    unsigned at = 0;
    for (const struct assay__node *look = chart->first; look != NULL; look = look->next, at++) {
        double estimate = serve_interval_of(look, chart->view).estimate;
        int x = isfinite(estimate) ? x_of(chart, look, at) : -1;
        int y = y_of(chart, estimate, 0.5);
        if (x >= 0 && last_x >= 0)
            write_line(chart, "path", last_x, last_y, x, y);
        last_x = x;
        last_y = y;
    }
}

/* The interval that one look alone would have, behind that of the horizon. */
static void write_single(struct chart *chart, const struct serve_interval *interval, int x)
{
    const char *end = chart->widths;
    double width = serve_guide_number(chart->widths, &end);
    chart->widths = end + strcspn(end, " ");
    chart->widths += *chart->widths == ' ';
    if (!isfinite(width) || !isfinite(interval->lower) || !isfinite(interval->upper))
        return;
    write_line(
        chart, "single", x,
        y_of(chart, interval->estimate + width * (interval->lower - interval->estimate), 0.0), x,
        y_of(chart, interval->estimate + width * (interval->upper - interval->estimate), 1.0));
}

static void write_planned_end(struct chart *chart)
{
    if (!isfinite(chart->planned_units))
        return;
    double share = chart->planned_units / fmax(chart->planned_units, chart->units);
    int x = percent_tenths(LEFT + share * (RIGHT - LEFT));
    write_line(chart, "end", x, TOP, x, BOTTOM);
    assay__text_format(chart->out,
                       "<text x=\"%d.%d%%\" y=\"%d\" text-anchor=\"end\">planned end</text>",
                       x / 10, x % 10, TOP - 6);
}

static void write_look(struct chart *chart, const struct assay__node *look, unsigned at)
{
    struct serve_interval interval = serve_interval_of(look, chart->view);
    int x = x_of(chart, look, at), y = y_of(chart, interval.estimate, 0.5);
    if (!isfinite(interval.estimate)) {
        interval.lower = (double)NAN;
        write_single(chart, &interval, x);
        return;
    }
    assay__text_format(chart->out, "<g class=\"%s\">", interval.answer == 1 ? "yes" : "no");
    if (isfinite(interval.lower) || isfinite(interval.upper))
        write_line(chart, "interval", x, y_of(chart, interval.lower, 0.0), x,
                   y_of(chart, interval.upper, 1.0));
    write_single(chart, &interval, x);
    assay__text_format(chart->out,
                       "<circle class=\"point\" cx=\"%d.%d%%\" cy=\"%d\" r=\"%s\"/></g>", x / 10,
                       x % 10, y, chart->count > 40 ? "3" : "4");
}

static void write_end_label(struct chart *chart, const struct assay__node *look, unsigned at,
                            const char *anchor)
{
    int x = x_of(chart, look, at);
    assay__text_format(chart->out, "<text x=\"%d.%d%%\" y=\"%d\" text-anchor=\"%s\">", x / 10,
                       x % 10, LABELS, anchor);
    if (chart->has_times)
        serve_figure_date(chart->out, serve_page_text(look, "resultTime"));
    else
        assay__text_format(chart->out, "Look %u", (unsigned)look->index + 1);
    assay__text_puts(chart->out, "</text>");
}

void serve_draw_looks(struct assay__text *out, const struct assay__node *looks,
                      const struct serve_view *view, const struct serve_look_guide *guide)
{
    struct chart chart = {.out = out,
                          .view = view,
                          .first = looks->first,
                          .count = looks->count,
                          .widths = guide->single_widths,
                          .planned_units = guide->planned_units,
                          .units = units_of(looks->last)};
    for (; chart.count > SERVE_LOOKS_SHOWN; chart.count--) {
        chart.first = chart.first->next;
        chart.widths += strcspn(chart.widths, " ");
        chart.widths += *chart.widths == ' ';
    }
    if (!isfinite(chart.units))
        chart.planned_units = (double)NAN;
    read_times(&chart);
    read_scale(&chart, looks->last);
    assay__text_format(out,
                       "<svg class=\"looks\" role=\"img\"><title>The difference and its interval "
                       "at each of %u looks; the table below has the figures</title>",
                       chart.count);
    write_planned_end(&chart);
    write_ticks(&chart);
    write_path(&chart);
    unsigned at = 0;
    for (const struct assay__node *look = chart.first; look != NULL; look = look->next)
        write_look(&chart, look, at++);
    write_end_label(&chart, chart.first, 0, "start");
    write_end_label(&chart, looks->last, chart.count - 1, "end");
    assay__text_puts(out, "</svg>\n");
}
