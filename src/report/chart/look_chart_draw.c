/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison over time in characters: a grid of cells, the later layers over the earlier. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/time.h"
#include "report/chart/look_chart.h"

enum { ROWS = 15, COLUMNS_MIN = 20, COLUMNS_MAX = 160, LABEL_MAX = 14, TICKS_MAX = 12 };

enum cell {
    BLANK,
    ZERO,
    MARGIN,
    BOUNDARY,
    FUTILITY,
    AHEAD,
    END,
    THIN,
    THICK,
    MISSED,
    FOUND,
    TO_BEAT,
    TO_LEAVE,
    EVENT,
    CELL_COUNT
};

static const char *const UNICODE[CELL_COUNT] = {
    [BLANK] = " ",
    [ZERO] = "\xE2\x94\x88",     /* box drawings light quadruple dash horizontal */
    [MARGIN] = "\xE2\x95\x8C",   /* light double dash horizontal */
    [BOUNDARY] = "\xE2\x95\x90", /* double horizontal */
    [FUTILITY] = "\xE2\x95\x8D", /* heavy double dash horizontal */
    [AHEAD] = "\xC2\xB7",        /* middle dot */
    [END] = "\xE2\x94\x8A",      /* light quadruple dash vertical */
    [THIN] = "\xE2\x94\x82",     /* light vertical */
    [THICK] = "\xE2\x94\x83",    /* heavy vertical */
    [MISSED] = "\xE2\x97\x8B",   /* white circle */
    [FOUND] = "\xE2\x97\x8F",    /* black circle */
    [TO_BEAT] = "\xE2\x97\x87",  /* white diamond */
    [TO_LEAVE] = "\xE2\x96\xBD", /* white down-pointing triangle */
    [EVENT] = "\xE2\x96\xB2"     /* black up-pointing triangle */
};

static const char *const ASCII[CELL_COUNT] = {
    [BLANK] = " ", [ZERO] = "-",    [MARGIN] = "~",   [BOUNDARY] = "=", [FUTILITY] = "_",
    [AHEAD] = ".", [END] = ":",     [THIN] = "|",     [THICK] = "H",    [MISSED] = "o",
    [FOUND] = "*", [TO_BEAT] = "x", [TO_LEAVE] = "v", [EVENT] = "^"};

/* A drawing in the making. */
struct grid {
    struct assay__page *page;
    const struct assay__chart *chart;
    struct assay__chart_scale scale;
    int columns, label; /* of the plot, and of the figures left of it */
    enum cell cells[ROWS][COLUMNS_MAX];
    char labels[ROWS][ASSAY__FIGURE_BYTES + 8];
};

static const char *glyph(const struct assay__page *page, enum cell cell)
{
    return page->unicode ? UNICODE[cell] : ASCII[cell];
}

/* Rows count from the top. Values outside of the scale are beyond the rows. */
static int row_of(const struct grid *grid, double value)
{
    double span = grid->scale.high - grid->scale.low;
    if (!(span > 0.0) || !isfinite(span))
        return ROWS / 2;
    double row = round((grid->scale.high - value) / span * (ROWS - 1));
    return row < -1.0 ? -1 : row > ROWS ? ROWS : (int)row;
}

static int column_of(const struct grid *grid, double share)
{
    return 1 + (int)lround(share * (grid->columns - 2));
}

static void set(struct grid *grid, int row, int column, enum cell cell)
{
    if (row >= 0 && row < ROWS)
        grid->cells[row][column] = cell;
}

/* From one value up to another; what is not finite reaches to the edge. */
static void lay_bar(struct grid *grid, int column, double lower, double upper, enum cell cell)
{
    int top = isfinite(upper) ? row_of(grid, upper) : 0;
    int bottom = isfinite(lower) ? row_of(grid, lower) : ROWS - 1;
    for (int row = top < 0 ? 0 : top; row <= bottom && row < ROWS; row++)
        grid->cells[row][column] = cell;
}

/* Straight from the position before to this one; what matters is its place at each. */
static void lay_step(struct grid *grid, size_t position, enum assay__chart_line line,
                     enum cell cell)
{
    const struct assay__chart *chart = grid->chart;
    double value = assay__chart_line(chart, position, line), last = (double)NAN;
    int column = column_of(grid, assay__chart_x(chart, &grid->scale, position)), from = column;
    if (position > 0) {
        int before = column_of(grid, assay__chart_x(chart, &grid->scale, position - 1));
        last = assay__chart_line(chart, position - 1, line);
        from = isfinite(last) && before < column ? before : column;
    }
    for (int at = from; isfinite(value) && at <= column; at++) {
        double share = column > from ? (double)(at - from) / (column - from) : 1.0;
        set(grid, row_of(grid, from < column ? last + share * (value - last) : value), at, cell);
    }
}

