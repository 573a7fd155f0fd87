/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_NEAREST_H
#define ASSAY_BASE_NEAREST_H

#include <stddef.h>

/**
 * assay__nearest() finds the candidate that someone who wrote word most likely meant: the smallest
 * edit distance, letters' case ignored, at most a third of the word's length (at least 1). NULL
 * when none is that close. The first of equals wins. Words of more than 64 bytes match nothing.
 */
const char *assay__nearest(const char *word, size_t length, const char *const *candidates,
                           size_t count);

#endif
