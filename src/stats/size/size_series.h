/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SIZE_SIZE_SERIES_H
#define ASSAY_STATS_SIZE_SIZE_SERIES_H

#include <stdbool.h>

#include "stats/size/size.h"

/**
 * assay__size_quick_normal() is assay__size_normal_required() in doubles; 0 where they leave a
 * doubt.
 */
double assay__size_quick_normal(const struct assay__size *size);

/**
 * assay__size_quick_suffices() is 1 or -1 as Welch's test has the power with so many units or not;
 * 0 where the series of assay__size_reach() and doubles leave a doubt.
 */
int assay__size_quick_suffices(const struct assay__size *size, double n_baseline,
                               double n_compared);

/**
 * assay__size_quick_effect() is the distance that Welch's test finds: where the series tells it the
 * double nearest to it but for some 2^-60 of itself, else to a unit or two of the last place; false
 * where neither it nor the table does.
 */
bool assay__size_quick_effect(const struct assay__size *size, double n_baseline, double n_compared,
                              double *distance);

#endif
