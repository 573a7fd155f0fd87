/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One-way analysis of variance. Both sums of squares are rational numbers of the exact sums; with
 * S_g the sum, Q_g the sum of squares and n_g the size of group g, S and N over all groups,
 *   within = sum_g (Q_g - S_g^2 / n_g),   between = sum_g S_g^2 / n_g - S^2 / N.
 * They are computed as multiples of 1 / L, with L the least common multiple of N and all n_g.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/moments_block.h"

typedef struct assay__exact exact;

struct squares {
    exact within, between, total; /* times multiple */
    exact multiple;               /* L */
    uint64_t count;               /* N */
};

/* sum += value * multiple / n, where n is a factor of multiple. */
static void add_part(exact *sum, const exact *value, const exact *multiple, uint64_t n)
{
    exact part;
    assay__exact_init(&part);
    assay__exact_set(&part, multiple);
    assay__exact_div_u64(&part, n);
    assay__exact_mul(&part, value);
    assay__exact_add(sum, &part);
    assay__exact_clear(&part);
}

static void compute_squares(const struct assay_moments *const *groups, size_t group_count,
                            struct squares *out)
{
    static const uint32_t yy[2] = {0, 0};
    exact sum, square, all;
    assay__exact_init(&sum);
    assay__exact_init(&square);
    assay__exact_init(&all);
    assay__exact_set_u64(&out->multiple, out->count);
    for (size_t g = 0; g < group_count; g++) {
        uint64_t n = assay_moments_count(groups[g]);
        assay__exact_mul_u64(&out->multiple, n / assay__exact_gcd_u64(&out->multiple, n));
    }
    for (size_t g = 0; g < group_count; g++) {
        assay__exact_set_u64(&square, 0);
        assay__moments_total(groups[g], yy, 2, &square);
        assay__exact_mul(&square, &out->multiple);
        assay__exact_add(&out->total, &square);
        assay__exact_set_u64(&sum, 0);
        uint64_t n = assay__moments_total(groups[g], yy, 1, &sum);
        assay__exact_add(&all, &sum);
        assay__exact_mul(&sum, &sum);
        add_part(&out->between, &sum, &out->multiple, n);
    }
    assay__exact_set(&out->within, &out->total); /* before S^2 / N is taken off */
    assay__exact_sub(&out->within, &out->between);
    assay__exact_mul(&all, &all);
    assay__exact_set_u64(&sum, 0);
    add_part(&sum, &all, &out->multiple, out->count);
    assay__exact_sub(&out->between, &sum);
    assay__exact_sub(&out->total, &sum);
    assay__exact_clear(&sum);
    assay__exact_clear(&square);
    assay__exact_clear(&all);
}

/*
 * The double nearest to over / (under * times), NaN for 0 / 0 and infinite for x / 0. False
 * without memory.
 */
static bool quotient(const exact *over, const exact *under, uint64_t times, double *out)
{
    if (!over->failed && !under->failed && assay__exact_sign(under) == 0) {
        *out = assay__exact_sign(over) == 0 ? (double)NAN : HUGE_VAL;
        return true;
    }
    exact divisor;
    assay__exact_init(&divisor);
    assay__exact_set(&divisor, under);
    assay__exact_mul_u64(&divisor, times);
    bool is_done = assay__exact_quotient(over, &divisor, out);
    assay__exact_clear(&divisor);
    return is_done;
}

/* False without memory. */
static bool fill_table(struct squares *squares, uint64_t between_df, uint64_t within_df,
                       struct assay_anova *out)
{
    const exact *within = &squares->within, *between = &squares->between;
    const exact *multiple = &squares->multiple;
    out->between_df = (double)between_df;
    out->within_df = (double)within_df;
    bool is_done = quotient(between, multiple, 1, &out->between_sum) &&
                   quotient(within, multiple, 1, &out->within_sum) &&
                   quotient(between, multiple, between_df, &out->between_mean) &&
                   quotient(within, multiple, within_df, &out->within_mean) &&
                   quotient(between, &squares->total, 1, &out->r_squared);

    exact over;
    assay__exact_init(&over);
    assay__exact_set(&over, &squares->between);
    assay__exact_mul_u64(&over, within_df);
    is_done = is_done && quotient(&over, within, between_df, &out->f);
    assay__exact_set(&over, multiple);
    assay__exact_mul_u64(&over, within_df);
    is_done = is_done && assay__exact_root(within, &over, &out->residual_deviation);
    assay__exact_clear(&over);
    return is_done;
}

enum assay_status assay_anova_test(const struct assay_moments *const *groups, size_t group_count,
                                   struct assay_anova *out, struct assay_error *err)
{
    const double ln10 = 2.302585092994045684;
    if (group_count < 2)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "An analysis of variance needs two groups or more, not %zu.",
                           group_count);
    struct squares squares = {.count = 0};
    for (size_t g = 0; g < group_count; g++) {
        uint64_t n = assay_moments_count(groups[g]);
        if (n == 0)
            return assay__fail(err, ASSAY_ERROR_DOMAIN,
                               "Group %zu of the analysis of variance is empty; leave it out.",
                               g + 1);
        if (n > UINT64_MAX - squares.count)
            return assay__fail(err, ASSAY_ERROR_LIMIT,
                               "The groups hold more than 2^64 - 1 vectors together.");
        squares.count += n;
    }
    if (squares.count <= group_count)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "An analysis of variance needs a group with two vectors or more.");

    exact *const numbers[] = {&squares.within, &squares.between, &squares.total, &squares.multiple};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assay__exact_init(numbers[i]);
    compute_squares(groups, group_count, &squares);
    struct assay_anova table;
    bool is_done = fill_table(&squares, group_count - 1, squares.count - group_count, &table);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assay__exact_clear(numbers[i]);
    if (!is_done)
        return assay__fail_memory(err);
    table.p = assay_f_upper(table.f, table.between_df, table.within_df);
    table.log10_p = assay_f_log_upper(table.f, table.between_df, table.within_df) / ln10;
    *out = table;
    return ASSAY_OK;
}
