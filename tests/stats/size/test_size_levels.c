/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normal quantiles in pairs, and the noncentrality of a power by its series, against 320 bits. */
#include "stats/size/size_levels.h"

#include "stats/dist/normal.h"
#include "stats/size/size_nct.h"
#include "test.h"

typedef struct assay__wide wide;

static wide wide_of_pair(struct assay__pair a)
{
    return assay__wide_add(assay__wide_of(a.hi), assay__wide_of(a.lo));
}

/* P(Z > z) */
static wide upper_tail(wide z)
{
    wide half = assay__wide_of(0.5);
    return assay__wide_mul(half, assay__wide_erfc(assay__wide_mul(z, assay__wide_sqrt(half))));
}

/* The error of z is that of its tail by the density. */
START_TEST(normal_quantiles_in_pairs_have_sixty_bits)
{
    double worst = 0.0;
    for (double p = 1e-280; p <= 0.5; p *= p < 1e-6 ? 1e7 : 1.0173) {
        struct assay__pair z = assay__normal_quantile_pair((struct assay__pair){p, p * 0x1p-55});
        wide want = wide_of_pair((struct assay__pair){p, p * 0x1p-55});
        wide miss = assay__wide_sub(upper_tail(wide_of_pair(z)), want);
        double error = fabs(assay__wide_double(assay__wide_div(miss, want)));
        error *= p / assay_normal_density(z.hi); /* of z */
        worst = fmax(worst, error / fmax(z.hi, 1.0));
    }
    printf("normal quantiles in pairs: worst error %.3g\n", worst);
    ck_assert_double_le(worst, 0x1p-60);
}
END_TEST

START_TEST(quantiles_outside_are_those_of_doubles)
{
    static const double TAILS[] = {1e-300, 0.7};
    for (size_t i = 0; i < sizeof TAILS / sizeof *TAILS; i++) {
        struct assay__pair z = assay__normal_quantile_pair((struct assay__pair){TAILS[i], 0.0});
        ck_assert_double_eq(z.hi, assay_normal_quantile_upper(TAILS[i]));
        ck_assert_double_eq(z.lo, 0.0);
    }
}
END_TEST

static struct assay__pair inverse_of(double df)
{
    return pair_div(pair_of(1.0), pair_of(df));
}

static const double ALPHAS[] = {0.4, 0.05, 0.0125, 0.001, 1e-6, 1e-12};
static const double POWERS[] = {0.45, 0.5, 0.58, 0.8, 0.95, 0.9999};
static const double DFS[] = {4.7, 11.3, 27.9, 50.0, 63.7, 120.0, 512.5, 3000.0, 1e5, 3e9};

/* At the noncentrality less the doubt the power is too low, and more than enough beyond. */
START_TEST(the_power_lies_within_the_doubt)
{
    int count = 0, near = 0;
    for (size_t a = 0; a < sizeof ALPHAS / sizeof *ALPHAS; a++)
        for (size_t p = 0; p < sizeof POWERS / sizeof *POWERS; p++)
            for (size_t d = 0; d < sizeof DFS / sizeof *DFS; d++) {
                struct assay__size_levels levels;
                assay__size_levels_set(ALPHAS[a], POWERS[p], ASSAY_SIDE_BOTH, &levels);
                struct assay__size_reach reach = assay__size_reach(&levels, inverse_of(DFS[d]));
                if (isinf(reach.doubt))
                    continue;
                wide at = wide_of_pair(reach.noncentrality), doubt = assay__wide_of(reach.doubt);
                wide df = assay__wide_of(DFS[d]);
                wide low = assay__nct_power(levels.tail, df, assay__wide_sub(at, doubt));
                wide high = assay__nct_power(levels.tail, df, assay__wide_add(at, doubt));
                ck_assert_msg(assay__wide_compare(low, levels.wanted) < 0 &&
                                  assay__wide_compare(high, levels.wanted) > 0,
                              "alpha %g, power %g, df %g: not within %g of %.17g", ALPHAS[a],
                              POWERS[p], DFS[d], reach.doubt, reach.noncentrality.hi);
                count++;
                near += reach.doubt < 0x1p-52 * reach.noncentrality.hi;
            }
    printf("noncentralities: %d within their doubt, %d to half an ulp\n", count, near);
    ck_assert_int_gt(count, 200);
    ck_assert_int_gt(near, 100);
}
END_TEST

START_TEST(what_is_not_known_is_not_said)
{
    struct assay__size_levels levels;
    assay__size_levels_set(0.05, 0.8, ASSAY_SIDE_BOTH, &levels);
    ck_assert_double_eq(assay__size_reach(&levels, inverse_of(0.9)).doubt, HUGE_VAL);
    ck_assert_double_eq(assay__size_reach(&levels, inverse_of(NAN)).doubt, HUGE_VAL);
    assay__size_levels_set(1e-30, 0.8, ASSAY_SIDE_BOTH, &levels);
    ck_assert_double_eq(assay__size_reach(&levels, inverse_of(400.0)).doubt, HUGE_VAL);
    assay__size_levels_set(0.7, 0.8, ASSAY_SIDE_UPPER, &levels);
    ck_assert_double_eq(assay__size_reach(&levels, inverse_of(1e6)).doubt, HUGE_VAL);
}
END_TEST

START_TEST(the_cache_has_the_levels_asked_for)
{
    struct assay__size_cache cache = {.count = 0};
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 10; i++) {
            double alpha = 0.01 * (i + 1), power = i % 2 == 0 ? 0.8 : 0.9;
            enum assay_side side = i % 3 == 0 ? ASSAY_SIDE_BOTH : ASSAY_SIDE_LOWER;
            const struct assay__size_levels *levels =
                assay__size_levels_of(&cache, alpha, power, side);
            struct assay__size_levels want;
            assay__size_levels_set(alpha, power, side, &want);
            ck_assert_double_eq(levels->z_tail.hi, want.z_tail.hi);
            ck_assert_double_eq(levels->z_beta.lo, want.z_beta.lo);
            ck_assert_ptr_eq(levels, assay__size_levels_of(&cache, alpha, power, side));
        }
    ck_assert_uint_eq(cache.count, 30);
}
END_TEST

static void add(TCase *c)
{
    tcase_set_timeout(c, 120);
    tcase_add_test(c, normal_quantiles_in_pairs_have_sixty_bits);
    tcase_add_test(c, quantiles_outside_are_those_of_doubles);
    tcase_add_test(c, the_power_lies_within_the_doubt);
    tcase_add_test(c, what_is_not_known_is_not_said);
    tcase_add_test(c, the_cache_has_the_levels_asked_for);
}

int main(void)
{
    return test_main("size_levels", add);
}
