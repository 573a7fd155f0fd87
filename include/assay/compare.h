/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_COMPARE_H
#define ASSAY_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/moments.h"
#include "assay/status.h"

/**
 * ASSAY_METRIC_LIST: what may be estimated per group, as X(NAME, spelling in plans). Names and
 * order are stable; new ones are added at the end.
 */
#define ASSAY_METRIC_LIST(X)                                                                       \
    X(MEAN, mean)             /* mean of a value per unit */                                       \
    X(PROPORTION, proportion) /* share of units with value 1; variance p(1-p) */                   \
    X(RATIO, ratio)           /* sum of values / sum of denominators; delta method */              \
    X(QUANTILE, quantile)     /* quantile of the values; needs a sample, not moments */

/** enum assay_metric_type: what is estimated per group: see ASSAY_METRIC_LIST. */
enum assay_metric_type {
#define ASSAY_METRIC_ENUMERATOR(name, spelling) ASSAY_METRIC_##name,
    ASSAY_METRIC_LIST(ASSAY_METRIC_ENUMERATOR) ASSAY_METRIC_LARGEST =
        0x7fffffff /* no value: later ones fit */
#undef ASSAY_METRIC_ENUMERATOR
};

/** enum assay_side: the alternative hypothesis about compared - baseline. */
enum assay_side {
    ASSAY_SIDE_UPPER, /* one-sided: the difference is larger than the null */
    ASSAY_SIDE_LOWER, /* one-sided: the difference is smaller than the null */
    ASSAY_SIDE_BOTH   /* two-sided */
};

/** enum assay_test_kind: the reference distribution. */
enum assay_test_kind {
    ASSAY_TEST_Z, /* normal */
    ASSAY_TEST_T  /* Student t with Welch-Satterthwaite degrees of freedom */
};

/** enum assay_relative_kind: which relative interval the result reports. */
enum assay_relative_kind {
    ASSAY_RELATIVE_FIELLER, /* the set excludes 0 exactly when the absolute interval does */
    ASSAY_RELATIVE_DELTA,   /* symmetric, first-order standard error of the quotient */
    ASSAY_RELATIVE_LOG,     /* of ln compared - ln baseline, turned back; both of one sign */
    ASSAY_RELATIVE_SCALED   /* absolute bounds / baseline, whose own error it leaves out */
};

/** enum assay_reduction: how covariates reduce the variance. */
enum assay_reduction {
    ASSAY_REDUCTION_NONE,  /* covariates are not used */
    ASSAY_REDUCTION_FULL,  /* own slopes per group: Lin (2013) Ann. Appl. Stat. 7:295 */
    ASSAY_REDUCTION_POOLED /* one slope: Deng et al. (2013) WSDM, CUPED */
};

/**
 * enum assay_skewness_correction: opt-in intervals for skewed data. They take both groups to have
 * one shape, that of all their units, as they have when the change is small against the spread.
 * Groups of equal size are not corrected: there skewness cancels. Nothing is promised for groups of
 * different shape. The tail check needs no such assumption. With covariates the raw values' shape
 * is used.
 *
 * HALL and JOHNSON transform the statistic that the test uses and need no equal variances. PEARSON
 * takes both groups to have one variance too, as they have when nothing has changed: heavy tails
 * leave no other way, since a small group does not show its own variance. Where the variances do
 * differ by a fifth (a change of 10 % of values that scale), PEARSON adds 0.01 to 0.02 to a tail of
 * 0.05 at 10:1, and HALL is the better choice.
 *
 * Tails at a nominal 0.05, lower and upper, in data without a difference, the smaller group
 * compared, as an independent simulation and make check-slow have them:
 *                                 Welch t        HALL           PEARSON
 *     exponential       500:50    0.081 0.029    0.049 0.051    0.048 0.048
 *     lognormal 1       500:50    0.118 0.016    0.024 0.058    0.047 0.050
 *     zero-inflated     500:50    0.134 0.014    0.031 0.054    0.048 0.049
 *     lognormal 2     1000:100    0.202 0.004    0.001 0.078    0.032 0.061
 */
