/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_ROW_H
#define ASSAY_SOURCE_UNITS_ROW_H

#include "source/csv/cell.h"
#include "source/units/bind.h"
#include "source/units/spelling.h"
#include "source/units/unit_names.h"
#include "source/units/packed.h"
#include "source/units/unit_table.h"

/** struct assay__number is a number of a unit. */
struct assay__number {
    struct assay_decimal value; /* 0 when missing */
    bool is_missing;
};

/** struct assay__row_at: where the row's record is, and its cells in it. */
struct assay__row_at {
    struct assay__place place;
    const struct assay__record *record;
    const uint32_t *columns; /* by cell */
};

/** struct assay__row is a row that was read: what its cells mean. Reused from row to row. */
struct assay__row {
    struct assay__number *numbers;     /* [binding->variable_count] */
    char (*digits)[ASSAY__DIGITS_MAX]; /* [binding->variable_count]: digits of long numbers */
    struct assay__spellings spellings; /* so far */
    struct assay__row_at at;           /* set it before a row is read */
    int64_t time_ns;                   /* INT64_MIN without a time column */
    uint32_t bad_cell;                 /* the cell that could not be read */
    const char *problem;               /* what is wrong with it and what to do; static text */
    struct assay__field *filter_cells; /* [binding->filter_width] */
    uint64_t *content;                 /* [binding->content_words]: see assay__row_exposure() */
    struct assay__reading *readings;   /* [reading_count]: what the row gave to channels */
    uint32_t reading_count;
    unsigned char (*packed)[ASSAY__PACKED_NUMBER_BYTES]; /* long numbers: variables, channels */
};

/** enum assay__row_outcome: what becomes of a row. */
enum assay__row_outcome {
    ASSAY__ROW_GOOD,
    ASSAY__ROW_LEFT_OUT, /* by the plan's filter: not looked at any further */
    ASSAY__ROW_AFTER,    /* at or after asOf: not looked at any further */
    ASSAY__ROW_NO_GROUP, /* bad_cell and problem say what is wrong in this and the next ones */
    ASSAY__ROW_NO_UNIT,
    ASSAY__ROW_BAD,
    ASSAY__ROW_NO_MEMORY
};

enum assay_status assay__row_init(struct assay__row *row, const struct assay__binding *binding,
                                  struct assay_error *err);
void assay__row_release(struct assay__row *row);

/** assay__row_read() reads the cells of a row of source 0: time, names, variables and channels. */
enum assay__row_outcome assay__row_read(struct assay__row *row,
                                        const struct assay__binding *binding,
                                        const struct assay__field *cells);

/** assay__row_read_event() reads the cells of a row of events: time and channels. */
enum assay__row_outcome assay__row_read_event(struct assay__row *row,
                                              const struct assay__binding *binding, uint32_t source,
                                              const struct assay__field *cells);

/** assay__row_exposure() is what a good row of source 0 says of its unit, borrowed from row. */
enum assay_status assay__row_exposure(struct assay__row *row, const struct assay__binding *binding,
                                      const struct assay__field *cells,
                                      struct assay__unit_names *names, struct assay__exposure *out,
                                      struct assay_error *err);

#endif
