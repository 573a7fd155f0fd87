/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boundaries of sequences of looks: an oracle of 36 digits, and what must hold of any. */
#include <gsl/gsl_integration.h>

#include "horizon_look.h"
#include "stats/horizon/gauss.h"

/* What assay/horizon.h promises for critical values, and what is seen: ten times 64 looks' bits. */
static const double PROMISED = 1e-10, SEEN = 5e-13;

enum { LOOKS_MAX = 64 };

START_TEST(rule_is_that_of_gsl)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(ASSAY__GAUSS_POINTS);
    for (size_t i = 0; i < ASSAY__GAUSS_POINTS; i++) {
        double node, weight;
        gsl_integration_glfixed_point(-1.0, 1.0, i, &node, &weight, table);
        assert_close(assay__gauss_node((int)i), node, 1e-15);
        assert_close(assay__gauss_weight((int)i), weight, 1e-14);
    }
    gsl_integration_glfixed_table_free(table);
}
END_TEST

START_TEST(normal_rules_have_the_moments_of_the_normal)
{
    const struct assay__normal_rule *rules[] = {&assay__normal_8, &assay__normal_20};
    for (int r = 0; r < 2; r++) {
        double want = 1.0; /* (2m - 1)!! */
        for (int m = 0; m < 12 && m < rules[r]->count; m++) {
            double sum = 0.0;
            for (int i = 0; i < rules[r]->count; i++)
                sum += rules[r]->weight[i] * pow(rules[r]->node[i], 2.0 * m);
            assert_close(sum, want, 1e-13);
            want *= 2.0 * m + 1.0;
        }
    }
}
END_TEST

/* One line of tests/golden/boundaries.csv; returns the worst error of its critical values. */
struct golden {
    struct assay_horizon_design design;
    double power, times[LOOKS_MAX], z[LOOKS_MAX], powers[LOOKS_MAX];
    double drift, expected_null, expected_alternative;
    size_t count;
};

static void parse_numbers(char *words, double *out)
{
    char *word;
    for (size_t i = 0; (word = strsep(&words, " ")) != NULL; i++)
        out[i] = strtod(word, NULL);
}

static struct golden parse(char *line)
{
    struct golden g = {.design = HORIZON_POWER2};
    g.design.two_sided = strtol(strsep(&line, ","), NULL, 10) == 2;
    g.design.alpha = strtod(strsep(&line, ","), NULL);
    const char *family = strsep(&line, ",");
    for (int i = 0; i <= ASSAY_SPENDING_HWANG_SHIH_DECANI; i++)
        if (strcmp(family, assay_spending_name((enum assay_spending_family)i)) == 0)
            g.design.spending = (enum assay_spending_family)i;
    g.design.spending_parameter = strtod(strsep(&line, ","), NULL);
    const char *power = strsep(&line, ",");
    g.power = strcmp(power, "-") == 0 ? (double)NAN : strtod(power, NULL);
    char *times = strsep(&line, ","), *z = strsep(&line, ",");
    for (const char *c = times; *c != '\0'; c++)
        g.count += *c == ' ';
    g.count++;
    parse_numbers(times, g.times);
    parse_numbers(z, g.z);
    parse_numbers(strsep(&line, ","), g.powers);
    g.drift = strtod(strsep(&line, ","), NULL);
    g.expected_null = strtod(strsep(&line, ","), NULL);
    g.expected_alternative = strtod(strsep(&line, ","), NULL);
    return g;
}

static void check_plan(const struct golden *g, const struct assay_horizon *horizon)
{
    struct assay_horizon_cost plan;
    struct assay_error err;
    double above[LOOKS_MAX];
    size_t count = LOOKS_MAX;
    assert_ok(assay_horizon_cost(horizon, g->power, &plan, &err), &err);
    assert_close(plan.drift, g->drift, 1e-11);
    assert_close(plan.expected_null, g->expected_null, 1e-11);
    assert_close(plan.expected_alternative, g->expected_alternative, 1e-11);
    assert_ok(assay_horizon_exits(horizon, g->drift, above, NULL, &count, &err), &err);
    ck_assert_uint_eq(count, g->count);
    for (size_t k = 0; k < count; k++)
        ck_assert_msg(fabs(above[k] - g->powers[k]) < 1e-11 * g->powers[k] + 1e-300, "%g %g",
                      above[k], g->powers[k]);
}

START_TEST(boundaries_match_the_oracle)
{
    char *text = test_read_file("tests/golden/boundaries.csv", NULL), *rest = text, *line;
    double worst = 0.0;
    int cases = 0;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        struct golden g = parse(line);
        struct assay_horizon *horizon = horizon_open_design(&g.design);
        for (size_t k = 0; k < g.count; k++) {
            double z = horizon_look_at(horizon, g.times[k]).critical, error = fabs(z - g.z[k]);
            ck_assert_msg(error <= PROMISED && error <= SEEN * fmax(1.0, g.z[k]),
                          "case %d, look %zu: %.17g, expected %.17g", cases, k, z, g.z[k]);
            worst = fmax(worst, error / fmax(1.0, g.z[k]));
        }
        if (!isnan(g.power))
            check_plan(&g, horizon);
        assay_horizon_free(horizon);
        cases++;
    }
    free(text);
    printf("boundaries: %d designs; worst error of z %.2g\n", cases, worst);
    ck_assert_int_gt(cases, 300);
}
END_TEST

