/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_INDEX_H
#define ASSAY_SOURCE_SCAN_SCAN_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/room.h"

/**
 * The index of a piece of CSV text: where each field ends, and which fields end a row. It is made
 * 64 bytes at a time from bit masks, and only for text whose meaning the masks can prove. At the
 * first byte that needs a careful look the index stops, and says so:
 *
 *   - NUL; a carriage return without a line feed behind it, or between quotes;
 *   - a quote inside a field that does not begin with one, a doubled quote, text behind a closing
 *     quote.
 *
 * Everything before that byte is indexed as the scanner of csv_scan.h would. Bytes above 0x7F are
 * noted, not checked: see has_high.
 */
enum {
    ASSAY__SCAN_ROWS = ASSAY__ROOM(512, 16), /* rows of a batch, at most */
    ASSAY__SCAN_BLOCK = 64,                  /* bytes of a block */
    ASSAY__SCAN_PAD = 64,                    /* bytes that may be read before and after a text */
    ASSAY__SCAN_FIELDS_MIN = ASSAY__ROOM(8192, 256) /* ends of an index, at least, beside a row's */
};

/** struct assay__field_index: one batch. Offsets count from the text's first byte. */
struct assay__field_index {
    uint32_t *ends; /* [end_capacity + 64]: offset of the byte that ends each field; ends[-1] is
                       2^32 - 1, so that each field begins behind the end before it */
    uint32_t end_capacity;
    uint32_t *row_ends; /* [ASSAY__SCAN_ROWS + 64]: fields up to the end of each row */
    uint32_t end_count, row_count;
    bool stopped;    /* at a byte that needs a careful look */
    bool has_quotes; /* some fields are quoted */
    bool has_high;   /* some bytes are above 0x7F: the caller checks that they are UTF-8 */
    bool has_return; /* some rows end with CRLF: the last field's end is then before the CR */
};

/**
 * assay__fields_make() indexes text, which begins with a row, until a batch is full, a careful byte
 * stops it, or length is reached. ASSAY__SCAN_PAD bytes behind length may be read and mean nothing.
 * Threads: pure.
 */
typedef void assay__fields_make(struct assay__field_index *index, const char *text, size_t length,
                                char separator);

/** The kernels. Each gives the same index; those of other processors do not exist here. */
assay__fields_make assay__fields_plain;
#if defined(__x86_64__)
assay__fields_make assay__fields_sse2;
assay__fields_make assay__fields_avx2;
assay__fields_make assay__fields_avx512;
#endif

#endif