static void lay_line(struct grid *grid, enum assay__chart_line line)
{
    bool is_futility = line == ASSAY__CHART_FUTILITY;
    size_t made = grid->chart->count, positions = assay__chart_positions(grid->chart);
    for (size_t i = made; i < positions; i++)
        lay_step(grid, i, line, AHEAD);
    for (size_t i = 0; i < made; i++)
        lay_step(grid, i, line, is_futility ? FUTILITY : BOUNDARY);
    for (size_t i = made; i < positions; i++) {
        double value = assay__chart_line(grid->chart, i, line);
        if (isfinite(value))
            set(grid, row_of(grid, value),
                column_of(grid, assay__chart_x(grid->chart, &grid->scale, i)),
                is_futility ? TO_LEAVE : TO_BEAT);
    }
}

static void lay_look(struct grid *grid, size_t at)
{
    const struct assay__chart_look *look = &grid->chart->looks[at];
    int column = column_of(grid, assay__chart_x(grid->chart, &grid->scale, at));
    if (!isfinite(look->estimate))
        return;
    if (isfinite(look->lower) || isfinite(look->upper))
        lay_bar(grid, column, look->lower, look->upper, THIN);
    if (isfinite(look->single) && isfinite(look->lower) && isfinite(look->upper))
        lay_bar(grid, column, look->estimate + look->single * (look->lower - look->estimate),
                look->estimate + look->single * (look->upper - look->estimate), THICK);
    set(grid, row_of(grid, look->estimate), column, look->is_significant ? FOUND : MISSED);
}

/* Whether a later look stands in the same column: then that one is drawn. */
static bool is_covered(const struct grid *grid, size_t at)
{
    if (at + 1 == grid->chart->count)
        return false;
    return column_of(grid, assay__chart_x(grid->chart, &grid->scale, at)) ==
           column_of(grid, assay__chart_x(grid->chart, &grid->scale, at + 1));
}

static void lay_grid(struct grid *grid)
{
    double end = assay__chart_end_x(grid->chart, &grid->scale);
    int zero = row_of(grid, 0.0);
    for (int column = 0; column < grid->columns; column++) {
        if (grid->chart->null_value != 0.0)
            set(grid, row_of(grid, grid->chart->null_value), column, MARGIN);
        set(grid, zero, column, ZERO);
    }
    for (int row = 0; isfinite(end) && row < ROWS; row++)
        grid->cells[row][column_of(grid, end)] = END;
    for (size_t i = 0; i < grid->chart->count; i++)
        if (!is_covered(grid, i))
            lay_look(grid, i);
    lay_line(grid, ASSAY__CHART_FUTILITY);
    lay_line(grid, ASSAY__CHART_UPPER);
    lay_line(grid, ASSAY__CHART_LOWER);
    /* Estimates are over all. */
    for (size_t i = 0; i < grid->chart->count; i++) {
        const struct assay__chart_look *look = &grid->chart->looks[i];
        if (isfinite(look->estimate) && !is_covered(grid, i))
            set(grid, row_of(grid, look->estimate),
                column_of(grid, assay__chart_x(grid->chart, &grid->scale, i)),
                look->is_significant ? FOUND : MISSED);
    }
}

/* A figure of a tick: as many decimals as the steps need. */
static void tick_text(double value, double step, const char *unit, char *out, size_t size)
{
    char figure[ASSAY__FIGURE_BYTES];
    double decimals = fmax(0.0, -floor(log10(step)));
    assay__figure_fixed(value, decimals <= 6.0 ? (int)decimals : -1, true, figure);
    if (fabs(value) < step / 2.0)
        snprintf(out, size, "0");
    else
        snprintf(out, size, "%s%s", figure, unit);
}

static void lay_labels(struct grid *grid)
{
    double step = assay__chart_step(grid->scale.low, grid->scale.high);
    grid->label = 1;
    if (step <= 0.0)
        return;
    double first = ceil(grid->scale.low / step);
    for (int i = 0; i < TICKS_MAX && (first + i) * step <= grid->scale.high; i++) {
        double value = (first + i) * step;
        int row = row_of(grid, value);
        if (row < 0 || row >= ROWS)
            continue;
        tick_text(value, step, grid->chart->unit, grid->labels[row], sizeof grid->labels[row]);
        assay__page_widen(&grid->label, grid->labels[row]);
    }
}

static enum assay__ink ink_of(enum cell cell)
{
    return cell == FOUND || cell == EVENT                                    ? ASSAY__INK_GOOD
           : cell == BOUNDARY || cell == FUTILITY || cell == END             ? ASSAY__INK_WARN
           : cell == TO_BEAT || cell == TO_LEAVE                             ? ASSAY__INK_WARN
           : cell == ZERO || cell == MARGIN || cell == THIN || cell == AHEAD ? ASSAY__INK_DIM
                                                                             : ASSAY__INK_PLAIN;
}

