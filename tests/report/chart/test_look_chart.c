/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the marks of a comparison over time stand. */
#include "test.h"

#include <math.h>

#include "report/chart/look_chart.h"

static struct assay__chart_look looks[2];
static const struct assay__chart_ahead AHEAD[] = {{300.0, 0.5, 0.25}, {500.0, 0.25, 0.25}};

/* Two looks of 100 and 200 units, an upper test, a margin at -1, two looks to come. */
static struct assay__chart sample_chart(void)
{
    for (size_t i = 0; i < 2; i++)
        looks[i] = (struct assay__chart_look){.lower = -2.0,
                                              .estimate = 1.0,
                                              .upper = 5.0,
                                              .above = 4.0,
                                              .below = 8.0,
                                              .single = 0.5,
                                              .futile = 0.25,
                                              .units = 100.0 * (double)(i + 1),
                                              .time_ns = INT64_MIN,
                                              .number = (uint32_t)i + 1};
    return (struct assay__chart){.looks = looks,
                                 .count = 2,
                                 .ahead = AHEAD,
                                 .ahead_count = 2,
                                 .null_value = -1.0,
                                 .tests_up = true,
                                 .planned_units = 400.0,
                                 .hypothesis = "",
                                 .unit = ""};
}

START_TEST(lines_go_on_by_the_last_look)
{
    struct assay__chart chart = sample_chart();
    static const double UPPER[] = {3.0, 3.0, 1.0, 0.0}, FUTILE[] = {0.0, 0.0, 0.0, 0.0};
    looks[0].above = 6.0; /* later ones do not go by an earlier look */
    ck_assert_uint_eq(assay__chart_positions(&chart), 4);
    for (size_t i = 0; i < 4; i++) {
        double upper = assay__chart_line(&chart, i, ASSAY__CHART_UPPER);
        double futile = assay__chart_line(&chart, i, ASSAY__CHART_FUTILITY);
        ck_assert_double_eq(upper, i == 0 ? 5.0 : UPPER[i]);
        ck_assert_double_eq(futile, i == 0 ? 0.5 : FUTILE[i]);
        ck_assert_double_nan(assay__chart_line(&chart, i, ASSAY__CHART_LOWER));
    }
    ck_assert(assay__chart_has_ahead(&chart, ASSAY__CHART_UPPER));
    ck_assert(!assay__chart_has_ahead(&chart, ASSAY__CHART_LOWER));
    ck_assert(assay__chart_has_boundary_ahead(&chart));
    ck_assert_int_eq(assay__chart_ahead_decimals(&chart), 2); /* 1.00 is the least distance */
}
END_TEST

START_TEST(places_across_reach_to_the_last_look_to_come)
{
    struct assay__chart chart = sample_chart();
    struct assay__chart_scale scale = assay__chart_fit(&chart);
    ck_assert_int_eq(scale.across, ASSAY__CHART_BY_UNITS);
    ck_assert_double_eq(assay__chart_x(&chart, &scale, 0), 0.2);
    ck_assert_double_eq(assay__chart_x(&chart, &scale, 2), 0.6);
    ck_assert_double_eq(assay__chart_x(&chart, &scale, 3), 1.0);
    ck_assert_double_eq(assay__chart_end_x(&chart, &scale), 0.8);
    chart.planned_units = (double)NAN;
    scale = assay__chart_fit(&chart);
    ck_assert_int_eq(scale.across, ASSAY__CHART_BY_UNITS);
    ck_assert_double_nan(assay__chart_end_x(&chart, &scale));
    chart.ahead_count = 0;
    ck_assert_int_eq(assay__chart_fit(&chart).across, ASSAY__CHART_BY_NUMBER);
}
END_TEST

START_TEST(without_units_or_distances_nothing_is_to_come)
{
    struct assay__chart chart = sample_chart();
    looks[1].units = (double)NAN;
    ck_assert_uint_eq(assay__chart_positions(&chart), 2);
    ck_assert(!assay__chart_has_boundary_ahead(&chart));
    ck_assert_int_eq(assay__chart_fit(&chart).across, ASSAY__CHART_BY_NUMBER);
    chart = sample_chart();
    looks[1].above = (double)NAN;
    ck_assert(!assay__chart_has_boundary_ahead(&chart));
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, lines_go_on_by_the_last_look);
    tcase_add_test(cases, places_across_reach_to_the_last_look_to_come);
    tcase_add_test(cases, without_units_or_distances_nothing_is_to_come);
}

int main(void)
{
    return test_main("look_chart", add);
}
