/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distributions against mpmath at 60 digits (tests/golden/dist.py), by area, with the worst case of
 * each printed; then identities and the edges of the domain.
 */
#include "test.h"

#include <float.h>

/*
 * Twice what the header promises, as another libm may round otherwise. A quantile's own condition
 * is that of the double p it is given.
 */
static const double TOLERANCE = 2e-15, TOLERANCE_NONCENTRAL = 4e-15;

/* A kind of arguments of one function in the golden file; the worst relative errors there. */
struct area {
    char function[16], name[16];
    unsigned cases;
    double worst, worst_log;
};
static struct area areas[64];
static size_t area_count;

/* What the names of the golden file stand for; log_of where the function has a log. */
static const struct function {
    const char *name;
    double (*of1)(double);
    double (*of2)(double, double);
    double (*of3)(double, double, double);
    double (*log_of1)(double);
    double (*log_of2)(double, double);
    double (*log_of3)(double, double, double);
} FUNCTIONS[] = {
    {"normal_upper", .of1 = assay_normal_upper, .log_of1 = assay_normal_log_upper},
    {"t_upper", .of2 = assay_t_upper, .log_of2 = assay_t_log_upper},
    {"chi2_upper", .of2 = assay_chi2_upper, .log_of2 = assay_chi2_log_upper},
    {"chi2_lower", .of2 = assay_chi2_lower, .log_of2 = assay_chi2_log_lower},
    {"f_upper", .of3 = assay_f_upper, .log_of3 = assay_f_log_upper},
    {"f_lower", .of3 = assay_f_lower, .log_of3 = assay_f_log_lower},
    {"nct_upper", .of3 = assay_nct_upper},
    {"nct_lower", .of3 = assay_nct_lower},
    {"qnormal_upper", .of1 = assay_normal_quantile_upper},
    {"qt_upper", .of2 = assay_t_quantile_upper},
    {"qchi2_upper", .of2 = assay_chi2_quantile_upper},
    {"qchi2_lower", .of2 = assay_chi2_quantile_lower},
    {"qf_upper", .of3 = assay_f_quantile_upper},
    {"qf_lower", .of3 = assay_f_quantile_lower},
};

static const struct function *find_function(const char *name)
{
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++)
        if (strcmp(FUNCTIONS[i].name, name) == 0)
            return &FUNCTIONS[i];
    ck_abort_msg("no function %s", name);
    return NULL;
}

static double evaluate(const struct function *f, const double *a)
{
    return f->of1 != NULL   ? f->of1(a[0])
           : f->of2 != NULL ? f->of2(a[0], a[1])
                            : f->of3(a[0], a[1], a[2]);
}

static bool has_log(const struct function *f)
{
    return f->log_of1 != NULL || f->log_of2 != NULL || f->log_of3 != NULL;
}

static double evaluate_log(const struct function *f, const double *a)
{
    return f->log_of1 != NULL   ? f->log_of1(a[0])
           : f->log_of2 != NULL ? f->log_of2(a[0], a[1])
                                : f->log_of3(a[0], a[1], a[2]);
}

static struct area *find_area(const char *function, const char *name)
{
    for (size_t i = 0; i < area_count; i++)
        if (strcmp(areas[i].function, function) == 0 && strcmp(areas[i].name, name) == 0)
            return &areas[i];
    ck_assert_uint_lt(area_count, sizeof areas / sizeof *areas);
    struct area *area = &areas[area_count++];
    snprintf(area->function, sizeof area->function, "%s", function);
    snprintf(area->name, sizeof area->name, "%s", name);
    return area;
}

/* Checks a value and keeps the worst error. */
static void check_value(const char *log, const char *function, const double *a, double got,
                        double want, double tolerance, double *worst)
{
    double error = test_relative_error(got, want);
    *worst = fmax(*worst, error);
    ck_assert_msg(error <= tolerance, "%s%s(%.17g, %.17g, %.17g) = %.17g, expected %.17g (%.2g)",
                  log, function, a[0], a[1], a[2], got, want, error);
}

