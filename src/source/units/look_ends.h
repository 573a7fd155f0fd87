/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_LOOK_ENDS_H
#define ASSAY_SOURCE_UNITS_LOOK_ENDS_H

#include "analysis/plan_model.h"
#include "base/error.h"

/**
 * struct assay__looks: the instants at which an experiment is looked at. A look ends with its hour,
 * day or week (from Monday) in UTC, the last one at asOf if that comes first; there is one for each
 * from the earliest row to the latest, rows or not. Without granularity there is a single look over
 * all data, which ends at asOf, else with the latest row.
 *
 * A row is in a look when its time is before end; a window is complete when it ends by complete.
 * For a single look over all data end is INT64_MAX.
 */
struct assay__look_end {
    int64_t key; /* the look's time in the dataset: its end, INT64_MIN for a single look */
    int64_t end, complete;
};

struct assay__looks {
    struct assay__look_end *at; /* [count], ascending */
    uint32_t count;
};

/** assay__look_length() is the length of a look in nanoseconds; 0 without granularity. */
int64_t assay__look_length(enum assay_granularity granularity);

/** assay__look_number() counts looks through, from 1970 on; assay__look_end_of() is its end. */
int64_t assay__look_number(enum assay_granularity granularity, int64_t time_ns);
int64_t assay__look_end_of(enum assay_granularity granularity, int64_t number);

/** assay__look_end() is the first instant after the hour, day or week of a time. */
int64_t assay__look_end(enum assay_granularity granularity, int64_t time_ns);

/**
 * assay__looks_init() lists the looks of rows from earliest to latest; INT64_MAX and INT64_MIN say
 * that there are none. ASSAY_ERROR_LIMIT for more than ASSAY_LOOKS_MAX.
 */
enum assay_status assay__looks_init(struct assay__looks *looks, const struct assay_plan *plan,
                                    int64_t earliest_ns, int64_t latest_ns,
                                    struct assay_error *err);
void assay__looks_release(struct assay__looks *looks);

/** assay__looks_with() is the first look with a row of this time in it; count when none is. */
uint32_t assay__looks_with(const struct assay__looks *looks, int64_t time_ns);

/**
 * assay__looks_after() is the first look at which a window that ends length_ns after a time is
 * complete; count when none is.
 */
uint32_t assay__looks_after(const struct assay__looks *looks, int64_t time_ns, int64_t length_ns);

#endif
