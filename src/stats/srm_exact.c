/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample ratio mismatch where chi-square is rough: each group's count against its binomial. Which
 * counts are at least as far from the expected one is told in 320 bits, so that ties are ties; the
 * tails of the binomial are those of F.
 */
#include "stats/srm_exact.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/srm_wide.h"

typedef struct assay__wide wide;

bool assay__srm_is_rough(const struct assay_srm_group *groups, size_t count)
{
    static const double LEAST = 5.0;
    for (size_t g = 0; g < count; g++)
        if (groups[g].expected > 0.0 && groups[g].expected < LEAST)
            return true;
    return false;
}

/* The largest whole number not above a, which is not negative and below 2^64. */
static uint64_t floor_of(wide a)
{
    const double most = 0x1.fffffffffffffp63;
    double high = fmin(floor(assay__wide_double(a)), most);
    wide rest = assay__wide_sub(a, assay__wide_of(high));
    double low = floor(assay__wide_double(rest));
    if (assay__wide_compare(assay__wide_of(low), rest) > 0)
        low -= 1.0;
    return (uint64_t)high + (uint64_t)(int64_t)low;
}

/* A group's units are binomial: of so many, each with odds weight to others. */
struct binomial {
    uint64_t units;
    wide weight, others;
};

/* A probability and its natural logarithm. */
struct tail {
    double p, log_p;
};

static const struct tail NO_TAIL = {0.0, -HUGE_VAL};

/* At least a units (the upper tail), or at most a - 1: with b = units - a + 1, both from 1, the
 * share that a - 1 units are below is a beta (a, b). */
static struct tail tail_of(const struct binomial *binomial, uint64_t a, bool is_upper)
{
    uint64_t b = binomial->units - a + 1;
    wide above = assay__wide_mul(assay__wide_of_u64(b), binomial->weight);
    wide below = assay__wide_mul(assay__wide_of_u64(a), binomial->others);
    double f = assay__wide_double(assay__wide_div(above, below));
    double df1 = 2.0 * (double)a, df2 = 2.0 * (double)b;
    if (is_upper)
        return (struct tail){assay_f_lower(f, df1, df2), assay_f_log_lower(f, df1, df2)};
    return (struct tail){assay_f_upper(f, df1, df2), assay_f_log_upper(f, df1, df2)};
}

static struct tail both(struct tail a, struct tail b)
{
    double more = fmax(a.log_p, b.log_p), less = fmin(a.log_p, b.log_p);
    double log_p = isinf(less) ? more : more + log1p(exp(less - more));
    return (struct tail){fmin(a.p + b.p, 1.0), fmin(log_p, 0.0)};
}

/* Counts at least as far from the expected one as the one found. */
static struct tail as_far(const struct binomial *binomial, uint64_t found)
{
    wide total = assay__wide_add(binomial->weight, binomial->others);
    wide expected = assay__wide_mul(assay__wide_of_u64(binomial->units), binomial->weight);
    wide here = assay__wide_mul(assay__wide_of_u64(found), total);
    wide there = assay__wide_sub(assay__wide_scale2(expected, 1), here); /* as far, other side */
    int way = assay__wide_compare(here, expected);
    bool has_there = assay__wide_sign(there) >= 0;
    if (way == 0)
        return (struct tail){1.0, 0.0};
    wide mirror = assay__wide_div(there, total);
    if (way > 0) {
        struct tail upper = tail_of(binomial, found, true);
        uint64_t most = has_there ? floor_of(mirror) : 0;
        if (has_there && most + 1 == found)
            return (struct tail){1.0, 0.0};
        return both(upper, has_there ? tail_of(binomial, most + 1, false) : NO_TAIL);
    }
    struct tail lower = tail_of(binomial, found + 1, false);
    if (assay__wide_compare(mirror, assay__wide_of_u64(binomial->units)) > 0)
        return lower;
    uint64_t least = floor_of(mirror);
    least += assay__wide_compare(assay__wide_of_u64(least), mirror) < 0;
    if (least == found + 1)
        return (struct tail){1.0, 0.0};
    return least > binomial->units ? lower : both(lower, tail_of(binomial, least, true));
}

void assay__srm_exactly(const uint64_t *counts, const double *weights, size_t count, double alpha,
                        struct assay_srm_group *groups, struct assay_srm *out)
{
    struct assay__srm_totals totals = assay__srm_totals(counts, weights, count);
    struct binomial binomial = {.units = totals.units};
    double times = totals.positive == 2 ? 1.0 : totals.positive, log_least = HUGE_VAL;
    double log_limit = log(alpha / totals.positive);
    for (size_t g = 0; g < count; g++) {
        if (weights[g] == 0.0)
            continue;
        binomial.weight = assay__srm_scaled(weights[g], totals.scale);
        binomial.others = assay__wide_sub(totals.weight, binomial.weight);
        struct tail tail = as_far(&binomial, counts[g]);
        groups[g].significant = tail.log_p < log_limit;
        if (!(tail.log_p < log_least))
            continue;
        log_least = tail.log_p;
        out->exact_p = fmin(times * tail.p, 1.0);
    }
    out->exact_log10_p = fmin((log_least + log(times)) / M_LN10, 0.0);
}
