/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_RESOURCE_RESULT_TREE_H
#define ASSAY_API_RESOURCE_RESULT_TREE_H

#include <cjson/cJSON.h>

#include "api/resource/result_shape.h"

/**
 * enum assay__tree_form: whom a tree is for. Where it is there to be printed, in compact form, each
 * element of a list of plain objects is one raw text (api/resource/result_figures.h).
 */
enum assay__tree_form { ASSAY__TREE_WHOLE, ASSAY__TREE_PRINTED };

/**
 * assay__tree_object() is what a view shows, as an object of this shape. NULL without memory. The
 * caller deletes it.
 */
cJSON *assay__tree_object(const struct assay__shape *shape, const struct assay__view *view,
                          enum assay__tree_form form);

/**
 * assay__tree_field() is the value of one field. False without memory; *out is NULL then, and where
 * the field is left out.
 */
bool assay__tree_field(const struct assay__result_field *field, const struct assay__view *view,
                       enum assay__tree_form form, cJSON **out);

#endif
