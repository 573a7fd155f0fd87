/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boundaries, constants and sizes of sequential designs as they are published. */
#include "horizon_look.h"
#include "stats/horizon/horizon.h"
#include "stats/root.h"

/* gsDesign(alpha = .025, test.type = 1, sfu = sfLDOF, timing = c(.5, .75, 1)), six decimals, as the
 * manual of gsDesign2 prints it: https://merck.github.io/gsDesign2/reference/gs_b.html */
START_TEST(published_boundaries_of_gsdesign)
{
    static const double TIMES[] = {0.5, 0.75, 1.0}, Z[] = {2.962588, 2.359018, 2.014084};
    struct assay_horizon_design design = HORIZON_POWER2;
    design.alpha = 0.025;
    design.spending = ASSAY_SPENDING_OBRIEN_FLEMING;
    struct assay_horizon *horizon = horizon_open_design(&design);
    for (int k = 0; k < 3; k++)
        ck_assert_double_eq_tol(horizon_look_at(horizon, TIMES[k]).critical, Z[k], 1e-6);
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
        struct assay_horizon_design design = HORIZON_POWER2;
        design.two_sided = true;
        design.spending = CASES[i].family;
        struct assay_horizon *horizon = horizon_open_design(&design);
        for (int k = 0; k < 5; k++)
            ck_assert_double_eq_tol(horizon_look_at(horizon, (k + 1) / 5.0).critical, CASES[i].z[k],
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
        assert_ok(assay__walk_prepare(walk, time, &err), &err);
        assert_ok(assay__walk_add(walk, time, c * pow(time, test->shape), &err), &err);
    }
}

static double exits_of(const struct assay__walk *walk, double drift)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < walk->count; k++)
        sum += exp(assay__walk_log_exit(walk, k, walk->grids[k].time, walk->grids[k].edge, drift));
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
        double above = exp(assay__walk_log_exit(walk, k, grid->time, grid->edge, drift));
        double below = exp(assay__walk_log_exit(walk, k, grid->time, grid->edge, -drift));
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

static void add(TCase *cases)
{
    tcase_add_test(cases, published_boundaries_of_gsdesign);
    tcase_add_test(cases, published_boundaries_of_lan_and_demets);
    tcase_add_test(cases, published_constants_of_pocock_and_obrien_fleming);
    tcase_add_test(cases, published_figures_of_sas_seqdesign);
}

int main(void)
{
    return test_main("horizon_published", add);
}
