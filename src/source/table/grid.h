/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_TABLE_GRID_H
#define ASSAY_SOURCE_TABLE_GRID_H

#include "source/table/given_table.h"

enum { ASSAY__CELL_BYTES = 48 /* room for any number or time as text */ };

struct assay__given_grid;

/** struct assay__given_grid_kind is what a grid of typed values does. */
struct assay__given_grid_kind {
    /* Goes on to the next rows, at most most of them; *count is 0 at the end. */
    enum assay_status (*next)(struct assay__given_grid *grid, size_t most, size_t *count,
                              struct assay_error *err);
    /* The cell of a row, from 0, of those that next() went on to: as text, in scratch or borrowed
       until next() is called again. NULL, or a sentence that says what is wrong with it. */
    const char *(*cell)(const struct assay__given_grid *grid, size_t row, uint32_t column,
                        char scratch[ASSAY__CELL_BYTES], struct assay__field *out);
    void (*free)(struct assay__given_grid *grid);
    /* NULL, or the column's type where values of it are not read; NULL: they are. */
    const char *(*unread)(const struct assay__given_grid *grid, uint32_t column);
};

/** struct assay__given_grid is a table whose cells are values in memory; it begins the kind's
 * struct. */
struct assay__given_grid {
    struct assay_table table; /* first */
    const struct assay__given_grid_kind *kind;
    char **names; /* [column_count] */
    uint32_t column_count;
};

/**
 * assay__grid_init() names the columns, of which the grid keeps copies (NULL: "").
 * assay__grid_abandon() frees a grid, finished or not.
 */
enum assay_status assay__grid_init(struct assay__given_grid *grid,
                                   const struct assay__given_grid_kind *kind, const char *name,
                                   const char *const *names, size_t column_count,
                                   struct assay_error *err);
void assay__grid_abandon(struct assay__given_grid *grid, const struct assay__given_grid_kind *kind);

/* Values as text, in the way that CSV has them: assay__cell_text() with a length, the others in
   scratch. They mean the same whatever a dialect says. */
void assay__cell_text(const char *text, size_t length, struct assay__field *out);
void assay__cell_missing(struct assay__field *out);
void assay__cell_double(double value, char scratch[ASSAY__CELL_BYTES], struct assay__field *out);
void assay__cell_float(float value, char scratch[ASSAY__CELL_BYTES], struct assay__field *out);
void assay__cell_integer(int64_t value, char scratch[ASSAY__CELL_BYTES], struct assay__field *out);
void assay__cell_unsigned(uint64_t value, char scratch[ASSAY__CELL_BYTES],
                          struct assay__field *out);

/* Times: NULL, or a sentence when it is out of range. */
#define ASSAY__TIME_OUT_OF_RANGE "The time is out of range: years 1678 to 2261 are read."
const char *assay__cell_time(int64_t ns, char scratch[ASSAY__CELL_BYTES], struct assay__field *out);
const char *assay__cell_date(int64_t days, char scratch[ASSAY__CELL_BYTES],
                             struct assay__field *out);

#endif
