/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calibration with covariates. No theory gives these rates exactly: predictions are those of the
 * independent simulation, which solves its normal equations with NumPy.
 */
#include "calibrate.h"

#define SIZES(c, t) .n_baseline = (c), .n_compared = (t)
#define MEAN(covariates) .type = ASSAY_METRIC_MEAN, .shape = {0, (covariates)}
#define SHARE .type = ASSAY_METRIC_PROPORTION, .shape = {0, 1}
#define RATIO .type = ASSAY_METRIC_RATIO, .shape = {1, 1}
#define Z .test = ASSAY_TEST_Z
#define T .test = ASSAY_TEST_T
#define FULL .reduction = ASSAY_REDUCTION_FULL
#define POOLED .reduction = ASSAY_REDUCTION_POOLED

static const double LOGNORMAL1_MEAN = 1.6487212707001282;

static const struct scenario REDUCED[] = {
    {"full normal t 60:60", draw_normal_covariate, 10.0, 5, MEAN(1), T, FULL, SIZES(60, 60)},
    {"pooled normal t 60:60", draw_normal_covariate, 10.0, 5, MEAN(1), T, POOLED, SIZES(60, 60)},
    {"full normal t 300:30", draw_normal_covariate, 10.0, 5, MEAN(1), T, FULL, SIZES(300, 30)},
    {"pooled normal t 300:30", draw_normal_covariate, 10.0, 5, MEAN(1), T, POOLED, SIZES(300, 30)},
    {"full 3 covariates t 60:60", draw_normal_covariates, 10.0, 5, MEAN(3), T, FULL, SIZES(60, 60)},
    {"pooled 3 covariates t 300:30", draw_normal_covariates, 10.0, 5, MEAN(3), T, POOLED,
     SIZES(300, 30)},
    {"full lognormal 1 z 250:250", draw_lognormal_covariate, LOGNORMAL1_MEAN, 5, MEAN(1), Z, FULL,
     SIZES(250, 250)},
    {"full lognormal 1 t 500:50", draw_lognormal_covariate, LOGNORMAL1_MEAN, 5, MEAN(1), T, FULL,
     SIZES(500, 50)},
    {"pooled lognormal 1 t 500:50", draw_lognormal_covariate, LOGNORMAL1_MEAN, 5, MEAN(1), T,
     POOLED, SIZES(500, 50)},
    {"full proportion z 250:250", draw_share_covariate, 0.1, 6, SHARE, Z, FULL, SIZES(250, 250)},
    {"full ratio z 250:250", draw_ratio_covariate, 0.5, 6, RATIO, Z, FULL, SIZES(250, 250)},
};

START_TEST(reduced_variance_agrees_with_another_simulation)
{
    const struct scenario *s = &REDUCED[_i];
    struct prediction prediction = predict_simulated(s->name);
    ck_assert_msg(prediction.n_baseline == s->n_baseline && prediction.n_compared == s->n_compared,
                  "tests/golden/calibration.csv has no %s", s->name);
    calibrate(s, &prediction, 301 + (uint64_t)_i, 0.05);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_loop_test(cases, reduced_variance_agrees_with_another_simulation, 0,
                        (int)(sizeof REDUCED / sizeof *REDUCED));
}

int main(void)
{
    return test_main("slow_reduction", add);
}
