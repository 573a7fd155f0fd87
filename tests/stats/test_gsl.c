/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GSL ends the process, by its usual handler, when it has no memory and when an argument lies
 * outside of a function's domain. What is asked of it here needs no memory, and no argument of a
 * caller's gets there: the library runs inside of programs that must not end.
 */
#include "test.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf_log.h>
#include <sys/resource.h>
#include <unistd.h>

#include "stats/dist/tail.h"
#include "stats/root.h"

static const double EDGES[] = {
    NAN,   -INFINITY, INFINITY, -1e308, -2.0,   -1.0,   -0x1.fffffffffffffp-1,
    -0.5,  -1e-300,   -0.0,     0.0,    5e-324, 1e-300, 1e-9,
    0.3,   0.5,       1.0,      1.5,    30.0,   1e6,    1e15,
    1e300, 1.7e308};
enum { EDGE_COUNT = sizeof EDGES / sizeof *EDGES };

static const struct assay_size_design DESIGN = {.type = ASSAY_METRIC_MEAN,
                                                .test = ASSAY_TEST_T,
                                                .side = ASSAY_SIDE_BOTH,
                                                .alpha = 0.05,
                                                .power = 0.8,
                                                .baseline_weight = 1.0,
                                                .compared_weight = 2.0,
                                                .baseline_variance = 4.0,
                                                .compared_variance = 9.0,
                                                .effect = 0.5,
                                                .variance_factor = 1.0};

static int calls;

static void count_call(const char *reason, const char *file, int line, int number)
{
    (void)reason;
    (void)file;
    (void)line;
    (void)number;
    calls++;
}

static double use_all(double a, double b, double c)
{
    return assay__log1pmx(a) + assay_t_upper(a, b) + assay_t_quantile_upper(a, b) +
           assay_f_upper(a, b, c) + assay_f_quantile_upper(a, b, c) + assay_f_log_upper(a, b, c) +
           assay_chi2_upper(a, b) + assay_chi2_quantile_upper(a, b) + assay_nct_upper(a, b, c) +
           assay_nct_lower(a, b, c);
}

START_TEST(no_argument_reaches_the_handler)
{
    static volatile double sink;
    gsl_set_error_handler(count_call);
    for (int i = 0; i < EDGE_COUNT; i++)
        for (int j = 0; j < EDGE_COUNT; j++)
            for (int k = 0; k < EDGE_COUNT; k++)
                sink = use_all(EDGES[i], EDGES[j], EDGES[k]);
    (void)sink;
    ck_assert_int_eq(calls, 0);
    /* The count does count. */
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_root_fsolver_set(solver, &(gsl_function){NULL, NULL}, 1.0, 0.0);
    gsl_root_fsolver_free(solver);
    ck_assert_int_eq(calls, 1);
}
END_TEST

/* Each field of a design in turn has each value. */
START_TEST(no_design_reaches_the_handler)
{
    static const size_t FIELDS[] = {offsetof(struct assay_size_design, alpha),
                                    offsetof(struct assay_size_design, power),
                                    offsetof(struct assay_size_design, baseline_weight),
                                    offsetof(struct assay_size_design, baseline_variance),
                                    offsetof(struct assay_size_design, null_difference),
                                    offsetof(struct assay_size_design, baseline_mean),
                                    offsetof(struct assay_size_design, variance_factor)};
    struct assay_error err;
    int found = 0;
    gsl_set_error_handler(count_call);
    for (int type = ASSAY_METRIC_MEAN; type <= ASSAY_METRIC_PROPORTION; type++)
        for (size_t f = 0; f < sizeof FIELDS / sizeof *FIELDS; f++)
            for (int i = 0; i < EDGE_COUNT; i++) {
                struct assay_size_design design = DESIGN;
                double effect;
                design.type = (enum assay_metric_type)type;
                design.baseline_mean = 0.25;
                memcpy((char *)&design + FIELDS[f], &EDGES[i], sizeof EDGES[i]);
                found += assay_size_effect(&design, 30.0, 40.0, &effect, &err) == ASSAY_OK;
            }
    ck_assert_int_gt(found, 20);
    ck_assert_int_eq(calls, 0);
}
END_TEST

static double step_of(void *context, double x)
{
    const double *jump = context;
    return x < 1.0 ? -*jump : *jump;
}

START_TEST(a_zero_is_found_whatever_the_function_gives)
{
    static double jumps[] = {1.0, 1e300, INFINITY, NAN};
    gsl_set_error_handler(count_call);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(assay__root_between(step_of, &jumps[i], 0.25, 3.0), 1.0, 1e-12);
    ck_assert_double_eq(assay__root_between(step_of, &jumps[3], 0.25, 3.0), 3.0); /* no zero */
    ck_assert_double_eq(assay__root_between(step_of, &jumps[0], 2.0, 3.0), 2.0);
    ck_assert_double_eq(assay__root_between(step_of, &jumps[0], 0.0, 0.5), 0.5);
    ck_assert_int_eq(calls, 0);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__
/* Takes all memory that there is: the address space ends here, and what is free below is taken. */
static void exhaust(void)
{
    const struct rlimit none = {0, 0};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &none), 0);
    for (size_t size = (size_t)1 << 26; size >= 16; size /= 2)
        while (malloc(size) != NULL)
            continue;
}

/* Everything that asks GSL, once before and once without any memory, and the same comes out. */
START_TEST(nothing_is_asked_of_the_heap)
{
    struct assay_size_design share = DESIGN;
    struct assay_error err;
    double means[2] = {0}, shares[2] = {0}, tails[2] = {0};
    bool is_ok = true, has_memory[2];
    share.type = ASSAY_METRIC_PROPORTION;
    share.baseline_mean = 0.25;
    for (int i = 0; i < 2; i++) {
        if (i == 1)
            exhaust();
        void *volatile probe = malloc(64);
        has_memory[i] = probe != NULL;
        free(probe);
        is_ok &= assay_size_effect(&DESIGN, 50.0, 70.0, &means[i], &err) == ASSAY_OK;
        is_ok &= assay_size_effect(&share, 500.0, 700.0, &shares[i], &err) == ASSAY_OK;
        tails[i] = use_all(0.2, 7.0, 3.0);
    }
    /* Check has no memory to say more. */
    if (!is_ok || !has_memory[0] || has_memory[1] || means[0] != means[1] ||
        shares[0] != shares[1] || tails[0] != tails[1] || !(means[0] > 0.0 && shares[0] > 0.0))
        _exit(3);
    _exit(7);
}
END_TEST
#endif

/* Our series for log(1 + x) - x near 0 has the bits of GSL's. */
START_TEST(series_have_the_bits_of_gsl)
{
    uint64_t state = 1;
    for (int i = 0; i < 200000; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double share = (double)(state >> 11) * 0x1p-53;
        double x = i % 2 == 0 ? share - 0.5 : ldexp(share - 0.5, -(i % 40));
        ck_assert_msg(assay__log1pmx(x) == gsl_sf_log_1plusx_mx(x), "at %a", x);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, no_argument_reaches_the_handler);
    tcase_add_test(cases, no_design_reaches_the_handler);
    tcase_add_test(cases, a_zero_is_found_whatever_the_function_gives);
    tcase_add_test(cases, series_have_the_bits_of_gsl);
#ifndef __SANITIZE_ADDRESS__
    tcase_add_exit_test(cases, nothing_is_asked_of_the_heap, 7);
#endif
}

int main(void)
{
    return test_main_apart("gsl", add);
}
