/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boundaries of sequences of looks: an oracle of 36 digits, published constants, and what must hold
 * of any. */
#include <gsl/gsl_integration.h>

#include "stats/horizon/gauss.h"
#include "stats/horizon/horizon.h"
#include "stats/root.h"
#include "test.h"

/* What assay/horizon.h promises for critical values, and what is seen: ten times 64 looks' bits. */
static const double PROMISED = 1e-10, SEEN = 5e-13;

enum { LOOKS_MAX = 64 };

static const struct assay_horizon_design POWER2 = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                                   .alpha = 0.05,
                                                   .spending = ASSAY_SPENDING_POWER,
                                                   .spending_parameter = 2.0,
                                                   .expected_size = 1.0};

static struct assay_horizon *open_design(const struct assay_horizon_design *design)
{
    struct assay_horizon *horizon = NULL;
    struct assay_error err;
    assert_ok(assay_horizon_open(design, &horizon, &err), &err);
    return horizon;
}

static struct assay_boundary look_at(struct assay_horizon *horizon, double units)
{
    struct assay_boundary boundary;
    struct assay_error err;
    assert_ok(assay_horizon_at(horizon, units, NAN, &boundary, &err), &err);
    return boundary;
}

START_TEST(rule_is_that_of_gsl)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(ASSAY__GAUSS_POINTS);
    for (size_t i = 0; i < ASSAY__GAUSS_POINTS; i++) {
        double node, weight;
        gsl_integration_glfixed_point(-1.0, 1.0, i, &node, &weight, table);
        assert_close(assay__gauss_node((int)i), node, 1e-15);
        assert_close(assay__gauss_weight((int)i), weight, 1e-14);
    }
    gsl_integration_glfixed_table_free(table);
}
END_TEST

START_TEST(normal_rule_has_the_moments_of_the_normal)
{
    double want = 1.0; /* (2m - 1)!! */
    for (int m = 0; m < 12; m++) {
        double sum = 0.0;
        for (int i = 0; i < ASSAY__GAUSS_POINTS; i++)
            sum += assay__normal_weight(i) * pow(assay__normal_node(i), 2.0 * m);
        assert_close(sum, want, 1e-13);
        want *= 2.0 * m + 1.0;
    }
}
END_TEST

/* One line of tests/golden/boundaries.csv; returns the worst error of its critical values. */
struct golden {
    struct assay_horizon_design design;
    double power, times[LOOKS_MAX], z[LOOKS_MAX], powers[LOOKS_MAX];
    double drift, expected_null, expected_alternative;
    size_t count;
};

static void parse_numbers(char *words, double *out)
{
    char *word;
    for (size_t i = 0; (word = strsep(&words, " ")) != NULL; i++)
        out[i] = strtod(word, NULL);
}

static struct golden parse(char *line)
{
    struct golden g = {.design = POWER2};
    g.design.two_sided = strtol(strsep(&line, ","), NULL, 10) == 2;
    g.design.alpha = strtod(strsep(&line, ","), NULL);
    const char *family = strsep(&line, ",");
    for (int i = 0; i <= ASSAY_SPENDING_HWANG_SHIH_DECANI; i++)
        if (strcmp(family, assay_spending_name((enum assay_spending_family)i)) == 0)
            g.design.spending = (enum assay_spending_family)i;
    g.design.spending_parameter = strtod(strsep(&line, ","), NULL);
    const char *power = strsep(&line, ",");
    g.power = strcmp(power, "-") == 0 ? (double)NAN : strtod(power, NULL);
    char *times = strsep(&line, ","), *z = strsep(&line, ",");
    for (const char *c = times; *c != '\0'; c++)
        g.count += *c == ' ';
    g.count++;
    parse_numbers(times, g.times);
    parse_numbers(z, g.z);
    parse_numbers(strsep(&line, ","), g.powers);
    g.drift = strtod(strsep(&line, ","), NULL);
    g.expected_null = strtod(strsep(&line, ","), NULL);
    g.expected_alternative = strtod(strsep(&line, ","), NULL);
    return g;
}