static void write_row(const struct grid *grid, int row)
{
    struct assay__page *page = grid->page;
    enum assay__ink ink = ASSAY__INK_PLAIN;
    int end = grid->columns;
    while (end > 0 && grid->cells[row][end - 1] == BLANK)
        end--;
    assay__page_spaces(page, 2);
    assay__page_cell(page, grid->labels[row], grid->label, ASSAY__ALIGN_RIGHT, false,
                     ASSAY__INK_DIM);
    assay__text_puts(page->out, page->unicode ? " \xE2\x94\x82" : " |");
    for (int column = 0; column < end; column++) {
        enum cell cell = grid->cells[row][column];
        if (ink_of(cell) != ink && ink != ASSAY__INK_PLAIN)
            assay__page_ink(page, ASSAY__INK_PLAIN);
        if (ink_of(cell) != ink && ink_of(cell) != ASSAY__INK_PLAIN)
            assay__page_ink(page, ink_of(cell));
        ink = ink_of(cell);
        assay__text_puts(page->out, glyph(page, cell));
    }
    if (ink != ASSAY__INK_PLAIN)
        assay__page_ink(page, ASSAY__INK_PLAIN);
    assay__page_end(page);
}

/* "2026-01-31", or "look 5". */
static void look_name(const struct assay__chart_look *look, struct assay__text *out)
{
    char time[ASSAY__TIME_BYTES];
    if (look->time_ns == INT64_MIN) {
        assay__text_format(out, "look %u", (unsigned)look->number);
        return;
    }
    assay__time_write(look->time_ns, time);
    assay__text_format(out, "%.10s", time);
}

/* The name of the first look below it, and that of the last where there is room for it. */
static void write_axis(const struct grid *grid)
{
    struct assay__page *page = grid->page;
    const struct assay__chart *chart = grid->chart;
    struct assay__text first = {0}, last = {0};
    int from = column_of(grid, assay__chart_x(chart, &grid->scale, 0));
    int to = column_of(grid, assay__chart_x(chart, &grid->scale, chart->count - 1));
    look_name(&chart->looks[0], &first);
    look_name(&chart->looks[chart->count - 1], &last);
    page->out->failed = page->out->failed || first.failed || last.failed;
    if (!page->out->failed) {
        int start =
            from < grid->columns - (int)first.length ? from : grid->columns - (int)first.length;
        int next = start + (int)first.length;
        int end = to + 1 - (int)last.length > next ? to + 1 - (int)last.length : next + 1;
        assay__page_spaces(page, 2 + grid->label + 2 + start);
        assay__text_puts(page->out, first.data);
        if (chart->count > 1 && end + (int)last.length <= grid->columns) {
            assay__page_spaces(page, end - next);
            assay__text_puts(page->out, last.data);
        }
        assay__page_end(page);
    }
    assay__text_release(&first);
    assay__text_release(&last);
}

/* A mark below the look that found something, and what it found. */
static void write_event(const struct grid *grid, enum assay__chart_event event)
{
    struct assay__page *page = grid->page;
    const struct assay__chart *chart = grid->chart;
    struct assay__text words = {0};
    size_t at = assay__chart_find(chart, chart->found[event]);
    if (chart->found[event] == 0)
        return;
    assay__chart_event_text(&words, chart, event);
    page->out->failed = page->out->failed || words.failed;
    if (!page->out->failed) {
        int column =
            at < chart->count ? column_of(grid, assay__chart_x(chart, &grid->scale, at)) : 0;
        bool is_left = column + 2 + (int)words.length > grid->columns;
        assay__page_spaces(page, 2 + grid->label + 2 +
                                     (is_left ? column - 1 - (int)words.length : column));
        assay__page_ink(page, event == ASSAY__CHART_WORSE ? ASSAY__INK_BAD : ASSAY__INK_GOOD);
        assay__text_format(page->out, is_left ? "%s %s" : "%s %s",
                           is_left ? words.data : glyph(page, EVENT),
                           is_left ? glyph(page, EVENT) : words.data);
        assay__page_ink(page, ASSAY__INK_PLAIN);
        assay__page_end(page);
    }
    assay__text_release(&words);
}

static void write_note(const struct grid *grid, struct assay__text *words)
{
    int column = 2 + grid->label + 2;
    assay__page_spaces(grid->page, column);
    assay__page_words(grid->page, words, column, column);
}

