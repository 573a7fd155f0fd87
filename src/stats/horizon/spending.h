/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_SPENDING_H
#define ASSAY_STATS_HORIZON_SPENDING_H

#include <stdbool.h>

#include "assay/plan.h"

/** struct assay__spending: how much of a level is spent when. */
struct assay__spending {
    enum assay_spending_family family;
    double parameter;
    double alpha;    /* of one side */
    double quantile; /* the normal one of alpha/2, above; 0: it is computed when it is needed */
};

/** assay__spending_of() is such a one with its quantile. */
struct assay__spending assay__spending_of(enum assay_spending_family family, double parameter,
                                          double alpha);

/** assay__spending_valid(): the parameter lies in the family's range. */
bool assay__spending_valid(enum assay_spending_family family, double parameter);

/** assay__spending_fallback() is a family's parameter unless given; NAN for one without. */
double assay__spending_fallback(enum assay_spending_family family);

/**
 * assay__spending_ranges() writes where the parameters may lie, as "between 0.01 and 100 for power,
 * and between ...", and returns text.
 */
enum { ASSAY__SPENDING_RANGES = 256 };
const char *assay__spending_ranges(char text[ASSAY__SPENDING_RANGES]);

/**
 * assay__spending_log_step() is the logarithm of what is spent from information from to to,
 * 0 <= from < to <= 1. -infinity only where no double says how little it is.
 */
double assay__spending_log_step(const struct assay__spending *spending, double from, double to);

#endif
