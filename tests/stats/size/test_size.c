/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample size, power and effect against mpmath and R. */
#include "test.h"

/* 1e-13 is what the header promises for power and effect. */
static const double TOLERANCE = 1e-13;

static struct assay_size_design plain(void)
{
    return (struct assay_size_design){.type = ASSAY_METRIC_MEAN,
                                      .test = ASSAY_TEST_Z,
                                      .side = ASSAY_SIDE_UPPER,
                                      .alpha = 0.05,
                                      .power = 0.8,
                                      .baseline_weight = 1.0,
                                      .compared_weight = 1.0,
                                      .baseline_mean = 0.25,
                                      .baseline_variance = 1.0,
                                      .compared_variance = 1.0,
                                      .effect = 0.1,
                                      .variance_factor = 1.0};
}

enum { FIELDS = 18 };

/* Cuts a line at its commas. */
static void cut(char *line, char *fields[FIELDS])
{
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = line;
        line = strchr(line, i == FIELDS - 1 ? '\0' : ',');
        ck_assert_ptr_nonnull(line);
        *line++ = '\0';
    }
}

static struct assay_size_design design_of(char *const *f)
{
    struct assay_size_design d = plain();
    d.type = strcmp(f[1], "proportion") == 0 ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN;
    d.test = strcmp(f[2], "t") == 0 ? ASSAY_TEST_T : ASSAY_TEST_Z;
    d.side = f[3][0] == 'u'   ? ASSAY_SIDE_UPPER
             : f[3][0] == 'l' ? ASSAY_SIDE_LOWER
                              : ASSAY_SIDE_BOTH;
    d.method = f[4][0] == 'p'   ? ASSAY_SIZE_POOLED
               : f[4][0] == 'a' ? ASSAY_SIZE_ARCSINE
                                : ASSAY_SIZE_UNPOOLED;
    double *const numbers[] = {&d.alpha,
                               &d.power,
                               &d.baseline_weight,
                               &d.compared_weight,
                               &d.baseline_mean,
                               &d.baseline_variance,
                               &d.compared_variance,
                               &d.effect,
                               &d.null_difference,
                               &d.variance_factor};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = strtod(f[5 + i], NULL);
    return d;
}

static double worst[3];
static int cases[3];

static void check_value(int area, double got, double want, const char *line)
{
    double error = test_relative_error(got, want);
    worst[area] = error > worst[area] ? error : worst[area];
    ck_assert_msg(error <= TOLERANCE, "%s: got %.17g, error %.3g", line, got, error);
}

static void check_case(char *const *f, const char *line)
{
    struct assay_size_design design = design_of(f);
    struct assay_error err;
    double n_c = strtod(f[15], NULL), n_t = strtod(f[16], NULL), want = strtod(f[17], NULL);
    int area = f[0][0] == 'r' ? 0 : f[0][0] == 'p' ? 1 : 2;
    cases[area]++;
    if (area == 0) {
        struct assay_size_result size;
        assert_ok(assay_size_required(&design, &size, &err), &err);
        ck_assert_msg(size.compared == n_t && size.baseline == n_c && size.total == n_c + n_t,
                      "%s: got %.17g and %.17g", line, size.baseline, size.compared);
        check_value(area, size.power, want, line);
        return;
    }
    double got;
    enum assay_status status = area == 1 ? assay_size_power(&design, n_c, n_t, &got, &err)
                                         : assay_size_effect(&design, n_c, n_t, &got, &err);
    ck_assert_msg(status == ASSAY_OK, "%s: %s", line, err.message);
    check_value(area, got, want, line);
}

START_TEST(sizes_power_and_effects_match_mpmath)
{
    char *text = test_read_file("tests/golden/size.csv", NULL), *rest = text, *line;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char *copy = strdup(line), *fields[FIELDS];
        cut(line, fields);
        check_case(fields, copy);
        free(copy);
    }
    free(text);
    printf("size: %d sizes exact; worst error of power %.2g (%d), of effect %.2g (%d)\n", cases[0],
           worst[0] > worst[1] ? worst[0] : worst[1], cases[0] + cases[1], worst[2], cases[2]);
    ck_assert_int_gt(cases[0] + cases[1] + cases[2], 500);
}
END_TEST

