/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_EXACT_BIG_H
#define ASSAY_EXACT_EXACT_BIG_H

#include "exact/exact.h"

/**
 * struct assay__big is a row of exact numbers as they are kept: each as long as it is. A row is
 * written once, number after number, and then only read; what changes it writes another one. So a
 * failed allocation never leaves a row half changed.
 */
struct assay__big;

/**
 * assay__big_new() makes an empty row with room for a number of big integers; NULL without memory.
 * It starts with room for the lengths of before, which may be NULL, and some limbs more.
 */
struct assay__big *assay__big_new(uint32_t count, const struct assay__big *before);
/** assay__big_free() frees a row; NULL is fine. */
void assay__big_free(struct assay__big *row);

/** assay__big_put() appends a number; false when it has failed, or memory has run out. */
bool assay__big_put(struct assay__big *row, const struct assay__exact *number);

/** assay__big_at() is a number of the row, as long as the row lives and none is appended. */
struct assay__span assay__big_at(const struct assay__big *row, uint32_t index);

#endif
