/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_DRAW_H
#define ASSAY_SERVE_PAGES_PAGE_DRAW_H

#include "json/json_tree.h"
#include "serve/pages/page_figure.h"

/** struct serve_interval: to draw. NaN where a figure is absent. */
struct serve_interval {
    double lower, estimate, upper;
    int answer;        /* 1 significant, 0 not, -1 no answer */
    bool is_worse;     /* the comparison's test for harm is significant */
    double margin;     /* where the margin of a non-inferiority test ends; NaN for none */
    const char *level; /* of the bounds, such as "97.5 %"; "": not known; NULL: goes unsaid */
};

/** struct serve_view: which differences of a metric are shown, and in which unit. */
struct serve_view {
    const char *field;
    struct serve_unit unit;
    bool is_relative; /* to the baseline's estimate */
};

/** serve_interval_of() takes the interval of a look. */
struct serve_interval serve_interval_of(const struct assay__node *look,
                                        const struct serve_view *view);

/** serve_interval_of_comparison() takes that of a comparison's last look. */
struct serve_interval serve_interval_of_comparison(const struct assay__node *comparison,
                                                   const struct serve_view *view);

/** serve_interval_decimals() is how many decimals an interval's figures deserve. */
int serve_interval_decimals(const struct serve_interval *interval);

/** serve_interval_figure() writes a figure with its unit; serve_interval_bounds() both bounds. */
void serve_interval_figure(struct assay__text *out, double value, int decimals,
                           const struct serve_unit *unit);
void serve_interval_bounds(struct assay__text *out, const struct serve_interval *interval,
                           const struct serve_unit *unit);

/** serve_interval_heading() writes the heading of a column of intervals; level: of all of them,
 * which is then not to be said of each, or NULL. */
void serve_interval_heading(struct assay__text *out, const char *level);

/** struct serve_scale: what the two ends of drawings stand for. */
struct serve_scale {
    double low, high;
};

/** serve_scale_include() widens a scale to show an interval; begin with {0, 0}. */
void serve_scale_include(struct serve_scale *scale, const struct serve_interval *interval);

/**
 * serve_scale_place() is where a value stands between the ends, 0 to 1; a value that is not finite
 * at otherwise.
 */
double serve_scale_place(const struct serve_scale *scale, double value, double otherwise);

/** serve_draw_interval() draws an interval over the whole width, bounds and zero labelled. */
void serve_draw_interval(struct assay__text *out, const struct serve_scale *scale,
                         const struct serve_interval *interval, const struct serve_unit *unit);

/** serve_draw_mini() draws one for a cell of a table, whose other cells say the same in figures. */
void serve_draw_mini(struct assay__text *out, const struct serve_scale *scale,
                     const struct serve_interval *interval);

/** serve_draw_marks() draws only the marks of an interval, within an SVG; middle: pixels down. */
void serve_draw_marks(struct assay__text *out, const struct serve_scale *scale,
                      const struct serve_interval *interval, int middle);

#endif