static void check_line(char *line)
{
    char *fields[7];
    int count = 0;
    while (line != NULL && count < 7)
        fields[count++] = strsep(&line, ",");
    ck_assert_ptr_null(line);
    ck_assert_int_eq(count, 7);
    double a[3], want = strtod(fields[5], NULL), want_log = strtod(fields[6], NULL);
    for (int i = 0; i < 3; i++)
        a[i] = strtod(fields[2 + i], NULL);
    const struct function *function = find_function(fields[0]);
    struct area *area = find_area(fields[0], fields[1]);
    double tolerance = strncmp(fields[0], "nct", 3) == 0 ? TOLERANCE_NONCENTRAL : TOLERANCE;
    area->cases++;
    if (want > 1e-305) /* below, a double has fewer digits: the log is checked */
        check_value("", fields[0], a, evaluate(function, a), want, tolerance, &area->worst);
    if (has_log(function) && fabs(want_log) > 0.1)
        check_value("log ", fields[0], a, evaluate_log(function, a), want_log, tolerance,
                    &area->worst_log);
}

START_TEST(oracle_every_area_within_its_tolerance)
{
    char *text = test_read_file("tests/golden/dist.csv", NULL);
    unsigned total = 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (line[0] == '#' || strncmp(line, "function,", 9) == 0)
            continue;
        check_line(line);
        total++;
    }
    free(text);
    for (size_t i = 0; i < area_count; i++)
        printf("%-14s %-13s %4u cases, worst %.1e, log %.1e\n", areas[i].function, areas[i].name,
               areas[i].cases, areas[i].worst, areas[i].worst_log);
    ck_assert_uint_ge(area_count, 52);
    ck_assert_uint_ge(total, 6350);
}
END_TEST

START_TEST(tails_add_up_to_one)
{
    for (double x = 0.01; x < 60.0; x *= 1.7) {
        assert_close(assay_t_upper(x, 3.5) + assay_t_lower(x, 3.5), 1.0, 4e-16);
        assert_close(assay_chi2_upper(x, 7.0) + assay_chi2_lower(x, 7.0), 1.0, 4e-16);
        assert_close(assay_f_upper(x, 3.0, 9.0) + assay_f_lower(x, 3.0, 9.0), 1.0, 4e-16);
        assert_close(assay_nct_upper(x, 9.0, 2.0) + assay_nct_lower(x, 9.0, 2.0), 1.0, 4e-15);
        assert_close(assay_normal_upper(x) + assay_normal_lower(x), 1.0, 4e-16);
    }
}
END_TEST

START_TEST(quantiles_invert_tails_on_a_grid)
{
    const double dfs[] = {1.0, 1.5, 2.0, 7.3, 100.0, 12345.6, 1e9, 1e15};
    for (double p = 0.4; p > 1e-290; p *= 0.003) {
        for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++) {
            double t = assay_t_quantile_upper(p, dfs[i]);
            ck_assert(isfinite(t) && t > 0.0);
            assert_close(assay_t_log_upper(t, dfs[i]), log(p), 2e-14);
            double x = assay_chi2_quantile_upper(p, dfs[i]);
            ck_assert(isfinite(x));
            assert_close(assay_f_quantile_lower(p, 4.0, dfs[i]),
                         1.0 / assay_f_quantile_upper(p, dfs[i], 4.0), 4e-15);
        }
        assert_close(assay_normal_quantile_lower(p), -assay_normal_quantile_upper(p), 0.0);
    }
}
END_TEST

START_TEST(special_cases_join_up)
{
    /* t^2 with df is F(1, df); chi-square with 1 df is a squared normal; df infinite is normal. */
    for (double t = 0.3; t < 30.0; t *= 1.9) {
        assert_close(2.0 * assay_t_upper(t, 11.0), assay_f_upper(t * t, 1.0, 11.0), 2e-14);
        assert_close(2.0 * assay_normal_upper(t), assay_chi2_upper(t * t, 1.0), 4e-14);
        assert_close(assay_t_upper(t, INFINITY), assay_normal_upper(t), 0.0);
        assert_close(assay_nct_upper(t, 8.0, 0.0), assay_t_upper(t, 8.0), 4e-15);
        assert_close(assay_nct_upper(t, INFINITY, 1.25), assay_normal_upper(t - 1.25), 0.0);
        assert_close(assay_f_upper(t, 3.0, INFINITY), assay_chi2_upper(3.0 * t, 3.0), 0.0);
        assert_close(assay_f_upper(t, INFINITY, 3.0), assay_chi2_lower(3.0 / t, 3.0), 0.0);
        assert_close(assay_f_upper(t, INFINITY, 3.0), assay_f_upper(t, 1e15, 3.0), 1e-14);
    }
    assert_close(assay_t_upper(1.0, 1.0), 0.25, 4e-16);
    assert_close(assay_normal_quantile_upper(0.025), 1.959963984540054235524594, 2e-16);
}
END_TEST

