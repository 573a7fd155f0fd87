/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_RESOURCE_RESULT_COMPACT_H
#define ASSAY_API_RESOURCE_RESULT_COMPACT_H

#include "api/resource/result_shape.h"
#include "base/text.h"

/**
 * The AnalysisResult in compact form, straight from the rows of its shape. A result by a dimension
 * has 100,000 comparisons, one with looks a thousand of them each: as items of cJSON every value
 * would cost five times what its text costs.
 */
enum { ASSAY__FIGURE_BYTES = 64 }; /* any figure, or a time in quotes, and a NUL */

/**
 * assay__figure_write() writes a leaf that is not a text as JSON; returns its length, 0 where there
 * is no value.
 */
size_t assay__figure_write(enum assay__c_type type, const void *place,
                           char out[ASSAY__FIGURE_BYTES]);

/** assay__field_place() is where a leaf's value is. */
const void *assay__field_place(const struct assay__result_field *field,
                               const struct assay__view *view);

/**
 * assay__compact_write() appends an object in compact form: what cJSON prints for its tree. Between
 * the elements of lists a long text is passed on to its outlet.
 */
void assay__compact_write(const struct assay__shape *shape, const struct assay__view *view,
                          struct assay__text *out);

#endif