START_TEST(one_look_at_the_end_is_the_fixed_test)
{
    for (int family = 0; family <= ASSAY_SPENDING_HWANG_SHIH_DECANI; family++) {
        for (int sides = 1; sides <= 2; sides++) {
            struct assay_horizon_design design = HORIZON_POWER2, once = {.alpha = 0.05};
            design.spending = (enum assay_spending_family)family;
            design.two_sided = once.two_sided = sides == 2;
            struct assay_horizon *sequence = horizon_open_design(&design),
                                 *fixed = horizon_open_design(&once);
            struct assay_boundary a = horizon_look_at(sequence, 1.0),
                                  b = horizon_look_at(fixed, 12.0);
            assert_close(a.critical, b.critical, 1e-15);
            ck_assert_double_eq(a.alpha_spent, 0.05);
            ck_assert(a.is_final && b.is_final && a.information == 1.0 && isnan(b.information));
            assay_horizon_free(sequence);
            assay_horizon_free(fixed);
        }
    }
}
END_TEST

/* Whoever ends early for other reasons than the results lowers the expected size: what ended the
 * experiment by the bounds before must win by the new ones, too, as assay(1) promises. */
START_TEST(fewer_expected_units_lower_every_bound)
{
    for (int family = 0; family <= ASSAY_SPENDING_HWANG_SHIH_DECANI; family++) {
        for (int end = 1; end <= 10; end++) {
            struct assay_horizon_design planned = HORIZON_POWER2, lowered;
            planned.spending = (enum assay_spending_family)family;
            if (family == ASSAY_SPENDING_HWANG_SHIH_DECANI)
                planned.spending_parameter = -4.0;
            planned.expected_size = 10.0;
            lowered = planned;
            lowered.expected_size = end;
            struct assay_horizon *before = horizon_open_design(&planned),
                                 *after = horizon_open_design(&lowered);
            for (int k = 1; k <= end; k++)
                ck_assert_double_le(horizon_look_at(after, k).critical,
                                    horizon_look_at(before, k).critical + PROMISED);
            assay_horizon_free(before);
            assay_horizon_free(after);
        }
    }
}
END_TEST

START_TEST(overrun_keeps_the_last_critical_value)
{
    struct assay_horizon_design design = HORIZON_POWER2;
    design.expected_size = 1000.0;
    struct assay_horizon *horizon = horizon_open_design(&design);
    struct assay_boundary first = horizon_look_at(horizon, 400),
                          last = horizon_look_at(horizon, 1300);
    ck_assert(!first.is_final && last.is_final && last.flags == 0);
    ck_assert_double_eq(last.alpha_spent, 0.05);
    ck_assert_double_eq(last.information, 1.3);
    /* The same spending with the last look at 1 has another critical value: its correlation with
     * the first is larger. */
    struct assay_horizon *planned = horizon_open_design(&design);
    horizon_look_at(planned, 400);
    ck_assert_double_gt(last.critical, horizon_look_at(planned, 1000).critical);
    for (int i = 0; i < 3; i++) {
        struct assay_boundary later = horizon_look_at(horizon, 1300 + 100 * i);
        ck_assert_double_eq(later.critical, last.critical);
        ck_assert_double_eq(later.alpha_spent, 0.05);
        ck_assert_uint_eq(later.flags, ASSAY_BOUNDARY_OVERRUN);
        ck_assert(later.is_final);
    }
    assay_horizon_free(horizon);
    assay_horizon_free(planned);
}
END_TEST

START_TEST(no_new_units_spend_nothing)
{
    struct assay_horizon *horizon = horizon_open_design(&HORIZON_POWER2);
    struct assay_boundary none = horizon_look_at(horizon, 0.0);
    ck_assert(isnan(none.critical) && none.alpha_spent == 0.0 && !none.is_final);
    ck_assert_uint_eq(none.flags, ASSAY_BOUNDARY_EMPTY | ASSAY_BOUNDARY_NO_LOOK);
    struct assay_boundary first = horizon_look_at(horizon, 0.25),
                          again = horizon_look_at(horizon, 0.25);
    ck_assert_uint_eq(first.flags, 0);
    ck_assert_uint_eq(again.flags, ASSAY_BOUNDARY_NO_LOOK);
    ck_assert_double_eq(again.critical, first.critical);
    ck_assert_double_eq(again.alpha_spent, first.alpha_spent);
    struct assay_boundary fewer = horizon_look_at(horizon, 0.2);
    ck_assert_uint_eq(fewer.flags, ASSAY_BOUNDARY_NO_LOOK);
    ck_assert_double_eq(fewer.critical, first.critical);
    struct assay_horizon *plain = horizon_open_design(&HORIZON_POWER2);
    horizon_look_at(plain, 0.25);
    ck_assert_double_eq(horizon_look_at(horizon, 0.5).critical,
                        horizon_look_at(plain, 0.5).critical);
    assay_horizon_free(horizon);
    assay_horizon_free(plain);
}
END_TEST

