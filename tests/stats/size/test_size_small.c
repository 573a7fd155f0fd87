/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes of small t tests with unequal groups, against a search that tries every number of units. */
#include "test.h"

static struct assay_size_design design_of(double kappa, double effect, double power, double ratio)
{
    return (struct assay_size_design){.type = ASSAY_METRIC_MEAN,
                                      .test = ASSAY_TEST_T,
                                      .side = ASSAY_SIDE_BOTH,
                                      .alpha = 0.05,
                                      .power = power,
                                      .baseline_weight = kappa,
                                      .compared_weight = 1.0,
                                      .baseline_mean = 1.0,
                                      .baseline_variance = ratio,
                                      .compared_variance = 1.0,
                                      .effect = effect,
                                      .variance_factor = 1.0};
}

/* The first number of compared units that has the power, with as many baseline units as go with it;
 * 0 when there is none up to most. *is_first_run: whether every size above it has the power,
 * too. */
static double first_that_suffices(const struct assay_size_design *design, double most,
                                  bool *is_only_run)
{
    struct assay_error err;
    double first = 0.0;
    *is_only_run = true;
    for (double n = 2.0; n <= most; n++) {
        double power, baseline = ceil(design->baseline_weight * n);
        if (baseline < 2.0)
            continue;
        assert_ok(assay_size_power(design, baseline, n, &power, &err), &err);
        if (power >= design->power && first == 0.0)
            first = n;
        if (power < design->power && first > 0.0)
            *is_only_run = false;
    }
    return first;
}

/*
 * With few baseline units a unit more of the other group can cost power, so that sizes that suffice
 * do not follow one another: the smallest is wanted. No power of this grid is within 1e-9 of its
 * target.
 */
START_TEST(the_smallest_size_that_suffices_is_found)
{
    static const double KAPPAS[] = {0.0625, 0.1, 0.125, 0.2, 0.25, 0.5, 1.0},
                        RATIOS[] = {0.1, 1.0, 10.0}, POWERS[] = {0.3, 0.8, 0.95};
    unsigned found = 0, gaps = 0;
    for (size_t k = 0; k < sizeof KAPPAS / sizeof *KAPPAS; k++)
        for (size_t r = 0; r < sizeof RATIOS / sizeof *RATIOS; r++)
            for (size_t p = 0; p < sizeof POWERS / sizeof *POWERS; p++)
                for (double effect = 0.5; effect < 20.0; effect *= 1.25) {
                    struct assay_size_design design =
                        design_of(KAPPAS[k], effect, POWERS[p], RATIOS[r]);
                    struct assay_size_result size;
                    struct assay_error err;
                    bool is_only_run;
                    double first = first_that_suffices(&design, 60.0, &is_only_run);
                    if (first == 0.0)
                        continue;
                    assert_ok(assay_size_required(&design, &size, &err), &err);
                    ck_assert_msg(size.compared == first,
                                  "kappa %g, variances %g to 1, power %g, effect %g: %g units, "
                                  "though %g suffice",
                                  KAPPAS[k], RATIOS[r], POWERS[p], effect, size.compared, first);
                    ck_assert_double_eq(size.baseline, ceil(KAPPAS[k] * first));
                    found++;
                    gaps += !is_only_run;
                }
    printf("%u sizes, %u of them below others that do not suffice\n", found, gaps);
    ck_assert_uint_gt(found, 400);
    ck_assert_uint_gt(gaps, 9);
}
END_TEST

/* Many units share a count of baseline units, and the least is far below where the search ends. */
START_TEST(the_smallest_of_many_with_the_same_baseline_is_found)
{
    static const struct {
        double kappa, ratio, effect, power, baseline, compared;
    } CASES[] = {{0.01, 0.09, 0.743, 0.3, 2, 101},   {0.01, 0.81, 9.54, 0.8, 2, 101},
                 {0.005, 0.03, 1.07, 0.8, 2, 201},   {0.005, 0.09, 3.834, 0.95, 2, 201},
                 {0.0125, 0.81, 1.284, 0.3, 3, 161}, {0.0125, 0.27, 4.6, 0.8, 2, 81}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay_size_design design =
            design_of(CASES[i].kappa, CASES[i].effect, CASES[i].power, CASES[i].ratio);
        struct assay_size_result size;
        struct assay_error err;
        bool is_only_run;
        assert_ok(assay_size_required(&design, &size, &err), &err);
        ck_assert_double_eq(size.compared, first_that_suffices(&design, 420.0, &is_only_run));
        ck_assert(!is_only_run);
        ck_assert_double_eq(size.compared, CASES[i].compared);
        ck_assert_double_eq(size.baseline, CASES[i].baseline);
    }
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_test(c, the_smallest_of_many_with_the_same_baseline_is_found);
    tcase_add_test(c, the_smallest_size_that_suffices_is_found);
}

int main(void)
{
    return test_main("size_small", add_cases);
}
