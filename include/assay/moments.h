/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_MOMENTS_H
#define ASSAY_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/status.h"

/**
 * struct assay_moments holds the exact sums of a sample of vectors: the count, every variable's
 * sum, every sum of products of two variables, and the sum of cubes of the first two variables
 * (all four third-order sums of them). The sums are exact for decimals and for doubles, so they do
 * not depend on the order of the values, and merging shards gives the very same sums as one pass.
 *
 * Variable 0 is the metric's value. With a denominator (ratio metrics) variable 1 is the
 * denominator. Covariates follow. Covariates may be missing, values and denominators may not.
 */
struct assay_moments;

/* No function here touches state other than its arguments; one moments is one thread's to write. */

enum {
    ASSAY_COVARIATES_MAX = 16, /* covariates of one metric */
    ASSAY_VARIABLES_MAX = ASSAY_COVARIATES_MAX + 2
};

/** struct assay_moments_shape: what one vector consists of. */
struct assay_moments_shape {
    uint32_t has_denominator; /* 1 for ratio metrics, else 0 */
    uint32_t covariate_count; /* 0 .. ASSAY_COVARIATES_MAX */
};

/**
 * struct assay_decimal is the number mantissa * 10^exponent, exactly. When digits is not NULL the
 * number has more than 18 significant digits: then it is the decimal integer in digits[0 ..
 * digit_count) times 10^exponent, negative when mantissa is negative. digits is borrowed for the
 * call.
 */
struct assay_decimal {
    int64_t mantissa;
    int32_t exponent;
    uint32_t digit_count;
    const char *digits;
};

/** assay_moments_new() makes empty moments. The caller owns *out: free it with the next. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_moments_new(struct assay_moments_shape shape,
                                                               struct assay_moments **out,
                                                               struct assay_error *err);

/** assay_moments_free() frees moments; NULL is fine. */
ASSAY_API void assay_moments_free(struct assay_moments *moments);

/** assay_moments_shape() is the shape the moments were made with. */
ASSAY_API struct assay_moments_shape assay_moments_shape(const struct assay_moments *moments);

/** assay_moments_count() is the number of vectors added. */
ASSAY_API uint64_t assay_moments_count(const struct assay_moments *moments);

/**
 * assay_moments_add() adds one vector of doubles (value, denominator?, covariates...).
 * A NaN covariate is missing; a NaN value or denominator or any infinity is ASSAY_ERROR_DOMAIN.
 * Every finite double is summed exactly, subnormal ones and 1e308 included. Allocates when a
 * pattern of missing covariates appears and with its first double that is not an integer, then
 * never more. A failed addition leaves the sums as they were. Count and sums take 2^63 - 1 vectors
 * (ASSAY_ERROR_LIMIT past that), here as below.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_moments_add(struct assay_moments *moments, const double *values, struct assay_error *err);

/**
 * assay_moments_add_decimal() adds one vector of decimals; bit i of missing says that covariate i
 * is missing (its entry is not read). A decimal has an exponent within 10000 of 0 and at most 4096
 * digits, or it is ASSAY_ERROR_LIMIT; digits other than '0' .. '9' are ASSAY_ERROR_DOMAIN.
 * Values are summed in 64 bits each at a scale common to the variable, in 128 when they need it,
 * and in integers of any length when they are further apart than 37 digits: all exact, from a few
 * nanoseconds to a few hundred. A failed addition leaves the sums as they were.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_moments_add_decimal(struct assay_moments *moments, const struct assay_decimal *values,
                          uint32_t missing, struct assay_error *err);

/**
 * assay_moments_merge() adds all of from to into. Both need the same shape (ASSAY_ERROR_DOMAIN
 * when not); exact, commutative. When memory runs out half way into holds part of from and can only
 * be freed.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_moments_merge(struct assay_moments *into,
                                                                 const struct assay_moments *from,
                                                                 struct assay_error *err);

/**
 * Statistics of one variable, each the double nearest to the exact value of the sums: mean, sample
 * variance (divisor n - 1), standard deviation, covariance. For a covariate with missing values
 * they are over the vectors where it is present. NaN when n is too small (0 for the mean, below 2
 * otherwise). assay_moments_skewness() is g1 = m3 / m2^(3/2) of variable 0; NaN when n < 3 or the
 * variance is 0, or when vectors came in as means and variances. NaN for a variable the shape does
 * not have. Results past the range of doubles are infinite, below it subnormal or 0.
 * Ownership: moments are read only. No memory is asked for while the values fit 160 bits at a
 * common scale (48 digits from the largest value's first to the finest value's last; 2^20 vectors,
 * and as many bits fewer as there are more). Beyond that the exact sums take some KB, freed before
 * the return; these functions give NaN when there is no memory.
 * Threads: pure and reentrant; many may read moments that none adds to.
 * Accuracy: the nearest double, ties to even, whatever the data: against exact rationals in
 * tests/exact/test_exact.c and tests/stats/test_centred.c; all 15 certified digits of the 9
 * univariate NIST sets in tests/stats/test_nist.c.
 */
ASSAY_API double assay_moments_mean(const struct assay_moments *moments, uint32_t variable);
ASSAY_API double assay_moments_variance(const struct assay_moments *moments, uint32_t variable);
ASSAY_API double assay_moments_deviation(const struct assay_moments *moments, uint32_t variable);
ASSAY_API double assay_moments_covariance(const struct assay_moments *moments, uint32_t i,
                                          uint32_t j);
ASSAY_API double assay_moments_skewness(const struct assay_moments *moments);

/** struct assay_anova is a one-way analysis of variance table. */
struct assay_anova {
    double between_df, within_df;
    double between_sum, within_sum;   /* sums of squares */
    double between_mean, within_mean; /* mean squares */
    double f; /* infinite when the groups do not vary within, NaN when nothing varies at all */
    double p, log10_p;                    /* upper tail of F */
    double r_squared, residual_deviation; /* r_squared is NaN when nothing varies */
    uint64_t reserved[4];
};

/**
 * assay_anova_test() compares the means of variable 0 of two or more groups (one-way ANOVA), every
 * figure rounded once from the exact sums (p and log10_p are computed from the rounded f; they are
 * NaN when f is). ASSAY_ERROR_DOMAIN with fewer than two groups, an empty group, or no degrees of
 * freedom within; ASSAY_ERROR_LIMIT above 2^64 - 1 vectors; ASSAY_ERROR_MEMORY. *out is written on
 * success only. Ownership and threads as above, but the least common multiple of the groups' sizes
 * takes its bits from the 160: many groups of unlike sizes need memory.
 * Accuracy: sums, mean squares, f, r_squared and deviation the nearest double; all 15 certified
 * digits of the 11 NIST sets; p and log10_p 1e-13 against tests/golden/anova.csv: far out, the
 * rounding of f moves p by 2^-53 |ln p|.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_anova_test(const struct assay_moments *const *groups, size_t group_count,
                 struct assay_anova *out, struct assay_error *err);

#endif
