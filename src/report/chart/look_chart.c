/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the marks of a comparison over time stand, whatever draws them. */
#include "report/chart/look_chart.h"

#include <math.h>

#include "base/time.h"

/* Looks in order of time can be placed by it. */
static bool has_times(const struct assay__chart *chart)
{
    for (size_t i = 0; i < chart->count; i++)
        if (chart->looks[i].time_ns == INT64_MIN ||
            (i > 0 && chart->looks[i].time_ns <= chart->looks[i - 1].time_ns))
            return false;
    return chart->count > 1;
}

static void fit_across(const struct assay__chart *chart, struct assay__chart_scale *scale)
{
    double units = chart->looks[chart->count - 1].units;
    bool has_end = isfinite(chart->planned_units) || chart->ahead_count > 0;
    scale->across = ASSAY__CHART_BY_NUMBER;
    scale->start = 0.0;
    scale->end = (double)(chart->count - 1);
    if (has_end && isfinite(units)) {
        scale->across = ASSAY__CHART_BY_UNITS;
        scale->end = fmax(chart->planned_units, units); /* of a NaN the other one */
        if (chart->ahead_count > 0)
            scale->end = fmax(scale->end, chart->ahead[chart->ahead_count - 1].units);
    } else if (has_times(chart)) {
        scale->across = ASSAY__CHART_BY_TIME;
        scale->start = (double)chart->looks[0].time_ns;
        scale->end = (double)chart->looks[chart->count - 1].time_ns;
    }
}

static void include(struct assay__chart_scale *scale, double value)
{
    if (!isfinite(value))
        return;
    scale->low = fmin(scale->low, value);
    scale->high = fmax(scale->high, value);
}

static void include_lines(struct assay__chart_scale *scale, const struct assay__chart *chart,
                          size_t position)
{
    for (int line = 0; line < ASSAY__CHART_LINE_COUNT; line++)
        include(scale, assay__chart_line(chart, position, (enum assay__chart_line)line));
}

struct assay__chart_scale assay__chart_fit(const struct assay__chart *chart)
{
    static const double WIDE = 6.0;
    struct assay__chart_scale scale = {.low = 0.0, .high = 0.0};
    const struct assay__chart_look *last = &chart->looks[chart->count - 1];
    double narrow = last->upper - last->lower;
    fit_across(chart, &scale);
    include(&scale, chart->null_value);
    for (size_t i = 0; i < chart->count; i++) {
        const struct assay__chart_look *look = &chart->looks[i];
        include(&scale, look->estimate);
        if (look->upper - look->lower > WIDE * narrow)
            continue;
        include(&scale, look->lower);
        include(&scale, look->upper);
        include_lines(&scale, chart, i);
    }
    for (size_t i = chart->count; i < assay__chart_positions(chart); i++)
        include_lines(&scale, chart, i);
    return scale;
}

static double share_of(const struct assay__chart_scale *scale, double at)
{
    double span = scale->end - scale->start;
    return span > 0.0 ? fmin(fmax((at - scale->start) / span, 0.0), 1.0) : 0.5;
}

size_t assay__chart_positions(const struct assay__chart *chart)
{
    bool has_units = isfinite(chart->looks[chart->count - 1].units);
    return chart->count + (has_units ? chart->ahead_count : 0);
}

double assay__chart_units(const struct assay__chart *chart, size_t position)
{
    return position < chart->count ? chart->looks[position].units
                                   : chart->ahead[position - chart->count].units;
}

double assay__chart_x(const struct assay__chart *chart, const struct assay__chart_scale *scale,
                      size_t position)
{
    double at = (double)position;
    if (scale->across == ASSAY__CHART_BY_UNITS) {
        at = assay__chart_units(chart, position);
        at = isfinite(at) ? at : 0.0;
    } else if (scale->across == ASSAY__CHART_BY_TIME) {
        at = (double)chart->looks[position].time_ns;
    }
    return share_of(scale, at);
}

