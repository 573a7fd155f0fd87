/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration of proportions, for which every rate follows from two binomials. */
#include "calibrate.h"

/* Units and shares of both groups. */
struct shares {
    const char *name;
    int n_baseline, n_compared;
    double baseline, compared;
};

static const struct shares SHARES[] = {
    {"share 0.1 z 250:250", 250, 250, 0.1, 0.1},
    {"share 0.1 z 1000:100", 1000, 100, 0.1, 0.1},
    {"share 0.1 z 250:250 lift 50 %", 250, 250, 0.1, 0.15},
    {"rare 0.01 z 1000:1000", 1000, 1000, 0.01, 0.01},
    {"rare 0.01 z 5000:500", 5000, 500, 0.01, 0.01},
    {"rare 0.002 z 10000:10000", 10000, 10000, 0.002, 0.002},
};

START_TEST(proportions_have_exact_rates)
{
    const struct shares *s = &SHARES[_i];
    struct sim_binomial counts[2];
    sim_binomial_init(&counts[0], s->n_baseline, s->baseline);
    sim_binomial_init(&counts[1], s->n_compared, s->compared);
    const struct scenario scenario = {.name = s->name,
                                      .mean = s->baseline,
                                      .type = ASSAY_METRIC_PROPORTION,
                                      .test = ASSAY_TEST_Z,
                                      .n_baseline = s->n_baseline,
                                      .n_compared = s->n_compared,
                                      .lift = s->compared / s->baseline - 1.0,
                                      .counts = {&counts[0], &counts[1]}};
    struct prediction prediction = predict_proportions(s->n_baseline, s->n_compared, s->baseline,
                                                       s->compared, scenario.lift * scenario.mean);
    calibrate(&scenario, &prediction, 201 + (uint64_t)_i, 0.05);
    sim_binomial_clear(&counts[0]);
    sim_binomial_clear(&counts[1]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_loop_test(cases, proportions_have_exact_rates, 0,
                        (int)(sizeof SHARES / sizeof *SHARES));
}

int main(void)
{
    return test_main("slow_proportions", add);
}
