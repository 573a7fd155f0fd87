/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_HORIZON_H
#define ASSAY_HORIZON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/plan.h"
#include "assay/status.h"

/** Limits of a sequence of looks. */
enum { ASSAY_HORIZON_LOOKS_MAX = 10000 };

/** enum assay_mixture: how an always-valid boundary is tuned. */
enum assay_mixture {
    ASSAY_MIXTURE_OPTIMAL_SIZE, /* parameter: units at which it is tightest. Waudby-Smith et al. */
    ASSAY_MIXTURE_RHO,          /* parameter: Howard's rho of the normal mixture, in units */
    ASSAY_MIXTURE_TAU           /* parameter: deviation of mSPRT's normal prior, metric units */
};

/**
 * struct assay_horizon_design says how one comparison is looked at. Fields of other kinds are not
 * read.
 */
struct assay_horizon_design {
    enum assay_horizon_kind kind;
    bool two_sided;
    double alpha;                        /* all looks together; one-sided below 0.5; 0: .05 */
    enum assay_spending_family spending; /* group sequential */
    double spending_parameter;           /* power: rho > 0, 0: 2; Hwang-Shih-DeCani: gamma */
    double expected_size;                /* group sequential: units at information 1; > 0 */
    /* Group sequential, one-sided: beta is spent on futility bounds, too. They do not move the
       critical values, which hold whether or not the bounds are obeyed. */
    bool has_futility;
    enum assay_spending_family futility;
    double futility_parameter;
    double beta;                /* 1 - power at the drift that the bounds are for; 0: .2 */
    uint32_t planned_looks;     /* equally far apart: they settle that drift; 1 .. 1000 */
    enum assay_mixture mixture; /* always valid */
    double mixture_parameter;   /* > 0 */
    uint64_t reserved[8];
};

/** Flags of a boundary. */
enum assay_boundary_flag {
    ASSAY_BOUNDARY_NO_LOOK = 1u << 0, /* no new information: the last boundary is repeated */
    ASSAY_BOUNDARY_OVERRUN = 1u << 1, /* all alpha was spent at an earlier look */
    ASSAY_BOUNDARY_EMPTY = 1u << 2    /* no information yet: there is no boundary (NaN) */
};

/** struct assay_boundary: what a statistic is held against at one look. */
struct assay_boundary {
    double critical;    /* of the statistic; > 0 as a rule. NaN without information */
    double futility;    /* a statistic below it is futile; NaN where there is no such bound */
    double alpha_spent; /* up to this look, both sides together */
    double information; /* share of the planned one; NaN where nothing is planned */
    bool is_final;      /* the plan asks for no look after this one */
    uint32_t flags;     /* enum assay_boundary_flag */
    uint64_t reserved[4];
};

/** struct assay_horizon is a sequence of looks in the making. */
struct assay_horizon;

