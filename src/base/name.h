/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_NAME_H
#define ASSAY_BASE_NAME_H

#include "base/arena.h"

/**
 * assay__name_compare() orders names as people do: runs of digits count as numbers, so that v2
 * comes before v10; all else goes by bytes. Names that differ never compare equal.
 */
int assay__name_compare(const char *a, const char *b);

/**
 * assay__name_fold() is a name without what the eye passes over: blanks of any kind and characters
 * without width, case (Latin, Greek, Cyrillic), accents, full-width forms, kinds of hyphens. Two
 * names that are folded alike are probably one. NULL without memory.
 */
const char *assay__name_fold(struct assay__arena *arena, const char *name);

/**
 * assay__name_quoted() is a name as sentences say it: in quotes where it begins or ends with a
 * blank, has several in a row, or is empty; else itself, not copied. NULL without memory.
 */
const char *assay__name_quoted(struct assay__arena *arena, const char *name);

#endif
