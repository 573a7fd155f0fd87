/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison over time as SVG. */
#include <math.h>
#include <string.h>

#include "base/time.h"
#include "serve/pages/page_chart.h"
#include "serve/pages/page_parts.h"

/* The plot, in pixels from the top; the drawing is 224 high. Across, shares of the width. */
enum { TOP = 18, BOTTOM = 172, LABELS = 196, EVENTS = 216, TICKS_MAX = 8, DENSE = 40 };
static const double LEFT = 0.15, RIGHT = 0.985;

struct drawing {
    struct assay__text *out;
    const struct assay__chart *chart;
    struct assay__chart_scale scale;
    const struct serve_unit *unit;
};

static int percent_tenths(double share)
{
    return (int)lround(1000.0 * (LEFT + share * (RIGHT - LEFT)));
}

static int x_of(const struct drawing *drawing, size_t look)
{
    return percent_tenths(assay__chart_x(drawing->chart, &drawing->scale, look));
}

static int y_of(const struct drawing *drawing, double value, double otherwise)
{
    const struct serve_scale scale = {drawing->scale.low, drawing->scale.high};
    return (int)lround(BOTTOM - serve_scale_place(&scale, value, otherwise) * (BOTTOM - TOP));
}

static void write_line(struct drawing *drawing, const char *class, int x1, int y1, int x2, int y2)
{
    assay__text_format(drawing->out,
                       "<line class=\"%s\" x1=\"%d.%d%%\" y1=\"%d\" x2=\"%d.%d%%\" y2=\"%d\"/>",
                       class, x1 / 10, x1 % 10, y1, x2 / 10, x2 % 10, y2);
}

static void write_ticks(struct drawing *drawing)
{
    double low = drawing->scale.low, high = drawing->scale.high;
    double step = assay__chart_step(low, high);
    if (step <= 0.0)
        return;
    int decimals = (int)fmax(0.0, -floor(log10(step)));
    double first = ceil(low / step);
    for (int i = 0; i < TICKS_MAX && (first + i) * step <= high; i++) {
        double value = (first + i) * step;
        int y = y_of(drawing, value, 0.5);
        write_line(drawing, first + i == 0.0 ? "zero" : "grid", 0, y, 1000, y);
        assay__text_format(drawing->out, "<text x=\"0\" y=\"%d\">", y - 4);
        if (first + i == 0.0)
            assay__text_putc(drawing->out, '0');
        else
            serve_interval_figure(drawing->out, value, decimals <= 6 ? decimals : -1,
                                  drawing->unit);
        assay__text_puts(drawing->out, "</text>");
    }
}

/* From each estimate to the next; a look without one leaves a gap. */
static void write_path(struct drawing *drawing)
{
    int last_x = -1, last_y = 0;
    for (size_t i = 0; i < drawing->chart->count; i++) {
        double estimate = drawing->chart->looks[i].estimate;
        int x = isfinite(estimate) ? x_of(drawing, i) : -1;
        int y = y_of(drawing, estimate, 0.5);
        if (x >= 0 && last_x >= 0)
            write_line(drawing, "path", last_x, last_y, x, y);
        last_x = x;
        last_y = y;
    }
}

static bool is_seen(const struct drawing *drawing, double value)
{
    return value >= drawing->scale.low && value <= drawing->scale.high;
}

/* Where it leaves the plot, a line ends: what is there would lie about its height. Looks to come
 * are joined from the last one on. */
static void write_bound(struct drawing *drawing, enum assay__chart_line line)
{
    static const char *const CLASSES[] = {[ASSAY__CHART_UPPER] = "boundary",
                                          [ASSAY__CHART_LOWER] = "boundary",
                                          [ASSAY__CHART_FUTILITY] = "futility"};
    int last_x = -1, last_y = 0;
    for (size_t i = 0; i < assay__chart_positions(drawing->chart); i++) {
        double value = assay__chart_line(drawing->chart, i, line);
        int x = is_seen(drawing, value) ? x_of(drawing, i) : -1, y = y_of(drawing, value, 0.5);
        if (x >= 0 && last_x >= 0)
            write_line(drawing, i < drawing->chart->count ? CLASSES[line] : "ahead", last_x, last_y,
                       x, y);
        last_x = x;
        last_y = y;
    }
}

/* Diamonds, or for a futility bound triangles, of a few pixels wherever the place across is. */
static void write_marks(struct drawing *drawing, enum assay__chart_line line)
{
    const struct assay__chart *chart = drawing->chart;
    for (size_t i = chart->count; i < assay__chart_positions(chart); i++) {
        double value = assay__chart_line(chart, i, line);
        int x = x_of(drawing, i);
        if (is_seen(drawing, value))
            assay__text_format(drawing->out,
                               "<svg class=\"ahead\" aria-hidden=\"true\" x=\"%d.%d%%\" "
                               "y=\"%d\"><path d=\"%s\"/></svg>",
                               x / 10, x % 10, y_of(drawing, value, 0.5),
                               line == ASSAY__CHART_FUTILITY ? "M-4-3h8l-4 7z"
                                                             : "M-4 0l4-4 4 4-4 4z");
    }
}

/* The interval that one look alone would have, behind that of the horizon. */
static void write_single(struct drawing *drawing, const struct assay__chart_look *look, int x)
{
    if (!isfinite(look->single) || !isfinite(look->lower) || !isfinite(look->upper))
        return;
    double lower = look->estimate + look->single * (look->lower - look->estimate);
    double upper = look->estimate + look->single * (look->upper - look->estimate);
    write_line(drawing, "single", x, y_of(drawing, lower, 0.0), x, y_of(drawing, upper, 1.0));
}