START_TEST(sizes_match_r)
{
    /* R 4.2.2: power.t.test(delta = 1, power = .9): n = 22.02110;
       power.t.test(n = 20, delta = 1): power = 0.8689528;
       power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7;
       power.prop.test(n = 50, p1 = .50, p2 = .75): power = 0.7401659 */
    struct assay_size_design d = plain();
    struct assay_size_result size;
    struct assay_error err;
    double power;
    d.test = ASSAY_TEST_T;
    d.side = ASSAY_SIDE_BOTH;
    d.effect = 1.0;
    assert_ok(assay_size_power(&d, 20, 20, &power, &err), &err);
    assert_close(power, 0.8689528, 5e-8);
    d.power = 0.9;
    assert_ok(assay_size_required(&d, &size, &err), &err);
    ck_assert_double_eq(size.compared, 23);
    d = plain();
    d.type = ASSAY_METRIC_PROPORTION;
    d.side = ASSAY_SIDE_BOTH;
    d.method = ASSAY_SIZE_POOLED;
    d.baseline_mean = 0.5;
    d.effect = 0.25;
    d.power = 0.9;
    assert_ok(assay_size_required(&d, &size, &err), &err);
    ck_assert_double_eq(size.compared, 77);
    assert_ok(assay_size_power(&d, 50, 50, &power, &err), &err);
    assert_close(power, 0.7401659, 1e-7);
}
END_TEST

START_TEST(power_of_a_size_asks_for_that_size_back)
{
    /* The power of n units, rounded to a double, is reached by n units or, when it was rounded up,
       by n + 1: never by n - 1. */
    struct assay_error err;
    for (int test = 0; test < 2; test++)
        for (double n = 2; n < 3e4; n = floor(n * 1.7) + 1) {
            struct assay_size_design d = plain();
            struct assay_size_result size;
            d.test = test == 0 ? ASSAY_TEST_Z : ASSAY_TEST_T;
            assert_ok(assay_size_power(&d, n, n, &d.power, &err), &err);
            if (d.power >= 0.999999)
                continue;
            assert_ok(assay_size_required(&d, &size, &err), &err);
            ck_assert_msg(size.compared == n || size.compared == n + 1, "n %g, got %g", n,
                          size.compared);
        }
}
END_TEST

START_TEST(effect_of_a_size_has_the_power)
{
    struct assay_error err;
    for (int kind = 0; kind < 4; kind++) {
        struct assay_size_design d = plain();
        double distance, power;
        d.type = kind >= 2 ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN;
        d.test = kind % 2 == 0 ? ASSAY_TEST_Z : ASSAY_TEST_T;
        d.null_difference = -0.03;
        assert_ok(assay_size_effect(&d, 412, 235, &distance, &err), &err);
        d.effect = d.null_difference + distance;
        assert_ok(assay_size_power(&d, 412, 235, &power, &err), &err);
        assert_close(power, 0.8, 4e-15);
    }
}
END_TEST

START_TEST(weights_are_the_decimals_people_write)
{
    /* 0.1/0.3 of 300 is 100; in binary it is a little more. */
    struct assay_size_design d = plain();
    struct assay_size_result size;
    struct assay_error err;
    d.baseline_weight = 0.1;
    d.compared_weight = 0.3;
    for (d.effect = 0.02; d.effect < 0.1; d.effect += 0.001) {
        assert_ok(assay_size_required(&d, &size, &err), &err);
        ck_assert_double_eq(size.baseline, ceil(size.compared / 3.0));
    }
}
END_TEST

START_TEST(no_share_reaches_the_power)
{
    struct assay_size_design d = plain();
    struct assay_error err;
    double effect = 0;
    d.type = ASSAY_METRIC_PROPORTION;
    d.baseline_mean = 0.9;
    for (int test = 0; test < 2; test++) {
        d.test = test == 0 ? ASSAY_TEST_Z : ASSAY_TEST_T;
        for (int method = 0; method < (test == 0 ? 3 : 1); method++) {
            d.method = (enum assay_size_method)method;
            effect = 0;
            assert_ok(assay_size_effect(&d, 10, 10, &effect, &err), &err);
            ck_assert_msg(isnan(effect), "test %d, method %d: %g", test, method, effect);
        }
    }
}
END_TEST

