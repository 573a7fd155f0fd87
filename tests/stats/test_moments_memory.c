/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moments do when memory runs out, and how rarely they ask for any. */
#include "oracle.h"

#include <gmp.h>

#include "scarce_memory.h"
#include "stats/moments.h"

/*
 * GMP has its own way to memory, and ends the process when there is none: the library must never
 * make it go there. The oracle's numbers do, so that this is looked at around the library's calls.
 */
static long gmp_asked;

static void *gmp_allocate(size_t size)
{
    gmp_asked++;
    return malloc(size);
}

static void *gmp_reallocate(void *memory, size_t before, size_t size)
{
    (void)before;
    gmp_asked++;
    return realloc(memory, size);
}

static void gmp_free(void *memory, size_t size)
{
    (void)size;
    free(memory);
}

static struct assay_moments *new_moments(uint32_t denominator, uint32_t covariates)
{
    struct assay_error err;
    struct assay_moments *moments;
    struct assay_moments_shape shape = {denominator, covariates};
    assert_ok(assay_moments_new(shape, &moments, &err), &err);
    return moments;
}

/* Adds the rows from *done on; *done is the first that did not go in. */
static enum assay_status add_rows(struct assay_moments *moments, const struct oracle_row *rows,
                                  size_t count, size_t *done)
{
    for (; *done < count; ++*done) {
        const struct oracle_row *row = &rows[*done];
        enum assay_status status =
            row->is_double ? assay_moments_add(moments, row->doubles, NULL)
                           : assay_moments_add_decimal(moments, row->decimals, row->missing, NULL);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

/* Rows that need every kind of memory: patterns, wide stores, chunks, big sums. */
enum { COUNT = 60 };

static struct oracle_row *draw_rows(struct assay_moments_shape shape)
{
    uint64_t state = 7;
    struct oracle_row *rows = calloc(COUNT, sizeof *rows);
    oracle_fill(rows, COUNT, shape, ORACLE_MIXED, true, &state);
    return rows;
}

static void check_equal(const struct assay_moments *got, const struct assay_moments *want)
{
    struct assay_error err;
    ck_assert_uint_eq(assay_moments_count(got), assay_moments_count(want));
    ck_assert_uint_eq(assay__moments_pattern_count(got), assay__moments_pattern_count(want));
    for (uint32_t p = 0; p < assay__moments_pattern_count(want); p++) {
        for (uint32_t i = 0; i < assay__moments_sum_count(assay_moments_shape(want)); i++) {
            struct assay__text a = {0}, b = {0};
            assert_ok(assay__moments_write_sum(want, p, i, &a, &err), &err);
            assert_ok(assay__moments_write_sum(got, p, i, &b, &err), &err);
            ck_assert_str_eq(a.data, b.data);
            assay__text_release(&a);
            assay__text_release(&b);
        }
    }
}

START_TEST(a_failed_addition_is_reported_and_loses_nothing)
{
    struct oracle_row *rows = draw_rows((struct assay_moments_shape){1, 3});
    struct assay_moments *want = new_moments(1, 3), *got = new_moments(1, 3);
    size_t done = 0;
    ck_assert_int_eq(add_rows(want, rows, COUNT, &done), ASSAY_OK);

    /* Every row is tried with no allocation, with one, and so on until it is in. */
    long failures = 0, granted = 0, asked = gmp_asked;
    only_one_fails = _i == 1;
    for (done = 0; done < COUNT;) {
        size_t before = done;
        allocations_left = granted;
        enum assay_status status = add_rows(got, rows, done + 1, &done);
        allocations_left = -1;
        ck_assert_uint_eq(assay_moments_count(got), done);
        ck_assert_int_eq(status, done == before ? ASSAY_ERROR_MEMORY : ASSAY_OK);
        granted = status == ASSAY_OK ? 0 : granted + 1;
        failures += status != ASSAY_OK;
        ck_assert_int_lt(granted, 1000);
    }
    ck_assert_int_gt(failures, 50);
    ck_assert_int_eq(gmp_asked, asked);
    check_equal(got, want);
    assay_moments_free(got);
    assay_moments_free(want);
    oracle_release(rows, COUNT);
}
END_TEST

START_TEST(a_failed_merge_is_reported)
{
    struct oracle_row *rows = draw_rows((struct assay_moments_shape){1, 3});
    struct assay_moments *from = new_moments(1, 3);
    size_t done = 0;
    ck_assert_int_eq(add_rows(from, rows, COUNT, &done), ASSAY_OK);
    for (long granted = 0;; granted++) {
        struct assay_moments *into = new_moments(1, 3);
        long asked = gmp_asked;
        only_one_fails = _i == 1;
        allocations_left = granted;
        enum assay_status status = assay_moments_merge(into, from, NULL);
        allocations_left = -1;
        ck_assert_int_eq(gmp_asked, asked);
        if (status == ASSAY_OK)
            check_equal(into, from);
        assay_moments_free(into);
        if (status == ASSAY_OK) {
            ck_assert_int_gt(granted, 10);
            break;
        }
        ck_assert_int_eq(status, ASSAY_ERROR_MEMORY);
    }
    assay_moments_free(from);
    oracle_release(rows, COUNT);
}
END_TEST

START_TEST(nothing_is_made_or_written_without_memory)
{
    struct assay_moments *none = NULL, *moments = new_moments(0, 0);
    struct assay__text text = {0};
    /* Too large for integers of one scale beside what is there. */
    const struct assay_decimal sums[3] = {{1, 100, 0, NULL}, {1, 200, 0, NULL}, {1, 300, 0, NULL}};
    const int32_t scale = 0, far = 100;
    const uint64_t limbs[9] = {1, 0, 1, 0, 0, 1, 0, 0, 0};
    struct assay_error err;
    assert_ok(assay__moments_add_narrow(moments, 0, 1, &scale, limbs, &err), &err);
    allocations_left = 0;
    enum assay_status made = assay_moments_new((struct assay_moments_shape){0, 0}, &none, NULL);
    enum assay_status summed = assay__moments_add_sums(moments, 0, 1, sums, true, NULL);
    enum assay_status centred = assay__moments_add_centred(moments, 1, sums, sums, NULL);
    enum assay_status narrow = assay__moments_add_narrow(moments, 0, 1, &far, limbs, NULL);
    allocations_left = -1;
    ck_assert_int_eq(made, ASSAY_ERROR_MEMORY);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(summed, ASSAY_ERROR_MEMORY);
    ck_assert_int_eq(centred, ASSAY_ERROR_MEMORY);
    ck_assert_int_eq(narrow, ASSAY_ERROR_MEMORY);
    ck_assert_uint_eq(assay_moments_count(moments), 1);

    allocations_left = 0;
    enum assay_status written = assay__moments_write_sum(moments, 0, 0, &text, NULL);
    allocations_left = -1;
    ck_assert_int_eq(written, ASSAY_ERROR_MEMORY);
    assay__text_release(&text);
    assay_moments_free(moments);
}
END_TEST

/* What the library computes from moments of the first kind, one call after another. */
struct figures {
    struct assay_comparison comparison;
    struct assay_anova anova;
    double figure[5]; /* mean, variance, deviation, covariance, skewness */
    struct assay__text text;
};

static enum assay_status compute(const struct assay_moments *const groups[3], int step,
                                 struct figures *out)
{
    const struct assay_method method = {.type = ASSAY_METRIC_RATIO,
                                        .test = ASSAY_TEST_T,
                                        .side = ASSAY_SIDE_BOTH,
                                        .alpha = 0.05,
                                        .reduction = ASSAY_REDUCTION_FULL};
    switch (step) {
    case 0:
        return assay_moments_compare(groups, 3, 0, 1, &method, &out->comparison, NULL);
    case 1:
        return assay_anova_test(groups, 3, &out->anova, NULL);
    case 2:
        for (uint32_t i = 0; i < assay__moments_sum_count((struct assay_moments_shape){1, 3});
             i++) {
            enum assay_status status = assay__moments_write_sum(groups[0], 0, i, &out->text, NULL);
            if (status != ASSAY_OK)
                return status;
        }
        return ASSAY_OK;
    default:
        out->figure[0] = assay_moments_mean(groups[0], 0);
        out->figure[1] = assay_moments_variance(groups[0], 0);
        out->figure[2] = assay_moments_deviation(groups[0], 0);
        out->figure[3] = assay_moments_covariance(groups[0], 0, 2);
        out->figure[4] = assay_moments_skewness(groups[0]);
        for (int i = 0; i < 5; i++) /* NaN is how these say it */
            if (isnan(out->figure[i]))
                return ASSAY_ERROR_MEMORY;
        return ASSAY_OK;
    }
}

/* Both were computed from zeroed memory, so that padding is equal too. */
static void check_figures(const struct figures *got, const struct figures *want)
{
    ck_assert_mem_eq(&got->comparison, &want->comparison, sizeof got->comparison);
    ck_assert_mem_eq(&got->anova, &want->anova, sizeof got->anova);
    ck_assert_mem_eq(got->figure, want->figure, sizeof got->figure);
    ck_assert_pstr_eq(got->text.data, want->text.data);
}

/* Sums too long for a number to hold itself: each allocation fails in turn, alone or with all
 * after it, and the outcome is the status or the very figures. */
START_TEST(figures_are_right_or_fail)
{
    static const enum oracle_kind kinds[3] = {ORACLE_FAR, ORACLE_DOUBLES, ORACLE_MIXED};
    struct assay_moments *groups[3];
    for (int g = 0; g < 3; g++) {
        uint64_t state = 40 + (uint64_t)g;
        struct oracle_row *rows = calloc(COUNT, sizeof *rows);
        ck_assert_ptr_nonnull(rows);
        groups[g] = new_moments(1, 3);
        oracle_fill(rows, COUNT, (struct assay_moments_shape){1, 3}, kinds[_i % 3], true, &state);
        size_t done = 0;
        ck_assert_int_eq(add_rows(groups[g], rows, COUNT, &done), ASSAY_OK);
        oracle_release(rows, COUNT);
    }
    const struct assay_moments *const view[3] = {groups[0], groups[1], groups[2]};
    for (int step = 0; step < 4; step++) {
        struct figures want, got;
        memset(&want, 0, sizeof want);
        long granted = 0, asked = gmp_asked;
        ck_assert_int_eq(compute(view, step, &want), ASSAY_OK);
        for (enum assay_status status = ASSAY_ERROR_MEMORY; status != ASSAY_OK; granted++) {
            memset(&got, 0, sizeof got);
            only_one_fails = _i >= 3;
            allocations_left = granted;
            status = compute(view, step, &got);
            /* Memory that was not asked for was not missed. */
            bool is_left = allocations_left > 0 || (allocations_left == 0 && status == ASSAY_OK);
            allocations_left = -1;
            ck_assert_int_eq(status, is_left ? ASSAY_OK : ASSAY_ERROR_MEMORY);
            if (status == ASSAY_OK)
                check_figures(&got, &want);
            assay__text_release(&got.text);
        }
        ck_assert_int_gt(granted, 10);
        ck_assert_int_eq(gmp_asked, asked);
        assay__text_release(&want.text);
    }
    for (int g = 0; g < 3; g++)
        assay_moments_free(groups[g]);
}
END_TEST

/* Numbers at the limits of decimals: sums of 10^60000 and more, in pieces that GMP can do. */
START_TEST(the_longest_sums_need_nothing_of_gmp)
{
    struct assay_error err;
    struct assay_moments *moments[2] = {new_moments(0, 0), new_moments(0, 0)};
    static const int32_t exponents[] = {-10000, 10000, 0, 10000, -10000, 5};
    struct assay__text text = {0};
    struct assay_comparison comparison;
    struct assay_anova anova;
    const struct assay_method method = {.alpha = 0.05, .side = ASSAY_SIDE_BOTH};
    const struct assay_moments *const view[2] = {moments[0], moments[1]};
    long asked = gmp_asked;
    for (int i = 0; i < 6; i++) {
        struct assay_decimal value = {.mantissa = INT64_MAX - i, .exponent = exponents[i]};
        for (int g = 0; g < 2; g++) {
            value.mantissa -= g;
            assert_ok(assay_moments_add_decimal(moments[g], &value, 0, &err), &err);
        }
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_ok(assay__moments_write_sum(moments[0], 0, i, &text, &err), &err);
    ck_assert_uint_gt(text.length, 120000);
    ck_assert_double_gt(assay_moments_skewness(moments[0]), 0.5);
    assert_ok(assay_moments_compare(view, 2, 0, 1, &method, &comparison, &err), &err);
    assert_ok(assay_anova_test(view, 2, &anova, &err), &err);
    ck_assert_int_eq(gmp_asked, asked);
    assay__text_release(&text);
    for (int g = 0; g < 2; g++)
        assay_moments_free(moments[g]);
}
END_TEST

/* Two samples of 2^20 vectors, whose values have digits from 10^17 down to 10^-30. */
static void fill_wide_range(struct assay_moments *moments[2])
{
    struct assay_error err;
    for (int g = 0; g < 2; g++) {
        struct assay_moments *shard = new_moments(1, 0);
        for (int i = 0; i < 32; i++) {
            struct assay_decimal values[2] = {{.mantissa = 999999999999999999 - i},
                                              {.mantissa = 999999999999999999 - 7 * i * i}};
            values[0].exponent = i % 3 == 0 ? -30 : 0;
            values[1].exponent = i % 2 == 0 ? -30 : -15 * g;
            assert_ok(assay_moments_add_decimal(shard, values, 0, &err), &err);
        }
        for (int i = 5; i < 20; i++) {
            struct assay_moments *twice = new_moments(1, 0);
            assert_ok(assay_moments_merge(twice, shard, &err), &err);
            assert_ok(assay_moments_merge(twice, shard, &err), &err);
            assay_moments_free(shard);
            shard = twice;
        }
        ck_assert_uint_eq(assay_moments_count(shard), UINT64_C(1) << 20);
        moments[g] = shard;
    }
}

/* What include/assay/moments.h promises of values that fit 160 bits. */
START_TEST(figures_of_ordinary_range_need_no_memory)
{
    struct assay_moments *moments[2];
    struct assay_comparison comparison;
    struct assay_anova anova;
    struct assay_error err;
    fill_wide_range(moments);
    const struct assay_moments *const view[2] = {moments[0], moments[1]};
    struct assay_method method = {
        .type = ASSAY_METRIC_RATIO, .alpha = 0.05, .side = ASSAY_SIDE_BOTH};
    allocations_left = 0;
    assert_ok(assay_moments_compare(view, 2, 0, 1, &method, &comparison, &err), &err);
    assert_ok(assay_anova_test(view, 2, &anova, &err), &err);
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert(!isnan(assay_moments_mean(moments[0], i)));
        ck_assert(!isnan(assay_moments_variance(moments[0], i)));
        ck_assert(!isnan(assay_moments_deviation(moments[0], i)));
        ck_assert(!isnan(assay_moments_covariance(moments[0], 0, i)));
    }
    ck_assert(!isnan(assay_moments_skewness(moments[0])));
    allocations_left = -1;
    for (int g = 0; g < 2; g++)
        assay_moments_free(moments[g]);
}
END_TEST

/* After the first vectors a sample of one kind allocates nothing more. */
START_TEST(adding_allocates_only_at_first)
{
    struct assay_error err;
    struct assay_moments *moments = new_moments(1, 2);
    uint64_t state = 11;
    for (int i = 0; i < 2000; i++) {
        if (i == 2)
            allocations_left = 0;
        double row[4];
        for (int k = 0; k < 4; k++)
            row[k] = (double)oracle_random(&state) * 1e-17;
        struct assay_decimal decimals[4] = {{.mantissa = 1999, .exponent = -2},
                                            {.mantissa = i},
                                            {.mantissa = -5, .exponent = -1},
                                            {.mantissa = 3, .exponent = -3}};
        assert_ok(assay_moments_add(moments, row, &err), &err);
        assert_ok(assay_moments_add_decimal(moments, decimals, 0, &err), &err);
    }
    allocations_left = -1;
    assay_moments_free(moments);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, a_failed_addition_is_reported_and_loses_nothing, 0, 2);
    tcase_add_loop_test(cases, a_failed_merge_is_reported, 0, 2);
    tcase_add_test(cases, nothing_is_made_or_written_without_memory);
    tcase_add_loop_test(cases, figures_are_right_or_fail, 0, 6);
    tcase_add_test(cases, figures_of_ordinary_range_need_no_memory);
    tcase_add_test(cases, the_longest_sums_need_nothing_of_gmp);
    tcase_add_test(cases, adding_allocates_only_at_first);
}

int main(void)
{
    mp_set_memory_functions(gmp_allocate, gmp_reallocate, gmp_free);
    return test_main_apart("moments_memory", add);
}
