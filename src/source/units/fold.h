/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_FOLD_H
#define ASSAY_SOURCE_UNITS_FOLD_H

#include "source/units/row.h"

/**
 * struct assay__folder makes numbers of the records of one unit after another. Sums, counts and
 * extremes are exact; a mean that is not a short decimal is rounded once, to 18 digits. Nothing
 * depends on the order of the records.
 */
struct assay__folder {
    const struct assay__binding *binding;
    struct assay__reading *events; /* records of the unit, by channel */
    size_t count, capacity;
    size_t *begin; /* [channel_count + 1]: events of channel c are begin[c] to begin[c + 1] */
    const struct assay__reading **chosen; /* [capacity]: those that a fold counts */
    const uint64_t *partials;             /* of the unit */
    char (*digits)[ASSAY__DIGITS_MAX];    /* [fold_count]: of long numbers */
};

/** assay__folder_init() makes ready; release it also when this fails. */
enum assay_status assay__folder_init(struct assay__folder *folder,
                                     const struct assay__binding *binding, struct assay_error *err);
void assay__folder_release(struct assay__folder *folder);

/** assay__folder_load() takes the partial numbers and the records of a unit. */
enum assay_status assay__folder_load(struct assay__folder *folder, const uint64_t *partials,
                                     struct assay__records records, struct assay_error *err);

/**
 * assay__folder_number() is what a fold makes of the events before until_ns, the end of a look, or
 * of all when that is INT64_MAX. Digits are borrowed until the same fold is asked again.
 * ASSAY_ERROR_LIMIT when the sum has more digits than a number may have.
 */
enum assay_status assay__folder_number(struct assay__folder *folder, uint32_t fold,
                                       int64_t first_ns, int64_t until_ns,
                                       struct assay__number *out, struct assay_error *err);

#endif
