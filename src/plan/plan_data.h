/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_DATA_H
#define ASSAY_PLAN_PLAN_DATA_H

#include "analysis/plan_model.h"
#include "base/text.h"

/** ASSAY__GROUP_OF_FILE: the plan's group column where the group is in the file's name. */
#define ASSAY__GROUP_OF_FILE "@file"

/**
 * struct assay__definition: one thing that a plan says about data, as opposed to what it asks of
 * them. Two plans that define what they share alike make sums that add up. kind, name, text:
 *
 *     column     unit, group, time        the column
 *     plan       where, granularity, asOf canonical filter ("" for all rows), the word, the time
 *     events     their name               canonical JSON
 *     metric     its id                   canonical JSON of the keys that say what its sums are of
 *     dimension  its column               ""
 *     segment    its id                   canonical filter
 *
 * Columns, granularity and asOf that the plan does not name are left out; plan where is always
 * there.
 */
struct assay__definition {
    const char *kind, *name, *text;
};

/** assay__plan_define() gives out the definitions of a plan one by one, in a fixed order. */
enum assay_status assay__plan_define(const struct assay_plan *plan,
                                     enum assay_status (*take)(void *context,
                                                               const struct assay__definition *,
                                                               struct assay_error *err),
                                     void *context, struct assay_error *err);

/** assay__plan_write_filter() appends a filter's canonical text; one that is wrong stays as it is.
 */
void assay__plan_write_filter(const char *filter, struct assay__text *text);

/** assay__plan_write_metric_data() and _events(): see struct assay__definition. */
void assay__plan_write_metric_data(const struct assay_metric_plan *metric,
                                   struct assay__text *text);
void assay__plan_write_events(const struct assay_events_plan *events, struct assay__text *text);

#endif
