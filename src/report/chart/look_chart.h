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
    double single; /* what part of its interval's width the look alone would have */
    double above;  /* how far above the null value an estimate is significant, */
    double below;  /* and how far below it: on the scale of the test, not of a relative interval */
    double futile; /* where its futility bound is, as a part of that */
    double units;  /* of both groups */
    int64_t time_ns; /* INT64_MIN: not known */
    uint32_t number; /* from 1 */
    bool is_significant;
};

/** struct assay__chart_ahead: a look to come. In parts of the last look's distances: */
struct assay__chart_ahead {
    double units;  /* of both groups */
    double part;   /* how far from the null value an estimate is significant; NaN: not known */
    double futile; /* where its futility bound is; NaN: none */
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
    size_t count; /* at least 1 */
    const struct assay__chart_ahead
        *ahead; /* with rising units, more than those of the last look */
    size_t ahead_count;
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
    ASSAY__CHART_BY_UNITS, /* where the planned end or looks to come are known */
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

/**
 * assay__chart_positions() counts the looks and those to come: positions from chart->count on are
 * these.
 */
size_t assay__chart_positions(const struct assay__chart *chart);

/** assay__chart_units() is how many units a position has. */
double assay__chart_units(const struct assay__chart *chart, size_t position);

/** assay__chart_x() is where a position stands across, 0 to 1. */
double assay__chart_x(const struct assay__chart *chart, const struct assay__chart_scale *scale,
                      size_t position);

/** assay__chart_end_x() is where the planned end does; NaN when it is not known. */
double assay__chart_end_x(const struct assay__chart *chart, const struct assay__chart_scale *scale);

/** enum assay__chart_line: where the estimate of a position would have to be. */
enum assay__chart_line {
    ASSAY__CHART_UPPER,    /* above which it is significant */
    ASSAY__CHART_LOWER,    /* below which it is */
    ASSAY__CHART_FUTILITY, /* where its statistic is at the futility bound */
    ASSAY__CHART_LINE_COUNT
};

/** assay__chart_line() is the value of a line at a position; NaN where it has none. */
double assay__chart_line(const struct assay__chart *chart, size_t position,
                         enum assay__chart_line line);

/** assay__chart_has_ahead(): a line goes on at some look to come;
 * assay__chart_has_boundary_ahead(): one of the boundaries does. */
bool assay__chart_has_ahead(const struct assay__chart *chart, enum assay__chart_line line);
bool assay__chart_has_boundary_ahead(const struct assay__chart *chart);

/** assay__chart_ahead_decimals() is how many decimals tell the boundaries of the looks to come
 * apart: three digits of the least distance from the null value. */
int assay__chart_ahead_decimals(const struct assay__chart *chart);

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

/** struct assay__chart_marks: what some of several charts have, and others do not. */
struct assay__chart_marks {
    bool has_futility, has_ahead;
};

/** assay__chart_key() says in a few lines what the marks of all charts mean. */
void assay__chart_key(struct assay__page *page, const struct assay__chart_marks *marks);

#endif
