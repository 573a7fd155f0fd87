/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which functions of the numerical core ask for memory, and that a thread that ends leaves nothing
 * behind: no constants in MPFR's caches, no pooled integers. The library takes its own memory from
 * calloc(), GMP and MPFR theirs from the functions that GMP was given.
 */
#include "test.h"

#include <gmp.h>
#include <mpfr.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_long asked, held;

void *calloc(size_t count, size_t size)
{
    atomic_fetch_add(&asked, 1);
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    volatile size_t bytes = count * size; /* or a compiler sees calloc() in these two calls */
    void *memory = malloc(bytes == 0 ? 1 : bytes);
    return memory == NULL ? NULL : memset(memory, 0, bytes);
}

static void *gmp_allocate(size_t size)
{
    atomic_fetch_add(&asked, 1);
    atomic_fetch_add(&held, 1);
    return malloc(size);
}

static void *gmp_reallocate(void *memory, size_t before, size_t size)
{
    (void)before;
    atomic_fetch_add(&asked, 1);
    return realloc(memory, size);
}

static void gmp_free(void *memory, size_t size)
{
    (void)size;
    atomic_fetch_sub(&held, 1);
    free(memory);
}

static const struct assay_size_design DESIGN = {.type = ASSAY_METRIC_PROPORTION,
                                                .test = ASSAY_TEST_Z,
                                                .side = ASSAY_SIDE_BOTH,
                                                .alpha = 0.05,
                                                .power = 0.8,
                                                .baseline_weight = 0.3,
                                                .compared_weight = 0.7,
                                                .baseline_mean = 0.25,
                                                .effect = 0.1,
                                                .variance_factor = 0.9};

static void compare_all(void)
{
    const struct assay_summary c = {1000, 1.25, 2.0, 0.5}, t = {70, 1.5, 3.0, 2.5};
    const struct assay_summary p = {1000, 0.25, 0.0, NAN}, q = {70, 0.375, 0.0, NAN};
    struct assay_comparison out;
    struct assay_error err;
    for (int test = 0; test < 2; test++)
        for (int side = 0; side < 3; side++)
            for (int skewness = 0; skewness < 3; skewness++) {
                struct assay_method method = {.test = (enum assay_test_kind)test,
                                              .side = (enum assay_side)side,
                                              .alpha = 0.05,
                                              .skewness = (enum assay_skewness_correction)skewness};
                assert_ok(assay_compare_summaries(&c, &t, &method, &out, &err), &err);
                method.type = ASSAY_METRIC_PROPORTION;
                assert_ok(assay_compare_summaries(&p, &q, &method, &out, &err), &err);
            }
}

static void size_all(void)
{
    struct assay_size_result size;
    struct assay_error err;
    double value, effect;
    for (int test = 0; test < 2; test++)
        for (int method = 0; method < (test == 0 ? 3 : 1); method++) {
            struct assay_size_design design = DESIGN;
            design.test = (enum assay_test_kind)test;
            design.method = (enum assay_size_method)method;
            assert_ok(assay_size_required(&design, &size, &err), &err);
            assert_ok(assay_size_power(&design, 300, 200, &value, &err), &err);
            assert_ok(assay_size_effect(&design, 300, 200, &effect, &err), &err);
            design.power = value; /* the power of a size: found with more digits */
            assert_ok(assay_size_required(&design, &size, &err), &err);
        }
}

static void srm_all(void)
{
    const uint64_t counts[] = {10300, 9900, 5050};
    const double weights[] = {0.4, 0.4, 0.2};
    struct assay_srm_group groups[3];
    struct assay_srm srm;
    struct assay_error err;
    for (int method = 0; method < 2; method++) {
        struct assay_srm_design design = {.method = (enum assay_srm_method)method,
                                          .alpha = 0.001,
                                          .tolerance = 1e-6,
                                          .concentration = 10000.0};
        assert_ok(assay_srm_test(counts, weights, 3, &design, groups, &srm, &err), &err);
    }
}

static void share_all(void)
{
    struct assay_error_plan plan = {0.05, 0.8, 0.01, 2, 3, 4, 5, 6};
    ck_assert_double_gt(assay_alpha_success(&plan, 1), 0.0);
    ck_assert_double_gt(assay_alpha_guardrail(&plan, 1), 0.0);
    ck_assert_double_gt(assay_alpha_deterioration(&plan, 1), 0.0);
    ck_assert_double_gt(assay_power_adjusted(&plan), 0.0);
    ck_assert_double_gt(assay_beta_adjusted(&plan), 0.0);
}

