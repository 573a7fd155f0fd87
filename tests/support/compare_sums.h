/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of comparisons share: comparisons that must not fail, random summaries. */
#ifndef ASSAY_TESTS_COMPARE_SUMS_H
#define ASSAY_TESTS_COMPARE_SUMS_H

#include "oracle.h"

/** COMPARE_Z_UPPER compares means by z against a larger mean at alpha .05. */
extern const struct assay_method COMPARE_Z_UPPER;

/** compare_summaries() compares two groups that are known by their summaries. */
struct assay_comparison compare_summaries(struct assay_summary baseline,
                                          struct assay_summary compared,
                                          const struct assay_method *method);

/** compare_moments() has the moments of n vectors of as many doubles as the shape has. Free them.
 */
struct assay_moments *compare_moments(struct assay_moments_shape shape, const double *values,
                                      size_t n);

/** compare_arrays() compares n_c vectors of the baseline with n_t of the treatment. */
struct assay_comparison compare_arrays(struct assay_moments_shape shape, const double *c,
                                       size_t n_c, const double *t, size_t n_t,
                                       const struct assay_method *method);

/** compare_draw_summary() draws 2 to 501 units; compare_draw_method() a test, a side, an alpha. */
struct assay_summary compare_draw_summary(uint64_t *state);
struct assay_method compare_draw_method(uint64_t *state);

#endif
