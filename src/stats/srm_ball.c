/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample ratio mismatch in 128 bits with an error bound, for weights that are whole numbers at a
 * common scale, as nearly all are: then counts, weights and how far they are apart are exact.
 */
#include "stats/srm_ball.h"

#include <math.h>

#include "assay/dist.h"
#include "exact/ball.h"
#include "exact/shortest.h"
#include "stats/dist/tail.h"

typedef struct assay__ball ball;

static const uint64_t WHOLE_MOST = (uint64_t)1 << 62;

/* Weights as whole numbers. */
struct plan {
    const double *weights;
    int32_t scale;  /* the least decimal exponent of a weight; 0 when all are whole */
    uint64_t total; /* of the weights, times 10^-scale */
    uint64_t units; /* in groups with a weight */
    uint32_t positive;
};

static bool is_whole(double value)
{
    return value < 0x1p53 && value == floor(value);
}

/* number 10^power; 0 when that is too large. */
static uint64_t times_power_of_10(uint64_t number, int32_t power)
{
    for (; power > 0 && number != 0; power--)
        number = number > WHOLE_MOST / 10 ? 0 : number * 10;
    return number > WHOLE_MOST ? 0 : number;
}

/* A positive weight times 10^-scale; 0 when that is too large. */
static uint64_t scaled(const struct plan *plan, double weight)
{
    if (is_whole(weight))
        return times_power_of_10((uint64_t)weight, -plan->scale);
    struct assay__shortest decimal = assay__shortest_of(weight);
    return times_power_of_10((uint64_t)decimal.mantissa, decimal.exponent - plan->scale);
}

static bool open_plan(const uint64_t *counts, size_t count, struct plan *plan)
{
    for (size_t g = 0; g < count; g++) {
        if (is_whole(plan->weights[g]))
            continue;
        int32_t exponent = assay__shortest_of(plan->weights[g]).exponent;
        plan->scale = exponent < plan->scale ? exponent : plan->scale;
    }
    for (size_t g = 0; g < count; g++) {
        if (plan->weights[g] == 0.0)
            continue;
        uint64_t weight = scaled(plan, plan->weights[g]);
        if (weight == 0 || weight > WHOLE_MOST - plan->total)
            return false;
        plan->total += weight;
        plan->units += counts[g];
        plan->positive++;
    }
    return true;
}

/* The decimal that a number was written as. */
static ball ball_of_shortest(double value)
{
    const int32_t most = 19; /* 10^19 < 2^64 */
    if (is_whole(value))
        return ball_of_u64((uint64_t)value);
    struct assay__shortest decimal = assay__shortest_of(value);
    ball number = ball_of_u64((uint64_t)decimal.mantissa);
    int32_t size = decimal.exponent < 0 ? -decimal.exponent : decimal.exponent;
    uint64_t power = 1;
    if (size > most)
        return ball_div(number, ball_of(0.0)); /* lost */
    for (int32_t i = 0; i < size; i++)
        power *= 10;
    return decimal.exponent < 0 ? ball_div(number, ball_of_u64(power))
                                : ball_mul(number, ball_of_u64(power));
}

/* The double nearest to a number that may be exactly 0. */
static double rounded(ball a, bool *in_doubt)
{
    return a.sign == 0 ? 0.0 : ball_double(a, in_doubt);
}

/* What fill_groups() sums up; in the units of counts times weights. */
struct sums {
    ball statistic; /* Pearson's */
    ball largest;   /* the largest difference of a group */
};

/* The formulas are those of fill_groups() in stats/srm_wide.c. */
static void fill_group(const struct plan *plan, uint64_t weight, struct assay_srm_group *group,
                       struct sums *sums, bool *in_doubt)
{
    ball planned = ball_of_products(plan->units, weight, 0, 0);
    ball away = ball_of_products(group->observed, plan->total, plan->units, weight);
    ball spread = ball_mul(planned, ball_of_u64(plan->total - weight));
    ball total = ball_of_u64(plan->total);
    group->expected = rounded(ball_div(planned, total), in_doubt);
    if (spread.sign > 0)
        group->residual = rounded(ball_div(away, ball_sqrt(spread)), in_doubt);
    if (plan->units == 0)
        return;
    away = ball_abs(away);
    if (ball_sign(ball_sub(away, sums->largest), in_doubt) > 0)
        sums->largest = away;
    ball share = ball_div(ball_square(away), ball_mul(planned, total));
    sums->statistic = ball_add(sums->statistic, share);
}

/* The quantile is asked for only where a residual may be beyond it. */
static void mark_groups(const double *weights, size_t count, double alpha, uint32_t positive,
                        struct assay_srm_group *groups)
{
    const double small_alpha = 0.1, least = 1.6; /* below the quantile of 0.05 */
    double largest = 0.0;
    for (size_t g = 0; g < count; g++)
        largest = fmax(largest, fabs(groups[g].residual)); /* of a number and NaN, the number */
    if (alpha <= small_alpha && largest < least)
        return;
    double limit = assay_normal_quantile_upper(0.5 * alpha / positive);
    for (size_t g = 0; g < count; g++)
        if (weights[g] > 0.0)
            groups[g].significant = fabs(groups[g].residual) > limit;
}

