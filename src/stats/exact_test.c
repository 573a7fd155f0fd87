/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tests that need no normal approximation, and where they are used: Fisher's for two equal
 * shares where it is unsure, the score test where such shares are compared with a margin, and for
 * means the one permutation that is left when the values of each group are all the same.
 *
 * With few successes or failures the estimated standard error is unsure, and with none it is 0: at
 * 300 against 100 units Welch's test of a one-sided 0.0125 errs in up to 0.105 of cases. With all
 * counts from 20 on it still errs in up to 0.0157 there, and in up to 0.0183 at 1,200 against 400:
 * in groups of unequal size the statistic is skewed. Its skewness k and the leading term of the
 * Edgeworth expansion of a studentised mean (Hall 1992, 2.6) give the error of a tail,
 *     k = (1 - 2 p) (n_c - n_t) / sqrt(p (1 - p) n_c n_t (n_c + n_t)),
 *     P(T > z) - a = k (2 z^2 + 1) phi(z) / 6 at the level a, of which z is the quantile.
 * At k = 0.02 that is 4 % of a = 0.05, 7 % of 0.025, 10 % of 0.0125 and 23 % of 0.001. From there
 * on Fisher's test is used; docs/accuracy.md has what comes of it. The level has no part in the
 * choice: a p-value is about the data, whatever the plan does with it.
 *
 * Sums stay short where the choice falls on Fisher's test. Given all successes, the hypergeometric
 * distribution has the standard deviation |1 - 2 p| |n_c - n_t| / (n_c + n_t) / k, which is below
 * 50 where k is above 0.02; a tail ends some 14 of them away.
 */
#include "stats/exact_test.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/metric/metric.h"

typedef struct assay__wide wide;

enum { SMALL_COUNT = 20, SMALL_UNITS = 100, SKEWNESS_PARTS = 50 };

bool assay__shares_of(const struct assay__pair_estimate *pair, struct assay__shares *shares)
{
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        if (!raw->exists || raw->n == 0 || raw->n > UINT64_MAX / 4)
            return false;
        double hits = assay__wide_double(assay__wide_mul(raw->value, assay__wide_of_u64(raw->n)));
        double whole = round(hits);
        /* A share that was printed with few digits is off by less than this. */
        if (!(fabs(hits - whole) <= 0.05))
            return false;
        shares->units[g] = raw->n;
        shares->successes[g] = whole >= (double)raw->n ? raw->n : (uint64_t)whole;
    }
    return true;
}

bool assay__shares_are_small(const struct assay__shares *shares)
{
    for (int g = 0; g < 2; g++)
        if (shares->successes[g] < SMALL_COUNT ||
            shares->units[g] - shares->successes[g] < SMALL_COUNT)
            return true;
    return false;
}

bool assay__shares_are_skewed(const struct assay__shares *shares)
{
    double n_c = (double)shares->units[0], n_t = (double)shares->units[1];
    double hits = (double)shares->successes[0] + (double)shares->successes[1];
    double misses = n_c + n_t - hits, by_share = (misses - hits) * (misses - hits);
    double by_units = (n_c - n_t) * (n_c - n_t) / (n_c * n_t) / (n_c + n_t);
    if (n_c < SMALL_UNITS || n_t < SMALL_UNITS)
        return true;
    return by_share * by_units * (SKEWNESS_PARTS * SKEWNESS_PARTS) > hits * misses;
}

/* A bound agrees with the test: it reaches the null where that is not rejected, and no further. */
static void agree(const struct assay_method *method, wide d, wide null, bool is_rejected,
                  wide *lower, wide *upper)
{
    bool is_above = assay__wide_compare(d, null) >= 0, is_both = method->side == ASSAY_SIDE_BOTH;
    if (method->side == ASSAY_SIDE_UPPER || (is_both && (is_above || !is_rejected)))
        if ((assay__wide_compare(*lower, null) > 0) != is_rejected)
            *lower = null;
    if (method->side == ASSAY_SIDE_LOWER || (is_both && (!is_above || !is_rejected)))
        if ((assay__wide_compare(*upper, null) < 0) != is_rejected)
            *upper = null;
}

static void fill_relative(const struct assay__shares *shares, const struct assay_method *method,
                          wide d, bool is_rejected, bool is_no_margin, struct assay_comparison *out)
{
    wide lower, upper, one = assay__wide_of(1.0), zero = assay__wide_zero();
    if (shares->successes[0] == 0) {
        out->flags |= ASSAY_FLAG_ZERO_BASELINE;
        return;
    }
    wide share = assay__wide_div(assay__wide_of_u64(shares->successes[0]),
                                 assay__wide_of_u64(shares->units[0]));
    assay__score_ratio_bounds(shares, out->difference.critical, &lower, &upper);
    lower = assay__wide_sub(lower, one);
    upper = assay__wide_sub(upper, one);
    if (is_no_margin)
        agree(method, d, zero, is_rejected, &lower, &upper);
    struct assay_relative *relative = &out->relative;
    relative->estimate = assay__finite(assay__wide_div(d, share), &out->flags);
    relative->fieller_kind = ASSAY_FIELLER_BOUNDED;
    relative->fieller_lower = assay__finite(lower, &out->flags);
    relative->fieller_upper = assay__finite(upper, &out->flags);
    relative->scaled_lower = out->difference.lower / assay__wide_double(share);
    relative->scaled_upper = out->difference.upper / assay__wide_double(share);
}

