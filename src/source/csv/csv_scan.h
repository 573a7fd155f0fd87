/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_SCAN_H
#define ASSAY_SOURCE_CSV_CSV_SCAN_H

#include "source/csv/csv.h"

/** struct assay__scanner knows which bytes end a field. Read only once made; shared by threads. */
struct assay__scanner {
    unsigned char bare[256];   /* class of a byte in a field without quotes */
    unsigned char quoted[256]; /* class of a byte between quotes */
    char separator;
};

void assay__scanner_init(struct assay__scanner *scanner, char separator);

/** enum assay__scan_outcome: what assay__scan_record() found. */
enum assay__scan_outcome {
    ASSAY__SCAN_RECORD, /* a record */
    ASSAY__SCAN_BLANK,  /* a line with nothing in it */
    ASSAY__SCAN_MORE,   /* the bytes end inside a record */
    ASSAY__SCAN_OPEN    /* the input ends between quotes */
};

/** enum assay__scan_fault: what is wrong with a record whose end could be found all the same. */
enum assay__scan_fault {
    ASSAY__FAULT_NONE,
    ASSAY__FAULT_NUL,
    ASSAY__FAULT_UTF8,
    ASSAY__FAULT_QUOTE /* text follows a closing quote */
};

/** struct assay__scan: a scanned record. Lines count from the record's first, columns from 0. */
struct assay__scan {
    const char *end; /* after the record and its line end */
    uint32_t field_count;
    uint64_t line_count;          /* line ends in it, its own included */
    bool has_doubled;             /* some field has doubled quotes: see assay__scan_unquote() */
    enum assay__scan_fault fault; /* the first one */
    uint64_t fault_line;
    uint32_t fault_column;
    /* ASSAY__SCAN_MORE and ASSAY__SCAN_OPEN: the field in which the bytes end. */
    const char *field_start;
    uint64_t field_line;
};

/**
 * assay__scan_record() finds the fields of the record at at. The byte at end must be a line feed
 * of the caller's. is_last: the input ends at end. Fields past capacity are counted, not stored.
 */
enum assay__scan_outcome assay__scan_record(const struct assay__scanner *scanner, const char *at,
                                            const char *end, bool is_last,
                                            struct assay__field *fields, uint32_t capacity,
                                            struct assay__scan *out);

/** struct assay__scan_run: records in a row that have the columns of the header. */
struct assay__scan_run {
    const char *at, *end;        /* at is behind the records afterwards */
    struct assay__field *fields; /* [record_count * column_count] */
    uint32_t column_count;
    size_t record_count;        /* at most */
    struct assay__field header; /* its first field: what begins so may be the header once more */
};

/**
 * assay__scan_run() takes records as long as nothing is remarkable about them: plain bytes, one
 * line and the right number of fields each. Returns how many; the next one, and those near the end,
 * are for assay__scan_record().
 */
size_t assay__scan_run(const struct assay__scanner *scanner, struct assay__scan_run *run);

/** assay__scan_unquote() makes doubled quotes single, in place: the bytes are the caller's. */
void assay__scan_unquote(struct assay__field *fields, uint32_t count);

#endif
