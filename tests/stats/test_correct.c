/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error rates of the decision rule, and p-value adjustments against R and mpmath. */
#include "test.h"

static struct assay_rates plan_of(uint32_t comparisons, uint32_t success, uint32_t margins)
{
    return (struct assay_rates){.alpha = 0.05,
                                .power = 0.8,
                                .deterioration_alpha = 0.05,
                                .success_count = success,
                                .margin_count = margins,
                                .comparison_count = comparisons,
                                .monitored_count = success + margins};
}

/* The worked values are compared as doubles: what is printed must be 0.04, not 0.0399999... */
START_TEST(worked_values_come_out_as_written)
{
    struct assay_rates plan = plan_of(1, 2, 4);
    ck_assert_double_eq(assay_rates_success(&plan, 0), 0.025);
    ck_assert_double_eq(assay_rates_guardrail(&plan, 0), 0.05);
    ck_assert_double_eq(assay_rates_beta(&plan), 0.04);
    ck_assert_double_eq(assay_rates_power(&plan), 0.96);
    plan = plan_of(2, 2, 4);
    ck_assert_double_eq(assay_rates_success(&plan, 0), 0.0125);
    ck_assert_double_eq(assay_rates_guardrail(&plan, 0), 0.025);
    ck_assert_double_eq(assay_rates_beta(&plan), 0.04);
    plan = plan_of(1, 0, 3);
    ck_assert_double_eq(assay_rates_guardrail(&plan, 0), 0.05);
    ck_assert_double_eq(assay_rates_beta(&plan), 0.2 / 3.0);
    plan = plan_of(1, 1, 1);
    ck_assert_double_eq(assay_rates_success(&plan, 0), 0.05);
    ck_assert_double_eq(assay_rates_guardrail(&plan, 0), 0.05);
    ck_assert_double_eq(assay_rates_beta(&plan), 0.1);
    ck_assert_double_eq(assay_rates_power(&plan), 0.9);
}
END_TEST

START_TEST(beta_keeps_its_digits_near_power_1)
{
    struct assay_rates plan = plan_of(1, 1, 2);
    plan.power = 0.999999999999;
    ck_assert_double_eq(assay_rates_beta(&plan), 1e-12 / 3.0);
}
END_TEST

START_TEST(segments_divide_alpha_only_inside)
{
    struct assay_rates plan = plan_of(2, 1, 1);
    plan.segment_count = 5;
    plan.deterioration_alpha = 0.03;
    ck_assert_double_eq(assay_rates_success(&plan, 0), 0.025);
    ck_assert_double_eq(assay_rates_success(&plan, 1), 0.005);
    ck_assert_double_eq(assay_rates_guardrail(&plan, 1), 0.005);
    ck_assert_double_eq(assay_rates_deterioration(&plan, 0), 0.0075);
    ck_assert_double_eq(assay_rates_deterioration(&plan, 1), 0.0015);
    plan.segment_count = 0;
    ck_assert_double_eq(assay_rates_success(&plan, 1), 0.025);
}
END_TEST

START_TEST(rates_nobody_shares_are_absent)
{
    struct assay_rates plan = plan_of(1, 0, 0);
    ck_assert(isnan(assay_rates_success(&plan, 0)));
    ck_assert(isnan(assay_rates_deterioration(&plan, 0)));
    ck_assert(isnan(assay_rates_beta(&plan)));
    ck_assert(isnan(assay_rates_power(&plan)));
    plan = plan_of(1, 1, 0);
    plan.deterioration_alpha = NAN;
    ck_assert(isnan(assay_rates_deterioration(&plan, 0)));
    plan = plan_of(0, 1, 0);
    ck_assert(isnan(assay_rates_guardrail(&plan, 0)));
}
END_TEST

enum { FAMILY_MAX = 64 };

struct family {
    enum assay_adjustment method;
    long number;
    size_t count;
    double log10_p[FAMILY_MAX], want[FAMILY_MAX];
};

/* Both the values and their logarithms are right to an ulp of the logarithm. */
static void check_family(const struct family *family)
{
    double got[FAMILY_MAX];
    struct assay_error err;
    assert_ok(assay_log10_p_adjust(family->method, family->log10_p, family->count, got, &err),
              &err);
    for (size_t i = 0; i < family->count; i++) {
        double error = fabs(got[i] - family->want[i]);
        double allowed = 1e-15 * (1.0 + fabs(family->want[i]));
        ck_assert_msg(error <= allowed, "%s, family %ld, entry %zu: %.17g for %.17g",
                      assay_adjustment_name(family->method), family->number, i, got[i],
                      family->want[i]);
    }
}

static enum assay_adjustment method_named(const char *name)
{
    for (unsigned i = 0; i < ASSAY__ADJUST_COUNT; i++)
        if (strcmp(assay_adjustment_name((enum assay_adjustment)i), name) == 0)
            return (enum assay_adjustment)i;
    ck_abort_msg("no method %s", name);
    return (enum assay_adjustment)ASSAY__ADJUST_COUNT;
}

