/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_TABLE_TERMINAL_H
#define ASSAY_REPORT_TABLE_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/**
 * struct assay__page is text for a terminal. Names come from data: control characters and
 * characters that turn the writing direction are escaped, so that a name can neither command the
 * terminal nor pass for another.
 */
struct assay__page {
    struct assay__text *out;
    int width;    /* columns */
    bool color;   /* ANSI colours, which only ever repeat what the words say */
    bool unicode; /* glyphs beyond ASCII */
};

/** enum assay__ink: how a piece of text looks. */
enum assay__ink {
    ASSAY__INK_PLAIN,
    ASSAY__INK_BOLD,
    ASSAY__INK_DIM,
    ASSAY__INK_GOOD,
    ASSAY__INK_BAD,
    ASSAY__INK_WARN
};

/** enum assay__align: where a cell's text stands. */
enum assay__align { ASSAY__ALIGN_LEFT, ASSAY__ALIGN_RIGHT };

/** assay__page_width() is the columns that text takes, escapes included. */
int assay__page_width(const char *text);

/**
 * assay__page_cell() writes text in width columns. cut: a longer text, a name, loses its middle,
 * since names of one family differ at the end. Otherwise it is a figure and takes what it needs.
 */
void assay__page_cell(struct assay__page *page, const char *text, int width,
                      enum assay__align align, bool cut, enum assay__ink ink);

/** assay__page_column() writes a blank and a cell: a further column of a row. */
void assay__page_column(struct assay__page *page, const char *text, int width,
                        enum assay__align align, bool cut, enum assay__ink ink);

/** assay__page_widen() makes a column wide enough for text. */
void assay__page_widen(int *width, const char *text);

/** assay__page_name() writes a name, cut to width columns, without padding. */
void assay__page_name(struct assay__page *page, const char *name, int width);

/** assay__page_ink() switches the ink; nothing without colour. */
void assay__page_ink(struct assay__page *page, enum assay__ink ink);

/** assay__page_spaces() writes count blanks; none when count is negative. */
void assay__page_spaces(struct assay__page *page, int count);

/** assay__page_end() ends the line, without blanks before its end. */
void assay__page_end(struct assay__page *page);

/**
 * assay__page_heading() writes a blank line and a section's heading, which may be a name; the line
 * goes on.
 */
void assay__page_heading(struct assay__page *page, const char *heading);

/**
 * assay__page_wrap() writes words from column `column` on, where the line stands now, breaking at
 * blanks; lines that follow are indented by `indent`. Ends the last line.
 */
void assay__page_wrap(struct assay__page *page, const char *words, int column, int indent);

/** assay__page_words() wraps words and releases them; a failure of theirs becomes the page's. */
void assay__page_words(struct assay__page *page, struct assay__text *words, int column, int indent);

enum { ASSAY__FIGURE_BYTES = 48 };

/** assay__figure_count() writes a count with thousands separated by commas. */
void assay__figure_count(uint64_t count, char out[ASSAY__FIGURE_BYTES]);

/**
 * assay__figure_decimals() is how many decimals show a number of significant digits of an
 * interval's half width, or one more of the estimate where there is no interval; -1: too small for
 * plain notation.
 */
int assay__figure_decimals(double half_width, double estimate, int digits);

/**
 * assay__figure_apart() has up to two decimals more, where a bound of an interval would round to
 * the value that it is compared with: they tell on which side of it the bound is.
 */
int assay__figure_apart(double lower, double upper, double value, int decimals);

/** assay__figure_fixed() writes a number with that many decimals; "-" when it is not finite. */
void assay__figure_fixed(double value, int decimals, bool with_sign, char out[ASSAY__FIGURE_BYTES]);

/** assay__figure_p() writes a p-value, also one below the range of double; "-" for none. */
void assay__figure_p(double p, double log10_p, char out[ASSAY__FIGURE_BYTES]);

#endif