enum assay_skewness_correction {
    ASSAY_SKEWNESS_NONE,
    ASSAY_SKEWNESS_HALL,    /* Hall (1992) JRSS B 54:221, monotone cubic transformation of t */
    ASSAY_SKEWNESS_JOHNSON, /* Johnson (1978) JASA 73:536, modified t, held where it turns; a bound
                               it does not reach is NaN */
    ASSAY_SKEWNESS_PEARSON  /* Student's pooled error, tails of Pearson's type III curve; p is 0
                               and its log NaN beyond the curve's end */
};

/**
 * struct assay_method says how two groups are compared.
 * The interval of a one-sided test is the two-sided interval at 1 - 2 alpha (both bounds finite).
 */
struct assay_method {
    enum assay_metric_type type;
    enum assay_test_kind test;
    enum assay_side side;
    double alpha; /* in (0, 1), one-sided below 0.5; two-sided level when side is ASSAY_SIDE_BOTH;
                     0: 0.05 */
    double boundary; /* 0: alpha's quantile is critical; else a sequential boundary z, of which
                        Student's t takes the nominal level */
    double null_difference; /* metric units; e.g. -margin for non-inferiority, 0 for superiority */
    enum assay_reduction reduction;
    enum assay_skewness_correction skewness;
    bool exact; /* test exactly, as enum assay_tested_by has it, where counts are small */
    uint64_t reserved[4];
};

/**
 * enum assay_tested_by: how a p-value was found. With method.exact, a proportion of which a group
 * has fewer than 20 successes or fewer than 20 failures is tested by FISHER, or by SCORE when the
 * null difference is not 0, and covariates are not used. Without covariates these two also serve
 * where a group has fewer than 100 units, and where the statistic of equal shares p has a skewness
 * |1 - 2 p| |n_c - n_t| / sqrt(p (1 - p) n_c n_t (n_c + n_t)) above 0.02, as in groups of unequal
 * size with few successes or failures (at 3:1 below about 830 in the smaller group): there a tail
 * of Welch's test is off by more than 4 % of a level of 0.05, 10 % of 0.0125, 23 % of 0.001.
 * The interval is then Miettinen and Nurminen's score interval, the relative one (in place of
 * Fieller's) that of the ratio; a bound is moved to the null where interval and test would
 * disagree. Means and ratios of two groups, in each of which no value varies, are tested by
 * PERMUTATION when they differ; then there is no interval.
 */
enum assay_tested_by {
    ASSAY_TESTED_BY_NOTHING,    /* no test: p is NaN */
    ASSAY_TESTED_BY_NORMAL,     /* z */
    ASSAY_TESTED_BY_WELCH,      /* t */
    ASSAY_TESTED_BY_FISHER,     /* Fisher's exact test; two-sided: all tables as improbable */
    ASSAY_TESTED_BY_SCORE,      /* Miettinen and Nurminen (1985) Stat. Med. 4:213; p is normal */
    ASSAY_TESTED_BY_PERMUTATION /* the share of all ways to deal out the units: exact */
};

/**
 * ASSAY_FLAG_LIST: every condition of a comparison, as X(name, bit, id, level, sentence, why,
 * remedy): name of the flag without prefix; its id in documents; level of the remark about it
 * (INFO, WARNING, ERROR); the sentence about it; why there is no test, NULL where there is one;
 * what to do, as a clause. Ids and bits never change.
 */
