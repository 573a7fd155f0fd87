/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups of wide numbers against rational arithmetic on the completed data: every missing
 * covariate replaced by its mean over all groups, everything centred by its definition.
 */
#include "oracle.h"

#include <mpfr.h>

#include "stats/centred.h"

enum { ROWS = 30, GROUPS = 3 };

static const uint64_t seed = 7072026;

struct experiment {
    struct assay_moments_shape shape;
    struct oracle_row *rows[GROUPS];
    struct assay_moments *groups[GROUPS];
    struct assay__wide fill[ASSAY_COVARIATES_MAX];
};

static void start(struct experiment *e, struct assay_moments_shape shape, enum oracle_kind kind,
                  bool with_missing, uint64_t *state)
{
    struct assay_error err;
    e->shape = shape;
    for (size_t g = 0; g < GROUPS; g++) {
        e->rows[g] = calloc(ROWS, sizeof *e->rows[g]);
        oracle_fill(e->rows[g], ROWS, shape, kind, with_missing, state);
        assert_ok(assay_moments_new(shape, &e->groups[g], &err), &err);
        for (size_t r = 0; r < ROWS; r++)
            oracle_add(e->groups[g], &e->rows[g][r]);
    }
    assert_ok(
        assay__moments_fill((const struct assay_moments *const *)e->groups, GROUPS, e->fill, &err),
        &err);
}

static void finish(struct experiment *e)
{
    for (size_t g = 0; g < GROUPS; g++) {
        assay_moments_free(e->groups[g]);
        oracle_release(e->rows[g], ROWS);
    }
}

/* |got - want| <= 2^-bits |want|, both as rationals. */
static void check_wide(const char *what, uint32_t i, uint32_t j, struct assay__wide got,
                       mpq_srcptr want, long bits)
{
    mpfr_t view;
    mpq_t value, error;
    mpq_inits(value, error, NULL);
    mpfr_custom_init_set(view, got.kind, got.exponent, ASSAY__WIDE_BITS, got.limbs);
    ck_assert_msg(mpfr_number_p(view), "%s(%u, %u) is not a number", what, i, j);
    mpfr_get_q(value, view);
    mpq_sub(error, value, want);
    mpq_abs(error, error);
    mpq_mul_2exp(error, error, (mp_bitcnt_t)bits);
    mpq_abs(value, want);
    ck_assert_msg(mpq_cmp(error, value) <= 0, "%s(%u, %u) = %g, exact %g, error more than 2^-%ld",
                  what, i, j, assay__wide_double(got), mpq_get_d(want), bits);
    mpq_clears(value, error, NULL);
}

/* The mean of a covariate over the rows of all groups where it is present; 0 for none. */
static void mean_over_groups(const struct experiment *e, uint32_t variable, mpq_ptr mean)
{
    mpq_t n;
    mpq_init(n);
    uint64_t count = 0;
    mpq_set_ui(mean, 0, 1);
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t r = 0; r < ROWS; r++)
            if (oracle_present(&e->rows[g][r], e->shape, variable)) {
                mpq_add(mean, mean, e->rows[g][r].exact[variable]);
                count++;
            }
    mpq_set_ui(n, count == 0 ? 1 : count, 1);
    mpq_div(mean, mean, n);
    mpq_clear(n);
}

/* deviations[r][v] = completed value - mean of completed values; means[v]. */
static void centre(const struct experiment *e, size_t g, mpq_t deviations[ROWS][ORACLE_VARIABLES],
                   mpq_t means[ORACLE_VARIABLES])
{
    uint32_t variables = 1 + e->shape.has_denominator + e->shape.covariate_count;
    mpq_t fill, n;
    mpq_inits(fill, n, NULL);
    mpq_set_ui(n, ROWS, 1);
    for (uint32_t v = 0; v < variables; v++) {
        mean_over_groups(e, v, fill);
        mpq_init(means[v]);
        for (size_t r = 0; r < ROWS; r++) {
            const struct oracle_row *row = &e->rows[g][r];
            mpq_init(deviations[r][v]);
            mpq_set(deviations[r][v], oracle_present(row, e->shape, v) ? row->exact[v] : fill);
            mpq_add(means[v], means[v], deviations[r][v]);
        }
        mpq_div(means[v], means[v], n);
        for (size_t r = 0; r < ROWS; r++)
            mpq_sub(deviations[r][v], deviations[r][v], means[v]);
    }
    mpq_clears(fill, n, NULL);
}