static void write_planned_end(struct drawing *drawing)
{
    double share = assay__chart_end_x(drawing->chart, &drawing->scale);
    if (!isfinite(share))
        return;
    int x = percent_tenths(share);
    write_line(drawing, "end", x, TOP, x, BOTTOM);
    assay__text_format(drawing->out,
                       "<text x=\"%d.%d%%\" y=\"%d\" text-anchor=\"end\">planned end</text>",
                       x / 10, x % 10, TOP - 6);
}

static void write_margin(struct drawing *drawing)
{
    int y = y_of(drawing, drawing->chart->null_value, 0.5);
    if (drawing->chart->null_value == 0.0)
        return;
    write_line(drawing, "margin", percent_tenths(0.0), y, 1000, y);
    assay__text_format(drawing->out, "<text x=\"%d.%d%%\" y=\"%d\">margin</text>",
                       percent_tenths(0.0) / 10, percent_tenths(0.0) % 10, y - 4);
}

static void write_look(struct drawing *drawing, size_t at)
{
    const struct assay__chart_look *look = &drawing->chart->looks[at];
    int x = x_of(drawing, at), y = y_of(drawing, look->estimate, 0.5);
    if (!isfinite(look->estimate))
        return;
    assay__text_format(drawing->out, "<g class=\"%s\">", look->is_significant ? "yes" : "no");
    if (isfinite(look->lower) || isfinite(look->upper))
        write_line(drawing, "interval", x, y_of(drawing, look->lower, 0.0), x,
                   y_of(drawing, look->upper, 1.0));
    write_single(drawing, look, x);
    assay__text_format(drawing->out,
                       "<circle class=\"point\" cx=\"%d.%d%%\" cy=\"%d\" r=\"%s\"/></g>", x / 10,
                       x % 10, y, drawing->chart->count > DENSE ? "3" : "4");
}

static void write_day(struct drawing *drawing, size_t at, const char *anchor)
{
    const struct assay__chart_look *look = &drawing->chart->looks[at];
    char time[ASSAY__TIME_BYTES];
    int x = x_of(drawing, at);
    assay__text_format(drawing->out, "<text x=\"%d.%d%%\" y=\"%d\" text-anchor=\"%s\">", x / 10,
                       x % 10, LABELS, anchor);
    if (look->time_ns != INT64_MIN) {
        assay__time_write(look->time_ns, time);
        serve_figure_date(drawing->out, time);
    } else {
        assay__text_format(drawing->out, "Look %u", (unsigned)look->number);
    }
    assay__text_puts(drawing->out, "</text>");
}

/* The names of the first look and the last: towards each other where there is room, else away from
 * each other, else the last one's alone. In tenths of a percent of the width. */
static void write_days(struct drawing *drawing)
{
    enum { NAME = 240, FAR = 2 * NAME + 20, WHOLE = 1000 };
    size_t end = drawing->chart->count - 1;
    int first = x_of(drawing, 0), last = x_of(drawing, end);
    bool is_near = last - first < FAR;
    bool last_right = is_near && last <= WHOLE - NAME;
    bool first_left = is_near && first >= NAME;
    int first_ends = first_left ? first : first + NAME;
    if (first_ends < (last_right ? last : last - NAME))
        write_day(drawing, 0, first_left ? "end" : "start");
    write_day(drawing, end, last_right ? "start" : "end");
}

/* A mark below the look that found something; words beside the drawing say what. */
static void write_event(struct drawing *drawing, enum assay__chart_event event)
{
    const struct assay__chart *chart = drawing->chart;
    size_t at = assay__chart_find(chart, chart->found[event]);
    if (chart->found[event] == 0 || at == chart->count)
        return;
    double share = assay__chart_x(chart, &drawing->scale, at);
    int x = x_of(drawing, at);
    write_line(drawing, event == ASSAY__CHART_SIGNIFICANT ? "event" : "event bad", x, BOTTOM, x,
               BOTTOM + 10);
    assay__text_format(drawing->out,
                       "<text class=\"bound\" x=\"%d.%d%%\" y=\"%d\" text-anchor=\"%s\">look %u"
                       "</text>",
                       x / 10, x % 10, EVENTS, share > 0.9 ? "end" : "middle",
                       (unsigned)chart->found[event]);
}

void serve_draw_looks(struct assay__text *out, const struct assay__chart *chart,
                      const struct serve_unit *unit)
{
    struct drawing drawing = {out, chart, assay__chart_fit(chart), unit};
    assay__text_format(
        out,
        "<svg class=\"looks\" role=\"img\"><title>The difference and its interval "
        "at each of %zu looks%s; the table below has the figures</title>",
        chart->count,
        assay__chart_has_boundary_ahead(chart) ? ", and the boundary at looks to come" : "");
    write_planned_end(&drawing);
    write_ticks(&drawing);
    write_margin(&drawing);
    write_path(&drawing);
    for (size_t i = 0; i < chart->count; i++)
        write_look(&drawing, i);
    for (int line = ASSAY__CHART_LINE_COUNT; line-- > 0;) {
        write_bound(&drawing, (enum assay__chart_line)line);
        write_marks(&drawing, (enum assay__chart_line)line);
    }
    write_days(&drawing);
    for (int event = 0; event < ASSAY__CHART_EVENT_COUNT; event++)
        write_event(&drawing, (enum assay__chart_event)event);
    assay__text_puts(out, "</svg>\n");
}
