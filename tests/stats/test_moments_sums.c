/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of means and variances: mantissas go a short way, digits the long one, to the same sums. */
#include <inttypes.h>
#include <string.h>

#include "exact/exact.h"
#include "stats/centred.h"
#include "stats/moments.h"
#include "stats/narrow_sums.h"
#include "test.h"

static uint64_t seed = 1;

static uint64_t draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 11;
}

/* A decimal of up to 18 digits, and the same with its digits spelt. */
static void draw_pair(bool is_positive, char digits[24], struct assay_decimal out[2])
{
    int64_t magnitude = (int64_t)(draw() % 1000000000000000000u);
    for (uint64_t cut = draw() % 19; cut > 0; cut--)
        magnitude /= 10;
    magnitude += magnitude == 0;
    int32_t exponent = (int32_t)(draw() % 41) - 30;
    bool negative = !is_positive && draw() % 2 == 1;
    int length = snprintf(digits, 24, "%" PRId64, magnitude);
    out[0] = (struct assay_decimal){negative ? -magnitude : magnitude, exponent, 0, NULL};
    out[1] = (struct assay_decimal){negative ? -1 : 1, exponent, (uint32_t)length, digits};
}

START_TEST(mantissas_and_digits_make_the_same_sums)
{
    const struct assay_moments_shape shape = {1, 1};
    enum { VARIABLES = 3, PAIRS = 6 };
    for (int i = 0; i < 3000; i++) {
        struct assay_decimal means[2][VARIABLES], covariances[2][PAIRS];
        char digits[VARIABLES + PAIRS][24];
        uint64_t count = 1 + draw() % UINT64_C(1000000000000000);
        struct assay_moments *moments[2];
        struct assay_error err;
        for (uint32_t k = 0; k < VARIABLES + PAIRS; k++) {
            struct assay_decimal pair[2];
            bool is_variance = k == VARIABLES || k == VARIABLES + 2 || k == VARIABLES + 5;
            draw_pair(is_variance, digits[k], pair);
            for (int way = 0; way < 2; way++)
                *(k < VARIABLES ? &means[way][k] : &covariances[way][k - VARIABLES]) = pair[way];
        }
        for (int way = 0; way < 2; way++) {
            assert_ok(assay_moments_new(shape, &moments[way], &err), &err);
            assert_ok(
                assay__moments_add_centred(moments[way], count, means[way], covariances[way], &err),
                &err);
        }
        for (uint32_t sum = 0; sum < VARIABLES + PAIRS; sum++) {
            struct assay__text text[2] = {{0}, {0}};
            for (int way = 0; way < 2; way++)
                assert_ok(assay__moments_write_sum(moments[way], 0, sum, &text[way], &err), &err);
            ck_assert_str_eq(text[0].data, text[1].data);
            for (int way = 0; way < 2; way++)
                assay__text_release(&text[way]);
        }
        for (int way = 0; way < 2; way++)
            assay_moments_free(moments[way]);
    }
}
END_TEST

/* The sums, the count and whether cubes are known, as text. */
static void write_moments(const struct assay_moments *moments, struct assay__text *out)
{
    uint32_t mask;
    uint64_t count;
    bool has_third;
    struct assay_error err;
    assay__moments_pattern(moments, 0, &mask, &count, &has_third);
    assay__text_format(out, "%d %" PRIu64, has_third, count);
    for (uint32_t sum = 0; sum < 3; sum++) {
        assay__text_putc(out, ' ');
        assert_ok(assay__moments_write_sum(moments, 0, sum, out, &err), &err);
    }
}

