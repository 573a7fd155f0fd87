/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_SCHEMA_H
#define ASSAY_PLAN_PLAN_SCHEMA_H

#include "base/text.h"

/** assay__plan_schema_write() writes the JSON Schema of plans, made of the key table. */
void assay__plan_schema_write(struct assay__text *out);

#endif