START_TEST(adjusted_p_match_r_and_mpmath)
{
    char *text = test_read_file("tests/golden/correct.csv", NULL), *rest = text, *line;
    struct family family = {.number = -1};
    int families = 0;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        enum assay_adjustment method = method_named(strsep(&line, ","));
        long number = strtol(strsep(&line, ","), NULL, 10);
        if (number != family.number || method != family.method) {
            if (family.count > 0)
                check_family(&family);
            family = (struct family){.method = method, .number = number};
            families++;
        }
        ck_assert_uint_lt(family.count, FAMILY_MAX);
        family.log10_p[family.count] = strtod(strsep(&line, ","), NULL);
        family.want[family.count++] = strtod(line, NULL);
    }
    check_family(&family);
    ck_assert_int_ge(families, 90);
    free(text);
}
END_TEST

/* Four roundings at most: of the quotient, both products and the sum of the reciprocals. */
static const double P_TOLERANCE = 2e-15;

struct exact_family {
    enum assay_adjustment method;
    long number;
    size_t count;
    double p[FAMILY_MAX], log10_p[FAMILY_MAX], want[FAMILY_MAX];
};

static double worst_of(const struct exact_family *family)
{
    double got[FAMILY_MAX], got_log10[FAMILY_MAX], worst = 0.0;
    struct assay_error err;
    assert_ok(assay_p_adjust(family->method, family->p, family->log10_p, family->count, got,
                             got_log10, &err),
              &err);
    for (size_t i = 0; i < family->count; i++) {
        double error = test_relative_error(got[i], family->want[i]);
        ck_assert_msg(error <= P_TOLERANCE, "%s, family %ld, entry %zu: %.17g for %.17g",
                      assay_adjustment_name(family->method), family->number, i, got[i],
                      family->want[i]);
        ck_assert_double_eq_tol(got_log10[i], log10(family->want[i]), 2e-13);
        worst = fmax(worst, error);
    }
    return worst;
}

START_TEST(adjusted_p_are_those_of_exact_rationals)
{
    char *text = test_read_file("tests/golden/correct_p.csv", NULL), *rest = text, *line;
    struct exact_family family = {.number = -1};
    double worst = 0.0;
    int families = 0;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        enum assay_adjustment method = method_named(strsep(&line, ","));
        long number = strtol(strsep(&line, ","), NULL, 10);
        if (number != family.number || method != family.method) {
            worst = fmax(worst, worst_of(&family));
            family = (struct exact_family){.method = method, .number = number};
            families++;
        }
        ck_assert_uint_lt(family.count, FAMILY_MAX);
        family.p[family.count] = strtod(strsep(&line, ","), NULL);
        family.log10_p[family.count] = strtod(strsep(&line, ","), NULL);
        family.want[family.count++] = strtod(line, NULL);
    }
    worst = fmax(worst, worst_of(&family));
    ck_assert_int_eq(families, 228);
    printf("adjusted p of %d families: worst relative error %.2g\n", families, worst);
    free(text);
}
END_TEST

/* Below the normal doubles a p has few digits, down to none: its logarithm says what it is. */
START_TEST(p_below_the_normal_doubles_come_from_their_logarithms)
{
    const double p[] = {0.0, 1e-310, 5e-324, 0.0, 3e-308};
    const double log10_p[] = {-400.0, -309.9, -323.4, -400.5, log10(3e-308)};
    double adjusted[5], adjusted_log10[5];
    struct assay_error err;
    assert_ok(assay_p_adjust(ASSAY_ADJUST_HOLM, p, log10_p, 5, adjusted, adjusted_log10, &err),
              &err);
    ck_assert_double_eq(adjusted[0], 0.0);
    ck_assert_double_eq(adjusted[3], 0.0);
    ck_assert_double_eq(adjusted[1], pow(10.0, -309.9 + log10(2.0)));
    ck_assert_double_eq(adjusted[4], 3e-308);
    ck_assert_double_eq_tol(adjusted_log10[0], -400.0 + log10(4.0), 1e-12);
    ck_assert_double_eq_tol(adjusted_log10[3], -400.5 + log10(5.0), 1e-12);
    ck_assert_double_eq_tol(adjusted_log10[2], -323.4 + log10(3.0), 1e-12);
}
END_TEST

START_TEST(a_price_of_many_tests_has_all_its_digits)
{
    enum { COUNT = 1000000 };
    const double harmonic = 14.392726722865723631; /* H(10^6), mpmath */
    double *p = calloc(2 * COUNT, sizeof *p);
    struct assay_error err;
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < COUNT; i++) {
        p[i] = 0x1p-600;
        p[COUNT + i] = -600.0 * log10(2.0);
    }
    assert_ok(assay_p_adjust(ASSAY_ADJUST_BY, p, p + COUNT, COUNT, p, p + COUNT, &err), &err);
    ck_assert_double_le(test_relative_error(p[0], 0x1p-600 * harmonic), P_TOLERANCE);
    free(p);
}
END_TEST