START_TEST(no_variance_needs_one_unit)
{
    struct assay_size_design d = plain();
    struct assay_size_result size;
    struct assay_error err;
    double effect = 1;
    d.baseline_variance = d.compared_variance = 0.0;
    assert_ok(assay_size_required(&d, &size, &err), &err);
    ck_assert_double_eq(size.total, 2.0);
    ck_assert_double_eq(size.power, 1.0);
    assert_ok(assay_size_effect(&d, 10, 10, &effect, &err), &err);
    ck_assert_double_eq(effect, 0.0);
}
END_TEST

/* Every refusal, as a change to a good design. */
struct refusal {
    const char *says;
    size_t offset;
    double value;
};

#define REFUSAL(says, field, value)                                                                \
    {                                                                                              \
        says, offsetof(struct assay_size_design, field), value                                     \
    }

static const struct refusal REFUSALS[] = {
    REFUSAL("alpha", alpha, 1.0),
    REFUSAL("alpha", alpha, NAN),
    REFUSAL("Power", power, 0.05),
    REFUSAL("Power", power, 1.0),
    REFUSAL("Power", power, NAN),
    REFUSAL("weight", baseline_weight, 0.0),
    REFUSAL("weight", baseline_weight, NAN),
    REFUSAL("weight", compared_weight, -1.0),
    REFUSAL("weight", compared_weight, INFINITY),
    REFUSAL("share of the variance", variance_factor, -0.1),
    REFUSAL("share of the variance", variance_factor, NAN),
    REFUSAL("Variances", baseline_variance, -1.0),
    REFUSAL("Variances", compared_variance, INFINITY),
    REFUSAL("finite", effect, NAN),
    REFUSAL("finite", null_difference, INFINITY),
    REFUSAL("equals", effect, 0.0),
    REFUSAL("wrong side", effect, -0.1),
    REFUSAL("wrong side", null_difference, 0.2),
};

START_TEST(bad_designs_are_refused)
{
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        struct assay_size_design d = plain();
        struct assay_size_result size;
        struct assay_error err = {0};
        memcpy((char *)&d + REFUSALS[i].offset, &REFUSALS[i].value, sizeof(double));
        ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_DOMAIN);
        ck_assert_msg(strstr(err.message, REFUSALS[i].says) != NULL, "%zu: %s", i, err.message);
        ck_assert_int_eq(assay_size_required(&d, &size, NULL), ASSAY_ERROR_DOMAIN);
    }
}
END_TEST

START_TEST(bad_shares_and_methods_are_refused)
{
    struct assay_size_design d = plain();
    struct assay_size_result size;
    struct assay_error err;
    d.method = ASSAY_SIZE_POOLED; /* of a mean */
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_DOMAIN);
    d.type = ASSAY_METRIC_PROPORTION;
    assert_ok(assay_size_required(&d, &size, &err), &err);
    d.test = ASSAY_TEST_T;
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_DOMAIN);
    d.test = ASSAY_TEST_Z;
    d.null_difference = -0.01;
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_DOMAIN);
    d.method = ASSAY_SIZE_ARCSINE;
    assert_ok(assay_size_required(&d, &size, &err), &err);
    d.null_difference = -0.26;
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_DOMAIN);
    d = plain();
    d.type = ASSAY_METRIC_PROPORTION;
    d.baseline_mean = 1.0;
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_DOMAIN);
    d.baseline_mean = 0.9; /* 0.9 + 0.1 is 1, whatever the doubles say */
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_ptr_nonnull(strstr(err.message, "make a share of 1"));
}
END_TEST

