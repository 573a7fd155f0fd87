/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often advice is wrong when it is followed, and how often it finds what was planned for. */
#include <math.h>

#include "calibrate.h"
#include "follow.h"

enum { REPLICATES = 4000, SIZES = 8, SHAPES = 6, SPLITS = 4, SPLIT_SIZES = 3, SPLIT_SHAPES = 2 };

static const int UNITS[SIZES] = {2, 5, 10, 20, 30, 50, 100, 200};
static const char *const VALUES[] = {"normal", "lognormal", "rare share"};

/* Metrics, guardrails among them, margins, treatments, further members of the plan. */
static const struct follow_case CASES[SHAPES] = {
    {.name = "1 metric", .metrics = 1, .treatments = 1},
    {.name = "3 metrics", .metrics = 3, .treatments = 1},
    {.name = "10 metrics, 5 guardrails with margins",
     .metrics = 10,
     .guardrails = 5,
     .has_margin = true,
     .treatments = 1},
    {.name = "4 metrics, 2 guardrails, 3 treatments",
     .metrics = 4,
     .guardrails = 2,
     .treatments = 3},
    {.name = "3 metrics, 2 treatments, Bonferroni",
     .metrics = 3,
     .treatments = 2,
     .more = ",\"adjustment\":\"bonferroni\""},
    {.name = "3 metrics, z test",
     .metrics = 3,
     .treatments = 1,
     .more = ",\"test\":\"z\",\"minimum\":{\"units\":200,\"events\":5}"},
};

/* Without an effect: SHIP at most alpha, ABORT at most the level of harm and of the sample ratio.
 */
static void check_rates(const struct follow_case *c, uint64_t seed)
{
    const double alpha = 0.05, harm = 0.05 + 0.001;
    const char *values = VALUES[c->values];
    struct follow_rates rates = follow(c, REPLICATES, seed);
    double ship_most = alpha + 4.0 * sqrt(alpha * (1.0 - alpha) / REPLICATES);
    double abort_most = harm + 4.0 * sqrt(harm * (1.0 - harm) / REPLICATES);
    calibrate_row("| advice, %s, %s, %.0f:%d units | 0.05 | SHIP %.4f | ABORT %.4f | withheld "
                  "%.3f | | | | | | at most %.4f, %.4f |\n",
                  values, c->name, c->units * (c->control > 0.0 ? c->control : 1.0), c->units,
                  rates.ship, rates.abort, rates.withheld, ship_most, abort_most);
    ck_assert_msg(rates.ship <= ship_most, "%s, %s, %d units: SHIP %.4f", values, c->name, c->units,
                  rates.ship);
    ck_assert_msg(rates.abort <= abort_most, "%s, %s, %d units: ABORT %.4f", values, c->name,
                  c->units, rates.abort);
}

START_TEST(advice_without_an_effect)
{
    for (int i = 0; i < SIZES; i++) {
        struct follow_case c = CASES[_i % SHAPES];
        c.values = (enum follow_values)(_i / SHAPES);
        c.units = UNITS[i];
        check_rates(&c, 1000 + (uint64_t)(_i * SIZES + i));
    }
}
END_TEST

/* Groups of unequal size: the smaller one, which the error hangs on, has so many units. */
static const int SMALLER[SPLIT_SIZES] = {40, 100, 400};
static const double CONTROL[SPLITS] = {3.0, 9.0, 1.0 / 3.0, 1.0 / 9.0};
static const struct follow_case SPLIT_CASES[SPLIT_SHAPES] = {
    {.name = "1 metric", .metrics = 1, .treatments = 1},
    {.name = "4 metrics, 2 guardrails with margins",
     .metrics = 4,
     .guardrails = 2,
     .has_margin = true,
     .treatments = 1},
};

START_TEST(advice_in_unequal_groups)
{
    int split = _i / SPLIT_SHAPES % SPLITS, values = FOLLOW_LOGNORMAL + _i / SPLIT_SHAPES / SPLITS;
    for (int i = 0; i < SPLIT_SIZES; i++) {
        struct follow_case c = SPLIT_CASES[_i % SPLIT_SHAPES];
        c.values = (enum follow_values)values;
        c.control = CONTROL[split];
        c.units = (int)lround(SMALLER[i] / fmin(1.0, c.control));
        check_rates(&c, 9000 + (uint64_t)(_i * SPLIT_SIZES + i));
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_loop_test(cases, advice_without_an_effect, 0, 3 * SHAPES);
    tcase_add_loop_test(cases, advice_in_unequal_groups, 0, 2 * SPLITS * SPLIT_SHAPES);
}

int main(void)
{
    return test_main("slow_decision", add);
}