static void check_plan(const struct golden *g, const struct assay_horizon *horizon)
{
    struct assay_horizon_cost plan;
    struct assay_error err;
    double above[LOOKS_MAX];
    size_t count = LOOKS_MAX;
    assert_ok(assay_horizon_cost(horizon, g->power, &plan, &err), &err);
    assert_close(plan.drift, g->drift, 1e-11);
    assert_close(plan.expected_null, g->expected_null, 1e-11);
    assert_close(plan.expected_alternative, g->expected_alternative, 1e-11);
    assert_ok(assay_horizon_exits(horizon, g->drift, above, NULL, &count, &err), &err);
    ck_assert_uint_eq(count, g->count);
    for (size_t k = 0; k < count; k++)
        ck_assert_msg(fabs(above[k] - g->powers[k]) < 1e-11 * g->powers[k] + 1e-300, "%g %g",
                      above[k], g->powers[k]);
}

START_TEST(boundaries_match_the_oracle)
{
    char *text = test_read_file("tests/golden/boundaries.csv", NULL), *rest = text, *line;
    double worst = 0.0;
    int cases = 0;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        struct golden g = parse(line);
        struct assay_horizon *horizon = open_design(&g.design);
        for (size_t k = 0; k < g.count; k++) {
            double z = look_at(horizon, g.times[k]).critical, error = fabs(z - g.z[k]);
            ck_assert_msg(error <= PROMISED && error <= SEEN * fmax(1.0, g.z[k]),
                          "case %d, look %zu: %.17g, expected %.17g", cases, k, z, g.z[k]);
            worst = fmax(worst, error / fmax(1.0, g.z[k]));
        }
        if (!isnan(g.power))
            check_plan(&g, horizon);
        assay_horizon_free(horizon);
        cases++;
    }
    free(text);
    printf("boundaries: %d designs; worst error of z %.2g\n", cases, worst);
    ck_assert_int_gt(cases, 300);
}
END_TEST

/* gsDesign(alpha = .025, test.type = 1, sfu = sfLDOF, timing = c(.5, .75, 1)), six decimals, as the
 * manual of gsDesign2 prints it: https://merck.github.io/gsDesign2/reference/gs_b.html */
START_TEST(published_boundaries_of_gsdesign)
{
    static const double TIMES[] = {0.5, 0.75, 1.0}, Z[] = {2.962588, 2.359018, 2.014084};
    struct assay_horizon_design design = POWER2;
    design.alpha = 0.025;
    design.spending = ASSAY_SPENDING_OBRIEN_FLEMING;
    struct assay_horizon *horizon = open_design(&design);
    for (int k = 0; k < 3; k++)
        ck_assert_double_eq_tol(look_at(horizon, TIMES[k]).critical, Z[k], 1e-6);
    assay_horizon_free(horizon);
}
END_TEST

/*
 * Reboussin, DeMets, Kim and Lan (2000), Controlled Clinical Trials 21:190, the example of their
 * program (also that of ldbounds in R): two-sided .05, five equal looks. Its printed digits are
 * good to 1.2e-4: at 35 digits the second is 3.35701, the third and fifth of Pocock's are rounded
 * down.
 */
START_TEST(published_boundaries_of_lan_and_demets)
{
    static const struct {
        enum assay_spending_family family;
        double z[5];
    } CASES[] = {
        {ASSAY_SPENDING_OBRIEN_FLEMING, {4.8769, 3.3569, 2.6803, 2.2898, 2.0310}},
        {ASSAY_SPENDING_POCOCK, {2.4380, 2.4268, 2.4101, 2.3966, 2.3859}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay_horizon_design design = POWER2;
        design.two_sided = true;
        design.spending = CASES[i].family;
        struct assay_horizon *horizon = open_design(&design);
        for (int k = 0; k < 5; k++)
            ck_assert_double_eq_tol(look_at(horizon, (k + 1) / 5.0).critical, CASES[i].z[k],
                                    1.2e-4);
        assay_horizon_free(horizon);
    }
}
END_TEST

/* A two-sided test of k equal looks whose z is c (k/K)^(shape - 1/2) at look k. */
struct classical {
    int looks;
    double shape; /* 1/2: Pocock; 0: O'Brien and Fleming */
    double target;
};

static void walk_classical(const struct classical *test, double c, struct assay__walk *walk)
{
    struct assay_error err;
    for (int k = 1; k <= test->looks; k++) {
        double time = (double)k / test->looks;
        assert_ok(assay__walk_add(walk, time, c * pow(time, test->shape), k == test->looks, &err),
                  &err);
    }
}

static double exits_of(const struct assay__walk *walk, double drift)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < walk->count; k++)
        sum +=
            exp(assay__walk_exit(walk, k, walk->grids[k].time, walk->grids[k].edge, drift).log_p);
    return sum;
}