#define ASSAY_FLAG_LIST(X)                                                                         \
    X(TOO_FEW_UNITS, 0, "tooFewUnits", ERROR, "A group has too few units for a variance.",         \
      "a group has too few units", "collect more units")                                           \
    X(ZERO_VARIANCE, 1, "zeroVariance", WARNING, "No group's values vary, so there is no test.",   \
      "the values do not vary within the groups", "check that the metric is logged")               \
    X(ZERO_BASELINE, 2, "zeroBaseline", WARNING,                                                   \
      "The baseline estimate is 0, so there are no relative figures.", NULL,                       \
      "read the absolute difference")                                                              \
    X(ZERO_DENOMINATOR, 3, "zeroDenominator", ERROR,                                               \
      "The denominators of a group sum to 0, so there is no estimate.",                            \
      "a group's denominators sum to zero", "check that the denominator is logged")                \
    X(FIELLER_UNBOUNDED, 4, "fiellerUnbounded", WARNING,                                           \
      "The relative interval has no bounds: the baseline is not clearly different from 0.", NULL,  \
      "read the absolute difference")                                                              \
    X(LOG_UNDEFINED, 5, "logUndefined", INFO,                                                      \
      "The estimates do not have one sign, so there is no log interval.", NULL,                    \
      "choose another relative interval")                                                          \
    X(COVARIATE_DROPPED, 6, "covariateDropped", WARNING,                                           \
      "Covariates that are constant or combinations of others were dropped.", NULL,                \
      "leave them out of the plan")                                                                \
    X(SKEWED_LOWER, 7, "skewedLower", WARNING,                                                     \
      "The values are skewed: the true error of the lower tail is off by more than a fifth.",      \
      NULL, "cap the values, correct for skewness, or collect more units")                         \
    X(SKEWED_UPPER, 8, "skewedUpper", WARNING,                                                     \
      "The values are skewed: the true error of the upper tail is off by more than a fifth.",      \
      NULL, "cap the values, correct for skewness, or collect more units")                         \
    X(ONE_GROUP_CONSTANT, 9, "oneGroupConstant", WARNING,                                          \
      "All values of one group are equal: the test rests on the other group's variance.", NULL,    \
      "check that the metric is logged in both groups")                                            \
    X(OVERFLOW, 10, "overflow", ERROR, "A figure is beyond the range of numbers and left out.",    \
      "the figures are beyond the range of numbers", "measure in larger units")                    \
    X(REDUCTION_UNUSED, 11, "reductionUnused", WARNING,                                            \
      "A group has too few units for this many covariates: the variance is not reduced.", NULL,    \
      "use fewer covariates, or collect more units")                                               \
    X(NO_REQUIRED_SIZE, 12, "noRequiredSize", WARNING,                                             \
      "An effect or margin is planned, and no number of units is enough to find it.", NULL,        \
      "plan an effect or margin in units of the metric, or a larger one")                          \
    X(SKEWED_SIGNIFICANCE, 13, "skewedSignificance", WARNING,                                      \
      "The difference is significant only by an approximation that skewness spoils: a test that "  \
      "allows for it does not find it.",                                                           \
      NULL, "cap the values, or collect more units")                                               \
    X(FEW_SIGNIFICANCE, 14, "fewSignificance", WARNING,                                            \
      "The difference is significant, but on fewer units than advice needs, and not by an exact "  \
      "test.",                                                                                     \
      NULL, "collect more units")

/**
 * Flags that say why a figure is absent (NaN) or needs care; several may be set. ASSAY_FLAG_LIST
 * has their sentences. In figures: fewer than 2 units (1 of a proportion) are too few; a skewed
 * tail is off by more than alpha / 5; a significance in such a tail, by the shape of all units, is
 * one of skewness where the p of ASSAY_SKEWNESS_PEARSON does not confirm it;
 * assay_dataset_analyze() knows how many units advice needs; of collinear covariates the later one
 * goes, in both groups; covariates are not used where a group has no more units than covariates
 * + 1.
 */
enum assay_flag {
#define ASSAY_FLAG_ENUM(name, bit, id, level, sentence, why, remedy)                               \
    ASSAY_FLAG_##name = 1u << (bit),
    ASSAY_FLAG_LIST(ASSAY_FLAG_ENUM)
#undef ASSAY_FLAG_ENUM
        ASSAY_FLAG_NONE = 0 /* every figure is there, and ordinary */
};

/** struct assay_stats: one group's estimate. Absent figures are NaN. */
struct assay_stats {
    uint64_t n;            /* units */
    double estimate;       /* after variance reduction, if any */
    double variance;       /* per unit: standard_error^2 * n */
    double standard_error; /* of the estimate */
    double unadjusted;     /* the estimate before variance reduction */
    double unadjusted_standard_error;
    double skewness; /* g1 of the raw values (ratio: of the linearised values); NaN when they are
                        fewer than 3 or do not vary, and a summary gives none */
    uint64_t reserved[2];
};

