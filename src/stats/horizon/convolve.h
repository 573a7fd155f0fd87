/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_CONVOLVE_H
#define ASSAY_STATS_HORIZON_CONVOLVE_H

enum { ASSAY__CONVOLVED = 16 };

/** assay__convolve() sums products for each of ASSAY__CONVOLVED places: place j begins at
 * masses[j]. Of count products every one is taken that is so many strides from the first. The same
 * bits on any processor. */
void assay__convolve(const double *masses, const double *table, long count, long stride,
                     double sums[ASSAY__CONVOLVED]);

/** assay__convolve_plainly() and assay__convolve_wide() are those it chooses from; the latter is
 * the former where there is no other. */
void assay__convolve_plainly(const double *masses, const double *table, long count, long stride,
                             double sums[ASSAY__CONVOLVED]);
void assay__convolve_wide(const double *masses, const double *table, long count, long stride,
                          double sums[ASSAY__CONVOLVED]);

#endif