START_TEST(quantiles_of_subnormal_probabilities_are_sane)
{
    for (double p = 4.9e-324; p < 1e-307; p *= 37.0) {
        const double dfs[] = {1.5, 4.0, 250.0, 1e9};
        for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++) {
            double t = assay_t_quantile_upper(p, dfs[i]), x = assay_chi2_quantile_upper(p, dfs[i]);
            assert_close(assay_t_log_upper(t, dfs[i]), log(p), 2e-15);
            assert_close(assay_chi2_log_upper(x, dfs[i]), log(p), 1e-13); /* x itself is rounded */
        }
        assert_close(assay_normal_log_upper(assay_normal_quantile_upper(p)), log(p), 2e-15);
    }
}
END_TEST

START_TEST(normal_quantiles_of_logs_keep_their_digits_near_the_median)
{
    /* mpmath, 60 digits: the doubles next to -log 2, and where the formulas meet. */
    static const double CASES[][2] = {
        {-0x1.62e42fefa39f0p-1, 1.1008087966468799622e-16},
        {-0x1.62e42fefa39efp-1, -2.9064941568900345393e-17},
        {-0x1.62e42fefa39eep-1, -1.6821076280248870246e-16},
        {-0x1.62e42fef1fcccp-1, -7.5130284638235880418e-11},
        {-0x1.62e429e0a41a2p-1, -2.2629835257254578193e-7},
        {-0x1.6666666666666p-1, 0.0085594785824802822957},
        {-0x1.3333333333334p-2, -0.64586998620126345446},
        {-0x1.3333333333333p-2, -0.64586998620126358145},
        {-0x1.28f5c28f5c28fp-2, -0.66903544967123806009},
        {-0x1.6141205bc01a3p+0, 0.66945163285699968999},
        {-0x1.0624dd2f1a9fcp-10, -3.0903807869170451304},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_close(assay_normal_quantile_log_upper(CASES[i][0]), CASES[i][1], 5e-16);
}
END_TEST

START_TEST(chi2_of_subnormal_x_keeps_its_digits)
{
    /* x, df, log P(X <= x) and, where it is not subnormal itself, P(X <= x): mpmath, 60 digits. */
    static const double CASES[][4] = {
        {0x1p-1074, 1.0, -372.44582731333535859, 1.7735048886036272689e-162},
        {0x3p-1074, 1.0, -371.89652116900130374, 3.0718005745332643753e-162},
        {0x3p-1074, 2.0, -744.03460681327309793, NAN},
        {0x1p-1074, 50.0, -18686.334082771510711, 0.0},
        {0x17b8p-1074, 3.0, -1104.9173465447715318, 0.0},
        {0x7e8ebea82e681p-1074, 1.5, -532.26113311117078272, 6.9490743485522139667e-232},
        {0x1p-1022, 1.0, -354.42400061877678054, 1.1901789837263597229e-154},
        {0x1.fa3afaa0b9a03p-1022, 49.0, -17412.37907404786406, 0.0},
        {0x1.7bac3bf88b382p-1022, 1e6, -360408905.84594934372, 0.0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        double x = CASES[i][0], df = CASES[i][1];
        assert_close(assay_chi2_log_lower(x, df), CASES[i][2], 1e-15);
        if (!isnan(CASES[i][3]))
            assert_close(assay_chi2_lower(x, df), CASES[i][3], 1e-15);
        assert_close(assay_chi2_upper(x, df), 1.0, 0.0);
        assert_close(assay_chi2_log_upper(x, df), -assay_chi2_lower(x, df), 0.0);
    }
    assert_close(assay_chi2_log_lower(0x1p-1074, INFINITY), -INFINITY, 0.0);
}
END_TEST

START_TEST(logs_have_no_limit)
{
    /* Far out, log Q(z) = -z^2/2 - log(z sqrt(2 pi)) + O(1/z^2). */
    assert_close(assay_normal_log_upper(1e8), -5e15 - 19.339619277157026, 1e-15);
    double z = assay_normal_quantile_log_upper(-2.3e6);
    assert_close(assay_normal_log_upper(z), -2.3e6, 1e-15);
    ck_assert(isfinite(assay_t_log_upper(1e300, 5.0)));
    ck_assert(isfinite(assay_chi2_log_upper(1e9, 3.0)));
}
END_TEST

START_TEST(outside_the_domain_is_nan_and_inside_never)
{
    ck_assert(isnan(assay_t_upper(1.0, 0.5)));
    ck_assert(isnan(assay_t_upper(NAN, 5.0)));
    ck_assert(isnan(assay_t_quantile_upper(0.0, 5.0)));
    ck_assert(isnan(assay_t_quantile_upper(1.0, 5.0)));
    ck_assert(isnan(assay_chi2_upper(-1.0, 2.0)));
    ck_assert(isnan(assay_chi2_upper(1.0, NAN)));
    ck_assert(isnan(assay_normal_quantile_upper(1.5)));
    ck_assert(isnan(assay_nct_upper(1.0, 0.0, 0.0)));
    assert_close(assay_t_upper(INFINITY, 3.0), 0.0, 0.0);
    assert_close(assay_t_upper(-INFINITY, 3.0), 1.0, 0.0);
    assert_close(assay_chi2_upper(0.0, 3.0), 1.0, 0.0);
    assert_close(assay_chi2_upper(5.0, INFINITY), 1.0, 0.0);
    assert_close(assay_chi2_quantile_upper(0.1, INFINITY), INFINITY, 0.0);
    assert_close(assay_f_quantile_upper(0.1, INFINITY, INFINITY), 1.0, 0.0);
    srand(7);
    for (int i = 0; i < 3000; i++) {
        double u = rand() / (double)RAND_MAX, v = rand() / (double)RAND_MAX;
        double df = pow(10.0, 15.0 * u), t = pow(10.0, 30.0 * v - 15.0);
        ck_assert(!isnan(assay_t_upper(t, df)) && !isnan(assay_t_log_upper(t, df)));
        ck_assert(!isnan(assay_t_upper(-t, df)) && !isnan(assay_t_log_lower(t, df)));
        ck_assert(!isnan(assay_chi2_upper(t, df)) && !isnan(assay_chi2_lower(t, df)));
        ck_assert(!isnan(assay_f_upper(t, df, 1.0 + 9.0 * v)));
        ck_assert(!isnan(assay_nct_upper(80.0 * v - 40.0, df, 80.0 * u - 40.0)));
        double p = pow(10.0, -300.0 * v) * 0.5;
        ck_assert(!isnan(assay_t_quantile_upper(p, df)));
        ck_assert(!isnan(assay_chi2_quantile_upper(p, df)));
        ck_assert(assay_f_quantile_upper(p, df, 1.0 + 9.0 * v) > 0.0);
    }
}
END_TEST

/* mpmath, 40 digits, by quadrature over the estimated error. */
START_TEST(large_noncentralities_keep_their_digits)
{
    static const double CASES[][4] = {
        {1e9, 4, 1e7, 1.9997333533323866711e-8},     {1e8, 4, 1e7, 0.00019735322710960334032},
        {2e7, 4, 1e7, 0.090204010431052897248},      {1e12, 2, 1e10, 0.000099995000166662500084},
        {1e11, 6.5, 1e9, 5.5618082658498093148e-13}, {1.1e7, 1000, 1e7, 0.000019271617143499628684},
        {7.9e9, 2, 1e6, 1.6023073097091226246e-8},   {7.9e9, 2, 2e7, 6.4092087511117049836e-6},
        {3e12, 3, 1e11, 0.000051133164575453661075}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const double *c = CASES[i];
        assert_close(assay_nct_upper(c[0], c[1], c[2]), c[3], 2e-15);
        assert_close(assay_nct_lower(-c[0], c[1], -c[2]), c[3], 2e-15);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, large_noncentralities_keep_their_digits);
    tcase_add_test(cases, oracle_every_area_within_its_tolerance);
    tcase_add_test(cases, tails_add_up_to_one);
    tcase_add_test(cases, quantiles_invert_tails_on_a_grid);
    tcase_add_test(cases, special_cases_join_up);
    tcase_add_test(cases, quantiles_of_subnormal_probabilities_are_sane);
    tcase_add_test(cases, normal_quantiles_of_logs_keep_their_digits_near_the_median);
    tcase_add_test(cases, chi2_of_subnormal_x_keeps_its_digits);
    tcase_add_test(cases, logs_have_no_limit);
    tcase_add_test(cases, outside_the_domain_is_nan_and_inside_never);
}

int main(void)
{
    return test_main("dist", add);
}
