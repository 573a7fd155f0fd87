/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_CAP_H
#define ASSAY_SOURCE_UNITS_CAP_H

#include "source/units/gather.h"
#include "source/units/unit_looks.h"

/** assay__cap_needs_values() tells whether some metric is capped at quantiles of the data. */
bool assay__cap_needs_values(const struct assay_plan *plan);

/**
 * assay__cap_rank() is ceil(quantile * count), at least 1 and at most count; the quantile is taken
 * as the decimal it is written as, not as the double nearest to it: 0.1 of 30 is 3, not 4.
 */
size_t assay__cap_rank(double quantile, size_t count);

/**
 * assay__cap_find() sets the caps at quantiles. The quantile q of n pooled values (all groups, one
 * value of each unit that counts at the last look, as the metric uses them) is the ceil(q n)-th
 * smallest, which is one of them, exactly. The values are kept in memory, 30 bytes each.
 * halt is asked, and told the stage "caps", while they are pooled and sorted; NULL: nobody is.
 */
enum assay_status assay__cap_find(struct assay__unit_looks *unit_looks,
                                  struct assay__gather *gather, struct assay__halt *halt,
                                  struct assay_error *err);

/** assay__cap_note() notes for each capped metric what values are set to. */
enum assay_status assay__cap_note(const struct assay__tally *tally, struct assay_error *err);

/** assay__cap_sentence() appends what is noted of a cap. */
void assay__cap_sentence(const char *metric, bool is_upper, const struct assay_decimal *bound,
                         struct assay__text *out);

#endif