/** struct assay_difference: compared - baseline, in metric units. Absent figures are NaN. */
struct assay_difference {
    double estimate;
    double standard_error;
    double df;        /* Welch; with covariates from the residuals of each group. NaN for z */
    double statistic; /* (estimate - null) / standard_error */
    double critical;  /* quantile the interval uses; > 0, unless the boundary given is not */
    double lower, upper;
    double p; /* of the side tested; 0 only when it underflows, then see log10_p */
    double log10_p;
    bool significant; /* statistic beyond critical (p < alpha but for rounding); false at a tie */
    enum assay_tested_by tested_by; /* NaN statistic and df where that is an exact test */
    double powered_effect;          /* smallest true difference found with the plan's power; set by
                                       assay_dataset_analyze() only, else NaN */
    uint64_t reserved[4];
};

/** enum assay_fieller_kind: the shape of Fieller's confidence set for the relative difference. */
enum assay_fieller_kind {
    ASSAY_FIELLER_NONE,       /* no set: no estimate or no variance */
    ASSAY_FIELLER_BOUNDED,    /* [lower, upper] */
    ASSAY_FIELLER_COMPLEMENT, /* everything outside (lower, upper) */
    ASSAY_FIELLER_LINE        /* the whole line; lower and upper are NaN. So is a half-line, which
                                 takes c^2 = critical^2 SE_c^2 exactly. */
};

/** struct assay_relative: (compared - baseline) / baseline. Absent figures are NaN. */
struct assay_relative {
    double estimate;
    enum assay_fieller_kind fieller_kind;
    double fieller_lower, fieller_upper;
    double delta_standard_error, delta_lower, delta_upper;
    double log_lower, log_upper;
    double scaled_lower, scaled_upper;
    uint64_t reserved[2];
};

/** struct assay_reduction_result: what the covariates did. */
struct assay_reduction_result {
    enum assay_reduction method; /* NONE when no covariate was used, or neither group varies */
    uint32_t covariate_count;
    uint32_t dropped;                             /* bit i: covariate i was dropped (collinear) */
    double baseline_slopes[ASSAY_COVARIATES_MAX]; /* 0 for dropped covariates */
    double compared_slopes[ASSAY_COVARIATES_MAX];
    double rate;      /* 1 - SE^2_adjusted / SE^2_raw of the difference; NaN without reduction */
    double remaining; /* 1 - rate, exact also where the rate is close to 1 */
    uint64_t reserved[2];
};

/**
 * struct assay_tail_error: one-term Edgeworth estimate of the true error of each tail of the
 * studentised difference, from the raw values' skewness: lower is P(T < -z), upper P(T > z), z the
 * normal quantile of nominal. A flag is set where it is off by more than a fifth of nominal. NaN
 * when a skewness is unknown, as it is of fewer than 3 values; then no interval is corrected
 * either. With heavy tails it says too little, since a sample's skewness does (that of n values is
 * below sqrt(n)): lognormal data of sigma 2, 1000:100, have an error of 0.202 in a tail of 0.05 and
 * it says 0.081 on average; sigma 1 0.10 and 0.079; exponential 0.072, 0.067.
 */
struct assay_tail_error {
    double nominal; /* alpha of one tail */
    double lower, upper;
    uint64_t reserved[1];
};

/** struct assay_comparison: everything about one metric, baseline and compared group. */
struct assay_comparison {
    uint32_t flags; /* enum assay_flag */
    struct assay_stats baseline, compared;
    struct assay_difference difference;
    struct assay_relative relative;
    struct assay_reduction_result reduction;
    struct assay_tail_error tail_error;
    double corrected_lower, corrected_upper; /* skewness-corrected interval; NaN unless asked for */
    double corrected_p, corrected_log10_p;
    uint64_t reserved[8];
};

