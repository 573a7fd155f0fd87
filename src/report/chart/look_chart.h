/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_CHART_LOOK_CHART_H
#define ASSAY_REPORT_CHART_LOOK_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/table/terminal.h"

/**
 * A comparison over time: the estimate and interval of each look, the interval that the look alone
 * would have, the boundary, the planned end, and what was found when. What is drawn in a terminal
 * and on pages comes from here. Threads: everything here is the caller's.
 */

/** struct assay__chart_look: one look, in the chart's unit. NaN where a figure is absent. */
struct assay__chart_look {
    double lower, estimate, upper;
    double single;   /* what part of its interval's width the look alone would have */
    double futile;   /* where its futility bound is, as a part of that width; NaN: none */
    double units;    /* of both groups */
    int64_t time_ns; /* INT64_MIN: not known */
    uint32_t number; /* from 1 */
    bool is_significant;
};

/** enum assay__chart_event: what looks may find. */
enum assay__chart_event {
    ASSAY__CHART_SIGNIFICANT,
    ASSAY__CHART_WORSE,
    ASSAY__CHART_FUTILE,
    ASSAY__CHART_EVENT_COUNT
};

/** struct assay__chart. Zero-initialise it, then fill it in. */
struct assay__chart {
    const struct assay__chart_look *looks;
    size_t count;         /* at least 1 */
    double null_value;    /* what the test compares with: 0, or where the margin ends */
    bool tests_up;        /* an estimate above the upper boundary is significant */
    bool tests_down;      /* one below the lower boundary is */
    double planned_units; /* where the horizon ends; NaN when not known */
    uint32_t found[ASSAY__CHART_EVENT_COUNT]; /* number of the first look that did; 0: none */
    const char *hypothesis;                   /* "better"; "" when not known */
    const char *unit;                         /* behind figures: " %", or "" */
};

/** enum assay__chart_across: what stands across. */
enum assay__chart_across {
    ASSAY__CHART_BY_UNITS, /* where the planned end is known */
    ASSAY__CHART_BY_TIME,  /* where each look has a later time than the one before */
    ASSAY__CHART_BY_NUMBER
};

/** struct assay__chart_scale: what the edges of a drawing stand for. */
struct assay__chart_scale {
    enum assay__chart_across across;
    double start, end; /* across: units, nanoseconds, or positions of looks */
    double low, high;
};

/**
 * assay__chart_fit() makes a scale that shows zero, every estimate, the null value, and the bounds
 * and boundaries that are not far wider than the last interval: early ones run out of the drawing.
 */
struct assay__chart_scale assay__chart_fit(const struct assay__chart *chart);

/** assay__chart_x() is where a look stands across, 0 to 1. */
double assay__chart_x(const struct assay__chart *chart, const struct assay__chart_scale *scale,
                      size_t look);

/** assay__chart_end_x() is where the planned end does; NaN when it is not known. */
double assay__chart_end_x(const struct assay__chart *chart, const struct assay__chart_scale *scale);

/**
 * assay__chart_boundary() is where the estimate of a look would have to be for its interval to
 * leave the null value, on the upper or the lower side; NaN where that is not tested.
 */
double assay__chart_boundary(const struct assay__chart *chart, size_t look, bool is_upper);

/**
 * assay__chart_futility() is where the estimate of a look would have to be for its statistic to be
 * at the futility bound; NaN where there is none.
 */
double assay__chart_futility(const struct assay__chart *chart, size_t look);

/** assay__chart_step() is the distance of about four ticks: 1, 2 or 5 times a power of ten. */
double assay__chart_step(double low, double high);

/**
 * assay__chart_event_text() appends "better from look 5", with the look's day where it has one.
 */
void assay__chart_event_text(struct assay__text *out, const struct assay__chart *chart,
                             enum assay__chart_event event);

/** assay__chart_find() is the position of the look with a number; chart->count when not there. */
size_t assay__chart_find(const struct assay__chart *chart, uint32_t number);

/** assay__chart_draw() draws a chart in page->width columns, its key not included. */
void assay__chart_draw(struct assay__page *page, const struct assay__chart *chart);

/** assay__chart_key() says in a line or two what the marks of all charts mean; that of a futility
 * bound only where has_futility. */
void assay__chart_key(struct assay__page *page, bool has_futility);

#endif
