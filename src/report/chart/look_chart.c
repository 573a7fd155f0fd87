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
    scale->across = ASSAY__CHART_BY_NUMBER;
    scale->start = 0.0;
    scale->end = (double)(chart->count - 1);
    if (isfinite(chart->planned_units) && isfinite(units)) {
        scale->across = ASSAY__CHART_BY_UNITS;
        scale->end = fmax(chart->planned_units, units);
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
        include(&scale, assay__chart_boundary(chart, i, true));
        include(&scale, assay__chart_boundary(chart, i, false));
        include(&scale, assay__chart_futility(chart, i));
    }
    return scale;
}

static double share_of(const struct assay__chart_scale *scale, double at)
{
    double span = scale->end - scale->start;
    return span > 0.0 ? fmin(fmax((at - scale->start) / span, 0.0), 1.0) : 0.5;
}

double assay__chart_x(const struct assay__chart *chart, const struct assay__chart_scale *scale,
                      size_t look)
{
    const struct assay__chart_look *one = &chart->looks[look];
    double at = (double)look;
    if (scale->across == ASSAY__CHART_BY_UNITS)
        at = isfinite(one->units) ? one->units : 0.0;
    else if (scale->across == ASSAY__CHART_BY_TIME)
        at = (double)one->time_ns;
    return share_of(scale, at);
}

double assay__chart_end_x(const struct assay__chart *chart, const struct assay__chart_scale *scale)
{
    return scale->across == ASSAY__CHART_BY_UNITS ? share_of(scale, chart->planned_units)
                                                  : (double)NAN;
}

double assay__chart_boundary(const struct assay__chart *chart, size_t look, bool is_upper)
{
    const struct assay__chart_look *one = &chart->looks[look];
    if (is_upper)
        return chart->tests_up ? chart->null_value + (one->estimate - one->lower) : (double)NAN;
    return chart->tests_down ? chart->null_value - (one->upper - one->estimate) : (double)NAN;
}

/* A bound is of a test with one side. */
double assay__chart_futility(const struct assay__chart *chart, size_t look)
{
    const struct assay__chart_look *one = &chart->looks[look];
    if (!isfinite(one->futile) || chart->tests_up == chart->tests_down)
        return (double)NAN;
    return chart->tests_up ? chart->null_value + one->futile * (one->estimate - one->lower)
                           : chart->null_value - one->futile * (one->upper - one->estimate);
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
