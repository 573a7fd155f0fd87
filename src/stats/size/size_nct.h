/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SIZE_SIZE_NCT_H
#define ASSAY_STATS_SIZE_SIZE_NCT_H

#include "exact/float320.h"

/**
 * assay__nct_power() is P(T' > c) to 25 digits, c the critical value of tail; NaN when it would
 * take too long.
 */
struct assay__wide assay__nct_power(struct assay__wide tail, struct assay__wide df,
                                    struct assay__wide noncentrality);

/**
 * assay__nct_compare() compares the power of a t test with a wanted one: the sign of power -
 * wanted, where power = P(T' > c), T' noncentral t, and c is the point that a central t exceeds
 * with probability tail. It decides to about 25 digits, for sizes that double arithmetic cannot
 * tell apart. Where t is so heavy-tailed that this would take too long (df below about 1 with a
 * tail of 1e-5, say) the sign is that of approximate - wanted, approximate being the caller's
 * double.
 */
int assay__nct_compare(struct assay__wide tail, struct assay__wide df,
                       struct assay__wide noncentrality, struct assay__wide wanted,
                       double approximate);

#endif