static void sum_products(mpq_t deviations[ROWS][ORACLE_VARIABLES], const uint32_t *factors,
                         uint32_t order, mpq_ptr sum)
{
    mpq_t product;
    mpq_init(product);
    mpq_set_ui(sum, 0, 1);
    for (size_t r = 0; r < ROWS; r++) {
        mpq_set_ui(product, 1, 1);
        for (uint32_t k = 0; k < order; k++)
            mpq_mul(product, product, deviations[r][factors[k]]);
        mpq_add(sum, sum, product);
    }
    mpq_clear(product);
}

static void check_group(const struct experiment *e, size_t g, long bits)
{
    static mpq_t deviations[ROWS][ORACLE_VARIABLES], means[ORACLE_VARIABLES];
    static const uint32_t thirds[4][3] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}};
    struct assay__group group;
    struct assay_error err;
    mpq_t sum;
    mpq_init(sum);
    assert_ok(assay__moments_group(e->groups[g], e->fill, &group, &err), &err);
    ck_assert_uint_eq(group.n, ROWS);
    ck_assert(group.has_third);
    uint32_t variables = 1 + e->shape.has_denominator + e->shape.covariate_count;
    ck_assert_uint_eq(group.variable_count, variables);
    centre(e, g, deviations, means);
    for (uint32_t i = 0; i < variables; i++) {
        check_wide("mean", i, i, group.mean[i], means[i], bits);
        for (uint32_t j = 0; j <= i; j++) {
            const uint32_t factors[2] = {i, j};
            sum_products(deviations, factors, 2, sum);
            check_wide("centred", i, j, group.centred[assay__pair(i, j)], sum, bits);
        }
    }
    for (uint32_t k = 0; k < (e->shape.has_denominator ? 4u : 1u); k++) {
        sum_products(deviations, thirds[k], 3, sum);
        check_wide("third", k, 0, group.third[k], sum, 318);
    }
    for (uint32_t v = 0; v < variables; v++) {
        mpq_clear(means[v]);
        for (size_t r = 0; r < ROWS; r++)
            mpq_clear(deviations[r][v]);
    }
    mpq_clear(sum);
}

/* Complete data: one rounding, whatever the data. */
START_TEST(complete_groups_are_rounded_once)
{
    static const struct assay_moments_shape shapes[] = {{0, 0}, {1, 0}, {0, 2}, {1, 3}};
    uint64_t state = seed + (uint64_t)_i;
    struct experiment e;
    start(&e, shapes[_i % 4], (enum oracle_kind)(_i / 4), false, &state);
    for (size_t g = 0; g < GROUPS; g++)
        check_group(&e, g, 319);
    finish(&e);
}
END_TEST

/*
 * The constant that stands in for a missing covariate is itself rounded to 320 bits, so that sums
 * which nearly cancel keep a little less.
 */
START_TEST(missing_covariates_count_as_the_mean_of_all_groups)
{
    static const struct assay_moments_shape shapes[] = {{0, 1}, {1, 1}, {0, 4}, {1, 3}};
    uint64_t state = seed + 500 + (uint64_t)_i;
    struct experiment e;
    start(&e, shapes[_i % 4], (enum oracle_kind)(_i / 4), true, &state);
    for (size_t g = 0; g < GROUPS; g++)
        check_group(&e, g, 280);
    uint64_t missing = 0;
    for (size_t r = 0; r < ROWS; r++)
        missing += e.rows[0][r].missing & 1;
    ck_assert_uint_eq(assay__moments_missing(e.groups[0], 0), missing);
    finish(&e);
}
END_TEST

