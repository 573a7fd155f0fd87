/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random relations of the moments: the sums and every statistic against rational arithmetic, for
 * data that take each of the paths inside, and the same text whatever the order and the shards.
 */
#include "oracle.h"

#include "stats/centred.h"
#include "stats/moments.h"

enum { ROWS = 48 };

static const uint64_t seed = 20240229;

static const struct assay_moments_shape shapes[] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0, 3}, {1, 4}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static uint32_t variables_of(struct assay_moments_shape shape)
{
    return 1 + shape.has_denominator + shape.covariate_count;
}

static struct assay_moments *new_moments(struct assay_moments_shape shape)
{
    struct assay_error err;
    struct assay_moments *moments;
    assert_ok(assay_moments_new(shape, &moments, &err), &err);
    return moments;
}

/* All patterns with all sums as text. */
static char *text_of(const struct assay_moments *moments)
{
    struct assay__text text = {0};
    struct assay_error err;
    for (uint32_t p = 0; p < assay__moments_pattern_count(moments); p++) {
        uint32_t mask;
        uint64_t count;
        bool has_third;
        assay__moments_pattern(moments, p, &mask, &count, &has_third);
        assay__text_format(&text, "%x %llu %d:", mask, (unsigned long long)count, has_third);
        uint32_t sums = assay__moments_sum_count(assay_moments_shape(moments));
        for (uint32_t i = 0; i < sums; i++) {
            assay__text_putc(&text, ' ');
            assert_ok(assay__moments_write_sum(moments, p, i, &text, &err), &err);
        }
        assay__text_putc(&text, '\n');
    }
    char *bytes;
    assert_ok(assay__text_take(&text, &bytes, NULL, &err), &err);
    return bytes;
}

/* What sum number index of the shape multiplies, spelled out once more. */
static uint32_t factors_of(struct assay_moments_shape shape, uint32_t index, uint32_t factors[3])
{
    uint32_t k = variables_of(shape), at = 0;
    for (uint32_t i = 0; i < k; i++)
        if (at++ == index) {
            factors[0] = i;
            return 1;
        }
    for (uint32_t i = 0; i < k; i++)
        for (uint32_t j = 0; j <= i; j++)
            if (at++ == index) {
                factors[0] = i;
                factors[1] = j;
                return 2;
            }
    static const uint32_t thirds[4][3] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}};
    memcpy(factors, thirds[index - at], sizeof thirds[0]);
    return 3;
}

static void check_sums(const struct assay_moments *moments, const struct oracle_row *rows,
                       struct assay_moments_shape shape)
{
    mpq_t want, got;
    mpq_inits(want, got, NULL);
    uint64_t total = 0;
    for (uint32_t p = 0; p < assay__moments_pattern_count(moments); p++) {
        uint32_t mask, own = 0;
        uint64_t count;
        bool has_third;
        assay__moments_pattern(moments, p, &mask, &count, &has_third);
        for (size_t r = 0; r < ROWS; r++)
            own += rows[r].missing == mask;
        ck_assert_uint_eq(count, own);
        ck_assert(has_third);
        total += count;
        for (uint32_t i = 0; i < assay__moments_sum_count(shape); i++) {
            struct assay__text text = {0};
            struct assay_error err;
            uint32_t factors[3];
            uint32_t order = factors_of(shape, i, factors);
            oracle_sum(rows, ROWS, shape, mask, factors, order, want);
            assert_ok(assay__moments_write_sum(moments, p, i, &text, &err), &err);
            oracle_read(text.data, got);
            ck_assert_msg(mpq_equal(want, got), "pattern %x, sum %u: %s", mask, i, text.data);
            assay__text_release(&text);
        }
    }
    ck_assert_uint_eq(total, ROWS);
    ck_assert_uint_eq(assay_moments_count(moments), ROWS);
    mpq_clears(want, got, NULL);
}

/* Same double to the bit; NaN equals NaN. */
static void check_double(const char *what, uint32_t i, uint32_t j, double got, double want)
{
    ck_assert_msg(got == want || (isnan(got) && isnan(want)), "%s(%u, %u) = %.17g, exact %.17g",
                  what, i, j, got, want);
}

