/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Power by sample size as a drawing. With Unicode the line is made of braille patterns, two by four
 * dots a character; without, of asterisks. Dashes and colons lead from the axes to the row's point.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/table/terminal.h"
#include "cli/size_query.h"
#include "stats/size/size_levels.h"

enum { ROWS = 9, COLUMNS_MAX = 66, LABEL_COLUMNS = 7 };

struct canvas {
    int columns;
    int across, down; /* dots a character */
    unsigned char dots[ROWS][COLUMNS_MAX];
    int mark_column, mark_row; /* of the row's point; -1 for none */
};

/* Bit of the dot (x, y) in a braille pattern, U+2800 plus bits. */
static const unsigned char BRAILLE[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

static void set_dot(struct canvas *canvas, int x, int y)
{
    canvas->dots[y / canvas->down][x / canvas->across] |=
        BRAILLE[y % canvas->down][x % canvas->across];
}

static int dot_row(const struct canvas *canvas, double power)
{
    int last = ROWS * canvas->down - 1;
    return (int)lround((1.0 - power) * (double)last);
}

/* The curve, each dot column joined to the one before. */
static void draw_line(struct canvas *canvas, const struct size_query *query,
                      const struct size_row *row, double most)
{
    struct assay__size_cache cache = {.count = 0};
    int width = canvas->columns * canvas->across, before = -1;
    for (int x = 0; x < width; x++) {
        double total = most * ((double)x + 0.5) / (double)width;
        double power = total >= 4.0 ? size_power_at(query, row, total, &cache) : (double)NAN;
        if (isnan(power))
            continue;
        int y = dot_row(canvas, power);
        int from = before < 0 ? y : before > y ? before - 1 : before < y ? before + 1 : y;
        int step = from < y ? 1 : -1;
        for (int dot = from; dot != y; dot += step)
            set_dot(canvas, x, dot);
        set_dot(canvas, x, y);
        before = y;
    }
}

static void put_dots(struct assay__page *page, unsigned dots)
{
    char glyph[] = {(char)0xE2, (char)(0xA0 + (dots >> 6)), (char)(0x80 + (dots & 0x3F)), '\0'};
    assay__text_puts(page->out, glyph);
}

static void put_cell(struct assay__page *page, const struct canvas *canvas, int column, int row)
{
    unsigned dots = canvas->dots[row][column];
    bool is_left = row == canvas->mark_row && column < canvas->mark_column;
    bool is_below = column == canvas->mark_column && row > canvas->mark_row;
    if (dots != 0 && page->unicode)
        put_dots(page, dots);
    else if (dots != 0)
        assay__text_putc(page->out, '*');
    else if (is_left)
        assay__text_puts(page->out, page->unicode ? "\u2504" : "-");
    else if (is_below)
        assay__text_puts(page->out, page->unicode ? "\u250A" : ":");
    else
        assay__text_putc(page->out, ' ');
}

static void put_canvas(struct assay__page *page, const struct canvas *canvas)
{
    static const char *const LABELS[ROWS] = {"100 %", "",     "75 %", "",   "50 %",
                                             "",      "25 %", "",     "0 %"};
    for (int row = 0; row < ROWS; row++) {
        assay__page_cell(page, LABELS[row], LABEL_COLUMNS, ASSAY__ALIGN_RIGHT, false,
                         ASSAY__INK_DIM);
        assay__text_puts(page->out, page->unicode ? " \u2502" : " |");
        int last = canvas->columns - 1;
        for (; last >= 0; last--)
            if (canvas->dots[row][last] != 0 || last == canvas->mark_column)
                break;
        for (int column = 0; column <= last; column++)
            put_cell(page, canvas, column, row);
        assay__page_end(page);
    }
    assay__page_spaces(page, LABEL_COLUMNS + 1);
    assay__text_puts(page->out, page->unicode ? "\u2514" : "+");
    for (int column = 0; column < canvas->columns; column++)
        assay__text_puts(page->out, page->unicode ? "\u2500" : "-");
    assay__page_end(page);
}

/* 0 at the left, the row's total under its mark, the largest total at the right. */
static void put_totals(struct assay__page *page, const struct canvas *canvas, double total,
                       double most)
{
    char middle[ASSAY__FIGURE_BYTES], right[ASSAY__FIGURE_BYTES];
    assay__figure_count((uint64_t)total, middle);
    assay__figure_count((uint64_t)most, right);
    int middle_width = (int)strlen(middle), right_width = (int)strlen(right);
    int start = canvas->mark_column - middle_width / 2;
    int end = canvas->columns - right_width;
    start = start < 2 ? 2 : start;
    assay__page_spaces(page, LABEL_COLUMNS + 2);
    assay__text_puts(page->out, "0");
    assay__page_spaces(page, start - 1);
    assay__text_puts(page->out, middle);
    if (start + middle_width < end) {
        assay__page_spaces(page, end - start - middle_width);
        assay__text_puts(page->out, right);
    }
    assay__text_puts(page->out, " units");
    assay__page_end(page);
}

void size_draw_curve(struct assay__page *page, const struct size_query *query,
                     const struct size_row *row)
{
    double most = 2.0 * row->total;
    struct canvas canvas = {.across = page->unicode ? 2 : 1, .down = page->unicode ? 4 : 1};
    int room = page->width - LABEL_COLUMNS - 2 - 6;
    canvas.columns = room > COLUMNS_MAX ? COLUMNS_MAX : room;
    canvas.mark_column = canvas.columns / 2;
    canvas.mark_row = dot_row(&canvas, row->power) / canvas.down;
    draw_line(&canvas, query, row, most);
    put_canvas(page, &canvas);
    put_totals(page, &canvas, row->total, most);
}
