/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Always-valid boundaries and p-values against mpmath, and what must hold of any. */
#include "stats/horizon/horizon.h"
#include "test.h"

/* Seen: 4e-16, 7e-16 and 3e-16; p has what its logarithm lost, times the logarithm. */
static const double PROMISED = 1e-13;

struct golden {
    struct assay_horizon_design design;
    double units, standard_error, statistic, weight, critical, width, p, log10_p;
};

static double next_number(char **line)
{
    return strtod(strsep(line, ","), NULL);
}

static struct golden parse(char *line)
{
    static const char *const FORMS[] = {"size", "rho", "tau"};
    struct golden g = {.design = {.kind = ASSAY_HORIZON_ALWAYS_VALID}};
    const char *form = strsep(&line, ",");
    for (int i = 0; i <= ASSAY_MIXTURE_TAU; i++)
        if (strcmp(form, FORMS[i]) == 0)
            g.design.mixture = (enum assay_mixture)i;
    g.design.two_sided = strcmp(strsep(&line, ","), "2") == 0;
    g.design.alpha = next_number(&line);
    g.design.mixture_parameter = next_number(&line);
    g.units = next_number(&line);
    g.standard_error = next_number(&line);
    g.statistic = next_number(&line);
    g.weight = next_number(&line);
    g.critical = next_number(&line);
    g.width = next_number(&line);
    g.p = next_number(&line);
    g.log10_p = next_number(&line);
    return g;
}

enum { WEIGHT, CRITICAL, WIDTH, P, LOG_P, FIGURES };

/* Near p = 1 its logarithm has the digits of p. */
static double log_error(double log10_p, double want)
{
    return fabs(log10_p - want) / fmax(fabs(want), 1.0);
}

static void check_golden(const struct golden *g, double worst[FIGURES], const char *line)
{
    struct assay_horizon *horizon;
    struct assay_boundary boundary;
    struct assay_error err;
    assert_ok(assay_horizon_open(&g->design, &horizon, &err), &err);
    assert_ok(assay_horizon_at(horizon, g->units, g->standard_error, &boundary, &err), &err);
    assay_horizon_free(horizon);
    double x = assay__mixture_weight(&g->design, g->units, g->standard_error);
    double log_p = assay__mixture_log_p(g->statistic, g->design.two_sided, x);
    const double errors[FIGURES] = {
        test_relative_error(x, g->weight), test_relative_error(boundary.critical, g->critical),
        test_relative_error(boundary.critical * g->standard_error, g->width),
        g->p > 0.0 ? test_relative_error(exp(log_p), g->p) : 0.0,
        log_error(log_p / M_LN10, g->log10_p)};
    for (int i = 0; i < FIGURES; i++) {
        worst[i] = fmax(worst[i], errors[i]);
        ck_assert_msg(errors[i] <= PROMISED, "%s: figure %d: %g off", line, i, errors[i]);
    }
}

START_TEST(boundaries_and_p_match_mpmath)
{
    char *text = test_read_file("tests/golden/mixtures.csv", NULL), *rest = text, *line;
    double worst[FIGURES] = {0};
    int cases = 0;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char *copy = strdup(line);
        struct golden g = parse(line);
        check_golden(&g, worst, copy);
        free(copy);
        cases++;
    }
    free(text);
    printf("mixtures: %d cases; worst error of weight %.2g, critical %.2g, width %.2g, p %.2g, log "
           "p %.2g\n",
           cases, worst[WEIGHT], worst[CRITICAL], worst[WIDTH], worst[P], worst[LOG_P]);
    ck_assert_int_eq(cases, 600);
}
END_TEST

static struct assay_horizon *open_design(const struct assay_horizon_design *design)
{
    struct assay_horizon *horizon = NULL;
    struct assay_error err;
    assert_ok(assay_horizon_open(design, &horizon, &err), &err);
    return horizon;
}

static double critical_at(struct assay_horizon *horizon, double units)
{
    struct assay_boundary boundary;
    struct assay_error err;
    assert_ok(assay_horizon_at(horizon, units, NAN, &boundary, &err), &err);
    return boundary.critical;
}