static void check_pair(const struct assay_moments *moments, const struct oracle_row *rows,
                       struct assay_moments_shape shape, uint32_t i, uint32_t j)
{
    mpq_t sums[3], n, value;
    mpq_inits(sums[0], sums[1], sums[2], n, value, NULL);
    uint64_t count = oracle_pair(rows, ROWS, shape, i, j, sums);
    mpq_set_ui(n, count, 1);
    if (i == j && count >= 1) {
        mpq_div(value, sums[0], n);
        check_double("mean", i, i, assay_moments_mean(moments, i), oracle_nearest(value, false));
    }
    if (count >= 2) { /* (S_ij - S_i S_j / n) / (n - 1) */
        mpq_mul(value, sums[0], sums[1]);
        mpq_div(value, value, n);
        mpq_sub(value, sums[2], value);
        mpq_set_ui(n, count - 1, 1);
        mpq_div(value, value, n);
        double want = oracle_nearest(value, false);
        check_double("covariance", i, j, assay_moments_covariance(moments, i, j), want);
        check_double("covariance", j, i, assay_moments_covariance(moments, j, i), want);
        if (i == j) {
            check_double("variance", i, i, assay_moments_variance(moments, i), want);
            check_double("deviation", i, i, assay_moments_deviation(moments, i),
                         oracle_nearest(value, true));
        }
    } else {
        check_double("covariance", i, j, assay_moments_covariance(moments, i, j), (double)NAN);
    }
    mpq_clears(sums[0], sums[1], sums[2], n, value, NULL);
}

/* g1 from the definition: m3 / m2^(3/2) with m_k = sum (y - mean)^k / n. */
static void check_skewness(const struct assay_moments *moments, const struct oracle_row *rows)
{
    mpq_t mean, deviation, power, m2, m3;
    mpq_inits(mean, deviation, power, m2, m3, NULL);
    for (size_t r = 0; r < ROWS; r++)
        mpq_add(mean, mean, rows[r].exact[0]);
    mpq_set_ui(power, ROWS, 1);
    mpq_div(mean, mean, power);
    for (size_t r = 0; r < ROWS; r++) {
        mpq_sub(deviation, rows[r].exact[0], mean);
        mpq_mul(power, deviation, deviation);
        mpq_add(m2, m2, power);
        mpq_mul(power, power, deviation);
        mpq_add(m3, m3, power);
    }
    /* g1^2 = n m3'^2 / m2'^3 with the sums m2', m3' */
    int sign = mpq_sgn(m3);
    mpq_mul(m3, m3, m3);
    mpq_set_ui(power, ROWS, 1);
    mpq_mul(m3, m3, power);
    mpq_mul(power, m2, m2);
    mpq_mul(power, power, m2);
    if (mpq_sgn(power) != 0) {
        mpq_div(m3, m3, power);
        check_double("skewness", 0, 0, assay_moments_skewness(moments),
                     sign * oracle_nearest(m3, true));
    }
    mpq_clears(mean, deviation, power, m2, m3, NULL);
}

START_TEST(sums_and_statistics_are_those_of_rational_arithmetic)
{
    uint64_t state = seed + (uint64_t)_i;
    struct assay_moments_shape shape = shapes[_i % SHAPES];
    enum oracle_kind kind = (enum oracle_kind)(_i / SHAPES);
    struct oracle_row *rows = calloc(ROWS, sizeof *rows);
    oracle_fill(rows, ROWS, shape, kind, true, &state);
    struct assay_moments *moments = new_moments(shape);
    for (size_t r = 0; r < ROWS; r++)
        oracle_add(moments, &rows[r]);
    check_sums(moments, rows, shape);
    for (uint32_t i = 0; i < variables_of(shape); i++)
        for (uint32_t j = 0; j <= i; j++)
            check_pair(moments, rows, shape, i, j);
    check_skewness(moments, rows);
    assay_moments_free(moments);
    oracle_release(rows, ROWS);
}
END_TEST

/* Adds the rows in random order to shards, and merges these in random order. */
static char *text_of_shards(const struct oracle_row *rows, struct assay_moments_shape shape,
                            size_t shard_count, uint64_t *state)
{
    struct assay_moments *shards[7];
    size_t order[ROWS];
    struct assay_error err;
    for (size_t s = 0; s < shard_count; s++)
        shards[s] = new_moments(shape);
    for (size_t r = 0; r < ROWS; r++) {
        size_t other = oracle_random(state) % (r + 1);
        order[r] = r;
        order[r] = order[other];
        order[other] = r;
    }
    for (size_t r = 0; r < ROWS; r++)
        oracle_add(shards[oracle_random(state) % shard_count], &rows[order[r]]);
    for (size_t left = shard_count; left > 1; left--) {
        size_t from = oracle_random(state) % left, into = oracle_random(state) % (left - 1);
        struct assay_moments *moved = shards[from];
        shards[from] = shards[left - 1];
        assert_ok(assay_moments_merge(shards[into], moved, &err), &err);
        assay_moments_free(moved);
    }
    char *text = text_of(shards[0]);
    assay_moments_free(shards[0]);
    return text;
}

