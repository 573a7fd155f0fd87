/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_TABLE_ARROW_VALUES_H
#define ASSAY_SOURCE_TABLE_ARROW_VALUES_H

#include "assay/arrow.h"
#include "source/table/grid.h"

/**
 * assay__arrow_value() is the value of an array at an index, its offset not counted yet, as text.
 * NULL, or a sentence that says what is wrong with it: a type that is not read, an index of a
 * dictionary that it does not have, a time out of range.
 */
const char *assay__arrow_value(const struct ArrowSchema *schema, const struct ArrowArray *array,
                               int64_t index, char scratch[ASSAY__CELL_BYTES],
                               struct assay__field *out);

/** assay__arrow_unread() is the name or format of a type that is not read; NULL: it is. */
const char *assay__arrow_unread(const struct ArrowSchema *schema);

/** assay__arrow_is_missing(): the bitmap of validity, if there is one, says so. */
bool assay__arrow_is_missing(const struct ArrowArray *array, int64_t index);

/** assay__arrow_is_sound(): what it counts can be there. */
bool assay__arrow_is_sound(const struct ArrowArray *array);

/** assay__arrow_fits(): it is sound; the array has the buffers and the dictionary that its schema
 * asks for. */
bool assay__arrow_fits(const struct ArrowSchema *schema, const struct ArrowArray *array);

#endif
