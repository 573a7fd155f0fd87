/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moments do when memory runs out, and how rarely they ask for any. */
#include "oracle.h"

#include "stats/moments.h"

/*
 * The library takes all its memory from calloc(). Here calloc() counts, and fails on command; the
 * rest of the program only notices when a test has set allocations_left.
 */
static long allocations_left = -1; /* -1: never fail */
static long allocations;

void *calloc(size_t count, size_t size)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    allocations++;
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    volatile size_t bytes = count * size; /* or a compiler sees calloc() in these two calls */
    void *memory = malloc(bytes == 0 ? 1 : bytes);
    return memory == NULL ? NULL : memset(memory, 0, bytes);
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

    /* Every allocation fails once, then one is granted, and so on until all rows are in. */
    long failures = 0;
    for (done = 0;; failures++) {
        allocations_left = 0;
        enum assay_status status = add_rows(got, rows, COUNT, &done);
        allocations_left = -1;
        if (status == ASSAY_OK)
            break;
        ck_assert_int_eq(status, ASSAY_ERROR_MEMORY);
        ck_assert_uint_eq(assay_moments_count(got), done);
        ck_assert_int_lt(failures, 1000);
        allocations_left = 1;
        status = add_rows(got, rows, done + 1, &done);
        allocations_left = -1;
        ck_assert(status == ASSAY_OK || status == ASSAY_ERROR_MEMORY);
    }
    ck_assert_int_gt(failures, 20);
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
        allocations_left = granted;
        enum assay_status status = assay_moments_merge(into, from, NULL);
        allocations_left = -1;
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
    struct assay_moments *none, *moments = new_moments(0, 0);
    struct assay__text text = {0};
    const struct assay_decimal sums[3] = {{.mantissa = 1}, {.mantissa = 1}, {.mantissa = 1}};
    const int32_t scale = 0;
    const uint64_t limbs[9] = {1, 0, 1, 0, 0, 1, 0, 0, 0};
    allocations_left = 0;
    enum assay_status made = assay_moments_new((struct assay_moments_shape){0, 0}, &none, NULL);
    enum assay_status summed = assay__moments_add_sums(moments, 0, 1, sums, true, NULL);
    enum assay_status centred = assay__moments_add_centred(moments, 1, sums, sums, NULL);
    enum assay_status narrow = assay__moments_add_narrow(moments, 0, 1, &scale, limbs, NULL);
    allocations_left = -1;
    ck_assert_int_eq(made, ASSAY_ERROR_MEMORY);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(summed, ASSAY_ERROR_MEMORY);
    ck_assert_int_eq(centred, ASSAY_ERROR_MEMORY);
    ck_assert_int_eq(narrow, ASSAY_ERROR_MEMORY);
    ck_assert_uint_eq(assay_moments_count(moments), 0);

    struct assay_error err;
    assert_ok(assay__moments_add_narrow(moments, 0, 1, &scale, limbs, &err), &err);
    allocations_left = 0;
    enum assay_status written = assay__moments_write_sum(moments, 0, 0, &text, NULL);
    allocations_left = -1;
    ck_assert_int_eq(written, ASSAY_ERROR_MEMORY);
    assay__text_release(&text);
    assay_moments_free(moments);
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
            allocations = 0;
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
    ck_assert_int_eq(allocations, 0);
    assay_moments_free(moments);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_failed_addition_is_reported_and_loses_nothing);
    tcase_add_test(cases, a_failed_merge_is_reported);
    tcase_add_test(cases, nothing_is_made_or_written_without_memory);
    tcase_add_test(cases, adding_allocates_only_at_first);
}

int main(void)
{
    return test_main("moments_memory", add);
}
