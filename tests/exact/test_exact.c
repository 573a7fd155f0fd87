/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The edges of moments: rounding, the text of sums, limits, refusals, and the ways in for sums that
 * others made.
 */
#include <float.h>

#include "exact_moments.h"
#include "stats/centred.h"

/* Means of n doubles that fall on ties, below the normal range and past the largest double. */
START_TEST(means_round_to_nearest_even_over_the_whole_range)
{
    static const struct {
        double values[3];
        size_t count;
        double mean;
    } cases[] = {
        {{1.0, 1.0 + DBL_EPSILON}, 2, 1.0},
        {{1.0 + DBL_EPSILON, 1.0 + 2 * DBL_EPSILON}, 2, 1.0 + 2 * DBL_EPSILON},
        {{0x1p-1074, 0.0}, 2, 0.0},
        {{0x1p-1074, 0x1p-1073}, 2, 0x1p-1073},
        {{0x1p-1074, 0x1p-1074, 0.0}, 3, 0x1p-1074},
        {{0x1p-1074, 0.0, 0.0}, 3, 0.0},
        {{-0x1p-1074, -0x1p-1073}, 2, -0x1p-1073},
        {{DBL_MAX, DBL_MAX, DBL_MAX}, 3, DBL_MAX},
        {{DBL_MAX, -DBL_MAX, 0x1p-1074}, 3, 0.0},
        {{DBL_MIN, 0x1p-1074}, 2, 0x1p-1023},
        {{1e16, 1.0, -1e16}, 3, 1.0 / 3.0},
        {{0.1, 0.2, 0.3}, 3, 0.2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_moments *moments = new_moments(0, 0);
        add_doubles(moments, cases[i].values, cases[i].count);
        double mean = assay_moments_mean(moments, 0);
        ck_assert_msg(mean == cases[i].mean, "case %zu: %a, expected %a", i, mean, cases[i].mean);
        assay_moments_free(moments);
    }
}
END_TEST

START_TEST(variance_overflows_and_deviation_does_not)
{
    struct assay_moments *moments = new_moments(0, 0);
    const double values[2] = {DBL_MAX, -DBL_MAX};
    add_doubles(moments, values, 2);
    ck_assert(isinf(assay_moments_variance(moments, 0)));
    /* sqrt(2) DBL_MAX is past the range as well; half of it is not. */
    ck_assert(isinf(assay_moments_deviation(moments, 0)));
    assay_moments_free(moments);

    moments = new_moments(0, 0);
    const double half[2] = {DBL_MAX / 2, -DBL_MAX / 2};
    add_doubles(moments, half, 2);
    ck_assert(isinf(assay_moments_variance(moments, 0)));
    assert_close(assay_moments_deviation(moments, 0), DBL_MAX / 2 * 1.41421356237309505, 2e-16);
    assay_moments_free(moments);

    moments = new_moments(0, 0);
    const double tiny[2] = {1e-300, 3e-300};
    add_doubles(moments, tiny, 2);
    ck_assert_double_eq(assay_moments_variance(moments, 0), 0.0);
    assert_close(assay_moments_deviation(moments, 0), 1.41421356237309505e-300, 4e-16);
    assay_moments_free(moments);
}
END_TEST

/* Variances next to the square of 1 + 2^-53, which is half way between two doubles. */
START_TEST(deviations_round_by_the_last_of_200_digits)
{
    static const struct {
        int step; /* in units of 1e-200 */
        double deviation;
    } cases[] = {{-1, 1.0}, {0, 1.0}, {1, 1.0 + DBL_EPSILON}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mpz_t root, scale;
        mpz_inits(root, scale, NULL);
        mpz_ui_pow_ui(root, 2, 53);
        mpz_add_ui(root, root, 1);
        mpz_mul(root, root, root); /* times 2^-106 = 5^106 10^-106 = 5^106 10^94 10^-200 */
        mpz_ui_pow_ui(scale, 5, 106);
        mpz_mul(root, root, scale);
        mpz_ui_pow_ui(scale, 10, 94);
        mpz_mul(root, root, scale);
        if (cases[i].step < 0)
            mpz_sub_ui(root, root, 1);
        else
            mpz_add_ui(root, root, (unsigned long)cases[i].step);
        char *digits = mpz_get_str(NULL, 10, root);
        struct assay_decimal mean = {.mantissa = 0};
        struct assay_decimal variance = {.mantissa = 1,
                                         .exponent = -200,
                                         .digit_count = (uint32_t)strlen(digits),
                                         .digits = digits};
        struct assay_error err;
        struct assay_moments *moments = new_moments(0, 0);
        assert_ok(assay__moments_add_centred(moments, 7, &mean, &variance, &err), &err);
        double deviation = assay_moments_deviation(moments, 0);
        ck_assert_msg(deviation == cases[i].deviation, "step %d: %a", cases[i].step, deviation);
        assay_moments_free(moments);
        free(digits);
        mpz_clears(root, scale, NULL);
    }
}
END_TEST

/* Two shards merged into each other in turn grow past any number of additions without a carry. */
START_TEST(doubles_carry_in_time_however_many)
{
    struct assay_error err;
    struct assay_moments *shards[2] = {new_moments(0, 0), new_moments(0, 0)};
    const double rows[3] = {0.1, -1.7, 0x1.fffffffffffffp-3};
    add_doubles(shards[0], rows, 3);
    uint64_t times[2] = {1, 0};
    for (int i = 1; i < 80; i++) {
        assert_ok(assay_moments_merge(shards[i % 2], shards[1 - i % 2], &err), &err);
        times[i % 2] += times[1 - i % 2];
    }
    shards[0]->complete->chunks->pending = UINT64_C(1) << 30; /* as after so many additions */
    add_doubles(shards[0], rows, 3);
    ck_assert_uint_eq(shards[0]->complete->chunks->pending, 3);
    times[0]++;
    for (int s = 0; s < 2; s++) {
        ck_assert_uint_eq(assay_moments_count(shards[s]), 3 * times[s]);
        for (uint32_t power = 1; power <= 3; power++) {
            mpq_t want, got, term;
            mpq_inits(want, got, term, NULL);
            for (int r = 0; r < 3; r++) {
                mpq_t value;
                mpq_init(value);
                mpq_set_d(value, rows[r]);
                mpq_set(term, value);
                for (uint32_t k = 1; k < power; k++)
                    mpq_mul(term, term, value);
                mpq_add(want, want, term);
                mpq_clear(value);
            }
            mpq_set_ui(term, times[s], 1);
            mpq_mul(want, want, term);
            struct assay__text text = {0};
            assert_ok(assay__moments_write_sum(shards[s], 0, power - 1, &text, &err), &err);
            oracle_read(text.data, got);
            ck_assert_msg(mpq_equal(want, got), "power %u: %s", power, text.data);
            assay__text_release(&text);
            mpq_clears(want, got, term, NULL);
        }
        assay_moments_free(shards[s]);
    }
}
END_TEST

START_TEST(small_samples_have_no_spread)
{
    struct assay_moments *moments = new_moments(0, 0);
    ck_assert(isnan(assay_moments_mean(moments, 0)));
    ck_assert_uint_eq(assay__moments_pattern_count(moments), 0);
    add_number(moments, 2385, -3);
    ck_assert_double_eq(assay_moments_mean(moments, 0), 2.385);
    ck_assert(isnan(assay_moments_variance(moments, 0)));
    ck_assert(isnan(assay_moments_deviation(moments, 0)));
    add_number(moments, 2385, -3);
    ck_assert_double_eq(assay_moments_variance(moments, 0), 0.0);
    ck_assert(isnan(assay_moments_skewness(moments)));
    add_number(moments, 2385, -3);
    ck_assert(isnan(assay_moments_skewness(moments))); /* no variance */
    add_number(moments, 3, 0);
    ck_assert_double_gt(assay_moments_skewness(moments), 1.0);
    ck_assert(isnan(assay_moments_mean(moments, 1)));
    ck_assert(isnan(assay_moments_covariance(moments, 0, 1)));
    assay_moments_free(moments);
    assay_moments_free(NULL);
}
END_TEST

START_TEST(text_of_sums_is_canonical)
{
    static const struct {
        int64_t mantissa;
        int32_t exponent;
        const char *text;
    } cases[] = {
        {0, 5, "0"},
        {125, -1, "12.5"},
        {-125, -4, "-0.0125"},
        {1200, 0, "1200"},
        {12, 2, "1200"},
        {1200, -2, "12"},
        {1, 39, "1000000000000000000000000000000000000000"},
        {1, 40, "1e40"},
        {-7, 41, "-7e41"},
        {123, -40, "123e-40"}, /* 42 characters when plain */
        {1, -38, "0.00000000000000000000000000000000000001"},
        {1, -39, "1e-39"},
        {INT64_MIN, 0, "-9223372036854775808"},
        {1, -10000, "1e-10000"},
        {10, 10000, "1e10001"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_moments *moments = new_moments(0, 0);
        add_number(moments, cases[i].mantissa, cases[i].exponent);
        check_text(moments, 0, cases[i].text);
        assay_moments_free(moments);
    }
}
END_TEST

/* The same number once as decimal and once as double. */
START_TEST(decimals_and_doubles_add_up_in_one_object)
{
    struct assay_moments *moments = new_moments(0, 0);
    const double tenth = 0.1;
    add_number(moments, 1, -1);
    add_doubles(moments, &tenth, 1);
    check_text(moments, 0, "2000000000000000055511151231257827021181583404541015625e-55");
    add_number(moments, -2, -1);
    check_text(moments, 0, "55511151231257827021181583404541015625e-55");
    assay_moments_free(moments);
}
END_TEST

START_TEST(bad_calls_are_refused_and_change_nothing)
{
    struct assay_error err;
    struct assay_moments *moments = NULL;
    refuse(assay_moments_new((struct assay_moments_shape){2, 0}, &moments, &err),
           ASSAY_ERROR_DOMAIN, &err, "0 or 1 denominator");
    ck_assert_ptr_null(moments);
    refuse(assay_moments_new((struct assay_moments_shape){0, 17}, &moments, &err),
           ASSAY_ERROR_DOMAIN, &err, "at most 16 covariates");

    moments = new_moments(1, 1);
    double values[3] = {1.5, 2.5, 3.5};
    assert_ok(assay_moments_add(moments, values, &err), &err);
    values[0] = (double)NAN;
    refuse(assay_moments_add(moments, values, &err), ASSAY_ERROR_DOMAIN, &err, "Variable 0");
    values[0] = 1.0;
    values[1] = (double)NAN;
    refuse(assay_moments_add(moments, values, &err), ASSAY_ERROR_DOMAIN, &err, "Variable 1");
    values[1] = 1.0;
    values[2] = -HUGE_VAL;
    refuse(assay_moments_add(moments, values, &err), ASSAY_ERROR_DOMAIN, &err, "infinite");

    struct assay_decimal decimals[3] = {{.mantissa = 1}, {.mantissa = 2}, {.mantissa = 3}};
    refuse(assay_moments_add_decimal(moments, decimals, 2, &err), ASSAY_ERROR_DOMAIN, &err,
           "beyond the 1");
    decimals[1].exponent = 10001;
    refuse(assay_moments_add_decimal(moments, decimals, 0, &err), ASSAY_ERROR_LIMIT, &err, "10001");
    decimals[1].exponent = -10001;
    refuse(assay_moments_add_decimal(moments, decimals, 1, &err), ASSAY_ERROR_LIMIT, &err,
           "-10001");
    decimals[1] =
        (struct assay_decimal){.mantissa = 1, .digits = "12345678901234567x90", .digit_count = 20};
    refuse(assay_moments_add_decimal(moments, decimals, 0, &err), ASSAY_ERROR_DOMAIN, &err,
           "Byte 17");
    decimals[1].digit_count = 4097;
    refuse(assay_moments_add_decimal(moments, decimals, 0, &err), ASSAY_ERROR_LIMIT, &err,
           "4097 digits");
    ck_assert_uint_eq(assay_moments_count(moments), 1);
    ck_assert_uint_eq(assay__moments_pattern_count(moments), 1);
    check_text(moments, 0, "1.5");

    struct assay_moments *other = new_moments(0, 1);
    refuse(assay_moments_merge(moments, other, &err), ASSAY_ERROR_DOMAIN, &err, "shapes");
    assay_moments_free(other);
    assay_moments_free(moments);
}
END_TEST

/* A scale must not take a value past the limit because it happens to be near. */
START_TEST(exponent_limit_does_not_depend_on_the_data_before)
{
    struct assay_error err;
    struct assay_moments *moments = new_moments(0, 0);
    add_number(moments, 1, 10000);
    struct assay_decimal value = {.mantissa = 1, .exponent = 10001};
    refuse(assay_moments_add_decimal(moments, &value, 0, &err), ASSAY_ERROR_LIMIT, &err, "10001");
    value.mantissa = 0; /* zero has no exponent */
    assert_ok(assay_moments_add_decimal(moments, &value, 0, &err), &err);
    assay_moments_free(moments);
}
END_TEST

START_TEST(counts_stop_at_two_to_the_63)
{
    struct assay_error err;
    struct assay_moments *moments = new_moments(0, 0);
    const struct assay_decimal zero[3] = {{0}};
    const uint64_t limit = (UINT64_C(1) << 63) - 1;
    assert_ok(assay__moments_add_sums(moments, 0, limit - 1, zero, true, &err), &err);
    add_number(moments, 5, 0);
    ck_assert_uint_eq(assay_moments_count(moments), limit);
    struct assay_decimal value = {.mantissa = 1};
    const double one = 1.0;
    refuse(assay_moments_add_decimal(moments, &value, 0, &err), ASSAY_ERROR_LIMIT, &err, "2^63");
    refuse(assay_moments_add(moments, &one, &err), ASSAY_ERROR_LIMIT, &err, "2^63");
    struct assay_moments *more = new_moments(0, 0);
    add_number(more, 1, 0);
    refuse(assay_moments_merge(moments, more, &err), ASSAY_ERROR_LIMIT, &err, "2^63");
    refuse(assay__moments_add_sums(moments, 0, UINT64_MAX, zero, true, &err), ASSAY_ERROR_LIMIT,
           &err, "2^63");
    check_text(moments, 0, "5");
    assert_close(assay_moments_mean(moments, 0), 5 / 9223372036854775807.0, 2e-16);
    assay_moments_free(more);
    assay_moments_free(moments);
}
END_TEST

START_TEST(centred_figures_give_exact_sums_and_no_skewness)
{
    /* n 4, mean 2.5, variance 1.25; covariate mean -0.1, variance 0.3, covariance 0.2 */
    struct assay_error err;
    struct assay_moments *moments = new_moments(0, 1);
    const struct assay_decimal means[2] = {{.mantissa = 25, .exponent = -1},
                                           {.mantissa = -1, .exponent = -1}};
    struct assay_decimal covariances[3] = {{.mantissa = 125, .exponent = -2},
                                           {.mantissa = 2, .exponent = -1},
                                           {.mantissa = 3, .exponent = -1}};
    assert_ok(assay__moments_add_centred(moments, 4, means, covariances, &err), &err);
    check_text(moments, 0, "10");
    check_text(moments, 1, "-0.4");
    check_text(moments, 2, "28.75"); /* 3 * 1.25 + 4 * 6.25 */
    check_text(moments, 3, "-0.4");  /* 3 * 0.2 - 4 * 0.25 */
    check_text(moments, 4, "0.94");  /* 3 * 0.3 + 4 * 0.01 */
    check_text(moments, 5, "0");
    ck_assert_double_eq(assay_moments_variance(moments, 0), 1.25);
    ck_assert_double_eq(assay_moments_covariance(moments, 0, 1), 0.2);
    ck_assert(isnan(assay_moments_skewness(moments)));
    uint32_t mask;
    uint64_t count;
    bool has_third;
    assay__moments_pattern(moments, 0, &mask, &count, &has_third);
    ck_assert_uint_eq(count, 4);
    ck_assert(!has_third);

    covariances[0].mantissa = -1;
    refuse(assay__moments_add_centred(moments, 4, means, covariances, &err), ASSAY_ERROR_DOMAIN,
           &err, "variable 0");
    assert_ok(assay__moments_add_centred(moments, 0, means, covariances, &err), &err);
    const double row[2] = {1.0, 2.0};
    assert_ok(assay_moments_add(moments, row, &err), &err);
    ck_assert(isnan(assay_moments_skewness(moments))); /* lost for good */
    check_text(moments, 5, "0");
    assay_moments_free(moments);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, means_round_to_nearest_even_over_the_whole_range);
    tcase_add_test(cases, variance_overflows_and_deviation_does_not);
    tcase_add_test(cases, deviations_round_by_the_last_of_200_digits);
    tcase_add_test(cases, doubles_carry_in_time_however_many);
    tcase_add_test(cases, small_samples_have_no_spread);
    tcase_add_test(cases, text_of_sums_is_canonical);
    tcase_add_test(cases, decimals_and_doubles_add_up_in_one_object);
    tcase_add_test(cases, bad_calls_are_refused_and_change_nothing);
    tcase_add_test(cases, exponent_limit_does_not_depend_on_the_data_before);
    tcase_add_test(cases, counts_stop_at_two_to_the_63);
    tcase_add_test(cases, centred_figures_give_exact_sums_and_no_skewness);
}

int main(void)
{
    return test_main("exact", add);
}
