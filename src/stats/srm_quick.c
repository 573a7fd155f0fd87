/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which looks of the sequential test of sample ratios need all its digits: a bound of the Bayes
 * factor in doubles. The formula is that of sequential_test() in stats/srm_ball.c.
 */
#include "stats/srm_quick.h"

#include <math.h>

#include "stats/defaults.h"
#include "stats/dist/tail.h"

static const double ALPHA = 0.001, CONCENTRATION = 10000.0; /* as in stats/srm.c */

/* A sum, and that of the sizes of its parts. */
struct sum {
    double value, size;
};

static void add(struct sum *sum, double term)
{
    sum->value += term;
    sum->size += fabs(term);
}

/* Adds sign times the logarithm of the gamma function of a, which is 1/2 at least. */
static void add_log_gamma(struct sum *sum, double sign, double a)
{
    const double half_log_tau = 0.91893853320467274178;
    add(sum, sign * (a - 0.5) * log(a));
    add(sum, sign * (half_log_tau - a + assay__stirling(a)));
}

/* The logarithm of the Bayes factor is not above it; infinity where doubles do not tell. */
static double log_factor_most(const uint64_t *counts, const double *weights, size_t count,
                              double concentration)
{
    const double rounding = 1e-13, least = 0.5, most = 1e18;
    double total = 0.0, units = 0.0;
    for (size_t g = 0; g < count; g++) {
        total += weights[g];
        units += weights[g] > 0.0 ? (double)counts[g] : 0.0;
    }
    if (!(concentration >= least && units < most))
        return HUGE_VAL;
    struct sum sum = {0.0, 0.0};
    add_log_gamma(&sum, 1.0, concentration);
    add_log_gamma(&sum, -1.0, concentration + units);
    for (size_t g = 0; g < count; g++) {
        if (weights[g] == 0.0)
            continue;
        double n = (double)counts[g], share = weights[g] / total, prior = concentration * share;
        if (!(prior >= least))
            return HUGE_VAL;
        add_log_gamma(&sum, 1.0, prior + n);
        add_log_gamma(&sum, -1.0, prior);
        add(&sum, -n * log(share));
    }
    double log_factor = sum.value + rounding * sum.size;
    return isnan(log_factor) ? HUGE_VAL : log_factor;
}

bool assay__srm_counts(const uint64_t *counts, const double *weights, size_t group_count,
                       const struct assay_srm_design *design, const struct assay_srm *so_far)
{
    double best = -so_far->log10_p * M_LN10 * (1.0 - 1e-12);
    if (isnan(best))
        return true;
    for (size_t g = 0; g < group_count; g++)
        if (weights[g] == 0.0 && counts[g] > 0)
            return true;
    double most = log_factor_most(counts, weights, group_count,
                                  assay__or_default(design->concentration, CONCENTRATION));
    bool is_significant = most > -0.999 * log(assay__or_default(design->alpha, ALPHA));
    return is_significant || (most > 0.0 && most > best);
}