START_TEST(sizes_beyond_2_to_the_53_are_refused)
{
    struct assay_size_design d = plain();
    struct assay_size_result size;
    struct assay_error err;
    double power;
    d.effect = 1e-9;
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_LIMIT);
    d.test = ASSAY_TEST_T;
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_LIMIT);
    d = plain();
    d.baseline_weight = 1e300; /* kappa */
    ck_assert_int_eq(assay_size_required(&d, &size, &err), ASSAY_ERROR_LIMIT);
    ck_assert_int_eq(assay_size_power(&d, 1, 10, &power, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_size_power(&d, 10, NAN, &power, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_size_effect(&d, 10, 1e300, &power, &err), ASSAY_ERROR_DOMAIN);
}
END_TEST

START_TEST(a_huge_effect_has_power_1_by_t)
{
    struct assay_size_design d = plain();
    struct assay_size_result size;
    struct assay_error err;
    d.test = ASSAY_TEST_T;
    d.effect = 1e9;
    assert_ok(assay_size_required(&d, &size, &err), &err);
    ck_assert_double_eq(size.compared, 2.0);
    ck_assert_double_eq(size.power, 1.0);
}
END_TEST

/* Beyond 1e15 degrees of freedom, t is normal but for z^4 / 4e15. */
START_TEST(power_by_t_reaches_the_largest_sizes)
{
    for (double n = 1e14; n <= 0x1p53; n *= 1.9) {
        struct assay_size_design d = plain(), normal = plain();
        double power, wanted, effect = 0.0;
        struct assay_error err;
        d.test = ASSAY_TEST_T;
        d.effect = normal.effect = 2.5 * sqrt(2.0 / n);
        assert_ok(assay_size_power(&d, n, n, &power, &err), &err);
        assert_ok(assay_size_power(&normal, n, n, &wanted, &err), &err);
        assert_close(power, wanted, n < 1e15 ? 1e-14 : 4e-15);
        assert_ok(assay_size_effect(&d, n, n, &effect, &err), &err);
        ck_assert(effect > 0.0);
    }
}
END_TEST

/* A level so small that few units need an enormous effect: with 2 a group the critical value is
 * 7e9 and more, with 3 below 2e6. */
START_TEST(enormous_effects_are_held_against_tiny_levels)
{
    static const double EFFECTS[] = {1e7, 1e8, 1e9}, TINY[] = {1e-20, 1e-22, 1e-24};
    for (size_t i = 0; i < 3; i++) {
        struct assay_size_design d = plain();
        struct assay_size_result size;
        struct assay_error err;
        double power;
        d.test = ASSAY_TEST_T;
        d.alpha = TINY[i];
        d.effect = EFFECTS[i];
        assert_ok(assay_size_required(&d, &size, &err), &err);
        ck_assert_double_eq(size.compared, 3.0);
        ck_assert_double_ge(size.power, 0.8);
        assert_ok(assay_size_power(&d, 2.0, 2.0, &power, &err), &err);
        ck_assert(power >= 0.0 && power < 0.8);
    }
}
END_TEST

/* A design that is set to zero first, and filled but for what has a default. */
START_TEST(a_zeroed_design_has_its_defaults)
{
    struct assay_size_design zeroed = {.type = ASSAY_METRIC_PROPORTION,
                                       .alpha = 0.0125,
                                       .power = 0.8,
                                       .baseline_mean = 0.1,
                                       .effect = 0.002};
    struct assay_size_design full = zeroed;
    struct assay_size_result got, want;
    struct assay_error err;
    full.variance_factor = full.baseline_weight = full.compared_weight = 1.0;
    assert_ok(assay_size_required(&zeroed, &got, &err), &err);
    assert_ok(assay_size_required(&full, &want, &err), &err);
    ck_assert_double_eq(got.total, want.total);
    ck_assert_double_gt(got.total, 800000 / 2);
    zeroed.compared_weight = 3.0;
    ck_assert_int_eq(assay_size_required(&zeroed, &got, &err), ASSAY_ERROR_DOMAIN);
}
END_TEST

static void add(TCase *c)
{
    tcase_add_test(c, sizes_power_and_effects_match_mpmath);
    tcase_add_test(c, sizes_match_r);
    tcase_add_test(c, a_zeroed_design_has_its_defaults);
    tcase_add_test(c, power_of_a_size_asks_for_that_size_back);
    tcase_add_test(c, effect_of_a_size_has_the_power);
    tcase_add_test(c, weights_are_the_decimals_people_write);
    tcase_add_test(c, no_share_reaches_the_power);
    tcase_add_test(c, no_variance_needs_one_unit);
    tcase_add_test(c, bad_designs_are_refused);
    tcase_add_test(c, bad_shares_and_methods_are_refused);
    tcase_add_test(c, sizes_beyond_2_to_the_53_are_refused);
    tcase_add_test(c, a_huge_effect_has_power_1_by_t);
    tcase_add_test(c, power_by_t_reaches_the_largest_sizes);
    tcase_add_test(c, enormous_effects_are_held_against_tiny_levels);
}

int main(void)
{
    return test_main("size", add);
}
