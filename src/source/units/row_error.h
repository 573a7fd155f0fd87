/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_ROW_ERROR_H
#define ASSAY_SOURCE_UNITS_ROW_ERROR_H

#include "source/units/units.h"

/** assay__units_fail_row() fails with the row at hand, whose bad cell and problem row tells. */
enum assay_status assay__units_fail_row(const struct assay__units *units,
                                        enum assay__row_outcome outcome,
                                        const struct assay__rows *rows,
                                        const struct assay__record *record,
                                        struct assay_error *err);

#endif
