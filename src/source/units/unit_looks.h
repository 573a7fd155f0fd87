/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_LOOKS_H
#define ASSAY_SOURCE_UNITS_UNIT_LOOKS_H

#include "source/units/fold.h"
#include "source/units/look_ends.h"
#include "source/units/tally.h"

/**
 * struct assay__unit_looks adds a unit at the looks at which it counts. It is in the looks that end
 * after its first exposure, up to the one that has a row of it in another group. A metric has it
 * from the look on at which its window is complete; without a window from its first look on, and
 * the value changes with the looks that bring events.
 */
struct assay__unit_looks {
    const struct assay__binding *binding;
    const struct assay__looks *looks;
    struct assay__tally *tally;
    struct assay__folder folder;
    struct assay__number *numbers; /* [variable_count + fold_count] */
    struct assay__vector *last;    /* the vector that counts now */
};

enum assay_status assay__unit_looks_init(struct assay__unit_looks *unit_looks,
                                         const struct assay__looks *looks,
                                         struct assay__tally *tally, struct assay_error *err);
void assay__unit_looks_release(struct assay__unit_looks *unit_looks);

/** assay__unit_looks_add() adds a unit that counts at some look. */
enum assay_status assay__unit_looks_add(struct assay__unit_looks *unit_looks,
                                        const struct assay__exposure *unit,
                                        struct assay__records records, struct assay_error *err);

/**
 * assay__unit_looks_value() is what the unit gives to a metric at the last look; *counts is false
 * when it gives nothing.
 */
enum assay_status assay__unit_looks_value(struct assay__unit_looks *unit_looks,
                                          const struct assay__exposure *unit,
                                          struct assay__records records, uint32_t metric,
                                          struct assay__vector *out, struct assay_error *err);

#endif