static double level_left(void *context, double c)
{
    const struct classical *test = context;
    struct assay__walk walk = {.two_sided = true};
    walk_classical(test, c, &walk);
    double left = test->target - 2.0 * exits_of(&walk, 0.0);
    assay__walk_release(&walk);
    return left;
}

struct drift_target {
    const struct assay__walk *walk;
    double power;
};

static double power_over(void *context, double drift)
{
    const struct drift_target *target = context;
    return exits_of(target->walk, drift) - target->power;
}

/* Jennison and Turnbull (2000), tables 2.1 to 2.4: C and R for alpha .05, power .9. */
START_TEST(published_constants_of_pocock_and_obrien_fleming)
{
    static const struct {
        int looks;
        double pocock, pocock_size, obrien_fleming, obrien_fleming_size;
    } TABLE[] = {{1, 1.960, 1.000, 1.960, 1.000}, {2, 2.178, 1.100, 1.977, 1.007},
                 {3, 2.289, 1.151, 2.004, 1.016}, {4, 2.361, 1.183, 2.024, 1.022},
                 {5, 2.413, 1.207, 2.040, 1.026}, {10, 2.555, 1.271, 2.087, 1.037},
                 {20, 2.672, 1.327, 2.126, 1.045}};
    double once = assay_normal_quantile_upper(0.025) + assay_normal_quantile_upper(0.1);
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        for (int kind = 0; kind < 2; kind++) {
            struct classical test = {TABLE[i].looks, kind == 0 ? 0.5 : 0.0, 0.05};
            double c = assay__root_rising(level_left, &test, 2.2, 0.1);
            struct assay__walk walk = {.two_sided = true};
            walk_classical(&test, c, &walk);
            struct drift_target target = {&walk, 0.9};
            double drift = assay__root_rising(power_over, &target, 3.3, 0.1);
            ck_assert_double_eq_tol(c, kind == 0 ? TABLE[i].pocock : TABLE[i].obrien_fleming, 6e-4);
            ck_assert_double_eq_tol(drift * drift / (once * once),
                                    kind == 0 ? TABLE[i].pocock_size : TABLE[i].obrien_fleming_size,
                                    6e-4);
            assay__walk_release(&walk);
        }
    }
}
END_TEST

/* Information at the last look, and its mean at the stop without and with the effect, as shares of
 * what one look needs with power .9. */
struct classical_size {
    double most, null, alternative;
};

static double mean_information(const struct assay__walk *walk, double drift)
{
    double mean = 1.0;
    for (uint32_t k = 0; k + 1 < walk->count; k++) {
        const struct assay__grid *grid = &walk->grids[k];
        double above = exp(assay__walk_exit(walk, k, grid->time, grid->edge, drift).log_p);
        double below = exp(assay__walk_exit(walk, k, grid->time, grid->edge, -drift).log_p);
        mean -= (1.0 - grid->time) * (above + below);
    }
    return mean;
}

static struct classical_size size_of(int looks, double shape)
{
    struct classical test = {looks, shape, 0.05};
    double once = assay_normal_quantile_upper(0.025) + assay_normal_quantile_upper(0.1);
    struct assay__walk walk = {.two_sided = true};
    walk_classical(&test, assay__root_rising(level_left, &test, 2.2, 0.1), &walk);
    struct drift_target target = {&walk, 0.9};
    double drift = assay__root_rising(power_over, &target, 3.3, 0.1);
    double most = drift * drift / (once * once);
    struct classical_size size = {most, most * mean_information(&walk, 0.0),
                                  most * mean_information(&walk, drift)};
    assay__walk_release(&walk);
    return size;
}

/*
 * SAS/STAT 14.1 User's Guide, the SEQDESIGN procedure: output 89.3.1 (Pocock, four stages, alpha
 * .05, power .9, shares of a fixed sample in percent) and "Aspects of Group Sequential Designs"
 * (maximum information of O'Brien and Fleming's method, reference .25).
 */
START_TEST(published_figures_of_sas_seqdesign)
{
    static const struct {
        int looks;
        double information;
    } OBRIEN_FLEMING[] = {{1, 168.12}, {2, 169.32}, {5, 172.57}, {10, 174.42}};
    struct classical_size pocock = size_of(4, 0.5);
    ck_assert_double_eq_tol(100.0 * pocock.most, 118.3143, 9e-5);
    ck_assert_double_eq_tol(100.0 * pocock.null, 115.6074, 6e-5);
    ck_assert_double_eq_tol(100.0 * pocock.alternative, 69.74805, 1.5e-5);
    double once = assay_normal_quantile_upper(0.025) + assay_normal_quantile_upper(0.1);
    for (size_t i = 0; i < sizeof OBRIEN_FLEMING / sizeof *OBRIEN_FLEMING; i++) {
        double information = once * once / (0.25 * 0.25) * size_of(OBRIEN_FLEMING[i].looks, 0).most;
        ck_assert_double_eq_tol(information, OBRIEN_FLEMING[i].information, 6e-3);
    }
}
END_TEST