START_TEST(order_and_shards_leave_no_trace)
{
    uint64_t state = seed + 1000 + (uint64_t)_i;
    struct assay_moments_shape shape = shapes[_i % SHAPES];
    enum oracle_kind kind = (enum oracle_kind)(_i / SHAPES);
    struct oracle_row *rows = calloc(ROWS, sizeof *rows);
    oracle_fill(rows, ROWS, shape, kind, true, &state);
    char *want = text_of_shards(rows, shape, 1, &state);
    static const size_t counts[] = {1, 2, 2, 7, 7, 7};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        char *got = text_of_shards(rows, shape, counts[k], &state);
        ck_assert_str_eq(got, want);
        free(got);
    }
    free(want);
    oracle_release(rows, ROWS);
}
END_TEST

/* Sums written and read back are the same sums, and give the same statistics. */
START_TEST(sums_go_out_and_in_again)
{
    uint64_t state = seed + 2000 + (uint64_t)_i;
    struct assay_moments_shape shape = shapes[_i % SHAPES];
    struct oracle_row *rows = calloc(ROWS, sizeof *rows);
    oracle_fill(rows, ROWS, shape, _i % 2 == 0 ? ORACLE_PRINTED : ORACLE_LONG, true, &state);
    struct assay_moments *moments = new_moments(shape), *copy = new_moments(shape);
    for (size_t r = 0; r < ROWS; r++)
        oracle_add(moments, &rows[r]);
    uint32_t sums = assay__moments_sum_count(shape);
    struct assay_decimal decimals[ORACLE_VARIABLES * 8];
    char *digits[ORACLE_VARIABLES * 8];
    struct assay_error err;
    for (uint32_t p = 0; p < assay__moments_pattern_count(moments); p++) {
        uint32_t mask;
        uint64_t count;
        bool has_third;
        assay__moments_pattern(moments, p, &mask, &count, &has_third);
        for (uint32_t i = 0; i < sums; i++) {
            struct assay__text text = {0};
            mpq_t value;
            mpq_init(value);
            assert_ok(assay__moments_write_sum(moments, p, i, &text, &err), &err);
            oracle_read(text.data, value);
            int32_t exponent = 0; /* find the integer: denominators divide a power of ten */
            while (mpz_cmp_ui(mpq_denref(value), 1) != 0) {
                mpz_mul_ui(mpq_numref(value), mpq_numref(value), 10);
                mpq_canonicalize(value);
                exponent--;
            }
            bool negative = mpq_sgn(value) < 0;
            mpq_abs(value, value);
            digits[i] = mpz_get_str(NULL, 10, mpq_numref(value));
            decimals[i] = (struct assay_decimal){.mantissa = negative ? -1 : 1,
                                                 .exponent = exponent,
                                                 .digit_count = (uint32_t)strlen(digits[i]),
                                                 .digits = digits[i]};
            mpq_clear(value);
            assay__text_release(&text);
        }
        assert_ok(assay__moments_add_sums(copy, mask, count, decimals, has_third, &err), &err);
        for (uint32_t i = 0; i < sums; i++)
            free(digits[i]);
    }
    char *want = text_of(moments), *got = text_of(copy);
    ck_assert_str_eq(got, want);
    check_double("skewness", 0, 0, assay_moments_skewness(copy), assay_moments_skewness(moments));
    free(want);
    free(got);
    assay_moments_free(moments);
    assay_moments_free(copy);
    oracle_release(rows, ROWS);
}
END_TEST

/* The number of digits counts only where there are digits; values this far apart are looked at. */
START_TEST(a_mantissa_has_no_digits_to_be_counted)
{
    static const uint32_t COUNTS[] = {1, 18, 4096, 4097, UINT32_MAX};
    struct assay_decimal value = {.mantissa = 1, .exponent = -200};
    struct assay_moments *moments;
    struct assay_error err;
    assert_ok(assay_moments_new((struct assay_moments_shape){0}, &moments, &err), &err);
    assert_ok(assay_moments_add_decimal(moments, &value, 0, &err), &err);
    value.exponent = 200;
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        value.digit_count = COUNTS[i];
        assert_ok(assay_moments_add_decimal(moments, &value, 0, &err), &err);
    }
    ck_assert_uint_eq(assay_moments_count(moments), 6);
    assert_close(assay_moments_mean(moments, 0), 5e200 / 6.0, 4e-16);
    assay_moments_free(moments);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_mantissa_has_no_digits_to_be_counted);
    printf("seed %llu\n", (unsigned long long)seed);
    tcase_add_loop_test(cases, sums_and_statistics_are_those_of_rational_arithmetic, 0,
                        ORACLE_KINDS * SHAPES);
    tcase_add_loop_test(cases, order_and_shards_leave_no_trace, 0, ORACLE_KINDS * SHAPES);
    tcase_add_loop_test(cases, sums_go_out_and_in_again, 0, 2 * SHAPES);
}

int main(void)
{
    return test_main("moments", add);
}
