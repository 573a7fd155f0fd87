/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_BATCH_H
#define ASSAY_SOURCE_SCAN_SCAN_BATCH_H

#include "source/scan/scan_add.h"
#include "source/units/gather.h"
#include "source/units/spelling.h"

enum { ASSAY__SCAN_DAYS = 128 };

/** struct assay__scan_counts: rows read the fast way, and what became of them. */
struct assay__scan_counts {
    uint64_t read, used, left_out, after; /* used: of rows that are units on their own */
    int64_t earliest_ns, latest_ns;       /* INT64_MAX and INT64_MIN without any */
};

/**
 * struct assay__scan_reader reads records the careful way: those that the fast way can't be sure
 * of. take() is called with one record at a time, never by two threads at once, in any order; what
 * it adds up must not depend on the order. Lines count from the first one of chunk number chunk - 1
 * of those at hand, or with chunk 0 from the file's first one.
 */
struct assay__scan_reader {
    enum assay_status (*take)(void *context, const struct assay__rows *rows,
                              const struct assay__record *record, uint64_t chunk,
                              struct assay_error *err);
    void *context;
};

/** struct assay__scan_target: where rows go. */
struct assay__scan_target {
    struct assay_dataset *dataset;
    struct assay__gather *gather;    /* NULL: rows are units, and go straight into the dataset */
    struct assay__unit_names *names; /* of groups and values, for units that are gathered */
    struct assay__spellings *spellings;
    struct assay__scan_reader careful;
    pthread_mutex_t *lock; /* around each use of dataset, names and spellings */
};

/** struct assay__scan_units: a batch on its way to the gather: see scan_units.c. */
struct assay__scan_units {
    struct assay__exposure *exposures;   /* [ASSAY__SCAN_BATCH] */
    struct assay__happening *happenings; /* [ASSAY__SCAN_BATCH] */
    struct assay__unit_key *keys;        /* [ASSAY__SCAN_BATCH] */
    uint64_t *content;                   /* [ASSAY__SCAN_BATCH * binding->content_words] */
    struct assay__reading *readings;     /* [ASSAY__SCAN_BATCH * channels of the source] */
    struct assay__scan_column *columns;  /* [channel]: NULL where a channel has no number */
    struct assay__known_names {
        uint32_t *numbers; /* by the worker's number; UINT32_MAX: not yet */
        uint32_t capacity;
    } * known; /* [1 + dimension] */
};

/** struct assay__scan_batch: one worker's room for a batch, and where it goes. */
struct assay__scan_batch {
    const struct assay__scan_layout *layout;
    struct assay__scan_target target;
    struct assay__scan_adder adder;
    struct assay__field_index index;
    uint32_t *end_room;                        /* of index.ends, with one before the first */
    struct assay__fields fields;               /* of the column at hand */
    uint32_t last_ends[2 * ASSAY__SCAN_BATCH]; /* of the last column before CRLF */
    uint32_t *names;                   /* [list * ASSAY__SCAN_BATCH + row]: groups, values */
    uint8_t *passes;                   /* [where * ASSAY__SCAN_BATCH + row] */
    struct assay__field *filter_cells; /* [binding->filter_width] */
    struct assay__mantissas epochs;    /* times as numbers, where they seem to be some */
    struct assay__scan_day {
        char text[16]; /* 2026-11-23; nothing before one was read */
        int64_t begin_ns;
    } days[ASSAY__SCAN_DAYS]; /* the last ones read, by the last digits of month and day */
    struct assay__scan_units units;
    struct assay__scan_counts counts;
    struct assay__place at; /* of the first row; set it before rows are added */
};

enum assay_status assay__scan_batch_init(struct assay__scan_batch *batch,
                                         const struct assay__scan_layout *layout,
                                         const struct assay__scan_target *target,
                                         struct assay__csv *csv, struct assay_error *err);
void assay__scan_batch_release(struct assay__scan_batch *batch);

/**
 * assay__scan_batch_add() adds the first row_count rows of the index, but for those whose fate is
 * to be careful (batch->adder.fate): they count for nothing here.
 */
enum assay_status assay__scan_batch_add(struct assay__scan_batch *batch, const char *text,
                                        uint32_t row_count, struct assay_error *err);

/* What the files behind this one share. */

/** assay__scan_locate() finds the fields of a cell's column: batch->fields. */
void assay__scan_locate(struct assay__scan_batch *batch, const char *text, uint32_t row_count,
                        uint32_t cell);

/** assay__scan_field() is one field of the column at hand, without its quotes. */
static inline struct assay__field assay__scan_field(const struct assay__scan_batch *batch,
                                                    uint32_t row)
{
    const uint32_t *end = batch->fields.ends + row * batch->fields.stride;
    uint32_t start = end[-1] + 1;
    struct assay__field field = {batch->fields.text + start, *end - start, false, false, false};
    if (field.length >= 2 && field.text[0] == '"') {
        field.text++;
        field.length -= 2;
        field.is_quoted = true;
    }
    return field;
}

/**
 * assay__scan_numbers() reads a column of numbers. Rows are not looked at whose fate is decided, or
 * that do not pass (NULL: all do).
 */
void assay__scan_numbers(struct assay__scan_batch *batch, const char *text, uint32_t row_count,
                         const struct assay__variable *variable, const uint8_t *passes,
                         struct assay__scan_column *column);

/**
 * assay__scan_spellings() notes how the cells are written of the rows that are used, once no other
 * will be left to the careful reader, which notes those of its own.
 */
void assay__scan_spellings(struct assay__scan_batch *batch, const char *text, uint32_t row_count);

/** assay__scan_times() reads times: bad ones are for a careful look, late ones left out. */
void assay__scan_times(struct assay__scan_batch *batch, const char *text, uint32_t row_count);

/** assay__scan_units_init() makes room for units; release it with the batch. */
enum assay_status assay__scan_units_init(struct assay__scan_batch *batch, struct assay_error *err);
void assay__scan_units_release(struct assay__scan_batch *batch);

/** assay__scan_units_read() reads ids and channels, and _give() hands the rows over. */
void assay__scan_units_read(struct assay__scan_batch *batch, const char *text, uint32_t row_count);
enum assay_status assay__scan_units_give(struct assay__scan_batch *batch, uint32_t row_count,
                                         struct assay_error *err);

#endif
