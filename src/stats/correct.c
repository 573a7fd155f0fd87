/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Error rates of the decision rule, and p-value adjustments. Rates are divided as the decimals
 * people write (exact/shortest.h), in wide numbers, and rounded once: 1 - 0.8 shared by five
 * metrics is 0.04, not 0.03999999999999999.
 */
#include "assay/correct.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "exact/shortest.h"
#include "stats/adjustments.h"
#include "stats/defaults.h"

typedef struct assay__wide wide;

static bool is_rate(double rate)
{
    return rate > 0.0 && rate < 1.0;
}

/* rate / (a b c) with segment_count 0 meaning undivided; NaN when nothing shares the rate. */
static double shared_rate(double rate, uint32_t a, uint32_t b, uint32_t segment_count)
{
    if (!is_rate(rate) || a == 0 || b == 0)
        return NAN;
    wide divisor = assay__wide_mul(assay__wide_of_u64(a), assay__wide_of_u64(b));
    if (segment_count > 0)
        divisor = assay__wide_mul(divisor, assay__wide_of_u64(segment_count));
    return assay__wide_double(assay__wide_div(assay__wide_of_shortest(rate), divisor));
}

static uint32_t segments(const struct assay_rates *plan, int in_segment)
{
    return in_segment != 0 ? plan->segment_count : 0;
}

static double alpha_of(const struct assay_rates *plan)
{
    return assay__or_default(plan->alpha, ASSAY__DEFAULT_ALPHA);
}

static double power_of(const struct assay_rates *plan)
{
    return assay__or_default(plan->power, ASSAY__DEFAULT_POWER);
}

double assay_rates_success(const struct assay_rates *plan, int in_segment)
{
    return shared_rate(alpha_of(plan), plan->comparison_count, plan->success_count,
                       segments(plan, in_segment));
}

double assay_rates_guardrail(const struct assay_rates *plan, int in_segment)
{
    return shared_rate(alpha_of(plan), plan->comparison_count, 1, segments(plan, in_segment));
}

double assay_rates_deterioration(const struct assay_rates *plan, int in_segment)
{
    return shared_rate(plan->deterioration_alpha, plan->comparison_count, plan->monitored_count,
                       segments(plan, in_segment));
}

/* beta / (G + min(S, 1)): every powered guardrail and one success metric must come through. */
static wide beta_shared(const struct assay_rates *plan)
{
    wide one = assay__wide_of(1.0);
    wide beta = assay__wide_sub(one, assay__wide_of_shortest(power_of(plan)));
    uint64_t powered = (uint64_t)plan->margin_count + (plan->success_count > 0 ? 1 : 0);
    return assay__wide_div(beta, assay__wide_of_u64(powered));
}

static bool has_power(const struct assay_rates *plan)
{
    return is_rate(power_of(plan)) && (plan->margin_count > 0 || plan->success_count > 0);
}

double assay_rates_power(const struct assay_rates *plan)
{
    if (!has_power(plan))
        return NAN;
    return assay__wide_double(assay__wide_sub(assay__wide_of(1.0), beta_shared(plan)));
}

double assay_rates_beta(const struct assay_rates *plan)
{
    return has_power(plan) ? assay__wide_double(beta_shared(plan)) : (double)NAN;
}

/* ---- p-value adjustments -------------------------------------------------------------------- */

/* p is looked at where it is a normal number: it has all its digits there, its logarithm few. */
struct ranked {
    double p, log10_p;
    size_t index;
};

static bool is_normal(double p)
{
    return p >= DBL_MIN;
}