/* Offset 1e15, spread 1e-9, with and without missing values. */
START_TEST(an_offset_costs_no_digits)
{
    struct assay_moments_shape shape = {0, 1};
    struct assay_error err;
    struct experiment e = {.shape = shape};
    uint64_t state = seed;
    for (size_t g = 0; g < GROUPS; g++) {
        e.rows[g] = calloc(ROWS, sizeof *e.rows[g]);
        oracle_fill(e.rows[g], ROWS, shape, ORACLE_LONG, _i == 1, &state);
        assert_ok(assay_moments_new(shape, &e.groups[g], &err), &err);
        for (size_t r = 0; r < ROWS; r++) {
            struct oracle_row *row = &e.rows[g][r];
            for (uint32_t v = 0; v < 2; v++) {
                uint64_t spread = oracle_random(&state) % 1000;
                snprintf(row->digits[v], sizeof row->digits[v], "%s%012llu", "1000000000000000",
                         (unsigned long long)spread);
                row->decimals[v] = (struct assay_decimal){
                    .mantissa = 1, .exponent = -12, .digit_count = 28, .digits = row->digits[v]};
                char text[64];
                snprintf(text, sizeof text, "%se-12", row->digits[v]);
                oracle_read(text, row->exact[v]);
            }
            oracle_add(e.groups[g], row);
        }
    }
    assert_ok(
        assay__moments_fill((const struct assay_moments *const *)e.groups, GROUPS, e.fill, &err),
        &err);
    for (size_t g = 0; g < GROUPS; g++)
        check_group(&e, g, _i == 1 ? 200 : 319);
    finish(&e);
}
END_TEST

START_TEST(a_covariate_present_nowhere_is_zero)
{
    struct assay_moments_shape shape = {0, 1};
    struct assay_moments *moments, *empty;
    struct assay_error err;
    struct assay__wide fill[ASSAY_COVARIATES_MAX];
    struct assay__group group;
    assert_ok(assay_moments_new(shape, &moments, &err), &err);
    assert_ok(assay_moments_new(shape, &empty, &err), &err);
    for (int i = 0; i < 5; i++) {
        const double row[2] = {2.5 * i, (double)NAN};
        assert_ok(assay_moments_add(moments, row, &err), &err);
    }
    const struct assay_moments *groups[3] = {moments, NULL, empty};
    assert_ok(assay__moments_fill(groups, 3, fill, &err), &err);
    ck_assert_int_eq(assay__wide_sign(fill[0]), 0);
    assert_ok(assay__moments_group(moments, fill, &group, &err), &err);
    ck_assert_double_eq(assay__wide_double(group.mean[0]), 5.0);
    ck_assert_double_eq(assay__wide_double(group.centred[0]), 62.5);
    ck_assert_int_eq(assay__wide_sign(group.mean[1]), 0);
    ck_assert_int_eq(assay__wide_sign(group.centred[2]), 0);
    ck_assert_uint_eq(assay__moments_missing(moments, 0), 5);
    assert_ok(assay__moments_group(empty, fill, &group, &err), &err);
    ck_assert_uint_eq(group.n, 0);
    ck_assert_int_eq(assay__wide_sign(group.centred[0]), 0);
    assay_moments_free(moments);
    assay_moments_free(empty);
}
END_TEST

START_TEST(a_summary_becomes_a_group)
{
    struct assay__group group;
    assay__group_of_summary(101, 2.5, 4.0, 0.75, &group);
    ck_assert_uint_eq(group.n, 101);
    ck_assert_uint_eq(group.variable_count, 1);
    ck_assert_double_eq(assay__wide_double(group.mean[0]), 2.5);
    ck_assert_double_eq(assay__wide_double(group.centred[0]), 400.0);
    /* C3 = g1 C2 sqrt(C2 / n) */
    ck_assert(group.has_third);
    assert_close(assay__wide_double(group.third[0]), 0.75 * 400.0 * sqrt(400.0 / 101.0), 4e-16);
    assay__group_of_summary(101, 2.5, 4.0, (double)NAN, &group);
    ck_assert(!group.has_third);
    assay__group_of_summary(1, 2.5, 0.0, (double)NAN, &group);
    ck_assert_int_eq(assay__wide_sign(group.centred[0]), 0);
}
END_TEST

static void add(TCase *cases)
{
    printf("seed %llu\n", (unsigned long long)seed);
    tcase_add_loop_test(cases, complete_groups_are_rounded_once, 0, 4 * ORACLE_KINDS);
    tcase_add_loop_test(cases, missing_covariates_count_as_the_mean_of_all_groups, 0,
                        4 * ORACLE_KINDS);
    tcase_add_loop_test(cases, an_offset_costs_no_digits, 0, 2);
    tcase_add_test(cases, a_covariate_present_nowhere_is_zero);
    tcase_add_test(cases, a_summary_becomes_a_group);
}

int main(void)
{
    return test_main("group", add);
}
