/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_FIGURE_H
#define ASSAY_SERVE_PAGES_PAGE_FIGURE_H

#include <stdbool.h>

#include "base/text.h"

/** struct serve_unit: how figures of a kind are shown. */
struct serve_unit {
    double factor;    /* 100 for percent */
    const char *name; /* behind the figure, with its blank */
};

/**
 * serve_figure() writes a number with that many decimals (see assay__figure_decimals), thousands
 * apart by narrow blanks and a true minus sign; an infinity as such, and a NaN as a dash.
 */
void serve_figure(struct assay__text *out, double value, int decimals, bool with_sign);

/** serve_figure_round() writes a number with a given count of significant digits, without zeros at
 * its end. */
void serve_figure_round(struct assay__text *out, double value, int digits);

/** serve_figure_count() writes a count, or a dash for other numbers. */
void serve_figure_count(struct assay__text *out, double count);

/**
 * serve_figure_time() writes an instant as people read it, in a time element, and
 * serve_figure_date() its day alone as plain text; what is not an instant as it is.
 */
void serve_figure_time(struct assay__text *out, const char *time);
void serve_figure_date(struct assay__text *out, const char *time);

#endif
