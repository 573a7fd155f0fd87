/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_NUMBER_H
#define ASSAY_SOURCE_SCAN_SCAN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/scan/scan_index.h"

enum {
    ASSAY__SCAN_BATCH = ASSAY__SCAN_ROWS + 64, /* rows an index may really hold */
    ASSAY__SCAN_SCALE_MAX = 18                 /* decimals of a mantissa, at most */
};

/**
 * struct assay__fields: one column of a batch as text. The field of row r ends at
 * ends[r * stride] and begins behind ends[r * stride - 1]; offsets count from text, modulo 2^32.
 */
struct assay__fields {
    const char *text;
    const uint32_t *ends;
    size_t stride;
    uint32_t count; /* rows, at most ASSAY__SCAN_BATCH */
};

/**
 * struct assay__mantissas: one column of a batch as integers. Row r is value[r] / 10^decimals[r];
 * the rows listed in odd are not read: their text is not one of [-]digits[.digits] with at most
 * 16 characters and at least one digit.
 */
struct assay__mantissas {
    int64_t value[ASSAY__SCAN_BATCH];
    uint8_t decimals[ASSAY__SCAN_BATCH];
    uint16_t odd[ASSAY__SCAN_BATCH];
    uint32_t odd_count;
    uint64_t value_bits;  /* every magnitude or its complement, joined by OR */
    uint32_t decimals_or; /* of all rows */
    uint32_t decimals_and;
};

/** assay__numbers_read() reads a column. Values of odd rows are 0. Threads: pure. */
typedef void assay__numbers_read(const struct assay__fields *fields, struct assay__mantissas *out);

assay__numbers_read assay__numbers_plain;
#if defined(__x86_64__)
assay__numbers_read assay__numbers_avx2;
#endif

/** assay__numbers_odd() lists a row as odd, for the kernels. */
static inline void assay__numbers_odd(struct assay__mantissas *out, uint32_t row)
{
    out->value[row] = 0;
    out->decimals[row] = 0;
    out->decimals_and = 0;
    out->odd[out->odd_count++] = (uint16_t)row;
}

#endif
