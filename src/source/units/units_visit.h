/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNITS_VISIT_H
#define ASSAY_SOURCE_UNITS_UNITS_VISIT_H

#include "source/units/units.h"

/**
 * assay__units_visit() adds the gathered units to the dataset at their looks, and counts what
 * became of each; several threads share the parts. ASSAY_ERROR_DATA when rows of a unit differ.
 */
enum assay_status assay__units_visit(struct assay__units *units, const struct assay__looks *looks,
                                     struct assay_error *err);

#endif