START_TEST(one_look_at_the_end_is_the_fixed_test)
{
    for (int family = 0; family <= ASSAY_SPENDING_HWANG_SHIH_DECANI; family++) {
        for (int sides = 1; sides <= 2; sides++) {
            struct assay_horizon_design design = POWER2, once = {.alpha = 0.05};
            design.spending = (enum assay_spending_family)family;
            design.two_sided = once.two_sided = sides == 2;
            struct assay_horizon *sequence = open_design(&design), *fixed = open_design(&once);
            struct assay_boundary a = look_at(sequence, 1.0), b = look_at(fixed, 12.0);
            assert_close(a.critical, b.critical, 1e-15);
            ck_assert_double_eq(a.alpha_spent, 0.05);
            ck_assert(a.is_final && b.is_final && a.information == 1.0 && isnan(b.information));
            assay_horizon_free(sequence);
            assay_horizon_free(fixed);
        }
    }
}
END_TEST

START_TEST(overrun_keeps_the_last_critical_value)
{
    struct assay_horizon_design design = POWER2;
    design.expected_size = 1000.0;
    struct assay_horizon *horizon = open_design(&design);
    struct assay_boundary first = look_at(horizon, 400), last = look_at(horizon, 1300);
    ck_assert(!first.is_final && last.is_final && last.flags == 0);
    ck_assert_double_eq(last.alpha_spent, 0.05);
    ck_assert_double_eq(last.information, 1.3);
    /* The same spending with the last look at 1 has another critical value: its correlation with
     * the first is larger. */
    struct assay_horizon *planned = open_design(&design);
    look_at(planned, 400);
    ck_assert_double_gt(last.critical, look_at(planned, 1000).critical);
    for (int i = 0; i < 3; i++) {
        struct assay_boundary later = look_at(horizon, 1300 + 100 * i);
        ck_assert_double_eq(later.critical, last.critical);
        ck_assert_double_eq(later.alpha_spent, 0.05);
        ck_assert_uint_eq(later.flags, ASSAY_BOUNDARY_OVERRUN);
        ck_assert(later.is_final);
    }
    assay_horizon_free(horizon);
    assay_horizon_free(planned);
}
END_TEST

START_TEST(no_new_units_spend_nothing)
{
    struct assay_horizon *horizon = open_design(&POWER2);
    struct assay_boundary none = look_at(horizon, 0.0);
    ck_assert(isnan(none.critical) && none.alpha_spent == 0.0 && !none.is_final);
    ck_assert_uint_eq(none.flags, ASSAY_BOUNDARY_EMPTY | ASSAY_BOUNDARY_NO_LOOK);
    struct assay_boundary first = look_at(horizon, 0.25), again = look_at(horizon, 0.25);
    ck_assert_uint_eq(first.flags, 0);
    ck_assert_uint_eq(again.flags, ASSAY_BOUNDARY_NO_LOOK);
    ck_assert_double_eq(again.critical, first.critical);
    ck_assert_double_eq(again.alpha_spent, first.alpha_spent);
    struct assay_boundary fewer = look_at(horizon, 0.2);
    ck_assert_uint_eq(fewer.flags, ASSAY_BOUNDARY_NO_LOOK);
    ck_assert_double_eq(fewer.critical, first.critical);
    struct assay_horizon *plain = open_design(&POWER2);
    look_at(plain, 0.25);
    ck_assert_double_eq(look_at(horizon, 0.5).critical, look_at(plain, 0.5).critical);
    assay_horizon_free(horizon);
    assay_horizon_free(plain);
}
END_TEST

