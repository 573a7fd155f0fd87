/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short form of tests/slow/slow_decision.c: advice that is followed, with and without effect.
 */
#include <math.h>

#include "assay/dist.h"
#include "follow.h"
#include "test.h"

enum { REPLICATES = 100 };

static double most(double rate)
{
    return rate + 4.0 * sqrt(rate * (1.0 - rate) / REPLICATES);
}

/* From two units to two hundred; below the minimum nothing is shipped at all. */
START_TEST(nothing_is_shipped_or_stopped_by_chance)
{
    static const int UNITS[] = {2, 8, 60};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        for (int values = FOLLOW_NORMAL; values <= FOLLOW_RARE; values++) {
            const struct follow_case c = {.values = (enum follow_values)values,
                                          .metrics = 3,
                                          .guardrails = 1,
                                          .treatments = 2,
                                          .units = UNITS[i]};
            struct follow_rates rates = follow(&c, REPLICATES, 5 + (uint64_t)values);
            ck_assert_msg(rates.ship <= (UNITS[i] < 20 ? 0.0 : most(0.05)),
                          "values %d, %d units: SHIP %g", values, UNITS[i], rates.ship);
            ck_assert_msg(rates.abort <= most(0.051), "values %d, %d units: ABORT %g", values,
                          UNITS[i], rates.abort);
        }
}
END_TEST

/* One metric, one treatment, half a deviation: the power of the one-sided t test, up to four errors
 * and what a split by lot costs. */
START_TEST(an_effect_is_shipped_and_a_fall_is_stopped)
{
    enum { TIMES = 300 };
    struct follow_case c = {
        .values = FOLLOW_NORMAL, .metrics = 1, .treatments = 1, .units = 50, .lift = 0.05};
    double power = assay_nct_upper(assay_t_quantile_upper(0.05, 98.0), 98.0, 2.5);
    double error = 4.0 * sqrt(power * (1.0 - power) / TIMES);
    struct follow_rates rates = follow(&c, TIMES, 9);
    ck_assert_double_eq_tol(rates.ship, power - 0.003, error);
    ck_assert_double_le(rates.abort, 0.01);
    c.lift = -0.05;
    rates = follow(&c, TIMES, 10);
    ck_assert_double_eq_tol(rates.abort, power - 0.003, error);
    ck_assert_double_le(rates.ship, 0.01);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, nothing_is_shipped_or_stopped_by_chance);
    tcase_add_test(cases, an_effect_is_shipped_and_a_fall_is_stopped);
}

int main(void)
{
    return test_main("follow", add);
}
