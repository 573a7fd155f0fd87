/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of means and variances: mantissas go a short way, digits the long one, to the same sums. */
#include <inttypes.h>
#include <string.h>

#include "stats/centred.h"
#include "stats/moments.h"
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

static void add(TCase *cases)
{
    tcase_add_test(cases, mantissas_and_digits_make_the_same_sums);
    tcase_add_test(cases, negative_variances_are_refused_where_they_count);
}

int main(void)
{
    return test_main("moments_sums", add);
}
