/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "odd_pairs.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "stats/compare.h"
#include "stats/compare_ball.h"
#include "stats/exact_test.h"
#include "stats/metric/metric.h"

typedef struct assay__wide wide;

struct drawing {
    uint64_t state;
    bool is_usual;
};

/* In [0, 1): xorshift64*, Vigna (2016). */
static double draw(struct drawing *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return (double)((d->state * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

static bool chance(struct drawing *d, double p)
{
    return draw(d) < p;
}

static double log_between(struct drawing *d, double low, double high)
{
    return pow(10.0, low + (high - low) * draw(d));
}

static uint64_t draw_units(struct drawing *d)
{
    return (uint64_t)(d->is_usual ? log_between(d, 2.0, 7.0) : log_between(d, 0.3, 17.5));
}

/* One group of a mean: its distance from the other's is some standard errors. */
static void draw_mean(struct drawing *d, double centre, double deviation, struct assay__group *out)
{
    uint64_t n = draw_units(d);
    double variance = deviation * deviation * log_between(d, -0.3, 0.3), skewness = NAN;
    double distance = d->is_usual ? 6.0 * (draw(d) - 0.5) : log_between(d, -6.0, 2.0);
    double mean = centre + distance * sqrt(variance / (double)n);
    if (chance(d, 0.5))
        skewness = (chance(d, 0.5) ? -1.0 : 1.0) * log_between(d, -8.0, 2.0);
    if (chance(d, 0.2)) /* as printed with few digits */
        mean = (double)(float)mean;
    assay__group_of_summary(n, mean, variance, skewness, out);
}

/* A share at any distance from 0 and 1. */
static void draw_share(struct drawing *d, double share, struct assay__group *out)
{
    uint64_t n = draw_units(d);
    double moved = share * (1.0 + (draw(d) - 0.5) * log_between(d, -9.0, 0.0));
    bool is_high = chance(d, 0.3);
    assay__group_of_summary(n, is_high ? 1.0 - moved : moved, 0.0, NAN, out);
}

/* Covariates: errors that are smaller, shared in part, with fewer degrees of freedom. */
static void reduce(struct drawing *d, struct assay__pair_estimate *pair)
{
    wide sum = assay__wide_zero();
    pair->reduction.method = ASSAY_REDUCTION_FULL;
    pair->covariance = assay__wide_mul(pair->error2[0], assay__wide_of(0.1 * (draw(d) - 0.5)));
    for (int g = 0; g < 2; g++) {
        wide left = assay__wide_of(log_between(d, -3.0, 0.0));
        pair->residual_error2[g] = assay__wide_mul(pair->raw[g].error2, left);
        pair->error2[g] =
            assay__wide_add(pair->residual_error2[g], assay__wide_abs(pair->covariance));
        pair->residual_df[g] = assay__wide_of_u64(pair->raw[g].n > 3 ? pair->raw[g].n - 3 : 1);
        sum = assay__wide_add(sum, pair->error2[g]);
    }
    wide twice = assay__wide_add(pair->covariance, pair->covariance);
    pair->difference_error2 = assay__wide_sub(sum, twice);
}

static void draw_pair(struct drawing *d, struct assay_method *method,
                      struct assay__pair_estimate *pair)
{
    struct assay__group groups[2];
    double scale = d->is_usual ? log_between(d, -3.0, 3.0) : log_between(d, -140.0, 140.0);
    double centre = (chance(d, 0.2) ? -scale : scale) * (chance(d, 0.1) ? 1e-9 : 1.0);
    double deviation =
        scale * (d->is_usual ? log_between(d, -1.0, 1.0) : log_between(d, -9.0, 3.0));
    double share = d->is_usual ? 0.01 + 0.4 * draw(d) : log_between(d, -12.0, -0.4);
    bool is_share = chance(d, 0.3);
    *method = (struct assay_method){
        .type = is_share ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN,
        .test = chance(d, 0.7) ? ASSAY_TEST_T : ASSAY_TEST_Z,
        .side = (enum assay_side)(3.0 * draw(d)),
        .alpha = chance(d, 0.5) ? 0.05 : log_between(d, d->is_usual ? -4.0 : -250.0, -0.4),
        .boundary = chance(d, 0.3) ? 1.0 + 7.0 * draw(d) : 0.0,
        .null_difference = chance(d, 0.3) ? (is_share ? share : deviation) * draw(d) : 0.0,
        .exact = true};
    memset(pair, 0, sizeof *pair);
    for (int g = 0; g < 2; g++) {
        if (is_share)
            draw_share(d, share, &groups[g]);
        else
            draw_mean(d, centre, deviation, &groups[g]);
        assay__estimate_group(&groups[g], method->type, &pair->raw[g]);
    }
    assay__keep_raw(pair);
    if (!is_share && chance(d, 0.2))
        reduce(d, pair);
}

/* Bit by bit; a NaN is a NaN. The struct has no holes but those that clearing filled with 0. */
/* What stands between the members of a comparison, which a compiler may leave as it was. */
static void clear_padding(unsigned char *bytes)
{
    static const size_t GAPS[][2] = {
        {offsetof(struct assay_comparison, flags) + sizeof(uint32_t),
         offsetof(struct assay_comparison, baseline)},
        {offsetof(struct assay_comparison, difference.significant) + sizeof(bool),
         offsetof(struct assay_comparison, difference.tested_by)},
        {offsetof(struct assay_comparison, relative.fieller_kind) + sizeof(enum assay_fieller_kind),
         offsetof(struct assay_comparison, relative.fieller_lower)},
        {offsetof(struct assay_comparison, reduction.dropped) + sizeof(uint32_t),
         offsetof(struct assay_comparison, reduction.baseline_slopes)}};
    for (size_t i = 0; i < sizeof GAPS / sizeof *GAPS; i++)
        memset(bytes + GAPS[i][0], 0, GAPS[i][1] - GAPS[i][0]);
}

static bool are_same(const struct assay_comparison *a, const struct assay_comparison *b)
{
    enum { WORDS = sizeof *a / sizeof(double) };
    uint64_t x[WORDS], y[WORDS];
    double p, q;
    memcpy(x, a, sizeof x);
    memcpy(y, b, sizeof y);
    clear_padding((unsigned char *)x);
    clear_padding((unsigned char *)y);
    for (int i = 0; i < WORDS; i++) {
        memcpy(&p, &x[i], sizeof p);
        memcpy(&q, &y[i], sizeof q);
        if (x[i] != y[i] && !(isnan(p) && isnan(q)))
            return false;
    }
    return true;
}

static void print_pair(const struct assay__pair_estimate *pair, const struct assay_method *method,
                       const struct assay_comparison *got, const struct assay_comparison *want)
{
    for (int g = 0; g < 2; g++)
        printf("group %d: n %llu mean %.17g error2 %.17g\n", g, (unsigned long long)pair->raw[g].n,
               assay__wide_double(pair->value[g]), assay__wide_double(pair->error2[g]));
    printf("test %d side %d alpha %.17g boundary %.17g\n", (int)method->test, (int)method->side,
           method->alpha, method->boundary);
    const struct assay_comparison *const both[] = {got, want};
    for (int i = 0; i < 2; i++) {
        const struct assay_difference *d = &both[i]->difference;
        const struct assay_relative *r = &both[i]->relative;
        printf("%s: d %a se %a df %a t %a p %a log p %a [%a, %a] r %a F [%a, %a] D %a [%a, %a] "
               "L [%a, %a] S [%a, %a] skewness %a %a tails %a %a flags %x\n",
               i == 0 ? "balls" : "320 bits", d->estimate, d->standard_error, d->df, d->statistic,
               d->p, d->log10_p, d->lower, d->upper, r->estimate, r->fieller_lower,
               r->fieller_upper, r->delta_standard_error, r->delta_lower, r->delta_upper,
               r->log_lower, r->log_upper, r->scaled_lower, r->scaled_upper,
               both[i]->baseline.skewness, both[i]->compared.skewness, both[i]->tail_error.lower,
               both[i]->tail_error.upper, both[i]->flags);
    }
}

/* A test in balls beside the same in 320 bits; false where balls are in doubt. */
static bool compare_once(const struct assay__pair_estimate *pair, const struct assay_method *method,
                         struct assay__ball_figures *figures, struct assay__t_law *law,
                         struct odd_count *out)
{
    struct assay_comparison got, want;
    wide null = assay__wide_of(method->null_difference);
    assay__compare_clear(&got);
    if (!assay__compare_in_balls(pair, method, null, figures, law, &got))
        return false;
    assay__skewness(pair, method, law, NULL, &got);
    assay__compare_clear(&want);
    assay__compare_exactly(pair, method, null, &want);
    bool is_same = are_same(&got, &want);
    out->different += !is_same;
    if (out->different == 1 && !is_same)
        print_pair(pair, method, &got, &want);
    return true;
}

void odd_pairs_compare(uint64_t seed, long draws, int is_usual, struct odd_count *out)
{
    struct drawing drawing = {seed, is_usual != 0};
    struct assay__pair_estimate pair;
    struct assay_method method;
    *out = (struct odd_count){draws, 0, 0};
    for (long i = 0; i < draws; i++) {
        draw_pair(&drawing, &method, &pair);
        bool is_reduced = pair.reduction.method != ASSAY_REDUCTION_NONE;
        if (assay__exact_applies(&pair, &method, is_reduced)) {
            i--;
            continue;
        }
        struct assay__ball_figures figures = {.is_open = false};
        struct assay__t_law law;
        law.df = law.level = NAN;
        if (!compare_once(&pair, &method, &figures, &law, out))
            continue;
        out->in_balls++;
        /* Another test of the same pair, by what the first one has left. */
        method.side = (method.side + 1 + (enum assay_side)(i % 2)) % (ASSAY_SIDE_BOTH + 1);
        method.null_difference *= (double)(i % 3);
        method.alpha *= i % 5 < 3 ? 1.0 : 0.5;
        compare_once(&pair, &method, &figures, &law, out);
    }
}