static void distribute_all(void)
{
    ck_assert_double_gt(assay_normal_quantile_upper(1e-9), 5.0);
    ck_assert_double_gt(assay_t_quantile_upper(1e-9, 5.5), 5.0);
    ck_assert_double_gt(assay_chi2_quantile_upper(1e-9, 1e6), 5.0);
    ck_assert_double_gt(assay_f_quantile_upper(1e-9, 3.0, 1e6), 5.0);
    ck_assert_double_lt(assay_f_log_upper(1e6, 30.0, 1e6), -5.0);
    ck_assert_double_gt(assay_nct_upper(2.0, 1e6, 3.0), 0.5);
    ck_assert_double_gt(assay_nct_lower(2.0, 3.5, 3.0), 0.0);
}

struct area {
    const char *name;
    void (*call)(void);
};

static const struct area AREAS[] = {{"compare", compare_all},
                                    {"size", size_all},
                                    {"srm", srm_all},
                                    {"correct", share_all},
                                    {"dist", distribute_all}};
enum { AREA_COUNT = sizeof AREAS / sizeof *AREAS };

START_TEST(hot_paths_ask_for_no_memory)
{
    for (int i = 0; i < AREA_COUNT; i++) {
        long before = atomic_load(&asked);
        AREAS[i].call();
        long after = atomic_load(&asked);
        ck_assert_msg(after == before, "%s asked %ld times", AREAS[i].name, after - before);
    }
}
END_TEST

/* Moments need memory: their sums have any length. */
static void compare_moments(void)
{
    struct assay_moments_shape shape = {1, 2};
    struct assay_moments *groups[2];
    struct assay_comparison out;
    struct assay_error err;
    for (int g = 0; g < 2; g++) {
        assert_ok(assay_moments_new(shape, &groups[g], &err), &err);
        for (int i = 0; i < 40; i++) {
            double x = (double)((i * 37 + g) % 41) / 3.0;
            const double row[] = {x + (double)(i % 7), 1.0 + (double)(i % 3), x,
                                  i % 5 == 0 ? (double)NAN : (double)(i % 11)};
            assert_ok(assay_moments_add(groups[g], row, &err), &err);
        }
    }
    const struct assay_moments *const view[] = {groups[0], groups[1]};
    struct assay_method method = {.type = ASSAY_METRIC_RATIO,
                                  .test = ASSAY_TEST_T,
                                  .side = ASSAY_SIDE_BOTH,
                                  .alpha = 0.05,
                                  .reduction = ASSAY_REDUCTION_FULL};
    struct assay_anova anova;
    assert_ok(assay_compare_moments(view, 2, 0, 1, &method, &out, &err), &err);
    assert_ok(assay_anova_test(view, 2, &anova, &err), &err);
    ck_assert_double_gt(assay_moments_skewness(groups[0]), -10.0);
    ck_assert_double_gt(assay_moments_deviation(groups[0], 0), 0.0);
    for (int g = 0; g < 2; g++)
        assay_moments_free(groups[g]);
}

static void *call_everything(void *unused)
{
    (void)unused;
    for (int i = 0; i < AREA_COUNT; i++)
        AREAS[i].call();
    compare_moments();
    return NULL;
}

START_TEST(a_thread_that_ends_leaves_no_memory)
{
    long before = atomic_load(&held);
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, call_everything, NULL), 0);
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
        ck_assert_int_eq(atomic_load(&held), before);
    }
    /* The count is one that MPFR's caches would move. */
    mpfr_t pi;
    mpfr_init2(pi, 320);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_clear(pi);
    ck_assert_int_gt(atomic_load(&held), before);
    mpfr_free_cache();
    ck_assert_int_eq(atomic_load(&held), before);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, hot_paths_ask_for_no_memory);
    tcase_add_test(cases, a_thread_that_ends_leaves_no_memory);
}

int main(void)
{
    mp_set_memory_functions(gmp_allocate, gmp_reallocate, gmp_free);
    return test_main("no_memory", add);
}
