/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_SUMS_H
#define ASSAY_SOURCE_SCAN_SCAN_SUMS_H

#include <stdint.h>

#include "exact/exact_store.h"

/** struct assay__sample: rows of a batch that belong to one cell, and the columns of a metric. */
struct assay__sample {
    const int64_t *columns[ASSAY_VARIABLES_MAX]; /* mantissas by row; |mantissa| < 2^62 */
    uint32_t bits[ASSAY_VARIABLES_MAX];          /* bit length of a column's largest mantissa */
    const uint16_t *rows;                        /* [count] */
    uint32_t count;                              /* at most ASSAY__SCAN_BATCH */
};

/**
 * assay__sums_add() adds the vectors of a sample to the limbs of a store of width 1 (exact_store.h:
 * sums of two limbs, products of three, third-order sums of four). Exact. The bit lengths choose
 * the width in which a batch is summed: 64 bits, 128 bits, or row by row. Threads: pure.
 */
void assay__sums_add(uint64_t *limbs, struct assay__layout layout,
                     const struct assay__sample *sample);

#endif
