/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_SPENDING_H
#define ASSAY_STATS_HORIZON_SPENDING_H

#include <stdbool.h>

#include "assay/plan.h"

/** struct assay__spending: how much of a level is spent when. */
struct assay__spending {
    enum assay_spending_family family;
    double parameter;
    double alpha; /* of one side */
};

/** assay__spending_valid(): the parameter lies in the family's range. */
bool assay__spending_valid(enum assay_spending_family family, double parameter);

/**
 * assay__spending_log_step() is the logarithm of what is spent from information from to to,
 * 0 <= from < to <= 1. -infinity only where no double says how little it is.
 */
double assay__spending_log_step(const struct assay__spending *spending, double from, double to);

#endif
