/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNITS_CHECKS_H
#define ASSAY_SOURCE_UNITS_UNITS_CHECKS_H

#include "source/csv/csv.h"
#include "source/units/units.h"

/** assay__units_skip() counts a row that is skipped for the group it names, if it names one. */
enum assay_status assay__units_skip(struct assay__units *units, const struct assay__field *group,
                                    struct assay_error *err);

/**
 * assay__units_check_words() refuses a column that spells yes and no in several ways, such as 1 and
 * t: one of the two may mean something else, and passing over rows does not cure it. It warns of
 * points that may be marks of thousands. Call it at the end of each file.
 */
enum assay_status assay__units_check_words(struct assay__units *units, struct assay__rows *rows,
                                           struct assay_error *err);

/**
 * assay__units_open_note() is what is to be said of a metric where there are several looks: rows
 * that count until the look measure a unit again at each, which no proof allows. NULL for nothing.
 */
const char *assay__units_open_note(const struct assay_metric_plan *metric);

#endif
