/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * That what the numerical core computes needs no memory, nor much of a stack, and that a thread
 * that ends leaves nothing behind: no constants in MPFR's caches, no pooled integers. The library
 * takes its own memory from calloc(), GMP and MPFR theirs from the functions that GMP was given.
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
                assert_ok(assay_summaries_compare(&c, &t, &method, &out, &err), &err);
                method.type = ASSAY_METRIC_PROPORTION;
                assert_ok(assay_summaries_compare(&p, &q, &method, &out, &err), &err);
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
    struct assay_rates plan = {0.05, 0.8, 0.01, 2, 3, 4, 5, 6, {0}};
    ck_assert_double_gt(assay_rates_success(&plan, 1), 0.0);
    ck_assert_double_gt(assay_rates_guardrail(&plan, 1), 0.0);
    ck_assert_double_gt(assay_rates_deterioration(&plan, 1), 0.0);
    ck_assert_double_gt(assay_rates_power(&plan), 0.0);
    ck_assert_double_gt(assay_rates_beta(&plan), 0.0);
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

/* Kinds of moments: decimals, doubles of all kinds of size, shares; with what a metric may have. */
enum { KINDS = 5, UNITS = 40 };

static const struct {
    struct assay_moments_shape shape;
    bool is_decimal;
    double scale;
} KIND[KINDS] = {{{0, 0}, true, 0.0},
                 {{0, 0}, false, 1e-9},
                 {{1, 0}, false, 1e9},
                 {{1, 2}, false, 1.0},
                 {{0, 16}, true, 0.0}};

static struct assay_moments *groups[KINDS][2];

static void add_unit(struct assay_moments *moments, int kind, int g, int i)
{
    struct assay_moments_shape shape = KIND[kind].shape;
    struct assay_decimal decimals[ASSAY_VARIABLES_MAX] = {{0}};
    double doubles[ASSAY_VARIABLES_MAX];
    struct assay_error err;
    uint32_t missing = 0, first = 1 + shape.has_denominator;
    for (uint32_t v = 0; v < first + shape.covariate_count; v++) {
        int step = (i * (37 + 2 * (int)v) + 5 * g) % 41;
        decimals[v] = (struct assay_decimal){.mantissa = 100000 + 731 * step, .exponent = -3};
        doubles[v] = KIND[kind].scale * ((double)step / 3.0 + 1.0);
        if (v >= first && (i + (int)v) % 5 == 0) {
            missing |= UINT32_C(1) << (v - first);
            doubles[v] = NAN;
        }
    }
    if (KIND[kind].is_decimal)
        assert_ok(assay_moments_add_decimal(moments, decimals, missing, &err), &err);
    else
        assert_ok(assay_moments_add(moments, doubles, &err), &err);
}

static void make_groups(void)
{
    struct assay_error err;
    for (int kind = 0; kind < KINDS; kind++)
        for (int g = 0; g < 2; g++) {
            assert_ok(assay_moments_new(KIND[kind].shape, &groups[kind][g], &err), &err);
            for (int i = 0; i < UNITS; i++)
                add_unit(groups[kind][g], kind, g, i);
        }
}

static void free_groups(void)
{
    for (int kind = 0; kind < KINDS; kind++)
        for (int g = 0; g < 2; g++)
            assay_moments_free(groups[kind][g]);
}

static void compare_groups(int kind, enum assay_reduction reduction)
{
    const struct assay_moments *const view[] = {groups[kind][0], groups[kind][1]};
    bool is_ratio = KIND[kind].shape.has_denominator != 0;
    struct assay_method method = {.type = is_ratio ? ASSAY_METRIC_RATIO : ASSAY_METRIC_MEAN,
                                  .test = ASSAY_TEST_T,
                                  .side = ASSAY_SIDE_BOTH,
                                  .alpha = 0.05,
                                  .reduction = reduction};
    struct assay_comparison out;
    struct assay_error err;
    assert_ok(assay_moments_compare(view, 2, 0, 1, &method, &out, &err), &err);
    ck_assert_double_gt(out.difference.standard_error, 0.0);
}

static void moments_all(void)
{
    struct assay_error err;
    struct assay_anova anova;
    for (int kind = 0; kind < KINDS; kind++) {
        const struct assay_moments *const view[] = {groups[kind][0], groups[kind][1]};
        for (int reduction = 0; reduction < 3; reduction++)
            compare_groups(kind, (enum assay_reduction)reduction);
        assert_ok(assay_anova_test(view, 2, &anova, &err), &err);
        for (int g = 0; g < 2; g++) {
            ck_assert_double_gt(assay_moments_mean(view[g], 0), 0.0);
            ck_assert_double_gt(assay_moments_variance(view[g], 0), 0.0);
            ck_assert_double_gt(assay_moments_deviation(view[g], 0), 0.0);
            ck_assert_double_gt(assay_moments_skewness(view[g]), -10.0);
        }
    }
}

struct area {
    const char *name;
    void (*call)(void);
};

static const struct area AREAS[] = {{"compare", compare_all}, {"moments", moments_all},
                                    {"size", size_all},       {"srm", srm_all},
                                    {"correct", share_all},   {"dist", distribute_all}};
enum { AREA_COUNT = sizeof AREAS / sizeof *AREAS };

START_TEST(hot_paths_ask_for_no_memory)
{
    make_groups();
    for (int i = 0; i < AREA_COUNT; i++) {
        long before = atomic_load(&asked);
        AREAS[i].call();
        long after = atomic_load(&asked);
        ck_assert_msg(after == before, "%s asked %ld times", AREAS[i].name, after - before);
    }
    free_groups();
}
END_TEST

static void *call_everything(void *unused)
{
    (void)unused;
    for (int i = 0; i < AREA_COUNT; i++)
        AREAS[i].call();
    return NULL;
}

/* Sanitizers surround every object on the stack with memory of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STACK_BYTES = 1024 * 1024 };
#else
enum { STACK_BYTES = 64 * 1024 };
#endif

START_TEST(a_thread_with_a_small_stack_leaves_no_memory)
{
    pthread_attr_t attributes;
    long before = atomic_load(&held);
    make_groups();
    ck_assert_int_eq(pthread_attr_init(&attributes), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&attributes, STACK_BYTES), 0);
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, &attributes, call_everything, NULL), 0);
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
        ck_assert_int_eq(atomic_load(&held), before);
    }
    pthread_attr_destroy(&attributes);
    free_groups();
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
    tcase_add_test(cases, a_thread_with_a_small_stack_leaves_no_memory);
}

int main(void)
{
    mp_set_memory_functions(gmp_allocate, gmp_reallocate, gmp_free);
    return test_main("no_memory", add);
}
