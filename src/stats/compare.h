/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_COMPARE_H
#define ASSAY_STATS_COMPARE_H

#include "assay/compare.h"
#include "stats/centred.h"
#include "stats/compare_ball.h"
#include "stats/dist/t.h"
#include "stats/estimate.h"

/** struct assay__compare_wide: what a test takes and gives beyond the digits of doubles. */
struct assay__compare_wide {
    struct assay__wide null_difference; /* in place of the method's */
    struct assay__pair_estimate pair;   /* written: the estimates and errors of the test */
    struct assay__t_law law;            /* of its degrees of freedom, for tests that follow */
    struct assay__ball_figures figures; /* the same */
    struct assay__skewness shape;       /* the same */
};

/**
 * assay__compare_groups() is assay_moments_compare() on groups already made from their moments, so
 * that several tests share them. An empty group has n = 0. more may be NULL: the null difference
 * is the method's double.
 */
enum assay_status assay__compare_groups(const struct assay__group *groups, size_t group_count,
                                        size_t baseline, size_t compared,
                                        const struct assay_method *method,
                                        struct assay__compare_wide *more,
                                        struct assay_comparison *out, struct assay_error *err);

/**
 * assay__compare_open() prepares for assay__compare_again() as assay__compare_groups() does. *out
 * may hold no more than sizes and estimates of the groups, the difference, and all their errors.
 */
enum assay_status assay__compare_open(const struct assay__group *groups, size_t group_count,
                                      size_t baseline, size_t compared,
                                      const struct assay_method *method,
                                      struct assay__compare_wide *more,
                                      struct assay_comparison *out, struct assay_error *err);

/**
 * assay__compare_again() is another test of what assay__compare_groups() or assay__compare_open()
 * has put into more, by a method of the same type, test, reduction and exactness.
 */
enum assay_status assay__compare_again(struct assay__compare_wide *more,
                                       const struct assay_method *method, struct assay__wide null,
                                       struct assay_comparison *out, struct assay_error *err);

/**
 * assay__compare_exactly() fills an empty comparison (assay__compare_clear()) of two groups in 320
 * bits: what stats/compare_ball.h leaves in doubt, exact tests, and all that is not ordinary.
 */
void assay__compare_exactly(const struct assay__pair_estimate *pair,
                            const struct assay_method *method, struct assay__wide null,
                            struct assay_comparison *out);
void assay__compare_clear(struct assay_comparison *out);

/** assay__group_estimate() is a group's unadjusted estimate; NaN without one. */
struct assay__wide assay__group_estimate(const struct assay__group *group,
                                         enum assay_metric_type type);

#endif