/* Moments of an arena that begin with a mean and a variance; the others take the way of all. */
START_TEST(one_variable_begins_with_the_same_sums)
{
    const struct assay_moments_shape shape = {0, 0};
    struct assay__arena arena = {0};
    struct assay_error err;
    uint64_t begun = 0;
    for (int i = 0; i < 20000; i++) {
        char digits[2][24];
        struct assay_decimal mean[2], variance[2];
        struct assay_moments *quick, *sure;
        struct assay__text text[2] = {{0}, {0}};
        draw_pair(false, digits[0], mean);
        draw_pair(true, digits[1], variance);
        mean[0] = draw() % 20 == 0 ? (struct assay_decimal){0} : mean[0];
        variance[0] = draw() % 20 == 0 ? (struct assay_decimal){0} : variance[0];
        uint64_t count = 1 + (draw() >> draw() % 53);
        assert_ok(assay_moments_new(shape, &sure, &err), &err);
        assert_ok(assay__moments_add_centred(sure, count, mean, variance, &err), &err);
        struct assay__narrow_one sums;
        if (assay__narrow_one_of(count, mean, variance, &sums)) {
            quick = assay__narrow_one_new(&arena, &sums);
            ck_assert_ptr_nonnull(quick);
            begun++;
        } else {
            assert_ok(assay__moments_new_in(&arena, shape, &quick, &err), &err);
            assert_ok(assay__moments_add_centred(quick, count, mean, variance, &err), &err);
        }
        for (int times = 1; times <= 2; times++) {
            text[0].length = text[1].length = 0;
            write_moments(sure, &text[0]);
            write_moments(quick, &text[1]);
            ck_assert_str_eq(text[0].data, text[1].data);
            assert_ok(times == 1 ? assay_moments_merge(quick, sure, &err) : ASSAY_OK, &err);
            assert_ok(assay__moments_add_centred(sure, count, mean, variance, &err), &err);
        }
        assay__text_release(&text[0]);
        assay__text_release(&text[1]);
        assay_moments_free(sure);
        assay_moments_free(quick);
    }
    ck_assert_uint_gt(begun, 5000);
    ck_assert_uint_lt(begun, 19000);
    assay__arena_release(&arena);
}
END_TEST

/* The same of sums: what is taken is what the way of all takes, to the last digit. */
START_TEST(one_variable_takes_given_sums)
{
    const struct assay_moments_shape shape = {0, 0};
    struct assay__arena arena = {0};
    struct assay_error err;
    uint64_t begun = 0;
    for (int i = 0; i < 40000; i++) {
        char digits[2][24];
        struct assay_decimal sum[2], squares[2];
        struct assay_moments *sure;
        struct assay__text text[2] = {{0}, {0}};
        struct assay__narrow_one sums;
        draw_pair(false, digits[0], sum);
        draw_pair(true, digits[1], squares);
        sum[0] = draw() % 20 == 0 ? (struct assay_decimal){0} : sum[0];
        squares[0] = draw() % 20 == 0 ? (struct assay_decimal){0} : squares[0];
        squares[0].exponent += squares[0].mantissa != 0 ? (int32_t)(draw() % 30) : 0;
        uint64_t count = 1 + (draw() >> draw() % 53);
        if (!assay__narrow_one_given(count, &sum[0], &squares[0], &sums))
            continue;
        const struct assay_decimal given[3] = {sum[0], squares[0], {0}};
        begun++;
        assert_ok(assay_moments_new(shape, &sure, &err), &err);
        assert_ok(assay__moments_add_sums(sure, 0, count, given, false, &err), &err);
        write_moments(sure, &text[0]);
        write_moments(assay__narrow_one_new(&arena, &sums), &text[1]);
        ck_assert_str_eq(text[0].data, text[1].data);
        assay__text_release(&text[0]);
        assay__text_release(&text[1]);
        assay_moments_free(sure);
    }
    ck_assert_uint_gt(begun, 5000);
    assay__arena_release(&arena);
}
END_TEST

