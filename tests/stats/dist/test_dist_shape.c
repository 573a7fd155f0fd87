/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The distributions against themselves: monotone and in one piece where methods meet, tails that
 * add up, quantiles that invert them at random arguments, closed forms, and the ends of the range.
 * ASSAY_SEED=n takes other random arguments.
 */
#include "test.h"

#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <stdint.h>

#include "stats/dist/t.h"

static uint64_t random_state;

static double next_uniform(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static double draw_log(double least, double most)
{
    return least * exp(log(most / least) * next_uniform());
}

static void seed_and_print(void)
{
    const char *seed = getenv("ASSAY_SEED");
    random_state = seed != NULL ? strtoull(seed, NULL, 10) : 20261126;
    printf("ASSAY_SEED=%llu\n", (unsigned long long)random_state);
}

/* A tail as a function of its argument, the others fixed. */
struct curve {
    double (*one)(double);
    double (*two)(double, double);
    double (*three)(double, double, double);
    double df, other;
    double at; /* where methods meet, or the worst of one */
};

static double value_of(const struct curve *curve, double x)
{
    if (curve->one != NULL)
        return curve->one(x);
    return curve->two != NULL ? curve->two(x, curve->df) : curve->three(x, curve->df, curve->other);
}

/* Values err by 1e-15 each; neighbours may be out of order by no more. */
START_TEST(tails_are_monotone_where_methods_meet)
{
    const double order = 2e-15;
    const struct curve curves[] = {
        {.one = assay_normal_upper, .at = 1.0},
        {.one = assay_normal_upper, .at = 3.0 * M_PI},
        {.one = assay_normal_upper, .at = 37.416573867739416},
        {.one = assay_normal_log_upper, .at = 1.0},
        {.one = assay_normal_log_upper, .at = 1e150},
        {.two = assay_t_upper, .df = 3.5, .at = 1.0},
        {.two = assay_t_upper, .df = 12.0, .at = 9.42 * sqrt(12.0 / 11.0)},
        {.two = assay_t_upper, .df = 1e6, .at = 9.42},
        {.two = assay_t_upper, .df = 1.0, .at = 1e150},
        {.two = assay_t_log_upper, .df = 7.0, .at = 1e150},
        {.two = assay_chi2_upper, .df = 5.0, .at = 5.0},
        {.two = assay_chi2_upper, .df = 300.0, .at = 300.0},
        {.two = assay_chi2_log_upper, .df = 4.0, .at = 2e300},
        {.three = assay_f_upper, .df = 5.0, .other = 30.0, .at = 1.0},
        {.three = assay_f_upper, .df = 500.0, .other = 3000.0, .at = 1.0},
        {.three = assay_nct_upper, .df = 3.0, .other = 5.0, .at = 1e30},
        {.three = assay_nct_upper, .df = 80.0, .other = 5.0, .at = 5.0},
    };
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        const struct curve *curve = &curves[i];
        double x = curve->at * (1.0 - 1e-13), before = value_of(curve, x);
        for (int step = 0; step < 1000; step++) {
            x += curve->at * 2e-16 * (1 + step % 3);
            double value = value_of(curve, x);
            ck_assert_msg(value <= before + order * fabs(before),
                          "curve %zu rises at %.17g: %.17g after %.17g", i, x, value, before);
            before = value;
        }
        ck_assert(x > curve->at * (1.0 + 1e-13));
    }
}
END_TEST

/* Fails unless two tails agree at neighbouring df: each errs by 1e-15, and a change of df by an ulp
 * changes log p by some |log p| ulp. */
static void check_joint(const char *name, double x, double below, double above)
{
    double allowed = 2e-15 + 2.0 * DBL_EPSILON * fabs(log(above));
    ck_assert_msg(test_relative_error(below, above) <= allowed, "%s at %.17g: %.17g and %.17g",
                  name, x, below, above);
}

START_TEST(tails_are_in_one_piece_where_df_changes_the_method)
{
    const double few = nextafter(10.0, 0.0), own = nextafter(100.0, 0.0);
    const double nct = nextafter(50.0, 0.0);
    for (double t = 0.01; t < 1e3; t *= 1.3)
        check_joint("t", t, assay_t_upper(t, few), assay_t_upper(t, 10.0));
    for (double x = 20.0; x < 400.0; x *= 1.02) {
        double f = x / 100.0, t = x / 20.0;
        check_joint("chi2", x, assay_chi2_lower(x, own), assay_chi2_lower(x, 100.0));
        check_joint("f", f, assay_f_lower(f, own, 7.0), assay_f_lower(f, 100.0, 7.0));
        check_joint("f", f, assay_f_upper(f, 2e4, own), assay_f_upper(f, 2e4, 100.0));
        check_joint("nct", t, assay_nct_upper(t, nct, 3.0), assay_nct_upper(t, 50.0, 3.0));
        check_joint("nct", t, assay_nct_lower(t, nct, 3.0), assay_nct_lower(t, 50.0, 3.0));
    }
}
END_TEST