static int by_p(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    bool by_log = !is_normal(x->p) && !is_normal(y->p);
    double of_x = by_log ? x->log10_p : x->p, of_y = by_log ? y->log10_p : y->p;
    if (of_x != of_y)
        return of_x < of_y ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static double factor_holm(size_t rank, size_t count)
{
    return (double)(count - rank + 1);
}

static double factor_bh(size_t rank, size_t count)
{
    return (double)count / (double)rank;
}

/* 1 + 1/2 + ... + 1/count, the price of any dependence; rest is what rounding took (Kahan). */
static double harmonic(size_t count)
{
    double sum = 1.0, rest = 0.0;
    for (size_t i = 2; i <= count; i++) {
        double term = 1.0 / (double)i, next = sum + term;
        rest += term - (next - sum);
        sum = next;
    }
    return sum + rest;
}

/*
 * Every method multiplies the p of rank r (1 the smallest) by a factor and then makes the outcome
 * monotone: a step-down method takes the running maximum from the smallest p up, a step-up method
 * the running minimum from the largest p down.
 */
struct adjustment {
    const char *name;
    double (*factor)(size_t rank, size_t count);
    bool step_down, any_dependence;
};

static const struct adjustment ADJUSTMENTS[ASSAY__ADJUST_COUNT] = {
    [ASSAY_ADJUST_HOLM] = {"holm", factor_holm, true, false},
    [ASSAY_ADJUST_HOCHBERG] = {"hochberg", factor_holm, false, false},
    [ASSAY_ADJUST_BH] = {"benjaminiHochberg", factor_bh, false, false},
    [ASSAY_ADJUST_BY] = {"benjaminiYekutieli", factor_bh, false, true},
};

const char *assay_adjustment_name(enum assay_adjustment method)
{
    unsigned index = (unsigned)method;
    return index < ASSAY__ADJUST_COUNT ? ADJUSTMENTS[index].name : "unknown";
}

/* The factors are at least 1, so a normal p stays one. */
static void multiply(struct ranked *ranked, size_t count, const struct adjustment *adjustment)
{
    double price = adjustment->any_dependence ? harmonic(count) : 1.0, log10_price = log10(price);
    for (size_t i = 0; i < count; i++) {
        double factor = adjustment->factor(i + 1, count);
        bool has_p = is_normal(ranked[i].p);
        ranked[i].log10_p += log10(factor) + log10_price;
        ranked[i].p = has_p ? ranked[i].p * factor * price : pow(10.0, ranked[i].log10_p);
    }
}

static void step_down(struct ranked *ranked, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        ranked[i].p = fmax(ranked[i].p, ranked[i - 1].p);
        ranked[i].log10_p = fmax(ranked[i].log10_p, ranked[i - 1].log10_p);
    }
}

static void step_up(struct ranked *ranked, size_t count)
{
    for (size_t i = count; i-- > 1;) {
        ranked[i - 1].p = fmin(ranked[i - 1].p, ranked[i].p);
        ranked[i - 1].log10_p = fmin(ranked[i - 1].log10_p, ranked[i].log10_p);
    }
}

static enum assay_status check(enum assay_adjustment method, const double *p, const double *log10_p,
                               size_t count, struct assay_error *err)
{
    if ((unsigned)method >= ASSAY__ADJUST_COUNT)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No p-value adjustment has number %u.",
                           (unsigned)method);
    for (size_t i = 0; i < count; i++) {
        if (log10_p[i] > 0.0)
            return assay__fail(err, ASSAY_ERROR_DOMAIN,
                               "p-value %zu of %zu has a logarithm above 0, so it is above 1.",
                               i + 1, count);
        if (p != NULL && (p[i] < 0.0 || p[i] > 1.0))
            return assay__fail(err, ASSAY_ERROR_DOMAIN,
                               "p-value %zu of %zu is %g; it must lie from 0 to 1.", i + 1, count,
                               p[i]);
    }
    return ASSAY_OK;
}

/* p and adjusted_p are NULL where only logarithms are known and wanted. */
static enum assay_status adjust(enum assay_adjustment method, const double *p,
                                const double *log10_p, size_t count, double *adjusted_p,
                                double *adjusted_log10_p, struct assay_error *err)
{
    enum assay_status status = check(method, p, log10_p, count, err);
    if (status != ASSAY_OK || count == 0)
        return status;
    struct ranked *ranked = assay__calloc(count, sizeof *ranked);
    if (ranked == NULL)
        return assay__fail_memory(err);
    size_t family = 0;
    for (size_t i = 0; i < count; i++) {
        struct ranked entry = {p == NULL ? 0.0 : p[i], log10_p[i], i};
        if (isnan(entry.p) || isnan(entry.log10_p)) {
            if (adjusted_p != NULL)
                adjusted_p[i] = NAN;
            adjusted_log10_p[i] = NAN;
        } else {
            ranked[family++] = entry;
        }
    }
    qsort(ranked, family, sizeof *ranked, by_p);
    multiply(ranked, family, &ADJUSTMENTS[method]);
    if (ADJUSTMENTS[method].step_down)
        step_down(ranked, family);
    else
        step_up(ranked, family);
    for (size_t i = 0; i < family; i++) {
        if (adjusted_p != NULL)
            adjusted_p[ranked[i].index] = fmin(ranked[i].p, 1.0);
        adjusted_log10_p[ranked[i].index] = fmin(ranked[i].log10_p, 0.0);
    }
    assay__free(ranked);
    return ASSAY_OK;
}

enum assay_status assay_log10_p_adjust(enum assay_adjustment method, const double *log10_p,
                                       size_t count, double *adjusted_log10_p,
                                       struct assay_error *err)
{
    return adjust(method, NULL, log10_p, count, NULL, adjusted_log10_p, err);
}

enum assay_status assay_p_adjust(enum assay_adjustment method, const double *p,
                                 const double *log10_p, size_t count, double *adjusted_p,
                                 double *adjusted_log10_p, struct assay_error *err)
{
    return adjust(method, p, log10_p, count, adjusted_p, adjusted_log10_p, err);
}
