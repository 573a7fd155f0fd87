/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals drawn with characters over one axis. */
#include "report/table/interval_plot.h"

#include <math.h>
#include <stdlib.h>

/* Intervals wider than this multiple of the median width run off the axis. */
enum { WIDTHS_SHOWN = 6, COLUMNS_MAX = 120 };

static double width_of(const struct assay__drawn *interval)
{
    double width = interval->upper - interval->lower;
    return isfinite(width) ? width : (double)INFINITY;
}

static int compare_widths(const void *a, const void *b)
{
    double x = width_of(a), y = width_of(b);
    return (x > y) - (x < y);
}

static void include(struct assay__axis *axis, double value)
{
    if (!isfinite(value))
        return;
    axis->low = fmin(axis->low, value);
    axis->high = fmax(axis->high, value);
}

struct assay__axis assay__axis_fit(struct assay__drawn *intervals, size_t count, int columns)
{
    struct assay__axis axis = {.columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX};
    qsort(intervals, count, sizeof *intervals, compare_widths);
    size_t finite = 0;
    while (finite < count && isfinite(width_of(&intervals[finite])))
        finite++;
    double limit = finite == 0 ? 0.0 : WIDTHS_SHOWN * width_of(&intervals[(finite - 1) / 2]);
    for (size_t i = 0; i < count; i++) {
        include(&axis, intervals[i].estimate);
        include(&axis, intervals[i].margin);
        if (width_of(&intervals[i]) > limit)
            continue;
        include(&axis, intervals[i].lower);
        include(&axis, intervals[i].upper);
    }
    return axis;
}

/* The column of a value, which may lie outside of the axis. */
static int column_of(const struct assay__axis *axis, double value)
{
    double span = axis->high - axis->low;
    if (!(span > 0.0) || !isfinite(span))
        return (axis->columns - 1) / 2;
    double at = round((value - axis->low) / span * (axis->columns - 1));
    return at < -1.0 ? -1 : at > axis->columns ? axis->columns : (int)at;
}

enum glyph { BLANK, ZERO, MARGIN, LINE, CROSS, LEFT, RIGHT, POINT, LEFT_ARROW, RIGHT_ARROW };

static const char *const UNICODE_GLYPHS[] = {
    [BLANK] = " ",
    [ZERO] = "\xE2\x94\x82",       /* box drawings light vertical */
    [MARGIN] = "\xE2\x94\x8A",     /* light quadruple dash vertical */
    [LINE] = "\xE2\x94\x80",       /* light horizontal */
    [CROSS] = "\xE2\x94\xBC",      /* light vertical and horizontal */
    [LEFT] = "\xE2\x94\x9C",       /* light vertical and right */
    [RIGHT] = "\xE2\x94\xA4",      /* light vertical and left */
    [POINT] = "\xE2\x97\x8F",      /* black circle */
    [LEFT_ARROW] = "\xE2\x97\x80", /* black left-pointing triangle */
    [RIGHT_ARROW] = "\xE2\x96\xB6" /* black right-pointing triangle */
};

static const char *const ASCII_GLYPHS[] = {
    [BLANK] = " ", [ZERO] = "|",  [MARGIN] = ":", [LINE] = "-",       [CROSS] = "+",
    [LEFT] = "(",  [RIGHT] = ")", [POINT] = "o",  [LEFT_ARROW] = "<", [RIGHT_ARROW] = ">"};

static void set(enum glyph *cells, const struct assay__axis *axis, int column, enum glyph glyph)
{
    if (column >= 0 && column < axis->columns)
        cells[column] = glyph;
}

static void lay_interval(enum glyph *cells, const struct assay__axis *axis,
                         const struct assay__drawn *interval)
{
    int left = isfinite(interval->lower) ? column_of(axis, interval->lower) : -1;
    int right = isfinite(interval->upper) ? column_of(axis, interval->upper) : axis->columns;
    for (int column = left < 0 ? 0 : left; column <= right && column < axis->columns; column++)
        cells[column] = cells[column] == BLANK ? LINE : CROSS;
    set(cells, axis, left, LEFT);
    set(cells, axis, right, RIGHT);
    if (left < 0)
        set(cells, axis, 0, LEFT_ARROW);
    if (right >= axis->columns)
        set(cells, axis, axis->columns - 1, RIGHT_ARROW);
}

void assay__axis_draw(struct assay__page *page, const struct assay__axis *axis,
                      const struct assay__drawn *interval, enum assay__ink ink)
{
    enum glyph cells[COLUMNS_MAX] = {BLANK};
    const char *const *glyphs = page->unicode ? UNICODE_GLYPHS : ASCII_GLYPHS;
    bool has_interval = isfinite(interval->lower) || isfinite(interval->upper);
    if (isfinite(interval->margin))
        set(cells, axis, column_of(axis, interval->margin), MARGIN);
    set(cells, axis, column_of(axis, 0.0), ZERO);
    if (has_interval)
        lay_interval(cells, axis, interval);
    if (isfinite(interval->estimate))
        set(cells, axis, column_of(axis, interval->estimate), POINT);
    if (ink != ASSAY__INK_PLAIN)
        assay__page_ink(page, ink);
    for (int column = 0; column < axis->columns; column++)
        assay__text_puts(page->out, glyphs[cells[column]]);
    if (ink != ASSAY__INK_PLAIN)
        assay__page_ink(page, ASSAY__INK_PLAIN);
}
