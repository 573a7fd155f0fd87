/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_ROW_H
#define ASSAY_SOURCE_UNITS_ROW_H

#include "source/units/bind.h"
#include "source/csv/cell.h"

/** struct assay__number is a variable of a row. */
struct assay__number {
    struct assay_decimal value; /* 0 when missing */
    bool is_missing;
};

/** struct assay__row is a row that was read: what its cells mean. Reused from row to row. */
struct assay__row {
    struct assay__number *numbers;     /* [binding->variable_count] */
    char (*digits)[ASSAY__DIGITS_MAX]; /* [binding->variable_count]: digits of long numbers */
    uint32_t *words;                   /* [binding->variable_count]: spellings of 0 and 1 so far */
    int64_t time_ns;                   /* INT64_MIN without a time column */
    uint32_t bad_cell;                 /* the cell that could not be read */
    const char *problem;               /* what is wrong with it and what to do; static text */
};

/** enum assay__row_outcome: what becomes of a row. */
enum assay__row_outcome {
    ASSAY__ROW_GOOD,
    ASSAY__ROW_AFTER,    /* at or after asOf: not looked at any further */
    ASSAY__ROW_NO_GROUP, /* bad_cell and problem say what is wrong in this and the next ones */
    ASSAY__ROW_NO_UNIT,
    ASSAY__ROW_BAD
};

enum assay_status assay__row_init(struct assay__row *row, const struct assay__binding *binding,
                                  struct assay_error *err);
void assay__row_release(struct assay__row *row);

/** assay__row_read() reads the cells of a row. */
enum assay__row_outcome assay__row_read(struct assay__row *row,
                                        const struct assay__binding *binding,
                                        const struct assay__field *cells);

/** assay__variable_same(): do two readable cells of a variable hold the same number, or none? */
bool assay__variable_same(const struct assay__variable *variable,
                          const struct assay_dialect *dialect, const struct assay__field *a,
                          const struct assay__field *b);

#endif