START_TEST(negative_variances_are_refused_where_they_count)
{
    struct assay_decimal mean = {5, 0, 0, NULL}, variance = {-1, -3, 0, NULL};
    struct assay_moments *moments;
    struct assay_error err;
    assert_ok(assay_moments_new((struct assay_moments_shape){0, 0}, &moments, &err), &err);
    ck_assert_int_eq(assay__moments_add_centred(moments, 2, &mean, &variance, &err),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_uint_eq(assay_moments_count(moments), 0);
    assert_ok(assay__moments_add_centred(moments, 1, &mean, &variance, &err), &err);
    ck_assert_uint_eq(assay_moments_count(moments), 1);
    assay_moments_free(moments);
}
END_TEST

/* What a sum is called, however it came about. */
static void write_decimal(const struct assay_decimal *value, struct assay__text *text)
{
    struct assay__exact number;
    struct assay_error err;
    assay__exact_init(&number);
    assay__exact_set_decimal(&number, value);
    assert_ok(assay__exact_write(&number, text, &err), &err);
    assay__exact_clear(&number);
}

/* A sum of squares that suits a sum over few vectors, by its digits. */
static void draw_squares(const struct assay_decimal *sum, char digits[44],
                         struct assay_decimal *out)
{
    uint64_t magnitude = (uint64_t)(sum->mantissa < 0 ? -sum->mantissa : sum->mantissa) + 1;
    int length =
        snprintf(digits, 44, "%" PRIu64 "%018" PRIu64, magnitude, draw() % 1000000000000000000u);
    bool is_short = length <= 19;
    *out = (struct assay_decimal){1, 2 * sum->exponent + (int32_t)(draw() % 12) - 8,
                                  (uint32_t)length, digits};
    if (is_short)
        *out = (struct assay_decimal){(int64_t)magnitude, out->exponent, 0, NULL};
}

/* Sums fit integers or do not: they are kept to the last digit, and added up. */
START_TEST(given_sums_are_kept_to_the_last_digit)
{
    const struct assay_moments_shape shape = {0, 0};
    uint64_t taken = 0;
    for (int i = 0; i < 20000; i++) {
        char first[24], second[44];
        struct assay_decimal pair[2], sums[3] = {{0}};
        struct assay_moments *moments;
        struct assay_error err;
        draw_pair(false, first, pair);
        sums[0] = pair[draw() % 2];
        draw_squares(&pair[0], second, &sums[1]);
        uint64_t count = 1 + (draw() >> draw() % 50);
        assert_ok(assay_moments_new(shape, &moments, &err), &err);
        enum assay_status status = assay__moments_add_sums(moments, 0, count, sums, false, &err);
        if (status == ASSAY_OK) {
            for (uint32_t s = 0; s < 2; s++) {
                struct assay__text want = {0}, got = {0};
                write_decimal(&sums[s], &want);
                assert_ok(assay__moments_write_sum(moments, 0, s, &got, &err), &err);
                ck_assert_str_eq(got.data, want.data);
                assay__text_release(&want);
                assay__text_release(&got);
            }
            taken++;
        }
        /* The same verdict as over the same numbers at another scale, which is exact arithmetic. */
        sums[0].exponent += 60;
        sums[1].exponent += 120;
        struct assay_moments *far;
        assert_ok(assay_moments_new(shape, &far, &err), &err);
        enum assay_status other = assay__moments_add_sums(far, 0, count, sums, false, &err);
        if (other != status)
            printf("n %llu m %lld e %d dig %s e2 %d status %d %d %s\n", (unsigned long long)count,
                   (long long)pair[0].mantissa, pair[0].exponent, second, sums[1].exponent - 120,
                   status, other, err.message);
        ck_assert_int_eq(other, status);
        assay_moments_free(far);
        assay_moments_free(moments);
    }
    ck_assert_uint_gt(taken, 5000);
    ck_assert_uint_lt(taken, 19900);
}
END_TEST

/* Squares that are just enough, and one too few in the last digit. */
START_TEST(squares_are_judged_to_the_last_digit)
{
    struct assay_error err;
    for (int64_t n = 1; n < 400; n++) {
        for (int less = 0; less < 2; less++) {
            char digits[44];
            /* n (n 10^18) = (n 10^9)^2 */
            struct assay_decimal sums[3] = {{n, 9, 0, NULL}, {n, 18, 0, NULL}, {0, 0, 0, NULL}};
            if (less == 1) {
                int length =
                    snprintf(digits, sizeof digits, "%" PRId64 "999999999999999999", n - 1);
                sums[1] = (struct assay_decimal){1, 0, (uint32_t)length, digits};
            }
            struct assay_moments *moments;
            assert_ok(assay_moments_new((struct assay_moments_shape){0, 0}, &moments, &err), &err);
            ck_assert_int_eq(assay__moments_add_sums(moments, 0, (uint64_t)n, sums, false, &err),
                             less == 1 ? ASSAY_ERROR_DOMAIN : ASSAY_OK);
            assay_moments_free(moments);
        }
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, mantissas_and_digits_make_the_same_sums);
    tcase_add_test(cases, one_variable_begins_with_the_same_sums);
    tcase_add_test(cases, one_variable_takes_given_sums);
    tcase_add_test(cases, given_sums_are_kept_to_the_last_digit);
    tcase_add_test(cases, squares_are_judged_to_the_last_digit);
    tcase_add_test(cases, negative_variances_are_refused_where_they_count);
}

int main(void)
{
    return test_main("moments_sums", add);
}