START_TEST(adjusting_in_place_is_adjusting)
{
    double p[] = {0.02, NAN, 1e-200, 0.9, 0.02}, log10_p[5], got[5], got_log10[5];
    struct assay_error err;
    for (int i = 0; i < 5; i++)
        log10_p[i] = log10(p[i]);
    assert_ok(assay_p_adjust(ASSAY_ADJUST_BH, p, log10_p, 5, got, got_log10, &err), &err);
    assert_ok(assay_p_adjust(ASSAY_ADJUST_BH, p, log10_p, 5, p, log10_p, &err), &err);
    for (int i = 0; i < 5; i++) {
        ck_assert_double_eq(test_relative_error(got[i], p[i]), 0.0);
        ck_assert_double_eq(test_relative_error(got_log10[i], log10_p[i]), 0.0);
    }
    ck_assert_double_eq(got[2], 4e-200);
    ck_assert_double_eq(got[0], 0.02 * (4.0 / 3.0));
    ck_assert(isnan(got[1]) && isnan(got_log10[1]));
}
END_TEST

START_TEST(missing_p_stay_out_of_the_family)
{
    const double with[] = {-2.0, NAN, -3.0, NAN}, without[] = {-2.0, -3.0};
    struct assay_error err;
    for (unsigned m = 0; m < ASSAY__ADJUST_COUNT; m++) {
        double a[4], b[2];
        assert_ok(assay_log10_p_adjust((enum assay_adjustment)m, with, 4, a, &err), &err);
        assert_ok(assay_log10_p_adjust((enum assay_adjustment)m, without, 2, b, &err), &err);
        ck_assert(isnan(a[1]) && isnan(a[3]));
        ck_assert_double_eq(a[0], b[0]);
        ck_assert_double_eq(a[2], b[1]);
    }
}
END_TEST

START_TEST(a_p_of_0_stays_0_and_no_p_is_nothing)
{
    const double p[] = {-INFINITY, -1.0};
    double adjusted[2];
    struct assay_error err;
    assert_ok(assay_log10_p_adjust(ASSAY_ADJUST_BY, p, 2, adjusted, &err), &err);
    ck_assert(isinf(adjusted[0]) && adjusted[0] < 0);
    assert_ok(assay_log10_p_adjust(ASSAY_ADJUST_BY, NULL, 0, NULL, &err), &err);
}
END_TEST

START_TEST(large_families_are_quick)
{
    size_t count = 200000;
    double *p = calloc(count, sizeof *p);
    struct assay_error err;
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < count; i++)
        p[i] = -(double)((i * 7919) % count) / 1000.0;
    assert_ok(assay_log10_p_adjust(ASSAY_ADJUST_BY, p, count, p, &err), &err);
    for (size_t i = 0; i < count; i++)
        ck_assert(p[i] <= 0.0 && p[i] > -200.0);
    free(p);
}
END_TEST

START_TEST(bad_p_and_methods_are_refused)
{
    const double p[] = {-1.0, 0.1};
    double adjusted[2];
    struct assay_error err;
    ck_assert_int_eq(assay_log10_p_adjust(ASSAY_ADJUST_HOLM, p, 2, adjusted, &err),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_ptr_nonnull(strstr(err.message, "p-value 2 of 2"));
    ck_assert_int_eq(
        assay_log10_p_adjust((enum assay_adjustment)ASSAY__ADJUST_COUNT, p, 1, adjusted, &err),
        ASSAY_ERROR_DOMAIN);
    ck_assert_str_eq(assay_adjustment_name((enum assay_adjustment)ASSAY__ADJUST_COUNT), "unknown");
    const double log10_p[] = {-1.0, -2.0}, bad[] = {1.0 + 1e-15, -1e-300, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const double with[] = {0.1, bad[i]};
        double out[2] = {7.0, 7.0};
        ck_assert_int_eq(assay_p_adjust(ASSAY_ADJUST_BH, with, log10_p, 2, out, out, &err),
                         ASSAY_ERROR_DOMAIN);
        ck_assert_ptr_nonnull(strstr(err.message, "p-value 2 of 2"));
        ck_assert_double_eq(out[0], 7.0);
    }
}
END_TEST

static void add(TCase *c)
{
    tcase_add_test(c, worked_values_come_out_as_written);
    tcase_add_test(c, beta_keeps_its_digits_near_power_1);
    tcase_add_test(c, segments_divide_alpha_only_inside);
    tcase_add_test(c, rates_nobody_shares_are_absent);
    tcase_add_test(c, adjusted_p_match_r_and_mpmath);
    tcase_add_test(c, adjusted_p_are_those_of_exact_rationals);
    tcase_add_test(c, p_below_the_normal_doubles_come_from_their_logarithms);
    tcase_add_test(c, a_price_of_many_tests_has_all_its_digits);
    tcase_add_test(c, adjusting_in_place_is_adjusting);
    tcase_add_test(c, missing_p_stay_out_of_the_family);
    tcase_add_test(c, a_p_of_0_stays_0_and_no_p_is_nothing);
    tcase_add_test(c, large_families_are_quick);
    tcase_add_test(c, bad_p_and_methods_are_refused);
}

int main(void)
{
    return test_main("correct", add);
}
