/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_RESOURCE_RESULT_FIGURES_H
#define ASSAY_API_RESOURCE_RESULT_FIGURES_H

#include "api/resource/result_shape.h"
#include "base/text.h"

/**
 * The figures of the AnalysisResult as text. A result with a thousand looks is figures for the most
 * part; as items of cJSON each of them would cost ten times what its digits cost.
 */
enum { ASSAY__FIGURE_BYTES = 48 }; /* any figure, or a time in quotes, and a NUL */

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
 * assay__figures_write() appends an object of a plain shape in compact form: what cJSON prints for
 * its tree.
 */
void assay__figures_write(const struct assay__shape *shape, const struct assay__view *view,
                          struct assay__text *out);

#endif