static void test_shares(const struct assay__shares *shares, const struct assay_method *method,
                        wide null, struct assay_comparison *out)
{
    struct assay_difference *difference = &out->difference;
    struct assay__p_value value;
    bool is_no_margin = assay__wide_sign(null) == 0;
    double tail = method->side == ASSAY_SIDE_BOTH ? 0.5 * method->alpha : method->alpha;
    wide share[2], lower, upper;
    for (int g = 0; g < 2; g++)
        share[g] = assay__wide_div(assay__wide_of_u64(shares->successes[g]),
                                   assay__wide_of_u64(shares->units[g]));
    wide d = assay__wide_sub(share[1], share[0]);
    difference->critical =
        method->boundary != 0.0 ? method->boundary : assay_normal_quantile_upper(tail);
    if (is_no_margin) {
        difference->tested_by = ASSAY_TESTED_BY_FISHER;
        value = assay__fisher_test(shares, method->side);
    } else {
        wide statistic = assay__score_difference(shares, null);
        difference->tested_by = ASSAY_TESTED_BY_SCORE;
        difference->statistic = assay__finite(statistic, &out->flags);
        value = assay__p_value(statistic, NAN, 0.0, method->side);
    }
    difference->p = value.p;
    difference->log10_p = value.log10_p;
    difference->significant = value.p < method->alpha;
    assay__score_bounds(shares, difference->critical, &lower, &upper);
    agree(method, d, null, difference->significant, &lower, &upper);
    difference->lower = assay__finite(lower, &out->flags);
    difference->upper = assay__finite(upper, &out->flags);
    fill_relative(shares, method, d, difference->significant, is_no_margin, out);
}

/*
 * Two groups without variance: of all ways to deal the units out, this one is the most extreme.
 * Equal values tell nothing.
 */
static bool test_constants(const struct assay__pair_estimate *pair,
                           const struct assay_method *method, wide null,
                           struct assay_comparison *out)
{
    wide d = assay__wide_sub(pair->raw[1].value, pair->raw[0].value);
    int above = assay__wide_sign(assay__wide_sub(d, null));
    if (pair->raw[0].n < 2 || pair->raw[1].n < 2 || pair->raw[0].n > UINT64_MAX / 4 ||
        pair->raw[1].n > UINT64_MAX / 4 || assay__wide_sign(d) == 0 || above == 0)
        return false;
    struct assay__shares shares = {{pair->raw[0].n, pair->raw[1].n}, {0, 0}};
    shares.successes[above > 0] = shares.units[above > 0];
    struct assay__p_value value = assay__fisher_test(&shares, method->side);
    out->difference.tested_by = ASSAY_TESTED_BY_PERMUTATION;
    out->difference.p = value.p;
    out->difference.log10_p = value.log10_p;
    out->difference.significant = value.p < method->alpha;
    return true;
}

static bool is_constant(const struct assay__pair_estimate *pair)
{
    for (int g = 0; g < 2; g++)
        if (!pair->raw[g].has_error || assay__wide_sign(pair->raw[g].error2) != 0)
            return false;
    return true;
}

bool assay__exact_applies(const struct assay__pair_estimate *pair,
                          const struct assay_method *method, bool has_covariates)
{
    struct assay__shares shares;
    if (!method->exact || !assay__metric_kind(method->type)->is_share ||
        !assay__shares_of(pair, &shares))
        return false;
    return assay__shares_are_small(&shares) ||
           (!has_covariates && assay__shares_are_skewed(&shares));
}

bool assay__exact_test(const struct assay__pair_estimate *pair, const struct assay_method *method,
                       wide null, struct assay_comparison *out)
{
    struct assay__shares shares;
    if (method->exact && !assay__metric_kind(method->type)->is_share && is_constant(pair) &&
        test_constants(pair, method, null, out)) {
        out->difference.standard_error = 0.0;
        return true;
    }
    bool is_reduced = pair->reduction.method != ASSAY_REDUCTION_NONE;
    if (!assay__exact_applies(pair, method, is_reduced) || !assay__shares_of(pair, &shares))
        return false;
    wide error2 = assay__wide_add(pair->raw[0].error2, pair->raw[1].error2);
    out->difference.standard_error = assay__finite(assay__wide_sqrt(error2), &out->flags);
    test_shares(&shares, method, null, out);
    return true;
}