static void write_end(const struct grid *grid)
{
    const struct assay__chart *chart = grid->chart;
    char planned[ASSAY__FIGURE_BYTES], now[ASSAY__FIGURE_BYTES];
    struct assay__text words = {0};
    if (!isfinite(assay__chart_end_x(chart, &grid->scale)))
        return;
    assay__figure_count((uint64_t)llround(chart->planned_units), planned);
    assay__figure_count((uint64_t)llround(chart->looks[chart->count - 1].units), now);
    assay__text_format(&words, "Planned to end at %s units; %s so far.", planned, now);
    write_note(grid, &words);
}

/* "; 4,000 units above +1.53 %" */
static void add_ahead(struct assay__text *words, const struct assay__chart *chart, size_t position,
                      int decimals)
{
    static const char *const SIDES[] = {
        [ASSAY__CHART_UPPER] = "above", [ASSAY__CHART_LOWER] = "below"};
    char units[ASSAY__FIGURE_BYTES], figure[ASSAY__FIGURE_BYTES];
    const char *before = " ";
    assay__figure_count((uint64_t)llround(assay__chart_units(chart, position)), units);
    assay__text_format(words, "%s%s units", position == chart->count ? " " : "; ", units);
    for (int line = 0; line <= ASSAY__CHART_LOWER; line++) {
        double value = assay__chart_line(chart, position, (enum assay__chart_line)line);
        if (!isfinite(value))
            continue;
        assay__figure_fixed(value, decimals, true, figure);
        assay__text_format(words, "%s%s %s%s", before, SIDES[line], figure, chart->unit);
        before = " or ";
    }
}

/* Where estimates have to be at the looks to come: the next ones, and the last. */
static void write_ahead(const struct grid *grid)
{
    enum { NAMED = 6 };
    const struct assay__chart *chart = grid->chart;
    size_t made = chart->count, positions = assay__chart_positions(chart);
    struct assay__text words = {0};
    if (!assay__chart_has_boundary_ahead(chart))
        return;
    int decimals = assay__chart_ahead_decimals(chart);
    assay__text_puts(&words, "To come, and significant there:");
    for (size_t i = made; i < positions; i++) {
        bool is_last = i + 1 == positions;
        if (positions - made <= NAMED || i - made < NAMED - 2 || is_last)
            add_ahead(&words, chart, i, decimals);
        else if (i - made == NAMED - 2)
            assay__text_format(&words, "; %zu more", positions - i - 1);
    }
    assay__text_putc(&words, '.');
    write_note(grid, &words);
}

void assay__chart_draw(struct assay__page *page, const struct assay__chart *chart)
{
    struct grid *grid = assay__calloc(1, sizeof *grid);
    if (grid == NULL || chart->count == 0) {
        page->out->failed = page->out->failed || grid == NULL;
        assay__free(grid);
        return;
    }
    grid->page = page;
    grid->chart = chart;
    grid->scale = assay__chart_fit(chart);
    lay_labels(grid);
    grid->columns = page->width - (2 + grid->label + 2) - 1;
    grid->columns = grid->columns < COLUMNS_MIN   ? COLUMNS_MIN
                    : grid->columns > COLUMNS_MAX ? COLUMNS_MAX
                                                  : grid->columns;
    lay_grid(grid);
    for (int row = 0; row < ROWS; row++)
        write_row(grid, row);
    write_axis(grid);
    for (int event = 0; event < ASSAY__CHART_EVENT_COUNT; event++)
        write_event(grid, (enum assay__chart_event)event);
    write_end(grid);
    write_ahead(grid);
    assay__free(grid);
}

void assay__chart_key(struct assay__page *page, const struct assay__chart_marks *marks)
{
    const struct {
        enum cell cell;
        const char *words;
        bool is_there;
    } key[] = {
        {FOUND, "significant", true},
        {MISSED, "not significant", true},
        {THIN, "interval of the horizon", true},
        {THICK, "interval if this were the only look", true},
        {BOUNDARY, "boundary, beyond which an estimate is significant", true},
        {TO_BEAT, "boundary at a look to come", marks->has_ahead},
        {FUTILITY, "futility bound, below which there is nothing left to find",
         marks->has_futility},
        {TO_LEAVE, "futility bound at a look to come", marks->has_futility && marks->has_ahead},
        {ZERO, "no difference", true},
        {MARGIN, "margin", true},
        {END, "planned end", true}};
    struct assay__text words = {0};
    for (size_t i = 0; i < sizeof key / sizeof *key; i++)
        if (key[i].is_there)
            assay__text_format(&words, "%s%s %s", i > 0 ? "; " : "", glyph(page, key[i].cell),
                               key[i].words);
    assay__page_ink(page, ASSAY__INK_DIM);
    assay__page_words(page, &words, 0, 2);
    assay__page_ink(page, ASSAY__INK_PLAIN);
}