START_TEST(tails_add_up_to_one_at_random_arguments)
{
    const double one = 1e-15;
    seed_and_print();
    for (int i = 0; i < 3000; i++) {
        double df = draw_log(1.0, 1e15), df2 = draw_log(1.0, 1e15), z = 12.0 * next_uniform() - 6.0;
        double x = fmax(df + z * sqrt(2.0 * df), df * 1e-3), delta = 20.0 * next_uniform() - 10.0;
        double f = exp(z * sqrt(2.0 / df + 2.0 / df2));
        assert_close(assay_normal_lower(z) + assay_normal_upper(z), 1.0, one);
        assert_close(assay_t_lower(z, df) + assay_t_upper(z, df), 1.0, one);
        assert_close(assay_chi2_lower(x, df) + assay_chi2_upper(x, df), 1.0, one);
        assert_close(assay_f_lower(f, df, df2) + assay_f_upper(f, df, df2), 1.0, one);
        /* Both are computed: these two do not add up by subtraction. */
        assert_close(assay_nct_lower(z, df, delta) + assay_nct_upper(z, df, delta), 1.0, one);
    }
}
END_TEST

/* tail(x) must be p but for the error of the tail and what a last bit of x is worth. */
static void check_inverse(const char *name, double p, double tail, double beyond)
{
    double allowed = 3e-15 * p + 2.0 * fabs(tail - beyond);
    ck_assert_msg(fabs(tail - p) <= allowed, "%s: tail %.17g at the quantile of %.17g (%.2g)", name,
                  tail, p, fabs(tail - p) / p);
}

START_TEST(quantiles_invert_tails_at_random_arguments)
{
    seed_and_print();
    for (int i = 0; i < 4000; i++) {
        double p = i % 2 == 0 ? 0.5 * next_uniform() + 1e-9 : draw_log(1e-290, 0.5);
        double df = draw_log(1.0, i % 3 == 0 ? 20.0 : 1e15), df2 = draw_log(1.0, 1e6);
        double x = assay_normal_quantile_upper(p), above;
        check_inverse("normal", p, assay_normal_upper(x), assay_normal_upper(nextafter(x, 1e300)));
        x = assay_t_quantile_upper(p, df);
        check_inverse("t", p, assay_t_upper(x, df), assay_t_upper(nextafter(x, 1e300), df));
        x = assay_chi2_quantile_upper(p, df);
        above = nextafter(x, 1e300);
        check_inverse("chi2 upper", p, assay_chi2_upper(x, df), assay_chi2_upper(above, df));
        x = assay_chi2_quantile_lower(p, df);
        above = nextafter(x, 1e300);
        if (x > DBL_MIN)
            check_inverse("chi2 lower", p, assay_chi2_lower(x, df), assay_chi2_lower(above, df));
        x = assay_f_quantile_upper(p, df, df2);
        above = nextafter(x, HUGE_VAL);
        if (x < DBL_MAX)
            check_inverse("f upper", p, assay_f_upper(x, df, df2), assay_f_upper(above, df, df2));
        x = assay_f_quantile_lower(p, df, df2);
        above = nextafter(x, 1e300);
        if (x > DBL_MIN)
            check_inverse("f lower", p, assay_f_lower(x, df, df2), assay_f_lower(above, df, df2));
    }
}
END_TEST

START_TEST(closed_forms_agree)
{
    /* Cauchy; the exponential; F with 2 df is a power; a half is exact. */
    for (double x = 1e-8; x < 1e8; x *= 1.7) {
        assert_close(assay_t_upper(x, 1.0), atan2(1.0, x) / M_PI, 1e-15);
        assert_close(assay_t_lower(-x, 2.0), 1.0 / (2.0 + x * x + x * sqrt(2.0 + x * x)), 1.5e-15);
        assert_close(assay_f_upper(x, 2.0, 2.0), 1.0 / (1.0 + x), 1e-15);
        assert_close(assay_f_lower(x, 2.0, 2.0), x / (1.0 + x), 1e-15);
        if (x < 1400.0) {
            assert_close(assay_chi2_upper(x, 2.0), exp(-0.5 * x), 1e-15);
            assert_close(assay_chi2_lower(x, 2.0), -expm1(-0.5 * x), 1e-15);
        }
    }
    for (double df = 1.0; df < 1e16; df *= 10.0)
        assert_close(assay_t_upper(0.0, df), 0.5, DBL_EPSILON);
    assert_close(assay_normal_upper(0.0), 0.5, 0.0);
    /* With 1e15 degrees of freedom the tail of t is that of the normal but for z^4/4e15. */
    assert_close(assay_t_upper(2.0, 1e15), assay_normal_upper(2.0), 6e-15);
    assert_close(assay_t_log_upper(-2.0, INFINITY), assay_normal_log_upper(-2.0), 0.0);
}
END_TEST

