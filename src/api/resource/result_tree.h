/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_RESOURCE_RESULT_TREE_H
#define ASSAY_API_RESOURCE_RESULT_TREE_H

#include <cjson/cJSON.h>

#include "api/resource/result_shape.h"

/**
 * assay__tree_object() is what a view shows, as an object of this shape. NULL without memory. The
 * caller deletes it.
 */
cJSON *assay__tree_object(const struct assay__shape *shape, const struct assay__view *view);

/**
 * assay__tree_field() is the value of one field. False without memory; *out is NULL then, and where
 * the field is left out.
 */
bool assay__tree_field(const struct assay__result_field *field, const struct assay__view *view,
                       cJSON **out);

#endif