/** struct assay_summary: one group's statistics as doubles, taken as exact. It never grows. */
struct assay_summary {
    uint64_t n;
    double mean;
    double variance; /* divisor n - 1; ignored for proportions */
    double skewness; /* NaN when unknown: then tails are not checked */
};

/**
 * assay_summaries_compare() compares two groups of which mean and variance are known.
 *
 * d = t - c, SE^2 = v_c/n_c + v_t/n_t; df by Welch-Satterthwaite for ASSAY_TEST_T.
 * Source: Welch (1947) Biometrika 34:28; Fieller (1954) JRSS B 16:175.
 * method->type is MEAN or PROPORTION (mean is then the share). No variance reduction.
 *
 * @baseline, @compared  read only; n = 0 is a group without an estimate
 * @method               read only; reduction is not looked at
 * @out                  written on success only
 * @err                  NULL is fine
 * Returns ASSAY_ERROR_DOMAIN for alpha outside (0, 1) or one-sided from 0.5 on, a null difference
 * or a mean that is not finite, a share outside [0, 1], a negative variance or one that is not
 * finite, a ratio or a quantile, and for a number in the method that no enumerator has. Statistical
 * trouble (too few units, zero variance, ...) is not an error: flags say so.
 * Ownership: nothing is kept and no memory asked for. Threads: pure and reentrant; no caches.
 * Accuracy, worst of 504 cases of tests/golden/compare.csv (mpmath, 60 digits: offsets of 1e12,
 * scales 1e-160 to 1e150, n from 2 to 1e12, variances 1e40 apart and subnormal, effects of 1e-9):
 * estimates, difference, standard errors, df, statistic, delta's standard error: the nearest
 * double, but for ties; p down to 1e-307 and log10_p 4e-15 relative; critical 1e-15; bounds 4e-15
 * of the larger of the bound and half the interval. The caller's rounding mode moves p and bounds
 * by 1e-14 at most (tests/stats/test_rounding.c); MPFR's exponent range must be its default one.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_summaries_compare(const struct assay_summary *baseline, const struct assay_summary *compared,
                        const struct assay_method *method, struct assay_comparison *out,
                        struct assay_error *err);

/**
 * assay_moments_compare() compares groups[baseline] and groups[compared] from exact moments, with
 * variance reduction. All groups of the analysis are needed since covariates are centred at their
 * mean over all groups; they must have the same shape. group_count <= 1000.
 * ASSAY_ERROR_DOMAIN for a ratio without denominators, and for an ASSAY_METRIC_PROPORTION whose
 * values are not 0 or 1 as far as sums show it: a mean outside [0, 1], or a sum of squares other
 * than the sum (not looked at where moments came in as means and variances, which are rounded).
 * Sources: Lin (2013), Negi and Wooldridge (2021), Deng et al. (2013); Deng, Knoblich, Lu (2018).
 *
 * Returns also ASSAY_ERROR_DOMAIN for fewer than 2 groups, more than 1000, an index beyond them or
 * shapes that differ; ASSAY_ERROR_MEMORY. Of covariates that are exactly constant or collinear the
 * later one is dropped, whatever the order of rows and groups; reduction.dropped says which. Exact
 * means: left with less than 2^-200 of its sum of squares by those before it.
 * Ownership: groups are read only. No memory is asked for, but 11 KB a group with covariates and
 * more than two groups, and for values further apart than assay_moments_mean() says; it is freed
 * before the return, and ASSAY_ERROR_MEMORY when there is none. Stack: 32 KB, with covariates 52.
 * Threads: pure and reentrant; a group must not be added to meanwhile.
 * Accuracy, 312 cases of tests/golden/compare_data.csv (decimals at 1e8 +- 1, y = x + 1e-5 noise,
 * 10 covariates of condition number 1e12, missing ones, three groups): estimates, slopes, rate,
 * df, statistic the nearest double; p and log10_p 1e-15; bounds 6e-15 as above.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_moments_compare(const struct assay_moments *const *groups, size_t group_count,
                      size_t baseline, size_t compared, const struct assay_method *method,
                      struct assay_comparison *out, struct assay_error *err);

#endif