/* A subnormal result has as many bits as it can have. */
static void check_subnormal(double p, double log_p)
{
    ck_assert_msg(fabs(p - exp(log_p)) <= 2e-13 * p + 1e-323, "%.17g for exp(%.17g)", p, log_p);
}

START_TEST(results_fade_out_through_subnormals)
{
    unsigned subnormal = 0;
    for (double z = 36.0; z < 40.0; z += 0.01) {
        check_subnormal(assay_normal_upper(z), assay_normal_log_upper(z));
        check_subnormal(assay_t_upper(z, 1e15), assay_t_log_upper(z, 1e15));
        check_subnormal(assay_chi2_upper(z * z, 3.0), assay_chi2_log_upper(z * z, 3.0));
        check_subnormal(assay_f_upper(z * z, 1.0, 1e14), assay_f_log_upper(z * z, 1.0, 1e14));
        subnormal += fpclassify(assay_normal_upper(z)) == FP_SUBNORMAL;
    }
    ck_assert_uint_gt(subnormal, 10);
    for (double t = 1e305; t < 1e308; t *= 1.5) {
        check_subnormal(assay_t_upper(t, 1.0), assay_t_log_upper(t, 1.0));
        check_subnormal(assay_f_lower(1.0 / t, 2.0, 5.0), assay_f_log_lower(1.0 / t, 2.0, 5.0));
        check_subnormal(assay_chi2_lower(1.0 / t, 2.0), assay_chi2_log_lower(1.0 / t, 2.0));
    }
}
END_TEST

START_TEST(ends_of_the_line_are_exact)
{
    const double dfs[] = {1.0, 2.5, 10.0, 99.0, 1e15, INFINITY};
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++) {
        double df = dfs[i];
        assert_close(assay_t_upper(INFINITY, df), 0.0, 0.0);
        assert_close(assay_t_upper(-INFINITY, df), 1.0, 0.0);
        assert_close(assay_t_log_upper(INFINITY, df), -INFINITY, 0.0);
        assert_close(assay_t_log_lower(INFINITY, df), 0.0, 0.0);
        assert_close(assay_t_density(-INFINITY, df), 0.0, 0.0);
        assert_close(assay_chi2_lower(0.0, df), 0.0, 0.0);
        assert_close(assay_f_upper(0.0, df, 3.0), 1.0, 0.0);
        assert_close(assay_f_log_upper(INFINITY, df, 3.0), -INFINITY, 0.0);
        assert_close(assay_nct_upper(INFINITY, df, 2.0), 0.0, 0.0);
        assert_close(assay_nct_lower(-INFINITY, df, 2.0), 0.0, 0.0);
        ck_assert(isnan(assay_t_upper(NAN, df)) && isnan(assay_t_log_lower(NAN, df)));
        ck_assert(isnan(assay_t_density(NAN, df)) && isnan(assay_t_quantile_lower(NAN, df)));
        ck_assert(isnan(assay_chi2_log_upper(NAN, df)) && isnan(assay_f_lower(NAN, df, df)));
        ck_assert(isnan(assay_nct_upper(NAN, df, 1.0)) && isnan(assay_nct_upper(1.0, df, NAN)));
        ck_assert(isnan(assay_chi2_quantile_lower(-0.1, df)));
        ck_assert(isnan(assay_f_quantile_upper(1.0, df, 2.0)));
        ck_assert(isnan(assay_f_quantile_lower(0.5, df, NAN)));
    }
    ck_assert(isnan(assay_chi2_upper(1.0, 0.9)) && isnan(assay_f_upper(1.0, 0.9, 2.0)));
    ck_assert(isnan(assay_normal_upper(NAN)) && isnan(assay_normal_density(NAN)));
    ck_assert(isnan(assay_normal_quantile_log_upper(0.0)));
    assert_close(assay_normal_quantile_log_upper(-INFINITY), INFINITY, 0.0);
    /* Quantiles beyond the range of double are infinite, or 0. */
    assert_close(assay_f_quantile_upper(1e-200, 3.0, 1.0), INFINITY, 0.0);
    assert_close(assay_f_quantile_lower(1e-200, 1.0, 3.0), 0.0, 0.0);
    assert_close(assay_chi2_quantile_lower(1e-200, 1.0), 0.0, 0.0);
    assert_close(assay_f_lower(1e300, 1e12, 3.0), 1.0, 0.0);
    ck_assert(assay_f_upper(1e300, 1e12, 1.0) > 0.0 && assay_chi2_log_upper(1.7e308, 1.0) < -8e307);
}
END_TEST