/* Stopping at look k just at the boundary, the stage-wise p is the alpha spent so far. */
START_TEST(stage_wise_p_at_the_boundary_is_the_alpha_spent)
{
    for (int sides = 1; sides <= 2; sides++) {
        struct assay_horizon_design design = HORIZON_POWER2;
        design.two_sided = sides == 2;
        struct assay_horizon *horizon = horizon_open_design(&design);
        const double times[] = {0.13, 0.5, 0.52, 1.0};
        for (size_t k = 0; k < 4; k++) {
            struct assay_boundary boundary = horizon_look_at(horizon, times[k]);
            struct assay_horizon_estimate above, below;
            struct assay_error err;
            assert_ok(assay_horizon_estimate(horizon, k, boundary.critical, 0.025, &above, &err),
                      &err);
            assert_close(above.p, boundary.alpha_spent, 1e-11);
            ck_assert_double_lt(above.lower, above.median);
            ck_assert_double_lt(above.median, above.upper);
            if (sides == 1)
                continue;
            assert_ok(assay_horizon_estimate(horizon, k, -boundary.critical, 0.025, &below, &err),
                      &err);
            assert_close(below.p, above.p, 1e-12);
            assert_close(below.median, -above.median, 1e-12);
            assert_close(below.lower, -above.upper, 1e-12);
        }
        assay_horizon_free(horizon);
    }
}
END_TEST

/* At the first look nothing has happened before: the estimate is the usual one. */
START_TEST(estimate_at_the_first_look_is_the_usual_one)
{
    struct assay_horizon *horizon = horizon_open_design(&HORIZON_POWER2);
    struct assay_horizon_estimate estimate;
    struct assay_error err;
    horizon_look_at(horizon, 0.25);
    assert_ok(assay_horizon_estimate(horizon, 0, 3.0, 0.025, &estimate, &err), &err);
    double z = assay_normal_quantile_upper(0.025);
    assert_close(estimate.median, 6.0, 1e-13);
    assert_close(estimate.lower, (3.0 - z) / 0.5, 1e-13);
    assert_close(estimate.upper, (3.0 + z) / 0.5, 1e-13);
    assert_close(estimate.p, assay_normal_upper(3.0), 1e-14);
    assay_horizon_free(horizon);
}
END_TEST

static void assert_refused(struct assay_horizon_design design, const char *word)
{
    struct assay_horizon *horizon;
    struct assay_error err;
    ck_assert_int_eq(assay_horizon_open(&design, &horizon, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_msg(strstr(err.message, word) != NULL, "%s", err.message);
}

START_TEST(bad_designs_are_refused)
{
    struct assay_horizon_design design = HORIZON_POWER2;
    design.alpha = 0.5;
    assert_refused(design, "one-sided alpha");
    design.alpha = NAN;
    assert_refused(design, "alpha");
    design = HORIZON_POWER2;
    design.expected_size = 0.0;
    assert_refused(design, "expected sample size");
    design = HORIZON_POWER2;
    design.spending_parameter = -1.0;
    assert_refused(design, "spending parameter");
    design.spending = ASSAY_SPENDING_HWANG_SHIH_DECANI;
    design.spending_parameter = 501.0;
    assert_refused(design, "spending parameter");
    design = HORIZON_POWER2;
    design.kind = ASSAY_HORIZON_ALWAYS_VALID;
    design.mixture_parameter = -1.0;
    assert_refused(design, "parameter");
    struct assay_horizon *horizon = horizon_open_design(&HORIZON_POWER2);
    struct assay_boundary boundary;
    struct assay_horizon_cost plan;
    struct assay_error err;
    ck_assert_int_eq(assay_horizon_at(horizon, -1.0, NAN, &boundary, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_horizon_cost(horizon, 0.8, &plan, &err), ASSAY_ERROR_DOMAIN);
    horizon_look_at(horizon, 0.5);
    ck_assert_int_eq(assay_horizon_cost(horizon, 0.05, &plan, &err), ASSAY_ERROR_DOMAIN);
    assay_horizon_free(horizon);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, rule_is_that_of_gsl);
    tcase_add_test(cases, normal_rules_have_the_moments_of_the_normal);
    tcase_add_test(cases, boundaries_match_the_oracle);
    tcase_add_test(cases, one_look_at_the_end_is_the_fixed_test);
    tcase_add_test(cases, fewer_expected_units_lower_every_bound);
    tcase_add_test(cases, overrun_keeps_the_last_critical_value);
    tcase_add_test(cases, no_new_units_spend_nothing);
    tcase_add_test(cases, stage_wise_p_at_the_boundary_is_the_alpha_spent);
    tcase_add_test(cases, estimate_at_the_first_look_is_the_usual_one);
    tcase_add_test(cases, bad_designs_are_refused);
}

int main(void)
{
    return test_main("horizon", add);
}
