/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_EXACT_DOUBLE_H
#define ASSAY_EXACT_EXACT_DOUBLE_H

#include "exact/exact_store.h"

/**
 * struct assay__chunks holds the sums of vectors of doubles in fixed point over the whole range of
 * doubles (and of products of two and three of them), so that no finite double is ever rounded. A
 * sum is a row of 64-bit integers that weigh 2^32 each more than the one before; a value is added
 * to the few it overlaps without carrying, and carries are made once in 2^30 values.
 */
struct assay__chunks {
    struct assay__layout layout;
    uint64_t pending; /* values added since the last carry */
    int64_t chunks[];
};

/** assay__chunks_bytes() is the memory one needs; zeroed memory with the layout set is empty. */
size_t assay__chunks_bytes(struct assay__layout layout);

/** assay__chunks_add() adds a vector of finite doubles. */
void assay__chunks_add(struct assay__chunks *sums, const double *values);

/** assay__chunks_merge() adds all of from, same layout. */
void assay__chunks_merge(struct assay__chunks *sums, const struct assay__chunks *from);

/** assay__chunks_get() adds sum number index to sum. */
void assay__chunks_get(const struct assay__chunks *sums, uint32_t index, struct assay__exact *sum);

#endif
