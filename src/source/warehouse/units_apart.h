/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_UNITS_APART_H
#define ASSAY_SOURCE_WAREHOUSE_UNITS_APART_H

#include "source/warehouse/fleet.h"

/**
 * assay__units_apart() fails with ASSAY_ERROR_DATA where a unit that is exposed in one shard has
 * rows in another one, as far as their lists of units go. all_seen says whether they were whole.
 */
enum assay_status assay__units_apart(struct assay__fleet *fleet, bool *all_seen,
                                     struct assay_error *err);

#endif
