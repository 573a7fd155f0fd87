/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_SHIPS_H
#define ASSAY_SOURCE_WAREHOUSE_SHIPS_H

#include "source/warehouse/engine.h"

/**
 * assay__plan_can_ship(): a database of this dialect may fetch rows from others, and its plan says
 * so. are_sums_afar: it is asked for views of sums on others, where the plan must tell sums from
 * rows to say anything.
 */
bool assay__plan_can_ship(const struct assay__sql_dialect *dialect, bool are_sums_afar);

/** assay__plan_ships() is the line of a plan that fetches rows, not sums; NULL for none. */
const char *assay__plan_ships(const struct assay__sql_dialect *dialect,
                              const struct assay__answer *plan);

#endif