/* Stopping at look k just at the boundary, the stage-wise p is the alpha spent so far. */
START_TEST(stage_wise_p_at_the_boundary_is_the_alpha_spent)
{
    for (int sides = 1; sides <= 2; sides++) {
        struct assay_horizon_design design = POWER2;
        design.two_sided = sides == 2;
        struct assay_horizon *horizon = open_design(&design);
        const double times[] = {0.13, 0.5, 0.52, 1.0};
        for (size_t k = 0; k < 4; k++) {
            struct assay_boundary boundary = look_at(horizon, times[k]);
            struct assay_horizon_estimate above, below;
            struct assay_error err;
            assert_ok(assay_horizon_estimate(horizon, k, boundary.critical, 0.025, &above, &err),
                      &err);
            assert_close(above.p, boundary.alpha_spent, 1e-11);
            ck_assert_double_lt(above.lower, above.median);
            ck_assert_double_lt(above.median, above.upper);
            if (sides == 1)
                continue;
            assert_ok(assay_horizon_estimate(horizon, k, -boundary.critical, 0.025, &below, &err),
                      &err);
            assert_close(below.p, above.p, 1e-12);
            assert_close(below.median, -above.median, 1e-12);
            assert_close(below.lower, -above.upper, 1e-12);
        }
        assay_horizon_free(horizon);
    }
}
END_TEST

/* At the first look nothing has happened before: the estimate is the usual one. */
START_TEST(estimate_at_the_first_look_is_the_usual_one)
{
    struct assay_horizon *horizon = open_design(&POWER2);
    struct assay_horizon_estimate estimate;
    struct assay_error err;
    look_at(horizon, 0.25);
    assert_ok(assay_horizon_estimate(horizon, 0, 3.0, 0.025, &estimate, &err), &err);
    double z = assay_normal_quantile_upper(0.025);
    assert_close(estimate.median, 6.0, 1e-13);
    assert_close(estimate.lower, (3.0 - z) / 0.5, 1e-13);
    assert_close(estimate.upper, (3.0 + z) / 0.5, 1e-13);
    assert_close(estimate.p, assay_normal_upper(3.0), 1e-14);
    assay_horizon_free(horizon);
}
END_TEST

static void assert_refused(struct assay_horizon_design design, const char *word)
{
    struct assay_horizon *horizon;
    struct assay_error err;
    ck_assert_int_eq(assay_horizon_open(&design, &horizon, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_msg(strstr(err.message, word) != NULL, "%s", err.message);
}

START_TEST(bad_designs_are_refused)
{
    struct assay_horizon_design design = POWER2;
    design.alpha = 0.5;
    assert_refused(design, "one-sided alpha");
    design.alpha = NAN;
    assert_refused(design, "alpha");
    design = POWER2;
    design.expected_size = 0.0;
    assert_refused(design, "expected sample size");
    design = POWER2;
    design.spending_parameter = -1.0;
    assert_refused(design, "spending parameter");
    design.spending = ASSAY_SPENDING_HWANG_SHIH_DECANI;
    design.spending_parameter = 501.0;
    assert_refused(design, "spending parameter");
    design = POWER2;
    design.kind = ASSAY_HORIZON_ALWAYS_VALID;
    design.mixture_parameter = -1.0;
    assert_refused(design, "parameter");
    struct assay_horizon *horizon = open_design(&POWER2);
    struct assay_boundary boundary;
    struct assay_horizon_cost plan;
    struct assay_error err;
    ck_assert_int_eq(assay_horizon_at(horizon, -1.0, NAN, &boundary, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_horizon_cost(horizon, 0.8, &plan, &err), ASSAY_ERROR_DOMAIN);
    look_at(horizon, 0.5);
    ck_assert_int_eq(assay_horizon_cost(horizon, 0.05, &plan, &err), ASSAY_ERROR_DOMAIN);
    assay_horizon_free(horizon);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, rule_is_that_of_gsl);
    tcase_add_test(cases, normal_rule_has_the_moments_of_the_normal);
    tcase_add_test(cases, boundaries_match_the_oracle);
    tcase_add_test(cases, published_boundaries_of_gsdesign);
    tcase_add_test(cases, published_boundaries_of_lan_and_demets);
    tcase_add_test(cases, published_constants_of_pocock_and_obrien_fleming);
    tcase_add_test(cases, published_figures_of_sas_seqdesign);
    tcase_add_test(cases, one_look_at_the_end_is_the_fixed_test);
    tcase_add_test(cases, overrun_keeps_the_last_critical_value);
    tcase_add_test(cases, no_new_units_spend_nothing);
    tcase_add_test(cases, stage_wise_p_at_the_boundary_is_the_alpha_spent);
    tcase_add_test(cases, estimate_at_the_first_look_is_the_usual_one);
    tcase_add_test(cases, bad_designs_are_refused);
}

int main(void)
{
    return test_main("horizon", add);
}
