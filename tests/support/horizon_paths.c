/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulated paths against boundaries: GSL's generator, a seed that is printed. */
#include "horizon_paths.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "test.h"

enum { LOOKS_MAX = 4096 };

static void take_boundaries(const struct assay_horizon_design *design, int looks, double *z)
{
    bool always = design->kind == ASSAY_HORIZON_ALWAYS_VALID;
    struct assay_horizon *horizon;
    struct assay_boundary boundary;
    struct assay_error err;
    assert_ok(assay_horizon_open(design, &horizon, &err), &err);
    for (int k = 1; k <= looks; k++) {
        double units = always ? k : (double)k / looks;
        assert_ok(assay_horizon_at(horizon, units, NAN, &boundary, &err), &err);
        z[k - 1] = boundary.critical;
    }
    assay_horizon_free(horizon);
}

struct horizon_exits horizon_paths_exits(const struct assay_horizon_design *design, int looks,
                                         double drift, long paths, unsigned long seed)
{
    double z[LOOKS_MAX], step = 1.0 / sqrt(looks);
    struct horizon_exits exits = {0.0, 0.0};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(random, seed);
    take_boundaries(design, looks, z);
    for (long path = 0; path < paths; path++) {
        double score = 0.0;
        for (int k = 1; k <= looks; k++) {
            score += drift / looks + step * gsl_ran_gaussian_ziggurat(random, 1.0);
            double statistic = score / sqrt((double)k / looks);
            bool below = design->two_sided && statistic < -z[k - 1];
            exits.above += statistic > z[k - 1];
            exits.below += below;
            if (below || statistic > z[k - 1])
                break;
        }
    }
    gsl_rng_free(random);
    exits.above /= (double)paths;
    exits.below /= (double)paths;
    return exits;
}

static void check_share(const char *what, double share, double want, long paths)
{
    double error = sqrt(want * (1.0 - want) / (double)paths);
    ck_assert_msg(fabs(share - want) < 4.0 * error, "%s: %g, expected %g, Monte Carlo error %g",
                  what, share, want, error);
}

/* The level without drift, and the power at the drift that the plan has for it. */
static void check_design(const struct assay_horizon_design *design, int looks, long paths,
                         unsigned long seed)
{
    struct assay_horizon *horizon;
    struct assay_boundary boundary;
    struct assay_horizon_cost plan;
    struct assay_error err;
    char what[80];
    snprintf(what, sizeof what, "%s, %d sides, %d looks, seed %lu",
             assay_spending_name(design->spending), design->two_sided ? 2 : 1, looks, seed);
    struct horizon_exits null = horizon_paths_exits(design, looks, 0.0, paths, seed);
    check_share(what, null.above + null.below, design->alpha, paths);
    assert_ok(assay_horizon_open(design, &horizon, &err), &err);
    for (int k = 1; k <= looks; k++)
        assert_ok(assay_horizon_at(horizon, (double)k / looks, NAN, &boundary, &err), &err);
    assert_ok(assay_horizon_cost(horizon, 0.8, &plan, &err), &err);
    assay_horizon_free(horizon);
    struct horizon_exits power = horizon_paths_exits(design, looks, plan.drift, paths, seed + 1);
    check_share(what, power.above, 0.8, paths);
}

void horizon_paths_check(long paths)
{
    static const double PARAMETERS[] = {2.0, NAN, NAN, -4.0};
    static const int LOOKS[] = {5, 10, 20};
    unsigned long seed = 1983;
    for (int family = 0; family <= ASSAY_SPENDING_HWANG_SHIH_DECANI; family++) {
        for (size_t i = 0; i < sizeof LOOKS / sizeof *LOOKS; i++, seed += 2) {
            struct assay_horizon_design design = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                                  .two_sided = (family + (int)i) % 2 == 1,
                                                  .alpha = 0.05,
                                                  .spending = (enum assay_spending_family)family,
                                                  .spending_parameter = PARAMETERS[family],
                                                  .expected_size = 1.0};
            check_design(&design, LOOKS[i], paths, seed);
        }
    }
    printf("%ld paths a design, seeds from 1983\n", paths);
}

void horizon_paths_check_always_valid(long paths, int looks)
{
    for (int sides = 1; sides <= 2; sides++) {
        struct assay_horizon_design design = {.kind = ASSAY_HORIZON_ALWAYS_VALID,
                                              .two_sided = sides == 2,
                                              .alpha = 0.05,
                                              .mixture_parameter = 0.3 * looks};
        struct horizon_exits null =
            horizon_paths_exits(&design, looks, 0.0, paths, 2021 + (unsigned long)sides);
        double share = null.above + null.below;
        printf("always valid, %d sides, %d looks: %g of paths leave it (level 0.05)\n", sides,
               looks, share);
        ck_assert_double_lt(share, 0.05);
        ck_assert_double_gt(share, 0.002); /* nor is it empty */
    }
}