/**
 * assay_horizon_open() begins a sequence of looks.
 *
 * @design  read only, copied
 * @out     free with assay_horizon_free()
 * Returns ASSAY_ERROR_DOMAIN for arguments outside their ranges, ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_horizon_open(const struct assay_horizon_design *design, struct assay_horizon **out,
                   struct assay_error *err);

/**
 * assay_horizon_at() takes the next look.
 *
 * fixed: the quantile of alpha (alpha/2 with two sides), whatever the look.
 * group sequential: Lan and DeMets (1983) alpha spending. Information t = units / expected_size.
 * The critical values solve the recursion of Armitage, McPherson and Rowe (1969): given no exit
 * before, the statistic exits at look k with probability alpha(t_k) - alpha(t_{k-1}), alpha being
 *     power             alpha t^rho
 *     obrienFleming     2 P(Z > z_{alpha/2} / sqrt t)
 *     pocock            alpha ln(1 + (e - 1) t)
 *     hwangShihDeCani   alpha (1 - exp(-gamma t)) / (1 - exp(-gamma)); alpha t for gamma 0
 * With two sides alpha/2 is spent on each and both stop: two-sided O'Brien-Fleming is the one-sided
 * rule at alpha/2 on each side, not the rule of 1983 on the total. The first look with t >= 1
 * spends all that is left; later ones keep its critical value and are flagged. A look depends on
 * earlier ones only, to the last bit.
 * futility: under the drift at which equal planned looks have power 1 - beta, the statistic falls
 * below the bound at look k, with no exit before, with probability beta(t_k) - beta(t_{k-1}), by
 * the same families. At the look that spends all alpha the bound is the critical value. Source:
 * Pampallona, Tsiatis, Kim (2001), Drug Inf. J. 35:1113; gsDesign's test.type = 4.
 * always valid: with x = N rho^2 the mixture's weight at N units, two-sided
 *     sqrt(2 (x + 1)/x ln(sqrt(x + 1)/alpha)),
 * one-sided ln(1 + sqrt(x + 1)/(2 alpha)) in its place. Sources: Waudby-Smith et al. (2021),
 * arXiv:2103.06476; Howard et al. (2021) Ann. Stat. 49:1055; Johari et al. (2022) Oper. Res. 70.
 *
 * @units           of the comparison so far; not fewer than at the look before
 * @standard_error  of the estimate, metric units; read for ASSAY_MIXTURE_TAU only. When it is not
 *                  above 0 there is no boundary: critical is NaN
 * @out             written on success only
 * Returns ASSAY_ERROR_DOMAIN for negative or non-finite units, ASSAY_ERROR_LIMIT past
 * ASSAY_HORIZON_LOOKS_MAX looks, ASSAY_ERROR_MEMORY. Threads: one sequence, one thread.
 * Accuracy: critical values 1e-10 absolute up to 30 looks against tests/golden/boundaries.csv
 * (36 digits; worst seen 1e-12); always valid 1e-15 relative (tests/golden/mixtures.csv).
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_horizon_at(struct assay_horizon *horizon,
                                                              double units, double standard_error,
                                                              struct assay_boundary *out,
                                                              struct assay_error *err);

/**
 * What a group sequence of looks promises under a drift: E[statistic at look k] = drift sqrt(t_k),
 * so that the drift is the effect in standard errors at information 1. Other horizons have
 * ASSAY_ERROR_DOMAIN. Accuracy: 1e-11 relative against tests/golden/boundaries.csv.
 *
 * assay_horizon_exits() writes the probabilities of the first exit at each look so far, above
 * and (two-sided, or with futility bounds, which are then obeyed; else 0) below: count of each, at
 * most *count; *count becomes their number. Either array may be NULL.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_horizon_exits(const struct assay_horizon *horizon, double drift, double *above, double *below,
                    size_t *count, struct assay_error *err);

/** struct assay_horizon_cost: figures of a planned sequence of looks. */
struct assay_horizon_cost {
    double drift;     /* at which the power is reached, above */
    double inflation; /* information at the last look over that of one look with the same power */
    double expected_null, expected_alternative; /* mean information when the experiment stops */
    uint64_t reserved[4];
};

/**
 * assay_horizon_cost() says what drift the looks so far find with a power, and what that costs.
 * The power counts exits above only, also with two sides. Returns ASSAY_ERROR_DOMAIN for a power
 * that is not above alpha (alpha/2 with two sides) and below 1, or without a look.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_horizon_cost(const struct assay_horizon *horizon,
                                                                double power,
                                                                struct assay_horizon_cost *out,
                                                                struct assay_error *err);

/** struct assay_horizon_estimate: inference after stopping, by the stage-wise ordering. */
struct assay_horizon_estimate {
    double p;            /* for no drift: of exits above; doubled smaller tail with two sides */
    double median;       /* median-unbiased drift */
    double lower, upper; /* interval of the drift, each side missing level of the time */
    uint64_t reserved[4];
};

/**
 * assay_horizon_estimate() is what a statistic at look number look (from 0), the one at which
 * the experiment stops, says about the drift. Outcomes are ordered by the look of their exit first
 * (Tsiatis, Rosner, Mehta 1984): earlier exits above are larger. It does not depend on later looks.
 *
 * @level  of each side of the interval, in (0, 0.5)
 * Returns ASSAY_ERROR_DOMAIN for another horizon, a look that was not taken, a level out of range
 * or a statistic that is not finite.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_horizon_estimate(const struct assay_horizon *horizon, size_t look, double statistic,
                       double level, struct assay_horizon_estimate *out, struct assay_error *err);

/** assay_horizon_free() ends a sequence; NULL is fine. */
ASSAY_API void assay_horizon_free(struct assay_horizon *horizon);

/** assay_spending_name() is a family's name in plans; NULL for a number no family has. */
ASSAY_API const char *assay_spending_name(enum assay_spending_family family);

#endif
