/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_ROOT_H
#define ASSAY_STATS_ROOT_H

/** A function of which a zero is wanted: rising. Values beyond 1e150 and NaN are taken as +-1e150.
 */
typedef double (*assay__rising)(void *context, double x);

/**
 * assay__root_rising() is the zero of a rising function by Brent's method, looked for around start
 * in steps of step that double. The nearest end when it lies 2^20 steps away. Nothing is allocated.
 */
double assay__root_rising(assay__rising function, void *context, double start, double step);

/**
 * assay__root_between() is its zero between low and high, low <= high: to 4e-16 of itself, or an
 * end when the function has one sign at both.
 */
double assay__root_between(assay__rising function, void *context, double low, double high);

#endif
