/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_TABLE_INTERVAL_PLOT_H
#define ASSAY_REPORT_TABLE_INTERVAL_PLOT_H

#include "report/table/terminal.h"

/**
 * struct assay__axis is the common scale of drawn intervals: columns 0 .. columns - 1 stand for low
 * .. high, zero always on it.
 */
struct assay__axis {
    double low, high;
    int columns;
};

/** struct assay__drawn: an interval to draw. NaN where a figure is absent. */
struct assay__drawn {
    double lower, estimate, upper;
    double margin; /* where a margin ends, drawn as a second line; NaN for none */
};

/**
 * assay__axis_fit() makes an axis that shows all intervals, except that one far wider than the
 * others does not squeeze them: it is drawn with an arrow where it leaves the axis. Reorders
 * intervals.
 */
struct assay__axis assay__axis_fit(struct assay__drawn *intervals, size_t count, int columns);

/** assay__axis_draw() draws one interval in axis->columns columns. */
void assay__axis_draw(struct assay__page *page, const struct assay__axis *axis,
                      const struct assay__drawn *interval, enum assay__ink ink);

#endif
