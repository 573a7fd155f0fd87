/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNITS_CHECKS_H
#define ASSAY_SOURCE_UNITS_UNITS_CHECKS_H

#include "source/csv/csv.h"
#include "source/units/units.h"

/** assay__units_is_careful(): rows are read, and units added, one by one. */
bool assay__units_is_careful(const struct assay__units *units);

/** assay__units_skip() counts a row that is skipped for the group it names, if it names one. */
enum assay_status assay__units_skip(struct assay__units *units, const struct assay__field *group,
                                    struct assay_error *err);

/**
 * assay__units_check_words() refuses a column that spells yes and no in several ways, such as 1 and
 * t, at the first cell of a second kind: one of the two may mean something else, and passing over
 * rows does not cure it. Ask when rows were read, with the status of that: what is wrong in an
 * earlier row is told before, whatever the order of reading.
 */
enum assay_status assay__units_check_words(const struct assay__units *units,
                                           const struct assay__rows *rows, enum assay_status status,
                                           struct assay_error *err);

/** assay__units_note_points() warns at the end of a file of points that may mark thousands. */
enum assay_status assay__units_note_points(const struct assay__units *units,
                                           struct assay__rows *rows, struct assay_error *err);

/** assay__units_note() notes of all files what is remarkable about their rows. */
enum assay_status assay__units_note(const struct assay__units *units, struct assay_error *err);

#endif
