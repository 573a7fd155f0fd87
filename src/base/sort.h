/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_SORT_H
#define ASSAY_BASE_SORT_H

#include <stddef.h>

#include "base/halt.h"

/**
 * assay__sort() is qsort() that asks halt whether to go on, and reports stage, at least every few
 * thousand items. Equal items come in any order. When it fails, the items are those that were
 * there, in any order, or some of them twice: they are only good for being freed.
 */
enum assay_status assay__sort(void *items, size_t count, size_t size_bytes,
                              int (*compare)(const void *a, const void *b),
                              struct assay__halt *halt, const char *stage, struct assay_error *err);

#endif
