/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration of means and ratios without covariates: tests/support/calibrate.h says how. */
#include "calibrate.h"

#define MEAN .type = ASSAY_METRIC_MEAN
#define RATIO .type = ASSAY_METRIC_RATIO, .shape = {1, 0}
#define Z .test = ASSAY_TEST_Z
#define T .test = ASSAY_TEST_T
#define SIZES(c, t) .n_baseline = (c), .n_compared = (t)
#define CORRECTED .corrected = true

static const double LOGNORMAL1_MEAN = 1.6487212707001282, LOGNORMAL2_MEAN = 7.38905609893065;

/* Normal values: everything is computed exactly. */
static void calibrate_normal(struct scenario s, double deviation, uint64_t seed)
{
    const struct normal_design design = {.n_baseline = s.n_baseline,
                                         .n_compared = s.n_compared,
                                         .mean = s.mean,
                                         .deviation = deviation,
                                         .lift = s.lift,
                                         .welch = s.test == ASSAY_TEST_T,
                                         .null = s.lift * s.mean};
    struct prediction prediction = predict_normal(&design);
    calibrate(&s, &prediction, seed, 0.05);
}

START_TEST(normal_values_have_exact_rates)
{
    const struct scenario scenarios[] = {
        {"normal t 20:20", draw_normal, 10.0, 5, MEAN, T, SIZES(20, 20)},
        {"normal t 300:30", draw_normal, 10.0, 5, MEAN, T, SIZES(300, 30)},
        {"normal z 250:250", draw_normal, 10.0, 5, MEAN, Z, SIZES(250, 250)},
        {"normal t 30:10 lift 100 %", draw_normal, 10.0, 5, MEAN, T, SIZES(30, 10), .lift = 1.0},
    };
    calibrate_normal(scenarios[_i], 1.0, 101 + (uint64_t)_i);
}
END_TEST

/* A coefficient of variation of 3: intervals of the ratio of means part company. */
START_TEST(relative_intervals_of_noisy_means)
{
    const struct scenario scenarios[] = {
        {"normal cv 3 t 50:50 lift 20 %", draw_wide_normal, 1.0, 5, MEAN, T, SIZES(50, 50),
         .lift = 0.2},
        {"normal cv 3 t 500:50 lift 20 %", draw_wide_normal, 1.0, 5, MEAN, T, SIZES(500, 50),
         .lift = 0.2},
    };
    calibrate_normal(scenarios[_i], 3.0, 111 + (uint64_t)_i);
}
END_TEST

static const struct scenario SKEWED[] = {
    {"exponential z 250:250", draw_exponential, 1.0, 6, MEAN, Z, SIZES(250, 250)},
    {"exponential t 500:50", draw_exponential, 1.0, 6, MEAN, T, SIZES(500, 50), CORRECTED},
    {"exponential t 50:50 lift 20 %", draw_exponential, 1.0, 6, MEAN, T, SIZES(50, 50),
     .lift = 0.2},
    {"lognormal 1 z 250:250", draw_lognormal1, LOGNORMAL1_MEAN, 5, MEAN, Z, SIZES(250, 250)},
    {"lognormal 1 t 500:50", draw_lognormal1, LOGNORMAL1_MEAN, 5, MEAN, T, SIZES(500, 50),
     CORRECTED},
    {"lognormal 2 z 250:250", draw_lognormal2, LOGNORMAL2_MEAN, 3, MEAN, Z, SIZES(250, 250)},
    {"lognormal 2 t 1000:100", draw_lognormal2, LOGNORMAL2_MEAN, 3, MEAN, T, SIZES(1000, 100),
     CORRECTED},
    {"zero-inflated z 250:250", draw_zero_inflated, 0.2, 6, MEAN, Z, SIZES(250, 250)},
    {"zero-inflated t 500:50", draw_zero_inflated, 0.2, 6, MEAN, T, SIZES(500, 50), CORRECTED},
    {"ratio z 250:250", draw_ratio, 0.5, 6, RATIO, Z, SIZES(250, 250)},
    {"ratio t 500:50", draw_ratio, 0.5, 6, RATIO, T, SIZES(500, 50), CORRECTED},
};

START_TEST(skewed_values_agree_with_another_simulation)
{
    const struct scenario *s = &SKEWED[_i];
    struct prediction prediction = predict_simulated(s->name);
    ck_assert_msg(prediction.n_baseline == s->n_baseline && prediction.n_compared == s->n_compared,
                  "tests/golden/calibration.csv has no %s", s->name);
    calibrate(s, &prediction, 121 + (uint64_t)_i, 0.05);
}
END_TEST

/* The instrument itself: normal variates in 64 cells of equal probability. */
START_TEST(normal_variates_are_normal)
{
    enum { CELLS = 64, DRAWS = 4000000 };
    static double counts[CELLS];
    double statistic = 0.0;
    sim_begin();
    struct sim_random r = sim_seeded(3);
    for (int i = 0; i < DRAWS; i++)
        counts[(int)(CELLS * assay_normal_lower(sim_normal(&r)))]++;
    for (int i = 0; i < CELLS; i++) {
        double away = counts[i] - (double)DRAWS / CELLS;
        statistic += away * away * CELLS / DRAWS;
    }
    ck_assert_double_gt(assay_chi2_upper(statistic, CELLS - 1.0), 1e-4);
}
END_TEST

/* Sums of a block are those of its units added one by one. */
START_TEST(samples_are_the_moments_of_their_units)
{
    struct sim_sample sample;
    struct assay_moments *single;
    struct assay_error err;
    const struct assay_moments_shape shape = {1, 1};
    double values[3];
    struct sim_random r = sim_seeded(4);
    sim_begin();
    sim_sample_init(&sample, shape, 6);
    assert_ok(assay_moments_new(shape, &single, &err), &err);
    for (int i = 0; i < 1000; i++) {
        struct assay_decimal decimals[3];
        draw_ratio_covariate(&r, values);
        sim_sample_add(&sample, values);
        for (int v = 0; v < 3; v++)
            decimals[v] = (struct assay_decimal){lrint(values[v] * 1e6), -6, 0, NULL};
        assert_ok(assay_moments_add_decimal(single, decimals, 0, &err), &err);
    }
    struct assay_moments *block = sim_sample_moments(&sample);
    ck_assert_uint_eq(assay_moments_count(block), 1000);
    ck_assert(assay_moments_skewness(block) == assay_moments_skewness(single));
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert(assay_moments_mean(block, i) == assay_moments_mean(single, i));
        for (uint32_t j = 0; j < 3; j++)
            ck_assert(assay_moments_covariance(block, i, j) ==
                      assay_moments_covariance(single, i, j));
    }
    assay_moments_free(block);
    assay_moments_free(single);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_test(cases, normal_variates_are_normal);
    tcase_add_test(cases, samples_are_the_moments_of_their_units);
    tcase_add_loop_test(cases, normal_values_have_exact_rates, 0, 4);
    tcase_add_loop_test(cases, relative_intervals_of_noisy_means, 0, 2);
    tcase_add_loop_test(cases, skewed_values_agree_with_another_simulation, 0,
                        (int)(sizeof SKEWED / sizeof *SKEWED));
}

int main(void)
{
    return test_main("slow_means", add);
}
