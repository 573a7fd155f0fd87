/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alpha spending functions: a table of families. Each gives the logarithm of the alpha between two
 * looks without subtracting one total from another, so that looks close together, and early ones
 * that spend 1e-300, keep their digits.
 */
#include "stats/horizon/spending.h"

#include <math.h>
#include <stdio.h>

#include "assay/dist.h"
#include "assay/horizon.h"
#include "stats/dist/normal.h"
#include "stats/horizon/gauss.h"

static double power_step(const struct assay__spending *spending, double from, double to)
{
    double rho = spending->parameter;
    double rest = from == 0.0 ? 0.0 : log1p(-exp(rho * log1p((from - to) / to)));
    return log(spending->alpha) + rho * log(to) + rest;
}

/* The mean of density(low + y) / density(low) for y from 0 to width. */
static double sum_beyond(double low, double width)
{
    double sum = 0.0;
    for (int i = 0; i < ASSAY__GAUSS_POINTS; i++) {
        double y = 0.5 * width * (1.0 + assay__gauss_node(i));
        sum += 0.5 * assay__gauss_weight(i) * exp(-y * (low + 0.5 * y));
    }
    return sum;
}

/* The same for width (1 + low) < 1, from the series of that ratio. */
static double series_beyond(double low, double width)
{
    const double nothing = 1e-17;
    double before = 0.0, term = 1.0, sum = 1.0;
    for (int n = 1; fabs(before) + fabs(term) > nothing; n++) {
        double next = -width * (low * term + width * before) / n;
        before = term;
        term = next;
        sum += term / (n + 1);
    }
    return sum;
}

/* log of the normal density's integral from low to high, 0 <= low < high: narrow ones by
 * density(low + y) / density(low), wide ones from their tails. */
static double log_between(double low, double high)
{
    double width = high - low;
    if (isinf(high))
        return assay_normal_log_upper(low);
    if (width * (1.0 + low) > 4.0) {
        double log_low = assay_normal_log_upper(low);
        return log_low + log(-expm1(assay_normal_log_upper(high) - log_low));
    }
    double sum = width * (1.0 + low) < 1.0 ? series_beyond(low, width) : sum_beyond(low, width);
    const double half_log_tau = 0.91893853320467274178;
    return log(width * sum) - 0.5 * low * low - half_log_tau;
}

static double obrien_fleming_step(const struct assay__spending *spending, double from, double to)
{
    double q = spending->quantile;
    if (!(q > 0.0))
        q = assay_normal_quantile_upper(0.5 * spending->alpha);
    double low = q / sqrt(to), high = from == 0.0 ? HUGE_VAL : q / sqrt(from);
    return M_LN2 + log_between(low, high);
}

static double pocock_step(const struct assay__spending *spending, double from, double to)
{
    const double slope = 1.71828182845904523536; /* e - 1 */
    return log(spending->alpha) + log(log1p(slope * (to - from) / (1.0 + slope * from)));
}

/* log((1 - exp(-g d)) / (1 - exp(-g))) for g > 0. */
static double log_share(double g, double d)
{
    return log(-expm1(-g * d)) - log(-expm1(-g));
}

static double hwang_shih_decani_step(const struct assay__spending *spending, double from, double to)
{
    double gamma = spending->parameter, step = to - from, log_alpha = log(spending->alpha);
    if (gamma == 0.0)
        return log_alpha + log(step);
    if (gamma > 0.0)
        return log_alpha - gamma * from + log_share(gamma, step);
    return log_alpha - gamma * (to - 1.0) + log_share(-gamma, step);
}

struct family {
    double least, most; /* of the parameter; both included */
    double fallback;    /* NAN: it has no parameter */
    double (*log_step)(const struct assay__spending *spending, double from, double to);
};

static const struct family FAMILIES[] = {
    [ASSAY_SPENDING_POWER] = {0.01, 100.0, 2.0, power_step},
    [ASSAY_SPENDING_OBRIEN_FLEMING] = {-HUGE_VAL, HUGE_VAL, NAN, obrien_fleming_step},
    [ASSAY_SPENDING_POCOCK] = {-HUGE_VAL, HUGE_VAL, NAN, pocock_step},
    [ASSAY_SPENDING_HWANG_SHIH_DECANI] = {-500.0, 500.0, -4.0, hwang_shih_decani_step},
};

#define SPELLING(name, spelling) #spelling,
static const char *const NAMES[] = {ASSAY_SPENDING_LIST(SPELLING)};

enum { FAMILY_COUNT = sizeof FAMILIES / sizeof *FAMILIES };
_Static_assert(FAMILY_COUNT == sizeof NAMES / sizeof *NAMES, "a row for each family");

const char *assay_spending_name(enum assay_spending_family family)
{
    return (unsigned)family < FAMILY_COUNT ? NAMES[family] : NULL;
}

bool assay__spending_valid(enum assay_spending_family family, double parameter)
{
    if ((unsigned)family >= FAMILY_COUNT)
        return false;
    const struct family *row = &FAMILIES[family];
    return isnan(row->fallback) || (parameter >= row->least && parameter <= row->most);
}

double assay__spending_fallback(enum assay_spending_family family)
{
    return (unsigned)family < FAMILY_COUNT ? FAMILIES[family].fallback : (double)NAN;
}

const char *assay__spending_ranges(char text[ASSAY__SPENDING_RANGES])
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        size_t rest = ASSAY__SPENDING_RANGES - length;
        if (isnan(FAMILIES[i].fallback))
            continue;
        int written =
            snprintf(text + length, rest, "%sbetween %g and %g for %s", length == 0 ? "" : ", and ",
                     FAMILIES[i].least, FAMILIES[i].most, NAMES[i]);
        length += written < 0 ? 0 : (size_t)written < rest ? (size_t)written : rest - 1;
    }
    return text;
}

struct assay__spending assay__spending_of(enum assay_spending_family family, double parameter,
                                          double alpha)
{
    return (struct assay__spending){.family = family,
                                    .parameter = parameter,
                                    .alpha = alpha,
                                    .quantile = assay_normal_quantile_upper(0.5 * alpha)};
}

double assay__spending_log_step(const struct assay__spending *spending, double from, double to)
{
    return FAMILIES[spending->family].log_step(spending, from, to);
}