/* Mixtures in their three forms, from the formulas at other places of the parameter. */
START_TEST(always_valid_forms_agree)
{
    struct assay_horizon_design size = {.kind = ASSAY_HORIZON_ALWAYS_VALID,
                                        .two_sided = true,
                                        .alpha = 0.05,
                                        .mixture = ASSAY_MIXTURE_OPTIMAL_SIZE,
                                        .mixture_parameter = 5000.0};
    double rho2 = (-2.0 * log(0.05) + log(1.0 - 2.0 * log(0.05))) / 5000.0;
    struct assay_horizon_design rho = size, tau = size;
    rho.mixture = ASSAY_MIXTURE_RHO;
    rho.mixture_parameter = 1.0 / rho2;
    tau.mixture = ASSAY_MIXTURE_TAU;
    tau.mixture_parameter = 3.0 * sqrt(rho2); /* variance 9 a unit */
    struct assay_horizon *a = open_design(&size), *b = open_design(&rho), *c = open_design(&tau);
    for (double n = 10.0; n < 1e7; n *= 7.0) {
        struct assay_boundary by_tau;
        struct assay_error err;
        double x = n * rho2, want = sqrt(2.0 * (x + 1.0) / x * log(sqrt(x + 1.0) / 0.05));
        assert_close(critical_at(a, n), want, 1e-14);
        assert_close(critical_at(b, n), want, 1e-14);
        assert_ok(assay_horizon_at(c, n, 3.0 / sqrt(n), &by_tau, &err), &err);
        assert_close(by_tau.critical, want, 1e-14);
        ck_assert(isnan(by_tau.information) && !by_tau.is_final && by_tau.alpha_spent == 0.05);
    }
    assay_horizon_free(a);
    assay_horizon_free(b);
    assay_horizon_free(c);
}
END_TEST

/* The p of a statistic at the boundary is alpha; beyond it, mpmath (30 digits). */
START_TEST(always_valid_p_is_alpha_at_the_boundary)
{
    for (int sides = 1; sides <= 2; sides++) {
        for (double alpha = 1e-6; alpha < 0.4; alpha *= 3.0) {
            struct assay_horizon_design design = {.kind = ASSAY_HORIZON_ALWAYS_VALID,
                                                  .two_sided = sides == 2,
                                                  .alpha = alpha,
                                                  .mixture_parameter = 800.0};
            struct assay_horizon *horizon = open_design(&design);
            for (double n = 3.0; n < 1e6; n *= 11.0) {
                double x = assay__mixture_weight(&design, n, NAN);
                double critical = critical_at(horizon, n);
                assert_close(exp(assay__mixture_log_p(critical, sides == 2, x)), alpha, 3e-13);
            }
            assay_horizon_free(horizon);
        }
    }
    ck_assert_double_eq(assay__mixture_log_p(-4.0, false, 2.0), 0.0);
    ck_assert_double_eq(assay__mixture_log_p(0.01, true, 2.0), 0.0);
    ck_assert_double_eq(assay__mixture_log_p(0.01, false, 2.0), 0.0);
    /* sqrt(3) exp(-900/2 * 2/3); sqrt(3) / (2 (exp(300) - 1)) */
    assert_close(assay__mixture_log_p(30.0, true, 2.0), 0.5 * log(3.0) - 300.0, 1e-15);
    assert_close(assay__mixture_log_p(30.0, false, 2.0), 0.5 * log(3.0) - M_LN2 - 300.0, 1e-15);
}
END_TEST

/* Without a standard error above 0 there is no boundary. */
START_TEST(without_a_standard_error_there_is_no_boundary)
{
    static const double NONE[] = {NAN, 0.0, -0.1};
    const struct assay_horizon_design design = {
        .kind = ASSAY_HORIZON_ALWAYS_VALID, .mixture = ASSAY_MIXTURE_TAU, .mixture_parameter = 1.0};
    struct assay_horizon *horizon = open_design(&design);
    struct assay_boundary boundary;
    struct assay_error err;
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
        assert_ok(assay_horizon_at(horizon, 50.0, NONE[i], &boundary, &err), &err);
        ck_assert(isnan(boundary.critical));
    }
    assay_horizon_free(horizon);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, without_a_standard_error_there_is_no_boundary);
    tcase_add_test(cases, boundaries_and_p_match_mpmath);
    tcase_add_test(cases, always_valid_forms_agree);
    tcase_add_test(cases, always_valid_p_is_alpha_at_the_boundary);
}

int main(void)
{
    return test_main("mixture", add);
}
