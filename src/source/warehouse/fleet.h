/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_FLEET_H
#define ASSAY_SOURCE_WAREHOUSE_FLEET_H

#include "source/warehouse/shard.h"

/** struct assay__fleet: all databases of an analysis, each with its thread. */
struct assay__fleet;

/** assay__fleet_new() makes it ready; nothing is opened yet. */
enum assay_status assay__fleet_new(const struct assay_plan *plan,
                                   const struct assay__warehouse *warehouse, bool wants_plan_only,
                                   struct assay__fleet **out, struct assay_error *err);

/**
 * assay__fleet_ask() asks all at once and waits. The first failure, the time limit or the stop ends
 * the others, too.
 */
enum assay_status assay__fleet_ask(struct assay__fleet *fleet, struct assay_error *err);

size_t assay__fleet_count(const struct assay__fleet *fleet);
struct assay__shard *assay__fleet_shard(struct assay__fleet *fleet, size_t index);

/** assay__fleet_free(): what threads still use is left to them; NULL is fine. */
void assay__fleet_free(struct assay__fleet *fleet);

#endif