START_TEST(values_are_those_of_the_single_functions)
{
    seed_and_print();
    for (int i = 0; i < 2000; i++) {
        double df = draw_log(1.0, 1e9), t = draw_log(1e-3, i % 2 == 0 ? 30.0 : 1e5);
        t = i % 3 == 0 ? -t : t;
        struct assay__tail_values got = assay__t_upper_values(t, df);
        assert_close(got.p, assay_t_upper(t, df), 0.0);
        assert_close(got.log_p, assay_t_log_upper(t, df), 0.0);
        if (got.p > 1e-300)
            assert_close(got.hazard, assay_t_density(t, df) / got.p, 3e-15);
        got = assay__normal_upper_values(t);
        assert_close(got.p, assay_normal_upper(t), 0.0);
        assert_close(got.log_p, assay_normal_log_upper(t), 0.0);
        if (got.p > 1e-300)
            assert_close(got.hazard, assay_normal_density(t) / got.p, 3e-15);
    }
    struct assay__tail_values far = assay__t_upper_values(INFINITY, 5.0);
    assert_close(far.p, 0.0, 0.0);
    assert_close(far.hazard, 0.0, 0.0);
}
END_TEST

START_TEST(errno_and_rounding_are_left_alone)
{
    const double xs[] = {0.0, 1e-308, 1e-5, 0.7, 30.0, 39.5, 1e5, 1e152, 1.7e308, INFINITY};
    const double dfs[] = {1.0, 3.5, 60.0, 1e15, INFINITY};
    double sum = 0.0;
    errno = 0;
    for (size_t i = 0; i < sizeof xs / sizeof *xs; i++) {
        for (size_t j = 0; j < sizeof dfs / sizeof *dfs; j++) {
            double x = xs[i], df = dfs[j], p = fmin(fmax(1e-300 * x, 5e-324), 0.4);
            sum += assay_normal_upper(x) + assay_normal_log_lower(-x) + assay_normal_density(x);
            sum += assay_t_upper(x, df) + assay_t_log_upper(x, df) + assay_t_density(x, df);
            sum += assay_chi2_upper(x, df) + assay_chi2_log_lower(x, df) + assay_chi2_lower(x, df);
            sum += assay_f_upper(x, df, 2.0) + assay_f_log_lower(x, df, 2.0);
            sum += assay_f_lower(x, 1.0, df) + assay_f_log_upper(x, 1.0, df);
            sum += assay_nct_upper(x, df, 30.0) + assay_nct_lower(x, df, 30.0);
            sum += assay_t_quantile_upper(p, df) + assay_chi2_quantile_upper(p, df);
            sum += assay_chi2_quantile_lower(p, df) + assay_f_quantile_upper(p, df, 1.0);
            sum += assay_f_quantile_lower(p, df, 1.0) + assay_normal_quantile_upper(p);
            ck_assert_msg(errno == 0, "errno %d at %g, df %g", errno, x, df);
        }
    }
    ck_assert(isinf(sum) || isnan(sum)); /* infinities of both signs */
    ck_assert_int_eq(fegetround(), FE_TONEAREST);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, tails_are_monotone_where_methods_meet);
    tcase_add_test(cases, tails_are_in_one_piece_where_df_changes_the_method);
    tcase_add_test(cases, tails_add_up_to_one_at_random_arguments);
    tcase_add_test(cases, quantiles_invert_tails_at_random_arguments);
    tcase_add_test(cases, closed_forms_agree);
    tcase_add_test(cases, results_fade_out_through_subnormals);
    tcase_add_test(cases, ends_of_the_line_are_exact);
    tcase_add_test(cases, values_are_those_of_the_single_functions);
    tcase_add_test(cases, errno_and_rounding_are_left_alone);
}

int main(void)
{
    return test_main("dist_shape", add);
}
