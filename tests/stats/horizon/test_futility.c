/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Futility bounds: an independent recursion, and what must hold of any of them. */
#include "stats/horizon/horizon.h"
#include "test.h"

/* The oracle computes in doubles on fixed grids: tests/golden/futility.py. */
static const double ORACLE = 1e-11;

enum { LOOKS_MAX = 16 };

static const struct assay_horizon_design DESIGN = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                                   .alpha = 0.025,
                                                   .spending = ASSAY_SPENDING_HWANG_SHIH_DECANI,
                                                   .spending_parameter = -4.0,
                                                   .expected_size = 1.0,
                                                   .has_futility = true,
                                                   .futility = ASSAY_SPENDING_HWANG_SHIH_DECANI,
                                                   .futility_parameter = -2.0,
                                                   .beta = 0.1,
                                                   .planned_looks = 3};

static struct assay_boundary look_at(struct assay_horizon *horizon, double units)
{
    struct assay_boundary boundary;
    struct assay_error err;
    assert_ok(assay_horizon_at(horizon, units, NAN, &boundary, &err), &err);
    return boundary;
}

static enum assay_spending_family family_of(const char *name)
{
    for (int i = 0; i <= ASSAY_SPENDING_HWANG_SHIH_DECANI; i++)
        if (strcmp(name, assay_spending_name((enum assay_spending_family)i)) == 0)
            return (enum assay_spending_family)i;
    ck_abort_msg("no family %s", name);
}

static size_t parse_numbers(char *words, double *out)
{
    char *word;
    size_t count = 0;
    while ((word = strsep(&words, " ")) != NULL && count < LOOKS_MAX)
        out[count++] = strtod(word, NULL);
    return count;
}

/* One line of the golden file; returns the worst error of its bounds. */
static double check_line(char *line)
{
    struct assay_horizon_design design = DESIGN;
    struct assay_horizon *horizon;
    struct assay_error err;
    double times[LOOKS_MAX], z[LOOKS_MAX], bounds[LOOKS_MAX], worst = 0.0;
    design.alpha = strtod(strsep(&line, ","), NULL);
    design.spending = family_of(strsep(&line, ","));
    design.spending_parameter = strtod(strsep(&line, ","), NULL);
    design.beta = strtod(strsep(&line, ","), NULL);
    design.futility = family_of(strsep(&line, ","));
    design.futility_parameter = strtod(strsep(&line, ","), NULL);
    design.planned_looks = (uint32_t)strtol(strsep(&line, ","), NULL, 10);
    size_t count = parse_numbers(strsep(&line, ","), times);
    parse_numbers(strsep(&line, ","), z);
    parse_numbers(strsep(&line, ","), bounds);
    assert_ok(assay_horizon_open(&design, &horizon, &err), &err);
    assert_close(horizon->futility.drift, strtod(line, NULL), ORACLE);
    for (size_t k = 0; k < count; k++) {
        struct assay_boundary boundary = look_at(horizon, times[k]);
        worst = fmax(worst, fabs(boundary.critical - z[k]));
        worst = fmax(worst, fabs(boundary.futility - bounds[k]));
    }
    assay_horizon_free(horizon);
    return worst;
}

START_TEST(bounds_match_an_independent_recursion)
{
    char *text = test_read_file("tests/golden/futility.csv", NULL), *rest = text, *line;
    double worst = 0.0;
    int cases = 0;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (*line == '\0' || *line == '#' || *line == 'a')
            continue;
        double error = check_line(line);
        ck_assert_msg(error < ORACLE, "line %d: %g", cases, error);
        worst = fmax(worst, error);
        cases++;
    }
    printf("futility: %d designs; worst error of z %.2g\n", cases, worst);
    ck_assert_int_ge(cases, 20);
    free(text);
}
END_TEST

START_TEST(critical_values_do_not_know_of_futility)
{
    struct assay_horizon_design plain = DESIGN;
    struct assay_horizon *with, *without;
    struct assay_error err;
    plain.has_futility = false;
    assert_ok(assay_horizon_open(&DESIGN, &with, &err), &err);
    assert_ok(assay_horizon_open(&plain, &without, &err), &err);
    for (int k = 1; k <= 4; k++) {
        struct assay_boundary a = look_at(with, 0.3 * k), b = look_at(without, 0.3 * k);
        ck_assert_double_eq(a.critical, b.critical);
        ck_assert_double_eq(a.alpha_spent, b.alpha_spent);
        ck_assert(isnan(b.futility) && a.futility <= a.critical);
    }
    assay_horizon_free(with);
    assay_horizon_free(without);
}
END_TEST

/* Under the drift the planned looks ship with the power and stop for futility with the rest. */
START_TEST(planned_looks_have_the_power_and_beta)
{
    struct assay_horizon *horizon;
    struct assay_horizon_cost plan;
    struct assay_error err;
    double above[LOOKS_MAX], below[LOOKS_MAX], power = 0.0, beta = 0.0;
    size_t count = LOOKS_MAX;
    assert_ok(assay_horizon_open(&DESIGN, &horizon, &err), &err);
    for (int k = 1; k <= 3; k++)
        look_at(horizon, k / 3.0);
    assert_ok(assay_horizon_cost(horizon, 0.9, &plan, &err), &err);
    assert_close(plan.drift, horizon->futility.drift, 1e-12);
    ck_assert(plan.expected_null < plan.expected_alternative);
    assert_ok(assay_horizon_exits(horizon, plan.drift, above, below, &count, &err), &err);
    for (size_t k = 0; k < count; k++) {
        power += above[k];
        beta += below[k];
    }
    assert_close(power, 0.9, 1e-12);
    assert_close(beta, 0.1, 1e-11);
    assay_horizon_free(horizon);
}
END_TEST

START_TEST(bad_designs_are_refused)
{
    struct assay_horizon *horizon;
    struct assay_error err;
    struct assay_horizon_design two = DESIGN, beta = DESIGN, looks = DESIGN, parameter = DESIGN;
    two.two_sided = true;
    beta.beta = 0.98;
    looks.planned_looks = 0;
    parameter.futility = ASSAY_SPENDING_POWER;
    parameter.futility_parameter = -1.0;
    ck_assert_int_eq(assay_horizon_open(&two, &horizon, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_horizon_open(&beta, &horizon, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_horizon_open(&looks, &horizon, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_horizon_open(&parameter, &horizon, &err), ASSAY_ERROR_DOMAIN);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120.0);
    tcase_add_test(cases, bounds_match_an_independent_recursion);
    tcase_add_test(cases, critical_values_do_not_know_of_futility);
    tcase_add_test(cases, planned_looks_have_the_power_and_beta);
    tcase_add_test(cases, bad_designs_are_refused);
}

int main(void)
{
    return test_main("futility", add);
}
