/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_OUTCOME_H
#define ASSAY_ANALYSIS_OUTCOME_H

#include "analysis/results.h"

/** assay__outcome() is the outcome of a test, from whether it was significant. */
enum assay_outcome assay__outcome(enum assay_hypothesis hypothesis,
                                  enum assay_tristate significant);

/**
 * ASSAY__UNSURE: a look's significance does not support advice. At an earlier look it does not
 * count any more; at the last one it is shown, and advice is withheld.
 */
enum { ASSAY__UNSURE = ASSAY_FLAG_SKEWED_SIGNIFICANCE | ASSAY_FLAG_FEW_SIGNIFICANCE };

/** assay__is_exact() is whether a test relies on no approximation. */
bool assay__is_exact(enum assay_tested_by method);

/**
 * assay__telling_look() is the look that a result's own test tells by: the latest one that is
 * significant and sure, else the last one. The result has looks.
 */
const struct assay_look_result *assay__telling_look(const struct assay_metric_result *result);

/** assay__telling_harm() is the same of the test for deterioration, at looks that a fixed horizon
 * does not list, too. */
const struct assay_look_result *assay__telling_harm(const struct assay_metric_result *result);

/**
 * assay__keep_harm() copies the last look of a fixed horizon into the arena where harm was found
 * surely at it: the next look takes its place. False without memory.
 */
bool assay__keep_harm(struct assay__arena *arena, struct assay_metric_result *result);

/**
 * assay__shown_look() is the look whose figures stand beside the verdict: the telling one of what
 * was found, be it good or harm, else the last. NULL for a result without looks.
 */
const struct assay_look_result *assay__shown_look(const struct assay_metric_result *result);

/**
 * assay__moved_covariate() is a covariate that the figures of a result are adjusted by, and that
 * differs between its groups: an index into the metric's covariates, or UINT32_MAX. What is
 * adjusted by it is shown, and no advice rests on it.
 */
uint32_t assay__moved_covariate(const struct assay_metric_result *result);

/**
 * assay__is_skewed_win(): the result's own test is significant only by an approximation that
 * skewness spoils (ASSAY_FLAG_SKEWED_SIGNIFICANCE): neither passed nor failed in the decision.
 */
bool assay__is_skewed_win(const struct assay_metric_result *result);

/**
 * assay__is_wrong_way(): a success metric with a direction did not improve, and its interval lies
 * on the side that is not wanted. Harm is another test, which has its own level, or is off.
 */
bool assay__is_wrong_way(const struct assay_metric_result *result);

/**
 * assay__harm_stands(): harm was found, by figures that hold: not by an adjustment as above, and
 * surely.
 */
bool assay__harm_stands(const struct assay_metric_result *result);

/**
 * assay__way_of() is which way a difference lies for certain: 1 up, -1 down, 0 for neither. Its
 * interval tells; where an exact test has none, its p does.
 */
int assay__way_of(const struct assay_metric_result *result,
                  const struct assay__kept_difference *difference);

/** assay__weights_are_assumed(): the plan names no groups, so equal weights are nobody's plan. */
bool assay__weights_are_assumed(const struct assay_plan *plan);

/** assay__untested_text() says why a result is not tested: static text that follows a colon. */
const char *assay__untested_text(const struct assay_metric_result *result);

/** enum assay__srm_state: what a test of sizes says. */
enum assay__srm_state {
    ASSAY__SRM_PLANNED,    /* as planned, up to chance */
    ASSAY__SRM_BORDERLINE, /* p between alpha and 0.01: no mismatch yet, and not "as planned" */
    ASSAY__SRM_TOLERATED,  /* p below alpha, every share within the tolerance */
    ASSAY__SRM_MISMATCH,
    ASSAY__SRM_UNPLANNED, /* units in a group that may have none */
    ASSAY__SRM_NOT_TESTED
};

enum assay__srm_state assay__srm_state(const struct assay_srm *test, double alpha);

/** assay__srm_p() is the p that decided: exact_p there, elsewhere p. NaN without a test. */
double assay__srm_p(const struct assay_srm *test);

/**
 * assay__srm_verb() is what sizes do in messages, which begin with ASSAY__SRM_SUBJECT: "match"; ""
 * for a state whose message is a sentence of its own.
 */
#define ASSAY__SRM_SUBJECT "The groups' sizes"
#define ASSAY__SRM_ASSUMED "equal weights, which were assumed"
const char *assay__srm_verb(enum assay__srm_state state);

#endif