static bool fill_groups(const uint64_t *counts, const struct plan *plan, size_t count, double alpha,
                        struct assay_srm_group *groups, struct sums *sums)
{
    bool in_doubt = false;
    for (size_t g = 0; g < count && !in_doubt; g++) {
        groups[g] = (struct assay_srm_group){.observed = counts[g], .residual = NAN};
        if (plan->weights[g] == 0.0)
            groups[g].significant = counts[g] > 0;
        else
            fill_group(plan, scaled(plan, plan->weights[g]), &groups[g], sums, &in_doubt);
    }
    if (!in_doubt)
        mark_groups(plan->weights, count, alpha, plan->positive, groups);
    return !in_doubt;
}

bool assay__srm_chi2_tail(double x, double rest_low, double rest_high, struct assay_srm *out)
{
    double p, log_p;
    assay__chi2_upper_both(x, out->df, &p, &log_p);
    out->statistic = x;
    out->p = p;
    out->log10_p = log_p / M_LN10;
    double step = x * 0x1p-20;
    if (!(x > 1.0) || !isfinite(x + step))
        return true;
    /* The hazard, -d log Q/dx, by a difference: it only scales an ulp. */
    double hazard = (log_p - assay_chi2_log_upper(x + step, out->df)) / step;
    out->p = p - p * hazard * rest_low;
    out->log10_p = (log_p - hazard * rest_low) / M_LN10;
    return out->p == p - p * hazard * rest_high &&
           out->log10_p == (log_p - hazard * rest_high) / M_LN10;
}

static bool chi2_test(ball statistic, struct assay_srm *out)
{
    bool in_doubt = false;
    if (statistic.sign == 0)
        return assay__srm_chi2_tail(0.0, 0.0, 0.0, out);
    double x = ball_double(statistic, &in_doubt);
    struct assay__enclosure rest = ball_rest(statistic, &in_doubt);
    return !in_doubt && assay__srm_chi2_tail(x, rest.low, rest.high, out);
}

/* What a group's weight adds whatever its count. */
struct prior {
    uint64_t weight;
    ball prior, log_gamma, log_share;
};

static struct prior prior_of(const struct plan *plan, uint64_t weight, ball concentration)
{
    ball share = ball_div(ball_of_u64(weight), ball_of_u64(plan->total));
    struct prior prior = {.weight = weight, .prior = ball_mul(concentration, share)};
    prior.log_gamma = ball_log_gamma(prior.prior);
    prior.log_share = ball_log(share);
    return prior;
}

static bool sequential_test(const uint64_t *counts, const struct plan *plan, size_t count,
                            double given_concentration, struct assay_srm *out)
{
    const double normal_most = 700.0, least = 746.0; /* exp(-least) is 0 in double */
    ball concentration = ball_of_shortest(given_concentration);
    ball sum = ball_sub(ball_log_gamma(concentration),
                        ball_log_gamma(ball_add(concentration, ball_of_u64(plan->units))));
    struct prior prior = {0};
    for (size_t g = 0; g < count; g++) {
        if (plan->weights[g] == 0.0)
            continue;
        uint64_t weight = scaled(plan, plan->weights[g]);
        if (weight != prior.weight)
            prior = prior_of(plan, weight, concentration);
        ball n = ball_of_u64(counts[g]);
        sum = ball_add(sum, ball_log_gamma(ball_add(prior.prior, n)));
        sum = ball_sub(sum, prior.log_gamma);
        sum = ball_sub(sum, ball_mul(n, prior.log_share));
    }
    bool in_doubt = false;
    double log_factor = ball_double(sum, &in_doubt);
    out->statistic = log_factor;
    out->p = 1.0;
    out->log10_p = log_factor > 0.0 ? -log_factor / M_LN10 : 0.0;
    if (log_factor > normal_most && log_factor < least)
        return false;
    if (log_factor >= least)
        out->p = 0.0;
    else if (log_factor > 0.0)
        out->p = ball_double(ball_div(ball_of_u64(1), ball_exp(sum)), &in_doubt);
    return !in_doubt;
}

bool assay__srm_in_balls(const uint64_t *counts, const double *weights, size_t group_count,
                         const struct assay_srm_design *design, struct assay_srm_group *groups,
                         struct assay_srm *out, bool *is_beyond)
{
    struct plan plan = {.weights = weights};
    struct sums sums = {ball_of(0.0), ball_of(0.0)};
    bool in_doubt = false;
    if (!open_plan(counts, group_count, &plan) ||
        !fill_groups(counts, &plan, group_count, design->alpha, groups, &sums))
        return false;
    ball whole = ball_of_products(plan.units, plan.total, 0, 0);
    ball tolerated = ball_mul(ball_of_shortest(design->tolerance), whole);
    *is_beyond = ball_sign(ball_sub(sums.largest, tolerated), &in_doubt) > 0;
    if (in_doubt)
        return false;
    if (!out->tested)
        return true;
    return design->method == ASSAY_SRM_SEQUENTIAL
               ? sequential_test(counts, &plan, group_count, design->concentration, out)
               : chi2_test(sums.statistic, out);
}