double assay__chart_end_x(const struct assay__chart *chart, const struct assay__chart_scale *scale)
{
    return scale->across == ASSAY__CHART_BY_UNITS && isfinite(chart->planned_units)
               ? share_of(scale, chart->planned_units)
               : (double)NAN;
}

/* The look whose distances a position is measured by. */
static const struct assay__chart_look *ruler(const struct assay__chart *chart, size_t position)
{
    return &chart->looks[position < chart->count ? position : chart->count - 1];
}

/* In parts of them. A futility bound is of a test with one side. */
static double part_of(const struct assay__chart *chart, size_t position,
                      enum assay__chart_line line)
{
    bool is_made = position < chart->count;
    if (line != ASSAY__CHART_FUTILITY)
        return is_made ? 1.0 : chart->ahead[position - chart->count].part;
    if (chart->tests_up == chart->tests_down)
        return (double)NAN;
    return is_made ? chart->looks[position].futile : chart->ahead[position - chart->count].futile;
}

double assay__chart_line(const struct assay__chart *chart, size_t position,
                         enum assay__chart_line line)
{
    const struct assay__chart_look *look = ruler(chart, position);
    double part = part_of(chart, position, line);
    bool is_upper = line == ASSAY__CHART_FUTILITY ? chart->tests_up : line == ASSAY__CHART_UPPER;
    if (!(is_upper ? chart->tests_up : chart->tests_down) || !isfinite(part))
        return (double)NAN;
    return is_upper ? chart->null_value + part * look->above
                    : chart->null_value - part * look->below;
}

int assay__chart_ahead_decimals(const struct assay__chart *chart)
{
    double least = (double)INFINITY;
    for (size_t i = chart->count; i < assay__chart_positions(chart); i++)
        for (int line = 0; line < ASSAY__CHART_FUTILITY; line++) {
            double away =
                fabs(assay__chart_line(chart, i, (enum assay__chart_line)line) - chart->null_value);
            least = fmin(least, away); /* of a NaN the other one */
        }
    return assay__figure_decimals(least, (double)NAN, 3);
}

bool assay__chart_has_ahead(const struct assay__chart *chart, enum assay__chart_line line)
{
    for (size_t i = chart->count; i < assay__chart_positions(chart); i++)
        if (isfinite(assay__chart_line(chart, i, line)))
            return true;
    return false;
}

bool assay__chart_has_boundary_ahead(const struct assay__chart *chart)
{
    return assay__chart_has_ahead(chart, ASSAY__CHART_UPPER) ||
           assay__chart_has_ahead(chart, ASSAY__CHART_LOWER);
}

double assay__chart_step(double low, double high)
{
    double span = high - low;
    if (!isfinite(span) || span <= 0.0)
        return 0.0;
    double power = pow(10.0, floor(log10(span / 4.0)));
    double times = span / 4.0 / power;
    return power * (times < 1.5 ? 1.0 : times < 3.5 ? 2.0 : times < 7.5 ? 5.0 : 10.0);
}

size_t assay__chart_find(const struct assay__chart *chart, uint32_t number)
{
    size_t at = 0;
    while (at < chart->count && chart->looks[at].number != number)
        at++;
    return at;
}

void assay__chart_event_text(struct assay__text *out, const struct assay__chart *chart,
                             enum assay__chart_event event)
{
    static const char *const WORDS[] = {[ASSAY__CHART_SIGNIFICANT] = "significant",
                                        [ASSAY__CHART_WORSE] = "worse",
                                        [ASSAY__CHART_FUTILE] = "below the futility bound"};
    const char *word = WORDS[event];
    size_t at = assay__chart_find(chart, chart->found[event]);
    if (event == ASSAY__CHART_SIGNIFICANT && chart->hypothesis[0] != '\0')
        word = chart->hypothesis;
    assay__text_format(out, "%s from look %u", word, (unsigned)chart->found[event]);
    if (at < chart->count && chart->looks[at].time_ns != INT64_MIN) {
        char time[ASSAY__TIME_BYTES];
        assay__time_write(chart->looks[at].time_ns, time);
        assay__text_format(out, " (%.10s)", time);
    }
}
