/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample ratio mismatch in 320 bits, for any weights and counts. */
#include "stats/srm_wide.h"

#include <math.h>

#include "assay/dist.h"
#include "exact/float320.h"
#include "exact/shortest.h"
#include "stats/srm_ball.h"

typedef struct assay__wide wide;

wide assay__srm_scaled(double weight, int32_t scale)
{
    struct assay__shortest decimal = assay__shortest_of(weight);
    wide mantissa = assay__wide_of_u64((uint64_t)decimal.mantissa);
    return assay__wide_scale10(mantissa, (long)decimal.exponent - scale);
}

struct assay__srm_totals assay__srm_totals(const uint64_t *counts, const double *weights,
                                           size_t count)
{
    struct assay__srm_totals totals = {.scale = INT32_MAX, .weight = assay__wide_zero()};
    for (size_t g = 0; g < count; g++) {
        int32_t exponent = assay__shortest_of(weights[g]).exponent;
        if (weights[g] > 0.0 && exponent < totals.scale)
            totals.scale = exponent;
    }
    for (size_t g = 0; g < count; g++) {
        if (weights[g] == 0.0)
            continue;
        totals.weight = assay__wide_add(totals.weight, assay__srm_scaled(weights[g], totals.scale));
        totals.units += counts[g];
        totals.positive++;
    }
    return totals;
}

static wide share_of(double weight, const struct assay__srm_totals *totals)
{
    return assay__wide_div(assay__srm_scaled(weight, totals->scale), totals->weight);
}

/*
 * Expected counts and residuals of each group; the statistic; the largest share error times units
 * and weights. With w a weight, W their sum and N the units, O - E = (O W - N w) / W: the numerator
 * is a whole number, so that counts just as planned leave exactly 0.
 */
static wide fill_groups(const uint64_t *counts, const double *weights, size_t count,
                        const struct assay_srm_design *design,
                        const struct assay__srm_totals *totals, struct assay_srm_group *groups,
                        wide *largest)
{
    wide statistic = assay__wide_zero(), units = assay__wide_of_u64(totals->units);
    double limit = assay_normal_quantile_upper(0.5 * design->alpha / totals->positive);
    *largest = assay__wide_zero();
    for (size_t g = 0; g < count; g++) {
        groups[g] = (struct assay_srm_group){.observed = counts[g], .residual = NAN};
        if (weights[g] == 0.0) {
            groups[g].significant = counts[g] > 0;
            continue;
        }
        wide weight = assay__srm_scaled(weights[g], totals->scale);
        wide planned = assay__wide_mul(units, weight);
        wide found = assay__wide_mul(assay__wide_of_u64(counts[g]), totals->weight);
        wide away = assay__wide_sub(found, planned);
        wide others = assay__wide_sub(totals->weight, weight);
        wide spread = assay__wide_mul(planned, others); /* E (1 - w/W) = N w (W - w) / W^2 */
        groups[g].expected = assay__wide_double(assay__wide_div(planned, totals->weight));
        if (assay__wide_sign(spread) > 0) {
            groups[g].residual =
                assay__wide_double(assay__wide_div(away, assay__wide_sqrt(spread)));
            groups[g].significant = fabs(groups[g].residual) > limit;
        }
        if (totals->units == 0)
            continue;
        if (assay__wide_compare(assay__wide_abs(away), *largest) > 0)
            *largest = assay__wide_abs(away);
        wide divisor = assay__wide_mul(planned, totals->weight);
        statistic = assay__wide_add(statistic, assay__wide_div(assay__wide_square(away), divisor));
    }
    return statistic;
}

static void chi2_test(wide statistic, struct assay_srm *out)
{
    double x = assay__wide_double(statistic);
    double rest = assay__wide_double(assay__wide_sub(statistic, assay__wide_of(x)));
    (void)assay__srm_chi2_tail(x, rest, rest, out);
}

/*
 * Lindon and Malek (2022), NeurIPS, 3.1: Bayes factor of the multinomial with a Dirichlet prior of
 * mean w against w itself. Differences of log gamma functions lose all digits in doubles at counts
 * of 5e8; 320 bits do not.
 */
static void sequential_test(const uint64_t *counts, const double *weights, size_t count,
                            const struct assay_srm_design *design,
                            const struct assay__srm_totals *totals, struct assay_srm *out)
{
    wide concentration = assay__wide_of_shortest(design->concentration);
    wide units = assay__wide_of_u64(totals->units);
    wide sum = assay__wide_sub(assay__wide_log_gamma(concentration),
                               assay__wide_log_gamma(assay__wide_add(concentration, units)));
    for (size_t g = 0; g < count; g++) {
        if (weights[g] == 0.0)
            continue;
        wide share = share_of(weights[g], totals), n = assay__wide_of_u64(counts[g]);
        wide prior = assay__wide_mul(concentration, share);
        sum = assay__wide_add(sum, assay__wide_log_gamma(assay__wide_add(prior, n)));
        sum = assay__wide_sub(sum, assay__wide_log_gamma(prior));
        sum = assay__wide_sub(sum, assay__wide_mul(n, assay__wide_log(share)));
    }
    double log_factor = assay__wide_double(sum);
    out->statistic = log_factor;
    out->p = log_factor > 0.0 ? assay__wide_double(assay__wide_exp(assay__wide_neg(sum))) : 1.0;
    out->log10_p = log_factor > 0.0 ? -log_factor / M_LN10 : 0.0;
}

void assay__srm_in_320_bits(const uint64_t *counts, const double *weights, size_t group_count,
                            const struct assay_srm_design *design, struct assay_srm_group *groups,
                            struct assay_srm *out, bool *is_beyond)
{
    struct assay__srm_totals totals = assay__srm_totals(counts, weights, group_count);
    wide largest;
    wide statistic = fill_groups(counts, weights, group_count, design, &totals, groups, &largest);
    if (out->tested && design->method == ASSAY_SRM_SEQUENTIAL)
        sequential_test(counts, weights, group_count, design, &totals, out);
    else if (out->tested)
        chi2_test(statistic, out);
    wide whole = assay__wide_mul(assay__wide_of_u64(totals.units), totals.weight);
    wide tolerated = assay__wide_mul(assay__wide_of_shortest(design->tolerance), whole);
    *is_beyond = assay__wide_compare(largest, tolerated) > 0;
}
