/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DEFAULTS_H
#define ASSAY_STATS_DEFAULTS_H

/* What a number of a design means that its caller left at 0: the same as in plans. */
static const double ASSAY__DEFAULT_ALPHA = 0.05;
static const double ASSAY__DEFAULT_POWER = 0.8;

/** assay__or_default() is value, or fallback when value is 0. */
static inline double assay__or_default(double value, double fallback)
{
    return value == 0.0 ? fallback : value;
}

#endif
