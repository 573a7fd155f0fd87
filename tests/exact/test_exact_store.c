/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where moments keep their sums: a block's integers, stores that fill up, stores that stay small.
 */
#include "exact_moments.h"

START_TEST(integer_sums_of_a_block_are_those_of_its_rows)
{
    /* Covariate 0 of 2 is missing; value and covariate 1 at scales -2 and 1. */
    struct assay_error err;
    struct assay_moments *rows = new_moments(0, 2), *block = new_moments(0, 2);
    static const int64_t values[3][2] = {{1999, 3}, {-250, -4}, {7, 11}};
    const int32_t scales[2] = {-2, 1};
    int64_t s0 = 0, s1 = 0, p00 = 0, p10 = 0, p11 = 0, cubes = 0;
    for (int r = 0; r < 3; r++) {
        int64_t a = values[r][0], b = values[r][1];
        struct assay_decimal row[3] = {
            {.mantissa = a, .exponent = -2}, {0}, {.mantissa = b, .exponent = 1}};
        assert_ok(assay_moments_add_decimal(rows, row, 1, &err), &err);
        s0 += a;
        s1 += b;
        p00 += a * a;
        p10 += a * b;
        p11 += b * b;
        cubes += a * a * a;
    }
#define LIMB(x) (uint64_t)(x)
#define SIGN(x) ((x) < 0 ? UINT64_MAX : 0)
    const uint64_t limbs[] = {LIMB(s0),    SIGN(s0),   LIMB(s1),  SIGN(s1),    LIMB(p00),
                              SIGN(p00),   SIGN(p00),  LIMB(p10), SIGN(p10),   SIGN(p10),
                              LIMB(p11),   SIGN(p11),  SIGN(p11), LIMB(cubes), SIGN(cubes),
                              SIGN(cubes), SIGN(cubes)};
    assert_ok(assay__moments_add_narrow(block, 1, 3, scales, limbs, &err), &err);
    for (uint32_t i = 0; i < assay__moments_sum_count((struct assay_moments_shape){0, 2}); i++) {
        struct assay__text want = {0};
        assert_ok(assay__moments_write_sum(rows, 0, i, &want, &err), &err);
        check_text(block, i, want.data);
        assay__text_release(&want);
    }
    ck_assert_uint_eq(assay_moments_count(block), 3);
    refuse(assay__moments_add_narrow(block, 8, 3, scales, limbs, &err), ASSAY_ERROR_DOMAIN, &err,
           "beyond the 2");
    assay_moments_free(rows);
    assay_moments_free(block);
}
END_TEST

/* Stores near the top of their sums: merged again and again they must spill, not wrap. */
START_TEST(full_stores_spill_into_big_sums)
{
    struct assay_error err;
    struct assay_moments *moments = new_moments(0, 0), *other = new_moments(0, 0);
    const int32_t scale = 3;
    /* One "vector": sum 2^124, squares 2^188, cubes -2^252. */
    const uint64_t limbs[9] = {0, UINT64_C(1) << 60, 0, 0, UINT64_C(1) << 60, 0, 0, 0, 0};
    uint64_t with_cube[9];
    memcpy(with_cube, limbs, sizeof limbs);
    with_cube[8] = UINT64_MAX << 60;
    for (int i = 0; i < 3; i++) {
        assert_ok(assay__moments_add_narrow(moments, 0, 1, &scale, with_cube, &err), &err);
        assert_ok(assay__moments_add_narrow(other, 0, 1, &scale, with_cube, &err), &err);
    }
    for (int i = 0; i < 5; i++)
        assert_ok(assay_moments_merge(moments, other, &err), &err);
    add_number(moments, 1, -2); /* finer scale: the full sums cannot take it */
    mpq_t want, got, part;
    mpq_inits(want, got, part, NULL);
    static const struct {
        unsigned bits, power;
        const char *rest;
        int sign;
    } sums[] = {{124, 3, "0.01", 1}, {188, 6, "0.0001", 1}, {252, 9, "0.000001", -1}};
    for (uint32_t i = 0; i < 3; i++) {
        struct assay__text text = {0};
        assert_ok(assay__moments_write_sum(moments, 0, i, &text, &err), &err);
        oracle_read(text.data, got);
        mpz_t power;
        mpz_init(power);
        mpz_ui_pow_ui(power, 10, sums[i].power);
        mpq_set_z(want, power);
        mpz_ui_pow_ui(power, 2, sums[i].bits);
        mpz_mul(mpq_numref(want), mpq_numref(want), power);
        mpz_mul_si(mpq_numref(want), mpq_numref(want), 18 * sums[i].sign);
        oracle_read(sums[i].rest, part);
        mpq_add(want, want, part);
        ck_assert_msg(mpq_equal(want, got), "sum %u: %s", i, text.data);
        mpz_clear(power);
        assay__text_release(&text);
    }
    mpq_clears(want, got, part, NULL);
    assay_moments_free(moments);
    assay_moments_free(other);
}
END_TEST

/* One value with many decimals must not push ordinary values out of the narrow store. */
START_TEST(ordinary_data_stay_in_the_small_store)
{
    struct assay_moments *moments = new_moments(0, 0);
    for (int i = 0; i < 100; i++)
        add_number(moments, 123456 + 37 * i, i % 3 - 2);
    ck_assert_ptr_null(moments->complete->wide);
    add_number(moments, 1, -18);
    for (int i = 0; i < 100; i++)
        add_number(moments, 123456 + 37 * i, i % 3 - 2);
    ck_assert_uint_eq(moments->complete->narrow.count, 200);
    ck_assert_uint_eq(moments->complete->wide->count, 1);
    ck_assert_ptr_null(moments->complete->big);
    const double integers[3] = {0.0, 1.0, -9007199254740992.0};
    add_doubles(moments, integers, 3);
    ck_assert_ptr_null(moments->complete->chunks);
    assay_moments_free(moments);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, integer_sums_of_a_block_are_those_of_its_rows);
    tcase_add_test(cases, full_stores_spill_into_big_sums);
    tcase_add_test(cases, ordinary_data_stay_in_the_small_store);
}

int main(void)
{
    return test_main("exact_store", add);
}
